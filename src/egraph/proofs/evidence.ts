import { Bug, some } from "../../base/check.js"
import { isNumber } from "../analyses.js"
import type { Guard } from "../rules.js"
import type { Term } from "../term.js"
import { anywhere, type Applied } from "./records.js"
import { isConstant } from "./folding.js"
import { factOf } from "./fact-grounds.js"
import { notFreeIn, namesFreeIn } from "./free-names.js"
import { fittedTerm, pairsOf, rowOf, type Fit, type Time } from "./fit.js"
import type { ChoiceGround, Ground, Way } from "./reasons.js"
import type { Derived } from "./transfer.js"

// What the guards and the choice of an application rest on.

export type Pair = readonly [number, number]

/** Something that rests on equalities of rows: which, and what it is once they have proofs. */
export interface Resting<T> {
  readonly needs: readonly Pair[]
  readonly build: (ways: Ways) => T
}

/** Proofs that rows are equal. */
export interface Ways {
  /** From a row's term to that of another. */
  between(from: number, to: number): Way
  /** From a row's term to that of a fit of it. */
  of(fit: Fit): Way
  sequence(from: Term, ways: readonly Way[]): Way
  turn(way: Way): Way
}

/** What a guard rests on. */
export function evidenceFor(guard: Guard, applied: Applied, time: Time, facts: readonly number[]) {
  const { name, args, terms } = guard
  if (terms) return [equalAfterAdding(terms, applied, time)]
  const row = (i: number) => rowOf(applied.match, some(args[i], `an argument of ${name}`))
  switch (name) {
    case "is-const":
      return [leafEvidence(row(0), time, (leaf) => isConstantLeaf(leaf, time))]
    case "is-sym":
      return [leafEvidence(row(0), time, (leaf) => !isNumber(leaf))]
    case "is-const-or-distinct-var":
      return [
        trusted("trusted-apart"),
        leafEvidence(row(0), time, (leaf) => !isNumber(leaf) || isNumberKnown(leaf, time)),
      ]
    case "is-not-zero":
      return [notZero(row(0), time)]
    case "not-same-class":
      return [trusted("trusted-apart")]
    case "excludes-zero":
      return [excludesZero(row(0), time)]
    default: {
      const asked = ASKED[name]
      if (!asked) return [resting<Ground>({ kind: "trusted-guard", facts })]
      return [
        factsFor(
          asked.map(([i, analysis]) => [row(i), analysis]),
          time,
        ),
      ]
    }
  }
}

function resting<T>(value: T): Resting<T> {
  return { needs: [], build: () => value }
}

function trusted(kind: "trusted-apart" | "trusted-no-number"): Resting<Ground> {
  return resting<Ground>({ kind })
}

function isConstantLeaf(leaf: string, { rows }: Time): boolean {
  return rows.graph.analyses.some((analysis) => isConstant(analysis, leaf))
}

/** Whether an analysis takes a leaf for a number. */
function isNumberKnown(leaf: string, time: Time): boolean {
  return isNumber(leaf) && isConstantLeaf(leaf, time)
}

/** What a guard over ranges, nullness or types asks, of the argument at its place. */
const ASKED: Readonly<Record<string, readonly (readonly [argument: number, analysis: Derived])[]>> =
  {
    ...each(
      ["is-positive", "is-non-negative", "is-negative", "is-non-positive"],
      [[0, "interval"]],
    ),
    ...each(
      ["is-less", "is-at-most"],
      [
        [0, "interval"],
        [1, "interval"],
      ],
    ),
    ...each(["is-not-null", "is-null"], [[0, "nullability"]]),
    ...each(["is-integer", "is-number", "is-boolean", "is-text"], [[0, "type"]]),
    ...each(["has-no-rows", "has-rows", "has-one-row-at-most"], [[0, "cardinality"]]),
  }

function each<T>(names: readonly string[], value: T): Record<string, T> {
  return Object.fromEntries(names.map((name) => [name, value]))
}

