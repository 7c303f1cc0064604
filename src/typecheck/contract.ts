import type { Span } from "../base/span.js"
import { nearest } from "../base/suggest.js"
import type { DeclaredColumn, Model } from "../catalog/project.js"
import type { ReportedFix } from "../diagnostics/diagnostic.js"
import { show, type Column } from "../types/type.js"
import type { Context } from "./context.js"

// A model whose header says `contract: true` gives the columns that the header declares, each with its type,
// and no others.

/** Reports an output column that the contract leaves out; `span` is where the query gives it. */
export function outsideContract(
  column: Column,
  output: readonly Column[],
  model: Model,
  span: Span,
  { sink }: Context,
): void {
  const { contract } = model
  if (!contract || column.type.kind === "unknown") return
  // A declared column that is not given and is called nearly so is reported as misspelled.
  const given = new Set(output.map(({ name }) => name.toLowerCase()))
  const left = model.columns
    .map(({ name }) => name)
    .filter((name) => !given.has(name.toLowerCase()))
  if (nearest(column.name, left) !== undefined) return
  const isHere = contract.file === sink.source.file
  const fixes = isHere ? [declareFix(column, model, contract.span, sink.source.text)] : []
  const problem = `has no column \`${column.name}\``
  const notes = [{ message: "the contract is here", ...contract }]
  sink.report("contract", span, { problem }, { notes, fixes })
}

/** Reports a declared column without a type. */
export function untyped(column: Column, declared: DeclaredColumn, cx: Context): void {
  if (declared.type || column.type.kind === "unknown") return
  const { sink } = cx
  const { file, span } = declared.place
  if (file !== sink.source.file) return
  const problem = `gives \`${column.name}\` no type; it is ${show(column.type)}`
  sink.report("contract", span, { problem }, { fixes: typeFix(column, span, sink.source.text) })
}

/** A line of its own above the first column of a block, an entry before the first of a flow mapping. */
function declareFix(column: Column, model: Model, contract: Span, text: string): ReportedFix {
  const title = `declare ${column.name} ${show(column.type)}`
  const entry = declaration(column)
  const first = model.columns.find(({ place }) => place.span.start < model.sql.start)?.place.span
    .start
  const insert = (at: number, added: string): ReportedFix => ({
    title,
    kind: "changes-meaning",
    edits: [{ span: { start: at, end: at }, text: added }],
  })
  if (first === undefined) return insert(lineEnd(contract.end, text), `\ncolumns:\n  ${entry}`)
  const start = text.lastIndexOf("\n", first - 1) + 1
  const indent = text.slice(start, first)
  return /^\s*$/.test(indent) ? insert(start, `${indent}${entry}\n`) : insert(first, `${entry}, `)
}

function declaration({ name, type, nullable }: Column): string {
  const key = /^[A-Za-z_]\w*$/.test(name) ? name : JSON.stringify(name)
  return `${key}: { type: ${quotedType(show(type))}${nullable ? "" : ", not_null: true"} }`
}

function typeFix({ type }: Column, { end }: Span, text: string): ReportedFix[] {
  const opening = /^\s*:\s*\{/.exec(text.slice(end))?.[0]
  if (opening === undefined) return []
  const at = end + opening.length
  const isEmpty = /^\s*\}/.test(text.slice(at))
  const added = ` type: ${quotedType(show(type))}${isEmpty ? " " : ","}`
  const edits = [{ span: { start: at, end: at }, text: added }]
  return [{ title: `declare ${show(type)}`, kind: "changes-meaning", edits }]
}

/** A type with commas or brackets needs quotes in a flow mapping. */
function quotedType(type: string): string {
  return /^\w+$/.test(type) ? type : JSON.stringify(type)
}

function lineEnd(from: number, text: string): number {
  const end = text.indexOf("\n", from)
  return end < 0 ? text.length : end
}
