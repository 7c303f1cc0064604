import { plural } from "../base/plural.js"
import type { Position } from "../base/span.js"
import type { SourceText } from "../base/span.js"
import type { Diagnostic, Fix, Note } from "./diagnostic.js"

export interface RenderOptions {
  /** Texts to quote lines from, by file name. */
  readonly texts: ReadonlyMap<string, SourceText>
  readonly color: boolean
}

type Style = "red" | "yellow" | "blue" | "green" | "bold"

const STYLES: Record<Style, number> = { red: 31, yellow: 33, blue: 34, green: 32, bold: 1 }
const LEVEL_STYLES = { error: "red", warn: "yellow", note: "blue" } as const

/** A diagnostic for people: the message, the line with a caret span under it, its notes and fixes. */
export function render(diagnostic: Diagnostic, options: RenderOptions): string {
  const paint = painter(options.color)
  const { level, code, message, file, start, end } = diagnostic
  const lines = [
    `${paint(LEVEL_STYLES[level], `${level}[${code}]`)}${paint("bold", `: ${message}`)}`,
  ]
  if (file !== "") lines.push(...excerpt(file, start, end, LEVEL_STYLES[level], options))
  for (const note of diagnostic.notes) lines.push(...renderNote(note, options))
  for (const fix of diagnostic.fixes) lines.push(renderFix(fix, options))
  return lines.join("\n")
}

/** All diagnostics, worst first within a file, and a line that counts them. */
export function renderAll(diagnostics: readonly Diagnostic[], options: RenderOptions): string {
  return diagnostics.map((diagnostic) => render(diagnostic, options)).join("\n\n")
}

/** `2 errors, 1 warning`; empty where there are none. */
export function countOf(diagnostics: readonly Diagnostic[]): string {
  const count = (level: Diagnostic["level"]) => diagnostics.filter((d) => d.level === level).length
  const counts = { error: count("error"), warning: count("warn") }
  return Object.entries(counts)
    .flatMap(([word, n]) => (n === 0 ? [] : [plural(n, word)]))
    .join(", ")
}

function renderNote(note: Note, options: RenderOptions): string[] {
  const paint = painter(options.color)
  const head = `  ${paint("blue", "note")}: ${note.message}`
  if (note.file === undefined || note.start === undefined || note.end === undefined) return [head]
  return [head, ...excerpt(note.file, note.start, note.end, "blue", options)]
}

function renderFix(fix: Fix, { color }: RenderOptions): string {
  const certainty = fix.kind === "equivalent" ? "" : ` (${fix.kind})`
  return `  ${painter(color)("green", "fix")}: ${fix.title}${certainty}`
}

/** The place and its first line with a caret under every column of the span on it. */
function excerpt(
  file: string,
  start: Position,
  end: Position,
  style: Style,
  options: RenderOptions,
): string[] {
  const paint = painter(options.color)
  const place = `  ${paint("blue", "-->")} ${file}:${start.line}:${start.column}`
  const text = options.texts.get(file)
  if (!text || text.text.length === 0) return [place]
  const line = text.line(start.line)
  const number = String(start.line)
  const gutter = paint("blue", `${" ".repeat(number.length)} |`)
  const last = end.line === start.line ? end.column : line.length + 1
  const carets = "^".repeat(Math.max(1, last - start.column))
  const indent = line.slice(0, start.column - 1).replace(/[^\t]/g, " ")
  return [
    place,
    gutter,
    `${paint("blue", `${number} |`)} ${line}`,
    `${gutter} ${indent}${paint(style, carets)}`,
  ]
}

function painter(color: boolean): (style: Style, text: string) => string {
  return (style, text) => (color ? `\u001b[${STYLES[style]}m${text}\u001b[0m` : text)
}
