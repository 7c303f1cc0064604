import { readFileSync } from "node:fs"
import { describe, expect, test } from "vitest"
import { some } from "../../src/base/check.js"
import { readCases } from "../../src/egraph/cases.js"
import { EGraph, type RuleReport, type RunOptions } from "../../src/egraph/index.js"
import { graphFor, rulesOf } from "../../src/egraph/run-cases.js"

const { cases, rulesets } = readCases(readFileSync("tests/egraph/cases/conformance.json", "utf8"))

function filled(name: string, compile = true) {
  const given = some(
    cases.find((each) => each.name === name),
    `a case ${name}`,
  )
  const rules = rulesOf(rulesets.get(given.ruleset) ?? [])
  const graph = graphFor(given, rules, { rows: 1 << 19, compile })
  for (const term of given.starts) graph.add(term)
  return { graph, scheduler: given.scheduler }
}

function runOf(name: string, options: RunOptions = {}, compile = true) {
  const { graph, scheduler } = filled(name, compile)
  const start = performance.now()
  const report = graph.run({ scheduler, ...options })
  const ms = performance.now() - start
  const unions = graph.log().unions
  graph.dispose()
  return { report, ms, unions }
}

const counts = (rules: readonly RuleReport[]) =>
  rules.map(({ name, searched, matches, applied, banned }) => [
    name,
    ...[searched, matches, applied, banned],
  ])

describe("what rules did", () => {
  test("is counted by rule and by run", () => {
    const graph = EGraph.createSync({
      rules: "(rewrite comm (+ ?a ?b) (+ ?b ?a)) (rewrite none (* ?a ?a) ?a)",
    })
    graph.add("(+ a b)")
    graph.add("(* a b)")
    const first = { name: "comm", searched: 2, matches: 2, applied: 1, banned: 0, ms: 0 }
    const second = { name: "none", searched: 1, matches: 0, applied: 0, banned: 0, ms: 0 }
    const report = graph.run()
    expect(report.rules).toEqual([first, second])
    graph.add("(+ a c)")
    expect(graph.run().rules).toEqual([first, { ...second, searched: 0 }])
    // A report stays what it was.
    expect(report.rules).toEqual([first, second])
    graph.switchRule("comm", false)
    graph.add("(+ a d)")
    expect(graph.run().rules).toMatchObject([{ searched: 0, matches: 0, applied: 0 }, {}])
    graph.reset()
    expect(graph.run().rules).toMatchObject([{ searched: 0 }, { searched: 0 }])
    graph.dispose()
  })

  test.each([
    ["math7-simple-6", true],
    ["math7-backoff-20", true],
    ["mathmicro-8", false],
  ])("agrees with the log: %s, compiled %s", (name, compile) => {
    const { report, unions } = runOf(name, {}, compile)
    for (const { name: rule, applied, matches } of report.rules) {
      expect(applied).toBe(unions.filter(({ application }) => application?.rule === rule).length)
      expect(matches).toBeGreaterThanOrEqual(applied)
    }
  })

  test("is timed, of large graphs, and not longer than the run", () => {
    const { report, ms } = runOf("mathmicro-10")
    const sum = report.rules.reduce((total, rule) => total + rule.ms, 0)
    expect(sum).toBeGreaterThan(0)
    expect(sum).toBeLessThanOrEqual(ms)
    for (const { ms: own, searched } of report.rules) expect(own > 0).toBe(searched > 0)
  })

  test("a rule that is banned sits iterations out", () => {
    const graph = EGraph.createSync({
      rules: "(rewrite comm (+ ?a ?b) (+ ?b ?a)) (rewrite double (+ ?a ?a) (* 2 ?a))",
    })
    for (const leaf of ["a", "b", "c", "d"]) graph.add(`(+ ${leaf} x)`)
    const scheduler = { kind: "backoff", matchLimit: 3, banLength: 2 } as const
    // Four matches: it is banned. Nothing else happens, so the ban ends at once, and 6 are allowed.
    expect(graph.run({ scheduler, iterations: 2 }).rules).toMatchObject([
      { banned: 1, searched: 4, applied: 4 },
      { banned: 0, searched: 4, applied: 0 },
    ])
    graph.dispose()
  })

  test.each(["math7-backoff-20", "mathmicro-9"])("adds up over interruptions: %s", (name) => {
    const { report } = runOf(name)
    const { graph, scheduler } = filled(name)
    const parts: (readonly RuleReport[])[] = []
    let stop: string
    do {
      const part = graph.run({ scheduler, ms: 0.5, isResumable: true })
      parts.push(part.rules)
      stop = part.stop
    } while (stop === "time-limit")
    graph.dispose()
    const sum = (i: number, count: (rule: RuleReport) => number) =>
      parts.reduce((total, rules) => total + count(some(rules[i], "a rule")), 0)
    const added = report.rules.map((rule, i) => ({
      ...rule,
      searched: sum(i, ({ searched }) => searched),
      matches: sum(i, ({ matches }) => matches),
      applied: sum(i, ({ applied }) => applied),
      banned: sum(i, ({ banned }) => banned),
    }))
    expect(parts.length).toBeGreaterThan(1)
    expect(counts(added)).toEqual(counts(report.rules))
  })
})
