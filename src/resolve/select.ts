import { sameName } from "../base/names.js"
import { plural } from "../base/plural.js"
import type { ColumnTarget, OutputColumn } from "../catalog/names.js"
import type { Expr, OrderItem, Select, SelectExpr, SelectItem } from "../syntax/ast.js"
import type { Context } from "./context.js"
import { hasAggregate } from "../functions/calls.js"
import { groupedExprs, operands, windowOperands } from "../syntax/operands.js"
import {
  expandCondition,
  expandItem,
  expandKeys,
  expandOrder,
  mentionsColumns,
} from "./expand-columns.js"
import { checkWindows, resolveExpr } from "./exprs.js"
import { resolveFrom } from "./from.js"
import { lookedAt, newScope, type Ctes, type Scope, type Shape } from "./scope.js"
import { expandFields, expandStar, isOpenStar } from "./stars.js"
import { checkCommaJoin } from "./style.js"

/**
 * Finds the names of a SELECT, clause by clause in the order in which they see each other; `orderBy`
 * is that of the query whose body it is.
 */
export function resolveSelect(
  written: Select,
  parent: Scope | undefined,
  ctes: Ctes | undefined,
  queries: readonly number[],
  orderBy: readonly OrderItem[],
  cx: Context,
): readonly string[] {
  const outside = newScope(parent, ctes, queries)
  const shape = resolveFrom(written.from, outside, cx)
  const inside: Scope = { ...outside, shape }
  const select = expanded(written, inside, cx)
  const outputs = resolveItems(select, inside, cx)
  if (select.items.some((item) => item.kind === "star" && isOpenStar(item, inside, cx)))
    cx.open.add(select.id)
  cx.outputs.set(select.id, outputs)
  const columns = uniqueNames(outputs.map(({ name }) => name))
  cx.columnNames.set(select.id, columns)
  const names = aliasesOf(outputs)
  const after: Scope = { ...inside, aliases: { select: select.id, names, order: "last" } }
  const sorted: Scope = { ...inside, aliases: { select: select.id, names, order: "first" } }
  if (cx.lookout) lookedAt(select.id, after, cx)

  if (select.where) resolveExpr(select.where, after, cx)
  resolveGroups(select, outputs, after, cx)
  if (select.having) resolveExpr(select.having, grouped(select, shape, after, cx), cx)
  for (const { window } of select.windows)
    windowOperands(window).forEach((expr) => resolveExpr(expr, after, cx))
  if (select.qualify) resolveExpr(select.qualify, after, cx)
  const order = expandOrder(orderBy, outputs.length, inside, cx)
  const keys = [...listOf(select.distinct), ...order.map((item) => item.expr)]
  for (const expr of keys)
    if (!resolveOutputRef(expr, outputs.length, sorted, cx)) resolveExpr(expr, after, cx)
  if (cx.lookout) for (const key of keys) lookedAt(key.id, sorted, cx)

  if (/\bover\b/i.test(cx.sink.source.text))
    // most texts have none
    checkWindows(allExprs(select, keys), select.windows, cx)
  checkCommaJoin(select, shape, cx)
  return columns
}

function mentionsAny({ items, where, distinct }: Select): boolean {
  return (
    items.some((item) =>
      item.kind === "star" ? item.qualifier !== undefined : mentionsColumns(item.expr),
    ) ||
    (where !== undefined && mentionsColumns(where)) ||
    listOf(distinct).some(mentionsColumns)
  )
}

/** The clauses with COLUMNS written out. */
function expanded(select: Select, inside: Scope, cx: Context): Select {
  if (!mentionsAny(select)) return select
  return {
    ...select,
    items: select.items.flatMap((item): readonly SelectItem[] =>
      item.kind === "star"
        ? (expandFields(item, inside, cx) ?? [item])
        : expandItem(item, inside, cx),
    ),
    where: select.where && expandCondition(select.where, inside, cx),
    distinct:
      typeof select.distinct === "boolean"
        ? select.distinct
        : expandKeys(select.distinct, inside, cx),
  }
}

/**
 * Whether `expr` stands for an output column: its position, or its name. Deeper in an expression the
 * names of the select list come after the columns of FROM.
 */
export function resolveOutputRef(expr: Expr, width: number, scope: Scope, cx: Context): boolean {
  if (expr.kind === "literal" && expr.type === "integer") {
    const position = Number(expr.value)
    if (position >= 1 && position <= width) cx.outputRefs.set(expr.id, position - 1)
    else if (width > 0)
      cx.sink.report("unknown-column", expr.span, {
        name: expr.value,
        where: ` among ${plural(width, "output column")}`,
        hint: "",
      })
    return true
  }
  const { aliases } = scope
  const [name] = expr.kind === "column-ref" && expr.path.length === 1 ? expr.path : []
  const output = name && aliases?.names.get(name.text.toLowerCase())
  if (!aliases || output === undefined) return false
  cx.outputRefs.set(expr.id, output)
  cx.columns.set(expr.id, { kind: "alias", select: aliases.select, output, depth: 0 })
  return true
}

// ---------------------------------------------------------------------------------- select list

