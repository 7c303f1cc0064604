import { describe, expect, test } from "vitest"
import { EGraph, type RunOptions, type Scheduler } from "../../src/egraph/index.js"
import { Random } from "./naive/random.js"
import { rowsOf } from "./rows-of.js"
import { SEED } from "../seed.js"

// Rules over operators without an order beside others that have one: these are compiled, those are read.

const RULES = `
(operator and :set)
(operator or :set)
(operator sum :multiset)
(rewrite flat-and (and (and ?xs...) ?ys...) (and ?xs... ?ys...))
(rewrite flat-or (or (or ?xs...) ?ys...) (or ?xs... ?ys...))
(rewrite absorb (and ?x (or ?x ?ys...) ?zs...) (and ?x ?zs...))
(rewrite distribute (and ?x (or ?y ?z)) (or (and ?x ?y) (and ?x ?z)))
(rewrite pair (sum ?a ?b ?xs...) (sum (+ ?a ?b) ?xs...))
(rewrite comm (+ ?a ?b) (+ ?b ?a))
(rewrite assoc (+ ?a (+ ?b ?c)) (+ (+ ?a ?b) ?c))
(rule twice ((?v (sum ?a ?a))) ((?v (* 2 ?a))))
(rewrite double (* 2 ?a) (+ ?a ?a))`
const LOGIC =
  "(and (or a b) (or b (and c d)) (and (or a c) (or d (or a e)) (or b e)) (or c d) (and a (or a f)))"
const SUM = "(sum a b c c (sum d d) (+ e f))"

const SCHEDULERS: readonly (readonly [string, Scheduler])[] = [
  ["simple", "simple"],
  ["backoff", { kind: "backoff", matchLimit: 300, banLength: 2 }],
  ["fresh-backoff", { kind: "fresh-backoff", matchLimit: 300, banLength: 2 }],
]

function begun(compile?: boolean): EGraph {
  const graph = EGraph.createSync({ rules: RULES, ...(compile === undefined ? {} : { compile }) })
  for (const term of [LOGIC, SUM]) graph.add(term)
  return graph
}

describe.each(SCHEDULERS)("%s", (_, scheduler) => {
  const options: RunOptions = { scheduler, nodes: 20_000, iterations: 12 }

  test("what is compiled and what is read find the same", () => {
    const sizes = [undefined, false].map((compile) => {
      const graph = begun(compile)
      const { stop, iterations, nodes, classes } = graph.run(options)
      graph.dispose()
      return { stop, iterations, nodes, classes }
    })
    expect(sizes[0]).toEqual(sizes[1])
    expect(sizes[0]?.nodes).toBeGreaterThan(300)
  })

  test(`interrupted and written down, to the same rows and log (SMELT_SEED=${SEED})`, async () => {
    const straight = begun()
    straight.run(options)
    const wanted = rowsOf(straight)
    const random = new Random(SEED)
    let interruptions = 0
    let graph = begun()
    const next = () => graph.run({ ...options, ms: random.below(8) / 10, isResumable: true })
    while (next().stop === "time-limit") {
      const bytes = graph.snapshot()
      graph.dispose()
      graph = await EGraph.restore(bytes)
      interruptions++
    }
    expect(rowsOf(graph)).toEqual(wanted)
    expect(interruptions).toBeGreaterThan(0)
    for (const each of [straight, graph]) each.dispose()
  })

  test("every union has a proof that holds", () => {
    const graph = begun()
    graph.run({ ...options, nodes: 500 })
    const roots = [LOGIC, SUM].map((term) => graph.add(term))
    for (const root of roots)
      for (const row of graph.members(root).slice(0, 40))
        expect(graph.checkProof(graph.explain(root, row))).toBe(true)
    graph.dispose()
  })
})

describe("each match is found once", () => {
  const leaves = (count: number) => Array.from({ length: count }, (_, i) => `x${i}`).join(" ")
  const CASES: readonly (readonly [string, string, string, number])[] = [
    ["one of many", "(sum ?a ?xs...)", `(sum ${leaves(100)})`, 100],
    ["ordered pairs", "(sum ?a ?b ?xs...)", `(sum ${leaves(70)})`, 70 * 69],
    ["children that are the same", "(sum ?a ?xs...)", "(sum a a a b b)", 2],
    ["pairs of them", "(sum ?a ?b ?xs...)", "(sum a a a b b)", 4],
    ["the same twice", "(sum ?a ?a ?xs...)", "(sum a a a b)", 1],
    ["of a set, which has no twins", "(and ?a ?b)", "(and a a b)", 2],
    ["a leaf among them", "(sum one ?xs...)", "(sum one one two)", 1],
    ["nothing is left", "(sum ?a ?b ?xs...)", "(sum a b)", 2],
    ["too few", "(sum ?a ?b ?c ?xs...)", "(sum a b)", 0],
  ]
  test.each(CASES)("%s", (_, left, term, count) => {
    const rules = `(operator and :set) (operator sum :multiset) (rewrite r ${left} nothing)`
    const graph = EGraph.createSync({ rules })
    graph.add(term)
    expect(graph.run({ iterations: 1 }).rules[0]?.matches).toBe(count)
    graph.dispose()
  })

  test("and not again, once nothing of it is new", () => {
    const rules = "(operator sum :multiset) (rewrite r (sum (g ?a) ?xs...) (h ?a))"
    const graph = EGraph.createSync({ rules })
    graph.add("(sum (g a) (g b) (g c) d)")
    const matched = () => graph.run({ iterations: 1 }).rules[0]?.matches
    expect([matched(), matched()]).toEqual([3, 0])
    graph.add("(sum (g a) e)")
    expect(matched()).toBe(1)
    graph.union(graph.add("d"), graph.add("(g d)"))
    expect(matched()).toBe(1)
    expect(matched()).toBe(0)
    graph.dispose()
  })
})
