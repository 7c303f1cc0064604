import type { Expr } from "../syntax/ast.js"
import { binary, logic, negate } from "../syntax/build.js"

/** An end of a span; `isLength` where it is an interval from the start. */
export interface SpanEnd {
  readonly expr: Expr
  readonly isLength: boolean
}

/** `(a, b) OVERLAPS (c, d)` by comparisons alone, as ISO/IEC 9075-2, 8.14 defines it, NULLs included. */
export function overlapping(a: Expr, b: SpanEnd, c: Expr, d: SpanEnd): Expr {
  const [first, second] = [ordered(a, b), ordered(c, d)]
  const starts = (one: Span, other: Span) =>
    and(
      binary(one.start, ">", other.start),
      negate(and(binary(one.start, ">=", other.end), binary(one.end, ">=", other.end))),
    )
  const together = and(
    binary(first.start, "=", second.start),
    or(binary(first.end, "<>", second.end), binary(first.end, "=", second.end)),
  )
  return or(starts(first, second), starts(second, first), together)
}

interface Span {
  readonly start: Expr
  readonly end: Expr
}

/** The earlier end first; the one that is not NULL where one is. */
function ordered(from: Expr, { expr, isLength }: SpanEnd): Span {
  const to = isLength ? binary(from, "+", expr) : expr
  const isTurned = or(
    { ...NODE, kind: "is", not: false, operand: from, test: "NULL" },
    binary(to, "<", from),
  )
  const chosen = (turned: Expr, straight: Expr): Expr => ({
    ...NODE,
    kind: "case",
    arms: [{ when: isTurned, then: turned }],
    otherwise: straight,
  })
  return { start: chosen(to, from), end: chosen(from, to) }
}

const NODE = { id: 0, span: { start: 0, end: 0 } } as const

function and(...operands: readonly Expr[]): Expr {
  return logic("AND", operands) as Expr
}

function or(...operands: readonly Expr[]): Expr {
  return logic("OR", operands) as Expr
}
