import type { LineageKind, ModelLineage } from "./catalog/lineage.js"
import { lineage } from "./resolve/index.js"
import type { Checked } from "./session.js"

export interface LineageColumn {
  readonly node: string
  readonly column: string
}

/** A column that bears on another one, directly: within the text of one model. */
export interface LineageEdge {
  readonly from: LineageColumn
  readonly to: LineageColumn
  readonly kind: LineageKind
}

/**
 * Every edge above the columns `columns` of a model, down to seeds and sources, nearest first. A model
 * with errors has none.
 */
export function lineageOf(
  model: string,
  columns: readonly string[],
  { texts }: Checked,
): LineageEdge[] {
  const traced = new Map<string, ModelLineage>()
  const originsOf = (node: string) => {
    const names = texts.get(node)?.names
    const known = traced.get(node) ?? (names ? lineage(names) : [])
    traced.set(node, known)
    return known
  }
  const edges: LineageEdge[] = []
  const seen = new Set<string>()
  const queue = columns.map((column) => ({ node: model, column }))
  for (let to = queue.shift(); to !== undefined; to = queue.shift()) {
    const key = `${to.node}.${to.column.toLowerCase()}`
    if (seen.has(key)) continue
    seen.add(key)
    const output = texts.get(to.node)?.types?.output ?? []
    const index = output.findIndex(({ name }) => name.toLowerCase() === to.column.toLowerCase())
    for (const { relation, column, kind } of originsOf(to.node)[index] ?? []) {
      const from = { node: relation, column }
      edges.push({ from, to, kind })
      queue.push(from)
    }
  }
  return edges
}
