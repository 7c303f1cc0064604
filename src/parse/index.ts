import type { SourceText, Span } from "../base/span.js"
import type { ReportedFix } from "../diagnostics/diagnostic.js"
import type { Sink } from "../diagnostics/sink.js"
import type { Expr, Query, Statement } from "../syntax/ast.js"
import type { ParseError } from "./cursor.js"
import { desugar } from "./desugar.js"
import { findJinja } from "./jinja.js"
import { lex } from "./lexer.js"
import { QueryParser } from "./query.js"
import { repair } from "./repair.js"

export { caretIn, type Called, type Caret, type Wanted } from "./caret.js"
export type { ParseError } from "./cursor.js"

/** Every statement of a text, or of a stretch of it, whatever its faults. Never throws; spans are UTF-16 offsets. */
export function parse(
  text: string,
  stretch: Span = { start: 0, end: text.length },
): { statements: Statement[]; errors: ParseError[]; comments: readonly Span[] } {
  const tokens = lex(text, stretch.start, stretch.end)
  const parser = new QueryParser(text, tokens)
  const statements = parser.statements()
  return { statements, errors: inOrder(parser.errors), comments: tokens.comments }
}

/** The one query of a model, a stretch of its file. Undefined where none is there. */
export function parseModel(source: SourceText, sql: Span, sink: Sink): Query | undefined {
  const jinja = findJinja(source.text, sql)
  for (const found of jinja)
    sink.report("jinja", found.span, { instead: found.instead }, { fixes: found.fixes })
  if (jinja.length > 0) return undefined
  const parser = new QueryParser(source.text, lex(source.text, sql.start, sql.end))
  const statements = parser.statements()
  if (!reportRepaired(source.text, sql, inOrder(parser.errors), sink))
    reportErrors(parser.errors, sink)
  const [first, second] = statements
  if (!first && parser.errors.length === 0)
    sink.report("syntax", sql, { problem: "expected a query, found nothing" })
  if (first && second) reportSecond(source.text, first, second, sql, sink)
  return first && desugar(first)
}

/** The first query alone is the model. */
function reportSecond(
  text: string,
  first: Statement,
  second: Statement,
  sql: Span,
  sink: Sink,
): void {
  const end = sql.start + text.slice(sql.start, sql.end).trimEnd().length
  const isCut = first.body.kind === "select" && first.body.from.length === 0
  const goesOn = isCut && /^from\b/i.test(text.slice(second.span.start, end))
  const [title, until] = goesOn
    ? ["remove `;`", second.span.start]
    : ["keep the first query alone", end]
  const edits = [{ span: { start: first.span.end, end: until }, text: goesOn ? " " : "" }]
  const fix = { title, kind: "changes-meaning" as const, edits }
  const problem = "a model is one query; this is a second one"
  sink.report("syntax", second.span, { problem }, { fixes: [fix] })
}

/** An expression that stands alone, such as the `where` of a test. */
export function parseExpression(source: SourceText, span: Span, sink: Sink): Expr | undefined {
  const parser = new QueryParser(source.text, lex(source.text, span.start, span.end))
  const expr = parser.wholeExpression()
  reportErrors(parser.errors, sink)
  return parser.errors.length === 0 ? desugar(expr) : undefined
}

/** What is wrong with a text, as diagnostics in its order. */
export function reportErrors(errors: readonly ParseError[], sink: Sink): void {
  for (const { code, start, end, problem, fix } of inOrder(errors)) {
    const span = { start, end }
    const fixes = fix ? [fixOf(fix)] : []
    if (code === "nested-too-deeply") sink.report(code, span, { limit: 400 })
    else sink.report("syntax", span, { problem: shortened(problem) }, { fixes })
  }
}

/** The first error with the change that mends the whole text, where there is one: the others follow from it. */
function reportRepaired(
  text: string,
  sql: Span,
  [first]: readonly ParseError[],
  sink: Sink,
): boolean {
  if (!first || first.code !== "syntax" || first.isForeign) return false
  const found = repair(text, sql, first, first.problem, faultsOf)
  if (!found) return false
  const { title, keyword, edits } = found
  const span = keyword === undefined || !found.at ? first : found.at
  const problem =
    keyword === undefined
      ? shortened(first.problem)
      : `\`${text.slice(span.start, span.end)}\` is no keyword here; did you mean ${keyword}?`
  const fix: ReportedFix = { title, kind: "changes-meaning", edits }
  sink.report("syntax", { start: span.start, end: span.end }, { problem }, { fixes: [fix] })
  return true
}

/** Where a stretch of a text has errors; one place more for what is no model. */
function faultsOf(text: string, sql: Span): number[] {
  const parser = new QueryParser(text, lex(text, sql.start, sql.end))
  const statements = parser.statements()
  const places = parser.errors.map(({ start }) => start)
  return statements.length === 1 ? places : [...places, sql.end]
}

/** A list of keywords that might follow is of no help where it is long. */
function shortened(problem: string): string {
  const [, list = "", found = ""] = /^expected (.*), found (.*)$/s.exec(problem) ?? []
  return list.split(",").length > MOST_LISTED ? `unexpected ${found}` : problem
}

const MOST_LISTED = 5

function fixOf({ title, start, end, text }: NonNullable<ParseError["fix"]>): ReportedFix {
  return { title, kind: "changes-meaning", edits: [{ span: { start, end }, text }] }
}

function inOrder(errors: readonly ParseError[]): ParseError[] {
  return errors.toSorted((a, b) => a.start - b.start)
}
