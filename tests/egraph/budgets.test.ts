import { readFileSync } from "node:fs"
import { describe, expect, test } from "vitest"
import { some } from "../../src/base/check.js"
import { readCases, type Case } from "../../src/egraph/cases.js"
import { EGraph } from "../../src/egraph/index.js"
import { graphFor, rulesOf, type CaseOptions } from "../../src/egraph/run-cases.js"
import { Random } from "./naive/random.js"
import { SEED } from "../seed.js"

const { cases, rulesets } = readCases(readFileSync("tests/egraph/cases/conformance.json", "utf8"))

function begin(name: string, options: CaseOptions = {}): { graph: EGraph; given: Case } {
  const given = some(
    cases.find((each) => each.name === name),
    `a case ${name}`,
  )
  const rules = rulesOf(rulesets.get(given.ruleset) ?? [])
  const graph = graphFor(given, rules, { rows: 1 << 19, ...options })
  given.starts.forEach((term) => graph.add(term))
  return { graph, given }
}

function settings({ scheduler, iterationLimit }: Case) {
  return { scheduler, iterations: iterationLimit ?? Infinity }
}

/** Every row as it is now. */
function rowsOf(graph: EGraph): string[] {
  return Array.from({ length: graph.rows - 1 }, (_, i) =>
    [graph.opOf(i + 1), graph.find(i + 1), graph.isLive(i + 1), ...graph.childrenOf(i + 1)].join(
      " ",
    ),
  )
}

describe(`a budget of bytes is never exceeded (SMELT_SEED=${SEED})`, () => {
  const names = ["ac-9", "mathmicro-9", "mathmicro-backoff-20", "math7-backoff-20", "ac-7-reversal"]
  test.each(names)("%s", (name) => {
    const { graph, given } = begin(name)
    const least = graph.bytes
    graph.run(settings(given))
    const most = graph.bytes
    const nodes = graph.nodes
    const random = new Random(SEED)
    let stopped = 0
    for (let i = 0; i < 20; i++) {
      graph.reset()
      given.starts.forEach((term) => graph.add(term))
      const bytes = random.between(least, most)
      const { stop } = graph.run({ ...settings(given), bytes })
      expect(graph.bytes).toBeLessThanOrEqual(Math.max(bytes, least))
      if (stop === "byte-limit") stopped++
      else expect(graph.nodes).toBe(nodes)
    }
    expect(stopped).toBeGreaterThan(0)
    graph.dispose()
  })

  test("bytes are those that a snapshot has to hold, and what late parts of it will take", () => {
    const { graph, given } = begin("mathmicro-9")
    graph.run({ ...settings(given), iterations: 6 })
    const size = graph.snapshot().length
    expect(graph.bytes).toBeGreaterThan(0.95 * size - 65_536)
    expect(graph.bytes).toBeLessThan(size + 65_536)
    graph.dispose()
  })

  test.each<[string, CaseOptions]>([
    ["", {}],
    [", where matches are set aside", { compile: "aside" }],
  ])("a run that it stopped goes on with more, to the same rows%s", (_, options) => {
    const straight = begin("mathmicro-9")
    straight.graph.run(settings(straight.given))
    const expected = rowsOf(straight.graph)
    const most = straight.graph.bytes
    straight.graph.dispose()
    const { graph, given } = begin("mathmicro-9", options)
    let stops = 0
    for (let bytes = most / 20; ; bytes *= 1.3) {
      const { stop } = graph.run({ ...settings(given), bytes, isResumable: true })
      if (stop !== "byte-limit") break
      stops++
    }
    expect(stops).toBeGreaterThan(5)
    expect(rowsOf(graph)).toEqual(expected)
    graph.dispose()
  })
})

describe("one node with more matches than can be tried", () => {
  /** So many to the third. */
  function cubeOf(count: number): EGraph {
    const graph = EGraph.createSync({ rules: "(rewrite r (f (g ?a) (g ?b) (g ?c)) k)" })
    const first = graph.add("(g 0)")
    for (let i = 1; i < count; i++) graph.union(first, graph.add(`(g ${i})`))
    graph.add("(f (g 0) (g 0) (g 0))")
    return graph
  }

  test.each([
    ["time-limit", { ms: 20 }],
    ["match-limit", { matches: 1_000 }],
  ])("%s", (stop, limits) => {
    const graph = cubeOf(3_000)
    expect(graph.run(limits).stop).toBe(stop)
    graph.dispose()
  })

  test("a run that goes on gets through it", () => {
    const graph = cubeOf(60)
    const limits = { matches: 1_000, isResumable: true }
    const stops = Array.from({ length: 4 }, () => graph.run(limits).stop)
    expect(stops).toEqual(["match-limit", "match-limit", "saturated", "saturated"])
    expect(graph.classes).toBe(62)
    graph.dispose()
  })

  test.each([
    ["compiled", {}],
    ["read", { compile: false }],
  ])("a count that finds none of them looks at the clock, %s", (_, options) => {
    const rules = "(rewrite r (f (g ?a) (g ?b) (h ?a ?b)) k)"
    const graph = EGraph.createSync({ rules, ...options })
    const [g, h] = ["g", "h"].map((op) => {
      const first = graph.add(op === "g" ? "(g 0)" : "(h 0 -1)")
      for (let i = 1; i < 3_000; i++)
        graph.union(first, graph.add(op === "g" ? `(g ${i})` : `(h ${i} -1)`))
      return first
    })
    graph.addNode("f", [g ?? 0, g ?? 0, h ?? 0])
    for (const kind of ["backoff", "fresh-backoff"] as const)
      expect(graph.run({ ms: 20, scheduler: { kind } }).stop).toBe("time-limit")
    graph.dispose()
  })
})
