import type { Binding, Names } from "../catalog/names.js"
import type { Types } from "../catalog/types.js"
import type {
  Call,
  ColumnRef,
  Expr,
  Query,
  SelectExpr,
  TableCall,
  TableRef,
} from "../syntax/ast.js"
import {
  call,
  name,
  query,
  select,
  star,
  subquery,
  tableAlias,
  withAlias,
  withSample,
} from "../syntax/build.js"
import { transform, transformBelow, type AnyNode } from "../syntax/walk.js"
import { family } from "../types/coercion.js"
import { castTo, NullConstants, retypedCall } from "./engine-types.js"
import { overlapping } from "./overlaps.js"
import type { EmitTarget } from "./target.js"

type RelationBinding = Binding & { readonly kind: "relation" }

/**
 * The user's own tree, as it runs without the optimizer: `smelt.ref` and `smelt.source` become tables
 * of the target, `filter =>` a subquery around its table, and what the engine would give another type
 * stands in a CAST to smelt's. Nothing else is changed.
 */
export function emitUserQuery(names: Names, types: Types, target: EmitTarget): Query {
  const unnamed = unnamedOutputs(names)
  const nulls = new NullConstants(types)
  const replaceTables = <N extends Query | Expr>(tree: N): N =>
    transform(tree, (node) => replaced(node))

  const replaced = (node: AnyNode) => {
    if (node.kind === "select-expr") return labeled(node as SelectExpr)
    if (types.determined.has(node.id)) return call("any_value", node as ColumnRef)
    const binding = names.bindings.get(node.id)
    if (node.kind === "table-call" && binding?.kind === "relation")
      return tableOf(node as TableCall, binding)
    if (node.kind === "call" && (node as Call).form === "overlaps") return overlaps(node as Call)
    return types.exprs.has(node.id) ? told(node as Expr) : undefined
  }

  const overlaps = (written: Call): Expr => {
    const below = transformBelow(written, replaced)
    const [a, b, c, d] = below.args.map(({ value }, i) => {
      const type = types.exprs.get(written.args[i]?.value.id ?? -1)?.type
      return { expr: value, isLength: type !== undefined && family(type) === "interval" }
    })
    return a && b && c && d ? overlapping(a.expr, b, c.expr, d) : below
  }

  /** The engine is told the type of an expression where it would call it by another. */
  const told = (expr: Expr): Expr | undefined => {
    const type = types.exprs.get(expr.id)?.type
    const other = expr.kind === "call" ? retypedCall(expr, types, target.capabilities) : undefined
    const folds = !target.capabilities.typedNulls && nulls.folds(expr)
    if (!folds && !other) return undefined
    const below = transformBelow(expr, replaced)
    if (!other?.argument || below.kind !== "call") return castTo(below, type)
    const { index, type: wanted } = other.argument
    const args = below.args.map((one, i) =>
      i === index ? { ...one, value: castTo(one.value, wanted) } : one,
    )
    return folds ? castTo({ ...below, args }, type) : { ...below, args }
  }

  /** An output keeps smelt's name for it, whatever the engine would call it. */
  const labeled = (written: SelectExpr): SelectExpr | undefined => {
    const { expr, alias } = written
    const wrapped =
      expr.kind === "column-ref" && types.determined.has(expr.id) ? expr.path.at(-1) : undefined
    const label = unnamed.get(expr.id) ?? wrapped?.text
    if (alias || label === undefined) return undefined
    return { ...written, expr: replaceTables(expr), alias: name(label) }
  }

  const tableOf = (written: TableCall, binding: RelationBinding): TableRef => {
    const table = target.table(binding.name, binding.relation)
    const alias = written.alias ?? tableAlias(binding.alias)
    if (!binding.filter) return withSample(withAlias(table, alias), written.sample)
    const filtered = select({
      items: [star()],
      from: [withAlias(table, tableAlias(binding.alias))],
      where: replaceTables(binding.filter),
    })
    return withSample(withAlias(subquery(query(filtered)), alias), written.sample)
  }
  return replaceTables(names.statement)
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
