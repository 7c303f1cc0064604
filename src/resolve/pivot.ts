import { hasAggregate, isAggregate } from "../functions/calls.js"
import type {
  Call,
  Expr,
  GroupItem,
  Name,
  PivotColumn,
  PivotQuery,
  PivotTable,
  Select,
  SelectExpr,
  SelectItem,
} from "../syntax/ast.js"
import {
  all,
  binary,
  call,
  cast,
  freshId,
  isNull,
  item,
  placed,
  select,
  star,
  text,
} from "../syntax/build.js"
import { operands } from "../syntax/operands.js"
import { copied, walk, type AnyNode } from "../syntax/walk.js"
import { type Context } from "./context.js"
import { sameName } from "../base/names.js"
import { fullText } from "./full-text.js"
import { knownOfExpr, knownOfTarget } from "./known-types.js"
import { referenceTo } from "./matched-columns.js"
import type { Shape } from "./scope.js"
import { nameAt } from "./stars.js"

type Pivot = PivotTable | PivotQuery

/** Values of the ON columns that make a column, or several, one for each aggregate. */
interface Cell {
  readonly name: string
  readonly conditions: readonly Expr[]
  readonly at: Pick<Name, "span">
}

/**
 * A pivot as what it computes: a group for each value of the other columns, and each aggregate of the rows
 * with each of the values. As in DuckDB the values are compared as texts, NULL with NULL, and a column is
 * called by its value, `2024_total` where the aggregate has a name or is one of several.
 */
export function pivoted(pivot: Pivot, shape: Shape, cx: Context): Select {
  const aggregates = aggregatesOf(pivot, cx)
  const groups = groupsOf(pivot, aggregates, shape, cx)
  const cells = isTooWide(pivot, cx) ? [] : cellsOf(pivot, shape, cx)
  if (pivot.on.length + pivot.aggregates.length + pivot.groupBy.length === 0)
    cx.sink.report("types-disagree", pivot.span, {
      what: "PIVOT",
      wanted: "ON, USING or GROUP BY",
      found: "none of them",
    })
  const made = select({
    items: [
      ...groups.map((expr): SelectItem => item(expr())),
      ...cells.flatMap((cell) =>
        aggregates.map((one) => valueItem(one, cell, aggregates.length > 1)),
      ),
    ],
    from: [pivot.source],
    ...(groups.length > 0 ? { groupBy: groupBy(groups.map((expr) => expr())) } : {}),
  })
  return placed(made, pivot.span)
}

function groupBy(exprs: readonly Expr[]): NonNullable<Select["groupBy"]> {
  const { span } = text("")
  const items = exprs.map((expr): GroupItem => ({
    kind: "group-expr",
    expr,
    id: freshId(),
    span: expr.span,
  }))
  return { kind: "group-by", all: false, items, id: freshId(), span }
}

// ------------------------------------------------------------------------------------ aggregates

/** `count(*)` where none is written; without ON there are only groups then. */
function aggregatesOf({ aggregates, on, span }: Pivot, cx: Context): readonly SelectExpr[] {
  if (aggregates.length === 0)
    return on.length === 0 ? [] : [placed(item(call("count", star())), span)]
  return aggregates.flatMap((one) => {
    const found = one.kind === "star" ? [] : aggregatesIn(one.expr)
    if (one.kind === "select-expr" && found.length === 1) return [one]
    cx.sink.report("types-disagree", one.span, {
      what: "PIVOT",
      wanted: "one aggregate",
      found: found.length === 0 ? "none" : String(found.length),
    })
    return []
  })
}

function aggregatesIn(expr: Expr): readonly Call[] {
  return isAggregate(expr) ? [expr] : operands(expr).filter(hasAggregate).flatMap(aggregatesIn)
}

