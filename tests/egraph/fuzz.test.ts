import { expect, test } from "vitest"
import {
  EGraph,
  EGraphError,
  ExtractionError,
  readRules,
  RuleSyntaxError,
  type EGraphOptions,
} from "../../src/egraph/index.js"
import { Random } from "./naive/random.js"
import type { NonEmpty } from "./naive/random-terms.js"
import { SEED } from "../seed.js"

// Texts and calls that nobody would write: each is answered, or refused with an error of the library's own.

const RUNS = Number(process.env.SMELT_FUZZ_RUNS ?? 10_000)

const isOwn = (error: unknown) =>
  [EGraphError, ExtractionError, RuleSyntaxError].some((kind) => error instanceof kind)

/** Runs what may be refused; gives what came of it. */
function attempt<T>(run: () => T, what: string): T | undefined {
  try {
    return run()
  } catch (error) {
    if (isOwn(error)) return undefined
    throw new Error(what, { cause: error })
  }
}

const TEXT = `
(operator and :set) (operator bag :multiset) (function call 1) (ruleset more :one-way) (ruleset main)
(rewrite comm (+ ?a ?b) (+ ?b ?a))
(birewrite dist (* ?a (+ ?b ?c)) (+ (* ?a ?b) (* ?a ?c)))
(rewrite one (* ?a 1) ?a :when (is-const ?a) (not-same-class ?a ?a))
(rewrite any ?a (f ?a) :when (equal-after-adding (f ?a) (g 2)))
(rule multi ((?v (f ?a)) (?a (g ?b))) ((?w (+ ?a ?b)) (?v ?w)))
(rewrite let (let ?v ?e (lam ?w ?b)) (lam ?w (let ?v ?e ?b)) :if (capture-avoiding ?w ?e ?f) (lam ?f (let ?v ?e ?b)))
(rewrite flat (bag (bag ?ys...) ?xs...) (bag ?ys... ?xs...))
(rewrite use (and ?p ?ps...) (call (and ?ps...)))`

const [DECLARED = "", ...FORMS] = TEXT.trim().split("\n")
const WORDS = [...new Set(TEXT.match(/[^\s()]+/g) ?? [])]

/** Some of the rules, with a few of their tokens replaced, doubled or left out. */
function drawText(random: Random): string {
  const rules = random.shuffled(FORMS).slice(0, random.between(1, 3))
  const tokens = rules.join(" ").match(/[()]|[^\s()]+/g) ?? []
  for (let i = random.between(0, 3); i > 0; i--) {
    const at = random.below(tokens.length)
    const token = tokens[at] ?? "("
    if (random.chance(0.1)) tokens.splice(at, 1)
    else if (random.chance(0.1)) tokens.splice(at, 0, token)
    else if (!"()".includes(token)) tokens[at] = WORDS[random.below(WORDS.length)] ?? token
  }
  return [random.chance(0.8) ? DECLARED : "", ...tokens].join(" ")
}

const SETTINGS: NonEmpty<Partial<EGraphOptions>> = [
  {},
  { analyses: ["lambda"] },
  { analyses: ["constant-fold"] },
  { proofs: false },
  { compile: false },
  { compile: "aside" },
]
const SCHEDULERS: NonEmpty<"simple" | "backoff"> = ["simple", "simple", "backoff"]
const TERMS = ["(+ (* 1 2) (f (g x)))", "(bag (bag a b) (bag c))", "(and p q r)", "(f (g 2))"]
const LAMBDA = "(let x (var y) (lam y (var x)))"

test(`any text of rules is run or refused (SMELT_SEED=${SEED} SMELT_FUZZ_RUNS=${RUNS})`, () => {
  let ran = 0
  for (let seed = SEED; seed < SEED + RUNS; seed++) {
    const random = new Random(seed)
    const text = drawText(random)
    const what = `seed ${seed}: ${text}`
    if (!attempt(() => readRules(text), what)) continue
    const options: EGraphOptions = {
      rules: text,
      functions: { call: ([cls]) => cls },
      ...random.pick(SETTINGS),
    }
    const graph = attempt(() => EGraph.createSync(options), what)
    if (!graph) continue
    const root = graph.add(LAMBDA)
    for (const term of TERMS) attempt(() => graph.add(term), what)
    const scheduler = random.pick(SCHEDULERS)
    attempt(() => graph.run({ scheduler, iterations: 4, nodes: 2_000, matches: 20_000 }), what)
    attempt(() => graph.extract(root), what)
    attempt(() => graph.toGym(), what)
    graph.dispose()
    ran++
  }
  expect(ran).toBeGreaterThan(RUNS / 10)
})

