import type { Span } from "../base/span.js"
import type { ReportedFix } from "../diagnostics/diagnostic.js"
import type { OutputColumn } from "../catalog/names.js"
import type {
  Expr,
  Query,
  QueryBody,
  Select,
  SelectExpr,
  SetOperation,
  Star,
  TableRef,
} from "../syntax/ast.js"
import { print } from "../syntax/print.js"
import { setOperatorSpan, withoutComments } from "../syntax/source.js"
import { dotted, written, type Context } from "./context.js"
import { sameName } from "../base/names.js"
import { joinFix } from "./comma-join.js"
import { isOpenItem } from "./expand-columns.js"
import type { Shape } from "./scope.js"

/** The rows of the strictness table that names alone decide. */

// -------------------------------------------------------------------------------------- a model

/**
 * What holds for the columns of a model, and not for those of a subquery: of the query as it was `written`,
 * and as it is after its stars are known.
 */
export function checkOutputs(written: Query, query: Query, cx: Context): void {
  const { model } = cx
  if (model.isTest) return
  if (!model.allowStar) {
    for (const select of outermost(query.body))
      for (const item of select.items) if (item.kind === "star") reportStar(item, select, cx)
    for (const { items } of outermost(written.body))
      for (const item of items)
        if (item.kind === "select-expr" && isOpenItem(item.expr)) reportOpen(item, cx)
  }
  for (const select of naming(query.body)) checkColumnNames(select, cx)
  const stored = model.materialization === "table" || model.materialization === "incremental"
  if (stored) checkOrder(query, IN_A_TABLE, cx)
}

/** The selects whose columns are those of the model. */
function outermost(body: QueryBody): readonly Select[] {
  switch (body.kind) {
    case "select":
      return [body]
    case "set-operation":
      return [...outermost(body.left), ...outermost(body.right)]
    case "query":
      return outermost(body.body)
    case "values":
    case "pivot-query":
    case "unpivot-query":
    case "show":
      return []
  }
}

/** The selects that give the columns their names. */
function naming(body: QueryBody): readonly Select[] {
  if (body.kind !== "set-operation") return outermost(body)
  return body.byName ? outermost(body) : naming(body.left)
}

function reportStar(star: Star, select: Select, cx: Context): void {
  const columns = (cx.outputs.get(select.id) ?? []).filter(
    (output) =>
      (output.kind === "star" && output.star === star.id) ||
      star.replace.some((one) => isReplaced(one.expr, output)),
  )
  const several = select.from.length > 1 || select.from.some((item) => item.kind === "join")
  const text = columns.map((output) => columnText(output, star, several, cx)).join(", ")
  const place = starPlace(star, select)
  const edits = [
    place.isWritten ? { span: star.span, text } : { span: place.before, text: `SELECT ${text} ` },
  ]
  const fixes: ReportedFix[] =
    text === "" ? [] : [{ title: "write the columns", kind: "equivalent", edits }]
  cx.sink.report("select-star", place.shown, {}, { fixes })
}

/** COLUMNS hides the columns of a model as a star does. */
function reportOpen(item: SelectExpr, cx: Context): void {
  const instead = cx.rewrites.get(item.id)
  const items = Array.isArray(instead) ? (instead as readonly SelectExpr[]) : []
  const text = items.map((one) => print(one, { width: Infinity })).join(", ")
  const edits = [{ span: item.span, text }]
  const fixes: ReportedFix[] =
    text === "" ? [] : [{ title: "write the columns", kind: "equivalent", edits }]
  cx.sink.report("select-star", item.span, {}, { fixes })
}

/** `FROM t` by itself has the star that it does not write. */
function starPlace({ span }: Star, { span: { start } }: Select) {
  if (span.end > span.start) return { isWritten: true, shown: span, before: span }
  return {
    isWritten: false,
    shown: { start, end: start + "FROM".length },
    before: { start, end: start },
  }
}

function isReplaced(expr: Expr, output: OutputColumn): boolean {
  return output.kind === "expr" && output.expr === expr
}

