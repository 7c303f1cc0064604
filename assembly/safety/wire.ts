// The plan as the analysis reads it, and its answer: the one source of both sides' numbers.
// Compiled by asc and by tsc, so it holds const enums only.

/** What a node of the plan does to days. */
export const enum SafetyOp {
  /** A stored relation; its clock, if it has one, is word CLOCK. */
  Scan = 1,
  Values = 2,
  /** Filter, sort, compute: rows or columns come and go, days stay. DEFS are new columns. */
  Pass = 3,
  /** Inner join of any number of inputs; PAIRS are its equalities. */
  Join = 4,
  Left = 5,
  Full = 6,
  /** Semi and anti join. */
  Semi = 7,
  /** DEFS are the keys. */
  Group = 8,
  /** DEFS are the columns compared (DISTINCT ON: its keys). */
  Distinct = 9,
  /** One a window definition; DEFS are the PARTITION BY expressions. */
  Window = 10,
  /** UNION, INTERSECT, EXCEPT; DEFS are the branches' expressions, branch after branch. */
  Set = 11,
  Limit = 12,
  /** A column list with new ids: DEFS. Nothing else is shown. */
  Rename = 13,
}

/** What an expression does to the day of its argument. */
export const enum SafetyExpr {
  Column = 1,
  /** date_trunc; B is a SafetyUnit. */
  Truncate = 2,
  CastDate = 3,
  /** A cast that keeps the instant, e.g. DATE to TIMESTAMP. */
  SameInstant = 4,
  Other = 5,
}

/** Units of truncation. A unit refines a grain if every partition of the grain is a union of its own. */
export const enum SafetyUnit {
  Finer = 0,
  Hour = 1,
  Day = 2,
  Week = 3,
  Month = 4,
  Coarser = 5,
}

export const enum SafetyFault {
  None = 0,
  /** Groups hold rows of several days. */
  Group = 1,
  /** A window function whose partitions span days; DETAIL is the node. */
  Window = 2,
  Distinct = 3,
  Limit = 4,
  /** Two inputs with clocks whose days are not equated. */
  Join = 5,
  Full = 6,
  /** A subquery reads an input with a clock. */
  Subquery = 7,
  Set = 8,
  /** The partition column is not the day of the inputs. */
  Output = 9,
  /** The padded side of an outer join carries the day. */
  Padded = 10,
}

/** Words of the header. */
export const enum SafetyHeader {
  Nodes = 0,
  Exprs = 1,
  Columns = 2,
  /** A SafetyUnit: Hour, Day or Month. */
  Grain = 3,
  /** Expression of the partition column, over the root's columns. */
  Output = 4,
  Words = 5,
}

/** Words of a node. */
export const enum SafetyNode {
  Op = 0,
  /** Children: index into the list and count. */
  Child = 1,
  Children = 2,
  /** Definitions: pairs (column, expression). */
  Def = 3,
  Defs = 4,
  /** Equalities: pairs (expression, expression). */
  Pair = 5,
  Pairs = 6,
  /** Roots of subqueries that the node's expressions contain. */
  Sub = 7,
  Subs = 8,
  /** Column of the clock + 1, or 0. */
  Clock = 9,
  Words = 10,
}

/** Words of an expression. */
export const enum SafetyExprWord {
  Op = 0,
  A = 1,
  B = 2,
  Words = 3,
}

/** Words of the answer; after them, a node: a word (1 = depends on a clock), then its day columns as bits. */
export const enum SafetyAnswer {
  Fault = 0,
  /** The node at fault. */
  Node = 1,
  Words = 2,
}
