import { usage, type Outcome } from "../outcome.js"
import { Deployment } from "../../deployment.js"
import type { Options } from "../options.js"
import { backendOf, openChecked, targetOf } from "./context.js"

/** What is known of a model, the plan as written and the plan that runs, with every rewrite between them. */
export async function explainCommand(options: Options, words: readonly string[]): Promise<Outcome> {
  const { project, checked } = openChecked(options)
  const model = project.models.find(({ name }) => name === words[0])
  if (!model) throw usage("unknown-ref", { name: words[0] ?? "", hint: "" })
  const target = targetOf(project, options)
  const deployment = new Deployment(project, checked, target, await backendOf(target))
  const above = new Set<string>([model.name])
  for (const name of above)
    for (const parent of checked.dag.parents.get(name) ?? []) above.add(parent)
  const plan = checked.dag.order
    .filter((name) => above.has(name))
    .flatMap((name) => {
      const found = deployment.model(name)
      const compiled = found && deployment.asWritten(found)
      return compiled
        ? [{ name, materialization: compiled.materialization, sql: compiled.sql }]
        : []
    })
  const types = checked.texts.get(model.name)?.types
  const facts = [
    ...(types?.keys ?? []).map((key) => ({
      fact: `(${key.join(", ")}) is a key`,
      status: "proven" as const,
    })),
    ...(types?.output ?? [])
      .filter(({ nullable }) => !nullable)
      .map(({ name }) => ({ fact: `${name} is not NULL`, status: "proven" as const })),
  ]
  const text = plan
    .map(({ name, materialization, sql }) => `-- ${name} (${materialization})\n${sql};`)
    .join("\n\n")
  return {
    fields: { facts, userPlan: plan, chosenPlan: plan, steps: [], cost: { user: 0, chosen: 0 } },
    diagnostics: [],
    text,
    exit: 0,
  }
}
