import { readFileSync } from "node:fs"
import { describe, expect, test } from "vitest"
import {
  contradictionFault,
  EGraph,
  EGraphError,
  proofFault,
  type AnalysisName,
  type Assumption,
  type EGraphOptions,
  type Facts,
  type Step,
} from "../../src/egraph/index.js"
import { readCases, type Case, type CaseRule } from "../../src/egraph/cases.js"
import { graphFor, rulesOf, runIn } from "../../src/egraph/run-cases.js"
import { showTerm, type Term } from "../../src/egraph/term.js"
import type { Known } from "./naive/facts.js"
import { Random } from "./naive/random.js"
import { randomCase } from "./naive/random-case.js"
import { subterms } from "./naive/random-terms.js"
import { addTerm } from "./naive/apply.js"
import { runNaive } from "./naive/run.js"
import { SEED } from "../seed.js"

// What several analyses at once know of a graph, and how they contradict one another.

const ALL: readonly AnalysisName[] = [
  ...(["constant-fold", "boolean-fold", "interval", "nullability", "type", "cardinality"] as const),
]
const CASES = Number(process.env.SMELT_RANDOM_CASES ?? 60)

type Assumed = Readonly<Record<string, Assumption>>

/** A graph in which terms are assumed to be something. */
function graphOf(assumed: Assumed, options: Partial<EGraphOptions> = {}): EGraph {
  const graph = EGraph.createSync({ rules: "", analyses: ALL, ...options })
  for (const [term, facts] of Object.entries(assumed)) graph.assume(graph.add(term), facts)
  return graph
}

/** What is known of a term in a graph of its own. */
function factsOf(term: string, assumed: Assumed, analyses = ALL): Facts {
  const graph = graphOf(assumed, { analyses })
  const cls = graph.add(term)
  graph.rebuild()
  const facts = graph.facts(cls)
  graph.dispose()
  return facts
}

const NOT_NULL = { nullability: "not-null" } as const

