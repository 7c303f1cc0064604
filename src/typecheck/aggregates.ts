import type { TypeOf } from "../catalog/types.js"
import type { FunctionInfo } from "../functions/index.js"
import type { Call, Expr } from "../syntax/ast.js"
import type { Typed } from "./agree.js"
import { matched } from "./calls.js"
import { inClause, newFrame, UNKNOWN, type Context, type Frame } from "./context.js"
import { elsewhere } from "./misplaced.js"
import { condition, exprType, typed } from "./expr.js"

/** Types an aggregate of the rows of a group. */
export function aggregateType(call: Call, info: FunctionInfo, frame: Frame, cx: Context): TypeOf {
  if (!frame.aggregates)
    cx.sink.report("aggregate-misplaced", call.span, {
      name: nameOf(call),
      where: frame.clause,
      hint: elsewhere("aggregate", frame.clause),
    })
  const rows = rowsOf(frame)
  const { type, args } = aggregateCall(call, info, rows, cx)
  if (info.nulls === "never-null") return { type, nullable: false }
  const empty = !frame.groupsHaveRows || call.filter !== undefined
  return { type, nullable: empty || info.nulls === "nullable" || args.some((arg) => arg.nullable) }
}

/** Types arguments, FILTER and ORDER BY of an aggregate, grouped or over a window. */
export function aggregateCall(
  call: Call,
  info: FunctionInfo,
  frame: Frame,
  cx: Context,
): { readonly type: TypeOf["type"]; readonly args: readonly Typed[] } {
  if (call.filter) condition(call.filter, "FILTER", inClause(frame, "FILTER", frame), cx)
  for (const item of call.orderBy) exprType(item.expr, frame, cx)
  const args = [...call.withinGroup.map((item) => item.expr), ...valuesOf(call)].map((value) =>
    typed(value, frame, cx),
  )
  return { type: matched(call, info, args, cx)?.type ?? UNKNOWN.type, args }
}

/** Inside of an aggregate are the rows themselves, not their groups. */
function rowsOf(frame: Frame): Frame {
  const { columns, unpadded, lambdas } = frame
  return { ...newFrame("another aggregate", frame.parent), columns, unpadded, lambdas }
}

/** `count(*)` has no arguments. */
function valuesOf(call: Call): readonly Expr[] {
  return call.args.map((argument) => argument.value).filter((value) => value.kind !== "star")
}

function nameOf(call: Call): string {
  return call.name.at(-1)?.text ?? ""
}
