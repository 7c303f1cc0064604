import type {
  ColumnRef,
  Expr,
  Name,
  Query,
  QueryBody,
  SelectExpr,
  SelectItem,
  UnpivotQuery,
  UnpivotTable,
} from "../syntax/ast.js"
import {
  all,
  column as columnRef,
  freshId,
  isNull,
  item,
  name as madeName,
  placed,
  query,
  select,
  star,
  subquery,
  table,
  text,
} from "../syntax/build.js"
import { drawsAnew } from "../syntax/draws.js"
import { copied, type AnyNode } from "../syntax/walk.js"
import { type Context } from "./context.js"
import { sameName } from "../base/names.js"
import { expandItem } from "./expand-columns.js"
import { referenceTo } from "./matched-columns.js"
import { namesIn } from "./pivot.js"
import { EMPTY, newScope, tableShape, type Shape } from "./scope.js"
import { uniqueNames } from "./select.js"
import { nameAt, starColumns } from "./stars.js"

type Unpivot = UnpivotTable | UnpivotQuery

/** What is turned to rows: the name of a row, and its values. */
interface Entry {
  readonly label: string
  readonly exprs: readonly Expr[]
  readonly at: SelectItem
}

/** How the table that is turned is called in what is made of it; nothing else is in scope there. */
const SOURCE = "unpivoted"

/**
 * An unpivot as a union of a select for each of the columns: the others, the column's name and its value.
 * Rows whose values are not all there are left out unless INCLUDE NULLS keeps them.
 */
export function unpivoted(unpivot: Unpivot, shape: Shape, cx: Context): Query {
  const columns = uniqueNames(shape.columns.map((column) => column.name))
  const names = namesOf(unpivot, cx)
  const entries = entriesOf(unpivot, columns, shape, names.values.length, cx)
  const mentioned = entries.flatMap(({ exprs }) => exprs.flatMap((expr) => namesIn(expr, shape)))
  const turned = new Set(mentioned.map((name) => name.toLowerCase()))
  const exclude = columns.filter((name) => turned.has(name.toLowerCase()))
  const others =
    exclude.length < columns.length
      ? [{ ...star(), exclude: exclude.map((name) => madeName(name)) }]
      : []
  const includesNulls = unpivot.kind === "unpivot" && unpivot.includeNulls
  const source = query(select({ items: [star()], from: [unpivot.source] }))
  const isOne = entries.length < 2
  const branches = entries.map((entry) =>
    placed(
      select({
        items: [
          ...others.map(own),
          { ...item(text(entry.label)), alias: names.name },
          ...entry.exprs.map((expr, i): SelectExpr => ({
            ...item(expr),
            alias: names.values[i] ?? madeName("value"),
          })),
        ],
        from: [isOne ? subquery(source, SOURCE) : table([SOURCE])],
        where: includesNulls ? undefined : all(entry.exprs.map((expr) => isNull(own(expr), true))),
      }),
      entry.at.span,
    ),
  )
  const body = unionOf(branches) ?? select({ items: [star()], from: [unpivot.source] })
  const whole = query(body, { ctes: isOne ? [] : [cteOf(source, drawsAnew(unpivot.source))] })
  return placed(whole, unpivot.span)
}

/** Every branch reads the same draw of it. */
function cteOf(source: Query, isDrawn: boolean): Query["ctes"][number] {
  const { id, span, ...name } = madeName(SOURCE)
  return {
    kind: "cte",
    name: { ...name, id, span },
    columns: [],
    materialized: isDrawn ? true : undefined,
    query: source,
    id: freshId(),
    span,
  }
}

/** In halves, so that many branches make no deep tree. */
function unionOf(branches: readonly QueryBody[]): QueryBody | undefined {
  const [first] = branches
  if (branches.length < 2) return first
  const half = Math.ceil(branches.length / 2)
  const left = unionOf(branches.slice(0, half))
  const right = unionOf(branches.slice(half))
  if (!left || !right) return left
  const { span } = text("")
  return {
    kind: "set-operation",
    op: "UNION",
    all: true,
    byName: false,
    left,
    right,
    id: freshId(),
    span,
  }
}

