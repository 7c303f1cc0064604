import { Bug } from "./base/check.js"
import { isSameList, kept, keptList } from "./base/same.js"
import type { Dependency, Names } from "./catalog/names.js"
import { isModel, type Model, type Param, type Project, type TestFile } from "./catalog/project.js"
import type { Relation, RelationKind } from "./catalog/relation.js"
import type { Types } from "./catalog/types.js"
import type { Declarations, Known } from "./declaration-faults.js"
import type { Diagnostic } from "./diagnostics/diagnostic.js"
import { Sink } from "./diagnostics/sink.js"
import { modelRelation, seedRelation, sourceRelation } from "./interfaces.js"
import { Memo, noteAsker, type Trace } from "./memo.js"
import { Planning } from "./planning.js"
import type { Dag, DagNode, Edge } from "./resolve/dag.js"
import type { ResolveContext } from "./resolve/index.js"
import type { Query } from "./syntax/ast.js"
import type { TypecheckContext } from "./typecheck/index.js"

/** A model or test file and what the stages up to typecheck found in it. */
export interface CheckedText {
  readonly text: Model | TestFile
  /** As it was written; `names.statement` is what later stages read. */
  readonly statement?: Query
  readonly names?: Names
  readonly types?: Types
  /** The relations that it reads, as far as they were found. */
  readonly dependencies: readonly Dependency[]
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

/** A text as `parse` found it. */
interface Parsed {
  readonly text: Model | TestFile
  readonly statement: Query | undefined
  readonly references: readonly Dependency[]
  /** What it had to say so far. */
  readonly sink: Sink
  readonly node: DagNode
}

interface Result {
  readonly found: CheckedText
  /** Of a model: its interface, and the key that this has among the relations. */
  readonly gives: Relation | undefined
  readonly key: string
}

/** Names of what was done since the last `begin`; the rest was known. */
export interface Work {
  readonly parsed: ReadonlySet<string>
  readonly checked: ReadonlySet<string>
}

export type ParseText = (
  text: Model | TestFile,
  params: readonly Param[],
  sink: Sink,
) => Pick<Parsed, "statement" | "references">

export type CheckText = (
  statement: Query,
  context: ResolveContext & TypecheckContext,
  sink: Sink,
) => { readonly names: Names; readonly types: Types }

/**
 * What a compilation keeps between its stages: the trees, the interfaces that models know of each
 * other, the diagnostics. A batch run is a session used once. One that is begun again, with a project that
 * shares what did not change with the last one, does again only what rests on what did.
 */
export class Session {
  private readonly keepsTrees: boolean
  private current: Project | undefined
  private lastTexts: readonly (Model | TestFile)[] = []
  /** The texts that are not those of before; undefined where more than texts may be. */
  private changed: readonly (Model | TestFile)[] | undefined
  /** Whose checks asked about a relation or a file: known from the first edit on. */
  private askers: Map<string, Set<string>> | undefined
  private readonly relations = new Map<string, Relation>()
  private readonly names = new Map<RelationKind, readonly string[]>()
  private parses = new Map<string, Parsed>()
  /** Without what their declarations say. */
  private checks = new Map<string, CheckedText>()
  private joined: ReadonlyMap<string, CheckedText> = new Map()
  private lastDag: { readonly nodes: readonly DagNode[]; readonly dag: Dag } | undefined
  private hasSameDag = false
  /** Of the texts that were parsed again. */
  private readonly nodesBefore = new Map<string, DagNode>()
  private readonly parsing = new Memo<Parsed>()
  private readonly checking = new Memo<Result>()
  private readonly declaring = new Memo<readonly Diagnostic[]>()
  private readonly joining = new Memo<CheckedText>()
  readonly planning = new Planning(this)

  /** `keepsTrees`: unless it is false, what was found of a text stays, for the stages to come and for the next `begin`. */
  constructor({ keepsTrees = true } = {}) {
    this.keepsTrees = keepsTrees
  }

  get project(): Project {
    if (!this.current) throw new Bug("a session without a project")
    return this.current
  }

  get texts(): ReadonlyMap<string, CheckedText> {
    return this.joined
  }

  get work(): Work {
    return { parsed: this.parsing.computed, checked: this.checking.computed }
  }

  begin(project: Project): void {
    const last = this.current
    const texts = [...project.models, ...project.testFiles]
    this.changed = last && differsInTexts(last, project) ? this.changedAmong(texts) : undefined
    this.current = project
    this.lastTexts = texts
    this.nodesBefore.clear()
    for (const memo of this.memos) memo.begin()
    if (this.changed === undefined) this.beginAnew(project)
  }

