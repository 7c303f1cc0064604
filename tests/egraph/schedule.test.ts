import { readFileSync } from "node:fs"
import { describe, expect, test } from "vitest"
import { some } from "../../src/base/check.js"
import { readCases } from "../../src/egraph/cases.js"
import { EGraph, EGraphError, type EGraphFault, type Scheduler } from "../../src/egraph/index.js"
import { graphFor, outcomeIn, rulesOf } from "../../src/egraph/run-cases.js"
import { judged } from "./judged.js"

const { cases, rulesets } = readCases(readFileSync("tests/egraph/cases/conformance.json", "utf8"))

const PHASES = `
(ruleset grow)
(rewrite comm (+ ?a ?b) (+ ?b ?a))
(rewrite assoc (+ ?a (+ ?b ?c)) (+ (+ ?a ?b) ?c))
(ruleset shrink)
(rewrite zero (+ ?a 0) ?a)
(ruleset normal :one-way)
(rewrite one (* 1 ?a) ?a)`
const UNORDERED = `
(operator and :set)
(ruleset grow)
(rewrite half (and (f ?a) ?ps...) (and ?a (g ?a) ?ps...))
(ruleset shrink)
(rewrite drop (g ?a) ?a)`

describe("a sequence of rulesets", () => {
  test.each<[string, Scheduler, object]>([
    ["a name", { kind: "sequence", steps: ["shrink"] }, { stop: "saturated", iterations: 3 }],
    [
      "both, once",
      { kind: "sequence", steps: ["grow", "shrink"], times: 1 },
      { stop: "schedule-end", iterations: 9 },
    ],
    [
      "both together",
      { kind: "sequence", steps: [{ run: ["grow", "shrink"] }] },
      { stop: "saturated", iterations: 5 },
    ],
    [
      "one iteration each",
      {
        kind: "sequence",
        steps: [
          { run: "grow", times: 1 },
          { run: "shrink", times: 1 },
        ],
        times: 2,
      },
      { stop: "schedule-end", iterations: 4 },
    ],
  ])("%s", (_, scheduler, expected) => {
    const graph = EGraph.createSync({ rules: PHASES })
    graph.add("(+ (+ a 0) (+ 0 b))")
    expect(graph.run({ scheduler })).toMatchObject(expected)
    graph.dispose()
  })

  test("comes to what all rules together come to", () => {
    const sizeAfter = (scheduler: Scheduler) => {
      const graph = EGraph.createSync({ rules: PHASES })
      graph.add("(+ a (+ (+ 0 b) (+ c (+ d 0))))")
      const { stop, nodes, classes } = graph.run({ scheduler, iterations: Infinity })
      graph.dispose()
      return { stop, nodes, classes }
    }
    const together = sizeAfter("simple")
    expect(together.stop).toBe("saturated")
    expect(sizeAfter({ kind: "sequence", steps: ["grow", "shrink"] })).toEqual(together)
    expect(
      sizeAfter({
        kind: "sequence",
        steps: [{ repeat: ["shrink", { run: "grow", times: 2 }], times: 3 }],
      }),
    ).toEqual(together)
  })

  test("also of rules that are interpreted", () => {
    const graph = EGraph.createSync({ rules: UNORDERED })
    const root = graph.add("(and (f x) y)")
    const rulesIn = (scheduler: Scheduler) => graph.run({ scheduler }).rules.map((r) => r.applied)
    expect(rulesIn({ kind: "sequence", steps: ["shrink"] })).toEqual([0, 0])
    expect(rulesIn({ kind: "sequence", steps: ["grow"] })).toEqual([1, 0])
    // What `grow` made while `shrink` had no turn is found.
    expect(rulesIn({ kind: "sequence", steps: ["shrink"] })).toEqual([0, 1])
    expect(graph.equal(root, graph.add("(and x y)"))).toBe(true)
    graph.dispose()
  })
})

