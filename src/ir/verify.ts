import { Bug } from "../base/check.js"
import { lookupFunction, type FunctionInfo } from "../functions/index.js"
import { crossFamily, family, holds, isInteger, isOpen } from "../types/coercion.js"
import { BOOLEAN, NULL_TYPE, sameType, show, VARCHAR, type SqlType } from "../types/type.js"
import { appendTag, baseId, exprId, nullId, underNull } from "./ids.js"
import type {
  AggregateCall,
  CallScalar,
  ColumnId,
  Definition,
  Out,
  QueryScalar,
  Rel,
  Scalar,
  SortKey,
  WindowCall,
} from "./nodes.js"
import { boundScalars, callScalars, inputs, operands, rename, scalarsOf } from "./walk.js"

// The invariants of nodes.ts, looked at between stages under test. A fault is a bug of the stage
// before: it is thrown, in words, with the model and the node that it came from.

/** vitest.config.ts sets it, and so it holds for the programs that tests start. */
const UNDER_TEST = process.env.SMELT_VERIFY === "1"

/** `verify` where tests run, nothing in production. */
export function verifyUnderTest(out: Out): void {
  if (UNDER_TEST) verify(out)
}

/** Throws a Bug where the plan breaks an invariant. What was verified before, in any model, is not looked at again. */
export function verify(out: Out): void {
  const model = modelOf(out.input) ?? "unknown"
  const input = shapeOf(out.input, model)
  const site: Site = { model, node: "out" }
  const open = new Map(input.open)
  for (const { name, expr } of out.columns) {
    check(name !== "", site, "a column without a name")
    scalar(expr, input.shown, site, open)
  }
  const names = out.columns.map(({ name }) => name.toLowerCase())
  check(new Set(names).size === names.length, site, `two columns of one name: ${names.join(", ")}`)
  for (const [id, mention] of open) refuse(mention.site, missing(id, mention.shown))
}

type Shown = ReadonlyMap<ColumnId, SqlType>

/** Where a fault is: the model and the kind of node. */
interface Site {
  readonly model: string
  readonly node: string
}

/** An id that nothing below provides: an enclosing query has to. */
interface Mention {
  readonly type: SqlType
  readonly site: Site
  /** The ids in sight where it is mentioned. */
  readonly shown: Shown
}

type Open = Map<ColumnId, Mention>

/** What a verified relation shows, with the types at birth, and what it takes from enclosing queries. */
interface Shape {
  readonly shown: Shown
  readonly open: ReadonlyMap<ColumnId, Mention>
}

const shapes = new WeakMap<Rel, Shape>()

function shapeOf(rel: Rel, around: string): Shape {
  const known = shapes.get(rel)
  if (known) return known
  const site: Site = { model: rel.origin?.model ?? around, node: rel.kind }
  const below = inputs(rel).map((input) => shapeOf(input, site.model))
  const open: Open = new Map(below.flatMap((input) => [...input.open]))
  const shape = { shown: shownOf(rel, below, open, site), open }
  shapes.set(rel, shape)
  return shape
}

// ------------------------------------------------------------------------------------ relations

