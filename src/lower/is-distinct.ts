import type { Scalar } from "../ir/nodes.js"
import { BOOLEAN } from "../types/type.js"

/** `a IS [NOT] DISTINCT FROM b` as a CASE that is never NULL. */
export function distinctFromAsCase(expr: Scalar): Scalar {
  if (expr.kind !== "call" || (expr.fn !== "is-distinct" && expr.fn !== "is-not-distinct"))
    return expr
  const [a, b] = expr.args
  if (!a || !b) return expr
  const isDistinct = expr.fn === "is-distinct"
  const bIsNull = call("is-null", [b])
  const arms = [
    { when: call("is-null", [a]), then: isDistinct ? call("not", [bIsNull]) : bIsNull },
    { when: bIsNull, then: truth(isDistinct) },
  ]
  const otherwise = call(isDistinct ? "<>" : "=", [a, b])
  return { kind: "case", arms, otherwise, type: BOOLEAN, nullable: false }
}

function call(fn: string, args: readonly Scalar[]): Scalar {
  return { kind: "call", fn, args, type: BOOLEAN, nullable: true }
}

function truth(value: boolean): Scalar {
  return { kind: "literal", value: String(value), type: BOOLEAN, nullable: false }
}
