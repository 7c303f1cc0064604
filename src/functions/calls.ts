import type { Call, Expr } from "../syntax/ast.js"
import { someOperand } from "../syntax/operands.js"
import { lookupFunction, type FunctionInfo } from "./index.js"

/** The catalogue entry of a call, by its name without a schema. */
export function calledFunction(call: Call): FunctionInfo | undefined {
  return call.name.length === 1 ? lookupFunction(call.name[0]?.text ?? "") : undefined
}

/** An aggregate of the rows of its own select, not one over a window. */
export function isAggregate(expr: Expr): expr is Call {
  return expr.kind === "call" && !expr.over && calledFunction(expr)?.kind === "aggregate"
}

/** Whether `expr` aggregates the rows of its own select. */
export function hasAggregate(expr: Expr): boolean {
  return isAggregate(expr) || someOperand(expr, hasAggregate)
}
