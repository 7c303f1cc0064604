import type {
  Call,
  Cte,
  Literal,
  Parameter,
  Query,
  QueryBody,
  Sample,
  Show,
  Subquery,
  TableAlias,
} from "../syntax/ast.js"
import { walk, type AnyNode } from "../syntax/walk.js"
import { reportTypeFault } from "../types/type-faults.js"
import { typeFault, typeOfName } from "../types/type-name.js"
import type { Context } from "./context.js"
import { isColumns } from "./matched-columns.js"
import { checkSample } from "./samples.js"

/** What the parser reads and no later stage knows yet: a construct, and what can be written instead. */
type Refusal = readonly [what: string, hint: string]

/** Reports constructs that would otherwise be taken for something else, each where it stands, and marks them. */
export function refuseUnsupported(statement: Query, cx: Context): void {
  walk(statement, (node) => {
    if (node.kind === "column-ref") return false
    if (node.kind === "literal" && reportMisspelled(node as Literal, cx)) return false
    if (node.kind === "sample") checkSample(node as Sample, cx)
    const refusal = refusalOf(node)
    if (!refusal) return true
    const [what, hint] = refusal
    cx.sink.report("not-yet", node.span, { what, hint })
    cx.refused.add(node.id)
    return false
  })
}

function refusalOf(node: AnyNode): Refusal | undefined {
  switch (node.kind) {
    case "subquery":
      return statementRefusal((node as Subquery).query.body)
    case "show":
      return showRefusal(node as Show)
    case "parameter":
      return parameterRefusal(node as Parameter)
    case "table-version":
      return ["AT (…)", ": no target has tables with versions; leave it out"]
    case "call":
      return callRefusal(node as Call)
    case "cte":
      return keyRefusal(node as Cte)
    case "table-alias":
      return (node as TableAlias).types && ["a type in a table's alias", "; write CAST"]
    case "literal":
      return literalRefusal(node as Literal)
    default:
      return undefined
  }
}

function showRefusal({ verb }: Show): Refusal {
  const hint =
    verb === "SUMMARIZE"
      ? "; write the aggregates"
      : "; a model reads tables, not their description"
  return [`${verb} in FROM`, hint]
}

function parameterRefusal({ name, short }: Parameter): Refusal {
  const written = short || /^\d+$/.test(name) ? "name" : name
  return [
    `a bound parameter`,
    `; write smelt.param('${written}'), and its type and default under \`params:\``,
  ]
}

/** DuckDB's keys of a recursion are columns, without functions that combine what they replace. */
function keyRefusal({ usingKey }: Cte): Refusal | undefined {
  const isPlain = usingKey?.every(({ kind }) => kind === "column-ref") ?? true
  return isPlain ? undefined : ["a function in USING KEY", "; name the columns of the key alone"]
}

/** A table that is a statement of DuckDB's own: nothing is known of its columns. */
function statementRefusal(body: QueryBody): Refusal | undefined {
  return body.kind === "show" ? refusalOf(body) : undefined
}

/** `INTERVL '1 day'`, `DECIMAL(50, 2) '1'`: a type that is nearly one. */
function reportMisspelled({ id, typeName }: Literal, cx: Context): boolean {
  const fault = typeName && typeFault(typeName)
  if (!fault || !reportTypeFault(fault, cx.sink)) return false
  cx.refused.add(id)
  return true
}

function literalRefusal({ type, typeName, value }: Literal): Refusal | undefined {
  if (typeName && typeOfName(typeName).kind === "unknown")
    return [`type ${typeName.name}`, "; write a text, or CAST it to ENUM('a', 'b')"]
  if (type !== "blob") return undefined
  return value.startsWith("x")
    ? ["a blob literal of other than pairs of hexadecimal digits", "; write two for each byte"]
    : ["a bit string of other than 0 and 1", "; write x'…' for bytes"]
}

function callRefusal({ name, args, form, exportState }: Call): Refusal | undefined {
  if (exportState) return ["EXPORT_STATE", "; a model stores values, not states of aggregates"]
  const option = args.find((one) => one.name)?.name
  if (option && name.length === 1 && name[0]?.text.toLowerCase() === "unnest")
    return [
      `\`${option.text}\` of unnest`,
      "; unnest each level, and write s.* for the fields of a STRUCT s",
    ]
  if (form === "prefix" && name[0]?.text === "*" && !args.some(({ value }) => isColumns(value)))
    return ["* before an operand", ""]
  return undefined
}
