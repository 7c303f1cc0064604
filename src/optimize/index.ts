import type { CostModel } from "../engine/driver.js"
import type { Statistics } from "../engine/statistics.js"
import type { Pipeline, PipelinePlan } from "../ir/pipeline.js"
import { Optimizer } from "./optimizer.js"

export { loadRules } from "./rules.js"

export interface OptimizeInput extends Pipeline {
  readonly statistics: Statistics
  readonly costs: CostModel
  /** Rules switched off, by name. */
  readonly without: readonly string[]
  readonly limits?: { readonly nodes: number; readonly ms: number }
  /** Keeps the two sides of every step, to try it on data. */
  readonly keepSides?: boolean
}

/**
 * The cheapest plan for a whole pipeline that the rules reach: what every model computes and from which
 * tables, which models that may be either become tables, and which hidden tables several of them share.
 * The user's plan is one of the candidates, and the answer where nothing is cheaper. Deterministic, unless
 * time runs out.
 */
export function optimize(input: OptimizeInput): PipelinePlan {
  const optimizer = new Optimizer(input)
  try {
    return optimizer.plan()
  } finally {
    optimizer.dispose()
  }
}
