import { ColumnWord, Kind, Trait } from "../../assembly/egraph/relational/kinds.js"
import { some } from "../base/check.js"
import { showTerm, type Term } from "../egraph/index.js"
import { byConstant, lookupFunction } from "../functions/index.js"
import { parseType } from "../types/parse-type.js"
import { BOOLEAN, unknown, type SqlType } from "../types/type.js"
import {
  calledFunction,
  castOf,
  columnInfo,
  columnOf,
  describe,
  MERGED,
  type Vocabulary,
} from "./terms.js"

// What a scalar's own term says, outside of any graph.

const types = new WeakMap<Term, SqlType>()

/** The type of a scalar or an aggregate call. */
export function typeOf(term: Term, words: Vocabulary): SqlType {
  const known = types.get(term)
  if (known) return known
  const type = findType(term, words)
  types.set(term, type)
  return type
}

function findType(term: Term, words: Vocabulary): SqlType {
  const { op, children } = term
  const id = columnOf(op)
  if (id !== undefined) return columnInfo(words, id)?.type ?? unknown(`column ${id}`)
  if (op === "true" || op === "false" || op === "exists" || /^(any|all):/.test(op)) return BOOLEAN
  const named =
    castOf(op)?.to ??
    /^(?:(?:lit|null):([^:]+)|argument:\d+:\d+:(.*)$)/s.exec(op)?.slice(1).find(Boolean)
  if (named !== undefined) return parseType(named) ?? unknown(named)
  const [first, second] = children
  if (first && op.startsWith("lambda:")) return typeOf(first, words)
  if (op === "case" && second) return typeOf(second, words)
  if (op === "scalar-query" && second) return typeOf(second, words)
  if (first && (op === "where" || op === "distinct-arg" || op === "ordered"))
    return typeOf(first, words)
  const merged = MERGED.get(op)
  if (merged) return merged
  const args = children.map((child) => typeOf(child, words))
  const info = lookupFunction(calledFunction(op))
  const type = info?.resultType(args)
  return type ? byConstant(info?.name ?? "", type, children.map(constantOf)) : unknown(op)
}

/** The text of a literal. */
function constantOf({ op }: Term): string | undefined {
  return /^lit:[^:]*:(.*)$/s.exec(op)?.[1]
}

/**
 * Whether a scalar is NULL in no row, by what the expression itself and the types of its columns say. A
 * declared NOT NULL does not count: what is decided here leaves no witness.
 */
export function isNeverNull(term: Term, words: Vocabulary): boolean {
  const { kind, payload } = describe(words, term.op)
  const all = () => term.children.every((child) => isNeverNull(child, words))
  switch (kind) {
    case Kind.Column:
      return payload[ColumnWord.NotNull] === 1
    case Kind.Literal:
      return !term.op.startsWith("param:")
    case Kind.And:
    case Kind.Or:
    case Kind.Not:
      return all()
    case Kind.IsNull:
      return true
    case Kind.Query:
      return term.op === "exists"
    case Kind.Call:
      return callIsNeverNull(payload[0] ?? 0, term, words, all)
    case Kind.Aggregate:
      return ((payload[0] ?? 0) & Trait.NeverNull) !== 0
    case Kind.DistinctArg:
    case Kind.Where:
    case Kind.Ordered:
      return isNeverNull(called(term), words)
    default:
      return term.op === "over" && isNeverNull(called(term), words)
  }
}

/** What a call with FILTER, DISTINCT, an order or a window calls. */
function called({ op, children: [call] }: Term): Term {
  return some(call, `a call in ${op}`)
}

function callIsNeverNull(traits: number, term: Term, words: Vocabulary, all: () => boolean) {
  if (traits & Trait.NeverNull) return true
  if (traits & Trait.Nullable) return false
  if (traits & Trait.NullIfAll) return term.children.some((child) => isNeverNull(child, words))
  return all()
}

/** The same arguments give the same value, in every row and run. */
export function isDeterministic({ op, children }: Term, words: Vocabulary): boolean {
  const { kind, payload } = describe(words, op)
  const volatile =
    (kind === Kind.Call || kind === Kind.Aggregate) && (payload[0] ?? 0) & Trait.Volatile
  return !volatile && children.every((child) => isDeterministic(child, words))
}

/** Children of these are not computed of every row. */
/**
 * Whether an expression may tell equal values of its columns apart: -0.0 and 0.0, a month and 30 days. As the
 * engine has it (Flag.Tells in assembly/egraph/relational/records.ts).
 */
export function tellsApart(term: Term, words: Vocabulary): boolean {
  return likeness(term, words).tells
}

interface Likeness {
  /** Equal values of it may look different. */
  readonly alike: boolean
  readonly tells: boolean
}

function likeness({ op, children }: Term, words: Vocabulary): Likeness {
  const { kind, payload } = describe(words, op)
  if (kind === Kind.Column) return { alike: payload[ColumnWord.Alike] === 1, tells: false }
  const own = children.map((child) => likeness(child, words))
  const alike = own.some((child) => child.alike)
  const tells = own.some((child) => child.tells)
  if (kind !== Kind.Call && kind !== Kind.Aggregate)
    return { alike: alike && !TRUTHS.has(kind), tells }
  const traits = payload[0] ?? 0
  return {
    alike: alike && (traits & Trait.Exact) === 0,
    tells: tells || (alike && (traits & Trait.Respects) === 0),
  }
}

const TRUTHS = new Set<Kind>([Kind.And, Kind.Or, Kind.Not, Kind.IsNull])

const CONDITIONAL = new Set(["case", "coalesce", "ifnull", "and", "or", "where"])

const raising = { possible: new WeakMap<Term, Calls>(), certain: new WeakMap<Term, Calls>() }

type Calls = ReadonlySet<string>
const NO_CALLS: Calls = new Set()

/** The calls in an expression that may raise an error, as text; with `certain` only those that every row computes. */
export function raisingIn(term: Term, words: Vocabulary, which: "possible" | "certain"): Calls {
  const known = raising[which].get(term)
  if (known) return known
  const { kind, payload } = describe(words, term.op)
  const raises = kind === Kind.Query || (kind === Kind.Call && (payload[0] ?? 0) & Trait.MayRaise)
  const isCut = which === "certain" && CONDITIONAL.has(term.op)
  const below = isCut ? [] : term.children.map((child) => raisingIn(child, words, which))
  const own = raises ? [showTerm(term)] : []
  const all =
    below.every(({ size }) => size === 0) && !raises
      ? NO_CALLS
      : new Set([...own, ...below.flatMap((calls) => [...calls])])
  raising[which].set(term, all)
  return all
}
