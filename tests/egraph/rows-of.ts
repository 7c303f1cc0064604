import type { EGraph } from "../../src/egraph/index.js"

/** Every row, how it was written and what it is now, and the log. What memory holds beside them is left over. */
export function rowsOf(graph: EGraph): unknown {
  const rows = Array.from({ length: graph.rows - 1 }, (_, i) => {
    const row = i + 1
    const now = [graph.find(row), graph.isLive(row), ...graph.childrenOf(row)]
    return [graph.opOf(row), ...now, ...graph.firstChildrenOf(row), graph.makerOf(row)].join(" ")
  })
  return [
    rows,
    graph.log().unions.map(({ why, left, right, offset }) => `${why} ${left} ${right} ${offset}`),
  ]
}
