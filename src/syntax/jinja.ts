import type { Span } from "../base/span.js"

// Templates as dbt has them, cut into pieces; what stands in the delimiters is read as an expression. A string in an
// expression may hold what looks like a delimiter, and so may a raw block.

/** An expression; what is none of these kinds, such as an operator or a filter, is `other`. */
export type JinjaExpr = { readonly span: Span } & (
  | { readonly kind: "literal"; readonly value: string | number | boolean | null }
  /** `target.name` is one name. */
  | { readonly kind: "name"; readonly name: string }
  | {
      readonly kind: "call"
      readonly name: string
      readonly args: readonly JinjaExpr[]
      readonly named: readonly NamedArgument[]
    }
  | { readonly kind: "list"; readonly items: readonly JinjaExpr[] }
  | { readonly kind: "map"; readonly entries: readonly (readonly [JinjaExpr, JinjaExpr])[] }
  | { readonly kind: "not"; readonly operand: JinjaExpr }
  | { readonly kind: "other" }
)

export interface NamedArgument {
  readonly name: string
  readonly value: JinjaExpr
  readonly span: Span
}

export type JinjaPiece = { readonly span: Span } & (
  | { readonly kind: "text" }
  | { readonly kind: "output"; readonly expr: JinjaExpr }
  /** `{% if x %}`: its first word, and the rest. */
  | { readonly kind: "statement"; readonly word: string; readonly expr: JinjaExpr }
  | { readonly kind: "comment"; readonly body: Span }
  /** A delimiter without its end. */
  | { readonly kind: "unclosed" }
)

type Value = string | number | boolean | null | readonly Value[] | { readonly [key: string]: Value }
export type { Value as JinjaValue }

interface Token extends Span {
  readonly kind: "name" | "string" | "number" | "symbol"
  readonly text: string
}

