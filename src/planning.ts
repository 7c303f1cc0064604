import type { AnalyzeInput } from "./analyze/index.js"
import { keptList } from "./base/same.js"
import { isModel, type Model, type TestFile } from "./catalog/project.js"
import type { RelationKind } from "./catalog/relation.js"
import type { Incrementality } from "./facts/incremental.js"
import { bornId, relHash, scalarText } from "./ir/ids.js"
import type { ColumnId, Definition, ModelPlan, OutColumn, Rel, Scalar } from "./ir/nodes.js"
import { Memo } from "./memo.js"
import { isRepeatableOut } from "./optimize/pinned.js"
import type { PlanInput, PlannedRelation } from "./plan/index.js"
import type { CheckedText, Session } from "./session.js"

export interface PlanOptions {
  /** Models that are read as they stand in the target. */
  readonly asStored?: ReadonlySet<string>
  /** The models to plan, and all that they read; else all. */
  readonly of?: ReadonlySet<string>
}

const NONE: ReadonlySet<string> = new Set()

/** What a session keeps of plans and proofs. */
export class Planning {
  private readonly planning = new Memo<ModelPlan>()
  private readonly analyzing = new Memo<Incrementality>()
  private lastIncremental: readonly Model[] | undefined

  constructor(private readonly session: Session) {}

  get memos() {
    return [this.planning, this.analyzing]
  }

  /**
   * The plan of a model without errors, put among `plans`. It comes from its text and from the plans and
   * interfaces of what it refers to.
   */
  planned(
    name: string,
    plans: Map<string, ModelPlan>,
    asStored: ReadonlySet<string> | undefined,
    stage: (input: PlanInput) => ModelPlan,
  ): ModelPlan | undefined {
    const checked = this.session.texts.get(name)
    const references = this.session.referencesOf(name)
    const input = checked && this.planInput(checked, plans, asStored ?? NONE)
    if (!input) return undefined
    const parents = references.flatMap(({ name }) => this.asParent(name, plans))
    const plan = this.planning.get(name, [checked, asStored, ...parents], () =>
      this.withOwnBody(stage(input), plans),
    )
    plans.set(name, plan)
    return plan
  }

  /** What a plan may rest on of a model that its text refers to, beside its interface. */
  private asParent(name: string, plans: ReadonlyMap<string, ModelPlan>) {
    const text = this.session.texts.get(this.session.relation("model", name)?.name ?? "")?.text
    return text ? [plans.get(text.name), isIncremental(text)] : []
  }

  private planInput(
    { text, names, types, failed }: CheckedText,
    plans: ReadonlyMap<string, ModelPlan>,
    asStored: ReadonlySet<string>,
  ): PlanInput | undefined {
    if (!isModel(text) || !names || !types || failed) return undefined
    return {
      model: text,
      names,
      types,
      relation: (kind, wanted) => this.asPlanned(kind, wanted, plans, asStored),
    }
  }

  /**
   * A plan whose rows are left open: who reads it reads this model, and not another draw. So no model above
   * it has the same body, and each of its columns has an id.
   */
  private withOwnBody(plan: ModelPlan, plans: ReadonlyMap<string, ModelPlan>): ModelPlan {
    if (plan.kind !== "planned" || isRepeatableOut(plan.out)) return plan
    const { columns, input } = plan.out
    const definitions = new Map<string, Definition>()
    const idOf = (name: string, expr: Scalar): ColumnId => {
      if (expr.kind === "column") return expr.id
      const id = bornId(name, `${relHash(input)} ${scalarText(expr)}`)
      definitions.set(id, { id, expr })
      return id
    }
    const shown = columns.map(({ name, expr }): OutColumn => {
      const { type, nullable } = expr
      return { name, expr: { kind: "column", id: idOf(name, expr), type, nullable } }
    })
    if (definitions.size === 0 && !this.hasBodyOfParent(plan, plans)) return plan
    const own: Rel = { kind: "compute", definitions: [...definitions.values()], input }
    return { ...plan, out: { columns: shown, input: own } }
  }

  private hasBodyOfParent(
    { model, out }: ModelPlan & { readonly kind: "planned" },
    plans: ReadonlyMap<string, ModelPlan>,
  ): boolean {
    return this.session.referencesOf(model).some(({ name }) => {
      const parent = plans.get(this.session.relation("model", name)?.name ?? "")
      return parent?.kind === "planned" && parent.out.input === out.input
    })
  }

  /** What `analyze` finds of a model that runs incrementally. */
  analyzed<T extends Incrementality>(
    name: string,
    plan: ModelPlan,
    stage: (input: AnalyzeInput) => T,
  ): Incrementality | undefined {
    const { text, types } = this.session.texts.get(name) ?? {}
    if (!text || !isIncremental(text) || !types || plan.kind !== "planned") return undefined
    if (!text.partitionBy) return undefined
    const column = text.partitionBy.column.toLowerCase()
    const { sources } = this.session.project
    const incremental = this.incremental()
    return this.analyzing.get(name, [plan, text, types, sources, incremental], () =>
      stage({
        model: text,
        out: plan.out,
        nullable:
          types.output.find((output) => output.name.toLowerCase() === column)?.nullable ?? true,
        sources: new Map(sources.map((source) => [source.name, source])),
        incremental: new Map(incremental.map((model) => [model.name, model])),
      }),
    )
  }

  private incremental(): readonly Model[] {
    const found = this.session.project.models.filter(isIncremental)
    return (this.lastIncremental = keptList(this.lastIncremental, found))
  }

  /** Incremental models, those that ir cannot say and those that do not take part are read as they stand in the target. */
  private asPlanned(
    kind: RelationKind,
    name: string,
    plans: ReadonlyMap<string, ModelPlan>,
    asStored: ReadonlySet<string>,
  ): PlannedRelation | undefined {
    const relation = this.session.relation(kind, name)
    const plan = relation && kind === "model" ? plans.get(relation.name) : undefined
    const text = relation && this.session.texts.get(relation.name)?.text
    const isStored = (text && isIncremental(text)) || (relation && asStored.has(relation.name))
    if (plan?.kind === "planned" && !isStored) return { kind: "inlined", out: plan.out }
    return relation ? { kind: "stored", relation } : undefined
  }
}

function isIncremental(text: Model | TestFile): text is Model {
  return isModel(text) && text.materialization === "incremental"
}
