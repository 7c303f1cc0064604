import type { Model } from "./catalog/project.js"
import { definitionOf, modelKey, type Deployment, type PlannedTest } from "./deployment.js"
import type { Diagnostic } from "./diagnostics/diagnostic.js"
import type { Driver } from "./engine/driver.js"
import type { RelationNode, RunNode, RunPlan } from "./engine/run-plan.js"
import type { Chosen, ChosenHidden, ChosenModel, Plans } from "./pipeline.js"

export type RunCommand = "build" | "run" | "seed" | "test" | "retry"

export interface Planning {
  readonly command: RunCommand
  readonly deployment: Deployment
  /** What runs of the models. */
  readonly compiled: Plans & Chosen
  /** What keeps models from running. */
  readonly faults: ReadonlyMap<string, Diagnostic>
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
  if (runs(planning.command, "seed"))
    nodes.push(
      ...project.seeds
        .filter(({ name }) => selected.has(name))
        .map((seed) => {
          const fault = planning.faults.get(seed.name)
          return fault ? deployment.faultySeed(seed.name, fault) : deployment.seedNode(seed)
        }),
    )
  if (runs(planning.command, "model")) {
    nodes.push(...planning.compiled.hidden.map((table) => hiddenNode(table, deployment)))
    for (const name of checked.dag.order) {
      const model = selected.has(name) ? deployment.model(name) : undefined
      if (model) nodes.push(...(await modelNodes(model, planning, diagnostics)))
    }
  }
  const tests = runs(planning.command, "test") ? testsOf(planning) : []
  for (const test of tests) {
    diagnostics.push(...test.diagnostics)
    nodes.push(test.node)
  }
  return { nodes: linked(nodes, blocking(tests)), diagnostics }
}

/** Whether a command runs nodes of this kind. */
export function runs(command: RunCommand, kind: "seed" | "model" | "test"): boolean {
  return command === "build" || command === "retry" || command === (kind === "model" ? "run" : kind)
}

function testsOf({ deployment, faults, selected }: Planning): PlannedTest[] {
  return deployment.tests(faults).filter(({ node }) => selected.has(node.name))
}

async function modelNodes(
  model: Model,
  { deployment, compiled, faults, driver }: Planning,
  diagnostics: Diagnostic[],
): Promise<RunNode[]> {
  const { diagnostics: own = [] } = deployment.checked.texts.get(model.name) ?? {}
  diagnostics.push(...own)
  const fault = faults.get(model.name)
  if (fault) {
    if (!diagnostics.includes(fault)) diagnostics.push(fault)
    return [deployment.faultyModel(model.name, fault)]
  }
  const chosen = compiled.models.get(model.name) ?? asItIs(model, deployment)
  if (!chosen || chosen.materialization === "ephemeral") return []
  const node = modelNode(model, chosen, deployment)
  const proof = compiled.proofs.get(model.name)
  if (chosen.materialization !== "incremental" || proof?.kind !== "incremental") return [node]
  return [{ ...node, incremental: await deployment.incrementalRun(model, proof, driver) }]
}

/** What reads a faulty model has no plan; it is skipped with it. */
function asItIs(model: Model, deployment: Deployment): ChosenModel | undefined {
  const written = deployment.asWritten(model)
  return written && { ...written, userSql: written.sql }
}

function modelNode(model: Model, chosen: ChosenModel, deployment: Deployment): RelationNode {
  const { name, path, reads } = chosen
  const { start, end } = deployment.checked.texts.get(name)?.statement?.span ?? model.sql
  const written = deployment.asWritten(model) ?? { ...chosen, sql: chosen.userSql }
  const planned = relationOf(chosen, reads, deployment)
  const own = relationOf(written, written.reads, deployment)
  const isOther = planned.sql !== own.sql || planned.materialization !== own.materialization
  return {
    key: modelKey(name),
    kind: "model",
    name,
    path,
    ...planned,
    // Of what the user wrote: another plan for it is no other model.
    definition: deployment.definition(model),
    origin: {
      file: model.place.file,
      start: model.source.position(start),
      end: model.source.position(end),
    },
    ...(isOther ? { asWritten: own } : {}),
  }
}

function relationOf(
  { sql, materialization }: Pick<ChosenModel, "sql" | "materialization">,
  reads: readonly string[],
  deployment: Deployment,
): NonNullable<RelationNode["asWritten"]> {
  return {
    sql,
    materialization: materialization === "ephemeral" ? "view" : materialization,
    dependsOn: deployment.keysBefore(reads),
  }
}

function hiddenNode(
  { name, path, sql, reads }: ChosenHidden,
  deployment: Deployment,
): RelationNode {
  return {
    key: deployment.keyOf(name),
    kind: "hidden",
    name,
    path,
    sql,
    materialization: "table",
    definition: definitionOf(sql),
    dependsOn: deployment.keysBefore(reads),
  }
}

/** Tests of level error, by the key of the model that they test: what is downstream of it waits for them. */
function blocking(tests: readonly PlannedTest[]): ReadonlyMap<string, readonly string[]> {
  const found = new Map<string, string[]>()
  for (const { node, model } of tests) {
    if (model === undefined || node.kind !== "test" || node.severity === "warn") continue
    found.set(modelKey(model), [...(found.get(modelKey(model)) ?? []), node.key])
  }
  return found
}

/**
 * Dependencies among the nodes of this plan only; a model also waits for the tests of what its text reads. A test that
 * reads more than the model's ancestors is not waited for: it may itself wait for the model, or for one that does.
 */
function linked(
  nodes: readonly RunNode[],
  tests: ReadonlyMap<string, readonly string[]>,
): RunNode[] {
  const known = new Set(nodes.map(({ key }) => key))
  const here = (node: RunNode, keys: readonly string[]) =>
    keys.filter((key) => known.has(key) && key !== node.key)
  const byKey = new Map(nodes.map((node) => [node.key, node]))
  return nodes.map((node): RunNode => {
    const written = node.kind === "model" ? node.asWritten : undefined
    const text = textOf(node)
    const isModel = node.kind === "model" || (node.kind === "faulty" && node.of === "model")
    const all = isModel ? text.flatMap((key) => tests.get(key) ?? []) : []
    const wide = all.filter((test) => readsOf(test, byKey).length > 1)
    const ancestors = wide.length > 0 ? ancestorsOf(node, byKey) : NONE
    const waits = all.filter(
      (test) => !wide.includes(test) || readsOf(test, byKey).every((key) => ancestors.has(key)),
    )
    const dependsOn = here(node, [...node.dependsOn, ...waits])
    if (node.kind !== "model" || !written) return { ...node, dependsOn }
    return {
      ...node,
      dependsOn,
      asWritten: { ...written, dependsOn: here(node, [...text, ...waits]) },
    }
  })
}

/** What a node reads as its user wrote it. */
function textOf(node: RunNode): readonly string[] {
  return (node.kind === "model" ? node.asWritten?.dependsOn : undefined) ?? node.dependsOn
}

const NONE: ReadonlySet<string> = new Set()

/** All that a node reads, through what it reads too. */
function ancestorsOf(node: RunNode, byKey: ReadonlyMap<string, RunNode>): ReadonlySet<string> {
  const found = new Set(textOf(node))
  for (const key of found) {
    const parent = byKey.get(key)
    if (parent) for (const above of textOf(parent)) found.add(above)
  }
  return found
}

function readsOf(key: string, byKey: ReadonlyMap<string, RunNode>): readonly string[] {
  return byKey.get(key)?.dependsOn ?? []
}
