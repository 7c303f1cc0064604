import type { SourceText, Span } from "../../base/span.js"
import {
  constantOf,
  jinjaPieces,
  type JinjaExpr,
  type JinjaPiece,
  type JinjaValue,
} from "../../syntax/jinja.js"

// Macros that are SQL with their arguments put in are written out where they are called, as the template engine would:
// those of the project without control flow, and the cross-database ones that dbt and dbt_utils have for DuckDB.

type Call = Extract<JinjaExpr, { readonly kind: "call" }>

/** What the argument of a name is: a text, or a list of them. */
type Arguments = ReadonlyMap<string, JinjaValue>

interface Parameter {
  readonly name: string
  readonly standard: JinjaValue | undefined
}

interface Macro {
  readonly parameters: readonly Parameter[]
  /** Texts, and what is put between them; undefined where the macro decides or computes anything. */
  readonly body: readonly (string | JinjaExpr)[] | undefined
}

/** A macro calls another one, and that one more, but none itself. */
const DEEPEST = 8

export class Macros {
  private readonly own = new Map<string, Macro>()
  private readonly plainFiles = new Set<string>()

  /** Reads the files of the macros of the project of this name. */
  constructor(
    private readonly project: string,
    files: readonly SourceText[],
  ) {
    for (const { file, text } of files) {
      const found = macrosIn(text)
      for (const [name, macro] of found) this.own.set(name, macro)
      const isOther = /\{%-?\s*(?:test|snapshot|materialization)\b/.test(text)
      const isPlain = [...found.values()].every(({ body }) => body !== undefined)
      if (found.size > 0 && isPlain && !isOther) this.plainFiles.add(file)
    }
  }

  /** The SQL of a call; undefined where only a template engine can say it. */
  expand(call: Call): string | undefined {
    return this.call(call, new Map(), DEEPEST)
  }

  /** Whether every macro of a file can be written out where it is called. */
  areAllPlain({ file }: SourceText): boolean {
    return this.plainFiles.has(file)
  }

  private call(call: Call, outer: Arguments, depth: number): string | undefined {
    if (depth === 0) return undefined
    const values = call.args.map((arg) => this.value(arg, outer, depth))
    const named = call.named.map(
      ({ name, value }) => [name, this.value(value, outer, depth)] as const,
    )
    const [, from, name = call.name] = /^(\w+)\.(\w+)$/.exec(call.name) ?? []
    const macro = from === undefined || from === this.project ? this.own.get(name) : undefined
    if (macro) {
      const args = boundTo(macro.parameters, values, named)
      return args && this.written(macro, args, depth)
    }
    const isDbts = from === "dbt" || from === "dbt_utils"
    return isDbts && named.length === 0 ? OWN_OF_DBT.get(name)?.(...values) : undefined
  }

  private written({ body }: Macro, args: Arguments, depth: number): string | undefined {
    const parts = body?.map((part) =>
      typeof part === "string" ? part : textOf(this.value(part, args, depth)),
    )
    if (!parts || parts.some((part) => part === undefined)) return undefined
    const text = parts.join("")
    // A comment ends with its line.
    return text.includes("--") ? text : text.trim()
  }

  private value(expr: JinjaExpr, args: Arguments, depth: number): JinjaValue | undefined {
    if (expr.kind === "name") return args.get(expr.name)
    if (expr.kind === "call") {
      const dispatched = DISPATCH.exec(expr.name)?.[1]
      const name = dispatched === undefined ? expr.name : this.dispatched(dispatched)
      return this.call({ ...expr, name }, args, depth - 1)
    }
    if (expr.kind !== "list") return constantOf(expr)
    const items = expr.items.map((item) => this.value(item, args, depth))
    return items.some((item) => item === undefined) ? undefined : (items as JinjaValue[])
  }

  /** Of the macros of all databases the one of DuckDB, or the standard one. */
  private dispatched(name: string): string {
    return this.own.has(`duckdb__${name}`) ? `duckdb__${name}` : `default__${name}`
  }
}

/** How a call of `adapter.dispatch('name')(…)` is named within the body of a macro. */
const DISPATCH = /^dispatch:(\w+)$/
const DISPATCHING =
  /^\{\{-?\s*(?:return\s*\(\s*)?adapter\s*\.\s*dispatch\s*\(\s*['"](\w+)['"][^()]*\)\s*(\([^()]*\))\s*\)?\s*-?\}\}$/

function macrosIn(text: string): Map<string, Macro> {
  const found = new Map<string, Macro>()
  const pieces = jinjaPieces(text, { start: 0, end: text.length })
  pieces.forEach((piece, i) => {
    if (piece.kind !== "statement" || piece.word !== "macro" || piece.expr.kind !== "call") return
    const end = pieces.findIndex(
      (one, k) => k > i && one.kind === "statement" && one.word === "endmacro",
    )
    const inside = pieces.slice(i + 1, end < 0 ? i + 1 : end)
    found.set(piece.expr.name, { parameters: parametersOf(piece.expr), body: bodyOf(text, inside) })
  })
  return found
}

function parametersOf({ args, named }: Call): Parameter[] {
  return [
    ...args.flatMap((arg) => (arg.kind === "name" ? { name: arg.name, standard: undefined } : [])),
    ...named.map(({ name, value }) => ({ name, standard: constantOf(value) })),
  ]
}

function bodyOf(
  text: string,
  pieces: readonly JinjaPiece[],
): readonly (string | JinjaExpr)[] | undefined {
  const body: (string | JinjaExpr)[] = []
  for (const piece of pieces) {
    if (piece.kind === "comment") continue
    if (piece.kind === "text") body.push(text.slice(piece.span.start, piece.span.end))
    else if (piece.kind === "output") {
      const expr = piece.expr.kind === "other" ? dispatchIn(text, piece.span) : piece.expr
      if (!expr) return undefined
      body.push(expr)
    } else return undefined
  }
  return body
}

/** `{{ return(adapter.dispatch('name')(a, b)) }}` as a call of `dispatch:name`. */
function dispatchIn(text: string, { start, end }: Span): JinjaExpr | undefined {
  const [, name, args] = DISPATCHING.exec(text.slice(start, end)) ?? []
  if (name === undefined || args === undefined) return undefined
  const call = `{{ ${name}${args} }}`
  const [piece] = jinjaPieces(call, { start: 0, end: call.length })
  if (piece?.kind !== "output" || piece.expr.kind !== "call") return undefined
  return { ...piece.expr, name: `dispatch:${name}`, span: { start, end } }
}

function boundTo(
  parameters: readonly Parameter[],
  values: readonly (JinjaValue | undefined)[],
  named: readonly (readonly [string, JinjaValue | undefined])[],
): Arguments | undefined {
  const given = new Map(named)
  const args = new Map<string, JinjaValue>()
  if (values.length > parameters.length) return undefined
  for (const [i, { name, standard }] of parameters.entries()) {
    const value = values[i] ?? given.get(name) ?? standard
    if (value === undefined) return undefined
    args.set(name, value)
  }
  return args
}

/** As a template engine prints it. */
function textOf(value: JinjaValue | undefined): string | undefined {
  return typeof value === "string" || typeof value === "number" ? String(value) : undefined
}

type Written = (...args: readonly (JinjaValue | undefined)[]) => string | undefined

/** The macro of so many texts. */
function of(count: number, write: (...texts: readonly string[]) => string): Written {
  return (...args) => {
    const texts = args.map(textOf)
    const isWhole = texts.length === count && texts.every((text) => text !== undefined)
    return isWhole ? write(...texts) : undefined
  }
}

/** The macro of a list of texts. */
function ofList(write: (texts: readonly string[]) => string): Written {
  return (list, ...more) => {
    const texts = Array.isArray(list) ? (list as readonly JinjaValue[]).map(textOf) : []
    const isWhole =
      more.length === 0 && texts.length > 0 && texts.every((text) => text !== undefined)
    return isWhole ? write(texts) : undefined
  }
}

const lastDay = of(1, (at = "") => `last_day(${at})`)

const datediff = of(3, (from = "", to = "", part = "") => {
  const [first, second] = [from, to].map((at) => `CAST(${at} AS TIMESTAMP)`)
  return `date_diff('${part}', ${first}, ${second})`
})

// What NULL is in a key, so that it differs from an empty text.
const NO_VALUE = "_dbt_utils_surrogate_key_null_"

/** What dbt's own macros, and the commonest of dbt_utils, say on DuckDB. */
const OWN_OF_DBT: ReadonlyMap<string, Written> = new Map(
  Object.entries({
    date_trunc: of(2, (part = "", at = "") => `date_trunc('${part}', ${at})`),
    datediff: (...args) => (args[2] === "week" ? undefined : datediff(...args)),
    dateadd: of(3, (part = "", count = "", at = "") => `${at} + INTERVAL (${count}) ${part}`),
    last_day: (at, part) => (part === "month" ? lastDay(at) : undefined),
    current_timestamp: of(0, () => "now()"),
    safe_cast: of(2, (value = "", type = "") => `TRY_CAST(${value} AS ${type})`),
    cast: of(2, (value = "", type = "") => `CAST(${value} AS ${type})`),
    hash: of(1, (value = "") => `md5(CAST(${value} AS VARCHAR))`),
    length: of(1, (value = "") => `length(${value})`),
    replace: of(3, (value = "", from = "", to = "") => `replace(${value}, ${from}, ${to})`),
    safe_divide: of(2, (over = "", by = "") => `(${over}) / nullif((${by}), 0)`),
    bool_or: of(1, (value = "") => `bool_or(${value})`),
    any_value: of(1, (value = "") => `any_value(${value})`),
    concat: ofList((values) => values.join(" || ")),
    generate_surrogate_key: ofList((values) => {
      const parts = values.map((value) => `coalesce(CAST(${value} AS VARCHAR), '${NO_VALUE}')`)
      return `md5(${parts.join(" || '-' || ")})`
    }),
    type_string: of(0, () => "VARCHAR"),
    type_int: of(0, () => "INTEGER"),
    type_bigint: of(0, () => "BIGINT"),
    type_float: of(0, () => "FLOAT"),
    type_numeric: of(0, () => "DECIMAL(28, 6)"),
    type_boolean: of(0, () => "BOOLEAN"),
    type_timestamp: of(0, () => "TIMESTAMP"),
  }),
)
