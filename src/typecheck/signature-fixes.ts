import type { ReportedFix } from "../diagnostics/diagnostic.js"
import type { FunctionInfo } from "../functions/index.js"
import { family, isOpen } from "../types/coercion.js"
import { BIGINT, DOUBLE, scalar, VARCHAR } from "../types/type.js"
import type { Typed } from "./agree.js"
import type { Context } from "./context.js"
import { castFixes } from "./strictness.js"

const TARGETS = [VARCHAR, BIGINT, DOUBLE, scalar("DATE"), scalar("TIMESTAMP")]
const MOST = 2

/** The arguments of which one CAST, or another order of two, gives a call that is taken. */
export function signatureFixes(
  info: FunctionInfo,
  args: readonly Typed[],
  cx: Context,
): ReportedFix[] {
  const types = args.map(({ type }) => type)
  const swapped = swapFix(info, args, cx)
  if (swapped) return [swapped]
  const casts = args.flatMap((arg, i) =>
    TARGETS.filter((target) => {
      if (isOpen(arg.type) || family(arg.type) === family(target)) return false
      return info.match(types.map((type, k) => (k === i ? target : type))) !== undefined
    }).flatMap((target) => castFixes(arg, target, "changes-meaning")),
  )
  return casts.slice(0, MOST)
}

function swapFix(
  info: FunctionInfo,
  args: readonly Typed[],
  { sink: { source } }: Context,
): ReportedFix | undefined {
  const [first, second, ...others] = args
  if (!first || !second || family(first.type) === family(second.type)) return undefined
  if (!info.match([second.type, first.type, ...others.map(({ type }) => type)])) return undefined
  return {
    title: "swap the arguments",
    kind: "changes-meaning",
    edits: [
      { span: first.expr.span, text: source.slice(second.expr.span) },
      { span: second.expr.span, text: source.slice(first.expr.span) },
    ],
  }
}
