import { isNumber, type AnalysisName } from "../analyses.js"
import { fold } from "./folding.js"

// What analyses make of facts: assembly/egraph/analyses/ in words of terms, for proofs.

/** A fact in its analysis' own words: a number, a truth value, a range, 1 or 2 for not NULL and NULL, bits of types. */
export type Fact = number | boolean | Range
export type Range = readonly [low: number, high: number]
export type Known = Readonly<Partial<Record<AnalysisName, Fact>>>

/** What is known of the child of an operator, and by what. */
export type KnownChild = (analysis: AnalysisName) => Fact | undefined

export const [NOT_NULL, NULL] = [1, 2]
export const [INTEGER, FRACTION, TRUTH, TEXT] = [1, 2, 4, 8]
const NUMBER = INTEGER | FRACTION

/** Analyses whose facts are derived; in the order in which they are asked. */
export const DERIVED = [
  ...(["constant-fold", "boolean-fold", "interval", "nullability", "type", "cardinality"] as const),
] as const satisfies AnalysisName[]
export type Derived = (typeof DERIVED)[number]

/** What of a child each reads. */
export const READS: Readonly<Record<Derived, readonly Derived[]>> = {
  "constant-fold": ["constant-fold"],
  "boolean-fold": ["boolean-fold", "interval", "nullability"],
  interval: ["interval"],
  nullability: ["nullability", "constant-fold", "interval"],
  type: ["type"],
  cardinality: ["cardinality", "constant-fold", "boolean-fold", "nullability"],
}

/** And of the same class. */
export const INFERS: Readonly<Record<Derived, readonly Derived[]>> = {
  "constant-fold": ["interval", "nullability"],
  "boolean-fold": [],
  interval: ["constant-fold", "type", "interval"],
  nullability: ["constant-fold", "boolean-fold"],
  type: ["constant-fold", "boolean-fold", "interval"],
  cardinality: [],
}

/** What an operator makes of facts of its children. */
export function make(
  analysis: Derived,
  op: string,
  children: readonly KnownChild[],
  hasNulls: boolean,
): Fact | undefined {
  const of = (each: Derived) => children.map((child) => child(each))
  switch (analysis) {
    case "constant-fold": {
      if (children.length === 0) return isNumber(op) ? Number(op) + 0 : undefined
      const value = fold("constant-fold", op, of(analysis).map(text))
      return value === undefined ? undefined : Number(value)
    }
    case "boolean-fold": {
      if (children.length === 0) return op === "true" ? true : op === "false" ? false : undefined
      const value = fold("boolean-fold", op, of(analysis).map(text))
      return value === undefined ? compared(op, children, hasNulls) : value === "true"
    }
    case "interval":
      return children.length === 0 ? rangeOfLeaf(op) : rangeOf(op, of(analysis) as Range[])
    case "nullability":
      return children.length === 0 ? nullnessOfLeaf(op) : nullnessOf(op, children)
    case "type":
      return children.length === 0 ? typeOfLeaf(op) : typeOf(op, of(analysis) as number[])
    case "cardinality":
      return rowsOf(op, children)
  }
}

function text(fact: Fact | undefined): string | undefined {
  return fact === undefined ? undefined : String(fact)
}

/** What follows of what one analysis knows of the same class; undefined for nothing. */
export function infer(
  analysis: Derived,
  from: Derived,
  known: KnownChild,
  hasNulls: boolean,
): Fact | undefined {
  const fact = known(from)
  if (fact === undefined) return undefined
  if (analysis === "nullability") return NOT_NULL
  if (analysis === "constant-fold") {
    const range = known("interval") as Range | undefined
    const isValue = !hasNulls || known("nullability") === NOT_NULL
    return range && range[0] === range[1] && isValue ? range[0] : undefined
  }
  if (analysis === "type") {
    if (from === "constant-fold") return typeOfNumber(fact as number)
    return from === "boolean-fold" ? TRUTH : NUMBER
  }
  if (analysis !== "interval") return undefined
  if (from === "constant-fold") return range([fact as number])
  const [type, own] = [known("type") as number | undefined, known("interval") as Range | undefined]
  if (!isNumeric(type)) return undefined
  if (!own) return [-Infinity, Infinity]
  return type === INTEGER ? [Math.ceil(own[0]) + 0, Math.floor(own[1]) + 0] : undefined
}

/** Both facts; undefined where they exclude each other. */
export function both(analysis: Derived, a: Fact, b: Fact): Fact | undefined {
  if (analysis === "type") return (a as number) & (b as number) || undefined
  if (analysis !== "interval" && analysis !== "cardinality") return a === b ? a : undefined
  const [[low, high], [from, to]] = [a as Range, b as Range]
  const met: Range = [Math.max(low, from), Math.min(high, to)]
  return met[0] <= met[1] ? met : undefined
}

