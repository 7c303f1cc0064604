import type { Span } from "../base/span.js"
import type { FixKind, ReportedFix } from "../diagnostics/diagnostic.js"
import type { Binary, ColumnRef, Expr } from "../syntax/ast.js"
import { withoutComments, withParentheses } from "../syntax/source.js"
import { family, isInteger, isJson, isOpen } from "../types/coercion.js"
import { show, type SqlType } from "../types/type.js"
import type { Typed } from "./agree.js"
import type { Context } from "./context.js"
import type { Groups } from "./group.js"
import { isDateText, isNoValue, stringValue } from "./literals.js"

/** The rows of the strictness table that types decide, with their fixes. */

// ------------------------------------------------------------------------------------- coercion

/** Reports a coercion across families; `sides` are the expressions that a cast could mend. */
export function mixed(
  op: string,
  span: Span,
  left: SqlType,
  right: SqlType,
  sides: readonly Typed[],
  cx: Context,
): void {
  if (isOpen(left) || isOpen(right)) return
  const other = (side: Typed) => sides.find((one) => one !== side)?.type ?? right
  for (const side of sides) {
    const [text, wanted] = [stringValue(side.expr), other(side)]
    if (text === undefined || family(wanted) !== "date" || isDateText(text)) continue
    const hint = "; its month or day is out of range"
    return cx.sink.report("bad-literal", side.expr.span, { text, type: show(wanted), hint })
  }
  const literals = sides.filter((side) => isWritten(side.expr, other(side)))
  const texts = sides.filter((side) => stringValue(side.expr) === undefined)
  const mendable = literals.length > 0 ? literals : sides.length > 1 ? texts : sides
  const fixes = mendable.flatMap((side) => {
    const wanted = other(side)
    const beside = sides.find((one) => one !== side)
    const isSafe = isUnasked(op, side, wanted, beside)
    return castFixes(side, wanted, isSafe ? "equivalent" : "changes-meaning")
  })
  const isRefused = COMBINING.test(op) && sides.length === 2 && !isTaken(sides)
  const params = { op, left: show(left), right: show(right) }
  cx.sink.report("implicit-coercion", span, params, { fixes, isRefused })
}

/** What gives several values one type, or orders them: DuckDB compares more than it combines. */
const COMBINING =
  /^(coalesce|ifnull|CASE|if|a list|greatest|least|BETWEEN|IN \(SELECT …\)|[<>]=?)$/i

/** Whether DuckDB combines two values of different families: a text as written adapts, a flag is a whole number. */
function isTaken(sides: readonly Typed[]): boolean {
  if (sides.some(({ expr, type }) => stringValue(expr) !== undefined || isJson(type))) return true
  const families = sides.map(({ type }) => family(type))
  return !families.includes("text") && sides.every(({ type }) => isWholeOrFlag(type))
}

function isWholeOrFlag(type: SqlType): boolean {
  return isInteger(type) || family(type) === "boolean"
}

/** Operators whose sides are compared: as numbers where one is. */
const COMPARING = /^([=<>]+|BETWEEN|IN( \(SELECT …\))?|IS (NOT )?DISTINCT FROM)$/

/** What takes a number or a date for a text where another of its values is one. */
const TEXTUAL = /^(.*LIKE|coalesce|ifnull|greatest|least|VALUES)$/

/** Whether an engine without strictness converts the side to that type unasked. */
function isUnasked(op: string, { expr, type }: Typed, wanted: SqlType, beside: Typed | undefined) {
  if (stringValue(expr) !== undefined) return isWritten(expr, wanted)
  const [from, to] = [family(type), family(wanted)]
  if (COMPARING.test(op)) return to === "number" && (from === "text" || from === "boolean")
  if (to === "boolean") return from === "number"
  // A text as written takes the type of what is beside it.
  return to === "text" && TEXTUAL.test(op) && (!beside || stringValue(beside.expr) === undefined)
}

/** The fix that turns `side` into `wanted`: a typed literal where one is written, else CAST. */
export function castFixes(
  { expr, type }: Pick<Typed, "expr" | "type">,
  wanted: SqlType,
  kind: FixKind,
): readonly ReportedFix[] {
  const text = stringValue(expr)
  if (text !== undefined)
    return isNoValue(text, wanted) ? [] : [{ ...literalFix(expr, text, wanted), kind }]
  if (isOpen(wanted) || isOpen(type)) return []
  return [{ ...wrap(expr, `CAST(`, ` AS ${show(wanted)})`, `CAST to ${show(wanted)}`), kind }]
}

type Edited = Omit<ReportedFix, "kind">

