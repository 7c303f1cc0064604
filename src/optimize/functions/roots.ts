import { leaf, showTerm, type Term } from "../../egraph/term.js"
import { lookupFunction } from "../../functions/index.js"
import type { ColumnId } from "../../ir/nodes.js"
import { isFloat, isInteger } from "../../types/coercion.js"
import type { SqlType } from "../../types/type.js"
import { raisingIn, tellsApart, typeOf } from "../scalar-facts.js"
import { calledFunction, columnOperator, SUM_64, type Vocabulary } from "../terms.js"
import { columnTerm, definitions, isSubquery, mentioned } from "./columns.js"

// Aggregates from an aggregate of a finer grain: the root (see rules/sharing.rules).

/** What an aggregate needs of a root: aggregates that are its parts, expressions that are among its keys. */
export interface Needs {
  readonly parts: readonly Term[]
  readonly keys: readonly Term[]
}

/** The root as a rule sees it: keys, aggregates, and the columns of what it groups. */
export interface Root {
  readonly keys: Term
  readonly aggregates: Term
  readonly shown: ReadonlySet<ColumnId>
}

/** How an aggregate follows from its parts, exactly; undefined where it does not. */
interface Merge {
  readonly parts: readonly Term[]
  readonly call: (parts: readonly Term[], keyless: boolean) => Term
}

/** What a root must have for `call`; undefined if no root serves. */
export function needsOf(call: Term, words: Vocabulary): Needs | undefined {
  const { core, filter } = unwrap(call)
  const [merge] = mergesOf(core, words)
  if (merge) return { parts: merge.parts.map((part) => wrap(part, filter)), keys: [] }
  return ignoresRepeats(call, words) ? { parts: [], keys: argumentsOf(call) } : undefined
}

/** `expr` spoken in terms of the root's keys; undefined if it needs another column of what the root groups. */
export function over(expr: Term, root: Root, words: Vocabulary): Term | undefined {
  const keys = keysOf(root.keys)
  const written = byKeys(expr, keys)
  for (const id of mentioned(written, words))
    if (root.shown.has(id) && !keys.ids.has(id)) return undefined
  // A key of the root is one of the equal values of its group, whichever.
  return tellsApart(written, words) ? undefined : written
}

/** The keys of a root, by their text. */
interface Keys {
  readonly byText: ReadonlyMap<string, ColumnId>
  readonly ids: ReadonlySet<ColumnId>
  /** Expressions that were spoken in these keys before. */
  readonly spoken: WeakMap<Term, Term>
}

const keyLists = new WeakMap<Term, Keys>()

function keysOf(list: Term): Keys {
  const known = keyLists.get(list)
  if (known) return known
  const byText = new Map(definitions(list).map(({ id, expr }) => [showTerm(expr), id]))
  const keys = { byText, ids: new Set(byText.values()), spoken: new WeakMap<Term, Term>() }
  keyLists.set(list, keys)
  return keys
}

/** The largest subterms that are keys of the root become their columns. */
function byKeys(expr: Term, keys: Keys): Term {
  const known = keys.spoken.get(expr)
  if (known) return known
  const written = writeByKeys(expr, keys)
  keys.spoken.set(expr, written)
  return written
}

function writeByKeys(expr: Term, keys: Keys): Term {
  const id = keys.byText.get(showTerm(expr))
  if (id !== undefined) return columnTerm(id)
  if (expr.children.length === 0 || isSubquery(expr.op)) return expr
  const children = expr.children.map((child, i) =>
    expr.op === "def" && i === 0 ? child : byKeys(child, keys),
  )
  return { op: expr.op, children }
}

/**
 * The aggregates, from those of the root; undefined if one does not follow, or if the root could raise an
 * error that the aggregates themselves do not.
 */
export function rolled(
  aggregates: Term,
  keyless: boolean,
  root: Root,
  words: Vocabulary,
): Term | undefined {
  const raised = raisingIn(aggregates, words, "certain")
  if ([...raisingIn(root.aggregates, words, "possible")].some((call) => !raised.has(call)))
    return undefined
  const children = definitions(aggregates).map(({ id, expr }) => {
    const call = rolledCall(expr, keyless, root, words)
    return call && { op: "def", children: [leaf(columnOperator(id)), call] }
  })
  const all = children.flatMap((child) => child ?? [])
  return all.length === children.length ? { op: "aggs", children: all } : undefined
}

