import type { OutputColumn } from "../catalog/names.js"
import type { TypeOf } from "../catalog/types.js"
import { hasAggregate } from "../functions/calls.js"
import type { Expr, OrderItem, Select } from "../syntax/ast.js"
import { groupedExprs } from "../syntax/operands.js"
import { withParentheses } from "../syntax/source.js"
import { fromColumn, inClause, newFrame, UNKNOWN, type Context, type Frame } from "./context.js"
import { condition, exprType } from "./expr.js"
import { fromTypes } from "./from.js"
import { EVERYTHING, fingerprint, targetFingerprint, type Groups } from "./group.js"
import { bothWays, closure, constants, equalities, knows, type Facts } from "./keys.js"
import { checkWhere } from "./misplaced.js"
import { notNullWhenTrue, nullable, refined } from "./nullability.js"
import { selectKeys } from "./select-keys.js"
import { windowSpecTypes } from "./windows.js"

/** Types a SELECT, clause by clause, and gives its columns; `orderBy` is that of the query around it. */
export function selectColumns(
  select: Select,
  orderBy: readonly OrderItem[],
  outer: Frame | undefined,
  cx: Context,
): readonly TypeOf[] {
  const from = fromTypes(select.from, newFrame("FROM", outer), cx)
  const rows = filtered(select, from.frame, cx)
  const facts = select.where ? withCondition(from.facts, select.where, cx) : from.facts
  const outputs = cx.names.outputs.get(select.id) ?? []
  const keys = [
    ...(typeof select.distinct === "boolean" ? [] : select.distinct),
    ...orderBy.map((item) => item.expr),
  ]
  const grouped = isGrouped(select, outputs, keys)
  if (grouped) cx.aggregated.add(select.id)
  const frame: Frame = {
    ...inClause(rows, "SELECT", { aggregates: true, windows: true }),
    namedWindows: select.windows,
    groups: grouped ? groupsOf(select, outputs, rows, facts, cx) : undefined,
    groupsHaveRows: groupsHaveRows(select, cx),
  }
  cx.lookout?.at(select.id, () => frame)
  const columns = outputs.map((output) => outputType(output, select, frame, cx))
  cx.columns.set(select.id, columns)
  laterClauses(select, keys, frame, cx)
  cx.keys.set(select.id, selectKeys(select, outputs, columns, facts, frame.groups, cx))
  return columns
}

function filtered(select: Select, frame: Frame, cx: Context): Frame {
  if (!select.where) return frame
  checkWhere(select, cx)
  condition(select.where, "WHERE", inClause(frame, "WHERE"), cx)
  return refined(frame, notNullWhenTrue(select.where, cx))
}

function withCondition(facts: Facts, where: Expr, cx: Context): Facts {
  return {
    ...facts,
    implies: [...facts.implies, ...bothWays(equalities(where, cx)), ...constants(where, cx)],
  }
}

function laterClauses(select: Select, keys: readonly Expr[], frame: Frame, cx: Context): void {
  for (const { window } of select.windows) windowSpecTypes(window, { ...frame, windows: false }, cx)
  if (select.having)
    condition(select.having, "HAVING", inClause(frame, "HAVING", { aggregates: true }), cx)
  if (select.qualify) condition(select.qualify, "QUALIFY", { ...frame, clause: "QUALIFY" }, cx)
  for (const expr of keys)
    if (!cx.names.outputRefs.has(expr.id)) exprType(expr, { ...frame, clause: "ORDER BY" }, cx)
}

function outputType(output: OutputColumn, select: Select, frame: Frame, cx: Context): TypeOf {
  if (output.kind === "expr") return exprType(output.expr, frame, cx)
  const symbol = targetFingerprint(output.target, cx.names)
  const { groups } = frame
  if (groups && !groups.keys.has(symbol) && !knows(groups.determined, symbol)) {
    const star = select.items.find((item) => item.id === output.star)
    cx.sink.report("not-grouped", star?.span ?? select.span, { name: output.name })
  }
  return groups?.keys.get(symbol) ?? fromColumn(output.target, frame) ?? UNKNOWN
}

// --------------------------------------------------------------------------------------- groups

