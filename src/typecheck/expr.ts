import type { TypeOf } from "../catalog/types.js"
import type { ReportedFix } from "../diagnostics/diagnostic.js"
import { datePartType, elementType } from "../functions/index.js"
import type {
  Case,
  Cast,
  Collate,
  ColumnRef,
  Expr,
  Field,
  Lambda,
  Query,
  Slice,
} from "../syntax/ast.js"
import {
  commonType,
  crossFamily,
  family,
  isNumeric,
  isOpen,
  type Family,
} from "../types/coercion.js"
import {
  BOOLEAN,
  INTERVAL,
  list,
  scalar,
  show,
  TIMESTAMP,
  unknown,
  VARCHAR,
  type SqlType,
} from "../types/type.js"
import { didYouMean, nearest } from "../base/suggest.js"
import { reportTypeFault } from "../types/type-faults.js"
import { typeFault, typeOfName } from "../types/type-name.js"
import { agree, pairType, type Typed } from "./agree.js"
import { callType } from "./calls.js"
import { aliasedExpr, fromColumn, outward, UNKNOWN, type Context, type Frame } from "./context.js"
import { EVERYTHING, fingerprint, targetFingerprint } from "./group.js"
import { knows } from "./keys.js"
import { checkCastText, checkLiteral, checkUnits, literalType } from "./literals.js"
import { notNullWhenNotTrue, notNullWhenTrue, refined } from "./nullability.js"
import { compare, operatorType } from "./operators.js"
import { queryColumns } from "./query.js"
import { notInNullable } from "./not-in.js"
import { isMisplaced } from "./misplaced.js"
import { nullArms, nullItems } from "./null-lists.js"
import { mixed, notGrouped } from "./strictness.js"

/**
 * Finds the type of `expr` and records it under the node's id.
 *
 * Total: a fault is reported once and typed unknown, which agrees with every type, so one mistake in
 * the source gives one diagnostic and not a cascade.
 */
export function exprType(expr: Expr, frame: Frame, cx: Context): TypeOf {
  cx.lookout?.at(expr.id, () => frame)
  const type = cx.names.refused.has(expr.id)
    ? UNKNOWN
    : (groupedType(expr, frame, cx) ?? infer(expr, frame, cx))
  cx.exprs.set(expr.id, type)
  return type
}

export function typeAll(exprs: readonly Expr[], frame: Frame, cx: Context): TypeOf[] {
  return exprs.map((expr) => exprType(expr, frame, cx))
}

export function typed(expr: Expr, frame: Frame, cx: Context): Typed {
  const { type, nullable } = exprType(expr, frame, cx)
  return { expr, type, nullable }
}

/** Types a condition, which is to be a BOOLEAN. */
export function condition(expr: Expr, what: string, frame: Frame, cx: Context): TypeOf {
  const found = typed(expr, frame, cx)
  if (isOpen(found.type) || family(found.type) === "boolean") return found
  if (crossFamily(found.type, BOOLEAN)) mixed(what, expr.span, found.type, BOOLEAN, [found], cx)
  else
    cx.sink.report("types-disagree", expr.span, {
      what,
      wanted: show(BOOLEAN),
      found: show(found.type),
    })
  return found
}

/** `status = 'a' OR 'b'`: the value is meant to be compared as the one before it is. */
function bareValue(
  before: Expr | undefined,
  value: Expr,
  op: string,
  { sink }: Context,
): TypeOf | undefined {
  const isValue = value.kind === "literal" && ["string", "integer"].includes(value.type)
  if (!isValue || !before) return undefined
  const compared = before.kind === "like" ? before.operand : undefined
  const left =
    before.kind === "binary" && /^(=|<>|[<>]=?)$/.test(before.op) ? before.left : compared
  const right = before.kind === "like" ? before.pattern : before.kind === "binary" && before.right
  if (!left || !right || right.kind !== "literal") return undefined
  const { start } = value.span
  const text = sink.source.slice({ start: before.span.start, end: right.span.start })
  const fix = {
    title: `write ${text}${sink.source.slice(value.span)}`,
    kind: "changes-meaning" as const,
    edits: [{ span: { start, end: start }, text }],
  }
  const found = literalType(value)
  const params = { op, left: show(found.type), right: show(BOOLEAN) }
  sink.report("implicit-coercion", value.span, params, { fixes: [fix] })
  return found
}

