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
import type { Diagnostic, ReportedFix } from "./diagnostics/diagnostic.js"
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
      this.columns(key.to, this.named(key.references, key.referencesPlace), key.toPlace)
    }
    const declared = new Set(columns.map(({ name }) => name.toLowerCase()))
    for (const test of tests) this.test(test, own, declared)
    const found = this.found.splice(0)
    return found.map((diagnostic) => ({ owner, diagnostic }))
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
    const { relation } = this
    const found = relation("model", name) ?? relation("seed", name) ?? relation("source", name)
    if (!found) this.unknownRelation(name, place)
    return found
  }

  private unknownRelation(name: string, place: Place): void {
    const { models, seeds, sources } = this.project
    const names = [...models, ...seeds, ...sources].map((one) => one.name)
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
    const text = this.project.texts.get(file)?.slice(span) ?? ""
    const at = text.search(new RegExp(`(?<![\\w.])${escaped(name)}(?![\\w.])`))
    if (at < 0) return [span, []] as const
    const own = { start: span.start + at, end: span.start + at + name.length }
    const edits = [{ span: own, text: near ?? "" }]
    const fix: ReportedFix = { title: `change to \`${near}\``, kind: "changes-meaning", edits }
    return [own, near === undefined ? [] : [fix]] as const
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

function escaped(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|]/g, "\\$&")
}
