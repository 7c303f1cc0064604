import type { ColumnTarget } from "../catalog/names.js"
import type { Expr } from "../syntax/ast.js"
import { typeOfName } from "../types/type-name.js"
import type { SqlType } from "../types/type.js"
import type { Context } from "./context.js"

/** What is known of a value before types are found: from a declared type, a CAST or a literal. */
export interface Known {
  /** Of an ENUM. */
  readonly values?: readonly string[]
  /** Of a STRUCT. */
  readonly fields?: readonly string[]
}

const NOTHING: Known = {}

export function knownOfTarget(target: ColumnTarget | undefined, cx: Context): Known {
  if (target?.kind !== "binding") return NOTHING
  const binding = cx.bindings.get(target.table)
  if (binding?.kind === "relation") {
    const relation = cx.model.relation(binding.relation, binding.name)
    return ofType(relation?.columns[target.column]?.type)
  }
  if (binding?.kind !== "cte" && binding?.kind !== "subquery") return NOTHING
  const { body } = binding.query
  const output = body.kind === "select" ? cx.outputs.get(body.id)?.[target.column] : undefined
  if (!output) return NOTHING
  return output.kind === "star" ? knownOfTarget(output.target, cx) : knownOfExpr(output.expr, cx)
}

export function knownOfExpr(expr: Expr, cx: Context): Known {
  switch (expr.kind) {
    case "cast":
      return ofType(typeOfName(expr.type))
    case "struct":
      return { fields: expr.fields.map(({ name }) => name.text) }
    case "call": {
      const names = expr.args.map(({ name }) => name?.text)
      const packs = expr.name.at(-1)?.text.toLowerCase() === "struct_pack"
      return packs ? { fields: names.flatMap((name) => name ?? []) } : NOTHING
    }
    case "column-ref":
      return cx.fields.has(expr.id) ? NOTHING : knownOfTarget(cx.columns.get(expr.id), cx)
    default:
      return NOTHING
  }
}

function ofType(type: SqlType | undefined): Known {
  if (type?.kind === "enum") return { values: type.values }
  if (type?.kind === "struct") return { fields: type.fields.map(({ name }) => name) }
  return NOTHING
}
