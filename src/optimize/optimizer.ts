import { EGraph, type ClassId, type RunReport } from "../egraph/index.js"
import type { OutColumn, Rel } from "../ir/nodes.js"
import type { PipelineModel, PipelinePlan } from "../ir/pipeline.js"
import { RowPrices } from "./cost.js"
import { Decoder } from "./decode.js"
import { DistinctCounts } from "./distinct.js"
import { Encoder } from "./encode.js"
import { RowEstimates } from "./estimate.js"
import { declaredFunctions, shownColumns, type ShownColumns } from "./functions/index.js"
import { considerHidden } from "./hidden.js"
import type { OptimizeInput } from "./index.js"
import { normalizer } from "./normalize.js"
import { isRepeatable } from "./pinned.js"
import { RelationReader } from "./read.js"
import { loadRules, type RuleSet } from "./rules.js"
import { Search, type SearchResult } from "./search.js"
import { readFrom, tableOf, type Table } from "./rebase.js"
import { Tables } from "./tables.js"
import { describe, GUARDS, vocabulary, type Vocabulary } from "./terms.js"

/** A model in the graph. */
export interface Entry {
  readonly model: PipelineModel
  /** The row of its `out`, and of its body, as its text has them. */
  readonly out: ClassId
  readonly body: ClassId
  readonly columns: readonly OutColumn[]
}

/** What all parts of an optimization look at. */
export interface Workbench {
  readonly input: OptimizeInput
  readonly rules: RuleSet
  readonly words: Vocabulary
  readonly graph: EGraph
  readonly encoder: Encoder
  readonly estimates: RowEstimates
  readonly prices: RowPrices
  readonly shown: ShownColumns
  /** Classes as they were first written. */
  readonly written: RelationReader<ClassId>
}

const DEFAULT_LIMITS = { nodes: 60_000, ms: 3_000 }
const MOST_ITERATIONS = 24

export class Optimizer {
  private readonly bench: Workbench
  private readonly entries: Entry[] = []
  /** When the search ends; saturation ends before. */
  private readonly deadline: number
  private readonly started: number

  constructor(private readonly input: OptimizeInput) {
    this.bench = workbench(input)
    this.ingest()
    this.started = performance.now()
    this.deadline = this.started + (input.limits ?? DEFAULT_LIMITS).ms
  }

  dispose(): void {
    this.bench.graph.dispose()
  }

  plan(): PipelinePlan {
    const { bench, entries } = this
    const user = this.priced(new Tables(bench, entries, [])).cost(new Set())
    const first = this.saturate(0.4)
    const hidden = considerHidden(bench, entries)
    const second = this.saturate(0.8)
    const tables = new Tables(bench, entries, hidden)
    const search = this.priced(tables)
    const found = first.contradiction || second.contradiction ? NOTHING : search.run()
    const decoder = new Decoder(bench, tables, search)
    return {
      ...decoder.plan(found.chosen),
      cost: {
        user,
        chosen: Math.min(found.cost, user),
        proven: found.isProven && found.cost <= user,
      },
      ...this.endings([first, second], found),
    }
  }

  private endings(
    reports: readonly RunReport[],
    found: SearchResult,
  ): Pick<PipelinePlan, "fallback" | "stopped"> {
    const stop = reports.find((report) => report.stop !== "saturated")?.stop
    const stopped = found.ranOutOfTime ? "time-limit" : stop
    return {
      ...(reports.some(({ contradiction }) => contradiction) ? { fallback: "contradiction" } : {}),
      ...(stopped === undefined ? {} : { stopped }),
    }
  }

  /** Every model's body in the graph; one that must not be computed again is read by those above it. */
  private ingest(): void {
    const { encoder, graph, written } = this.bench
    const pinned = new Map<Rel, Table>()
    for (const model of this.input.models) {
      const read = readFrom(model.out, pinned)
      const { out, body } = encoder.out(read)
      const [list = 0] = graph.childrenOf(out)
      const columns = written.columns(list)
      this.entries.push({ model, out, body, columns })
      if (model.materialization === "table" && !isRepeatable(model.out.input))
        pinned.set(model.out.input, tableOf(model.name, model.out))
    }
    graph.rebuild()
    this.bench.estimates.learn(this.counted())
  }

  /** Rows of models as the last run counted them. */
  private counted(): Map<ClassId, number> {
    const { relations } = this.input.statistics
    return new Map(
      this.entries.flatMap(({ model, body }) => {
        const rows = relations.get(model.name)?.rows
        return rows === undefined ? [] : [[body, rows] as const]
      }),
    )
  }

  /** Until nothing new comes, or this part of the time is over. */
  private saturate(part: number): RunReport {
    const { nodes, ms: all } = this.input.limits ?? DEFAULT_LIMITS
    const ms = Math.max(1, this.started + part * all - performance.now())
    return this.bench.graph.run({ nodes, ms, iterations: MOST_ITERATIONS })
  }

  private priced(tables: Tables): Search {
    this.bench.graph.setPrices((row) => this.bench.prices.of(row))
    return new Search(this.bench.graph, tables.targets, this.deadline)
  }
}

const NOTHING: SearchResult = {
  chosen: new Set(),
  cost: Infinity,
  isProven: false,
  ranOutOfTime: false,
}

function workbench(input: OptimizeInput): Workbench {
  const rules = loadRules(input.without)
  const words = vocabulary(input.facts)
  const normal = normalizer(rules.scalar, rules.relational.operators, words)
  const shown = shownColumns(words)
  const graph = EGraph.createSync({
    rules: rules.relational,
    guards: GUARDS,
    describe: (op) => describe(words, op),
    functions: declaredFunctions(words, normal, shown),
  })
  const encoder = new Encoder(graph, words, normal)
  const written = new RelationReader<ClassId>(
    {
      op: (cls) => graph.opOf(graph.find(cls)),
      children: (cls) => graph.childrenOf(graph.find(cls)),
      typed: (cls) => encoder.typed(cls),
      stored: () => undefined,
    },
    words,
    encoder.leaves,
  )
  const distinct = new DistinctCounts(words, input.statistics, input.facts)
  const estimates = new RowEstimates(graph, words, written.scalars, distinct)
  const prices = new RowPrices(graph, words, estimates, distinct, input.costs)
  return { input, rules, words, graph, encoder, estimates, prices, shown, written }
}
