import type { Expr } from "../syntax/ast.js"
import { print } from "../syntax/print.js"

/**
 * An expression as a name for its column: what was not named is called by its text, written the same
 * however it was spelled, with parentheses around all that an operator joins. As in DuckDB.
 */
export function fullText(expr: Expr): string {
  switch (expr.kind) {
    case "binary":
      return `(${fullText(expr.left)} ${expr.op} ${fullText(expr.right)})`
    case "logic":
      return `(${expr.operands.map(fullText).join(` ${expr.op} `)})`
    case "unary":
      return expr.op === "NOT"
        ? `(NOT ${fullText(expr.operand)})`
        : `${expr.op}(${fullText(expr.operand)})`
    case "is":
      return `(${fullText(expr.operand)} IS${not(expr)} ${expr.test})`
    case "between":
      return `(${fullText(expr.operand)}${not(expr)} BETWEEN ${fullText(expr.low)} AND ${fullText(expr.high)})`
    case "in-list":
      return `(${fullText(expr.operand)}${not(expr)} IN (${expr.items.map(fullText).join(", ")}))`
    case "cast": {
      const head = expr.try ? "TRY_CAST" : "CAST"
      return `${head}(${fullText(expr.operand)} AS ${print(expr.type, { width: Infinity })})`
    }
    case "call": {
      const { name, args, distinct, filter } = expr
      const fn = name.map(({ text }) => text.toLowerCase()).join(".")
      if (fn === "count" && (args.length === 0 || args[0]?.value.kind === "star"))
        return "count_star()"
      if (expr.form || expr.over || expr.orderBy.length > 0 || expr.withinGroup.length > 0)
        return print(expr, { width: Infinity })
      const inside = `${distinct ? "DISTINCT " : ""}${args.map(({ value }) => fullText(value)).join(", ")}`
      return `${fn}(${inside})${filter ? ` FILTER (WHERE ${fullText(filter)})` : ""}`
    }
    default:
      return print(expr, { width: Infinity })
  }
}

function not(expr: { readonly not: boolean }): string {
  return expr.not ? " NOT" : ""
}