describe("analyses read one another", () => {
  const CASES: readonly (readonly [string, Assumed, Facts, AnalysisName[]?])[] = [
    // A range comes from a constant, and a constant from a range of one number.
    ["(+ x 2)", { x: { interval: [0, 3] } }, { interval: [2, 5], type: ["integer", "fraction"] }],
    ["(- x 2)", { x: { interval: [5, 5], ...NOT_NULL } }, { "constant-fold": 3 }],
    ["(* x 0)", { x: { interval: [1, 7] } }, { interval: [0, 0] }],
    ["(* x 0)", { x: { interval: [1, 7], ...NOT_NULL } }, { "constant-fold": 0 }],
    ["(* x 0)", { x: { interval: [1, 7] } }, { "constant-fold": 0 }, ["constant-fold", "interval"]],
    // Of a whole number the bounds are whole, and one whole number may be left.
    ["x", { x: { interval: [0.5, 2.5], type: ["integer"] } }, { interval: [1, 2] }],
    ["x", { x: { interval: [0.5, 1.5], type: ["integer"], ...NOT_NULL } }, { "constant-fold": 1 }],
    // A quotient is not NULL where the divisor excludes 0: by its range, or by its constant.
    ["(/ x y)", { x: NOT_NULL, y: { interval: [1, 9], ...NOT_NULL } }, NOT_NULL],
    ["(/ x y)", { x: NOT_NULL, y: { interval: [0, 9], ...NOT_NULL } }, {}],
    ["(/ x 2)", { x: NOT_NULL }, NOT_NULL, ["constant-fold", "nullability"]],
    ["(/ x 2)", { x: NOT_NULL }, {}, ["nullability"]],
    ["(/ x 0)", { x: NOT_NULL }, {}, ["constant-fold", "nullability"]],
    // Comparisons are decided by ranges, if neither side may be NULL.
    ["(< x 4)", { x: { interval: [0, 3], ...NOT_NULL } }, { "boolean-fold": true }],
    ["(< x 4)", { x: { interval: [0, 3] } }, { type: ["boolean"] }],
    ["(= x 4)", { x: { interval: [0, 3], ...NOT_NULL } }, { "boolean-fold": false }],
    ["(& (>= x 0) (< x 9))", { x: { interval: [0, 3], ...NOT_NULL } }, { "boolean-fold": true }],
    ["(coalesce x 1)", {}, NOT_NULL],
    ["(+ null 1)", {}, { nullability: "null" }],
    ["(if p 1 0.5)", {}, { type: ["integer", "fraction"], ...NOT_NULL }],
    // Rows of relations.
    ["(scan t 100)", {}, { cardinality: [100, 100] }],
    ["(filter p (scan t 100))", {}, { cardinality: [0, 100] }],
    ["(filter (< 1 2) (scan t 100))", {}, { cardinality: [100, 100] }],
    ["(filter null (scan t 100))", {}, { cardinality: [0, 0] }],
    ["(project c (sort k (scan t 100)))", {}, { cardinality: [100, 100] }],
    ["(join p (scan t 100) (scan u 20))", {}, { cardinality: [0, 2000] }],
    ["(join p (scan t 100) empty)", {}, { cardinality: [0, 0] }],
    ["(left-join p (scan t 100) (filter q (scan u 20)))", {}, { cardinality: [100, 2000] }],
    ["(key-join p (scan t 100) u)", {}, { cardinality: [0, 100] }],
    ["(left-key-join p (scan t 100) u)", {}, { cardinality: [100, 100] }],
    ["(semi-join p (scan t 100) u)", {}, { cardinality: [0, 100] }],
    ["(cross (aggregate a r) (aggregate b s))", {}, { cardinality: [1, 1] }],
    ["(limit 10 (scan t 100))", {}, { cardinality: [10, 10] }],
    ["(limit 10 r)", {}, { cardinality: [0, 10] }],
    ["(limit n (scan t 100))", {}, { cardinality: [0, 100] }],
    ["(union-all (scan t 100) (limit 5 r))", {}, { cardinality: [100, 105] }],
    ["(union (scan t 100) (limit 5 r))", {}, { cardinality: [1, 105] }],
    ["(distinct r)", { r: { cardinality: [7, Infinity] } }, { cardinality: [1, Infinity] }],
    ["(group k (filter p (scan t 100)))", {}, { cardinality: [0, 100] }],
    ["(group k (limit 3 r))", { r: { cardinality: [4, 9] } }, { cardinality: [1, 3] }],
    ["(abs (- x))", { x: { interval: [-4, 2] } }, { interval: [0, 4] }],
    ["(max x 1)", { x: { interval: [-Infinity, 2] } }, { interval: [1, 2] }],
  ]
  test.each(CASES.map((each) => ({ each })))("$each", ({ each }) => {
    const [term, assumed, expected, analyses] = each
    const found = factsOf(term, assumed, analyses)
    if (Object.keys(expected).length === 0) expect(found).not.toHaveProperty("nullability")
    else expect(found).toMatchObject(expected)
    if (expected.type) expect(found).not.toHaveProperty("boolean-fold")
  })

  test("a fact that comes late wakes what rests on it, and the guards that ask it", () => {
    const graph = graphOf(
      { x: { interval: [1, 9] } },
      { rules: "(rewrite cancel (/ ?a ?a) 1 :when (excludes-zero ?a) (is-not-null ?a))" },
    )
    const quotient = graph.add("(/ (* x y) (* x y))")
    expect(graph.run()).toMatchObject({ stop: "saturated", rules: [{ matches: 1, applied: 0 }] })
    graph.assume(graph.add("y"), { interval: [2, 2], ...NOT_NULL })
    expect(graph.run().rules).toMatchObject([{ applied: 0 }])
    graph.assume(graph.add("x"), NOT_NULL)
    expect(graph.run().rules).toMatchObject([{ applied: 1 }])
    expect(graph.facts(quotient)).toMatchObject({ "constant-fold": 1 })
    graph.dispose()
  })

  test("a range that narrows without end is left where it is", () => {
    const graph = graphOf({ x: { interval: [-Infinity, 1e9] } })
    graph.union(graph.add("x"), graph.add("(- x 1)"))
    graph.rebuild()
    const [low, high] = graph.facts(graph.add("x")).interval ?? []
    expect(low).toBe(-Infinity)
    expect(high).toBeGreaterThan(1e9 - 100)
    graph.dispose()
  })

  test("reset forgets facts and what was assumed; a snapshot keeps them", async () => {
    const graph = graphOf({ x: { interval: [-Infinity, 3], type: ["integer"] } })
    const restored = await EGraph.restore(graph.snapshot())
    const found = restored.facts(restored.add("(+ x 1)"))
    expect(found).toMatchObject({ interval: [-Infinity, 4], type: ["integer"] })
    expect(await EGraph.restore(restored.snapshot())).toBeInstanceOf(EGraph)
    graph.reset()
    expect(graph.facts(graph.add("x"))).toEqual({})
    for (const each of [graph, restored]) each.dispose()
  })

  const REFUSED: readonly (readonly [AnalysisName[], object, string])[] = [
    [["interval"], { nullability: "null" }, 'analyses: ["nullability"] is needed'],
    [
      ["interval"],
      { interval: [2, 1] },
      "interval: [low, high], two numbers in their order, is wanted",
    ],
    [
      ["interval"],
      { range: [1, 2] },
      "a fact of interval, nullability, cardinality, type can be assumed, found range",
    ],
    [["type"], { type: ["number"] }, "type: a list of integer, fraction, boolean, text is wanted"],
    [["type"], { type: [] }, "type: a list of"],
    [["nullability"], { nullability: true }, 'nullability: "not-null" or "null" is wanted'],
  ]
  test.each(REFUSED)("%j: %j cannot be assumed", (analyses, facts, message) => {
    const graph = graphOf({}, { analyses })
    expect(() => graph.assume(graph.add("x"), facts)).toThrow(EGraphError)
    expect(() => graph.assume(graph.add("x"), facts)).toThrow(message)
    graph.dispose()
  })
})

