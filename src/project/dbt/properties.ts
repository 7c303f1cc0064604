import { plural } from "../../base/plural.js"
import { parseType } from "../../types/parse-type.js"
import { show } from "../../types/type.js"
import { hasJinja, jinjaPieces, textArguments } from "../../syntax/jinja.js"
import type { YamlEntry, YamlValue } from "../yaml.js"
import {
  entriesOf,
  fieldsOf,
  itemsOf,
  textOf,
  without,
  type Carrying,
  type Setting,
  type Where,
} from "./carrying.js"
import { isConfigKey, isEnforced, settingOf } from "./config.js"
import { testsOf } from "./data-tests.js"

// What a properties file (`schema.yml`) says of models, seeds and sources.

/** Of a model or a seed. */
export interface Properties {
  readonly settings: readonly Setting[]
  /** `description`, `columns`, `tests`, as a header has them. */
  readonly header: Readonly<Record<string, unknown>>
  readonly place: Where
}

const NOTHING_READS = "nothing here reads it; a comment in the header keeps it"

/** The way out for keys of a model, column or table that have no place here. */
const WAYS_OUT: Readonly<Record<string, string>> = {
  constraints: "`not_null: true`, `key` and `contract: true` of a header say what must hold",
  unit_tests: "a test is a query whose rows are failures",
  versions: "a model `name_v2` is read with `version => 'v2'`",
  event_time: "`event_time:` of the source names its clock, and incremental models then rest on it",
  loaded_at_field: "`event_time` names the clock of a source",
}

function refuseOthers(
  entries: readonly YamlEntry[],
  known: readonly string[],
  what: string,
  source: Where["source"],
  carrying: Carrying,
): void {
  for (const { key, keySpan } of entries)
    if (!known.includes(key))
      carrying.notCarried(
        `\`${key}\` of ${what}`,
        { source, span: keySpan },
        WAYS_OUT[key] ?? NOTHING_READS,
      )
}

/** The properties of a model or seed; `own` are the settings of its text. */
export function propertiesOf(
  value: YamlValue,
  name: string,
  source: Where["source"],
  own: readonly Setting[],
  carrying: Carrying,
): Properties {
  const entries = entriesOf(value)
  const fields = fieldsOf(value)
  const settings = [
    ...entries.filter(({ key }) => isConfigKey(key) && !["docs", "meta"].includes(key)),
    ...entriesOf(fields.get("config")),
  ].map((entry) => settingOf(entry, source))
  const contract = [...settings, ...own].findLast(({ key }) => key === "contract")?.value
  const known = ["name", "description", "columns", "tests", "data_tests", "config"]
  refuseOthers(
    entries.filter(({ key }) => !isConfigKey(key) || ["docs", "meta"].includes(key)),
    known,
    `\`${name}\``,
    source,
    carrying,
  )
  const isStrict = contract !== undefined && isEnforced(contract)
  return {
    settings,
    header: without({
      description: descriptionOf(fields.get("description"), source, carrying),
      columns: columnsOf(fields.get("columns"), isStrict, source, carrying),
      tests: testsOf(fields, undefined, source, carrying),
    }),
    place: { source, span: value.span },
  }
}

/** `columns` by name. A type is carried where it is held: of a contract, and of a source. */
export function columnsOf(
  value: YamlValue | undefined,
  isTyped: boolean,
  source: Where["source"],
  carrying: Carrying,
): Record<string, Record<string, unknown>> {
  const columns: Record<string, Record<string, unknown>> = {}
  const untyped: YamlValue[] = []
  for (const item of itemsOf(value)) {
    const fields = fieldsOf(item)
    const name = textOf(fields.get("name"))
    if (name === undefined) continue
    const known = ["name", "description", "tests", "data_tests", "data_type", "quote"]
    refuseOthers(entriesOf(item), known, `column \`${name}\``, source, carrying)
    const type = fields.get("data_type")
    if (type && !isTyped) untyped.push(type)
    columns[name] = without({
      type: isTyped ? typeOf(type, source, carrying) : undefined,
      description: descriptionOf(fields.get("description"), source, carrying),
      tests: testsOf(fields, name, source, carrying),
    })
  }
  const [first] = untyped
  if (first)
    carrying.notCarried(
      `\`data_type\` of ${plural(untyped.length, "column")}`,
      { source, span: first.span },
      "dbt does not hold it without a contract; `smelt contract --write` writes the types that there are",
    )
  return without(columns) as typeof columns
}

