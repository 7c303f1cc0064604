import type { ReportedFix } from "../diagnostics/diagnostic.js"
import type { Span } from "../base/span.js"
import type { Expr, Query, Select } from "../syntax/ast.js"
import type { Context } from "./context.js"
import { operands } from "../syntax/operands.js"
import { withParentheses } from "../syntax/source.js"
import type { Shape } from "./scope.js"

/**
 * The fix of a comma join whose tables are joined in WHERE: `JOIN … ON`, each predicate moved to the
 * first place where all its tables are known. Undefined where a table is joined by no predicate.
 */
export function joinFix(
  select: Select,
  commas: readonly Span[],
  shape: Shape,
  cx: Context,
): ReportedFix | undefined {
  const { where } = select
  if (!where || select.from.some((item) => item.kind === "join")) return undefined
  const conjuncts = where.kind === "logic" && where.op === "AND" ? where.operands : [where]
  const places = conjuncts.map((conjunct) => placeOf(conjunct, select, cx))
  const joins = commas.map((_, i) => conjuncts.filter((_, c) => places[c] === i + 1))
  if (
    joins.some((predicates) => predicates.length === 0) ||
    shape.tables.some((table) => table.broken)
  )
    return undefined
  const text = (expr: Expr) => cx.sink.source.slice(withParentheses(expr, cx.sink.source))
  const edits = commas.flatMap((comma, i) => {
    const end = select.from[i + 1]?.span.end ?? comma.end
    const on = ` ON ${(joins[i] ?? []).map(text).join(" AND ")}`
    return [
      { span: comma, text: " JOIN" },
      { span: { start: end, end }, text: on },
    ]
  })
  return {
    title: "write JOIN … ON",
    kind: "equivalent",
    edits: [...edits, ...shortened(select, conjuncts, places, cx)],
  }
}

/** The place in FROM of the last table that `expr` speaks of, where it speaks of two; else undefined. */
function placeOf(expr: Expr, select: Select, cx: Context): number | undefined {
  const tables = new Set(tablesOf(expr, cx))
  if (tables.size < 2 || hasQuery(expr)) return undefined
  const places = [...tables].map((table) => select.from.findIndex((item) => item.id === table))
  return places.includes(-1) ? undefined : Math.max(...places)
}

function tablesOf(expr: Expr, cx: Context): number[] {
  const target = cx.columns.get(expr.id)
  const own = target?.kind === "binding" && target.depth === 0 ? [target.table] : []
  const foreign = target && target.kind !== "binding" ? [-1] : []
  return [...own, ...foreign, ...operands(expr).flatMap((operand) => tablesOf(operand, cx))]
}

function hasQuery(expr: Expr): boolean {
  return ("query" in expr && isQuery(expr.query)) || operands(expr).some(hasQuery)
}

function isQuery(value: unknown): value is Query {
  return typeof value === "object" && value !== null
}

/** WHERE without the predicates that moved. */
function shortened(
  select: Select,
  conjuncts: readonly Expr[],
  places: readonly (number | undefined)[],
  cx: Context,
): { span: Span; text: string }[] {
  const { where } = select
  if (!where) return []
  const kept = conjuncts.filter((_, i) => places[i] === undefined || places[i] === 0)
  const span = withParentheses(where, cx.sink.source)
  const text = kept
    .map((expr) => cx.sink.source.slice(withParentheses(expr, cx.sink.source)))
    .join(" AND ")
  if (text !== "") return [{ span, text }]
  const before = cx.sink.source.text.slice(0, span.start)
  const start = before.search(/\s*\bWHERE\s*$/i)
  return [{ span: { start: start < 0 ? span.start : start, end: span.end }, text: "" }]
}
