import { createHash } from "node:crypto"
import type { Deployment } from "./deployment.js"
import { showFact, type DeclaredFact } from "./facts/declared.js"
import type { PipelinePlan, PlanCost, RewriteStep } from "./ir/pipeline.js"
import type { Chosen } from "./pipeline.js"

// A plan as data: what `explain` shows, and what is kept of the plan that a build ran.

export interface StoredPlan {
  /** Of the texts that were planned: another one makes it stale. */
  readonly definition: string
  readonly models: readonly StoredModel[]
  /** The user's models whose last build it was. */
  readonly standing: readonly string[]
  /** Older plans do not say whether they are proven the cheapest. */
  readonly cost: Omit<PlanCost, "proven"> & Partial<PlanCost>
}

export interface StoredModel {
  readonly name: string
  readonly materialization: string
  readonly sql: string
  readonly userSql?: string
  /** Models, seeds and hidden tables that it scans. */
  readonly reads: readonly string[]
  readonly steps: readonly StoredStep[]
}

export interface StoredStep {
  readonly rule: string
  readonly reason: string
  readonly facts: readonly StoredFact[]
}

export interface StoredFact {
  readonly fact: string
  readonly status: DeclaredFact["status"]
  /** The file that declares it. */
  readonly from?: string
}

/** `probed`: the facts were tried on the data. */
export function storedPlan(
  deployment: Deployment,
  { models, hidden }: Chosen,
  plan: PipelinePlan,
  probed = true,
): StoredPlan {
  const steps = (own: readonly RewriteStep[] = []) => own.map((step) => storedStep(step, probed))
  const tables = hidden.map(({ name, sql, reads }) => ({
    name,
    materialization: "table",
    sql,
    reads,
    steps: steps(plan.hidden.find((table) => table.name === name)?.steps),
  }))
  const chosen = [...models.values()].map(({ name, materialization, sql, userSql, reads }) => ({
    name,
    materialization,
    sql,
    userSql,
    reads,
    steps: steps(plan.models.get(name)?.steps),
  }))
  return {
    definition: definitionOfProject(deployment),
    models: [...tables, ...chosen],
    standing: chosen.map(({ name }) => name),
    cost: plan.cost,
  }
}

function storedStep({ rule, reason, facts }: RewriteStep, probed: boolean): StoredStep {
  return {
    rule,
    reason,
    facts: facts.map((fact) => ({
      fact: showFact(fact),
      status: probed && fact.status === "trusted" ? "tested" : fact.status,
      ...(fact.place ? { from: fact.place.file } : {}),
    })),
  }
}

/** What stands of plans that ran once `rebuilt` are built again. */
export function stillStanding(
  plans: readonly StoredPlan[],
  rebuilt: ReadonlySet<string>,
): readonly StoredPlan[] {
  return plans
    .map((plan) => ({ ...plan, standing: plan.standing.filter((name) => !rebuilt.has(name)) }))
    .filter(({ standing }) => standing.length > 0)
}

/** Whether a table of a plan is none of the user's models. */
export function isHidden(name: string): boolean {
  return name.startsWith("smelt__")
}

/** Changes where any model's SQL or a declared fact does. */
export function definitionOfProject({ project }: Deployment): string {
  const hash = createHash("sha256")
  for (const [file, text] of project.texts) hash.update(`${file}\n${text.text}\n`)
  return hash.digest("hex").slice(0, 32)
}
