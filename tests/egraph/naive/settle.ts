import { isDeepStrictEqual } from "node:util"
import type { Case, CaseRule, Outcome } from "../../../src/egraph/cases.js"
import { OLDEST_FIRST, shuffled, STRAIGHT, YOUNGEST_FIRST, type Order } from "./order.js"
import { runNaive, type NaiveOptions } from "./run.js"

/** What a case comes to if the order of matches and unions does not matter, else undefined. */
export function settle(
  given: Case,
  rules: readonly CaseRule[],
  seeds: readonly number[],
  options: NaiveOptions = {},
): Outcome | undefined {
  const outcome = runNaive(given, rules, { ...options, order: STRAIGHT })
  const isSame = (order: Order) =>
    isDeepStrictEqual(runNaive(given, rules, { ...options, order }), outcome)
  const orders = [OLDEST_FIRST, YOUNGEST_FIRST, ...seeds.map(shuffled)]
  return orders.every(isSame) ? outcome : undefined
}
