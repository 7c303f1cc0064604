import { describe, expect, test } from "vitest"
import { at, some } from "../../src/base/check.js"
import {
  childrenOf,
  extractDag,
  extractionProblem,
  extractVariants,
  type ExtractionProblem,
} from "../../src/egraph/extract.js"
import { SEED } from "../seed.js"
import {
  diamonds,
  randomFrom,
  randomProblem,
  setCover,
  sharedParts,
  tangle,
} from "./extraction-problems.js"
import { bruteForce, dagCostOf, greedyDag } from "./extraction-reference.js"

// The exact search against brute force: what is called optimal is, and small problems are searched to the end.

const RUNS = 1000
const STEPS = 20_000

function least(problem: ExtractionProblem): number | undefined {
  try {
    return bruteForce(problem, STEPS)
  } catch (error) {
    if (error instanceof RangeError) return undefined
    throw error
  }
}

type Shape = Parameters<typeof randomProblem>[1]

/** How many of the runs brute force has to manage. */
const kinds: readonly (readonly [string, Shape, number])[] = [
  ["few classes, many ways", { classes: 6, nodes: 14 }, 900],
  ["more classes", { classes: 12, nodes: 16 }, 900],
  ["two children a node", { classes: 9, nodes: 16, arity: 2 }, 900],
  ["one price, many ties", { classes: 8, nodes: 14, cost: 1, least: 1 }, 900],
  ["prices from 0", { classes: 8, nodes: 14, cost: 3 }, 900],
  ["prices below 0", { classes: 6, nodes: 14, least: -4 }, 900],
]

describe("what is called optimal", () => {
  test.each(kinds)("is the optimum, by brute force: %s", (_, shape, fewest) => {
    let tried = 0
    for (let seed = SEED; seed < SEED + RUNS; seed++) {
      const problem = randomProblem(seed, shape)
      const cost = least(problem)
      if (cost === undefined) continue
      const plan = extractDag(problem, { moves: 2000, seed })
      const label = `seed ${seed}`
      expect(
        dagCostOf(problem, (cls) => plan.choices[cls]),
        label,
      ).toBe(plan.dagCost)
      expect(plan.lowerBound, label).toBeLessThanOrEqual(cost)
      expect([plan.dagCost, plan.optimal], label).toEqual([cost, true])
      tried++
    }
    expect(tried).toBeGreaterThan(fewest)
  })

  test("is so for prices that are no whole numbers, up to rounding", () => {
    for (let seed = SEED; seed < SEED + RUNS / 2; seed++) {
      const random = randomFrom(seed)
      const whole = randomProblem(seed, { classes: 8, nodes: 14 })
      const problem = { ...whole, costs: whole.costs.map((cost) => cost + random(1000) / 1001) }
      const cost = least(problem)
      if (cost === undefined) continue
      const plan = extractDag(problem, { moves: 2000, seed })
      expect(plan.optimal, `seed ${seed}`).toBe(true)
      expect(plan.dagCost, `seed ${seed}`).toBeCloseTo(cost, 8)
    }
  })

  test("covers of more elements than plans can be counted, by trying all sets of sets", () => {
    for (let seed = SEED; seed < SEED + 20; seed++) {
      const problem = setCover(seed, 60, 11)
      const plan = extractDag(problem, { moves: 20_000, seed })
      expect([plan.dagCost, plan.optimal], `seed ${seed}`).toEqual([leastCover(problem), true])
    }
  })

  test("does not depend on the numbers of nodes, nor on nodes that are worse than others", () => {
    for (let seed = SEED; seed < SEED + 30; seed++) {
      const problem = tangle(seed, 40)
      const [plain, other] = [problem, disguised(problem, seed)].map((one) =>
        extractDag(one, { moves: 50_000, seed }),
      )
      expect([plain?.optimal, other?.optimal], `seed ${seed}`).toEqual([true, true])
      expect(plain?.dagCost, `seed ${seed}`).toBe(other?.dagCost)
    }
  })

  test("is not said where the search ended before", () => {
    const plan = extractDag(setCover(SEED, 4000, 1000), { moves: 1000 })
    expect(plan.optimal).toBe(false)
    expect(plan.lowerBound).toBeLessThan(plan.dagCost)
    expect(extractDag(tangle(SEED, 40), { moves: 50_000, exact: false })).toMatchObject({
      optimal: false,
      lowerBound: -Infinity,
    })
  })

  test("can be a large plan, where its parts have little in common", () => {
    const problem = sharedParts(SEED, 600, 10)
    const plan = extractDag(problem, { moves: 200_000 })
    expect(plan.optimal).toBe(true)
    expect(plan.dagCost).toBeLessThan(some(greedyDag(problem), "a greedy plan"))
  })

  test("bounds are below what any search finds", () => {
    for (const problem of [tangle(SEED, 200), diamonds(SEED, 100), setCover(SEED, 200, 50)]) {
      const { lowerBound } = extractDag(problem, { moves: 2000 })
      for (let seed = SEED; seed < SEED + 5; seed++)
        expect(lowerBound).toBeLessThanOrEqual(
          extractDag(problem, { moves: 30_000, seed, exact: false }).dagCost,
        )
    }
  })

  test("is the first of variants alone", () => {
    const found = extractVariants(tangle(SEED, 40), 3, { moves: 100_000 })
    expect(found.map(({ optimal }) => optimal)).toEqual([true, false, false])
  })
})

/** The least price of sets that hold every element: a cover is a sum over chosen sets. */
function leastCover(problem: ExtractionProblem): number {
  const elements = childrenOf(problem, 0).length
  const holders = Array.from({ length: elements }, () => 0)
  const prices: number[] = []
  problem.classes.forEach((cls, node) => {
    const [held] = childrenOf(problem, node)
    if (node === 0) return
    if (held === undefined) prices[cls - elements - 1] = some(problem.costs[node], "a price")
    else holders[cls - 1] = at(holders, cls - 1) | (1 << (held - elements - 1))
  })
  let best = Infinity
  for (let chosen = 0; chosen < 1 << prices.length; chosen++) {
    if (!holders.every((sets) => (sets & chosen) !== 0)) continue
    best = Math.min(
      best,
      prices.reduce((sum, price, set) => sum + ((chosen >> set) & 1) * price, 0),
    )
  }
  return best
}

/** The same choices in another order, with a worse copy of every third node. */
function disguised(problem: ExtractionProblem, seed: number): ExtractionProblem {
  const random = randomFrom(seed)
  const nodes = Array.from(problem.classes, (cls, node) => ({
    cls,
    cost: some(problem.costs[node], "a price"),
    children: [...childrenOf(problem, node)],
  }))
  const worse = nodes
    .filter((_, i) => i % 3 === 0)
    .map(({ cls, cost, children }) => ({
      cls,
      cost: cost + random(2),
      children: [...children, random(problem.classCount)],
    }))
  const all = [...nodes, ...worse].map((node) => ({ node, key: random(1 << 20) }))
  all.sort((a, b) => a.key - b.key)
  return extractionProblem(
    all.map(({ node }) => node),
    problem.classCount,
    [...problem.roots],
  )
}
