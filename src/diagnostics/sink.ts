import type { SourceText } from "../base/span.js"
import { type Span } from "../base/span.js"
import { CATALOG, message, type Code, type Params } from "./catalog.js"
import type { Diagnostic, Level, ReportedFix, ReportedNote } from "./diagnostic.js"

export type LevelSetting = "error" | "warn" | "off"

/** Texts by file name. */
export interface Texts {
  get(file: string): SourceText | undefined
}

export interface ReportOptions {
  readonly notes?: readonly ReportedNote[]
  readonly fixes?: readonly ReportedFix[]
  /** What the engine refuses as well is an error, whatever the level of its code. */
  readonly isRefused?: boolean
}

/**
 * Collects the diagnostics of one text. A stage reports offsets into that text; the sink adds level
 * and positions. One diagnostic per code and place is kept.
 */
export class Sink {
  private readonly seen = new Set<string>()

  /** `others` gives texts that notes may point into, by file name. */
  constructor(
    readonly source: SourceText,
    private readonly levels: Readonly<Record<string, LevelSetting>> = {},
    private readonly others: Texts = new Map(),
    /** Several sinks may fill one list. */
    readonly diagnostics: Diagnostic[] = [],
  ) {}

  get hasErrors(): boolean {
    return this.diagnostics.some((diagnostic) => diagnostic.level === "error")
  }

  /** Another sink of the same text that has what this one has, and goes on by itself. */
  continued(others: Texts): Sink {
    const next = new Sink(this.source, this.levels, others, [...this.diagnostics])
    for (const key of this.seen) next.seen.add(key)
    return next
  }

  report<C extends Code>(
    code: C,
    span: Span,
    params: Params<C>,
    options: ReportOptions = {},
  ): void {
    const level = options.isRefused === true ? "error" : this.levelOf(code)
    const key = `${code}:${span.start}:${span.end}`
    if (level === "off" || this.seen.has(key)) return
    this.seen.add(key)
    const file = this.source.file
    this.diagnostics.push({
      code,
      level,
      message: message(code, params),
      file,
      start: this.source.position(span.start),
      end: this.source.position(span.end),
      notes: (options.notes ?? []).map((note) => this.place(note)),
      fixes: (options.fixes ?? []).map((fix) => ({
        title: fix.title,
        kind: fix.kind,
        edits: fix.edits.map((edit) => ({
          file,
          start: this.source.position(edit.span.start),
          end: this.source.position(edit.span.end),
          text: edit.text,
        })),
      })),
    })
  }

  private levelOf(code: Code): Level | "off" {
    const standard = CATALOG[code][0]
    if (standard === "error!") return "error"
    if (standard === "note") return "note"
    return this.levels[code] ?? standard
  }

  private place(note: ReportedNote) {
    const text = note.file === undefined ? this.source : this.others.get(note.file)
    const file = note.file ?? this.source.file
    if (!note.span || !text) return { message: note.message, ...(note.file ? { file } : {}) }
    return {
      message: note.message,
      file,
      start: text.position(note.span.start),
      end: text.position(note.span.end),
    }
  }
}