function shownOf(rel: Rel, below: readonly Shape[], open: Open, site: Site): Shown {
  switch (rel.kind) {
    case "scan":
      for (const { id, name } of rel.columns)
        check(
          id === baseId(rel.relation, name, rel.tag),
          site,
          `column ${name} of ${rel.relation} has the id ${id}`,
        )
      return born(rel.columns, site)
    case "values":
      for (const row of rel.rows) {
        const all = row.map((expr) => scalar(expr, NOTHING, site, open))
        converts(all, rel.columns, "a row", site)
      }
      return born(rel.columns, site)
    case "filter": {
      const shown = only(below)
      predicates(rel.predicates, shown, site, open)
      return shown
    }
    case "join":
      check(below.length > 0, site, "no inputs")
      return disjoint(below, site)
    case "left":
    case "full": {
      predicates(rel.on, disjoint(below, site), site, open)
      const [left = NO_SHAPE, right = NO_SHAPE] = below
      return disjoint([rel.kind === "full" ? padded(left) : left, padded(right)], site)
    }
    case "semi":
    case "anti":
      predicates(rel.on, disjoint(below, site), site, open)
      return below[0]?.shown ?? NOTHING
    case "compute": {
      const shown = only(below)
      definitions(rel.definitions, shown, site, open)
      return extended(shown, rel.definitions.map(typeOfDefinition), site)
    }
    case "agg": {
      const shown = only(below)
      definitions(rel.keys, shown, site, open)
      for (const { call } of rel.aggregates) aggregate(call, ["aggregate"], shown, site, open)
      for (const i of rel.sets?.flat() ?? [])
        check(rel.keys[i] !== undefined, site, `a grouping set names key ${i}`)
      for (const [i, { id }] of rel.keys.entries())
        check(
          underNull(id) !== undefined || (rel.sets?.every((set) => set.includes(i)) ?? true),
          site,
          `a grouping set leaves out ${id}, which is no null(…)`,
        )
      return born([...rel.keys.map(typeOfDefinition), ...rel.aggregates.map(typeOfCall)], site)
    }
    case "distinct": {
      const shown = only(below)
      definitions(rel.columns, shown, site, open)
      for (const key of rel.on?.keys ?? []) scalar(key, shown, site, open)
      sortKeys(rel.on?.orderBy ?? [], shown, site, open)
      return born(rel.columns.map(typeOfDefinition), site)
    }
    case "window": {
      const shown = only(below)
      for (const { call } of rel.definitions) windowCall(call, shown, site, open)
      return extended(shown, rel.definitions.map(typeOfCall), site)
    }
    case "set":
      check(rel.branches.length > 1, site, `${rel.branches.length} branches`)
      for (const [i, { columns }] of rel.branches.entries()) {
        const shown = below[i]?.shown ?? NOTHING
        const all = columns.map((expr) => scalar(expr, shown, site, open))
        converts(all, rel.columns, `branch ${i + 1}`, site)
      }
      return born(rel.columns, site)
    case "sort": {
      const shown = only(below)
      sortKeys(rel.keys, shown, site, open)
      return shown
    }
    case "limit":
      for (const expr of scalarsOf(rel)) scalar(expr, NOTHING, site, open)
      return only(below)
    case "tag":
      check(/^\d+(\.\d+)*$/.test(rel.tag), site, `the tag "${rel.tag}"`)
      return new Map([...only(below)].map(([id, type]) => [appendTag(id, rel.tag), type]))
  }
}

const NOTHING: Shown = new Map()
const NO_SHAPE: Shape = { shown: NOTHING, open: new Map() }

function only([input]: readonly Shape[]): Shown {
  return input?.shown ?? NOTHING
}

function padded({ shown }: Pick<Shape, "shown">): Pick<Shape, "shown"> {
  return { shown: new Map([...shown].map(([id, type]) => [nullId(id), type])) }
}

/** The columns of several inputs together. */
function disjoint(below: readonly Pick<Shape, "shown">[], site: Site): Shown {
  const all = new Map<ColumnId, SqlType>()
  for (const { shown } of below)
    for (const [id, type] of shown) {
      check(!all.has(id), site, `two inputs show ${id}`)
      all.set(id, type)
    }
  return all
}

interface Birth {
  readonly id: ColumnId
  readonly type: SqlType
}

function typeOfDefinition({ id, expr }: Definition): Birth {
  return { id, type: expr.type }
}

function typeOfCall({ id, call }: { id: ColumnId; call: AggregateCall }): Birth {
  return { id, type: call.type }
}

function born(births: readonly Birth[], site: Site): Shown {
  return extended(NOTHING, births, site)
}

function extended(shown: Shown, births: readonly Birth[], site: Site): Shown {
  const all = new Map(shown)
  for (const { id, type } of births) {
    check(!all.has(id), site, `${id} is defined twice`)
    all.set(id, type)
  }
  return all
}

/** An id that the input shows may be shown on, or be computed again, but not be given to something else. */
function definitions(all: readonly Definition[], shown: Shown, site: Site, open: Open): void {
  for (const { id, expr } of all) {
    scalar(expr, shown, site, open)
    check(!shown.has(id) || isSame(id, expr), site, `${id} of the input is defined anew`)
  }
}

/** Whether an id is that of the expression; in a renamed copy, both before they were tagged. */
function isSame(id: ColumnId, expr: Scalar): boolean {
  const [tag] = /#[\d.]+$/.exec(id) ?? []
  if (tag === undefined || id === exprId(expr)) return id === exprId(expr)
  return id.slice(0, -tag.length) === exprId(rename(expr, (column) => untagged(column, tag)))
}

function untagged(id: ColumnId, tag: string): ColumnId {
  const below = underNull(id)
  if (below !== undefined) return nullId(untagged(below, tag))
  const ending = [tag, tag.replace("#", ".")].find((one) => id.endsWith(one))
  return ending === undefined ? id : id.slice(0, -ending.length)
}

function predicates(all: readonly Scalar[], shown: Shown, site: Site, open: Open): void {
  for (const expr of all) isBoolean(scalar(expr, shown, site, open), "a predicate", site)
}

