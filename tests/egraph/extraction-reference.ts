import { at, some } from "../../src/base/check.js"
import { childrenOf, NONE, type ExtractionProblem } from "../../src/egraph/extract.js"

// Extraction written a second time, without regard for speed, to compare against: brute force over every
// plan, tree costs by relaxation, and greedy DAG extraction with maps, as extraction-gym's
// faster-greedy-dag is described.

/** Nodes by class. */
export function members({ classes, classCount }: ExtractionProblem): number[][] {
  const found: number[][] = Array.from({ length: classCount }, () => [])
  classes.forEach((cls, node) => at(found, cls).push(node))
  return found
}

/** The DAG cost of choices; undefined if they need themselves or lack a class. */
export function dagCostOf(
  problem: ExtractionProblem,
  choice: (cls: number) => number | undefined,
): number | undefined {
  const state = new Map<number, "open" | "done">()
  const todo = [...problem.roots]
  let sum = 0
  while (todo.length > 0) {
    const cls = some(todo.at(-1), "a class")
    if (state.get(cls) !== undefined) {
      state.set(cls, "done")
      todo.pop()
      continue
    }
    state.set(cls, "open")
    const node = choice(cls)
    if (node === undefined || node === NONE) return undefined
    sum += some(problem.costs[node], "a cost")
    for (const child of childrenOf(problem, node)) {
      if (state.get(child) === "open") {
        if (isOnPath(problem, choice, child, cls)) return undefined
      } else if (state.get(child) === undefined) todo.push(child)
    }
  }
  return sum
}

/** Whether `to` is needed by `from`. */
function isOnPath(
  problem: ExtractionProblem,
  choice: (cls: number) => number | undefined,
  from: number,
  to: number,
): boolean {
  const seen = new Set([from])
  for (const cls of seen) {
    if (cls === to) return true
    const node = choice(cls)
    if (node !== undefined && node !== NONE)
      for (const child of childrenOf(problem, node)) seen.add(child)
  }
  return false
}

/** The tree cost of every class, by relaxing until nothing changes. */
export function treeCosts(problem: ExtractionProblem): number[] {
  const best = Array.from({ length: problem.classCount }, () => Infinity)
  for (let changed = true; changed;) {
    changed = false
    problem.classes.forEach((cls, node) => {
      let cost = some(problem.costs[node], "a cost")
      for (const child of childrenOf(problem, node)) cost += at(best, child)
      if (cost < at(best, cls)) {
        best[cls] = cost
        changed = true
      }
    })
  }
  return best
}

/** Every plan of the roots, as nodes by class in the order in which they are needed; ends after `limit` steps. */
export function* plans(
  problem: ExtractionProblem,
  limit = 200_000,
): Generator<Map<number, number>> {
  const nodes = members(problem)
  let steps = 0
  function* complete(
    chosen: Map<number, number>,
    todo: readonly number[],
  ): Generator<Map<number, number>> {
    if (steps++ > limit) throw new RangeError("too many plans")
    const cls = todo.find((one) => !chosen.has(one))
    if (cls === undefined) {
      const plan = new Map(chosen)
      if (dagCostOf(problem, (one) => plan.get(one)) !== undefined) yield plan
      return
    }
    for (const node of at(nodes, cls)) {
      if (problem.costs[node] === Infinity) continue
      chosen.set(cls, node)
      yield* complete(chosen, [...todo, ...childrenOf(problem, node)])
      chosen.delete(cls)
    }
  }
  yield* complete(new Map(), [...problem.roots])
}

/** The least DAG cost of all plans. */
export function bruteForce(problem: ExtractionProblem, limit?: number): number {
  let best = Infinity
  for (const plan of plans(problem, limit))
    best = Math.min(
      best,
      some(
        dagCostOf(problem, (cls) => plan.get(cls)),
        "a plan",
      ),
    )
  return best
}

/** The least tree cost of the roots over all plans. */
export function bruteForceTree(problem: ExtractionProblem, limit?: number): number {
  let best = Infinity
  for (const plan of plans(problem, limit)) {
    const cost = (cls: number): number => {
      const node = some(plan.get(cls), "a node")
      let sum = some(problem.costs[node], "a cost")
      for (const child of childrenOf(problem, node)) sum += cost(child)
      return sum
    }
    best = Math.min(
      best,
      [...new Set(problem.roots)].reduce((sum, root) => sum + cost(root), 0),
    )
  }
  return best
}

