import { Bug, unreachable } from "../base/check.js"
import type { Capabilities } from "../engine/dialect.js"
import type {
  AggregateCall,
  ColumnId,
  LiteralScalar,
  Scalar,
  SortKey,
  WindowBound,
  WindowCall,
} from "../ir/nodes.js"
import type { Call, Expr, FrameBound, Name, OrderItem, Query, WindowSpec } from "../syntax/ast.js"
import {
  argument,
  binary,
  boolean,
  call,
  callWith,
  cast,
  column,
  exists,
  isNull,
  logic,
  negate,
  nothing,
  parameter,
  star,
  text,
  typed,
} from "../syntax/build.js"
import { mentioned } from "../ir/walk.js"
import { operands } from "../syntax/operands.js"
import { show, type SqlType } from "../types/type.js"
import { family } from "../types/coercion.js"
import { castTo, foldsToNull, isNullConstant, retyped } from "./engine-types.js"
import { overlapping } from "./overlaps.js"

/** How expressions of ir are written in one select. */
export interface ScalarWriter {
  readonly can: Capabilities
  /** What stands for a column here, or in an enclosing query. */
  readonly column: (id: ColumnId) => Expr | undefined
  readonly subquery: (query: Scalar & { readonly kind: "query" }) => Query
  /** What the arguments of the lambdas around are called, innermost first. */
  readonly lambdas?: readonly (readonly string[])[]
}

const NODE = { id: 0, span: { start: 0, end: 0 } } as const

const INFIX = new Set([
  "+",
  "-",
  "*",
  "/",
  "//",
  "%",
  "^",
  "||",
  "=",
  "<>",
  "<",
  "<=",
  ">",
  ">=",
  "&",
  "|",
  "<<",
  ">>",
  "&&",
  "->",
  "->>",
])

export function writeScalar(expr: Scalar, writer: ScalarWriter): Expr {
  switch (expr.kind) {
    case "column": {
      const found = writer.column(expr.id)
      if (found) return found
      throw new Bug(`no column stands for ${expr.id}`)
    }
    case "literal":
      return writeLiteral(expr)
    case "parameter":
      return parameter(expr.name)
    case "cast": {
      const operand = isNullLiteral(expr.arg) ? nothing() : writeScalar(expr.arg, writer)
      return { ...cast(operand, show(expr.type)), try: expr.try }
    }
    case "case":
      return {
        ...NODE,
        kind: "case",
        arms: expr.arms.map(({ when, then }) => ({
          when: writeScalar(when, writer),
          then: writeScalar(then, writer),
        })),
        ...(isNullLiteral(expr.otherwise)
          ? {}
          : { otherwise: writeScalar(expr.otherwise, writer) }),
      }
    case "query":
      return writeQuery(expr, writer, false)
    case "lambda":
      return writeLambda(expr, writer)
    case "argument": {
      const found = writer.lambdas?.[expr.depth]?.[expr.index]
      if (found !== undefined) return column(found)
      throw new Bug(`no lambda has argument ${expr.index}`)
    }
    case "call": {
      const written = writeCall(expr.fn, expr.args, writer)
      return !writer.can.typedNulls && foldsToNull(expr) ? castTo(written, expr.type) : written
    }
    default:
      return unreachable(expr)
  }
}