function own<E extends Expr>(expr: E): E {
  return copied(expr, () => ({ id: freshId() }))
}

// ----------------------------------------------------------------------------------------- names

/** The columns that it makes: of names, and of values. */
function namesOf(unpivot: Unpivot, cx: Context): { name: Name; values: readonly Name[] } {
  if (unpivot.kind === "unpivot-query") {
    const { name, values } = unpivot
    return {
      name: name ?? nameAt("name", unpivot),
      values: values.length > 0 ? values : [nameAt("value", unpivot)],
    }
  }
  const [first, ...others] = unpivot.on
  const [name, ...more] = first?.names ?? []
  const odd = more[0] ?? others[0]
  if (odd)
    cx.sink.report("types-disagree", odd.span, {
      what: "UNPIVOT",
      wanted: "one name and one list of columns",
      found: "more",
    })
  return { name: name ?? nameAt("name", unpivot), values: unpivot.values }
}

// --------------------------------------------------------------------------------------- columns

function entriesOf(
  unpivot: Unpivot,
  columns: readonly string[],
  shape: Shape,
  width: number,
  cx: Context,
): readonly Entry[] {
  const listed = unpivot.kind === "unpivot" ? unpivot.on[0] : undefined
  if (listed?.enumeration)
    cx.sink.report("not-yet", listed.enumeration.span, {
      what: "a list of columns by name",
      hint: "; write the columns in parentheses",
    })
  const written = unpivot.kind === "unpivot" ? (listed?.columns ?? []) : unpivot.on
  const broken = shape.tables.some((one) => one.broken)
  const scope = {
    ...newScope(undefined, undefined, []),
    shape: tableShape({ id: freshId(), alias: SOURCE, columns, broken }),
  }
  return written
    .flatMap((one): readonly SelectExpr[] =>
      one.kind === "star"
        ? starColumns(one, scope, cx).map(({ name, column, replaced }) => ({
            ...placed(item(replaced ? own(replaced.expr) : referenceTo(column, one, cx)), one.span),
            alias: nameAt(name, one),
          }))
        : expandItem(one, scope, cx),
    )
    .flatMap((one) => {
      const exprs = (one.expr.kind === "row" ? one.expr.items : [one.expr]).map((expr) =>
        byName(expr, shape, cx),
      )
      if (exprs.length !== width)
        cx.sink.report("column-count", one.span, {
          what: "an item of UNPIVOT",
          found: exprs.length,
          wanted: width,
        })
      return exprs.length === width
        ? [{ label: labelOf(one, exprs, columns, cx), exprs, at: one }]
        : []
    })
}

function labelOf(
  { alias, expr }: SelectExpr,
  exprs: readonly Expr[],
  columns: readonly string[],
  cx: Context,
): string {
  if (alias) return alias.text
  const names = exprs.map((one) => {
    const [name = ""] = namesIn(one, EMPTY)
    return columns.find((column) => sameName(column, name)) ?? name
  })
  return names.every((name) => name !== "") ? names.join("_") : cx.sink.source.slice(expr.span)
}

/** References that find their columns in the table as it is called there; a constant is a column's name. */
function byName(expr: Expr, { tables }: Shape, cx: Context): Expr {
  if (expr.kind === "literal" && (expr.type === "string" || expr.type === "integer"))
    return placed(columnRef(expr.value), expr.span)
  return copied(
    expr,
    () => ({ id: freshId() }),
    (node) => {
      if (node.kind !== "column-ref") return undefined
      const ref = node as AnyNode & ColumnRef
      const isQualified =
        cx.made.has(ref.id) ||
        (ref.path.length > 1 &&
          tables.some(({ alias }) => sameName(alias, ref.path[0]?.text ?? "")))
      return { ...ref, id: freshId(), path: isQualified ? ref.path.slice(1) : ref.path }
    },
  )
}
