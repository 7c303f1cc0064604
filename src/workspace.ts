import type { Names } from "./catalog/names.js"
import type { Model, Project, TestFile } from "./catalog/project.js"
import type { Relation, RelationColumn, RelationKind } from "./catalog/relation.js"
import type { Types } from "./catalog/types.js"
import type { Diagnostic } from "./diagnostics/diagnostic.js"
import { Sink } from "./diagnostics/sink.js"
import type { Query } from "./syntax/ast.js"

/** A model or test file and what the stages up to typecheck found in it. */
export interface CheckedText {
  readonly text: Model | TestFile
  readonly statement?: Query
  readonly names?: Names
  readonly types?: Types
  readonly diagnostics: readonly Diagnostic[]
  /** It has errors of its own, or reads a relation that has. */
  readonly failed: boolean
}

/**
 * What a compilation keeps between its stages, and an editor between its edits: every result of a
 * stage that looks at one text, by name and by what the stage read. A batch run is a session used
 * once.
 */
export class Session {
  private readonly memory = new Map<string, { readonly inputs: string; readonly value: unknown }>()
  private readonly relations = new Map<string, Relation>()
  private readonly names = new Map<RelationKind, string[]>()

  constructor(readonly project: Project) {
    for (const source of project.sources) this.learn(sourceRelation(source))
    for (const seed of project.seeds) this.learn(seedRelation(seed))
    for (const model of project.models) this.learn(modelRelation(model, undefined))
  }

  /** `compute()`, or what it gave last time if `inputs` are still the same. */
  memo<T>(stage: string, name: string, inputs: string, compute: () => T): T {
    const key = `${stage} ${name}`
    const known = this.memory.get(key)
    if (known?.inputs === inputs) return known.value as T
    const value = compute()
    this.memory.set(key, { inputs, value })
    return value
  }

  sink(text: Pick<Model, "source" | "diagnostics">): Sink {
    return new Sink(text.source, this.project.levels, this.project.texts, [...text.diagnostics])
  }

  /** A source (`smelt.source`), or a model or seed (`smelt.ref`), by name without regard to case. */
  readonly relation = (kind: RelationKind, name: string): Relation | undefined =>
    this.relations.get(`${kind} ${name.toLowerCase()}`)

  readonly relationNames = (kind: RelationKind): readonly string[] => this.names.get(kind) ?? []

  learn(relation: Relation): void {
    const key = `${relation.kind} ${relation.name.toLowerCase()}`
    if (!this.relations.has(key))
      this.names.set(relation.kind, [...(this.names.get(relation.kind) ?? []), relation.name])
    this.relations.set(key, relation)
  }
}

/** The interface of a model: what `types` found, or nothing that anybody can rely on. */
export function modelRelation(model: Model, types: Types | undefined): Relation {
  const columns: RelationColumn[] = (types?.output ?? []).map((column) => ({
    ...column,
    place: model.place,
  }))
  const keys = [...model.keys, ...(types?.keys ?? [])]
  return { name: model.name, kind: "model", columns, keys, broken: types === undefined }
}

function sourceRelation(source: Project["sources"][number]): Relation {
  const keyed = new Set(source.keys.flat())
  const columns = source.columns.map(({ name, type, notNull, place }) => ({
    name,
    type:
      type ?? ({ kind: "unknown", reason: `${source.name}.${name} has no declared type` } as const),
    nullable: !notNull && !keyed.has(name),
    place,
  }))
  return { name: source.name, kind: "source", columns, keys: source.keys, broken: false }
}

function seedRelation(seed: Project["seeds"][number]): Relation {
  return { name: seed.name, kind: "seed", columns: seed.columns, keys: seed.keys, broken: false }
}
