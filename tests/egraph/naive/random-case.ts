import { readFileSync } from "node:fs"
import { at } from "../../../src/base/check.js"
import {
  readCases,
  type AnalysisName,
  type Case,
  type CaseFile,
  type CaseRule,
  type Outcome,
} from "../../../src/egraph/cases.js"
import type { Assumption } from "../../../src/egraph/facts.js"
import { formOf } from "../../../src/egraph/guards.js"
import type { Term } from "../../../src/egraph/term.js"
import { Contradictory } from "./facts.js"
import { TooLarge, TwoConstants } from "./graph.js"
import { Random } from "./random.js"
import { RuleSource, type RawRule } from "./random-rules.js"
import {
  generalize,
  groundLeaves,
  plainText,
  randomAnalysis,
  randomTerm,
  randomVocabulary,
  subterms,
  type NonEmpty,
  type Topic,
  type Vocabulary,
} from "./random-terms.js"
import { runNaive } from "./run.js"
import { settle } from "./settle.js"

export interface RandomCase {
  /** One ruleset and one case, whose `expect` is complete. */
  readonly file: CaseFile
  readonly given: Case
  readonly rules: readonly CaseRule[]
  /** The file as text, to be kept when it shows a fault. */
  readonly text: string
}

/** Nodes at the end of a case. */
const LARGEST = 400
/** Nodes made on the way, also those that a rebuild joins. */
const LARGEST_MADE = 4_000
/** Looks of a run at nodes: a few large classes have more matches than can be tried, and a run is made in many orders. */
const MOST_LOOKS = 1_000_000
/** Drafts after which the liveliest is taken, lively enough or not. */
const ATTEMPTS = 25

const RULES = readRules("tests/egraph/cases/conformance.json")

/** Rules that hold under each analysis, to be mixed with random ones. */
const LAWS: Readonly<Record<Topic, readonly RawRule[]>> = {
  none: [],
  "constant-fold": RULES["math"] ?? [],
  "boolean-fold": RULES["boolean"] ?? [],
  lambda: RULES["lambda"] ?? [],
  values: [
    { name: "less-or-equal", lhs: "(<= ?a ?b)", rhs: "(| (< ?a ?b) (= ?a ?b))" },
    { name: "abs-positive", lhs: "(abs ?a)", rhs: "?a", guards: [["is-non-negative", "?a"]] },
    { name: "min-less", lhs: "(min ?a ?b)", rhs: "?a", guards: [["is-at-most", "?a", "?b"]] },
    { name: "over-itself", lhs: "(/ ?a ?a)", rhs: "1", guards: [["excludes-zero", "?a"]] },
    { name: "coalesce-first", lhs: "(coalesce ?a ?b)", rhs: "?a", guards: [["is-not-null", "?a"]] },
    { name: "coalesce-second", lhs: "(coalesce ?a ?b)", rhs: "?b", guards: [["is-null", "?a"]] },
  ],
}

