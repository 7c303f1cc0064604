import { basename } from "node:path"
import type { SourceText } from "../base/span.js"
import { type Span } from "../base/span.js"
import type { Diagnostic } from "../diagnostics/diagnostic.js"
import { Sink } from "../diagnostics/sink.js"
import { HEADER, rhythmOf, readSettings, type ModelSettings } from "./model-settings.js"
import { YamlFile, type YamlValue } from "./yaml.js"

/** A model as its file writes it: a name, the stretch of SQL, and what its header says. */
export interface WrittenModel {
  readonly name: string
  readonly nameSpan: Span
  readonly source: SourceText
  readonly sql: Span
  readonly header: ModelSettings
  /** Where the YAML of the header stands. */
  readonly yaml?: Span
  readonly diagnostics: readonly Diagnostic[]
}

const SECTION = /^---[ \t]*name:[ \t]*(\S+)[ \t]*---[ \t]*\r?$/gm
const FENCE = /^---[ \t]*\r?\n/
const CLOSING = /^---[ \t]*\r?$/m
const BOTH_FORMS = "in the header and as an annotation"
/** The line at which a query begins. */
const QUERY = /^(?:SELECT|WITH|FROM|VALUES)\b/im
const ANNOTATION = /^[ \t]*--[ \t]*@(\w+)(?:\(([^)]*)\))?[ \t]*:[ \t]*(.*?)[ \t]*\r?$/

/** The models of a file: one, or one a `--- name: x ---` section. */
export function readModelFile(source: SourceText): WrittenModel[] {
  const sections = [...source.text.matchAll(SECTION)]
  if (sections.length === 0) {
    const name = basename(source.file).replace(/\.sql$/i, "")
    return [readModel(source, name, { start: 0, end: 0 }, { start: 0, end: source.text.length })]
  }
  return sections.map((section, i) => {
    const start = section.index + section[0].length
    const end = sections[i + 1]?.index ?? source.text.length
    const name = section[1] ?? ""
    const at = section.index + section[0].indexOf(name)
    return readModel(source, name, { start: at, end: at + name.length }, { start, end })
  })
}

/** `called`: by its file, or by its section, which `span` then holds. */
function readModel(source: SourceText, called: string, span: Span, part: Span): WrittenModel {
  const sink = new Sink(source)
  const { header: yaml, sql } = split(source, part, sink)
  const value = yaml ? YamlFile.read(source, sink, yaml) : undefined
  const { name, nameSpan } = nameOf(value, called, span)
  const fromYaml = value && !value.isMissing ? readSettings(value, name, HEADER) : {}
  const fromComments = readAnnotations(source, sql, sink)
  for (const [key, at] of fromComments.places)
    if (key in fromYaml) sink.report("duplicate-key", at, { key: spelled(key), how: BOTH_FORMS })
  return {
    name,
    nameSpan,
    source,
    sql,
    header: { ...fromYaml, ...fromComments.settings },
    ...(yaml ? { yaml } : {}),
    diagnostics: sink.diagnostics,
  }
}

/** A header may call the model of a file otherwise than its file, but not otherwise than its section. */
function nameOf(header: YamlValue | undefined, called: string, span: Span) {
  const written =
    header?.isMap === true ? header.entries().find(({ key }) => key === "name") : undefined
  const name = written?.value.text()
  const isSection = span.end > span.start
  if (!written || name === undefined || name === called) return { name: called, nameSpan: span }
  if (!isSection) return { name, nameSpan: written.value.span }
  written.value.bad(`the name of its section, \`${called}\``)
  return { name: called, nameSpan: span }
}

/** The frontmatter and the SQL of a model's stretch. A section may write YAML, `---`, SQL without an opening fence. */
function split(source: SourceText, part: Span, sink: Sink): { header?: Span; sql: Span } {
  const { text } = source
  const body = text.slice(part.start, part.end)
  const blank = /^\s*/.exec(body)?.[0].length ?? 0
  const fence = FENCE.exec(body.slice(blank))
  const from = fence ? blank + fence[0].length : blank
  const isHeader = fence !== null || looksLikeYaml(body.slice(blank))
  const close = isHeader ? CLOSING.exec(body.slice(from)) : null
  if (!close && fence && looksLikeYaml(body.slice(from)))
    return unclosed(source, part, { start: blank, end: from }, sink)
  if (!close) return { sql: part }
  const end = from + close.index
  return {
    header: { start: part.start + from, end: part.start + end },
    sql: { start: part.start + end + close[0].length, end: part.end },
  }
}

/** A header that does not end; its SQL is taken to begin where a query may. */
function unclosed(source: SourceText, part: Span, fence: Span, sink: Sink): { sql: Span } {
  const body = source.text.slice(part.start, part.end)
  const query = body.slice(fence.end).search(QUERY)
  const start = query < 0 ? part.end : part.start + fence.end + query
  const span = { start: part.start + fence.start, end: part.start + fence.start + 3 }
  const { line } = source.position(span.start)
  const problem = `the header opened in line ${line} is not closed; a line \`---\` ends it`
  const edits = [{ span: { start, end: start }, text: "---\n" }]
  const fix = { title: "close it above the query", kind: "equivalent" as const, edits }
  sink.report("yaml-syntax", span, { problem }, { fixes: query < 0 ? [] : [fix] })
  return { sql: { start, end: part.end } }
}

function looksLikeYaml(text: string): boolean {
  return /^[a-z_]+:/.test(text)
}

/** `-- @materialize: daily`, `-- @partition_by: day`, above the query. */
function readAnnotations(source: SourceText, sql: Span, sink: Sink) {
  const settings: { -readonly [Key in keyof ModelSettings]: ModelSettings[Key] } = {}
  const places = new Map<keyof ModelSettings, Span>()
  for (let at = sql.start; at < sql.end;) {
    const newline = source.text.indexOf("\n", at)
    const span = { start: at, end: newline < 0 ? sql.end : Math.min(newline, sql.end) }
    const line = source.slice(span)
    at = span.end + 1
    if (line.trim() === "") continue
    if (!line.trimStart().startsWith("--")) break
    const match = ANNOTATION.exec(line)
    if (!match) continue
    const [, key = "", , value = ""] = match
    const bad = (wanted: string): undefined => {
      sink.report("bad-value", span, { key, wanted, found: `\`${value}\``, hint: "" })
      return undefined
    }
    if (key === "materialize" || key === "materialization") {
      Object.assign(settings, rhythmOf(value, { bad }))
      places.set("materialization", span)
    } else if (key === "partition_by") {
      settings.partitionBy = { column: value, place: { file: source.file, span } }
      places.set("partitionBy", span)
    } else if (key === "description") settings.description = value
    else if (key === "tags") settings.tags = value.split(/[\s,]+/).filter((tag) => tag !== "")
    else if (key === "backend_hint")
      sink.report("not-yet", span, { what: "`@backend_hint`", hint: "" })
    else
      sink.report("unknown-key", span, {
        key: `@${key}`,
        where: "a model's annotations",
        hint: "; it may have @materialize, @partition_by, @tags, @description",
      })
  }
  return { settings, places }
}

function spelled(key: string): string {
  return key === "partitionBy" ? "partition_by" : key
}
