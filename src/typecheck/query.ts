import type { TypeOf } from "../catalog/types.js"
import type { Cte, Expr, Query, QueryBody, SetOperation, Values } from "../syntax/ast.js"
import { family, isOpen } from "../types/coercion.js"
import { show } from "../types/type.js"
import { newFrame, UNKNOWN, type Context, type Frame } from "./context.js"
import { exprType, typeAll } from "./expr.js"
import { integerValue } from "./literals.js"
import { agree, type Typed } from "./agree.js"
import { selectColumns } from "./select.js"
import { checkBranches } from "./union.js"

/** Types a query and gives its columns; `outer` is the frame around a subquery. */
export function queryColumns(
  query: Query,
  outer: Frame | undefined,
  cx: Context,
): readonly TypeOf[] {
  for (const cte of query.ctes) cteColumns(cte, outer, cx)
  const columns = bodyColumns(query.body, query, outer, cx)
  cx.columns.set(query.id, columns)
  cx.keys.set(query.id, cx.keys.get(query.body.id) ?? [])
  const frame = newFrame("LIMIT", outer)
  if (query.limit?.count) rowCount("LIMIT", query.limit.count, frame, cx)
  if (query.limit?.offset) rowCount("OFFSET", query.limit.offset, frame, cx)
  return columns
}

function rowCount(what: string, expr: Expr, frame: Frame, cx: Context): void {
  const { type } = exprType(expr, frame, cx)
  const value = integerValue(expr)
  const report = (wanted: string, found: string) =>
    cx.sink.report("types-disagree", expr.span, { what, wanted, found })
  if (value !== undefined && value < 0n) report("a number of at least 0", `${value}`)
  else if (!isOpen(type) && family(type) !== "number") report("a number", show(type))
}

function bodyColumns(
  body: QueryBody,
  query: Query | undefined,
  outer: Frame | undefined,
  cx: Context,
): readonly TypeOf[] {
  if (body.kind === "select") return selectColumns(body, query?.orderBy ?? [], outer, cx)
  const columns =
    body.kind === "query"
      ? queryColumns(body, outer, cx)
      : body.kind === "values"
        ? valuesColumns(body, newFrame("VALUES", outer), cx)
        : body.kind === "set-operation"
          ? setColumns(body, outer, cx)
          : []
  cx.columns.set(body.id, columns)
  const frame = outputFrame(columns, outer)
  for (const item of query?.orderBy ?? []) exprType(item.expr, frame, cx)
  return columns
}

/** What ORDER BY of a set operation sees: its columns, by name. */
function outputFrame(columns: readonly TypeOf[], outer: Frame | undefined): Frame {
  return {
    ...newFrame("ORDER BY", outer),
    outputs: new Map(columns.map((column, i) => [i, column])),
  }
}

export function valuesColumns(values: Values, frame: Frame, cx: Context): readonly TypeOf[] {
  const width = values.rows[0]?.length ?? 0
  const rows = values.rows.map((row) => typeAll(row, frame, cx))
  const columns = Array.from({ length: width }, (_, i) => {
    const cells = rows.flatMap((row, r): Typed[] => {
      const expr: Expr | undefined = values.rows[r]?.[i]
      const type = row[i]
      return expr && type ? [{ expr, ...type }] : []
    })
    return agree("VALUES", cells, cx)
  })
  cx.columns.set(values.id, columns)
  return columns
}

function setColumns(body: SetOperation, outer: Frame | undefined, cx: Context): readonly TypeOf[] {
  const left = bodyColumns(body.left, undefined, outer, cx)
  const right = bodyColumns(body.right, undefined, outer, cx)
  const columns = checkBranches(body, left, right, cx)
  cx.columns.set(body.id, columns)
  cx.keys.set(body.id, setKeys(body, columns, cx))
  return columns
}

/** EXCEPT and INTERSECT keep rows of the left side; without ALL no row is there twice. */
function setKeys(
  body: SetOperation,
  columns: readonly TypeOf[],
  cx: Context,
): readonly (readonly number[])[] {
  const kept = body.op === "UNION" || body.byName ? [] : (cx.keys.get(body.left.id) ?? [])
  const whole =
    body.all || columns.length === 0 || columns.some((column) => column.nullable)
      ? []
      : [columns.map((_, i) => i)]
  return kept.length > 0 ? kept : whole
}

// ----------------------------------------------------------------------------------------- CTEs

function cteColumns(cte: Cte, outer: Frame | undefined, cx: Context): void {
  const { query } = cte
  if (!isRecursive(query, cx) || query.body.kind !== "set-operation") {
    queryColumns(query, outer, cx)
    return
  }
  const { body } = query
  const first = bodyColumns(body.left, undefined, outer, cx)
  recursiveColumns(query, body, first, outer, cx)
}

/**
 * A later round may give NULL where the first gives none, so the columns are assumed nullable as soon
 * as one round says so; types are those of the first branch.
 */
function recursiveColumns(
  query: Query,
  body: SetOperation,
  first: readonly TypeOf[],
  outer: Frame | undefined,
  cx: Context,
): void {
  let columns = first
  for (;;) {
    cx.recursive.set(query.id, columns)
    const right = bodyColumns(body.right, undefined, outer, cx)
    const next = columns.map(({ type, nullable }, i) => ({
      type,
      nullable: nullable || (right[i] ?? UNKNOWN).nullable,
    }))
    const stable = next.every((column, i) => column.nullable === columns[i]?.nullable)
    columns = next
    if (stable) break
  }
  checkBranches(body, columns, cx.columns.get(body.right.id) ?? columns, cx)
  cx.recursive.delete(query.id)
  cx.columns.set(body.id, columns)
  cx.columns.set(query.id, columns)
  for (const item of query.orderBy) exprType(item.expr, outputFrame(columns, outer), cx)
}

function isRecursive(query: Query, cx: Context): boolean {
  for (const binding of cx.names.bindings.values())
    if (binding.kind === "cte" && binding.query === query && binding.recursive) return true
  return false
}
