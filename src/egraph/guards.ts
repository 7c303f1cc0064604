import type { AnalysisName } from "./analyses.js"

// Guards that are not about relations: what they take, and which analyses they ask. In the order of
// assembly/egraph/analyses/guards.ts.

interface GuardForm {
  readonly takes: readonly ("variable" | "term")[]
  /** Without one of these it would never hold. */
  readonly asks?: readonly AnalysisName[]
}

const RANGE = ["interval"] as const
const ONE = ["variable"] as const
const TWO = ["variable", "variable"] as const

const FORMS = {
  "is-not-zero": { takes: ONE },
  "is-const": { takes: ONE },
  "is-sym": { takes: ONE },
  "is-const-or-distinct-var": { takes: TWO },
  "not-same-class": { takes: TWO },
  "equal-after-adding": { takes: ["term", "term"] },
  "excludes-zero": { takes: ONE, asks: ["interval", "constant-fold"] },
  "is-positive": { takes: ONE, asks: RANGE },
  "is-non-negative": { takes: ONE, asks: RANGE },
  "is-negative": { takes: ONE, asks: RANGE },
  "is-non-positive": { takes: ONE, asks: RANGE },
  "is-less": { takes: TWO, asks: RANGE },
  "is-at-most": { takes: TWO, asks: RANGE },
  "is-not-null": { takes: ONE, asks: ["nullability"] },
  "is-null": { takes: ONE, asks: ["nullability"] },
  "is-integer": { takes: ONE, asks: ["type"] },
  "is-number": { takes: ONE, asks: ["type"] },
  "is-boolean": { takes: ONE, asks: ["type"] },
  "is-text": { takes: ONE, asks: ["type"] },
  "has-no-rows": { takes: ONE, asks: ["cardinality"] },
  "has-rows": { takes: ONE, asks: ["cardinality"] },
  "has-one-row-at-most": { takes: ONE, asks: ["cardinality"] },
} as const satisfies Record<string, GuardForm>

export type GuardName = keyof typeof FORMS

export const GUARD_FORMS: Readonly<Record<GuardName, GuardForm>> = FORMS

export const GUARD_NAMES = Object.keys(FORMS) as GuardName[]

export const EQUAL_AFTER_ADDING = "equal-after-adding" satisfies GuardName

const FIRST_GUARD = 1000

/** Their numbers. */
export const GUARDS: ReadonlyMap<string, number> = new Map(
  GUARD_NAMES.map((name, i) => [name, FIRST_GUARD + i]),
)

const forms = new Map<string, GuardForm>(Object.entries(FORMS))

/** What a guard of this name is like; undefined where it is another's. */
export function formOf(guard: string): GuardForm | undefined {
  return forms.get(guard)
}
