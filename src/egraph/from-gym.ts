import { at, some } from "../base/check.js"
import type { GymGraph } from "./gym.js"

/** What is asked of the graph that is filled. */
interface Graph {
  addNode(op: string, children: readonly number[]): number
  union(a: number, b: number): void
  rebuild(): void
}

/** What became of a dump. */
export interface Imported {
  /** A row of the class of each id; none where the class has no finite term. */
  readonly classes: ReadonlyMap<string, number>
  /** Ids of nodes without a finite term, which a graph cannot hold. */
  readonly dropped: readonly string[]
}

/** A node over rows of the graph. */
interface AddedNode {
  readonly op: string
  readonly children: readonly number[]
  readonly subsumed: boolean
}

/**
 * Adds the nodes of a dump to a graph, each as soon as all its children are there, and unites those of one class.
 * Costs are of the dump alone: `problemOf` keeps them.
 */
export function addGym(
  graph: Graph,
  { nodes, classIds }: GymGraph,
): Imported & { readonly added: readonly AddedNode[] } {
  const rows = new Map<number, number>()
  const users = new Map<number, number[]>()
  const missing = nodes.map(({ children }, node) => {
    const needed = new Set(children.map((child) => at(nodes, child).cls))
    for (const cls of needed) {
      const known = users.get(cls)
      if (known) known.push(node)
      else users.set(cls, [node])
    }
    return needed.size
  })
  const rowOf = (node: number) => some(rows.get(at(nodes, node).cls), "a class below")
  const added = new Set<number>()
  const open = nodes.flatMap((_, node) => (missing[node] === 0 ? [node] : []))
  // The list grows while it is walked.
  for (const node of open) {
    const { op, cls, children } = at(nodes, node)
    const row = graph.addNode(op, children.map(rowOf))
    added.add(node)
    const known = rows.get(cls)
    if (known !== undefined) graph.union(known, row)
    else {
      rows.set(cls, row)
      for (const user of users.get(cls) ?? []) {
        const left = at(missing, user) - 1
        missing[user] = left
        if (left === 0) open.push(user)
      }
    }
  }
  graph.rebuild()
  return {
    classes: new Map([...rows].map(([cls, row]) => [at(classIds, cls), row])),
    dropped: nodes.filter((_, node) => !added.has(node)).map(({ id }) => id),
    added: [...added].map((node) => {
      const { op, children, subsumed } = at(nodes, node)
      return { op, children: children.map(rowOf), subsumed }
    }),
  }
}