describe(`random graphs (SMELT_SEED=${SEED} SMELT_RANDOM_CASES=${CASES})`, () => {
  test("every fact is that of the naive engine, in whatever order all is listed and told", () => {
    for (let seed = SEED; seed < SEED + CASES; seed++) {
      const random = new Random(seed)
      const { given, rules } = randomCase(seed, "values")
      const what = `SMELT_SEED=${seed} SMELT_RANDOM_CASES=1`
      const expected = naiveFacts(given, rules)
      expect(engineFacts(given, rules), what).toEqual(expected)
      const listed = { ...given, analyses: random.shuffled(given.analyses) }
      expect(engineFacts(listed, rules), what).toEqual(expected)
      const unchanged = { ...given, iterationLimit: 0 }
      const atFirst = engineFacts(unchanged, rules)
      for (let i = 0; i < 3; i++) expect(toldFacts(given, random), what).toEqual(atFirst)
    }
  }, 600_000)
})

function termsOf({ starts }: Case): Term[] {
  return starts.flatMap(subterms)
}

/** What the naive engine knows of all parts of the starts at the end. */
function naiveFacts(given: Case, rules: readonly CaseRule[]): unknown {
  let found: unknown
  runNaive(given, rules, {
    onEnd: (naive) => {
      const known = (term: Term) => naive.known(addTerm(term, new Map(), naive))
      found = termsOf(given).map((term) => [showTerm(term), known(term)])
    },
  })
  return found
}

function engineFacts(given: Case, rules: readonly CaseRule[]): unknown {
  const graph = graphFor(given, rulesOf(rules), { rows: 1 << 19 })
  runIn(graph, given)
  return disposed(graph, given)
}

/** What is known before any rule is applied, where terms, unions and assumptions come in any order. */
function toldFacts(given: Case, random: Random): unknown {
  const graph = EGraph.createSync({ rules: "", analyses: given.analyses })
  const calls = [
    ...given.assume.map(
      ([term, facts]) =>
        () =>
          graph.assume(graph.add(term), facts),
    ),
    ...given.unions.map(
      ([a, b]) =>
        () =>
          graph.union(graph.add(a), graph.add(b)),
    ),
    ...given.starts.map((term) => () => void graph.add(term)),
  ]
  for (const call of random.shuffled(calls)) {
    call()
    if (random.chance(0.2)) graph.rebuild()
  }
  graph.rebuild()
  return disposed(graph, given)
}

function disposed(graph: EGraph, given: Case): unknown {
  const facts = termsOf(given).map((term) => [
    showTerm(term),
    naively(graph.facts(graph.add(term))),
  ])
  graph.dispose()
  return facts
}