function rolledCall(call: Term, keyless: boolean, root: Root, words: Vocabulary): Term | undefined {
  const { core, filter } = unwrap(call)
  for (const merge of mergesOf(core, words)) {
    const found = partIds(merge, filter, root)
    // A filtered part has no rows in some groups, as the whole has without keys.
    if (found) return merge.call(found, keyless || filter !== undefined)
    const whole = filter && partIds(merge, undefined, root)
    const condition = whole && filter && over(filter, root, words)
    if (whole && condition) return wrap(merge.call(whole, true), condition)
  }
  return ignoresRepeats(call, words) ? over(call, root, words) : undefined
}

/** The columns of the root that hold the parts. */
function partIds(merge: Merge, filter: Term | undefined, root: Root): Term[] | undefined {
  const { byText } = keysOf(root.aggregates)
  const found = merge.parts.flatMap((part) => {
    const id = byText.get(showTerm(wrap(part, filter)))
    return id === undefined ? [] : [columnTerm(id)]
  })
  return found.length === merge.parts.length ? found : undefined
}

/** The ways in which an aggregate follows from parts, the one that a new root should have first. */
function mergesOf(core: Term, words: Vocabulary): readonly Merge[] {
  if (core.op === SUM_64)
    return [{ parts: [core], call: (parts) => ({ ...core, children: parts }) }]
  const fn = lookupFunction(calledFunction(core.op))
  const same: Merge = { parts: [core], call: (parts) => ({ op: core.op, children: parts }) }
  switch (fn?.algebra) {
    case "sum":
      return sumsOf(core, words).map((part) => ({
        parts: [part],
        call: (parts) => ({ op: "sum", children: parts }),
      }))
    case "count":
      return [
        {
          parts: [core],
          call: (parts, maybeNone) => ({
            op: maybeNone ? "merge-count-0" : "merge-count",
            children: parts,
          }),
        },
      ]
    case "min":
    case "max":
      return core.children.length === 1 ? [same] : []
    case "bool":
    case "bit":
      return [same]
    case "avg":
      return averagesOf(core, words)
    default:
      return []
  }
}

/**
 * A sum of these types stays below 2^63 in any group of less than 2^32 rows. Engines write and add BIGINT
 * several times faster than the HUGEINT that SUM of integers is.
 */
const NARROW = new Set(["TINYINT", "SMALLINT", "INTEGER", "UTINYINT", "USMALLINT"])

function sumsOf(core: Term, words: Vocabulary): readonly Term[] {
  if (isFloat(typeOf(core, words))) return []
  const [value] = core.children
  const isNarrow = core.op === "sum" && value && isNarrowInteger(typeOf(value, words))
  return isNarrow ? [{ ...core, op: SUM_64 }, core] : [core]
}

/** Sums of narrow types stay below 2^53 up to four million rows a group, and are divided as DOUBLE. */
function averagesOf({ children }: Term, words: Vocabulary): readonly Merge[] {
  const [value] = children
  if (!value || !isNarrowInteger(typeOf(value, words))) return []
  return sumsOf({ op: "sum", children: [value] }, words).map((sum) => ({
    parts: [sum, { op: "count", children: [value] }],
    call: (parts) => ({ op: "merge-avg", children: parts }),
  }))
}

function isNarrowInteger(type: SqlType): boolean {
  return isInteger(type) && type.kind === "scalar" && NARROW.has(type.name)
}

/** Whether the result depends only on which values there are, and not on their order. */
function ignoresRepeats(call: Term, words: Vocabulary): boolean {
  const { core } = unwrap(call)
  const isDistinct = core.op === "distinct-arg"
  const inner = isDistinct ? core.children[0] : core
  const fn = inner && lookupFunction(calledFunction(inner.op))
  if (!fn || fn.algebra === "order-dependent" || !fn.deterministic) return false
  // The n least values, min(x, n), are others where a value repeats.
  if (!isDistinct && inner.children.length > 1) return false
  if (!isDistinct) return fn.duplicateInsensitive === true && fn.algebra !== "holistic"
  const exact = inner.children.every((arg) => !isFloat(typeOf(arg, words)))
  return fn.algebra === "count" || ((fn.algebra === "sum" || fn.algebra === "avg") && exact)
}

function argumentsOf(call: Term): Term[] {
  const { core, filter } = unwrap(call)
  const inner = core.op === "distinct-arg" ? core.children[0] : core
  return [...(inner?.children ?? []), ...(filter ? [filter] : [])]
}

/** `(where call p)` as call and p. */
function unwrap(call: Term): { readonly core: Term; readonly filter: Term | undefined } {
  const [core, filter] = call.children
  return call.op === "where" && core ? { core, filter } : { core: call, filter: undefined }
}

function wrap(call: Term, filter: Term | undefined): Term {
  return filter ? { op: "where", children: [call, filter] } : call
}