/** A string that is a value of the wanted type. */
function isWritten(expr: Expr, wanted: SqlType): boolean {
  const text = stringValue(expr)
  if (text === undefined) return false
  switch (family(wanted)) {
    case "number":
      return /^-?\d+(\.\d+)?$/.test(text)
    case "boolean":
      return /^(true|false)$/i.test(text)
    case "date":
      return /^\d{4}-\d\d/.test(text)
    default:
      return true
  }
}

function literalFix(expr: Expr, text: string, wanted: SqlType): Edited {
  const { start } = expr.span
  const prefix = show(wanted)
  if (["date", "time", "interval"].includes(family(wanted)))
    return {
      title: `write ${prefix} '${text}'`,
      edits: [{ span: { start, end: start }, text: `${prefix} ` }],
    }
  if (family(wanted) === "number" && /^-?\d+(\.\d+)?$/.test(text))
    return { title: `write ${text}`, edits: [{ span: expr.span, text }] }
  return wrap(expr, "CAST(", ` AS ${prefix})`, `CAST to ${prefix}`)
}

function wrap(expr: Expr, before: string, after: string, title: string): Edited {
  const { start, end } = expr.span
  const edits = [
    { span: { start, end: start }, text: before },
    { span: { start: end, end }, text: after },
  ]
  return { title, edits }
}

/** Reports a TIMESTAMP or DATE beside a TIMESTAMPTZ. */
export function mixedZones(op: string, a: Typed, b: Typed, cx: Context): void {
  const naive = show(a.type) === "TIMESTAMPTZ" ? b : a
  const fixes = [zoneFix(naive, [], cx)]
  const span = {
    start: Math.min(a.expr.span.start, b.expr.span.start),
    end: Math.max(a.expr.span.end, b.expr.span.end),
  }
  const params = { op, left: show(a.type), right: show(b.type) }
  cx.sink.report("mixed-timestamps", span, params, { fixes })
}

/** `AT TIME ZONE 'UTC'` after `naive`, with further edits. */
export function zoneFix(naive: Typed, others: ReportedFix["edits"], cx: Context): ReportedFix {
  const { end } = withParentheses(naive.expr, cx.sink.source)
  const edits = [{ span: { start: end, end }, text: " AT TIME ZONE 'UTC'" }, ...others]
  return { title: "add AT TIME ZONE 'UTC'", kind: "changes-meaning", edits }
}

// ------------------------------------------------------------------------------------ operators

export function nullComparison(expr: Binary, cx: Context): void {
  const { op, left, right, span } = expr
  const isRight = right.kind === "literal" && right.type === "null"
  const other = isRight ? left : right
  const test = op === "=" ? "IS NULL" : op === "<>" ? "IS NOT NULL" : undefined
  const { source } = cx.sink
  const text = source.slice(withParentheses(other, source))
  const fixes: ReportedFix[] = test
    ? [
        {
          title: `write ${test}`,
          kind: "changes-meaning",
          edits: [{ span, text: `${text} ${test}` }],
        },
      ]
    : []
  cx.sink.report("null-comparison", span, { op }, { fixes })
}

export function integerDivision(expr: Binary, left: SqlType, right: SqlType, cx: Context): void {
  const operator = operatorSpan(expr, cx)
  const floor: ReportedFix = {
    title: "write // (whole numbers)",
    kind: "changes-meaning",
    edits: [{ span: operator, text: "//" }],
  }
  const cast: ReportedFix = {
    ...wrap(expr.left, "CAST(", " AS DOUBLE)", "CAST to DOUBLE"),
    kind: "equivalent",
  }
  cx.sink.report(
    "integer-division",
    expr.span,
    { left: show(left), right: show(right) },
    { fixes: [floor, cast] },
  )
}

export function operatorSpan({ op, left, right, span }: Binary, { sink }: Context): Span {
  const gap = withoutComments(sink.source.text.slice(left.span.end, right.span.start))
  const at = gap.indexOf(op)
  if (at < 0) return span
  const start = left.span.end + at
  return { start, end: start + op.length }
}

/** Reports a column that is neither grouped nor aggregated; the fix makes it one more key. */
export function notGrouped(ref: ColumnRef, next: ReturnType<Groups["next"]>, cx: Context): void {
  const name = ref.path.map((part) => part.text).join(".")
  const text = cx.sink.source.slice(ref.span)
  const fixes: ReportedFix[] = next
    ? [
        {
          title: `add ${text} to GROUP BY`,
          kind: "changes-meaning",
          edits: [
            { span: { start: next.offset, end: next.offset }, text: `${next.before}${text}` },
          ],
        },
      ]
    : []
  cx.sink.report("not-grouped", ref.span, { name }, { fixes })
}