function isGrouped(
  select: Select,
  outputs: readonly OutputColumn[],
  keys: readonly Expr[],
): boolean {
  const { groupBy, having, qualify } = select
  if (groupBy) return true
  return (
    outputs.some((output) => output.kind === "expr" && hasAggregate(output.expr)) ||
    keys.some(hasAggregate) ||
    (having !== undefined && hasAggregate(having)) ||
    (qualify !== undefined && hasAggregate(qualify))
  )
}

/** Without keys there is one group even of no rows; ROLLUP and CUBE have such a one among others. */
function groupsHaveRows(select: Select, cx: Context): boolean {
  const { groupBy } = select
  if (!groupBy) return false
  if (groupBy.all) return (cx.names.groupAll.get(select.id)?.length ?? 0) > 0
  return groupBy.items.length > 0 && groupBy.items.every((item) => item.kind === "group-expr")
}

interface GroupKey {
  readonly symbol: string
  readonly kind: Expr["kind"]
  readonly type: TypeOf
}

function groupsOf(
  select: Select,
  outputs: readonly OutputColumn[],
  rows: Frame,
  facts: Facts,
  cx: Context,
): Groups {
  const frame = inClause(rows, "GROUP BY")
  const found = groupKeys(select, outputs, frame, cx)
  const sets = select.groupBy?.items.some((item) => item.kind !== "group-expr") ?? false
  const keys = new Map(found.map(({ symbol, type }) => [symbol, sets ? nullable(type) : type]))
  const kinds = new Set<Expr["kind"]>(["column-ref", ...found.map((key) => key.kind)])
  return {
    keys,
    kinds,
    determined: isBroken(select, found, cx)
      ? EVERYTHING
      : sets
        ? new Set()
        : closure(facts, keys.keys()),
    next: () => nextKey(select, sets, cx),
  }
}

/** A key that names nothing is one fault: what it would have determined is not another. */
function isBroken({ groupBy }: Select, keys: readonly GroupKey[], { names }: Context): boolean {
  const exprs = groupBy ? groupedExprs(groupBy) : []
  const isBeyond = (expr: Expr) =>
    expr.kind === "literal" && expr.type === "integer" && !names.outputRefs.has(expr.id)
  return keys.some(({ symbol }) => symbol === "unknown") || exprs.some(isBeyond)
}

function nextKey(select: Select, sets: boolean, { sink }: Context): ReturnType<Groups["next"]> {
  const last = select.groupBy?.items.at(-1)
  if (sets || select.groupBy?.all) return undefined
  if (last?.kind === "group-expr")
    return { offset: withParentheses(last.expr, sink.source).end, before: ", " }
  const end = select.where
    ? withParentheses(select.where, sink.source).end
    : select.from.at(-1)?.span.end
  return end === undefined ? undefined : { offset: end, before: " GROUP BY " }
}

function groupKeys(
  select: Select,
  outputs: readonly OutputColumn[],
  frame: Frame,
  cx: Context,
): readonly GroupKey[] {
  const { groupBy } = select
  if (!groupBy) return []
  const ofOutput = (index: number): GroupKey[] => {
    const output = outputs[index]
    return output ? [outputKey(output, frame, cx)] : []
  }
  if (groupBy.all) return (cx.names.groupAll.get(select.id) ?? []).flatMap(ofOutput)
  const keys: GroupKey[] = []
  for (const expr of groupedExprs(groupBy)) {
    const output = cx.names.outputRefs.get(expr.id)
    if (output === undefined) keys.push(exprKey(expr, frame, cx))
    else keys.push(...ofOutput(output))
  }
  return keys
}

function outputKey(output: OutputColumn, frame: Frame, cx: Context): GroupKey {
  if (output.kind === "expr") return exprKey(output.expr, frame, cx)
  const type = fromColumn(output.target, frame) ?? UNKNOWN
  return { symbol: targetFingerprint(output.target, cx.names), kind: "column-ref", type }
}

function exprKey(expr: Expr, frame: Frame, cx: Context): GroupKey {
  return { symbol: fingerprint(expr, cx.names), kind: expr.kind, type: exprType(expr, frame, cx) }
}
