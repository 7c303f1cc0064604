import { operatorAt, operatorOf, wordAt, type Spelling } from "./words.js"

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
 * objects. `spellings` has words of the grammar, in upper case, and operators; other words, names
 * and literals have "", and `literals.ts` reads their value when it is asked for. The last token is
 * END, of zero width.
 */
export interface Tokens {
  count: number
  readonly kinds: number[]
  readonly starts: number[]
  readonly ends: number[]
  readonly spellings: Spelling[]
  readonly comments: { readonly start: number; readonly end: number }[]
  readonly errors: LexicalError[]
}

export interface LexicalError {
  readonly start: number
  readonly end: number
  readonly problem: string
  readonly fix?: {
    readonly title: string
    readonly start: number
    readonly end: number
    readonly text: string
  }
}

// What a character of ASCII may begin; 0 is an operator or nothing. Beyond ASCII all are letters,
// but for the blanks.
const BLANK = 1
const LETTER = 2
const DIGIT = 3
const CLASSES = new Uint8Array(128)
for (const code of [9, 10, 11, 12, 13, 32]) CLASSES[code] = BLANK
for (let code = 48; code <= 57; code++) CLASSES[code] = DIGIT
for (let code = 65; code <= 90; code++) CLASSES[code] = CLASSES[code + 32] = LETTER
CLASSES[95] = LETTER

/** The tokens of `text` from `from` to `to`; offsets are those of the whole text. Never throws. */
export function lex(text: string, from = 0, to = text.length): Tokens {
  const room = ((to - from) >> 2) + 1 // for tokens of four characters with their blanks: most texts have fewer
  const tokens: Tokens = {
    count: 0,
    kinds: new Array<number>(room),
    starts: new Array<number>(room),
    ends: new Array<number>(room),
    spellings: new Array<Spelling>(room),
    comments: [],
    errors: [],
  }
  for (let at = from; at < to;) {
    const code = text.charCodeAt(at)
    const start = at++
    const shape = classOf(code)
    if (shape === BLANK) continue
    if (shape === LETTER && !(text.charCodeAt(at) === 39 && isStringPrefix(code))) {
      while (at < to && isWordPart(text.charCodeAt(at))) at++
      push(tokens, WORD, start, at, wordAt(text, start, at))
    } else at = special(tokens, text, start, to)
  }
  push(tokens, END, to, to, "")
  for (const list of [tokens.kinds, tokens.starts, tokens.ends, tokens.spellings])
    list.length = tokens.count
  return tokens
}

function push(tokens: Tokens, kind: number, start: number, end: number, spelling: Spelling): void {
  const at = tokens.count++
  tokens.kinds[at] = kind
  tokens.starts[at] = start
  tokens.ends[at] = end
  tokens.spellings[at] = spelling
}

/** Adds the token or the comment that is no plain word, and gives its end. */
function special(tokens: Tokens, text: string, start: number, to: number): number {
  const code = text.charCodeAt(start)
  const next = text.charCodeAt(start + 1)
  if (isDigit(code) || (code === 46 && isDigit(next))) {
    const end = endOfBased(tokens, text, start, to) ?? endOfNumber(text, start, to)
    push(tokens, NUMBER, start, end, "")
    return end + suffix(tokens, text, start, end)
  }
  switch (code) {
    case 34: // "
      return quoted(tokens, QUOTED, start, endOfQuoted(text, start, to), start, to)
    case 39: // '
      return quoted(tokens, STRING, start, endOfQuoted(text, start, to), start, to)
    case 69: // e'…', where a backslash escapes
    case 101:
      return quoted(tokens, STRING, start, endOfEscaped(text, start + 1, to), start + 1, to)
    case 66: // b'…'
    case 98:
    case 88: // x'…'
    case 120:
      return quoted(tokens, STRING, start, endOfQuoted(text, start + 1, to), start + 1, to)
    case 36: // $
      return dollar(tokens, text, start, to)
    case 63: {
      // ?, ?1
      const end = isDigit(next) ? endOfDigits(text, start + 1, to) : start + 1
      push(tokens, PARAMETER, start, end, "")
      return end
    }
    case 96: // `
      return backquoted(tokens, text, start, to)
    case 45: // -
      return next === 45 ? lineComment(tokens, text, start, to) : operator(tokens, text, start, to)
    case 47: // /
      return next === 42 ? blockComment(tokens, text, start, to) : operator(tokens, text, start, to)
    default:
      return operator(tokens, text, start, to)
  }
}

