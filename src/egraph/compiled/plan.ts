import { isVariable } from "../rules.js"
import type { Term } from "../term.js"

// A left side as a join: rows to look for, each in a class that an earlier one names.

/** One row of a match. */
export interface Atom {
  readonly op: number
  readonly children: readonly Child[]
  /** Where its class comes from: a child of an earlier row, a variable, or any class. */
  readonly from:
    | { readonly kind: "root" }
    | { readonly kind: "child"; readonly slot: number }
    | { readonly kind: "variable"; readonly variable: number }
  /** The variable that its class is, where a clause names it for the first time. */
  readonly binds?: number
}

export type Child =
  | { readonly kind: "bind"; readonly variable: number }
  | { readonly kind: "same"; readonly variable: number }
  | { readonly kind: "leaf"; readonly leaf: number }
  /** Its class is kept in a slot: a later row is looked for in it. */
  | { readonly kind: "keep"; readonly slot: number }

export interface Plan {
  /** No rows: every class is a match, of variable 0. */
  readonly isEveryClass: boolean
  readonly atoms: readonly Atom[]
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
  const atoms: Atom[] = []
  const leaves = new Set<number>()
  const bound = new Set<number>()
  let slots = 0

  const child = (term: Term, inner: { slot: number; term: Term }[]): Child => {
    if (term.children.length > 0) {
      inner.push({ slot: slots, term })
      return { kind: "keep", slot: slots++ }
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
  const atom = (term: Term, from: Atom["from"], binds?: number): void => {
    const inner: { slot: number; term: Term }[] = []
    const children = term.children.map((each) => child(each, inner))
    atoms.push({
      op: op(term.op, term.children.length),
      children,
      from,
      ...(binds !== undefined && { binds }),
    })
    for (const { slot, term: below } of inner) atom(below, { kind: "child", slot })
  }

  clauses.forEach(({ variable, pattern }, i) => {
    if (isVariable(pattern.op)) {
      if (i > 0 || clauses.length > 1)
        throw new RangeError("a clause wants a pattern, not a variable")
      bound.add(number(pattern.op))
      return
    }
    if (i === 0) {
      if (variable !== undefined) bound.add(variable)
      atom(pattern, { kind: "root" }, variable)
    } else if (variable !== undefined && bound.has(variable))
      atom(pattern, { kind: "variable", variable })
    else throw new RangeError("a later clause names a variable that an earlier one binds")
  })
  return { isEveryClass: atoms.length === 0, atoms, leaves: [...leaves], slots }
}