/** A whole expression that is a key of its grouped select, with what is known of it there. */
function groupedType(expr: Expr, frame: Frame, cx: Context): TypeOf | undefined {
  const { groups } = frame
  if (!groups || !groups.kinds.has(expr.kind)) return undefined
  const key = groups.keys.get(fingerprint(expr, cx.names))
  if (!key) return undefined
  if (expr.kind !== "column-ref") infer(expr, { ...frame, groups: allowed(frame) }, cx)
  return key
}

/** Inside of a key everything that it reads is at hand. */
function allowed(frame: Frame): NonNullable<Frame["groups"]> {
  return {
    keys: frame.groups?.keys ?? new Map(),
    kinds: new Set(),
    determined: EVERYTHING,
    next: () => undefined,
  }
}
function infer(expr: Expr, frame: Frame, cx: Context): TypeOf {
  switch (expr.kind) {
    case "column-ref":
      return columnType(expr, frame, cx)
    case "literal":
      checkLiteral(expr, cx)
      return literalType(expr)
    case "unary":
    case "binary":
    case "like":
      return operatorType(expr, frame, cx)
    case "logic": {
      const operands = expr.operands.map(
        (operand, i) =>
          bareValue(expr.operands[i - 1], operand, expr.op, cx) ??
          condition(operand, expr.op, frame, cx),
      )
      return { type: BOOLEAN, nullable: operands.some((one) => one.nullable) }
    }
    case "between": {
      const operand = typed(expr.operand, frame, cx)
      const ends = [expr.low, expr.high].map((end) => typed(end, frame, cx))
      for (const end of ends) compare("BETWEEN", operand, end, cx)
      return { type: BOOLEAN, nullable: operand.nullable || ends.some((end) => end.nullable) }
    }
    case "in-list": {
      const operand = typed(expr.operand, frame, cx)
      const items = expr.items.map((item) => typed(item, frame, cx))
      for (const item of items) compare("IN", operand, item, cx)
      nullItems(expr, cx)
      return { type: BOOLEAN, nullable: operand.nullable || items.some((item) => item.nullable) }
    }
    case "in-query":
      return membership(expr, expr.operand, expr.query, expr.not, frame, cx)
    case "quantified":
      return membership(
        expr,
        expr.operand,
        expr.query,
        expr.quantifier === "ALL" && expr.op === "<>",
        frame,
        cx,
      )
    case "exists":
      queryColumns(expr.query, frame, cx)
      return { type: BOOLEAN, nullable: false }
    case "scalar-subquery":
      return scalarType(expr.query, frame, cx)
    case "is":
      if (expr.test === "NULL") exprType(expr.operand, frame, cx)
      else condition(expr.operand, `IS ${expr.test}`, frame, cx)
      return { type: BOOLEAN, nullable: false }
    case "case":
      return caseType(expr, frame, cx)
    case "cast":
      return castType(expr, frame, cx)
    case "call":
      return callType(expr, frame, cx)
    case "extract":
      return extractType(expr, frame, cx)
    case "interval":
      if (expr.unit === undefined) checkUnits(expr.value, cx)
      return { type: INTERVAL, nullable: exprType(expr.value, frame, cx).nullable }
    case "list": {
      const element = agree(
        "a list",
        expr.items.map((item) => typed(item, frame, cx)),
        cx,
      )
      return { type: list(element.type), nullable: false }
    }
    case "struct": {
      const fields = expr.fields.map((field) => ({
        name: field.name.text,
        type: exprType(field.value, frame, cx).type,
      }))
      return { type: { kind: "struct", fields }, nullable: false }
    }
    case "row": {
      const fields = typeAll(expr.items, frame, cx).map(({ type }) => ({ name: "", type }))
      return { type: { kind: "struct", fields }, nullable: false }
    }
    case "index":
      return indexType(expr.operand, expr.index, frame, cx)
    case "slice":
      return sliceType(expr, frame, cx)
    case "field":
      return fieldType(expr, frame, cx)
    case "lambda":
      return lambdaType(expr, [], frame, cx)
    case "at-time-zone":
      return zoneType(expr, frame, cx)
    case "collate":
      return collatedType(expr, frame, cx)
    case "star":
    case "parameter":
    case "position":
    case "comprehension":
    case "missing":
      return UNKNOWN
  }
}

// -------------------------------------------------------------------------------------- columns

