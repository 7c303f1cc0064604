import { some } from "../base/check.js"
import type { Span } from "../base/span.js"
import type { Project } from "../catalog/project.js"
import { Sink } from "../diagnostics/sink.js"
import type { Diagnostic } from "../diagnostics/diagnostic.js"

/** A reference in the text of `from` to another relation. */
export interface Edge {
  readonly to: string
  readonly span: Span
}

export interface DagNode {
  readonly name: string
  readonly file: string
  readonly edges: readonly Edge[]
}

export interface Dag {
  /** Every node after all that it depends on; nodes of a cycle are missing. */
  readonly order: readonly string[]
  /** Names that a node depends on directly, among the nodes. */
  readonly parents: ReadonlyMap<string, readonly string[]>
  readonly children: ReadonlyMap<string, readonly string[]>
  /** One `cycle` a cycle found: nothing runs. */
  readonly diagnostics: readonly Diagnostic[]
}

/**
 * Orders nodes by their references (Tarjan's depth-first search, without recursion). Linear. A node is asked for its
 * edges when the search comes to it, and `reached` hears of each as its place in the order is known.
 */
export function buildDag(
  nodes: readonly DagNode[],
  project: Pick<Project, "texts">,
  reached: (name: string) => void = () => {},
): Dag {
  const byName = new Map(nodes.map((node) => [node.name.toLowerCase(), node]))
  const found = new Map<string, readonly string[]>()
  const parentsOf = (node: DagNode): readonly string[] => {
    const known = found.get(node.name)
    if (known) return known
    const names = new Set<string>()
    for (const { to } of node.edges) {
      const parent = byName.get(to.toLowerCase())
      if (parent) names.add(parent.name)
    }
    const parents = [...names]
    found.set(node.name, parents)
    return parents
  }
  const { order, cycles } = search(nodes, parentsOf, reached)
  const parents = new Map(nodes.map((node) => [node.name, parentsOf(node)]))
  const children = new Map<string, string[]>(nodes.map(({ name }) => [name, []]))
  for (const { name } of nodes)
    for (const parent of parents.get(name) ?? []) children.get(parent)?.push(name)
  const diagnostics = cycles.flatMap((cycle) => cycleDiagnostic(cycle, byName, project))
  return { order, parents, children, diagnostics }
}

function search(
  nodes: readonly DagNode[],
  parentsOf: (node: DagNode) => readonly string[],
  reached: (name: string) => void,
) {
  const named = new Map(nodes.map((node) => [node.name, node]))
  const parentsOfName = (name: string) => parentsOf(some(named.get(name), "a node of this name"))
  const state = new Map<string, "open" | "done">()
  const order: string[] = []
  const cycles: string[][] = []
  const cyclic = new Set<string>()
  for (const { name: root } of nodes) {
    if (state.has(root)) continue
    const path = [{ name: root, next: 0 }]
    state.set(root, "open")
    for (let top = path.at(-1); top !== undefined; top = path.at(-1)) {
      const parent = parentsOfName(top.name)[top.next++]
      if (parent === undefined) {
        path.pop()
        state.set(top.name, "done")
        if (parentsOfName(top.name).some((name) => cyclic.has(name))) cyclic.add(top.name)
        if (cyclic.has(top.name)) continue
        order.push(top.name)
        reached(top.name)
      } else if (!state.has(parent)) {
        state.set(parent, "open")
        path.push({ name: parent, next: 0 })
      } else if (state.get(parent) === "open") {
        const from = path.findIndex(({ name }) => name === parent)
        const cycle = path.slice(from).map(({ name }) => name)
        cycles.push(cycle)
        for (const name of cycle) cyclic.add(name)
      }
    }
  }
  return { order, cycles }
}

/** The closed path, with a note at each reference of it. */
function cycleDiagnostic(
  cycle: readonly string[],
  nodes: ReadonlyMap<string, DagNode>,
  { texts }: Pick<Project, "texts">,
): Diagnostic[] {
  const steps = cycle.flatMap((name, i) => {
    const node = nodes.get(name.toLowerCase())
    const to = cycle[(i + 1) % cycle.length] ?? name
    const edge = node?.edges.find((candidate) => candidate.to.toLowerCase() === to.toLowerCase())
    return node && edge
      ? [{ message: `\`${name}\` reads \`${to}\``, file: node.file, span: edge.span }]
      : []
  })
  const [first] = steps
  const source = first && texts.get(first.file)
  if (!first || !source) return []
  const sink = new Sink(source, {}, texts)
  sink.report("cycle", first.span, { path: [...cycle, cycle[0]].join(" → ") }, { notes: steps })
  return sink.diagnostics
}
