import { counterpartOf } from "../functions/elsewhere.js"
import { at } from "../base/check.js"
import { nearest } from "../base/suggest.js"
import type { Span } from "../base/span.js"
import type { ColumnTarget } from "../catalog/names.js"
import type { Relation } from "../catalog/relation.js"
import type { ReportedNote } from "../diagnostics/diagnostic.js"
import type { ColumnRef, Name } from "../syntax/ast.js"
import { didYouMean, dotted, orThese, written, type Context } from "./context.js"
import { sameName } from "../base/names.js"
import { atDepth, markCorrelated, type Scope, type Table, type VisibleColumn } from "./scope.js"

/** What was found, and how many parts of the path it took; the rest are fields of a struct. */
interface Found {
  readonly target: ColumnTarget
  readonly used: number
}

const MISSING: Found = { target: { kind: "unknown" }, used: Infinity }

/** Finds the column that `ref` names and records it under the node's id. */
export function resolveColumn(
  ref: ColumnRef,
  scope: Scope,
  cx: Context,
  isPart = false,
): ColumnTarget {
  const made = cx.made.get(ref.id)
  if (made) {
    cx.columns.set(ref.id, made)
    return made
  }
  // A name that is missing is the parser's to report.
  const found = ref.path.some(({ text }) => text === "") ? MISSING : lookup(ref, scope, cx)
  const target = found?.target ?? { kind: "unknown" }
  cx.columns.set(ref.id, target)
  if (!found && isPart) reportPart(ref, cx)
  else if (!found) reportUnknown(ref, scope, cx)
  else if (found && found.used < ref.path.length)
    cx.fields.set(
      ref.id,
      ref.path.slice(found.used).map((name) => name.text),
    )
  return target
}

function lookup(ref: ColumnRef, scope: Scope, cx: Context): Found | undefined {
  let depth = 0
  for (let at: Scope | undefined = scope; at; at = at.parent) {
    const found = inScope(ref, at, cx)
    if (found) {
      if (depth > 0 && found.target.kind !== "lambda") markCorrelated(scope, depth, cx)
      return { target: atDepth(found.target, depth), used: found.used }
    }
    depth++
  }
  return undefined
}

function inScope(ref: ColumnRef, scope: Scope, cx: Context): Found | undefined {
  const first = ref.path[0]
  if (!first) return undefined
  const name = first.text
  if (scope.lambdas.length > 0 && scope.lambdas.some((lambda) => sameName(lambda, name)))
    return { target: { kind: "lambda", name }, used: 1 }
  const { aliases } = scope
  const alias = aliases && ref.path.length === 1 ? aliases.names.get(name.toLowerCase()) : undefined
  const byAlias: Found | undefined =
    aliases && alias !== undefined
      ? { target: { kind: "alias", select: aliases.select, output: alias, depth: 0 }, used: 1 }
      : undefined
  if (byAlias && aliases?.order === "first") return byAlias
  return qualified(ref, scope) ?? unqualified(ref, first, scope, cx) ?? byAlias ?? anything(scope)
}

/** `table.column`, `schema.table.column`. */
function qualified({ path }: ColumnRef, scope: Scope): Found | undefined {
  const { 0: first, 1: second, 2: third } = path
  if (!first || !second) return undefined
  const { tables } = scope.shape
  for (let i = 0; i < tables.length; i++) {
    const table = at(tables, i)
    if (
      third &&
      table.schema !== undefined &&
      sameName(table.schema, first.text) &&
      sameName(table.alias, second.text)
    ) {
      const target = columnOf(table, third)
      if (target) return { target, used: 3 }
    }
    if (!sameName(table.alias, first.text)) continue
    const target = columnOf(table, second)
    if (target) return { target, used: 2 }
  }
  return undefined
}

function columnOf(table: Table, name: Name): ColumnTarget | undefined {
  const column = table.columns.findIndex((one) => sameName(one, name.text))
  if (column >= 0) return { kind: "binding", table: table.id, column, depth: 0 }
  return table.broken ? { kind: "unknown" } : undefined
}

function unqualified(ref: ColumnRef, name: Name, scope: Scope, cx: Context): Found | undefined {
  const found = scope.shape.columns.filter((column) => sameName(column.name, name.text))
  const [first, ...others] = found
  if (!first) return undefined
  // An alias of a table takes the first part of a longer path, even where that column is not in it.
  if (ref.path.length > 1 && scope.shape.tables.some((table) => sameName(table.alias, name.text)))
    return undefined
  const aliases = new Set(found.map(({ table }) => table.alias.toLowerCase()))
  // Two tables of one name are a fault of their own.
  if (others.length > 0 && (aliases.size > 1 || aliases.has(""))) reportAmbiguous(ref, found, cx)
  return { target: first.target, used: 1 }
}

