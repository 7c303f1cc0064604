import type { FactProof, Proof } from "./steps.js"
import type { Term } from "./term.js"

// Checks what analyses know of terms, for check-proof.ts: as it, by terms alone, and without what the engine or the
// prover have.

type Id = number

/** What is asked of the checker of proofs. */
export interface TermChecker {
  id(term: Term): Id
  node(id: Id): { readonly op: string; readonly children: readonly Id[] }
  isOrdered(op: string): boolean
  /** Refuses what does not lead from one to the other. */
  chain(proof: Proof, from: Id, to: Id): void
  refuse(reason: string): never
}

interface Known {
  number?: number
  truth?: boolean
  low?: number
  high?: number
  nullness?: "null" | "not-null"
  types?: ReadonlySet<string>
  /** Rows of a relation. */
  least?: number
  most?: number
}

const NUMERAL = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i
const TYPES = ["integer", "fraction", "boolean", "text"]
const NUMBERS = new Set(["integer", "fraction"])

export class FactChecker {
  private readonly held = new WeakSet<FactProof>()
  private readonly assumed = new Map<Id, Known[]>()

  constructor(
    private readonly terms: TermChecker,
    private readonly analyses: readonly string[],
    assumed: readonly (readonly [Term, object])[],
  ) {
    for (const [term, facts] of assumed) {
      const id = terms.id(term)
      const all = Object.entries(facts).map(([analysis, fact]) => this.read(analysis, fact))
      this.assumed.set(id, [...(this.assumed.get(id) ?? []), ...all])
    }
  }

  /** Facts of one term, all of them proven, taken together. */
  known(facts: readonly FactProof[], of: Id): Known {
    if (!Array.isArray(facts)) return this.terms.refuse("a list of facts is wanted")
    return facts
      .filter((fact) => this.terms.id(fact.term) === of)
      .map((fact) => this.proven(fact))
      .reduce((a, b) => this.both(a, b), {})
  }

  /** Whether facts exclude each other. */
  excludes([a, b]: readonly [FactProof, FactProof]): boolean {
    const known = [this.proven(a), this.proven(b)] as const
    return a.analysis === b.analysis
      ? !isPossible(merged(...known))
      : !isPossible(this.closed(...known))
  }

  /** A range that has no whole number, of what is one. */
  private closed(a: Known, b: Known): Known {
    const all = merged(a, b)
    return isWhole(all) ? { ...all, ...wholeRange(all) } : all
  }

  /** The fact of a proof, if it holds. */
  private proven(proof: FactProof): Known {
    const { refuse } = this.terms
    const said = this.read(proof.analysis, proof.fact)
    if (this.held.has(proof)) return said
    const id = this.terms.id(proof.term)
    const found = this.found(proof, id)
    if (!found.some((each) => says(each, said)))
      refuse(`that ${proof.analysis} says ${JSON.stringify(proof.fact)} does not follow`)
    this.held.add(proof)
    return said
  }

  /** What follows, and each fact that was assumed by itself: two may exclude each other. */
  private found({ analysis, by }: FactProof, id: Id): readonly Known[] {
    switch (by.kind) {
      case "assumed":
        return this.assumed.get(id) ?? []
      case "equal":
        if (by.fact.analysis !== analysis)
          this.terms.refuse("a fact of the same analysis is wanted")
        this.terms.chain(by.proof, id, this.terms.id(by.fact.term))
        return [this.proven(by.fact)]
      case "both":
        return [this.known(by.facts, id)]
      case "inferred":
        return [this.inferred(this.known(by.from, id))]
      case "made":
        return [this.made(analysis, id, by.children)]
      default:
        return this.terms.refuse("how a fact is known is wanted")
    }
  }

  private both(a: Known, b: Known): Known {
    const all = merged(a, b)
    return isPossible(all) ? all : this.terms.refuse("facts that exclude each other prove nothing")
  }

  private isOn(analysis: string): boolean {
    return this.analyses.includes(analysis)
  }

