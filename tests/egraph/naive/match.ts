import type { CaseRule, Clause } from "../../../src/egraph/cases.js"
import type { Term } from "../../../src/egraph/term.js"
import type { Graph, Node } from "./graph.js"
import { nodeOf } from "./fresh.js"

/** Classes by variable. */
export type Bindings = ReadonlyMap<string, number>

export interface Match {
  readonly root: number
  readonly bindings: Bindings
  /** What a rule that subsumes does so to. */
  readonly top?: Node
}

/** A rebuilt graph, by class. */
export type Classes = ReadonlyMap<number, readonly Node[]>

const UNBOUND: Bindings = new Map()

/** Every match of a rule's left side in a rebuilt graph, each once. */
export function search(rule: CaseRule, graph: Graph, classes: Classes): Match[] {
  const found = new Map<string, Match>()
  for (const root of classes.keys())
    for (const bindings of leftSide(rule, root, graph, classes))
      // The variables of a side are bound in one order, so equal values are equal bindings.
      found.set([root, ...bindings.values()].join(" "), { root, bindings })
  const matches = [...found.values()]
  const [top] = rule.kind === "rewrite" ? [rule.left] : rule.left.map(([, term]) => term)
  if (!rule.subsume || !top) return matches
  return matches.map((match) => ({ ...match, top: nodeOf(top, match, graph) }))
}

/** What rules see of a graph: classes may have no node left. */
export function unsubsumed(classes: Classes): Classes {
  return new Map([...classes].map(([id, nodes]) => [id, nodes.filter(({ subsumed }) => !subsumed)]))
}

function leftSide(rule: CaseRule, root: number, graph: Graph, classes: Classes): Bindings[] {
  if (rule.kind === "rewrite") return matchesIn(root, rule.left, graph, classes)
  const [first] = rule.left
  let found: Bindings[] = first ? [new Map([[first[0], root]])] : []
  for (const clause of rule.left)
    found = found.flatMap((bindings) => clauseMatches(clause, bindings, graph, classes))
  return found
}

function clauseMatches(
  [variable, term]: Clause,
  bindings: Bindings,
  graph: Graph,
  classes: Classes,
): Bindings[] {
  const root = bindings.get(variable)
  return root === undefined ? [] : matchesIn(root, term, graph, classes, bindings)
}

/** How `pattern` matches in the class `root`, given what is bound. */
export function matchesIn(
  root: number,
  pattern: Term,
  graph: Graph,
  classes: Classes,
  bound: Bindings = UNBOUND,
): Bindings[] {
  const { op, children } = pattern
  if (op.startsWith("?")) return bind(op, root, bound)
  const wanted = graph.opOf(op, children.length)
  const nodes = classes.get(root) ?? []
  graph.look(nodes.length)
  return nodes
    .filter((node) => node.op === wanted && node.children.length === children.length)
    .flatMap((node) => childMatches(node, children, graph, classes, bound))
}

function childMatches(
  node: Node,
  patterns: readonly Term[],
  graph: Graph,
  classes: Classes,
  bound: Bindings,
): Bindings[] {
  let found: Bindings[] = [bound]
  patterns.forEach((pattern, i) => {
    const child = node.children[i] ?? -1
    graph.look(found.length)
    found = found.flatMap((bindings) => matchesIn(child, pattern, graph, classes, bindings))
  })
  return found
}

function bind(variable: string, root: number, bound: Bindings): Bindings[] {
  const known = bound.get(variable)
  if (known === undefined) return [new Map(bound).set(variable, root)]
  return known === root ? [bound] : []
}
