import type { Binding, UsingColumn } from "../catalog/names.js"
import type { TypeOf } from "../catalog/types.js"
import { lookupTableFunction } from "../functions/index.js"
import type { Join, TableRef, TableCall } from "../syntax/ast.js"
import { hidesRight, kindOf } from "../syntax/joins.js"
import { commonType } from "../types/coercion.js"
import { BIGINT } from "../types/type.js"
import { fromColumn, inClause, newFrame, UNKNOWN, type Context, type Frame } from "./context.js"
import { condition, exprType } from "./expr.js"
import {
  bothWays,
  constants,
  equalities,
  joinFacts,
  keyOfRelation,
  mergedPairs,
  NO_FACTS,
  outerImplication,
  tableFacts,
  usingPairs,
  type Facts,
  type Implication,
} from "./keys.js"
import { nullable, notNullWhenTrue, refined } from "./nullability.js"
import { queryColumns, valuesColumns } from "./query.js"
import { mixed } from "./strictness.js"

/** The columns of a FROM, and what determines what in it. */
export interface From {
  readonly frame: Frame
  readonly facts: Facts
}

/** Types the tables of a FROM one after another; `outside` is the frame without any. */
export function fromTypes(items: readonly TableRef[], outside: Frame, cx: Context): From {
  return items.reduce<From>(
    (left, item) => {
      const right = tableTypes(item, left.frame, cx)
      return { frame: right.frame, facts: joinFacts(left.facts, right.facts) }
    },
    { frame: outside, facts: NO_FACTS },
  )
}

/** The frame that holds this item beside what stands to its left, which lateral ones see. */
function tableTypes(ref: TableRef, left: Frame, cx: Context): From {
  if (ref.kind === "join") return joinTypes(ref, left, cx)
  const binding = cx.names.bindings.get(ref.id)
  const columns = binding ? bindingColumns(ref, binding, left, cx) : []
  cx.columns.set(ref.id, columns)
  return {
    frame: withTable(left, ref.id, columns),
    facts: tableFacts(ref.id, cx.keys.get(ref.id) ?? []),
  }
}

function bindingColumns(
  ref: TableRef,
  binding: Binding,
  left: Frame,
  cx: Context,
): readonly TypeOf[] {
  switch (binding.kind) {
    case "relation":
      return relationColumns(ref, binding, cx)
    case "cte": {
      const columns = cx.recursive.get(binding.query.id) ?? cx.columns.get(binding.query.id) ?? []
      // Rows of an earlier round may repeat.
      if (!binding.recursive) cx.keys.set(ref.id, cx.keys.get(binding.query.id) ?? [])
      return columns
    }
    case "subquery": {
      const columns = queryColumns(binding.query, left, cx)
      // A lateral query has its keys among the rows of one row to its left only.
      const lateral = cx.names.correlated.has(binding.query.id)
      cx.keys.set(ref.id, lateral ? [] : (cx.keys.get(binding.query.id) ?? []))
      return columns
    }
    case "values":
      return ref.kind === "values-table" ? valuesColumns(ref.values, left, cx) : []
    case "table-function":
      return ref.kind === "table-call" ? functionColumns(ref, left, cx) : []
    case "broken":
      return []
  }
}

function relationColumns(
  ref: TableRef,
  binding: Extract<Binding, { kind: "relation" }>,
  cx: Context,
): readonly TypeOf[] {
  const relation = cx.project.relation(binding.relation, binding.name)
  if (!relation) return binding.columns.map(() => UNKNOWN)
  const columns = relation.columns.map(({ type, nullable }) => ({ type, nullable }))
  cx.keys.set(ref.id, keyOfRelation(relation))
  const { filter } = binding
  if (!filter) return columns
  const alone = withTable(newFrame("a filter", undefined), ref.id, columns)
  condition(filter, "filter", alone, cx)
  return refined(alone, notNullWhenTrue(filter, cx)).columns.get(ref.id) ?? columns
}

function functionColumns(ref: TableCall, left: Frame, cx: Context): readonly TypeOf[] {
  const args = ref.call.args.map((argument) => exprType(argument.value, inClause(left, "FROM"), cx))
  const info = lookupTableFunction(ref.call.name.at(-1)?.text ?? "")
  const type = info?.resultType(args.map((arg) => arg.type))
  if (!info || !type) {
    const found = args.length
    cx.sink.report("no-such-signature", ref.call.span, {
      name: ref.call.name.at(-1)?.text ?? "",
      found: `${found} arguments of these types`,
      wanted: info?.signatures.map((one) => one.text).join(" or ") ?? "nothing",
    })
    return [UNKNOWN]
  }
  const types =
    (info.columns ?? []).length > 1 && type.kind === "struct"
      ? type.fields.map((field) => field.type)
      : [type]
  const columns = types.map((one) => ({ type: one, nullable: info.nulls !== "never-null" }))
  return ref.ordinality ? [...columns, { type: BIGINT, nullable: false }] : columns
}

// ---------------------------------------------------------------------------------------- joins

