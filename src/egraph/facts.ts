import { some } from "../base/check.js"
import { ANALYSES, RELATIONAL, type AnalysisName } from "./analyses.js"
import { EGraphError } from "./errors.js"
import type { Term } from "./term.js"
import { readRelationFacts, type RelationFacts } from "./relation-facts.js"
import { words, type Exports } from "./wasm.js"

// What analyses know of a class, in words of the host.

/** Of which types a value can be. A number is whole, an `integer`, or a `fraction`. */
export type ValueType = "integer" | "fraction" | "boolean" | "text"

/** Facts that can be assumed. Of a value that is NULL only `nullability` says anything. */
export interface Assumption {
  /** A number from the first to the second, both included; `-Infinity` and `Infinity` are no bounds. */
  readonly interval?: readonly [low: number, high: number]
  readonly nullability?: "not-null" | "null"
  /** A relation of so many rows, at least and at most: whole numbers, and `Infinity` for no bound. */
  readonly cardinality?: readonly [least: number, most: number]
  /** It is of one of these types. */
  readonly type?: readonly ValueType[]
}

/** What is known of a class, by the analyses that are on; nothing where nothing is. */
export interface Facts extends Assumption {
  readonly "constant-fold"?: number
  readonly "boolean-fold"?: boolean
  /** Names that may be free, by their classes, and the text of the constant that it is. */
  readonly lambda?: { readonly free: readonly number[]; readonly constant?: string }
  /** Where `describe` says what operators are. */
  readonly relations?: RelationFacts
}

/** The names that facts have. */
export type FactName = AnalysisName | "relations"

const NUMBERS: readonly (readonly [FactName, number])[] = [
  ["relations", RELATIONAL],
  ...Object.entries(ANALYSES).map(([name, { number }]) => [name as AnalysisName, number] as const),
]

/** The name of an analysis by its number. */
export function factName(analysis: number): FactName {
  return some(NUMBERS.find(([, number]) => number === analysis)?.[0], "an analysis")
}

/** Facts that cannot both be true, of classes that became one. */
export interface Contradiction {
  readonly analysis: FactName
  readonly facts: readonly [ContradictingFact, ContradictingFact]
  /** Unions of the log when they met: the last of them brought them together, if none of the two is of the other's class. */
  readonly unions: number
}

export interface ContradictingFact {
  readonly fact: Facts[FactName]
  /** A row that the analysis makes the fact of; where several rows did together, the oldest of the class. */
  readonly row: number
  readonly term: Term
}

const TYPES: readonly ValueType[] = ["integer", "fraction", "boolean", "text"]
const NULLNESS = [undefined, "not-null", "null"] as const

/** How facts are read: words of memory, and names of operators. */
export interface FactReader {
  readonly exports: Exports
  opName(op: number): string
  find(row: number): number
}

/** The fact that a word of an analysis stands for (assembly/egraph/analyses/); undefined for nothing. */
export function readFact(analysis: FactName, word: number, reader: FactReader): Facts[FactName] {
  if (word === 0) return undefined
  const { exports } = reader
  switch (analysis) {
    case "relations":
      return readRelationFacts(exports, word)
    case "constant-fold":
      return Number(reader.opName(word - 1))
    case "boolean-fold":
      return reader.opName(word - 1) === "true"
    case "interval":
    case "cardinality": {
      // Behind the block's length the two are not aligned.
      const [a = 0, b = 0, c = 0, d = 0] = words(exports, word + 4, 4)
      const pair = new Float64Array(new Uint32Array([a, b, c, d]).buffer)
      return [pair[0] ?? NaN, pair[1] ?? NaN]
    }
    case "nullability":
      return NULLNESS[word]
    case "type":
      return TYPES.filter((_, i) => (word & (1 << i)) !== 0)
    case "lambda": {
      const [free = 0, constant = 0] = words(exports, word + 4, 2)
      const [count = 0] = free === 0 ? [] : words(exports, free, 1)
      const names = [...words(exports, free + 4, count)].map((name) => reader.find(name))
      return { free: names, ...(constant !== 0 && { constant: reader.opName(constant - 1) }) }
    }
  }
}

/** Tells the engine an assumption. Refuses what is no fact, or of an analysis that is off. */
export function assume(
  row: number,
  assumption: Assumption,
  on: readonly AnalysisName[],
  exports: Exports,
): void {
  const told = Object.entries(assumption).map(([name, value]: [string, unknown]) => {
    if (!Object.hasOwn(WANTED, name))
      throw new EGraphError(
        "bad-option",
        `a fact of ${Object.keys(WANTED).join(", ")} can be assumed, found ${name}`,
      )
    if (!on.includes(name as AnalysisName))
      throw new EGraphError(
        "unknown-analysis",
        `the analysis ${name} is not on: analyses: ["${name}"] is needed`,
      )
    const tell = TELLERS[name as keyof Assumption](value)
    if (tell) return tell
    throw new EGraphError("bad-option", `${name}: ${WANTED[name as keyof Assumption]} is wanted`)
  })
  for (const tell of told) tell(row, exports)
}

const WANTED: Readonly<Record<keyof Assumption, string>> = {
  interval: "[low, high], two numbers in their order,",
  nullability: '"not-null" or "null"',
  cardinality: "[least, most], whole numbers from 0 on in their order,",
  type: `a list of ${TYPES.join(", ")}`,
}

type Teller = (row: number, exports: Exports) => void

/** How a fact is told; undefined where it is none. */
const TELLERS: Readonly<Record<keyof Assumption, (value: unknown) => Teller | undefined>> = {
  interval: (value) => {
    const [low, high]: unknown[] = Array.isArray(value) && value.length === 2 ? value : []
    if (typeof low !== "number" || typeof high !== "number" || !(low <= high)) return undefined
    if (low === Infinity || high === -Infinity) return undefined
    return (row, exports) => exports.assumeRange(row, low, high)
  },
  cardinality: (value) => {
    const [least, most]: unknown[] = Array.isArray(value) && value.length === 2 ? value : []
    if (!isCount(least) || least === Infinity || !isCount(most) || least > most) return undefined
    return (row, exports) => exports.assumeCount(row, least, most)
  },
  nullability: (value) => {
    const word = NULLNESS.indexOf(value as "null")
    if (word <= 0) return undefined
    return (row, exports) => exports.assumeFact(ANALYSES.nullability.number, row, word)
  },
  type: (value) => {
    const types: unknown[] = Array.isArray(value) ? value : []
    const bits = types.map((type) => 1 << TYPES.indexOf(type as ValueType))
    if (types.length === 0 || !types.every((type) => TYPES.includes(type as ValueType)))
      return undefined
    const word = bits.reduce((all, each) => all | each, 0)
    return (row, exports) => exports.assumeFact(ANALYSES.type.number, row, word)
  },
}

/** How many rows there may be. */
function isCount(value: unknown): value is number {
  return value === Infinity || (Number.isInteger(value) && Number(value) >= 0)
}
