import { childrenOf, type Extraction, type ExtractionProblem } from "./extract.js"

export interface DotOptions {
  /** What stands in a node. */
  readonly label?: (node: number) => string
  /** Whether a node is drawn dashed, as rules and extraction pass it over. */
  readonly isSubsumed?: (node: number) => boolean
  /** Draws the nodes of an extraction filled. */
  readonly extraction?: Pick<Extraction, "choices">
}

/**
 * A problem as a Graphviz graph, drawn as egg draws e-graphs: a dotted cluster for every class, an edge from a node
 * to each class that it needs. Edges leave from left to right in the order of the children. A class without
 * nodes has a point in it.
 */
export function toDot(problem: ExtractionProblem, options: DotOptions = {}): string {
  const nodes: number[][] = Array.from({ length: problem.classCount }, () => [])
  problem.classes.forEach((cls, node) => nodes[cls]?.push(node))
  const names = new Map(nodes.flatMap((list) => list.map((node, i) => [node, i] as const)))
  return [
    "digraph egraph {",
    "  compound=true",
    "  clusterrank=local",
    ...nodes.flatMap((list, cls) => cluster(cls, list, options, problem.roots.includes(cls))),
    ...nodes.flatMap((list, cls) => list.flatMap((node, i) => edges(problem, cls, node, i, names))),
    "}",
    "",
  ].join("\n")
}

function cluster(
  cls: number,
  nodes: readonly number[],
  { label = String, isSubsumed = () => false, extraction }: DotOptions,
  isRoot: boolean,
): string[] {
  const drawn = nodes.map((node, i) => {
    const styles = [
      ...(isSubsumed(node) ? ["dashed"] : []),
      ...(extraction?.choices[cls] === node ? ["filled"] : []),
    ]
    const style = styles.length > 0 ? `, style=${quoteList(styles)}` : ""
    return `    "${cls}.${i}"[label=${quote(label(node))}${style}]`
  })
  const empty = nodes.length === 0 ? [`    "${cls}.0"[shape=point]`] : []
  const style = isRoot ? "    style=bold" : "    style=dotted"
  return [`  subgraph cluster_${cls} {`, style, ...drawn, ...empty, "  }"]
}

function edges(
  problem: ExtractionProblem,
  cls: number,
  node: number,
  place: number,
  names: ReadonlyMap<number, number>,
): string[] {
  const children = [...childrenOf(problem, node)]
  return children.map((child, i) => {
    const { port, label } = side(i, children.length)
    const from = `"${cls}.${names.get(node) ?? place}"${port}`
    // An edge within a class goes around to its own node; any other ends at the border of its cluster.
    const to = child === cls ? `"${cls}.${place}":n` : `"${child}.0"`
    return `  ${from} -> ${to} [lhead=cluster_${child}${label}]`
  })
}

/** Where an edge leaves its node: up to three by sides, more by numbers. */
function side(i: number, count: number): { port: string; label: string } {
  const ports = [[], [""], [":sw", ":se"], [":sw", ":s", ":se"]][count]
  return ports ? { port: ports[i] ?? "", label: "" } : { port: "", label: `, label=${i}` }
}

/** One word, or a quoted list. */
function quoteList(words: readonly string[]): string {
  return words.length === 1 ? words.join() : quote(words.join())
}

function quote(text: string): string {
  return `"${text.replaceAll("\\", "\\\\").replaceAll('"', '\\"').replaceAll("\n", "\\n")}"`
}