function sortKeys(keys: readonly SortKey[], shown: Shown, site: Site, open: Open): void {
  for (const { expr } of keys) scalar(expr, shown, site, open)
}

/** Expressions that stand for `columns`, one each, and convert to their types. */
function converts(
  exprs: readonly Scalar[],
  columns: readonly { readonly type: SqlType }[],
  what: string,
  site: Site,
): void {
  check(
    exprs.length === columns.length,
    site,
    `${what} has ${exprs.length} columns for ${columns.length} ids`,
  )
  for (const [i, { type }] of columns.entries()) {
    const found = exprs[i]
    check(
      found !== undefined && agrees(found, type),
      site,
      `${what} gives ${show(found?.type ?? type)} for column ${i + 1} of type ${show(type)}`,
    )
  }
}

// ---------------------------------------------------------------------------------------- calls

function aggregate(
  call: AggregateCall,
  kinds: readonly string[],
  shown: Shown,
  site: Site,
  open: Open,
): void {
  for (const expr of callScalars(call)) scalar(expr, shown, site, open)
  if (call.filter) isBoolean(call.filter, "FILTER", site)
  ofCatalogue(call, kinds, site)
}

function windowCall(call: WindowCall, shown: Shown, site: Site, open: Open): void {
  aggregate(call, ["aggregate", "window"], shown, site, open)
  for (const expr of call.partitionBy) scalar(expr, shown, site, open)
  sortKeys(call.windowOrder, shown, site, open)
  for (const expr of boundScalars(call)) scalar(expr, shown, site, open)
}

/** Its name is that of the catalogue, its type the one that the catalogue gives for these arguments. */
function ofCatalogue(
  { fn, args, type }: AggregateCall,
  kinds: readonly string[],
  site: Site,
): void {
  const info = named(fn, kinds, site)
  const types = args.map((arg) => arg.type)
  const adopting = (isOf: (i: number) => boolean) =>
    args.map((arg, i) => (isOf(i) ? adopted(arg, type) : arg.type))
  // The value alone may adopt: `lag(value, 1, other)` goes back by a number of rows.
  const readings = [types, adopting(() => true), adopting((i) => i === 0), args.map(openText)]
  const [result, ...others] = readings.map((reading) => info?.resultType(reading))
  const fits = [result, ...others].some((found) => found && sameOrOpen(found, type))
  const text = `${fn}(${types.map(show).join(", ")})`
  check(
    fits,
    site,
    `${text} of type ${show(type)}, but it gives ${result ? show(result) : "nothing"}`,
  )
}

/** A literal takes the type of what stands beside it: here, that of the result. */
function adopted(arg: Scalar, type: SqlType): SqlType {
  return isText(arg) || adopts(arg, type) ? type : arg.type
}

/** A text as written takes the type that its place wants. */
function openText(arg: Scalar): SqlType {
  return isText(arg) ? NULL_TYPE : arg.type
}

function isText(arg: Scalar): boolean {
  return arg.kind === "literal" && sameType(arg.type, VARCHAR)
}

function named(fn: string, kinds: readonly string[], site: Site): FunctionInfo | undefined {
  const info = lookupFunction(fn)
  check(
    info?.name === fn && kinds.includes(info.kind),
    site,
    `${fn} is no ${kinds.join(" or ")} of the catalogue`,
  )
  return info
}

// -------------------------------------------------------------------------------------- scalars

/** How many arguments the lambdas around take, innermost first. */
type Arities = readonly number[]

function exprText({ depth, index }: { readonly depth: number; readonly index: number }): string {
  return `argument ${index}, ${depth} lambdas out,`
}

const TRUTHS = new Set(["and", "or", "not", "is-true", "is-false"])

/** Verifies an expression in which `shown` is in sight; what is not shown is put into `open`. */
function scalar(expr: Scalar, shown: Shown, site: Site, open: Open, arities: Arities = []): Scalar {
  if (expr.kind === "query") {
    subquery(expr, shown, site, open)
    return expr
  }
  const around = expr.kind === "lambda" ? [expr.arity, ...arities] : arities
  for (const operand of operands(expr)) scalar(operand, shown, site, open, around)
  switch (expr.kind) {
    case "argument":
      check(expr.index < (arities[expr.depth] ?? 0), site, `${exprText(expr)} of no lambda`)
      break
    case "column":
      mention(expr.id, { type: expr.type, site, shown }, shown, open)
      break
    case "literal":
      check(expr.value !== null || expr.nullable, site, "a NULL that is said never to be NULL")
      break
    case "call":
      scalarCall(expr, site)
      if (TRUTHS.has(expr.fn)) for (const arg of expr.args) isBoolean(arg, expr.fn, site)
      break
    case "case":
      for (const { when } of expr.arms) isBoolean(when, "WHEN", site)
      for (const arm of [...expr.arms.map(({ then }) => then), expr.otherwise])
        check(
          agrees(arm, expr.type),
          site,
          `an arm of type ${show(arm.type)} in a CASE of type ${show(expr.type)}`,
        )
      break
    default:
  }
  return expr
}

