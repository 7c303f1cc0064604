import { at, Bug, some } from "../../base/check.js"
import { isRest, isVariable } from "../rules.js"
import type { Term } from "../term.js"
import type { UnionForest } from "./forest.js"
import type { FactHistory } from "./history.js"
import type { Rows } from "./rows.js"

// How patterns stand in the graph as it was before a union of the log.

/** A row is equal to another, whose children are then replaced: an instance of a pattern, or the row itself. */
export interface Fit {
  readonly from: number
  readonly row: number
  /** One for each child of `row`, from that child; of a set a child may have several. */
  readonly children?: readonly Fit[]
}

/** What a variable stands for: a row; what a right side makes of a pattern; for a rest variable, rows. */
export type Binding =
  { readonly row: number } | { readonly made: Term } | { readonly rows: readonly number[] }

export interface Match {
  readonly bindings: ReadonlyMap<string, Binding>
  /** Rows that the log says were matched and that are still to come. */
  readonly queue: readonly number[]
  /** What functions of a right side gave, in their order. */
  readonly calls: readonly number[]
}

interface Found {
  readonly fit: Fit
  readonly match: Match
}

/** Where patterns are looked for. */
export interface Time {
  readonly rows: Rows
  readonly forest: UnionForest
  /** By unions before this one alone. */
  readonly before: number
  /** What was known of classes. */
  readonly facts: () => FactHistory
}

export function bind(match: Match, variable: string, binding: Binding): Match {
  return { ...match, bindings: new Map([...match.bindings, [variable, binding]]) }
}

export function rowOf(match: Match, variable: string): number {
  const binding = some(match.bindings.get(variable), `a row for ${variable}`)
  if (!("row" in binding)) throw new Bug(`${variable} stands for no row`)
  return binding.row
}

/** The terms that a variable's binding stands for. */
export function boundTerms({ rows }: Time, match: Match, variable: string): Term[] {
  const binding = some(match.bindings.get(variable), `a value of ${variable}`)
  if ("row" in binding) return [rows.term(binding.row)]
  if ("rows" in binding) return binding.rows.map((row) => rows.term(row))
  return [instance(binding.made, { rows }, match)]
}

function instance(pattern: Term, { rows }: Pick<Time, "rows">, match: Match): Term {
  const binding = isVariable(pattern.op) ? match.bindings.get(pattern.op) : undefined
  if (binding && "row" in binding) return rows.term(binding.row)
  if (binding && "made" in binding) return instance(binding.made, { rows }, match)
  const children = pattern.children.map((child) => instance(child, { rows }, match))
  const op = children.length === 0 ? rows.graph.leafName(pattern.op) : pattern.op
  return rows.terms.node(op, children)
}

/** All pairs of rows that a fit says are equal. */
export function pairsOf({ from, row, children = [] }: Fit): (readonly [number, number])[] {
  return [[from, row], ...children.flatMap(pairsOf)]
}

/** The term that a fit comes to. */
export function fittedTerm({ row, children }: Fit, rows: Rows): Term {
  if (!children) return rows.term(row)
  return rows.terms.node(
    rows.op(row),
    children.map((child) => fittedTerm(child, rows)),
  )
}

// -------------------------------------------------------------------------------------- left sides

/** Ways in which the matched rows are a pattern's, in the class of `from`. */
export function* leftFits(pattern: Term, from: number, match: Match, time: Time): Generator<Found> {
  if (isVariable(pattern.op)) {
    const bound = match.bindings.get(pattern.op)
    if (!bound) yield { fit: same(from), match: bind(match, pattern.op, { row: from }) }
    else if ("row" in bound && equal(time, from, bound.row))
      yield { fit: { from, row: bound.row }, match }
    return
  }
  for (const [row, queue] of rowsFor(pattern, match, time)) {
    if (!time.rows.isLike(row, pattern) || !equal(time, from, row)) continue
    const kids = time.rows.children(row)
    const inner = time.rows.isOrdered(time.rows.op(row))
      ? orderedFits(pattern.children, kids, { ...match, queue }, time, leftFits)
      : unorderedFits(pattern.children, row, { ...match, queue }, time, leftFits)
    for (const { fits, match: after } of inner)
      yield { fit: { from, row, children: fits }, match: after }
  }
}

/** The next matched row; a leaf may not be among them. */
function* rowsFor(
  pattern: Term,
  { queue }: Match,
  { rows }: Time,
): Generator<readonly [number, readonly number[]]> {
  const [next, ...rest] = queue
  if (next !== undefined && rows.isLike(next, pattern)) yield [next, rest]
  if (pattern.children.length > 0) return
  const leaf = rows.leaf(pattern.op)
  if (leaf !== undefined) yield [leaf, queue]
}

type FitsOf = (pattern: Term, from: number, match: Match, time: Time) => Generator<Found>

interface FoundAll {
  readonly fits: readonly Fit[]
  readonly match: Match
}

function* orderedFits(
  patterns: readonly Term[],
  kids: readonly number[],
  match: Match,
  time: Time,
  fitsOf: FitsOf,
): Generator<FoundAll> {
  const [first, ...others] = patterns
  if (!first) {
    yield { fits: [], match }
    return
  }
  const [kid, ...rest] = kids
  for (const found of fitsOf(first, some(kid, "a child"), match, time))
    for (const after of orderedFits(others, rest, found.match, time, fitsOf))
      yield { fits: [found.fit, ...after.fits], match: after.match }
}

/** Children of a set that were equal are one. */
function groupsOf(kids: readonly number[], time: Time, isSet: boolean): number[][] {
  const groups: number[][] = []
  for (const kid of kids) {
    const known = isSet ? groups.find(([first]) => equal(time, first ?? 0, kid)) : undefined
    if (known) known.push(kid)
    else groups.push([kid])
  }
  return groups
}

