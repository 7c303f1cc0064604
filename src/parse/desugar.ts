import type {
  Argument,
  Between,
  Binary,
  Call,
  Comprehension,
  Expr,
  Literal,
  Name,
  Node,
} from "../syntax/ast.js"
import {
  argument,
  call,
  cast,
  column,
  freshId,
  integer,
  name,
  placed,
  struct,
  text,
} from "../syntax/build.js"
import { copied, transform, transformBelow, type AnyNode } from "../syntax/walk.js"

/**
 * A tree without what has a plain form: a comprehension is a call of list_filter and list_transform, an
 * operator that is a function's other spelling a call of it, a literal of bytes or bits a CAST of text, a
 * call that is an expression's other spelling that expression.
 * What stands for a written node has its id and place.
 */
export function desugar<N extends Node>(tree: N): N {
  return transform(tree, (node: AnyNode) => {
    switch (node.kind) {
      case "column-ref":
        return node
      case "comprehension":
        return comprehended(node as Comprehension)
      case "literal":
        return ofBytes(node as Literal)
      case "call":
        return ofOperator(node as Call) ?? ofCall(node as Call) ?? ofGroup(node as Call)
      case "binary":
        return ofOperands(node as Binary)
      case "between":
        return ofEitherOrder(node as Between)
      default:
        return undefined
    }
  })
}

function comprehended(written: Comprehension): Expr {
  const { body, params, list, filter } = transformBelow(written, (node) => desugar(node))
  const at = { id: written.id, span: written.span }
  const over = (fn: string, of: Expr, names: readonly Name[], result: Expr): Expr => ({
    ...call(fn, of),
    span: at.span,
    args: [
      argument(of),
      argument({
        kind: "lambda",
        id: argument(of).id,
        span: result.span,
        params: names,
        body: result,
      }),
    ],
  })
  if (!filter) return { ...over("list_transform", list, params, body), ...at }
  if (params.length === 1) {
    const kept = over("list_filter", list, params, filter)
    return { ...over("list_transform", kept, params, body), ...at }
  }
  // The place of an element is that in the whole list: filter and result are found before any is left out.
  const both = struct([
    ["kept", filter],
    ["result", body],
  ])
  const pairs = over("list_transform", list, params, { ...both, span: at.span })
  const field = (of: string) => ({ ...column("pair", of), span: at.span })
  const kept = over("list_filter", pairs, [name("pair")], field("kept"))
  return { ...over("list_transform", kept, [name("pair")], field("result")), ...at }
}

/** `x'CAFE'` is a BLOB, `b'0101'` a BIT, as in standard SQL; digits that are none stay as written. */
function ofBytes({ id, span, type, value }: Literal): Expr | undefined {
  if (type !== "blob") return undefined
  const digits = value.slice(1)
  if (value.startsWith("b"))
    return /^[01]+$/.test(digits) ? { ...cast(text(digits), "BIT"), id, span } : undefined
  if (!/^(?:[0-9a-f]{2})*$/i.test(digits)) return undefined
  const escaped = digits.replace(/../g, (byte) => `\\x${byte.toUpperCase()}`)
  return { ...cast(text(escaped), "BLOB"), id, span }
}

/** Operators before or after their operand that are the other spelling of a function. */
const UNARY: ReadonlyMap<string, string> = new Map([
  ["prefix @", "abs"],
  ["postfix !", "factorial"],
])

function ofOperator(written: Call): Expr | undefined {
  const [operator] = written.name
  const fn = operator && UNARY.get(`${written.form} ${operator.text}`)
  if (fn === undefined) return undefined
  const plain = transformBelow(written, (node) => desugar(node))
  return { ...plain, form: undefined, name: [{ ...operator, text: fn } as Name] }
}

/** Calls that are another spelling of an expression, by what their arguments make of it. */
const SPELLINGS: ReadonlyMap<string, (args: readonly Argument[]) => Expr | undefined> = new Map([
  ["date", ([of, more]) => (of && !more ? cast(of.value, "DATE") : undefined)],
  ["localtime", () => call("current_localtime")],
  ["age", ([of, more]) => (of && !more ? call("age", call("current_date"), of.value) : undefined)],
  ["generate_subscripts", subscripts],
  [
    "regexp_split_to_table",
    ([of, pattern, more]) =>
      of && pattern && !more
        ? call("unnest", call("regexp_split_to_array", of.value, pattern.value))
        : undefined,
  ],
  ["struct_pack", packed],
  ["struct_extract", extracted],
  ["union_extract", member],
  ...["list_aggregate", "list_aggr", "array_aggregate", "array_aggr", "aggregate"].map(
    (fn): [string, typeof aggregated] => [fn, aggregated],
  ),
])

