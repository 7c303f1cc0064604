import { at, some } from "../../base/check.js"
import type { Application } from "../explain.js"
import { isVariable, type Rule } from "../rules.js"
import type { Term } from "../term.js"
import { bind, leftFits, nodeFits, rightFits, type Fit, type Match, type Time } from "./fit.js"

// Records of the log read back: which match a rule's application was of, and what it said is equal.

/** A match, and the fits of what the left side is made of: one pattern, or one a clause. */
export interface Applied {
  readonly rule: Rule
  readonly match: Match
  readonly left: readonly Fit[]
  readonly right: Fit
  /** Of a rule with clauses: the one of its right side that this is, and its variable's own instance. */
  readonly clause?: { readonly index: number; readonly left: Fit }
  /** The fresh name that a right side needed. */
  readonly isFresh: boolean
}

/** How a rule came to be applied: `application` is what made the union `time.before`. */
export function readApplication(application: Application, rule: Rule, time: Time): Applied {
  const { matched, made } = application
  const start: Match = { bindings: new Map(), queue: matched, calls: [] }
  const found = rule.clauses
    ? readClauses(rule, rule.clauses, application, start, time)
    : readRewrite(rule, at(matched, 0), made, start, time)
  return some(found, `a match of ${rule.name} in record ${time.before} of the log`)
}

function readRewrite(
  rule: Rule,
  root: number,
  [top, ...hints]: readonly number[],
  start: Match,
  time: Time,
): Applied | undefined {
  const { choice } = rule
  const sides = [...(choice ? [choice.right] : []), rule.right]
  const first = isVariable(rule.left.op) ? { ...start, queue: start.queue.slice(1) } : start
  for (const { fit: left, match } of leftFits(rule.left, root, first, time)) {
    if (match.queue.length > 0) continue
    for (const side of sides) {
      const fits = rightFits(hints, choice?.fresh)
      for (const right of fits(side, some(top, "a row made"), match, time))
        return {
          rule,
          match: right.match,
          left: [left],
          right: right.fit,
          isFresh: side !== rule.right,
        }
    }
  }
  return undefined
}

// ----------------------------------------------------------------------------------------- clauses

type Clauses = NonNullable<Rule["clauses"]>

function readClauses(
  rule: Rule,
  clauses: Clauses,
  application: Application,
  start: Match,
  time: Time,
): Applied | undefined {
  for (const { fits, match } of clauseFits(clauses.left, start, time)) {
    if (match.queue.length > 0) continue
    const right = madeClause(clauses.right, application, match, time)
    if (right) return { rule, left: fits, isFresh: false, ...right }
  }
  return undefined
}

function* clauseFits(
  [clause, ...others]: Clauses["left"],
  match: Match,
  time: Time,
): Generator<{ readonly fits: readonly Fit[]; readonly match: Match }> {
  if (!clause) {
    yield { fits: [], match }
    return
  }
  for (const found of clauseFit(clause, match, time))
    for (const after of clauseFits(others, found.match, time))
      yield { fits: [found.fit, ...after.fits], match: after.match }
}

function* clauseFit(
  [variable, pattern]: Clauses["left"][number],
  match: Match,
  time: Time,
): ReturnType<typeof leftFits> {
  const bound = match.bindings.get(variable)
  if (bound && "row" in bound) {
    yield* leftFits(pattern, bound.row, match, time)
    return
  }
  // The first clause: the class is that of its pattern's row, or a row of its own.
  const [root, ...queue] = match.queue
  if (root === undefined) return
  const first = bind(match, variable, { row: root })
  yield* leftFits(pattern, root, isVariable(pattern.op) ? { ...first, queue } : first, time)
}

/** The clause of the right side that the top row was made by: the row is an instance of it. */
function madeClause(
  clauses: Clauses["right"],
  { made, left: end, clause }: Application,
  match: Match,
  time: Time,
): Pick<Applied, "match" | "right" | "clause"> | undefined {
  const [top, ...hints] = made
  const row = some(top, "a row made")
  const fits = rightFits(hints)
  let bound = match
  for (const [variable, pattern] of clauses)
    if (!bound.bindings.has(variable)) bound = bind(bound, variable, { made: pattern })
  const index = some(clause, "a clause of the right side")
  const [variable, pattern] = at(clauses, index)
  for (const { fit: left } of anywhere({ op: variable, children: [] }, bound, time)) {
    if (!time.forest.areEqual(left.from, end, time.before)) continue
    for (const found of fits(pattern, row, bound, time))
      return { match: bound, right: found.fit, clause: { index, left } }
  }
  return undefined
}

/** Rows, the oldest first, that are an instance of a pattern. */
export function* anywhere(pattern: Term, match: Match, time: Time): ReturnType<typeof leftFits> {
  const bound = match.bindings.get(pattern.op)
  if (bound && "row" in bound) yield { fit: { from: bound.row, row: bound.row }, match }
  if (bound && "made" in bound) yield* anywhere(bound.made, match, time)
  if (isVariable(pattern.op)) return
  const { rows } = time
  const op = pattern.children.length === 0 ? rows.graph.leafName(pattern.op) : pattern.op
  for (const row of rows.allOf(op, pattern.children.length))
    yield* nodeFits(pattern, row, row, match, time, rightFits([]))
}
