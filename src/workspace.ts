import type { Model, Project } from "./catalog/project.js"
import type { Names } from "./catalog/names.js"
import type { Relation, RelationColumn } from "./catalog/relation.js"
import type { Types } from "./catalog/types.js"
import type { Diagnostic } from "./diagnostics/diagnostic.js"
import { Sink } from "./diagnostics/sink.js"
import type { Query } from "./syntax/ast.js"

/** What is known of a model after `typecheck`. */
export interface CheckedModel {
  readonly model: Model
  readonly statement: Query | undefined
  readonly names: Names | undefined
  readonly types: Types | undefined
  /** Its interface, for the models that refer to it. */
  readonly relation: Relation
  readonly diagnostics: readonly Diagnostic[]
  readonly failed: boolean
}

export type RelationKind = "model" | "seed" | "source"

/**
 * What a compilation keeps between its stages, and an editor between its edits: every result of a
 * stage that looks at one model, by model and hash of what the stage read. A batch run is a session
 * used once.
 */
export class Session {
  private readonly memory = new Map<string, { readonly inputs: string; readonly value: unknown }>()
  private readonly relations = new Map<string, Relation>()
  readonly checked = new Map<string, CheckedModel>()

  constructor(readonly project: Project) {
    for (const source of project.sources) this.relations.set(`source ${key(source.name)}`, sourceRelation(source))
    for (const seed of project.seeds) this.relations.set(`seed ${key(seed.name)}`, seedRelation(seed))
  }

  /** `compute()`, or what it gave last time if `inputs` are still the same. */
  memo<T>(stage: string, model: string, inputs: string, compute: () => T): T {
    const name = `${stage} ${model}`
    const known = this.memory.get(name)
    if (known?.inputs === inputs) return known.value as T
    const value = compute()
    this.memory.set(name, { inputs, value })
    return value
  }

  sink(model: Pick<Model, "source">): Sink {
    return new Sink(model.source, this.project.levels, this.project.texts)
  }

  /** A model or seed (`smelt.ref`), or a source (`smelt.source`), by name without regard to case. */
  readonly relation = (kind: RelationKind, name: string): Relation | undefined =>
    this.relations.get(`${kind} ${key(name)}`)

  readonly relationNames = (kind: RelationKind): string[] =>
    [...this.relations.values()].filter((relation) => relation.kind === kind).map((relation) => relation.name)

  learn(checked: CheckedModel): void {
    this.checked.set(checked.model.name, checked)
    this.relations.set(`model ${key(checked.model.name)}`, checked.relation)
  }
}

/** The interface of a model: what `types` found, or nothing that anybody can rely on. */
export function modelRelation(model: Model, types: Types | undefined): Relation {
  const columns: RelationColumn[] = (types?.output ?? []).map((column) => ({ ...column, place: model.place }))
  return {
    name: model.name,
    kind: "model",
    columns,
    keys: [...model.keys, ...(types?.keys ?? [])],
    broken: types === undefined,
  }
}

function key(name: string): string {
  return name.toLowerCase()
}

function sourceRelation(source: Project["sources"][number]): Relation {
  const notNull = new Set(source.keys.flat())
  const columns = source.columns.map(({ name, type, notNull: declared, place }) => ({
    name,
    type: type ?? ({ kind: "unknown", reason: `${source.name}.${name} has no declared type` } as const),
    nullable: !declared && !notNull.has(name),
    place,
  }))
  return { name: source.name, kind: "source", columns, keys: source.keys, broken: false }
}

function seedRelation(seed: Project["seeds"][number]): Relation {
  return { name: seed.name, kind: "seed", columns: seed.columns, keys: seed.keys, broken: false }
}