/** What an element of an unordered node has to be: an instance of a pattern, or equal to a row. */
type Wanted = Term | number

interface Group {
  readonly kids: readonly number[]
  readonly isTaken: boolean
}

function* unorderedFits(
  patterns: readonly Term[],
  row: number,
  match: Match,
  time: Time,
  fitsOf: FitsOf,
): Generator<FoundAll> {
  const { rows } = time
  const isSet = rows.graph.operators.get(rows.op(row)) === "set"
  const groups = groupsOf(rows.children(row), time, isSet).map((kids) => ({ kids, isTaken: false }))
  const wanted = patterns.flatMap((pattern): readonly Wanted[] => {
    const bound = isRest(pattern.op) ? match.bindings.get(pattern.op) : undefined
    return bound && "rows" in bound ? bound.rows : [pattern]
  })
  const isRight = fitsOf !== leftFits
  yield* choose(wanted, groups, match, { ...time, fitsOf, mayShare: isSet && isRight })
}

interface Choosing extends Time {
  readonly fitsOf: FitsOf
  /** Whether two elements may be one: a right side of a set. */
  readonly mayShare: boolean
}

/** Gives each element one of the groups; what is left is the rest's. */
function* choose(
  wanted: readonly Wanted[],
  groups: readonly Group[],
  match: Match,
  how: Choosing,
): Generator<FoundAll> {
  const [first, ...others] = wanted
  if (first === undefined) {
    if (groups.every(({ isTaken }) => isTaken)) yield { fits: [], match }
    return
  }
  if (typeof first !== "number" && isRest(first.op)) {
    yield restFits(first.op, groups, match)
    return
  }
  for (const [i, group] of groups.entries()) {
    if (group.isTaken && !how.mayShare) continue
    for (const found of groupFits(first, group.kids, match, how)) {
      const left = groups.with(i, { ...group, isTaken: true })
      for (const after of choose(others, left, found.match, how))
        yield { fits: [...found.fits, ...after.fits], match: after.match }
      // Other groups that are equal to the row would do no better.
      if (typeof first === "number") return
    }
  }
}

/** All of a group become the same. */
function* groupFits(
  wanted: Wanted,
  [first, ...others]: readonly number[],
  match: Match,
  how: Choosing,
): Generator<FoundAll> {
  const kid = some(first, "a child")
  const found =
    typeof wanted === "number"
      ? equal(how, kid, wanted)
        ? [{ fit: { from: kid, row: wanted }, match }]
        : []
      : how.fitsOf(wanted, kid, match, how)
  for (const { fit, match: after } of found)
    yield { fits: [fit, ...others.map((from) => ({ ...fit, from }))], match: after }
}

function restFits(variable: string, groups: readonly Group[], match: Match): FoundAll {
  const left = groups.filter(({ isTaken }) => !isTaken)
  const fits = left.flatMap(({ kids }) => kids.map((from) => ({ from, row: at(kids, 0) })))
  return { fits, match: bind(match, variable, { rows: left.map(({ kids }) => at(kids, 0)) }) }
}

// ------------------------------------------------------------------------------------- right sides

/** A name that the engine made for a class. */
const FRESH = /^_ \d+$/

/** Ways in which a pattern, all of whose variables are bound, is in the class of `from`; `hints` are looked at first. */
export function rightFits(hints: readonly number[], fresh?: string): FitsOf {
  return function* fits(pattern, from, match, time): Generator<Found> {
    if (time.rows.graph.functions.has(pattern.op)) {
      yield { fit: same(from), match: { ...match, calls: [...match.calls, from] } }
      return
    }
    if (isVariable(pattern.op)) {
      const bound = match.bindings.get(pattern.op)
      if (!bound && pattern.op === fresh) yield* freshFits(fresh, from, match, time)
      else if (bound && "made" in bound) yield* fits(bound.made, from, match, time)
      else if (bound && "row" in bound && equal(time, from, bound.row))
        yield { fit: { from, row: bound.row }, match }
      return
    }
    for (const row of candidates(hints, from, time)) {
      if (!time.rows.isLike(row, pattern)) continue
      yield* nodeFits(pattern, from, row, match, time, fits)
    }
  }
}

/** Ways in which a row's children are a pattern's. */
export function* nodeFits(
  pattern: Term,
  from: number,
  row: number,
  match: Match,
  time: Time,
  fitsOf: FitsOf,
): Generator<Found> {
  const kids = time.rows.children(row)
  const inner = time.rows.isOrdered(time.rows.op(row))
    ? orderedFits(pattern.children, kids, match, time, fitsOf)
    : unorderedFits(pattern.children, row, match, time, fitsOf)
  for (const { fits, match: after } of inner)
    yield { fit: { from, row, children: fits }, match: after }
}

function* candidates(
  hints: readonly number[],
  from: number,
  { forest, before }: Time,
): Generator<number> {
  yield from
  for (const row of hints) if (row !== from && forest.areEqual(row, from, before)) yield row
  for (const row of forest.classOf(from, before))
    if (row !== from && !hints.includes(row)) yield row
}

function* freshFits(variable: string, from: number, match: Match, time: Time): Generator<Found> {
  for (const row of time.forest.classOf(from, time.before))
    if (FRESH.test(time.rows.op(row)))
      yield { fit: { from, row }, match: bind(match, variable, { row }) }
}

function same(row: number): Fit {
  return { from: row, row }
}

function equal({ forest, before }: Time, a: number, b: number): boolean {
  return forest.areEqual(a, b, before)
}
