import { some } from "../../base/check.js"

// The unions of the log as a forest over rows, and what was equal at a time: before a union of the log. As every
// union joined two classes, two rows are joined by one path at most, and at any time by that path or not at all.

/** A union between two rows. */
export interface Edge {
  readonly left: number
  readonly right: number
  /** Its place in the log. */
  readonly index: number
}

export const NOW = Infinity

export class UnionForest {
  private readonly edges = new Map<number, Edge[]>()
  /** Union by size, without path compression: what is above a row, and since which union. */
  private readonly above: Int32Array
  private readonly since: Float64Array
  private readonly size: Int32Array
  private up: { readonly edge: (Edge | undefined)[]; readonly depth: Int32Array } | undefined

  constructor(private readonly rows: number) {
    this.above = Int32Array.from({ length: rows }, (_, row) => row)
    this.since = new Float64Array(rows).fill(NOW)
    this.size = new Int32Array(rows).fill(1)
  }

  /** Adds the next union of the log. False if it joins nothing. */
  add(edge: Edge): boolean {
    const [a, b] = [this.rootOf(edge.left, NOW), this.rootOf(edge.right, NOW)]
    if (a === b) return false
    const [small, large] = this.sizeOf(a) < this.sizeOf(b) ? [a, b] : [b, a]
    this.above[small] = large
    this.since[small] = edge.index
    this.size[large] = this.sizeOf(small) + this.sizeOf(large)
    for (const row of [edge.left, edge.right]) {
      const known = this.edges.get(row)
      if (known) known.push(edge)
      else this.edges.set(row, [edge])
    }
    this.up = undefined
    return true
  }

  private sizeOf(row: number): number {
    return this.size[row] ?? 0
  }

  /** A row that stands for the class of `row` as it was before a union. */
  rootOf(row: number, before: number): number {
    let at = row
    while ((this.since[at] ?? NOW) < before) at = this.above[at] ?? at
    return at
  }

  areEqual(a: number, b: number, before: number): boolean {
    return a === b || this.rootOf(a, before) === this.rootOf(b, before)
  }

  /** The rows of a class before a union, `row` first, then those near to it. */
  *classOf(row: number, before: number): Generator<number> {
    const reached = new Set([row])
    for (const at of reached) {
      yield at
      for (const { left, right, index } of this.edges.get(at) ?? [])
        if (index < before) reached.add(left === at ? right : left)
    }
  }

  /** The unions on the way from one row of a class to another. */
  path(from: number, to: number): Edge[] {
    const { edge, depth } = this.rooted()
    const start: Edge[] = []
    const end: Edge[] = []
    let [a, b] = [from, to]
    while (a !== b) {
      const isDeeper = (depth[a] ?? 0) >= (depth[b] ?? 0)
      const step = some(edge[isDeeper ? a : b], "rows of one class")
      if (isDeeper) start.push(step)
      else end.push(step)
      if (isDeeper) a = other(step, a)
      else b = other(step, b)
    }
    return [...start, ...end.reverse()]
  }

  private rooted() {
    if (this.up) return this.up
    const edge = new Array<Edge | undefined>(this.rows)
    const depth = new Int32Array(this.rows).fill(-1)
    for (let root = 0; root < this.rows; root++) {
      if (depth[root] !== -1) continue
      depth[root] = 0
      const open = [root]
      for (let at = open.pop(); at !== undefined; at = open.pop())
        for (const step of this.edges.get(at) ?? []) {
          const next = other(step, at)
          if (depth[next] !== -1) continue
          depth[next] = (depth[at] ?? 0) + 1
          edge[next] = step
          open.push(next)
        }
    }
    return (this.up = { edge, depth })
  }
}

export function other({ left, right }: Edge, row: number): number {
  return left === row ? right : left
}
