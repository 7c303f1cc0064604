import type { Dag } from "./dag.js"

export interface Selectable {
  readonly name: string
  readonly file: string
  readonly tags: readonly string[]
}

/** The names that a name reads, and those that read it. */
export type Edges = Pick<Dag, "parents" | "children">

/** `2+name+`, `@name`, `tag:x`, `path:x`: what it names, and how far up and down it goes. */
const SELECTOR = /^(@)?(\d*)(\+)?(.+?)(\+)?(\d*)$/

export interface Selection {
  readonly names: ReadonlySet<string>
  /** Those that match nothing. */
  readonly unknown: readonly string[]
  /** Those whose parts match, but nothing in common. */
  readonly disjoint: readonly string[]
}

/**
 * Names that the selectors choose: words are united, commas intersect (as in dbt). No selector
 * chooses all.
 */
export function select(
  selectors: readonly string[],
  nodes: readonly Selectable[],
  dag: Edges,
): Selection {
  const words = selectors.flatMap((selector) => selector.split(/\s+/)).filter((word) => word !== "")
  if (words.length === 0)
    return { names: new Set(nodes.map(({ name }) => name)), unknown: [], disjoint: [] }
  const unknown: string[] = []
  const disjoint: string[] = []
  const names = new Set<string>()
  for (const word of words) {
    const sets = word.split(",").map((part) => matching(part, nodes, dag))
    const empty = word.split(",").filter((_, i) => sets[i]?.size === 0)
    unknown.push(...empty)
    const [first, ...rest] = sets
    const common = [...(first ?? [])].filter((name) => rest.every((set) => set.has(name)))
    if (common.length === 0 && empty.length === 0) disjoint.push(word)
    for (const name of common) names.add(name)
  }
  return { names, unknown, disjoint }
}

function matching(selector: string, nodes: readonly Selectable[], dag: Edges): Set<string> {
  const [, at, upLimit = "", up, what = selector, down, downLimit = ""] =
    SELECTOR.exec(selector) ?? []
  const found = new Set(nodes.filter((node) => isNamed(node, what)).map(({ name }) => name))
  const below = down || at ? reach(found, dag.children, downLimit) : found
  const above = up ? reach(found, dag.parents, upLimit) : at ? reach(below, dag.parents, "") : found
  return new Set([...found, ...above, ...below])
}

function isNamed({ name, file, tags }: Selectable, what: string): boolean {
  if (what.startsWith("tag:")) return tags.includes(what.slice(4))
  if (!what.startsWith("path:")) return name.toLowerCase() === what.toLowerCase()
  const path = what.slice(5).replace(/^\.\//, "").replace(/\/$/, "")
  return file === path || file.startsWith(`${path}/`)
}

function reach(
  from: ReadonlySet<string>,
  next: ReadonlyMap<string, readonly string[]>,
  limit: string,
): Set<string> {
  const found = new Set(from)
  let edge = [...from]
  for (let step = limit === "" ? Infinity : Number(limit); step > 0 && edge.length > 0; step--) {
    edge = edge.flatMap((name) => next.get(name) ?? []).filter((name) => !found.has(name))
    for (const name of edge) found.add(name)
  }
  return found
}