  private read(analysis: string, fact: unknown): Known {
    if (!this.isOn(analysis)) this.terms.refuse(`${analysis} is not on`)
    if (analysis === "constant-fold" && typeof fact === "number") return { number: fact }
    if (analysis === "boolean-fold" && typeof fact === "boolean") return { truth: fact }
    if (analysis === "nullability" && (fact === "null" || fact === "not-null"))
      return { nullness: fact }
    const list: unknown[] = Array.isArray(fact) ? fact : []
    const [low, high] = list
    if (analysis === "interval" && typeof low === "number" && typeof high === "number")
      return { low, high }
    if (analysis === "cardinality" && typeof low === "number" && typeof high === "number")
      return { least: low, most: high }
    if (
      analysis === "type" &&
      list.length > 0 &&
      list.every((each) => TYPES.includes(each as string))
    )
      return { types: new Set(list as string[]) }
    return this.terms.refuse(`${JSON.stringify(fact)} is no fact of ${analysis}`)
  }

  /** The value that a term must be: by its range, where NULL is excluded. */
  private value(known: Known): number | undefined {
    if (this.isOn("nullability") && known.nullness !== "not-null") return undefined
    return known.low === known.high ? known.low : undefined
  }

  private inferred(known: Known): Known {
    const value = known.number ?? this.value(known)
    const found: Known = value === undefined ? {} : { number: value }
    if (known.number !== undefined) {
      Object.assign(found, { low: known.number, high: known.number, nullness: "not-null" })
      found.types = new Set([Number.isInteger(known.number) ? "integer" : "fraction"])
    } else if (known.truth !== undefined) {
      found.nullness = "not-null"
      found.types = new Set(["boolean"])
    } else if (known.low !== undefined) found.types = NUMBERS
    if (known.number === undefined && isNumber(known)) {
      const { low = -Infinity, high = Infinity } = known
      Object.assign(found, isWhole(known) ? wholeRange({ low, high }) : { low, high })
    }
    return found
  }

  private made(analysis: string, id: Id, facts: readonly (readonly FactProof[])[]): Known {
    const { op, children } = this.terms.node(id)
    if (analysis === "cardinality" && op === "empty" && children.length === 0)
      return { least: 0, most: 0 }
    if (children.length === 0) return leafFacts(op)
    if (!this.terms.isOrdered(op)) this.terms.refuse("nothing is known of what has no order")
    const known = children.map((child, i) => this.known(facts[i] ?? [], child))
    const word = `${op}/${children.length}`
    const [a = {}, b = {}, c = {}] = known
    switch (analysis) {
      case "constant-fold":
        return numberOf(word, a.number, b.number)
      case "boolean-fold":
        return this.truthOf(word, a, b)
      case "interval":
        return rangeOf(word, a, b)
      case "nullability":
        return nullnessOf(op, word, known)
      case "cardinality":
        return rowsOf(word, known)
      default:
        return typesOf(op, word, known, c)
    }
  }

  private truthOf(word: string, a: Known, b: Known): Known {
    const said = (truth: boolean | undefined): Known => (truth === undefined ? {} : { truth })
    if (word === "~/1") return said(a.truth === undefined ? undefined : !a.truth)
    if (word === "&/2") return said(a.truth === false ? false : a.truth && b.truth)
    if (word === "|/2")
      return said(a.truth === true ? true : a.truth === false ? b.truth : undefined)
    if (word === "->/2") return said(a.truth === false ? true : a.truth && b.truth)
    return said(this.compared(word, a, b))
  }

  private compared(word: string, a: Known, b: Known): boolean | undefined {
    if (this.isOn("nullability") && (a.nullness !== "not-null" || b.nullness !== "not-null"))
      return undefined
    if (a.low === undefined || b.low === undefined) return undefined
    const [low, high, from, to] = [a.low, a.high ?? NaN, b.low, b.high ?? NaN]
    switch (word) {
      case "</2":
        return high < from ? true : low >= to ? false : undefined
      case ">=/2":
        return low >= to ? true : high < from ? false : undefined
      case ">/2":
        return low > to ? true : high <= from ? false : undefined
      case "<=/2":
        return high <= from ? true : low > to ? false : undefined
      case "=/2":
      case "<>/2": {
        const apart = high < from || to < low
        const same = low === high && from === to && low === from
        return apart || same ? apart === (word === "<>/2") : undefined
      }
      default:
        return undefined
    }
  }