function joinTypes(join: Join, outside: Frame, cx: Context): From {
  const left = tableTypes(join.left, outside, cx)
  const right = tableTypes(join.right, left.frame, cx)
  const inside = right.frame
  cx.lookout?.at(join.id, () => inside)
  if (join.on) condition(join.on, "ON", inClause(inside, "a join condition"), cx)
  const using = cx.names.using.get(join.id) ?? []
  checkUsing(join, using, inside, cx)
  const padded = padJoin(join, left, right, inside, cx)
  const frame =
    using.length > 0 ? withTable(padded, join.id, usingTypes(join, using, padded, inside)) : padded
  return { frame, facts: factsOf(join, left, right, using, cx) }
}

/** The columns that an outer join fills with NULL become nullable; those of an inner join are refined by ON. */
function padJoin(join: Join, left: From, right: From, inside: Frame, cx: Context): Frame {
  const known = join.on ? notNullWhenTrue(join.on, cx) : new Set<string>()
  switch (kindOf(join)) {
    case "left":
      return pad(inside, tablesOf(join.right))
    case "right":
      return pad(inside, tablesOf(join.left))
    case "full":
    case "positional":
      return pad(inside, [...tablesOf(join.left), ...tablesOf(join.right)])
    case "semi":
      return refined(left.frame, known)
    case "anti":
      return left.frame
    default:
      return refined(inside, known)
  }
}

function pad(frame: Frame, tables: readonly number[]): Frame {
  const columns = new Map(frame.columns)
  const unpadded = new Map(frame.unpadded)
  for (const table of tables) {
    const types = columns.get(table)
    if (!types) continue
    if (!unpadded.has(table)) unpadded.set(table, types)
    columns.set(table, types.map(nullable))
  }
  return { ...frame, columns, unpadded }
}

/** Ids of the bindings in a FROM item, and of joins with merged columns. */
export function tablesOf(ref: TableRef): readonly number[] {
  return ref.kind === "join" ? [ref.id, ...tablesOf(ref.left), ...tablesOf(ref.right)] : [ref.id]
}

function usingTypes(
  join: Join,
  using: readonly UsingColumn[],
  padded: Frame,
  inside: Frame,
): readonly TypeOf[] {
  return using.map((column) => {
    const kind = kindOf(join)
    const frame = kind === "full" ? inside : padded
    const left = fromColumn(column.left, frame) ?? UNKNOWN
    const right = fromColumn(column.right, frame) ?? UNKNOWN
    switch (kind) {
      case "right":
        return right
      case "full":
        return {
          type: commonType(left.type, right.type) ?? left.type,
          nullable: left.nullable || right.nullable,
        }
      case "left":
      case "anti":
        return left
      // The left one is shown: another is equal, but for the row that ASOF finds before it.
      default:
        return { type: left.type, nullable: left.nullable && right.nullable }
    }
  })
}

function checkUsing(join: Join, using: readonly UsingColumn[], frame: Frame, cx: Context): void {
  for (const column of using) {
    const left = fromColumn(column.left, frame)?.type
    const right = fromColumn(column.right, frame)?.type
    if (!left || !right || commonType(left, right)) continue
    const span = join.using?.find(
      (name) => name.text.toLowerCase() === column.name.toLowerCase(),
    )?.span
    mixed(`USING (${column.name})`, span ?? join.span, left, right, [], cx)
  }
}

function factsOf(
  join: Join,
  left: From,
  right: From,
  using: readonly UsingColumn[],
  cx: Context,
): Facts {
  const both = joinFacts(left.facts, right.facts)
  const pairs = [...(join.on ? equalities(join.on, cx) : []), ...usingPairs(using)]
  const shown = bothWays(mergedPairs(join, using))
  const also = (more: readonly Implication[]) => ({
    ...both,
    implies: [...both.implies, ...shown, ...more],
  })
  if (hidesRight(join)) return { ...left.facts, implies: [...left.facts.implies, ...shown] }
  if (join.type === "asof") return asofFacts(join, left, right, both, shown, cx)
  switch (join.type) {
    case "inner":
    case "cross":
      return also([...bothWays(pairs), ...(join.on ? constants(join.on, cx) : [])])
    case "left":
      return also(outerImplication(join, pairs, tablesOf(join.right), right.facts, cx))
    case "right":
      return also(outerImplication(join, pairs, tablesOf(join.left), left.facts, cx))
    default:
      return both
  }
}

/** A row of the left side meets one row of the right side at most. */
function asofFacts(
  join: Join,
  left: From,
  right: From,
  both: Facts,
  shown: readonly Implication[],
  cx: Context,
): Facts {
  const kind = kindOf(join)
  if (kind !== "inner" && kind !== "left") return both
  const equal = kind === "inner" && join.on ? bothWays(equalities(join.on, cx)) : []
  const met = { from: left.facts.rows, to: right.facts.rows }
  return { ...both, implies: [...both.implies, ...shown, ...equal, met] }
}

/** A frame with this table in it too. */
function withTable(frame: Frame, id: number, columns: readonly TypeOf[]): Frame {
  return { ...frame, columns: new Map(frame.columns).set(id, columns), outputs: new Map() }
}
