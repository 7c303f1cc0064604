import { lex } from "../../src/parse/lexer.js"
import type { randomBelow } from "./mutations.js"

/** The comments of a text, in order, without the space inside of lines. */
export function commentsOf(text: string): string[] {
  return lex(text).comments.map(({ start, end }) =>
    text
      .slice(start, end)
      .split("\n")
      .map((line) => line.trim())
      .join("\n"),
  )
}

/** `sql` with a few comments between its tokens, of every kind and at every place. */
export function commented(sql: string, below: ReturnType<typeof randomBelow>): string {
  const { starts } = lex(sql)
  const places = Array.from({ length: 1 + below(4) }, () => starts[below(starts.length)] ?? 0)
  let text = sql
  for (const [i, at] of places.sort((a, b) => b - a).entries()) {
    const comment =
      [`-- c${i}\n`, `\n-- c${i}\n`, ` /* c${i} */ `, `\n\n/* c${i}\n   two */\n`][below(4)] ?? ""
    text = text.slice(0, at) + comment + text.slice(at)
  }
  return text
}