function columnType(ref: ColumnRef, frame: Frame, cx: Context): TypeOf {
  const target = cx.names.columns.get(ref.id)
  const whole = target ? targetType(ref, frame, cx) : UNKNOWN
  const fields = cx.names.fields.get(ref.id) ?? []
  const names = ref.path.slice(ref.path.length - fields.length)
  return fields.reduce((of, field, i) => memberType(of, field, names[i] ?? ref, cx), whole)
}

function targetType(ref: ColumnRef, frame: Frame, cx: Context): TypeOf {
  const target = cx.names.columns.get(ref.id)
  switch (target?.kind) {
    case "binding":
    case "using":
      if (target.depth === 0) checkGrouped(ref, frame, cx)
      else checkOuterGrouped(ref, outward(frame, target.depth), cx)
      return fromColumn(target, frame) ?? UNKNOWN
    case "alias":
      return outputType(
        target.output,
        aliasedExpr(target, cx.names),
        ref,
        outward(frame, target.depth) ?? frame,
        cx,
      )
    case "lambda":
      return frame.lambdas.get(target.name.toLowerCase()) ?? UNKNOWN
    default:
      return UNKNOWN
  }
}

/** The type of an output column that is named elsewhere in its select. */
function outputType(
  output: number,
  expr: Expr | undefined,
  ref: ColumnRef,
  frame: Frame,
  cx: Context,
): TypeOf {
  const known = frame.outputs.get(output)
  if (known) return known
  if (frame.clause === "WHERE" && expr && isMisplaced(expr, cx)) return UNKNOWN
  const target = cx.names.columns.get(ref.id)
  const column =
    target?.kind === "alias" ? cx.names.outputs.get(target.select)?.[target.output] : undefined
  const type = expr
    ? exprType(expr, frame, cx)
    : column?.kind === "star"
      ? (fromColumn(column.target, frame) ?? UNKNOWN)
      : UNKNOWN
  frame.outputs.set(output, type)
  return type
}

/** Reports a column that is neither a key of its group nor determined by the keys. */
function checkGrouped(ref: ColumnRef, frame: Frame, cx: Context): void {
  const { groups } = frame
  if (!groups) return
  const symbol = targetFingerprint(cx.names.columns.get(ref.id), cx.names)
  if (groups.keys.has(symbol)) return
  if (knows(groups.determined, symbol)) {
    if (groups.determined !== EVERYTHING) cx.determined.add(ref.id)
    return
  }
  notGrouped(ref, groups.next(), cx)
}

/** A subquery in a grouped select sees its keys: what they determine is no column of the groups. */
function checkOuterGrouped(ref: ColumnRef, frame: Frame | undefined, cx: Context): void {
  const target = cx.names.columns.get(ref.id)
  if (!frame?.groups || !target || target.kind === "lambda" || target.kind === "unknown") return
  const symbol = targetFingerprint({ ...target, depth: 0 }, cx.names)
  const { keys, determined, next } = frame.groups
  if (!keys.has(symbol) && determined !== EVERYTHING) notGrouped(ref, next(), cx)
}

function memberType(of: TypeOf, field: string, at: Pick<Expr, "span">, cx: Context): TypeOf {
  if (isOpen(of.type)) return UNKNOWN
  if (of.type.kind === "map") return { type: of.type.value, nullable: true }
  if (["JSON", "VARIANT"].includes(show(of.type))) return { type: of.type, nullable: true }
  const fields = fieldsOf(of.type)
  if (!fields) {
    const isList = of.type.kind === "list" || of.type.kind === "array"
    cx.sink.report("types-disagree", at.span, {
      what: `.${field}`,
      wanted: "a STRUCT",
      found: show(of.type) + (isList ? "; unnest gives its elements" : ""),
    })
    return UNKNOWN
  }
  const found = fields.find((one) => one.name.toLowerCase() === field.toLowerCase())
  if (found) return { type: found.type, nullable: true }
  const near = nearest(
    field,
    fields.map((one) => one.name),
  )
  const params = { name: field, where: ` in ${show(of.type)}`, hint: didYouMean(near) }
  const fixes: ReportedFix[] =
    near === undefined
      ? []
      : [
          {
            title: `write ${near}`,
            kind: "changes-meaning",
            edits: [{ span: at.span, text: near }],
          },
        ]
  cx.sink.report("unknown-column", at.span, params, { fixes })
  return UNKNOWN
}

function fieldsOf(type: SqlType): readonly { name: string; type: SqlType }[] | undefined {
  return type.kind === "struct" ? type.fields : type.kind === "union" ? type.members : undefined
}

