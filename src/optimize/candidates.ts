import type { ClassId, EGraph, Term } from "../egraph/index.js"
import { showTerm } from "../egraph/term.js"
import { lookupFunction } from "../functions/index.js"
import { bornId } from "../ir/ids.js"
import type { ColumnId, Scalar } from "../ir/nodes.js"
import type { CostModel } from "../engine/driver.js"
import type { RowEstimates } from "./estimate.js"
import { columnTerm, definitions, mentioned } from "./functions/columns.js"
import { needsOf, over, type ShownColumns } from "./functions/index.js"
import { raisingIn, typeOf } from "./scalar-facts.js"
import { addColumn, calledFunction, columnInfo, columnOf, type Vocabulary } from "./terms.js"

// Which finer aggregates are worth considering as roots of several others (rules/sharing.rules): the greedy
// lattice of Harinarayan, Rajaraman and Ullman (SIGMOD 1996) over the groups that the plans ask for.

/** A root for the relation `base`. */
export interface Candidate {
  readonly base: ClassId
  readonly keys: Term
  readonly aggregates: Term
  /** A table of the user's plan holds it. */
  readonly isTable: boolean
}

/** An aggregate that a root of `base` could serve. */
interface Consumer {
  readonly base: ClassId
  /** The row that aggregates: of its class's the one that looks at least. */
  readonly row: number
  /** Expressions over the base alone: what groups, predicates and join conditions look at. */
  readonly keys: readonly Term[]
  readonly parts: readonly Term[]
  /** What may raise an error in the parts: one root serves those that agree in it. */
  readonly raising: string
}

/** What the search for candidates looks at. */
export interface Surroundings {
  readonly graph: EGraph
  readonly words: Vocabulary
  readonly shown: ShownColumns
  readonly estimates: RowEstimates
  readonly costs: CostModel
  readonly scalar: (term: Term) => Scalar
  /** What the cheapest way to compute a class costs. */
  readonly price: (cls: ClassId) => number
  /** Bodies of tables of the user's plan: what they group by is there to be read. */
  readonly tables: ReadonlySet<ClassId>
}

/** A root that leaves more than this part of the rows saves nothing. */
const MOST_GROUPS = 1 / 3
const MOST_CANDIDATES = 12
/** Consumers of one base whose unions are tried. */
const MOST_CONSUMERS = 24
const MOST_JOINS = 2

export function proposeRoots(around: Surroundings): Candidate[] {
  const byBase = new Map<ClassId, Map<ClassId, Consumer>>()
  const varying = varyingRows(around.graph)
  for (const consumer of consumers(around)) {
    if (varying.size > 0 && reaches(consumer.base, varying, around.graph)) continue
    const known = byBase.get(consumer.base) ?? new Map<ClassId, Consumer>()
    byBase.set(consumer.base, known)
    const result = around.graph.find(consumer.row)
    const other = known.get(result)
    if (!other || consumer.keys.length < other.keys.length) known.set(result, consumer)
  }
  const shared = [...byBase].filter(([, found]) => found.size > 1)
  const scored = shared.flatMap(([base, found]) => rootsOf(base, [...found.values()], around))
  return [
    ...[...byBase].flatMap(([base, found]) => existing(base, [...found.values()], around)),
    ...promising(scored, around),
  ]
}

/** Calls that give other values in another statement, such as `now`. */
function varyingRows(graph: EGraph): ReadonlySet<number> {
  const found = new Set<number>()
  for (let row = 1; row < graph.rows; row++) {
    const fn = graph.isLive(row) ? lookupFunction(calledFunction(graph.opOf(row))) : undefined
    if (fn?.kind === "scalar" && !fn.deterministic) found.add(row)
  }
  return found
}

/** Whether some way to compute a class has one of these rows. */
function reaches(cls: ClassId, rows: ReadonlySet<number>, graph: EGraph): boolean {
  const seen = new Set([graph.find(cls)])
  for (const one of seen)
    for (const row of graph.members(one)) {
      if (rows.has(row)) return true
      for (const child of graph.childrenOf(row)) seen.add(graph.find(child))
    }
  return false
}

/** One after the other the root that saves most beside those before it. */
function promising(scored: readonly Scored[], { costs }: Surroundings): Candidate[] {
  const chosen: Scored[] = []
  const paid = new Map<ClassId, number>()
  const open = new Set(scored)
  while (chosen.length < MOST_CANDIDATES) {
    let best: { readonly root: Scored; readonly gain: number } | undefined
    for (const root of open) {
      const gain = gainOf(root, paid)
      if (gain < costs.statement) open.delete(root)
      else if (!best || gain > best.gain) best = { root, gain }
    }
    if (!best) break
    const { root } = best
    open.delete(root)
    chosen.push(root)
    for (const { result, direct } of root.served)
      paid.set(result, Math.min(paid.get(result) ?? direct, root.via))
  }
  return chosen.map(({ candidate }) => candidate)
}