  /** Those that took the place of another; undefined where they are not called as before. */
  private changedAmong(texts: readonly (Model | TestFile)[]) {
    const { lastTexts } = this
    const isAlike = (a: Model | TestFile, b: Model | TestFile) => a === b || a.name === b.name
    if (this.parses.size !== texts.length || !isSameList(lastTexts, texts, isAlike))
      return undefined
    return texts.filter((text, i) => text !== lastTexts[i])
  }

  private beginAnew(project: Project): void {
    this.parses = new Map()
    this.askers = undefined
    const relations = [
      ...project.sources.map((source) => this.learn(sourceRelation(source))),
      ...project.seeds.map((seed) => this.learn(seedRelation(seed))),
    ]
    if (this.hasSameNames(project)) return
    const keys = new Set([...relations, ...project.models.map(unchecked)].map(keyOf))
    for (const key of this.relations.keys()) if (!keys.has(key)) this.relations.delete(key)
    for (const model of project.models)
      if (!this.relations.has(keyOf({ kind: "model", name: model.name })))
        this.learn(unchecked(model))
    const texts = new Set(this.lastTexts.map(({ name }) => name))
    for (const memo of this.memos)
      memo.retain((key) => (memo === this.declaring ? keys : texts).has(key))
  }

  private get memos() {
    const { parsing, checking, declaring, joining, planning } = this
    return [parsing, checking, declaring, joining, ...planning.memos]
  }

  /** Learns the names, and says whether they are those of before. */
  private hasSameNames({ sources, seeds, models }: Project): boolean {
    let same = true
    const named = { source: sources, seed: seeds, model: models }
    for (const kind of ["source", "seed", "model"] as const) {
      const last = this.names.get(kind)
      const all = named[kind]
      if (last?.length === all.length && all.every(({ name }, i) => name === last[i])) continue
      const names = keptList(last, [...new Set(all.map(({ name }) => name))])
      this.names.set(kind, names)
      same &&= names === last
    }
    return same
  }

  /** A source (`smelt.source`), or a model or seed (`smelt.ref`), by name without regard to case. */
  readonly relation = (kind: RelationKind, name: string): Relation | undefined =>
    this.relationOf(keyOf({ kind, name }))

  // What a trace asks: functions that stay the same.
  private readonly relationOf = (key: string) => this.relations.get(key)
  private readonly namesOf = (kind: string) => this.names.get(kind as RelationKind) ?? []
  private readonly textOf = (file: string) => this.project.texts.get(file)

  private known(trace: Trace): Known {
    const relation = trace.noting(this.relationOf)
    const names = trace.noting(this.namesOf)
    return {
      relation: (kind, name) => relation(keyOf({ kind, name })),
      relationNames: names,
      get: trace.noting(this.textOf),
    }
  }

  /** For what is not asked again. */
  private readonly unnoted: Known = {
    relation: this.relation,
    relationNames: this.namesOf,
    get: this.textOf,
  }

  /** The texts to be parsed. */
  get unparsed(): readonly (Model | TestFile)[] {
    return this.changed ?? this.lastTexts
  }

  parsed(text: Model | TestFile, parse: ParseText): void {
    const { params, levels } = this.project
    const found = this.parsing.get(text.name, [text, params, levels], () => this.parse(text, parse))
    const before = this.parses.get(text.name)
    if (before) this.nodesBefore.set(text.name, before.node)
    this.parses.set(text.name, found)
  }

  private parse(text: Model | TestFile, parse: ParseText): Parsed {
    const sink = new Sink(text.source, this.project.levels, undefined, [...text.diagnostics])
    const { statement, references } = parse(text, this.paramsOf(text), sink)
    return { text, statement, references, sink, node: nodeOf(text, references) }
  }

  /** The nodes of the DAG; a text is parsed when it is asked for its edges. */
  nodes(parse: ParseText): readonly DagNode[] {
    const parsed = (text: Model | TestFile): Parsed => {
      const known = this.parses.get(text.name)
      if (known) return known
      const found = this.parse(text, parse)
      this.parses.set(text.name, found)
      return found
    }
    const texts = this.lastTexts.map((text): DagNode => ({
      name: text.name,
      file: text.source.file,
      get edges() {
        return parsed(text).node.edges
      },
    }))
    return [...this.seedNodes, ...texts]
  }

