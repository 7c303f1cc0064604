import { nearest } from "../base/suggest.js"
import type { OutputColumn } from "../catalog/names.js"
import type { Name, QualifiedName, SelectExpr, Star } from "../syntax/ast.js"
import { column as columnRef, item, name as madeName, placed } from "../syntax/build.js"
import { isUndeclared, replacement, reportUndeclared } from "./columns.js"
import { dotted, orThese, type Context } from "./context.js"
import { sameName } from "../base/names.js"
import { resolveExpr } from "./exprs.js"
import { knownOfTarget } from "./known-types.js"
import type { Scope, Table, VisibleColumn } from "./scope.js"

/** A column that a star shows, after EXCLUDE, REPLACE and RENAME. */
export interface StarColumn {
  /** How the star calls it. */
  readonly name: string
  readonly column: VisibleColumn
  readonly replaced: SelectExpr | undefined
}

/** The columns that a star in a select list stands for, in order. */
export function expandStar(star: Star, scope: Scope, cx: Context): readonly OutputColumn[] {
  const columns = starColumns(star, scope, cx)
  for (const item of star.replace) resolveExpr(item.expr, scope, cx)
  return columns.map(({ name, column, replaced }) =>
    replaced
      ? { kind: "expr", name, named: true, expr: replaced.expr }
      : { kind: "star", name, target: column.target, star: star.id },
  )
}

/** The items that `s.*` of a struct stands for; undefined where the star is of a table. */
export function expandFields(
  star: Star,
  { shape }: Scope,
  cx: Context,
): readonly SelectExpr[] | undefined {
  const { qualifier } = star
  if (!qualifier) return undefined
  const path = [...(qualifier.before ?? []), qualifier]
  if (shape.tables.some((table) => isOf(table, path))) return undefined
  const [column, ...others] = shape.columns.filter((one) => isNamed(one, qualifier))
  const { fields } = others.length === 0 ? knownOfTarget(column?.target, cx) : {}
  if (!fields || !column) return undefined
  const all = fields.map((name): VisibleColumn => ({
    ...column,
    name,
    target: { kind: "unknown" },
  }))
  const shown = all.filter((field) => !star.exclude.some((name) => isNamed(field, name)))
  checkMentioned(star, all, shown, cx)
  const items = shown.map(({ name }): SelectExpr => {
    const replaced = star.replace.find(({ alias }) => alias && sameName(alias.text, name))
    const renamed = star.rename?.find((one) => sameName(one.column.text, name))
    const field = columnRef(...path.map(({ text }) => text), name)
    const whole = placed(item(replaced?.expr ?? field), star.span)
    const alias = renamed?.alias ?? replaced?.alias
    return alias ? { ...whole, alias } : whole
  })
  cx.rewrites.set(star.id, items)
  return items
}

export function starColumns(star: Star, scope: Scope, cx: Context): readonly StarColumn[] {
  const columns = columnsBehind(star, scope, cx)
  const shown = columns.filter((column) => !star.exclude.some((name) => isNamed(column, name)))
  const isBroken = scope.shape.tables.some((table) => table.broken)
  if (!isBroken) checkMentioned(star, columns, shown, cx)
  simplify(star, cx)
  return shown.map((column) => ({
    name: star.rename?.find((one) => isNamed(column, one.column))?.alias.text ?? column.name,
    column,
    replaced: star.replace.find((one) => one.alias && sameName(one.alias.text, column.name)),
  }))
}

/** Whether a star stands for columns that are not known; a source that declares none is reported. */
export function isOpenStar({ qualifier, span }: Star, { shape }: Scope, cx: Context): boolean {
  const path = qualifier && [...(qualifier.before ?? []), qualifier]
  const tables = shape.tables.filter((table) => !path || isOf(table, path))
  for (const table of tables) if (isUndeclared(table)) reportUndeclared(table, span, cx)
  return tables.some((table) => table.broken || isUndeclared(table))
}

