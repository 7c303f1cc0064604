import type { TypeName } from "../syntax/ast.js"
import { typeOfName } from "./type-name.js"
import type { SqlType } from "./type.js"

const TOKEN = /\s*(?:([A-Za-z_][A-Za-z0-9_]*)|(\d+)|"((?:[^"]|"")*)"|'((?:[^']|'')*)'|([(),[\]]))/y

/** The type that a text such as `DECIMAL(12, 2)` or `STRUCT(a INT)[3]` names; undefined for none. */
export function parseType(text: string): SqlType | undefined {
  if (!known.has(text)) known.set(text, readType(text))
  return known.get(text)
}

const known = new Map<string, SqlType | undefined>()

function readType(text: string): SqlType | undefined {
  const tokens = tokenize(text)
  if (tokens === undefined) return undefined
  const enumeration = enumOf(tokens)
  if (enumeration) return enumeration
  const reader = new TypeReader(tokens)
  const name = reader.type()
  if (name === undefined || !reader.done) return undefined
  const type = typeOfName(name)
  return type.kind === "unknown" ? undefined : type
}

interface Token {
  readonly kind: "word" | "number" | "text" | "mark"
  readonly text: string
}

function tokenize(text: string): Token[] | undefined {
  const tokens: Token[] = []
  TOKEN.lastIndex = 0
  const end = text.trimEnd().length
  while (TOKEN.lastIndex < end) {
    const match = TOKEN.exec(text)
    if (!match) return undefined
    const [, word, number, quoted, string, mark] = match
    if (word !== undefined || quoted !== undefined)
      tokens.push({ kind: "word", text: word ?? quoted ?? "" })
    else if (number !== undefined) tokens.push({ kind: "number", text: number })
    else if (string !== undefined) tokens.push({ kind: "text", text: string.replaceAll("''", "'") })
    else tokens.push({ kind: "mark", text: mark ?? "" })
  }
  return tokens
}

function enumOf(tokens: readonly Token[]): SqlType | undefined {
  if (tokens[0]?.text.toUpperCase() !== "ENUM") return undefined
  return {
    kind: "enum",
    values: tokens.filter(({ kind }) => kind === "text").map(({ text }) => text),
  }
}

class TypeReader {
  private at = 0

  constructor(private readonly tokens: readonly Token[]) {}

  get done(): boolean {
    return this.at === this.tokens.length
  }

  type(): TypeName | undefined {
    const words: string[] = []
    while (this.tokens[this.at]?.kind === "word") words.push(this.take().text.toUpperCase())
    if (words.length === 0) return undefined
    const name = words.join(" ")
    const nested = ["STRUCT", "ROW", "MAP", "UNION"].includes(name)
    const args: number[] = []
    const fields: TypeName["fields"][number][] = []
    if (this.accept("(")) {
      do {
        if (!nested) args.push(Number(this.take().text))
        else {
          const field = name === "MAP" ? undefined : this.take().text
          const type = this.type()
          if (type === undefined) return undefined
          fields.push(
            field === undefined
              ? { type }
              : { name: { ...PLACE, kind: "name", text: field, quoted: false }, type },
          )
        }
      } while (this.accept(","))
      if (!this.accept(")")) return undefined
    }
    const sizes: (number | undefined)[] = []
    while (this.accept("[")) {
      sizes.push(this.tokens[this.at]?.kind === "number" ? Number(this.take().text) : undefined)
      if (!this.accept("]")) return undefined
    }
    return { ...PLACE, kind: "type-name", name, args, fields, dimensions: sizes.length, sizes }
  }

  private take(): Token {
    return this.tokens[this.at++] ?? { kind: "mark", text: "" }
  }

  private accept(mark: string): boolean {
    if (this.tokens[this.at]?.text !== mark) return false
    this.at++
    return true
  }
}

const PLACE = { id: 0, span: { start: 0, end: 0 } } as const
