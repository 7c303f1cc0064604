import type { TypeOf } from "../catalog/types.js"
import type { FunctionInfo } from "../functions/index.js"
import type { Call, WindowSpec } from "../syntax/ast.js"
import { windowOperands } from "../syntax/operands.js"
import { aggregateCall } from "./aggregates.js"
import type { Typed } from "./agree.js"
import { inClause, type Context, type Frame } from "./context.js"
import { typeAll } from "./expr.js"
import { elsewhere } from "./misplaced.js"

/** Types a function over a window. */
export function windowType(call: Call, info: FunctionInfo, frame: Frame, cx: Context): TypeOf {
  const name = call.name.at(-1)?.text ?? ""
  if (!frame.windows)
    cx.sink.report("window-misplaced", call.span, {
      name,
      where: frame.clause,
      hint: elsewhere("window", frame.clause),
    })
  if (info.kind === "scalar") {
    const wanted = "an aggregate or a window function before it"
    cx.sink.report("types-disagree", call.span, { what: "OVER", wanted, found: `\`${name}\`` })
  }
  const inner = inClause(frame, "another window function", { aggregates: frame.aggregates })
  const spec = specOf(call, frame)
  if (call.over?.kind === "window-spec") windowSpecTypes(call.over, inner, cx)
  const { type, args } = aggregateCall(call, info, inner, cx)
  return { type, nullable: isNullable(call, info, args, spec) }
}

export function windowSpecTypes(spec: WindowSpec, frame: Frame, cx: Context): void {
  typeAll(windowOperands(spec), frame, cx)
}

function isNullable(
  call: Call,
  info: FunctionInfo,
  args: readonly Typed[],
  spec: WindowSpec | undefined,
): boolean {
  const [value, offset, otherwise] = args
  switch (info.name) {
    case "lag":
    case "lead":
      return (
        (value?.nullable ?? true) || (offset?.nullable ?? true) || (otherwise?.nullable ?? true)
      )
    case "nth_value":
      return true
    case "first_value":
    case "last_value":
      return (value?.nullable ?? true) || !holdsCurrentRow(spec)
  }
  if (info.nulls === "never-null") return false
  if (info.nulls === "nullable" || call.filter || !holdsCurrentRow(spec)) return true
  return args.some((arg) => arg.nullable)
}

/** Whether the frame always has a row: the current one. */
function holdsCurrentRow(spec: WindowSpec | undefined): boolean {
  if (!spec) return false
  const { frame } = spec
  if (!frame) return spec.base === undefined
  if (frame.exclude === "CURRENT ROW" || frame.exclude === "GROUP") return false
  const startsBefore =
    frame.start.type !== "FOLLOWING" && frame.start.type !== "UNBOUNDED FOLLOWING"
  const end = frame.end?.type ?? "CURRENT ROW"
  return startsBefore && end !== "PRECEDING" && end !== "UNBOUNDED PRECEDING"
}

function specOf(call: Call, frame: Frame): WindowSpec | undefined {
  const { over } = call
  if (over?.kind !== "name") return over
  const named = frame.namedWindows.find(
    (window) => window.name.text.toLowerCase() === over.text.toLowerCase(),
  )
  return named?.window
}