/** Exact types rest on values too (`date_part`, `round`): here their families have to agree. */
function scalarCall({ fn, args, type }: CallScalar, site: Site): void {
  const result = named(fn, ["scalar"], site)?.resultType(args.map((arg) => arg.type))
  const agree =
    result === undefined || isOpen(result) || isOpen(type) || family(result) === family(type)
  check(agree, site, `${fn} of type ${show(type)}, but it gives ${result ? show(result) : ""}`)
}

function mention(id: ColumnId, found: Mention, shown: Shown, open: Open): void {
  const type = shown.get(id)
  if (type === undefined) {
    if (!open.has(id)) open.set(id, found)
    return
  }
  check(
    sameOrOpen(type, found.type),
    found.site,
    `${id} is ${show(found.type)} here and ${show(type)} where it was born`,
  )
}

/** Its relation may mention what is in sight around it, and must not show an id of there. */
function subquery(expr: QueryScalar, shown: Shown, site: Site, open: Open): void {
  const { quantifier, rel, column, arg, op } = expr
  const inner = shapeOf(rel, site.model)
  const within: Site = { model: rel.origin?.model ?? site.model, node: "query" }
  for (const id of inner.shown.keys())
    check(
      !shown.has(id) || inner.open.has(id),
      within,
      `the subquery shows ${id}, and so does the query around it`,
    )
  if (arg) scalar(arg, shown, site, open)
  const outer: Open = new Map(inner.open)
  if (column) scalar(column, inner.shown, within, outer)
  for (const [id, found] of outer) mention(id, found, shown, open)

  const compares = quantifier === "any" || quantifier === "all"
  check(
    compares === (op !== undefined && arg !== undefined),
    within,
    `the quantifier ${quantifier} ${compares ? "without" : "with"} a comparison`,
  )
  check(
    (column === undefined) === (quantifier === "exists"),
    within,
    `the quantifier ${quantifier} ${column ? "with" : "without"} a column`,
  )
  if (quantifier !== "scalar") isBoolean(expr, quantifier, within)
  else if (column)
    check(
      sameOrOpen(column.type, expr.type),
      within,
      `a column of type ${show(column.type)} in a subquery of type ${show(expr.type)}`,
    )
}

// ---------------------------------------------------------------------------------------- faults

/** A value of the type, or one that converts to it unasked. */
function agrees(found: Scalar, wanted: SqlType): boolean {
  if (sameOrOpen(found.type, wanted) || adopts(found, wanted)) return true
  const common = crossFamily(found.type, wanted)
  return common !== undefined && sameType(common, wanted)
}

function sameOrOpen(a: SqlType, b: SqlType): boolean {
  return isOpen(a) || isOpen(b) || sameType(a, b)
}

/** A whole number as written takes any integer type that holds it. */
function adopts(expr: Scalar, wanted: SqlType): boolean {
  if (expr.kind === "call" && expr.fn === "neg")
    return expr.args.every((arg) => adopts(arg, wanted))
  if (expr.kind !== "literal" || expr.value === null || !isInteger(expr.type)) return false
  return holds(wanted, BigInt(expr.value))
}

function isBoolean({ type }: Scalar, what: string, site: Site): void {
  check(isOpen(type) || sameType(type, BOOLEAN), site, `${what} of type ${show(type)}`)
}

/** What is said of an id that nothing in sight provides. */
function missing(id: ColumnId, shown: Shown): string {
  const old = underNull(id)
  if (old !== undefined && shown.has(old))
    return `${id} is mentioned where ${old} is still in sight: ON speaks of the ids below the join`
  if (shown.has(nullId(id)))
    return `${id} stands below an outer join, which shows it as ${nullId(id)}`
  return `nothing in sight provides ${id}`
}

function check(holds: boolean, site: Site, fault: string): void {
  if (!holds) refuse(site, fault)
}

function refuse({ model, node }: Site, fault: string): never {
  throw new Bug(`the plan of ${model} is broken at \`${node}\`: ${fault}`)
}

/** The model of the topmost node that says where it came from. */
function modelOf(rel: Rel): string | undefined {
  if (rel.origin) return rel.origin.model
  for (const input of inputs(rel)) {
    const found = modelOf(input)
    if (found !== undefined) return found
  }
  return undefined
}
