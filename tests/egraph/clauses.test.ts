import { readFileSync } from "node:fs"
import { describe, expect, test } from "vitest"
import { some } from "../../src/base/check.js"
import { readCases } from "../../src/egraph/cases.js"
import { EGraph, showTerm } from "../../src/egraph/index.js"
import { graphFor, rulesOf, runIn } from "../../src/egraph/run-cases.js"

// What the log says that a rule with several clauses united: which clause of its right side, and both ends.

interface ClauseCase {
  readonly what: string
  readonly rules: string
  readonly starts: readonly string[]
  /** Every union that a rule made, in order: the clause, from 0 on, and the two terms as they were first written. */
  readonly unions: readonly string[]
}

const CASES: readonly ClauseCase[] = [
  {
    what: "the left end is the clause's class, not that of the first pattern",
    rules: "(rule link ((?v (f ?a ?w)) (?w (g ?a))) ((?w (h ?a))))",
    starts: ["(f x (g x))"],
    unions: ["link 0: (g x) = (h x)"],
  },
  {
    what: "each clause of the right side is a union of its own",
    rules: "(rule link ((?v (f ?a ?w)) (?w (g ?a))) ((?w (h ?a)) (?v (k ?a))))",
    starts: ["(f x (g x))"],
    unions: ["link 0: (g x) = (h x)", "link 1: (f x (g x)) = (k x)"],
  },
  {
    what: "a clause that makes something new unites nothing, and is counted",
    rules: "(rule link ((?v (f ?a ?w)) (?w (g ?a))) ((?n (h ?a)) (?w ?n)))",
    starts: ["(f x (g x))"],
    unions: ["link 1: (g x) = (h x)"],
  },
  {
    what: "a variable below a pattern stands for its class by its oldest row",
    rules: "(rule link ((?v (f ?a ?b)) (?b (g ?a))) ((?a (h ?a))))",
    starts: ["(f x (g x))"],
    unions: ["link 0: x = (h x)"],
  },
]

describe("unions of rules with clauses", () => {
  test.each(CASES)("$what", ({ rules, starts, unions }) => {
    const graph = EGraph.createSync({ rules })
    for (const term of starts) graph.add(term)
    graph.run({ iterations: 4 })
    const term = (row: number) => showTerm(graph.originalTerm(row))
    const said = graph.log().unions.flatMap(({ application, left, right }) => {
      if (!application) return []
      expect([application.left, application.right]).toEqual([left, right])
      return [`${application.rule} ${application.clause}: ${term(left)} = ${term(right)}`]
    })
    expect(said).toEqual(unions)
    const [first] = graph.log().unions
    const { left, right } = some(first, "a union")
    expect(graph.applications(left, right).map(({ clause }) => clause)).toEqual([
      Number(/\d+/.exec(some(unions[0], "a union"))?.[0]),
    ])
    graph.dispose()
  })
})

const { cases, rulesets } = readCases(readFileSync("tests/egraph/cases/conformance.json", "utf8"))
const withClauses = cases.filter(({ ruleset }) =>
  rulesets.get(ruleset)?.some(({ kind }) => kind === "multi-pattern"),
)

describe("the ends of all unions of a log are the classes of the graph", () => {
  test("there are cases with clauses", () => expect(withClauses.length).toBeGreaterThan(0))
  test.each(withClauses.map((given) => [given.name, given] as const))("%s", (_, given) => {
    const graph = graphFor(given, rulesOf(rulesets.get(given.ruleset) ?? []), { rows: 1 << 19 })
    runIn(graph, given)
    const up = Array.from({ length: graph.rows }, (_, row) => row)
    const find = (row: number): number => {
      let at = row
      while (up[at] !== at) at = some(up[at], "a row")
      return at
    }
    for (const { left, right, application } of graph.log().unions) {
      const [a, b] = [find(left), find(right)]
      expect(a, `${application?.rule} unites what is one`).not.toBe(b)
      up[Math.max(a, b)] = Math.min(a, b)
    }
    for (let row = 1; row < graph.rows; row++) expect(find(row)).toBe(graph.find(row))
    graph.dispose()
  })
})
