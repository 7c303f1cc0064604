// Where the words of a rule stand, in bytes: see rules.ts. Compiled by asc and by tsc, so it holds a const enum only.

export const enum At {
  Left = 0,
  Right = 4,
  Variables = 8,
  RestsLow = 12,
  RestsHigh = 16,
  Guards = 20,
  On = 24,
  Search = 28,
  Count = 32,
  Root = 36,
  Flags = 40,
  Times = 44,
  BannedUntil = 48,
  Since = 52,
  Waiting = 56,
  Resting = 60,
  Ruleset = 64,
  Fruitful = 68,
  Subsumes = 72,
  /** Bytes of a rule. */
  End = 80,
}
