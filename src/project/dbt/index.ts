import { stringify } from "yaml"
import type { SourceText, Span } from "../../base/span.js"
import type { Diagnostic } from "../../diagnostics/diagnostic.js"
import { Sink } from "../../diagnostics/sink.js"
import { jinjaPieces, type JinjaValue } from "../../syntax/jinja.js"
import { parseType } from "../../types/parse-type.js"
import { show } from "../../types/type.js"
import type { ProjectFiles } from "../files.js"
import type { YamlEntry, YamlValue } from "../yaml.js"
import {
  Carrying,
  entriesOf,
  fieldsOf,
  itemsOf,
  textOf,
  without,
  yamlOf,
  type Setting,
} from "./carrying.js"
import { headerOf, isConfigKey, isDisabled, settingOf } from "./config.js"
import { carryText, configOf } from "./model-text.js"
import { targetsOf, type CarriedTargets } from "./profile.js"
import { propertiesOf, sourcesOf, type CarriedSource, type Properties } from "./properties.js"

export const DBT_PROJECT = "dbt_project.yml"

/** Where smelt's own files of the project go: no folder that dbt reads. */
const ROOT = "smelt"

/** A column of a table that is there already. */
export interface LiveColumn {
  readonly name: string
  /** As smelt writes it; undefined where it has no such type. */
  readonly type: string | undefined
  readonly nullable: boolean
}

/** Columns by table, such as `raw.orders`. */
export type LiveTables = ReadonlyMap<string, readonly LiveColumn[]>

/** A dbt project as smelt's files, and what could not be carried over. */
export interface CarriedProject {
  readonly name: string
  readonly targets: CarriedTargets["targets"]
  /** The target that is used where none is named. */
  readonly target: string
  /** The tables that sources are. */
  readonly tables: readonly string[]
  readonly diagnostics: readonly Diagnostic[]
  readonly texts: ReadonlyMap<string, SourceText>
  /** Texts by file; types of source columns that no file declares are those of `live`. */
  readonly written: (live: LiveTables) => ReadonlyMap<string, string>
}

/**
 * Carries a dbt project over: models with their configuration and properties, sources, seeds, data tests, variables, the
 * DuckDB targets of its profile. dbt's files stay as they are: smelt's are new ones beside them, so that both read the folder.
 * `profiles` is the text of profiles.yml, where there is one.
 */
export function carryOver(files: ProjectFiles, profiles: SourceText | undefined): CarriedProject {
  return new Project(files, profiles).carried()
}

interface SqlFile {
  readonly name: string
  readonly file: string
  /** Below its folder, such as `staging/stg_orders.sql`. */
  readonly path: string
}

/** The properties of a node where they are written. */
interface Written {
  readonly value: YamlValue
  readonly source: SourceText
}

interface Folders {
  readonly models: readonly string[]
  readonly seeds: readonly string[]
  readonly tests: readonly string[]
  readonly macros: readonly string[]
  readonly snapshots: readonly string[]
  readonly analyses: readonly string[]
}

/** Keys of dbt_project.yml that are read, or say nothing that smelt would have to know. */
const KNOWN: ReadonlySet<string> = new Set(
  `name version config-version profile model-paths source-paths seed-paths data-paths test-paths analysis-paths macro-paths snapshot-paths
  docs-paths asset-paths target-path log-path packages-install-path clean-targets require-dbt-version models seeds vars`.split(
    /\s+/,
  ),
)

class Project {
  private readonly source: SourceText
  private readonly entries: readonly YamlEntry[]
  private readonly fields: ReadonlyMap<string, YamlValue>
  private readonly folders: Folders
  private readonly models: readonly SqlFile[]
  private readonly seeds: readonly SqlFile[]
  private readonly carrying: Carrying
  private readonly nodes: Record<"models" | "seeds", Map<string, Written>> = {
    models: new Map(),
    seeds: new Map(),
  }
  private readonly found: CarriedSource[] = []
  private readonly targets: CarriedTargets | undefined

