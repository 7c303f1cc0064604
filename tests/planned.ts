import type { ModelPlan, Out } from "../src/ir/nodes.js"
import { check, type Checked } from "../src/compile.js"
import { planModel, type PlannedRelation } from "../src/plan/index.js"
import { loadProject } from "../src/project/index.js"
import type { Project } from "../src/catalog/project.js"

export interface Planned {
  readonly project: Project
  readonly checked: Checked
  readonly plans: ReadonlyMap<string, ModelPlan>
}

/** Loads, checks and plans the project in a folder. */
export function planned(folder: string): Planned {
  const project = loadProject(folder)
  const checked = check(project)
  const plans = new Map<string, ModelPlan>()
  for (const name of checked.dag.order) {
    const { statement, names, types, text } = checked.texts.get(name) ?? {}
    if (!statement || !names || !types || !text) continue
    const relation = (kind: "model" | "seed" | "source", wanted: string): PlannedRelation | undefined => {
      const plan = plans.get(wanted)
      const stored = checked.session.relation(kind, wanted)
      if (kind === "model" && plan?.kind === "planned") return { kind: "inlined", out: plan.out }
      return stored ? { kind: "stored", relation: stored } : undefined
    }
    plans.set(name, planModel({ model: { name }, statement, names, types, relation }))
  }
  return { project, checked, plans }
}

export function outOf(plan: ModelPlan | undefined): Out {
  if (plan?.kind === "planned") return plan.out
  throw new Error(plan ? `${plan.model} is not in ir: ${plan.construct}` : "no plan")
}
