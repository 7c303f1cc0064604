import type { Span } from "../base/span.js"
import type { Binding, ColumnTarget, Names } from "../catalog/names.js"
import type { TypeOf } from "../catalog/types.js"
import { calledFunction, isAggregate } from "../functions/calls.js"
import type { FunctionInfo } from "../functions/index.js"
import type { Call, Expr, Join, Query, QueryBody, Select, TableRef } from "../syntax/ast.js"
import { kindOf, paddedSides } from "../syntax/joins.js"
import { operands } from "../syntax/operands.js"
import { children, type AnyNode } from "../syntax/walk.js"
import { aliasedExpr } from "./context.js"
import { tablesOf } from "./from.js"

/** A step of the way on which NULL comes into a column: what happens there, and where. */
export interface NullStep {
  readonly message: string
  readonly span: Span
  /** The last step, where the NULL comes from a column of this relation. */
  readonly from?: { readonly relation: string; readonly column: string }
}

/** What typecheck found of a model, as far as a trace needs it. */
export interface Found {
  readonly names: Names
  readonly exprs: ReadonlyMap<number, TypeOf>
  readonly columns: ReadonlyMap<number, readonly TypeOf[]>
}

/** Why output column `index` may be NULL: from the column to where the NULL comes from; empty where none can. */
export function whyNullable(index: number, found: Found): readonly NullStep[] {
  const { statement } = found.names
  const column = found.columns.get(statement.id)?.[index]
  if (!column?.nullable) return []
  const tracer = new Tracer(statement, found)
  tracer.query(statement, index)
  return tracer.steps
}

class Tracer {
  readonly steps: NullStep[] = []
  private readonly seen = new Set<string>()
  private readonly joins: readonly Join[]

  constructor(
    statement: Query,
    private readonly found: Found,
  ) {
    this.joins = joinsIn(statement)
  }

  query(query: Query, index: number): void {
    const key = `${query.id}.${index}`
    // A recursive query reads itself.
    if (this.seen.has(key)) return
    this.seen.add(key)
    this.body(query.body, index)
  }

  private body(body: QueryBody, index: number): void {
    switch (body.kind) {
      case "select":
        return this.output(body, index)
      case "query":
        return this.query(body, index)
      case "values": {
        const cell = body.rows.map((row) => row[index]).find((one) => one && this.nullable(one))
        if (cell) this.expr(cell)
        return
      }
      case "set-operation": {
        const name = this.namesOf(body.id)[index]
        const sides = [body.left, body.right].map((side) => ({
          side,
          at: body.byName ? this.indexOf(side, name) : index,
        }))
        const lacking = sides.find(({ at }) => at < 0)
        if (lacking)
          return this.step("UNION BY NAME: this side has no such column", lacking.side.span)
        const from = sides.find(
          ({ side, at }) => this.found.columns.get(side.id)?.[at]?.nullable === true,
        )
        if (from) this.body(from.side, from.at)
        return
      }
      default:
        return
    }
  }

  private namesOf(id: number): readonly string[] {
    return this.found.names.columnNames.get(id) ?? []
  }

  private indexOf(side: QueryBody, name: string | undefined): number {
    return this.namesOf(side.id).findIndex((one) => one.toLowerCase() === name?.toLowerCase())
  }

  private output(select: Select, index: number): void {
    const output = this.found.names.outputs.get(select.id)?.[index]
    if (!output) return
    const before = this.steps.length
    if (output.kind === "expr") this.expr(output.expr, select)
    else {
      const star = select.items.find(({ id }) => id === output.star)
      this.target(output.target, output.name, (star ?? select).span)
    }
    const { groupBy } = select
    if (this.steps.length === before && groupBy && hasSets(select))
      this.step("a grouping set leaves this key out: it is NULL there", groupBy.span)
  }

  // ------------------------------------------------------------------------------- expressions

  private expr(expr: Expr, select?: Select): void {
    switch (expr.kind) {
      case "column-ref":
        return this.column(expr, select)
      case "literal":
        return this.step("NULL is written here", expr.span)
      case "case":
        return this.caseOf(expr, select)
      case "call":
        return this.call(expr, select)
      case "scalar-subquery":
        return this.subquery(expr.query, expr.span)
      case "in-query":
      case "quantified":
        if (this.nullable(expr.operand)) return this.expr(expr.operand, select)
        return this.query(expr.query, 0)
      case "index":
      case "slice":
      case "field":
        if (this.nullable(expr.operand)) return this.expr(expr.operand, select)
        return this.step("there may be no such element, or it is NULL", expr.span)
    }
    const from = operands(expr).find((operand) => this.nullable(operand))
    if (from) return this.expr(from, select)
    this.step(reasonOf(expr), expr.span)
  }

  private caseOf(expr: Expr & { readonly kind: "case" }, select?: Select): void {
    if (!expr.otherwise) return this.step("CASE without ELSE is NULL where no arm holds", expr.span)
    const results = [...expr.arms.map(({ then }) => then), expr.otherwise]
    const from = results.find((result) => this.nullable(result))
    if (from) this.expr(from, select)
  }

  private call(call: Call, select?: Select): void {
    const info = calledFunction(call)
    const name = call.name.at(-1)?.text ?? ""
    const args = [
      ...call.withinGroup.map(({ expr }) => expr),
      ...call.args.map(({ value }) => value),
    ]
    const from = args.find((arg) => this.nullable(arg))
    if (call.over) return this.window(call, name, from, select)
    if (isAggregate(call)) {
      const reason = noRows(call, name, select)
      if (reason) return this.step(reason, call.span)
      if (from) this.step(`${name}() of nothing but NULLs is NULL`, call.span)
    }
    if (info && passesOver(info)) {
      this.step(`all arguments of ${name}() may be NULL`, call.span)
      const last = args.filter((arg) => this.nullable(arg)).at(-1)
      if (last) this.expr(last, select)
      return
    }
    if (from) return this.expr(from, select)
    this.step(
      name.toLowerCase() === "nullif"
        ? "nullif() is NULL where both sides are equal"
        : `${name}() may be NULL of values that are not`,
      call.span,
    )
  }

