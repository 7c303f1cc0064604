import { didYouMean, nearest, orThese } from "../base/suggest.js"
import type { TypeOf } from "../catalog/types.js"
import type { ReportedFix } from "../diagnostics/diagnostic.js"
import { calledFunction } from "../functions/calls.js"
import { DATE_PARTS, isDatePart, partElsewhere, takesDatePart } from "../functions/date-parts.js"
import { counterpartOf } from "../functions/elsewhere.js"
import { rewritten } from "../functions/foreign-calls.js"
import {
  byConstant,
  functionNames,
  lookupFunction,
  lookupTableFunction,
  type FunctionInfo,
} from "../functions/index.js"
import type { Call, Expr } from "../syntax/ast.js"
import { commonType, family, holds, isInteger, mixesZones } from "../types/coercion.js"
import { BIGINT, isRare, NULL_TYPE, scalar, show, unknownIn, type SqlType } from "../types/type.js"
import { agree, pairType, type Typed } from "./agree.js"
import { aggregateType } from "./aggregates.js"
import { inClause, UNKNOWN, type Context, type Frame } from "./context.js"
import { exprType, lambdaType, typed } from "./expr.js"
import { formedType } from "./formed-calls.js"
import { integerValue, isNonzero, stringValue } from "./literals.js"
import { elsewhere } from "./misplaced.js"
import { signatureFixes } from "./signature-fixes.js"
import { mixed, mixedZones } from "./strictness.js"
import { windowType } from "./windows.js"

/** Types a function call, an aggregate or a window function. */
export function callType(call: Call, frame: Frame, cx: Context): TypeOf {
  if (call.name[0]?.text.toLowerCase() === "smelt") return UNKNOWN
  const formed = formedType(call, frame, cx)
  if (formed) return formed
  const info = calledFunction(call)
  if (!info) return tableCall(call, frame, cx) ?? unknownFunction(call, frame, cx)
  if (call.over) return windowType(call, info, frame, cx)
  switch (info.kind) {
    case "aggregate":
      return aggregateType(call, info, frame, cx)
    case "window":
      cx.sink.report(
        "window-misplaced",
        call.span,
        {
          name: info.name,
          where: "an expression without OVER",
          hint: elsewhere("window", "an expression without OVER"),
        },
        { fixes: [overFix(call)] },
      )
      return UNKNOWN
    default:
      return scalarCall(call, info, frame, cx)
  }
}

function overFix({ span: { end } }: Call): ReportedFix {
  const edits = [{ span: { start: end, end }, text: " OVER ()" }]
  return { title: "write OVER () after it", kind: "changes-meaning", edits }
}

/** `unnest(list)` in a select list gives its elements, a row each. */
function tableCall(call: Call, frame: Frame, cx: Context): TypeOf | undefined {
  const info =
    call.name.length === 1 && call.name[0]?.text.toLowerCase() === "unnest"
      ? lookupTableFunction("unnest")
      : undefined
  if (!info) return undefined
  const args = call.args.map((argument) => typed(argument.value, frame, cx))
  if (args.length === 1 && args[0]?.type.kind === "struct") return unnestedStruct(call, args[0], cx)
  return { type: matched(call, info, args, cx)?.type ?? UNKNOWN.type, nullable: true }
}

/** `unnest(s)` of a STRUCT gives its fields, a column each: what `s.*` does. */
function unnestedStruct(call: Call, { expr, type }: Typed, cx: Context): TypeOf {
  const found = show(type)
  const wanted = "(any[]); s.* gives the fields of a STRUCT s"
  const text = `${cx.sink.source.slice(expr.span)}.*`
  const edits = [{ span: call.span, text }]
  const fixes: ReportedFix[] =
    expr.kind === "column-ref" ? [{ title: `write ${text}`, kind: "changes-meaning", edits }] : []
  cx.sink.report("no-such-signature", call.span, { name: "unnest", found, wanted }, { fixes })
  return UNKNOWN
}

