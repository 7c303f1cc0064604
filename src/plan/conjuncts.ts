import type { Scalar } from "../ir/nodes.js"

/** The conditions of a chain of AND. */
export function conjuncts(expr: Scalar): Scalar[] {
  return expr.kind === "call" && expr.fn === "and" ? expr.args.flatMap(conjuncts) : [expr]
}
