import { describe, expect, test } from "vitest"
import {
  EGraph,
  EGraphError,
  extractTree,
  ExtractionError,
  problemOf,
  readGym,
  RuleSyntaxError,
  showTerm,
  type EGraphFault,
  type EGraphOptions,
  type Facts,
} from "../../src/egraph/index.js"

const SHARING = "(rewrite double (+ ?a ?a) (* 2 ?a)) (rewrite shift (* 2 ?a) (<< ?a 1))"

function graphOf(term: string, options: EGraphOptions) {
  const graph = EGraph.createSync(options)
  const root = graph.add(term)
  graph.run()
  return { graph, root }
}

describe("extraction", () => {
  test("of trees is exact, by a table or a function", () => {
    const { graph, root } = graphOf("(+ (f x) (f x))", { rules: SHARING })
    expect(graph.extract(root).cost).toBe(4)
    expect(showTerm(graph.extract(root, { cost: { "<<": 0.5, "*": 10 } }).term)).toBe(
      "(<< (f x) 1)",
    )
    const dear = (op: string, row: number) =>
      graph.find(row) === graph.find(root) && op !== "+" ? 9 : 1
    const { term, cost } = graph.extract(root, { cost: dear })
    expect([showTerm(term), cost]).toEqual(["(+ (f x) (f x))", 5])
    expect(term.children[0]).toBe(term.children[1])
    graph.dispose()
  })

  test("of plans with shared parts counts them once", () => {
    const { graph, root } = graphOf("(+ (f x) (f x))", { rules: SHARING })
    const cost = { "<<": 2, "*": 2 }
    expect(graph.extract(root, { cost, method: "tree" }).cost).toBe(5)
    const { term, cost: shared } = graph.extract(root, {
      cost,
      method: "dag",
      moves: 1000,
      seed: 3,
    })
    expect([showTerm(term), shared]).toEqual(["(+ (f x) (f x))", 3])
    graph.dispose()
  })

  test("prices what the analyses know of a node and of its children", () => {
    const { graph, root } = graphOf("(f (scan big) (scan small))", {
      rules: "(rewrite swap (f ?a ?b) (g ?b ?a))",
      analyses: ["cardinality"],
    })
    graph.assume(graph.add("(scan big)"), { cardinality: [0, 1000] })
    graph.assume(graph.add("(scan small)"), { cardinality: [0, 10] })
    const rows = ({ cardinality }: Facts = {}) => cardinality?.[1] ?? Infinity
    // The second input is built, the first one probes.
    const join = (_: Facts, [a, b]: readonly Facts[]) => rows(a) + 5 * rows(b)
    const cost = { f: join, g: join, scan: rows, big: 0, small: 0 }
    for (const method of ["tree", "dag"] as const) {
      const found = graph.extract(root, { cost, method })
      expect([showTerm(found.term), found.cost]).toEqual(["(f (scan big) (scan small))", 2060])
      expect(found.optimal).toBe(true)
    }
    expect(() => graph.extract(root, { cost: { f: () => NaN } })).toThrow("the cost of f is NaN")
    graph.dispose()
  })

  test("follows unions that were not repaired yet", () => {
    const { graph, root } = graphOf("(f (g a))", { rules: "" })
    graph.union(graph.add("(g a)"), graph.add("b"))
    expect(showTerm(graph.extract(root).term)).toBe("(f b)")
    graph.dispose()
  })

  test("gives several terms, the cheapest first", () => {
    const { graph, root } = graphOf("(+ (f x) (f x))", { rules: SHARING })
    const found = graph.variants(root, 5, { moves: 10_000 })
    expect(found.map(({ term }) => showTerm(term)).sort()).toEqual([
      "(* 2 (f x))",
      "(+ (f x) (f x))",
      "(<< (f x) 1)",
    ])
    expect(found.map(({ cost }) => cost)).toEqual([3, 4, 4])
    graph.dispose()
  })

  test("of what cannot be had says so", () => {
    const { graph, root } = graphOf("(f x)", { rules: "" })
    expect(() => graph.extract(root, { cost: { x: Infinity } })).toThrow(ExtractionError)
    expect(() => graph.extract(root, { cost: { x: Infinity } })).toThrow(
      `class ${root} has no term of finite cost`,
    )
    expect(() => graph.extract(root, { cost: { x: NaN } })).toThrow("the cost of x is NaN")
    expect(() => graph.extract(root, { cost: { x: -1 } })).toThrow(
      "the cost of x is -1; trees need",
    )
    expect(graph.extract(root, { cost: { x: -1 }, method: "dag", moves: 10 }).cost).toBe(0)
    expect(() => graph.variants(root, 0)).toThrow(ExtractionError)
    graph.dispose()
  })
})