function typeOf(
  value: YamlValue | undefined,
  source: Where["source"],
  carrying: Carrying,
): string | undefined {
  const text = textOf(value)
  if (text === undefined || !value) return undefined
  const type = parseType(text)
  if (type) return show(type)
  carrying.notCarried(
    `data_type \`${text}\``,
    { source, span: value.span },
    "it is no type here: BIGINT, DECIMAL(12,2) and VARCHAR are",
  )
  return undefined
}

/** A description; a block of `{% docs %}` that it names is put in its place. */
export function descriptionOf(
  value: YamlValue | undefined,
  source: Where["source"],
  carrying: Carrying,
): string | undefined {
  const text = textOf(value)?.trim()
  if (text === undefined || text === "" || !value) return undefined
  if (!hasJinja(text)) return text
  const parts = jinjaPieces(text, { start: 0, end: text.length }).map(
    ({ kind, span, ...piece }) => {
      if (kind === "text") return text.slice(span.start, span.end)
      const names = "expr" in piece ? textArguments(piece.expr, "doc") : undefined
      return carrying.docs.get(names?.at(-1) ?? "")
    },
  )
  if (!parts.includes(undefined)) return parts.join("").trim()
  carrying.notCarried("this description", { source, span: value.span }, "write its text out")
  return undefined
}

// ----------------------------------------------------------------------------------------- sources

export interface CarriedSource {
  /** `raw.orders` */
  readonly name: string
  /** The table of the target, such as `jaffle_raw.orders`; undefined for files. */
  readonly table: string | undefined
  readonly body: Record<string, unknown>
}

const OF_SOURCE = ["name", "schema", "description", "tables", "config", "tags", "meta", "freshness"]
const OF_TABLE = [
  "name",
  "identifier",
  "description",
  "columns",
  "tests",
  "data_tests",
  "config",
  "tags",
  "meta",
  "freshness",
  "external",
]
/** Where the files of a table may be named. */
const LOCATIONS = ["external_location", "location"]

/** The tables of a `sources:` entry. */
export function sourcesOf(
  value: YamlValue,
  file: Where["source"],
  carrying: Carrying,
): CarriedSource[] {
  const fields = fieldsOf(value)
  const source = textOf(fields.get("name"))
  if (source === undefined) return []
  refuseOfSource(value, OF_SOURCE, `source \`${source}\``, file, carrying)
  const schema = schemaOf(fields.get("schema"), source, file, carrying)
  return itemsOf(fields.get("tables")).flatMap((table) => {
    const own = fieldsOf(table)
    const name = textOf(own.get("name"))
    if (name === undefined) return []
    refuseOfSource(table, OF_TABLE, `source \`${source}.${name}\``, file, carrying)
    const path = locationOf([fields, own], source, name, file, carrying)
    const place = `${schema}.${textOf(own.get("identifier")) ?? name}`
    const tags = [fields, own].flatMap((one) => [
      ...itemsOf(one.get("tags")),
      ...itemsOf(fieldsOf(one.get("config")).get("tags")),
    ])
    const [all, ofTable] = [fields, own].map(
      (one) => one.get("freshness") ?? fieldsOf(one.get("config")).get("freshness"),
    )
    return {
      name: `${source}.${name}`,
      table: path === undefined ? place : undefined,
      body: without({
        description: descriptionOf(
          own.get("description") ?? fields.get("description"),
          file,
          carrying,
        ),
        path,
        table: path === undefined ? place : undefined,
        freshness: freshnessOf(ofTable ?? all, file, carrying),
        tags: tags.flatMap((tag) => textOf(tag) ?? []),
        columns: columnsOf(own.get("columns"), true, file, carrying),
        tests: testsOf(own, undefined, file, carrying),
      }),
    }
  })
}

