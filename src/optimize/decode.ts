import { some } from "../base/check.js"
import {
  Explanation,
  UnionIndex,
  type Application,
  type Choice,
  type Rule,
  type Term,
  type ClassId,
} from "../egraph/index.js"
import { baseId, underNull } from "../ir/ids.js"
import type { ColumnId, Out, Rel, Scalar } from "../ir/nodes.js"
import type { HiddenTable, PipelinePlan, PlannedModel, RewriteStep } from "../ir/pipeline.js"
import { inputs, operands, scalarsOf } from "../ir/walk.js"
import { isSubquery } from "./functions/columns.js"
import type { Workbench } from "./optimizer.js"
import { RelationReader } from "./read.js"
import { NotHeld, rebase, scanOf, type Table } from "./rebase.js"
import type { Search, Target } from "./search.js"
import { sides } from "./sides.js"
import type { Tables } from "./tables.js"
import { factOf } from "./terms.js"

type Decoded = Pick<PipelinePlan, "models" | "hidden" | "applied" | "facts">

/** Reads the chosen plan out of the graph, each target with the rules that led to it. */
export class Decoder {
  private readonly index: UnionIndex

  constructor(
    private readonly bench: Workbench,
    private readonly tables: Tables,
    private readonly search: Search,
  ) {
    this.index = new UnionIndex(bench.graph, bench.graph.log())
  }

  plan(chosen: ReadonlySet<string>): Decoded {
    const computed = new Map(
      this.tables.targets
        .filter(({ name, isGiven }) => isGiven || chosen.has(name))
        .map((target) => [target.name, { target, ...this.compute(target, chosen) }] as const),
    )
    const models = new Map(
      [...computed.values()].flatMap(({ target, out, steps }): [string, PlannedModel][] => {
        const model = this.tables.entry(target.name)?.model
        if (!model) return []
        const isIncremental = model.materialization === "incremental"
        const materialization = isIncremental ? "incremental" : "table"
        return [[model.name, { name: model.name, materialization, out, steps }]]
      }),
    )
    const hidden = this.hidden([...computed.values()])
    const steps = [...models.values(), ...hidden].flatMap((target) => target.steps)
    return {
      models,
      hidden,
      applied: [...new Set(steps.map(({ rule }) => rule))],
      facts: [...new Set(steps.flatMap(({ facts }) => facts))],
    }
  }

  /** Hidden tables that something reads, with the columns that are read; the last made first. */
  private hidden(
    computed: readonly {
      readonly target: Target
      readonly out: Out
      readonly steps: readonly RewriteStep[]
    }[],
  ): HiddenTable[] {
    const needed = new Set<ColumnId>()
    const found: HiddenTable[] = []
    for (const { target, out } of computed) if (this.tables.entry(target.name)) need(out, needed)
    for (const { target, out, steps } of [...computed].reverse()) {
      if (this.tables.entry(target.name)) continue
      const columns = out.columns.filter(({ name }) => needed.has(baseId(target.name, name)))
      if (columns.length === 0) continue
      const narrow = { columns, input: out.input }
      need(narrow, needed)
      found.unshift({ name: target.name, out: narrow, steps })
    }
    return found
  }

  // -------------------------------------------------------------------------------------- targets

  private compute(
    target: Target,
    chosen: ReadonlySet<string>,
  ): { readonly out: Out; readonly steps: readonly RewriteStep[] } {
    let readable = this.search.readable(target, chosen)
    for (;;) {
      const choice = this.search.choose(target, readable)
      try {
        const reads = this.readsOf(readable)
        const out = this.out(target, choice, reads)
        return { out, steps: this.steps(target, choice, reads) }
      } catch (error) {
        if (!(error instanceof NotHeld)) throw error
        const left = readable.filter(({ name }) => !error.tables.has(name))
        if (left.length === readable.length) throw error
        readable = left
      }
    }
  }

  /** The table that a class is read from: of several the cheapest. */
  private readsOf(readable: readonly Target[]): ReadonlyMap<ClassId, Target> {
    const reads = new Map<ClassId, Target>()
    for (const target of readable) {
      if (!target.stored) continue
      const body = this.bench.graph.find(target.stored.body)
      const known = reads.get(body)
      if (!known?.stored || target.stored.read < known.stored.read) reads.set(body, target)
    }
    return reads
  }

