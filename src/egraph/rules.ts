import type { Term } from "./term.js"

/** One direction of a rule. */
export interface Rule {
  readonly name: string
  readonly left: Term
  readonly right: Term
  readonly guards: readonly Guard[]
  readonly ruleset: string
  /** The comment above it: why it is true. */
  readonly reason: string
  /** Where it stands in its text, from 1. */
  readonly line?: number
  /**
   * A multi-pattern, instead of `left` and `right`: the first variable is any class, each later one is bound
   * before it; on the right a variable that is not bound is bound to its term, others are united with it.
   */
  readonly clauses?: { readonly left: readonly Clause[]; readonly right: readonly Clause[] }
  /** Another right side, where its condition holds. */
  readonly choice?: Choice
  /**
   * Once a match is applied, the node at the top of the left side, of its first clause, is subsumed: it stays equal to what
   * it is equal to, but rules no longer match it, nor is it extracted.
   */
  readonly subsume?: boolean
}

export type Clause = readonly [variable: string, term: Term]

/** `right` instead, with `fresh` a new leaf of the matched class, where the class `name` is free in `inside`. */
export interface Choice {
  readonly kind: "capture-avoiding"
  readonly name: string
  readonly inside: string
  readonly fresh: string
  readonly right: Term
}

export interface Guard {
  readonly name: string
  /** Variables `?x`, or rest variables `?xs...`. */
  readonly args: readonly string[]
  /** Instead of variables, where the guard makes terms. */
  readonly terms?: readonly Term[]
}

export interface RuleText {
  readonly rules: readonly Rule[]
  readonly operators: ReadonlyMap<string, "set" | "multiset">
  /** Declared pure functions, with how many arguments they take. */
  readonly functions: ReadonlyMap<string, number>
  readonly oneWay: ReadonlySet<string>
}

/** Names of the rulesets, in the order of the text; the engine numbers them so. */
export function rulesetsOf(rules: readonly Rule[]): string[] {
  return [...new Set(rules.map(({ ruleset }) => ruleset))]
}

export function isVariable(op: string): boolean {
  return op.startsWith("?")
}

export function isRest(op: string): boolean {
  return op.startsWith("?") && op.endsWith("...")
}

/** Every variable of a pattern, each once, in the order of the text. */
export function variablesOf(term: Term): readonly string[] {
  const known = variables.get(term)
  if (known) return known
  const own = isVariable(term.op) && term.children.length === 0 ? [term.op] : []
  const found = [...new Set([...own, ...term.children.flatMap(variablesOf)])]
  variables.set(term, found)
  return found
}

const variables = new WeakMap<Term, readonly string[]>()

/** A term and all below it. */
export function subterms(term: Term): Term[] {
  return [term, ...term.children.flatMap(subterms)]
}

/** The patterns of a rule's left side. */
export function leftTerms({ left, clauses }: Rule): Term[] {
  return clauses ? clauses.left.map(([, term]) => term) : [left]
}

/** The terms that a rule may make. */
export function rightTerms({ right, clauses, choice }: Rule): Term[] {
  if (clauses) return clauses.right.map(([, term]) => term)
  return choice ? [right, choice.right] : [right]
}
