import { ColumnWord, Kind, Trait } from "../../assembly/egraph/relational/kinds.js"
import { showTerm, type Term } from "../egraph/index.js"
import { lookupFunction } from "../functions/index.js"
import { parseType } from "../types/parse-type.js"
import { BOOLEAN, unknown, type SqlType } from "../types/type.js"
import { calledFunction, columnInfo, columnOf, describe, MERGED, type Vocabulary } from "./terms.js"

// What a scalar's own term says, outside of any graph.

/** The type of a scalar or an aggregate call. */
export function typeOf(term: Term, words: Vocabulary): SqlType {
  const { op, children } = term
  const id = columnOf(op)
  if (id !== undefined) return columnInfo(words, id)?.type ?? unknown(`column ${id}`)
  if (op === "true" || op === "false" || op === "exists" || /^(any|all):/.test(op)) return BOOLEAN
  const named = /^(?:lit|null|cast|safe-cast|try_cast):([^:]+)/.exec(op)?.[1]
  if (named !== undefined) return parseType(named) ?? unknown(named)
  const [first, second] = children
  if (op === "case" && second) return typeOf(second, words)
  if (op === "scalar-query" && second) return typeOf(second, words)
  if (first && (op === "where" || op === "distinct-arg" || op === "ordered"))
    return typeOf(first, words)
  const merged = MERGED.get(op)
  if (merged) return merged
  const args = children.map((child) => typeOf(child, words))
  return lookupFunction(calledFunction(op))?.resultType(args) ?? unknown(op)
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
    default:
      return false
  }
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
const CONDITIONAL = new Set(["case", "coalesce", "ifnull", "and", "or", "where"])

/** The calls in an expression that may raise an error, as text; with `certain` only those that every row computes. */
export function raisingIn(
  term: Term,
  words: Vocabulary,
  certain: boolean,
  found = new Set<string>(),
): Set<string> {
  const { kind, payload } = describe(words, term.op)
  const isCall = kind === Kind.Call || kind === Kind.Aggregate
  const raises = kind === Kind.Query || (isCall && (payload[0] ?? 0) & Trait.MayRaise)
  if (raises) found.add(showTerm(term))
  if (certain && CONDITIONAL.has(term.op)) return found
  for (const child of term.children) raisingIn(child, words, certain, found)
  return found
}
