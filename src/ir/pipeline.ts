import type { DeclaredFact } from "../facts/declared.js"
import type { Out } from "./nodes.js"

// The models of a run as one plan: what the optimizer is given, and what it gives back.

/** What a model is in the user's plan, and what it computes with every model that it reads inlined. */
export interface PipelineModel {
  readonly name: string
  readonly out: Out
  readonly materialization: "table" | "view" | "incremental" | "ephemeral"
  /** `auto` and consumed: it may become a table. */
  readonly isFree: boolean
  /** Models that its text reads. */
  readonly parents: readonly string[]
}

/** In an order in which each model comes after those that its text reads. */
export interface Pipeline {
  readonly models: readonly PipelineModel[]
  readonly facts: readonly DeclaredFact[]
}

/** A table in a plan; views run as their users wrote them. Its `out` scans stored relations, and models and hidden tables of the plan by name. */
export interface PlannedModel {
  readonly name: string
  readonly out: Out
  readonly materialization: "table" | "incremental"
  /** The rules that turned the user's query into this one, in an order in which each rests on those before. */
  readonly steps: readonly RewriteStep[]
}

/** A table of smelt's own that several models read. */
export interface HiddenTable {
  readonly name: string
  readonly out: Out
  readonly steps: readonly RewriteStep[]
}

/** An application of a rule, as the engine logged it. */
export interface RewriteStep {
  readonly rule: string
  /** The comment above the rule: why it is true. */
  readonly reason: string
  /** Declared facts that its conditions rest on. */
  readonly facts: readonly DeclaredFact[]
  /** The two relations that it said are equal, where that was asked for and they can stand alone. */
  readonly sides?: { readonly left: Out; readonly right: Out }
}

/** In nanoseconds of the engine's cost model: only their ratio counts. */
export interface PlanCost {
  readonly user: number
  readonly chosen: number
  /** Whether it is shown that no other plan costs less, of those that the rules found and the candidates for tables. */
  readonly proven: boolean
}

/** A plan for a whole pipeline. */
export interface PipelinePlan {
  readonly models: ReadonlyMap<string, PlannedModel>
  readonly hidden: readonly HiddenTable[]
  readonly cost: PlanCost
  /** Names of all rules that some step applied, each once. */
  readonly applied: readonly string[]
  /** Declared facts that some step rests on, each once. */
  readonly facts: readonly DeclaredFact[]
  /** Why the user's plan is what runs, where the search gave nothing that may run. */
  readonly fallback?: "contradiction" | "failed"
  /** The budget at which the search ended before it was done. */
  readonly stopped?: string
}
