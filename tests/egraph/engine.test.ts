import { readFileSync } from "node:fs"
import { describe, expect, test } from "vitest"
import { readCases, type Case } from "../../src/egraph/cases.js"
import { EGraph } from "../../src/egraph/index.js"
import { graphFor, outcomeIn, rulesOf, runCase } from "../../src/egraph/run-cases.js"
import { judged } from "./judged.js"
import { rowsOf } from "./rows-of.js"

const files = ["tests/egraph/cases/conformance.json", "tests/egraph/cases/analyses.json"].map(
  (file) => readCases(readFileSync(file, "utf8")),
)
const cases = files.flatMap((file) => file.cases)
const rulesets = new Map(files.flatMap((file) => [...file.rulesets]))
const texts = new Map([...rulesets].map(([name, rules]) => [name, rulesOf(rules)]))

const textFor = ({ ruleset }: Case) => texts.get(ruleset) ?? rulesOf([])
const byName = (list: readonly Case[]) => list.map((given) => [given.name, given] as const)
const upTo = (nodes: number) => cases.filter(({ expect }) => (expect.nodes ?? 0) <= nodes)

describe("the engine finds what the cases expect", () => {
  test.each(byName(cases))("%s", (_, given) => {
    expect(runCase(given, textFor(given))).toMatchObject(judged(given.expect))
  })
})

describe("it finds the same", () => {
  test.each(byName(upTo(20_000)))(
    "without a log, and in a graph that is emptied: %s",
    (_, given) => {
      const graph = graphFor(given, textFor(given), { proofs: false })
      const once = outcomeIn(graph, given)
      expect(once).toMatchObject(judged(given.expect))
      graph.reset()
      expect(outcomeIn(graph, given)).toEqual(once)
      graph.dispose()
    },
  )

  test.each(byName(upTo(20_000)))("where matches are set aside: %s", (_, given) => {
    const [near, far] = [undefined, "aside" as const].map((compile) => {
      const graph = graphFor(given, textFor(given), compile ? { compile } : {})
      outcomeIn(graph, given)
      const rows = rowsOf(graph)
      graph.dispose()
      return rows
    })
    expect(far).toEqual(near)
  })

  test.each(byName(upTo(20_000)))("when rules are interpreted: %s", (_, given) => {
    const outcome = runCase(given, textFor(given), { compile: false })
    expect(outcome).toMatchObject(judged(given.expect))
  })
})

describe("associativity and commutativity have a closed form", () => {
  const rules = `
(rewrite comm (+ ?a ?b) (+ ?b ?a))
(rewrite assoc (+ ?a (+ ?b ?c)) (+ (+ ?a ?b) ?c))`

  test.each([2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12])("of sums of %i terms", (n) => {
    const graph = EGraph.createSync({ rules, limits: { nodes: 2 ** 23 } })
    const terms = Array.from({ length: n }, (_, i) => graph.add(`x${i}`))
    terms.reduceRight((right, term) => graph.addNode("+", [term, right]))
    const { stop, nodes, classes } = graph.run({ iterations: Infinity })
    expect({ stop, nodes, classes }).toEqual({
      stop: "saturated",
      nodes: 3 ** n - 2 ** (n + 1) + 1 + n,
      classes: 2 ** n - 1,
    })
    graph.dispose()
  })
})