  constructor(
    private readonly files: ProjectFiles,
    profiles: SourceText | undefined,
  ) {
    this.source = files.read(DBT_PROJECT)
    const early: Diagnostic[] = []
    const root = yamlOf(this.source, new Sink(this.source, {}, new Map(), early))
    this.entries = entriesOf(root)
    this.fields = fieldsOf(root)
    const name = textOf(this.fields.get("name")) ?? "project"
    const paths = (keys: readonly string[], standard: string) => {
      const given = keys.map((key) => this.fields.get(key)).find((value) => value !== undefined)
      return given ? itemsOf(given).flatMap((path) => textOf(path) ?? []) : [standard]
    }
    this.folders = {
      models: paths(["model-paths", "source-paths"], "models"),
      seeds: paths(["seed-paths", "data-paths"], "seeds"),
      tests: paths(["test-paths"], "tests"),
      macros: paths(["macro-paths"], "macros"),
      snapshots: paths(["snapshot-paths"], "snapshots"),
      analyses: paths(["analysis-paths"], "analyses"),
    }
    this.models = this.listed(this.folders.models, ".sql")
    this.seeds = this.listed(this.folders.seeds, ".csv")
    const profile = textOf(this.fields.get("profile")) ?? name
    const sink = profiles && new Sink(profiles, {}, new Map(), early)
    this.targets = profiles && sink ? targetsOf(profiles, profile, sink) : undefined
    const carried = this.targetName()
    const schema = this.targets?.targets[carried]?.schema ?? "main"
    this.carrying = new Carrying(
      files,
      name,
      new Set([...this.models, ...this.seeds].map((one) => one.name)),
      new Set(this.declaredSources()),
      this.variables(name),
      schema,
      this.docs(),
    )
    this.carrying.diagnostics.push(...early)
    this.carrying.texts.set(this.source.file, this.source)
    if (profiles) this.carrying.texts.set(profiles.file, profiles)
  }

  carried(): CarriedProject {
    this.readProperties()
    this.refuseRest()
    const { name, texts, diagnostics } = this.carrying
    const models = this.carriedModels()
    const tests = this.carriedTests()
    const config = this.config()
    return {
      name,
      targets: this.targetMap(),
      target: this.targetName(),
      tables: this.found.flatMap(({ table }) => table ?? []),
      diagnostics,
      texts,
      written: (live) =>
        new Map([["smelt.yml", config], ...this.carriedSources(live), ...models, ...tests]),
    }
  }

  // ---------------------------------------------------------------------------------- what is there

  private listed(folders: readonly string[], extension: string): SqlFile[] {
    return folders.flatMap((folder) =>
      this.files.list([folder], extension).map((file) => ({
        name: file.slice(file.lastIndexOf("/") + 1, -extension.length),
        file,
        path: file.slice(folder.replace(/\/$/, "").length + 1),
      })),
    )
  }

  private yamlFiles(folders: readonly string[]): readonly string[] {
    return this.files.list(folders, ".yml", ".yaml")
  }

  /** Read before all else: texts refer to them. */
  private declaredSources(): string[] {
    return this.yamlFiles(this.folders.models).flatMap((file) => {
      const source = this.files.read(file)
      const root = fieldsOf(yamlOf(source, new Sink(source)))
      return itemsOf(root.get("sources")).flatMap((one) => {
        const fields = fieldsOf(one)
        const name = textOf(fields.get("name"))
        return itemsOf(fields.get("tables")).flatMap((table) => {
          const own = textOf(fieldsOf(table).get("name"))
          return name === undefined || own === undefined ? [] : [`${name}.${own}`]
        })
      })
    })
  }

  /** Those of the project itself win over those for all. */
  private variables(project: string): Map<string, JinjaValue> {
    const vars = this.fields.get("vars")
    const own = entriesOf(vars).filter(({ value }) => !value.isMap)
    const named = entriesOf(fieldsOf(vars).get(project))
    return new Map([...own, ...named].map(({ key, value }) => [key, value.json() as JinjaValue]))
  }

  private docs(): Map<string, string> {
    const docs = new Map<string, string>()
    for (const file of this.files.list(this.folders.models, ".md")) {
      const { text } = this.files.read(file)
      const pieces = jinjaPieces(text, { start: 0, end: text.length })
      pieces.forEach((piece, i) => {
        if (piece.kind !== "statement" || piece.word !== "docs") return
        const end = pieces.find((one, k) => k > i && one.kind === "statement")
        const name = piece.expr.kind === "name" ? piece.expr.name : ""
        if (end) docs.set(name, text.slice(piece.span.end, end.span.start).trim())
      })
    }
    return docs
  }

  private targetName(): string {
    const names = Object.keys(this.targets?.targets ?? {})
    const { standard } = this.targets ?? {}
    return (
      [standard, "dev", ...names].find((name) => name !== undefined && names.includes(name)) ??
      "dev"
    )
  }

  private targetMap(): CarriedTargets["targets"] {
    const targets = this.targets?.targets ?? {}
    if (Object.keys(targets).length > 0) return targets
    const database = `${textOf(this.fields.get("name")) ?? "project"}.duckdb`
    return { dev: { type: "duckdb", database, schema: "main" } }
  }

