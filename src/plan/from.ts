import type { Binding } from "../catalog/names.js"
import type { Relation } from "../catalog/relation.js"
import { appendTag, baseId, exprId, nullId } from "../ir/ids.js"
import type { ColumnId, ColumnScalar, Definition, Rel, Scalar } from "../ir/nodes.js"
import { mentioned, provided, substitute } from "../ir/walk.js"
import type { Join, TableRef } from "../syntax/ast.js"
import { BOOLEAN } from "../types/type.js"
import { conjuncts } from "./conjuncts.js"
import { columnOf, planExpr } from "./expr.js"
import { planCte, planQuery } from "./query.js"
import { originOf, Unsupported, type PlanContext, type Planned } from "./scope.js"

const NO_SELECT = { birth: "from" }

/** A FROM item; what its columns stand for is put into `cx.bindings`. `taken` are ids of this FROM. */
export function planTable(ref: TableRef, taken: Set<ColumnId>, cx: PlanContext): Rel {
  if (ref.kind === "join") return planJoin(ref, taken, cx)
  if (ref.kind === "subquery" && ref.lateral) throw new Unsupported("LATERAL", ref.id)
  const binding = cx.input.names.bindings.get(ref.id)
  if (!binding) throw new Unsupported("this table", ref.id)
  const { rel, columns } = distinguish(planBinding(binding, ref.id, cx), taken, cx)
  cx.bindings.set(ref.id, columns)
  return rel
}

function planBinding(binding: Binding, node: number, cx: PlanContext): Planned {
  switch (binding.kind) {
    case "relation": {
      const planned = cx.input.relation(binding.relation, binding.name)
      if (!planned) throw new Unsupported(`\`${binding.name}\``, node)
      const found = planned.kind === "inlined" ? inlined(planned.out) : scan(planned.relation)
      if (!binding.filter) return found
      cx.bindings.set(node, found.columns)
      cx.bindings.set(binding.call.id, found.columns)
      const predicates = conjuncts(planExpr(binding.filter, NO_SELECT, cx))
      return {
        ...found,
        rel: { kind: "filter", predicates, input: found.rel, origin: originOf(cx, node) },
      }
    }
    case "cte":
      if (binding.recursive) throw new Unsupported("a recursive CTE", node)
      return planCte(binding.query, cx)
    case "subquery":
      return planQuery(binding.query, cx)
    default:
      throw new Unsupported(binding.kind === "values" ? "VALUES in FROM" : "a table function", node)
  }
}

function inlined(out: {
  readonly columns: readonly { readonly expr: Scalar }[]
  readonly input: Rel
}): Planned {
  return { rel: out.input, columns: out.columns.map(({ expr }) => expr) }
}

function scan(relation: Relation): Planned {
  const columns = relation.columns.map(({ name, type, nullable }) => ({
    id: baseId(relation.name, name),
    name,
    type,
    nullable,
  }))
  return {
    rel: { kind: "scan", relation: relation.name, relationKind: relation.kind, tag: "", columns },
    columns: columns.map(({ id, type, nullable }) => ({ kind: "column", id, type, nullable })),
  }
}

/** Tags a relation whose ids stand in this FROM, or in an enclosing query, already. */
function distinguish(planned: Planned, taken: Set<ColumnId>, cx: PlanContext): Planned {
  const own = provided(planned.rel)
  const clashes = (tag: string) =>
    [...own].some((id) => {
      const shown = appendTag(id, tag)
      return taken.has(shown) || cx.avoid.some((ids) => ids.has(shown))
    })
  let tag = ""
  for (let n = 1; clashes(tag); n++) tag = String(n)
  for (const id of own) taken.add(appendTag(id, tag))
  if (tag === "") return planned
  const rename = (expr: Scalar) =>
    substitute(expr, (id) => (own.has(id) ? renamed(expr, id, tag) : undefined))
  return { rel: { kind: "tag", tag, input: planned.rel }, columns: planned.columns.map(rename) }
}

function renamed(expr: Scalar, id: ColumnId, tag: string): ColumnScalar {
  const found = findColumn(expr, id)
  return { ...found, id: appendTag(id, tag) }
}