function anything(scope: Scope): Found | undefined {
  const broken = scope.shape.tables.some((table) => table.broken)
  return broken ? { target: { kind: "unknown" }, used: 1 } : undefined
}

function reportAmbiguous(ref: ColumnRef, found: readonly VisibleColumn[], cx: Context): void {
  const name = dotted(ref.path)
  const candidates = [
    ...new Set(found.map((column) => `${written(column.table.alias)}.${written(column.name)}`)),
  ]
  const listed = candidates.map((candidate) => `\`${candidate}\``).join(" or ")
  cx.sink.report(
    "ambiguous-column",
    ref.span,
    { name, candidates: listed },
    {
      fixes: found.map((column) => ({
        title: `write ${written(column.table.alias)}.${written(column.name)}`,
        kind: "changes-meaning",
        edits: [
          {
            span: { start: ref.span.start, end: ref.span.start },
            text: `${written(column.table.alias)}.`,
          },
        ],
      })),
    },
  )
}

function reportUnknown(ref: ColumnRef, scope: Scope, cx: Context): void {
  const [first, second] = ref.path
  if (!first) return
  const tables = allTables(scope)
  const table = second && tables.find((one) => sameName(one.alias, first.text))
  if (second && table) return reportMissing(first, second, table, tables, cx)
  if (second) return reportAlias(first, second, tables, cx)
  const columns = tables.flatMap((one) => one.columns)
  const near = nearest(first.text, [...columns, ...(scope.aliases?.names.keys() ?? [])])
  if (near === undefined && (first.quoted || SMART_QUOTES.test(first.text)))
    return reportQuoted(first, cx)
  if (near === undefined && nearest(first.text.toUpperCase(), ["DISTINCT"]) !== undefined)
    return reportColumn(first, { where: "", hint: didYouMean("DISTINCT") }, "DISTINCT", tables, cx)
  if (near === undefined && counterpartOf(first.text)?.name === "now") return reportNow(first, cx)
  const hint = orThese(near, "there are", columns)
  reportColumn(first, { where: "", hint }, near, tables, cx)
}

/** `sysdate` of other engines, which is written like a column. */
function reportNow({ text, span }: Name, cx: Context): void {
  const edits = [{ span, text: "now()" }]
  const fix = { title: "write now()", kind: "changes-meaning" as const, edits }
  const params = { name: text, where: "", hint: "; the time of the run is now()" }
  cx.sink.report("unknown-column", span, params, { fixes: [fix] })
}

/** `date_diff(day, …)`: a part of a date is a text here. */
function reportPart(ref: ColumnRef, cx: Context): void {
  const name = ref.path[0]?.text ?? ""
  const text = `'${name.toLowerCase()}'`
  const edits = [{ span: ref.span, text }]
  const fix = { title: `write ${text}`, kind: "equivalent" as const, edits }
  const hint = `; a date part is written as a text: ${text}`
  cx.sink.report("unknown-column", ref.span, { name, where: "", hint }, { fixes: [fix] })
}

const SMART_QUOTES = /^[‘’“”´]/

/** `status = "paid"`: double quotes name a column, and typographic ones are no quotes. */
function reportQuoted(name: Name, cx: Context): void {
  const text = `'${name.text.replace(/^[‘’“”´]|[‘’“”´]$/g, "").replaceAll("'", "''")}'`
  const fix = {
    title: `write ${text}`,
    kind: "changes-meaning" as const,
    edits: [{ span: name.span, text }],
  }
  const why = name.quoted ? "double quotes name a column" : "these quotes are letters"
  const hint = `; ${why}: the text is ${text}`
  cx.sink.report(
    "unknown-column",
    name.span,
    { name: name.text, where: "", hint },
    { fixes: [fix] },
  )
}

function reportMissing(
  qualifier: Name,
  name: Name,
  table: Table,
  tables: readonly Table[],
  cx: Context,
): void {
  const near = nearest(name.text, table.columns)
  const [other, ...more] = near === undefined ? tables.filter((one) => has(one, name)) : []
  if (other && more.length === 0) return reportElsewhere(qualifier, name, table, other, cx)
  const { alias, relation } = table
  const reads = relation && !sameName(relation.name, alias) ? ` (${relation.name})` : ""
  const hint = orThese(near, "it has", table.columns)
  reportColumn(name, { where: ` in \`${alias}\`${reads}`, hint }, near, [table], cx)
}

