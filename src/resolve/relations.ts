import { nearest } from "../base/suggest.js"
import type { Span } from "../base/span.js"
import type { Binding } from "../catalog/names.js"
import type { Relation } from "../catalog/relation.js"
import type { Argument, Call, Expr, Name, TableCall, TableName } from "../syntax/ast.js"
import { didYouMean, dotted, orThese, type Context, type RelationKind } from "./context.js"
import { sameName } from "../base/names.js"
import { all } from "../syntax/build.js"
import { resolveExpr } from "./exprs.js"
import { conditionsOf, versioned } from "./ref-arguments.js"
import { newScope, tableShape, type Scope, type Table } from "./scope.js"

/** Arguments of smelt.ref and smelt.source: those that work, and those that do not yet. */
export const ARGUMENTS = ["filter", "inline", "partitions", "sample", "version"]
const LATER = ["max_staleness", "as_of", "prefer_materialized", "allow_approximate"]
const SCALAR_CALLS = ["metric", "param", "window_start", "window_end"]

/** Whether a call is `smelt.…`; in an expression all of them are answered here. */
export function resolveSmeltCall(call: Call, cx: Context): boolean {
  const [schema, name] = call.name
  if (call.name.length !== 2 || schema?.text.toLowerCase() !== "smelt" || !name) return false
  const word = name.text.toLowerCase()
  if (SCALAR_CALLS.includes(word))
    cx.sink.report("not-yet", call.span, { what: `smelt.${word}`, hint: "" })
  else if (word === "ref" || word === "source")
    cx.sink.report("types-disagree", call.span, {
      what: "an expression",
      wanted: "a value",
      found: `the table smelt.${word}(…)`,
    })
  else reportUnknownCall(call, cx)
  return true
}

/** The binding of `smelt.ref(…)` or `smelt.source(…)`; undefined for any other call. */
export function bindRelation(ref: TableCall, scope: Scope, cx: Context): Table | undefined {
  const { call } = ref
  const [schema, name] = call.name
  if (call.name.length !== 2 || schema?.text.toLowerCase() !== "smelt" || !name) return undefined
  const word = name.text.toLowerCase()
  if (word !== "ref" && word !== "source") {
    if (SCALAR_CALLS.includes(word))
      cx.sink.report("not-yet", call.span, { what: `smelt.${word} in FROM`, hint: "" })
    else reportUnknownCall(call, cx)
    return brokenTable(ref.id, ref.alias?.name.text ?? word, cx)
  }
  const target = relationName(call, cx)
  const isPair = target !== undefined && reportPair(call, target.name, cx)
  const relation =
    target && !isPair
      ? findRelation(word, versioned(target.name, call), target.span, call, cx)
      : undefined
  if (!isPair) checkArguments(call, cx)
  if (!target || !relation)
    return brokenTable(ref.id, ref.alias?.name.text ?? lastPart(target?.name ?? word), cx)
  const table = addRelation(ref, call, relation, cx)
  const own = { ...table, columns: relation.columns.map((column) => column.name) }
  const shape = tableShape(own)
  const binding = cx.bindings.get(ref.id)
  if (binding?.kind === "relation" && binding.filter)
    resolveExpr(binding.filter, { ...newScope(undefined, scope.ctes, scope.queries), shape }, cx)
  return table
}

/** A bare name that stands for a relation, where the context allows it. */
export function bindBare(ref: TableName, cx: Context): Table | undefined {
  if (!cx.model.bareTables) return undefined
  const relation = cx.model.relation("source", dotted(ref.path))
  if (!relation) return undefined
  const call: Call = {
    kind: "call",
    id: ref.id,
    span: ref.span,
    name: ref.path,
    args: [],
    distinct: false,
    orderBy: [],
    withinGroup: [],
  }
  return addRelation(ref, call, relation, cx)
}

/** Records that nothing is known of a table, so that no name in it is a second fault. */
export function brokenTable(id: number, alias: string, cx: Context): Table {
  cx.bindings.set(id, { kind: "broken", alias })
  return { id, alias, columns: [], broken: true }
}

