import type { AnalysisName } from "../../../src/egraph/cases.js"
import type { Assumption } from "../../../src/egraph/facts.js"
import type { Constant } from "./analyses.js"

// Ranges, nullness and types, in the plainest form: all facts of a class are one object, and made anew.

export interface NaiveFacts {
  readonly range?: readonly [number, number]
  readonly nullness?: "null" | "not-null"
  /** Letters of the types that it may have: i, f, b, t. */
  readonly types?: string
  /** Rows of a relation. */
  readonly rows?: readonly [number, number]
}

/** What is known of a child. */
export interface Known extends NaiveFacts {
  readonly constant: Constant | undefined
}

export type On = ReadonlySet<AnalysisName>

/** Facts that exclude one another. */
export class Contradictory extends Error {
  override readonly name = "Contradictory"
}

const STRICT = ["+", "-", "*", "<", "<=", ">", ">=", "=", "<>", "min", "max"].map((op) => `${op}2`)
STRICT.push("-1", "neg1", "abs1", "~1", "not1")
const TRUTHS = ["<2", "<=2", ">2", ">=2", "=2", "<>2", "~1", "not1", "is-null1", "is-not-null1"]
TRUTHS.push("&2", "|2", "->2", "and2", "or2")

export function madeOf(op: string, children: readonly Known[], on: On): NaiveFacts {
  const word = `${op}${children.length}`
  const isLeaf = children.length === 0
  const isText = /^'.*'$/.test(op) && op.length > 1
  return only(
    {
      range: () =>
        isLeaf
          ? rangeOfLeaf(op)
          : rangeOf(
              word,
              children.map((c) => c.range),
            ),
      nullness: () => (isLeaf ? nullnessOfLeaf(op, isText) : nullnessOf(op, word, children)),
      types: () =>
        isLeaf
          ? typesOfLeaf(op, isText)
          : typesOf(
              op,
              word,
              children.map((c) => c.types),
            ),
      rows: () => rowsOf(word, children),
    },
    on,
  )
}

/** Whether classes can have any of these facts. */
export function areFactsOn(on: On): boolean {
  return (["interval", "nullability", "type", "cardinality"] as const).some((each) => on.has(each))
}

function only(
  facts: { [K in keyof NaiveFacts]-?: () => NaiveFacts[K] | undefined },
  on: On,
): NaiveFacts {
  const rows = on.has("cardinality") ? facts.rows() : undefined
  const range = on.has("interval") ? facts.range() : undefined
  const nullness = on.has("nullability") ? facts.nullness() : undefined
  const types = on.has("type") ? facts.types() : undefined
  return {
    ...(rows && { rows }),
    ...(range && { range }),
    ...(nullness && { nullness }),
    ...(types && { types }),
  }
}

function numeral(text: string): number | undefined {
  return /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(text) ? Number(text) : undefined
}

// ------------------------------------------------------------------------------------------- ranges

type Range = readonly [number, number]

/** Nothing where not all of it could be finite. */
function range(ends: readonly number[]): Range | undefined {
  const [low, high] = [Math.min(...ends), Math.max(...ends)]
  if (Number.isNaN(low) || low === Infinity || high === -Infinity) return undefined
  return [low + 0, high + 0]
}

function rangeOfLeaf(op: string): Range | undefined {
  const value = numeral(op)
  return value === undefined ? undefined : range([value])
}

function rangeOf(word: string, given: readonly (Range | undefined)[]): Range | undefined {
  const [a, b] = given
  if (!a) return undefined
  if (word === "-1" || word === "neg1") return range([-a[0], -a[1]])
  if (word === "abs1") {
    const ends = a.map(Math.abs)
    return range(a[0] < 0 && a[1] > 0 ? [0, ...ends] : ends)
  }
  if (!b) return undefined
  const each = (f: (x: number, y: number) => number) =>
    range(a.flatMap((x) => b.map((y) => f(x, y))))
  switch (word) {
    case "+2":
      return range([a[0] + b[0], a[1] + b[1]])
    case "-2":
      return range([a[0] - b[1], a[1] - b[0]])
    case "*2":
      return each((x, y) => (x === 0 || y === 0 ? 0 : x * y))
    case "/2":
      return b[0] <= 0 && b[1] >= 0 ? undefined : each((x, y) => (Number.isFinite(y) ? x / y : 0))
    case "min2":
      return range([Math.min(a[0], b[0]), Math.min(a[1], b[1])])
    case "max2":
      return range([Math.max(a[0], b[0]), Math.max(a[1], b[1])])
    default:
      return undefined
  }
}

