import type { SourceText, Span } from "./base/span.js"
import type { Diagnostic } from "./diagnostics/diagnostic.js"
import { Sink } from "./diagnostics/sink.js"
import { findJinja } from "./parse/jinja.js"
import { parse, reportErrors } from "./parse/index.js"
import { attachComments } from "./syntax/comments.js"
import { print } from "./syntax/print.js"

/** A text laid out anew, or what keeps it from being read. */
export type Formatted = { readonly text: string } | { readonly diagnostics: readonly Diagnostic[] }

/** Layouts that a text may go through until the next one is the same. */
const ROUNDS = 5

/**
 * A file with each of its stretches of SQL laid out as `print` does, comments kept; headers and what
 * else stands between them stay as they are. The meaning is the same, and so is the layout of a
 * layout. `stretches` do not overlap and stand in order.
 */
export function format(source: SourceText, stretches: readonly Span[]): Formatted {
  const diagnostics: Diagnostic[] = []
  const parts: string[] = []
  let at = 0
  for (const stretch of stretches) {
    const found = stretchOf(source, stretch)
    if ("diagnostics" in found) diagnostics.push(...found.diagnostics)
    else parts.push(source.text.slice(at, stretch.start), edged(source, stretch, found.text))
    at = stretch.end
  }
  if (diagnostics.length > 0) return { diagnostics }
  return { text: parts.join("") + source.text.slice(at) }
}

/** A line break at each end; after what stands above the SQL, and before what follows, one empty line at most. */
function edged(source: SourceText, { start, end }: Span, sql: string): string {
  const written = source.text.slice(start, end)
  const isFirst = start === 0
  const isLast = source.text.slice(end).trim() === ""
  const above = isFirst ? "" : /^[ \t]*\r?\n[ \t]*\r?\n/.test(written) ? "\n\n" : "\n"
  return `${above}${sql}${isLast ? "\n" : "\n\n"}`
}

function stretchOf(source: SourceText, stretch: Span): Formatted {
  const sink = new Sink(source)
  const jinja = findJinja(source.text, stretch)
  for (const { span, instead, fixes } of jinja) sink.report("jinja", span, { instead }, { fixes })
  if (jinja.length === 0) reportErrors(parse(source.text, stretch).errors, sink)
  if (sink.diagnostics.length > 0) return { diagnostics: sink.diagnostics }
  return { text: laidOut(source.text.slice(stretch.start, stretch.end)) }
}

/** A comment that moves may move once more in the next layout, so that the last of a few is taken. */
function laidOut(sql: string): string {
  let text = sql.trim()
  for (let round = 0; round < ROUNDS; round++) {
    const next = once(text)
    if (next === text) break
    text = next
  }
  return text
}

function once(sql: string): string {
  const { statements, comments } = parse(sql)
  const texts = statements.map((statement, i) => {
    const from = i === 0 ? 0 : (statements[i - 1]?.span.end ?? 0)
    const to = i === statements.length - 1 ? sql.length : statement.span.end
    const own = comments.filter(({ start }) => start >= from && start < to)
    return print(statement, { comments: attachComments(statement, own, sql) })
  })
  if (statements.length > 0) return texts.join(";\n\n")
  return sql
}