  // --------------------------------------------------------------------------------- properties

  private readProperties(): void {
    const folders = [...this.folders.models, ...this.folders.seeds, ...this.folders.tests]
    for (const file of new Set(this.yamlFiles(folders))) {
      const source = this.files.read(file)
      const root = yamlOf(source, this.carrying.sink(source))
      for (const { key, keySpan, value } of entriesOf(root)) {
        if (key === "version") continue
        if (key === "models" || key === "seeds") this.readNodes(key, value, source)
        else if (key === "sources")
          for (const one of itemsOf(value))
            this.found.push(...sourcesOf(one, source, this.carrying))
        else this.carrying.notCarried(`\`${key}\``, { source, span: keySpan }, wayOutOf(key))
      }
    }
  }

  private readNodes(kind: "models" | "seeds", value: YamlValue, source: SourceText): void {
    const known = kind === "models" ? this.models : this.seeds
    for (const one of itemsOf(value)) {
      const name = textOf(fieldsOf(one).get("name"))
      if (name === undefined) continue
      if (!known.some((file) => file.name === name)) {
        const hint = kind === "models" ? "no SQL model has this name" : "no seed has this name"
        this.carrying.notCarried(`\`${name}\``, { source, span: one.span }, hint)
      } else this.nodes[kind].set(name, { value: one, source })
    }
  }

  private propertiesOf(
    kind: "models" | "seeds",
    name: string,
    own: readonly Setting[],
  ): Properties | undefined {
    const found = this.nodes[kind].get(name)
    return found && propertiesOf(found.value, name, found.source, own, this.carrying)
  }

  /** Settings of dbt_project.yml by folder: `staging/` and what stands under it. */
  private folderSettings(kind: "models" | "seeds"): Map<string, Setting[]> {
    const found = new Map<string, Setting[]>()
    const read = (value: YamlValue, path: string) => {
      for (const entry of entriesOf(value)) {
        const isFolder = entry.value.isMap && !isConfigKey(entry.key)
        if (isFolder) read(entry.value, `${path}${entry.key}/`)
        else found.set(path, [...(found.get(path) ?? []), settingOf(entry, this.source)])
      }
    }
    for (const entry of entriesOf(this.fields.get(kind))) {
      if (isConfigKey(entry.key))
        found.set("", [...(found.get("") ?? []), settingOf(entry, this.source)])
      else if (entry.key === this.carrying.name) read(entry.value, "")
      else
        this.carrying.notCarried(
          `\`${entry.key}\` under \`${kind}:\``,
          { source: this.source, span: entry.keySpan },
          "packages are not read",
        )
    }
    return found
  }

  // -------------------------------------------------------------------------------------- models

  private carriedModels(): [string, string][] {
    const byFolder = this.folderSettings("models")
    return this.models.flatMap(({ name, file, path }): [string, string][] => {
      const source = this.files.read(file)
      const own = configOf(source)
      const above = [...byFolder].filter(([folder]) => `${path.slice(0, -4)}/`.startsWith(folder))
      const properties = this.propertiesOf("models", name, own)
      const settings = [...(properties?.settings ?? []), ...own]
      if (isDisabled([...above.flatMap(([, of]) => of), ...settings])) {
        this.refuseFile(source, `\`${name}\``, "it is disabled")
        return []
      }
      const sql = carryText(source, this.carrying)
      const header = without({ ...properties?.header, ...headerOf(settings, this.carrying) })
      return [[`${ROOT}/models/${path}`, withHeader(ordered(header), sql)]]
    })
  }

