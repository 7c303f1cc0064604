/** Kinds of tokens, as small integers: the parser switches on them. */
export const END = 0
export const WORD = 1
export const QUOTED = 2
export const NUMBER = 3
export const STRING = 4
export const PARAMETER = 5
export const OPERATOR = 6

/**
 * Tokens as parallel arrays, so that a file of 10,000 tokens makes four arrays and not 10,000
 * objects. `text` is a word in upper case, an operator, digits without underscores, an unescaped
 * string or name. The last token is END, of zero width.
 */
export interface Tokens {
  readonly kinds: number[]
  readonly starts: number[]
  readonly ends: number[]
  readonly texts: string[]
  readonly comments: { readonly start: number; readonly end: number }[]
  readonly errors: { readonly start: number; readonly end: number; readonly problem: string }[]
}

const OPERATORS3 = new Set(["->>", "<=>", "!~~", "~~*", "!~*", "..."])
const OPERATORS2 = new Set([
  "<=",
  ">=",
  "<>",
  "!=",
  "==",
  "||",
  "::",
  "->",
  "=>",
  ":=",
  "//",
  "<<",
  ">>",
  "**",
  "!~",
  "~*",
  "~~",
  "@>",
  "<@",
  "&&",
  "^@",
])

/** The tokens of `text` from `from` to `to`; offsets are those of the whole text. Never throws. */
export function lex(text: string, from = 0, to = text.length): Tokens {
  const kinds: number[] = []
  const starts: number[] = []
  const ends: number[] = []
  const texts: string[] = []
  const comments: { start: number; end: number }[] = []
  const errors: { start: number; end: number; problem: string }[] = []
  let at = from

  const push = (kind: number, start: number, value: string) => {
    kinds.push(kind)
    starts.push(start)
    ends.push(at)
    texts.push(value)
  }

  while (at < to) {
    const start = at
    const code = text.charCodeAt(at)
    if (isBlank(code)) {
      at++
    } else if (isWordStart(code)) {
      if ((code === 101 || code === 69) && text.charCodeAt(at + 1) === 39) {
        at++
        push(STRING, start, escapedString())
        continue
      }
      if ((code === 120 || code === 88) && text.charCodeAt(at + 1) === 39) {
        at++
        push(STRING, start, plainQuoted(39, "string"))
        continue
      }
      at++
      while (at < to && isWordPart(text.charCodeAt(at))) at++
      push(WORD, start, text.slice(start, at).toUpperCase())
    } else if (isDigit(code) || (code === 46 && isDigit(text.charCodeAt(at + 1)))) {
      number()
      push(NUMBER, start, text.slice(start, at).replaceAll("_", ""))
    } else if (code === 39) {
      push(STRING, start, plainQuoted(39, "string"))
    } else if (code === 34) {
      push(QUOTED, start, plainQuoted(34, "quoted name"))
    } else if (code === 45 && text.charCodeAt(at + 1) === 45) {
      while (at < to && text.charCodeAt(at) !== 10) at++
      comments.push({ start, end: at })
    } else if (code === 47 && text.charCodeAt(at + 1) === 42) {
      blockComment()
    } else if (code === 36) {
      dollar()
    } else if (code === 63) {
      at++
      push(PARAMETER, start, "?")
    } else {
      operator()
    }
  }
  at = to
  push(END, to, "")
  return { kinds, starts, ends, texts, comments, errors }

  function number(): void {
    if (text.charCodeAt(at) === 48 && /[xX]/.test(text[at + 1] ?? "")) {
      at += 2
      while (at < to && /[0-9a-fA-F_]/.test(text[at] ?? "")) at++
      return
    }
    digits()
    if (text.charCodeAt(at) === 46 && text.charCodeAt(at + 1) !== 46) {
      at++
      digits()
    }
    const e = text.charCodeAt(at)
    if (e !== 101 && e !== 69) return
    const sign = text.charCodeAt(at + 1)
    const first = sign === 43 || sign === 45 ? at + 2 : at + 1
    if (!isDigit(text.charCodeAt(first))) return
    at = first
    digits()
  }

  function digits(): void {
    while (at < to && (isDigit(text.charCodeAt(at)) || text.charCodeAt(at) === 95)) at++
  }

  /** Doubled quotes stand for one. */
  function plainQuoted(quote: number, what: string): string {
    const start = at++
    let value = ""
    let from = at
    while (at < to) {
      if (text.charCodeAt(at) !== quote) at++
      else if (text.charCodeAt(at + 1) === quote) {
        value += text.slice(from, at + 1)
        at += 2
        from = at
      } else {
        value += text.slice(from, at++)
        return value
      }
    }
    errors.push({ start, end: start + 1, problem: `this ${what} is not closed` })
    return value + text.slice(from, at)
  }

  function escapedString(): string {
    const start = at++
    let value = ""
    while (at < to) {
      const c = text[at] ?? ""
      if (c === "'" && text[at + 1] === "'") {
        value += "'"
        at += 2
      } else if (c === "'") {
        at++
        return value
      } else if (c === "\\" && at + 1 < to) {
        const escape = text[at + 1] ?? ""
        value +=
          ({ n: "\n", t: "\t", r: "\r", b: "\b", f: "\f" } as Record<string, string>)[escape] ??
          escape
        at += 2
      } else {
        value += c
        at++
      }
    }
    errors.push({ start, end: start + 1, problem: "this string is not closed" })
    return value
  }

  function blockComment(): void {
    const start = at
    let depth = 0
    while (at < to) {
      if (text.charCodeAt(at) === 47 && text.charCodeAt(at + 1) === 42) {
        depth++
        at += 2
      } else if (text.charCodeAt(at) === 42 && text.charCodeAt(at + 1) === 47) {
        at += 2
        if (--depth === 0) return void comments.push({ start, end: at })
      } else at++
    }
    errors.push({ start, end: start + 2, problem: "this comment is not closed" })
  }

  /** `$1`, `$name`, `$$text$$`, `$tag$text$tag$`. */
  function dollar(): void {
    const start = at
    const tag = /^\$(?:[A-Za-z_][A-Za-z0-9_]*)?\$/.exec(text.slice(at, at + 64))?.[0]
    if (tag !== undefined) {
      const close = text.indexOf(tag, at + tag.length)
      if (close < 0 || close + tag.length > to) {
        errors.push({
          start,
          end: start + tag.length,
          problem: "this dollar-quoted string is not closed",
        })
        at = to
        return push(STRING, start, text.slice(start + tag.length, to))
      }
      at = close + tag.length
      return push(STRING, start, text.slice(start + tag.length, close))
    }
    at++
    while (at < to && isWordPart(text.charCodeAt(at))) at++
    push(PARAMETER, start, text.slice(start + 1, at))
  }

  function operator(): void {
    const start = at
    const three = text.slice(at, at + 3)
    const two = three.slice(0, 2)
    if (OPERATORS3.has(three)) at += 3
    else if (OPERATORS2.has(two)) at += 2
    else at++
    const value = text.slice(start, at)
    if (value.length === 1 && !"()[]{},.;:+-*/%^=<>&|~!@#".includes(value))
      errors.push({ start, end: at, problem: `unexpected character \`${value}\`` })
    else push(OPERATOR, start, value)
  }
}

function isBlank(code: number): boolean {
  return code === 32 || (code >= 9 && code <= 13) || code === 160 || code === 0xfeff
}

function isDigit(code: number): boolean {
  return code >= 48 && code <= 57
}

function isWordStart(code: number): boolean {
  return (
    (code >= 97 && code <= 122) ||
    (code >= 65 && code <= 90) ||
    code === 95 ||
    (code > 127 && code !== 160 && code !== 0xfeff)
  )
}

function isWordPart(code: number): boolean {
  return isWordStart(code) || isDigit(code) || code === 36
}
