import { readFileSync } from "node:fs"
import { describe, expect, test } from "vitest"
import { some } from "../../src/base/check.js"
import { readCases } from "../../src/egraph/cases.js"
import { EGraph } from "../../src/egraph/index.js"
import { graphFor, rulesOf, runIn } from "../../src/egraph/run-cases.js"
import { Random } from "./naive/random.js"
import { rowsOf } from "./rows-of.js"

const { cases, rulesets } = readCases(readFileSync("tests/egraph/cases/conformance.json", "utf8"))
const SEED = Number(process.env.SMELT_SEED ?? Date.now() % 1_000_000)
const LIMIT = { rows: 1 << 19 }

/** Runs that take some milliseconds, of every kind of rule. */
const NAMES = ["ac-9", "mathmicro-9", "mathmicro-backoff-20", "math7-backoff-20", "lambda-fib-3"]

function caseNamed(name: string) {
  return some(
    cases.find((given) => given.name === name),
    `a case ${name}`,
  )
}

describe(`a run that is interrupted, written down and taken up again (seed ${SEED})`, () => {
  test.each(NAMES)("%s: ten times, to the same rows and log", async (name) => {
    const given = caseNamed(name)
    const rules = rulesOf(rulesets.get(given.ruleset) ?? [])
    const straight = graphFor(given, rules, LIMIT)
    runIn(straight, given)
    const expected = rowsOf(straight)
    const random = new Random(SEED)
    let interruptions = 0
    for (let i = 0; i < 10; i++) {
      let graph = graphFor(given, rules, LIMIT)
      const root = some(given.starts.map((term) => graph.add(term)).at(-1), "a start")
      const { scheduler, goals: patterns, stopOnGoals } = given
      const goals = stopOnGoals && patterns.length > 0 ? { goals: { root, patterns } } : {}
      const most = 0.2 + random.below(40) / 10
      while (
        graph.run({ scheduler, ms: most, isResumable: true, ...goals }).stop === "time-limit"
      ) {
        const bytes = graph.snapshot()
        graph.dispose()
        graph = await EGraph.restore(bytes)
        interruptions++
      }
      expect(rowsOf(graph)).toEqual(expected)
      graph.dispose()
    }
    console.log(`${name}: ${interruptions} interruptions`)
    expect(interruptions).toBeGreaterThan(0)
    straight.dispose()
  })
})

test("a restored graph is the graph", async () => {
  const given = caseNamed("math-simplify-root")
  const graph = graphFor(given, rulesOf(rulesets.get(given.ruleset) ?? []), LIMIT)
  runIn(graph, given)
  const restored = await EGraph.restore(graph.snapshot())
  const [start] = given.starts
  const root = (of: EGraph) => of.add(some(start, "a start"))
  expect([restored.nodes, restored.classes]).toEqual([graph.nodes, graph.classes])
  expect(restored.extract(root(restored))).toEqual(graph.extract(root(graph)))
  graph.dispose()
  restored.dispose()
})

describe("what is no snapshot is refused", () => {
  const graph = EGraph.createSync({ rules: "(rewrite swap (f ?a ?b) (f ?b ?a))" })
  graph.add("(f a b)")
  const bytes = graph.snapshot()
  const cases: [string, Uint8Array, RegExp][] = [
    ["nothing", new Uint8Array(), /do not begin with smeltEG1/],
    ["a text", new TextEncoder().encode("something else altogether"), /do not begin with smeltEG1/],
    ["half of one", bytes.slice(0, bytes.length >> 1), /cut off/],
  ]
  test.each(cases)("%s", async (_, given, message) => {
    await expect(EGraph.restore(given)).rejects.toThrow(message)
  })

  test("rules that are not compiled have none, and it says why", async () => {
    const unordered = await EGraph.create({
      rules: "(operator and :set) (rewrite one (and ?p) ?p)",
    })
    expect(() => unordered.snapshot()).toThrow(/not compiled/)
    unordered.dispose()
  })
})
