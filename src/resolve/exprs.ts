import { isAggregate } from "../functions/calls.js"
import type { Call, Expr, NamedWindow, Position } from "../syntax/ast.js"
import { isDatePart, takesDatePart } from "../functions/date-parts.js"
import { isWordArgument } from "../functions/foreign-calls.js"
import { lookupFunction } from "../functions/index.js"
import { callOperands, operands } from "../syntax/operands.js"
import { plural } from "../base/plural.js"
import { nearest } from "../base/suggest.js"
import { replacement, resolveColumn } from "./columns.js"
import { orThese, type Context } from "./context.js"
import { sameName } from "../base/names.js"
import { isColumns, referenceTo } from "./matched-columns.js"
import { resolveSubquery } from "./query.js"
import { resolveSmeltCall } from "./relations.js"
import { lookedAt, type Scope } from "./scope.js"

/** Finds every name in `expr`, subqueries included; `isPart`: a name there may be meant for a part of a date. */
export function resolveExpr(expr: Expr, scope: Scope, cx: Context, isPart = false): void {
  if (cx.lookout) lookedAt(expr.id, scope, cx)
  if (cx.refused.has(expr.id)) return
  switch (expr.kind) {
    case "column-ref":
      return void resolveColumn(expr, scope, cx, isPart)
    case "position":
      return resolvePosition(expr, scope, cx)
    case "call":
      return resolveCall(expr, scope, cx)
    case "exists":
    case "scalar-subquery":
      return resolveSubquery(expr.query, scope, cx)
    case "in-query":
    case "quantified":
      resolveExpr(expr.operand, scope, cx)
      return resolveSubquery(expr.query, scope, cx)
    case "lambda": {
      const lambdas = [...scope.lambdas, ...expr.params.map((name) => name.text)]
      return resolveExpr(expr.body, { ...scope, lambdas }, cx)
    }
    case "star":
      return expr.replace.forEach((item) => resolveExpr(item.expr, scope, cx))
    default:
      return operands(expr).forEach((one) => resolveExpr(one, scope, cx))
  }
}

/** `date_diff(day, …)`: what stands where a part of a date is named by a text. */
function barePart({ name, args }: Call): Expr | undefined {
  const value = args[0]?.value
  const isPart =
    value?.kind === "column-ref" && value.path.length === 1 && isDatePart(value.path[0]?.text ?? "")
  return isPart && takesDatePart(name.at(-1)?.text ?? "") ? value : undefined
}

/** `dateadd(day, …)` of another engine: the call is reported, and its word with it. */
function foreignWord({ name, args }: Call): Expr | undefined {
  const called = name.at(-1)?.text ?? ""
  // `date_add(day, 3, d)` is another engine's, `date_add(day, i)` of a column `day` is not.
  if (lookupFunction(called) && (takesDatePart(called) || args.length < 3)) return undefined
  return args.find(
    ({ value }, i) =>
      isWordArgument(called, i) && value.kind === "column-ref" && value.path.length === 1,
  )?.value
}

/** `#2` is the second column of FROM. */
function resolvePosition(position: Position, { shape }: Scope, cx: Context): void {
  const column = shape.columns[position.index - 1]
  if (column) {
    const reference = referenceTo(column, position, cx)
    cx.rewrites.set(position.id, reference)
    cx.columns.set(position.id, column.target)
    cx.columns.set(reference.id, column.target)
    return
  }
  cx.refused.add(position.id)
  if (shape.tables.some((table) => table.broken)) return
  cx.sink.report("unknown-column", position.span, {
    name: `#${position.index}`,
    where: ` among ${plural(shape.columns.length, "column")} of FROM`,
    hint: "",
  })
}

/** COLUMNS where no clause was that could write it out. */
function refuseColumns(call: Call, cx: Context): void {
  cx.refused.add(call.id)
  cx.sink.report("not-yet", call.span, { what: "COLUMNS(…) here", hint: "; write the columns" })
}

function resolveCall(call: Call, scope: Scope, cx: Context): void {
  if (isColumns(call)) return refuseColumns(call, cx)
  if (resolveSmeltCall(call, cx)) return
  const { aliases } = scope
  const inside: Scope =
    aliases && isAggregate(call) ? { ...scope, aliases: { ...aliases, order: "last" } } : scope
  const [part, word] = [barePart(call), foreignWord(call)]
  for (const operand of callOperands(call))
    if (operand !== word) resolveExpr(operand, inside, cx, operand === part)
}

/** Reports `OVER name` and `OVER (name …)` where the select defines no such window. */
export function checkWindows(
  exprs: Iterable<Expr>,
  windows: readonly NamedWindow[],
  cx: Context,
): void {
  for (const expr of exprs) {
    const name =
      expr.kind !== "call" || !expr.over
        ? undefined
        : expr.over.kind === "name"
          ? expr.over
          : expr.over.base
    if (name && !windows.some((window) => sameName(window.name.text, name.text))) {
      const names = windows.map((window) => window.name.text)
      const near = nearest(name.text, names) ?? (names.length === 1 ? names[0] : undefined)
      const hint =
        names.length === 0
          ? "; none is named here: write OVER (PARTITION BY …)"
          : orThese(near, "there are", names)
      const fixes = replacement(name, near)
      cx.sink.report("unknown-window", name.span, { name: name.text, hint }, { fixes })
    }
    checkWindows(operands(expr), windows, cx)
  }
}
