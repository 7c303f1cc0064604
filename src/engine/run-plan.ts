import type { DeclaredFact } from "../facts/declared.js"
import type { Incrementality } from "../facts/incremental.js"
import type { Query } from "../syntax/ast.js"

/** What `optimize` and `lower` hand to `execute`: trees to print, in dependency order. */
export interface RunPlan {
  readonly nodes: readonly PlanNode[]
  /** Declared facts that the plan rests on; probed before it runs. */
  readonly facts: readonly DeclaredFact[]
}

export interface PlanNode {
  readonly name: string
  readonly kind: "model" | "hidden"
  readonly materialization: "table" | "view" | "incremental" | "ephemeral"
  /** Schema of the target; hidden tables live in `smelt`. */
  readonly schema: string
  /** The tree to run, in the target's SQL. */
  readonly query: Query
  readonly sql: string
  /** Nodes of this plan that must exist before, by name. */
  readonly dependsOn: readonly string[]
  /** Where ir was not used: the code of the reason. */
  readonly fallback?: string
  readonly incremental?: Incrementality & { readonly kind: "incremental" }
}