function unknownFunction(call: Call, frame: Frame, cx: Context): TypeOf {
  const name = call.name.map((part) => part.text).join(".")
  const method = methodFix(call, cx)
  if (method) {
    const hint = `; write ${method.text}`
    cx.sink.report("unknown-function", call.span, { name, hint }, { fixes: [method.fix] })
    return UNKNOWN
  }
  const counterpart = counterpartOf(name)
  const near = counterpart ? counterpart.name : nearest(name, functionNames())
  const span = {
    start: call.name[0]?.span.start ?? call.span.start,
    end: call.name.at(-1)?.span.end ?? call.span.end,
  }
  const hint = counterpart?.hint ? `; write ${counterpart.hint}` : didYouMean(near)
  const edits = near === undefined ? [] : [{ span, text: near }]
  const renamed = { title: `write ${near}`, kind: "changes-meaning" as const, edits }
  const rewrite = foreignFix(call, cx)
  const fixes = [...rewrite, ...(near === undefined ? [] : [renamed])].slice(0, 1)
  cx.sink.report("unknown-function", span, { name, hint }, { fixes })
  // It may be an aggregate: what is grouped and what is not is not asked below it.
  const ungrouped = { ...frame, groups: undefined }
  const inside = inClause(ungrouped, frame.clause, { aggregates: true, windows: true })
  for (const { value } of call.args) if (value.kind !== "lambda") exprType(value, inside, cx)
  return UNKNOWN
}

/** `status.upper()`, where `upper` is a function: `upper(status)`. */
function methodFix(
  { name, args, span, over, filter, distinct, orderBy }: Call,
  { sink: { source } }: Context,
): { readonly text: string; readonly fix: ReportedFix } | undefined {
  const [first, owner, fn] = [name[0], name.at(-2), name.at(-1)]
  if (!first || !owner || !fn || over || filter || distinct || orderBy.length > 0) return undefined
  // With arguments, one name before the function may be a schema's.
  if (name.length === 2 && args.length > 0) return undefined
  if (!lookupFunction(fn.text.toLowerCase())) return undefined
  const column = source.slice({ start: first.span.start, end: owner.span.end })
  const text = `${fn.text}(${[column, ...args.map((one) => source.slice(one.span))].join(", ")})`
  const edits = [{ span, text }]
  return { text, fix: { title: `write ${text}`, kind: "changes-meaning", edits } }
}

/** A call of another engine, written as it is here. */
function foreignFix(call: Call, { sink: { source } }: Context): ReportedFix[] {
  if (call.over || call.filter || call.distinct || call.args.some((one) => one.name)) return []
  const args = call.args.map(({ span }) => source.slice(span))
  const { start, end } = call.span
  const around = {
    preceding: source.text.slice(Math.max(0, start - AROUND), start),
    following: source.text.slice(end, end + AROUND),
  }
  const text = rewritten(call.name.map((part) => part.text).join("."), args, around)
  if (text === undefined) return []
  const edits = [{ span: call.span, text }]
  return [{ title: `write ${text}`, kind: "changes-meaning", edits }]
}

/** How much of the text beside a call is looked at. */
const AROUND = 10

function scalarCall(call: Call, info: FunctionInfo, frame: Frame, cx: Context): TypeOf {
  const args = argumentsOf(call, frame, cx)
  if (takesDatePart(info.name)) checkDatePart(args[0]?.expr, cx)
  const type = alternatives(info, args, cx) ?? matched(call, info, args, cx)?.type
  if (!type) return UNKNOWN
  // Of a bare NULL nothing is known but that it is one.
  const ofNull = args.some((arg) => arg.type.kind === "null")
  if (ofNull && unknownIn(type) !== undefined) return { type: NULL_TYPE, nullable: true }
  const constants = args.map(({ expr }) => stringValue(expr) ?? integerValue(expr)?.toString())
  return { type: byConstant(info.name, type, constants), nullable: nullOf(info, args) }
}

// ------------------------------------------------------------------------------------- arguments

/** Arguments with their types; a lambda has the type of its body. */
function argumentsOf(call: Call, frame: Frame, cx: Context): readonly Typed[] {
  const args: Typed[] = []
  for (const { value } of call.args) {
    if (value.kind !== "lambda") args.push(typed(value, frame, cx))
    else args.push({ expr: value, ...lambdaType(value, lambdaParams(call, args), frame, cx) })
  }
  return args
}

