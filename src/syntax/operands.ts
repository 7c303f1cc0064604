import type { Call, Case, Expr, GroupBy, GroupItem, WindowSpec } from "./ast.js"

const NONE: readonly Expr[] = []

/** The expressions directly below, subqueries left out. Frequent kinds first: a switch over texts tries one after another. */
export function operands(expr: Expr): readonly Expr[] {
  switch (expr.kind) {
    case "column-ref":
    case "literal":
      return NONE
    case "binary":
      return [expr.left, expr.right]
    case "call":
      return callOperands(expr)
    case "cast":
      return [expr.operand]
    case "parameter":
    case "missing":
    case "position":
    case "exists":
    case "scalar-subquery":
    case "star":
      return NONE
    case "logic":
      return expr.operands
    case "between":
      return [expr.operand, expr.low, expr.high]
    case "in-list":
      return [expr.operand, ...expr.items]
    case "like":
      return [expr.operand, expr.pattern, ...some(expr.escape)]
    case "case":
      return caseOperands(expr)
    case "interval":
      return [expr.value]
    case "list":
    case "row":
      return expr.items
    case "struct":
      return expr.fields.map((field) => field.value)
    case "index":
      return [expr.operand, expr.index]
    case "slice":
      return [expr.operand, ...some(expr.from), ...some(expr.to), ...some(expr.step)]
    case "comprehension":
      return [expr.body, expr.list, ...some(expr.filter)]
    case "lambda":
      return [expr.body]
    case "at-time-zone":
      return [expr.operand, expr.zone]
    default:
      return [expr.operand]
  }
}

/** Whether `test` holds of an expression directly below: as `operands(expr).some(test)`, mostly without making the list. */
export function someOperand(expr: Expr, test: (operand: Expr) => boolean): boolean {
  switch (expr.kind) {
    case "column-ref":
    case "literal":
      return false
    case "binary":
      return test(expr.left) || test(expr.right)
    case "cast":
      return test(expr.operand)
    default:
      return operands(expr).some(test)
  }
}

function caseOperands({ operand, arms, otherwise }: Case): readonly Expr[] {
  const found: Expr[] = []
  if (operand) found.push(operand)
  for (const { when, then } of arms) found.push(when, then)
  if (otherwise) found.push(otherwise)
  return found
}

/** Arguments, order and window of a call. */
export function callOperands(call: Call): readonly Expr[] {
  const values = call.args.map((argument) => argument.value)
  const { orderBy, withinGroup, filter, over } = call
  if (!over && !filter && orderBy.length === 0 && withinGroup.length === 0) return values // most
  return [
    ...values,
    ...orderBy.map((item) => item.expr),
    ...withinGroup.map((item) => item.expr),
    ...some(filter),
    ...(over?.kind === "window-spec" ? windowOperands(over) : []),
  ]
}

export function windowOperands(spec: WindowSpec): readonly Expr[] {
  return [
    ...spec.partitionBy,
    ...spec.orderBy.map((item) => item.expr),
    ...some(spec.frame?.start.value),
    ...some(spec.frame?.end?.value),
  ]
}

function some<T>(value: T | undefined): readonly T[] {
  return value === undefined ? [] : [value]
}

/** The expressions of a GROUP BY, grouping sets flattened. */
export function groupedExprs({ items }: Pick<GroupBy, "items">): readonly Expr[] {
  const exprs: Expr[] = []
  for (const item of items)
    if (item.kind === "group-expr") exprs.push(item.expr)
    else exprs.push(...groupExprs(item))
  return exprs
}

function groupExprs(item: GroupItem): readonly Expr[] {
  switch (item.kind) {
    case "group-expr":
      return [item.expr]
    case "rollup":
    case "cube":
      return item.items.flat()
    case "grouping-sets":
      return item.items.flatMap(groupExprs)
    case "group-list":
      return item.exprs
  }
}
