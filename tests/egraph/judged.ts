import type { Expectation } from "../../src/egraph/cases.js"

/** What of an expectation is not left open. */
export function judged(expectation: Expectation): object {
  return Object.fromEntries(Object.entries(expectation).filter(([, value]) => value !== undefined))
}