function fieldType(expr: Field, frame: Frame, cx: Context): TypeOf {
  return memberType(exprType(expr.operand, frame, cx), expr.name.text, expr.name, cx)
}

function indexType(operand: Expr, index: Expr, frame: Frame, cx: Context): TypeOf {
  const container = exprType(operand, frame, cx)
  exprType(index, frame, cx)
  if (container.type.kind === "struct" && index.kind === "literal")
    return memberType(container, index.value, index, cx)
  const type = elementType(container.type)
  if (type) return { type, nullable: true }
  cx.sink.report("types-disagree", operand.span, {
    what: "[ ]",
    wanted: "a list, MAP or text",
    found: show(container.type),
  })
  return UNKNOWN
}

/** A part of a list, of text or of bytes; every second element and the like of lists only. */
function sliceType({ operand, from, to, step }: Slice, frame: Frame, cx: Context): TypeOf {
  const { type } = exprType(operand, frame, cx)
  const ends = [from, to, step].flatMap((end) => (end ? [typed(end, frame, cx)] : []))
  for (const end of ends) {
    if (isOpen(end.type) || isNumeric(end.type)) continue
    const params = { what: "[:]", wanted: "a number", found: show(end.type) }
    cx.sink.report("types-disagree", end.expr.span, params)
  }
  const kind = family(type)
  if (type.kind === "array") return { type: list(type.element), nullable: true }
  if (["list", "any"].includes(kind) || (!step && ["text", "blob"].includes(kind)))
    return { type, nullable: true }
  const wanted = step ? "a list" : "a list, text or bytes"
  cx.sink.report("types-disagree", operand.span, { what: "[:]", wanted, found: show(type) })
  return UNKNOWN
}

/** Types the body of a lambda for arguments of these types. */
export function lambdaType(
  lambda: Lambda,
  params: readonly SqlType[],
  frame: Frame,
  cx: Context,
): TypeOf {
  const lambdas = new Map(frame.lambdas)
  lambda.params.forEach((name, i) => {
    const found = { type: params[i] ?? unknown("an argument of a lambda"), nullable: true }
    cx.exprs.set(name.id, found)
    lambdas.set(name.text.toLowerCase(), found)
  })
  const body = exprType(lambda.body, { ...frame, lambdas }, cx)
  cx.exprs.set(lambda.id, body)
  return body
}

// ----------------------------------------------------------------------------------- subqueries

function scalarType(query: Query, frame: Frame, cx: Context): TypeOf {
  const columns = queryColumns(query, frame, cx)
  checkWidth(query, columns.length, 1, "a subquery that is a value", cx)
  const [column] = columns
  if (!column) return UNKNOWN
  // Only an aggregate of all rows always gives one.
  return { type: column.type, nullable: column.nullable || !givesOneRow(query, cx) }
}

function givesOneRow({ body, limit }: Query, cx: Context): boolean {
  if (limit || body.kind !== "select" || body.groupBy || body.having || body.qualify) return false
  return cx.aggregated.has(body.id) || (body.from.length === 0 && !body.where)
}

function membership(
  expr: Expr,
  operand: Expr,
  query: Query,
  negated: boolean,
  frame: Frame,
  cx: Context,
): TypeOf {
  const left = typed(operand, frame, cx)
  const columns = queryColumns(query, frame, cx)
  const width = operand.kind === "row" ? operand.items.length : 1
  checkWidth(query, columns.length, width, "IN", cx)
  const nullable = left.nullable || columns.some((column) => column.nullable)
  if (operand.kind !== "row" && columns[0]) {
    const item = query.body.kind === "select" ? query.body.items[0] : undefined
    const at = item?.kind === "select-expr" ? item.expr : expr
    pairType("IN (SELECT …)", left, { expr: at, ...columns[0] }, cx)
  }
  if (negated && columns.some((column) => column.nullable && !isOpen(column.type)))
    notInNullable(expr, operand, query, cx)
  return { type: BOOLEAN, nullable }
}

export function checkWidth(
  query: Query,
  found: number,
  wanted: number,
  what: string,
  cx: Context,
): void {
  if (found !== wanted && found > 0)
    cx.sink.report("column-count", query.span, { what, found, wanted })
}

// ------------------------------------------------------------------------------- other constructs

