import { some } from "../../base/check.js"
import type { Term } from "../term.js"

/** Terms of which equal ones are the same object. */
export class Terms {
  private readonly known = new Map<string, Term>()
  private readonly numbers = new Map<Term, number>()
  private readonly given = new WeakMap<Term, Term>()

  /** Below an operator without an order equal children are in one order; a set has none twice. */
  constructor(private readonly operators: ReadonlyMap<string, "set" | "multiset">) {}

  node(op: string, children: readonly Term[]): Term {
    const kind = this.operators.get(op)
    const inOrder = kind ? [...children].sort((a, b) => this.number(a) - this.number(b)) : children
    const kept = kind === "set" ? [...new Set(inOrder)] : inOrder
    const key = JSON.stringify([op, ...kept.map((child) => this.number(child))])
    const known = this.known.get(key)
    if (known) return known
    const term = { op, children: kept }
    this.known.set(key, term)
    this.numbers.set(term, this.numbers.size)
    return term
  }

  private number(term: Term): number {
    return some(this.numbers.get(term), "a term of these")
  }

  /** The same term as one of these. */
  of(term: Term): Term {
    if (this.numbers.has(term)) return term
    const known = this.given.get(term)
    if (known) return known
    const own = this.node(
      term.op,
      term.children.map((child) => this.of(child)),
    )
    this.given.set(term, own)
    return own
  }
}
