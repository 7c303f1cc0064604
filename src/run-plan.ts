import type { Model } from "./catalog/project.js"
import type { Plans } from "./compile.js"
import { definitionOf, modelKey, type CompiledModel, type Deployment } from "./deployment.js"
import type { Diagnostic } from "./diagnostics/diagnostic.js"
import type { Driver } from "./engine/driver.js"
import type { RelationNode, RunNode, RunPlan } from "./engine/run-plan.js"

export type RunCommand = "build" | "run" | "seed" | "test" | "retry"

export interface Planning {
  readonly command: RunCommand
  readonly deployment: Deployment
  readonly plans: Plans
  readonly driver: Driver
  /** Names of models, seeds and tests that take part; what does not is taken as it stands. */
  readonly selected: ReadonlySet<string>
}

/** The nodes of a command, each with what it waits for. */
export async function planRun(
  planning: Planning,
): Promise<RunPlan & { readonly diagnostics: readonly Diagnostic[] }> {
  const { deployment, selected } = planning
  const { project, checked } = deployment
  const diagnostics: Diagnostic[] = []
  const nodes: RunNode[] = []
  if (takesPart(planning, "seed"))
    nodes.push(
      ...project.seeds
        .filter(({ name }) => selected.has(name))
        .map((seed) => deployment.seedNode(seed)),
    )
  if (takesPart(planning, "model"))
    for (const name of checked.dag.order) {
      const model = selected.has(name) ? deployment.model(name) : undefined
      if (model) nodes.push(...(await modelNodes(model, planning, diagnostics)))
    }
  const tests = takesPart(planning, "test") ? testsOf(planning) : []
  for (const test of tests) {
    diagnostics.push(...test.diagnostics)
    nodes.push(test.node)
  }
  return { nodes: linked(nodes, blocking(tests)), diagnostics }
}

function takesPart({ command }: Planning, kind: "seed" | "model" | "test"): boolean {
  return command === "build" || command === "retry" || command === (kind === "model" ? "run" : kind)
}

type PlannedTest = ReturnType<Deployment["tests"]>[number]

/** Tests that are chosen by their own name or by that of what they test. */
function testsOf({ deployment, selected }: Planning): PlannedTest[] {
  return deployment
    .tests()
    .filter(
      ({ node, model }) => selected.has(node.name) || (model !== undefined && selected.has(model)),
    )
}

async function modelNodes(
  model: Model,
  planning: Planning,
  diagnostics: Diagnostic[],
): Promise<RunNode[]> {
  const { deployment, plans, driver } = planning
  const text = deployment.checked.texts.get(model.name)
  diagnostics.push(...(text?.diagnostics ?? []))
  const error = text?.diagnostics.find(({ level }) => level === "error")
  if (error) return [deployment.faultyNode(model, error, error.code === "upstream-error")]
  const missing = await deployment.missingSource(model, driver)
  if (missing) {
    diagnostics.push(missing)
    return [deployment.faultyNode(model, missing)]
  }
  const compiled = deployment.asWritten(model)
  if (!compiled || compiled.materialization === "ephemeral") return []
  const node = relationNode(compiled, deployment)
  if (compiled.materialization !== "incremental") return [node]
  const proof = plans.proofs.get(model.name)
  if (proof?.kind === "incremental")
    return [{ ...node, incremental: await deployment.incrementalRun(model, proof, driver) }]
  const refusal = deployment.refusal(model, proof, plans.plans.get(model.name))
  if (!refusal) return [node]
  diagnostics.push(refusal)
  return [deployment.faultyNode(model, refusal)]
}

function relationNode(compiled: CompiledModel, deployment: Deployment): RelationNode {
  const { name, path, sql, materialization, reads } = compiled
  return {
    key: modelKey(name),
    kind: "model",
    name,
    path,
    sql,
    materialization: materialization === "ephemeral" ? "view" : materialization,
    definition: definitionOf(sql),
    dependsOn: reads.map((read) => deployment.keyOf(read)),
  }
}

/** Tests of level error, by the key of the model that they test: what is downstream of it waits for them. */
function blocking(tests: readonly PlannedTest[]): ReadonlyMap<string, readonly string[]> {
  const found = new Map<string, string[]>()
  for (const { node, model } of tests) {
    if (model === undefined || node.severity === "warn") continue
    found.set(modelKey(model), [...(found.get(modelKey(model)) ?? []), node.key])
  }
  return found
}

/** Dependencies among the nodes of this plan only; a model also waits for the tests of its parents. */
function linked(
  nodes: readonly RunNode[],
  tests: ReadonlyMap<string, readonly string[]>,
): RunNode[] {
  const keys = new Set(nodes.map(({ key }) => key))
  return nodes.map((node) => {
    const waits = node.kind === "test" ? [] : node.dependsOn.flatMap((key) => tests.get(key) ?? [])
    return {
      ...node,
      dependsOn: [...node.dependsOn, ...waits].filter((key) => keys.has(key) && key !== node.key),
    }
  })
}