  private get seedNodes(): readonly DagNode[] {
    return this.project.seeds.map(({ name, file }) => ({ name, file, edges: [] }))
  }

  /** What `smelt.param` may name in a text: its own header's before those of smelt.yml. */
  paramsOf(text: Model | TestFile): readonly Param[] {
    return [...(isModel(text) ? text.params : []), ...this.project.params]
  }

  /**
   * The DAG of the seeds, which depend on nothing, and every text with the models and seeds that it refers to.
   * It is the last one where the references are; the places of a cycle may have moved.
   */
  ordered(build: (nodes: readonly DagNode[]) => Dag): Dag {
    const { dag } = this.lastDag ?? {}
    const isKnown = this.changed?.every(({ name }) => this.changesNoEdge(name)) === true
    this.hasSameDag = isKnown && dag?.diagnostics.length === 0
    return dag && this.hasSameDag ? dag : this.orderedAnew(build)
  }

  private changesNoEdge(name: string): boolean {
    const [before, now] = [this.nodesBefore.get(name), this.parses.get(name)?.node]
    return !before || (now !== undefined && hasSameEdges(before, now))
  }

  private orderedAnew(build: (nodes: readonly DagNode[]) => Dag): Dag {
    const nodes = [...this.seedNodes, ...[...this.parses.values()].map(({ node }) => node)]
    const last = this.lastDag
    const isLast =
      last && last.dag.diagnostics.length === 0 && isSameList(last.nodes, nodes, hasSameEdges)
    const dag = isLast ? last.dag : build(nodes)
    this.lastDag = { nodes, dag }
    const { models, testFiles } = this.project
    const isWhole = this.parses.size === models.length + testFiles.length
    if (!isWhole || dag.order.length < nodes.length) this.forgetUnchecked(dag)
    return dag
  }