function columnText(output: OutputColumn, star: Star, several: boolean, cx: Context): string {
  if (output.kind === "expr")
    return `${cx.sink.source.slice(output.expr.span)} AS ${written(output.name)}`
  if (output.target.kind !== "binding") return written(output.name)
  const binding = cx.bindings.get(output.target.table)
  if (!binding) return written(output.name)
  const column =
    binding.kind === "broken" ? output.name : (binding.columns[output.target.column] ?? output.name)
  const isQualified = (several || star.qualifier) && binding.alias !== ""
  const text = isQualified ? `${written(binding.alias)}.${written(column)}` : written(column)
  return sameName(column, output.name) ? text : `${text} AS ${written(output.name)}`
}

function checkColumnNames(select: Select, cx: Context): void {
  const outputs = cx.outputs.get(select.id) ?? []
  const seen = new Set<string>()
  outputs.forEach((output, i) => {
    const item = output.kind === "star" ? undefined : output
    if (item && !item.named) return reportUnnamed(item.expr, select, i, cx)
    const key = output.name.toLowerCase()
    if (seen.has(key))
      cx.sink.report("duplicate-column", spanOf(output, select), { name: output.name })
    seen.add(key)
  })
}

function spanOf(output: OutputColumn, select: Select): Span {
  const item = select.items.find((one) =>
    output.kind === "star"
      ? one.id === output.star
      : one.kind === "select-expr" && one.expr === output.expr,
  )
  const renamed =
    item?.kind === "star" && item.rename?.find(({ alias }) => sameName(alias.text, output.name))
  if (renamed) return renamed.alias.span
  return item?.kind === "select-expr" && item.alias ? item.alias.span : (item ?? select).span
}

function reportUnnamed(expr: Expr, select: Select, index: number, cx: Context): void {
  const item = select.items.find((one) => one.kind === "select-expr" && one.expr === expr)
  if (!item) return
  const name = suggestedName(expr, index)
  const edits = [{ span: { start: item.span.end, end: item.span.end }, text: ` AS ${name}` }]
  cx.sink.report(
    "unnamed-column",
    item.span,
    { position: index + 1 },
    { fixes: [{ title: `add AS ${name}`, kind: "changes-meaning", edits }] },
  )
}

/** `sum(amount)` is `sum_amount`; what has no better name is `column_3`. */
function suggestedName(expr: Expr, index: number): string {
  const inner = expr.kind === "cast" ? expr.operand : expr
  if (inner.kind === "column-ref") return written(inner.path.at(-1)?.text ?? `column_${index + 1}`)
  if (inner.kind !== "call") return `column_${index + 1}`
  const argument = inner.args[0]?.value
  const of = argument?.kind === "column-ref" ? `_${argument.path.at(-1)?.text}` : ""
  const name = `${dotted(inner.name)}${of}`.toLowerCase().replace(/\W+/g, "_")
  return name
}

// --------------------------------------------------------------------------------------- ORDER BY

const IN_A_TABLE = "in a table"

/** Words of a query around that lets the order of rows show, which is so in practice and no promise. */
const SHOWS_ORDER =
  /\b(limit|offset|fetch|over|sample|positional|array|list|\w+_agg|group_concat|first|last|any_value|arbitrary|distinct\s+on)\b/i

/** Reports an ORDER BY that no LIMIT gives a meaning; `where` says in what. */
export function checkOrder(query: Query, where: string, cx: Context): void {
  const [first] = query.orderBy
  const last = query.orderBy.at(-1)
  const distinctOn = query.body.kind === "select" && typeof query.body.distinct !== "boolean"
  if (!first || !last || query.limit || distinctOn) return
  const before = cx.sink.source.text.slice(0, first.span.start)
  const start = before.search(/\s*\bORDER\s+BY\s*$/i)
  if (start < 0) return
  const keyword = before.slice(start).search(/\S/) + start
  const edits = [{ span: { start, end: last.span.end }, text: "" }]
  const isSeen = where !== IN_A_TABLE && SHOWS_ORDER.test(cx.sink.source.text)
  const kind = isSeen ? "changes-meaning" : "equivalent"
  cx.sink.report(
    "order-without-limit",
    { start: keyword, end: last.span.end },
    { where },
    { fixes: [{ title: "remove ORDER BY", kind, edits }] },
  )
}

// ----------------------------------------------------------------------------------- comma joins

