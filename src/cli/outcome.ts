import type { SourceText } from "../base/span.js"
import type { Code, Params } from "../diagnostics/catalog.js"
import type { Diagnostic } from "../diagnostics/diagnostic.js"
import { placeless } from "../diagnostics/placeless.js"

export { placeless }

/** What a command did: the document for programs, the text for people, and how it went. */
export interface Outcome {
  /** The command's own fields of the JSON document. */
  readonly fields: Readonly<Record<string, unknown>>
  readonly diagnostics: readonly Diagnostic[]
  /** For quoting source lines. */
  readonly texts?: ReadonlyMap<string, SourceText>
  /** Printed on standard output for people. */
  readonly text: string
  /** Printed after it on standard error. */
  readonly remark?: string
  readonly exit: ExitCode
}

/** 0 done · 1 a model, test or check failed · 2 usage or configuration · 130 interrupted. */
export type ExitCode = 0 | 1 | 2 | 130

/** A fault of usage or configuration: nothing runs, exit code 2. */
export class UsageError extends Error {
  override readonly name = "UsageError"
  constructor(
    readonly diagnostics: readonly Diagnostic[],
    readonly texts?: ReadonlyMap<string, SourceText>,
  ) {
    super(diagnostics[0]?.message ?? "usage")
  }
}

export function usage<C extends Code>(code: C, params: Params<C>): UsageError {
  return new UsageError([placeless(code, params)])
}
