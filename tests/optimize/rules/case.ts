import type { Rule } from "../../../src/egraph/index.js"
import type { Out } from "../../../src/ir/nodes.js"
import { guardText } from "./fire.js"

/** A plan in which a rule fires. */
export interface Plan {
  /** CREATE TABLE statements. */
  readonly schema?: string
  readonly query: string
  /** An aggregate of a table that is proposed as a root. */
  readonly finer?: string
  /** What no query says: made of the plan of the query. */
  readonly shape?: (out: Out) => Out
  /** Other rules that it takes for this one to fire. */
  readonly also?: readonly string[]
}

export interface RuleCase extends Plan {
  readonly rule: string
  /** Other plans in which it fires; with `fires: false`, in which it must not. */
  readonly more?: readonly (Partial<Plan> & { readonly fires?: boolean })[]
  readonly mutants: readonly Mutant[]
}

/**
 * A rule without one of its guards, or with a false right side, and a plan on which it must be refuted:
 * - `rows`: some database gives other rows
 * - `error`: on some database the right side fails and the left does not
 * - `draws`: on some database the two do not give the same rows as often
 * - `columns`: the right side shows other columns, or speaks of some that nothing provides
 */
export type Mutant = Partial<Plan> & {
  readonly by?: "rows" | "error" | "draws" | "columns"
} & (
    | { readonly without: string }
    | { readonly right: string }
    /** Without it the rule is as true; why it stands there all the same. */
    | { readonly without: string; readonly steers: string }
  )

/** Guards without a mutant; rules without guards that have no false right side. */
export function missingMutants(
  cases: readonly RuleCase[],
  ruleOf: (name: string) => Rule,
): readonly string[] {
  return cases.flatMap(({ rule, mutants }) => {
    const without = mutants.map((mutant) => ("without" in mutant ? mutant.without : ""))
    const guards = ruleOf(rule).guards.map(guardText)
    if (guards.length === 0) return mutants.length > 0 ? [] : [`${rule}: a false right side`]
    return guards.filter((guard) => !without.includes(guard)).map((guard) => `${rule}: ${guard}`)
  })
}

export function changeOf(mutant: Mutant): string {
  if ("steers" in mutant) return `${mutant.without} steers: ${mutant.steers}`
  return "without" in mutant ? `without ${mutant.without}` : `with the right side ${mutant.right}`
}
