import { didYouMean, nearest } from "../base/suggest.js"
import type { ReportedFix } from "../diagnostics/diagnostic.js"
import type { Sink } from "../diagnostics/sink.js"
import { typeNames, type TypeFault } from "./type-name.js"

/** Reports what keeps a written type from being one; false, without a word, where no type has nearly its name. */
export function reportTypeFault(
  { at: { name, span }, why, instead }: TypeFault,
  sink: Sink,
): boolean {
  const near = why === undefined ? nearest(name, typeNames()) : instead
  if (why === undefined && near === undefined) return false
  const fix = (text: string): ReportedFix => ({
    title: `write ${text}`,
    kind: "changes-meaning",
    edits: [{ span, text }],
  })
  const params =
    why === undefined
      ? { name, hint: didYouMean(near) }
      : { name: sink.source.slice(span), hint: `; ${why}` }
  sink.report("unknown-type", span, params, { fixes: near === undefined ? [] : [fix(near)] })
  return true
}
