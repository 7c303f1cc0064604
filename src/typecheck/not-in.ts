import type { Span } from "../base/span.js"
import type { ReportedFix } from "../diagnostics/diagnostic.js"
import type { Expr, Query, Select } from "../syntax/ast.js"
import { withParentheses } from "../syntax/source.js"
import type { Context } from "./context.js"

/** Reports `x NOT IN (SELECT y …)` where y may be NULL; `expr` is the whole of it. */
export function notInNullable(expr: Expr, operand: Expr, query: Query, cx: Context): void {
  const output = query.body.kind === "select" ? cx.names.outputs.get(query.body.id)?.[0] : undefined
  const which = output && (output.kind === "star" || output.named) ? ` (\`${output.name}\`)` : ""
  const params = { what: `a column that may be NULL${which}`, when: " when it holds one" }
  const fixes = [...filterFix(query, cx), ...existsFix(expr, operand, query, cx)]
  cx.sink.report("not-in-nullable", expr.span, params, { fixes })
}

/** `… WHERE y IS NOT NULL`, for a bare column of a plain or grouped select. */
function filterFix(query: Query, cx: Context): ReportedFix[] {
  const { body } = query
  if (body.kind !== "select" || body.qualify || body.from.length === 0) return []
  const [item] = body.items
  if (item?.kind !== "select-expr" || item.expr.kind !== "column-ref") return []
  if (cx.names.columns.get(item.expr.id)?.kind !== "binding") return []
  const { source } = cx.sink
  const test = `${source.slice(item.expr.span)} IS NOT NULL`
  const { where } = body
  if (!where) {
    const end = body.from.at(-1)?.span.end ?? body.span.end
    return [
      {
        title: `add WHERE ${test}`,
        kind: "changes-meaning",
        edits: [{ span: { start: end, end }, text: ` WHERE ${test}` }],
      },
    ]
  }
  const span = withParentheses(where, source)
  const text = `${inParentheses(where, span, source.slice(span))} AND ${test}`
  return [{ title: `add AND ${test}`, kind: "changes-meaning", edits: [{ span, text }] }]
}

/** A condition that AND can follow. */
function inParentheses(where: Expr, span: Span, text: string): string {
  const isOr = where.kind === "logic" && where.op === "OR" && span.start === where.span.start
  return isOr ? `(${text})` : text
}

/** `NOT EXISTS (SELECT 1 … WHERE y = x)`, for a plain select in which `x` means what it means outside. */
function existsFix(expr: Expr, operand: Expr, query: Query, cx: Context): ReportedFix[] {
  const { body } = query
  if (expr.kind !== "in-query" || !expr.not || body.kind !== "select" || !isPlain(query, body))
    return []
  const [item] = body.items
  const { source } = cx.sink
  if (item?.kind !== "select-expr" || source.slice(expr.span).search(/\bNOT\s+IN\b/i) < 0) return []
  const outside = qualified(operand, body, cx)
  const inside = source.slice(withParentheses(item.expr, source))
  if (outside === undefined || (item.expr.kind !== "column-ref" && item.expr.kind !== "literal"))
    return []
  const from = body.from[0]?.span.start ?? 0
  const tables = source.text.slice(from, body.from.at(-1)?.span.end ?? from)
  const kept = body.where && withParentheses(body.where, source)
  const where =
    body.where && kept ? `${inParentheses(body.where, kept, source.slice(kept))} AND ` : ""
  const text = `NOT EXISTS (SELECT 1 FROM ${tables} WHERE ${where}${inside} = ${outside})`
  return [
    {
      title: "write NOT EXISTS",
      kind: "changes-meaning",
      edits: [{ span: expr.span, text }],
    },
  ]
}

function isPlain({ ctes, limit }: Query, body: Select): boolean {
  const { groupBy, having, qualify, windows, from } = body
  const isSimple = body.distinct === false || body.distinct === true
  return (
    isSimple &&
    !groupBy &&
    !having &&
    !qualify &&
    !limit &&
    windows.length === 0 &&
    ctes.length === 0 &&
    from.length > 0
  )
}

/** The operand as the subquery may write it: behind an alias that nothing of the subquery has. */
function qualified(operand: Expr, body: Select, cx: Context): string | undefined {
  if (operand.kind === "literal") return cx.sink.source.slice(operand.span)
  if (operand.kind !== "column-ref" || operand.path.length > 2) return undefined
  const target = cx.names.columns.get(operand.id)
  const alias = target?.kind === "binding" && cx.names.bindings.get(target.table)?.alias
  if (!alias || !/^[a-z_]\w*$/i.test(alias)) return undefined
  const { start, end } = body.from[0]?.span ?? body.span
  const own = cx.sink.source.text.slice(start, body.from.at(-1)?.span.end ?? end)
  if (new RegExp(`\\b${alias}\\b`, "i").test(own)) return undefined
  return `${alias}.${cx.sink.source.slice(operand.path.at(-1)?.span ?? operand.span)}`
}