// ------------------------------------------------------------------------------- nullness and types

function nullnessOfLeaf(op: string, isText: boolean): NaiveFacts["nullness"] {
  if (op === "null") return "null"
  const isValue = numeral(op) !== undefined || op === "true" || op === "false" || isText
  return isValue ? "not-null" : undefined
}

function nullnessOf(op: string, word: string, children: readonly Known[]): NaiveFacts["nullness"] {
  const known = children.map(({ nullness }) => nullness)
  const all = (nullness: "null" | "not-null") =>
    known.every((each) => each === nullness) ? nullness : undefined
  if (word === "is-null1" || word === "is-not-null1") return "not-null"
  if (STRICT.includes(word)) return known.includes("null") ? "null" : all("not-null")
  if (word === "/2") {
    if (known.includes("null")) return "null"
    return children[1] && isNot0(children[1]) ? all("not-null") : undefined
  }
  if (op === "coalesce") return known.includes("not-null") ? "not-null" : all("null")
  if (["&2", "|2", "->2", "and2", "or2"].includes(word)) return all("not-null")
  return word === "if3" && known[1] === known[2] ? known[1] : undefined
}

export function isNot0({ constant, range: known }: Known): boolean {
  if (typeof constant === "number" && constant !== 0) return true
  return known !== undefined && (known[0] > 0 || known[1] < 0)
}

function typesOfLeaf(op: string, isText: boolean): string | undefined {
  const value = numeral(op)
  if (value !== undefined) return typeOfNumber(value)
  if (op === "true" || op === "false") return "b"
  return isText ? "t" : undefined
}

function typeOfNumber(value: number): string {
  return Math.trunc(value) === value ? "i" : "f"
}

function typesOf(op: string, word: string, given: readonly (string | undefined)[]) {
  const join = (types: readonly (string | undefined)[]) =>
    types.includes(undefined) ? undefined : lettersIn(types.join(""))
  const all = join(given)
  if (TRUTHS.includes(word)) return "b"
  if (["+2", "-2", "*2"].includes(word))
    return isNumeric(all) ? (all === "i" ? "i" : "fi") : undefined
  if (word === "/2") return isNumeric(all) ? "fi" : undefined
  if (["-1", "neg1", "abs1"].includes(word)) return isNumeric(all) ? all : undefined
  if (word === "min2" || word === "max2" || op === "coalesce") return all
  return word === "if3" ? join(given.slice(1)) : undefined
}

function lettersIn(text: string): string {
  return [...new Set(text)].sort().join("")
}

function isNumeric(types: string | undefined): boolean {
  return types !== undefined && /^[fi]+$/.test(types)
}

// --------------------------------------------------------------------------------------- the lattice

export function bothOf(a: NaiveFacts, b: NaiveFacts): NaiveFacts {
  const low = Math.max(a.range?.[0] ?? -Infinity, b.range?.[0] ?? -Infinity)
  const high = Math.min(a.range?.[1] ?? Infinity, b.range?.[1] ?? Infinity)
  const types = [...(a.types ?? b.types ?? "")].filter((type) => (b.types ?? type).includes(type))
  const nullness = a.nullness ?? b.nullness
  const least = Math.max(a.rows?.[0] ?? 0, b.rows?.[0] ?? 0)
  const most = Math.min(a.rows?.[1] ?? Infinity, b.rows?.[1] ?? Infinity)
  if (least > most) throw new Contradictory("rows")
  if (low > high) throw new Contradictory("ranges")
  if ((a.types ?? b.types) !== undefined && types.length === 0) throw new Contradictory("types")
  if (nullness !== (b.nullness ?? nullness)) throw new Contradictory("nullness")
  return {
    ...((a.rows ?? b.rows) && { rows: [least, most] }),
    ...((a.range ?? b.range) && { range: [low, high] }),
    ...(nullness && { nullness }),
    ...(types.length > 0 && { types: types.join("") }),
  }
}

export function isSame(a: NaiveFacts, b: NaiveFacts): boolean {
  return JSON.stringify(sorted(a)) === JSON.stringify(sorted(b))
}

function sorted({ range: known, nullness, types, rows }: NaiveFacts): unknown {
  return [known ?? null, nullness ?? null, types ?? null, rows ?? null]
}