interface CostSet {
  /** Prices of the classes that compute a class. */
  readonly costs: Map<number, number>
  readonly total: number
  readonly node: number
}

/**
 * Greedy DAG extraction: nodes whose children are known wait in a queue, the cheapest first and each once;
 * a node's offer is the union of its children's sets, the largest copied first, the others over it in
 * the order of their classes; an offer that is cheaper in total replaces the class's.
 */
export function greedyDag(problem: ExtractionProblem): number | undefined {
  const { costs, classes } = problem
  const parents: number[][] = Array.from({ length: problem.classCount }, () => [])
  classes.forEach((_, node) => {
    for (const child of new Set(childrenOf(problem, node))) at(parents, child).push(node)
  })
  const sets = new Map<number, CostSet>()
  const queue = new Queue((node) => some(costs[node], "a cost"))
  classes.forEach((_, node) => {
    if (childrenOf(problem, node).length === 0 && costs[node] !== Infinity) queue.add(node)
  })
  for (let node = queue.take(); node !== undefined; node = queue.take()) {
    const cls = some(classes[node], "a class")
    const known = sets.get(cls)?.total ?? Infinity
    const offer = offerOf(problem, node, sets, known)
    if (!offer || !(offer.total < known)) continue
    sets.set(cls, offer)
    for (const parent of at(parents, cls))
      if (costs[parent] !== Infinity && childrenOf(problem, parent).every((c) => sets.has(c)))
        queue.add(parent)
  }
  return dagCostOf(problem, (cls) => sets.get(cls)?.node)
}

function offerOf(
  problem: ExtractionProblem,
  node: number,
  sets: ReadonlyMap<number, CostSet>,
  known: number,
): CostSet | undefined {
  const cls = some(problem.classes[node], "a class")
  const cost = some(problem.costs[node], "a cost")
  const children = [...new Set(childrenOf(problem, node))].sort((a, b) => a - b)
  const below = children.map((child) => some(sets.get(child), "a set"))
  if (children.includes(cls)) return undefined
  if (below.length === 1 && cost + at(below, 0).total > known) return undefined
  const size = Math.max(0, ...below.map((set) => set.costs.size))
  const largest = below.findLast((set) => set.costs.size === size)
  const union = new Map(largest?.costs)
  for (const set of below)
    if (set !== largest) for (const [member, price] of set.costs) union.set(member, price)
  if (union.has(cls)) return undefined
  union.set(cls, cost)
  return { costs: union, total: [...union.values()].reduce((a, b) => a + b, 0), node }
}

/** Nodes that wait, each once, by cost and then by number. */
class Queue {
  private readonly heap: number[] = []
  private readonly waiting = new Set<number>()
  constructor(private readonly cost: (node: number) => number) {}

  add(node: number): void {
    if (this.waiting.has(node)) return
    this.waiting.add(node)
    let i = this.heap.push(node) - 1
    for (let up = (i - 1) >> 1; i > 0 && this.before(node, at(this.heap, up)); up = (i - 1) >> 1) {
      this.heap[i] = at(this.heap, up)
      i = up
    }
    this.heap[i] = node
  }

  take(): number | undefined {
    const first = this.heap[0]
    const last = this.heap.pop()
    if (first === undefined || last === undefined) return undefined
    this.waiting.delete(first)
    if (this.heap.length > 0) this.sink(last)
    return first
  }

  private sink(node: number): void {
    const { heap } = this
    let i = 0
    while (2 * i + 1 < heap.length) {
      let below = 2 * i + 1
      if (below + 1 < heap.length && this.before(at(heap, below + 1), at(heap, below))) below++
      if (this.before(node, at(heap, below))) break
      heap[i] = at(heap, below)
      i = below
    }
    heap[i] = node
  }

  private before(a: number, b: number): boolean {
    const [x, y] = [this.cost(a), this.cost(b)]
    return x < y || (x === y && a < b)
  }
}
