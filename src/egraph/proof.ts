import { at, some } from "../base/check.js"
import type { AnalysisName } from "./analyses.js"
import { EGraphError } from "./errors.js"
import type { Union } from "./explain.js"
import type { ContradictionProof, Proof } from "./steps.js"
import { showTerm, type Term } from "./term.js"
import { Chains } from "./proofs/chain.js"
import { choiceFor, evidenceFor, type Pair, type Resting, type Ways } from "./proofs/evidence.js"
import { boundTerms, fittedTerm, pairsOf, type Fit, type Time } from "./proofs/fit.js"
import { assumedFacts, factOf } from "./proofs/fact-grounds.js"
import { fold, isConstant } from "./proofs/folding.js"
import { NOW, other, UnionForest, type Edge } from "./proofs/forest.js"
import { FactHistory } from "./proofs/history.js"
import type { ChoiceGround, Reason, RuleReason, Way } from "./proofs/reasons.js"
import { anywhere, readApplication, type Applied } from "./proofs/records.js"
import { Rows, type ProvenGraph } from "./proofs/rows.js"
import { Terms } from "./proofs/terms.js"
import { Writer } from "./proofs/writer.js"

// Proofs that terms are equal, from the log. A union of the log is proven by older unions: how its match came to
// stand in the graph. So all that a proof needs is gathered first, and then proven in the order of the log.

export interface ProofLimits {
  /** Steps that a proof may have, those of the proofs within it included; each counts once. 100,000 if not said. */
  readonly maxSteps?: number
}

const MAX_STEPS = 100_000
/** Rows of a way that a shortcut is looked for between. */
const WIDEST = 32

/** From a row of a way to a later one: child by child. */
interface Shortcut {
  readonly start: number
  readonly end: number
  readonly op: string
  readonly pairs: readonly Pair[]
}

/** Proves what a graph knows, as it was when this was made; proofs share what they have in common. */
export class Prover {
  private readonly terms: Terms
  private readonly rows: Rows
  private readonly forest: UnionForest
  private readonly unions: readonly Union[]
  private readonly edges: Edge[] = []
  private history: FactHistory | undefined
  private readonly chains: Chains<Reason>
  /** Applications of rules with clauses, by their union: they were read to know what they united. */
  private readonly applied = new Map<number, Applied>()
  private readonly plans = new Map<number, Resting<Way>>()
  /** Of each union that was needed so far, from its left row's term to that of its right row. */
  private readonly proven = new Map<number, Way>()
  private readonly between = new Map<string, Way>()

  constructor(private readonly graph: ProvenGraph) {
    this.terms = new Terms(graph.operators)
    this.rows = new Rows(graph, this.terms)
    this.forest = new UnionForest(graph.rows)
    this.chains = new Chains(this.terms, (op) => this.rows.isOrdered(op))
    this.unions = graph.log().unions
    for (const union of this.unions) {
      const edge = this.edgeOf(union)
      if (this.forest.add(edge)) this.edges.push(edge)
    }
  }

  private edgeOf({ application, left, right, index }: Union): Edge {
    const rule = application && this.graph.rule(application.number)
    if (!application || !rule?.clauses) return { left, right, index }
    const applied = readApplication(application, rule, this.time(index))
    this.applied.set(index, applied)
    return { left: applied.clause?.left.from ?? left, right, index }
  }

  private time(before: number): Time {
    return { rows: this.rows, forest: this.forest, before, facts: this.facts }
  }

  // ---------------------------------------------------------------------------------------- proofs

  /** Steps from one term to another, each a row's or written out. Throws where they are not equal. */
  explain(
    left: number | Term,
    right: number | Term,
    { maxSteps = MAX_STEPS }: ProofLimits = {},
  ): Proof {
    const [a, b] = [this.fitOf(left), this.fitOf(right)]
    if (!this.forest.areEqual(a.row, b.row, NOW))
      throw new EGraphError(
        "not-equal",
        `${this.shown(a)} and ${this.shown(b)} are not equal in this graph`,
      )
    this.prove([...pairsOf(a), ...pairsOf(b), [a.row, b.row]])
    const start = this.ways.turn(this.ways.of(a))
    const parts = [start, this.ways.between(a.row, b.row), this.ways.of(b)]
    return new Writer(this.terms, (op) => this.rows.isOrdered(op), maxSteps).proof(
      this.ways.sequence(start.from, parts),
    )
  }

