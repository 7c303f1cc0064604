import { didYouMean, nearest } from "../base/suggest.js"
import type { TypeOf } from "../catalog/types.js"
import { DATE_PARTS, isDatePart } from "../functions/date-parts.js"
import type { Expr, Literal } from "../syntax/ast.js"
import { decimalLiteral, family, integerType } from "../types/coercion.js"
import { BOOLEAN, DOUBLE, NULL_TYPE, scalar, show, VARCHAR, type SqlType } from "../types/type.js"
import { typeOfName } from "../types/type-name.js"
import type { Context } from "./context.js"

export function literalType(literal: Literal): TypeOf {
  switch (literal.type) {
    case "null":
      return { type: NULL_TYPE, nullable: true }
    case "boolean":
      return { type: BOOLEAN, nullable: false }
    case "integer":
      return { type: integerType(BigInt(literal.value)), nullable: false }
    case "decimal":
      return { type: decimalLiteral(literal.value), nullable: false }
    case "float":
      return { type: DOUBLE, nullable: false }
    case "string":
      return { type: VARCHAR, nullable: false }
    case "blob":
      return { type: scalar("BLOB"), nullable: false }
    case "typed":
      return { type: literal.typeName ? typeOfName(literal.typeName) : VARCHAR, nullable: false }
  }
}

/** Reports a date that no calendar has, and a misspelled unit of an interval. */
export function checkLiteral(literal: Literal, cx: Context): void {
  const { type, typeName, value, span } = literal
  if (type !== "typed" || !typeName) return
  const name = show(typeOfName(typeName))
  if (!["DATE", "TIMESTAMP", "TIMESTAMPTZ"].includes(name) || isDateText(value)) return
  const hint = "; its month or day is out of range"
  cx.sink.report("bad-literal", span, { text: value, type: name, hint })
}

/** Texts without a digit that are a number or a date all the same. */
const WORDS = /^\s*[+-]?(nan|inf|infinity|epoch|today|tomorrow|yesterday|now|true|false|t|f)\s*$/i

/** Reports `CAST('abc' AS INTEGER)`, a text that is no value of the type wherever it is read. */
export function checkCastText(expr: Expr, type: SqlType, cx: Context): void {
  const text = stringValue(expr)
  if (text === undefined || !isNoValue(text, type)) return
  cx.sink.report("bad-literal", expr.span, { text, type: show(type), hint: "" })
}

/** Whether a text surely is no number and no date, where one is wanted. */
export function isNoValue(text: string, type: SqlType): boolean {
  const isWanted = family(type) === "number" || family(type) === "date"
  return isWanted && !/\d/.test(text) && !WORDS.test(text)
}

/** `INTERVAL '1 dya'` */
export function checkUnits(expr: Expr, cx: Context): void {
  const { span } = expr
  const unit = /[a-z]+/i.exec(stringValue(expr) ?? "")?.[0]
  const near = unit === undefined || isDatePart(unit) ? undefined : nearest(unit, DATE_PARTS)
  if (unit === undefined || near === undefined) return
  const written = cx.sink.source.slice(span)
  const at = written.lastIndexOf(unit)
  const start = span.start + at
  const edits = [{ span: { start, end: start + unit.length }, text: near }]
  const fix = { title: `write ${near}`, kind: "changes-meaning" as const, edits }
  const params = { name: unit, hint: didYouMean(near) }
  cx.sink.report("unknown-date-part", span, params, { fixes: at < 0 ? [] : [fix] })
}

/** Whether a text that has the form of a date is one; others, such as `epoch`, are for the engine to read. */
export function isDateText(text: string): boolean {
  const [, year, month, day] = /^\s*(\d{4})-(\d{1,2})-(\d{1,2})(?!\d)/.exec(text) ?? []
  if (year === undefined) return true
  const date = new Date(Date.UTC(Number(year), Number(month) - 1, Number(day)))
  return date.getUTCMonth() === Number(month) - 1 && date.getUTCDate() === Number(day)
}

/** The value of a whole number as written, a sign before it included. */
export function integerValue(expr: Expr): bigint | undefined {
  if (expr.kind === "unary" && (expr.op === "-" || expr.op === "+")) {
    const value = integerValue(expr.operand)
    return value !== undefined && expr.op === "-" ? -value : value
  }
  return expr.kind === "literal" && expr.type === "integer" ? BigInt(expr.value) : undefined
}

export function stringValue(expr: Expr): string | undefined {
  return expr.kind === "literal" && expr.type === "string" ? expr.value : undefined
}

export function isNull(expr: Expr): boolean {
  return expr.kind === "literal" && expr.type === "null"
}

/** A number other than zero, as written. */
export function isNonzero(expr: Expr): boolean {
  if (expr.kind === "unary" && (expr.op === "-" || expr.op === "+")) return isNonzero(expr.operand)
  const number =
    expr.kind === "literal" &&
    (expr.type === "integer" || expr.type === "decimal" || expr.type === "float")
  return number && Number(expr.value) !== 0
}
