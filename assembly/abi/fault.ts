// Why a verb refuses a call: the one source of both sides' numbers. Compiled by asc and by tsc, so it holds const
// enums only.

export const enum Fault {
  None = 0,
  /** `reset` has laid no regions out yet. */
  NotReady = 1,
  /** Rules are being applied, or a trap ended that: an instance stays busy then. */
  Busy = 2,
  NoRow = 3,
  NoOperator = 4,
  NoRule = 5,
  /** A child, variant, size or number of things that there is not. */
  Count = 6,
  /** Not in what `allocate` gave, or not at a multiple of four. */
  Address = 7,
  /** Words that are no pattern, guard or goal; the word says where they stand. */
  Pattern = 8,
  /** A number that stands for nothing, is no number, or is negative. */
  Number = 9,
  /** To be said before the first operator, rule or node. */
  TooLate = 10,
  /** A rule cannot run as it is: it was not compiled, or can be only compiled. */
  NotCompiled = 11,
  /** A table has no room. */
  Full = 12,
  /** There is no more memory. */
  Memory = 13,
}