/** An element of the list and its place; `list_reduce` has what was reduced so far before them. */
function lambdaParams(call: Call, args: readonly Typed[]): readonly SqlType[] {
  const type = args[0]?.type
  const isList = type?.kind === "list" || type?.kind === "array"
  const element = isList ? type.element : UNKNOWN.type
  const reduces = /reduce$/i.test(call.name[0]?.text ?? "")
  return reduces ? [element, element, BIGINT] : [element, BIGINT]
}

/** Functions whose arguments are alternatives of one value: they agree as the arms of CASE do. */
function alternatives(
  info: FunctionInfo,
  args: readonly Typed[],
  cx: Context,
): SqlType | undefined {
  const [first, second] = args
  switch (info.name) {
    case "coalesce":
    case "ifnull":
    case "greatest":
    case "least":
      return args.length > 0 ? agree(info.name, args, cx).type : undefined
    case "if":
      if (args.length !== 3 || !first) return undefined
      if (family(first.type) !== "boolean")
        mixed("if", first.expr.span, first.type, scalar("BOOLEAN"), [first], cx)
      return agree("if", args.slice(1), cx).type
    case "nullif":
      if (!first || !second || args.length !== 2) return undefined
      pairType("nullif", first, second, cx)
      return first.type
    default:
      return undefined
  }
}

/** Finds the signature that takes `args`, or reports that none does. */
export function matched(call: Call, info: FunctionInfo, args: readonly Typed[], cx: Context) {
  const types = args.map((arg, i) =>
    adopted(
      arg,
      args.filter((_, j) => info.alike(i, j)),
    ),
  )
  const found =
    info.match(types) ??
    info.match(args.map((arg) => arg.type)) ??
    info.match(
      args.map((arg, i) =>
        stringValue(arg.expr) === undefined ? (types[i] ?? arg.type) : NULL_TYPE,
      ),
    )
  if (!found) {
    reportSignature(call, info, args, cx)
    return undefined
  }
  args.forEach((arg, i) => checkArgument(call, arg, found.params[i] ?? arg.type, cx))
  return found
}

/** A whole number as written takes the integer type of the arguments like it, if it fits. */
function adopted(arg: Typed, alike: readonly Typed[]): SqlType {
  const value = integerValue(arg.expr)
  if (value === undefined) return arg.type
  const others = alike
    .filter((other) => integerValue(other.expr) === undefined && isInteger(other.type))
    .map((other) => other.type)
  const common = others.reduce<SqlType | undefined>((a, b) => a && commonType(a, b), others[0])
  return common && holds(common, value) ? common : arg.type
}

function checkArgument(call: Call, arg: Typed, wanted: SqlType, cx: Context): void {
  const name = call.name.at(-1)?.text ?? ""
  if (family(arg.type) === "text" && family(wanted) !== "text" && family(wanted) !== "any")
    mixed(name, arg.expr.span, arg.type, wanted, [arg], cx)
  else if (mixesZones(arg.type, wanted))
    mixedZones(name, arg, { expr: arg.expr, type: wanted, nullable: false }, cx)
}

function reportSignature(
  call: Call,
  info: FunctionInfo,
  args: readonly Typed[],
  cx: Context,
): void {
  const wanted = [...new Set(info.signatures.map(({ text }) => parametersOf(text)))].join(" or ")
  const found = args.map((arg) => show(arg.type)).join(", ")
  const name = call.name.at(-1)?.text ?? info.name
  if (args.some((arg) => isRare(arg.type)))
    return cx.sink.report("type-not-known", call.span, { name, found })
  const own = ownFault(call, info, args, cx)
  if (own) return cx.sink.report("no-such-signature", call.span, { ...own.params, found }, own)
  const fixes = call.args.some((argument) => argument.name)
    ? []
    : [...foreignFix(call, cx), ...distinctRow(call, cx), ...signatureFixes(info, args, cx)]
  cx.sink.report("no-such-signature", call.span, { name, found, wanted }, { fixes })
}

interface OwnFault {
  readonly params: { readonly name: string; readonly wanted: string }
  readonly fixes: readonly ReportedFix[]
}

