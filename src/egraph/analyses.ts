// The analyses of assembly/egraph/analyses/: which number each has, and what an operator is to it.

export type AnalysisName = "constant-fold" | "boolean-fold" | "lambda"

/** What the engine is told of an operator: its kind, and words or a number that its payload points at. */
export interface OperatorWords {
  readonly kind: number
  readonly payload: readonly number[]
  readonly value?: number
}

/** Numbers an operator that an analysis speaks of. */
export type NumberOf = (op: string, arity: number) => number

export interface Analysis {
  readonly number: number
  /** Whether a leaf that is a number is its value, however it is written. */
  readonly hasNumbers?: true
  describe(op: string, arity: number, numberOf: NumberOf): OperatorWords
}

/** The number of the relational analysis, whose operators the optimizer describes. */
export const RELATIONAL = 1

/** What guards that are not about relations take, in the order of assembly/egraph/analyses/guards.ts. */
export const GUARD_ARGUMENTS = {
  "is-not-zero": ["variable"],
  "is-const": ["variable"],
  "is-sym": ["variable"],
  "is-const-or-distinct-var": ["variable", "variable"],
  "not-same-class": ["variable", "variable"],
  "equal-after-adding": ["term", "term"],
} as const satisfies Record<string, readonly ("variable" | "term")[]>

export type GuardName = keyof typeof GUARD_ARGUMENTS

export const EQUAL_AFTER_ADDING = "equal-after-adding" satisfies GuardName

const FIRST_GUARD = 1000

/** Their numbers. */
export const GUARDS: ReadonlyMap<string, number> = new Map(
  Object.keys(GUARD_ARGUMENTS).map((name, i) => [name, FIRST_GUARD + i]),
)

const OTHER: OperatorWords = { kind: 0, payload: [] }
const NUMBER = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i
const INTEGER = /^-?\d+$/

export const ANALYSES: Readonly<Record<AnalysisName, Analysis>> = {
  "constant-fold": {
    number: 2,
    hasNumbers: true,
    describe: (op, arity) => {
      if (arity === 0) return isNumber(op) ? { kind: 1, payload: [], value: Number(op) } : OTHER
      return arity === 2 && isFolded(op) ? { kind: 2 + "+-*/".indexOf(op), payload: [] } : OTHER
    },
  },
  "boolean-fold": {
    number: 3,
    describe: (op, arity, numberOf) => {
      const kind = BOOLEAN[`${op}/${arity}`] ?? 0
      const payload = kind > 2 ? [numberOf("false", 0), numberOf("true", 0)] : []
      return { kind, payload }
    },
  },
  lambda: {
    number: 4,
    describe: (op, arity, numberOf) => {
      if (arity === 0 && isInteger(op)) return { kind: 1, payload: [], value: Number(op) }
      if (arity === 0 && (op === "true" || op === "false")) return { kind: 2, payload: [] }
      const kind = LAMBDA[`${op}/${arity}`] ?? 0
      const payload = kind === 7 ? [numberOf("false", 0), numberOf("true", 0)] : []
      return { kind, payload }
    },
  },
}

const BOOLEAN: Readonly<Record<string, number>> = {
  "false/0": 1,
  "true/0": 2,
  "~/1": 3,
  "&/2": 4,
  "|/2": 5,
  "->/2": 6,
}

const LAMBDA: Readonly<Record<string, number>> = {
  "var/1": 3,
  "let/3": 4,
  "lam/2": 5,
  "fix/2": 5,
  "+/2": 6,
  "=/2": 7,
}

function isFolded(op: string): boolean {
  return op.length === 1 && "+-*/".includes(op)
}

export function isNumber(text: string): boolean {
  return NUMBER.test(text)
}

function isInteger(text: string): boolean {
  return INTEGER.test(text) && Number(text) === (Number(text) | 0)
}

/** A number's shortest decimal; -0 is 0. */
export function numberText(value: number): string {
  return String(value === 0 ? 0 : value)
}
