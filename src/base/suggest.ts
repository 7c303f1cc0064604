/** The candidate nearest to `word` by edit distance, if it is near enough to be meant. */
export function nearest(word: string, candidates: Iterable<string>): string | undefined {
  let best: string | undefined
  let bestDistance = Math.max(1, Math.floor(word.length / 3)) + 1
  for (const candidate of candidates) {
    const distance = editDistance(word.toLowerCase(), candidate.toLowerCase())
    if (distance < bestDistance) {
      best = candidate
      bestDistance = distance
    }
  }
  return best
}

/** Edits (insert, delete, replace, swap of neighbors) between two words (Damerau, optimal string alignment). */
export function editDistance(a: string, b: string): number {
  let before: number[] = []
  let previous = Array.from({ length: b.length + 1 }, (_, j) => j)
  for (let i = 1; i <= a.length; i++) {
    const current = [i]
    for (let j = 1; j <= b.length; j++) {
      const replaced = (previous[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1)
      let cost = Math.min(replaced, (previous[j] ?? 0) + 1, (current[j - 1] ?? 0) + 1)
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1])
        cost = Math.min(cost, (before[j - 2] ?? 0) + 1)
      current.push(cost)
    }
    before = previous
    previous = current
  }
  return previous[b.length] ?? 0
}

/** The last words of a message that suggests a name. */
export function didYouMean(near: string | undefined): string {
  return near === undefined ? "" : `; did you mean \`${near}\`?`
}

const LISTED = 10

/** Instead, where no name is near: those that there are. */
export function orThese(near: string | undefined, what: string, names: readonly string[]): string {
  const unique = [...new Set(names)]
  if (near !== undefined || unique.length === 0) return didYouMean(near)
  const more = unique.length > LISTED ? `, … (${unique.length})` : ""
  return `; ${what} ${unique.slice(0, LISTED).join(", ")}${more}`
}
