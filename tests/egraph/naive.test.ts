import { readFileSync, writeFileSync } from "node:fs"
import { describe, expect, test } from "vitest"
import { readCases } from "../../src/egraph/cases.js"
import { judged } from "./judged.js"
import { completed } from "./naive/complete.js"
import { shuffled, STRAIGHT } from "./naive/order.js"
import { randomCase } from "./naive/random-case.js"
import { runNaive } from "./naive/run.js"

const FILES = ["tests/egraph/cases/conformance.json", "tests/egraph/cases/analyses.json"]

// A new case is written without `expect`; SMELT_COMPLETE=1 fills it in.
if (process.env.SMELT_COMPLETE === "1")
  for (const file of FILES) writeFileSync(file, completed(readFileSync(file, "utf8")))

const small = FILES.flatMap((file) => {
  const { cases, rulesets } = readCases(readFileSync(file, "utf8"))
  return cases
    .filter(({ expect: { nodes = 0 } }) => nodes <= 5_500)
    .map((given) => ({ ...given, rules: rulesets.get(given.ruleset) ?? [] }))
})

describe("the naive engine finds what the cases expect, in any order of matches and unions", () => {
  test.each(small.map((given) => [given.name, given] as const))("%s", (_, given) => {
    for (const order of [STRAIGHT, shuffled(given.name.length)])
      expect(runNaive(given, given.rules, { order })).toMatchObject(judged(given.expect))
  })
})

describe("a random case is the same for the same seed, and comes out in any order", () => {
  test.each(Array.from({ length: 40 }, (_, seed) => seed))("seed %i", (seed) => {
    const { given, rules, text } = randomCase(seed)
    expect(randomCase(seed).text).toBe(text)
    expect(runNaive(given, rules, { order: shuffled(1_000 + seed) })).toEqual(given.expect)
  })
})