/** What is wrong with calls that people mistake in ways of their own. */
function ownFault(
  call: Call,
  info: FunctionInfo,
  args: readonly Typed[],
  { sink: { source } }: Context,
): OwnFault | undefined {
  const [first, second] = args
  if (!first) return undefined
  const { expr, type } = first
  if (info.name === "unnest" && family(type) === "text") {
    const isAny = call.span.start === expr.span.start
    if (isAny) return { params: { name: "ANY", wanted: "a list or a query" }, fixes: [] }
    const text = `string_split(${source.slice(expr.span)}, ',')`
    const edits = [{ span: expr.span, text }]
    const fixes: ReportedFix[] = [{ title: `write ${text}`, kind: "changes-meaning", edits }]
    return { params: { name: info.name, wanted: "a list" }, fixes }
  }
  if (
    /^percentile_/i.test(call.name.at(-1)?.text ?? "") &&
    call.withinGroup.length === 0 &&
    args.length === 1
  ) {
    const wanted = "a fraction, and WITHIN GROUP (ORDER BY …) after it"
    return { params: { name: call.name.at(-1)?.text ?? "", wanted }, fixes: [] }
  }
  const rounds = info.kind === "aggregate" && args.length === 2 && info.match([type])
  if (!rounds || !second || integerValue(second.expr) === undefined || call.over) return undefined
  const name = call.name.at(-1)?.text ?? info.name
  const text = `round(${name}(${source.slice(expr.span)}), ${source.slice(second.expr.span)})`
  const edits = [{ span: call.span, text }]
  const fixes: ReportedFix[] = [{ title: `write ${text}`, kind: "changes-meaning", edits }]
  return { params: { name, wanted: "one argument" }, fixes }
}

/** `count(DISTINCT a, b)` counts rows of both. */
function distinctRow({ name, args, distinct }: Call, { sink: { source } }: Context): ReportedFix[] {
  const [first, last] = [args[0], args.at(-1)]
  if (!distinct || !first || !last || args.length < 2) return []
  if (name.at(-1)?.text.toLowerCase() !== "count") return []
  const span = { start: first.span.start, end: last.span.end }
  const text = `(${source.slice(span)})`
  return [{ title: `count ${text}`, kind: "changes-meaning", edits: [{ span, text }] }]
}

const WORDS: Readonly<Record<string, string>> = { N: "number", I: "integer", T: "any", ANY: "any" }

/** What a signature takes, in words: `(number, INTEGER)`. */
function parametersOf(signature: string): string {
  let depth = 0
  const end = [...signature].findIndex((letter) => {
    depth += letter === "(" ? 1 : letter === ")" ? -1 : 0
    return depth === 0
  })
  return signature.slice(0, end + 1).replace(/\b[A-Z]+\b/g, (word) => WORDS[word] ?? word)
}

/** The part that a date function is asked for, where it is written as a text. */
export function checkDatePart(part: Expr | undefined, cx: Context): void {
  const name = part && stringValue(part)
  if (!part || name === undefined || isDatePart(name)) return
  const near = partElsewhere(name) ?? nearest(name, DATE_PARTS)
  const fixes: ReportedFix[] =
    near === undefined
      ? []
      : [
          {
            title: `write '${near}'`,
            kind: "changes-meaning",
            edits: [{ span: part.span, text: `'${near}'` }],
          },
        ]
  const hint = orThese(near, "there are", DATE_PARTS)
  cx.sink.report("unknown-date-part", part.span, { name, hint }, { fixes })
}

// ---------------------------------------------------------------------------------------- results

function nullOf(info: FunctionInfo, args: readonly Typed[]): boolean {
  const nullable = args.map((arg) => arg.nullable)
  const { nulls } = info
  if (typeof nulls === "function") return nulls(nullable)
  if (nulls === "never-null") return false
  if (nulls === "strict" || vanishesOnlyAtZero(info, args)) return nullable.includes(true)
  return true
}

function vanishesOnlyAtZero(info: FunctionInfo, args: readonly Typed[]): boolean {
  const divisor: Expr | undefined = args[1]?.expr
  return ["mod", "fmod", "fdiv"].includes(info.name) && divisor !== undefined && isNonzero(divisor)
}
