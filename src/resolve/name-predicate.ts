import type { Call, Expr, Like } from "../syntax/ast.js"

type Value = string | number | boolean | null

/** What of a condition over a column's name this version cannot say. */
export class NoPredicate extends Error {
  constructor(readonly expr: Expr) {
    super(expr.kind)
  }
}

/**
 * Whether `condition` holds of a column called `name`, which it calls `param`: what the lambda of COLUMNS
 * asks. Throws `NoPredicate` for what is no condition over a text.
 */
export function holdsOfName(condition: Expr, param: string, name: string): boolean {
  const value = valueOf(condition, param.toLowerCase(), name)
  if (value !== null && typeof value !== "boolean") throw new NoPredicate(condition)
  return value === true
}

function valueOf(expr: Expr, param: string, name: string): Value {
  const value = (one: Expr) => valueOf(one, param, name)
  switch (expr.kind) {
    case "column-ref":
      if (expr.path.length === 1 && expr.path[0]?.text.toLowerCase() === param) return name
      break
    case "literal":
      if (expr.type === "null") return null
      if (expr.type === "boolean") return expr.value.toLowerCase() === "true"
      if (expr.type === "integer") return Number(expr.value)
      if (expr.type === "string") return expr.value
      break
    case "unary":
      if (expr.op === "NOT") return negated(value(expr.operand))
      if (expr.op === "-") return mapped(value(expr.operand), (one) => -Number(one))
      break
    case "logic": {
      const values = expr.operands.map(value)
      const deciding = expr.op === "OR"
      if (values.includes(deciding)) return deciding
      return values.includes(null) ? null : !deciding
    }
    case "is":
      if (expr.test === "NULL") return (value(expr.operand) === null) !== expr.not
      break
    case "binary":
      return compared(expr.op, value(expr.left), value(expr.right), expr)
    case "between": {
      const operand = value(expr.operand)
      const low = compared(">=", operand, value(expr.low), expr)
      const high = compared("<=", operand, value(expr.high), expr)
      const inside = low === false || high === false ? false : low === null ? null : high
      return expr.not ? negated(inside) : inside
    }
    case "in-list": {
      const operand = value(expr.operand)
      const items = expr.items.map(value)
      const found = operand === null ? null : items.includes(operand) || null
      const answer = found ?? (operand === null || items.includes(null) ? null : false)
      return expr.not ? negated(answer) : answer
    }
    case "like": {
      const pattern = regexOf(expr, value(expr.pattern))
      const matches = mapped(value(expr.operand), (one) => pattern.test(String(one)))
      return expr.not ? negated(matches) : matches
    }
    case "index": {
      const place = Number(value(expr.index))
      return mapped(
        value(expr.operand),
        (one) => [...String(one)].at(place > 0 ? place - 1 : place) ?? "",
      )
    }
    case "call":
      return called(
        expr,
        expr.args.map((arg) => value(arg.value)),
      )
    default:
  }
  throw new NoPredicate(expr)
}

function mapped(value: Value, map: (value: Exclude<Value, null>) => Value): Value {
  return value === null ? null : map(value)
}

function negated(value: Value): Value {
  return mapped(value, (one) => one !== true)
}

function compared(op: string, a: Value, b: Value, expr: Expr): Value {
  if (op === "IS DISTINCT FROM") return a !== b
  if (op === "IS NOT DISTINCT FROM") return a === b
  if (a === null || b === null) return null
  switch (op) {
    case "=":
      return a === b
    case "<>":
      return a !== b
    case "<":
      return a < b
    case "<=":
      return a <= b
    case ">":
      return a > b
    case ">=":
      return a >= b
    case "||":
      return String(a) + String(b)
  }
  throw new NoPredicate(expr)
}

/** LIKE, ILIKE, GLOB, SIMILAR TO and `~` as a regular expression of JavaScript. */
function regexOf(expr: Like, pattern: Value): RegExp {
  const text = String(pattern ?? "")
  switch (expr.op) {
    case "LIKE":
    case "ILIKE": {
      const escape = expr.escape?.kind === "literal" ? expr.escape.value : undefined
      return new RegExp(`^${likeSource(text, escape)}$`, expr.op === "LIKE" ? "su" : "sui")
    }
    case "GLOB":
      return new RegExp(`^${globSource(text)}$`, "su")
    case "SIMILAR TO":
    case "~":
    case "~*":
      return regex(expr.op === "SIMILAR TO" ? `^(?:${text})$` : text, expr, expr.op === "~*")
  }
}

/** A regular expression as engines write it, `(?i)` in front included. */
export function regex(source: string, expr: Expr, ignoresCase = false): RegExp {
  const flags = /^\(\?([is]+)\)/.exec(source)
  const plain = flags ? source.slice(flags[0].length) : source
  const given = new Set(["u", ...(flags?.[1] ?? ""), ...(ignoresCase ? ["i"] : [])])
  try {
    return new RegExp(plain, [...given].join(""))
  } catch {
    throw new NoPredicate(expr)
  }
}

function likeSource(pattern: string, escape: string | undefined): string {
  let source = ""
  for (let i = 0; i < pattern.length; i++) {
    const char = pattern.charAt(i)
    if (char === escape) source += literally(pattern.charAt(++i))
    else source += char === "%" ? ".*" : char === "_" ? "." : literally(char)
  }
  return source
}

function globSource(pattern: string): string {
  return pattern.replace(/\[!|\[|\]|\*|\?|[^[\]*?]/gu, (char) => {
    if (char === "*") return ".*"
    if (char === "?") return "."
    if (char === "[!") return "[^"
    return char === "[" || char === "]" ? char : literally(char)
  })
}

function literally(char: string): string {
  return char.replace(/[\\^$.*+?()[\]{}|/-]/g, "\\$&")
}

function called(call: Call, args: readonly Value[]): Value {
  if (args.includes(null)) return null
  const [first = "", second = "", third] = args.map((arg) =>
    typeof arg === "number" ? arg : String(arg),
  )
  const text = String(first)
  switch (call.name.at(-1)?.text.toLowerCase()) {
    case "lower":
    case "lcase":
      return text.toLowerCase()
    case "upper":
    case "ucase":
      return text.toUpperCase()
    case "length":
    case "len":
      return [...text].length
    case "starts_with":
    case "prefix":
      return text.startsWith(String(second))
    case "ends_with":
    case "suffix":
      return text.endsWith(String(second))
    case "contains":
      return text.includes(String(second))
    case "regexp_matches":
      return regex(String(second), call, third === "i").test(text)
    case "regexp_full_match":
      return regex(`^(?:${second})$`, call, third === "i").test(text)
    case "left":
      return [...text].slice(0, Number(second)).join("")
    case "right":
      return Number(second) > 0 ? [...text].slice(-Number(second)).join("") : ""
    case "strlen":
      return new TextEncoder().encode(text).length
    case "substr":
    case "substring":
      return [...text]
        .slice(
          Number(second) - 1,
          third === undefined ? undefined : Number(second) - 1 + Number(third),
        )
        .join("")
    case "replace":
      return text.replaceAll(String(second), String(third ?? ""))
    case "reverse":
      return [...text].reverse().join("")
    case "trim":
      return text.trim()
    case "concat":
      return args.join("")
  }
  throw new NoPredicate(call)
}
