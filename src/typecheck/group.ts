import type { ColumnTarget, Names } from "../catalog/names.js"
import type { TypeOf } from "../catalog/types.js"
import type { Expr } from "../syntax/ast.js"
import { operands } from "../syntax/operands.js"
import { print } from "../syntax/print.js"
import { typeOfName } from "../types/type-name.js"
import { show } from "../types/type.js"
import { columnKey } from "./context.js"

/** What may stand outside of an aggregate in a grouped select. */
export interface Groups {
  /** The keys by fingerprint, NULL where a grouping set leaves one out. */
  readonly keys: ReadonlyMap<string, TypeOf>
  /** Kinds of nodes among the keys: others need no fingerprint. */
  readonly kinds: ReadonlySet<Expr["kind"]>
  /** Columns and keys that the keys determine. */
  readonly determined: ReadonlySet<string>
  /** Where one more key would be written, and the text before it; none among grouping sets. */
  readonly next: () => { readonly offset: number; readonly before: string } | undefined
}

/** Determined by keys that are not known: nothing is reported of them. */
export const EVERYTHING: ReadonlySet<string> = Object.assign(new Set<string>(), { has: () => true })

/**
 * The same text for expressions of one meaning, however they are written: names stand for what they
 * were resolved to. A column is its `columnKey`, so that it is also a symbol of `Facts`.
 */
export function fingerprint(expr: Expr, names: Names): string {
  if (expr.kind === "column-ref") return columnFingerprint(expr.id, names)
  // In one select the same text of a subquery has one meaning.
  if ("query" in expr) return `${expr.kind}:${print(expr)}`
  const inner = operands(expr).map((operand) => fingerprint(operand, names))
  return `${expr.kind}:${labelOf(expr)}(${inner.join(",")})`
}

function columnFingerprint(id: number, names: Names): string {
  const target = names.columns.get(id)
  const fields =
    names.fields
      .get(id)
      ?.map((field) => `.${field.toLowerCase()}`)
      .join("") ?? ""
  return targetFingerprint(target, names) + fields
}

export function targetFingerprint(target: ColumnTarget | undefined, names: Names): string {
  switch (target?.kind) {
    case "alias": {
      const output = names.outputs.get(target.select)?.[target.output]
      if (!output) return `output:${target.select}.${target.output}`
      return output.kind === "expr"
        ? fingerprint(output.expr, names)
        : targetFingerprint(output.target, names)
    }
    case "lambda":
      return `lambda:${target.name.toLowerCase()}`
    case "binding":
    case "using":
      return (
        columnKey(target) ??
        `outer:${target.depth}:${target.kind === "binding" ? target.table : target.join}.${target.kind === "binding" ? target.column : target.index}`
      )
    default:
      return "unknown"
  }
}

/** What tells two nodes of one kind apart, beside the expressions below them. */
function labelOf(expr: Expr): string {
  switch (expr.kind) {
    case "literal":
      return `${expr.type}:${expr.typeName?.name ?? ""}:${expr.value}`
    case "unary":
    case "binary":
    case "logic":
      return expr.op
    case "like":
      return `${expr.op}${expr.not}`
    case "between":
    case "in-list":
      return String(expr.not)
    case "is":
      return `${expr.not}${expr.test}`
    case "cast":
      return `${expr.try}${show(typeOfName(expr.type))}`
    case "call":
      return callLabel(expr)
    case "extract":
      return expr.part.text.toLowerCase()
    case "interval":
      return expr.unit ?? ""
    case "field":
      return expr.name.text.toLowerCase()
    case "struct":
      return expr.fields.map((field) => field.name.text.toLowerCase()).join()
    case "lambda":
      return expr.params.map((param) => param.text.toLowerCase()).join()
    case "collate":
      return expr.collation.map((name) => name.text).join(".")
    case "parameter":
      return expr.name
    case "case":
      return `${expr.operand !== undefined}${expr.arms.length}${expr.otherwise !== undefined}`
    case "slice":
      return [expr.from, expr.to, expr.step].map((end) => end !== undefined).join()
    default:
      return ""
  }
}

function callLabel(call: Extract<Expr, { kind: "call" }>): string {
  const order = [...call.orderBy, ...call.withinGroup].map(
    (item) => `${item.descending}${item.nulls ?? ""}`,
  )
  const args = call.args.map((argument) => argument.name?.text.toLowerCase() ?? "")
  // A window is its own node: two windows of the same text are compared as different ones.
  const over = call.over ? `over${call.over.id}` : ""
  const name = call.name.map((part) => part.text.toLowerCase()).join(".")
  return `${name};${call.distinct}${call.filter !== undefined};${args.join()};${order.join()};${over}`
}