  /** Whether a guard holds by what is proven of its arguments. */
  guard(name: string, facts: readonly FactProof[], args: readonly Id[]): boolean {
    const [a = {}, b = {}] = args.map((arg) => this.known(facts, arg))
    const { low = -Infinity, high = Infinity } = a
    const within = (types: readonly string[]) =>
      a.types !== undefined && [...a.types].every((type) => types.includes(type))
    switch (name) {
      case "excludes-zero":
        return low > 0 || high < 0 || (a.number !== undefined && a.number !== 0)
      case "is-positive":
        return low > 0
      case "is-non-negative":
        return low >= 0
      case "is-negative":
        return high < 0
      case "is-non-positive":
        return high <= 0
      case "is-less":
        return a.high !== undefined && b.low !== undefined && a.high < b.low
      case "is-at-most":
        return a.high !== undefined && b.low !== undefined && a.high <= b.low
      case "is-not-null":
        return a.nullness === "not-null"
      case "is-null":
        return a.nullness === "null"
      case "is-integer":
        return within(["integer"])
      case "is-number":
        return within(["integer", "fraction"])
      case "is-boolean":
        return within(["boolean"])
      case "is-text":
        return within(["text"])
      case "has-no-rows":
        return a.most === 0
      case "has-rows":
        return (a.least ?? 0) >= 1
      case "has-one-row-at-most":
        return (a.most ?? Infinity) <= 1
      default:
        return false
    }
  }
}

// -------------------------------------------------------------------------------------- facts as such

function merged(a: Known, b: Known): Known {
  const low = a.low === undefined || b.low === undefined ? (a.low ?? b.low) : Math.max(a.low, b.low)
  const high =
    a.high === undefined || b.high === undefined ? (a.high ?? b.high) : Math.min(a.high, b.high)
  const types =
    a.types && b.types
      ? new Set([...a.types].filter((type) => b.types?.has(type)))
      : (a.types ?? b.types)
  const clash = <T>(x: T | undefined, y: T | undefined) =>
    x !== undefined && y !== undefined && x !== y
  const isClash =
    clash(a.number, b.number) || clash(a.truth, b.truth) || clash(a.nullness, b.nullness)
  const all: Known = {}
  const number = a.number ?? b.number
  const truth = a.truth ?? b.truth
  const nullness = a.nullness ?? b.nullness
  if (number !== undefined) all.number = number
  if (truth !== undefined) all.truth = truth
  if (nullness !== undefined) all.nullness = nullness
  if (low !== undefined) all.low = isClash ? Infinity : low
  else if (isClash) all.low = Infinity
  if (high !== undefined) all.high = isClash ? -Infinity : high
  else if (isClash) all.high = -Infinity
  if (types) all.types = types
  const least = Math.max(a.least ?? 0, b.least ?? 0)
  const most = Math.min(a.most ?? Infinity, b.most ?? Infinity)
  return a.least === undefined && b.least === undefined ? all : { ...all, least, most }
}

function isPossible({ low = -Infinity, high = Infinity, types, least = 0, most }: Known): boolean {
  return low <= high && types?.size !== 0 && least <= (most ?? Infinity)
}

/** Whether one says all that the other does. */
function says(all: Known, some: Known): boolean {
  const covers = (key: "number" | "truth" | "nullness") =>
    some[key] === undefined || Object.is(all[key], some[key]) || all[key] === some[key]
  if (!covers("number") || !covers("truth") || !covers("nullness")) return false
  if (
    some.low !== undefined &&
    !((all.low ?? NaN) >= some.low && (all.high ?? NaN) <= (some.high ?? NaN))
  )
    return false
  if (some.least !== undefined && !((all.least ?? NaN) >= some.least)) return false
  if (some.most !== undefined && !((all.most ?? NaN) <= some.most)) return false
  return (
    !some.types ||
    (all.types !== undefined && [...all.types].every((type) => some.types?.has(type)))
  )
}

