import { some } from "../base/check.js"
import { appendTag, baseId, bareId, joinTags, nullId } from "./ids.js"
import type {
  AggregateCall,
  ColumnId,
  ColumnScalar,
  Definition,
  Rel,
  Scalar,
  SortKey,
  WindowBound,
  WindowCall,
} from "./nodes.js"

/** The relations directly below; subqueries in expressions are not among them. */
export function inputs(rel: Rel): readonly Rel[] {
  switch (rel.kind) {
    case "scan":
    case "values":
      return []
    case "join":
      return rel.inputs
    case "left":
    case "full":
    case "semi":
    case "anti":
      return [rel.left, rel.right]
    case "set":
      return rel.branches.map(({ input }) => input)
    default:
      return [rel.input]
  }
}

/** The expressions that stand in a node itself. */
export function scalarsOf(rel: Rel): readonly Scalar[] {
  switch (rel.kind) {
    case "values":
      return rel.rows.flat()
    case "filter":
      return rel.predicates
    case "left":
    case "full":
    case "semi":
    case "anti":
      return rel.on
    case "compute":
      return rel.definitions.map(({ expr }) => expr)
    case "agg":
      return [
        ...rel.keys.map(({ expr }) => expr),
        ...rel.aggregates.flatMap(({ call }) => callScalars(call)),
      ]
    case "distinct":
      return [
        ...rel.columns.map(({ expr }) => expr),
        ...(rel.on ? [...rel.on.keys, ...rel.on.orderBy.map(({ expr }) => expr)] : []),
      ]
    case "window":
      return rel.definitions.flatMap(({ call }) => [
        ...callScalars(call),
        ...call.partitionBy,
        ...call.windowOrder.map(({ expr }) => expr),
        ...boundScalars(call),
      ])
    case "set":
      return rel.branches.flatMap(({ columns }) => columns)
    case "sort":
      return rel.keys.map(({ expr }) => expr)
    case "limit":
      return [...(rel.count ? [rel.count] : []), ...(rel.offset ? [rel.offset] : [])]
    default:
      return []
  }
}

export function callScalars(call: AggregateCall): readonly Scalar[] {
  return [
    ...call.args,
    ...(call.filter ? [call.filter] : []),
    ...call.orderBy.map(({ expr }) => expr),
  ]
}

/** The values of the bounds of a frame. */
export function boundScalars({ frame }: WindowCall): readonly Scalar[] {
  return (frame ? [frame.start, frame.end] : []).flatMap((bound) =>
    "value" in bound ? [bound.value] : [],
  )
}

/** The expressions directly below; the relation of a subquery is not among them. */
export function operands(expr: Scalar): readonly Scalar[] {
  switch (expr.kind) {
    case "call":
      return expr.args
    case "cast":
      return [expr.arg]
    case "case":
      return [...expr.arms.flatMap(({ when, then }) => [when, then]), expr.otherwise]
    case "query":
      return [...(expr.arg ? [expr.arg] : []), ...(expr.column ? [expr.column] : [])]
    case "lambda":
      return [expr.body]
    default:
      return []
  }
}

/** An expression with the expressions directly below mapped; itself where none changes. */
export function mapOperands(expr: Scalar, map: (operand: Scalar) => Scalar): Scalar {
  const below = operands(expr)
  const mapped = below.map(map)
  if (mapped.every((operand, i) => operand === below[i])) return expr
  const next = () => some(mapped.shift(), "an operand")
  switch (expr.kind) {
    case "call":
      return { ...expr, args: mapped }
    case "cast":
      return { ...expr, arg: next() }
    case "case": {
      const arms = expr.arms.map(() => ({ when: next(), then: next() }))
      return { ...expr, arms, otherwise: next() }
    }
    case "query":
      return {
        ...expr,
        ...(expr.arg ? { arg: next() } : {}),
        ...(expr.column ? { column: next() } : {}),
      }
    case "lambda":
      return { ...expr, body: next() }
    default:
      return expr
  }
}

const shown = new WeakMap<Rel, ReadonlySet<ColumnId>>()

/** The ids that a relation shows. */
export function provided(rel: Rel): ReadonlySet<ColumnId> {
  const known = shown.get(rel)
  if (known) return known
  const found = new Set(providedIds(rel))
  shown.set(rel, found)
  return found
}

