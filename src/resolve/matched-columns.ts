import { nearest } from "../base/suggest.js"
import type { Call, ColumnRef, Expr, Lambda, Like, Name, Node } from "../syntax/ast.js"
import { column as columnRef, placed } from "../syntax/build.js"
import { orThese, type Context } from "./context.js"
import { sameName } from "../base/names.js"
import { holdsOfName, NoPredicate, regex } from "./name-predicate.js"
import type { Scope, VisibleColumn } from "./scope.js"
import { starColumns, type StarColumn } from "./stars.js"

/** A column that COLUMNS stands for. */
export interface Matched {
  readonly name: string
  /** What `\0`, `\1` … stand for in an alias: the name, and the groups of the pattern. */
  readonly groups: readonly string[]
  /** The value in its place, `replaced` by REPLACE or a column. */
  readonly replaced: Expr | undefined
  readonly column: VisibleColumn
}

/** COLUMNS(…), or `* LIKE 'a%'` in its place. */
export type ColumnsExpr = Call | Like

export function isColumns(expr: Expr): expr is ColumnsExpr {
  if (expr.kind === "like") return expr.operand.kind === "star"
  return (
    expr.kind === "call" && expr.name.length === 1 && expr.name[0]?.text.toLowerCase() === "columns"
  )
}

/** Whether the columns are those that there happen to be, and not named one by one. */
export function isOpen(expr: ColumnsExpr): boolean {
  return expr.kind === "like" || expr.args[0]?.value.kind !== "list"
}

/** The columns that COLUMNS stands for, in order; a fault is reported and leaves none. */
export function matchColumns(expr: ColumnsExpr, scope: Scope, cx: Context): readonly Matched[] {
  const found = matched(expr, scope, cx)
  const isBroken = scope.shape.tables.some((table) => table.broken)
  if (found && found.length === 0 && !isBroken) reportNone(expr, scope, cx)
  return found ?? []
}

/** Undefined where a fault was reported. */
function matched(expr: ColumnsExpr, scope: Scope, cx: Context): readonly Matched[] | undefined {
  if (expr.kind === "like")
    return expr.operand.kind === "star"
      ? matchedLike(expr, starColumns(expr.operand, scope, cx), cx)
      : undefined
  const [argument, ...others] = expr.args
  const value = argument?.value
  if (!value || others.length > 0 || argument.name) return refuse(expr, cx)
  switch (value.kind) {
    case "star":
      return starColumns(value, scope, cx).map((column) => plain(column))
    case "literal":
      return value.type === "string"
        ? matchedPattern(value.value, value, visible(scope), cx)
        : refuse(value, cx)
    case "list":
    case "call":
      return listed(value, scope, cx)
    case "lambda":
      return matchedLambda(value, visible(scope), cx)
    default:
      return refuse(value, cx)
  }
}

function visible({ shape }: Scope): readonly StarColumn[] {
  return shape.columns.map((column) => ({ name: column.name, column, replaced: undefined }))
}

function plain({ name, column, replaced }: StarColumn, groups: readonly string[] = []): Matched {
  return { name, groups: [name, ...groups], column, replaced: replaced?.expr }
}

function matchedPattern(
  pattern: string,
  at: Expr,
  columns: readonly StarColumn[],
  cx: Context,
): readonly Matched[] | undefined {
  return tried(cx, () => {
    const wanted = regex(pattern, at)
    return columns.flatMap((column) => {
      const found = wanted.exec(column.name)
      return found ? [plain(column, found.slice(1))] : []
    })
  })
}

/** The columns in sight that a list of names has, in their own order. */
function listed(list: Expr, scope: Scope, cx: Context): readonly Matched[] | undefined {
  const names = namesOf(list, scope, cx)
  if (!names) return undefined
  const columns = visible(scope)
  const isListed = ({ name }: StarColumn) => names.some((one) => sameName(one, name))
  return columns.filter(isListed).map((column) => plain(column))
}

