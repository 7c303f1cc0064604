import { nearest, orThese } from "./base/suggest.js"
import type {
  DataTest,
  DeclaredColumn,
  DeclaredKey,
  ForeignKey,
  Model,
  Owner,
  Place,
  Project,
  Seed,
  Source,
} from "./catalog/project.js"
import type { Relation, RelationKind } from "./catalog/relation.js"
import type { Diagnostic, ReportedFix } from "./diagnostics/diagnostic.js"
import { Sink, type Texts } from "./diagnostics/sink.js"

// What is declared in YAML, held against the relations and columns that there are.

/** What a model, seed or source declares. */
export interface Declarations {
  readonly owner: Owner
  readonly by: Model | Seed | Source
  readonly columns: readonly DeclaredColumn[]
  readonly keys: readonly DeclaredKey[]
  readonly foreignKeys: readonly ForeignKey[]
  readonly tests: readonly DataTest[]
}

/** What may be asked of the project. */
export interface Known extends Texts {
  relation(kind: RelationKind, name: string): Relation | undefined
  relationNames(kind: RelationKind): readonly string[]
}

/** Of whatever declares anything. */
export function declarationsOf({ models, seeds, sources }: Project): Declarations[] {
  const of = (by: Model | Seed | Source, kind: RelationKind) => ({
    owner: { kind, name: by.name },
    by,
    keys: by.keys,
    tests: by.tests,
  })
  return [
    ...models
      .filter(({ columns, keys, foreignKeys, tests }) => hasAny(columns, keys, foreignKeys, tests))
      .map((model) => ({ ...of(model, "model"), ...columnsOf(model) })),
    ...seeds.map((seed) => ({ ...of(seed, "seed"), columns: seed.declared, foreignKeys: [] })),
    ...sources.map((source) => ({ ...of(source, "source"), ...columnsOf(source) })),
  ]
}

function columnsOf({ columns, foreignKeys }: Model | Source) {
  return { columns, foreignKeys }
}

function hasAny(...lists: readonly (readonly unknown[])[]): boolean {
  return lists.some(({ length }) => length > 0)
}

/** Declarations that name no column or no relation. Of a relation whose columns are not known nothing is said. */
export function declarationFaults(one: Declarations, known: Known): Diagnostic[] {
  return new Check(known).faultsOf(one)
}

const KINDS = ["model", "seed", "source"] as const

class Check {
  /** One a file. */
  private readonly sinks = new Map<string, Sink>()
  private readonly found: Diagnostic[] = []

  constructor(private readonly known: Known) {}

  faultsOf({ owner, columns, keys, foreignKeys, tests }: Declarations): Diagnostic[] {
    const own = this.known.relation(owner.kind, owner.name)
    for (const { name, place } of columns) this.columns([name], own, place)
    for (const key of keys) this.columns(key.columns, own, key.place)
    for (const key of foreignKeys) {
      this.columns(key.columns, own, key.place)
      this.columns(key.to, this.named(key.references, key.referencesPlace), key.toPlace)
    }
    const declared = new Set(columns.map(({ name }) => name.toLowerCase()))
    for (const test of tests) this.test(test, own, declared)
    return this.found
  }

  /** What stands under a column of `declared` was judged with it. */
  private test(
    { kind, place }: DataTest,
    own: Relation | undefined,
    declared: ReadonlySet<string>,
  ): void {
    const names = kind.type === "unique" ? kind.columns : [kind.column]
    const unjudged = names.filter((name) => !declared.has(name.toLowerCase()))
    this.columns(unjudged, own, place)
    if (kind.type !== "relationships") return
    this.columns(
      [kind.toColumn],
      this.named(kind.to, kind.toPlace ?? place),
      kind.columnPlace ?? place,
    )
  }

  /** Of any kind; reported where there is none. */
  private named(name: string, place: Place): Relation | undefined {
    for (const kind of KINDS) {
      const found = this.known.relation(kind, name)
      if (found) return found
    }
    this.unknownRelation(name, place)
    return undefined
  }

  private unknownRelation(name: string, place: Place): void {
    const names = KINDS.flatMap((kind) => this.known.relationNames(kind))
    const near = nearest(name, names)
    const hint = orThese(near, "there are", names)
    const [span, fixes] = this.written(name, near, place)
    const params = { what: "model, seed or source", name, hint }
    this.sink(place)?.report("unknown-ref", span, params, { fixes })
  }

  private columns(names: readonly string[], relation: Relation | undefined, place: Place): void {
    if (!relation || relation.broken || relation.columns.length === 0) return
    const has = relation.columns.map(({ name }) => name)
    const known = new Set(has.map((name) => name.toLowerCase()))
    for (const name of names) {
      if (known.has(name.toLowerCase())) continue
      const near = nearest(name, has)
      const hint = orThese(near, "it has", has)
      const where = ` in ${relation.kind} \`${relation.name}\``
      const [span, fixes] = this.written(name, near, place)
      this.sink(place)?.report("unknown-column", span, { name, where, hint }, { fixes })
    }
  }

  /** Where the name stands in what was written there, and the fix that writes `near` instead. */
  private written(name: string, near: string | undefined, { file, span }: Place) {
    const text = this.known.get(file)?.slice(span) ?? ""
    const at = text.search(new RegExp(`(?<![\\w.])${escaped(name)}(?![\\w.])`))
    if (at < 0) return [span, []] as const
    const own = { start: span.start + at, end: span.start + at + name.length }
    const edits = [{ span: own, text: near ?? "" }]
    const fix: ReportedFix = { title: `change to \`${near}\``, kind: "changes-meaning", edits }
    return [own, near === undefined ? [] : [fix]] as const
  }

  private sink({ file }: Place): Sink | undefined {
    const text = this.known.get(file)
    const known = this.sinks.get(file)
    if (known || !text) return known
    const sink = new Sink(text, {}, this.known, this.found)
    this.sinks.set(file, sink)
    return sink
  }
}

function escaped(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|]/g, "\\$&")
}
