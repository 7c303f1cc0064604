import type { CaseRule } from "../../../src/egraph/cases.js"
import type { Term } from "../../../src/egraph/term.js"
import type { Graph, Node } from "./graph.js"
import type { Match } from "./match.js"

// Which matches the scheduler of fresh matches counts.

/** Whether a node of a match was made or changed after the first `seen` iterations. The graph is rebuilt. */
export function isFresh(rule: CaseRule, match: Match, seen: number, graph: Graph): boolean {
  const clauses =
    rule.kind === "rewrite" ? [[undefined, rule.left] as const] : rule.left.map((clause) => clause)
  return clauses.some(([variable, term], i) => {
    const cls = variable === undefined ? match.root : match.bindings.get(variable)
    if (term.op.startsWith("?"))
      return i === 0 && (graph.oldestNode(cls ?? -1)?.changed ?? 0) >= seen
    const root = nodeOf(term, match, graph)
    const since = rule.kind === "rewrite" ? root.changed : Math.max(root.changed, root.joined)
    return since >= seen || term.children.some((child) => isFreshBelow(child, match, seen, graph))
  })
}

function isFreshBelow(term: Term, match: Match, seen: number, graph: Graph): boolean {
  if (term.op.startsWith("?")) return false
  const node = nodeOf(term, match, graph)
  if (Math.max(node.changed, node.joined) >= seen) return true
  return term.children.some((child) => isFreshBelow(child, match, seen, graph))
}

/** The node that a pattern without a variable at its top is under a match. */
export function nodeOf({ op, children }: Term, match: Match, graph: Graph): Node {
  const classes = children.map((child) => {
    if (child.op.startsWith("?")) return graph.find(match.bindings.get(child.op) ?? -1)
    return graph.find(nodeOf(child, match, graph).home)
  })
  const node = graph.nodeOf(op, classes)
  if (!node) throw new Error(`a match has no node of ${op}`)
  return node
}
