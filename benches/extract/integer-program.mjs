// An extraction problem as an integer program, in CPLEX's LP format: x, whether a node is chosen, and t, a level of its
// class, by which choices have no cycle. A class that is used is computed, stated once for all nodes of a class
// that use another, as at most one of them is chosen.

/** The text, and how many x it has. */
export function integerProgram(problem) {
  const { costs, classes, roots } = problem
  const childrenOf = (node) => [
    ...new Set(problem.children.subarray(problem.childStarts[node], problem.childStarts[node + 1])),
  ]
  const nodesOf = new Map()
  classes.forEach((cls, node) => {
    if (costs[node] === Infinity || childrenOf(node).includes(cls)) return
    nodesOf.set(cls, [...(nodesOf.get(cls) ?? []), node])
  })
  const reached = new Set(roots)
  for (const cls of reached)
    for (const node of nodesOf.get(cls) ?? [])
      for (const below of childrenOf(node)) reached.add(below)
  const nodes = [...reached].flatMap((cls) => nodesOf.get(cls) ?? [])
  const sum = (list) => list.map((node) => `x${node}`).join(" + ")
  const conditions = [...new Set(roots)].map((root) => `${sum(nodesOf.get(root))} >= 1`)
  const most = reached.size
  for (const cls of reached) {
    const users = new Map()
    for (const node of nodesOf.get(cls) ?? [])
      for (const below of childrenOf(node)) {
        users.set(below, [...(users.get(below) ?? []), node])
        conditions.push(`t${cls} - t${below} - ${most} x${node} >= ${1 - most}`)
      }
    for (const [below, list] of users) {
      const computed = nodesOf.get(below) ?? []
      const minus = list.map((node) => ` - x${node}`).join("")
      conditions.push(`${computed.length > 0 ? sum(computed) : "0 t0"}${minus} >= 0`)
    }
  }
  const text = [
    "Minimize",
    ` cost: ${nodes.map((node) => `${costs[node]} x${node}`).join(" + ")}`,
    "Subject To",
    ...conditions.map((condition, i) => ` c${i}: ${condition}`),
    "Bounds",
    ...[...reached].map((cls) => ` 0 <= t${cls} <= ${most}`),
    "Binary",
    ` ${nodes.map((node) => `x${node}`).join(" ")}`,
    "End",
  ].join("\n")
  return { text, size: nodes.length }
}
