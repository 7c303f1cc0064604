import { didYouMean, nearest } from "../base/suggest.js"
import type { Sample } from "../syntax/ast.js"
import type { Context } from "./context.js"

const METHODS = ["system", "bernoulli", "reservoir"]

/** Reports a sample that engines do not take: of another method, of a number of rows where it takes a share. */
export function checkSample({ count, percent, method }: Sample, cx: Context): void {
  const what = "a sample"
  const name = method?.text.toLowerCase()
  if (method && name !== undefined && !METHODS.includes(name)) {
    const near = nearest(name, METHODS)
    const edits = [{ span: method.span, text: near ?? "" }]
    const fix = { title: `write ${near}`, kind: "changes-meaning" as const, edits }
    const found = `${method.text}${didYouMean(near)}`
    const params = { what, wanted: "system, bernoulli or reservoir", found }
    cx.sink.report("types-disagree", method.span, params, {
      fixes: near === undefined ? [] : [fix],
    })
  }
  if (!percent && (name === "bernoulli" || name === "system"))
    cx.sink.report("types-disagree", count.span, {
      what: `a ${name} sample`,
      wanted: "a percentage",
      found: "a number of rows",
    })
  if (percent && count.kind === "literal" && Number(count.value) > 100)
    cx.sink.report("types-disagree", count.span, {
      what,
      wanted: "a percentage from 0 to 100",
      found: count.value,
    })
}
