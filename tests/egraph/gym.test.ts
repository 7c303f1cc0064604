import { describe, expect, test } from "vitest"
import { toDot } from "../../src/egraph/dot.js"
import { extractDag, extractionProblem, extractTree } from "../../src/egraph/extract.js"
import { graphOf, GymError, problemOf, readGym, writeGym } from "../../src/egraph/gym.js"
import { randomProblem } from "./extraction-problems.js"

const node = (op: string, eclass: string, children: readonly string[] = [], more: object = {}) => ({
  op,
  eclass,
  children,
  ...more,
})

describe("the extraction-gym format", () => {
  test("comes back as it was", () => {
    const graph = readGym({
      nodes: {
        a: node("+", "c0", ["b", "b2"], { cost: 2.5 }),
        b: node("x", "c1"),
        b2: node("y", "c1", [], { cost: -1, subsumed: true }),
        "[...]": node("[...]", "c2", [], { cost: null }),
      },
      root_eclasses: ["c0"],
      class_data: { c0: { type: "Math" } },
    })
    expect(graph.nodes.map(({ cost }) => cost)).toEqual([2.5, 1, -1, Infinity])
    expect(readGym(writeGym(graph))).toEqual(graph)
  })

  test("holds any problem whose classes have nodes", () => {
    let written = 0
    for (let seed = 1; seed <= 300; seed++) {
      const problem = randomProblem(seed)
      const back = problemOf(readGym(writeGym(graphOf(problem, (i) => `op${i}`))))
      const [before, after] = [extractTree(problem), extractTree(back)]
      expect(after.treeCost, `seed ${seed}`).toBe(before.treeCost)
      expect(back.costs.length, `seed ${seed}`).toBe(problem.costs.length)
      expect(readGym(writeGym(graphOf(back, String))).nodes.length).toBe(problem.costs.length)
      written++
    }
    expect(written).toBe(300)
  })

  test("a root may name a merged class: it is listed, or found by its node", () => {
    const nodes = { a: node("x", "c0"), b: node("y", "c1") }
    const graph = readGym({ nodes, root_eclasses: ["c9", "b", "c0"] })
    expect(graph.roots).toEqual([1, 0])
    expect(graph.missingRoots).toEqual(["c9"])
  })

  test("self-loops and cycles are read, and not extracted", () => {
    const graph = readGym({
      nodes: {
        loop: node("+", "c0", ["loop", "zero"], { cost: 0 }),
        through: node("f", "c0", ["back"], { cost: 0 }),
        back: node("g", "c1", ["loop"], { cost: 0 }),
        zero: node("0", "c2"),
        last: node("h", "c0", ["zero", "zero"]),
      },
      root_eclasses: ["c0"],
    })
    const plan = extractDag(problemOf(graph), { moves: 1000 })
    expect([...plan.choices].slice(0, 1)).toEqual([4])
    // The child that occurs twice counts once, in the tree twice.
    expect([plan.dagCost, plan.treeCost]).toEqual([2, 3])
  })

  test("a subsumed node is there, but not chosen", () => {
    const graph = readGym({
      nodes: {
        a: node("cheap", "c0", [], { subsumed: true }),
        b: node("dear", "c0", [], { cost: 9 }),
      },
      root_eclasses: ["c0"],
    })
    expect(extractTree(problemOf(graph)).choices).toEqual(Uint32Array.of(1))
  })

  const faults: readonly (readonly [string | object, string])[] = [
    ["{", "not JSON: "],
    ["[]", "the file is an object, found a list"],
    [{}, "`nodes` is an object, found nothing"],
    [{ nodes: { a: 3 } }, 'node "a" is an object, found 3'],
    [{ nodes: { a: { op: "x" } } }, '`eclass` of node "a" is a text, found nothing'],
    [{ nodes: { a: { eclass: "c" } } }, '`op` of node "a" is a text, found nothing'],
    [
      { nodes: { a: node("x", "c", ["q"]) } },
      'child 0 of node "a" is "q", and no node has that id',
    ],
    [
      { nodes: { a: { ...node("x", "c"), children: "q" } } },
      '`children` of node "a" is a list, found "q"',
    ],
    [
      { nodes: { a: node("x", "c", [], { cost: "1" }) } },
      '`cost` of node "a" is a finite number, found "1"',
    ],
    [
      { nodes: { a: node("x", "c", [], { subsumed: 1 }) } },
      '`subsumed` of node "a" is true or false, found 1',
    ],
    [{ nodes: {}, root_eclasses: "c" }, '`root_eclasses` is a list, found "c"'],
    [{ nodes: {}, root_eclasses: [null] }, "root 0 is a text, found null"],
  ]
  test.each(faults)("a file that is not in the format says what is wrong: %j", (file, message) => {
    expect(() => readGym(file)).toThrow(GymError)
    expect(() => readGym(file)).toThrow(message)
  })

  test("a class without nodes cannot be written as a child", () => {
    const problem = extractionProblem([{ cls: 0, cost: 1, children: [1] }], 2, [0])
    expect(() => graphOf(problem, String)).toThrow("class 1 has no node")
  })
})

test("a problem is drawn with a cluster for every class", () => {
  const nodes = [
    { cls: 0, cost: 1, children: [0, 1] },
    { cls: 0, cost: 1, children: [1] },
    { cls: 1, cost: 1, children: [] },
  ]
  const problem = extractionProblem(nodes, 2, [0])
  const labels = ["+", "-", 'a "x"']
  const text = toDot(problem, {
    label: (i) => labels[i] ?? "",
    isSubsumed: (i) => i < 2,
    extraction: extractTree(problem),
  })
  expect(text).toBe(`digraph egraph {
  compound=true
  clusterrank=local
  subgraph cluster_0 {
    style=bold
    "0.0"[label="+", style=dashed]
    "0.1"[label="-", style="dashed,filled"]
  }
  subgraph cluster_1 {
    style=dotted
    "1.0"[label="a \\"x\\"", style=filled]
  }
  "0.0":sw -> "0.0":n [lhead=cluster_0]
  "0.0":se -> "1.0" [lhead=cluster_1]
  "0.1" -> "1.0" [lhead=cluster_1]
}
`)
})
