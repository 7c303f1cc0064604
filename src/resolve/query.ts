import type { Cte, Expr, OrderItem, Query, QueryBody, SetOperation, Values } from "../syntax/ast.js"
import { nearest } from "../base/suggest.js"
import { replacement } from "./columns.js"
import { orThese, type Context } from "./context.js"
import { sameName } from "../base/names.js"
import { expandOrder } from "./expand-columns.js"
import { resolveExpr } from "./exprs.js"
import { renamed, resolveSource } from "./from.js"
import { pivoted } from "./pivot.js"
import { resolveOutputRef, resolveSelect } from "./select.js"
import {
  lookedAt,
  newScope,
  type Ctes,
  type Scope,
  type Shape,
  type Table,
  type VisibleColumn,
} from "./scope.js"
import { freshId } from "../syntax/build.js"
import { checkOrder, checkSetNames, reportColumnCount } from "./style.js"
import { unpivoted } from "./unpivot.js"

/** A subquery in an expression of `scope`. */
export function resolveSubquery(query: Query, scope: Scope, cx: Context): void {
  resolveQuery(query, scope, scope.ctes, [], cx)
  checkOrder(query, "in a subquery", cx)
}

/**
 * Finds the names of a query and gives those of its columns. `parent` is the scope around a subquery;
 * `outer` the query nodes that this one is the whole body of.
 */
export function resolveQuery(
  query: Query,
  parent: Scope | undefined,
  ctes: Ctes | undefined,
  outer: readonly number[],
  cx: Context,
): readonly string[] {
  const queries = [...outer, query.id]
  const around = cx.laterCtes
  const inside = query.ctes.reduce((known, cte, i) => {
    cx.laterCtes = [...query.ctes.slice(i + 1).map(({ name }) => name.text), ...around]
    if (query.ctes.slice(0, i).some(({ name }) => sameName(name.text, cte.name.text)))
      cx.sink.report("duplicate-name", cte.name.span, { kind: "CTE", name: cte.name.text })
    return resolveCte(cte, query.recursive, parent, known, cx)
  }, ctes)
  cx.laterCtes = around
  const columns = resolveBody(query.body, parent, inside, queries, query.orderBy, cx)
  const bare = newScope(parent, inside, queries)
  if (cx.lookout) lookedAt(query.id, bare, cx)
  if (query.limit?.count) resolveCount("LIMIT", query.limit.count, bare, cx)
  if (query.limit?.offset) resolveCount("OFFSET", query.limit.offset, bare, cx)
  cx.columnNames.set(query.id, columns)
  if (cx.open.has(query.body.id)) cx.open.add(query.id)
  return columns
}

/** No column is in sight of LIMIT, but for those of a query around it. */
function resolveCount(what: string, expr: Expr, scope: Scope, cx: Context): void {
  const [name, more] = expr.kind === "column-ref" ? expr.path : []
  if (!name || more || scope.parent) return resolveExpr(expr, scope, cx)
  const found = `the name \`${name.text}\``
  cx.sink.report("types-disagree", expr.span, { what, wanted: "a number", found })
}

function resolveBody(
  body: QueryBody,
  parent: Scope | undefined,
  ctes: Ctes | undefined,
  queries: readonly number[],
  orderBy: readonly OrderItem[],
  cx: Context,
): readonly string[] {
  if (body.kind === "select") return resolveSelect(body, parent, ctes, queries, orderBy, cx)
  if (body.kind === "pivot-query" || body.kind === "unpivot-query") {
    const around = newScope(parent, ctes, queries)
    const shape = resolveSource(body.source, around, cx)
    if (cx.lookout) lookedAt(body.id, { ...around, shape }, cx)
    const turned =
      body.kind === "pivot-query" ? pivoted(body, shape, cx) : unpivoted(body, shape, cx)
    const instead = { ...turned, id: body.id }
    cx.rewrites.set(body.id, instead)
    return resolveBody(instead, parent, ctes, queries, orderBy, cx)
  }
  const around = newScope(parent, ctes, queries)
  const columns =
    body.kind === "query"
      ? resolveQuery(body, parent, ctes, queries, cx)
      : body.kind === "values"
        ? resolveValues(body, around, cx)
        : body.kind === "set-operation"
          ? resolveSetOperation(body, parent, ctes, queries, cx)
          : []
  resolveOutputOrder(orderBy, body, columns, around, cx)
  return columns
}

/** ORDER BY over columns that have no tables behind them: of a set operation, VALUES, a query in parentheses. */
function resolveOutputOrder(
  items: readonly OrderItem[],
  body: QueryBody,
  columns: readonly string[],
  around: Scope,
  cx: Context,
): void {
  if (items.length === 0) return
  const names = new Map<string, number>()
  for (const list of [columns, ...branchNames(body, cx)])
    list.forEach((name, i) => {
      if (!names.has(name.toLowerCase())) names.set(name.toLowerCase(), i)
    })
  const scope: Scope = { ...around, aliases: { select: body.id, names, order: "first" } }
  const inside: Scope = { ...scope, shape: outputShape(body.id, columns) }
  for (const { expr } of expandOrder(items, columns.length, inside, cx)) {
    if (cx.lookout) lookedAt(expr.id, scope, cx)
    if (resolveOutputRef(expr, columns.length, scope, cx)) continue
    if (!isUnknownOutput(expr, body, columns, names, around, cx)) resolveExpr(expr, scope, cx)
  }
}

