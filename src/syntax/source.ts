import type { SourceText, Span } from "../base/span.js"
import type { Expr, SetOperation } from "./ast.js"

/** The text with every comment blanked out, so that offsets stay. */
export function withoutComments(text: string): string {
  return text.replace(/--[^\n]*|\/\*[\s\S]*?\*\//g, (comment) => " ".repeat(comment.length))
}

/** Where the words UNION, INTERSECT or EXCEPT stand. */
export function setOperatorSpan(body: SetOperation, source: SourceText): Span {
  const gap = withoutComments(source.text.slice(body.left.span.end, body.right.span.start))
  const found = new RegExp(`\\b${body.op}(\\s+(ALL|DISTINCT))?`, "i").exec(gap)
  if (!found) return body.span
  const start = body.left.span.end + found.index
  return { start, end: start + found[0].length }
}

/** The span of `expr` with the parentheses that directly surround it. */
export function withParentheses(expr: Expr, source: SourceText): Span {
  const { text } = source
  let { start, end } = expr.span
  for (;;) {
    const open = /\(\s*$/.exec(text.slice(0, start))
    const close = /^\s*\)/.exec(text.slice(end))
    if (!open || !close) return { start, end }
    start = open.index
    end += close[0].length
  }
}
