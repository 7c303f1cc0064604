import { expect, test } from "vitest"
import { at } from "../../src/base/check.js"
import { cheapestSet, type Choices } from "../../src/optimize/cheapest-set.js"
import { randomFrom } from "../egraph/extraction-problems.js"
import { SEED } from "../seed.js"

// The choice of tables against every subset of the candidates.

const RUNS = 400

/**
 * Models, each computed directly or from a table, and candidates, which cost to compute and to write and may be
 * computed from candidates before them.
 */
function randomChoices(seed: number): Choices {
  const random = randomFrom(seed)
  const candidates = Array.from({ length: 1 + random(8) }, (_, i) => `t${i}`)
  const ways = (sources: readonly string[]) => ({
    direct: 10 + random(90),
    via: new Map(
      sources.filter(() => random(3) > 0).map((name) => [name, 1 + random(60)] as const),
    ),
  })
  const models = Array.from({ length: 1 + random(6) }, () => ways(candidates))
  const tables = candidates.map((_, i) => ways(candidates.slice(0, i)))
  const priceOf = ({ direct, via }: ReturnType<typeof ways>, readable: ReadonlySet<string>) =>
    Math.min(direct, ...[...via].map(([name, cost]) => (readable.has(name) ? cost : Infinity)))
  return {
    candidates,
    cost: (chosen, readable) =>
      models.reduce((sum, model) => sum + priceOf(model, readable), 0) +
      candidates.reduce(
        (sum, name, i) => (chosen.has(name) ? sum + 5 + priceOf(at(tables, i), readable) : sum),
        0,
      ),
    isOver: () => false,
  }
}

function subsets(names: readonly string[]): ReadonlySet<string>[] {
  return Array.from(
    { length: 2 ** names.length },
    (_, bits) => new Set(names.filter((_, i) => (bits >> i) & 1)),
  )
}

test("no choice is cheaper than the one that is called the cheapest", () => {
  for (let seed = SEED; seed < SEED + RUNS; seed++) {
    const choices = randomChoices(seed)
    const all = subsets(choices.candidates)
    const least = Math.min(...all.map((chosen) => choices.cost(chosen, chosen)))
    const known = at(all, seed % all.length)
    const found = cheapestSet(choices, known)
    expect([found.cost, found.isProven], `seed ${seed}`).toEqual([least, true])
    expect(choices.cost(found.chosen, found.chosen), `seed ${seed}`).toBe(least)
  }
})

test("a search that is cut is not called so, and gives nothing worse than what was known", () => {
  for (let seed = SEED; seed < SEED + RUNS; seed++) {
    const choices = randomChoices(seed)
    let left = seed % 5
    const known = new Set(choices.candidates.slice(0, 2))
    const found = cheapestSet({ ...choices, isOver: () => left-- <= 0 }, known)
    expect(found.cost, `seed ${seed}`).toBeLessThanOrEqual(choices.cost(known, known))
    expect(found.cost, `seed ${seed}`).toBe(choices.cost(found.chosen, found.chosen))
    if (found.isProven) expect(found.cost).toBe(cheapestSet(choices, new Set()).cost)
  }
})
