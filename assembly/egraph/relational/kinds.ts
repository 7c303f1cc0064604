// What an operator is to the relational analysis, and the words that the host writes for it: the one
// source of both sides' numbers. Compiled by asc and by tsc, so it holds const enums only.

/** The kind of an operator (`opKind`). Others, lists among them, are Plain. */
export const enum Kind {
  Plain = 0,

  // Relations. Scan stands for a stored relation and for constants; its payload is a ScanWord block.
  Scan = 1,
  Filter = 2,
  Join = 3,
  Left = 4,
  Full = 5,
  /** Semi and anti join. */
  Semi = 6,
  Compute = 7,
  Agg = 8,
  /** Aggregation by grouping sets. */
  AggSets = 9,
  Distinct = 10,
  DistinctOn = 11,
  Window = 12,
  /** Set operations; child 0 is the list of ids. */
  Set = 13,
  Sort = 14,
  Limit = 15,
  /** The host unites it with the renamed copy, which has the facts. */
  Tag = 16,
  Candidate = 17,
  Out = 18,

  // Lists.
  /** A conjunction: scalar, and the predicates of a filter or join. */
  And = 30,
  /** A set of definitions: defs, keys, aggs, cols, windows. */
  Defs = 31,
  Def = 32,

  // Scalars.
  /** Payload: a ColumnWord block. */
  Column = 40,
  Literal = 41,
  NullLiteral = 42,
  /** Payload: one word, Trait bits. */
  Call = 43,
  Case = 44,
  Or = 45,
  Not = 46,
  IsNull = 47,
  /** A subquery; of its children one is a relation. */
  Query = 48,

  // Aggregate calls.
  /** Payload: one word, Trait bits. */
  Aggregate = 60,
  /** `(distinct-arg call)`. */
  DistinctArg = 61,
  /** `(where call p)`. */
  Where = 62,
  /** `(ordered call (order …))`. */
  Ordered = 63,
}

/** What the catalogue knows of a function. */
export const enum Trait {
  /** NULL where any argument is. */
  Strict = 1,
  /** NULL where the first argument is, whatever the others are. */
  StrictInFirst = 2,
  NeverNull = 4,
  /** NULL only where all arguments are. */
  NullIfAll = 8,
  /** May be NULL for arguments that are not. */
  Nullable = 16,
  MayRaise = 32,
  Volatile = 64,
  /** `=` */
  Equality = 128,
  /** Aggregates: repeated rows do not change the result. */
  RepeatsIgnored = 256,
  /** Aggregates: the order of the rows counts. */
  OrderCounts = 512,
  /** Equal arguments give equal results, also where they look different: -0.0 and 0.0, a month and 30 days. */
  Respects = 1024,
  /** Equal results look the same. */
  Exact = 2048,
}

/** Words of a column leaf. Column c of a relation is number 8 r + d: r by name, d how often null(…) is around it. */
export const enum ColumnWord {
  Number = 0,
  /** 0: may be NULL; 1: is not; 2 + f: is not, says declared fact f. */
  NotNull = 1,
  /** Number of the stored column, untagged, + 1; 0 for a computed one. */
  Base = 2,
  /** 1 where equal values may look different. */
  Alike = 3,
  /** Foreign keys of one column: how many, then pairs (stored column number, declared fact). */
  ForeignKeys = 4,
}

/**
 * Words of a scan leaf: column count, then pairs (column number, as ColumnWord.NotNull); key count,
 * then each key: fact count, facts …, column count, columns …
 */
export const enum ScanWord {
  Columns = 0,
  First = 1,
}

/** Numbers of the guards (`testGuard`); their names stand in src/optimize/terms.ts. */
export const enum GuardNumber {
  Unused = 0,
  Covers = 1,
  AtMostOne = 2,
  Keyed = 3,
  Determined = 4,
  NotNull = 5,
  RejectsNull = 6,
  References = 7,
  Total = 8,
  Deterministic = 9,
  RepeatsIgnored = 10,
  OrderIgnored = 11,
  Shows = 12,
  Grouped = 13,
  OnPartition = 14,
  Stored = 15,
  Needed = 16,
  ByValue = 17,
}
