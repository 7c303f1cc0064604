import type { Term } from "../../egraph/term.js"
import type { ColumnId } from "../../ir/nodes.js"
import { sameType } from "../../types/type.js"
import { typeOf } from "../scalar-facts.js"
import { castOperator, columnInfo, type Vocabulary } from "../terms.js"
import { columnTerm, definitions, idsOf, mentioned, replaceColumns } from "./columns.js"

// Parts of conjunctions, and expressions spoken in other columns.

/** The predicates that mention only columns of `shown`; undefined if there are none. */
export function within(
  predicates: Term,
  shown: ReadonlySet<ColumnId>,
  words: Vocabulary,
): Term | undefined {
  const own = predicates.children.filter((predicate) => isWithin(predicate, shown, words))
  return own.length > 0 ? { op: "and", children: own } : undefined
}

/** The predicates that `within` leaves. */
export function beyond(predicates: Term, shown: ReadonlySet<ColumnId>, words: Vocabulary): Term {
  const others = predicates.children.filter((predicate) => !isWithin(predicate, shown, words))
  return { op: "and", children: others }
}

function isWithin(predicate: Term, shown: ReadonlySet<ColumnId>, words: Vocabulary): boolean {
  return [...mentioned(predicate, words)].every((id) => shown.has(id))
}

export function definedIds(list: Term): ReadonlySet<ColumnId> {
  return new Set(definitions(list).map(({ id }) => id))
}

/** `expr` with each id of the definitions replaced by what it stands for. */
export function below(expr: Term, list: Term, words: Vocabulary): Term {
  const meaning = new Map(definitions(list).map(({ id, expr: defined }) => [id, defined]))
  return replaceColumns(expr, words, (id) => meaning.get(id))
}

/** `expr` with c in place of null(c), for each c of `shown`. */
export function unnull(expr: Term, shown: ReadonlySet<ColumnId>, words: Vocabulary): Term {
  const plain = new Map([...shown].map((id) => [`null(${id})`, columnTerm(id)]))
  return replaceColumns(expr, words, (id) => plain.get(id))
}

/**
 * Predicates on a union's ids as those on a branch with this row: the ids stand for the branch's own
 * expressions, brought to the type that the union shows them in. Undefined where a type is not known.
 */
export function inBranch(
  predicates: Term,
  ids: Term,
  row: Term,
  words: Vocabulary,
): Term | undefined {
  const read = mentioned(predicates, words)
  const meaning = new Map<ColumnId, Term>()
  for (const [i, id] of idsOf(ids).entries()) {
    if (!read.has(id)) continue
    const expr = shownAs(row.children[i], id, words)
    if (!expr) return undefined
    meaning.set(id, expr)
  }
  return replaceColumns(predicates, words, (id) => meaning.get(id))
}

function shownAs(expr: Term | undefined, id: ColumnId, words: Vocabulary): Term | undefined {
  const to = columnInfo(words, id)?.type
  const from = expr && typeOf(expr, words)
  if (!expr || !to || !from || to.kind === "unknown" || from.kind === "unknown") return undefined
  return sameType(from, to) ? expr : { op: castOperator(from, to, false), children: [expr] }
}
