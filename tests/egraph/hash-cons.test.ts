import { readFileSync } from "node:fs"
import { describe, expect, test } from "vitest"
import { some } from "../../src/base/check.js"
import { readCases } from "../../src/egraph/cases.js"
import type { EGraph } from "../../src/egraph/index.js"
import { graphFor, rulesOf } from "../../src/egraph/run-cases.js"
import type { Instance } from "../../src/egraph/wasm.js"
import { rowsOf } from "./rows-of.js"

const { cases, rulesets } = readCases(readFileSync("tests/egraph/cases/conformance.json", "utf8"))

/** The rows after some iterations, each a run of its own. */
function rowsAfter(name: string, iterations: number, before: (graph: EGraph) => void): unknown {
  const given = some(
    cases.find((each) => each.name === name),
    `a case ${name}`,
  )
  const graph = graphFor(given, rulesOf(rulesets.get(given.ruleset) ?? []), { rows: 1 << 19 })
  given.starts.forEach((term) => graph.add(term))
  for (let i = 0; i < iterations; i++) {
    before(graph)
    graph.run({ scheduler: given.scheduler, iterations: 1 })
  }
  const rows = rowsOf(graph)
  graph.dispose()
  return rows
}

// Keys that stand far behind their home come once in 10^11 places: so the table is told that it has some.
describe("a crowded hash-cons: what a tag finds is checked on the row", () => {
  test.each([
    ["ac-7", 8],
    ["mathmicro-8", 8],
    ["math7-backoff-10", 10],
    ["lambda-fib-3", 12],
  ])("%s, to the same rows", (name, iterations) => {
    const expected = rowsAfter(name, iterations, () => {})
    const crowd = (graph: EGraph) => {
      const { exports } = (graph as unknown as { readonly instance: Instance }).instance
      exports.slotReach.value = 0
    }
    expect(rowsAfter(name, iterations, crowd)).toEqual(expected)
  })
})