function addRelation(
  ref: TableCall | TableName,
  call: Call,
  relation: Relation,
  cx: Context,
): Table {
  const own = relation.columns.map((column) => column.name)
  const columns = own.map((name, i) => ref.alias?.columns[i]?.text ?? name)
  const alias = ref.alias?.name.text ?? lastPart(relation.name)
  const filter = filterOf(call, relation, cx)
  const binding: Binding = {
    kind: "relation",
    name: relation.name,
    relation: relation.kind,
    alias,
    columns,
    own,
    call,
    inline: isTrue(argument(call, "inline")?.value),
  }
  cx.bindings.set(ref.id, filter ? { ...binding, filter } : binding)
  const key = `${relation.kind} ${relation.name}`
  if (!cx.dependencies.has(key))
    cx.dependencies.set(key, { kind: relation.kind, name: relation.name, span: nameSpan(call) })
  const dot = relation.name.lastIndexOf(".")
  const table: Table = { id: ref.id, alias, columns, broken: relation.broken, relation }
  return dot > 0 && !ref.alias ? { ...table, schema: relation.name.slice(0, dot) } : table
}

/** What the arguments leave of the rows: over the relation's own columns, whatever the query calls them. */
function filterOf(call: Call, relation: Relation, cx: Context): Expr | undefined {
  const filter = argument(call, "filter")?.value
  return all([...(filter ? [filter] : []), ...conditionsOf(call, relation, cx)])
}

function findRelation(
  word: "ref" | "source",
  name: string,
  span: Span,
  call: Call,
  cx: Context,
): Relation | undefined {
  const kinds: readonly RelationKind[] = word === "ref" ? ["model", "seed"] : ["source"]
  for (const kind of kinds) {
    const relation = cx.model.relation(kind, name)
    if (relation) return relation
  }
  const version = argument(call, "version")?.value
  if (version) reportVersion(name, version, cx)
  else reportUnknown(word, name, span, call, cx)
  return undefined
}

/** `orders` has versions where models are called `orders_v1`, `orders_v2`. */
function reportVersion(name: string, version: Expr, { model, sink }: Context): void {
  const wanted = version.kind === "literal" ? version.value : ""
  const stem = name.slice(0, name.length - wanted.length).toLowerCase()
  const versions = [...model.relationNames("model"), ...model.relationNames("source")]
    .filter((one) => one.toLowerCase().startsWith(stem) && one !== model.name)
    .map((one) => one.slice(stem.length))
  const near = nearest(wanted, versions)
  const hint = orThese(near, "there are", versions)
  const fixes = near === undefined ? [] : [rename(version.span, near)]
  sink.report(
    "unknown-ref",
    version.span,
    { what: "model of version", name: wanted, hint },
    { fixes },
  )
}

function reportUnknown(
  word: "ref" | "source",
  name: string,
  span: Span,
  call: Call,
  cx: Context,
): void {
  const { model, sink } = cx
  const models = [...model.relationNames("model"), ...model.relationNames("seed")].filter(
    (one) => one !== model.name,
  )
  const sources = model.relationNames("source")
  const [own, others] = word === "ref" ? [models, sources] : [sources, models]
  const elsewhere = others.find((other) => sameName(other, name))
  const near = inSchema(name, own) ?? (elsewhere === undefined ? nearest(name, own) : undefined)
  const [kind, other] = word === "ref" ? ["source", "source"] : ["model", "ref"]
  const written = elsewhere === undefined ? "" : `smelt.${other}(${quoted(elsewhere)})`
  const hint =
    near === undefined && elsewhere !== undefined
      ? `; it is a ${kind}: ${written}`
      : word === "ref" || near !== undefined
        ? orThese(near, "there are", own)
        : `; declare it in a file under sources/`
  const calledSpan = { start: call.name[0]?.span.start ?? span.start, end: span.end }
  const fixes = [
    ...(near === undefined ? [] : [rename(span, near)]),
    ...(elsewhere === undefined
      ? []
      : [
          {
            title: `write ${written}`,
            kind: "changes-meaning" as const,
            edits: [{ span: calledSpan, text: `smelt.${other}(${quoted(elsewhere)}` }],
          },
        ]),
  ]
  if (word === "ref")
    sink.report("unknown-ref", span, { what: "model or seed", name, hint }, { fixes })
  else sink.report("unknown-source", span, { name, hint }, { fixes })
}

/** The source that `name` is the last part of. */
function inSchema(name: string, sources: readonly string[]): string | undefined {
  const found = sources.filter((source) => sameName(lastPart(source), name) && source.includes("."))
  return found.length === 1 ? found[0] : undefined
}

function quoted(name: string): string {
  return `'${name.replaceAll("'", "''")}'`
}

function rename(span: Span, near: string) {
  const text = quoted(near)
  return { title: `write ${text}`, kind: "changes-meaning" as const, edits: [{ span, text }] }
}