describe("backoff by fresh matches", () => {
  const rules = `
(rewrite comm (+ ?a ?b) (+ ?b ?a))
(rewrite assoc (+ ?a (+ ?b ?c)) (+ (+ ?a ?b) ?c))`
  const sum = "(+ a (+ b (+ c (+ d (+ e f)))))"

  function runOf(scheduler: Scheduler, compile: boolean) {
    const graph = EGraph.createSync({ rules, compile })
    graph.add(sum)
    const { stop, nodes, classes, rules: did } = graph.run({ scheduler, iterations: Infinity })
    graph.dispose()
    return { size: { stop, nodes, classes }, banned: did.map(({ banned }) => banned) }
  }

  test.each([true, false])("saturates, compiled %s", (compile) => {
    const { size } = runOf("simple", compile)
    const kind = "fresh-backoff"
    expect(runOf({ kind, matchLimit: 1e9 }, compile)).toEqual({ size, banned: [0, 0] })
    for (const matchLimit of [1, 5, 20]) {
      const backing = runOf({ kind, matchLimit, banLength: 2 }, compile)
      expect(backing.size).toEqual(size)
      expect(Math.max(...backing.banned)).toBeGreaterThan(0)
    }
  })

  test("old matches ban nobody", () => {
    const graph = EGraph.createSync({ rules: "(rewrite comm (+ ?a ?b) (+ ?b ?a))" })
    const bannedBy = (kind: "backoff" | "fresh-backoff") =>
      graph.run({ scheduler: { kind, matchLimit: 4, banLength: 1 }, iterations: 1 }).rules[0]
        ?.banned
    for (const leaf of ["a", "b", "c", "d"]) graph.add(`(+ ${leaf} x)`)
    expect(bannedBy("fresh-backoff")).toBe(0)
    // The four that it made match, once.
    expect(bannedBy("fresh-backoff")).toBe(0)
    graph.add("(+ e x)")
    expect(bannedBy("fresh-backoff")).toBe(0)
    expect(bannedBy("backoff")).toBe(1)
    graph.dispose()
  })
})

describe("a schedule that a limit ends goes on where it stood, also in another process", () => {
  const names = cases.filter(({ name }) => /^(phases-|ac-fresh-|math7-backoff-10)/.test(name))
  test.each(names.map((given) => [given.name, given] as const))("%s", async (_, given) => {
    const rules = rulesOf(rulesets.get(given.ruleset) ?? [])
    const straight = graphFor(given, rules, { rows: 1 << 19 })
    expect(outcomeIn(straight, given)).toMatchObject(judged(given.expect))
    straight.dispose()
    let graph = graphFor(given, rules, { rows: 1 << 19 })
    const roots = given.starts.map((term) => graph.add(term))
    const { scheduler, goals: patterns, stopOnGoals, iterationLimit = Infinity } = given
    const root = some(roots.at(-1), "a start")
    const goals = stopOnGoals ? { goals: { root, patterns } } : {}
    for (let most = 1; ; most += 1 + (most % 3)) {
      const iterations = Math.min(most, iterationLimit)
      const report = graph.run({ scheduler, iterations, isResumable: true, ...goals })
      const isEnd = report.stop !== "iteration-limit" || iterations === iterationLimit
      const { stop, iterations: done, nodes, classes } = report
      if (isEnd) {
        const expected = ["stop", "iterations", "nodes", "classes"].map(
          (field) => given.expect[field as "stop"],
        )
        expect([stop, done, nodes, classes]).toEqual(expected)
        break
      }
      const bytes = graph.snapshot()
      graph.dispose()
      graph = await EGraph.restore(bytes)
    }
    graph.dispose()
  })
})

describe("a scheduler that makes no sense is refused", () => {
  const CASES: readonly (readonly [string, unknown, EGraphFault, string])[] = [
    [
      "a name that is nearly one",
      { kind: "sequence", steps: ["groww"] },
      "unknown-ruleset",
      "there is no ruleset groww with rules to run; did you mean `grow`?",
    ],
    [
      "a name that is none",
      { kind: "sequence", steps: [{ run: ["grow", "everything"] }] },
      "unknown-ruleset",
      "there are grow, shrink",
    ],
    [
      "a one-way ruleset",
      { kind: "sequence", steps: ["normal"] },
      "unknown-ruleset",
      "normal is one-way: its rules make normal forms",
    ],
    ["no steps", { kind: "sequence", steps: [] }, "bad-option", "a list of at least one step"],
    ["no list", { kind: "sequence" }, "bad-option", "a list of at least one step"],
    [
      "an empty step",
      { kind: "sequence", steps: [{ run: [] }] },
      "bad-option",
      "one ruleset or several, found none",
    ],
    [
      "a step of another kind",
      { kind: "sequence", steps: [{ saturate: "grow" }] },
      "bad-option",
      'a step is { run, times } or { repeat, times }, found {"saturate":"grow"}',
    ],
    [
      "a step of both kinds",
      { kind: "sequence", steps: [{ run: "grow", repeat: ["grow"] }] },
      "bad-option",
      "a step is { run, times } or { repeat, times }",
    ],
    [
      "no times",
      { kind: "sequence", steps: [{ run: "grow", times: 0 }] },
      "bad-option",
      "`times` is a whole number from 1, found 0",
    ],
    ["another kind", { kind: "fair" }, "bad-option", "a scheduler is one of simple, backoff,"],
    ["a limit", { kind: "fresh-backoff", matchLimit: -1 }, "bad-option", "matchLimit is -1"],
  ]
  test.each(CASES)("%s", (_, scheduler, fault, message) => {
    const graph = EGraph.createSync({ rules: PHASES })
    const run = () => graph.run({ scheduler: scheduler as Scheduler })
    expect(run).toThrow(EGraphError)
    expect(run).toThrow(expect.objectContaining({ fault }))
    expect(run).toThrow(message)
    graph.dispose()
  })
})
