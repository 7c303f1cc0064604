import type { AnalyzeInput } from "./analyze/index.js"
import type { Dependency, Names } from "./catalog/names.js"
import type { DeclaredKey, Model, Param, Project, TestFile } from "./catalog/project.js"
import type { Relation, RelationColumn, RelationKind } from "./catalog/relation.js"
import type { Types } from "./catalog/types.js"
import type { DeclarationFault } from "./declaration-faults.js"
import type { Diagnostic } from "./diagnostics/diagnostic.js"
import { Sink } from "./diagnostics/sink.js"
import { bornId, relHash, scalarText } from "./ir/ids.js"
import type { ColumnId, Definition, ModelPlan, OutColumn, Rel, Scalar } from "./ir/nodes.js"
import type { PlanInput, PlannedRelation } from "./plan/index.js"
import type { Dag, DagNode } from "./resolve/dag.js"
import type { ResolveContext } from "./resolve/index.js"
import { isRepeatable } from "./optimize/pinned.js"
import type { Query } from "./syntax/ast.js"
import type { TypecheckContext } from "./typecheck/index.js"

/** A model or test file and what the stages up to typecheck found in it. */
export interface CheckedText {
  readonly text: Model | TestFile
  /** As it was written; `names.statement` is what later stages read. */
  readonly statement?: Query
  readonly names?: Names
  readonly types?: Types
  readonly diagnostics: readonly Diagnostic[]
  /** It has errors of its own, or reads a relation that has. */
  readonly failed: boolean
}

/** All that can be known of a project without an engine. */
export interface Checked {
  readonly session: Session
  readonly dag: Dag
  /** Models and test files, by name. */
  readonly texts: ReadonlyMap<string, CheckedText>
  /** Declarations of YAML files that name nothing. */
  readonly faults: readonly Diagnostic[]
}

interface Parsed {
  readonly statement: Query | undefined
  readonly references: readonly Dependency[]
}

/**
 * What a compilation keeps between its stages: the trees, the interfaces that models know of each
 * other, the diagnostics. A batch run is a session used once.
 */
export class Session {
  private readonly relations = new Map<string, Relation>()
  private readonly names: Readonly<Record<RelationKind, Set<string>>> = {
    model: new Set(),
    seed: new Set(),
    source: new Set(),
  }
  private readonly parses = new Map<
    string,
    Parsed & { readonly text: Model | TestFile; readonly sink: Sink }
  >()
  readonly texts = new Map<string, CheckedText>()

  constructor(readonly project: Project) {
    for (const source of project.sources) this.learn(sourceRelation(source))
    for (const seed of project.seeds) this.learn(seedRelation(seed))
    for (const model of project.models) this.learn(modelRelation(model, undefined))
  }

  /** A source (`smelt.source`), or a model or seed (`smelt.ref`), by name without regard to case. */
  readonly relation = (kind: RelationKind, name: string): Relation | undefined =>
    this.relations.get(`${kind} ${name.toLowerCase()}`)

  readonly relationNames = (kind: RelationKind): readonly string[] => [...this.names[kind]]

  parsed(text: Model | TestFile, parse: (params: readonly Param[], sink: Sink) => Parsed): void {
    const sink = new Sink(text.source, this.project.levels, this.project.texts, [
      ...text.diagnostics,
    ])
    this.parses.set(text.name, { ...parse(this.paramsOf(text), sink), text, sink })
  }

  /** What `smelt.param` may name in a text: its own header's before those of smelt.yml. */
  private paramsOf(text: Model | TestFile): readonly Param[] {
    return [...(isModel(text) ? text.params : []), ...this.project.params]
  }

  /** Seeds, which depend on nothing, and every text with the models and seeds that it refers to. */
  dagNodes(): DagNode[] {
    const texts = [...this.parses.values()].map(({ text, references }) => ({
      name: text.name,
      file: text.source.file,
      edges: references
        .filter(({ kind }) => kind !== "source")
        .map(({ name, span }) => ({ to: name, span })),
    }))
    return [...this.project.seeds.map(({ name, file }) => ({ name, file, edges: [] })), ...texts]
  }

  /** The sources that each text refers to. */
  sourcesRead(): ReadonlyMap<string, readonly string[]> {
    return new Map(
      [...this.parses].map(([name, { references }]) => {
        const read = references.flatMap(({ kind, name }) =>
          kind === "source" ? (this.relation(kind, name)?.name ?? []) : [],
        )
        return [name, [...new Set(read)]]
      }),
    )
  }

  /** Checks one text whose parents are checked. A text that does not parse, or reads a broken relation, goes no further. */
  checked(
    name: string,
    stages: (
      statement: Query,
      context: ResolveContext & TypecheckContext,
      sink: Sink,
    ) => { names: Names; types: Types },
  ): void {
    const parsed = this.parses.get(name)
    if (!parsed) return
    const { text, sink, statement, references } = parsed
    const broken = references.find((reference) => this.isBroken(reference))
    if (broken) sink.report("upstream-error", broken.span, { name: broken.name })
    const found =
      statement && !broken && !sink.hasErrors
        ? stages(statement, this.context(text), sink)
        : undefined
    const failed = sink.hasErrors || !found
    if (isModel(text)) this.learn(modelRelation(text, failed ? undefined : found.types))
    this.texts.set(name, {
      text,
      diagnostics: sink.diagnostics,
      failed,
      ...(statement ? { statement } : {}),
      ...found,
    })
  }

