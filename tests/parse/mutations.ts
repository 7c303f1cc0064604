import { lex } from "../../src/parse/lexer.js"

/** A generator of numbers below a bound, the same for the same seed (mulberry32). */
export function randomBelow(seed: number): (bound: number) => number {
  let state = seed >>> 0
  return (bound) => {
    state = (state + 0x6d2b79f5) >>> 0
    let t = Math.imul(state ^ (state >>> 15), 1 | state)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return ((t ^ (t >>> 14)) >>> 0) % bound
  }
}

type Edit = "truncate" | "delete" | "duplicate" | "replace" | "insert" | "swap"
const EDITS: readonly Edit[] = ["truncate", "delete", "duplicate", "replace", "insert", "swap"]

interface Place {
  readonly start: number
  readonly end: number
}

/** `sql` with one token edited, and how. `tokens` are texts that may stand in for one. */
export function mutated(
  sql: string,
  tokens: readonly string[],
  below: (bound: number) => number,
): string {
  const places = placesOf(sql)
  const at = places[below(places.length)]
  if (!at) return sql
  const edit = EDITS[below(EDITS.length)] ?? "delete"
  const other = ` ${tokens[below(tokens.length)] ?? ""} `
  const before = sql.slice(0, at.start)
  const own = sql.slice(at.start, at.end)
  const after = sql.slice(at.end)
  switch (edit) {
    case "truncate":
      return before
    case "delete":
      return `${before} ${after}`
    case "duplicate":
      return `${before}${own} ${own}${after}`
    case "replace":
      return before + other + after
    case "insert":
      return before + other + own + after
    case "swap": {
      const next = places[places.indexOf(at) + 1]
      if (!next) return before
      const second = sql.slice(next.start, next.end)
      return `${before}${second} ${own} ${sql.slice(next.end)}`
    }
  }
}

export function tokensOf(sql: string): string[] {
  return placesOf(sql).map(({ start, end }) => sql.slice(start, end))
}

function placesOf(sql: string): Place[] {
  const { starts, ends } = lex(sql)
  return starts.slice(0, -1).map((start, i) => ({ start, end: ends[i] ?? start }))
}