/** The column is of another table in sight. */
function reportElsewhere(
  qualifier: Name,
  name: Name,
  table: Table,
  other: Table,
  cx: Context,
): void {
  const alias = written(other.alias)
  const text = `${alias}.${written(name.text)}`
  const params = { name: name.text, where: ` in \`${table.alias}\``, hint: `; \`${alias}\` has it` }
  const fix = {
    title: `write ${text}`,
    kind: "changes-meaning" as const,
    edits: [{ span: qualifier.span, text: alias }],
  }
  cx.sink.report("unknown-column", name.span, params, { fixes: [fix] })
}

function has(table: Table, name: Name): boolean {
  return table.columns.some((column) => sameName(column, name.text))
}

/** A source that declares no columns is named once, not at each of its columns. */
function reportColumn(
  name: Name,
  params: { readonly where: string; readonly hint: string },
  near: string | undefined,
  tables: readonly Table[],
  cx: Context,
): void {
  const source = tables.find(isUndeclared)?.relation
  const isCause = source !== undefined && near === undefined
  if (isCause && cx.undeclared.has(source.name)) return
  if (isCause) cx.undeclared.add(source.name)
  cx.sink.report(
    "unknown-column",
    name.span,
    { name: name.text, ...params },
    { fixes: replacement(name, near), notes: isCause ? [undeclaredNote(source)] : [] },
  )
}

/** `*` of a source that declares no columns. */
export function reportUndeclared({ relation }: Table, span: Span, cx: Context): void {
  if (!relation || cx.undeclared.has(relation.name)) return
  cx.undeclared.add(relation.name)
  const hint = `; \`${relation.name}\` declares none`
  const notes = [undeclaredNote(relation)]
  cx.sink.report("unknown-column", span, { name: "*", where: "", hint }, { notes })
}

export function isUndeclared({ relation }: Table): boolean {
  return relation?.kind === "source" && relation.columns.length === 0
}

function undeclaredNote({ name, place }: Relation): ReportedNote {
  const message = `\`${name}\` declares no columns; add \`columns:\` in ${place?.file ?? "its file"}`
  return place ? { message, ...place } : { message }
}

function reportAlias(name: Name, column: Name, tables: readonly Table[], cx: Context): void {
  const named = tables.filter((table) => table.alias !== "")
  const renamed = named.find((table) => table.relation && isNamed(table.relation.name, name))
  const [holder, ...more] = named.filter((table) => has(table, column))
  const aliases = named.map((table) => table.alias)
  const near =
    renamed?.alias ?? nearest(name.text, aliases) ?? (more.length === 0 ? holder?.alias : undefined)
  const [unnamed, ...others] =
    named.length > 0 ? [] : tables.flatMap((table) => table.unnamed ?? [])
  if (unnamed && others.length === 0) return reportUnnamed(name, unnamed, cx)
  const hint = renamed
    ? `; it is called \`${renamed.alias}\` here`
    : orThese(near, "it has", aliases)
  cx.sink.report(
    "unknown-alias",
    name.span,
    { name: name.text, hint },
    { fixes: replacement(name, near) },
  )
}

function reportUnnamed(name: Name, { end }: Span, cx: Context): void {
  const hint = "; what it reads has no alias"
  const text = ` AS ${written(name.text)}`
  const edits = [{ span: { start: end, end }, text }]
  const fix = { title: `write${text} there`, kind: "changes-meaning" as const, edits }
  cx.sink.report("unknown-alias", name.span, { name: name.text, hint }, { fixes: [fix] })
}

/** `orders` for the model of that name, or for `raw.orders`. */
function isNamed(relation: string, name: Name): boolean {
  return sameName(relation.slice(relation.lastIndexOf(".") + 1), name.text)
}

/** The fix that writes `near` where `name` stands. */
export function replacement(name: Name, near: string | undefined) {
  if (near === undefined) return []
  const text = written(near)
  return [
    {
      title: `write ${text}`,
      kind: "changes-meaning" as const,
      edits: [{ span: name.span, text }],
    },
  ]
}

function allTables(scope: Scope): Table[] {
  const tables: Table[] = []
  for (let at: Scope | undefined = scope; at; at = at.parent) tables.push(...at.shape.tables)
  return tables
}