function providedIds(rel: Rel): ColumnId[] {
  switch (rel.kind) {
    case "scan":
    case "values":
    case "set":
      return rel.columns.map(({ id }) => id)
    case "join":
      return rel.inputs.flatMap((input) => [...provided(input)])
    case "left":
      return [...provided(rel.left), ...[...provided(rel.right)].map(nullId)]
    case "full":
      return [...provided(rel.left), ...provided(rel.right)].map(nullId)
    case "semi":
    case "anti":
      return [...provided(rel.left)]
    case "compute":
      return [...provided(rel.input), ...rel.definitions.map(({ id }) => id)]
    case "agg":
      return [...rel.keys, ...rel.aggregates].map(({ id }) => id)
    case "distinct":
      return rel.columns.map(({ id }) => id)
    case "window":
      return [...provided(rel.input), ...rel.definitions.map(({ id }) => id)]
    case "tag":
      return [...provided(rel.input)].map((id) => appendTag(id, rel.tag))
    default:
      return [...provided(rel.input)]
  }
}

const made = new WeakMap<Rel, ReadonlyMap<ColumnId, ReadonlySet<ColumnId>>>()

/**
 * The ids that stand inside computed ids that a relation shows: `t.a` where it shows `[f(t.a)]`. All bare; a
 * tag is put to the whole of a computed id, so that nothing computed later gets the same.
 */
export function insideIds(rel: Rel): ReadonlySet<ColumnId> {
  return new Set([...madeOf(rel).values()].flatMap((ids) => [...ids]))
}

/** The computed ids that a relation shows, with what they are made of. */
function madeOf(rel: Rel): ReadonlyMap<ColumnId, ReadonlySet<ColumnId>> {
  const known = made.get(rel)
  if (known) return known
  const found = new Map<ColumnId, ReadonlySet<ColumnId>>()
  if (rel.kind !== "tag" && rel.kind !== "set") {
    const own = new Set([...provided(rel)].map(bareId))
    for (const input of inputs(rel))
      for (const [id, ids] of madeOf(input)) if (own.has(id)) found.set(id, ids)
  }
  for (const { id, expr } of computedIn(rel))
    if (bareId(id).startsWith("[") && !found.has(bareId(id)))
      found.set(bareId(id), new Set([...mentioned(expr)].map(bareId)))
  made.set(rel, found)
  return found
}

function computedIn(rel: Rel): readonly Definition[] {
  switch (rel.kind) {
    case "compute":
      return rel.definitions
    case "agg":
      return rel.keys
    case "distinct":
      return rel.columns
    default:
      return []
  }
}

/** Every id that an expression mentions, those of its subqueries' outer references included. */
export function mentioned(expr: Scalar, found = new Set<ColumnId>()): Set<ColumnId> {
  if (expr.kind === "column") found.add(expr.id)
  if (expr.kind === "query") {
    for (const id of outerReferences(expr.rel)) found.add(id)
    const inner = provided(expr.rel)
    if (expr.column) for (const id of mentioned(expr.column)) if (!inner.has(id)) found.add(id)
    if (expr.arg) mentioned(expr.arg, found)
    return found
  }
  for (const operand of operands(expr)) mentioned(operand, found)
  return found
}

const outer = new WeakMap<Rel, ReadonlySet<ColumnId>>()

/** Ids that a relation mentions and nothing in it provides: those of an enclosing query. */
export function outerReferences(rel: Rel): ReadonlySet<ColumnId> {
  const known = outer.get(rel)
  if (known) return known
  const found = new Set<ColumnId>()
  const here = new Set(inputs(rel).flatMap((input) => [...provided(input)]))
  if (rel.kind === "left" || rel.kind === "full") for (const id of provided(rel)) here.add(id)
  for (const expr of scalarsOf(rel))
    for (const id of mentioned(expr)) if (!here.has(id)) found.add(id)
  // A right side may speak of the left one (lateral); the same rule covers it.
  for (const input of inputs(rel))
    for (const id of outerReferences(input)) if (!here.has(id)) found.add(id)
  outer.set(rel, found)
  return found
}

/** `expr` with the columns that `newId` knows under their new ids. */
export function rename(expr: Scalar, newId: (id: ColumnId) => ColumnId | undefined): Scalar {
  return mapColumns(
    expr,
    (id) => newId(id) !== undefined,
    (column) => ({ ...column, id: newId(column.id) ?? column.id }),
  )
}

type ColumnMap = (column: ColumnScalar) => Scalar

function mapColumns(expr: Scalar, affects: (id: ColumnId) => boolean, map: ColumnMap): Scalar {
  if (expr.kind === "column") return affects(expr.id) ? map(expr) : expr
  if (expr.kind !== "query")
    return mapOperands(expr, (operand) => mapColumns(operand, affects, map))
  const inner = provided(expr.rel)
  const outside = (id: ColumnId) => !inner.has(id) && affects(id)
  return {
    ...expr,
    rel: mapOuterColumns(expr.rel, outside, map),
    ...(expr.arg ? { arg: mapColumns(expr.arg, affects, map) } : {}),
    ...(expr.column ? { column: mapColumns(expr.column, outside, map) } : {}),
  }
}