  /** Nothing is known of the models of a cycle, and of those that share a name with another text. */
  private forgetUnchecked({ order }: Dag): void {
    const ordered = new Set(order)
    for (const model of this.project.models)
      if (!ordered.has(model.name) || this.parses.get(model.name)?.text !== model)
        this.learn(unchecked(model))
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

  /**
   * The texts to be checked, parents first: all, or the changed ones and those that asked about what then is another.
   * Each is expected to be checked before the next one is taken.
   */
  *unchecked({ order }: Dag): Iterable<string> {
    if (!this.changed || !this.hasSameDag) {
      this.checks = new Map()
      this.askers = undefined
      return yield* order
    }
    const askers = (this.askers ??= this.checking.askers())
    const open = new Set(this.changed.map(({ name }) => name))
    for (const { source } of this.changed)
      for (const name of askers.get(source.file) ?? []) open.add(name)
    for (const name of order) {
      if (!open.has(name)) continue
      const key = keyOf({ kind: "model", name })
      const before = this.relations.get(key)
      yield name
      noteAsker(name, this.checking.asked(name), askers)
      if (this.relations.get(key) !== before)
        for (const asker of askers.get(key) ?? []) open.add(asker)
    }
  }

  /** Checks one text whose parents are checked. A text that does not parse, or reads a broken relation, goes no further. */
  checked(name: string, stages: CheckText): void {
    const parsed = this.parses.get(name)
    if (!parsed) return
    if (!this.keepsTrees) return this.checkedAlone(parsed, stages)
    const { found, gives, key } = this.checking.get(name, [parsed], (trace) =>
      this.check(parsed, stages, this.known(trace)),
    )
    if (gives && this.relations.get(key) !== gives) this.relations.set(key, gives)
    this.checks.set(name, found)
  }

  private checkedAlone(parsed: Parsed, stages: CheckText): void {
    const { text, dependencies, diagnostics, failed } = this.check(
      parsed,
      stages,
      this.unnoted,
    ).found
    this.parses.set(text.name, { ...parsed, statement: undefined })
    this.checks.set(text.name, { text, dependencies, diagnostics, failed })
  }

  private check(parsed: Parsed, stages: CheckText, known: Known): Result {
    const { text, statement, references } = parsed
    const sink = parsed.sink.continued(known)
    const broken = references.find((reference) => isBroken(reference, known))
    if (broken) sink.report("upstream-error", broken.span, { name: broken.name })
    const found =
      statement && !broken && !sink.hasErrors
        ? stages(statement, contextOf(text, known), sink)
        : undefined
    const failed = sink.hasErrors || !found
    const checked: CheckedText = {
      text,
      dependencies: found?.names.dependencies ?? [],
      diagnostics: sink.diagnostics,
      failed,
      ...(statement ? { statement } : {}),
      ...found,
    }
    if (!isModel(text)) return { found: checked, gives: undefined, key: "" }
    const gives = this.learn(modelRelation(text, failed ? undefined : found.types))
    return { found: checked, gives, key: keyOf(gives) }
  }

  /** Faults in a model's header are the model's; gives the others, of YAML files, each once. */
  declared(
    declarations: readonly Declarations[],
    faults: (one: Declarations, known: Known) => readonly Diagnostic[],
  ): Diagnostic[] {
    const seen = new Set<string>()
    const texts = new Map(this.checks)
    this.joined = texts
    return declarations.flatMap((one) => {
      const found = this.declaring.get(keyOf(one.owner), [one.by], (trace) =>
        faults(one, this.known(trace)),
      )
      const fresh = found.filter((fault) => isFirst(fault, seen))
      const checked = one.owner.kind === "model" ? texts.get(one.owner.name) : undefined
      const [own, others] = partition(fresh, (fault) => fault.file === checked?.text.source.file)
      if (checked && own.length > 0) texts.set(one.owner.name, this.join(checked, own))
      return others
    })
  }

  private join(checked: CheckedText, faults: readonly Diagnostic[]): CheckedText {
    return this.joining.get(checked.text.name, [checked, ...faults], () => ({
      ...checked,
      diagnostics: [...checked.diagnostics, ...faults],
      failed: true,
    }))
  }

  /** What a text may know of the others, as they were checked last. */
  contextOf(text: Model | TestFile): ResolveContext & TypecheckContext {
    return contextOf(text, {
      relation: this.relation,
      relationNames: this.namesOf,
      get: this.textOf,
    })
  }

  /** What a text refers to. */
  referencesOf(name: string): readonly Dependency[] {
    return this.parses.get(name)?.references ?? []
  }

  /** Its relation, or the last one where that says the same: an edit that leaves it as it was reaches no other text. */
  private learn(relation: Relation): Relation {
    const key = keyOf(relation)
    const learned = kept(this.relations.get(key), relation)
    this.relations.set(key, learned)
    return learned
  }
}

function keyOf({ kind, name }: Pick<Relation, "kind" | "name">): string {
  return `${kind} ${name.toLowerCase()}`
}

/**
 * Whether only texts of models and tests may be others: all else is the same object. (What loads a project anew
 * makes its targets anew.)
 */
function differsInTexts(last: Project, next: Project): boolean {
  const { targets, levels, params, sources, seeds, diagnostics } = last
  return (
    targets === next.targets &&
    levels === next.levels &&
    params === next.params &&
    sources === next.sources &&
    seeds === next.seeds &&
    diagnostics === next.diagnostics
  )
}

function unchecked(model: Model): Relation {
  return modelRelation(model, undefined)
}

function nodeOf(text: Model | TestFile, references: readonly Dependency[]): DagNode {
  const edges = references
    .filter(({ kind }) => kind !== "source")
    .map(({ name, span }) => ({ to: name, span }))
  return { name: text.name, file: text.source.file, edges }
}

function hasSameEdges(a: DagNode, b: DagNode): boolean {
  if (a === b) return true
  const isSameTarget = (one: Edge, other: Edge) => one.to === other.to
  return a.name === b.name && a.file === b.file && isSameList(a.edges, b.edges, isSameTarget)
}

function isBroken({ kind, name }: Dependency, known: Known): boolean {
  const relation =
    known.relation(kind, name) ?? (kind === "model" ? known.relation("seed", name) : undefined)
  return relation?.broken === true
}

function contextOf(
  text: Model | TestFile,
  { relation, relationNames }: Known,
): ResolveContext & TypecheckContext {
  const { name } = text
  if (!isModel(text)) return { name, relation, relationNames, allowStar: true, isTest: true }
  const { allowStar, materialization } = text
  return { name, relation, relationNames, allowStar, isTest: false, materialization, model: text }
}

/** What a folder declares of several models is reported once. */
function isFirst({ file, code, start, end }: Diagnostic, seen: Set<string>): boolean {
  const key = `${file}:${code}:${start.offset}:${end.offset}`
  if (seen.has(key)) return false
  seen.add(key)
  return true
}

function partition<T>(items: readonly T[], isIn: (item: T) => boolean): [T[], T[]] {
  const [within, without]: [T[], T[]] = [[], []]
  for (const item of items) (isIn(item) ? within : without).push(item)
  return [within, without]
}