/** Facts as the naive engine writes them. */
function naively(facts: Facts): Known {
  const { interval, nullability, type, cardinality } = facts
  return {
    ...(cardinality && { rows: cardinality }),
    ...(interval && { range: interval }),
    ...(nullability && { nullness: nullability }),
    ...(type && {
      types: type
        .map((each) => each.charAt(0))
        .sort()
        .join(""),
    }),
    constant: facts["constant-fold"] ?? facts["boolean-fold"],
  }
}

/** The contradiction of a graph is shown, and what shows it is checked by terms alone. */
function checkContradiction(graph: EGraph, isOfLambda = false): void {
  const shown = graph.prover().contradiction()
  if (isOfLambda) return expect(shown).toBeUndefined()
  if (!shown) throw new Error("nothing shows the contradiction")
  const by = graph.proofRules()
  expect(contradictionFault(shown, by)).toBeUndefined()
  const weaker = { ...by, given: [], assumed: [] }
  expect(contradictionFault(shown, weaker)).toBeDefined()
  for (const altered of alterations(shown)) expect(contradictionFault(altered, by)).toBeDefined()
}

/** Copies in each of which one fact says more than it may. */
function* alterations<T>(whole: T): Generator<T> {
  if (typeof whole !== "object" || whole === null || "op" in whole) return
  if ("by" in whole && "fact" in whole) yield { ...whole, fact: altered(whole.fact) }
  for (const [key, part] of Object.entries(whole) as [keyof T, T[keyof T]][])
    for (const changed of alterations(part))
      yield (
        Array.isArray(whole) ? whole.with(Number(key), changed) : { ...whole, [key]: changed }
      ) as T
}

function altered(fact: unknown): unknown {
  if (typeof fact === "number") return fact + 1
  if (typeof fact === "boolean") return !fact
  if (typeof fact === "string") return fact === "null" ? "not-null" : "null"
  const [low, high] = fact as unknown[]
  if (typeof low !== "number" || typeof high !== "number")
    return low === "text" ? ["boolean"] : ["text"]
  return low < high ? [low, Math.max(low, high - 0.5, -1e9)] : [low + 1, high + 1]
}

describe("what analyses decide is proven, and the proofs are checked", () => {
  const text = readFileSync("tests/egraph/cases/analyses.json", "utf8")
  const { cases, rulesets } = readCases(text)
  test.each(cases.map((given) => [given.name, given] as const))("%s", (_, given) => {
    const graph = graphFor(given, rulesOf(rulesets.get(given.ruleset) ?? []), { rows: 1 << 19 })
    runIn(graph, given)
    const by = graph.proofRules()
    let facts = 0
    for (const term of given.starts.flatMap(subterms)) {
      const proves = [term, graph.extract(graph.add(term)).term] as const
      const proof = graph.explain(...proves)
      expect(proofFault(proof, { ...by, proves })).toBeUndefined()
      for (const changed of alterations(proof)) {
        facts++
        expect(proofFault(changed, { ...by, proves })).toBeDefined()
      }
    }
    if (given.ruleset !== "none" && given.name !== "lambda-with-ranges")
      expect(facts).toBeGreaterThan(0)
    graph.dispose()
  })

  test("a guard over facts is not taken on trust", () => {
    const rules = "(rewrite positive (abs ?a) ?a :when (is-non-negative ?a))"
    const graph = graphOf({ x: { interval: [0, 3] } }, { rules })
    graph.add("(abs (+ x 1))")
    graph.run()
    const [step, ...more] = graph.explain("(abs (+ x 1))", "(+ x 1)")
    if (step?.kind !== "rule") throw new Error("a rule is wanted")
    const by = graph.proofRules()
    const guards = [{ guard: "is-non-negative", evidence: [{ kind: "trusted-guard", facts: [] }] }]
    const trusted = { ...step, guards } as Step
    expect(proofFault([step, ...more], by)).toBeUndefined()
    expect(proofFault([trusted, ...more], by)).toMatchObject({
      reason: "facts are wanted for is-non-negative",
    })
    expect(proofFault([step, ...more], { ...by, assumed: [] })).toBeDefined()
    graph.dispose()
  })
})