/** What follows of a class from what else is known of it. */
export function inferred({ constant, range: known, types }: Known, on: On): NaiveFacts {
  const isNumber = typeof constant === "number"
  const whole =
    known && types === "i" ? ([Math.ceil(known[0]), Math.floor(known[1])] as const) : undefined
  if (whole && whole[0] > whole[1]) throw new Contradictory("no whole number")
  const typed = typesInferred(constant, known)
  return only(
    {
      range: () =>
        isNumber
          ? range([constant])
          : (whole ?? (isNumeric(types) ? [-Infinity, Infinity] : undefined)),
      nullness: () => (constant === undefined ? undefined : "not-null"),
      types: () => typed,
      rows: () => undefined,
    },
    on,
  )
}

function typesInferred(constant: Constant | undefined, known: Range | undefined) {
  if (typeof constant === "boolean") {
    if (known) throw new Contradictory("a truth value with a range")
    return "b"
  }
  return constant === undefined ? known && "fi" : typeOfNumber(constant)
}

/** The number that a class must be by its range. */
export function inferredNumber({ range: known, nullness }: NaiveFacts, on: On): number | undefined {
  if (!on.has("constant-fold") || !known || known[0] !== known[1]) return undefined
  return on.has("nullability") && nullness !== "not-null" ? undefined : known[0] + 0
}

/** What a comparison comes to by the ranges of its sides. */
export function compared(op: string, children: readonly Known[], on: On): boolean | undefined {
  const [a, b] = children.map(({ range: known, nullness }) =>
    on.has("nullability") && nullness !== "not-null" ? undefined : known,
  )
  if (!a || !b || children.length !== 2) return undefined
  const less = (x: Range, y: Range) => (x[1] < y[0] ? true : x[0] >= y[1] ? false : undefined)
  const isEqual =
    a[1] < b[0] || b[1] < a[0] ? false : a[0] === a[1] && b[0] === b[1] ? true : undefined
  const not = (truth: boolean | undefined) => (truth === undefined ? undefined : !truth)
  const answers: Readonly<Record<string, boolean | undefined>> = {
    "<": less(a, b),
    ">": less(b, a),
    "<=": not(less(b, a)),
    ">=": not(less(a, b)),
    "=": isEqual,
    "<>": not(isEqual),
  }
  return answers[op]
}

export function assumedFacts({ interval, nullability, type, cardinality }: Assumption): NaiveFacts {
  return {
    ...(cardinality && { rows: cardinality }),
    ...(interval && { range: [interval[0] + 0, interval[1] + 0] }),
    ...(nullability && { nullness: nullability }),
    ...(type && { types: lettersIn(type.map((each) => each.charAt(0)).join("")) }),
  }
}

// ------------------------------------------------------------------------------------- cardinality

/** What a relation's rows can be, from least and most of its parts: all ways of choosing them are tried. */
function rowsOf(word: string, children: readonly Known[]): readonly [number, number] | undefined {
  const ends = children.map(({ rows }) => rows ?? [0, Infinity])
  const [first, second] = children
  const number = (known: Known | undefined) => {
    const value = known?.constant
    return typeof value === "number" && value >= 0 && Number.isInteger(value) ? value : undefined
  }
  const never = first?.constant === false || first?.nullness === "null"
  const always = first?.constant === true && !never
  const times = (x: number, y: number) => (x === 0 || y === 0 ? 0 : x * y)
  const kept = (x: number) => (never ? [0] : always ? [x] : [0, x])
  const once = (x: number) => (x > 0 ? [1, x] : [0])
  const results = (x: number, y: number, z: number): readonly number[] => {
    switch (word) {
      case "empty0":
        return [0]
      case "scan2":
        return [number(second) ?? 0, number(second) ?? Infinity]
      case "filter2":
        return kept(y)
      case "project2":
      case "sort2":
      case "left-key-join3":
        return [y]
      case "cross2":
        return [times(x, y)]
      case "join3":
        return kept(times(y, z))
      case "left-join3":
        return [y, times(y, Math.max(1, z))]
      case "key-join3":
        return z === 0 ? [0] : [0, y]
      case "semi-join3":
      case "anti-join3":
        return [0, y]
      case "limit2":
        return number(first) === undefined ? [0, y] : [Math.min(number(first) ?? 0, y)]
      case "union-all2":
        return [x + y]
      case "union2":
        return once(x + y)
      case "distinct1":
        return once(x)
      case "group2":
        return once(y)
      case "aggregate2":
        return [1]
      default:
        return [0, Infinity]
    }
  }
  const [xs = [0], ys = [0], zs = [0]] = ends
  const all = xs.flatMap((x) => ys.flatMap((y) => zs.flatMap((z) => results(x, y, z))))
  const [least, most] = [Math.min(...all), Math.max(...all)]
  return (least > 0 || most < Infinity) && least < Infinity ? [least, most] : undefined
}