function writeCall(fn: string, args: readonly Scalar[], writer: ScalarWriter): Expr {
  const write = (arg: Scalar) => writeScalar(arg, writer)
  const [first, second] = args
  if (fn === "and" || fn === "or")
    return logic(fn === "and" ? "AND" : "OR", args.map(write)) ?? boolean(fn === "and")
  if (!first) return fn === "list_value" ? { ...NODE, kind: "list", items: [] } : call(fn)
  if (fn === "not") return writeNot(first, writer)
  if (INFIX.has(fn) && second && args.length === 2) return binary(write(first), fn, write(second))
  switch (fn) {
    case "neg":
      return { ...NODE, kind: "unary", op: "-", operand: write(first) }
    case "bit-not":
      return { ...NODE, kind: "unary", op: "~", operand: write(first) }
    case "is-null":
      return isNull(write(first))
    case "is-true":
    case "is-false":
      return {
        ...NODE,
        kind: "is",
        not: false,
        operand: write(first),
        test: fn === "is-true" ? "TRUE" : "FALSE",
      }
    case "is-distinct":
    case "is-not-distinct": {
      const op = fn === "is-distinct" ? "IS DISTINCT FROM" : "IS NOT DISTINCT FROM"
      return second ? binary(write(first), op, write(second)) : call(fn)
    }
    case "in":
      return {
        ...NODE,
        kind: "in-list",
        not: false,
        operand: write(first),
        items: args.slice(1).map(write),
      }
    case "like":
    case "ilike":
    case "similar":
    case "glob":
    case "regex":
    case "regex-i":
      return second
        ? {
            ...NODE,
            kind: "like",
            op: MATCHING[fn],
            not: false,
            operand: write(first),
            pattern: write(second),
          }
        : call(fn)
    case "overlaps":
      return writeOverlaps(args, write)
    case "list_value":
      return { ...NODE, kind: "list", items: args.map(write) }
    case "row-of":
      return call("row", ...args.map(write))
    case "struct-pack":
      return writeStruct(args, write)
    case "struct-field":
      return { ...NODE, kind: "field", operand: write(first), name: fieldName(second) }
    case "list_extract":
    case "map_extract_value":
      return second
        ? { ...NODE, kind: "index", operand: write(first), index: write(second) }
        : call(fn, write(first))
    case "timezone":
      return second && args.length === 2
        ? { ...NODE, kind: "at-time-zone", operand: write(second), zone: write(first) }
        : call(fn, ...args.map(write))
    default:
      return call(fn, ...args.map(write))
  }
}

const MATCHING = {
  like: "LIKE",
  ilike: "ILIKE",
  similar: "SIMILAR TO",
  glob: "GLOB",
  regex: "~",
  "regex-i": "~*",
} as const

/** Its arguments are called x, y, … by names that no column in its body has, nor an argument of a lambda around. */
function writeLambda(
  { arity, body }: Scalar & { readonly kind: "lambda" },
  writer: ScalarWriter,
): Expr {
  const { lambdas = [] } = writer
  const columns = [...mentioned(body)].map((id) => writer.column(id))
  const taken = new Set(columns.flatMap((one) => (one ? namesIn(one) : [])).concat(lambdas.flat()))
  const names: string[] = []
  for (let n = 0; names.length < arity; n++) {
    const name = `${"xyz"[n % 3] ?? ""}${n < 3 ? "" : Math.floor(n / 3)}`
    if (!taken.has(name)) names.push(name)
  }
  const params = names.map((text): Name => ({ ...NODE, kind: "name", text, quoted: false }))
  const below = writeScalar(body, { ...writer, lambdas: [names, ...lambdas] })
  return { ...NODE, kind: "lambda", params, body: below }
}

function namesIn(expr: Expr): string[] {
  if (expr.kind === "column-ref") return expr.path.map(({ text }) => text.toLowerCase())
  return operands(expr).flatMap(namesIn)
}

/** Names and values in turn. */
function writeStruct(args: readonly Scalar[], write: (arg: Scalar) => Expr): Expr {
  const fields = args.flatMap((arg, i) =>
    i % 2 === 1 ? [{ name: fieldName(args[i - 1]), value: write(arg) }] : [],
  )
  return { ...NODE, kind: "struct", fields }
}

function fieldName(named: Scalar | undefined): Name {
  if (named?.kind !== "literal" || named.value === null) throw new Bug("a field without a name")
  return { ...NODE, kind: "name", text: named.value, quoted: true }
}

function writeOverlaps(args: readonly Scalar[], write: (arg: Scalar) => Expr): Expr {
  const [a, b, c, d] = args
  if (!a || !b || !c || !d) return call("overlaps", ...args.map(write))
  const end = (arg: Scalar) => ({ expr: write(arg), isLength: family(arg.type) === "interval" })
  return overlapping(write(a), end(b), write(c), end(d))
}

/** NOT where SQL has a form of its own for it: IS NOT NULL, NOT IN, NOT LIKE. */
function writeNot(operand: Scalar, writer: ScalarWriter): Expr {
  if (operand.kind === "query") return writeQuery(operand, writer, true)
  const written = writeScalar(operand, writer)
  if (written.kind === "is" || written.kind === "in-list" || written.kind === "like")
    return { ...written, not: !written.not }
  return negate(written)
}

function writeQuery(
  expr: Scalar & { readonly kind: "query" },
  writer: ScalarWriter,
  negated: boolean,
): Expr {
  const query = writer.subquery(expr)
  const not = (written: Expr) => (negated ? negate(written) : written)
  if (expr.quantifier === "exists") return not(exists(query))
  if (expr.quantifier === "scalar") return not({ ...NODE, kind: "scalar-subquery", query })
  const operand = expr.arg ? writeScalar(expr.arg, writer) : nothing()
  const op = expr.op ?? "="
  if (expr.quantifier === "any" && op === "=")
    return { ...NODE, kind: "in-query", not: negated, operand, query }
  return not({
    ...NODE,
    kind: "quantified",
    op,
    quantifier: expr.quantifier === "any" ? "ANY" : "ALL",
    operand,
    query,
  })
}