  private shown(fit: Fit): string {
    return showTerm(fittedTerm(fit, this.rows))
  }

  private fitOf(term: number | Term): Fit {
    if (typeof term === "number") return { from: term, row: term }
    const found = anywhere(term, { bindings: new Map(), queue: [], calls: [] }, this.time(NOW))
    const [first] = found
    if (!first) throw new EGraphError("no-such-term", `${showTerm(term)} is not in the graph`)
    return first.fit
  }

  /** Proves all unions that some equalities rest on, the oldest first. */
  private prove(pairs: readonly Pair[]): void {
    const wanted = new Map<number, Edge>()
    const open = [...pairs]
    const asked = new Set<string>()
    for (let pair = open.pop(); pair; pair = open.pop()) {
      const key = keyOf(...pair)
      if (asked.has(key) || this.between.has(key)) continue
      asked.add(key)
      const edges = this.forest.path(...pair)
      for (const { pairs: children } of this.shortcuts(pair[0], edges)) open.push(...children)
      for (const edge of edges) {
        if (wanted.has(edge.index) || this.proven.has(edge.index)) continue
        wanted.set(edge.index, edge)
        open.push(...this.plan(edge).needs)
      }
    }
    for (const index of [...wanted.keys()].sort((a, b) => a - b))
      this.proven.set(index, this.plan(some(wanted.get(index), "an edge")).build(this.ways))
  }

  /**
   * Rows on a way, which begins at `from`, that are congruent by unions older than the newest of those between
   * them: the way between their children may be shorter.
   */
  private shortcuts(from: number, edges: readonly Edge[]): Shortcut[] {
    const passed = [from]
    for (const edge of edges) passed.push(other(edge, at(passed, passed.length - 1)))
    const found: Shortcut[] = []
    for (let start = 0; start + 1 < passed.length; start++) {
      let newest = 0
      const end = Math.min(passed.length, start + WIDEST)
      for (let next = start + 1; next < end; next++) {
        newest = Math.max(newest, at(edges, next - 1).index)
        if (next === start + 1) continue
        const pairs = this.congruent(at(passed, start), at(passed, next), newest)
        if (pairs) found.push({ start, end: next, op: this.rows.op(at(passed, start)), pairs })
      }
    }
    return found
  }

  /** The children of two rows with one operator, if they were equal, each to each. */
  private congruent(left: number, right: number, before: number): Pair[] | undefined {
    const op = this.rows.op(left)
    if (op !== this.rows.op(right) || !this.rows.isOrdered(op)) return undefined
    const [a, b] = [this.rows.children(left), this.rows.children(right)]
    const pairs = a.map((child, i): Pair => [child, b[i] ?? 0])
    const areEqual = ([x, y]: Pair) => this.forest.areEqual(x, y, before)
    return a.length === b.length && pairs.every(areEqual) ? pairs : undefined
  }

  private readonly ways: Ways = {
    between: (from, to) => this.way(from, to),
    of: ({ from, row, children }) => {
      const way = this.way(from, row)
      if (!children) return way
      const below = this.chains.below(
        this.rows.op(row),
        children.map((child) => this.ways.of(child)),
      )
      return this.chains.sequence(way.from, [way, below])
    },
    sequence: (from, ways) => this.chains.sequence(from, ways),
    turn: (way) => this.chains.turn(way),
  }

  private way(from: number, to: number): Way {
    if (from > to) return this.chains.turn(this.way(to, from))
    const key = keyOf(from, to)
    const known = this.between.get(key)
    if (known) return known
    const way = this.chains.sequence(this.rows.term(from), this.shortest(from, to))
    this.between.set(key, way)
    return way
  }

  /** The way along older unions and shortcuts with the fewest steps. */
  private shortest(from: number, to: number): Way[] {
    const edges = this.forest.path(from, to)
    let here = from
    const along = edges.map((edge) => {
      const way = some(this.proven.get(edge.index), "an older union that was proven")
      const isLeft = edge.left === here
      here = other(edge, here)
      return isLeft ? way : this.chains.turn(way)
    })
    const shortcuts = this.shortcuts(from, edges)
    if (shortcuts.length === 0) return along
    const into = along.map((way, start): { start: number; way: Way }[] => [{ start, way }])
    for (const { start, end, op, pairs } of shortcuts) {
      const children = pairs.map(([a, b]) => this.way(a, b))
      at(into, end - 1).push({ start, way: this.chains.below(op, children) })
    }
    const best: { size: number; start: number; way?: Way }[] = [{ size: 0, start: 0 }]
    for (const ways of into) {
      const sized = ways.map(({ start, way }) => ({
        start,
        way,
        size: at(best, start).size + way.size,
      }))
      best.push(sized.reduce((least, each) => (each.size < least.size ? each : least)))
    }
    const taken: Way[] = []
    for (let i = best.length - 1; i > 0; i = at(best, i).start)
      taken.unshift(some(at(best, i).way, "a way"))
    return taken
  }