export function checkCommaJoin(select: Select, shape: Shape, cx: Context): void {
  const [first] = select.from
  const last = select.from.at(-1)
  if (!first || !last || first === last) return
  const commas = select.from.slice(1).map((item, i) => commaBetween(select.from[i], item, cx))
  const edits = commas.flatMap((span, i) => [
    { span, text: " CROSS JOIN" },
    ...parenthesized(select.from[i + 1]),
  ])
  const on = joinFix(select, commas, shape, cx)
  const cross: ReportedFix = { title: "write CROSS JOIN", kind: "equivalent", edits }
  const instead = on ? "JOIN … ON" : "CROSS JOIN"
  const fixes = on ? [on, cross] : [cross]
  cx.sink.report(
    "comma-join",
    { start: first.span.start, end: last.span.end },
    { instead },
    { fixes },
  )
}

/** A comma binds less than JOIN: a join that stood behind one is put in parentheses. */
function parenthesized(item: TableRef | undefined) {
  if (item?.kind !== "join") return []
  const { start, end } = item.span
  return [
    { span: { start, end: start }, text: "(" },
    { span: { start: end, end }, text: ")" },
  ]
}

function commaBetween(left: TableRef | undefined, right: TableRef, cx: Context): Span {
  const start = left?.span.end ?? right.span.start
  const gap = cx.sink.source.text.slice(start, right.span.start)
  const comma = start + Math.max(0, withoutComments(gap).indexOf(","))
  return { start: comma, end: comma + 1 }
}

// -------------------------------------------------------------------------------- set operations

export function reportColumnCount(
  body: SetOperation,
  left: number,
  right: number,
  cx: Context,
): void {
  cx.sink.report("column-count", body.right.span, {
    what: `right side of ${body.op}`,
    found: right,
    wanted: left,
  })
}

/** Reports branches whose columns stand in the same places under different names. */
export function checkSetNames(
  body: SetOperation,
  left: readonly string[],
  right: readonly string[],
  cx: Context,
): void {
  const differing = left.flatMap((name, i) => {
    const other = right[i]
    const bothNamed = isNamed(body.left, i, cx) && isNamed(body.right, i, cx)
    return other === undefined || sameName(name, other) || !bothNamed
      ? []
      : [[name, other] as const]
  })
  if (differing.length === 0) return
  const listed = (side: 0 | 1) => differing.map((pair) => pair[side]).join(", ")
  const byName = byNameFix(body, left, right, cx)
  const fixes = byName.length > 0 ? byName : renameFix(body.right, left, right, cx)
  const params = { op: body.op, difference: "names", left: listed(0), right: listed(1) }
  cx.sink.report("union-by-position", setOperatorSpan(body, cx.sink.source), params, { fixes })
}

function byNameFix(
  body: SetOperation,
  left: readonly string[],
  right: readonly string[],
  cx: Context,
): ReportedFix[] {
  const sorted = (names: readonly string[]) =>
    names
      .map((name) => name.toLowerCase())
      .sort()
      .join("\n")
  if (body.op !== "UNION" || sorted(left) !== sorted(right)) return []
  const { end } = setOperatorSpan(body, cx.sink.source)
  const edits = [{ span: { start: end, end }, text: " BY NAME" }]
  return [{ title: "write UNION BY NAME", kind: "changes-meaning", edits }]
}

function renameFix(
  body: QueryBody,
  left: readonly string[],
  right: readonly string[],
  cx: Context,
): ReportedFix[] {
  if (body.kind !== "select" || body.items.some((item) => item.kind === "star")) return []
  const edits = body.items.flatMap((item, i) => {
    const [name, old] = [left[i], right[i]]
    if (item.kind === "star" || name === undefined || old === undefined || sameName(name, old))
      return []
    if (!isNamed(body, i, cx)) return []
    return item.alias
      ? [{ span: item.alias.span, text: written(name) }]
      : [{ span: { start: item.span.end, end: item.span.end }, text: ` AS ${written(name)}` }]
  })
  return [{ title: "name the columns as on the left", kind: "equivalent", edits }]
}

/** Whether column `index` was given a name, by AS or by being a column. */
function isNamed(body: QueryBody, index: number, cx: Context): boolean {
  if (body.kind === "set-operation") return isNamed(body.left, index, cx)
  if (body.kind === "query") return isNamed(body.body, index, cx)
  if (body.kind === "values") return false
  const output = cx.outputs.get(body.id)?.[index]
  return output !== undefined && (output.kind === "star" || output.named)
}