describe("a contradiction names its two facts", () => {
  const ONES: readonly (readonly [AnalysisName[], Assumed, string, string, object])[] = [
    [
      ["constant-fold"],
      {},
      "(+ 1 2)",
      "(* 2 2)",
      { analysis: "constant-fold", facts: [{ fact: 3 }, { fact: 4 }] },
    ],
    [
      ["boolean-fold"],
      {},
      "(& true true)",
      "(~ true)",
      { analysis: "boolean-fold", facts: [{ fact: true }, { fact: false }] },
    ],
    [
      ["lambda"],
      {},
      "(+ 1 2)",
      "4",
      { analysis: "lambda", facts: [{ fact: { constant: "3" } }, { fact: { constant: "4" } }] },
    ],
    [["interval"], { x: { interval: [0, 3] }, y: { interval: [9, 9] } }, "(f x)", "(f y)", {}],
    [
      ["interval"],
      { x: { interval: [0, 3] } },
      "(+ x 1)",
      "(- 0 x)",
      {
        analysis: "interval",
        facts: [
          { fact: [1, 4], term: { op: "+" } },
          { fact: [-3, 0], term: { op: "-" } },
        ],
      },
    ],
    [
      ["nullability"],
      { x: NOT_NULL },
      "(+ x 1)",
      "null",
      {
        analysis: "nullability",
        facts: [
          { fact: "not-null", term: { op: "+" } },
          { fact: "null", term: { op: "null" } },
        ],
      },
    ],
    [
      ["type"],
      {},
      "(< x y)",
      "'text'",
      {
        analysis: "type",
        facts: [
          { fact: ["boolean"], term: { op: "<" } },
          { fact: ["text"], term: { op: "'text'" } },
        ],
      },
    ],
    [
      ["cardinality", "constant-fold"],
      {},
      "(aggregate f r)",
      "(limit 0 s)",
      {
        analysis: "cardinality",
        facts: [
          { fact: [1, 1], term: { op: "aggregate" } },
          { fact: [0, 0], term: { op: "limit" } },
        ],
      },
    ],
    // Of one analysis and another: a range that has no whole number, a constant beyond a range.
    [
      ["interval", "type"],
      { "(f a)": { interval: [0.2, 0.8] } },
      "(f a)",
      "(+ 1 2)",
      { analysis: "interval" },
    ],
    [
      ["constant-fold", "interval"],
      { x: { interval: [0, 3] } },
      "x",
      "7",
      { analysis: "interval", facts: [{ fact: [0, 3] }, { fact: [7, 7] }] },
    ],
  ]
  test.each(ONES)("%j, %j: %s is %s", (analyses, assumed, a, b, expected) => {
    const graph = graphOf(assumed, { analyses })
    expect(graph.contradiction()).toBeUndefined()
    graph.union(graph.add(a), graph.add(b))
    const isContradictory = Object.keys(expected).length > 0
    expect(graph.run().contradiction).toBe(isContradictory)
    if (isContradictory) {
      expect(graph.contradiction()).toMatchObject(expected)
      checkContradiction(graph, analyses.includes("lambda"))
    }
    graph.reset()
    expect(graph.contradiction()).toBeUndefined()
    graph.dispose()
  })

  test("an assumption may contradict what is known", async () => {
    const graph = graphOf({ x: { interval: [0, 3] } })
    graph.assume(graph.add("x"), { interval: [4, 5] })
    const expected = { analysis: "interval", facts: [{ fact: [0, 3] }, { fact: [4, 5] }] }
    expect(graph.contradiction()).toMatchObject(expected)
    checkContradiction(graph)
    const restored = await EGraph.restore(graph.snapshot())
    expect(restored.contradiction()).toMatchObject(expected)
    graph.dispose()
    restored.dispose()
  })

  test("relations that show different columns", () => {
    const columns: Readonly<Record<string, number[]>> = { r: [1, 8, 0, 0], s: [1, 16, 0, 0] }
    const graph = EGraph.createSync({
      rules: "",
      describe: (op) => ({ kind: op in columns ? 1 : 0, payload: columns[op] ?? [] }),
    })
    const [r, s] = [graph.add("r"), graph.add("s")]
    expect(graph.facts(r)).toMatchObject({ relations: { kind: "relation", columns: [8] } })
    graph.union(r, s)
    expect(graph.contradiction()).toMatchObject({
      analysis: "relations",
      facts: [{ term: { op: "r" } }, { term: { op: "s" } }],
      unions: 1,
    })
    graph.dispose()
  })
})
