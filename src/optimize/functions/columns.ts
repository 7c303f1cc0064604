import { leaf, type Term } from "../../egraph/term.js"
import { appendTag, nullId, underNull } from "../../ir/ids.js"
import type { ColumnId } from "../../ir/nodes.js"
import { columnOf, columnOperator, type Vocabulary } from "../terms.js"

// Columns of terms: what an expression mentions, what a relation shows, and one put for another.

const SUBQUERY = /^(exists$|scalar-query$|any:|all:)/

export function isSubquery(op: string): boolean {
  return SUBQUERY.test(op)
}

/** The parts of a term that are expressions over the rows: the id that a definition gives is not one. */
function read({ op, children }: Term): readonly Term[] {
  if (op === "def") return children.slice(1)
  return op === "ids" ? [] : children
}

const mentions = new WeakMap<Term, ReadonlySet<ColumnId>>()

/** Every column that an expression or a list mentions, those of its subqueries' outer references included. */
export function mentioned(term: Term, words: Vocabulary): ReadonlySet<ColumnId> {
  const known = mentions.get(term)
  if (known) return known
  const found = new Set<ColumnId>()
  const id = columnOf(term.op)
  if (id !== undefined) found.add(id)
  const bound = isSubquery(term.op) ? boundIn(term, words) : undefined
  for (const child of read(term))
    for (const inner of mentioned(child, words))
      if (!bound || !isBound(inner, bound)) found.add(inner)
  mentions.set(term, found)
  return found
}

/** The ids that something in a subquery defines or reads from a stored relation. */
function boundIn(term: Term, words: Vocabulary): Set<ColumnId> {
  const { op, children } = term
  const bound = new Set<ColumnId>(words.stored.get(op)?.columns.map(({ id }) => id))
  for (const child of children) for (const id of boundIn(child, words)) bound.add(id)
  const given = op === "def" ? children.slice(0, 1) : op === "ids" ? children : []
  for (const { op: name } of given) {
    const id = columnOf(name)
    if (id !== undefined) bound.add(id)
  }
  const tag = op === "tag" ? children[0]?.op.slice(1) : undefined
  if (tag !== undefined) for (const id of [...bound]) bound.add(appendTag(id, tag))
  return bound
}

function isBound(id: ColumnId, bound: ReadonlySet<ColumnId>): boolean {
  if (bound.has(id)) return true
  const below = underNull(id)
  return below !== undefined && isBound(below, bound)
}

/** `term` with every mentioned column that `replacement` knows replaced; ids that definitions give stay. */
export function replaceColumns(
  term: Term,
  words: Vocabulary,
  replacement: (id: ColumnId) => Term | undefined,
): Term {
  const id = columnOf(term.op)
  if (id !== undefined) return replacement(id) ?? term
  if (term.children.length === 0 || term.op === "ids") return term
  const bound = isSubquery(term.op) ? boundIn(term, words) : undefined
  const inner = bound
    ? (name: ColumnId) => (isBound(name, bound) ? undefined : replacement(name))
    : replacement
  const children = term.children.map((child, i) =>
    term.op === "def" && i === 0 ? child : replaceColumns(child, words, inner),
  )
  return children.every((child, i) => child === term.children[i]) ? term : { op: term.op, children }
}

export function columnTerm(id: ColumnId): Term {
  return leaf(columnOperator(id))
}

export interface TermDefinition {
  readonly id: ColumnId
  readonly expr: Term
}

const lists = new WeakMap<Term, readonly TermDefinition[]>()

/** The definitions of a list, in its order: id and expression. */
export function definitions(list: Term): readonly TermDefinition[] {
  const known = lists.get(list)
  if (known) return known
  const found = list.children.flatMap(({ children: [name, expr] }) => {
    const id = name && columnOf(name.op)
    return id !== undefined && expr ? [{ id, expr }] : []
  })
  lists.set(list, found)
  return found
}

/** The ids of a list `(ids @a @b …)`. */
export function idsOf(list: Term): ColumnId[] {
  return list.children.flatMap(({ op }) => columnOf(op) ?? [])
}

/** What a relation shows, from what its inputs show. */
export function shownBy(
  op: string,
  children: readonly { readonly term: () => Term; readonly shown: () => ReadonlySet<ColumnId> }[],
  words: Vocabulary,
): ReadonlySet<ColumnId> {
  const stored = words.stored.get(op)
  if (stored) return new Set(stored.columns.map(({ id }) => id))
  const shown = (i: number) => [...(children[i]?.shown() ?? [])]
  const defined = (i: number) => {
    const list = children[i]?.term()
    return list ? definitions(list).map(({ id }) => id) : []
  }
  switch (op) {
    case "join":
      return new Set(children.flatMap((_, i) => shown(i)))
    case "left":
      return new Set([...shown(1), ...shown(2).map(nullId)])
    case "full":
      return new Set([...shown(1), ...shown(2)].map(nullId))
    case "semi":
    case "anti":
      return new Set(shown(1))
    case "filter":
    case "sort":
      return new Set(shown(1))
    case "limit":
    case "candidate":
      return new Set(shown(2))
    case "compute":
    case "window":
      return new Set([...shown(1), ...defined(0)])
    case "distinct":
    case "distinct-on":
      return new Set(defined(0))
    case "tag": {
      const tag = children[0]?.term().op.slice(1) ?? ""
      return new Set(shown(1).map((id) => appendTag(id, tag)))
    }
    default:
      if (op === "agg" || op.startsWith("agg-sets:")) return new Set([...defined(0), ...defined(1)])
      if (op === "union-all" || op.startsWith("set-op:")) {
        const ids = children[0]?.term()
        return new Set(ids ? idsOf(ids) : [])
      }
      return new Set()
  }
}
