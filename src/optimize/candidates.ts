import type { ClassId, EGraph, Term } from "../egraph/index.js"
import { showTerm } from "../egraph/term.js"
import { bornId } from "../ir/ids.js"
import type { ColumnId, Scalar } from "../ir/nodes.js"
import type { CostModel } from "../engine/driver.js"
import type { RowEstimates } from "./estimate.js"
import { columnTerm, definitions, mentioned } from "./functions/columns.js"
import { needsOf, over, type ShownColumns } from "./functions/index.js"
import { typeOf } from "./scalar-facts.js"
import { addColumn, columnInfo, columnOf, type Vocabulary } from "./terms.js"

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
  /** The row that aggregates. */
  readonly row: number
  /** Expressions over the base alone: what groups, predicates and join conditions look at. */
  readonly keys: readonly Term[]
  readonly parts: readonly Term[]
}

/** What the search for candidates looks at. */
export interface Surroundings {
  readonly graph: EGraph
  readonly words: Vocabulary
  readonly shown: ShownColumns
  readonly estimates: RowEstimates
  readonly costs: CostModel
  readonly scalar: (term: Term) => Scalar
  /** Bodies of tables of the user's plan: what they group by is there to be read. */
  readonly tables: ReadonlySet<ClassId>
}

/** A root that leaves more than this part of the rows saves nothing. */
const MOST_GROUPS = 1 / 3
/** Candidates for one base, the most promising first. */
const MOST_CANDIDATES = 8
/** Consumers of one base whose unions are tried. */
const MOST_CONSUMERS = 24
const MOST_LEFTS = 2

export function proposeRoots(around: Surroundings): Candidate[] {
  const byBase = new Map<ClassId, Map<string, Consumer>>()
  for (const consumer of consumers(around)) {
    const known = byBase.get(consumer.base) ?? new Map<string, Consumer>()
    const signature = [...consumer.keys, ...consumer.parts].map(showTerm).sort().join(" ")
    known.set(signature, known.get(signature) ?? consumer)
    byBase.set(consumer.base, known)
  }
  return [...byBase].flatMap(([base, found]) => [
    ...existing(base, [...found.values()], around),
    ...(found.size < 2 ? [] : rootsOf(base, [...found.values()], around)),
  ])
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

/** The relations that the rules of sharing see below an aggregate, with the conditions above them. */
function basesOf(input: ClassId, around: Surroundings): Base[] {
  const found = new Map<ClassId, Base>()
  const visit = (cls: ClassId, conditions: readonly ClassId[], lefts: number, filters: number) => {
    const base = around.graph.find(cls)
    if (found.has(base)) return
    found.set(base, { base, conditions })
    for (const row of around.graph.members(base)) {
      const [a = 0, b = 0, c = 0] = around.graph.childrenOf(row)
      const op = around.graph.opOf(row)
      if (op === "filter" && filters === 0 && lefts === 0) {
        visit(b, [...conditions, a], lefts, 1)
        for (const joined of joinedIn(b, around.graph))
          visit(joined, [...conditions, a], MOST_LEFTS, 1)
      }
      if (op === "left" && lefts < MOST_LEFTS - filters && c !== 0)
        visit(b, [...conditions, a], lefts + 1, filters)
    }
  }
  visit(input, [], 0, 0)
  return [...found.values()]
}

function joinedIn(cls: ClassId, graph: EGraph): ClassId[] {
  return graph
    .members(cls)
    .filter((row) => graph.opOf(row) === "join")
    .flatMap((row) => graph.childrenOf(row))
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
  return { base, row, keys: [...keys.values()], parts: [...parts.values()] }
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
  const { graph, tables } = around
  return found.flatMap(({ row }) => {
    const [keys = 0, aggregates = 0, input = 0] = graph.childrenOf(row)
    const isTable = graph.opOf(row) === "agg" && tables.has(graph.find(row))
    if (!isTable || graph.find(input) !== base) return []
    const lists = {
      keys: graph.originalTerm(keys),
      aggregates: graph.originalTerm(aggregates),
    }
    return [{ base, ...lists, isTable: true }]
  })
}

interface Scored {
  readonly candidate: Candidate
  readonly benefit: number
}

function rootsOf(base: ClassId, found: readonly Consumer[], around: Surroundings): Candidate[] {
  const own = found.slice(0, MOST_CONSUMERS).map(({ keys }) => keys)
  const sets = new Map<string, readonly Term[]>()
  const put = (keys: readonly Term[]) => sets.set(keys.map(showTerm).sort().join(" "), keys)
  own.forEach(put)
  for (const [i, a] of own.entries()) for (const b of own.slice(i + 1)) put(union(a, b, around))
  const scored = [...sets.values()].flatMap((keys) => score(base, keys, found, around) ?? [])
  return scored
    .sort((a, b) => b.benefit - a.benefit)
    .slice(0, MOST_CANDIDATES)
    .map(({ candidate }) => candidate)
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
  const { estimates, costs, words, scalar } = around
  const rows = estimates.rows(base)
  const groups = estimates.groupsOf(keys.map(scalar), rows)
  if (keys.length === 0 || groups > rows * MOST_GROUPS) return undefined
  const served = found.filter((consumer) => consumer.keys.every((key) => speaks(key, keys, words)))
  const parts = [
    ...new Map(served.flatMap((one) => one.parts).map((part) => [showTerm(part), part])).values(),
  ]
  const row = costs.groupRow + (keys.length + parts.length) * (costs.groupKey + costs.scanCell)
  const spent =
    rows * row + groups * (costs.groupEntry + (keys.length + parts.length) * costs.writeCell)
  const saved = served.length * (rows - groups) * (costs.groupRow + 2 * costs.groupKey)
  const candidate = {
    base,
    keys: listOf("keys", keys, keyId, around),
    aggregates: listOf("aggs", parts, (part) => partId(part, base), around),
    isTable: false,
  }
  return { candidate, benefit: saved - spent }
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
