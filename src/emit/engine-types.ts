import type { Types } from "../catalog/types.js"
import type { Capabilities } from "../engine/dialect.js"
import { calledFunction } from "../functions/calls.js"
import type { Scalar } from "../ir/nodes.js"
import { operands as irOperands } from "../ir/walk.js"
import { cast } from "../syntax/build.js"
import type { Call, Expr } from "../syntax/ast.js"
import { operands } from "../syntax/operands.js"
import { isOpen } from "../types/coercion.js"
import { show, type SqlType } from "../types/type.js"

/**
 * Where an engine would call the value of an expression by another type than smelt does, it is told: the
 * expression, or an argument of it, is written within a CAST. Which these are is data of the dialect.
 */

// ------------------------------------------------------------------------------- the user's tree

/**
 * Constants that may be NULL. An engine that forgets the types of such takes a call of one for a NULL
 * without a type.
 */
export class NullConstants {
  private readonly known = new Map<number, boolean>()

  constructor(private readonly types: Types) {}

  /** Whether the engine may see in `expr` a constant that is NULL. */
  has(expr: Expr): boolean {
    const before = this.known.get(expr.id)
    if (before !== undefined) return before
    const nullable = this.types.exprs.get(expr.id)?.nullable ?? false
    const found = nullable && (this.folds(expr) || this.isConstant(expr))
    this.known.set(expr.id, found)
    return found
  }

  /** Whether `expr` is a call that the engine takes for NULL because of an argument. */
  folds(expr: Expr): boolean {
    return isCallLike(expr) && operands(expr).some((operand) => this.has(operand))
  }

  private isConstant(expr: Expr): boolean {
    switch (expr.kind) {
      case "literal":
        return true
      case "column-ref":
      case "parameter":
      case "position":
      case "star":
      case "missing":
      case "exists":
      case "scalar-subquery":
      case "in-query":
      case "quantified":
        return false
      case "lambda":
        return isClosed(expr.body, new Set(expr.params.map(({ text }) => text.toLowerCase())))
      case "call":
        // The time of the transaction is a constant to an engine too.
        if (expr.over || calledFunction(expr)?.kind !== "scalar") return false
    }
    return operands(expr).every((operand) => this.folds(operand) || this.isConstant(operand))
  }
}

/** Whether the columns of a lambda's body are its own parameters and those of lambdas in it. */
function isClosed(expr: Expr, params: ReadonlySet<string>): boolean {
  switch (expr.kind) {
    case "column-ref":
      return params.has(expr.path[0]?.text.toLowerCase() ?? "")
    case "lambda": {
      const names = expr.params.map(({ text }) => text.toLowerCase())
      return isClosed(expr.body, new Set([...params, ...names]))
    }
    case "exists":
    case "scalar-subquery":
    case "in-query":
    case "quantified":
      return false
    default:
      return operands(expr).every((operand) => isClosed(operand, params))
  }
}

function isCallLike(expr: Expr): boolean {
  switch (expr.kind) {
    case "call":
      return true
    case "binary":
      return !COMPARISONS.has(expr.op)
    case "unary":
      return expr.op !== "NOT"
    case "extract":
    case "index":
    case "slice":
    case "field":
    case "at-time-zone":
      return true
    default:
      return false
  }
}

const COMPARISONS = new Set([
  "=",
  "<>",
  "<",
  "<=",
  ">",
  ">=",
  "IS DISTINCT FROM",
  "IS NOT DISTINCT FROM",
])

/** The argument that is cast; without one the result is. */
interface ToldType {
  readonly argument?: { readonly index: number; readonly type: SqlType }
}

/** What the engine makes of an aggregate or function of these types, where it is not smelt's type. */
export function retyped(
  name: string,
  args: readonly SqlType[],
  can: Capabilities,
): ToldType | undefined {
  const entry = can.retyped.get(name)
  if (entry?.when(args) !== true) return undefined
  const { argument } = entry
  return argument ? { argument: { index: argument.index, type: argument.type(args) } } : {}
}

/** As `retyped`, of a call in the user's tree. */
export function retypedCall(written: Call, types: Types, can: Capabilities): ToldType | undefined {
  const info = calledFunction(written)
  if (!info || !can.retyped.has(info.name)) return undefined
  const args = written.args.map(({ value }) => types.exprs.get(value.id)?.type ?? OPEN)
  return retyped(info.name, args, can)
}

const OPEN: SqlType = { kind: "null" }

/** `CAST(expr AS type)`; as it is where the type is none of SQL's. */
export function castTo(expr: Expr, type: SqlType | undefined): Expr {
  return type === undefined || !isWritten(type) ? expr : cast(expr, show(type))
}

/** Whether SQL has a name for the type: it has none for a row without field names. */
function isWritten(type: SqlType): boolean {
  switch (type.kind) {
    case "list":
    case "array":
      return isWritten(type.element)
    case "union":
      return type.members.every((member) => isWritten(member.type))
    case "map":
      return isWritten(type.key) && isWritten(type.value)
    case "struct":
      return type.fields.every((field) => field.name !== "" && isWritten(field.type))
    default:
      return !isOpen(type)
  }
}

// ------------------------------------------------------------------------------------------- ir

/** As `NullConstants.folds`, for ir: the optimizer may have made constants of what were none. */
export function foldsToNull(expr: Scalar): boolean {
  if (expr.kind !== "call" || LOGICAL.has(expr.fn)) return false
  return expr.args.some(isNullConstant)
}

export function isNullConstant(expr: Scalar): boolean {
  return expr.nullable && (foldsToNull(expr) || isConstant(expr))
}

function isConstant(expr: Scalar): boolean {
  switch (expr.kind) {
    case "literal":
      return true
    case "cast":
      return isConstant(expr.arg)
    case "call":
      return expr.args.every((arg) => foldsToNull(arg) || isConstant(arg))
    case "lambda":
      return isColumnless(expr.body)
    case "case":
      return [expr.otherwise, ...expr.arms.flatMap(({ when, then }) => [when, then])].every(
        (one) => foldsToNull(one) || isConstant(one),
      )
    default:
      return false
  }
}

function isColumnless(expr: Scalar): boolean {
  if (expr.kind === "column" || expr.kind === "parameter" || expr.kind === "query") return false
  return irOperands(expr).every(isColumnless)
}

const LOGICAL = new Set([
  "=",
  "<>",
  "<",
  "<=",
  ">",
  ">=",
  "and",
  "or",
  "not",
  "in",
  "is-null",
  "is-true",
  "is-false",
  "is-distinct",
  "is-not-distinct",
  "list_value",
  "struct-pack",
  "row-of",
  "coalesce",
  "ifnull",
  "if",
  "nullif",
])
