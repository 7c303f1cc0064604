import { array, scalar, SCALAR_NAMES, list, type ScalarName, type SqlType } from "../types/type.js"
import { conversion, commonType, isInteger, isNumeric } from "../types/coercion.js"

/**
 * What a function takes and gives, read from one line of text:
 *
 *   (VARCHAR, BIGINT, BIGINT?) VARCHAR      `?` may be left out, a last `T...` repeats
 *   (T, T...) T                             a single capital is a type variable: the common type
 *   (FLOAT[n], FLOAT[n]) FLOAT              arrays of any size; where a list is taken, an array is too
 *   (T[], LAMBDA) T[]                       N: any number, I: any integer, both kept as they are
 *   (ANY) BIGINT                            ANY takes everything as it is
 */
export interface Signature {
  readonly text: string
  readonly params: readonly Param[]
  /** How many arguments at least. */
  readonly required: number
  /** The last parameter repeats. */
  readonly variadic: boolean
  readonly result: Pattern | ResultRule
}

/** The result where no pattern can say it, e.g. the growth of DECIMAL. */
export type ResultRule = (args: readonly SqlType[]) => SqlType | undefined

export interface Param {
  readonly pattern: Pattern
  readonly optional: boolean
}

export type Pattern =
  | { readonly kind: "type"; readonly type: SqlType }
  | { readonly kind: "variable"; readonly name: string }
  | { readonly kind: "list" | "array"; readonly element: Pattern }
  | { readonly kind: "map"; readonly key: Pattern; readonly value: Pattern }
  | { readonly kind: "struct" | "union" | "any" | "lambda" | "decimal" | "enum" }

/** A call that fits: what each argument becomes, and the type of the whole. */
export interface Match {
  readonly params: readonly SqlType[]
  readonly type: SqlType
  /** How far the arguments are from what is wanted; 0 is exact. */
  readonly cost: number
}

export function signature(text: string, rule?: ResultRule): Signature {
  const close = closing(text)
  const inner = text.slice(1, close).trim()
  const parts = inner === "" ? [] : split(inner)
  const params = parts.map((part) => ({
    pattern: pattern(part.replace(/\?$|\.\.\.$/, "").trim()),
    optional: part.endsWith("?"),
  }))
  return {
    text,
    params,
    required: params.filter((param) => !param.optional).length,
    variadic: inner.endsWith("..."),
    result: rule ?? pattern(text.slice(close + 1).trim()),
  }
}

/** The match of `args` with `wanted`, if they convert to what it takes. */
export function match(wanted: Signature, args: readonly SqlType[]): Match | undefined {
  const minimum = wanted.required - (wanted.variadic ? 1 : 0)
  if (args.length < minimum) return undefined
  if (args.length > wanted.params.length && !wanted.variadic) return undefined
  const variables = new Map<string, SqlType>()
  const patterns = args.map((_, i) => wanted.params[Math.min(i, wanted.params.length - 1)]?.pattern)
  for (const [i, arg] of args.entries()) {
    const one = patterns[i]
    if (!one || !bind(one, arg, variables)) return undefined
  }
  let cost = 0
  const params: SqlType[] = []
  for (const [i, arg] of args.entries()) {
    const param = instantiate(patterns[i] ?? { kind: "any" }, arg, variables)
    const step = conversion(arg, param)
    if (step === undefined) return undefined
    cost += step
    params.push(param)
  }
  const type =
    typeof wanted.result === "function" ? wanted.result(params) : fill(wanted.result, variables)
  return type && { params, type, cost }
}

function bind(wanted: Pattern, found: SqlType, variables: Map<string, SqlType>): boolean {
  if (found.kind === "null" || found.kind === "unknown") {
    if (wanted.kind === "variable" && !variables.has(wanted.name)) variables.set(wanted.name, found)
    return true
  }
  switch (wanted.kind) {
    case "type":
    case "any":
    case "lambda":
      return true
    case "decimal":
    case "struct":
    case "union":
    case "enum":
      return found.kind === wanted.kind
    case "list":
      return (
        (found.kind === "list" || found.kind === "array") &&
        bind(wanted.element, found.element, variables)
      )
    case "array":
      return found.kind === "array" && bind(wanted.element, found.element, variables)
    case "map":
      return (
        found.kind === "map" &&
        bind(wanted.key, found.key, variables) &&
        bind(wanted.value, found.value, variables)
      )
    case "variable":
      return bindVariable(wanted.name, found, variables)
  }
}

function bindVariable(name: string, found: SqlType, variables: Map<string, SqlType>): boolean {
  if (name === "N" && !isNumeric(found)) return false
  if (name === "I" && !isInteger(found)) return false
  const bound = variables.get(name)
  const type = bound ? commonType(bound, found) : found
  if (type) variables.set(name, type)
  return type !== undefined
}

function instantiate(
  wanted: Pattern,
  found: SqlType,
  variables: ReadonlyMap<string, SqlType>,
): SqlType {
  if (wanted.kind === "array" && found.kind === "array") {
    const element = fill(wanted.element, variables) ?? found.element
    return array(element, found.size)
  }
  const filled = fill(wanted, variables)
  return filled ?? found
}

function fill(wanted: Pattern, variables: ReadonlyMap<string, SqlType>): SqlType | undefined {
  switch (wanted.kind) {
    case "type":
      return wanted.type
    case "variable":
      return variables.get(wanted.name)
    case "list": {
      const element = fill(wanted.element, variables)
      return element && list(element)
    }
    case "map": {
      const key = fill(wanted.key, variables)
      const value = fill(wanted.value, variables)
      return key && value && { kind: "map", key, value }
    }
    default:
      return undefined
  }
}

function pattern(text: string): Pattern {
  if (text.endsWith("[n]")) return { kind: "array", element: pattern(text.slice(0, -3)) }
  if (text.endsWith("[]")) return { kind: "list", element: pattern(text.slice(0, -2)) }
  if (/^[A-Z]$/.test(text)) return { kind: "variable", name: text }
  const map = /^MAP\((.+), (.+)\)$/.exec(text)
  if (map) return { kind: "map", key: pattern(map[1] ?? ""), value: pattern(map[2] ?? "") }
  if (isScalarName(text)) return { kind: "type", type: scalar(text) }
  const kinds = {
    ANY: "any",
    LAMBDA: "lambda",
    DECIMAL: "decimal",
    STRUCT: "struct",
    UNION: "union",
    ENUM: "enum",
  } as const
  return { kind: kinds[text as keyof typeof kinds] ?? "any" }
}

function isScalarName(text: string): text is ScalarName {
  return (SCALAR_NAMES as readonly string[]).includes(text)
}

function closing(text: string): number {
  let depth = 0
  for (let i = 0; i < text.length; i++) {
    if (text[i] === "(") depth++
    else if (text[i] === ")" && --depth === 0) return i
  }
  return text.length
}

function split(text: string): string[] {
  const parts: string[] = []
  let depth = 0
  let start = 0
  for (let i = 0; i < text.length; i++) {
    if (text[i] === "(") depth++
    else if (text[i] === ")") depth--
    else if (text[i] === "," && depth === 0) {
      parts.push(text.slice(start, i).trim())
      start = i + 1
    }
  }
  parts.push(text.slice(start).trim())
  return parts
}