/** Whether a text may have Jinja at all. */
export function hasJinja(text: string): boolean {
  return /\{[{%#]/.test(text)
}

/** The pieces of a stretch of a text, in its order; together they are the whole of it. */
export function jinjaPieces(text: string, { start, end }: Span): JinjaPiece[] {
  const pieces: JinjaPiece[] = []
  let at = start
  let from = start
  const flush = (to: number) => {
    if (to > from) pieces.push({ kind: "text", span: { start: from, end: to } })
  }
  while (at < end) {
    at = text.indexOf("{", at)
    if (at < 0 || at >= end) break
    const piece = pieceAt(text, at, end)
    if (!piece) at++
    else {
      flush(at)
      pieces.push(piece)
      at = from = piece.span.end
      if (piece.kind === "statement" && piece.word === "raw") {
        const close = /\{%-?\s*endraw\s*-?%\}/.exec(text.slice(at, end))
        at = close ? at + close.index : end
      }
    }
  }
  flush(end)
  return pieces
}

function pieceAt(text: string, start: number, limit: number): JinjaPiece | undefined {
  const mark = text.charAt(start + 1)
  if (mark === "#") {
    const close = text.indexOf("#}", start + 2)
    if (close < 0 || close >= limit) return { kind: "unclosed", span: { start, end: limit } }
    const isTrimmed = (at: number) => Number(/[-+]/.test(text.charAt(at)) && close > start + 3)
    const body = { start: start + 2 + isTrimmed(start + 2), end: close - isTrimmed(close - 1) }
    return { kind: "comment", span: { start, end: close + 2 }, body }
  }
  if (mark !== "{" && mark !== "%") return undefined
  const isTrimming = /[-+]/.test(text.charAt(start + 2))
  const from = start + (isTrimming ? 3 : 2)
  const { tokens, end } = tokensOf(text, from, limit, mark === "{" ? "}}" : "%}")
  if (end === undefined) return { kind: "unclosed", span: { start, end: limit } }
  const span = { start, end }
  if (mark === "{") return { kind: "output", span, expr: new Reader(tokens, span).whole() }
  const [word, ...rest] = tokens
  return { kind: "statement", span, word: word?.text ?? "", expr: new Reader(rest, span).whole() }
}

/** The tokens up to the closing delimiter; `end` is behind it, undefined where there is none. */
function tokensOf(
  text: string,
  start: number,
  limit: number,
  closing: string,
): { tokens: Token[]; end: number | undefined } {
  const tokens: Token[] = []
  let depth = 0
  let at = start
  while (at < limit) {
    const rest = text.slice(at, Math.min(limit, at + 3))
    if (depth === 0 && (rest.startsWith(closing) || /^[-+]/.test(rest))) {
      const length = rest.startsWith(closing) ? 2 : rest.slice(1) === closing ? 3 : 0
      if (length > 0) return { tokens, end: at + length }
    }
    const token = tokenAt(text, at, limit)
    if (!token) at++
    else {
      if (token.kind === "symbol" && /^[{([]$/.test(token.text)) depth++
      if (token.kind === "symbol" && /^[})\]]$/.test(token.text)) depth = Math.max(0, depth - 1)
      tokens.push(token)
      at = token.end
    }
  }
  return { tokens, end: undefined }
}

const WORD = /[A-Za-z_]\w*/y
const NUMBER = /\d+(?:\.\d+)?/y

/** Undefined at white space. */
function tokenAt(text: string, start: number, limit: number): Token | undefined {
  const char = text.charAt(start)
  if (/\s/.test(char)) return undefined
  if (char === "'" || char === '"') {
    let at = start + 1
    while (at < limit && text.charAt(at) !== char) at += text.charAt(at) === "\\" ? 2 : 1
    return { kind: "string", text: unescaped(text.slice(start + 1, at)), start, end: at + 1 }
  }
  for (const [kind, pattern] of [["name", WORD] as const, ["number", NUMBER] as const]) {
    pattern.lastIndex = start
    const found = pattern.exec(text)?.[0]
    if (found !== undefined) return { kind, text: found, start, end: start + found.length }
  }
  return { kind: "symbol", text: char, start, end: start + 1 }
}

function unescaped(text: string): string {
  const named: Readonly<Record<string, string>> = { n: "\n", t: "\t", r: "\r" }
  return text.replace(/\\([\s\S])/g, (_, letter: string) => named[letter] ?? letter)
}

const CONSTANTS: ReadonlyMap<string, boolean | null> = new Map([
  ["true", true],
  ["True", true],
  ["false", false],
  ["False", false],
  ["none", null],
  ["None", null],
])

/** Thrown where the tokens are no expression of the kinds that are read. */
class Unread extends Error {}

class Reader {
  private at = 0

  constructor(
    private readonly tokens: readonly Token[],
    private readonly around: Span,
  ) {}

  whole(): JinjaExpr {
    try {
      const expr = this.negation()
      if (this.at === this.tokens.length) return expr
    } catch (error) {
      if (!(error instanceof Unread)) throw error
    }
    return { kind: "other", span: this.around }
  }

  private negation(): JinjaExpr {
    const token = this.tokens[this.at]
    if (token?.kind !== "name" || token.text !== "not") return this.postfix()
    this.at++
    const operand = this.negation()
    return { kind: "not", operand, span: { start: token.start, end: operand.span.end } }
  }

  private postfix(): JinjaExpr {
    let expr = this.primary()
    for (;;) {
      if (this.takes("(")) expr = this.call(expr)
      else if (expr.kind === "name" && this.takes(".")) {
        const part = this.next()
        if (part.kind !== "name") throw new Unread()
        const span = { start: expr.span.start, end: part.end }
        expr = { kind: "name", name: `${expr.name}.${part.text}`, span }
      } else return expr
    }
  }

  private call(callee: JinjaExpr): JinjaExpr {
    if (callee.kind !== "name") throw new Unread()
    const args: JinjaExpr[] = []
    const named: NamedArgument[] = []
    while (!this.takes(")")) {
      const [name, equals] = [this.tokens[this.at], this.tokens[this.at + 1]]
      if (name?.kind === "name" && equals?.text === "=" && equals.kind === "symbol") {
        this.at += 2
        const value = this.negation()
        named.push({ name: name.text, value, span: { start: name.start, end: value.span.end } })
      } else args.push(this.negation())
      if (!this.takes(",") && !this.sees(")")) throw new Unread()
    }
    const span = { start: callee.span.start, end: this.end() }
    return { kind: "call", name: callee.name, args, named, span }
  }

  private primary(): JinjaExpr {
    const token = this.next()
    const { kind, text, start } = token
    const span = { start, end: token.end }
    if (kind === "string") return { kind: "literal", value: text, span }
    if (kind === "number") return { kind: "literal", value: Number(text), span }
    if (kind === "name") {
      const constant = CONSTANTS.get(text)
      return constant === undefined
        ? { kind: "name", name: text, span }
        : { kind: "literal", value: constant, span }
    }
    if (text === "[") {
      const items = this.listed("]", () => this.negation())
      return { kind: "list", items, span: { start, end: this.end() } }
    }
    if (text === "{") {
      const entries = this.listed("}", () => this.pair())
      return { kind: "map", entries, span: { start, end: this.end() } }
    }
    if (text === "-" && this.tokens[this.at]?.kind === "number") {
      const number = this.next()
      const value = -Number(number.text)
      return { kind: "literal", value, span: { start, end: number.end } }
    }
    throw new Unread()
  }

  private pair(): readonly [JinjaExpr, JinjaExpr] {
    const key = this.negation()
    if (!this.takes(":")) throw new Unread()
    return [key, this.negation()]
  }

  private listed<T>(closing: string, item: () => T): T[] {
    const items: T[] = []
    while (!this.takes(closing)) {
      items.push(item())
      if (!this.takes(",") && !this.sees(closing)) throw new Unread()
    }
    return items
  }

  private next(): Token {
    const token = this.tokens[this.at++]
    if (!token) throw new Unread()
    return token
  }

  private end(): number {
    return this.tokens[this.at - 1]?.end ?? this.around.end
  }

  private sees(symbol: string): boolean {
    const token = this.tokens[this.at]
    return token?.kind === "symbol" && token.text === symbol
  }

  private takes(symbol: string): boolean {
    const sees = this.sees(symbol)
    if (sees) this.at++
    return sees
  }
}

/** The value of an expression that is one as it stands; undefined where it is not. */
export function constantOf(expr: JinjaExpr): Value | undefined {
  switch (expr.kind) {
    case "literal":
      return expr.value
    case "list": {
      const items = expr.items.map(constantOf)
      return items.some((item) => item === undefined) ? undefined : (items as Value[])
    }
    case "map": {
      const entries = expr.entries.map(([key, value]) => [constantOf(key), constantOf(value)])
      if (entries.some(([key, value]) => typeof key !== "string" || value === undefined))
        return undefined
      return Object.fromEntries(entries) as Readonly<Record<string, Value>>
    }
    default:
      return undefined
  }
}

/** The arguments of a call of this name that are all texts; undefined where it is not. */
export function textArguments(expr: JinjaExpr, name: string): readonly string[] | undefined {
  if (expr.kind !== "call" || expr.name !== name || expr.named.length > 0) return undefined
  const values = expr.args.map(constantOf)
  return values.every((value) => typeof value === "string") ? values : undefined
}

export interface IncrementalBlock {
  /** The number of its last piece. */
  readonly last: number
  /** What goes, in order: all of it, or what stands around the pieces that are kept. */
  readonly dropped: readonly Span[]
  /** Numbers of the pieces that stand for a run over all rows, the second one exclusive. */
  readonly kept: readonly [from: number, to: number] | undefined
}

/** The block that begins at piece `i`, where it asks `is_incremental()` alone; undefined with an `elif` or no end. */
export function incrementalBlock(
  pieces: readonly JinjaPiece[],
  i: number,
): IncrementalBlock | undefined {
  const opening = pieces[i]
  if (opening?.kind !== "statement" || opening.word !== "if") return undefined
  const { expr } = opening
  const isOpposite = expr.kind === "not"
  const asked = isOpposite ? expr.operand : expr
  if (asked.kind !== "call" || asked.name !== "is_incremental") return undefined
  const branches = branchesOf(pieces, i)
  const last = branches?.at(-1)
  const end = pieces[last ?? i]?.span.end
  if (!branches || last === undefined || end === undefined) return undefined
  const [, second = last] = branches
  const [from, to] = isOpposite ? [i, second] : [second, last]
  const { start } = opening.span
  if (from === to) return { last, dropped: [{ start, end }], kept: undefined }
  const dropped = [
    { start, end: pieces[from]?.span.end ?? start },
    { start: pieces[to]?.span.start ?? end, end },
  ]
  return { last, dropped, kept: [from + 1, to] }
}

/** Numbers of `if`, `else` and `endif`. */
function branchesOf(pieces: readonly JinjaPiece[], i: number): readonly number[] | undefined {
  const found = [i]
  let depth = 0
  for (let k = i + 1; k < pieces.length; k++) {
    const piece = pieces[k]
    if (piece?.kind !== "statement") continue
    if (piece.word === "if") depth++
    else if (piece.word === "endif" && depth-- === 0) return [...found, k]
    else if (depth === 0 && piece.word === "elif") return undefined
    else if (depth === 0 && piece.word === "else") found.push(k)
  }
  return undefined
}

export type JinjaPlace = "code" | "text" | "name" | "line-comment" | "comment"

/** Where each piece stands: quotes and comments of the SQL around it. */
export function jinjaPlaces(text: string, pieces: readonly JinjaPiece[]): JinjaPlace[] {
  let place: JinjaPlace = "code"
  return pieces.map(({ kind, span }) => {
    const found = place
    if (kind === "text") place = after(text.slice(span.start, span.end), place)
    return found
  })
}

const OPENING: Readonly<Record<string, JinjaPlace>> = {
  "'": "text",
  '"': "name",
  "--": "line-comment",
  "/*": "comment",
}
const CLOSING: Readonly<Record<JinjaPlace, string>> = {
  code: "",
  text: "'",
  name: '"',
  "line-comment": "\n",
  comment: "*/",
}

function after(text: string, before: JinjaPlace): JinjaPlace {
  let place = before
  for (let at = 0; at < text.length; at++) {
    const pair = text.slice(at, at + 2)
    if (place === "code") {
      const opening = OPENING[pair] ?? OPENING[text.charAt(at)]
      if (!opening) continue
      place = opening
      if (OPENING[pair]) at++
    } else if (text.startsWith(CLOSING[place], at)) {
      at += CLOSING[place].length - 1
      place = "code"
    }
  }
  return place
}
