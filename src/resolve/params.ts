import { nearest, orThese } from "../base/suggest.js"
import type { Param } from "../catalog/project.js"
import type { ReportedFix } from "../diagnostics/diagnostic.js"
import type { Sink } from "../diagnostics/sink.js"
import type { Call, Expr, Query } from "../syntax/ast.js"
import { boolean, text, typeNameOf, typed } from "../syntax/build.js"
import { transform, type AnyNode } from "../syntax/walk.js"
import { family } from "../types/coercion.js"
import { show } from "../types/type.js"

/**
 * `smelt.param('x')` as the constant that it stands for, in the call's place and under its id. A name that
 * is none is reported, and stands for anything.
 */
export function bindParams(
  statement: Query | undefined,
  params: readonly Param[],
  sink: Sink,
): Query | undefined {
  if (!statement || !/param/i.test(sink.source.text)) return statement // most texts have none
  return transform(statement, (node) => (isParam(node) ? constant(node, params, sink) : undefined))
}

function isParam(node: AnyNode): node is Call {
  if (node.kind !== "call") return false
  const [schema, word, more] = (node as Call).name.map((name) => name.text.toLowerCase())
  return schema === "smelt" && word === "param" && more === undefined
}

function constant(call: Call, params: readonly Param[], sink: Sink): Expr {
  const { id, span } = call
  const [first, second] = call.args
  const value = first?.value
  const isText = value?.kind === "literal" && value.type === "string"
  if (!isText || second) {
    const found = first ? sink.source.slice(first.span) : "no argument"
    const name = value?.kind === "column-ref" ? value.path.map((part) => part.text).join(".") : ""
    const params = { what: "smelt.param", wanted: "one name in quotes", found }
    sink.report("types-disagree", value?.span ?? span, params, { fixes: renamed(value, name) })
    return { kind: "missing", id, span }
  }
  const param = params.find(({ name }) => name.toLowerCase() === value.value.toLowerCase())
  if (param) return { ...constantOf(param), id, span }
  const names = params.map(({ name }) => name)
  const near = nearest(value.value, names)
  const hint =
    names.length === 0
      ? "; declare it under `params:` of smelt.yml"
      : orThese(near, "there are", names)
  const fixes = renamed(value, near)
  sink.report("unknown-param", value.span, { name: value.value, hint }, { fixes })
  return { kind: "missing", id, span }
}

function renamed(at: Expr | undefined, name: string | undefined): ReportedFix[] {
  if (!at || !name) return []
  const text = `'${name}'`
  return [{ title: `write ${text}`, kind: "changes-meaning", edits: [{ span: at.span, text }] }]
}

function constantOf({ type, value }: Param): Expr {
  switch (family(type)) {
    case "text":
      return text(value)
    case "boolean":
      return boolean(value.toLowerCase() === "true")
    case "date":
    case "time":
    case "interval":
      return typed(show(type), value)
    default:
      return {
        ...text(""),
        kind: "cast",
        operand: text(value),
        type: typeNameOf(type),
        try: false,
        short: false,
      }
  }
}