  private carriedTests(): [string, string][] {
    return this.listed(this.folders.tests, ".sql").flatMap(({ file, path }): [string, string][] => {
      const source = this.files.read(file)
      if (/^\s*\{%-?\s*test\b/m.test(source.text) || path.startsWith("generic/")) {
        this.refuseFile(source, "a generic test", "a test is a query whose rows are failures")
        return []
      }
      const settings = configOf(source)
      for (const { key, where } of settings)
        this.carrying.notCarried(
          `\`${key}\``,
          where,
          "a file of tests has no header; its failures are errors",
        )
      return isDisabled(settings)
        ? []
        : [[`${ROOT}/tests/${path}`, carryText(source, this.carrying)]]
    })
  }

  private refuseFile(source: SourceText, what: string, hint: string): void {
    this.carrying.notCarried(what, { source, span: firstLine(source.text) }, hint)
  }

  // ------------------------------------------------------------------------------ other files

  private carriedSources(live: LiveTables): [string, string][] {
    if (this.found.length === 0) return []
    const sources = Object.fromEntries(
      this.found.map(({ name, table, body }) => [
        name,
        withLive(body, table === undefined ? undefined : live.get(table)),
      ]),
    )
    return [[`${ROOT}/sources/sources.yml`, stringify({ sources }, YAML)]]
  }

  private config(): string {
    const models = Object.fromEntries(
      [...this.folderSettings("models")].map(([folder, settings]) => [
        this.keyOf(folder),
        headerOf(
          settings.filter(({ key }) => key !== "enabled"),
          this.carrying,
        ),
      ]),
    )
    const all = { "models/": { materialization: "view", ...models["models/"] } }
    const params = Object.fromEntries(
      [...this.carrying.params].map(([name, value]) => [name, paramOf(value)]),
    )
    const head = {
      name: this.carrying.name,
      version: 1,
      model_paths: [`${ROOT}/models`],
      seed_paths: this.folders.seeds.filter((folder) => this.files.has(folder)),
      source_paths: [`${ROOT}/sources`],
      test_paths: [`${ROOT}/tests`],
      targets: this.targetMap(),
      params,
      models: without({ ...models, ...all }),
      seeds: this.carriedSeeds(),
    }
    return `${stringify(this.withPaths(without(head)), YAML)}${LEVELS}`
  }

  /** Folders that will be there. */
  private withPaths(head: Record<string, unknown>): Record<string, unknown> {
    const hasTests = this.listed(this.folders.tests, ".sql").length > 0
    const isThere: Readonly<Record<string, boolean>> = {
      source_paths: this.found.length > 0,
      test_paths: hasTests,
    }
    return Object.fromEntries(Object.entries(head).filter(([key]) => isThere[key] !== false))
  }

  /** A key of `models:`: a folder, or the model that dbt names like one. */
  private keyOf(folder: string): string {
    const last = folder.split("/").at(-2)
    const isModel = this.models.some(({ path }) => path === `${folder.slice(0, -1)}.sql`)
    return isModel && last !== undefined ? last : `models/${folder}`
  }

  private carriedSeeds(): Record<string, unknown> {
    const byFolder = this.folderSettings("seeds")
    return without(
      Object.fromEntries(
        this.seeds.map(({ name, path }) => {
          const properties = this.propertiesOf("seeds", name, [])
          const above = [...byFolder].filter(([folder]) =>
            `${path.slice(0, -4)}/`.startsWith(folder),
          )
          const settings = [...above.flatMap(([, of]) => of), ...(properties?.settings ?? [])]
          const typed = settings.filter(({ key }) => key === "column_types")
          const columns: Record<string, Record<string, unknown>> = {
            ...(properties?.header.columns as Record<string, Record<string, unknown>> | undefined),
          }
          for (const { value, where } of typed)
            for (const [column, type] of Object.entries(value ?? {})) {
              const known = parseType(String(type))
              if (known) columns[column] = { type: show(known), ...columns[column] }
              else
                this.carrying.notCarried(
                  `type \`${String(type)}\` of \`${column}\``,
                  where,
                  "it is no type here",
                )
            }
          const rest = settings.filter(({ key }) => key !== "column_types" && key !== "enabled")
          const header = headerOf(rest, this.carrying)
          return [name, without({ ...properties?.header, ...header, columns })]
        }),
      ),
    )
  }

  // -------------------------------------------------------------------------- what is left behind

  private refuseRest(): void {
    for (const { key, keySpan } of this.entries)
      if (!KNOWN.has(key))
        this.carrying.notCarried(
          `\`${key}\``,
          { source: this.source, span: keySpan },
          wayOutOf(key),
        )
    const vars = this.fields.get("vars")
    const own = entriesOf(fieldsOf(vars).get(this.carrying.name))
    const others = entriesOf(vars).filter(({ key }) => key !== this.carrying.name)
    for (const { key, keySpan, value } of [...others, ...own])
      if (value.isList || value.isMap)
        this.carrying.notCarried(
          `variable \`${key}\``,
          { source: this.source, span: keySpan },
          "a param is one value",
        )
    const names = Object.keys(this.targetMap())
    if (names.length > 1 && !names.includes("dev"))
      this.carrying.notCarried(
        `the default target \`${this.targetName()}\``,
        {
          source: this.source,
          span: this.fields.get("profile")?.span ?? firstLine(this.source.text),
        },
        "smelt takes `dev`, else the only one: say `--target`, or call it `dev` in smelt.yml",
      )
    if (!this.targets || Object.keys(this.targets.targets).length === 0) {
      const span = this.fields.get("profile")?.span ?? firstLine(this.source.text)
      const [database] = Object.values(this.targetMap()).map((target) => target.database)
      this.carrying.notCarried(
        "the profile",
        { source: this.source, span },
        `no DuckDB target was found; \`dev\` of smelt.yml is the file ${database ?? ""}`,
      )
    }
    const left: readonly (readonly [readonly string[], string, string, string])[] = [
      [this.folders.models, ".py", "a Python model", "a model is a query"],
      [
        this.folders.macros,
        ".sql",
        "this file of macros",
        "a model calls no macros: write their SQL out",
      ],
      [this.folders.snapshots, ".sql", "this snapshot", "smelt keeps no history of rows"],
      [this.folders.snapshots, ".yml", "this file of snapshots", "smelt keeps no history of rows"],
      [
        this.folders.analyses,
        ".sql",
        "this analysis",
        "`smelt show` runs a model; smelt has no analyses",
      ],
    ]
    for (const [folders, extension, what, hint] of left)
      for (const file of this.files.list(folders, extension))
        this.refuseFile(this.files.read(file), what, hint)
    for (const file of ["packages.yml", "dependencies.yml"])
      if (this.files.has(file))
        this.refuseFile(
          this.files.read(file),
          "this list of packages",
          "packages are not read: write out what models take of them",
        )
  }
}

const YAML = { lineWidth: 0 } as const

const LEVELS = `# What SQL that was written for another tool habitually does. Take a line away to have it reported.
levels:
  select-star: off
  comma-join: off
  implicit-coercion: off
  integer-division: off
  union-by-position: off
  order-without-limit: off
  unnamed-column: off
  not-in-nullable: off
  mixed-timestamps: off
`

/** The way out for whole sections. */
function wayOutOf(key: string): string {
  const ways: Readonly<Record<string, string>> = {
    "on-run-start": "run its statements before `smelt build`",
    "on-run-end": "run its statements after `smelt build`",
    snapshots: "smelt keeps no history of rows",
    macros: "a model calls no macros",
    unit_tests: "a test is a query whose rows are failures",
    exposures: "nothing here reads them",
    metrics: "the metrics layer is not in this version",
    semantic_models: "the metrics layer is not in this version",
    tests: "`severity` and `where` stand beside each test",
    data_tests: "`severity` and `where` stand beside each test",
  }
  return ways[key] ?? "nothing here reads it"
}

function firstLine(text: string): Span {
  const end = text.search(/\r?\n|$/)
  return { start: 0, end }
}

const ORDER = ["description", "materialization", "schema", "tags", "contract", "columns", "tests"]

function ordered(header: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(header).sort(([a], [b]) => ORDER.indexOf(a) - ORDER.indexOf(b)),
  )
}