function isNullLiteral(expr: Scalar): boolean {
  return expr.kind === "literal" && expr.value === null
}

function writeLiteral({ value, type }: LiteralScalar): Expr {
  if (value === null) return castTo(nothing(), type)
  if (type.kind === "decimal") return { ...NODE, kind: "literal", type: "decimal", value }
  if (type.kind !== "scalar") return text(value)
  switch (type.name) {
    case "BOOLEAN":
      return boolean(value === "true")
    case "VARCHAR":
      return text(value)
    case "INTERVAL":
      return { ...NODE, kind: "interval", value: text(value) }
    default:
      return isNumber(type)
        ? { ...NODE, kind: "literal", type: /^\d+$/.test(value) ? "integer" : "float", value }
        : typed(type.name, value)
  }
}

function isNumber(type: SqlType): boolean {
  return type.kind === "scalar" && /INT|FLOAT|DOUBLE/.test(type.name) && type.name !== "INTERVAL"
}

export function writeAggregate(definition: AggregateCall, writer: ScalarWriter): Expr {
  return retypedResult(definition, writeAggregateCall(definition, writer), writer)
}

function writeAggregateCall(definition: AggregateCall, writer: ScalarWriter): Call {
  const write = (arg: Scalar) => writeScalar(arg, writer)
  const cast = retypedOf(definition, writer)?.argument
  const args =
    definition.args.length === 0 && definition.fn === "count"
      ? [argument(star())]
      : definition.args.map((arg, i) =>
          argument(i === cast?.index ? castTo(write(arg), cast.type) : write(arg)),
        )
  return callWith(definition.fn, args, {
    distinct: definition.distinct,
    orderBy: definition.orderBy.map((key) => writeSortKey(key, writer)),
    ...(definition.filter ? { filter: write(definition.filter) } : {}),
  })
}

function retypedOf({ fn, args }: AggregateCall, { can }: ScalarWriter) {
  const types = args.map(({ type }) => type)
  return retyped(fn, types, can)
}

function retypedResult(definition: AggregateCall, written: Expr, writer: ScalarWriter): Expr {
  const found = retypedOf(definition, writer)
  const folds = !writer.can.typedNulls && definition.args.some(isNullConstant)
  return folds || (found && !found.argument) ? castTo(written, definition.type) : written
}

export function writeWindow(definition: WindowCall, writer: ScalarWriter): Expr {
  const frame = definition.frame
  const over: WindowSpec = {
    ...NODE,
    kind: "window-spec",
    partitionBy: definition.partitionBy.map((expr) => writeScalar(expr, writer)),
    orderBy: definition.windowOrder.map((key) => writeSortKey(key, writer)),
    ...(frame
      ? {
          frame: {
            ...NODE,
            kind: "frame",
            unit: frame.unit,
            start: writeBound(frame.start, writer),
            end: writeBound(frame.end, writer),
            ...(frame.exclude ? { exclude: frame.exclude } : {}),
          },
        }
      : {}),
  }
  const written: Call = {
    ...writeAggregateCall(definition, writer),
    over,
    ...(definition.ignoreNulls ? { nulls: "ignore" as const } : {}),
  }
  return retypedResult(definition, written, writer)
}

function writeBound(bound: WindowBound, writer: ScalarWriter): FrameBound {
  if ("value" in bound)
    return {
      ...NODE,
      kind: "frame-bound",
      type: bound.kind === "preceding" ? "PRECEDING" : "FOLLOWING",
      value: writeScalar(bound.value, writer),
    }
  const type =
    bound.kind === "current-row"
      ? "CURRENT ROW"
      : bound.kind === "unbounded-preceding"
        ? "UNBOUNDED PRECEDING"
        : "UNBOUNDED FOLLOWING"
  return { ...NODE, kind: "frame-bound", type }
}

/** NULLs last is the default of the dialects that are written; only the other is spelled out. */
export function writeSortKey(
  { expr, descending, nulls }: SortKey,
  writer: ScalarWriter,
): OrderItem {
  return {
    ...NODE,
    kind: "order-item",
    expr: writeScalar(expr, writer),
    descending,
    ...(nulls === "first" ? { nulls } : {}),
  }
}