describe("a graph as data", () => {
  const rules = `(rewrite comm (+ ?a ?b) (+ ?b ?a))
(rewrite assoc (+ ?a (+ ?b ?c)) (+ (+ ?a ?b) ?c))
(rewrite zero (+ 0 ?a) ?a)`

  test("goes out and comes back with the same nodes, classes and terms", () => {
    const { graph, root } = graphOf("(+ a (+ 0 (+ b (* c c))))", { rules })
    const dump = graph.toGym({ roots: [root], cost: { "*": 4 } })
    const text = JSON.stringify(dump)
    const back = EGraph.fromGym(text, { rules })
    expect(back.dropped).toEqual([])
    expect([back.graph.nodes, back.graph.classes]).toEqual([graph.nodes, graph.classes])
    const again = back.classes.get(String(graph.find(root))) ?? 0
    expect(back.graph.equal(again, back.graph.add("(+ (* c c) (+ b a))"))).toBe(true)
    expect(back.graph.run()).toMatchObject({ stop: "saturated", nodes: graph.nodes })
    // The problem keeps the costs.
    expect(extractTree(problemOf(readGym(dump))).treeCost).toBe(
      graph.extract(root, { cost: { "*": 4 } }).cost,
    )
    back.graph.dispose()
    graph.dispose()
  })

  test("nodes without a finite term are left out and named", () => {
    const nodes = {
      loop: { op: "f", eclass: "c0", children: ["loop"] },
      x: { op: "x", eclass: "c1" },
      y: { op: "y", eclass: "c1", cost: 3 },
      over: { op: "g", eclass: "c2", children: ["y", "over"] },
      leaf: { op: "leaf", eclass: "c2" },
    }
    const { graph, classes, dropped } = EGraph.fromGym({ nodes, root_eclasses: [] })
    expect(dropped).toEqual(["loop"])
    expect([...classes.keys()].sort()).toEqual(["c1", "c2"])
    expect([graph.nodes, graph.classes]).toEqual([4, 2])
    graph.dispose()
  })

  test("is drawn whole, or below some classes", () => {
    const { graph, root } = graphOf("(f x)", { rules: "" })
    const part = graph.add("(g y)")
    const labels = (text: string) => [...text.matchAll(/label="(.*?)"/g)].map(([, label]) => label)
    expect(labels(graph.toDot()).sort()).toEqual(["f", "g", "x", "y"])
    expect(labels(graph.toDot({ roots: [part] }))).toEqual(["g", "y"])
    expect(graph.toDot({ roots: [root] })).toContain("style=bold")
    graph.subsume("(g y)")
    expect(graph.toDot()).toContain('[label="g", style=dashed]')
    graph.dispose()
  })
})

test("a run counts its own matches", () => {
  const graph = EGraph.createSync({ rules: "(rewrite comm (+ ?a ?b) (+ ?b ?a))" })
  graph.add("(+ a b)")
  expect(graph.run().rules).toMatchObject([{ name: "comm", matches: 2, applied: 1 }])
  graph.add("(+ a c)")
  expect(graph.run().rules).toMatchObject([{ name: "comm", matches: 2, applied: 1 }])
  graph.reset()
  graph.add("(+ a b)")
  expect(graph.run().rules).toMatchObject([{ name: "comm", matches: 2, applied: 1 }])
  graph.dispose()
})