/** The laws that speak of nothing but the vocabulary's operators. */
function lawsOf({ analysis, operators }: Vocabulary, analyses: readonly AnalysisName[]): RawRule[] {
  const known = new Set(operators.map(({ word }) => word))
  const words = (side: RawRule["lhs"]) =>
    [...JSON.stringify(side).matchAll(/\(([^\s()]+)/g)].map((match) => match[1] ?? "")
  const isAsked = ({ guards = [] }: RawRule) =>
    guards.every(([name = ""]) => {
      const asks = formOf(name)?.asks
      return asks?.some((each) => analyses.includes(each)) ?? true
    })
  return LAWS[analysis].filter(
    (law) =>
      isAsked(law) && [...words(law.lhs), ...words(law.rhs)].every((word) => known.has(word)),
  )
}

function readRules(file: string): Readonly<Record<string, readonly RawRule[]>> {
  const { rulesets } = JSON.parse(readFileSync(file, "utf8")) as {
    rulesets: Record<string, readonly RawRule[]>
  }
  return rulesets
}

/** A case as a case file has it. */
interface RawCase {
  readonly name: string
  readonly limits: { readonly iterations?: number }
  readonly expect?: Outcome
  readonly [field: string]: unknown
}

/**
 * The same case for the same seed, of any topic if none is given: small, with one outcome in every order that was tried, and
 * mostly one in which the graph changes in several iterations.
 */
export function randomCase(seed: number, topic?: Topic): RandomCase {
  const random = new Random(Math.imul(seed, 0x9e3779b1))
  const wanted = random.pick([0, 2, 3, 3, 4, 5, 6, 8])
  const analysis = topic ?? randomAnalysis(random)
  let best: Draft | undefined
  for (let attempt = 0; ; attempt++) {
    const drawn = draft(random, analysis, `random-${seed}`)
    if (!best || drawn.turns > best.turns) best = drawn
    if (best.turns < wanted && attempt < ATTEMPTS) continue
    const found = settled(best)
    if (found) return found
    best = undefined
  }
}

interface Draft {
  readonly rules: readonly RawRule[]
  readonly raw: RawCase
  /** Iterations after which the graph has another size. */
  readonly turns: number
}

/** Undefined where the order matters, or where the rules make two constants equal. */
function settled({ rules, raw }: Draft): RandomCase | undefined {
  const open = read(rules, raw)
  const outcome = outcomeOf(open.given, open.rules)
  return outcome && isExact(outcome) ? read(rules, { ...raw, expect: outcome }) : undefined
}

/** Whether its numbers are: a tree that shares much may have more than 2^53 nodes. */
function isExact({ bestAstSize }: Outcome): boolean {
  return bestAstSize.every((size) => size === Infinity || Number.isSafeInteger(size))
}

function read(rules: readonly RawRule[], raw: RawCase): RandomCase {
  const text = JSON.stringify({ format: 1, rulesets: { random: rules }, cases: [raw] })
  const file = readCases(text)
  return { file, given: at(file.cases, 0), rules: file.rulesets.get("random") ?? [], text }
}

function outcomeOf(given: Case, rules: readonly CaseRule[]): Outcome | undefined {
  // Guards and appliers look at a graph that is being changed, and what is fresh depends on what is older: more
  // orders are tried for them.
  const looks = rules.some(
    (rule) => rule.guards.length > 0 || (rule.kind === "rewrite" && rule.applier !== undefined),
  )
  const isLooking = looks || given.scheduler.kind === "fresh-backoff"
  const seeds = Array.from({ length: isLooking ? 12 : 2 }, (_, i) => i + 1)
  try {
    return settle(given, rules, seeds, { nodeLimit: LARGEST_MADE * 2, lookLimit: MOST_LOOKS * 2 })
  } catch (error) {
    if (isNoCase(error)) return undefined
    throw error
  }
}

function isNoCase(error: unknown): boolean {
  return [TwoConstants, TooLarge, Contradictory].some((kind) => error instanceof kind)
}

/** A drawn case with as many iterations as stay small. */
function draft(random: Random, analysis: Topic, name: string): Draft {
  const { rules, raw } = draw(random, analysis, name)
  const { given, rules: typed } = read(rules, raw)
  const isSimple = given.scheduler.kind === "simple"
  const wanted = random.chance(0.04) ? 0 : random.between(1, isSimple ? 9 : 25)
  const { sizes, ends } = tryOut({ ...given, iterationLimit: wanted }, typed)
  const large = sizes.findIndex((nodes) => nodes > LARGEST)
  const small = large < 0 ? sizes : sizes.slice(0, large)
  const iterations = Math.min(wanted, Math.max(0, small.length - 1))
  // Without a limit a run must end by itself.
  const limits = ends && large < 0 && random.chance(0.5) ? {} : { iterations }
  const turns = small.filter((nodes, i) => i > 0 && nodes !== small[i - 1]).length
  return { rules, raw: { ...raw, limits }, turns }
}

/** The nodes after every rebuild, and whether the run ended before its limits. */
function tryOut(given: Case, rules: readonly CaseRule[]): { sizes: number[]; ends: boolean } {
  const sizes: number[] = []
  try {
    const { stop } = runNaive(given, rules, {
      nodeLimit: LARGEST_MADE,
      lookLimit: MOST_LOOKS,
      onRebuild: (nodes) => sizes.push(nodes),
    })
    return { sizes, ends: stop !== "iteration-limit" }
  } catch (error) {
    if (isNoCase(error)) return { sizes, ends: false }
    throw error
  }
}

function draw(
  random: Random,
  analysis: Topic,
  name: string,
): { rules: readonly RawRule[]; raw: RawCase } {
  const vocabulary = randomVocabulary(random, analysis)
  const ground = () =>
    randomTerm(random, vocabulary, groundLeaves(random, vocabulary), random.between(1, 4))
  const starts = [ground(), ...Array.from({ length: random.below(4) }, ground)]
  const analyses = analysesFor(random, analysis)
  const laws = lawsOf(vocabulary, analyses)
  const drawn = new RuleSource(random, vocabulary, starts, laws, analyses).rules()
  const { rules, scheduler } = scheduled(random, drawn)
  const goals = Array.from({ length: random.below(3) }, () => goalOf(random, starts, rules))
  const raw = {
    name,
    ruleset: "random",
    analysis: analysis === "values" ? analyses : analysis,
    ...(analysis === "values" && { assume: randomAssumptions(random, starts, analyses) }),
    starts: starts.map(plainText),
    unions: randomUnions(random, vocabulary, starts),
    scheduler,
    limits: {},
    goals,
    stopOnGoals: random.chance(0.3),
  }
  return { rules, raw }
}

function analysesFor(random: Random, topic: Topic): AnalysisName[] {
  if (topic !== "values") return topic === "none" ? [] : [topic]
  const chosen = random.shuffled(OF_VALUES).slice(0, random.between(1, OF_VALUES.length))
  return random.chance(0.4) ? random.shuffled(OF_VALUES) : chosen
}

const OF_VALUES: NonEmpty<AnalysisName> = [
  ...(["constant-fold", "boolean-fold", "interval", "nullability", "type", "cardinality"] as const),
]

/** Facts of some parts of the starts, which mostly go together. */
function randomAssumptions(
  random: Random,
  starts: readonly Term[],
  analyses: readonly AnalysisName[],
): [string, Assumption][] {
  const parts = starts.flatMap(subterms).filter(({ op }) => /^[xyzfgh]$/.test(op))
  const low = () => random.pick([-3, -1, 0, 0, 1, 1, 2, 0.5, -Infinity])
  return random.shuffled(parts).flatMap((part): [string, Assumption][] => {
    const from = low()
    const to = Math.max(from, 0) + random.pick([0, 1, 2, 2, 5])
    const facts: Assumption = {
      ...(analyses.includes("interval") &&
        random.chance(0.6) &&
        from > -Infinity && { interval: [from, to] as const }),
      ...(analyses.includes("nullability") &&
        random.chance(0.5) && { nullability: random.chance(0.9) ? "not-null" : "null" }),
      ...(analyses.includes("cardinality") &&
        random.chance(0.6) && { cardinality: randomRows(random) }),
      ...(analyses.includes("type") &&
        random.chance(0.4) && { type: random.pick([["integer"], ["integer", "fraction"]]) }),
    }
    return Object.keys(facts).length === 0 || random.chance(0.4) ? [] : [[plainText(part), facts]]
  })
}

function randomRows(random: Random): readonly [number, number] {
  const least = random.pick([0, 0, 0, 1, 1, 2])
  return [least, random.pick([least, least + 1, 10, 1000])]
}

/** A part of a start with variables in it, or what a rule makes. */
function goalOf(random: Random, starts: readonly Term[], rules: readonly RawRule[]): string {
  const right = random.shuffled(rules)[0]?.rhs
  if (typeof right === "string" && random.chance(0.5)) return right
  const part = random.shuffled(starts.flatMap(subterms))[0] ?? at(starts, 0)
  return plainText(generalize(random, part))
}

function randomUnions(
  random: Random,
  vocabulary: Vocabulary,
  starts: readonly Term[],
): [string, string][] {
  const parts = starts.flatMap(expressions)
  const other = () =>
    randomTerm(random, vocabulary, groundLeaves(random, vocabulary), random.between(0, 2))
  const union = (): [string, string] => {
    const [one, two] = random.shuffled(parts)
    return [plainText(one ?? other()), plainText(two && random.chance(0.6) ? two : other())]
  }
  return Array.from({ length: Math.max(0, random.between(-2, 3)) }, union)
}

/** The subterms but for names, of which no two are to be united. */
function expressions(term: Term): Term[] {
  const bindsName = ["var", "lam", "let"].includes(term.op)
  return [term, ...term.children.slice(bindsName ? 1 : 0).flatMap(expressions)]
}

const GROUPS: readonly string[] = ["a", "b", "c"]

/** Rules with a scheduler, and, for a sequence, in groups. */
function scheduled(
  random: Random,
  rules: readonly RawRule[],
): { rules: readonly RawRule[]; scheduler: object } {
  const kind = random.pick([
    ...(["simple", "simple", "simple", "backoff", "backoff"] as const),
    ...(["fresh-backoff", "fresh-backoff", "sequence", "sequence"] as const),
  ])
  if (kind === "simple") return { rules, scheduler: { kind } }
  if (kind === "sequence") {
    const groups = GROUPS.slice(0, random.between(1, Math.min(3, rules.length)))
    const grouped = rules.map((rule, i) => ({ ...rule, group: groups[i] ?? anyOf(random, groups) }))
    const steps = randomSteps(random, groups, 2)
    return { rules: grouped, scheduler: { kind, steps, ...randomTimes(random) } }
  }
  const scheduler = {
    kind,
    matchLimit: random.pick([1, 1, 2, 2, 3, 4, 6, 10, 20, random.pick([0, 40])]),
    banLength: random.pick([0, 1, 1, 2, 2, 3, 5]),
  }
  return { rules, scheduler }
}

function randomSteps(random: Random, groups: readonly string[], depth: number): object[] {
  return Array.from({ length: random.between(1, 3) }, () => {
    const times = randomTimes(random)
    if (depth > 0 && random.chance(0.3))
      return { repeat: randomSteps(random, groups, depth - 1), ...times }
    const run = groups.filter(() => random.chance(0.5))
    return { run: run.length > 0 ? run : [anyOf(random, groups)], ...times }
  })
}

function anyOf(random: Random, groups: readonly string[]): string {
  return at(groups, random.below(groups.length))
}

function randomTimes(random: Random): { times?: number } {
  return random.chance(0.4) ? {} : { times: random.pick([1, 1, 2, 3]) }
}