/** Reports a column that a set operation does not have, whatever its branches read. */
function isUnknownOutput(
  expr: Expr,
  body: QueryBody,
  columns: readonly string[],
  names: ReadonlyMap<string, number>,
  around: Scope,
  cx: Context,
): boolean {
  const [name, more] = expr.kind === "column-ref" ? expr.path : []
  if (!name || more || around.parent || body.kind !== "set-operation" || columns.length === 0)
    return false
  if (names.has(name.text.toLowerCase())) return false
  const near = nearest(name.text, columns)
  const where = ` among those of the ${body.op}`
  const params = { name: name.text, where, hint: orThese(near, "it has", columns) }
  cx.sink.report("unknown-column", name.span, params, { fixes: replacement(name, near) })
  return true
}

/** The columns of a query as COLUMNS after it sees them. */
function outputShape(select: number, columns: readonly string[]): Shape {
  const table: Table = { id: freshId(), alias: "", columns, broken: columns.length === 0 }
  const shown = columns.map((name, output): VisibleColumn => ({
    name,
    target: { kind: "alias", select, output, depth: 0 },
    table,
  }))
  return { tables: [table], columns: shown }
}

/** The names that branches of a set operation give to its columns. */
function branchNames(body: QueryBody, cx: Context): (readonly string[])[] {
  if (body.kind !== "set-operation") return [cx.columnNames.get(body.id) ?? []]
  return body.byName ? [] : [...branchNames(body.left, cx), ...branchNames(body.right, cx)]
}

function resolveSetOperation(
  body: SetOperation,
  parent: Scope | undefined,
  ctes: Ctes | undefined,
  queries: readonly number[],
  cx: Context,
): readonly string[] {
  const left = resolveBody(body.left, parent, ctes, queries, [], cx)
  const right = resolveBody(body.right, parent, ctes, queries, [], cx)
  if (cx.open.has(body.left.id) || cx.open.has(body.right.id)) cx.open.add(body.id)
  return setColumns(body, left, right, cx)
}

function setColumns(
  body: SetOperation,
  left: readonly string[],
  right: readonly string[],
  cx: Context,
): readonly string[] {
  const columns = body.byName
    ? [...left, ...right.filter((name) => !left.some((one) => sameName(one, name)))]
    : left
  cx.columnNames.set(body.id, columns)
  if (!body.byName && left.length !== right.length && left.length > 0 && right.length > 0)
    reportColumnCount(body, left.length, right.length, cx)
  else if (!body.byName && !cx.namedOutside.has(body.id)) checkSetNames(body, left, right, cx)
  return columns
}

export function resolveValues(values: Values, scope: Scope, cx: Context): readonly string[] {
  const width = values.rows[0]?.length ?? 0
  for (const row of values.rows) {
    row.forEach((value: Expr) => resolveExpr(value, scope, cx))
    if (row.length !== width)
      cx.sink.report("column-count", row[0]?.span ?? values.span, {
        what: "a row of VALUES",
        found: row.length,
        wanted: width,
      })
  }
  const columns = Array.from({ length: width }, (_, i) => `col${i}`)
  cx.columnNames.set(values.id, columns)
  return columns
}

// ----------------------------------------------------------------------------------------- CTEs

function resolveCte(
  cte: Cte,
  recursive: boolean,
  parent: Scope | undefined,
  known: Ctes | undefined,
  cx: Context,
): Ctes {
  const { query, name } = cte
  if (cte.columns.length > 0) nameOutside(query.body, cx)
  const self = recursive && query.body.kind === "set-operation" && query.ctes.length === 0
  const columns =
    self && query.body.kind === "set-operation"
      ? resolveRecursive(cte, query.body, parent, known, cx)
      : resolveQuery(query, parent, known, [], cx)
  checkOrder(query, "in a CTE", cx)
  if (cte.columns.length > columns.length && columns.length > 0)
    cx.sink.report("column-count", name.span, {
      what: `\`${name.text}\``,
      found: columns.length,
      wanted: cte.columns.length,
    })
  return {
    name: name.text,
    query,
    columns: renamed(columns, cte.columns),
    recursive: self,
    broken: false,
    next: known,
  }
}

/** `WITH t(a, b) AS (…)` and `(…) AS t(a, b)`: what the branches of a union call their columns is of no matter. */
export function nameOutside(body: QueryBody, cx: Context): void {
  if (body.kind === "query") return nameOutside(body.body, cx)
  if (body.kind !== "set-operation") return
  cx.namedOutside.add(body.id)
  nameOutside(body.left, cx)
  nameOutside(body.right, cx)
}

/** The columns that USING KEY names are those of the CTE. */
function checkKey({ usingKey = [], name }: Cte, columns: readonly string[], cx: Context): void {
  for (const key of usingKey) {
    const [column, more] = key.kind === "column-ref" ? key.path : []
    if (!column || columns.length === 0) continue
    if (!more && columns.some((one) => sameName(one, column.text))) continue
    const near = nearest(column.text, columns)
    const where = ` in \`${name.text}\``
    const params = { name: column.text, where, hint: orThese(near, "it has", columns) }
    cx.sink.report("unknown-column", key.span, params, { fixes: replacement(column, near) })
  }
}

/** The left side gives the columns; the right side, and only it, sees the name itself. */
function resolveRecursive(
  cte: Cte,
  body: SetOperation,
  parent: Scope | undefined,
  known: Ctes | undefined,
  cx: Context,
): readonly string[] {
  const { query } = cte
  const left = resolveBody(body.left, parent, known, [query.id], [], cx)
  const columns = renamed(left, cte.columns)
  const self: Ctes = {
    name: cte.name.text,
    query,
    columns,
    recursive: true,
    broken: false,
    isKeyed: cte.usingKey !== undefined,
    next: known,
  }
  checkKey(cte, columns, cx)
  const right = resolveBody(body.right, parent, self, [query.id], [], cx)
  const all = setColumns(body, left, right, cx)
  const around = newScope(parent, known, [query.id])
  resolveOutputOrder(query.orderBy, body, all, around, cx)
  cx.columnNames.set(query.id, all)
  return all
}
