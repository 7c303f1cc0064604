import type { Diagnostic } from "../diagnostics/diagnostic.js"
import type { Incrementality } from "../facts/incremental.js"
import type { Grain } from "../catalog/project.js"
import type { SqlType } from "../types/type.js"
import type { Value } from "./driver.js"

/**
 * What a run does: nodes with the keys of those that must succeed before. A node whose dependency
 * fails is skipped.
 */
export interface RunPlan {
  readonly nodes: readonly RunNode[]
}

export type RunNode = SeedNode | RelationNode | TestNode | FaultyNode

interface NodeBase {
  /** Unique in the plan: `model orders`, `test unique_orders_id`. */
  readonly key: string
  readonly name: string
  readonly dependsOn: readonly string[]
}

export interface SeedNode extends NodeBase {
  readonly kind: "seed"
  readonly path: TablePath
  /** The typed rows as a query over the file. */
  readonly sql: string
  readonly fingerprint: string
}

export interface RelationNode extends NodeBase {
  readonly kind: "model" | "hidden"
  readonly materialization: "table" | "view" | "incremental"
  readonly path: TablePath
  readonly sql: string
  /** Changes where the meaning of the model does. */
  readonly definition: string
  /** How a model runs where its plan fails, or what only its plan reads. */
  readonly asWritten?: Pick<RelationNode, "sql" | "materialization" | "dependsOn">
  /** Its text. */
  readonly origin?: Pick<Diagnostic, "file" | "start" | "end">
  readonly incremental?: IncrementalRun
}

export interface IncrementalRun {
  readonly proof: Incrementality & { readonly kind: "incremental" }
  readonly column: string
  readonly columnType: SqlType
  readonly grain: Grain
  readonly inputs: readonly IncrementalInput[]
}

export interface IncrementalInput {
  readonly name: string
  /** `SELECT min(clock), max(clock) FROM input`; undefined for an input without a clock. */
  readonly boundsSql?: string
  /** Microseconds that a row may come late; only with `changes: append`. */
  readonly lateness?: number
  /** How a change is noticed: a value known before the run, or a query over the input's rows. */
  readonly fingerprint: { readonly value: string } | { readonly sql: string }
}

export interface TestNode extends NodeBase {
  readonly kind: "test"
  /** Its rows are failures. */
  readonly sql: string
  readonly severity: "error" | "warn"
  /** Where the SQL was written, relative to the project. */
  readonly file: string
  /** Its text, or where it is declared. */
  readonly origin?: Pick<Diagnostic, "file" | "start" | "end">
}

/** A model, test or seed with errors in its text: it does not run, and what depends on it is skipped. */
export interface FaultyNode extends NodeBase {
  readonly kind: "faulty"
  readonly of: "model" | "test" | "seed"
  readonly diagnostic: Diagnostic
}

/** Where the SQL of a node that runs is written, relative to the project. */
export function compiledFile({ kind, name }: Pick<RunNode, "kind" | "name">): string {
  return `target/compiled/${kind === "test" ? "tests/" : ""}${name}.sql`
}

/** Everything of smelt's own in a target lives in this schema; its tables are named `smelt__…`. */
export const OWN_SCHEMA = "smelt"
export const OWN_PREFIX = "smelt__"

/** Schema and name in the target. */
export interface TablePath {
  readonly schema: string
  readonly name: string
}

/** The record of a node that the `results` of a run hold. */
export interface NodeResult {
  readonly name: string
  readonly kind: "model" | "seed" | "test" | "hidden"
  readonly status: "success" | "fail" | "warn" | "error" | "skipped"
  readonly rows?: number
  readonly ms: number
  readonly windows?: readonly { readonly start: string; readonly end: string }[]
  /** Why an incremental model was built in full. */
  readonly rebuilt?: string
  readonly failures?: {
    readonly count: number
    readonly columns: readonly string[]
    readonly rows: readonly (readonly Value[])[]
    readonly file: string
  }
  readonly diagnostic?: Diagnostic
}

export interface RunEvents {
  readonly started?: (node: RunNode) => void
  readonly finished?: (node: RunNode, result: NodeResult) => void
}
