import { readFileSync } from "node:fs"
import { describe, expect, test } from "vitest"
import { some } from "../../src/base/check.js"
import { readCases } from "../../src/egraph/cases.js"
import { EGraph, EGraphError, type RunOptions } from "../../src/egraph/index.js"
import { graphFor, rulesOf } from "../../src/egraph/run-cases.js"
import { Random } from "./naive/random.js"
import { rowsOf } from "./rows-of.js"
import { SEED } from "../seed.js"

const { cases, rulesets } = readCases(readFileSync("tests/egraph/cases/conformance.json", "utf8"))
const UNORDERED = `
(operator + :multiset)
(rewrite zero (+ 0 ?xs...) (+ ?xs...))
(rewrite factor (+ (* ?a ?b) (* ?a ?c) ?xs...) (+ (* ?a (+ ?b ?c)) ?xs...))
(rewrite one (+ ?a) ?a)`

/** A graph with some terms in it, and how it is run. */
interface Given {
  readonly make: () => EGraph
  readonly terms: readonly string[]
  readonly options: RunOptions
}

const GIVEN: Readonly<Record<string, Given>> = {
  ...Object.fromEntries(
    ["mathmicro-8", "math7-backoff-10", "lambda-fib-3", "boolean-three-starts-folded"].map(
      (name) => {
        const given = some(
          cases.find((each) => each.name === name),
          `a case ${name}`,
        )
        const rules = rulesOf(rulesets.get(given.ruleset) ?? [])
        const make = () => {
          const graph = graphFor({ ...given, iterationLimit: 30 }, rules, { rows: 1 << 19 })
          for (const term of given.starts) graph.add(term)
          return graph
        }
        const terms = ["(+ new x)", "(* new 1)", "(f new (g x))", "(var new)", "7", "(& true new)"]
        return [name, { make, terms, options: { scheduler: given.scheduler } }]
      },
    ),
  ),
  "unordered operators": {
    make: () => {
      const graph = EGraph.createSync({ rules: UNORDERED })
      graph.add("(+ 0 (* x y) (* x z) (* x 0) w)")
      return graph
    },
    terms: ["(+ 0 new)", "(+ (* x new) (* x y))", "new"],
    options: {},
  },
}

/** Does something to a graph that `pop` has to take back. */
function disturb(graph: EGraph, { terms, options }: Given, random: Random, most: number): void {
  const anyRow = () => 1 + random.below(graph.rows - 1)
  for (let i = random.between(1, 4); i > 0; i--) {
    const what = random.below(most)
    if (what === 0) graph.add(some(terms[random.below(terms.length)], "a term"))
    else if (what === 1) graph.addNode(`op${random.below(50)}`, [anyRow(), anyRow()])
    else if (what === 2)
      for (let k = 0; k < 300; k++)
        graph.addNode(`wide${k % 7}`, Array.from({ length: k % 6 }, anyRow))
    else if (what === 3) graph.union(anyRow(), graph.add("other"))
    else if (what === 4) graph.rebuild()
    else graph.run({ ...options, iterations: random.between(1, 2) })
  }
}

describe(`what was pushed is popped (seed ${SEED})`, () => {
  const kinds = [
    ["adding", 3],
    ["adding, unions and runs", 6],
  ] as const
  const tests = Object.entries(GIVEN).flatMap(([name, given]) =>
    kinds.map(([kind, most]) => [`${name}, after ${kind}`, given, most] as const),
  )
  test.each(tests)("%s", (_, given, most) => {
    for (let seed = 0; seed < 6; seed++) {
      const random = new Random(SEED + seed)
      const [graph, twin] = [given.make(), given.make()]
      const iterations = random.below(5)
      const step = (each: EGraph) =>
        each.run({ ...given.options, iterations, isResumable: true, nodes: 20_000 })
      step(graph)
      step(twin)
      graph.push()
      disturb(graph, given, random, most)
      const between = rowsOf(graph)
      graph.push()
      disturb(graph, given, random, most)
      graph.push()
      disturb(graph, given, random, most)
      graph.pop()
      graph.pop()
      expect(rowsOf(graph)).toEqual(between)
      disturb(graph, given, random, most)
      graph.pop()
      expect(rowsOf(graph)).toEqual(rowsOf(twin))
      // What comes next is the same too.
      for (const each of [graph, twin]) {
        each.add("(new op)")
        each.run({ ...given.options, iterations: iterations + 2 })
      }
      expect(rowsOf(graph)).toEqual(rowsOf(twin))
      expect([graph.nodes, graph.classes]).toEqual([twin.nodes, twin.classes])
      graph.dispose()
      twin.dispose()
    }
  })
})

test("a switched rule, and a schedule that a limit ended, are put back", () => {
  const rules = "(ruleset a) (rewrite r (f ?x) (g ?x)) (ruleset b) (rewrite s (g ?x) (h ?x))"
  const graph = EGraph.createSync({ rules })
  const root = graph.add("(f x)")
  const scheduler = { kind: "sequence", steps: ["a", "b"] } as const
  graph.run({ scheduler, iterations: 2, isResumable: true })
  graph.push()
  graph.switchRule("s", false)
  graph.run({ iterations: 10 })
  graph.pop()
  expect(graph.matches(root, "(h x)")).toBe(false)
  expect(graph.run({ iterations: 3, isResumable: true }).rules).toMatchObject([
    { applied: 0 },
    { applied: 1 },
  ])
  graph.dispose()
})

test("a snapshot of a graph that was put back is the one from before", () => {
  const given = some(GIVEN["mathmicro-8"], "a case")
  const graph = given.make()
  graph.run({ iterations: 4 })
  const before = graph.snapshot()
  graph.push()
  graph.run({ iterations: 2 })
  graph.pop()
  expect(graph.snapshot()).toEqual(before)
  graph.dispose()
})

test("what was not pushed is not popped", () => {
  const graph = EGraph.createSync({ rules: "" })
  const attempt = () => graph.pop()
  expect(attempt).toThrow(EGraphError)
  expect(attempt).toThrow("pop needs a push before it, and there is none left")
  graph.push()
  graph.pop()
  expect(attempt).toThrow(expect.objectContaining({ fault: "nothing-pushed" }))
  graph.push()
  graph.reset()
  expect(attempt).toThrow("none left")
  graph.dispose()
})

test("matches of interpreted rules that a guard refused come back with a pop", () => {
  const rules = `(operator and :set)
    (rewrite step (k ?x) (q ?x))
    (rewrite one (id (q 1)) 5)
    (rewrite fold (and (g ?a) ?ps...) (h ?a (and ?ps...)) :when (is-const ?a))`
  const graph = EGraph.createSync({ rules, analyses: ["constant-fold"] })
  const root = graph.add("(and (g (id (k 1))) x y (m x))")
  graph.run({ iterations: 1 })
  // The guard holds in the iteration that makes `id` a constant.
  const isFolded = () => graph.matches(root, "(h 5 (and x y (m x)))")
  for (let i = 0; i < 2; i++) {
    graph.push()
    expect(isFolded()).toBe(false)
    graph.run({ iterations: 1 })
    expect(isFolded()).toBe(true)
    graph.pop()
  }
  graph.dispose()
})
