import { didYouMean } from "../base/suggest.js"
import type { TypeOf } from "../catalog/types.js"
import type { ReportedFix } from "../diagnostics/diagnostic.js"
import { byConstant, lookupFunction } from "../functions/index.js"
import type { Binary, Expr, Like, Unary } from "../syntax/ast.js"
import {
  family,
  holds,
  integerType,
  isInteger,
  isNumeric,
  isOpen,
  mixesZones,
} from "../types/coercion.js"
import {
  BOOLEAN,
  DOUBLE,
  INTERVAL,
  isRare,
  NULL_TYPE,
  scalar,
  show,
  VARCHAR,
  type SqlType,
} from "../types/type.js"
import { pairType, type Typed } from "./agree.js"
import { UNKNOWN, type Context, type Frame } from "./context.js"
import { condition, exprType, typed } from "./expr.js"
import { integerValue, isNonzero, isNull, stringValue } from "./literals.js"
import {
  castFixes,
  integerDivision,
  mixed,
  mixedZones,
  nullComparison,
  operatorSpan,
} from "./strictness.js"

const COMPARISONS = new Set(["=", "<>", "<", "<=", ">", ">="])
const DISTINCT = new Set(["IS DISTINCT FROM", "IS NOT DISTINCT FROM"])

export function operatorType(expr: Unary | Binary | Like, frame: Frame, cx: Context): TypeOf {
  switch (expr.kind) {
    case "unary":
      return unaryType(expr, frame, cx)
    case "like":
      return likeType(expr, frame, cx)
    case "binary":
      return binaryType(expr, frame, cx)
  }
}

/** Types two operands of a comparison; NULL as written is for the caller to judge. */
export function compare(op: string, left: Typed, right: Typed, cx: Context): void {
  pairType(op, left, right, cx)
}

function binaryType(expr: Binary, frame: Frame, cx: Context): TypeOf {
  const left = typed(expr.left, frame, cx)
  const right = typed(expr.right, frame, cx)
  const nullable = left.nullable || right.nullable
  if (COMPARISONS.has(expr.op)) {
    if (isNull(expr.left) || isNull(expr.right)) nullComparison(expr, cx)
    else compare(expr.op, left, right, cx)
    return { type: BOOLEAN, nullable }
  }
  if (DISTINCT.has(expr.op)) {
    compare(expr.op, left, right, cx)
    return { type: BOOLEAN, nullable: false }
  }
  return {
    type: arithmeticType(expr, left, right, cx),
    nullable: nullable || mayVanish(expr, left, right),
  }
}

/** Whether an operator gives NULL for operands that are not. */
function mayVanish(expr: Binary, left: Typed, right: Typed): boolean {
  const info = lookupFunction(expr.op)
  if (expr.op === "-" && family(left.type) === "date" && family(right.type) === "date") return true
  if (info?.nulls !== "nullable") return family(left.type) === "interval" && expr.op === "/"
  return !((expr.op === "//" || expr.op === "%") && isNonzero(expr.right))
}

function arithmeticType(expr: Binary, left: Typed, right: Typed, cx: Context): SqlType {
  const info = lookupFunction(expr.op)
  if (!info) {
    reportOperator(expr, cx)
    return UNKNOWN.type
  }
  const [a, b] = [literalAs(left, right), literalAs(right, left)]
  if (expr.op === "/" && isInteger(a) && isInteger(b)) integerDivision(expr, a, b, cx)
  if (expr.op === "||") checkConcatenation(expr, left, right, cx)
  if (mixesZones(a, b)) mixedZones(expr.op, left, right, cx)
  const type = info.resultType([a, b])
  if (!type && WORDS.has(expr.op)) {
    reportOperator(expr, cx)
    return UNKNOWN.type
  }
  return type
    ? byConstant(expr.op, type, [undefined, stringValue(right.expr)])
    : coerced(expr, left, right, cx)
}

/** What the operators of other languages are called in SQL. */
const WORDS: ReadonlyMap<string, string> = new Map([
  ["&&", "AND"],
  ["===", "="],
  ["!==", "<>"],
  ["~=", "~"],
  ["=~", "~"],
  ["=!", "<>"],
  ["=<", "<="],
  ["><", "<>"],
])

function reportOperator(expr: Binary, cx: Context): void {
  const word = WORDS.get(expr.op)
  const span = operatorSpan(expr, cx)
  const fixes: ReportedFix[] =
    word === undefined
      ? []
      : [{ title: `write ${word}`, kind: "changes-meaning", edits: [{ span, text: word }] }]
  cx.sink.report("unknown-function", span, { name: expr.op, hint: didYouMean(word) }, { fixes })
}

/** The type of a whole number as written, beside `other`. */
function literalAs(literal: Typed, other: Typed): SqlType {
  const value = integerValue(literal.expr)
  return value !== undefined && integerValue(other.expr) === undefined && holds(other.type, value)
    ? other.type
    : literal.type
}