export function isSame(a: Fact | undefined, b: Fact | undefined): boolean {
  if (!Array.isArray(a) || !Array.isArray(b)) return a === b
  return a[0] === b[0] && a[1] === b[1]
}

// ------------------------------------------------------------------------------------------- ranges

function range(ends: readonly number[]): Range | undefined {
  const [low, high] = [Math.min(...ends), Math.max(...ends)]
  return low < Infinity && high > -Infinity ? [low + 0, high + 0] : undefined
}

function rangeOfLeaf(op: string): Range | undefined {
  return isNumber(op) ? range([Number(op)]) : undefined
}

function rangeOf(op: string, ranges: readonly (Range | undefined)[]): Range | undefined {
  const [a, b] = ranges
  if (!a) return undefined
  if (ranges.length === 1) return rangeOfOne(op, a)
  if (!b || ranges.length !== 2) return undefined
  const corners = (f: (x: number, y: number) => number) =>
    range(a.flatMap((x) => b.map((y) => f(x, y))))
  switch (op) {
    case "+":
      return range([a[0] + b[0], a[1] + b[1]])
    case "-":
      return range([a[0] - b[1], a[1] - b[0]])
    case "*":
      return corners((x, y) => (x === 0 || y === 0 ? 0 : x * y))
    case "/":
      return b[0] > 0 || b[1] < 0
        ? corners((x, y) => (Math.abs(y) === Infinity ? 0 : x / y))
        : undefined
    case "min":
      return range([Math.min(a[0], b[0]), Math.min(a[1], b[1])])
    case "max":
      return range([Math.max(a[0], b[0]), Math.max(a[1], b[1])])
    default:
      return undefined
  }
}

function rangeOfOne(op: string, [low, high]: Range): Range | undefined {
  if (op === "-" || op === "neg") return range([-high, -low])
  if (op !== "abs") return undefined
  return range([
    low <= 0 && high >= 0 ? 0 : Math.min(Math.abs(low), Math.abs(high)),
    Math.max(-low, high),
  ])
}

const COMPARISONS: ReadonlySet<string> = new Set(["<", "<=", ">", ">=", "=", "<>"])

export function isComparison(op: string): boolean {
  return COMPARISONS.has(op)
}

function compared(op: string, children: readonly KnownChild[], hasNulls: boolean) {
  if (children.length !== 2 || !isComparison(op)) return undefined
  if (hasNulls && !children.every((child) => child("nullability") === NOT_NULL)) return undefined
  const [a, b] = children.map((child) => child("interval") as Range | undefined)
  return a && b && comparisonOf(op, a, b)
}

function comparisonOf(op: string, a: Range, b: Range): boolean | undefined {
  const not = (answer: boolean | undefined) => (answer === undefined ? undefined : !answer)
  if (op === "<") return a[1] < b[0] ? true : a[0] >= b[1] ? false : undefined
  if (op === ">") return comparisonOf("<", b, a)
  if (op === "<=") return not(comparisonOf("<", b, a))
  if (op === ">=") return not(comparisonOf("<", a, b))
  if (op === "<>") return not(comparisonOf("=", a, b))
  if (a[1] < b[0] || b[1] < a[0]) return false
  return a[0] === a[1] && b[0] === b[1] ? true : undefined
}

// ------------------------------------------------------------------------------- nullness and types

const STRICT: ReadonlySet<string> = new Set(
  [
    "+ - * min max < <= > >= = <>".split(" ").map((op) => `${op}/2`),
    ["-/1", "neg/1", "abs/1", "~/1", "not/1"],
  ].flat(),
)
const CONNECTIVES: ReadonlySet<string> = new Set(["&/2", "|/2", "->/2", "and/2", "or/2"])
const TESTS: ReadonlySet<string> = new Set(["is-null/1", "is-not-null/1"])

function isText(leaf: string): boolean {
  return leaf.length > 1 && leaf.startsWith("'") && leaf.endsWith("'")
}

function nullnessOfLeaf(op: string): Fact | undefined {
  if (op === "null") return NULL
  return isNumber(op) || op === "true" || op === "false" || isText(op) ? NOT_NULL : undefined
}

