import { describe, expect, test } from "vitest"
import {
  EGraph,
  EGraphError,
  readRules,
  RuleSyntaxError,
  type EGraphOptions,
} from "../../src/egraph/index.js"

const term = (op: string, ...children: object[]) => ({ op, children })

describe("the text of rules", () => {
  test("multi-patterns are lists of clauses", () => {
    const { rules } = readRules(`
; why
(rule unit ((?v true) (?v (|||| ?a ?b))) ((?a (~ ?b)) (?w ?a)) :when (not-same-class ?a ?b))`)
    expect(rules).toMatchObject([
      {
        name: "unit",
        reason: "why",
        line: 3,
        clauses: {
          left: [
            ["?v", term("true")],
            ["?v", term("|", term("?a"), term("?b"))],
          ],
          right: [
            ["?a", term("~", term("?b"))],
            ["?w", term("?a")],
          ],
        },
        guards: [{ name: "not-same-class", args: ["?a", "?b"] }],
      },
    ])
  })

  test("another right side has a condition", () => {
    const { rules } = readRules(
      "(rewrite let-lam (let ?v ?e (lam ?w ?b)) (lam ?w (let ?v ?e ?b)) " +
        ":if (capture-avoiding ?w ?e ?f) (lam ?f (let ?v ?e ?b)) :when (is-sym ?w))",
    )
    expect(rules).toMatchObject([
      {
        choice: {
          kind: "capture-avoiding",
          name: "?w",
          inside: "?e",
          fresh: "?f",
          right: { op: "lam" },
        },
        guards: [{ name: "is-sym", args: ["?w"] }],
      },
    ])
  })

  test("a guard may take terms", () => {
    const { rules } = readRules("(rewrite r (f ?a) ?a :when (equal-after-adding (g ?a) b))")
    expect(rules[0]?.guards).toEqual([
      { name: "equal-after-adding", args: [], terms: [term("g", term("?a")), term("b")] },
    ])
  })

  test("both directions of a birewrite are rules of one name", () => {
    const { rules } = readRules("(birewrite r (f ?a) (g ?a))")
    expect(rules.map(({ name, left }) => [name, left.op])).toEqual([
      ["r", "f"],
      ["r", "g"],
    ])
  })

  const FAULTS: readonly (readonly [string, string])[] = [
    ["(rewrite r (f ?a) ?a", "line 1, column 1: `(` is not closed"],
    ["\n  (f))", "line 2, column 6: `)` without `(`"],
    ["(rewrite r |f ?a)", "line 1, column 12: a quoted word is not closed"],
    ["rewrite", "line 1, column 1: a form is wanted, (ruleset …), (operator …)"],
    [
      "(rewrit r a b)",
      "line 1, column 2: one of ruleset, operator, function, rewrite, birewrite, rule is wanted, found rewrit; did you mean `rewrite`?",
    ],
    ["(rewrite r a)", "line 1, column 1: (rewrite NAME LEFT RIGHT"],
    ["(rewrite (r) a b)", "line 1, column 10: the name of a rule is wanted"],
    [
      "(rewrite r a b c)",
      "line 1, column 16: `:if`, `:subsume` or `:when`, or the end of the rule, is wanted",
    ],
    ["(rewrite r a b :when)", "line 1, column 16: a guard is wanted after `:when`"],
    ["(rewrite r a b :when g)", "line 1, column 22: a guard (NAME ?variable …) is wanted"],
    ["(rewrite r a b :when (g (f a)))", "line 1, column 25: a variable, ?x, is wanted"],
    [
      "(rewrite r (f ?a) b :when (is-const ?a ?a))",
      "r: (is-const ?variable) is wanted, found 2 arguments",
    ],
    [
      "(rewrite r (f ?a) b :when (is-const ?b))",
      "r: ?b is not bound by the left side; did you mean `?a`?",
    ],
    ["(rewrite r (() ?a) b)", "line 1, column 12: an operator is wanted after `(`"],
    ["(rewrite r (?f ?a) b)", "line 1, column 1: r: an operator is wanted where ?f stands"],
    ["(rewrite r (f ?a) (g ?a ?c))", "r: ?c is not bound by the left side"],
    ["(birewrite r (f ?a) b)", "r: ?a is not bound by the left side"],
    [
      "(birewrite r (f ?a) ?a :if x y)",
      "line 1, column 24: `:when`, or the end of the rule, is wanted",
    ],
    [
      "(rewrite r a b)\n(rewrite r b a)",
      "line 2, column 1: r is the name of a rule in line 1; another is wanted",
    ],
    [
      "(rewrite r (f ?a) ?a :if (free ?a ?a ?b) ?a)",
      "column 26: (capture-avoiding ?name ?inside ?fresh) is wanted",
    ],
    [
      "(rewrite r (f ?a) ?a :if (capture-avoiding ?a ?a ?a) ?a)",
      "r: ?a is bound by the left side; a new variable is wanted",
    ],
    [
      "(rewrite r (f ?a) ?a :if (capture-avoiding ?a ?b ?c) ?a)",
      "r: ?b is not bound by the left side",
    ],
    [
      "(rule r ((?v a)) ((?v b)) c)",
      "line 1, column 27: `:subsume` or `:when`, or the end of the rule, is wanted",
    ],
    ["(rule r (f ?a) ((?v b)))", "line 1, column 10: a clause (?variable TERM) is wanted"],
    ["(rule r () ((?v b)))", "line 1, column 9: clauses ((?variable TERM) …) are wanted"],
    ["(rule r ((?v a)) ((v b)))", "line 1, column 20: a variable, ?x, is wanted"],
    [
      "(rule r ((?v a) (?w b)) ((?v b)))",
      "r: ?w is not bound by an earlier clause; only the first clause is of any class",
    ],
    ["(rule r ((?v a)) ((?v ?w) (?w b)))", "r: ?w is not bound by the left side"],
    [
      "(rewrite r (f ?xs...) a :when (is-sym ?xs...))",
      "r: is-sym takes variables for classes, found ?xs...",
    ],
    ["(operator f :list)", "line 1, column 13: `:set` or `:multiset` is wanted"],
    [
      "(operator f)",
      "line 1, column 1: (operator NAME :set) or (operator NAME :multiset) is wanted",
    ],
    ["(function f many)", "line 1, column 13: a number of arguments is wanted, found many"],
    ["(ruleset a :two-way)", "line 1, column 12: `:one-way`, or nothing, is wanted"],
    ["(ruleset)", "line 1, column 1: (ruleset NAME [:one-way]) is wanted"],
  ]
  test.each(FAULTS)("says where and what is wanted: %s", (text, message) => {
    expect(() => readRules(text)).toThrow(RuleSyntaxError)
    expect(() => readRules(text)).toThrow(message)
  })
})