/** No operator of these types: the one that a coercion across families would give, or none. */
function coerced(expr: Binary, left: Typed, right: Typed, cx: Context): SqlType {
  const [text, other] = family(left.type) === "text" ? [left, right] : [right, left]
  const wanted = wantedOf(expr.op, other.type)
  const crosses =
    family(text.type) === "text" ||
    (family(text.type) === "boolean" && family(other.type) === "number")
  const type =
    wanted && crosses ? lookupFunction(expr.op)?.resultType([other.type, wanted]) : undefined
  if (!wanted || !type) {
    const found = `${show(left.type)}, ${show(right.type)}`
    if (isRare(left.type) || isRare(right.type)) {
      cx.sink.report("type-not-known", expr.span, { name: expr.op, found })
      return UNKNOWN.type
    }
    const params = {
      name: expr.op,
      found,
      wanted:
        isNumeric(left.type) && isNumeric(right.type)
          ? "numbers that one type holds: CAST says which"
          : "numbers, or a date and an interval",
    }
    cx.sink.report("no-such-signature", expr.span, params, {
      fixes: [...joinedFix(expr, left, right, cx), ...daysFix(expr, left, right, cx)],
    })
    return UNKNOWN.type
  }
  cx.sink.report(
    "implicit-coercion",
    expr.span,
    { op: expr.op, left: show(left.type), right: show(right.type) },
    {
      fixes: castFixes(text, wanted, "changes-meaning"),
      isRefused: stringValue(text.expr) === undefined,
    },
  )
  return type
}

/** `at + 1` of a timestamp and a number: days. */
function daysFix(expr: Binary, left: Typed, right: Typed, cx: Context): ReportedFix[] {
  const isShift = expr.op === "+" || expr.op === "-"
  if (!isShift || family(left.type) !== "date" || !isInteger(right.type)) return []
  const { span } = right.expr
  const written = cx.sink.source.slice(span)
  const text = `INTERVAL ${/^\d+$/.test(written) ? written : `(${written})`} DAY`
  return [{ title: `write ${text}`, kind: "changes-meaning", edits: [{ span, text }] }]
}

/** `first + last` of two texts. */
function joinedFix(expr: Binary, left: Typed, right: Typed, cx: Context): ReportedFix[] {
  const areTexts = family(left.type) === "text" && family(right.type) === "text"
  if (expr.op !== "+" || !areTexts) return []
  const edits = [{ span: operatorSpan(expr, cx), text: "||" }]
  return [{ title: "write ||", kind: "changes-meaning", edits }]
}

/** What the other operand is to be beside a number, date or interval. */
function wantedOf(op: string, type: SqlType): SqlType | undefined {
  switch (family(type)) {
    case "number":
      return type
    case "date":
      return op === "-" || op === "+" ? INTERVAL : undefined
    case "interval":
      return op === "+" || op === "-" ? scalar("TIMESTAMP") : DOUBLE
    default:
      return undefined
  }
}

function checkConcatenation(expr: Binary, left: Typed, right: Typed, cx: Context): void {
  const odd = [left, right].find((side) => !isOpen(side.type) && family(side.type) !== "text")
  const text = [left, right].some((side) => family(side.type) === "text")
  const lists = [left, right].some(
    (side) => side.type.kind === "list" || family(side.type) === "blob",
  )
  if (!odd || lists) return
  const params = { op: expr.op, left: show(left.type), right: show(right.type) }
  const fixes = castFixes(odd, VARCHAR, "equivalent")
  if (text || !isOpen(odd.type)) cx.sink.report("implicit-coercion", expr.span, params, { fixes })
}

function likeType(expr: Like, frame: Frame, cx: Context): TypeOf {
  const operand = typed(expr.operand, frame, cx)
  const pattern = typed(expr.pattern, frame, cx)
  const sides = [operand, pattern, ...(expr.escape ? [typed(expr.escape, frame, cx)] : [])]
  for (const side of sides) {
    if (isOpen(side.type) || family(side.type) === "text") continue
    mixed(expr.op, side.expr.span, side.type, VARCHAR, [side], cx)
  }
  return { type: BOOLEAN, nullable: sides.some((side) => side.nullable) }
}

function unaryType(expr: Unary, frame: Frame, cx: Context): TypeOf {
  if (expr.op === "NOT") return negation(expr.operand, frame, cx)
  const operand = typed(expr.operand, frame, cx)
  const value = integerValue(expr)
  if (value !== undefined) return { type: integerType(value), nullable: false }
  const name = expr.op === "-" ? "neg" : expr.op === "~" ? "bit-not" : "+"
  const type =
    operand.type.kind === "null" ? NULL_TYPE : lookupFunction(name)?.resultType([operand.type])
  if (type) return { type, nullable: operand.nullable }
  if (isRare(operand.type))
    cx.sink.report("type-not-known", expr.span, { name: expr.op, found: show(operand.type) })
  else if (family(operand.type) === "text")
    mixed(expr.op, expr.span, operand.type, DOUBLE, [operand], cx)
  else
    cx.sink.report("no-such-signature", expr.span, {
      name: expr.op,
      found: show(operand.type),
      wanted: "a number",
    })
  return UNKNOWN
}

/** `NOT (x IN (…))` is the NOT IN of the strictness table too. */
function negation(operand: Expr, frame: Frame, cx: Context): TypeOf {
  if (operand.kind === "in-query" && !operand.not) {
    const negated = exprType({ ...operand, not: true }, frame, cx)
    return negated
  }
  return { type: BOOLEAN, nullable: condition(operand, "NOT", frame, cx).nullable }
}