/** In an arm of CASE what its condition says of NULL is known. */
function caseType(expr: Case, frame: Frame, cx: Context): TypeOf {
  const operand = expr.operand && typed(expr.operand, frame, cx)
  if (operand) nullArms(expr, cx)
  const results: Typed[] = []
  let rest = frame
  for (const { when, then } of expr.arms) {
    if (operand) compare("CASE", operand, typed(when, rest, cx), cx)
    else condition(when, "WHEN", rest, cx)
    results.push(typed(then, operand ? rest : refined(rest, notNullWhenTrue(when, cx)), cx))
    if (!operand) rest = refined(rest, notNullWhenNotTrue(when, cx))
  }
  if (expr.otherwise) results.push(typed(expr.otherwise, rest, cx))
  const common = agree("CASE", results, cx)
  return { type: common.type, nullable: common.nullable || !expr.otherwise }
}

/** A union that is not NULL may have a member that is. */
const HIDING_NULL = new Set<Family>(["union", "variant"])

function castType(expr: Cast, frame: Frame, cx: Context): TypeOf {
  const operand = exprType(expr.operand, frame, cx)
  const fault = typeFault(expr.type)
  if (fault && !reportTypeFault(fault, cx.sink))
    cx.sink.report("not-yet", fault.at.span, { what: `type ${fault.at.name}`, hint: "" })
  const type = fault
    ? unknown(`no type ${cx.sink.source.slice(expr.type.span)}`)
    : typeOfName(expr.type)
  if (!fault && !expr.try) checkCastText(expr.operand, type, cx)
  const hides = HIDING_NULL.has(family(operand.type)) || show(operand.type) === "JSON"
  return { type, nullable: operand.nullable || expr.try || hides }
}

const BINARY = new Set(["binary", "c", "posix", "ucs_basic"])

/** Text compares byte by byte everywhere: other collations differ from engine to engine. */
function collatedType(expr: Collate, frame: Frame, cx: Context): TypeOf {
  const type = exprType(expr.operand, frame, cx)
  const name = expr.collation.map(({ text }) => text).join(".")
  if (!BINARY.has(name.toLowerCase())) {
    const hint = insteadOf(name)
    cx.sink.report("not-yet", expr.span, { what: `collation ${name}`, hint })
  }
  return type
}

/** What orders and compares as a collation does, in every engine. */
function insteadOf(collation: string): string {
  const lower = /nocase|_ci\b/i.test(collation)
  const plain = /noaccent|_ai\b/i.test(collation)
  const call = plain ? "strip_accents(…)" : "…"
  if (lower) return `; compare lower(${call}) on either side`
  return plain ? `; compare ${call} on either side` : "; text compares byte by byte"
}

function extractType(expr: Extract<Expr, { kind: "extract" }>, frame: Frame, cx: Context): TypeOf {
  const operand = typed(expr.operand, frame, cx)
  const kind = family(operand.type)
  if (!["date", "time", "interval", "any"].includes(kind)) {
    if (kind === "text") mixed("EXTRACT", expr.operand.span, operand.type, TIMESTAMP, [operand], cx)
    else
      cx.sink.report("types-disagree", expr.operand.span, {
        what: "EXTRACT",
        wanted: "a date",
        found: show(operand.type),
      })
  }
  // The parts of an infinite date are NULL.
  return { type: datePartType(expr.part.text), nullable: operand.nullable || kind === "date" }
}

function zoneType(
  expr: Extract<Expr, { kind: "at-time-zone" }>,
  frame: Frame,
  cx: Context,
): TypeOf {
  const operand = exprType(expr.operand, frame, cx)
  const zone = exprType(expr.zone, frame, cx)
  const nullable = operand.nullable || zone.nullable
  if (isOpen(operand.type)) return UNKNOWN
  if (!isPoint(operand.type) || !commonType(zone.type, VARCHAR)) {
    cx.sink.report("types-disagree", expr.operand.span, {
      what: "AT TIME ZONE",
      wanted: "a TIMESTAMP",
      found: show(operand.type),
    })
    return UNKNOWN
  }
  return {
    type: zoned(operand.type),
    nullable,
  }
}

function isPoint(type: SqlType): boolean {
  return family(type) === "date" || show(type) === "TIMETZ"
}

/** With a zone becomes without one, and back; a TIMETZ is shown in another zone. */
function zoned(type: SqlType): SqlType {
  if (show(type) === "TIMETZ") return type
  return show(type) === "TIMESTAMPTZ" ? TIMESTAMP : scalar("TIMESTAMPTZ")
}
