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
import type { Term } from "../../../src/egraph/term.js"
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
/** Drafts after which the liveliest is taken, lively enough or not. */
const ATTEMPTS = 25

const RULES = readRules("tests/egraph/cases/conformance.json")

/** Rules that hold under each analysis, to be mixed with random ones. */
const LAWS: Readonly<Record<AnalysisName, readonly RawRule[]>> = {
  none: [],
  "constant-fold": RULES["math"] ?? [],
  "boolean-fold": RULES["boolean"] ?? [],
  lambda: RULES["lambda"] ?? [],
}

/** The laws that speak of nothing but the vocabulary's operators. */
function lawsOf({ analysis, operators }: Vocabulary): RawRule[] {
  const known = new Set(operators.map(({ word }) => word))
  const words = (side: RawRule["lhs"]) =>
    [...JSON.stringify(side).matchAll(/\(([^\s()]+)/g)].map((match) => match[1] ?? "")
  return LAWS[analysis].filter(({ lhs, rhs }) =>
    [...words(lhs), ...words(rhs)].every((word) => known.has(word)),
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
 * The same case for the same seed: small, with one outcome in every order that was tried, and
 * mostly one in which the graph changes in several iterations.
 */
export function randomCase(seed: number): RandomCase {
  const random = new Random(Math.imul(seed, 0x9e3779b1))
  const wanted = random.pick([0, 2, 3, 3, 4, 5, 6, 8])
  const analysis = randomAnalysis(random)
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
  return outcome && read(rules, { ...raw, expect: outcome })
}

function read(rules: readonly RawRule[], raw: RawCase): RandomCase {
  const text = JSON.stringify({ format: 1, rulesets: { random: rules }, cases: [raw] })
  const file = readCases(text)
  return { file, given: at(file.cases, 0), rules: file.rulesets.get("random") ?? [], text }
}

function outcomeOf(given: Case, rules: readonly CaseRule[]): Outcome | undefined {
  // Guards and appliers look at a graph that is being changed: more orders are tried for them.
  const looks = rules.some(
    (rule) => rule.guards.length > 0 || (rule.kind === "rewrite" && rule.applier !== undefined),
  )
  const seeds = Array.from({ length: looks ? 12 : 2 }, (_, i) => i + 1)
  try {
    return settle(given, rules, seeds, { nodeLimit: LARGEST_MADE * 2 })
  } catch (error) {
    if (error instanceof TwoConstants || error instanceof TooLarge) return undefined
    throw error
  }
}

/** A drawn case with as many iterations as stay small. */
function draft(random: Random, analysis: AnalysisName, name: string): Draft {
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
      onRebuild: (nodes) => sizes.push(nodes),
    })
    return { sizes, ends: stop !== "iteration-limit" }
  } catch (error) {
    if (error instanceof TooLarge || error instanceof TwoConstants) return { sizes, ends: false }
    throw error
  }
}

function draw(
  random: Random,
  analysis: AnalysisName,
  name: string,
): { rules: RawRule[]; raw: RawCase } {
  const vocabulary = randomVocabulary(random, analysis)
  const ground = () =>
    randomTerm(random, vocabulary, groundLeaves(random, vocabulary), random.between(1, 4))
  const starts = [ground(), ...Array.from({ length: random.below(4) }, ground)]
  const rules = new RuleSource(random, vocabulary, starts, lawsOf(vocabulary)).rules()
  const goals = Array.from({ length: random.below(3) }, () => goalOf(random, starts, rules))
  const raw = {
    name,
    ruleset: "random",
    analysis,
    starts: starts.map(plainText),
    unions: randomUnions(random, vocabulary, starts),
    scheduler: randomScheduler(random),
    limits: {},
    goals,
    stopOnGoals: random.chance(0.3),
  }
  return { rules, raw }
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

function randomScheduler(random: Random): object {
  if (random.chance(0.5)) return { kind: "simple" }
  return {
    kind: "backoff",
    matchLimit: random.pick([1, 1, 2, 2, 3, 4, 6, 10, 20, random.pick([0, 40])]),
    banLength: random.pick([0, 1, 1, 2, 2, 3, 5]),
  }
}
