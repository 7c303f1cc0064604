import type { Project, Target } from "./catalog/project.js"
import { choosePlan, type OptimizerReport } from "./choose-plan.js"
import { Deployment } from "./deployment.js"
import type { Diagnostic } from "./diagnostics/diagnostic.js"
import type { Backend } from "./engine/driver.js"
import type { NodeResult, RunEvents } from "./engine/run-plan.js"
import { execute } from "./execute/index.js"
import { writeCompiled } from "./record/compiled.js"
import { State } from "./record/index.js"
import type { Checked } from "./session.js"
import { stillStanding, type StoredPlan } from "./stored-plan.js"
import { planRun, type RunCommand } from "./run-plan.js"

export type { RunCommand } from "./run-plan.js"

export interface RunRequest {
  readonly command: RunCommand
  readonly target: Target
  /** Its `${ENV}` replaced. */
  readonly settings: Target["settings"]
  readonly backend: Backend
  /** Names of models, seeds and tests that take part. */
  readonly selected: ReadonlySet<string>
  readonly threads: number
  readonly fullRefresh: boolean
  readonly failFast: boolean
  /** False: every model as its user wrote it. */
  readonly optimize: boolean
  /** Rules switched off, by name. */
  readonly without: readonly string[]
  /** ISO times of a window, half-open. */
  readonly start: string | undefined
  readonly end: string | undefined
  readonly events?: RunEvents | undefined
  readonly signal?: AbortSignal | undefined
}

export interface RunReport {
  readonly results: readonly NodeResult[]
  readonly diagnostics: readonly Diagnostic[]
  readonly optimizer: OptimizerReport
}

/** A run of a checked project: connect, compile, probe, execute, record. Throws EngineError where the target does not open. */
export async function run(
  project: Project,
  checked: Checked,
  request: RunRequest,
): Promise<RunReport> {
  const driver = await request.backend.open(request.settings, project.directory, {
    threads: request.threads,
  })
  const state = new State(project.directory)
  const id = state.begin(request.command)
  try {
    const { target, backend, selected } = request
    const deployment = new Deployment(project, checked, target, backend, selected)
    const planned = await choosePlan({ ...request, deployment, driver, state })
    const { nodes, diagnostics } = await planRun({ ...request, ...planned, deployment, driver })
    writeCompiled(project.directory, nodes)
    const results = await execute({ nodes }, driver, request)
    state.end(id, results.every(isGood) ? "success" : "fail", results)
    state.rememberStatistics(rowsOf(results))
    if (results.some(({ kind }) => kind === "model"))
      state.rememberPlans(target.name, plansThatStand(state.plans(target.name), planned, results))
    return {
      results,
      diagnostics: [...diagnostics, ...planned.diagnostics],
      optimizer: planned.optimizer,
    }
  } finally {
    await driver.close()
  }
}

/** The plan that ran, and earlier ones of tables that it did not build again. */
function plansThatStand(
  earlier: readonly StoredPlan[],
  { stored }: { readonly stored?: StoredPlan },
  results: readonly NodeResult[],
): readonly StoredPlan[] {
  const rebuilt = new Set(results.flatMap(({ kind, name }) => (kind === "model" ? [name] : [])))
  return [...(stored ? [stored] : []), ...stillStanding(earlier, rebuilt)]
}

function isGood({ status }: NodeResult): boolean {
  return status === "success" || status === "warn"
}

function rowsOf(results: readonly NodeResult[]): ReadonlyMap<string, { readonly rows: number }> {
  return new Map(
    results.flatMap(({ name, kind, rows }) =>
      rows === undefined || kind === "test" ? [] : [[name, { rows }] as const],
    ),
  )
}
