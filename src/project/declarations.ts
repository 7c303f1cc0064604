import type {
  DataTest,
  DataTestKind,
  DeclaredColumn,
  ForeignKey,
  Owner,
} from "../catalog/project.js"
import { parseType } from "../types/parse-type.js"
import { KEYS } from "./keys.js"
import type { YamlValue } from "./yaml.js"

/** `columns: { id: { type: BIGINT, not_null: true, tests: [unique] } }` */
export function readColumns(
  value: YamlValue | undefined,
  owner: Owner,
): { columns: DeclaredColumn[]; tests: DataTest[] } {
  const columns: DeclaredColumn[] = []
  const tests: DataTest[] = []
  for (const { key, value: body } of value?.entries() ?? []) {
    const fields = body.fields(KEYS.column, `column \`${key}\``)
    const type = fields.get("type")
    const known = type === undefined ? undefined : parseType(type.text() ?? "")
    if (type && !known) type.bad("a type such as BIGINT, DECIMAL(12,2) or VARCHAR[]")
    const description = fields.get("description")?.text()
    columns.push({
      name: key,
      ...(known ? { type: known } : {}),
      notNull: fields.get("not_null")?.boolean() ?? false,
      ...(description === undefined ? {} : { description }),
      place: body.place,
    })
    for (const test of fields.get("tests")?.items() ?? []) tests.push(...readTest(test, owner, key))
  }
  return { columns, tests }
}

/** Tests of a model: `- { unique: [a, b], severity: warn }`. */
export function readTests(value: YamlValue | undefined, owner: Owner): DataTest[] {
  return (value?.items() ?? []).flatMap((test) => readTest(test, owner, undefined))
}

/** `unique`, or `{ accepted_values: [a, b], severity: warn, where: "…" }`. */
function readTest(value: YamlValue, owner: Owner, column: string | undefined): DataTest[] {
  if (!value.isMap) {
    const example = EXAMPLES[String(value.scalar())]
    const name = example
      ? value.bad(`its arguments: \`{ ${example} }\``)
      : value.oneOf(["unique", "not_null"])
    if (name === undefined) return []
    return named(owner, kindOf(name, value, column), value, {})
  }
  const fields = value.fields(
    ["unique", "not_null", "accepted_values", "relationships", ...KEYS.testOptions],
    "a test",
  )
  const type = ["unique", "not_null", "accepted_values", "relationships"].find((name) =>
    fields.has(name),
  )
  const body = fields.get(type ?? "")
  if (type === undefined || body === undefined) {
    value.bad("one of unique, not_null, accepted_values, relationships")
    return []
  }
  const severity = fields.get("severity")?.oneOf(["error", "warn"])
  const where = fields.get("where")
  return named(owner, kindOf(type, body, column), value, {
    ...(severity ? { severity } : {}),
    ...(where ? { where: { text: where.text() ?? "", place: where.place } } : {}),
  })
}

/** Tests that need arguments. */
const EXAMPLES: Readonly<Record<string, string>> = {
  accepted_values: "accepted_values: [open, done]",
  relationships: "relationships: { to: customers, column: id }",
}

function kindOf(
  type: string,
  body: YamlValue,
  column: string | undefined,
): DataTestKind | undefined {
  switch (type) {
    case "unique":
      return { type, columns: column === undefined ? body.texts() : [column] }
    case "not_null":
      return { type, column: column ?? body.text() ?? "" }
    case "accepted_values":
      if (column === undefined) return body.bad("to stand under a column")
      if (!body.isList) return body.bad(`a list: \`${EXAMPLES[type] ?? ""}\``)
      return {
        type,
        column,
        values: body.items().map((item) => item.scalar() as string | number | boolean),
      }
    case "relationships": {
      if (column === undefined) return body.bad("to stand under a column")
      if (!body.isMap) return body.bad(`a mapping: \`${EXAMPLES[type] ?? ""}\``)
      const fields = body.fields(["to", "column", "field"], "relationships")
      const to = fields.get("to")?.text()
      const toColumn = (fields.get("column") ?? fields.get("field"))?.text()
      if (to === undefined || toColumn === undefined) return body.bad("`to` and `column`")
      return { type, column, to, toColumn }
    }
    default:
      return undefined
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
export function readKeys(fields: ReadonlyMap<string, YamlValue>): string[][] {
  const key = fields.get("key")
  const keys =
    fields
      .get("keys")
      ?.items()
      .map((item) => item.texts()) ?? []
  return key ? [key.texts(), ...keys] : keys
}

export function readForeignKeys(value: YamlValue | undefined): ForeignKey[] {
  return (value?.items() ?? []).flatMap((item) => {
    const fields = item.fields(KEYS.foreignKey, "a foreign key")
    const columns = fields.get("columns")?.texts() ?? []
    const references = fields.get("references")?.text()
    if (references === undefined || columns.length === 0)
      return item.bad("`columns`, `references` and `to`") ?? []
    return [{ columns, references, to: fields.get("to")?.texts() ?? columns, place: item.place }]
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