function ofCall(written: Call): Expr | undefined {
  const [fn, more] = written.name
  const spelled = fn && !more && !fn.quoted ? SPELLINGS.get(fn.text.toLowerCase()) : undefined
  if (!spelled || written.form || written.over || written.filter) return undefined
  const { id, span } = written
  const expr = spelled(transformBelow(written, (node) => desugar(node)).args)
  return expr && { ...placed(expr, span), id, span }
}

/** `LISTAGG(a, ',') WITHIN GROUP (ORDER BY b)` of the standard is `string_agg(a, ',' ORDER BY b)`. */
const ORDERED = new Set(["listagg", "string_agg", "group_concat", "array_agg"])

function ofGroup(written: Call): Expr | undefined {
  const [fn, more] = written.name
  const isOrdered = fn && !more && ORDERED.has(fn.text.toLowerCase())
  if (!isOrdered || written.withinGroup.length === 0 || written.orderBy.length > 0) return undefined
  const plain = transformBelow(written, (node) => desugar(node))
  return { ...plain, orderBy: plain.withinGroup, withinGroup: [] }
}

/** `generate_subscripts(l, 1)`: the places of a list's elements, a row each. */
function subscripts([of, dimension, more]: readonly Argument[]): Expr | undefined {
  if (!of || !dimension || more) return undefined
  const last = call("array_length", of.value, dimension.value)
  return call("unnest", call("generate_series", integer(1), last))
}

/** `struct_pack(a := 1)` is `{a: 1}`. */
function packed(args: readonly Argument[]): Expr | undefined {
  const fields = args.flatMap(({ name: field, value }) => (field ? [{ name: field, value }] : []))
  if (fields.length === 0 || fields.length < args.length) return undefined
  return { ...struct([]), kind: "struct", fields }
}

/** `struct_extract(s, 'a')` is `s['a']`. */
function extracted([of, field, more]: readonly Argument[]): Expr | undefined {
  if (!of || field?.value.kind !== "literal" || field.value.type !== "string" || more)
    return undefined
  return { ...text(""), kind: "index", operand: of.value, index: field.value }
}

/** `union_extract(u, 'n')` is `(u).n`. */
function member([of, field, more]: readonly Argument[]): Expr | undefined {
  if (!of || field?.value.kind !== "literal" || field.value.type !== "string" || more)
    return undefined
  const { value, span } = field.value
  return { ...text(""), kind: "field", operand: of.value, name: { ...name(value), span } }
}

/** `list_aggregate(l, 'sum')` is `list_sum(l)`. */
function aggregated([of, fn, more]: readonly Argument[]): Expr | undefined {
  if (!of || fn?.value.kind !== "literal" || fn.value.type !== "string" || more) return undefined
  return call(`list_${fn.value.value}`, of.value)
}

/** BETWEEN SYMMETRIC is BETWEEN with the bounds in the one or the other order, as PostgreSQL has it. */
function ofEitherOrder(written: Between): Expr | undefined {
  if (!written.symmetric) return undefined
  const { id, span, not, operand, low, high } = transformBelow(written, (node) => desugar(node))
  const again = <E extends Expr>(expr: E) => copied(expr, () => ({ id: freshId() }))
  const between = (from: Expr, to: Expr, of: Expr): Expr => ({
    kind: "between",
    id: freshId(),
    span,
    not: false,
    operand: of,
    low: from,
    high: to,
  })
  const either: Expr = {
    kind: "logic",
    op: "OR",
    operands: [between(low, high, operand), between(again(high), again(low), again(operand))],
    id,
    span,
  }
  return not
    ? { kind: "unary", op: "NOT", operand: { ...either, id: freshId() }, id, span }
    : either
}

/** Operators between operands that are; `<@` takes them in the other order. */
const BINARY: ReadonlyMap<string, string> = new Map([
  ["^@", "starts_with"],
  ["@>", "list_has_all"],
  ["<@", "list_has_all"],
  ["<->", "list_distance"],
  ["<=>", "list_cosine_distance"],
])

function ofOperands(written: Binary): Expr | undefined {
  const fn = BINARY.get(written.op)
  if (fn === undefined) return undefined
  const { id, span, op, left, right } = transformBelow(written, (node) => desugar(node))
  const args = op === "<@" ? [right, left] : [left, right]
  return { ...call(fn, ...args), id, span }
}
