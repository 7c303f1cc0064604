// The analyses of assembly/egraph/analyses/: which number each has, and what an operator is to it.

export type AnalysisName =
  "constant-fold" | "boolean-fold" | "lambda" | "interval" | "nullability" | "type" | "cardinality"

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

export const OTHER: OperatorWords = { kind: 0, payload: [] }
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
  interval: {
    number: 5,
    describe: (op, arity) => {
      if (arity === 0) return isNumber(op) ? { kind: 1, payload: [], value: Number(op) } : OTHER
      return { kind: INTERVAL[`${op}/${arity}`] ?? 0, payload: [] }
    },
  },
  nullability: {
    number: 6,
    describe: (op, arity) => {
      if (arity === 0) return { kind: op === "null" ? 2 : isLiteral(op) ? 1 : 0, payload: [] }
      const kind = op === "coalesce" ? 5 : (NULLABILITY[`${op}/${arity}`] ?? 0)
      return { kind, payload: [] }
    },
  },
  type: {
    number: 7,
    describe: (op, arity) => {
      if (arity === 0) return { kind: kindOfLeaf(op), payload: [] }
      const kind = op === "coalesce" ? 7 : (TYPE[`${op}/${arity}`] ?? 0)
      return { kind, payload: [] }
    },
  },
  cardinality: {
    number: 8,
    describe: (op, arity) => ({ kind: CARDINALITY[`${op}/${arity}`] ?? 0, payload: [] }),
  },
}

/** Analyses by name, in the order of their numbers, each once: how they are listed makes no difference. */
export function inOrder(names: readonly AnalysisName[]): AnalysisName[] {
  return [...new Set(names)].sort((a, b) => ANALYSES[a].number - ANALYSES[b].number)
}

const BOOLEAN: Readonly<Record<string, number>> = {
  "false/0": 1,
  "true/0": 2,
  "~/1": 3,
  "&/2": 4,
  "|/2": 5,
  "->/2": 6,
  "</2": 7,
  "<=/2": 8,
  ">/2": 9,
  ">=/2": 10,
  "=/2": 11,
  "<>/2": 12,
}

const LAMBDA: Readonly<Record<string, number>> = {
  "var/1": 3,
  "let/3": 4,
  "lam/2": 5,
  "fix/2": 5,
  "+/2": 6,
  "=/2": 7,
}

const INTERVAL: Readonly<Record<string, number>> = {
  "+/2": 2,
  "-/2": 3,
  "*/2": 4,
  "//2": 5,
  ...{ "-/1": 6, "neg/1": 6 },
  "abs/1": 7,
  "min/2": 8,
  "max/2": 9,
}

const ARITHMETIC = ["+/2", "-/2", "*/2"]
const SIGNED = ["-/1", "neg/1", "abs/1"]
const LEAST = ["min/2", "max/2"]
const COMPARISONS = ["</2", "<=/2", ">/2", ">=/2", "=/2", "<>/2"]
const NEGATIONS = ["~/1", "not/1"]
const CONNECTIVES = ["&/2", "|/2", "->/2", "and/2", "or/2"]
const NULL_TESTS = ["is-null/1", "is-not-null/1"]

const NULLABILITY: Readonly<Record<string, number>> = {
  ...all(NULL_TESTS, 1),
  ...all([...ARITHMETIC, ...SIGNED, ...LEAST, ...COMPARISONS, ...NEGATIONS], 3),
  "//2": 4,
  "if/3": 6,
  ...all(CONNECTIVES, 7),
}

const TYPE: Readonly<Record<string, number>> = {
  ...all([...COMPARISONS, ...NEGATIONS, ...CONNECTIVES, ...NULL_TESTS], 3),
  ...all(ARITHMETIC, 5),
  "//2": 6,
  ...all(LEAST, 7),
  "if/3": 8,
  ...all(SIGNED, 9),
}

const CARDINALITY: Readonly<Record<string, number>> = {
  "empty/0": 1,
  "scan/2": 2,
  "filter/2": 3,
  ...all(["project/2", "sort/2"], 4),
  "cross/2": 5,
  "join/3": 6,
  "left-join/3": 7,
  "key-join/3": 8,
  "left-key-join/3": 9,
  ...all(["semi-join/3", "anti-join/3"], 10),
  "limit/2": 11,
  "union-all/2": 12,
  "union/2": 13,
  "distinct/1": 14,
  "group/2": 15,
  "aggregate/2": 16,
}

function all(words: readonly string[], kind: number): Record<string, number> {
  return Object.fromEntries(words.map((word) => [word, kind]))
}

/** Number, truth value or text. */
function isLiteral(leaf: string): boolean {
  return isNumber(leaf) || leaf === "true" || leaf === "false" || isText(leaf)
}

function isText(leaf: string): boolean {
  return leaf.length > 1 && leaf.startsWith("'") && leaf.endsWith("'")
}

function kindOfLeaf(leaf: string): number {
  if (isNumber(leaf)) return Math.trunc(Number(leaf)) === Number(leaf) ? 1 : 2
  if (leaf === "true" || leaf === "false") return 3
  return isText(leaf) ? 4 : 0
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