/** What a list of names says, by functions of lists too; undefined where a fault was reported. */
function namesOf(list: Expr, scope: Scope, cx: Context): readonly string[] | undefined {
  if (list.kind === "star") return starColumns(list, scope, cx).map(({ name }) => name)
  if (list.kind === "list") {
    const names = list.items.map((item) => nameIn(item, scope, cx))
    return names.includes(undefined) ? undefined : names.flatMap((name) => name ?? [])
  }
  const [first, second] = list.kind === "call" ? list.args.map(({ value }) => value) : []
  const fn = list.kind === "call" ? list.name.at(-1)?.text.toLowerCase() : undefined
  if (!first || !second || fn === undefined) return refuse(list, cx)
  const names = namesOf(first, scope, cx)
  if (!names) return undefined
  if (CONCATENATIONS.has(fn)) {
    const others = namesOf(second, scope, cx)
    return others && [...names, ...others]
  }
  const [param] = second.kind === "lambda" ? second.params : []
  if (second.kind !== "lambda" || !param) return refuse(list, cx)
  const { body } = second
  if (FILTERS.has(fn))
    return tried(cx, () => names.filter((name) => holdsOfName(body, param.text, name)))
  const isItself = body.kind === "column-ref" && body.path[0]?.text === param.text
  return fn === "list_transform" && isItself ? names : refuse(list, cx)
}

const CONCATENATIONS = new Set(["list_concat", "list_cat", "array_concat", "array_cat"])
const FILTERS = new Set(["list_filter", "array_filter", "filter"])

function nameIn(item: Expr, scope: Scope, cx: Context): string | undefined {
  const name = item.kind === "literal" && item.type === "string" ? item.value : undefined
  if (name === undefined) return refuse(item, cx)
  if (visible(scope).some((column) => sameName(column.name, name))) return name
  reportName(name, item, scope, cx)
  return undefined
}

function matchedLambda(
  { params, body }: Lambda,
  columns: readonly StarColumn[],
  cx: Context,
): readonly Matched[] | undefined {
  const [param] = params
  return param && conditioned(body, param, columns, cx)
}

function conditioned(
  condition: Expr,
  param: Name,
  columns: readonly StarColumn[],
  cx: Context,
): readonly Matched[] | undefined {
  return tried(cx, () =>
    columns.filter(({ name }) => holdsOfName(condition, param.text, name)).map((one) => plain(one)),
  )
}

/** `* LIKE 'a%'`: the condition is asked of each name. */
function matchedLike(
  like: Like,
  columns: readonly StarColumn[],
  cx: Context,
): readonly Matched[] | undefined {
  const { op, not, pattern } = like
  if (op === "SIMILAR TO" && !not && pattern.kind === "literal")
    return matchedPattern(`^(?:${pattern.value})$`, pattern, columns, cx)
  const operand: ColumnRef = columnRef("name")
  return tried(cx, () =>
    columns
      .filter(({ name }) => holdsOfName({ ...like, operand }, "name", name))
      .map((one) => plain(one)),
  )
}

function tried<T>(cx: Context, find: () => T): T | undefined {
  try {
    return find()
  } catch (error) {
    if (!(error instanceof NoPredicate)) throw error
    return refuse(error.expr, cx)
  }
}

/** A reference to the column, as if it were written at `span`. */
export function referenceTo({ name, table, target }: VisibleColumn, at: Node, cx: Context): Expr {
  const path = target.kind === "using" || table.alias === "" ? [name] : [table.alias, name]
  const made = placed(columnRef(...path), at.span)
  cx.made.set(made.id, target)
  return made
}

// ------------------------------------------------------------------------------------------ faults

function refuse(expr: Pick<Expr, "span">, cx: Context): undefined {
  cx.sink.report("not-yet", expr.span, {
    what: "this argument of COLUMNS",
    hint: "; write *, a pattern, a list of names or a lambda over names",
  })
  return undefined
}

function reportNone(expr: ColumnsExpr, scope: Scope, cx: Context): void {
  const value = expr.kind === "call" ? (expr.args[0]?.value ?? expr) : expr.pattern
  const name =
    value.kind === "literal" ? value.value : cx.sink.source.slice(value.span).replace(/\s+/g, " ")
  const names = [...new Set(scope.shape.columns.map((column) => column.name))]
  const where = expr.kind === "like" ? " matches this star" : " matches COLUMNS"
  cx.sink.report("unknown-column", expr.span, {
    name,
    where,
    hint: orThese(undefined, "there are", names),
  })
}

function reportName(name: string, item: Expr, scope: Scope, cx: Context): void {
  if (scope.shape.tables.some((table) => table.broken)) return
  const names = [...new Set(scope.shape.columns.map((column) => column.name))]
  const near = nearest(name, names)
  const text = near === undefined ? "" : `'${near.replaceAll("'", "''")}'`
  const fix = {
    title: `write ${text}`,
    kind: "changes-meaning" as const,
    edits: [{ span: item.span, text }],
  }
  cx.sink.report(
    "unknown-column",
    item.span,
    { name, where: " for COLUMNS", hint: orThese(near, "there are", names) },
    { fixes: near === undefined ? [] : [fix] },
  )
}
