import { knownFacts } from "./declared-facts.js"
import type { CompiledModel, Deployment } from "./deployment.js"
import { OWN_SCHEMA, type TablePath } from "./engine/run-plan.js"
import type { Incrementality } from "./facts/incremental.js"
import type { ModelPlan, Out, Rel, Scalar } from "./ir/nodes.js"
import type { Model } from "./catalog/project.js"
import type { OptimizeInput } from "./optimize/index.js"
import type {
  HiddenTable,
  Pipeline,
  PipelineModel,
  PipelinePlan,
  PlannedModel,
} from "./ir/pipeline.js"
import { inputs, operands, scalarsOf } from "./ir/walk.js"
import { verifyUnderTest } from "./ir/verify.js"
import type { Query } from "./syntax/ast.js"

// The models of a target as the optimizer sees them, and its plan as the SQL of that target.

/** What plan and analyze found. */
export interface Plans {
  /** Of the models without errors, by name. */
  readonly plans: ReadonlyMap<string, ModelPlan>
  /** Of incremental models: the proof or the refusal. */
  readonly proofs: ReadonlyMap<string, Incrementality>
}

/** What a run makes of a model. */
export interface ChosenModel {
  readonly name: string
  readonly materialization: CompiledModel["materialization"]
  readonly path: TablePath
  readonly sql: string
  /** The user's own tree, printed. */
  readonly userSql: string
  /** Models, seeds and hidden tables that must be there before. */
  readonly reads: readonly string[]
  /** Why the optimizer does not know the model. */
  readonly fallback?: { readonly construct: string; readonly node: number }
}

export interface ChosenHidden {
  readonly name: string
  readonly path: TablePath
  readonly sql: string
  readonly reads: readonly string[]
  readonly usedBy: readonly string[]
}

/** The SQL of a run. */
export interface Chosen {
  readonly models: ReadonlyMap<string, ChosenModel>
  readonly hidden: readonly ChosenHidden[]
  /** Undefined where the optimizer is off. */
  readonly plan?: PipelinePlan
}

/** What is compiled, and for which target. */
export interface Compilation {
  readonly deployment: Deployment
  /** Names of models that take part, and of those that do not. */
  readonly selected: ReadonlySet<string>
  readonly others: ReadonlySet<string>
  /** Of the others, those that are views. */
  readonly otherViews: ReadonlySet<string>
  /** Undefined: every model as its user wrote it. */
  readonly optimizer?: Omit<OptimizeInput, keyof Pipeline | "costs"> & {
    /** Comes as a value, so that what only checks does not load it. */
    readonly optimize: (input: OptimizeInput) => PipelinePlan
  }
}

/** Of a project's models those that are named take part; ephemeral ones are part of whatever reads them. */
export function compilation(
  deployment: Deployment,
  names: ReadonlySet<string>,
  optimizer: Compilation["optimizer"] | undefined,
): Compilation {
  const takesPart = (model: Model) =>
    names.has(model.name) || deployment.materializationOf(model) === "ephemeral"
  const isView = (model: Model) => deployment.materializationOf(model) === "view"
  const { models } = deployment.project
  const others = models.filter((model) => !takesPart(model))
  return {
    deployment,
    selected: new Set(models.filter(takesPart).map(({ name }) => name)),
    others: new Set(others.map(({ name }) => name)),
    otherViews: new Set(others.filter(isView).map(({ name }) => name)),
    ...(optimizer ? { optimizer } : {}),
  }
}

/**
 * What does not take part is read as it stands. Only an incremental model is planned on what the views above
 * it say, as it is wherever they take part: it is proven on that, and computes that.
 */
export function plansOf(
  { others, otherViews }: Compilation,
  plan: (asStored: ReadonlySet<string>) => Plans,
): Plans {
  const standing = plan(others)
  if (otherViews.size === 0 || standing.proofs.size === 0) return standing
  const through = plan(new Set([...others].filter((name) => !otherViews.has(name))))
  const incremental = [...through.plans].filter(([name]) => through.proofs.has(name))
  return { plans: new Map([...standing.plans, ...incremental]), proofs: through.proofs }
}