/** A number in another base: PostgreSQL reads it, DuckDB takes `0xFF` for `0 AS xFF`. */
function endOfBased(tokens: Tokens, text: string, start: number, to: number): number | undefined {
  if (text.charCodeAt(start) !== 48 || classOf(text.charCodeAt(start + 1)) !== LETTER)
    return undefined
  const written = /^0(?:x[0-9a-f][0-9a-f_]*|b[01][01_]*|o[0-7][0-7_]*)(?![\w$])/i.exec(
    text.slice(start, to),
  )?.[0]
  if (written === undefined) return undefined
  const end = start + written.length
  const decimal = BigInt(written.toLowerCase().replaceAll("_", "")).toString()
  tokens.errors.push({
    start,
    end,
    problem: `numbers are decimal here: \`${written}\` is ${decimal}`,
    fix: { title: `write ${decimal}`, start, end, text: decimal },
  })
  return end
}

/** The length of a suffix of Spark's, as of `1L`, which DuckDB takes for an alias. */
function suffix(tokens: Tokens, text: string, start: number, end: number): number {
  if (classOf(text.charCodeAt(end)) !== LETTER) return 0
  const found = /^(?:[LSYDF]|BD)(?![\w$])/i.exec(text.slice(end, end + 3))?.[0]
  if (found === undefined) return 0
  const number = text.slice(start, end)
  tokens.errors.push({
    start,
    end: end + found.length,
    problem: `numbers take no suffix here: write ${number}, and CAST for a type`,
    fix: { title: `write ${number}`, start, end: end + found.length, text: number },
  })
  return found.length
}

function endOfNumber(text: string, start: number, to: number): number {
  let at = endOfDigits(text, start, to)
  if (text.charCodeAt(at) === 46 && text.charCodeAt(at + 1) !== 46)
    at = endOfDigits(text, at + 1, to)
  if ((text.charCodeAt(at) | 32) !== 101) return at
  const sign = text.charCodeAt(at + 1)
  const first = sign === 43 || sign === 45 ? at + 2 : at + 1
  return isDigit(text.charCodeAt(first)) ? endOfDigits(text, first, to) : at
}

/** Digits, with single underscores between them. */
function endOfDigits(text: string, start: number, to: number): number {
  let at = start
  while (at < to) {
    const isGap = text.charCodeAt(at) === 95 && at > start && isDigit(text.charCodeAt(at + 1))
    if (!isGap && !isDigit(text.charCodeAt(at))) break
    at++
  }
  return at
}

/** After the next quote that is not doubled; -1 where there is none. */
function endOfQuoted(text: string, open: number, to: number): number {
  const quote = text.charCodeAt(open)
  for (let at = open + 1; at < to;) {
    if (text.charCodeAt(at++) !== quote) continue
    if (text.charCodeAt(at) !== quote) return at
    at++
  }
  return -1
}

function endOfEscaped(text: string, open: number, to: number): number {
  for (let at = open + 1; at < to;) {
    const code = text.charCodeAt(at)
    const isPair = code === 39 ? text.charCodeAt(at + 1) === 39 : code === 92 && at + 1 < to
    at += isPair ? 2 : 1
    if (code === 39 && !isPair) return at
  }
  return -1
}

/** A string or a name that opens at `open` and ends at `end`, or never where that is -1. */
function quoted(
  tokens: Tokens,
  kind: number,
  start: number,
  end: number,
  open: number,
  to: number,
): number {
  if (end >= 0) {
    push(tokens, kind, start, end, "")
    return end
  }
  const problem = `this ${kind === QUOTED ? "quoted name" : "string"} is not closed`
  tokens.errors.push({ start: open, end: open + 1, problem })
  push(tokens, kind, start, to, "")
  return to
}

/** `$1`, `$name`, `$$text$$`, `$tag$text$tag$`. */
function dollar(tokens: Tokens, text: string, start: number, to: number): number {
  const tag = dollarTag(text, start)
  if (tag === undefined) {
    let at = start + 1
    while (at < to && isWordPart(text.charCodeAt(at))) at++
    push(tokens, PARAMETER, start, at, "")
    return at
  }
  const close = text.indexOf(tag, start + tag.length)
  const isOpen = close < 0 || close + tag.length > to
  const problem = "this dollar-quoted string is not closed"
  if (isOpen) tokens.errors.push({ start, end: start + tag.length, problem })
  const end = isOpen ? to : close + tag.length
  push(tokens, STRING, start, end, "")
  return end
}

