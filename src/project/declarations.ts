import type {
  DataTest,
  DataTestKind,
  DeclaredColumn,
  DeclaredKey,
  ForeignKey,
  Owner,
} from "../catalog/project.js"
import { nearest } from "../base/suggest.js"
import { parseType } from "../types/parse-type.js"
import { typeNames } from "../types/type-name.js"
import { KEYS } from "./keys.js"
import type { YamlValue } from "./yaml.js"

/** `columns: { id: { type: BIGINT, not_null: true, tests: [unique] } }` */
export function readColumns(
  value: YamlValue | undefined,
  owner: Owner,
): { columns: DeclaredColumn[]; tests: DataTest[] } {
  const columns: DeclaredColumn[] = []
  const tests: DataTest[] = []
  for (const { key, keySpan, value: body } of value?.entries() ?? []) {
    const fields = body.fields(KEYS.column, `column \`${key}\``)
    const type = fields.get("type")
    const known = type === undefined ? undefined : parseType(type.text() ?? "")
    if (type && !known)
      type.bad(
        "a type such as BIGINT, DECIMAL(12,2) or VARCHAR[]",
        nearest(type.text() ?? "", typeNames()),
      )
    const description = fields.get("description")?.text()
    const notNull = fields.get("not_null")
    columns.push({
      name: key,
      ...(type && known ? { type: known, typePlace: type.place } : {}),
      notNull: notNull?.boolean() ?? false,
      ...(notNull ? { notNullPlace: notNull.place } : {}),
      ...(description === undefined ? {} : { description }),
      place: { file: body.place.file, span: keySpan },
    })
    for (const test of fields.get("tests")?.items() ?? []) tests.push(...readTest(test, owner, key))
  }
  return { columns, tests }
}

/** Tests of a model: `- { unique: [a, b], severity: warn }`. */
export function readTests(value: YamlValue | undefined, owner: Owner): DataTest[] {
  return (value?.items() ?? []).flatMap((test) => readTest(test, owner, undefined))
}

const TESTS = ["unique", "not_null", "accepted_values", "relationships"] as const

/** `unique`, or `{ accepted_values: [a, b], severity: warn, where: "…" }`. */
function readTest(value: YamlValue, owner: Owner, column: string | undefined): DataTest[] {
  if (!value.isMap) {
    const type = value.oneOf(TESTS)
    return type === undefined ? [] : named(owner, plainTest(type, value, column), value, {})
  }
  const fields = value.fields([...TESTS, ...KEYS.testOptions], "a test")
  const [type, second] = TESTS.filter((name) => fields.has(name))
  const body = fields.get(type ?? "")
  if (type === undefined || body === undefined || second !== undefined)
    return value.bad(`one of ${TESTS.join(", ")}`) ?? []
  const severity = fields.get("severity")?.oneOf(["error", "warn"])
  const where = fields.get("where")
  return named(owner, kindOf(type, body, column), value, {
    ...(severity ? { severity } : {}),
    ...(where ? { where: { text: where.text() ?? "", place: where.place } } : {}),
  })
}

/** The arguments of a test, where it needs them. */
const EXAMPLES = {
  accepted_values: "accepted_values: [open, done]",
  relationships: "relationships: { to: customers, column: id }",
  unique: "unique: [a, b]",
  not_null: "not_null: a",
} as const

type TestType = (typeof TESTS)[number]

/** A test that is only named: of its column, which says all. */
function plainTest(
  type: TestType,
  value: YamlValue,
  column: string | undefined,
): DataTestKind | undefined {
  const example = `\`{ ${EXAMPLES[type]} }\``
  if (type !== "unique" && type !== "not_null") return value.bad(`its arguments: ${example}`)
  if (column !== undefined) return ofColumn(type, column)
  return value.bad(`columns where it is no column's test: ${example}`)
}

function ofColumn(type: "unique" | "not_null", column: string): DataTestKind {
  return type === "unique" ? { type, columns: [column] } : { type, column }
}

