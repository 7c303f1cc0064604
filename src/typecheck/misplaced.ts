import type { ReportedFix } from "../diagnostics/diagnostic.js"
import { isAggregate } from "../functions/calls.js"
import type { Call, Expr, Select } from "../syntax/ast.js"
import { operands } from "../syntax/operands.js"
import { withParentheses } from "../syntax/source.js"
import { aliasedExpr, type Context } from "./context.js"

/** Where what cannot stand in a clause belongs. */
export function elsewhere(kind: "aggregate" | "window", where: string): string {
  if (kind === "aggregate" && where === "WHERE") return "; HAVING filters groups"
  if (kind === "window" && (where === "WHERE" || where === "HAVING"))
    return "; QUALIFY filters by window functions"
  if (where === "an expression without OVER") return "; write OVER (…) after it"
  return "; compute it in a CTE first"
}

/** Reports aggregates and windows in WHERE, with the fix that moves their predicates to HAVING or QUALIFY. */
export function checkWhere(select: Select, cx: Context): void {
  const { where } = select
  if (!where) return
  const conjuncts = where.kind === "logic" && where.op === "AND" ? where.operands : [where]
  for (const kind of ["aggregate", "window"] as const) {
    const moved = conjuncts.filter((one) => found(one, kind, cx).length > 0)
    if (moved.length === 0) continue
    const fixes = moveFix(kind, select, conjuncts, moved, cx)
    for (const { call, at } of moved.flatMap((one) => found(one, kind, cx))) {
      const params = {
        name: call.name.at(-1)?.text ?? "",
        where: "WHERE",
        hint: elsewhere(kind, "WHERE"),
      }
      const code = kind === "aggregate" ? "aggregate-misplaced" : "window-misplaced"
      const notes = at === call ? [] : [{ message: "it is behind this name", span: call.span }]
      cx.sink.report(code, at.span, params, { fixes, notes })
    }
  }
}

/** A call, and where it or the name of the select list that stands for it is. */
interface Found {
  readonly call: Call
  readonly at: Expr
}

function found(expr: Expr, kind: "aggregate" | "window", cx: Context): readonly Found[] {
  const into: Found[] = []
  collect(expr, kind === "aggregate" ? isAggregate : isWindow, cx, into)
  return into
}

function collect(expr: Expr, is: (expr: Expr) => expr is Call, cx: Context, into: Found[]): void {
  const target = expr.kind === "column-ref" ? cx.names.columns.get(expr.id) : undefined
  const named = target?.kind === "alias" && target.depth === 0 ? target : undefined
  const call = is(expr) ? expr : named && calls(aliasedExpr(named, cx.names), is)[0]
  if (call) into.push({ call, at: expr })
  else for (const operand of operands(expr)) collect(operand, is, cx, into)
}

/** Whether WHERE cannot have it: reported where it stands by `checkWhere`. */
export function isMisplaced(expr: Expr, cx: Context): boolean {
  return found(expr, "aggregate", cx).length > 0 || found(expr, "window", cx).length > 0
}

function calls(expr: Expr | undefined, is: (expr: Expr) => expr is Call): Call[] {
  if (!expr) return []
  return is(expr) ? [expr] : operands(expr).flatMap((operand) => calls(operand, is))
}

function isWindow(expr: Expr): expr is Call {
  return expr.kind === "call" && expr.over !== undefined
}

/** Whether all rows are one group without GROUP BY. */
function isOneGroup({ items }: Select): boolean {
  return items.every(
    (item) => item.kind === "select-expr" && calls(item.expr, isAggregate).length > 0,
  )
}

function moveFix(
  kind: "aggregate" | "window",
  select: Select,
  conjuncts: readonly Expr[],
  moved: readonly Expr[],
  { sink }: Context,
): ReportedFix[] {
  const { where, groupBy, having, qualify, windows } = select
  const { source } = sink
  const last = groupBy?.items.at(-1)
  if (!where || having || qualify || windows.length > 0 || groupBy?.all) return []
  if (groupBy ? last?.kind !== "group-expr" : kind === "aggregate" && !isOneGroup(select)) return []
  const text = (list: readonly Expr[]) =>
    list.map((one) => source.slice(withParentheses(one, source))).join(" AND ")
  const whole = withParentheses(where, source)
  const kept = text(conjuncts.filter((one) => !moved.includes(one)))
  const keyword = source.text.slice(0, whole.start).search(/\s*\bWHERE\s*$/i)
  if (keyword < 0) return []
  const clause = `${kind === "aggregate" ? "HAVING" : "QUALIFY"} ${text(moved)}`
  const end = last?.kind === "group-expr" ? withParentheses(last.expr, source).end : whole.end
  const edits = [
    { span: { start: keyword, end: whole.end }, text: kept === "" ? "" : ` WHERE ${kept}` },
    { span: { start: end, end }, text: ` ${clause}` },
  ]
  return [{ title: `write ${clause}`, kind: "equivalent", edits }]
}
