import { dollarTag, NUMBER, PARAMETER, QUOTED } from "./lexer.js"

const ESCAPES: Readonly<Record<string, string>> = { n: "\n", t: "\t", r: "\r", b: "\b", f: "\f" }

/**
 * What a token stands for: a number's digits without underscores, an unescaped string or name, the
 * name of a parameter. `start` and `end` are the token's; a string that is not closed ends with it.
 */
export function valueOf(text: string, kind: number, start: number, end: number): string {
  if (kind === NUMBER) return text.slice(start, end).replaceAll("_", "")
  if (kind === PARAMETER)
    return end - start === 1 && text[start] === "?" ? "?" : text.slice(start + 1, end)
  if (kind === QUOTED) return unquoted(text, start, end)
  const first = text[start]
  if (first === "$") return dollarQuoted(text, start, end)
  if (first === "'") return unquoted(text, start, end)
  return isBlob(first)
    ? first.toLowerCase() + unquoted(text, start + 1, end)
    : unescaped(text, start + 1, end)
}

/** Whether a string that begins with this character is a blob: `x'AB'`, `b'01'`. */
export function isBlob(first: string | undefined): first is string {
  return first === "x" || first === "X" || first === "b" || first === "B"
}

/** Doubled quotes stand for one. */
function unquoted(text: string, open: number, end: number): string {
  const quote = text[open] ?? ""
  let value = ""
  let from = open + 1
  for (;;) {
    const close = text.indexOf(quote, from)
    if (close < 0 || close >= end) return value + text.slice(from, end)
    if (text[close + 1] !== quote) return value + text.slice(from, close)
    value += text.slice(from, close + 1)
    from = close + 2
  }
}

function unescaped(text: string, open: number, end: number): string {
  let value = ""
  for (let at = open + 1; at < end; at++) {
    const character = text[at] ?? ""
    const next = text[at + 1] ?? ""
    if (character === "'" && next !== "'") return value
    if (character === "'") {
      value += "'"
      at++
    } else if (character !== "\\" || at + 1 >= end) value += character
    else {
      const [written, meant] = escape(text.slice(at + 1, Math.min(end, at + 11)))
      value += meant
      at += written
    }
  }
  return value
}

/** How many characters after a backslash belong to it, and what they stand for. */
function escape(after: string): readonly [number, string] {
  const hex = /^(?:x([0-9a-fA-F]{1,2})|u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8}))/.exec(after)
  const octal = /^[0-7]{1,3}/.exec(after)?.[0]
  const code = hex ? parseInt(hex[1] ?? hex[2] ?? hex[3] ?? "", 16) : parseInt(octal ?? "", 8)
  if (code >= 0 && code <= 0x10ffff)
    return [(hex?.[0] ?? octal ?? "").length, String.fromCodePoint(code)]
  const first = after[0] ?? ""
  return [1, ESCAPES[first] ?? first]
}

function dollarQuoted(text: string, start: number, end: number): string {
  const tag = dollarTag(text, start) ?? "$"
  const from = start + tag.length
  const isClosed = end - tag.length >= from && text.endsWith(tag, end)
  return text.slice(from, isClosed ? end - tag.length : end)
}
