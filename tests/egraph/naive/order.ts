import { Random } from "./random.js"

/** The choices that no result may depend on. */
export interface Order {
  /** The order in which the matches of one rule are applied. */
  arrange<T>(matches: readonly T[]): readonly T[]
  /** Whether the first of two united classes stays the root. */
  keepsFirst(): boolean
}

export const STRAIGHT: Order = { arrange: (matches) => matches, keepsFirst: () => true }

export function shuffled(seed: number): Order {
  const random = new Random(seed)
  return {
    arrange: (matches) => random.shuffled(matches),
    keepsFirst: () => random.chance(0.5),
  }
}
