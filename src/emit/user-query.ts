import type { Binding, Names } from "../catalog/names.js"
import type { Types } from "../catalog/types.js"
import type { ColumnRef, Expr, Query, SelectExpr, TableCall, TableRef } from "../syntax/ast.js"
import {
  call,
  name,
  query,
  select,
  star,
  subquery,
  tableAlias,
  withAlias,
} from "../syntax/build.js"
import { transform } from "../syntax/walk.js"
import type { EmitTarget } from "./target.js"

type RelationBinding = Binding & { readonly kind: "relation" }

/**
 * The user's own tree, as it runs without the optimizer: `smelt.ref` and `smelt.source` become tables
 * of the target, `filter =>` a subquery around its table. Nothing else is changed.
 */
export function emitUserQuery(
  statement: Query,
  names: Names,
  types: Types,
  target: EmitTarget,
): Query {
  const unnamed = unnamedOutputs(names)
  const replaceTables = <N extends Query | Expr>(tree: N): N =>
    transform(tree, (node) => {
      if (node.kind === "select-expr") return labeled(node as SelectExpr)
      if (types.determined.has(node.id)) return call("any_value", node as ColumnRef)
      const binding = names.bindings.get(node.id)
      if (node.kind !== "table-call" || binding?.kind !== "relation") return undefined
      return tableOf(node as TableCall, binding)
    })

  /** An output keeps smelt's name for it, whatever the engine would call it. */
  const labeled = (written: SelectExpr): SelectExpr | undefined => {
    const label = written.alias ? undefined : unnamed.get(written.expr.id)
    const inner = written.expr.kind === "column-ref" && types.determined.has(written.expr.id)
    if (label === undefined && !inner) return undefined
    const text =
      label ?? (written.expr.kind === "column-ref" ? (written.expr.path.at(-1)?.text ?? "") : "")
    return { ...written, expr: replaceTables(written.expr), alias: name(text) }
  }

  const tableOf = (written: TableCall, binding: RelationBinding): TableRef => {
    const table = target.table(binding.name, binding.relation)
    const alias = written.alias ?? tableAlias(binding.alias)
    if (!binding.filter) return withAlias(table, alias)
    const filtered = select({
      items: [star()],
      from: [withAlias(table, tableAlias(binding.alias))],
      where: replaceTables(binding.filter),
    })
    return withAlias(subquery(query(filtered)), alias)
  }
  return replaceTables(statement)
}

/** Names of output columns that have none of their own, by id of the expression. */
function unnamedOutputs(names: Names): ReadonlyMap<number, string> {
  const outputs = [...names.outputs.values()].flat()
  return new Map(
    outputs.flatMap((output) =>
      output.kind === "expr" && !output.named ? [[output.expr.id, output.name] as const] : [],
    ),
  )
}
