import { isDeepStrictEqual } from "node:util"
import { describe, expect, test } from "vitest"
import type { Case, CaseRule } from "../../src/egraph/cases.js"
import { rulesOf, runCase, type CaseOptions } from "../../src/egraph/run-cases.js"
import { judged } from "./judged.js"
import { shuffled } from "./naive/order.js"
import { randomCase, type RandomCase } from "./naive/random-case.js"
import { runNaive } from "./naive/run.js"
import { SEED } from "../seed.js"

// Random rules, terms, unions, schedulers and limits: the engine finds what the naive one found. A case that
// shows a fault is printed whole, to be kept in cases/conformance.json.

const CASES = Number(process.env.SMELT_RANDOM_CASES ?? 2_000)
const IN_A_TEST = 100
/** In which a case is run again before it shows a fault, as long as they look at few nodes: a minute would be 50 million. */
const ORDERS = 2_000
const MOST_LOOKS = 20_000_000
const MOST_LOOKS_AN_ORDER = 2_000_000

describe(`the engine agrees with the naive one (SMELT_SEED=${SEED} SMELT_RANDOM_CASES=${CASES})`, () => {
  const starts = Array.from({ length: Math.ceil(CASES / IN_A_TEST) }, (_, i) => i * IN_A_TEST)
  test.each(starts)(
    "from case %i",
    (start) => {
      const count = Math.min(IN_A_TEST, CASES - start)
      const faults = Array.from({ length: count }, (_, i) => faultsOf(SEED + start + i))
      expect(faults.flat()).toEqual([])
    },
    600_000,
  )
})

function faultsOf(seed: number): string[] {
  const drawn = randomCase(seed)
  const { given } = drawn
  // What comes out does not depend on the log; half of the cases go without.
  const ways: CaseOptions[] = [{ proofs: seed % 2 === 0 }, { compile: false }]
  if (given.analyses.length === 0) ways.push({ compile: "aside" })
  return ways.flatMap((way) => faultOf(seed, drawn, way))
}

function faultOf(seed: number, { given, rules, text }: RandomCase, way: CaseOptions): string[] {
  const outcome = tried(() => runCase(given, rulesOf(rules), way))
  const wanted = { ...outcome, ...judged(given.expect) }
  if (isDeepStrictEqual(outcome, wanted)) return []
  if (comesOut(given, rules, outcome)) return []
  return [
    `SMELT_SEED=${seed} SMELT_RANDOM_CASES=1 ${JSON.stringify(way)}: ${JSON.stringify(outcome)}\n${text}`,
  ]
}

/**
 * Guards and appliers look at a graph that is being changed, and which matches are fresh depends on which class is older: now and then a case depends on an order that was not
 * tried for it.
 */
function comesOut(given: Case, rules: readonly CaseRule[], outcome: object): boolean {
  const isLooking =
    given.scheduler.kind === "fresh-backoff" ||
    rules.some((rule) => rule.guards.length > 0 || ("applier" in rule && rule.applier))
  if (!isLooking) return false
  let looks = 0
  for (let i = 0; i < ORDERS && looks < MOST_LOOKS; i++) {
    let taken = MOST_LOOKS_AN_ORDER
    const found = tried(() =>
      runNaive(given, rules, {
        order: shuffled(i),
        lookLimit: MOST_LOOKS_AN_ORDER,
        onEnd: (graph) => (taken = graph.looks),
      }),
    )
    if (isDeepStrictEqual(found, outcome)) return true
    looks += taken
  }
  return false
}

function tried(run: () => object): object {
  try {
    return run()
  } catch (error) {
    return { error: String(error) }
  }
}
