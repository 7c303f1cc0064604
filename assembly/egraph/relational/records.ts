// What is known of a class: an interned block, so that equal facts have one address.
//
//   scalar, list   ┌───┬───────────┬───────┬───────────┬────────┬─────────┬────────┬────┬─────────┐
//                  │ 0 │ mentioned │ flags │ non-nulls │ strict │ rejects │ column │ id │ assumed │
//                  └───┴───────────┴───────┴───────────┴────────┴─────────┴────────┴────┴─────────┘
//   mentioned   columns that stand in it, those of its subqueries' outer references included
//   non-nulls   declared facts that its not being NULL rests on
//   strict      columns of which a NULL makes it NULL
//   rejects     columns of which a NULL makes it not TRUE
//   column      number + 1 of the column that it is; of a definition, that its expression is
//   id          of a definition: number + 1 of the column that it defines
//   assumed     as of relations, by way of those that stand in it: in a subquery, in a branch
//
//   relation       ┌───┬───────┬──────┬───────┬─────────┬───────┬──────────┬──────┬──────────────┐
//                  │ 1 │ shown │ free │ flags │ assumed │ whole │ not null │ keys │ dependencies │
//                  └───┴───────┴──────┴───────┴─────────┴───────┴──────────┴──────┴──────────────┘
//   shown          columns that it provides
//   free           columns of an enclosing query that it mentions
//   assumed        declared facts that the equality of the class's members rests on
//   whole          columns of one stored relation, with all its rows: each row stands, at least once, in them
//   not null       block of pairs (column, set of declared facts), by column
//   keys           block of pairs (set of columns, set of declared facts): no two rows agree in them, NULL being
//                  equal to NULL
//   dependencies   block of triples (set a, set b, set of declared facts): rows that agree in a agree in b
//
// Of a class of which nothing else is known a record of the kind 2, like a scalar's, says on what it rests.

import {
  internDraft,
  isSubset,
  push,
  sizeOf,
  startDraft,
  union,
  wordAt,
} from "../../memory/blocks";

export const SCALAR: u32 = 0;
export const RELATION: u32 = 1;
export const UNKNOWN: u32 = 2;

export const RECORD_WORDS: u32 = 9;

/** Where the declared facts stand that a class rests on. */
const enum Assumed {
  OfScalar = 8,
  OfRelation = 4,
}

export const enum Flag {
  Nullable = 1,
  Raises = 2,
  Volatile = 4,
  OrderCounts = 8,
  RepeatsCount = 16,
  /** Equal values of it may look different: -0.0 and 0.0, a month and 30 days. */
  Alike = 32,
  /** It may tell equal values of its columns apart. */
  Tells = 64,
}

export function isRelation(facts: u32): bool {
  return facts != 0 && wordAt(facts, 0) == RELATION;
}

export function isScalar(facts: u32): bool {
  return facts != 0 && wordAt(facts, 0) == SCALAR;
}

export function isUnknown(facts: u32): bool {
  return facts != 0 && wordAt(facts, 0) == UNKNOWN;
}

// Of scalars and lists.

export function mentionedOf(facts: u32): u32 {
  return wordAt(facts, 1);
}

export function flagsOf(facts: u32): u32 {
  return wordAt(facts, isRelation(facts) ? 3 : 2);
}

export function nonNullsOf(facts: u32): u32 {
  return wordAt(facts, 3);
}

export function strictOf(facts: u32): u32 {
  return wordAt(facts, 4);
}

export function rejectsOf(facts: u32): u32 {
  return wordAt(facts, 5);
}

/** Number + 1. */
export function columnOf(facts: u32): u32 {
  return wordAt(facts, 6);
}

/** Number + 1. */
export function idOf(facts: u32): u32 {
  return wordAt(facts, 7);
}

export function scalarRecord(
  mentioned: u32,
  flags: u32,
  nonNulls: u32,
  strict: u32,
  rejects: u32,
  column: u32,
  id: u32,
): u32 {
  return recordOf(SCALAR, mentioned, flags, nonNulls, strict, rejects, column, id, 0);
}

function recordOf(kind: u32, a: u32, b: u32, c: u32, d: u32, e: u32, f: u32, g: u32, h: u32): u32 {
  startDraft();
  push(kind);
  push(a);
  push(b);
  push(c);
  push(d);
  push(e);
  push(f);
  push(g);
  push(h);
  return internDraft();
}

// Of relations.

export function shownOf(facts: u32): u32 {
  return wordAt(facts, 1);
}

export function freeOf(facts: u32): u32 {
  return wordAt(facts, 2);
}

export function assumedOf(facts: u32): u32 {
  return wordAt(facts, isRelation(facts) ? Assumed.OfRelation : Assumed.OfScalar);
}

/** What is known of a class that rests on these declared facts, too; `facts` may be 0. */
export function restingOn(facts: u32, declared: u32): u32 {
  const known = facts == 0 ? 0 : assumedOf(facts);
  if (isSubset(declared, known)) return facts;
  const assumed = union(known, declared);
  if (facts == 0) return recordOf(UNKNOWN, 0, 0, 0, 0, 0, 0, 0, assumed);
  const at: u32 = isRelation(facts) ? Assumed.OfRelation : Assumed.OfScalar;
  startDraft();
  for (let i: u32 = 0; i < sizeOf(facts); i++) push(i == at ? assumed : wordAt(facts, i));
  return internDraft();
}

export function wholeOf(facts: u32): u32 {
  return wordAt(facts, 5);
}

export function notNullsOf(facts: u32): u32 {
  return wordAt(facts, 6);
}

export function keysOf(facts: u32): u32 {
  return wordAt(facts, 7);
}

export function dependenciesOf(facts: u32): u32 {
  return wordAt(facts, 8);
}

export function relationRecord(
  shown: u32,
  free: u32,
  flags: u32,
  whole: u32,
  notNulls: u32,
  keys: u32,
  dependencies: u32,
): u32 {
  return recordOf(RELATION, shown, free, flags, 0, whole, notNulls, keys, dependencies);
}
