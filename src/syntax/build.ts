import type {
  Argument,
  Call,
  Cast,
  ColumnRef,
  Expr,
  Literal,
  Name,
  Node,
  Query,
  QueryBody,
  Sample,
  Select,
  SelectExpr,
  SelectItem,
  Star,
  TableAlias,
  TableName,
  TableRef,
  TypeName,
} from "./ast.js"
import type { Span } from "../base/span.js"
import type { SqlType } from "../types/type.js"
import { copied } from "./walk.js"

// Trees that smelt makes itself. They have no place in a text; ids are fresh in the process.

const NOWHERE = { start: 0, end: 0 } as const
let lastId = 1_000_000_000

/** An id that no tree has. */
export function freshId(): number {
  return ++lastId
}

function node(): { readonly id: number; readonly span: typeof NOWHERE } {
  return { id: freshId(), span: NOWHERE }
}

/** What was made, as if it were written at `span`; what is taken from a text in it stays where it stands. */
export function placed<N extends Node>(made: N, span: Span): N {
  return copied(made, (one) => (one.span === NOWHERE ? { span } : {}))
}

export function name(text: string): Name {
  return { ...node(), kind: "name", text, quoted: false }
}

/** `column("t", "a")` is `t.a`. */
export function column(...path: readonly string[]): ColumnRef {
  return { ...node(), kind: "column-ref", path: path.map(name) }
}

export function text(value: string): Literal {
  return { ...node(), kind: "literal", type: "string", value }
}

export function integer(value: number): Literal {
  return { ...node(), kind: "literal", type: "integer", value: String(value) }
}

export function boolean(value: boolean): Literal {
  return { ...node(), kind: "literal", type: "boolean", value: String(value) }
}

export const nothing = (): Literal => ({ ...node(), kind: "literal", type: "null", value: "null" })

/** A literal of a type by text: `DATE '2024-01-31'`. */
export function typed(type: string, value: string): Literal {
  return { ...node(), kind: "literal", type: "typed", value, typeName: typeName(type) }
}

export function typeName(type: string, args: readonly number[] = []): TypeName {
  return { ...node(), kind: "type-name", name: type, args, fields: [], dimensions: 0 }
}

/** A type with its arguments, such as DECIMAL(12,2). Not for lists, structs and maps. */
export function typeNameOf(type: SqlType): TypeName {
  return type.kind === "decimal"
    ? typeName("DECIMAL", [type.precision, type.scale])
    : typeName(type.kind === "scalar" ? type.name : "VARCHAR")
}

/** `CAST(operand AS type)`, of a type as smelt writes it. */
export function cast(operand: Expr, type: string): Cast {
  return { ...node(), kind: "cast", operand, type: typeName(type), try: false, short: false }
}

export function parameter(name: string): Expr {
  return { ...node(), kind: "parameter", name }
}

export function call(fn: string, ...args: readonly Expr[]): Call {
  return callWith(
    fn,
    args.map((value) => argument(value)),
  )
}

export function callWith(fn: string, args: readonly Argument[], more: Partial<Call> = {}): Call {
  return {
    ...node(),
    kind: "call",
    name: [name(fn)],
    args,
    distinct: false,
    orderBy: [],
    withinGroup: [],
    ...more,
  }
}

export function argument(value: Expr, label?: string): Argument {
  return {
    ...node(),
    kind: "argument",
    value,
    ...(label === undefined ? {} : { name: name(label) }),
  }
}

export function binary(left: Expr, op: string, right: Expr): Expr {
  return { ...node(), kind: "binary", op, left, right }
}

/** All of them; one stands alone. Undefined where there are none. */
export function all(operands: readonly Expr[]): Expr | undefined {
  return logic("AND", operands)
}

export function logic(op: "AND" | "OR", operands: readonly Expr[]): Expr | undefined {
  const [first] = operands
  return operands.length <= 1 ? first : { ...node(), kind: "logic", op, operands }
}

export function isNull(operand: Expr, not = false): Expr {
  return { ...node(), kind: "is", not, operand, test: "NULL" }
}

export function negate(operand: Expr): Expr {
  return { ...node(), kind: "unary", op: "NOT", operand }
}

export function exists(query: Query): Expr {
  return { ...node(), kind: "exists", query }
}

export function star(): Star {
  return { ...node(), kind: "star", exclude: [], replace: [] }
}

export function struct(fields: readonly (readonly [string, Expr])[]): Expr {
  return {
    ...node(),
    kind: "struct",
    fields: fields.map(([field, value]) => ({ name: name(field), value })),
  }
}

export function listOf(items: readonly Expr[]): Expr {
  return { ...node(), kind: "list", items }
}

export function item(expr: Expr, alias?: string): SelectExpr {
  return {
    ...node(),
    kind: "select-expr",
    expr,
    ...(alias === undefined ? {} : { alias: name(alias) }),
  }
}

export function select(
  clauses: Partial<Omit<Select, "items">> & { readonly items: readonly SelectItem[] },
): Select {
  return { ...node(), kind: "select", distinct: false, from: [], windows: [], ...clauses }
}

export function query(body: QueryBody, clauses: Partial<Omit<Query, "body">> = {}): Query {
  return { ...node(), kind: "query", recursive: false, ctes: [], body, orderBy: [], ...clauses }
}

/** `FROM` of a stored table by its path, under an alias. */
export function table(path: readonly string[], alias?: string): TableName {
  return { ...node(), kind: "table-name", path: path.map(name), ...aliased(alias) }
}

export function tableCall(called: Call, alias?: string): TableRef {
  return { ...node(), kind: "table-call", call: called, lateral: false, ...aliased(alias) }
}

export function subquery(of: Query, alias?: string): TableRef {
  return { ...node(), kind: "subquery", query: of, lateral: false, ...aliased(alias) }
}

export function withAlias(ref: TableRef, alias: TableAlias): TableRef {
  return ref.kind === "join" || ref.kind === "missing-table" ? ref : { ...ref, alias }
}

export function withSample(ref: TableRef, sample: Sample | undefined): TableRef {
  if (ref.kind !== "table-name" && ref.kind !== "table-call" && ref.kind !== "subquery") return ref
  return sample ? { ...ref, sample } : ref
}

export function tableAlias(alias: string, columns: readonly string[] = []): TableAlias {
  return { ...node(), kind: "table-alias", name: name(alias), columns: columns.map(name) }
}

function aliased(alias: string | undefined): { readonly alias?: TableAlias } {
  return alias === undefined ? {} : { alias: tableAlias(alias) }
}
