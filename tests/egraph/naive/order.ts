import { Random } from "./random.js"

/** The choices that no result may depend on. */
export interface Order {
  /** The order in which the matches of one rule are applied. */
  arrange<T>(matches: readonly T[]): readonly T[]
  /** Whether the first of two united classes, numbered by age, stays the root. */
  keepsFirst(one: number, other: number): boolean
}

export const STRAIGHT: Order = { arrange: (matches) => matches, keepsFirst: () => true }

/** Large classes are mostly old: most texts stay as they are. */
export const OLDEST_FIRST: Order = { ...STRAIGHT, keepsFirst: (one, other) => one < other }

/** Most texts become stale. */
export const YOUNGEST_FIRST: Order = { ...STRAIGHT, keepsFirst: (one, other) => one > other }

export function shuffled(seed: number): Order {
  const random = new Random(seed)
  return {
    arrange: (matches) => random.shuffled(matches),
    keepsFirst: () => random.chance(0.5),
  }
}