/** The aggregate of the rows of a cell. */
function valueItem(aggregate: SelectExpr, cell: Cell, isOneOfSeveral: boolean): SelectItem {
  const isNamed = aggregate.alias !== undefined || isOneOfSeveral
  const label = aggregate.alias?.text ?? fullText(aggregate.expr)
  const name = cell.name === "" ? label : isNamed ? `${cell.name}_${label}` : cell.name
  return {
    ...aggregate,
    id: freshId(),
    expr: filtered(aggregate.expr, cell.conditions),
    alias: nameAt(name, aggregate.alias ?? cell.at),
  }
}

function filtered(expr: Expr, conditions: readonly Expr[]): Expr {
  const fresh = () => ({ id: freshId() })
  const condition = all(conditions)
  return copied(expr, fresh, (node) => {
    if (!condition || !isAggregate(node as AnyNode & Expr)) return undefined
    const aggregate = copied(node as AnyNode & Call, fresh)
    const both = [...(aggregate.filter ? [aggregate.filter] : []), copied(condition, fresh)]
    return { ...aggregate, filter: placed(all(both) ?? condition, node.span) }
  })
}

// ---------------------------------------------------------------------------------------- groups

/** The columns of GROUP BY, else those that neither an aggregate nor ON mentions; without ON there are none then. */
function groupsOf(
  pivot: Pivot,
  aggregates: readonly SelectExpr[],
  shape: Shape,
  cx: Context,
): readonly (() => Expr)[] {
  if (pivot.groupBy.length > 0)
    return pivot.groupBy.map((name) => () => ({
      kind: "column-ref",
      path: [name],
      id: freshId(),
      span: name.span,
    }))
  if (pivot.on.length === 0) return []
  const mentioned = [...aggregates.map((one) => one.expr), ...pivot.on.flatMap((on) => on.exprs)]
  const names = mentioned.flatMap((expr) => namesIn(expr, shape))
  const others = shape.columns.filter(({ name }) => !names.some((one) => sameName(one, name)))
  return others.map((column) => () => referenceTo(column, pivot, cx))
}

/** The names of columns in an expression, without the tables before them. */
export function namesIn(expr: Expr, { tables }: Shape): readonly string[] {
  const names: string[] = []
  walk(expr, (node) => {
    if (node.kind !== "column-ref") return
    const { path } = node as AnyNode & { readonly path: readonly Name[] }
    const isQualified =
      path.length > 1 && tables.some((table) => sameName(table.alias, path[0]?.text ?? ""))
    const name = path[isQualified ? 1 : 0]
    if (name) names.push(name.text)
  })
  return names
}

// ----------------------------------------------------------------------------------------- cells

/** DuckDB's own limit on the columns of a pivot. */
const MAX_CELLS = 100_000

function isTooWide({ on, aggregates, span }: Pivot, cx: Context): boolean {
  const widths = on.map(({ values }) => values?.length ?? 1)
  const found = widths.reduce((product, width) => product * width, Math.max(1, aggregates.length))
  if (found <= MAX_CELLS) return false
  const wanted = `at most ${MAX_CELLS} columns`
  cx.sink.report("types-disagree", span, { what: "PIVOT", wanted, found: String(found) })
  return true
}

/** Every combination of the values of the ON columns, the last one changing first. */
function cellsOf({ on }: Pivot, shape: Shape, cx: Context): readonly Cell[] {
  const first: Cell = { name: "", conditions: [], at: text("") }
  return on.reduce<readonly Cell[]>(
    (cells, column) => {
      const values = distinct(valuesOf(column, shape, cx), cx)
      return cells.flatMap((cell) =>
        values.map(({ name, conditions, at }) => ({
          name: cell.name === "" ? name : `${cell.name}_${name}`,
          conditions: [...cell.conditions, ...conditions],
          at,
        })),
      )
    },
    [first],
  )
}