/** The models that take part, in DAG order; those without a relational plan run as written. */
export function pipelineOf(
  { deployment, selected }: Compilation,
  { plans }: Plans,
  optimizer: NonNullable<Compilation["optimizer"]>,
): OptimizeInput {
  const { dag } = deployment.checked
  const models = dag.order.flatMap((name): PipelineModel[] => {
    const model = deployment.model(name)
    const planned = plans.get(name)
    if (!model || planned?.kind !== "planned" || !selected.has(name)) return []
    const materialization = deployment.materializationOf(model)
    const isFree = model.materialization === "auto" && materialization === "view"
    const parents = deployment.madeBefore(dag.parents.get(name) ?? [])
    return [{ name, out: planned.out, materialization, isFree, parents }]
  })
  const { costs } = deployment.backend
  const facts = knownFacts(deployment.project, optimizer.statistics)
  return { ...optimizer, models, facts, costs }
}

/** Every model as its user wrote it. */
export function asWritten({ deployment, selected }: Compilation): Chosen {
  const models = deployment.project.models.flatMap((model): [string, ChosenModel][] => {
    const compiled = selected.has(model.name) ? deployment.asWritten(model) : undefined
    return compiled ? [[model.name, { ...compiled, userSql: compiled.sql }]] : []
  })
  return { models: new Map(models), hidden: [] }
}

/** The plan in the target's SQL. What it has no plan for stays as written. */
export function printed(
  on: Compilation,
  { plans }: Plans,
  plan: PipelinePlan,
  emit: (out: Out) => Query,
): Chosen {
  const sql = (out: Out) => on.deployment.print(emit(verified(out)))
  const models = [...asWritten(on).models.values()].map((model): [string, ChosenModel] => {
    const planned = plan.models.get(model.name)
    if (planned) return [model.name, optimized(model, planned, sql(planned.out))]
    const known = plans.get(model.name)
    // A view outlives the facts that this run can test: it is what its text says.
    if (known?.kind !== "as-written") return [model.name, model]
    return [model.name, { ...model, fallback: known }]
  })
  const hidden = plan.hidden.map((table) => hiddenTable(table, plan, sql(table.out)))
  return { models: new Map(models), hidden, plan }
}

function optimized(model: ChosenModel, planned: PlannedModel, sql: string): ChosenModel {
  return {
    ...model,
    materialization: planned.materialization,
    sql,
    reads: [...new Set([...model.reads, ...readsOf(planned.out)])],
  }
}

function hiddenTable({ name, out }: HiddenTable, plan: PipelinePlan, sql: string): ChosenHidden {
  const usedBy = [...plan.models.values(), ...plan.hidden]
    .filter((other) => readsOf(other.out).includes(name))
    .map((other) => other.name)
  return {
    name,
    path: { schema: OWN_SCHEMA, name },
    sql,
    reads: readsOf(out),
    usedBy,
  }
}

function verified(out: Out): Out {
  verifyUnderTest(out)
  return out
}

/** Models, seeds and hidden tables that a plan scans. */
function readsOf({ columns, input }: Out): string[] {
  const found = new Set<string>()
  const seen = new Set<Rel>()
  const inScalar = (expr: Scalar): void => {
    if (expr.kind === "query") inRel(expr.rel)
    operands(expr).forEach(inScalar)
  }
  const inRel = (rel: Rel): void => {
    if (seen.has(rel)) return
    seen.add(rel)
    if (rel.kind === "scan" && rel.relationKind !== "source") found.add(rel.relation)
    scalarsOf(rel).forEach(inScalar)
    inputs(rel).forEach(inRel)
  }
  inRel(input)
  for (const { expr } of columns) inScalar(expr)
  return [...found]
}