/** What a root saves where the aggregates that it serves cost what is paid for them so far. Falls as others are chosen. */
function gainOf({ served, via, spent }: Scored, paid: ReadonlyMap<ClassId, number>): number {
  const saved = served.map(({ result, direct }) => Math.max(0, (paid.get(result) ?? direct) - via))
  return saved.reduce((sum, each) => sum + each, 0) - spent
}

// -------------------------------------------------------------------------------------- consumers

function* consumers(around: Surroundings): Generator<Consumer> {
  const { graph } = around
  const count = graph.rows
  for (let row = 1; row < count; row++) {
    const op = graph.opOf(row)
    if (!graph.isLive(row) || (op !== "agg" && op !== "distinct")) continue
    const input = graph.childrenOf(row)[op === "agg" ? 2 : 1]
    if (input === undefined) continue
    for (const { base, conditions } of basesOf(input, around)) {
      const found = consumerOf(row, base, conditions, around)
      if (found) yield found
    }
  }
}

interface Base {
  readonly base: ClassId
  readonly conditions: readonly ClassId[]
}

/**
 * The relations that the rules of sharing see below an aggregate, with the conditions above them. Of a left
 * join only what is at the bottom of its left side, of an inner join its smallest parts: whatever a root
 * above them would need, one of them has too.
 */
function basesOf(input: ClassId, { graph }: Surroundings): Base[] {
  const found = new Map<ClassId, Base>()
  const visit = (cls: ClassId, conditions: readonly ClassId[], joins: number, filters: number) => {
    const base = graph.find(cls)
    if (found.has(base)) return
    const rows = graph.members(base).map((row) => ({ row, op: graph.opOf(row) }))
    if (!rows.some(({ row, op }) => op === "left" || isProduct(row, graph)))
      found.set(base, { base, conditions })
    for (const { row, op } of rows) {
      const [a = 0, b = 0] = graph.childrenOf(row)
      if (op === "left" && joins + filters < MOST_JOINS)
        visit(b, [...conditions, a], joins + 1, filters)
      if (op !== "filter" || filters > 0 || joins >= MOST_JOINS) continue
      visit(b, [...conditions, a], joins, 1)
      if (joins > 0) continue
      for (const part of joinedIn(b, graph))
        found.set(part, { base: part, conditions: [...conditions, a] })
    }
  }
  visit(input, [], 0, 0)
  return [...found.values()]
}

function isProduct(row: number, graph: EGraph): boolean {
  return graph.opOf(row) === "join" && graph.childrenOf(row).length > 1
}

const COMPOUND = new Set(["join", "filter", "left"])

function joinedIn(cls: ClassId, graph: EGraph): ClassId[] {
  return graph
    .members(cls)
    .filter((row) => graph.opOf(row) === "join")
    .flatMap((row) => graph.childrenOf(row))
    .filter((part) => !graph.members(part).some((row) => COMPOUND.has(graph.opOf(row))))
}

function consumerOf(
  row: number,
  base: ClassId,
  conditions: readonly ClassId[],
  { graph, words, shown }: Surroundings,
): Consumer | undefined {
  const own = shown(base, graph)
  const [keyList = 0, callList = 0] = graph.childrenOf(row)
  const keys = new Map<string, Term>()
  const parts = new Map<string, Term>()
  const need = (term: Term) => {
    for (const part of largestWithin(term, own, words)) keys.set(showTerm(part), part)
  }
  for (const condition of conditions) need(graph.originalTerm(graph.find(condition)))
  for (const { expr } of definitions(graph.originalTerm(graph.find(keyList)))) need(expr)
  if (graph.opOf(row) === "agg")
    for (const { expr } of definitions(graph.originalTerm(graph.find(callList)))) {
      const needs = needsOf(expr, words)
      if (!needs || needs.parts.some((part) => !isWithin(part, own, words))) return undefined
      for (const part of needs.parts) parts.set(showTerm(part), part)
      needs.keys.forEach(need)
    }
  const raising = [...parts.values()].flatMap((part) => [...raisingIn(part, words, "possible")])
  return {
    base,
    row,
    keys: [...keys.values()],
    parts: [...parts.values()],
    raising: [...new Set(raising)].sort().join(" "),
  }
}

function isWithin(term: Term, own: ReadonlySet<ColumnId>, words: Vocabulary): boolean {
  return [...mentioned(term, words)].every((id) => own.has(id))
}

/** The largest subterms that speak of the columns of `own` alone. */
function largestWithin(term: Term, own: ReadonlySet<ColumnId>, words: Vocabulary): Term[] {
  const ids = [...mentioned(term, words)]
  if (!ids.some((id) => own.has(id))) return []
  if (term.op !== "and" && ids.every((id) => own.has(id))) return [term]
  return term.children.flatMap((child) => largestWithin(child, own, words))
}

