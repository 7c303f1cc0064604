import type { AnalysisName } from "../analyses.js"
import type { Log } from "../explain.js"
import type { Assumption } from "../facts.js"
import type { Rule } from "../rules.js"
import type { Term } from "../term.js"
import type { Terms } from "./terms.js"

/** What proofs ask of a graph. */
export interface ProvenGraph {
  /** One more than the last row. */
  readonly rows: number
  readonly operators: ReadonlyMap<string, "set" | "multiset">
  readonly functions: ReadonlyMap<string, number>
  readonly analyses: readonly AnalysisName[]
  /** Facts on the host's word, of rows. */
  readonly assumed: readonly (readonly [row: number, facts: Assumption])[]
  opOf(row: number): string
  firstChildrenOf(row: number): readonly number[]
  /** A leaf as the graph spells it. */
  leafName(text: string): string
  log(): Log
  /** A rule by its number in the log. */
  rule(number: number): Rule
}

/** The rows of a graph as they were first written. */
export class Rows {
  private readonly kids: (readonly number[])[] = []
  private readonly written: Term[] = []
  private alike: Map<string, number[]> | undefined

  constructor(
    readonly graph: ProvenGraph,
    readonly terms: Terms,
  ) {}

  op(row: number): string {
    return this.graph.opOf(row)
  }

  children(row: number): readonly number[] {
    return (this.kids[row] ??= this.graph.firstChildrenOf(row))
  }

  /** Children are older than their row, so this ends. */
  term(row: number): Term {
    const known = this.written[row]
    if (known) return known
    const children = this.children(row).map((child) => this.term(child))
    const term = this.terms.node(this.op(row), children)
    this.written[row] = term
    return term
  }

  isOrdered(op: string): boolean {
    return !this.graph.operators.has(op)
  }

  /** Whether a row has the operator of a pattern, and as many children where that counts. */
  isLike(row: number, { op, children }: Term): boolean {
    const name = children.length === 0 ? this.graph.leafName(op) : op
    if (this.op(row) !== name) return false
    return !this.isOrdered(name) || this.children(row).length === children.length
  }

  /** All rows with an operator and so many children, the oldest first; unordered ones whatever they have. */
  allOf(op: string, arity: number): readonly number[] {
    this.alike ??= this.group()
    return this.alike.get(this.isOrdered(op) ? `${arity} ${op}` : op) ?? []
  }

  /** The row of a leaf. */
  leaf(text: string): number | undefined {
    return this.allOf(this.graph.leafName(text), 0)[0]
  }

  leaves(): number[] {
    this.alike ??= this.group()
    return [...this.alike].flatMap(([key, rows]) => (key.startsWith("0 ") ? rows : []))
  }

  private group(): Map<string, number[]> {
    const groups = new Map<string, number[]>()
    for (let row = 1; row < this.graph.rows; row++) {
      const op = this.op(row)
      const key = this.isOrdered(op) ? `${this.children(row).length} ${op}` : op
      const known = groups.get(key)
      if (known) known.push(row)
      else groups.set(key, [row])
    }
    return groups
  }
}
