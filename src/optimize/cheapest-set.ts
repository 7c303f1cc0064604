// Branch and bound over which candidates are stored. Whatever may be read makes nothing dearer, so with all open
// candidates readable at no price of their own, no choice among them costs less.

export interface Choices {
  /** Candidates, in the order in which they are decided. */
  readonly candidates: readonly string[]
  /** What a run costs that stores `chosen`, where `readable` may be read; the cost of a choice where both are one. */
  readonly cost: (chosen: ReadonlySet<string>, readable: ReadonlySet<string>) => number
  /** Whether no more may be asked. */
  readonly isOver: () => boolean
}

export interface Cheapest {
  readonly chosen: ReadonlySet<string>
  readonly cost: number
  /** Whether no choice costs less; else it is the cheapest that was seen. */
  readonly isProven: boolean
}

/** Differences below it are rounding. */
const TOLERANCE = 1e-9

/** The cheapest choice, from one that is known. */
export function cheapestSet(choices: Choices, known: ReadonlySet<string>): Cheapest {
  let best: ReadonlySet<string> = known
  let least = choices.cost(known, known)
  let isProven = true
  const search = (chosen: ReadonlySet<string>, open: readonly string[]): void => {
    if (choices.isOver()) isProven = false
    if (!isProven) return
    const bound = choices.cost(chosen, new Set([...chosen, ...open]))
    if (!(bound < least * (1 - TOLERANCE))) return
    const [next, ...later] = open
    if (next === undefined) {
      best = chosen
      least = bound
      return
    }
    const [withIt, without] = [
      () => search(new Set([...chosen, next]), later),
      () => search(chosen, later),
    ]
    for (const branch of known.has(next) ? [withIt, without] : [without, withIt]) branch()
  }
  search(new Set(), choices.candidates)
  return { chosen: best, cost: least, isProven }
}