const NUMBERS: NonEmpty<number> = [
  0,
  -1,
  1,
  2,
  3,
  1.5,
  NaN,
  Infinity,
  2 ** 31,
  2 ** 32 - 1,
  2 ** 32 + 1,
  1e300,
]

test(`any call is answered or refused (SMELT_SEED=${SEED} SMELT_FUZZ_RUNS=${RUNS})`, () => {
  const rules =
    "(rewrite comm (+ ?a ?b) (+ ?b ?a)) (rewrite assoc (+ ?a (+ ?b ?c)) (+ (+ ?a ?b) ?c))"
  let graph = EGraph.createSync({ rules })
  for (let seed = SEED; seed < SEED + 10 * RUNS; seed++) {
    const random = new Random(seed)
    const id = () =>
      random.chance(0.6) ? random.between(1, Math.max(1, graph.rows)) : random.pick(NUMBERS)
    const limit = () => (random.chance(0.5) ? random.below(2_000) : random.pick(NUMBERS))
    const calls: readonly (() => unknown)[] = [
      () => graph.add(random.pick(["x", "(+ x y)", "(+ (+ a b) (+ c 1))", "(", "?x", "(f) g", ""])),
      () => graph.addNode("+", [id(), id()]),
      () => graph.addNode("f", Array.from({ length: random.below(6) }, id)),
      () => graph.union(id(), id()),
      () => graph.rebuild(),
      () => graph.equal(id(), id()),
      () => [graph.opOf(id()), graph.isLive(id()), graph.makerOf(id()), graph.originalTerm(id())],
      () => graph.members(id()),
      () => graph.firstChildrenOf(id()),
      () => graph.run({ iterations: random.below(5), nodes: 500, ms: 200 }),
      () => graph.run({ iterations: 2, nodes: limit(), bytes: limit(), matches: limit(), ms: 200 }),
      () => graph.run({ iterations: limit(), nodes: 200, ms: limit(), until: [id(), id()] }),
      () =>
        graph.run({
          iterations: 2,
          nodes: 500,
          scheduler: { kind: "backoff", matchLimit: limit(), banLength: limit() },
        }),
      () =>
        graph.run({
          iterations: 2,
          nodes: 500,
          goals: { root: id(), patterns: ["(+ ?a ?a)", "x"] },
        }),
      () => graph.matches(id(), random.pick(["(+ ?a (+ ?b ?a))", "?x", "(f ?xs...)", ")"])),
      () => graph.extract(id(), { cost: () => random.pick(NUMBERS) }),
      () => graph.extract(id(), { method: "dag", moves: random.below(50), cost: () => limit() }),
      () => graph.variants(id(), random.between(-1, 3), { moves: random.below(50) }),
      () => graph.toGym({ roots: [id()] }),
      () => graph.toDot({ roots: [id()] }),
      () => graph.log(),
      () => graph.switchRule(random.pick(["comm", "assoc", "none"]), random.chance(0.7)),
      () => random.chance(0.2) && graph.reset(),
      () => {
        if (random.chance(0.8)) return
        graph.dispose()
        if (random.chance(0.5)) attempt(() => graph.nodes, "disposed of")
        graph = EGraph.createSync({
          rules,
          proofs: random.chance(0.5),
          compile: random.chance(0.5),
        })
      },
    ]
    const call = random.below(calls.length)
    attempt(() => calls[call]?.(), `seed ${seed}: call ${call}`)
    if (graph.rows > 20_000) graph.reset()
  }
  graph.reset()
  graph.switchRule("comm", true)
  graph.switchRule("assoc", true)
  graph.add("(+ 1 (+ 2 (+ 3 4)))")
  expect(graph.run()).toMatchObject({ stop: "saturated", nodes: 54, classes: 15 })
  graph.dispose()
})