function isNumber({ types }: Known): boolean {
  return types !== undefined && types.size > 0 && [...types].every((type) => NUMBERS.has(type))
}

function isWhole({ types }: Known): boolean {
  return types?.size === 1 && types.has("integer")
}

function wholeRange({ low = -Infinity, high = Infinity }: Known): Known {
  return { low: Math.ceil(low), high: Math.floor(high) }
}

function bounds(low: number, high: number): Known {
  return low <= high && low < Infinity && high > -Infinity ? { low: low + 0, high: high + 0 } : {}
}

// ------------------------------------------------------------------------------------ what is made of them

function leafFacts(op: string): Known {
  if (op === "null") return { nullness: "null" }
  if (op === "true" || op === "false")
    return { truth: op === "true", nullness: "not-null", types: new Set(["boolean"]) }
  if (/^'.*'$/s.test(op) && op.length > 1) return { nullness: "not-null", types: new Set(["text"]) }
  if (!NUMERAL.test(op)) return {}
  const value = Number(op) + 0
  const type = Math.floor(value) === value ? "integer" : "fraction"
  return { number: value, ...bounds(value, value), nullness: "not-null", types: new Set([type]) }
}

function numberOf(word: string, a: number | undefined, b: number | undefined): Known {
  if (a === undefined || b === undefined) return {}
  const results: Readonly<Record<string, number>> = {
    "+/2": a + b,
    "-/2": a - b,
    "*/2": a * b,
    "//2": b === 0 ? NaN : a / b,
  }
  const value = results[word] ?? NaN
  return Number.isFinite(value) ? { number: value + 0 } : {}
}

function rangeOf(word: string, a: Known, b: Known): Known {
  const { low, high } = a
  if (low === undefined || high === undefined) return {}
  if (word === "-/1" || word === "neg/1") return bounds(-high, -low)
  if (word === "abs/1")
    return bounds(low > 0 ? low : high < 0 ? -high : 0, Math.max(Math.abs(low), Math.abs(high)))
  if (b.low === undefined || b.high === undefined) return {}
  const [from, to] = [b.low, b.high]
  const ends = (all: readonly number[]) => bounds(Math.min(...all), Math.max(...all))
  const times = (x: number, y: number) => (x === 0 || y === 0 ? 0 : x * y)
  const over = (x: number, y: number) => (Number.isFinite(y) ? x / y : 0)
  switch (word) {
    case "+/2":
      return bounds(low + from, high + to)
    case "-/2":
      return bounds(low - to, high - from)
    case "*/2":
      return ends([times(low, from), times(low, to), times(high, from), times(high, to)])
    case "//2":
      if (from <= 0 && to >= 0) return {}
      return ends([over(low, from), over(low, to), over(high, from), over(high, to)])
    case "min/2":
      return bounds(Math.min(low, from), Math.min(high, to))
    case "max/2":
      return bounds(Math.max(low, from), Math.max(high, to))
    default:
      return {}
  }
}

const WITH_NULL = words(
  "+/2 -/2 */2 //2 min/2 max/2 -/1 neg/1 abs/1 </2 <=/2 >/2 >=/2 =/2 <>/2 ~/1 not/1",
)
const LOGIC = words("&/2 |/2 ->/2 and/2 or/2")
const TRUTHS = words(
  "</2 <=/2 >/2 >=/2 =/2 <>/2 ~/1 not/1 &/2 |/2 ->/2 and/2 or/2 is-null/1 is-not-null/1",
)

function words(text: string): ReadonlySet<string> {
  return new Set(text.split(" "))
}