// ------------------------------------------------------------------------------------- candidates

/** Tables of the user's plan that group this base: others may read them. */
function existing(base: ClassId, found: readonly Consumer[], around: Surroundings): Candidate[] {
  const { graph, tables, words } = around
  return found.flatMap(({ row, keys: own }) => {
    const [keys = 0, aggregates = 0, input = 0] = graph.childrenOf(row)
    const isTable = graph.opOf(row) === "agg" && tables.has(graph.find(row))
    if (!isTable || graph.find(input) !== base) return []
    const others = found.filter((other) => other.row !== row)
    if (!others.some((other) => other.keys.every((key) => speaks(key, own, words)))) return []
    const lists = {
      keys: graph.originalTerm(keys),
      aggregates: graph.originalTerm(aggregates),
    }
    return [{ base, ...lists, isTable: true }]
  })
}

interface Scored {
  readonly candidate: Candidate
  /** What it serves, and what that costs without it. */
  readonly served: readonly { readonly result: ClassId; readonly direct: number }[]
  /** What each costs that is made from it, and what making it costs. */
  readonly via: number
  readonly spent: number
}

function rootsOf(base: ClassId, found: readonly Consumer[], around: Surroundings): Scored[] {
  const own = found.slice(0, MOST_CONSUMERS).map(({ keys }) => keys)
  const sets = new Map<string, readonly Term[]>()
  const put = (keys: readonly Term[]) => sets.set(keys.map(showTerm).sort().join(" "), keys)
  own.forEach(put)
  for (const [i, a] of own.entries()) for (const b of own.slice(i + 1)) put(union(a, b, around))
  const alike = [...new Set(found.map(({ raising }) => raising))].map((raising) =>
    found.filter((consumer) => consumer.raising === raising),
  )
  return [...sets.values()].flatMap((keys) =>
    alike.flatMap((consumers) => score(base, keys, consumers, around) ?? []),
  )
}

/** Both, without those that follow from others. */
function union(a: readonly Term[], b: readonly Term[], around: Surroundings): Term[] {
  const all = [...new Map([...a, ...b].map((key) => [showTerm(key), key])).values()]
  return all.filter((key) => {
    const others = all.filter((other) => other !== key)
    return !speaks(key, others, around.words)
  })
}

/** Whether an expression can be spoken in terms of the keys. */
function speaks(expr: Term, keys: readonly Term[], words: Vocabulary): boolean {
  const list = keyList(keys)
  return (
    over(expr, { keys: list, aggregates: list, shown: mentioned(expr, words) }, words) !== undefined
  )
}

function score(
  base: ClassId,
  keys: readonly Term[],
  found: readonly Consumer[],
  around: Surroundings,
): Scored | undefined {
  const { graph, estimates, costs, words, scalar, price } = around
  const rows = estimates.rows(base)
  const groups = keys.length === 0 ? Infinity : estimates.groupsOf(keys.map(scalar), rows)
  if (groups > rows * MOST_GROUPS) return undefined
  const served = found.filter((consumer) => consumer.keys.every((key) => speaks(key, keys, words)))
  if (served.length === 0) return undefined
  const parts = [
    ...new Map(served.flatMap((one) => one.parts).map((part) => [showTerm(part), part])).values(),
  ]
  const cells = new Set([...keys, ...parts].flatMap((term) => [...mentioned(term, words)])).size
  const width = keys.length + parts.length
  const row =
    costs.groupRow +
    keys.length * costs.groupKey +
    parts.length * costs.aggregate +
    cells * costs.scanCell
  const spent = price(base) + rows * row + groups * (costs.groupEntry + width * costs.writeCell)
  const direct = served.map((one) => {
    const result = graph.find(one.row)
    return { result, direct: price(result) }
  })
  const candidate = {
    base,
    keys: listOf("keys", keys, keyId, around),
    aggregates: listOf("aggs", parts, (part) => partId(part, base), around),
    isTable: false,
  }
  return { candidate, served: direct, via: groups * row, spent }
}

function keyList(keys: readonly Term[]): Term {
  const children = keys.map((key) => ({
    op: "def",
    children: [columnTerm(keyId(key)), key],
  }))
  return { op: "keys", children }
}

function keyId(key: Term): ColumnId {
  return columnOf(key.op) ?? `[${showTerm(key)}]`
}

function partId(part: Term, base: ClassId): ColumnId {
  return bornId(`${part.op}(${part.children.map(showTerm).join(" ")})`, `${base} ${showTerm(part)}`)
}

function listOf(
  op: string,
  terms: readonly Term[],
  idOf: (term: Term) => ColumnId,
  { words }: Surroundings,
): Term {
  const children = terms.map((term) => {
    const id = idOf(term)
    if (!columnInfo(words, id)) addColumn(words, id, { type: typeOf(term, words), nullable: true })
    return { op: "def", children: [columnTerm(id), term] }
  })
  return { op, children }
}
