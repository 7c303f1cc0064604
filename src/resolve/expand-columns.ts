import type { Argument, Expr, Node, OrderItem, SelectExpr } from "../syntax/ast.js"
import { all, argument, freshId, integer, placed } from "../syntax/build.js"
import { operands, someOperand } from "../syntax/operands.js"
import { print } from "../syntax/print.js"
import { copied, type AnyNode } from "../syntax/walk.js"
import type { Context } from "./context.js"
import {
  isColumns,
  isOpen,
  matchColumns,
  referenceTo,
  type ColumnsExpr,
  type Matched,
} from "./matched-columns.js"
import type { Scope } from "./scope.js"
import { nameAt } from "./stars.js"

/** The expression for one of the columns that COLUMNS in it stands for. */
interface Expanded {
  readonly expr: Expr
  /** Undefined where COLUMNS was only unpacked: the expression stands once. */
  readonly column: Matched | undefined
}

/** `sum(COLUMNS('^a'))` is an item for each of the columns; an item without COLUMNS is itself. */
export function expandItem(item: SelectExpr, scope: Scope, cx: Context): readonly SelectExpr[] {
  const expanded = expand(item.expr, scope, cx)
  if (!expanded) return [item]
  const items = expanded.map(({ expr, column }): SelectExpr => {
    const name = item.alias
      ? item.alias.text.replace(/\\(\d|\\)/g, (_, code: string) =>
          code === "\\" ? code : (column?.groups[Number(code)] ?? ""),
        )
      : column?.name
    const isItself = expr.kind === "column-ref" && expr.path.at(-1)?.text === name && !item.alias
    const alias = name === undefined || isItself ? undefined : nameAt(name, item.alias ?? item.expr)
    return { ...item, id: freshId(), expr, alias }
  })
  cx.rewrites.set(item.id, items)
  return items
}

/** A condition with COLUMNS holds where it holds of each of the columns; those that AND joins stand alone. */
export function expandCondition(expr: Expr, scope: Scope, cx: Context): Expr {
  if (expr.kind === "logic" && expr.op === "AND")
    return { ...expr, operands: expr.operands.map((one) => expandCondition(one, scope, cx)) }
  const expanded = expand(expr, scope, cx)
  const whole = expanded && all(expanded.map((one) => one.expr))
  if (!expanded || !whole) return expr
  const placedWhole = placed(whole, expr.span)
  cx.rewrites.set(expr.id, placedWhole)
  return placedWhole
}

/** The keys of DISTINCT ON. */
export function expandKeys(keys: readonly Expr[], scope: Scope, cx: Context): readonly Expr[] {
  return keys.flatMap((expr) => {
    const exprs = expand(expr, scope, cx)?.map((one) => one.expr)
    if (exprs) cx.rewrites.set(expr.id, exprs)
    return exprs ?? [expr]
  })
}

/** ORDER BY with ALL as the output columns from first to last, `#2` as the second one, COLUMNS written out. */
export function expandOrder(
  items: readonly OrderItem[],
  width: number,
  scope: Scope,
  cx: Context,
): readonly OrderItem[] {
  return items.flatMap((item) => {
    const output = (number: number) => placed(integer(number), item.expr.span)
    const exprs = isAll(item.expr)
      ? Array.from({ length: width }, (_, i) => output(i + 1))
      : item.expr.kind === "position"
        ? [output(item.expr.index)]
        : expand(item.expr, scope, cx)?.map((one) => one.expr)
    if (!exprs) return [item]
    const expanded = exprs.map((expr) => ({ ...item, id: freshId(), expr }))
    cx.rewrites.set(item.id, expanded)
    return expanded
  })
}

function isAll(expr: Expr): boolean {
  return expr.kind === "star" && !expr.qualifier && expr.exclude.length === 0
}

// ------------------------------------------------------------------------------------- expressions