function nullnessOf(op: string, word: string, known: readonly Known[]): Known {
  const are = (nullness: "null" | "not-null") => known.every((each) => each.nullness === nullness)
  const has = (nullness: "null" | "not-null") => known.some((each) => each.nullness === nullness)
  if (word === "is-null/1" || word === "is-not-null/1") return { nullness: "not-null" }
  if (op === "coalesce") {
    if (has("not-null")) return { nullness: "not-null" }
    return are("null") ? { nullness: "null" } : {}
  }
  if (LOGIC.has(word)) return are("not-null") ? { nullness: "not-null" } : {}
  if (word === "if/3") {
    const [, then, otherwise] = known
    return then?.nullness && then.nullness === otherwise?.nullness
      ? { nullness: then.nullness }
      : {}
  }
  if (!WITH_NULL.has(word)) return {}
  if (has("null")) return { nullness: "null" }
  const { number, low = -Infinity, high = Infinity } = known[1] ?? {}
  const isDefined = word !== "//2" || low > 0 || high < 0 || (number !== undefined && number !== 0)
  return are("not-null") && isDefined ? { nullness: "not-null" } : {}
}

function typesOf(op: string, word: string, known: readonly Known[], third: Known): Known {
  if (TRUTHS.has(word)) return { types: new Set(["boolean"]) }
  const joined = (of: readonly Known[]): Known =>
    of.every(({ types }) => types)
      ? { types: new Set(of.flatMap(({ types }) => [...(types ?? [])])) }
      : {}
  if (op === "coalesce" || word === "min/2" || word === "max/2") return joined(known)
  if (word === "if/3") return joined([known[1] ?? {}, third])
  const all = joined(known)
  if (!isNumber(all)) return {}
  if (word === "-/1" || word === "neg/1" || word === "abs/1") return all
  if (word === "//2") return { types: NUMBERS }
  if (word !== "+/2" && word !== "-/2" && word !== "*/2") return {}
  return isWhole(all) ? all : { types: NUMBERS }
}

/** Rows of a relation, by what is known of its arguments. */
function rowsOf(word: string, known: readonly Known[]): Known {
  const [a = {}, b = {}, c = {}] = known
  const least = ({ least = 0 }: Known) => least
  const most = ({ most = Infinity }: Known) => most
  const times = (x: number, y: number) => (x === 0 || y === 0 ? 0 : x * y)
  const rows = (from: number, to: number): Known => ({ least: from, most: to })
  const passing = (from: number, to: number) => {
    if (a.truth === false || a.nullness === "null") return rows(0, 0)
    return rows(a.truth ? from : 0, to)
  }
  const counted = ({ number = -1 }: Known) =>
    Number.isInteger(number) && number >= 0 ? number : undefined
  const some = (from: number) => (from > 0 ? 1 : 0)
  switch (word) {
    case "scan/2":
      return counted(b) === undefined ? {} : rows(counted(b) ?? 0, counted(b) ?? 0)
    case "filter/2":
      return passing(least(b), most(b))
    case "project/2":
    case "sort/2":
    case "left-key-join/3":
      return rows(least(b), most(b))
    case "cross/2":
      return rows(times(least(a), least(b)), times(most(a), most(b)))
    case "join/3":
      return passing(times(least(b), least(c)), times(most(b), most(c)))
    case "left-join/3":
      return rows(least(b), times(most(b), Math.max(1, most(c))))
    case "key-join/3":
      return rows(0, most(c) === 0 ? 0 : most(b))
    case "semi-join/3":
    case "anti-join/3":
      return rows(0, most(b))
    case "limit/2": {
      const limit = counted(a)
      if (limit === undefined) return rows(0, most(b))
      return rows(Math.min(limit, least(b)), Math.min(limit, most(b)))
    }
    case "union-all/2":
      return rows(least(a) + least(b), most(a) + most(b))
    case "union/2":
      return rows(some(least(a) + least(b)), most(a) + most(b))
    case "distinct/1":
      return rows(some(least(a)), most(a))
    case "group/2":
      return rows(some(least(b)), most(b))
    case "aggregate/2":
      return rows(1, 1)
    default:
      return {}
  }
}
