import { nearest } from "../base/suggest.js"
import type { FixKind } from "../diagnostics/diagnostic.js"
import type { UsingColumn } from "../catalog/names.js"
import type {
  Call,
  Join,
  Name,
  PivotTable,
  Subquery,
  TableAlias,
  TableCall,
  TableName,
  TableRef,
  UnpivotTable,
} from "../syntax/ast.js"
import { freshId, placed, query, select, star, subquery } from "../syntax/build.js"
import { hidesRight } from "../syntax/joins.js"
import { lookupTableFunction, READERS, tableFunctionNames } from "../functions/index.js"
import { didYouMean, dotted, orThese, type Context } from "./context.js"
import { sameName } from "../base/names.js"
import { callOperands } from "../syntax/operands.js"
import { replacement } from "./columns.js"
import { resolveExpr } from "./exprs.js"
import { pivoted } from "./pivot.js"
import { nameOutside, resolveQuery, resolveValues } from "./query.js"
import { checkOrder } from "./style.js"
import { unpivoted } from "./unpivot.js"
import { bindBare, bindRelation, brokenTable, reportFunction } from "./relations.js"
import {
  EMPTY,
  findCte,
  joined,
  lookedAt,
  newScope,
  tableShape,
  type Ctes,
  type Scope,
  type Shape,
  type Table,
  type VisibleColumn,
} from "./scope.js"

/** The tables of a FROM list and their columns, in the order of SELECT *. */
export function resolveFrom(items: readonly TableRef[], scope: Scope, cx: Context): Shape {
  let shape = EMPTY
  for (const item of items) shape = joined(shape, resolveTable(item, { ...scope, shape }, cx))
  reportDuplicateAliases(items, shape, cx)
  return shape
}

/** `scope` holds the tables to the left, which a lateral item may refer to. */
function resolveTable(ref: TableRef, scope: Scope, cx: Context): Shape {
  if (cx.lookout) lookedAt(ref.id, scope, cx)
  const known = cx.shapes.get(ref.id)
  if (known) return known
  if (cx.refused.has(ref.id)) return tableShape(brokenTable(ref.id, aliasOf(ref), cx))
  switch (ref.kind) {
    case "table-name":
      return tableShape(resolveName(ref, scope, cx))
    case "table-call":
      return tableShape(bindRelation(ref, scope, cx) ?? resolveTableFunction(ref, scope, cx))
    case "subquery": {
      if (ref.alias && ref.alias.columns.length > 0) nameOutside(ref.query.body, cx)
      const columns = resolveQuery(ref.query, scope, scope.ctes, [], cx)
      checkOrder(ref.query, "in a subquery", cx)
      const alias = ref.alias?.name.text ?? ""
      const names = renamed(columns, ref.alias?.columns)
      cx.bindings.set(ref.id, { kind: "subquery", query: ref.query, alias, columns: names })
      const unnamed = ref.alias ? {} : { unnamed: ref.span }
      const broken = cx.open.has(ref.query.id)
      return tableShape({ id: ref.id, alias, columns: names, broken, ...unnamed })
    }
    case "values-table": {
      const columns = renamed(resolveValues(ref.values, scope, cx), ref.alias?.columns)
      const alias = ref.alias?.name.text ?? ""
      cx.bindings.set(ref.id, { kind: "values", alias, columns, rows: ref.values.rows })
      return tableShape({ id: ref.id, alias, columns, broken: false })
    }
    case "join":
      return ref.alias ? resolveNamed(ref, ref.alias, scope, cx) : resolveJoin(ref, scope, cx)
    case "pivot":
    case "unpivot":
      return resolveTurned(ref, scope, cx)
    case "missing-table":
      return tableShape(brokenTable(ref.id, "", cx))
  }
}

