import type { TypeOf } from "../catalog/types.js"
import { calledFunction } from "../functions/calls.js"
import type { Expr } from "../syntax/ast.js"
import { aliasedExpr, columnKey, type Context, type Frame } from "./context.js"

/**
 * What a condition tells of NULL. A set of columns (see `columnKey`) that cannot be NULL where the
 * condition is TRUE, or FALSE, or where an expression is not NULL.
 */
export type Columns = ReadonlySet<string>

const NONE: Columns = new Set()
const COMPARISONS = new Set(["=", "<>", "<", "<=", ">", ">="])
const STRICT_OPERATORS = new Set([
  ...COMPARISONS,
  "+",
  "-",
  "*",
  "/",
  "//",
  "%",
  "^",
  "&",
  "|",
  "<<",
  ">>",
])

export function notNullWhenTrue(expr: Expr, cx: Context): Columns {
  switch (expr.kind) {
    case "logic":
      return (expr.op === "AND" ? union : intersection)(
        expr.operands.map((one) => notNullWhenTrue(one, cx)),
      )
    case "unary":
      return expr.op === "NOT" ? notNullWhenFalse(expr.operand, cx) : NONE
    case "is":
      return isTest(expr, true, cx)
    case "in-query":
      // NOT IN of no rows is TRUE for NULL too.
      return expr.not ? NONE : notNullWhenPresent(expr.operand, cx)
    case "quantified":
      return expr.quantifier === "ANY" ? notNullWhenPresent(expr.operand, cx) : NONE
    case "between":
      return expr.not
        ? notNullWhenPresent(expr.operand, cx)
        : union([expr.operand, expr.low, expr.high].map((one) => notNullWhenPresent(one, cx)))
    default:
      return notNullWhenPresent(expr, cx)
  }
}

export function notNullWhenFalse(expr: Expr, cx: Context): Columns {
  switch (expr.kind) {
    case "logic":
      return (expr.op === "OR" ? union : intersection)(
        expr.operands.map((one) => notNullWhenFalse(one, cx)),
      )
    case "unary":
      return expr.op === "NOT" ? notNullWhenTrue(expr.operand, cx) : NONE
    case "is":
      return isTest(expr, false, cx)
    case "in-query":
    case "quantified":
    case "exists":
    case "between":
      return NONE
    default:
      return notNullWhenPresent(expr, cx)
  }
}

/** Where the condition is FALSE or NULL: the arms of CASE after it. */
export function notNullWhenNotTrue(expr: Expr, cx: Context): Columns {
  switch (expr.kind) {
    case "logic":
      return (expr.op === "OR" ? union : intersection)(
        expr.operands.map((one) => notNullWhenNotTrue(one, cx)),
      )
    case "unary":
      return expr.operand.kind === "is" ? notNullWhenFalse(expr, cx) : NONE
    case "is":
      return isTest(expr, false, cx)
    default:
      return NONE
  }
}

/** Columns that are not NULL where the value of `expr` is not. */
export function notNullWhenPresent(expr: Expr, cx: Context): Columns {
  const all = (exprs: readonly Expr[]) => union(exprs.map((one) => notNullWhenPresent(one, cx)))
  switch (expr.kind) {
    case "column-ref":
      return ofColumn(expr.id, cx)
    case "binary":
      return STRICT_OPERATORS.has(expr.op) ? all([expr.left, expr.right]) : NONE
    case "unary":
    case "in-list":
    case "like":
    case "cast":
    case "extract":
    case "field":
    case "at-time-zone":
    case "collate":
      return all([expr.operand])
    case "call": {
      const info = calledFunction(expr)
      const strict = info?.kind === "scalar" && info.nulls === "strict"
      return strict ? all(expr.args.map((argument) => argument.value)) : NONE
    }
    default:
      return NONE
  }
}

function ofColumn(id: number, cx: Context): Columns {
  const target = cx.names.columns.get(id)
  const aliased = aliasedExpr(target, cx.names)
  if (aliased) return notNullWhenPresent(aliased, cx)
  const key = columnKey(target)
  return key === undefined ? NONE : new Set([key])
}

function isTest(expr: Extract<Expr, { kind: "is" }>, holds: boolean, cx: Context): Columns {
  const positive = holds !== expr.not
  if (expr.test === "NULL" || expr.test === "UNKNOWN")
    return positive ? NONE : notNullWhenPresent(expr.operand, cx)
  if (!positive) return NONE
  return expr.test === "TRUE"
    ? notNullWhenTrue(expr.operand, cx)
    : notNullWhenFalse(expr.operand, cx)
}

function union(sets: readonly Columns[]): Columns {
  const filled = sets.filter((set) => set.size > 0)
  if (filled.length <= 1) return filled[0] ?? NONE
  const all = new Set(filled[0])
  for (const set of filled.slice(1)) for (const column of set) all.add(column)
  return all
}

function intersection([first = NONE, ...others]: readonly Columns[]): Columns {
  return new Set([...first].filter((column) => others.every((set) => set.has(column))))
}

/**
 * `frame` where these columns are not NULL. A row in which a padded table shows a value is one that
 * it really gave, so all its columns are what they were before the outer join.
 */
export function refined(frame: Frame, columns: Columns): Frame {
  if (columns.size === 0) return frame
  const changed = new Map(frame.columns)
  for (const key of columns) {
    const dot = key.indexOf(".")
    const [table, column] = [Number(key.slice(0, dot)), Number(key.slice(dot + 1))]
    const types = restored(table, frame, changed)
    if (types?.[column]?.nullable)
      changed.set(
        table,
        types.map((one, i) => (i === column ? present(one) : one)),
      )
    else if (types) changed.set(table, types)
  }
  return { ...frame, columns: changed, outputs: new Map() }
}

function restored(table: number, frame: Frame, changed: ReadonlyMap<number, readonly TypeOf[]>) {
  const types = changed.get(table)
  const before = frame.unpadded.get(table)
  if (!types || !before) return types
  return types.map((one, i) => (one.nullable && before[i]?.nullable === false ? present(one) : one))
}

function present({ type }: TypeOf): TypeOf {
  return { type, nullable: false }
}

export function nullable({ type }: TypeOf): TypeOf {
  return { type, nullable: true }
}
