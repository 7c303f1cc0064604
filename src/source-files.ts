import { some } from "./base/check.js"
import type { Span } from "./base/span.js"
import { nearest, orThese } from "./base/suggest.js"
import type { DeclaredColumn, Project, Source } from "./catalog/project.js"
import type { Deployment } from "./deployment.js"
import type { Diagnostic } from "./diagnostics/diagnostic.js"
import { Sink } from "./diagnostics/sink.js"
import { EngineError, type Driver } from "./engine/driver.js"
import { hasFile } from "./project/index.js"
import { query, select, star } from "./syntax/build.js"
import { sameType, show, type SqlType } from "./types/type.js"
import type { Checked, CheckedText } from "./session.js"
import { sameName } from "./base/names.js"

// The files of sources, held against what is declared of them.

interface ReadSource {
  readonly source: Source
  /** Of the first reference to it. */
  readonly span: Span
}

/** Those of `sources` that a text refers to. */
function sourcesOf({ dependencies }: CheckedText, sources: readonly Source[]): ReadSource[] {
  return dependencies.flatMap(({ kind, name, span }) => {
    const source = kind === "source" && sources.find((one) => sameName(one.name, name))
    return source ? [{ source, span }] : []
  })
}

/** Whether a source has no file, as far as that can be told without an engine. */
export type IsMissing = (source: Source) => boolean

/**
 * Of the texts with these names, the sources without files, as far as that can be told without an engine. Warnings:
 * a project may be checked where its data are not.
 */
export function missingFiles(
  project: Project,
  { texts }: Checked,
  names?: ReadonlySet<string>,
  isMissing: IsMissing = (source) => hasFile(source, project.directory) === false,
): Diagnostic[] {
  const missing = project.sources.filter(isMissing)
  if (missing.length === 0) return []
  return [...texts.values()].flatMap((text) => {
    if (names && !names.has(text.text.name)) return []
    return sourcesOf(text, missing).map((read) => ({
      ...missingAt(text, read, project),
      level: "warn" as const,
    }))
  })
}

/** At the reference to it. */
function missingAt({ text }: CheckedText, { source, span }: ReadSource, project: Project) {
  const { file, span: declared } = source.place
  const notes = [{ message: "declared here", file, span: declared }]
  return report(new Sink(text.source, {}, project.texts), source, span, notes)
}

function report(
  sink: Sink,
  { name, files }: Source,
  span: Span,
  notes: readonly { readonly message: string; readonly file: string; readonly span: Span }[],
): Diagnostic {
  const path = files?.paths.join(", ") ?? ""
  sink.report("source-file-missing", span, { source: name, path }, { notes })
  return some(sink.diagnostics[0], "the diagnostic of a code that cannot be switched off")
}

/** What an engine finds in the files of sources, each looked at once. */
export class SourceFiles {
  private readonly present = new Map<string, Promise<boolean>>()
  private readonly drifts = new Map<string, Promise<readonly Diagnostic[]>>()

  constructor(
    private readonly deployment: Deployment,
    private readonly driver: Driver,
  ) {}

  /** What keeps a query from running: a source without a file, or without a column that is declared. */
  async faultOfTexts(texts: readonly CheckedText[]): Promise<Diagnostic | undefined> {
    const { project } = this.deployment
    for (const text of texts)
      for (const read of sourcesOf(text, project.sources)) {
        if (!(await this.hasFiles(read.source))) return missingAt(text, read, project)
        const fault = await this.drift(read.source)
        if (fault) return fault
      }
    return undefined
  }

  /** What keeps a test that is declared of a source from running. */
  async faultOfSource(source: Source): Promise<Diagnostic | undefined> {
    if (await this.hasFiles(source)) return this.drift(source)
    const text = this.deployment.project.texts.get(source.place.file)
    return text && report(new Sink(text), source, source.place.span, [])
  }

  /** Of the sources that were asked for. */
  async warnings(): Promise<Diagnostic[]> {
    const all = (await Promise.all(this.drifts.values())).flat()
    return all.filter(({ level }) => level !== "error")
  }

  private hasFiles(source: Source): Promise<boolean> {
    const { files, name } = source
    const known = this.present.get(name)
    if (known || !files) return known ?? Promise.resolve(true)
    const found = this.driver.files(source).then(({ length }) => length > 0)
    this.present.set(name, found)
    return found
  }

  private async drift(source: Source): Promise<Diagnostic | undefined> {
    const found = this.drifts.get(source.name) ?? this.compared(source)
    this.drifts.set(source.name, found)
    return (await found).find(({ level }) => level === "error")
  }

  /** Declared columns that the files do not have, or have of another type. */
  private async compared(source: Source): Promise<readonly Diagnostic[]> {
    const { texts, levels } = this.deployment.project
    const text = texts.get(source.place.file)
    const columns = await this.columns(source)
    if (!text || !columns) return []
    const sink = new Sink(text, levels, texts)
    for (const declared of source.columns) {
      const found = columns.find(({ name }) => sameName(name, declared.name))
      if (!found) reportMissing(declared, source, columns, this.deployment.project, sink)
      else if (source.files?.format === "parquet")
        reportDrift(declared, this.deployment.backend.parseType(found.type), source, sink)
    }
    return sink.diagnostics
  }

  /** Of files that say what they hold. A reader of CSV gives the declared types, one of JSON the declared columns. */
  private async columns(source: Source) {
    const { backend, project } = this.deployment
    const { format } = source.files ?? {}
    if (format !== "parquet" && format !== "csv") return undefined
    const from = [backend.sourceTable({ ...source, columns: [] }, project.directory)]
    try {
      const sql = this.deployment.print(query(select({ items: [star()], from })))
      return await this.driver.describe(sql)
    } catch (error) {
      if (error instanceof EngineError) return undefined // what reads it says why
      throw error
    }
  }
}

/** A column that is declared of one type and found of another. */
export function reportDrift(
  { type, name, typePlace }: DeclaredColumn,
  found: SqlType,
  source: Source,
  sink: Sink,
): void {
  if (!type || !typePlace || found.kind === "unknown" || sameType(type, found)) return
  const written = show(found)
  const edit = { span: typePlace.span, text: /^\w+$/.test(written) ? written : `"${written}"` }
  const kind = source.files ? "file" : "table"
  sink.report(
    "type-drift",
    typePlace.span,
    { source: source.name, column: name, declared: show(type), kind, found: written },
    { fixes: [{ title: `declare ${written}`, kind: "changes-meaning", edits: [edit] }] },
  )
}

/** A declared column that is not there; where no text speaks of it, the near name can be declared in its place. */
export function reportMissing(
  { name, place }: DeclaredColumn,
  { files, table, name: source }: Source,
  found: readonly { readonly name: string }[],
  { models, testFiles }: Project,
  sink: Sink,
): void {
  const has = found.map((column) => column.name)
  const where = ` in ${files?.paths.join(", ") ?? table ?? source}`
  const near = nearest(name, has)
  const hint = orThese(near, "it has", has)
  const isMentioned = [...models, ...testFiles].some((text) =>
    words(text.source.text).has(name.toLowerCase()),
  )
  const edits = near === undefined || isMentioned ? [] : [{ span: place.span, text: near }]
  const fix = { title: `declare ${near}`, kind: "changes-meaning" as const, edits }
  const fixes = edits.length === 0 ? [] : [fix]
  sink.report("unknown-column", place.span, { name, where, hint }, { fixes })
}

function words(text: string): ReadonlySet<string> {
  return new Set(text.toLowerCase().split(/[^\p{L}\p{N}_]+/u))
}