describe("a call that cannot be answered says why", () => {
  const rules = "(operator and :set) (rewrite r (f ?a) ?a)"
  const CALLS: readonly (readonly [string, EGraphFault, string, (graph: EGraph) => unknown])[] = [
    [
      "a row that is none",
      "no-such-row",
      "7 is no row of this graph: rows are whole numbers from 1 to 2",
      (g) => g.find(7),
    ],
    ["row 0", "no-such-row", "0 is no row", (g) => g.find(0)],
    ["a fraction", "no-such-row", "1.5 is no row", (g) => g.union(1, 1.5)],
    ["no number", "no-such-row", "NaN is no row", (g) => g.childrenOf(NaN)],
    ["a row to be written", "no-such-row", "7 is no row", (g) => g.originalTerm(7)],
    ["a row to be traced", "no-such-row", "7 is no row", (g) => g.makerOf(7)],
    ["a class to choose for", "no-such-row", "7 is no row", (g) => g.choose(7)],
    ["a class to extract", "no-such-row", "3 is no row", (g) => g.extract(3)],
    ["a child", "no-such-row", "-1 is no row", (g) => g.addNode("f", [1, -1])],
    ["a goal's class", "no-such-row", "9 is no row", (g) => g.run({ until: [1, 9] })],
    [
      "a root of goals",
      "no-such-row",
      "9 is no row",
      (g) => g.run({ goals: { root: 9, patterns: ["x"] } }),
    ],
    ["a root of a dump", "no-such-row", "9 is no row", (g) => g.toGym({ roots: [9] })],
    [
      "a variable",
      "bad-term",
      "a term without variables is wanted, found ?a",
      (g) => g.add("(f ?a)"),
    ],
    [
      "a rest as a goal",
      "bad-term",
      "a goal: ?xs... stands in f, whose children have an order",
      (g) => g.matches(1, "(f ?xs...)"),
    ],
    ["a limit", "bad-option", "ms is -1; a number from 0 is needed", (g) => g.run({ ms: -1 })],
    ["no limit", "bad-option", "nodes is NaN", (g) => g.run({ nodes: NaN })],
    [
      "a scheduler",
      "bad-option",
      'a scheduler is one of simple, backoff, fresh-backoff, sequence, found "fair"',
      (g) => g.run({ scheduler: "fair" as "simple" }),
    ],
    [
      "a rule",
      "unknown-rule",
      "there is no rule q; did you mean `r`?",
      (g) => g.switchRule("q", false),
    ],
    [
      "a graph that is gone",
      "disposed",
      "the graph was disposed of",
      (g) => (g.dispose(), g.nodes),
    ],
    [
      "one that is gone, to be filled",
      "disposed",
      "the graph was disposed of",
      (g) => (g.dispose(), g.add("x")),
    ],
    [
      "one that is gone, to be emptied",
      "disposed",
      "the graph was disposed of",
      (g) => (g.dispose(), g.reset()),
    ],
  ]
  test.each(CALLS)("%s", (_, fault, message, call) => {
    const graph = EGraph.createSync({ rules })
    graph.add("(f x)")
    const attempt = () => call(graph)
    expect(attempt).toThrow(message)
    expect(attempt).toThrow(expect.objectContaining({ fault }))
    expect(attempt).toThrow(EGraphError)
    graph.dispose()
  })

  test("a term that is none", () => {
    const graph = EGraph.createSync({ rules })
    expect(() => graph.add("(f x")).toThrow(RuleSyntaxError)
    expect(() => graph.add("(f x")).toThrow("line 1, column 1: `(` is not closed")
    expect(() => graph.add("f x")).toThrow(
      "line 1, column 3: one term is wanted, with nothing after it",
    )
    expect(() => graph.add("")).toThrow("a term is wanted, found nothing")
    graph.dispose()
  })

  test("a graph that is disposed of twice gives its instance back once", () => {
    const [one, two] = [EGraph.createSync({ rules }), EGraph.createSync({ rules })]
    one.dispose()
    one.dispose()
    const [three, four] = [EGraph.createSync({ rules }), EGraph.createSync({ rules })]
    three.add("(f x)")
    expect([three.nodes, four.nodes, two.nodes]).toEqual([2, 0, 0])
    for (const graph of [two, three, four]) graph.dispose()
  })
})

describe("functions of the host", () => {
  const rules = "(function call 1) (rewrite r (f ?a) (call ?a))"

  test.each(["run", "reset", "dispose", "rebuild"] as const)("cannot %s the graph", (name) => {
    const graph = EGraph.createSync({ rules, functions: { call: (_, g) => void g[name]() } })
    graph.add("(f x)")
    expect(() => graph.run()).toThrow(`${name} was called by a function of a rule`)
    graph.dispose()
  })

  test("that give what is no row end the graph's life with an error", () => {
    const graph = EGraph.createSync({ rules, functions: { call: () => 1e9 } })
    graph.add("(f x)")
    expect(() => graph.run()).toThrow("1000000000 is no row of this graph")
    expect(() => graph.nodes).toThrow("an error ended a run in the middle of a change")
    graph.dispose()
    const next = EGraph.createSync({ rules: "" })
    expect(next.nodes).toBe(0)
    next.dispose()
  })
})
