import { compile } from "./compile.js"
import { declaredOfSeed } from "./declared-facts.js"
import type { Deployment } from "./deployment.js"
import type { Diagnostic } from "./diagnostics/diagnostic.js"
import { placeless } from "./diagnostics/placeless.js"
import type { Driver } from "./engine/driver.js"
import type { Statistics } from "./engine/statistics.js"
import { faultsOf, refusalsOf, runnable } from "./faults.js"
import type { PipelinePlan } from "./ir/pipeline.js"
import { compilation, type Chosen, type Compilation, type Plans } from "./pipeline.js"
import { optimize } from "./optimize/index.js"
import { probe, type BrokenFact } from "./probing.js"
import type { State } from "./record/index.js"
import { runs, type RunCommand } from "./run-plan.js"
import { storedPlan, type StoredPlan } from "./stored-plan.js"

export interface Choosing {
  readonly command: RunCommand
  readonly deployment: Deployment
  readonly driver: Driver
  readonly state: State
  readonly selected: ReadonlySet<string>
  readonly optimize: boolean
  readonly without: readonly string[]
}

export interface OptimizerReport {
  readonly ms: number
  readonly applied: readonly string[]
  /** Why the models run as written. */
  readonly fallback?: string
}

export interface ChosenPlan {
  readonly compiled: Plans & Chosen
  readonly faults: ReadonlyMap<string, Diagnostic>
  readonly diagnostics: readonly Diagnostic[]
  readonly optimizer: OptimizerReport
  /** The plan as `explain` shows it later. */
  readonly stored?: StoredPlan
}

/** The plan of a run: the optimizer's, if the facts that it rests on hold of the data; else the user's. */
export async function choosePlan(choosing: Choosing): Promise<ChosenPlan> {
  const { command, deployment, driver, selected } = choosing
  const ofSeeds = await brokenSeeds(choosing)
  const { faults, warnings } = await faultsOf(deployment, driver, takingPart(choosing))
  const found = [...warnings, ...ofSeeds.flatMap(({ diagnostics }) => diagnostics)]
  if (!runs(command, "model")) return { ...NOTHING, faults, diagnostics: found }
  const started = performance.now()
  const { without } = choosing
  const optimizer = choosing.optimize
    ? { optimize, statistics: await measured(choosing), without }
    : undefined
  const compiled = compileRunnable(deployment, selected, faults, optimizer)
  const ms = Math.round(performance.now() - started)
  const { plan } = compiled
  if (!plan) return { compiled, faults, diagnostics: found, optimizer: NOT_OPTIMIZED }

  const asWritten = (fallback: string, diagnostics: readonly Diagnostic[]): ChosenPlan => ({
    compiled: compileRunnable(deployment, selected, faults, undefined),
    faults,
    diagnostics,
    optimizer: { ms, applied: [], fallback },
  })
  const notes = [...found, ...notesOf(plan)]
  if (plan.fallback) return asWritten(plan.fallback, notes)
  const consequence = "; the plan as written runs"
  const broken = await probe(plan.facts, {
    ...choosing,
    loadsSeeds: runs(command, "seed"),
    consequence,
  })
  if (broken.length > 0) {
    const known = new Set(broken.map(({ fact }) => fact.id))
    const others = ofSeeds.filter(({ fact }) => !known.has(fact.id))
    const ofFacts = [...broken, ...others].flatMap(({ diagnostics }) => diagnostics)
    return asWritten("fact-broken", [...warnings, ...ofFacts])
  }
  return {
    compiled,
    faults,
    diagnostics: notes,
    optimizer: { ms, applied: plan.applied },
    stored: storedPlan(deployment, compiled, plan),
  }
}

/** The models, seeds and tests that the command runs. */
function takingPart({ command, deployment, selected }: Choosing): ReadonlySet<string> {
  const { models, seeds } = deployment.project
  const [isModel, isSeed] = [models, seeds].map((all) => new Set(all.map(({ name }) => name)))
  const kindOf = (name: string) =>
    isModel?.has(name) ? "model" : isSeed?.has(name) ? "seed" : "test"
  return new Set([...selected].filter((name) => runs(command, kindOf(name))))
}

/** What is declared of the seeds that the run loads, and does not hold of their files. */
async function brokenSeeds(choosing: Choosing): Promise<BrokenFact[]> {
  const { command, deployment, selected } = choosing
  const { project } = deployment
  if (!runs(command, "seed")) return []
  const loaded = project.seeds.filter(
    ({ name, diagnostics }) => selected.has(name) && diagnostics.length === 0,
  )
  const facts = loaded.flatMap((seed) => declaredOfSeed(project, seed))
  return probe(facts, { ...choosing, loadsSeeds: true, consequence: "" })
}

/** Compiles what nothing keeps from running; incremental models that are refused join the faults. */
function compileRunnable(
  deployment: Deployment,
  selected: ReadonlySet<string>,
  faults: Map<string, Diagnostic>,
  optimizer: Compilation["optimizer"],
): Plans & Chosen {
  const names = runnable(deployment, selected, faults)
  const compiled = compile(deployment.checked, compilation(deployment, names, optimizer))
  const refused = refusalsOf(deployment, compiled, names)
  if (refused.size === 0) return compiled
  for (const [name, refusal] of refused) faults.set(name, refusal)
  return compileRunnable(deployment, selected, faults, optimizer)
}

const NOT_OPTIMIZED: OptimizerReport = { ms: 0, applied: [] }

const NOTHING: ChosenPlan = {
  compiled: { plans: new Map(), proofs: new Map(), models: new Map(), hidden: [] },
  faults: new Map(),
  diagnostics: [],
  optimizer: NOT_OPTIMIZED,
}

function notesOf({ stopped, fallback }: PipelinePlan): Diagnostic[] {
  if (fallback === "contradiction")
    return [placeless("optimizer-contradiction", { what: "two relations of one class differ" })]
  if (stopped === undefined) return []
  const consequence = "the best plan that it had found by then runs"
  return [placeless("optimizer-budget", { limit: stopped, consequence })]
}

/** Sizes from catalogs and file footers; of models what the last run counted. */
async function measured({ deployment, driver, state }: Choosing): Promise<Statistics> {
  const { sources, seeds } = deployment.project
  const recorded = state.statistics()
  const found = await driver.statistics(
    sources.map((source) =>
      source.files
        ? { name: source.name, source }
        : { name: source.name, table: (source.table ?? source.name).split(".") },
    ),
  )
  state.rememberStatistics(found)
  const counted = seeds.map(({ name, rowCount }) => [name, { rows: rowCount }] as const)
  return { origin: "measured", relations: new Map([...recorded, ...found, ...counted]) }
}