/** The first argument, a string. */
function relationName(call: Call, cx: Context): { name: string; span: Span } | undefined {
  const first = call.args[0]
  const value = first?.name ? undefined : first?.value
  if (value?.kind === "literal" && value.type === "string")
    return { name: value.value, span: value.span }
  const isQuoted = value?.kind === "column-ref" && value.path.every(({ quoted }) => quoted)
  const name = value?.kind === "column-ref" ? dotted(value.path) : ""
  const wanted = isQuoted ? "a name in single quotes" : "a name in quotes"
  const found = isQuoted ? "double quotes" : value ? "another expression" : "no argument"
  cx.sink.report(
    "types-disagree",
    value?.span ?? call.span,
    { what: dotted(call.name), wanted, found },
    { fixes: value?.kind === "column-ref" ? [rename(value.span, name)] : [] },
  )
  return undefined
}

/** `smelt.source('raw', 'orders')`, as dbt has it. */
function reportPair(call: Call, name: string, cx: Context): boolean {
  const [first, second] = call.args
  const other = second?.name ? undefined : second?.value
  if (!first || other?.kind !== "literal" || other.type !== "string") return false
  const span = { start: first.span.start, end: other.span.end }
  const whole = `${name}.${other.value}`
  const params = { what: dotted(call.name), wanted: `one name '${whole}'`, found: "two" }
  cx.sink.report("types-disagree", span, params, { fixes: [rename(span, whole)] })
  return true
}

function checkArguments(call: Call, cx: Context): void {
  const name = dotted(call.name)
  for (const one of call.args.slice(1)) {
    const word = one.name?.text.toLowerCase()
    if (word === undefined)
      cx.sink.report("unknown-argument", one.span, {
        call: name,
        name: cx.sink.source.slice(one.span),
        hint: "; arguments after the first are named, such as sample => 0.1",
      })
    else if (LATER.includes(word))
      cx.sink.report("not-yet", one.span, { what: `\`${word}\` of ${name}`, hint: "" })
    else if (!ARGUMENTS.includes(word)) reportArgument(one, name, cx)
    else if (word === "inline") checkBoolean(one, cx)
    else if (word === "version" && !isString(one.value))
      cx.sink.report("types-disagree", one.value.span, {
        what: "`version`",
        wanted: "a text such as 'v2'",
        found: cx.sink.source.slice(one.value.span),
      })
  }
}

function reportArgument(one: Argument, call: string, cx: Context): void {
  if (!one.name) return
  const near = nearest(one.name.text, [...ARGUMENTS, ...LATER])
  const fixes =
    near === undefined
      ? []
      : [
          {
            title: `write ${near}`,
            kind: "changes-meaning" as const,
            edits: [{ span: one.name.span, text: near }],
          },
        ]
  cx.sink.report(
    "unknown-argument",
    one.name.span,
    { call, name: one.name.text, hint: didYouMean(near) },
    { fixes },
  )
}

function checkBoolean(one: Argument, cx: Context): void {
  const { value } = one
  if (value.kind === "literal" && value.type === "boolean") return
  cx.sink.report("types-disagree", value.span, {
    what: "inline",
    wanted: "true or false",
    found: "another expression",
  })
}

function reportUnknownCall(call: Call, cx: Context): void {
  const name = dotted(call.name)
  const calls = ["ref", "source", ...SCALAR_CALLS].map((word) => `smelt.${word}`)
  const near = nearest(name, calls)
  reportFunction(call.name, near, orThese(near, "there are", calls), cx)
}

/** Reports a function that there is not; the fix writes `near` in its place. */
export function reportFunction(
  path: readonly Name[],
  near: string | undefined,
  hint: string,
  cx: Context,
): void {
  const span = { start: path[0]?.span.start ?? 0, end: path.at(-1)?.span.end ?? 0 }
  const fixes =
    near === undefined
      ? []
      : [
          {
            title: `write ${near}`,
            kind: "changes-meaning" as const,
            edits: [{ span, text: near }],
          },
        ]
  cx.sink.report("unknown-function", span, { name: dotted(path), hint }, { fixes })
}

function argument(call: Call, name: string): Argument | undefined {
  return call.args.find((one) => one.name?.text.toLowerCase() === name)
}

function isString(value: Expr): boolean {
  return value.kind === "literal" && value.type === "string"
}

function isTrue(value: Expr | undefined): boolean {
  return (
    value?.kind === "literal" && value.type === "boolean" && value.value.toLowerCase() === "true"
  )
}

function nameSpan(call: Call): Span {
  return call.args[0]?.value.span ?? call.span
}

function lastPart(name: string): string {
  return name.slice(name.lastIndexOf(".") + 1)
}