function lineComment(tokens: Tokens, text: string, start: number, to: number): number {
  const newline = text.indexOf("\n", start)
  const end = newline < 0 || newline > to ? to : newline
  tokens.comments.push({ start, end })
  return end
}

/** Comments in comments count. */
function blockComment(tokens: Tokens, text: string, start: number, to: number): number {
  let depth = 0
  for (let at = start; at < to; at++) {
    const [code, next] = [text.charCodeAt(at), text.charCodeAt(at + 1)]
    if (code === 47 && next === 42) {
      depth++
      at++
    } else if (code === 42 && next === 47) {
      at++
      if (--depth > 0) continue
      tokens.comments.push({ start, end: at + 1 })
      return at + 1
    }
  }
  tokens.errors.push({ start, end: start + 2, problem: "this comment is not closed" })
  return to
}

/** A name as MySQL, BigQuery and Spark quote it. */
function backquoted(tokens: Tokens, text: string, start: number, to: number): number {
  const end = endOfQuoted(text, start, to)
  if (end < 0) return quoted(tokens, QUOTED, start, end, start, to)
  const name = text.slice(start + 1, end - 1).replaceAll("``", "`")
  const plain = /^[A-Za-z_][A-Za-z0-9_]*$/.test(name) && wordAt(name, 0, name.length) === ""
  const written = plain ? name : `"${name.replaceAll('"', '""')}"`
  tokens.errors.push({
    start,
    end,
    problem: "names are quoted with double quotes here, not with backquotes",
    fix: { title: `write ${written}`, start, end, text: written },
  })
  push(tokens, QUOTED, start, end, "")
  return end
}

function operator(tokens: Tokens, text: string, start: number, to: number): number {
  const code = text.charCodeAt(start)
  if (!isOperatorPart(code) || !isOperatorPart(text.charCodeAt(start + 1))) {
    const found = operatorAt(text, start)
    if (found !== "") {
      push(tokens, OPERATOR, start, start + found.length, found)
      return start + found.length
    }
  } else {
    const end = endOfOperator(text, start, to)
    push(tokens, OPERATOR, start, end, operatorOf(text.slice(start, end)))
    return end
  }
  const problem = `unexpected character \`${text.slice(start, start + 1)}\``
  tokens.errors.push({ start, end: start + 1, problem })
  return start + 1
}

/**
 * The end of a run of operator characters, as PostgreSQL cuts it: before a comment, the number of a
 * column (`-#1`), and before a sign at its end, unless a character in it is none of SQL's own operators (`=-1` is two, `@-` is one).
 */
function endOfOperator(text: string, start: number, to: number): number {
  let end = start
  let special = false
  while (end < to && isOperatorPart(text.charCodeAt(end))) {
    const pair = text.slice(end, end + 2)
    if (end > start && (pair === "--" || pair === "/*" || /^#\d/.test(pair))) break
    special ||= "~!@#%^&|".includes(text[end] ?? "")
    end++
  }
  while (!special && end > start + 1 && (text[end - 1] === "+" || text[end - 1] === "-")) end--
  return end
}

/** `$$` or `$tag$`, where a string in dollars begins. */
export function dollarTag(text: string, start: number): string | undefined {
  return /^\$(?:[A-Za-z_][A-Za-z0-9_]*)?\$/.exec(text.slice(start, start + 64))?.[0]
}

function classOf(code: number): number {
  if (code < 128) return CLASSES[code] ?? 0
  return isBlankBeyondAscii(code) ? BLANK : LETTER
}

/** The blanks of Unicode that DuckDB takes for such; they come from what was copied out of other programs. */
function isBlankBeyondAscii(code: number): boolean {
  if (code < 0x2000) return code === 0xa0
  if (code <= 0x200b) return true
  return code === 0x202f || code === 0x205f || code === 0x2060 || code === 0x3000 || code === 0xfeff
}

/** e'…', x'…' and b'…' */
function isStringPrefix(code: number): boolean {
  const lower = code | 32
  return lower === 101 || lower === 120 || lower === 98
}

function isDigit(code: number): boolean {
  return code >= 48 && code <= 57
}

const OPERATOR_PARTS = new Uint8Array(128)
for (const part of "~!@#^&|+-*/%<>=") OPERATOR_PARTS[part.charCodeAt(0)] = 1

function isOperatorPart(code: number): boolean {
  return code < 128 && OPERATOR_PARTS[code] === 1
}

function isWordPart(code: number): boolean {
  return classOf(code) >= LETTER || code === 36
}