function kindOf(
  type: TestType,
  body: YamlValue,
  column: string | undefined,
): DataTestKind | undefined {
  switch (type) {
    case "unique":
    case "not_null": {
      if (column !== undefined)
        return body.isMissing || body.scalar() === column
          ? ofColumn(type, column)
          : body.bad("no argument under a column; `severity` and `where` stand beside it")
      if (type === "not_null") {
        const only = body.text()
        return only === undefined ? undefined : { type, column: only }
      }
      const columns = body.isMissing ? body.bad("columns") : body.texts()
      return columns && columns.length > 0 ? { type, columns } : undefined
    }
    case "accepted_values": {
      if (column === undefined) return body.bad("to stand under a column")
      if (!body.isList) return body.bad(`a list: \`${EXAMPLES[type]}\``)
      return { type, column, values: body.items().flatMap((item) => item.plain() ?? []) }
    }
    case "relationships": {
      if (column === undefined) return body.bad("to stand under a column")
      if (!body.isMap) return body.bad(`a mapping: \`${EXAMPLES[type]}\``)
      const fields = body.fields(["to", "column", "field"], "relationships")
      const to = fields.get("to")?.text()
      const toColumn = (fields.get("column") ?? fields.get("field"))?.text()
      if (to === undefined || toColumn === undefined) return body.bad("`to` and `column`")
      const toPlace = fields.get("to")?.place ?? body.place
      const columnPlace = (fields.get("column") ?? fields.get("field"))?.place ?? body.place
      return { type, column, to, toColumn, toPlace, columnPlace }
    }
  }
}

function named(
  owner: Owner,
  kind: DataTestKind | undefined,
  value: YamlValue,
  options: Partial<Pick<DataTest, "severity" | "where">>,
): DataTest[] {
  if (!kind) return []
  const name = testName(owner, kind)
  return [
    {
      name,
      of: owner,
      kind,
      severity: options.severity ?? "error",
      place: value.place,
      ...(options.where ? { where: options.where } : {}),
    },
  ]
}

/** As dbt names them. */
function testName({ name, kind }: Owner, test: DataTestKind): string {
  const owner = kind === "source" ? `source_${name.replaceAll(".", "_")}` : name
  switch (test.type) {
    case "unique":
      return `unique_${owner}_${test.columns.join("_")}`
    case "not_null":
      return `not_null_${owner}_${test.column}`
    case "accepted_values":
      return `accepted_values_${owner}_${test.column}`
    case "relationships":
      return `relationships_${owner}_${test.column}__${test.to.replaceAll(".", "_")}_${test.toColumn}`
  }
}

/** `key: [a]` and `keys: [[a], [b, c]]`. */
export function readKeys(fields: ReadonlyMap<string, YamlValue>): DeclaredKey[] {
  const key = fields.get("key")
  const all = [...(key ? [key] : []), ...(fields.get("keys")?.items() ?? [])]
  return all.map((one) => ({ columns: one.texts(), place: one.place }))
}

export function readForeignKeys(value: YamlValue | undefined): ForeignKey[] {
  return (value?.items() ?? []).flatMap((item) => {
    const fields = item.fields(KEYS.foreignKey, "a foreign key")
    const columns = fields.get("columns")?.texts() ?? []
    const named = fields.get("references")
    const references = named?.text()
    if (named === undefined || references === undefined || columns.length === 0)
      return item.bad("`columns`, `references` and `to`") ?? []
    const to = fields.get("to")
    return [
      {
        columns,
        references,
        to: to?.texts() ?? columns,
        place: fields.get("columns")?.place ?? item.place,
        referencesPlace: named.place,
        toPlace: to?.place ?? item.place,
      },
    ]
  })
}

const UNITS: Readonly<Record<string, number>> = {
  second: 1e6,
  minute: 60e6,
  hour: 3600e6,
  day: 86400e6,
  week: 604800e6,
}

/** `2 days` in microseconds. */
export function readDuration(value: YamlValue | undefined): number | undefined {
  if (value === undefined) return undefined
  const match = /^(\d+(?:\.\d+)?)\s*([a-z]+?)s?$/i.exec((value.text() ?? "").trim())
  const unit = UNITS[match?.[2]?.toLowerCase() ?? ""]
  return match && unit !== undefined
    ? Number(match[1]) * unit
    : value.bad("a duration such as `2 days` or `1 hour`")
}
