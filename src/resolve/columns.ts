import { nearest } from "../base/suggest.js"
import type { ColumnTarget } from "../catalog/names.js"
import type { Relation } from "../catalog/relation.js"
import type { ReportedNote } from "../diagnostics/diagnostic.js"
import type { ColumnRef, Name } from "../syntax/ast.js"
import { dotted, orThese, sameName, written, type Context } from "./context.js"
import { atDepth, markCorrelated, type Scope, type Table, type VisibleColumn } from "./scope.js"

/** What was found, and how many parts of the path it took; the rest are fields of a struct. */
interface Found {
  readonly target: ColumnTarget
  readonly used: number
}

/** Finds the column that `ref` names and records it under the node's id. */
export function resolveColumn(ref: ColumnRef, scope: Scope, cx: Context): ColumnTarget {
  const found = lookup(ref, scope, cx)
  const target = found?.target ?? { kind: "unknown" }
  cx.columns.set(ref.id, target)
  if (!found) reportUnknown(ref, scope, cx)
  else if (found.used < ref.path.length)
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
  const [first] = ref.path
  if (!first) return undefined
  const name = first.text
  if (scope.lambdas.some((lambda) => sameName(lambda, name)))
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
  const [first, second, third] = path
  if (!first || !second) return undefined
  for (const table of scope.shape.tables) {
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
  if (others.length > 0) reportAmbiguous(ref, found, cx)
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
  if (second && table) return reportMissing(second, table, cx)
  if (second) return reportAlias(first, tables, cx)
  const columns = tables.flatMap((one) => one.columns)
  const near = nearest(first.text, [...columns, ...(scope.aliases?.names.keys() ?? [])])
  const hint = orThese(near, "there are", columns)
  reportColumn(first, { where: "", hint }, near, tables, cx)
}

function reportMissing(name: Name, table: Table, cx: Context): void {
  const near = nearest(name.text, table.columns)
  const { alias, relation } = table
  const reads = relation && !sameName(relation.name, alias) ? ` (${relation.name})` : ""
  const hint = orThese(near, "it has", table.columns)
  reportColumn(name, { where: ` in \`${alias}\`${reads}`, hint }, near, [table], cx)
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

function isUndeclared({ relation }: Table): boolean {
  return relation?.kind === "source" && relation.columns.length === 0
}

function undeclaredNote({ name, place }: Relation): ReportedNote {
  const message = `\`${name}\` declares no columns; add \`columns:\` in ${place?.file ?? "its file"}`
  return place ? { message, ...place } : { message }
}

function reportAlias(name: Name, tables: readonly Table[], cx: Context): void {
  const aliases = tables.map((table) => table.alias).filter((alias) => alias !== "")
  const near = nearest(name.text, aliases)
  cx.sink.report(
    "unknown-alias",
    name.span,
    { name: name.text, hint: orThese(near, "it has", aliases) },
    { fixes: replacement(name, near) },
  )
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
