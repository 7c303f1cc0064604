import type { Binding, OutputColumn } from "../catalog/names.js"
import type { Node, Query } from "../syntax/ast.js"
import { transformBelow, walk, type AnyNode } from "../syntax/walk.js"
import type { Context } from "./context.js"

/**
 * The statement with everything in it that was written in other words, which is what later stages see:
 * they know nothing of the constructs that were rewritten. What was learned on the way speaks of its
 * nodes from here on.
 */
export function rewritten(statement: Query, cx: Context): Query {
  if (cx.rewrites.size === 0) return statement
  const whole = asRewritten(statement, cx) as Query
  const nodes = new Map<number, AnyNode>()
  walk(whole, (node) => void nodes.set(node.id, node))
  const now = <N extends Node>(node: N): N => {
    const instead = cx.rewrites.get(node.id)
    if (instead !== undefined && !isList(instead) && instead.id !== node.id)
      return now(instead as N)
    return (nodes.get(node.id) ?? node) as N
  }
  for (const [id, binding] of cx.bindings) cx.bindings.set(id, boundNow(binding, now))
  for (const [id, outputs] of cx.outputs)
    cx.outputs.set(
      id,
      outputs.map((output): OutputColumn =>
        output.kind === "expr" ? { ...output, expr: now(output.expr) } : output,
      ),
    )
  return whole
}

/** What stands for a node, rewritten itself. */
function asRewritten(node: Node, cx: Context): Node | readonly Node[] {
  const instead = cx.rewrites.get(node.id)
  if (instead === undefined) return below(node, cx)
  if (isList(instead)) return instead.flatMap((one) => asRewritten(one, cx))
  return instead.id === node.id ? below(instead, cx) : asRewritten(instead, cx)
}

function below(node: Node, cx: Context): Node {
  return transformBelow(node, (one) => (cx.rewrites.has(one.id) ? asRewritten(one, cx) : undefined))
}

function boundNow(binding: Binding, now: <N extends Node>(node: N) => N): Binding {
  switch (binding.kind) {
    case "relation": {
      const { call, filter } = binding
      return { ...binding, call: now(call), ...(filter ? { filter: now(filter) } : {}) }
    }
    case "cte":
    case "subquery":
      return { ...binding, query: now(binding.query) }
    case "values":
      return { ...binding, rows: binding.rows.map((row) => row.map(now)) }
    case "table-function":
      return { ...binding, call: now(binding.call) }
    case "broken":
      return binding
  }
}

function isList(value: Node | readonly Node[]): value is readonly Node[] {
  return Array.isArray(value)
}
