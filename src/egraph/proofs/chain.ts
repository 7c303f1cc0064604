import { at } from "../../base/check.js"
import type { Term } from "../term.js"
import type { Terms } from "./terms.js"

// Chains of equal terms, before they are written down as steps. What happens below an operator stays below it, so
// that chains are put together, turned and shortened without a look at what they contain.

/** From one term to another; terms are those of one `Terms`. */
export interface Chain<R> {
  readonly from: Term
  readonly to: Term
  readonly links: readonly Link<R>[]
  /** Steps that it comes to when it is written down. */
  readonly size: number
}

/** One part of a chain: the whole term at once, or its children, each by a chain of its own. */
export type Link<R> = Whole<R> | Below<R>

export interface Whole<R> {
  readonly kind: "whole"
  readonly from: Term
  readonly to: Term
  readonly reason: R
  readonly isForward: boolean
}

export interface Below<R> {
  readonly kind: "below"
  readonly from: Term
  readonly to: Term
  readonly op: string
  readonly children: readonly Chain<R>[]
  readonly size: number
}

export class Chains<R> {
  private readonly turned = new WeakMap<Chain<R>, Chain<R>>()

  constructor(
    private readonly terms: Terms,
    private readonly isOrdered: (op: string) => boolean,
  ) {}

  none(term: Term): Chain<R> {
    return { from: term, to: term, links: [], size: 0 }
  }

  whole(from: Term, to: Term, reason: R): Chain<R> {
    return this.joined(from, [{ kind: "whole", from, to, reason, isForward: true }])
  }

  /** Children become others one after the other. */
  below(op: string, children: readonly Chain<R>[]): Chain<R> {
    const link = this.belowLink(op, children)
    return this.joined(link.from, [link])
  }

  private belowLink(op: string, children: readonly Chain<R>[]): Below<R> {
    const end = (side: "from" | "to") =>
      this.terms.node(
        op,
        children.map((child) => child[side]),
      )
    const size = children.reduce((sum, child) => sum + child.size, 0)
    return { kind: "below", op, children, from: end("from"), to: end("to"), size }
  }

  /** Chains that follow one another. */
  sequence(from: Term, chains: readonly Chain<R>[]): Chain<R> {
    const [only, more] = chains
    if (only && !more) return only
    return this.joined(
      from,
      chains.flatMap(({ links }) => links),
    )
  }

  /** The same chain from its end. */
  turn(chain: Chain<R>): Chain<R> {
    const known = this.turned.get(chain)
    if (known) return known
    const { from, to, size } = chain
    const links = chain.links.map((link) => this.turnLink(link)).reverse()
    const turned: Chain<R> = { from: to, to: from, links, size }
    this.turned.set(chain, turned)
    this.turned.set(turned, chain)
    return turned
  }

  private turnLink(link: Link<R>): Link<R> {
    const { from, to } = link
    if (link.kind === "whole") return { ...link, from: to, to: from, isForward: !link.isForward }
    return { ...link, from: to, to: from, children: link.children.map((child) => this.turn(child)) }
  }

  /**
   * Links as a chain, shortened: what happens below one operator in a row happens at once, child by child, and
   * a way that comes back to a term is left out.
   */
  private joined(start: Term, links: readonly Link<R>[]): Chain<R> {
    const kept: Link<R>[] = []
    const reached = new Map<Term, number>([[start, 0]])
    for (let i = 0; i < links.length;) {
      const first = at(links, i++)
      const run = [first]
      const last = kept.at(-1)
      if (last && this.areOne(last, first)) {
        kept.pop()
        reached.delete(last.to)
        run.unshift(last)
      }
      for (let next = links[i]; next && this.areOne(first, next); next = links[++i]) run.push(next)
      const link = this.asOne(run)
      const known = reached.get(link.to)
      if (known === undefined) {
        kept.push(link)
        reached.set(link.to, kept.length)
      } else {
        for (const { to } of kept.slice(known)) reached.delete(to)
        kept.length = known
        reached.set(link.to, known)
      }
    }
    const size = kept.reduce((sum, link) => sum + (link.kind === "whole" ? 1 : link.size), 0)
    return { from: start, to: kept.at(-1)?.to ?? start, links: kept, size }
  }

  private areOne(left: Link<R>, right: Link<R>): boolean {
    if (left.kind === "whole" || right.kind === "whole") return false
    return left.op === right.op && this.isOrdered(left.op)
  }

  /** Links of `areOne` as one. */
  private asOne(run: readonly Link<R>[]): Link<R> {
    const first = at(run, 0)
    if (run.length === 1 || first.kind === "whole") return first
    const below = run.filter((link) => link.kind === "below")
    const children = first.children.map((child, i) =>
      this.sequence(
        child.from,
        below.map((link) => at(link.children, i)),
      ),
    )
    return this.belowLink(first.op, children)
  }
}
