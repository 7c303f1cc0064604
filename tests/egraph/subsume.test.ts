import { describe, expect, test } from "vitest"
import { EGraph, type EGraphOptions } from "../../src/egraph/index.js"
import { showTerm } from "../../src/egraph/term.js"

// Nodes that were subsumed: equal as before, but no longer matched by rules, nor extracted.

const WAYS = [{ compile: true }, { compile: false }] as const
const RULES = `
(rewrite double (+ ?a ?a) (* 2 ?a) :subsume)
(rewrite comm (+ ?a ?b) (+ ?b ?a))`

function graphOf(rules: string, options: Partial<EGraphOptions> = {}): EGraph {
  return EGraph.createSync({ rules, ...options })
}

describe.each(WAYS)("rules that subsume, %o", (way) => {
  test("what they match is passed over from the next iteration on", () => {
    const graph = graphOf(RULES, way)
    const sum = graph.add("(+ (+ x x) (+ x x))")
    const report = graph.run()
    expect(report.rules).toMatchObject([{ name: "double", subsumed: 2 }, { name: "comm" }])
    expect(report.rules[1]).not.toHaveProperty("subsumed")
    expect(showTerm(graph.extract(sum).term)).toBe("(* 2 (* 2 x))")
    expect(graph.matches(sum, "(+ ?a ?a)")).toBe(true)
    const [row] = graph.members(sum).filter((member) => graph.opOf(member) === "+")
    expect(graph.isSubsumed(row ?? 0)).toBe(true)
    // A right side that makes it finds it, and it stays what it is.
    graph.add("(+ x x)")
    expect(graph.run().rules).toMatchObject([{ matches: 0, subsumed: 0 }, { matches: 0 }])
    expect(graph.checkProof(graph.explain("(+ (+ x x) (+ x x))", "(* 2 (* 2 x))"))).toBe(true)
    graph.dispose()
  })

  test("a node that becomes one with a subsumed one is subsumed, the older and the younger", () => {
    for (const first of ["(f a)", "(f b)"]) {
      const graph = graphOf("(rewrite unwrap (f ?a) (g ?a))", way)
      const rows = ["(f b)", "(f a)"].map((term) => graph.add(term))
      graph.subsume(first)
      graph.union(graph.add("a"), graph.add("b"))
      expect(graph.run().rules).toMatchObject([{ matches: 0 }])
      expect(rows.map((row) => graph.equal(row, rows[0] ?? 0))).toEqual([true, true])
      expect(graph.nodes).toBe(3)
      expect(() => graph.extract(graph.add("(f a)"))).toThrow(/no term/)
      graph.dispose()
    }
  })

  test("a match that waits for its guard goes with its node", () => {
    const graph = graphOf(
      "(rewrite unwrap (f ?a) (g ?a) :when (is-positive ?a)) (rewrite other (f ?a) (h ?a) :subsume :when (is-null ?a))",
      { ...way, analyses: ["interval", "nullability"] },
    )
    const node = graph.add("(f x)")
    expect(graph.run().rules).toMatchObject([{ matches: 1, applied: 0 }, { applied: 0 }])
    graph.assume(graph.add("x"), { nullability: "null" })
    expect(graph.run().rules).toMatchObject([{ applied: 0 }, { applied: 1, subsumed: 1 }])
    graph.assume(graph.add("x"), { interval: [1, 2] })
    expect(graph.run().rules).toMatchObject([{ applied: 0 }, { applied: 0 }])
    expect(graph.matches(node, "(g ?a)")).toBe(false)
    graph.dispose()
  })

  test("a node that is given by hand is not matched, and pop brings it back", () => {
    const graph = graphOf("(rewrite wrap (f ?a) (g ?a))", way)
    const node = graph.add("(f x)")
    graph.push()
    graph.subsume("(f x)")
    graph.subsume(node)
    expect(graph.run().rules).toMatchObject([{ searched: 0 }])
    graph.pop()
    expect(graph.isSubsumed(node)).toBe(false)
    expect(graph.run().rules).toMatchObject([{ applied: 1 }])
    graph.reset()
    expect(graph.isSubsumed(graph.add("(f x)"))).toBe(false)
    graph.dispose()
  })
})

