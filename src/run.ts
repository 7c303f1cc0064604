import { mkdirSync, writeFileSync } from "node:fs"
import { dirname, join } from "node:path"
import type { Model, Project, Target } from "./catalog/project.js"
import { check } from "./compile.js"
import type { Checked } from "./workspace.js"
import type { Diagnostic } from "./diagnostics/diagnostic.js"
import type { Backend } from "./engine/driver.js"
import type { NodeResult, RelationNode, RunEvents, RunNode } from "./engine/run-plan.js"
import { execute } from "./execute/index.js"
import { State } from "./record/index.js"
import { definitionOf, Deployment, modelKey, type CompiledModel } from "./run-plan.js"

export type RunCommand = "build" | "run" | "seed" | "test" | "retry"

export interface RunRequest {
  readonly command: RunCommand
  readonly target: Target
  /** Its `${ENV}` replaced. */
  readonly settings: Target["settings"]
  readonly backend: Backend
  /** Names of models, seeds and tests that take part. */
  readonly selected: ReadonlySet<string>
  readonly optimize: boolean
  readonly without: readonly string[]
  readonly threads: number
  readonly fullRefresh: boolean
  readonly failFast: boolean
  readonly start: string | undefined
  readonly end: string | undefined
  readonly events?: RunEvents | undefined
  readonly signal?: AbortSignal | undefined
}

export interface RunReport {
  readonly results: readonly NodeResult[]
  readonly diagnostics: readonly Diagnostic[]
  readonly optimizer: {
    readonly ms: number
    readonly applied: readonly string[]
    readonly fallback?: string
  }
  readonly checked: Checked
}

// A run: check, connect, plan, execute, record.

export async function run(project: Project, request: RunRequest): Promise<RunReport> {
  const checked = check(project)
  if (checked.dag.diagnostics.length > 0)
    return { ...NOTHING_RAN, diagnostics: checked.dag.diagnostics, checked }
  const driver = await request.backend.open(request.settings, project.directory, {
    threads: request.threads,
  })
  const state = new State(project.directory)
  const id = state.begin(request.command)
  try {
    const deployment = new Deployment(project, checked, request.target, request.backend)
    const { nodes, diagnostics } = planNodes(deployment, request)
    writeCompiled(project, nodes)
    const results = await execute({ nodes }, driver, request)
    state.end(id, results.every(isGood) ? "success" : "fail", results)
    state.rememberStatistics(
      new Map(
        results.flatMap(({ name, rows }) =>
          rows === undefined ? [] : [[name, { rows }] as const],
        ),
      ),
    )
    return { results, diagnostics, optimizer: { ms: 0, applied: [] }, checked }
  } finally {
    await driver.close()
  }
}

const NOTHING_RAN = { results: [], optimizer: { ms: 0, applied: [] } } as const

function isGood({ status }: NodeResult): boolean {
  return status === "success" || status === "warn"
}

/** The nodes of a command, each after what it depends on; what is not selected is taken as it stands. */
function planNodes(
  deployment: Deployment,
  request: RunRequest,
): { nodes: RunNode[]; diagnostics: Diagnostic[] } {
  const { project, checked } = deployment
  const wants = (kind: "seed" | "model" | "test") =>
    request.command === "build" ||
    request.command === "retry" ||
    request.command === (kind === "model" ? "run" : kind)
  const diagnostics: Diagnostic[] = []
  const nodes: RunNode[] = []
  if (wants("seed"))
    for (const seed of project.seeds)
      if (request.selected.has(seed.name)) nodes.push(deployment.seedNode(seed))
  const tests = wants("test")
    ? deployment
        .tests()
        .filter(
          ({ node, model }) =>
            request.selected.has(node.name) || (model !== undefined && request.selected.has(model)),
        )
    : []
  if (wants("model"))
    for (const name of checked.dag.order) {
      const model = deployment.model(name)
      if (model && request.selected.has(name))
        nodes.push(...modelNodes(deployment, model, diagnostics))
    }
  for (const test of tests) {
    diagnostics.push(...test.diagnostics)
    nodes.push(test.node)
  }
  return { nodes: linked(nodes, blocking(tests), deployment), diagnostics }
}

function modelNodes(deployment: Deployment, model: Model, diagnostics: Diagnostic[]): RunNode[] {
  const text = deployment.checked.texts.get(model.name)
  diagnostics.push(...(text?.diagnostics ?? []))
  const error = text?.diagnostics.find(({ level }) => level === "error")
  if (error) return [deployment.faultyNode(model, error)]
  const compiled = deployment.asWritten(model)
  return compiled && compiled.materialization !== "ephemeral"
    ? [relationNode(compiled, deployment)]
    : []
}

function relationNode(compiled: CompiledModel, deployment: Deployment): RelationNode {
  const { name, path, sql, materialization } = compiled
  return {
    key: modelKey(name),
    kind: "model",
    name,
    path,
    sql,
    materialization: materialization === "ephemeral" ? "view" : materialization,
    definition: definitionOf(sql),
    dependsOn: compiled.reads.map((read) => deployment.keyOf(read)),
  }
}

/** Tests of level error, by the key of the model that they test: what is downstream of it waits for them. */
function blocking(tests: ReturnType<Deployment["tests"]>): ReadonlyMap<string, readonly string[]> {
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
  deployment: Deployment,
): RunNode[] {
  const keys = new Set(nodes.map(({ key }) => key))
  void deployment
  return nodes.map((node) => {
    const waits = node.kind === "test" ? [] : node.dependsOn.flatMap((key) => tests.get(key) ?? [])
    return {
      ...node,
      dependsOn: [...node.dependsOn, ...waits].filter((key) => keys.has(key) && key !== node.key),
    }
  })
}

/** Compiled SQL on disk, as dbt users expect. */
function writeCompiled(project: Project, nodes: readonly RunNode[]): void {
  for (const node of nodes) {
    if (!("sql" in node) || node.kind === "seed") continue
    const file = join(
      project.directory,
      node.kind === "test" ? node.file : `target/compiled/${node.name}.sql`,
    )
    mkdirSync(dirname(file), { recursive: true })
    writeFileSync(file, `${node.sql}\n`)
  }
}
