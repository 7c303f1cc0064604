import type { Relation } from "../catalog/relation.js"
import { binary, call, column, integer, logic, typed } from "../syntax/build.js"
import type { Argument, Call, Expr } from "../syntax/ast.js"
import { show } from "../types/type.js"
import { type Context } from "./context.js"
import { sameName } from "../base/names.js"

// What `partitions` and `sample` of a reference ask for, as conditions over the relation's own columns.

const WHOLE = 1_000_000

/** The conditions of the arguments; those that are none are reported. */
export function conditionsOf(call: Call, relation: Relation, cx: Context): readonly Expr[] {
  const named = (word: string) => call.args.find(({ name }) => name?.text.toLowerCase() === word)
  const [partitions, sample] = [named("partitions"), named("sample")]
  return [
    ...(partitions ? inPartitions(partitions, relation, cx) : []),
    ...(sample ? inSample(sample, relation, cx) : []),
  ]
}

/**
 * The same rows in every run: those whose hash of the first declared key, or of all columns where there is
 * none, is below the share that is asked for.
 */
function inSample({ value, span }: Argument, { columns, keys }: Relation, cx: Context): Expr[] {
  const share = value.kind === "literal" ? Number(value.value) : NaN
  if (!(share > 0 && share <= 1)) {
    const wanted = "a number above 0 and at most 1"
    cx.sink.report("types-disagree", value.span, {
      what: "`sample`",
      wanted,
      found: cx.sink.source.slice(value.span) || cx.sink.source.slice(span),
    })
    return []
  }
  const [entity = columns.map(({ name }) => name)] = keys
  const hashed = call("hash", ...entity.map((name) => column(name)))
  return [binary(binary(hashed, "%", integer(WHOLE)), "<", integer(Math.round(share * WHOLE)))]
}

/** `['2024-01', '2024-02-15']`: months, days or years of the relation's partition column or clock. */
function inPartitions({ value, span }: Argument, relation: Relation, cx: Context): Expr[] {
  const by = relation.columns.find(({ name }) => sameName(name, relation.partition ?? ""))
  if (!by) {
    const clock = relation.kind === "source" ? "`event_time`" : "`partition_by`"
    cx.sink.report("unknown-argument", span, {
      call: relation.name,
      name: "partitions",
      hint: `; it declares no ${clock}`,
    })
    return []
  }
  const type = show(by.type) === "DATE" ? "DATE" : "TIMESTAMP"
  const items = value.kind === "list" ? value.items : [value]
  const ranges = items.flatMap((item) => {
    const range =
      item.kind === "literal" && item.type === "string" ? rangeOf(item.value) : undefined
    if (!range) {
      const wanted = "a year, month or day such as '2024-01'"
      const found = cx.sink.source.slice(item.span)
      cx.sink.report("types-disagree", item.span, { what: "`partitions`", wanted, found })
      return []
    }
    const bound = (op: string, day: string) => binary(column(by.name), op, typed(type, day))
    return logic("AND", [bound(">=", range.start), bound("<", range.end)]) ?? []
  })
  return [logic("OR", ranges) ?? []].flat()
}

/** The half-open range of days of `2024`, `2024-01` or `2024-01-15`. */
function rangeOf(text: string): { readonly start: string; readonly end: string } | undefined {
  const [, year, month, day] = /^(\d{4})(?:-(\d\d)(?:-(\d\d))?)?$/.exec(text) ?? []
  if (year === undefined) return undefined
  const at = (y: number, m: number, d: number) => new Date(Date.UTC(y, m, d))
  const start = at(Number(year), Number(month ?? 1) - 1, Number(day ?? 1))
  const [y, m, d] = [start.getUTCFullYear(), start.getUTCMonth(), start.getUTCDate()]
  const isSame = m === Number(month ?? 1) - 1 && d === Number(day ?? 1)
  const end =
    day !== undefined ? at(y, m, d + 1) : month !== undefined ? at(y, m + 1, 1) : at(y + 1, 0, 1)
  const iso = (date: Date) => date.toISOString().slice(0, 10)
  return isSame ? { start: iso(start), end: iso(end) } : undefined
}

/** The relation that a call names: of `version => 'v2'` the one called `name_v2`. */
export function versioned(name: string, call: Call): string {
  const value = call.args.find((one) => one.name?.text.toLowerCase() === "version")?.value
  return value?.kind === "literal" && value.type === "string" ? `${name}_${value.value}` : name
}