function mapOuterColumns(rel: Rel, affects: (id: ColumnId) => boolean, map: ColumnMap): Rel {
  const free = outerReferences(rel)
  if (![...free].some(affects)) return rel
  const only = (id: ColumnId) => free.has(id) && affects(id)
  return mapRel(rel, {
    scalar: (expr) => mapColumns(expr, only, map),
    rel: (input) => mapOuterColumns(input, only, map),
    id: (id) => id,
  })
}

/** Replaces outer references in a whole relation. */
export function substituteRel(rel: Rel, replace: (id: ColumnId) => Scalar | undefined): Rel {
  return mapOuterColumns(
    rel,
    (id) => replace(id) !== undefined,
    (column) => replace(column.id) ?? column,
  )
}

/** `rel` with `tag` appended to every id in it: the renamed copy that a `tag` node stands for. */
export function retag(rel: Rel, tag: string): Rel {
  const id = (old: ColumnId) => appendTag(old, tag)
  const free = outerReferences(rel)
  const scalar = (expr: Scalar): Scalar =>
    rename(expr, (old) => (free.has(old) ? undefined : id(old)))
  if (rel.kind === "scan") {
    const whole = joinTags(rel.tag, tag)
    const columns = rel.columns.map((column) => ({
      ...column,
      id: baseId(rel.relation, column.name, whole),
    }))
    return { ...rel, tag: whole, columns }
  }
  if (rel.kind === "tag") return retag(retag(rel.input, rel.tag), tag)
  return mapRel(rel, { scalar, rel: (input) => retag(input, tag), id })
}

export interface RelMap {
  readonly scalar: (expr: Scalar) => Scalar
  readonly rel: (rel: Rel) => Rel
  readonly id: (id: ColumnId) => ColumnId
}

/** A node with its expressions, inputs and ids mapped. */
export function mapRel(rel: Rel, map: RelMap): Rel {
  const define = ({ id, expr }: Definition): Definition => ({
    id: map.id(id),
    expr: map.scalar(expr),
  })
  const key = (sort: SortKey): SortKey => ({ ...sort, expr: map.scalar(sort.expr) })
  const call = <C extends AggregateCall>(old: C): C => ({
    ...old,
    args: old.args.map(map.scalar),
    orderBy: old.orderBy.map(key),
    ...(old.filter ? { filter: map.scalar(old.filter) } : {}),
  })
  const bound = (old: WindowBound): WindowBound =>
    "value" in old ? { ...old, value: map.scalar(old.value) } : old
  const over = (old: WindowCall): WindowCall => ({
    ...call(old),
    partitionBy: old.partitionBy.map(map.scalar),
    windowOrder: old.windowOrder.map(key),
    ...(old.frame
      ? { frame: { ...old.frame, start: bound(old.frame.start), end: bound(old.frame.end) } }
      : {}),
  })
  switch (rel.kind) {
    case "scan":
      return rel
    case "values":
      return {
        ...rel,
        columns: rel.columns.map((column) => ({ ...column, id: map.id(column.id) })),
        rows: rel.rows.map((row) => row.map(map.scalar)),
      }
    case "filter":
      return { ...rel, predicates: rel.predicates.map(map.scalar), input: map.rel(rel.input) }
    case "join":
      return { ...rel, inputs: rel.inputs.map(map.rel) }
    case "left":
    case "full":
    case "semi":
    case "anti":
      return {
        ...rel,
        on: rel.on.map(map.scalar),
        left: map.rel(rel.left),
        right: map.rel(rel.right),
      }
    case "compute":
      return { ...rel, definitions: rel.definitions.map(define), input: map.rel(rel.input) }
    case "agg":
      return {
        ...rel,
        keys: rel.keys.map(define),
        aggregates: rel.aggregates.map((aggregate) => ({
          id: map.id(aggregate.id),
          call: call(aggregate.call),
        })),
        input: map.rel(rel.input),
      }
    case "distinct":
      return {
        ...rel,
        columns: rel.columns.map(define),
        ...(rel.on
          ? { on: { keys: rel.on.keys.map(map.scalar), orderBy: rel.on.orderBy.map(key) } }
          : {}),
        input: map.rel(rel.input),
      }
    case "window":
      return {
        ...rel,
        definitions: rel.definitions.map((definition) => ({
          ...definition,
          id: map.id(definition.id),
          call: over(definition.call),
        })),
        input: map.rel(rel.input),
      }
    case "set":
      return {
        ...rel,
        columns: rel.columns.map((column) => ({ ...column, id: map.id(column.id) })),
        branches: rel.branches.map((branch) => ({
          columns: branch.columns.map(map.scalar),
          input: map.rel(branch.input),
        })),
      }
    case "sort":
      return { ...rel, keys: rel.keys.map(key), input: map.rel(rel.input) }
    case "limit":
      return { ...rel, input: map.rel(rel.input) }
    case "tag":
      return { ...rel, input: map.rel(rel.input) }
  }
}
