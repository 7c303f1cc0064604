import { hasJinja, jinjaPieces, textArguments, type JinjaExpr } from "../../syntax/jinja.js"
import type { YamlEntry, YamlValue } from "../yaml.js"
import { entriesOf, fieldsOf, itemsOf, textOf, type Carrying, type Where } from "./carrying.js"

// Data tests of a properties file, as smelt declares them.

/** A test under a column, or under the model itself. */
type DeclaredTest = string | Readonly<Record<string, unknown>>

/** The tests of a column (`tests:` or `data_tests:`), or of the whole where no column is named. */
export function testsOf(
  fields: ReadonlyMap<string, YamlValue>,
  column: string | undefined,
  source: Where["source"],
  carrying: Carrying,
): readonly DeclaredTest[] {
  const declared = [...itemsOf(fields.get("tests")), ...itemsOf(fields.get("data_tests"))]
  return declared.flatMap((test) => testOf(test, column, source, carrying))
}

const OPTIONS: ReadonlySet<string> = new Set(["severity", "where", "name", "description"])

/** Keys that say more than a test of smelt can. */
const MORE =
  "a test has `severity` and `where`; write it as a query whose rows are failures, under `smelt/tests/`"

function testOf(
  value: YamlValue,
  column: string | undefined,
  source: Where["source"],
  carrying: Carrying,
): readonly DeclaredTest[] {
  const refuse = (what: string, span: YamlValue["span"], hint: string) => {
    carrying.notCarried(what, { source, span }, hint)
    return []
  }
  const name = testName(value)
  if (name === undefined) return refuse("this test", value.span, MORE)
  const [first] = value.isMap ? value.entries() : []
  // `- unique: { … }`, or `- name: x` with `test_name: unique` and the rest beside it.
  const beside = fieldsOf(value)
  const body = first?.value.isMap && first.key !== "arguments" ? fieldsOf(first.value) : beside
  const config = fieldsOf(body.get("config") ?? beside.get("config"))
  const args = new Map([...body, ...fieldsOf(body.get("arguments"))])
  const options: Record<string, unknown> = {}
  const severity = textOf(config.get("severity") ?? body.get("severity") ?? beside.get("severity"))
  if (severity?.toLowerCase() === "warn") options.severity = "warn"
  const where = config.get("where") ?? body.get("where") ?? beside.get("where")
  const condition = textOf(where)
  if (condition !== undefined) {
    if (hasJinja(condition) && where)
      return refuse(`test \`${name}\``, where.span, "its `where` is a template: write it as SQL")
    options.where = condition
  }
  const test = kindOf(name, args, column, carrying)
  if (test === undefined) return refuse(`test \`${name}\``, value.span, MORE)
  const own = NEEDS[name] ?? []
  const known = new Set([...own, ...OPTIONS, "config", "arguments", "test_name", name])
  for (const { key, keySpan } of [
    ...(first?.value.isMap ? first.value.entries() : []),
    ...entriesOf(body.get("config")),
  ])
    if (!known.has(key)) refuse(`\`${key}\` of test \`${name}\``, keySpan, MORE)
  if (Object.keys(options).length === 0) return [test]
  return [{ ...(typeof test === "string" ? { [test]: column } : test), ...options }]
}

/** Arguments of the tests that smelt has, too. */
const NEEDS: Readonly<Record<string, readonly string[]>> = {
  unique: ["column_name"],
  not_null: ["column_name"],
  accepted_values: ["values", "quote"],
  relationships: ["to", "field"],
  "dbt_utils.unique_combination_of_columns": ["combination_of_columns", "quote_columns"],
}

function testName(value: YamlValue): string | undefined {
  if (!value.isMap) return textOf(value)
  const fields = fieldsOf(value)
  const named = textOf(fields.get("test_name"))
  const [first] = value.entries() as readonly YamlEntry[]
  return named ?? first?.key
}

function kindOf(
  name: string,
  args: ReadonlyMap<string, YamlValue>,
  column: string | undefined,
  carrying: Carrying,
): DeclaredTest | undefined {
  const of = textOf(args.get("column_name"))
  switch (name) {
    case "unique":
    case "not_null":
      if (column !== undefined) return name
      return of === undefined ? undefined : { [name]: name === "unique" ? [of] : of }
    case "accepted_values": {
      const values = args.get("values")
      if (column === undefined || values?.isList !== true) return undefined
      const isQuoted = args.get("quote")?.scalar() !== false
      const found = values.items().map((value) => (isQuoted ? textOf(value) : value.scalar()))
      return found.includes(undefined) ? undefined : { accepted_values: found }
    }
    case "relationships": {
      const to = relationOf(textOf(args.get("to")), carrying)
      const field = textOf(args.get("field"))
      if (column === undefined || to === undefined || field === undefined) return undefined
      return { relationships: { to, column: field } }
    }
    case "dbt_utils.unique_combination_of_columns": {
      const columns = itemsOf(args.get("combination_of_columns")).map(textOf)
      if (column !== undefined || columns.length === 0) return undefined
      return columns.every((one) => /^\w+$/.test(one ?? "")) ? { unique: columns } : undefined
    }
    default:
      return undefined
  }
}

/** `ref('customers')` or `source('raw', 'orders')`, in braces or without, as the name of a relation. */
function relationOf(
  text: string | undefined,
  { relations, sources }: Carrying,
): string | undefined {
  const expr = text === undefined ? undefined : expression(text)
  if (!expr) return undefined
  const ref = textArguments(expr, "ref")
  const name = ref?.length === 1 ? ref[0] : undefined
  if (name !== undefined && relations.has(name)) return name
  const source = textArguments(expr, "source")?.join(".")
  return source !== undefined && sources.has(source) ? source : undefined
}

function expression(text: string): JinjaExpr | undefined {
  const template = text.trim().startsWith("{{") ? text.trim() : `{{ ${text} }}`
  const [piece, more] = jinjaPieces(template, { start: 0, end: template.length })
  return piece?.kind === "output" && !more ? piece.expr : undefined
}
