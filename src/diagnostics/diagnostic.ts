import type { Position, Span } from "../base/span.js"

export type Level = "error" | "warn" | "note"

/**
 * How far a fix may be trusted: `equivalent` keeps the meaning, `if-declared` keeps it if a fact
 * that the user can declare is true, `changes-meaning` does what its title says.
 */
export type FixKind = "equivalent" | "if-declared" | "changes-meaning"

/** The document that every command prints; positions count as `Position` says. */
export interface Diagnostic {
  readonly code: string
  readonly level: Level
  readonly message: string
  readonly file: string
  readonly start: Position
  readonly end: Position
  readonly notes: readonly Note[]
  readonly fixes: readonly Fix[]
}

export interface Note {
  readonly message: string
  readonly file?: string
  readonly start?: Position
  readonly end?: Position
}

export interface Fix {
  readonly title: string
  readonly kind: FixKind
  readonly edits: readonly Edit[]
}

export interface Edit {
  readonly file: string
  readonly start: Position
  readonly end: Position
  readonly text: string
}

// What stages report: offsets, turned into positions by the sink.

export interface ReportedNote {
  readonly message: string
  readonly span?: Span
  /** Another file of the project; its text must be known to the sink for positions. */
  readonly file?: string
}

export interface ReportedFix {
  readonly title: string
  readonly kind: FixKind
  readonly edits: readonly { readonly span: Span; readonly text: string }[]
}