/** A pivot in FROM is the subquery that says the same. */
function resolveTurned(ref: PivotTable | UnpivotTable, scope: Scope, cx: Context): Shape {
  if (turnsIn(ref) > MAX_TURNS) {
    cx.sink.report("nested-too-deeply", ref.span, { limit: MAX_TURNS })
    return tableShape(brokenTable(ref.id, aliasOf(ref), cx))
  }
  const id = freshId()
  const source = resolveSource(ref.source, newScope(scope, scope.ctes, [id]), cx)
  if (cx.lookout) lookedAt(ref.id, { ...scope, shape: source }, cx)
  const faults = cx.sink.diagnostics.length
  const body = ref.kind === "pivot" ? pivoted(ref, source, cx) : unpivoted(ref, source, cx)
  const whole = placed(query(body), ref.span)
  const instead: Subquery = {
    kind: "subquery",
    query: { ...whole, id },
    lateral: false,
    alias: ref.alias,
    id: ref.id,
    span: ref.span,
  }
  cx.rewrites.set(ref.id, instead)
  const shape = resolveTable(instead, scope, cx)
  const isBroken = source.tables.some((table) => table.broken)
  // What could not be turned has columns that nobody knows.
  return isBroken || cx.sink.diagnostics.length > faults
    ? tableShape(brokenTable(ref.id, aliasOf(ref), cx))
    : shape
}

/** Pivots of pivots without parentheses, which no limit of the parser counts: each is a subquery. */
const MAX_TURNS = 50

function turnsIn(ref: TableRef): number {
  let turns = 0
  for (let at = ref; at.kind === "pivot" || at.kind === "unpivot"; at = at.source) turns++
  return turns
}

/** The table that a pivot turns, before the select that turns it is made. */
export function resolveSource(ref: TableRef, scope: Scope, cx: Context): Shape {
  const shape = resolveTable(ref, scope, cx)
  cx.shapes.set(ref.id, shape)
  return shape
}

function aliasOf(ref: TableRef): string {
  return ref.kind === "missing-table" ? "" : (ref.alias?.name.text ?? "")
}

function resolveName(ref: TableName, scope: Scope, cx: Context): Table {
  const cte = cteOf(ref, scope)
  if (!cte) return bindBare(ref, cx) ?? unknownTable(ref, scope, cx)
  const alias = ref.alias?.name.text ?? cte.name
  if (cte.broken) return brokenTable(ref.id, alias, cx)
  const columns = renamed(cte.columns, ref.alias?.columns)
  cx.bindings.set(ref.id, {
    kind: "cte",
    query: cte.query,
    alias,
    columns,
    recursive: cte.recursive,
  })
  return { id: ref.id, alias, columns, broken: cx.open.has(cte.query.id) }
}

/** By its name, or by `recurring.NAME`. */
function cteOf({ path: [first, second, more] }: TableName, { ctes }: Scope): Ctes | undefined {
  if (!first || more) return undefined
  if (!second) return findCte(ctes, first.text)
  const found = sameName(first.text, "recurring") ? findCte(ctes, second.text) : undefined
  return found?.isKeyed ? found : undefined
}

function unknownTable(ref: TableName, scope: Scope, cx: Context): Table {
  const name = dotted(ref.path)
  const { hint, text, kind = "changes-meaning" } = unknownHint(name, scope, cx)
  const first = ref.path[0]
  const last = ref.path.at(-1)
  const span = first && last ? { start: first.span.start, end: last.span.end } : ref.span
  const fixes = text ? [{ title: `write ${text}`, kind, edits: [{ span, text }] }] : []
  cx.sink.report("unknown-table", span, { name, hint }, { fixes })
  return brokenTable(ref.id, ref.alias?.name.text ?? last?.text ?? name, cx)
}

/** What else may be meant by the name of a table, in words and as SQL. */
function unknownHint(
  name: string,
  scope: Scope,
  cx: Context,
): { hint: string; text?: string; kind?: FixKind } {
  const call = smeltCall(name, cx)
  if (call) return { hint: `; write ${call}`, text: call, kind: "equivalent" }
  const other = sourceOfTable(name, cx)
  if (other) return { hint: `; write ${other}`, text: other }
  const later = cx.laterCtes.find((cte) => sameName(cte, name))
  if (later !== undefined)
    return { hint: `; the CTE \`${later}\` is defined further down: move it up` }
  const near = nearest(name, [...cteNames(scope.ctes), ...relationNames(cx)])
  if (near === undefined) return { hint: "" }
  const text = findCte(scope.ctes, near) ? near : (smeltCall(near, cx) ?? near)
  return { hint: `; did you mean \`${text}\`?`, text }
}

