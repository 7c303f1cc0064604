/** Names compare without regard to case. */
export function sameName(a: string, b: string): boolean {
  if (a === b) return true
  if (a.length !== b.length && !a.includes(WIDENED) && !b.includes(WIDENED)) return false
  return a.toLowerCase() === b.toLowerCase()
}

/** The one letter whose small one is longer, of two code units. */
const WIDENED = "\u0130"
