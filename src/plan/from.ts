import type { Binding } from "../catalog/names.js"
import type { Relation } from "../catalog/relation.js"
import { appendTag, baseId, bareId, joinTags, nullId, scalarText } from "../ir/ids.js"
import type { ColumnId, Definition, Rel, Scalar } from "../ir/nodes.js"
import { insideIds, provided, rename } from "../ir/walk.js"
import type { Join, TableRef } from "../syntax/ast.js"
import { commonType } from "../types/coercion.js"
import { BOOLEAN } from "../types/type.js"
import { columnOf, planCondition } from "./expr.js"
import { planCte, planQuery } from "./query.js"
import { originOf, Unsupported, type PlanContext, type Planned } from "./scope.js"

const NO_SELECT = { birth: "from" }

/** The ids of a FROM, bare. */
export interface Taken {
  readonly ids: Set<ColumnId>
  /** Ids that stand inside computed ones: `t.a` of a `[f(t.a)]`. */
  readonly inside: Set<ColumnId>
}

/** A FROM item; what its columns stand for is put into `cx.bindings`. */
export function planTable(ref: TableRef, taken: Taken, cx: PlanContext): Rel {
  if (ref.kind === "join") return planJoin(ref, taken, cx)
  if ("sample" in ref && ref.sample) throw new Unsupported("a sample", ref.sample.id)
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
      const predicates = planCondition(binding.filter, NO_SELECT, cx)
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

/**
 * Tags a relation whose ids stand in this FROM, or in an enclosing query, already; of a subquery each. So it
 * does one that shows `[f(t.a)]` beside another `t.a`: of that, f(t.a) would be another value of the same name.
 */
function distinguish(planned: Planned, taken: Taken, cx: PlanContext): Planned {
  const own = provided(planned.rel)
  const inside = insideIds(planned.rel)
  const clashes = (tag: string) =>
    [...own].some((id) => isTaken(appendTag(id, tag), taken, cx)) ||
    (tag === "" && [...inside].some((id) => taken.ids.has(id)))
  let tag = cx.tag
  for (let n = 1; clashes(tag); n++) tag = joinTags(cx.tag, String(n))
  for (const id of own) taken.ids.add(bareId(appendTag(id, tag)))
  if (tag === "") {
    for (const id of inside) taken.inside.add(id)
    return planned
  }
  const tagged = (expr: Scalar) =>
    rename(expr, (id) => (own.has(id) ? appendTag(id, tag) : undefined))
  return { rel: { kind: "tag", tag, input: planned.rel }, columns: planned.columns.map(tagged) }
}

/** A later outer join may pad any of them, so ids must differ below every `null(…)`. */
function isTaken(id: ColumnId, { ids, inside }: Taken, cx: PlanContext): boolean {
  const bare = bareId(id)
  return ids.has(bare) || inside.has(bare) || cx.avoid.some((around) => around.has(bare))
}

function planJoin(join: Join, taken: Taken, cx: PlanContext): Rel {
  if (join.type === "asof" || join.type === "positional")
    throw new Unsupported(`${join.type.toUpperCase()} JOIN`, join.id)
  const left = planTable(join.left, taken, cx)
  const right = planTable(join.right, taken, cx)
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
    ...(join.on ? planCondition(join.on, NO_SELECT, cx) : []),
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
      return { kind: "left", on, left, right: padded(right, join.right, taken, cx).rel, origin }
    }
    case "right": {
      const kept = padded(left, join.left, taken, cx)
      merge((_, b) => b)
      return { kind: "left", on, left: right, right: kept.rel, origin }
    }
    case "full": {
      const [a, b] = [padded(left, join.left, taken, cx), padded(right, join.right, taken, cx)]
      merge((x, y) => ({
        kind: "call",
        fn: "coalesce",
        args: [a.shown(x), b.shown(y)],
        type: commonType(x.type, y.type) ?? x.type,
        nullable: x.nullable || y.nullable,
      }))
      return { kind: "full", on, left: a.rel, right: b.rel, origin }
    }
    default:
      return { kind: join.type, on, left, right, origin }
  }
}

interface Padded {
  readonly rel: Rel
  /** An expression over the side as it shows above the join. */
  readonly shown: (expr: Scalar) => Scalar
}

/**
 * The side that an outer join may pad: what its columns, and those that USING merged in it, stand for
 * becomes `null(…)`; what is no column of the side gets an id of its own first.
 */
function padded(rel: Rel, ref: TableRef, taken: Taken, cx: PlanContext): Padded {
  const own = provided(rel)
  const defined = new Map<string, Definition>()
  const idOf = (expr: Scalar): ColumnId => {
    if (expr.kind === "column" && own.has(expr.id)) return expr.id
    const text = scalarText(expr)
    const definition = defined.get(text) ?? { id: freshId(`[${text}]`, taken, cx), expr }
    defined.set(text, definition)
    return definition.id
  }
  const shown = (expr: Scalar): Scalar => ({
    kind: "column",
    id: nullId(idOf(expr)),
    type: expr.type,
    nullable: true,
  })
  for (const { id } of refsIn(ref))
    for (const columns of [cx.bindings, cx.merged]) {
      const found = columns.get(id)
      if (found) columns.set(id, found.map(shown))
    }
  const definitions = [...defined.values()]
  return {
    rel: definitions.length === 0 ? rel : { kind: "compute", definitions, input: rel },
    shown,
  }
}

/** A FROM item and, of a join, those in it that it shows. */
function refsIn(ref: TableRef): readonly TableRef[] {
  if (ref.kind !== "join") return [ref]
  const hidden = ref.type === "semi" || ref.type === "anti"
  return [ref, ...refsIn(ref.left), ...(hidden ? [] : refsIn(ref.right))]
}

function freshId(wanted: ColumnId, taken: Taken, cx: PlanContext): ColumnId {
  let id = wanted
  for (let n = 1; isTaken(id, taken, cx); n++) id = appendTag(wanted, String(n))
  taken.ids.add(bareId(id))
  return id
}