  /** Faults in a model's header are the model's; gives the others, of YAML files. */
  declared(faults: readonly DeclarationFault[]): Diagnostic[] {
    return faults.flatMap(({ owner, diagnostic }) => {
      const checked = owner.kind === "model" ? this.texts.get(owner.name) : undefined
      if (!checked || checked.text.source.file !== diagnostic.file) return [diagnostic]
      const diagnostics = [...checked.diagnostics, diagnostic]
      this.texts.set(owner.name, { ...checked, diagnostics, failed: true })
      return []
    })
  }

  /** What `plan` needs; undefined for tests and for models with errors. */
  planInput(
    name: string,
    plans: ReadonlyMap<string, ModelPlan>,
    asStored: ReadonlySet<string>,
  ): PlanInput | undefined {
    const { text, names, types, failed } = this.texts.get(name) ?? {}
    if (!text || !isModel(text) || !names || !types || failed) return undefined
    return {
      model: text,
      names,
      types,
      relation: (kind, wanted) => this.planned(kind, wanted, plans, asStored),
    }
  }

  /**
   * A plan whose rows are left open: who reads it reads this model, and not another draw. So no model above
   * it has the same body, and each of its columns has an id.
   */
  withOwnBody(plan: ModelPlan, plans: ReadonlyMap<string, ModelPlan>): ModelPlan {
    if (plan.kind !== "planned" || isRepeatable(plan.out.input)) return plan
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
    const { references = [] } = this.parses.get(model) ?? {}
    return references.some(({ name }) => {
      const parent = plans.get(this.relation("model", name)?.name ?? "")
      return parent?.kind === "planned" && parent.out.input === out.input
    })
  }

  /** What `analyze` needs; undefined for a model that does not run incrementally. */
  analyzeInput(name: string, plan: ModelPlan): AnalyzeInput | undefined {
    const { text, types } = this.texts.get(name) ?? {}
    if (!text || !isModel(text) || !types || plan.kind !== "planned") return undefined
    if (text.materialization !== "incremental" || !text.partitionBy) return undefined
    const column = text.partitionBy.column.toLowerCase()
    return {
      model: text,
      out: plan.out,
      nullable:
        types.output.find((output) => output.name.toLowerCase() === column)?.nullable ?? true,
      sources: new Map(this.project.sources.map((source) => [source.name, source])),
      incremental: new Map(
        this.project.models
          .filter(({ materialization }) => materialization === "incremental")
          .map((model) => [model.name, model]),
      ),
    }
  }

  /** Incremental models, those that ir cannot say and those that do not take part are read as they stand in the target. */
  private planned(
    kind: RelationKind,
    name: string,
    plans: ReadonlyMap<string, ModelPlan>,
    asStored: ReadonlySet<string>,
  ): PlannedRelation | undefined {
    const relation = this.relation(kind, name)
    const plan = relation && kind === "model" ? plans.get(relation.name) : undefined
    const text = relation && this.texts.get(relation.name)?.text
    const incremental = text && isModel(text) && text.materialization === "incremental"
    const isStored = incremental || (relation && asStored.has(relation.name))
    if (plan?.kind === "planned" && !isStored) return { kind: "inlined", out: plan.out }
    return relation ? { kind: "stored", relation } : undefined
  }

  private isBroken({ kind, name }: Dependency): boolean {
    const relation =
      this.relation(kind, name) ?? (kind === "model" ? this.relation("seed", name) : undefined)
    return relation?.broken === true
  }

  private context(text: Model | TestFile): ResolveContext & TypecheckContext {
    const { relation, relationNames } = this
    const shared = { name: text.name, relation, relationNames }
    if (!isModel(text)) return { ...shared, allowStar: true, isTest: true }
    return {
      ...shared,
      allowStar: text.allowStar,
      isTest: false,
      materialization: text.materialization,
      model: text,
    }
  }

  private learn(relation: Relation): void {
    this.names[relation.kind].add(relation.name)
    this.relations.set(`${relation.kind} ${relation.name.toLowerCase()}`, relation)
  }
}

export function isModel(text: Model | TestFile): text is Model {
  return "materialization" in text
}

/** The interface of a model: what `types` found, or nothing that anybody can rely on. */
function modelRelation(model: Model, types: Types | undefined): Relation {
  const columns: RelationColumn[] = (types?.output ?? []).map((column) => ({
    ...column,
    place: model.place,
  }))
  const keys = [...columnsOf(model.keys), ...(types?.keys ?? [])]
  const partition = model.partitionBy ? { partition: model.partitionBy.column } : {}
  return {
    name: model.name,
    kind: "model",
    columns,
    keys,
    broken: types === undefined,
    ...partition,
  }
}

function sourceRelation(source: Project["sources"][number]): Relation {
  const keyed = new Set(columnsOf(source.keys).flat())
  const columns = source.columns.map(({ name, type, notNull, place }) => ({
    name,
    type:
      type ?? ({ kind: "unknown", reason: `${source.name}.${name} has no declared type` } as const),
    nullable: !notNull && !keyed.has(name),
    place,
  }))
  const { name, keys, place, eventTime } = source
  const partition = eventTime === undefined ? {} : { partition: eventTime }
  return {
    name,
    kind: "source",
    columns,
    keys: columnsOf(keys),
    broken: false,
    place,
    ...partition,
  }
}

function seedRelation(seed: Project["seeds"][number]): Relation {
  const { name, columns, keys } = seed
  return { name, kind: "seed", columns, keys: columnsOf(keys), broken: false }
}

function columnsOf(keys: readonly DeclaredKey[]): (readonly string[])[] {
  return keys.map(({ columns }) => columns)
}