function relationNames({ model }: Context): string[] {
  const kinds = ["model", "seed", "source"] as const
  return kinds.flatMap((kind) => model.relationNames(kind)).filter((name) => name !== model.name)
}

/** How a relation of the project is written, if one has this name. */
function smeltCall(name: string, { model }: Context): string | undefined {
  const has = (kind: "model" | "seed" | "source") =>
    model.relationNames(kind).find((one) => sameName(one, name))
  const ref = has("model") ?? has("seed")
  if (ref) return `smelt.ref('${ref}')`
  const sources = model.relationNames("source").filter((one) => one.endsWith(`.${name}`))
  const source = has("source") ?? (sources.length === 1 ? sources[0] : undefined)
  return source && `smelt.source('${source}')`
}

/** The source whose table has this name, in whatever schema. */
function sourceOfTable(name: string, { model }: Context): string | undefined {
  const last = name.slice(name.lastIndexOf(".") + 1)
  const source = model.relationNames("source").find((one) => one.endsWith(`.${last}`))
  return source && `smelt.source('${source}')`
}

function resolveTableFunction(ref: TableCall, scope: Scope, cx: Context): Table {
  const { call } = ref
  for (const operand of callOperands(call)) resolveExpr(operand, scope, cx)
  const name = dotted(call.name)
  const info = lookupTableFunction(name)
  const alias = ref.alias?.name.text ?? name
  if (!info?.columns) {
    if (!reportBareRef(call, cx)) reportTableFunction(call.name, cx)
    return brokenTable(ref.id, alias, cx)
  }
  const all = ref.ordinality ? [...info.columns, "ordinality"] : info.columns
  const columns = renamed(all, ref.alias?.columns)
  cx.bindings.set(ref.id, { kind: "table-function", call, alias, columns })
  return { id: ref.id, alias, columns, broken: false }
}

/** `ref('m')`, as dbt has it. */
function reportBareRef({ name, args, span }: Call, cx: Context): boolean {
  const word = dotted(name).toLowerCase()
  if (word !== "ref" && word !== "source") return false
  const parts = args.map(({ value }) =>
    value.kind === "literal" && value.type === "string" ? value.value : undefined,
  )
  const known = parts.length > 0 && !parts.includes(undefined)
  const text = `smelt.${word}('${known ? parts.join(".") : "…"}')`
  const fix = { title: `write ${text}`, kind: "equivalent" as const, edits: [{ span, text }] }
  const params = { name: word, hint: `; write ${text}` }
  cx.sink.report("unknown-function", name[0]?.span ?? span, params, { fixes: known ? [fix] : [] })
  return true
}

function reportTableFunction(path: readonly Name[], cx: Context): void {
  const name = dotted(path)
  const span = { start: path[0]?.span.start ?? 0, end: path.at(-1)?.span.end ?? 0 }
  if (READERS.includes(name.toLowerCase()))
    return cx.sink.report("not-yet", span, {
      what: `table function ${name}`,
      hint: "; declare the files as a source and read smelt.source('…')",
    })
  const known = [...tableFunctionNames(), "smelt.ref", "smelt.source"]
  const near = nearest(name, known)
  reportFunction(path, near, didYouMean(near), cx)
}

// ---------------------------------------------------------------------------------------- joins

/** `(a JOIN b …) AS x` is a subquery of all columns: a second `k` is `k_1` in it. */
function resolveNamed(join: Join, alias: TableAlias, scope: Scope, cx: Context): Shape {
  const inside: Join = { ...join, id: freshId(), alias: undefined }
  const whole = placed(subquery(query(select({ items: [star()], from: [inside] }))), join.span)
  const instead = { ...whole, id: join.id, alias }
  cx.rewrites.set(join.id, instead)
  return resolveTable(instead, scope, cx)
}

