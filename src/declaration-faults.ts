import { nearest, orThese } from "./base/suggest.js"
import type {
  DataTest,
  DeclaredColumn,
  DeclaredKey,
  ForeignKey,
  Owner,
  Place,
  Project,
} from "./catalog/project.js"
import type { Relation, RelationKind } from "./catalog/relation.js"
import type { Diagnostic } from "./diagnostics/diagnostic.js"
import { Sink } from "./diagnostics/sink.js"

// What is declared in YAML, held against the relations and columns that there are.

export interface DeclarationFault {
  readonly owner: Owner
  readonly diagnostic: Diagnostic
}

interface Declarations {
  readonly owner: Owner
  readonly columns: readonly DeclaredColumn[]
  readonly keys: readonly DeclaredKey[]
  readonly foreignKeys: readonly ForeignKey[]
  readonly tests: readonly DataTest[]
}

type Lookup = (kind: RelationKind, name: string) => Relation | undefined

/** Declarations that name no column or no relation. Of a relation whose columns are not known nothing is said. */
export function declarationFaults(project: Project, relation: Lookup): DeclarationFault[] {
  const check = new Check(project, relation)
  return declarationsOf(project).flatMap((one) => check.faultsOf(one))
}

function declarationsOf({ models, seeds, sources }: Project): Declarations[] {
  const of = (kind: RelationKind, name: string) => ({ owner: { kind, name } })
  return [
    ...models.map((model) => ({ ...model, ...of("model", model.name) })),
    ...seeds.map((seed) => ({
      ...seed,
      ...of("seed", seed.name),
      columns: seed.declared,
      foreignKeys: [],
    })),
    ...sources.map((source) => ({ ...source, ...of("source", source.name) })),
  ]
}

class Check {
  /** One a file: what a folder declares of several models is reported once. */
  private readonly sinks = new Map<string, Sink>()
  private readonly found: Diagnostic[] = []

  constructor(
    private readonly project: Project,
    private readonly relation: Lookup,
  ) {}

  faultsOf({ owner, columns, keys, foreignKeys, tests }: Declarations): DeclarationFault[] {
    const own = this.relation(owner.kind, owner.name)
    for (const { name, place } of columns) this.columns([name], own, place)
    for (const key of keys) this.columns(key.columns, own, key.place)
    for (const key of foreignKeys) {
      this.columns(key.columns, own, key.place)
      this.columns(key.to, this.named(key.references, key.place), key.place)
    }
    for (const test of tests) this.test(test, own)
    const found = this.found.splice(0)
    return found.map((diagnostic) => ({ owner, diagnostic }))
  }

  private test({ kind, place }: DataTest, own: Relation | undefined): void {
    this.columns(kind.type === "unique" ? kind.columns : [kind.column], own, place)
    if (kind.type !== "relationships") return
    this.columns([kind.toColumn], this.named(kind.to, place), place)
  }

  /** Of any kind; reported where there is none. */
  private named(name: string, place: Place): Relation | undefined {
    const { relation } = this
    const found = relation("model", name) ?? relation("seed", name) ?? relation("source", name)
    if (!found) this.unknownRelation(name, place)
    return found
  }

  private unknownRelation(name: string, place: Place): void {
    const { models, seeds, sources } = this.project
    const names = [...models, ...seeds, ...sources].map((one) => one.name)
    const hint = orThese(nearest(name, names), "there are", names)
    this.sink(place)?.report("unknown-ref", place.span, { name, hint })
  }

  private columns(names: readonly string[], relation: Relation | undefined, place: Place): void {
    if (!relation || relation.broken || relation.columns.length === 0) return
    const has = relation.columns.map(({ name }) => name)
    const known = new Set(has.map((name) => name.toLowerCase()))
    for (const name of names) {
      if (known.has(name.toLowerCase())) continue
      const hint = orThese(nearest(name, has), "it has", has)
      const where = ` in ${relation.kind} \`${relation.name}\``
      this.sink(place)?.report("unknown-column", place.span, { name, where, hint })
    }
  }

  private sink({ file }: Place): Sink | undefined {
    const text = this.project.texts.get(file)
    const known = this.sinks.get(file)
    if (known || !text) return known
    const sink = new Sink(text, {}, this.project.texts, this.found)
    this.sinks.set(file, sink)
    return sink
  }
}