function withHeader(header: Readonly<Record<string, unknown>>, sql: string): string {
  const body = sql.replace(/^(?:[ \t]*\r?\n)+/, "")
  if (Object.keys(header).length === 0) return body
  const text = `---\n${stringify(header, YAML)}---\n`
  const isCrlf = /^[^\n]*\r\n/.test(body)
  return (isCrlf ? text.replaceAll("\n", "\r\n") : text) + body
}

/** A source's columns with the types that they have, and those that no file names. */
function withLive(
  body: Readonly<Record<string, unknown>>,
  live: readonly LiveColumn[] | undefined,
): Record<string, unknown> {
  if (!live) return body
  const declared = { ...(body.columns as Record<string, Record<string, unknown>> | undefined) }
  const columns = Object.fromEntries(
    live.map(({ name, type, nullable }) => {
      const key = Object.keys(declared).find((one) => one.toLowerCase() === name.toLowerCase())
      const own = key === undefined ? {} : declared[key]
      if (key !== undefined) delete declared[key]
      const known = without({ type, not_null: nullable ? undefined : true })
      return [key ?? name, { ...known, ...own }]
    }),
  )
  return { ...body, columns: { ...columns, ...declared } }
}

/** A constant as a param of the type that it has as written. */
function paramOf(value: string | number | boolean): Record<string, unknown> {
  if (typeof value === "boolean") return { type: "BOOLEAN", default: value }
  if (typeof value === "string") return { type: "VARCHAR", default: value }
  if (Number.isInteger(value)) return { type: "BIGINT", default: value }
  const [whole = "", fraction = ""] = String(Math.abs(value)).split(".")
  return { type: `DECIMAL(${whole.length + fraction.length},${fraction.length})`, default: value }
}