  private out(target: Target, choice: Choice, reads: ReadonlyMap<ClassId, Target>): Out {
    const { graph, words, encoder } = this.bench
    const row = (cls: ClassId) => choice.choice(cls) ?? graph.find(cls)
    const tableFor = (cls: ClassId): Table =>
      some(this.tables.table(reads.get(graph.find(cls))?.name ?? ""), "a table that is read")
    const reader = new RelationReader<ClassId>(
      {
        op: (cls) => graph.opOf(row(cls)),
        children: (cls) => graph.childrenOf(row(cls)),
        typed: (cls) => encoder.typed(cls),
        stored: (cls) => (choice.isRead(cls) ? scanOf(tableFor(cls)) : undefined),
      },
      words,
      encoder.leaves,
    )
    const [list, body] = graph.childrenOf(row(target.root))
    const written: Out = this.tables.entry(target.name)
      ? {
          columns: reader.columns(some(list, "columns")),
          input: reader.relation(some(body, "a body")),
        }
      : {
          columns: some(this.tables.table(target.name), "a hidden table").columns,
          input: reader.relation(target.root, true),
        }
    const tables = [...reads.values()].flatMap(({ name }) => this.tables.table(name) ?? [])
    return rebase(written, new Map(tables.map((table) => [table.name, table])))
  }

  // ---------------------------------------------------------------------------------------- steps

  /** What the engine's log says of the way from the target as written to what was chosen. */
  private steps(
    target: Target,
    choice: Choice,
    reads: ReadonlyMap<ClassId, Target>,
  ): RewriteStep[] {
    const { graph } = this.bench
    const explanation = new Explanation(this.index)
    const seen = new Set<number>()
    const visit = (row: number) => {
      if (seen.has(row)) return
      seen.add(row)
      const read = choice.isRead(row) ? reads.get(graph.find(row))?.stored : undefined
      const reached = read ? read.body : (choice.choice(row) ?? row)
      explanation.add(row, reached)
      if (!read) graph.firstChildrenOf(reached).forEach(visit)
    }
    visit(target.root)
    return explanation.applications().map((application) => this.step(application))
  }

  /** Facts that the expressions of the matched rows rest on: casts that a known range makes safe. */
  private factsIn({ rule, matched }: Application): number[] {
    const { graph, rules } = this.bench
    const isAsked = ({ name, guards }: Rule) =>
      name === rule && guards.some((guard) => guard.name === "total")
    if (!rules.relational.rules.some(isAsked)) return []
    const lists = matched
      .flatMap((row) => graph.firstChildrenOf(row))
      .filter((row) => LISTS.has(graph.opOf(row)))
    const found: number[] = []
    const visit = ({ op, children }: Term): void => {
      const fact = factOf(op)
      if (fact !== undefined) found.push(fact)
      if (!isSubquery(op)) children.forEach(visit)
    }
    for (const list of lists) visit(graph.originalTerm(list))
    return found
  }

  private step(application: Application): RewriteStep {
    const { input, rules, graph, encoder } = this.bench
    const ids = new Set([...application.witnesses, ...this.factsIn(application)])
    const facts = input.facts.filter(({ id }) => ids.has(id))
    const found = input.keepSides
      ? sides(application, { graph, encoder, rules: rules.relational })
      : undefined
    const reason = rules.reasons.get(application.rule) ?? ""
    return { rule: application.rule, reason, facts, ...(found ? { sides: found } : {}) }
  }
}

const LISTS = new Set(["keys", "aggs", "cols", "and", "defs", "windows"])

/** Adds the ids that a plan mentions, without null(…) and tags. */
function need({ columns, input }: Out, needed: Set<ColumnId>): void {
  const seen = new Set<Rel>()
  const inScalar = (expr: Scalar): void => {
    if (expr.kind === "column") needed.add(untagged(expr.id))
    if (expr.kind === "query") inRel(expr.rel)
    operands(expr).forEach(inScalar)
  }
  const inRel = (rel: Rel): void => {
    if (seen.has(rel)) return
    seen.add(rel)
    scalarsOf(rel).forEach(inScalar)
    inputs(rel).forEach(inRel)
  }
  for (const { expr } of columns) inScalar(expr)
  inRel(input)
}

function untagged(id: ColumnId): ColumnId {
  const below = underNull(id)
  return below === undefined ? id.replace(/#[\d.]+$/, "") : untagged(below)
}