/** Undefined where no COLUMNS is in the expression. */
function expand(written: Expr, scope: Scope, cx: Context): readonly Expanded[] | undefined {
  if (!mentionsColumns(written)) return undefined
  const expr = unpacks(written) ?? written
  const [whole, ...others] = columnsIn(expr)
  const unpacked = unpackedIn(expr)
  if (!whole && unpacked.length === 0) return undefined
  const lists = new Map<number, List>(
    unpacked.map(({ id, columns, isNamed }) => [
      id,
      { columns: matchColumns(columns, scope, cx), isNamed },
    ]),
  )
  if (!whole) return [{ expr: spelledOut(expr, lists, new Map(), cx), column: undefined }]
  const text = print(whole)
  const other = others.find((one) => print(one) !== text)
  if (other) {
    cx.sink.report("not-yet", other.span, {
      what: "COLUMNS of other columns in one expression",
      hint: "; write the columns",
    })
    return []
  }
  const ids = [whole, ...others].map(({ id }) => id)
  return matchColumns(whole, scope, cx).map((column) => ({
    expr: spelledOut(expr, lists, new Map(ids.map((id) => [id, column])), cx),
    column,
  }))
}

/** What `*COLUMNS(…)` is unpacked to; named where the function calls its arguments by name. */
interface List {
  readonly columns: readonly Matched[]
  readonly isNamed: boolean
}

/** A copy with columns in the place of each COLUMNS. */
function spelledOut(
  expr: Expr,
  lists: ReadonlyMap<number, List>,
  single: ReadonlyMap<number, Matched>,
  cx: Context,
): Expr {
  const fresh = (node: AnyNode) => {
    const id = freshId()
    if (cx.refused.has(node.id)) cx.refused.add(id)
    return { id }
  }
  const valueOf = ({ replaced, column }: Matched, at: Node): Expr =>
    replaced ? copied(replaced, fresh) : referenceTo(column, at, cx)
  const items = (node: AnyNode): readonly Node[] | undefined => {
    const inArgument = node.kind === "argument"
    const value = inArgument ? (node as AnyNode & Argument).value : node
    const list = lists.get(value.id)
    return list?.columns.map((column) => {
      const item = valueOf(column, value)
      if (!inArgument) return item
      return placed(argument(item, list.isNamed ? column.name : undefined), value.span)
    })
  }
  return copied(expr, fresh, (node) => {
    const column = single.get(node.id)
    return column ? valueOf(column, node) : items(node)
  })
}

interface Unpacked {
  readonly id: number
  readonly columns: ColumnsExpr
  readonly isNamed: boolean
}

/** `*COLUMNS(…)`: the columns one after another, as arguments or items of a list. */
function unpackedIn(expr: Expr, around?: Expr): readonly Unpacked[] {
  const columns = unpacks(expr)
  if (!columns) return operands(expr).flatMap((one) => unpackedIn(one, expr))
  const isNamed =
    around?.kind === "call" && around.name.at(-1)?.text.toLowerCase() === "struct_pack"
  return [{ id: expr.id, columns, isNamed }]
}

/** What `*` before it unpacks. */
function unpacks(expr: Expr): ColumnsExpr | undefined {
  if (expr.kind !== "call" || expr.form !== "prefix" || expr.name[0]?.text !== "*") return undefined
  const value = expr.args[0]?.value
  return value && isColumns(value) ? value : undefined
}

/** Whether COLUMNS is in an expression: most have none. */
export function mentionsColumns(expr: Expr): boolean {
  return isColumns(expr) || someOperand(expr, mentionsColumns)
}

/** Whether `expr` stands for as many columns as there happen to be. */
export function isOpenItem(expr: Expr): boolean {
  return mentionsColumns(expr) && columnsIn(unpacks(expr) ?? expr).some(isOpen)
}

function columnsIn(expr: Expr): readonly ColumnsExpr[] {
  if (isColumns(expr)) return [expr]
  return unpacks(expr) ? [] : operands(expr).flatMap(columnsIn)
}
