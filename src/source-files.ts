import type { Project, Source } from "./catalog/project.js"
import type { Span } from "./base/span.js"
import type { Diagnostic } from "./diagnostics/diagnostic.js"
import { Sink } from "./diagnostics/sink.js"
import { hasFile } from "./project/index.js"
import type { Checked, CheckedText } from "./workspace.js"

export interface ReadSource {
  readonly source: Source
  /** Of the first reference to it. */
  readonly span: Span
}

/** The sources that a text refers to. */
export function sourcesOf({ names }: CheckedText, { sources }: Project): ReadSource[] {
  return (names?.dependencies ?? []).flatMap(({ kind, name, span }) => {
    const source = kind === "source" && sources.find((one) => same(one.name, name))
    return source ? [{ source, span }] : []
  })
}

/** A source that a text reads and that has no file, at the reference to it. */
export function sourceFileMissing(
  { text }: CheckedText,
  { source: { name, files, place }, span }: ReadSource,
  { texts }: Project,
): Diagnostic | undefined {
  const sink = new Sink(text.source, {}, texts)
  const notes = [{ message: "declared here", file: place.file, span: place.span }]
  const path = files?.paths.join(", ") ?? ""
  sink.report("source-file-missing", span, { source: name, path }, { notes })
  return sink.diagnostics[0]
}

/** Of the texts with these names, what can be told without an engine. */
export function missingFiles(
  project: Project,
  { texts }: Checked,
  names?: ReadonlySet<string>,
): Diagnostic[] {
  return [...texts.values()].flatMap((text) => {
    if (names && !names.has(text.text.name)) return []
    const missing = sourcesOf(text, project).filter(
      ({ source }) => hasFile(source, project.directory) === false,
    )
    return missing.flatMap((read) => sourceFileMissing(text, read, project) ?? [])
  })
}

function same(a: string, b: string): boolean {
  return a.toLowerCase() === b.toLowerCase()
}