  // ----------------------------------------------------------------------------------------- unions

  private plan(edge: Edge): Resting<Way> {
    const known = this.plans.get(edge.index) ?? this.planOf(edge, at(this.unions, edge.index))
    this.plans.set(edge.index, known)
    return known
  }

  private planOf(edge: Edge, { why, application }: Union): Resting<Way> {
    const { left, right } = edge
    if (why === "congruence") return this.congruence(left, right, edge.index)
    if (why === "analysis") return this.folding(left, right, edge.index)
    if (!application) return { needs: [], build: () => this.whole(left, right, { kind: "given" }) }
    const applied =
      this.applied.get(edge.index) ??
      readApplication(application, this.graph.rule(application.number), this.time(edge.index))
    return this.application(applied, application.witnesses, edge.index)
  }

  private whole(left: number, right: number, reason: Reason): Way {
    return this.chains.whole(this.rows.term(left), this.rows.term(right), reason)
  }

  private congruence(left: number, right: number, before: number): Resting<Way> {
    const pairs = this.childPairs(left, right, before)
    const build = (ways: Ways) =>
      this.chains.below(
        this.rows.op(left),
        pairs.map(([a, b]) => ways.between(a, b)),
      )
    return { needs: pairs, build }
  }

  /** Which children of two congruent rows are equal; of sets one may have several partners. */
  private childPairs(left: number, right: number, before: number): Pair[] {
    const [a, b] = [this.rows.children(left), this.rows.children(right)]
    if (this.rows.isOrdered(this.rows.op(left))) return a.map((child, i) => [child, at(b, i)])
    const open = [...b]
    const isEqual = (x: number, y: number) => this.forest.areEqual(x, y, before)
    const pairs = a.map((child): Pair => {
      const free = open.findIndex((each) => isEqual(child, each))
      if (free >= 0) return [child, at(open.splice(free, 1), 0)]
      return [
        child,
        some(
          b.find((each) => isEqual(child, each)),
          "an equal child",
        ),
      ]
    })
    const more = open.map((child): Pair => [
      some(
        a.find((each) => isEqual(child, each)),
        "an equal child",
      ),
      child,
    ])
    return [...pairs, ...more]
  }

  /** A row of the class is an operator over constants, and what it comes to is the leaf; or facts of it say so. */
  private folding(cls: number, leaf: number, before: number): Resting<Way> {
    for (const analysis of this.graph.analyses) {
      const found = this.foldingBy(analysis, cls, leaf, before)
      if (found) return found
    }
    return some(this.foldingByFacts(cls, leaf, before), `what union ${before} of the log folded`)
  }

  private foldingBy(
    analysis: AnalysisName,
    cls: number,
    leaf: number,
    before: number,
  ): Resting<Way> | undefined {
    for (const row of this.forest.classOf(cls, before)) {
      const children = this.rows.children(row)
      for (const constants of this.constantsOf(children, analysis, before)) {
        const texts = constants.map((each) => (each === undefined ? each : this.rows.op(each)))
        const value = fold(analysis, this.rows.op(row), texts)
        const result = value === undefined ? undefined : this.rows.leaf(value)
        if (result === undefined || !this.forest.areEqual(result, leaf, before)) continue
        const fits = children.map((from, i): Fit => ({ from, row: constants[i] ?? from }))
        return this.folded({ from: cls, row, children: fits }, result, leaf, analysis)
      }
    }
    return undefined
  }

  /** What was known of a class, by ranges, says what it comes to. */
  private foldingByFacts(cls: number, leaf: number, before: number): Resting<Way> | undefined {
    for (const analysis of ["constant-fold", "boolean-fold"] as const) {
      const event = this.facts().at(cls, analysis, before)
      const result = event && this.rows.leaf(String(event.fact))
      if (!event || result === undefined || !this.forest.areEqual(result, leaf, before)) continue
      const { needs, build } = factOf(cls, event, this.rows)
      return {
        needs: [...needs, [result, leaf]],
        build: (ways) => {
          const facts = [build(ways)]
          const step = this.whole(cls, result, { kind: "analysis", analysis, facts })
          return ways.sequence(step.from, [step, ways.between(result, leaf)])
        },
      }
    }
    return undefined
  }