  private window(call: Call, name: string, from: Expr | undefined, select?: Select): void {
    if (from) return this.expr(from, select)
    const neighbor = /^(lag|lead)$/i.test(name)
    this.step(
      neighbor
        ? `${name}() has no row to take at the edge of a partition`
        : `the frame of ${name}() may have no row, or none with a value`,
      call.span,
    )
  }

  private subquery(query: Query, span: Span): void {
    if (this.found.columns.get(query.id)?.[0]?.nullable) return this.query(query, 0)
    this.step("a subquery without rows is NULL", span)
  }

  // ----------------------------------------------------------------------------------- columns

  private column(ref: Expr & { readonly kind: "column-ref" }, select?: Select): void {
    const target = this.found.names.columns.get(ref.id)
    if (this.found.names.fields.has(ref.id))
      return this.step("there may be no such field, or it is NULL", ref.span)
    const aliased = aliasedExpr(target, this.found.names)
    if (aliased) return this.expr(aliased, select)
    if (target?.kind === "lambda") return this.step("an element of a list may be NULL", ref.span)
    if (target) this.target(target, ref.path.at(-1)?.text ?? "", ref.span)
  }

  private target(target: ColumnTarget, name: string, span: Span): void {
    if (target.kind === "using") {
      const using = this.found.names.using.get(target.join)?.[target.index]
      const join = this.joins.find(({ id }) => id === target.join)
      if (!using) return
      const kind = join && kindOf(join)
      const isRight = kind === "right" || !this.isNullableInside(using.left)
      const side = kind === "left" || !isRight ? using.left : using.right
      return this.target(side, name, span)
    }
    if (target.kind !== "binding") return
    const inside = this.found.columns.get(target.table)?.[target.column]
    if (!inside?.nullable) return this.padding(target.table)
    const binding = this.found.names.bindings.get(target.table)
    if (binding) this.binding(binding, target.column, name, span)
  }

  private isNullableInside(target: ColumnTarget): boolean {
    if (target.kind !== "binding") return true
    return this.found.columns.get(target.table)?.[target.column]?.nullable ?? false
  }

  private binding(binding: Binding, column: number, name: string, span: Span): void {
    switch (binding.kind) {
      case "relation": {
        const from = { relation: binding.name, column: binding.columns[column] ?? name }
        const message = `\`${from.column}\` of ${binding.name} may be NULL`
        this.steps.push({ message, span, from })
        return
      }
      case "cte":
      case "subquery":
        this.step(`\`${name}\` comes from \`${binding.alias}\``, span)
        return this.query(binding.query, column)
      case "values":
        return this.step("a row of VALUES has NULL here", span)
      case "table-function":
        return this.step("an element of the list may be NULL", span)
      case "broken":
        return
    }
  }

  /** The outer join that shows NULL for a table where no row of it matches. */
  private padding(table: number): void {
    for (const join of this.joins) {
      const [left, right] = [tablesOf(join.left), tablesOf(join.right)]
      const padded = paddedSides(join)
      const pads = (padded.right && right.includes(table)) || (padded.left && left.includes(table))
      if (!pads) continue
      const side: TableRef = right.includes(table) ? join.right : join.left
      const what = `${[join.type, ...(join.side ? [join.side] : [])].join(" ").toUpperCase()} JOIN`
      return this.step(`the ${what} gives NULL where no row of this side matches`, side.span)
    }
  }

  private nullable(expr: Expr): boolean {
    return this.found.exprs.get(expr.id)?.nullable ?? false
  }

  private step(message: string, span: Span): void {
    this.steps.push({ message, span })
  }
}

/** Why an aggregate may have no row to look at. */
function noRows(call: Call, name: string, select: Select | undefined): string | undefined {
  if (calledFunction(call)?.nulls === "nullable")
    return `${name}() may be NULL of values that are not`
  if (call.filter) return `FILTER may leave no row, and ${name}() of none is NULL`
  if (!select?.groupBy) return `there may be no row, and ${name}() of none is NULL`
  if (hasSets(select)) return `a grouping set may have no row, and ${name}() of none is NULL`
  return undefined
}

/** Functions that are NULL only where all arguments are. */
function passesOver({ nulls }: FunctionInfo): boolean {
  return typeof nulls === "function" && !nulls([true, false]) && nulls([true, true])
}

function hasSets({ groupBy }: Select): boolean {
  return groupBy?.items.some(({ kind }) => kind !== "group-expr") ?? false
}

function reasonOf(expr: Expr): string {
  if (expr.kind === "cast")
    return expr.try ? "TRY_CAST is NULL where the value does not convert" : "JSON null becomes NULL"
  if (expr.kind === "extract") return "the parts of an infinite date are NULL"
  if (expr.kind !== "binary") return "this may be NULL of values that are not"
  switch (expr.op) {
    case "-":
      return "the difference of infinite dates is NULL"
    case "->":
    case "->>":
      return "there may be no such element, or it is NULL"
    default:
      return `\`${expr.op}\` by zero is NULL`
  }
}

function joinsIn(node: AnyNode): Join[] {
  const own = node.kind === "join" ? [node as unknown as Join] : []
  return [...own, ...children(node).flatMap(joinsIn)]
}