function factsFor(
  asked: readonly (readonly [row: number, analysis: Derived])[],
  time: Time,
): Resting<Ground> {
  const history = time.facts()
  const facts = asked.map(([row, analysis]) => {
    const event = some(history.at(row, analysis, time.before), "the fact that a guard saw")
    return factOf(row, event, time.rows)
  })
  return {
    needs: facts.flatMap(({ needs }) => needs),
    build: (ways) => ({ kind: "facts", facts: facts.map((fact) => fact.build(ways)) }),
  }
}

/** By its constant, where that is known and not 0, or by its range. */
function excludesZero(row: number, time: Time): Resting<Ground> {
  const constant = time.facts().at(row, "constant-fold", time.before)
  const isConstant = constant !== undefined && constant.fact !== 0
  return factsFor([[row, isConstant ? "constant-fold" : "interval"]], time)
}

function leafRow(row: number, time: Time, isWanted: (leaf: string) => boolean): number | undefined {
  const { rows, forest, before } = time
  return rows.leaves().find((leaf) => isWanted(rows.op(leaf)) && forest.areEqual(leaf, row, before))
}

function leafEvidence(
  row: number,
  time: Time,
  isWanted: (leaf: string) => boolean,
): Resting<Ground> {
  const leaf = some(leafRow(row, time, isWanted), "the leaf that a guard saw")
  return leafGround(row, leaf, time)
}

function leafGround(row: number, leaf: number, { rows }: Time): Resting<Ground> {
  return {
    needs: [[row, leaf]],
    build: (ways) => ({ kind: "leaf", leaf: rows.term(leaf), proof: ways.between(row, leaf) }),
  }
}

function notZero(row: number, time: Time): Resting<Ground> {
  const isOther = (leaf: string) => isNumberKnown(leaf, time) && Number(leaf) !== 0
  const leaf = leafRow(row, time, isOther)
  return leaf === undefined ? trusted("trusted-no-number") : leafGround(row, leaf, time)
}

function equalAfterAdding(
  [left, right]: readonly Term[],
  { match }: Applied,
  time: Time,
): Resting<Ground> {
  for (const { fit: a } of anywhere(some(left, "a term"), match, time))
    for (const { fit: b } of anywhere(some(right, "a term"), match, time))
      if (time.forest.areEqual(a.row, b.row, time.before)) {
        const build = (ways: Ways): Ground => {
          const start = ways.turn(ways.of(a))
          const parts = [start, ways.between(a.row, b.row), ways.of(b)]
          return { kind: "equal", proof: ways.sequence(start.from, parts) }
        }
        return { needs: [...pairsOf(a), ...pairsOf(b), [a.row, b.row]], build }
      }
  throw new Bug("the terms that a guard made are not equal")
}

/** Why a right side was chosen. */
export function choiceFor(applied: Applied, time: Time): Resting<ChoiceGround> {
  const { rule, match, isFresh } = applied
  const choice = some(rule.choice, "a choice")
  const name = rowOf(match, choice.name)
  const inside = rowOf(match, choice.inside)
  if (isFresh) {
    const free = [...namesFreeIn(inside, time)].find((each) =>
      time.forest.areEqual(each, name, time.before),
    )
    if (free === undefined) return resting<ChoiceGround>({ kind: "trusted-free" })
    const fresh = time.rows.term(rowOf(match, choice.fresh))
    const isNew = applied.left.every((fit) => !occurs(fresh, fittedTerm(fit, time.rows)))
    const kind = isNew ? "free" : "trusted-fresh"
    return { needs: [[name, free]], build: (ways) => ({ kind, name: ways.between(name, free) }) }
  }
  const witness = notFreeIn(name, inside, time)
  if (!witness) return resting<ChoiceGround>({ kind: "trusted-not-free" })
  return {
    needs: [[name, witness.name], ...pairsOf(witness.inside)],
    build: (ways) => ({
      kind: "not-free",
      name: ways.between(name, witness.name),
      inside: ways.of(witness.inside),
    }),
  }
}

function occurs(part: Term, whole: Term): boolean {
  const reached = new Set([whole])
  for (const term of reached) for (const child of term.children) reached.add(child)
  return reached.has(part)
}