function columnsBehind(star: Star, { shape }: Scope, cx: Context): readonly VisibleColumn[] {
  const { qualifier } = star
  if (!qualifier) return shape.columns
  const table = shape.tables.find((one) => isOf(one, [...(qualifier.before ?? []), qualifier]))
  if (!table) {
    const aliases = shape.tables.map((one) => one.alias).filter((alias) => alias !== "")
    const near = nearest(qualifier.text, aliases)
    cx.sink.report(
      "unknown-alias",
      qualifier.span,
      {
        name: dotted([...(qualifier.before ?? []), qualifier]),
        hint: orThese(near, "it has", aliases),
      },
      { fixes: replacement(qualifier, near) },
    )
    return []
  }
  return table.columns.map((name, column) => ({
    name,
    target: { kind: "binding", table: table.id, column, depth: 0 },
    table,
  }))
}

/** `t`, `schema.t`: a table without an alias keeps its schema. */
function isOf(table: Table, path: readonly Name[]): boolean {
  const [last, before, ...others] = [...path].reverse()
  if (!last || others.length > 0 || !sameName(table.alias, last.text)) return false
  return !before || (table.schema !== undefined && sameName(table.schema, before.text))
}

function isNamed(column: VisibleColumn, name: QualifiedName): boolean {
  if (!sameName(column.name, name.text)) return false
  return !name.before || isOf(column.table, name.before)
}

// ------------------------------------------------------------------------------------------ faults

function checkMentioned(
  star: Star,
  columns: readonly VisibleColumn[],
  shown: readonly VisibleColumn[],
  cx: Context,
): void {
  for (const name of star.exclude) checkOne(name, columns, cx)
  for (const { alias } of star.replace) if (alias) checkOne(alias, shown, cx)
  for (const { column } of star.rename ?? []) {
    checkOne(column, shown, cx, true)
    if (star.replace.some(({ alias }) => alias && sameName(alias.text, column.text)))
      cx.sink.report("not-yet", column.span, {
        what: "RENAME of a column that REPLACE has",
        hint: "; write the column by itself",
      })
  }
}

function checkOne(
  name: QualifiedName,
  columns: readonly VisibleColumn[],
  cx: Context,
  isRenamed = false,
): void {
  const isMerged = columns.some(
    (column) => column.target.kind === "using" && sameName(column.name, name.text),
  )
  if (isMerged && name.before && !isRenamed)
    return cx.sink.report("not-yet", name.span, {
      what: "one side of a column that USING joins, in a star",
      hint: "; write the column alone, which means both",
    })
  if (columns.some((column) => isNamed(column, name))) return
  const names = columns.map((column) => column.name)
  const near = nearest(name.text, names)
  cx.sink.report(
    "unknown-column",
    name.span,
    {
      name: dotted([...(name.before ?? []), name]),
      where: " among those of the star",
      hint: orThese(near, "it has", names),
    },
    { fixes: replacement(name, near) },
  )
}

// --------------------------------------------------------------------------------------- rewriting

/** As engines take it: names without schemas, each once. */
function simplify(star: Star, cx: Context): void {
  const { qualifier, exclude, rename } = star
  const isShort = (name: QualifiedName | undefined) => (name?.before?.length ?? 0) < 2
  const once = exclude.filter(
    (name, i) => exclude.findIndex((other) => sameName(path(other), path(name))) === i,
  )
  const isPlain =
    !qualifier?.before &&
    once.length === exclude.length &&
    exclude.every(isShort) &&
    (rename ?? []).every(({ column }) => isShort(column))
  if (isPlain) return
  const simple: Star = {
    ...star,
    qualifier: qualifier && { ...qualifier, before: undefined },
    exclude: once.map(shortened),
    rename: rename?.map((one) => ({ ...one, column: shortened(one.column) })),
  }
  cx.rewrites.set(star.id, simple)
}

function path(name: QualifiedName): string {
  return dotted([...(name.before ?? []), name])
}

function shortened(name: QualifiedName): QualifiedName {
  const before = name.before?.slice(-1)
  return { ...name, before }
}

/** A name as one that is made for `name`, at its place. */
export function nameAt(text: string, { span }: Pick<Name, "span">): Name {
  return { ...placed(madeName(text), span), quoted: true }
}
