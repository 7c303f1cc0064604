import { describe, expect, test } from "vitest"
import { EGraph } from "../../src/egraph/index.js"

// The clock of rows has 16 bits, and is set back before they are full (assembly/egraph/frozen.ts). What is new to a
// rule is so afterwards, also where rules were searched for at different times: under a scheduler that bans them.

const RULES = `
(rule idle ((?v (idle ?a))) ((?v (idle ?a))))
(rewrite comm-add (+ ?a ?b) (+ ?b ?a))
(rewrite assoc-add (+ ?a (+ ?b ?c)) (+ (+ ?a ?b) ?c))
(rewrite comm-mul (* ?a ?b) (* ?b ?a))
(rewrite distribute (* ?a (+ ?b ?c)) (+ (* ?a ?b) (* ?a ?c)))
(rewrite factor (+ (* ?a ?b) (* ?a ?c)) (* ?a (+ ?b ?c)))
(rewrite one (* 1 ?a) ?a)`
const STARTS = ["(* (+ a (+ b c)) (+ d 1))", "(+ (* 1 a) (* b (+ c d)))"]
const SCHEDULER = { kind: "backoff", matchLimit: 12, banLength: 1 } as const

/** What rules do after so many iterations of a graph that stays as it is and never saturates. */
function outcomeAfter(idle: number, compile: boolean): unknown {
  const graph = EGraph.createSync({ rules: RULES, compile })
  graph.add("(idle x)")
  expect(graph.run({ iterations: idle })).toMatchObject({ iterations: idle })
  for (const term of STARTS) graph.add(term)
  const { nodes, classes, rules } = graph.run({ iterations: 16, scheduler: SCHEDULER })
  const unions = JSON.stringify(graph.log().unions)
  graph.dispose()
  expect(rules.reduce((sum, { banned }) => sum + banned, 0)).toBeGreaterThan(4)
  return { nodes, classes, rules: rules.map((rule) => ({ ...rule, ms: 0 })), unions }
}

describe("the clock is set back", () => {
  describe.each([true, false])("compiled: %s", (compile) => {
    const expected = outcomeAfter(1, compile)
    test.each([65_495, 65_505, 65_510, 65_515, 65_520, 65_530, 65_600, 131_030])(
      "%i iterations",
      (idle) => expect(outcomeAfter(idle, compile)).toEqual(expected),
    )
  })
})