function valuesOf(column: PivotColumn, shape: Shape, cx: Context): readonly Cell[] {
  const { exprs, values } = column
  if (values) return values.flatMap((value) => cellOf(exprs, value, cx) ?? [])
  const [only, ...others] = exprs
  const domain = only && others.length === 0 && !column.query ? enumOf(only, shape, cx) : undefined
  if (domain && !column.enumeration)
    return domain.toSorted().map((value) => ({
      name: value,
      conditions: exprs.map((expr) => isValue(expr, value)),
      at: column,
    }))
  if (!shape.tables.some((table) => table.broken)) reportDynamic(column, cx)
  return []
}

/** Columns that a run would have to find are known to no reader, and to no check. */
function reportDynamic(column: PivotColumn, cx: Context): void {
  const { exprs } = column
  cx.sink.report("dynamic-pivot", (column.query ?? column.enumeration ?? column).span, {
    column: exprs.map((expr) => cx.sink.source.slice(expr.span)).join(", "),
  })
}

function cellOf(exprs: readonly Expr[], value: SelectItem, cx: Context): Cell | undefined {
  const items = value.kind === "star" ? [] : itemsOf(value.expr, exprs.length)
  const texts = items.map((one) => textOf(one))
  if (texts.length !== exprs.length || texts.includes(undefined)) {
    cx.sink.report("types-disagree", value.span, {
      what: "IN of PIVOT",
      wanted: exprs.length === 1 ? "a constant" : `${exprs.length} constants in parentheses`,
      found: cx.sink.source.slice(value.span),
    })
    return undefined
  }
  const alias = value.kind === "select-expr" ? value.alias : undefined
  return {
    name: alias?.text ?? texts.map(nameOfValue).join("_"),
    conditions: exprs.map((expr, i) => placed(isValue(expr, texts[i] ?? null), value.span)),
    at: alias ?? value,
  }
}

/** An empty text names its column as it is written. */
function nameOfValue(value: string | null | undefined): string {
  return value === "" ? "''" : (value ?? "NULL")
}

function itemsOf(expr: Expr, width: number): readonly Expr[] {
  return expr.kind === "row" && width > 1 ? expr.items : [expr]
}

function isValue(expr: Expr, value: string | null): Expr {
  const own = copied(expr, () => ({ id: freshId() }))
  if (value === null) return isNull(own)
  return binary(cast(own, "VARCHAR"), "IS NOT DISTINCT FROM", text(value))
}

/** A constant as the engine writes it as text; a bare name stands for its text. */
function textOf(expr: Expr): string | null | undefined {
  switch (expr.kind) {
    case "literal":
      switch (expr.type) {
        case "null":
          return null
        case "boolean":
          return expr.value.toLowerCase()
        case "integer":
          return expr.value.replace(/^0+(?=\d)/, "")
        case "float": {
          const value = String(Number(expr.value))
          return /^-?\d+$/.test(value) ? `${value}.0` : value
        }
        case "blob":
          return undefined
        default:
          return expr.value
      }
    case "unary": {
      const value = expr.op === "-" && expr.operand.kind === "literal" ? textOf(expr.operand) : null
      return value === null || value === undefined ? undefined : `-${value}`
    }
    case "cast":
      return expr.try ? undefined : textOf(expr.operand)
    case "column-ref":
      return expr.path.length === 1 ? expr.path[0]?.text : undefined
    default:
      return undefined
  }
}

function distinct(cells: readonly Cell[], cx: Context): readonly Cell[] {
  const seen = new Set<string>()
  return cells.filter(({ name, at }) => {
    const isKnown = seen.has(name)
    if (isKnown) cx.sink.report("duplicate-column", at.span, { name })
    seen.add(name)
    return !isKnown
  })
}

// ------------------------------------------------------------------------------------------ enums

/** The values of a column whose type is an ENUM, where that is known before types are found. */
function enumOf(expr: Expr, { columns }: Shape, cx: Context): readonly string[] | undefined {
  if (expr.kind !== "column-ref") return knownOfExpr(expr, cx).values
  const name = expr.path.at(-1)?.text ?? ""
  const [column, ...others] = columns.filter((one) => sameName(one.name, name))
  return others.length === 0 ? knownOfTarget(column?.target, cx).values : undefined
}
