import type { Expr, Literal } from "../syntax/ast.js"
import type { TypeOf } from "../catalog/types.js"
import { decimalLiteral, integerType } from "../types/coercion.js"
import { BOOLEAN, DOUBLE, NULL_TYPE, scalar, VARCHAR } from "../types/type.js"
import { typeOfName } from "../types/type-name.js"

export function literalType(literal: Literal): TypeOf {
  switch (literal.type) {
    case "null":
      return { type: NULL_TYPE, nullable: true }
    case "boolean":
      return { type: BOOLEAN, nullable: false }
    case "integer":
      return { type: integerType(BigInt(literal.value)), nullable: false }
    case "decimal":
      return { type: decimalLiteral(literal.value), nullable: false }
    case "float":
      return { type: DOUBLE, nullable: false }
    case "string":
      return { type: VARCHAR, nullable: false }
    case "blob":
      return { type: scalar("BLOB"), nullable: false }
    case "typed":
      return { type: literal.typeName ? typeOfName(literal.typeName) : VARCHAR, nullable: false }
  }
}

/** The value of a whole number as written, a sign before it included. */
export function integerValue(expr: Expr): bigint | undefined {
  if (expr.kind === "unary" && (expr.op === "-" || expr.op === "+")) {
    const value = integerValue(expr.operand)
    return value !== undefined && expr.op === "-" ? -value : value
  }
  return expr.kind === "literal" && expr.type === "integer" ? BigInt(expr.value) : undefined
}

export function stringValue(expr: Expr): string | undefined {
  return expr.kind === "literal" && expr.type === "string" ? expr.value : undefined
}

export function isNull(expr: Expr): boolean {
  return expr.kind === "literal" && expr.type === "null"
}

/** A number other than zero, as written. */
export function isNonzero(expr: Expr): boolean {
  if (expr.kind === "unary" && (expr.op === "-" || expr.op === "+")) return isNonzero(expr.operand)
  const number =
    expr.kind === "literal" &&
    (expr.type === "integer" || expr.type === "decimal" || expr.type === "float")
  return number && Number(expr.value) !== 0
}