function resolveJoin(join: Join, scope: Scope, cx: Context): Shape {
  const left = resolveTable(join.left, scope, cx)
  const right = resolveTable(join.right, { ...scope, shape: joined(scope.shape, left) }, cx)
  const both = joined(left, right)
  if (cx.lookout) lookedAt(join.id, { ...scope, shape: both }, cx)
  if (join.on) resolveExpr(join.on, { ...scope, shape: both }, cx)
  const shown = hidesRight(join) ? left : both
  const merged = join.using ?? (join.natural ? commonNames(left, right) : [])
  return merged.length === 0 ? shown : merge(join, merged, left, right, shown, cx)
}

/** The columns named by USING appear once, where the left one stood. */
function merge(
  join: Join,
  names: readonly (Name | string)[],
  left: Shape,
  right: Shape,
  shown: Shape,
  cx: Context,
): Shape {
  const using: UsingColumn[] = []
  const columns = [...shown.columns]
  for (const name of names) {
    const a = columnFor(name, left, "left", cx)
    const b = columnFor(name, right, "right", cx)
    if (!a || !b) continue
    const index = using.push({ name: a.name, left: a.target, right: b.target }) - 1
    replace(columns, a, [
      { name: a.name, target: { kind: "using", join: join.id, index, depth: 0 }, table: a.table },
    ])
    replace(columns, b, [])
  }
  cx.using.set(join.id, using)
  return { tables: shown.tables, columns }
}

function replace(columns: VisibleColumn[], old: VisibleColumn, by: readonly VisibleColumn[]): void {
  const at = columns.indexOf(old)
  if (at >= 0) columns.splice(at, 1, ...by)
}

function columnFor(
  name: Name | string,
  shape: Shape,
  side: string,
  cx: Context,
): VisibleColumn | undefined {
  const text = typeof name === "string" ? name : name.text
  const found = shape.columns.filter((column) => sameName(column.name, text))
  const [first, second] = found
  if (typeof name === "string" || (first && !second)) return first
  if (second)
    cx.sink.report("ambiguous-column", name.span, {
      name: text,
      candidates: found.map((column) => `\`${column.table.alias}.${column.name}\``).join(" or "),
    })
  else if (!shape.tables.some((table) => table.broken)) {
    const names = shape.columns.map((column) => column.name)
    const near = nearest(text, names)
    const hint = orThese(near, "it has", names)
    cx.sink.report(
      "unknown-column",
      name.span,
      { name: text, where: ` on the ${side} of the join`, hint },
      { fixes: replacement(name, near) },
    )
  }
  return first
}

function commonNames(left: Shape, right: Shape): string[] {
  return left.columns
    .map((column) => column.name)
    .filter((name) => right.columns.some((column) => sameName(column.name, name)))
}

// --------------------------------------------------------------------------------------- names

/** Column names under `AS t(a, b)`; what is not named there keeps its name. */
export function renamed(
  columns: readonly string[],
  names: readonly Name[] | undefined,
): readonly string[] {
  return names && names.length > 0 ? columns.map((column, i) => names[i]?.text ?? column) : columns
}

function reportDuplicateAliases(items: readonly TableRef[], shape: Shape, cx: Context): void {
  const seen = new Map<string, Table>()
  for (const table of shape.tables) {
    const key = `${table.schema ?? ""}.${table.alias}`.toLowerCase()
    if (table.alias !== "" && seen.has(key)) {
      const span = spanOf(items, table.id)
      if (span) cx.sink.report("duplicate-alias", span, { name: table.alias })
    }
    seen.set(key, table)
  }
}

function spanOf(items: readonly TableRef[], id: number): TableRef["span"] | undefined {
  for (const item of items) {
    if (item.id === id)
      return item.kind !== "join" && item.kind !== "missing-table"
        ? (item.alias?.name.span ?? item.span)
        : item.span
    const inside = item.kind === "join" ? spanOf([item.left, item.right], id) : undefined
    if (inside) return inside
  }
  return undefined
}

function cteNames(ctes: Ctes | undefined): string[] {
  const names: string[] = []
  for (let cte = ctes; cte; cte = cte.next) names.push(cte.name)
  return names
}
