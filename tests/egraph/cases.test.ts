import { describe, expect, test } from "vitest"
import { CaseError, readCases } from "../../src/egraph/cases.js"
import { showTerm } from "../../src/egraph/term.js"

const RULE = { name: "comm", lhs: "(+ ?a ?b)", rhs: "(+ ?b ?a)" }
const CASE = {
  name: "one",
  ruleset: "main",
  analysis: "none",
  starts: ["(+ 1 2)"],
  scheduler: { kind: "simple" },
  limits: {},
  expect: { nodes: 4 },
}

function fileOf(rule: object, given: object, more: object = {}): string {
  const rules = [{ ...RULE, ...rule }]
  return JSON.stringify({
    format: 1,
    rulesets: { main: rules },
    cases: [{ ...CASE, ...given }],
    ...more,
  })
}

const messageOf = (text: string): string => {
  try {
    readCases(text)
  } catch (error) {
    if (error instanceof CaseError) return error.message
    throw error
  }
  return "no fault"
}

test("a case file is read into terms, clauses and limits", () => {
  const clauses = {
    lhs: [
      ["?v", "true"],
      ["?v", "(| ?a ?b)"],
    ],
    rhs: [["?w", "(~ ?a)"]],
    guards: [["equal-after-adding", "?a", "(| ?b ?b)"]],
  }
  const file = readCases(fileOf(clauses, { goals: ["(+ ?x 1.0)"], kept: true }))
  const [rule] = file.rulesets.get("main") ?? []
  expect(rule).toMatchObject({
    kind: "multi-pattern",
    left: [
      ["?v", { op: "true" }],
      ["?v", { op: "|", children: [{ op: "?a" }, { op: "?b" }] }],
    ],
    right: [["?w", { op: "~" }]],
    guards: [{ name: "equal-after-adding", args: [{ op: "?a" }, { op: "|" }] }],
  })
  const [only] = file.cases
  expect(only).toMatchObject({ iterationLimit: undefined, stopOnGoals: false, unions: [] })
  expect(only?.goals.map(showTerm)).toEqual(["(+ ?x 1.0)"])
  expect(only?.expect).toMatchObject({ nodes: 4, iterations: undefined })
})

describe("a fault names the case or rule, the field and what is wanted", () => {
  const UNBOUND = [
    ["?v", "a"],
    ["?w", "b"],
  ]
  const RULE_FAULTS: readonly (readonly [object, string])[] = [
    [{ lhs: "(+ ?a" }, 'lhs: a term is wanted, with every `(` closed, found "(+ ?a"'],
    [{ lhs: "(+ ?a) b" }, 'lhs: one term is wanted, with nothing after it, found "(+ ?a) b"'],
    [{ lhs: "(?a 1)" }, 'lhs: an operator is wanted where ?a stands, found "(?a 1)"'],
    [{ lhs: "(f ?xs...)" }, "lhs: a variable ? with a name is wanted where ?xs... stands"],
    [{ lhs: "()" }, "lhs: an operator after `(` is wanted"],
    [{ lhs: UNBOUND }, 'lhs[1][0]: a bound variable is wanted, found "?w"'],
    [{ rhs: "(+ ?a ?c)" }, "rhs: ?c is not bound"],
    [{ rhs: [["?v", "?a"]] }, "rhs: a text is wanted"],
    [{ guards: [["is-zero", "?a"]] }, "guards[0][0]: one of is-not-zero, is-const,"],
    [{ guards: [["is-const"]] }, "guards[0]: the arguments of is-const are wanted: variable"],
    [{ guards: [["is-const", "(f ?a)"]] }, "guards[0][1]: a variable (?x) is wanted"],
    [{ guards: [["is-const", "?z"]] }, "guards[0][1]: a bound variable is wanted"],
    [{ applier: ["capture", "?a"] }, "applier[0]: one of capture-avoiding is wanted"],
    [{ applier: ["capture-avoiding", "?a", "?b", "?a", "?a"] }, "applier[3]: a variable that the"],
    [
      { when: [] },
      'rule "comm" of ruleset "main", when: one of name, group, lhs, rhs, guards, applier, subsume is wanted',
    ],
  ]
  test.each(RULE_FAULTS)("%j", (rule, message) => {
    expect(messageOf(fileOf(rule, {}))).toContain(message)
  })

  const CASE_FAULTS: readonly (readonly [object, string])[] = [
    [{ ruleset: "min" }, 'case "one", ruleset: one of main is wanted (main is near)'],
    [{ analysis: "fold" }, 'case "one", analysis: one of none, constant-fold,'],
    [{ starts: [] }, 'case "one", starts: at least one term is wanted'],
    [{ starts: ["(+ ?a 1)"] }, 'case "one", starts[0]: a term without variables is wanted'],
    [{ unions: [["a"]] }, 'case "one", unions[0]: a pair of terms is wanted'],
    [{ scheduler: { kind: "random" } }, 'case "one", scheduler.kind: one of simple, backoff'],
    [{ scheduler: { kind: "sequence", steps: [] } }, "scheduler.steps: at least one step"],
    [
      { scheduler: { kind: "sequence", steps: [{ run: ["first"] }] } },
      "scheduler.steps[0].run[0]: one of main is wanted",
    ],
    [
      { scheduler: { kind: "sequence", steps: [{ run: ["main"], repeat: [] }] } },
      "scheduler.steps[0].repeat: one of run, times is wanted",
    ],
    [{ scheduler: { kind: "simple", banLength: 1 } }, "scheduler.banLength: one of kind is wanted"],
    [{ scheduler: { kind: "backoff", banLength: 1 } }, "scheduler.matchLimit: a whole number"],
    [{ limits: { nodes: 1 } }, 'case "one", limits.nodes: one of iterations is wanted'],
    [{ stopOnGoals: "no" }, 'case "one", stopOnGoals: true or false is wanted'],
    [{ expect: { goals: [true] } }, 'case "one", expect.goals: 0 entries are wanted'],
    [
      { expect: { stop: "sat" } },
      "expect.stop: one of saturated, goal, schedule-end, iteration-limit is wanted",
    ],
    [{ hint: 1 }, 'case "one", hint: one of name, kept,'],
  ]
  test.each(CASE_FAULTS)("%j", (given, message) => {
    expect(messageOf(fileOf({}, given))).toContain(message)
  })

  const FILE_FAULTS: readonly (readonly [object, string])[] = [
    [{ format: 2 }, "format: 1 is wanted, found 2"],
    [{ guards: { "is-zero ?x": "…" } }, "guards.is-zero ?x: one of is-not-zero,"],
    [{ cases: [CASE, CASE] }, 'cases: a name of its own is wanted, found "one"'],
    [{ rules: [] }, "rules: one of format, note,"],
    [{ rulesets: { main: [RULE, RULE] } }, 'ruleset "main": a name of its own is wanted'],
  ]
  test.each(FILE_FAULTS)("%j", (more, message) => {
    expect(messageOf(fileOf({}, {}, more))).toContain(message)
  })

  test("not JSON", () => {
    expect(messageOf("{")).toContain("the file: JSON is wanted")
  })
})
