import type { SourceText, Span } from "../base/span.js"
import type { ReportedFix } from "../diagnostics/diagnostic.js"
import type { Sink } from "../diagnostics/sink.js"
import type { Expr, Query, Statement } from "../syntax/ast.js"
import type { ParseError } from "./cursor.js"
import { findJinja } from "./jinja.js"
import { lex } from "./lexer.js"
import { QueryParser } from "./query.js"

export type { ParseError } from "./cursor.js"

/** Every statement of a text, whatever its faults. Never throws; spans are UTF-16 offsets. */
export function parse(text: string): { statements: Statement[]; errors: ParseError[] } {
  const parser = new QueryParser(text, lex(text))
  return { statements: parser.statements(), errors: inOrder(parser.errors) }
}

/** The one query of a model, a stretch of its file. Undefined where none is there. */
export function parseModel(source: SourceText, sql: Span, sink: Sink): Query | undefined {
  const jinja = findJinja(source.text, sql)
  for (const found of jinja)
    sink.report("jinja", found.span, { instead: found.instead }, { fixes: found.fixes })
  if (jinja.length > 0) return undefined
  const parser = new QueryParser(source.text, lex(source.text, sql.start, sql.end))
  const statements = parser.statements()
  reportErrors(parser.errors, sink)
  const [first, second] = statements
  if (!first && parser.errors.length === 0)
    sink.report("syntax", sql, { problem: "expected a query, found nothing" })
  if (second)
    sink.report("syntax", second.span, { problem: "a model is one query; this is a second one" })
  return first
}

/** An expression that stands alone, such as the `where` of a test. */
export function parseExpression(source: SourceText, span: Span, sink: Sink): Expr | undefined {
  const parser = new QueryParser(source.text, lex(source.text, span.start, span.end))
  const expr = parser.wholeExpression()
  reportErrors(parser.errors, sink)
  return parser.errors.length === 0 ? expr : undefined
}

/** What is wrong with a text, as diagnostics in its order. */
export function reportErrors(errors: readonly ParseError[], sink: Sink): void {
  for (const { code, start, end, problem, fix } of inOrder(errors)) {
    const span = { start, end }
    const fixes = fix ? [fixOf(fix)] : []
    if (code === "nested-too-deeply") sink.report(code, span, { limit: 400 })
    else sink.report("syntax", span, { problem }, { fixes })
  }
}

function fixOf({ title, start, end, text }: NonNullable<ParseError["fix"]>): ReportedFix {
  return { title, kind: "changes-meaning", edits: [{ span: { start, end }, text }] }
}

function inOrder(errors: readonly ParseError[]): ParseError[] {
  return errors.toSorted((a, b) => a.start - b.start)
}
