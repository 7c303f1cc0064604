import type { Scalar } from "../ir/nodes.js"
import { isOpen } from "../types/coercion.js"
import { BOOLEAN, sameType } from "../types/type.js"

/** The conditions of a chain of AND. */
export function conjuncts(expr: Scalar): Scalar[] {
  return expr.kind === "call" && expr.fn === "and"
    ? expr.args.flatMap(conjuncts)
    : [asBoolean(expr)]
}

/** Where a project lets numbers and texts stand for truth values, the cast that the engine would make. */
export function asBoolean(expr: Scalar): Scalar {
  const { type, nullable } = expr
  if (isOpen(type) || sameType(type, BOOLEAN)) return expr
  return { kind: "cast", arg: expr, try: false, type: BOOLEAN, nullable }
}