function resolveItems(select: Select, inside: Scope, cx: Context): readonly OutputColumn[] {
  const outputs: OutputColumn[] = []
  const names = new Map<string, number>()
  // Later items see the aliases of earlier ones.
  const scope: Scope = { ...inside, aliases: { select: select.id, names, order: "last" } }
  for (const item of select.items) {
    if (item.kind === "star") {
      outputs.push(...expandStar(item, inside, cx))
      continue
    }
    resolveExpr(item.expr, scope, cx)
    outputs.push(outputOf(item, inside, cx))
    if (item.alias) addName(names, item.alias.text, outputs.length - 1)
  }
  return outputs
}

function outputOf({ expr, alias }: SelectExpr, scope: Scope, cx: Context): OutputColumn {
  if (alias) return { kind: "expr", name: alias.text, named: true, expr }
  const name = columnName(expr, scope.shape, cx)
  if (name !== undefined) return { kind: "expr", name, named: true, expr }
  return { kind: "expr", name: textOf(expr, cx), named: false, expr }
}

/** A bare column keeps the name that its table gives it. */
function columnName(expr: Expr, shape: Shape, cx: Context): string | undefined {
  if (expr.kind === "field") return expr.name.text
  if (expr.kind === "position") return targetName(cx.columns.get(expr.id), shape)
  if (expr.kind !== "column-ref") return undefined
  const field = cx.fields.get(expr.id)?.at(-1)
  return field ?? targetName(cx.columns.get(expr.id), shape) ?? expr.path.at(-1)?.text
}

function targetName(target: ColumnTarget | undefined, shape: Shape): string | undefined {
  if (target?.kind !== "binding" || target.depth > 0) return undefined
  return shape.tables.find((table) => table.id === target.table)?.columns[target.column]
}

function textOf(expr: Expr, { sink }: Context): string {
  return sink.source.slice(expr.span).replace(/\s+/g, " ").trim()
}

/** Output names as others see them: a second `a` is `a_1`, as in DuckDB. */
export function uniqueNames(names: readonly string[]): readonly string[] {
  const seen = new Set<string>()
  return names.map((name) => {
    let unique = name
    for (let i = 1; seen.has(unique.toLowerCase()); i++) unique = `${name}_${i}`
    seen.add(unique.toLowerCase())
    return unique
  })
}

function aliasesOf(outputs: readonly OutputColumn[]): ReadonlyMap<string, number> {
  const names = new Map<string, number>()
  outputs.forEach(({ name }, i) => addName(names, name, i))
  return names
}

/** Of two outputs with one name the first is meant. */
function addName(names: Map<string, number>, name: string, output: number): void {
  const key = name.toLowerCase()
  if (!names.has(key)) names.set(key, output)
}

// --------------------------------------------------------------------------------------- groups

function resolveGroups(
  select: Select,
  outputs: readonly OutputColumn[],
  scope: Scope,
  cx: Context,
): void {
  if (!select.groupBy) return
  if (select.groupBy.all) cx.groupAll.set(select.id, keysOfAll(outputs, cx))
  for (const expr of groupedExprs(select.groupBy)) {
    if (isPosition(expr) && resolveOutputRef(expr, outputs.length, scope, cx)) continue
    resolveExpr(expr, scope, cx)
    const target = cx.columns.get(expr.id)
    if (target?.kind === "alias" && target.depth === 0) cx.outputRefs.set(expr.id, target.output)
  }
}

function isPosition(expr: Expr): boolean {
  return expr.kind === "literal" && expr.type === "integer"
}

/**
 * GROUP BY ALL: the output columns without an aggregate. A constant is no key: of no rows it would make
 * no group, where the engine makes one.
 */
function keysOfAll(outputs: readonly OutputColumn[], cx: Context): readonly number[] {
  return outputs.flatMap((output, i) =>
    output.kind === "expr" && (hasAggregate(output.expr) || isConstant(output.expr, cx)) ? [] : [i],
  )
}

function isConstant(expr: Expr, cx: Context): boolean {
  if ("query" in expr && cx.correlated.has(expr.query.id)) return false
  if (expr.kind === "position") return false
  if (expr.kind !== "column-ref") return operands(expr).every((one) => isConstant(one, cx))
  const target = cx.columns.get(expr.id)
  if (target?.kind === "lambda") return true
  const output =
    target?.kind === "alias" ? cx.outputs.get(target.select)?.[target.output] : undefined
  return output?.kind === "expr" && isConstant(output.expr, cx)
}

/** In HAVING an output name comes before the one column that has it too and is not grouped, except inside an aggregate. */
function grouped(select: Select, shape: Shape, after: Scope, cx: Context): Scope {
  const { aliases } = after
  if (!aliases) return after
  const keys = (select.groupBy ? groupedExprs(select.groupBy) : []).map((expr) =>
    targetName(cx.columns.get(expr.id), shape)?.toLowerCase(),
  )
  const isAmbiguous = (name: string) =>
    shape.columns.filter((column) => sameName(column.name, name)).length > 1
  const names = new Map(
    [...aliases.names].filter(([name]) => !keys.includes(name) && !isAmbiguous(name)),
  )
  return { ...after, aliases: { ...aliases, names, order: "first" } }
}

function* allExprs(select: Select, keys: readonly Expr[]): Iterable<Expr> {
  for (const item of select.items) if (item.kind === "select-expr") yield item.expr
  if (select.having) yield select.having
  if (select.qualify) yield select.qualify
  yield* keys
}

function listOf(distinct: boolean | readonly Expr[]): readonly Expr[] {
  return typeof distinct === "boolean" ? [] : distinct
}
