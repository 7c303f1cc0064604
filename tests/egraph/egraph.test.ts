import { describe, expect, test } from "vitest"
import { EGraph, showTerm } from "../../src/egraph/index.js"

const AC = `
(rewrite comm (+ ?a ?b) (+ ?b ?a))
(rewrite assoc (+ ?a (+ ?b ?c)) (+ (+ ?a ?b) ?c))`

/** (+ 1 (+ 2 … n)) */
function sum(n: number): string {
  return Array.from({ length: n }, (_, i) => i + 1).reduceRight(
    (right, i) => (right === "" ? String(i) : `(+ ${i} ${right})`),
    "",
  )
}

describe("unordered operators", () => {
  const rules = `
(operator join :multiset)
(operator and :set)
(rewrite flatten (join (join ?ys...) ?xs...) (join ?ys... ?xs...))
(rewrite absorb (and ?p ?p ?ps...) never)
(rewrite pull (join (filter ?p ?r) ?xs...) (filter ?p (join ?r ?xs...)))`

  test("children have no order, and a set no repeats", async () => {
    const graph = await EGraph.create({ rules })
    expect(graph.equal(graph.add("(join a b c)"), graph.add("(join c a b)"))).toBe(true)
    expect(graph.equal(graph.add("(join a a)"), graph.add("(join a)"))).toBe(false)
    expect(graph.equal(graph.add("(and p q p)"), graph.add("(and q p)"))).toBe(true)
    graph.dispose()
  })

  test("rest variables are spliced; a set has no two equal elements to match", async () => {
    const graph = await EGraph.create({ rules })
    const nested = graph.add("(join a (join b (filter p c)))")
    graph.add("(and p q)")
    graph.run()
    expect(graph.equal(nested, graph.add("(filter p (join a b c))"))).toBe(true)
    expect(graph.equal(graph.add("(and p q)"), graph.add("never"))).toBe(false)
    graph.dispose()
  })
})

test("congruence goes up after a union, in unordered nodes too", async () => {
  const graph = await EGraph.create({ rules: "(operator join :multiset)" })
  const [f, g] = [graph.add("(f (join a b))"), graph.add("(f (join b c))")]
  graph.union(graph.add("a"), graph.add("c"))
  graph.rebuild()
  expect(graph.equal(f, g)).toBe(true)
  graph.dispose()
})

test("extraction is exact, and a class may be read instead", async () => {
  const graph = await EGraph.create({
    rules: "(rewrite double (+ ?a ?a) (* 2 ?a)) (rewrite shift (* 2 ?a) (<< ?a 1))",
  })
  const root = graph.add("(+ (f x) (f x))")
  graph.run()
  const cost = (op: string) => (op === "*" ? 10 : 1)
  expect(showTerm(graph.extract(root, { cost }).term)).toBe("(<< (f x) 1)")
  graph.setPrices((row) => cost(graph.opOf(row)))
  const part = graph.add("(f x)")
  const { best, isRead } = graph.choose(root, new Map([[part, 0.5]]))
  expect([best(root), isRead(part)]).toEqual([2, true])
  graph.dispose()
})

test("every limit has its name", async () => {
  const graph = await EGraph.create({ rules: AC })
  graph.add(sum(9))
  expect(graph.run({ nodes: 500 }).stop).toBe("node-limit")
  expect(graph.run({ iterations: 1 }).stop).toBe("iteration-limit")
  expect(graph.run({ ms: 0 }).stop).toBe("time-limit")
  expect(graph.run({ matches: 10 }).stop).toBe("match-limit")
  graph.dispose()
})

test("the log tells how a term came about", async () => {
  const graph = await EGraph.create({
    rules: "(rewrite one (f ?x) (g ?x)) (rewrite two (g ?x) (h ?x)) (rewrite other (k ?x) ?x)",
  })
  graph.add("(f a)")
  graph.add("(k a)")
  graph.run()
  const [row] = graph.members(graph.add("(h a)")).filter((member) => graph.opOf(member) === "h")
  const steps = graph.applications(graph.add("(f a)"), row ?? 0)
  expect(steps.map(({ rule }) => rule)).toEqual(["one", "two"])
  expect(
    steps.map(({ left, right }) => [
      showTerm(graph.originalTerm(left)),
      showTerm(graph.originalTerm(right)),
    ]),
  ).toEqual([
    ["(f a)", "(g a)"],
    ["(g a)", "(h a)"],
  ])
  graph.dispose()
})

test("a right side may call a function of the host, which may say no", async () => {
  const graph = await EGraph.create({
    rules: "(function half 1) (rewrite halve (even ?n) (half ?n))",
    functions: {
      half: ([n], g) => {
        const value = Number(g.originalTerm(n ?? 0).op)
        return value % 2 === 0 ? g.add(String(value / 2)) : undefined
      },
    },
  })
  const [four, five] = [graph.add("(even 4)"), graph.add("(even 5)")]
  graph.run()
  expect(graph.equal(four, graph.add("2"))).toBe(true)
  expect(graph.members(five)).toHaveLength(1)
  graph.dispose()
})

test("a pooled instance starts empty", async () => {
  for (let i = 0; i < 3; i++) {
    const graph = await EGraph.create({ rules: AC })
    expect(graph.rows).toBe(1)
    graph.add(sum(5))
    expect(graph.run({ iterations: 20 }).nodes).toBe(3 ** 5 - 2 ** 6 + 1 + 5)
    graph.dispose()
  }
})

describe("members are those that unions made, whenever they are first asked for", () => {
  /** Steps of 0 to 3: in a graph, each is a run, a union, a push or a pop. */
  const change = (graph: EGraph, step: number) => {
    if (step === 0) graph.run({ iterations: 1 })
    else if (step === 1) graph.union(graph.add("(+ 1 2)"), graph.add(`(+ 3 ${graph.rows})`))
    else if (step === 2) {
      graph.push()
      graph.union(graph.add("(+ 4 5)"), graph.add("(+ 2 1)"))
    } else graph.pop()
  }
  const membersOf = (graph: EGraph) =>
    Array.from({ length: graph.rows - 1 }, (_, i) => graph.members(i + 1))
  const byFind = (graph: EGraph) => {
    const rows = Array.from({ length: graph.rows - 1 }, (_, i) => i + 1)
    // A row that is dead is in its class, and no member.
    return rows.map((row) =>
      rows.filter((other) => graph.find(other) === graph.find(row) && graph.isLive(other)),
    )
  }

  test.each([0, 1, 2, 3, 4, 5, 6, 7])("before step %i and from then on", (first) => {
    const graph = EGraph.createSync({ rules: AC })
    graph.add(sum(5))
    ;[0, 1, 2, 0, 1, 3, 0].forEach((step, i) => {
      if (i >= first) expect(membersOf(graph)).toEqual(byFind(graph))
      change(graph, step)
    })
    expect(membersOf(graph)).toEqual(byFind(graph))
    graph.dispose()
  })
})
