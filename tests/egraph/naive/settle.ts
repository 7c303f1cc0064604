import { isDeepStrictEqual } from "node:util"
import type { Case, CaseRule, Outcome } from "../../../src/egraph/cases.js"
import { shuffled, STRAIGHT } from "./order.js"
import { runNaive, type NaiveOptions } from "./run.js"

/** What a case comes to if the order of matches and unions does not matter, else undefined. */
export function settle(
  given: Case,
  rules: readonly CaseRule[],
  seeds: readonly number[],
  options: NaiveOptions = {},
): Outcome | undefined {
  const outcome = runNaive(given, rules, { ...options, order: STRAIGHT })
  const isSame = (seed: number) =>
    isDeepStrictEqual(runNaive(given, rules, { ...options, order: shuffled(seed) }), outcome)
  return seeds.every(isSame) ? outcome : undefined
}
