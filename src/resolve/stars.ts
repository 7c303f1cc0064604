import { nearest } from "../base/suggest.js"
import type { OutputColumn } from "../catalog/names.js"
import type { Star } from "../syntax/ast.js"
import { replacement } from "./columns.js"
import { orThese, sameName, type Context } from "./context.js"
import { resolveExpr } from "./exprs.js"
import type { Scope, VisibleColumn } from "./scope.js"

/** The columns that a star stands for, in order, EXCLUDE and REPLACE applied. */
export function expandStar(star: Star, scope: Scope, cx: Context): readonly OutputColumn[] {
  const columns = starColumns(star, scope, cx)
  const shown = columns.filter(
    (column) => !star.exclude.some((name) => sameName(name.text, column.name)),
  )
  checkMentioned(star, columns, scope, cx)
  for (const item of star.replace) resolveExpr(item.expr, scope, cx)
  return shown.map((column) => {
    const item = star.replace.find((one) => one.alias && sameName(one.alias.text, column.name))
    return item
      ? { kind: "expr", name: column.name, named: true, expr: item.expr }
      : { kind: "star", name: column.name, target: column.target, star: star.id }
  })
}

function starColumns(star: Star, { shape }: Scope, cx: Context): readonly VisibleColumn[] {
  const { qualifier } = star
  if (!qualifier) return shape.columns
  const table = shape.tables.find((one) => sameName(one.alias, qualifier.text))
  if (!table) {
    const aliases = shape.tables.map((one) => one.alias).filter((alias) => alias !== "")
    const near = nearest(qualifier.text, aliases)
    cx.sink.report(
      "unknown-alias",
      qualifier.span,
      { name: qualifier.text, hint: orThese(near, "it has", aliases) },
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

function checkMentioned(
  star: Star,
  columns: readonly VisibleColumn[],
  { shape }: Scope,
  cx: Context,
): void {
  if (shape.tables.some((table) => table.broken)) return
  const mentioned = [
    ...star.exclude,
    ...star.replace.flatMap((item) => (item.alias ? [item.alias] : [])),
  ]
  for (const name of mentioned) {
    if (columns.some((column) => sameName(column.name, name.text))) continue
    const names = columns.map((column) => column.name)
    const near = nearest(name.text, names)
    cx.sink.report(
      "unknown-column",
      name.span,
      { name: name.text, where: " among those of the star", hint: orThese(near, "it has", names) },
      { fixes: replacement(name, near) },
    )
  }
}
