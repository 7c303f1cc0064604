import type { ClassId, EGraph, Term } from "../../egraph/index.js"
import type { ColumnId } from "../../ir/nodes.js"
import type { Normalizer } from "../normalize.js"
import type { Vocabulary } from "../terms.js"
import { shownBy } from "./columns.js"
import { below, beyond, definedIds, inBranch, unnull, within } from "./predicates.js"
import { over, rolled } from "./roots.js"

export { needsOf, over, type Needs } from "./roots.js"

/** The columns that a class shows. */
export type ShownColumns = (cls: ClassId, graph: EGraph) => ReadonlySet<ColumnId>

/** An argument of a declared function: a class, as its oldest term. */
interface Argument {
  readonly term: Term
  readonly shown: ReadonlySet<ColumnId>
}

type Declared = (args: readonly Argument[], words: Vocabulary) => Term | undefined

/** The pure functions that right sides of rules call (`(function NAME ARITY)`); undefined is "no". */
const DECLARED: Readonly<Record<string, Declared>> = {
  "own-part": ([p, r], words) => p && r && within(p.term, r.shown, words),
  "other-part": ([p, r], words) => p && r && beyond(p.term, r.shown, words),
  "key-part": ([p, k], words) => {
    const part = p && k && within(p.term, definedIds(k.term), words)
    return part && k && below(part, k.term, words)
  },
  "other-than": ([p, k], words) => p && k && beyond(p.term, definedIds(k.term), words),
  below: ([e, d], words) => e && d && below(e.term, d.term, words),
  "below-beside": ([e, d, l, r], words) => {
    const areApart = l && r && [...r.shown].every((id) => !l.shown.has(id))
    return e && d && areApart ? below(e.term, d.term, words) : undefined
  },
  unnull: ([e, r], words) => e && r && unnull(e.term, r.shown, words),
  over: ([e, k, r], words) =>
    e && k && r && over(e.term, { keys: k.term, aggregates: k.term, shown: r.shown }, words),
  rolled: ([a, k, l, b, r], words) =>
    a &&
    k &&
    l &&
    b &&
    r &&
    rolled(
      a.term,
      k.term.children.length === 0,
      { keys: l.term, aggregates: b.term, shown: r.shown },
      words,
    ),
}

type Built = (
  args: readonly ClassId[],
  graph: EGraph,
  words: Vocabulary,
  normal: Normalizer,
) => ClassId | undefined

/** Those whose results stand on relations: these stay the classes that they are. */
const BUILT: Readonly<Record<string, Built>> = { "filter-branches": filterBranches }

/** Each branch of a union under predicates on the union's ids. */
function filterBranches(
  [predicates = 0, ids = 0, branches = 0]: readonly ClassId[],
  graph: EGraph,
  words: Vocabulary,
  normal: Normalizer,
): ClassId | undefined {
  const term = (cls: ClassId) => graph.originalTerm(graph.find(cls))
  const filtered: ClassId[] = []
  for (const branch of graph.childrenOf(graph.find(branches))) {
    const [row = 0, input = 0] = graph.childrenOf(graph.find(branch))
    const own = inBranch(term(predicates), term(ids), term(row), words)
    if (!own) return undefined
    const filter = graph.addNode("filter", [graph.add(inNormalForm(own, normal)), input])
    filtered.push(graph.addNode("branch", [row, filter]))
  }
  return graph.addNode("branches", filtered)
}

type EngineFunction = (args: readonly ClassId[], graph: EGraph) => ClassId | undefined

/**
 * The declared functions as the engine calls them. Every result is brought to normal form, so that
 * a scalar that a function makes is in normal form like any other.
 */
export function declaredFunctions(
  words: Vocabulary,
  normal: Normalizer,
  shown: ShownColumns = shownColumns(words),
): Record<string, EngineFunction> {
  const written = Object.entries(DECLARED).map(([name, declared]): [string, EngineFunction] => [
    name,
    (args, graph) => {
      const made = declared(
        args.map((cls) => argument(cls, graph, shown)),
        words,
      )
      return made && graph.add(inNormalForm(made, normal))
    },
  ])
  const built = Object.entries(BUILT).map(([name, build]): [string, EngineFunction] => [
    name,
    (args, graph) => build(args, graph, words, normal),
  ])
  return Object.fromEntries([...written, ...built])
}

/** The functions give lists: a conjunction among them is one of predicates, also around a single one. */
function inNormalForm(made: Term, normal: Normalizer): Term {
  return made.op === "and" ? normal.predicates(made.children) : normal.scalar(made)
}

/** Both sides are made when they are asked for: a relation's term may be large. */
function argument(cls: ClassId, graph: EGraph, shown: ShownColumns): Argument {
  return {
    get term() {
      return graph.originalTerm(graph.find(cls))
    },
    get shown() {
      return shown(cls, graph)
    },
  }
}

/** The columns of a class, by its oldest row, whose children are older still. */
export function shownColumns(words: Vocabulary): ShownColumns {
  const known = new Map<number, ReadonlySet<ColumnId>>()
  return function shown(cls: ClassId, graph: EGraph): ReadonlySet<ColumnId> {
    const row = graph.find(cls)
    const found = known.get(row)
    if (found) return found
    const children = graph.childrenOf(row).map((child) => ({
      term: () => graph.originalTerm(child),
      shown: () => shown(child, graph),
    }))
    const made = shownBy(graph.opOf(row), children, words)
    known.set(row, made)
    return made
  }
}
