import type { TypeOf } from "../catalog/types.js"
import type { Call } from "../syntax/ast.js"
import { family, isOpen } from "../types/coercion.js"
import { BOOLEAN, list, show, type SqlType } from "../types/type.js"
import { lookupFunction } from "../functions/index.js"
import { pairType, type Typed } from "./agree.js"
import { UNKNOWN, type Context, type Frame } from "./context.js"
import { checkWidth, exprType, typed } from "./expr.js"
import { queryColumns } from "./query.js"

/** The type of a call in a form of its own that is no call of a function; undefined for other calls. */
export function formedType(call: Call, frame: Frame, cx: Context): TypeOf | undefined {
  switch (call.form) {
    case "array":
      return arrayType(call, frame, cx)
    case "overlaps":
      return overlapsType(call, frame, cx)
    default:
      return call.name.length === 1 ? namedType(call, frame, cx) : undefined
  }
}

/** Calls whose arguments' names are those of fields. */
function namedType(call: Call, frame: Frame, cx: Context): TypeOf | undefined {
  const fn = call.name[0]?.text.toLowerCase()
  const isUnion = fn === "union_value"
  if (!isUnion && fn !== "struct_insert" && fn !== "struct_update") return undefined
  const [whole, ...rest] = call.args
  const named = isUnion ? call.args : rest
  const fields = named.map(({ name, value }) => ({
    name: name?.text ?? "",
    type: exprType(value, frame, cx).type,
  }))
  if (fields.some(({ name }) => name === "") || (isUnion && fields.length !== 1)) {
    const wanted = isUnion ? "(name := value)" : "(STRUCT, name := value, …)"
    cx.sink.report("no-such-signature", call.span, { name: fn, found: "other arguments", wanted })
    return UNKNOWN
  }
  if (isUnion) return { type: { kind: "union", members: fields }, nullable: false }
  const of = whole && exprType(whole.value, frame, cx).type
  if (of?.kind !== "struct") {
    const found = of ? show(of) : ""
    if (of && !isOpen(of))
      cx.sink.report("types-disagree", call.span, { what: fn, wanted: "a STRUCT", found })
    return UNKNOWN
  }
  return { type: { kind: "struct", fields: withFields(of.fields, fields) }, nullable: false }
}

type Field = Extract<SqlType, { kind: "struct" }>["fields"][number]

/** A field of a name that is there takes its place. */
function withFields(before: readonly Field[], given: readonly Field[]): Field[] {
  const same = (name: string) => (one: Field) => one.name.toLowerCase() === name.toLowerCase()
  const kept = before.map((field) => ({
    ...field,
    type: given.find(same(field.name))?.type ?? field.type,
  }))
  return [...kept, ...given.filter(({ name }) => !before.some(same(name)))]
}

/** `ARRAY(SELECT …)`: the rows as a list, which is empty where there are none. */
function arrayType(call: Call, frame: Frame, cx: Context): TypeOf {
  const rows = call.args[0]?.value
  if (rows?.kind !== "scalar-subquery") return UNKNOWN
  const columns = queryColumns(rows.query, frame, cx)
  checkWidth(rows.query, columns.length, 1, "ARRAY", cx)
  const [column] = columns
  if (!column) return UNKNOWN
  cx.exprs.set(rows.id, column)
  return { type: list(column.type), nullable: false }
}

/** `(a, b) OVERLAPS (c, d)`: b and d are ends, or lengths where they are intervals. */
function overlapsType(call: Call, frame: Frame, cx: Context): TypeOf {
  const args = call.args.map(({ value }) => typed(value, frame, cx))
  const nullable = args.some((arg) => arg.nullable)
  if (args.length !== 4) {
    const params = { what: "OVERLAPS", found: args.length, wanted: 4 }
    cx.sink.report("column-count", call.span, params)
    return { type: BOOLEAN, nullable }
  }
  const [first, ...others] = args.filter((arg, i) => i % 2 === 0 || !isLength(arg))
  const before = cx.sink.diagnostics.length
  for (const other of others) if (first) pairType("OVERLAPS", first, other, cx)
  const isKnown = lookupFunction("overlaps")?.resultType(args.map(({ type }) => type))
  if (!isKnown && cx.sink.diagnostics.length === before)
    cx.sink.report("no-such-signature", call.span, {
      name: "OVERLAPS",
      found: args.map(({ type }) => show(type)).join(", "),
      wanted: "two spans of time, each by its ends or by a point and an interval",
    })
  return { type: BOOLEAN, nullable }
}

function isLength({ type }: Typed): boolean {
  return family(type) === "interval"
}
