import type { ReportedFix } from "../diagnostics/diagnostic.js"
import type { Case, Expr } from "../syntax/ast.js"
import { withParentheses } from "../syntax/source.js"
import type { Context } from "./context.js"
import { isNull } from "./literals.js"

// NULL where a list or a CASE compares by `=`: `x IN (1, NULL)`, `CASE x WHEN NULL`.

type InList = Extract<Expr, { kind: "in-list" }>

/** Reports every NULL of a list; among those of NOT IN it leaves no row at all. */
export function nullItems(expr: InList, cx: Context): void {
  expr.items.forEach((item, i) => {
    if (!isNull(item)) return
    const fixes = [...withoutItem(expr, i), ...besideList(expr, i, cx)]
    if (expr.not)
      cx.sink.report(
        "not-in-nullable",
        item.span,
        { what: "a list with NULL", when: "" },
        { fixes },
      )
    else cx.sink.report("null-comparison", item.span, { op: "IN" }, { fixes })
  })
}

function withoutItem({ items }: InList, index: number): ReportedFix[] {
  const [before, item, after] = [items[index - 1], items[index], items[index + 1]]
  const span = before
    ? { start: before.span.end, end: item?.span.end ?? 0 }
    : { start: item?.span.start ?? 0, end: after?.span.start ?? 0 }
  if (!before && !after) return []
  return [{ title: "remove NULL", kind: "changes-meaning", edits: [{ span, text: "" }] }]
}

/** `x IN (1) OR x IS NULL`; for the only item, `x IS NULL`. */
function besideList(expr: InList, index: number, cx: Context): ReportedFix[] {
  const { source } = cx.sink
  const operand = source.slice(withParentheses(expr.operand, source))
  const test = `${operand} IS ${expr.not ? "NOT " : ""}NULL`
  const [only] = withoutItem(expr, index)
  const title = `write ${test}`
  if (!only) return [{ title, kind: "changes-meaning", edits: [{ span: expr.span, text: test }] }]
  const { start, end } = expr.span
  const edits = [
    { span: { start, end: start }, text: "(" },
    ...only.edits,
    { span: { start: end, end }, text: `${expr.not ? " AND" : " OR"} ${test})` },
  ]
  return [{ title: `add ${test}`, kind: "changes-meaning", edits }]
}

/** Reports `CASE x WHEN NULL`; the fix writes the CASE with conditions. */
export function nullArms(expr: Case, cx: Context): void {
  for (const { when } of expr.arms)
    if (isNull(when))
      cx.sink.report("null-comparison", when.span, { op: "WHEN" }, { fixes: searched(expr, cx) })
}

function searched({ span, operand, arms }: Case, { sink }: Context): ReportedFix[] {
  if (!operand) return []
  const { source } = sink
  const whole = withParentheses(operand, source)
  const text = source.slice(whole)
  const keyword = { start: span.start + "CASE".length, end: whole.end }
  const tests = arms.map(({ when }) => {
    if (isNull(when)) return { span: when.span, text: `${text} IS NULL` }
    const at = withParentheses(when, source)
    const isSimple = ["literal", "column-ref", "call", "cast"].includes(when.kind)
    const value = source.slice(at)
    return { span: at, text: `${text} = ${isSimple ? value : `(${value})`}` }
  })
  const edits = [{ span: keyword, text: "" }, ...tests]
  return [{ title: `write WHEN ${text} IS NULL`, kind: "changes-meaning", edits }]
}
