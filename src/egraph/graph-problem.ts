import { some } from "../base/check.js"
import { EGraphError } from "./errors.js"
import type { ExtractionProblem } from "./extract.js"
import type { Facts } from "./facts.js"

// A graph as an extraction problem.

/** What is asked of the graph; it must be rebuilt. */
export interface Graph {
  readonly rows: number
  /** The leader of a row's class. */
  find(row: number): number
  members(cls: number): number[]
  /** Leaders of classes. */
  childrenOf(row: number): number[]
  opOf(row: number): string
  isSubsumed(row: number): boolean
  facts(cls: number): Facts
}

/** What a node costs itself: by its operator, 1 where the table has none, or by whatever of its row a function looks at. */
export type Cost = Readonly<Record<string, Price>> | ((op: string, row: number) => number)

/** A number, or what follows from the facts of the node's class and of the classes of its children. */
export type Price = number | ((facts: Facts, children: readonly Facts[]) => number)

/** The part of a graph below some classes, with what the problem's numbers stand for. */
export interface GraphProblem {
  readonly problem: ExtractionProblem
  /** The row of each node. */
  readonly rows: readonly number[]
  /** The leader of each class. */
  readonly classes: readonly number[]
}

/**
 * Classes in the order in which they are reached from the roots, the rows of each the oldest first. Of the whole graph
 * subsumed rows have their costs, below roots they may not be chosen.
 */
export function problemOfGraph(
  graph: Graph,
  roots: readonly number[],
  cost: Cost,
  extent: "below-roots" | "whole" = "below-roots",
): GraphProblem {
  // A class's number and 1, by its leader.
  const numbers = new Uint32Array(graph.rows)
  const classes: number[] = []
  const numberOf = (leader: number) => {
    const known = numbers[leader] ?? 0
    if (known > 0) return known - 1
    numbers[leader] = classes.push(leader)
    return classes.length - 1
  }
  const rootNumbers = roots.map((root) => numberOf(graph.find(root)))
  if (extent === "whole") for (let row = 1; row < graph.rows; row++) numberOf(graph.find(row))

  const rows: number[] = []
  const owners: number[] = []
  const children: number[] = []
  const childStarts = [0]
  // The list grows while it is walked.
  for (const [number, cls] of classes.entries())
    for (const row of graph.members(cls)) {
      rows.push(row)
      owners.push(number)
      for (const child of graph.childrenOf(row)) children.push(numberOf(child))
      childStarts.push(children.length)
    }
  const factsOf = remembered((cls) => graph.facts(cls))
  const price = (row: number) => {
    const own = checked(graph.opOf(row), priceOf(graph, row, cost, factsOf))
    return extent === "below-roots" && graph.isSubsumed(row) ? Infinity : own
  }
  const problem = {
    costs: new Float64Array(rows.map(price)),
    classes: new Uint32Array(owners),
    childStarts: new Uint32Array(childStarts),
    children: new Uint32Array(children),
    classCount: classes.length,
    roots: new Uint32Array(rootNumbers),
  }
  return { problem, rows, classes }
}

function priceOf(
  graph: Graph,
  row: number,
  cost: Cost,
  factsOf: (cls: number) => Facts,
): number | undefined {
  const op = graph.opOf(row)
  if (typeof cost === "function") return cost(op, row)
  const price = Object.hasOwn(cost, op) ? cost[op] : 1
  if (typeof price !== "function") return price
  return price(factsOf(graph.find(row)), graph.childrenOf(row).map(factsOf))
}

function checked(op: string, price: number | undefined): number {
  if (typeof price === "number" && price > -Infinity) return price
  throw new EGraphError(
    "bad-option",
    `the cost of ${op} is ${price}; a number is needed, Infinity where it may not be chosen`,
  )
}

/** Asks once a class. */
function remembered<T>(ask: (cls: number) => T): (cls: number) => T {
  const known = new Map<number, T>()
  return (cls) => {
    const found = known.get(cls) ?? ask(cls)
    known.set(cls, found)
    return found
  }
}

/** Throws where a cost is negative, which no cheapest tree can be found with. */
export function refuseNegative({ problem, rows }: GraphProblem, graph: Graph): void {
  const node = problem.costs.findIndex((price) => price < 0)
  if (node < 0) return
  throw new EGraphError(
    "bad-option",
    `the cost of ${graph.opOf(some(rows[node], "a row"))} is ${problem.costs[node]}; ` +
      'trees need costs from 0, and `method: "dag"` takes others too',
  )
}
