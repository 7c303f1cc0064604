import type { DeclaredColumn, Model } from "../catalog/project.js"
import type { OutputColumn } from "../catalog/names.js"
import type { ReportedFix } from "../diagnostics/diagnostic.js"
import type { Query, QueryBody, Select } from "../syntax/ast.js"
import { family } from "../types/coercion.js"
import { sameType, show, type Column, type SqlType } from "../types/type.js"
import type { Context } from "./context.js"
import { whyNullable } from "./why-nullable.js"
import { outsideContract, untyped } from "./contract.js"

/** Holds a model's columns against what its header declares of them. */
export function checkDeclared(
  statement: Query,
  output: readonly Column[],
  model: Model,
  cx: Context,
): void {
  const keys = new Set(
    model.keys.flatMap(({ columns }) => columns).map((name) => name.toLowerCase()),
  )
  const declared = new Map(model.columns.map((column) => [column.name.toLowerCase(), column]))
  output.forEach((column, index) => {
    const name = column.name.toLowerCase()
    const wanted = declared.get(name)
    if (model.contract) checkContract(column, output, wanted, model, statement, index, cx)
    if (wanted?.type && column.type.kind !== "unknown")
      checkType(column, wanted, statement, index, cx)
    if (!column.nullable || column.type.kind === "unknown") return
    if (wanted?.notNull)
      reportNullable(column, "the header declares it NOT NULL", statement, index, cx)
    else if (keys.has(name)) reportNullable(column, "it is part of a key", statement, index, cx)
  })
}

function checkContract(
  column: Column,
  output: readonly Column[],
  declared: DeclaredColumn | undefined,
  model: Model,
  statement: Query,
  index: number,
  cx: Context,
): void {
  if (declared) return untyped(column, declared, cx)
  const select = firstSelect(statement.body)
  outsideContract(column, output, model, select ? spanOf(select, index, cx) : statement.span, cx)
}

function checkType(
  column: Column,
  { type, typePlace }: DeclaredColumn,
  statement: Query,
  index: number,
  cx: Context,
): void {
  if (!type || sameType(type, column.type)) return
  const select = firstSelect(statement.body)
  const span = select ? spanOf(select, index, cx) : statement.span
  const params = { what: `column \`${column.name}\``, wanted: show(type), found: show(column.type) }
  const isHere = typePlace?.file === cx.sink.source.file
  const notes = typePlace ? [{ message: "declared here", ...typePlace }] : []
  const declare: ReportedFix[] =
    typePlace && isHere
      ? [
          {
            title: `declare ${show(column.type)}`,
            kind: "changes-meaning",
            edits: [{ span: typePlace.span, text: `"${show(column.type)}"` }],
          },
        ]
      : []
  const cast = select ? castFix(select, column, type, index, cx) : []
  cx.sink.report("types-disagree", span, params, { notes, fixes: [...cast, ...declare] })
}

function reportNullable(
  column: Column,
  why: string,
  statement: Query,
  index: number,
  cx: Context,
): void {
  const select = firstSelect(statement.body)
  const span = select ? spanOf(select, index, cx) : statement.span
  const fixes = select ? coalesceFix(select, column, index, cx) : []
  const notes = whyNullable(index, cx).map(({ message, span }) => ({ message, span }))
  cx.sink.report("nullable-output", span, { name: column.name, why }, { notes, fixes })
}

/** `CAST(x AS type) AS x`; among other names of the text the type keeps its place. */
function castFix(
  select: Select,
  column: Column,
  wanted: SqlType,
  index: number,
  cx: Context,
): ReportedFix[] {
  const around = { before: "CAST(", after: ` AS ${show(wanted)})` }
  const edits = wrapOutput(select, column, index, around, cx)
  return edits ? [{ title: `CAST to ${show(wanted)}`, kind: "changes-meaning", edits }] : []
}

/** `COALESCE(x, 0) AS x` */
function coalesceFix(select: Select, column: Column, index: number, cx: Context): ReportedFix[] {
  const fallback = fallbackOf(column)
  if (fallback === undefined) return []
  const around = { before: "COALESCE(", after: `, ${fallback})` }
  const edits = wrapOutput(select, column, index, around, cx)
  return edits ? [{ title: `COALESCE to ${fallback}`, kind: "changes-meaning", edits }] : []
}

/** Texts around the expression of an output column, which keeps its name. */
function wrapOutput(
  select: Select,
  column: Column,
  index: number,
  { before, after }: { readonly before: string; readonly after: string },
  cx: Context,
): ReportedFix["edits"] | undefined {
  const output = outputAt(select, index, cx)
  if (output?.kind !== "expr") return undefined
  const item = select.items.find((one) => one.kind === "select-expr" && one.expr === output.expr)
  if (item?.kind !== "select-expr") return undefined
  const { start, end } = output.expr.span
  const name = item.alias ? "" : ` AS ${column.name}`
  return [
    { span: { start, end: start }, text: before },
    { span: { start: end, end }, text: `${after}${name}` },
  ]
}

function fallbackOf({ type }: Column): string | undefined {
  switch (family(type)) {
    case "number":
      return "0"
    case "text":
      return "''"
    case "boolean":
      return "FALSE"
    case "date":
      return type.kind === "scalar" ? `${type.name} '1970-01-01'` : undefined
    default:
      return undefined
  }
}

function firstSelect(body: QueryBody): Select | undefined {
  switch (body.kind) {
    case "select":
      return body
    case "set-operation":
      return firstSelect(body.left)
    case "query":
      return firstSelect(body.body)
    case "values":
      return undefined
  }
}

function outputAt(select: Select, index: number, cx: Context): OutputColumn | undefined {
  return cx.names.outputs.get(select.id)?.[index]
}

function spanOf(select: Select, index: number, cx: Context) {
  const output = outputAt(select, index, cx)
  const item = select.items.find((one) =>
    output?.kind === "star"
      ? one.id === output.star
      : one.kind === "select-expr" && one.expr === output?.expr,
  )
  return item?.kind === "select-expr" ? item.expr.span : (item ?? select).span
}
