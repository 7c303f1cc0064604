import type { ColumnId } from "../ir/nodes.js"
import type { Expr, GroupBy, OrderItem, Query, Select, TableRef } from "../syntax/ast.js"
import { all, item, query, select } from "../syntax/build.js"

/** How far a select has got: a later clause cannot be followed by an earlier one. */
export const Stage = { From: 0, Grouped: 1, Windowed: 2, Qualified: 3, Closed: 4 } as const

/**
 * A select in the making. `columns` are the expressions that stand for ids in it, as its select list
 * would write them.
 */
export interface Block {
  readonly stage: number
  readonly from: readonly TableRef[]
  readonly where: readonly Expr[]
  readonly groupBy?: GroupBy
  readonly having: readonly Expr[]
  readonly qualify: readonly Expr[]
  readonly orderBy: readonly OrderItem[]
  readonly limit?: Query["limit"]
  readonly distinct?: Select["distinct"]
  readonly columns: ReadonlyMap<ColumnId, Expr>
}

export function blockOf(from: readonly TableRef[], columns: ReadonlyMap<ColumnId, Expr>): Block {
  return { stage: Stage.From, from, where: [], having: [], qualify: [], orderBy: [], columns }
}

/** The query of a block, showing `shown` under these names. */
export function queryOf(
  block: Block,
  shown: readonly (readonly [name: string, expr: Expr])[],
): Query {
  const where = all(block.where)
  const having = all(block.having)
  const qualify = all(block.qualify)
  const body = select({
    items: shown.map(([name, expr]) => (isNamed(expr, name) ? item(expr) : item(expr, name))),
    from: block.from,
    ...(block.distinct === undefined ? {} : { distinct: block.distinct }),
    ...(where ? { where } : {}),
    ...(block.groupBy ? { groupBy: block.groupBy } : {}),
    ...(having ? { having } : {}),
    ...(qualify ? { qualify } : {}),
  })
  return query(body, { orderBy: block.orderBy, ...(block.limit ? { limit: block.limit } : {}) })
}

function isNamed(expr: Expr, name: string): boolean {
  return expr.kind === "column-ref" && expr.path.at(-1)?.text === name
}

/** A plain column of one of the block's tables: it means the same on the padded side of an outer join. */
export function isPlain(id: ColumnId, { columns, from }: Block): boolean {
  const expr = columns.get(id)
  if (expr?.kind !== "column-ref") return false
  const table = expr.path[0]?.text
  return from.flatMap(aliases).some((alias) => alias === table)
}

function aliases(ref: TableRef): string[] {
  if (ref.kind === "join") return [...aliases(ref.left), ...aliases(ref.right)]
  return "alias" in ref && ref.alias ? [ref.alias.name.text] : []
}
