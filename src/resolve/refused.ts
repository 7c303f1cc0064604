import type {
  Call,
  Cte,
  Literal,
  Query,
  QueryBody,
  Sample,
  Show,
  Subquery,
  TableAlias,
} from "../syntax/ast.js"
import { walk, type AnyNode } from "../syntax/walk.js"
import { didYouMean, nearest } from "../base/suggest.js"
import { typeNames, typeOfName } from "../types/type-name.js"
import type { Context } from "./context.js"
import { isColumns } from "./matched-columns.js"
import { checkSample } from "./samples.js"

/** What the parser reads and no later stage knows yet: a construct, and what can be written instead. */
type Refusal = readonly [what: string, hint: string]

/** Reports constructs that would otherwise be taken for something else, each where it stands, and marks them. */
export function refuseUnsupported(statement: Query, cx: Context): void {
  walk(statement, (node) => {
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
      return [`${(node as Show).verb} in FROM`, ""]
    case "table-version":
      return ["AT (VERSION …)", ""]
    case "call":
      return callRefusal(node as Call)
    case "cte":
      return (node as Cte).usingKey && ["USING KEY of a recursive CTE", ""]
    case "table-alias":
      return (node as TableAlias).types && ["types in a table's alias", "; write CAST"]
    case "literal":
      return literalRefusal(node as Literal)
    default:
      return undefined
  }
}

/** A table that is a statement of DuckDB's own: nothing is known of its columns. */
function statementRefusal(body: QueryBody): Refusal | undefined {
  return body.kind === "show" ? refusalOf(body) : undefined
}

/** `INTERVL '1 day'`: a type that is nearly one. */
function reportMisspelled({ id, typeName }: Literal, cx: Context): boolean {
  if (!typeName || typeOfName(typeName).kind !== "unknown") return false
  const { name, span } = typeName
  const near = nearest(name, typeNames())
  if (near === undefined) return false
  const edits = [{ span, text: near }]
  const fix = { title: `write ${near}`, kind: "changes-meaning" as const, edits }
  cx.sink.report("unknown-type", span, { name, hint: didYouMean(near) }, { fixes: [fix] })
  cx.refused.add(id)
  return true
}

function literalRefusal({ type, typeName, value }: Literal): Refusal | undefined {
  if (typeName && typeOfName(typeName).kind === "unknown") return [`type ${typeName.name}`, ""]
  if (type !== "blob") return undefined
  return value.startsWith("x")
    ? ["a blob literal of other than pairs of hexadecimal digits", ""]
    : ["a bit string of other than 0 and 1", ""]
}

function callRefusal({ name, args, form, exportState }: Call): Refusal | undefined {
  if (exportState) return ["EXPORT_STATE", ""]
  if (form === "prefix" && name[0]?.text === "*" && !args.some(({ value }) => isColumns(value)))
    return ["* before an operand", ""]
  return undefined
}