/** The keys that have no place in a source; of `meta` and `config` only some have one. */
function refuseOfSource(
  value: YamlValue,
  known: readonly string[],
  what: string,
  file: Where["source"],
  carrying: Carrying,
): void {
  refuseOthers(entriesOf(value), known, what, file, carrying)
  const fields = fieldsOf(value)
  const config = fields.get("config")
  const inConfig = ["meta", "tags", "freshness", ...LOCATIONS]
  refuseOthers(
    entriesOf(config).filter(({ key, value: on }) => key !== "enabled" || on.scalar() !== true),
    inConfig,
    what,
    file,
    carrying,
  )
  for (const meta of [fields.get("meta"), fieldsOf(config).get("meta")])
    refuseOthers(entriesOf(meta), LOCATIONS, `\`meta\` of ${what}`, file, carrying)
}

/** The schema of a source; `target.schema` is the target's. */
function schemaOf(
  value: YamlValue | undefined,
  source: string,
  file: Where["source"],
  carrying: Carrying,
): string {
  const schema = textOf(value) ?? source
  if (!value || !hasJinja(schema)) return schema
  const [piece, more] = jinjaPieces(schema, { start: 0, end: schema.length })
  const isTarget =
    !more &&
    piece?.kind === "output" &&
    piece.expr.kind === "name" &&
    piece.expr.name === "target.schema"
  if (isTarget) return carrying.schema
  carrying.notCarried(
    `the schema of source \`${source}\``,
    { source: file, span: value.span },
    `\`table:\` of its tables says \`${source}\`: write the schema there`,
  )
  return source
}

/** `external_location` of dbt-duckdb: a file, with the names of source and table in it. */
function locationOf(
  [source, table]: readonly [ReadonlyMap<string, YamlValue>, ReadonlyMap<string, YamlValue>],
  sourceName: string,
  name: string,
  file: Where["source"],
  carrying: Carrying,
): string | undefined {
  const identifier = textOf(table.get("identifier")) ?? name
  for (const fields of [table, source])
    for (const holder of [
      fields.get("meta"),
      fields.get("config"),
      fieldsOf(fields.get("config")).get("meta"),
      fields.get("external"),
    ]) {
      const found = fieldsOf(holder).get("external_location") ?? fieldsOf(holder).get("location")
      const text = textOf(found)
      if (text === undefined || !found) continue
      const path = text
        .replaceAll("{name}", name)
        .replaceAll("{identifier}", identifier)
        .replaceAll("{source_name}", sourceName)
      const bare = /^'([^']*)'$/.exec(path)?.[1] ?? path
      if (!/[(){}]/.test(bare)) return bare
      carrying.notCarried(
        `the location of source \`${sourceName}.${name}\``,
        { source: file, span: found.span },
        "`path:` takes a file, a list or a glob",
      )
    }
  return undefined
}

function freshnessOf(
  value: YamlValue | undefined,
  source: Where["source"],
  carrying: Carrying,
): Record<string, unknown> {
  const freshness: Record<string, unknown> = {}
  for (const { key, keySpan, value: limit } of entriesOf(value)) {
    const fields = fieldsOf(limit)
    const [count, period] = [textOf(fields.get("count")), textOf(fields.get("period"))]
    if (
      (key === "warn_after" || key === "error_after") &&
      count !== undefined &&
      period !== undefined
    )
      freshness[key] = `${count} ${period}`
    else
      carrying.notCarried(
        `\`${key}\` of freshness`,
        { source, span: keySpan },
        "`warn_after` and `error_after` take a duration",
      )
  }
  return freshness
}