  /** What was known of classes at any time. Made once it is asked. */
  private readonly facts = (): FactHistory =>
    (this.history ??= new FactHistory(
      this.rows,
      this.forest,
      this.edges,
      this.graph.analyses,
      assumedFacts(this.graph.assumed),
      this.graph.rows,
    ))

  /** Why two facts exclude each other, if some do: the first that did. */
  contradiction({ maxSteps = MAX_STEPS }: ProofLimits = {}): ContradictionProof | undefined {
    const { clash } = this.facts()
    if (!clash) return undefined
    const [left, right] = clash.rows
    const [a, b] = [
      factOf(left, clash.events[0], this.rows),
      factOf(right, clash.events[1], this.rows),
    ]
    this.prove([...a.needs, ...b.needs, [left, right]])
    const writer = new Writer(this.terms, (op) => this.rows.isOrdered(op), maxSteps)
    return {
      facts: [writer.fact(a.build(this.ways)), writer.fact(b.build(this.ways))],
      proof: writer.proof(this.ways.between(left, right)),
    }
  }

  private folded(fit: Fit, result: number, leaf: number, analysis: AnalysisName): Resting<Way> {
    const build = (ways: Ways) => {
      const start = ways.of(fit)
      const reason: Reason = { kind: "analysis", analysis }
      const step = this.chains.whole(start.to, this.rows.term(result), reason)
      return ways.sequence(start.from, [start, step, ways.between(result, leaf)])
    }
    return { needs: [...pairsOf(fit), [result, leaf]], build }
  }

  /** The constants that children are equal to; several where the rules, or what was given, contradict themselves. */
  private *constantsOf(
    [child, ...others]: readonly number[],
    analysis: AnalysisName,
    before: number,
  ): Generator<readonly (number | undefined)[]> {
    if (child === undefined) return yield []
    const leaves = this.rows
      .leaves()
      .filter(
        (leaf) =>
          isConstant(analysis, this.rows.op(leaf)) && this.forest.areEqual(leaf, child, before),
      )
    for (const rest of this.constantsOf(others, analysis, before))
      for (const leaf of leaves.length > 0 ? leaves : [undefined]) yield [leaf, ...rest]
  }

  private application(applied: Applied, facts: readonly number[], before: number): Resting<Way> {
    const time = this.time(before)
    const { rule, right, clause } = applied
    const left = clause?.left ?? at(applied.left, 0)
    const guards = rule.guards.map((guard) => ({
      guard: guard.name,
      resting: evidenceFor(guard, applied, time, facts),
    }))
    const choice = rule.choice && choiceFor(applied, time)
    const needs = [
      ...[left, right, ...applied.left].flatMap(pairsOf),
      ...guards.flatMap(({ resting }) => resting.flatMap((each) => each.needs)),
      ...(choice?.needs ?? []),
    ]
    const build = (ways: Ways) => {
      const [start, end] = [ways.of(left), ways.turn(ways.of(right))]
      const reason: RuleReason = {
        kind: "rule",
        rule: rule.name,
        substitution: this.substitution(applied, time),
        guards: guards.map(({ guard, resting }) => ({
          guard,
          evidence: resting.map((each) => each.build(ways)),
        })),
        calls: applied.match.calls.map((row) => this.rows.term(row)),
        ...(choice && { choice: choice.build(ways) satisfies ChoiceGround }),
        ...(clause && {
          clauses: { left: applied.left.map((fit) => ways.of(fit)), right: clause.index },
        }),
      }
      const step = this.chains.whole(start.to, end.from, reason)
      return ways.sequence(start.from, [start, step, end])
    }
    return { needs, build }
  }

  private substitution(applied: Applied, time: Time): RuleReason["substitution"] {
    const { match } = applied
    const entries = [...match.bindings].map(([variable, binding]) => {
      const terms = boundTerms(time, match, variable)
      return [variable, "rows" in binding ? terms : at(terms, 0)] as const
    })
    return Object.fromEntries(entries)
  }
}

function keyOf(a: number, b: number): string {
  return a < b ? `${a} ${b}` : `${b} ${a}`
}
