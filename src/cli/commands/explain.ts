import { declaredFacts } from "../../declared-facts.js"
import { showFact } from "../../facts/declared.js"
import {
  definitionOfProject,
  storedPlan,
  type StoredModel,
  type StoredPlan,
} from "../../stored-plan.js"
import type { Options } from "../options.js"
import type { Outcome } from "../outcome.js"
import { namedAmong } from "./context.js"
import { offline, type Offline } from "./offline.js"

interface Shown {
  readonly name: string
  readonly materialization: string
  readonly sql: string
}

interface Fact {
  readonly fact: string
  readonly status: "proven" | "tested" | "trusted"
  readonly from?: string
}

/** What is known of a model, the plan as written and the plan that runs, with every rewrite between them. */
export async function explainCommand(options: Options, words: readonly string[]): Promise<Outcome> {
  const context = await offline(options)
  const { project, checked } = context
  const name = namedAmong(project.models, words[0] ?? "")
  const userPlan = userPlanOf(name, context)
  const { plan, origin } = planOf(name, context, options)
  const chosen = plan ? reachedFrom(name, plan) : []
  const chosenPlan = plan ? chosen.map(shown) : userPlan
  const steps = unique(chosen.flatMap((part) => part.steps))
  const facts = factsOf(name, context, plan)
  const cost = plan?.cost ?? { user: 0, chosen: 0 }
  return {
    fields: { facts, userPlan, chosenPlan, steps, cost, origin },
    diagnostics: [],
    text: textOf({ facts, userPlan, chosenPlan, steps, cost, origin }),
    exit: checked.texts.get(name)?.failed ? 1 : 0,
  }
}

/** The model as written, after the models that it reads. */
function userPlanOf(name: string, { checked, deployment }: Offline): Shown[] {
  const above = new Set([name])
  for (const each of above)
    for (const parent of checked.dag.parents.get(each) ?? []) above.add(parent)
  return checked.dag.order.flatMap((each) => {
    const found = above.has(each) ? deployment.model(each) : undefined
    const compiled = found && deployment.asWritten(found)
    return compiled ? [shown({ ...compiled, name: each })] : []
  })
}

/** The plan that the last build ran, unless options ask for another or the texts have changed since. */
function planOf(
  name: string,
  context: Offline,
  options: Options,
): { readonly plan: StoredPlan | undefined; readonly origin: string } {
  if (!options.optimize) return { plan: undefined, origin: "as written" }
  const { deployment, state } = context
  const last =
    options.without.length > 0 ? undefined : state.plan<StoredPlan>(deployment.target.name)
  const isCurrent = last?.definition === definitionOfProject(deployment)
  if (last && isCurrent && last.models.some((model) => model.name === name))
    return { plan: last, origin: "the last build" }
  const compiled = context.compiled()
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
    if (isAsked || each.startsWith("smelt__")) for (const read of model.reads) visit(read, false)
    if (isAsked || each.startsWith("smelt__") || model.materialization !== "view") found.push(model)
  }
  visit(name, true)
  return found
}

function shown({ name, materialization, sql }: Shown): Shown {
  return { name, materialization, sql }
}

/** Keys and NOT NULL columns that its text proves, and what is declared of the sources that it reads; tested where a plan needed it. */
function factsOf(
  name: string,
  { project, checked }: Offline,
  plan: StoredPlan | undefined,
): Fact[] {
  const types = checked.texts.get(name)?.types
  const sources = new Set<string>()
  const above = new Set([name])
  for (const each of above) {
    for (const parent of checked.dag.parents.get(each) ?? []) above.add(parent)
    for (const { name: read } of checked.texts.get(each)?.names?.dependencies ?? [])
      sources.add(read)
  }
  const declared = declaredFacts(project).filter(({ relation }) => sources.has(relation))
  const used = (plan?.models ?? []).flatMap(({ steps }) => steps.flatMap((step) => step.facts))
  const tested = new Set(used.flatMap(({ fact, status }) => (status === "tested" ? [fact] : [])))
  return [
    ...(types?.keys ?? []).map((key) => ({
      fact: `(${key.join(", ")}) is a key`,
      status: "proven" as const,
    })),
    ...(types?.output ?? [])
      .filter(({ nullable }) => !nullable)
      .map((column) => ({ fact: `${column.name} is not NULL`, status: "proven" as const })),
    ...declared.map((fact) => ({
      fact: showFact(fact),
      status: tested.has(showFact(fact)) ? ("tested" as const) : fact.status,
      ...(fact.place ? { from: fact.place.file } : {}),
    })),
  ]
}

function unique<T>(items: readonly T[]): T[] {
  return [...new Map(items.map((item) => [JSON.stringify(item), item])).values()]
}

function textOf(document: {
  readonly facts: readonly Fact[]
  readonly userPlan: readonly Shown[]
  readonly chosenPlan: readonly Shown[]
  readonly steps: StoredModel["steps"]
  readonly cost: StoredPlan["cost"]
  readonly origin: string
}): string {
  const { facts, userPlan, chosenPlan, steps, cost, origin } = document
  const plan = (parts: readonly Shown[]) =>
    parts
      .map(({ name, materialization, sql }) => `-- ${name} (${materialization})\n${sql};`)
      .join("\n\n")
  const ratio =
    cost.chosen > 0
      ? ` (estimated cost of the whole pipeline: ${(cost.user / cost.chosen).toFixed(1)} times less)`
      : ""
  return [
    `Facts`,
    ...facts.map(({ fact, status }) => `  ${status.padEnd(7)}  ${fact}`),
    ``,
    `As written`,
    plan(userPlan),
    ``,
    `As it runs: ${origin}${ratio}`,
    plan(chosenPlan),
    ``,
    `Rewrites`,
    ...(steps.length === 0 ? ["  none"] : []),
    ...steps.flatMap(({ rule, reason, facts: used }) => [
      `  ${rule}: ${reason}`,
      ...used.map(({ fact, status }) => `    ${status}: ${fact}`),
    ]),
  ].join("\n")
}
