export type EGraphFault =
  /** Of the rules, analyses, guards or functions that a graph is made with. */
  | "bad-rule"
  | "unknown-guard"
  | "unknown-function"
  | "unknown-analysis"
  /** Of a call. */
  | "bad-term"
  | "bad-option"
  | "no-such-row"
  | "unknown-rule"
  | "unknown-ruleset"
  | "full"
  | "nothing-pushed"
  /** Of snapshots. */
  | "bad-snapshot"
  /** Of proofs. */
  | "proofs-off"
  | "no-such-term"
  | "not-equal"
  | "proof-too-long"
  /** Of when it is called. */
  | "disposed"
  | "running"
  | "broken"
  /** Of the engine: it refused a call, needs more memory than there is, or trapped, which breaks the graph. */
  | "bad-call"
  | "memory"
  | "trap"

/** The engine was asked for what it cannot do: says where, and what is needed. */
export class EGraphError extends Error {
  override readonly name = "EGraphError"
  constructor(
    readonly fault: EGraphFault,
    message: string,
    cause?: unknown,
  ) {
    super(message, cause === undefined ? undefined : { cause })
  }
}