function findColumn(expr: Scalar, id: ColumnId): ColumnScalar {
  let found: ColumnScalar | undefined
  substitute(expr, (candidate) => {
    if (candidate === id) found ??= undefined
    return undefined
  })
  const search = (node: Scalar): void => {
    if (node.kind === "column" && node.id === id) found ??= node
    else if (node.kind === "call") node.args.forEach(search)
    else if (node.kind === "cast") search(node.arg)
    else if (node.kind === "case") {
      for (const { when, then } of node.arms) {
        search(when)
        search(then)
      }
      search(node.otherwise)
    } else if (node.kind === "query" && node.arg) search(node.arg)
  }
  search(expr)
  return (
    found ?? {
      kind: "column",
      id,
      type: { kind: "unknown", reason: "an outer reference" },
      nullable: true,
    }
  )
}

function planJoin(join: Join, taken: Set<ColumnId>, cx: PlanContext): Rel {
  if (join.type === "asof" || join.type === "positional")
    throw new Unsupported(`${join.type.toUpperCase()} JOIN`, join.id)
  const before = new Set(cx.bindings.keys())
  const left = planTable(join.left, taken, cx)
  const leftTables = [...cx.bindings.keys()].filter((table) => !before.has(table))
  const right = planTable(join.right, taken, cx)
  const rightTables = [...cx.bindings.keys()].filter(
    (table) => !before.has(table) && !leftTables.includes(table),
  )
  const pairs = (cx.input.names.using.get(join.id) ?? []).map(({ left: a, right: b }) => [
    columnOf(a, join.id, NO_SELECT, cx),
    columnOf(b, join.id, NO_SELECT, cx),
  ])
  const on = [
    ...pairs.map((args): Scalar => ({
      kind: "call",
      fn: "=",
      args: args.flatMap((arg) => arg ?? []),
      type: BOOLEAN,
      nullable: true,
    })),
    ...(join.on ? conjuncts(planExpr(join.on, NO_SELECT, cx)) : []),
  ]
  const origin = originOf(cx, join.id)
  const merge = (choose: (a: Scalar, b: Scalar) => Scalar) =>
    cx.merged.set(
      join.id,
      pairs.flatMap(([a, b]) => (a && b ? [choose(a, b)] : [])),
    )
  switch (join.type) {
    case "cross":
    case "inner": {
      merge((a) => a)
      const product: Rel = {
        kind: "join",
        inputs: [left, right].flatMap((input) => (input.kind === "join" ? input.inputs : [input])),
        origin,
      }
      return on.length === 0 ? product : { kind: "filter", predicates: on, input: product, origin }
    }
    case "left": {
      merge((a) => a)
      return { kind: "left", on, left, right: padded(right, rightTables, cx), origin }
    }
    case "right": {
      const kept = padded(left, leftTables, cx)
      merge((_, b) => b)
      return { kind: "left", on, left: right, right: kept, origin }
    }
    case "full": {
      const rel: Rel = {
        kind: "full",
        on,
        left: padded(left, leftTables, cx),
        right: padded(right, rightTables, cx),
        origin,
      }
      merge((a, b) => ({
        kind: "call",
        fn: "coalesce",
        args: [nulled(a), nulled(b)],
        type: a.type,
        nullable: a.nullable && b.nullable,
      }))
      return rel
    }
    default:
      return { kind: join.type, on, left, right, origin }
  }
}

/** The side that an outer join may pad: its columns become `null(…)`; computed ones get ids of their own first. */
function padded(rel: Rel, tables: readonly number[], cx: PlanContext): Rel {
  const own = provided(rel)
  const definitions = new Map<ColumnId, Definition>()
  for (const table of tables) {
    const columns = (cx.bindings.get(table) ?? []).map((expr): Scalar => {
      const id = exprId(expr)
      if (expr.kind !== "column") definitions.set(id, { id, expr })
      return { kind: "column", id: nullId(id), type: expr.type, nullable: true }
    })
    cx.bindings.set(table, columns)
  }
  const needed = [...definitions.values()].filter(
    ({ id, expr }) => !own.has(id) && [...mentioned(expr)].every((each) => own.has(each)),
  )
  return needed.length === 0 ? rel : { kind: "compute", definitions: needed, input: rel }
}

function nulled(expr: Scalar): Scalar {
  return { kind: "column", id: nullId(exprId(expr)), type: expr.type, nullable: true }
}
