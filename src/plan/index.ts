import type { ModelPlan } from "../ir/nodes.js"
import { verifyUnderTest } from "../ir/verify.js"
import { planQuery } from "./query.js"
import { Unsupported, type PlanContext, type PlanInput } from "./scope.js"

export type { PlanInput, PlannedRelation } from "./scope.js"

/** The relational plan of a typed model; what ir cannot say gives `as-written` and names the construct. */
export function planModel(input: PlanInput): ModelPlan {
  const cx: PlanContext = {
    input,
    bindings: new Map(),
    merged: new Map(),
    ctes: new Map(),
    avoid: [],
    tag: "",
  }
  const model = input.model.name
  try {
    const { statement } = input.names
    const { rel, columns } = planQuery(statement, cx)
    const names = input.names.columnNames.get(statement.id) ?? []
    const out = { columns: columns.map((expr, i) => ({ name: names[i] ?? "", expr })), input: rel }
    verifyUnderTest(out)
    return { kind: "planned", model, out }
  } catch (error) {
    if (!(error instanceof Unsupported)) throw error
    return { kind: "as-written", model, construct: error.construct, node: error.node }
  }
}