test("unordered nodes are subsumed by their children in any order", () => {
  const graph = graphOf("(operator and :set) (rewrite absorb (and false ?xs...) false :subsume)")
  const sum = graph.add("(and p (and q) q q)")
  graph.add("(and q false p)")
  graph.subsume("(and q (and q) p)")
  expect(graph.members(sum).map((row) => graph.isSubsumed(row))).toEqual([true])
  expect(graph.run().rules).toMatchObject([{ matches: 1, subsumed: 1 }])
  expect(showTerm(graph.extract(graph.add("(and q p false)")).term)).toBe("false")
  graph.dispose()
})

test("a multi-pattern subsumes the node of its first clause", () => {
  const graph = graphOf("(rule known ((?r (f ?a)) (?a (g ?b))) ((?r ?b)) :subsume)")
  const [outer, inner] = [graph.add("(f (g x))"), graph.add("(g x)")]
  graph.run({ iterations: 2 })
  expect(showTerm(graph.extract(outer).term)).toBe("x")
  expect([outer, inner].map((row) => graph.isSubsumed(row))).toEqual([true, false])
  graph.dispose()
})

test("a term that is chosen has no subsumed node, by trees, DAGs, variants and the engine's own choice", () => {
  const graph = graphOf("")
  const [short, long] = [graph.add("(f x)"), graph.add("(g (h x))")]
  graph.union(short, long)
  graph.subsume(short)
  const wanted = { op: "g" }
  expect(graph.extract(short).term).toMatchObject(wanted)
  expect(graph.extract(short, { method: "dag", moves: 10 }).term).toMatchObject(wanted)
  expect(graph.variants(short, 3, { moves: 10 }).map(({ term }) => term.op)).toEqual(["g"])
  graph.setPrices(() => 1)
  expect(graph.opOf(graph.choose(short).choice(short) ?? 0)).toBe("g")
  graph.dispose()
})

test("dumps of the extraction gym, and snapshots, say what is subsumed", async () => {
  const graph = graphOf(RULES)
  const root = graph.add("(+ x x)")
  graph.run()
  const dump = graph.toGym({ roots: [root] })
  expect(dump).toMatchObject({ nodes: { [`${root}__0`]: { op: "+", subsumed: true, cost: 1 } } })
  expect(JSON.stringify(dump).match(/subsumed/g)).toHaveLength(1)
  const read = EGraph.fromGym(dump)
  const again = read.classes.get(String(root)) ?? 0
  expect(showTerm(read.graph.extract(again).term)).toBe("(* 2 x)")
  const restored = await EGraph.restore(graph.snapshot())
  expect(restored.isSubsumed(root)).toBe(true)
  expect(restored.run().rules).toEqual(graph.run().rules)
  for (const each of [graph, read.graph, restored]) each.dispose()
})

const REFUSED: readonly (readonly [string, RegExp])[] = [
  ["(rewrite any ?a (f ?a) :subsume)", /operator at the top of its left side, found \?a/],
  ["(rule any ((?r ?a)) ((?r ?a)) :subsume)", /operator at the top of its left side, found \?a/],
  ["(birewrite both (f ?a) (g ?a) :subsume)", /would subsume both sides/],
  ["(rewrite one (f ?a) (g ?a) :subsumed)", /`:if`, `:subsume` or `:when`/],
  ["(ruleset n :one-way) (rewrite one (f ?a) (g ?a) :subsume)", /one-way rule replaces/],
]
test.each(REFUSED)("%s is refused", (rules, message) => {
  expect(() => graphOf(rules)).toThrow(message)
})