function nullnessOf(op: string, children: readonly KnownChild[]): Fact | undefined {
  const known = children.map((child) => child("nullability"))
  const word = `${op}/${children.length}`
  const decided = (by: number) => {
    if (known.includes(by)) return by
    return known.every((each) => each === 3 - by) ? 3 - by : undefined
  }
  if (TESTS.has(word)) return NOT_NULL
  if (STRICT.has(word)) return decided(NULL)
  if (op === "coalesce") return decided(NOT_NULL)
  if (CONNECTIVES.has(word)) return decided(NULL) === NOT_NULL ? NOT_NULL : undefined
  if (word === "if/3") return known[1] === known[2] ? known[1] : undefined
  if (word !== "//2") return undefined
  const both = decided(NULL)
  const divisor = children[1]
  return both === NOT_NULL && !(divisor && excludesZero(divisor)) ? undefined : both
}

export function excludesZero(known: KnownChild): boolean {
  const constant = known("constant-fold")
  if (constant !== undefined && constant !== 0) return true
  const own = known("interval") as Range | undefined
  return own !== undefined && (own[0] > 0 || own[1] < 0)
}

function typeOfNumber(value: number): number {
  return Math.trunc(value) === value ? INTEGER : FRACTION
}

function typeOfLeaf(op: string): Fact | undefined {
  if (isNumber(op)) return typeOfNumber(Number(op))
  if (op === "true" || op === "false") return TRUTH
  return isText(op) ? TEXT : undefined
}

function typeOf(op: string, types: readonly (number | undefined)[]): Fact | undefined {
  const word = `${op}/${types.length}`
  const joined = (from: number) => {
    let all = 0
    for (const type of types.slice(from)) {
      if (type === undefined) return undefined
      all |= type
    }
    return all
  }
  const isTruth = (types.length === 2 && isComparison(op)) || word === "~/1" || word === "not/1"
  if (isTruth || CONNECTIVES.has(word) || TESTS.has(word)) return TRUTH
  if (word === "min/2" || word === "max/2" || op === "coalesce") return joined(0)
  if (word === "if/3") return joined(1)
  const all = joined(0)
  if (!isNumeric(all)) return undefined
  if (word === "-/1" || word === "neg/1" || word === "abs/1") return all
  if (word === "//2") return NUMBER
  return ["+/2", "-/2", "*/2"].includes(word) ? (all === INTEGER ? INTEGER : NUMBER) : undefined
}

function isNumeric(type: number | undefined): type is number {
  return type !== undefined && type !== 0 && (type & ~NUMBER) === 0
}

// ---------------------------------------------------------------------------------------- cardinality

const ANY_NUMBER: Range = [0, Infinity]

function rowsOf(op: string, children: readonly KnownChild[]): Range | undefined {
  const of = (i: number) => (children[i]?.("cardinality") as Range | undefined) ?? ANY_NUMBER
  const found = rowsOfWord(`${op}/${children.length}`, of, children)
  return found && (found[0] > 0 || found[1] < Infinity) && found[0] < Infinity ? found : undefined
}

function rowsOfWord(
  word: string,
  of: (child: number) => Range,
  children: readonly KnownChild[],
): Range | undefined {
  const [[a, b], [c, d], [e, f]] = [of(0), of(1), of(2)]
  switch (word) {
    case "empty/0":
      return [0, 0]
    case "scan/2": {
      const rows = countIn(children[1])
      return rows === undefined ? undefined : [rows, rows]
    }
    case "filter/2":
      return filtered(children[0], [c, d])
    case "project/2":
    case "sort/2":
      return [c, d]
    case "cross/2":
      return [product(a, c), product(b, d)]
    case "join/3":
      return filtered(children[0], [product(c, e), product(d, f)])
    case "left-join/3":
      return [c, Math.max(d, product(d, f))]
    case "key-join/3":
      return [0, Math.min(d, product(d, f))]
    case "left-key-join/3":
      return [c, d]
    case "semi-join/3":
    case "anti-join/3":
      return [0, d]
    case "limit/2": {
      const rows = countIn(children[0])
      return rows === undefined ? [0, d] : [Math.min(rows, c), Math.min(rows, d)]
    }
    case "union-all/2":
      return [a + c, b + d]
    case "union/2":
      return [Math.min(1, a + c), b + d]
    case "distinct/1":
      return [Math.min(1, a), b]
    case "group/2":
      return [Math.min(1, c), d]
    case "aggregate/2":
      return [1, 1]
    default:
      return undefined
  }
}

function product(a: number, b: number): number {
  return a === 0 || b === 0 ? 0 : a * b
}

function countIn(known: KnownChild | undefined): number | undefined {
  const value = known?.("constant-fold")
  return typeof value === "number" && value >= 0 && Number.isInteger(value) ? value : undefined
}

/** Rows for which a predicate is TRUE. */
function filtered(predicate: KnownChild | undefined, [from, to]: Range): Range {
  const truth = predicate?.("boolean-fold")
  if (predicate?.("nullability") === NULL || truth === false) return [0, 0]
  return [truth === true ? from : 0, to]
}
