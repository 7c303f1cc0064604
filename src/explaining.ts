import { declaredFacts, declaredKeys } from "./declared-facts.js"
import { derivedFacts } from "./derived-facts.js"
import { showFact, type DeclaredFact } from "./facts/declared.js"
import type { PlanCost } from "./ir/pipeline.js"
import { nullTraces, type NullTrace } from "./null-traces.js"
import { compileOffline, type Offline } from "./offline.js"
import { definitionOfProject, isHidden, storedPlan } from "./stored-plan.js"
import type { StoredModel, StoredPlan, StoredStep } from "./stored-plan.js"

export interface ExplainedQuery {
  readonly name: string
  readonly materialization: string
  readonly sql: string
}

export interface ExplainedFact {
  readonly fact: string
  readonly status: "proven" | "tested" | "trusted"
  readonly from?: string
  /** Of a fact that would not be known without them: declared ones. */
  readonly restsOn?: readonly string[]
}

/** The document of `smelt explain`. */
export interface Explanation {
  readonly facts: readonly ExplainedFact[]
  readonly userPlan: readonly ExplainedQuery[]
  readonly chosenPlan: readonly ExplainedQuery[]
  readonly steps: readonly StoredStep[]
  readonly cost: PlanCost
  /** Of every column that may be NULL. */
  readonly whyNullable: readonly NullTrace[]
  /** Where the chosen plan is from. */
  readonly origin: string
}

/** What is known of a model, the plan as written and the plan that runs, with every rewrite between them. */
export function explainModel(name: string, context: Offline): Explanation {
  const userPlan = userPlanOf(name, context)
  const { plan, origin } = planOf(name, context)
  const chosen = plan ? reachedFrom(name, plan) : []
  return {
    facts: factsOf(name, context, plan),
    userPlan,
    chosenPlan: plan ? chosen.map(shown) : userPlan,
    steps: unique(chosen.flatMap(({ steps }) => steps)),
    cost: { user: 0, chosen: 0, proven: false, ...plan?.cost },
    whyNullable: nullTraces(name, context.checked),
    origin,
  }
}

/** The model as written, after the models that it reads. */
function userPlanOf(name: string, { checked, deployment }: Offline): ExplainedQuery[] {
  const above = new Set([name])
  for (const each of above)
    for (const parent of checked.dag.parents.get(each) ?? []) above.add(parent)
  return checked.dag.order.flatMap((each) => {
    const found = above.has(each) ? deployment.model(each) : undefined
    const compiled = found && deployment.asWritten(found)
    return compiled ? [shown({ ...compiled, name: each })] : []
  })
}

/** The plan that the model's last build ran, unless options ask for another or the texts have changed since. */
function planOf(
  name: string,
  context: Offline,
): { readonly plan: StoredPlan | undefined; readonly origin: string } {
  const { deployment, state, optimizer } = context
  if (!optimizer) return { plan: undefined, origin: "as written" }
  const definition = definitionOfProject(deployment)
  const ran = optimizer.without.length > 0 ? [] : state.plans<StoredPlan>(deployment.target.name)
  const last = ran.find((plan) => plan.definition === definition && plan.standing.includes(name))
  if (last) return { plan: last, origin: "the last build" }
  const compiled = compileOffline(context)
  const plan = compiled.plan && storedPlan(deployment, compiled, compiled.plan, false)
  return { plan, origin: "planned now" }
}

/** The model, after the hidden tables and models that its plan reads. */
function reachedFrom(name: string, { models }: StoredPlan): StoredModel[] {
  const byName = new Map(models.map((model) => [model.name, model]))
  const found: StoredModel[] = []
  const visit = (each: string, isAsked: boolean): void => {
    const model = byName.get(each)
    if (!model || found.includes(model)) return
    const isShown = isAsked || isHidden(each)
    if (isShown) for (const read of model.reads) visit(read, false)
    if (isShown || model.materialization !== "view") found.push(model)
  }
  visit(name, true)
  return found
}

function shown({ name, materialization, sql }: ExplainedQuery): ExplainedQuery {
  return { name, materialization, sql }
}

/** Keys and NOT NULL columns that its text gives, and what is declared of the relations above it; tested where a plan needed it. */
function factsOf(
  name: string,
  { project, checked }: Offline,
  plan: StoredPlan | undefined,
): ExplainedFact[] {
  const types = checked.texts.get(name)?.types
  const read = new Set<string>()
  const above = new Set([name])
  for (const each of above) {
    for (const parent of checked.dag.parents.get(each) ?? []) above.add(parent)
    for (const dependency of checked.texts.get(each)?.names?.dependencies ?? [])
      read.add(dependency.name)
  }
  const declared = declaredFacts(project).filter(({ relation }) => read.has(relation))
  const keys = declaredKeys(project.models.filter((model) => read.has(model.name)))
  const used = (plan?.models ?? []).flatMap(({ steps }) => steps.flatMap((step) => step.facts))
  const tested = new Set(used.flatMap(({ fact, status }) => (status === "tested" ? [fact] : [])))
  const statusOf = (fact: DeclaredFact) => (tested.has(showFact(fact)) ? "tested" : fact.status)
  const derived = types ? derivedFacts(project, types, name, above, [...declared, ...keys]) : []
  return [
    ...derived.map(({ fact, restsOn }): ExplainedFact => {
      if (restsOn.length === 0) return { fact, status: "proven" }
      const isTested = restsOn.every((one) => statusOf(one) === "tested")
      const status = isTested ? "tested" : "trusted"
      return { fact, status, restsOn: restsOn.map(showFact) }
    }),
    ...declared.map((fact) => ({
      fact: showFact(fact),
      status: statusOf(fact),
      ...(fact.place ? { from: fact.place.file } : {}),
    })),
  ]
}

function unique<T>(items: readonly T[]): T[] {
  return [...new Map(items.map((item) => [JSON.stringify(item), item])).values()]
}
