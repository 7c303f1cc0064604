import type { Span } from "../base/span.js"
import type { TypeOf } from "../catalog/types.js"
import type { ReportedFix } from "../diagnostics/diagnostic.js"
import type { QueryBody, SelectExpr, SetOperation } from "../syntax/ast.js"
import { setOperatorSpan } from "../syntax/source.js"
import { commonType, crossFamily, family, isOpen, mixesZones } from "../types/coercion.js"
import { sameType, show, type SqlType } from "../types/type.js"
import type { Typed } from "./agree.js"
import { UNKNOWN, type Context } from "./context.js"
import { nullable } from "./nullability.js"
import { castFixes, zoneFix } from "./strictness.js"

interface Branch {
  readonly names: readonly string[]
  readonly columns: readonly TypeOf[]
}

/** The columns of a set operation; reports those whose types do not meet. */
export function checkBranches(
  body: SetOperation,
  left: readonly TypeOf[],
  right: readonly TypeOf[],
  cx: Context,
): readonly TypeOf[] {
  const names = (id: number) => cx.names.columnNames.get(id) ?? []
  const [a, b] = [
    { names: names(body.left.id), columns: left },
    { names: names(body.right.id), columns: right },
  ]
  return body.byName
    ? byName(body, a, b, cx)
    : left.map((column, i) => meet(body, a, column, right[i] ?? UNKNOWN, i, cx))
}

/** A column that one side lacks is NULL there. */
function byName(body: SetOperation, left: Branch, right: Branch, cx: Context): readonly TypeOf[] {
  return (cx.names.columnNames.get(body.id) ?? []).map((name, i) => {
    const a = find(left, name)
    const b = find(right, name)
    if (a && b) return meet(body, left, a, b, i, cx)
    return nullable(a ?? b ?? UNKNOWN)
  })
}

function meet(
  body: SetOperation,
  left: Branch,
  a: TypeOf,
  b: TypeOf,
  index: number,
  cx: Context,
): TypeOf {
  const type = commonType(a.type, b.type)
  const sides = [
    itemOf(body.left, a, index, body.byName),
    itemOf(body.right, b, index, body.byName),
  ] as const
  // EXCEPT and INTERSECT give rows of the left side.
  const isNullable =
    body.op === "UNION"
      ? a.nullable || b.nullable
      : body.op === "EXCEPT"
        ? a.nullable
        : a.nullable && b.nullable
  if (type) {
    if (mixesZones(a.type, b.type)) mixedBranches(body, sides, a, b, cx)
    return { type, nullable: isNullable }
  }
  const crossed = crossFamily(a.type, b.type)
  const name = left.names[index] ?? `column ${index + 1}`
  if (crossed) {
    const params = {
      op: body.op,
      difference: "types",
      left: `${name} ${show(a.type)}`,
      right: show(b.type),
    }
    const fixes = [...castItem(sides[1], a.type, cx), ...castItem(sides[0], b.type, cx)]
    cx.sink.report("union-by-position", setOperatorSpan(body, cx.sink.source), params, { fixes })
    return { type: crossed, nullable: isNullable }
  }
  if (!isOpen(a.type) && !sameType(a.type, b.type))
    cx.sink.report("types-disagree", spanOfColumn(body, index), {
      what: `${body.op}, column \`${name}\`,`,
      wanted: show(a.type),
      found: show(b.type),
    })
  return UNKNOWN
}

/** An item of a plain select list, and its type. */
interface Item extends Typed {
  readonly item: SelectExpr
}

function itemOf(body: QueryBody, column: TypeOf, index: number, byName: boolean): Item | undefined {
  if (body.kind !== "select" || byName || body.items.some((one) => one.kind === "star"))
    return undefined
  const item = body.items[index]
  return item?.kind === "select-expr" ? { item, expr: item.expr, ...column } : undefined
}

function castItem(side: Item | undefined, wanted: SqlType, cx: Context): ReportedFix[] {
  if (!side) return []
  // Branches of a text and a number are texts.
  const kind = family(wanted) === "text" ? "equivalent" : "changes-meaning"
  return castFixes(side, wanted, kind).map((fix) => ({
    ...fix,
    edits: [...fix.edits, ...kept(side, cx)],
  }))
}

/** The name that a bare column loses when something is made of it. */
function kept({ item }: Item, { sink }: Context) {
  const { expr, alias, span } = item
  const name = expr.kind === "column-ref" ? expr.path.at(-1) : undefined
  if (alias || !name) return []
  return [{ span: { start: span.end, end: span.end }, text: ` AS ${sink.source.slice(name.span)}` }]
}

/** Branches of which one has a time zone. */
function mixedBranches(
  body: SetOperation,
  sides: readonly [Item | undefined, Item | undefined],
  a: TypeOf,
  b: TypeOf,
  cx: Context,
): void {
  const naive = show(a.type) === "TIMESTAMPTZ" ? sides[1] : sides[0]
  const fixes = naive ? [zoneFix(naive, kept(naive, cx), cx)] : []
  const params = { op: body.op, left: show(a.type), right: show(b.type) }
  cx.sink.report("mixed-timestamps", setOperatorSpan(body, cx.sink.source), params, { fixes })
}

function find(branch: Branch, name: string): TypeOf | undefined {
  return branch.columns[branch.names.findIndex((one) => one.toLowerCase() === name.toLowerCase())]
}

/** The item of the right side, where it is a plain select list. */
function spanOfColumn(body: SetOperation, index: number): Span {
  const { right } = body
  const item = right.kind === "select" && !body.byName ? right.items[index] : undefined
  const stars = right.kind === "select" && right.items.some((one) => one.kind === "star")
  return item && !stars ? item.span : right.span
}