describe("rules that a graph cannot run", () => {
  const FAULTS: readonly (readonly [string, Partial<EGraphOptions>, string, string])[] = [
    [
      "",
      { analyses: ["fold" as "lambda"] },
      "unknown-analysis",
      "there is no analysis fold; there are constant-fold, boolean-fold, lambda, interval, nullability, type, cardinality",
    ],
    [
      "(rewrite r (f ?a) ?a :when (is-positive ?a))",
      { analyses: ["constant-fold"] },
      "unknown-analysis",
      'rule r (line 1): is-positive asks the analysis interval: analyses: ["interval"] is needed',
    ],
    [
      "(rewrite r (f ?a) ?a :when (is-cons ?a))",
      {},
      "unknown-guard",
      "rule r (line 1): there is no guard is-cons; did you mean `is-const`?",
    ],
    [
      "(rewrite r (f ?xs...) ?xs...)",
      {},
      "bad-rule",
      "rule r (line 1): ?xs... is many classes; it stands among the children of an operator",
    ],
    [
      "(rewrite r (f ?xs...) (g a ?xs...))",
      {},
      "bad-rule",
      "?xs... stands in f, whose children have an order; (operator f :set) or :multiset is needed",
    ],
    [
      "(operator f :set) (rewrite r (f ?xs... ?y) ?y)",
      {},
      "bad-rule",
      "?xs... is wanted as the last child of f",
    ],
    [
      "(function half 1) (rewrite r (f ?a) (half ?a))",
      {},
      "unknown-function",
      "the function half is declared, and `functions` of the options has none of that name",
    ],
    [
      "(function half 1) (rewrite r (f ?a) (half ?a ?a))",
      { functions: { half: () => undefined } },
      "bad-rule",
      "half is called with 2 arguments, and is declared with 1",
    ],
    [
      "(rewrite r (f ?a) ?a :if (capture-avoiding ?a ?a ?b) ?b)",
      {},
      "unknown-analysis",
      'capture-avoiding asks for free variables: analyses: ["lambda"] is needed',
    ],
  ]
  test.each(FAULTS)("are refused: %s %j", (rules, options, fault, message) => {
    const create = () => EGraph.createSync({ ...options, rules })
    expect(create).toThrow(message)
    expect(create).toThrow(expect.objectContaining({ fault }))
    expect(create).toThrow(EGraphError)
  })
})
