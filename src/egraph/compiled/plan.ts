import { isVariable } from "../rules.js"
import type { Term } from "../term.js"

// A left side as a join: rows to look for, each in a class that an earlier one names.

/** One row of a match. */
export interface Atom {
  readonly kind: "row"
  readonly op: number
  readonly children: readonly Child[]
  /** Where its class comes from: a child of an earlier row, a variable, or any class. */
  readonly from:
    | { readonly kind: "any" }
    | { readonly kind: "child"; readonly slot: number }
    | { readonly kind: "variable"; readonly variable: number }
  /** The variable that its class is, where a clause names it for the first time. */
  readonly binds?: number
}

export type Child =
  | { readonly kind: "bind"; readonly variable: number }
  | { readonly kind: "same"; readonly variable: number }
  | { readonly kind: "leaf"; readonly leaf: number }
  /** Its class is kept in a slot: a later row, with this operator, is looked for in it. */
  | { readonly kind: "keep"; readonly slot: number; readonly op: number }

/** What a match is looked for by, one after the other. */
export type Step =
  | Atom
  /** A variable is any class; only the first step. */
  | { readonly kind: "class"; readonly variable: number }
  /** A variable is the class that another is. */
  | { readonly kind: "copy"; readonly variable: number; readonly from: number }
  /** Two variables are one class. */
  | { readonly kind: "equal"; readonly left: number; readonly right: number }

export interface Plan {
  readonly steps: readonly Step[]
  /** Operators of the leaves that occur below a row. */
  readonly leaves: readonly number[]
  readonly slots: number
}

/** What a left side is: pairs of a variable, where it is a clause, and a pattern of its class. */
export type Clauses = readonly { readonly variable?: number; readonly pattern: Term }[]

/** Plans a left side, depth first; `op` numbers operators, `number` variables. */
export function planOf(
  clauses: Clauses,
  op: (name: string, arity: number) => number,
  number: (variable: string) => number,
): Plan {
  const steps: Step[] = []
  const leaves = new Set<number>()
  const bound = new Set<number>()
  let slots = 0

  const child = (term: Term, inner: { slot: number; term: Term }[]): Child => {
    if (term.children.length > 0) {
      inner.push({ slot: slots, term })
      return { kind: "keep", slot: slots++, op: op(term.op, term.children.length) }
    }
    if (!isVariable(term.op)) {
      const leaf = op(term.op, 0)
      leaves.add(leaf)
      return { kind: "leaf", leaf }
    }
    const variable = number(term.op)
    if (bound.has(variable)) return { kind: "same", variable }
    bound.add(variable)
    return { kind: "bind", variable }
  }
  const row = (term: Term, from: Atom["from"], binds?: number): void => {
    const inner: { slot: number; term: Term }[] = []
    const children = term.children.map((each) => child(each, inner))
    const own = { kind: "row", op: op(term.op, term.children.length), children, from } as const
    steps.push(binds === undefined ? own : { ...own, binds })
    for (const { slot, term: below } of inner) row(below, { kind: "child", slot })
  }
  const variable = (name: string, cls: number | undefined): void => {
    const own = number(name)
    if (cls === undefined) steps.push({ kind: "class", variable: own })
    else if (own !== cls && bound.has(own)) steps.push({ kind: "equal", left: own, right: cls })
    else if (own !== cls) steps.push({ kind: "copy", variable: own, from: cls })
    bound.add(own)
  }

  for (const { variable: cls, pattern } of clauses) {
    const isFirst = steps.length === 0
    if (isVariable(pattern.op)) {
      if (isFirst && cls !== undefined) {
        steps.push({ kind: "class", variable: cls })
        bound.add(cls)
      }
      variable(pattern.op, cls)
    } else if (!isFirst && cls !== undefined) row(pattern, { kind: "variable", variable: cls })
    else {
      if (cls !== undefined) bound.add(cls)
      row(pattern, { kind: "any" }, cls)
    }
  }
  return { steps, leaves: [...leaves], slots }
}
