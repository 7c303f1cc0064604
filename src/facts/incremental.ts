import type { Origin } from "../ir/nodes.js"

/** Half-open, in microseconds since 1970 (UTC without zone). */
export interface Window {
  readonly start: bigint
  readonly end: bigint
}

/**
 * What the analysis proved of an incremental model: for each input with a clock, which of its days a
 * day of the output depends on, in days: input day - output day lies in [-lookback, lookahead].
 */
export type Incrementality =
  | {
      readonly kind: "incremental"
      readonly model: string
      readonly column: string
      readonly inputs: readonly InputWindow[]
      readonly certificate: Certificate
    }
  | {
      readonly kind: "refused"
      readonly model: string
      readonly column: string
      readonly reason: string
      readonly origin: Origin | undefined
    }

export type InputWindow =
  | {
      readonly input: string
      readonly clock: string
      readonly lookback: number
      readonly lookahead: number
    }
  /** An input without a clock is read whole; a change in it reaches every day. */
  | { readonly input: string; readonly clock: undefined }

/**
 * One step a node of the analyzed plan, children first: the claim that its rows of one partition
 * depend on that partition of the clocked inputs only, and that `aligned` columns lie in it.
 */
export interface Certificate {
  readonly steps: readonly CertificateStep[]
}

export interface CertificateStep {
  readonly node: number
  readonly rule: string
  readonly premises: readonly number[]
  /** False where no input with a clock is below. */
  readonly dated: boolean
  readonly aligned: readonly string[]
}
