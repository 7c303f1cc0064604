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
  return first === "x" || first === "X"
    ? unquoted(text, start + 1, end)
    : unescaped(text, start + 1, end)
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
    if (character === "'") value += "'"
    else if (character !== "\\" || at + 1 >= end) {
      value += character
      continue
    } else value += ESCAPES[next] ?? next
    at++
  }
  return value
}

function dollarQuoted(text: string, start: number, end: number): string {
  const tag = dollarTag(text, start) ?? "$"
  const from = start + tag.length
  const isClosed = end - tag.length >= from && text.endsWith(tag, end)
  return text.slice(from, isClosed ? end - tag.length : end)
}
