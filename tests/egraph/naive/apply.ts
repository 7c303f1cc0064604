import { some, unreachable } from "../../../src/base/check.js"
import type {
  CaptureAvoiding,
  CaseGuard,
  CaseRule,
  MultiPatternCaseRule,
  RewriteCaseRule,
} from "../../../src/egraph/cases.js"
import type { Term } from "../../../src/egraph/term.js"
import { numberOf } from "./analyses.js"
import { isNot0 } from "./facts.js"
import type { Graph } from "./graph.js"
import type { Bindings, Match } from "./match.js"

/** Applies one match to the graph as it is now. Whether the rule reports a change. */
export function apply(rule: CaseRule, match: Match, graph: Graph): boolean {
  if (!rule.guards.every((guard) => holds(guard, match.bindings, graph))) return false
  const changed =
    rule.kind === "rewrite"
      ? applyRewrite(rule, match, graph)
      : applyClauses(rule, match.bindings, graph)
  const isNew = match.top !== undefined && graph.subsume(match.top)
  return changed || isNew
}

function applyRewrite(rule: RewriteCaseRule, match: Match, graph: Graph): boolean {
  const { applier } = rule
  const made =
    applier && captures(applier, match.bindings, graph)
      ? addWithFresh(applier, match, graph)
      : addTerm(rule.right, match.bindings, graph)
  return graph.union(match.root, made)
}

function captures(applier: CaptureAvoiding, bindings: Bindings, graph: Graph): boolean {
  const name = graph.find(classOf(applier.variable, bindings))
  return graph.free(classOf(applier.inside, bindings)).has(name)
}

/** A text with a space is no word of a case file, so the leaf is nobody else's. */
function addWithFresh({ fresh, term }: CaptureAvoiding, match: Match, graph: Graph): number {
  const leaf = graph.add(`fresh ${graph.oldest(graph.find(match.root))}`, [])
  return addTerm(term, new Map([...match.bindings, [fresh, leaf]]), graph)
}

function applyClauses(rule: MultiPatternCaseRule, bindings: Bindings, graph: Graph): boolean {
  const bound = new Map(bindings)
  for (const [variable, term] of rule.right) {
    const made = addTerm(term, bound, graph)
    const known = bound.get(variable)
    if (known === undefined) bound.set(variable, made)
    else graph.union(known, made)
  }
  return true
}

export function addTerm({ op, children }: Term, bindings: Bindings, graph: Graph): number {
  if (op.startsWith("?")) return graph.find(classOf(op, bindings))
  return graph.add(
    op,
    children.map((child) => addTerm(child, bindings, graph)),
  )
}

function classOf(variable: string, bindings: Bindings): number {
  return some(bindings.get(variable), `${variable} is bound`)
}

function holds(guard: CaseGuard, bindings: Bindings, graph: Graph): boolean {
  const [a = -1, b = -1] = guard.args.map((arg) => addTerm(arg, bindings, graph))
  const { range, nullness, rows: counted, types, constant } = graph.known(a)
  switch (guard.name) {
    case "is-not-zero":
      return constant !== 0
    case "is-const":
      return constant !== undefined
    case "is-sym":
      return hasSymbol(a, graph)
    case "is-const-or-distinct-var":
      return (
        graph.find(a) !== graph.find(b) && (typeof constant === "number" || hasSymbol(a, graph))
      )
    case "not-same-class":
      return graph.find(a) !== graph.find(b)
    case "equal-after-adding":
      return graph.find(a) === graph.find(b)
    case "excludes-zero":
      return isNot0(graph.known(a))
    case "is-positive":
      return range !== undefined && range[0] > 0
    case "is-non-negative":
      return range !== undefined && range[0] >= 0
    case "is-negative":
      return range !== undefined && range[1] < 0
    case "is-non-positive":
      return range !== undefined && range[1] <= 0
    case "is-less":
      return (range?.[1] ?? Infinity) < (graph.known(b).range?.[0] ?? -Infinity)
    case "is-at-most":
      return (range?.[1] ?? NaN) <= (graph.known(b).range?.[0] ?? NaN)
    case "is-not-null":
      return nullness === "not-null"
    case "is-null":
      return nullness === "null"
    case "is-integer":
      return types === "i"
    case "is-number":
      return types === "i" || types === "f" || types === "fi"
    case "is-boolean":
      return types === "b"
    case "is-text":
      return types === "t"
    case "has-no-rows":
      return counted?.[1] === 0
    case "has-rows":
      return counted !== undefined && counted[0] > 0
    case "has-one-row-at-most":
      return counted !== undefined && counted[1] < 2
    default:
      return unreachable(guard.name)
  }
}

/** Whether the class holds a leaf that is not a number. */
function hasSymbol(id: number, graph: Graph): boolean {
  return graph.leavesOf(id).some((leaf) => numberOf(leaf) === undefined)
}
