// Facts of scalars, lists and aggregate calls, from those of their children. What these rest on is added to what is
// made here (index.ts).

import { arityOf, childOf, opOf } from "../egraph";
import { dataOf, opKind, opPayload } from "./column";
import { difference, intersection, single, union } from "../../memory/blocks";
import { ColumnWord, Kind, Trait } from "./kinds";
import {
  columnOf,
  Flag,
  flagsOf,
  freeOf,
  isRelation,
  isScalar,
  mentionedOf,
  nonNullsOf,
  rejectsOf,
  scalarRecord,
  shownOf,
  strictOf,
} from "./records";

/** Flags that CASE has of its results alone. */
const OF_RESULT: u32 = Flag.Nullable | Flag.Alike;

export function kindOf(cls: u32): u32 {
  return opKind(opOf(cls));
}

/** The word of a payload; 0 where the operator has none. */
export function payloadWord(cls: u32, i: u32): u32 {
  const payload = opPayload(opOf(cls));
  return payload == 0 ? 0 : load<u32>(<usize>payload + ((<usize>i) << 2));
}

export function makeScalar(row: u32, kind: u32): u32 {
  switch (kind) {
    case Kind.Column:
      return makeColumn(row);
    case Kind.Literal:
      return scalarRecord(0, 0, 0, 0, 0, 0, 0);
    case Kind.NullLiteral:
      return scalarRecord(0, Flag.Nullable, 0, 0, 0, 0, 0);
    case Kind.Call:
      return makeCall(row);
    case Kind.And:
      return makeAnd(row);
    case Kind.Or:
      return makeOr(row);
    case Kind.Not:
      return makeNot(row);
    case Kind.IsNull:
      return record(row, truth(row) & ~Flag.Nullable, 0, 0, 0);
    case Kind.Case:
      return makeCase(row);
    case Kind.Query:
      return record(row, flags(row) | Flag.Nullable | Flag.Raises, 0, 0, 0);
    case Kind.Aggregate:
      return makeAggregate(row);
    case Kind.DistinctArg:
      return makeDistinctArg(row);
    case Kind.Where:
    case Kind.Ordered:
      return makeModified(row);
    case Kind.Def:
      return makeDef(row);
    default:
      return record(row, flags(row), 0, 0, 0);
  }
}

/** Of anything that is not a column: what its children mention, it does. */
function record(row: u32, flags: u32, nonNulls: u32, strict: u32, rejects: u32): u32 {
  return scalarRecord(mentioned(row), flags, nonNulls, strict, rejects, 0, 0);
}

/** Facts of child `i`, if they are a scalar's; else 0. */
function scalarChild(row: u32, i: u32): u32 {
  if (i >= arityOf(row)) return 0;
  const facts = dataOf(childOf(row, i));
  return isScalar(facts) ? facts : 0;
}

/** What the children mention; a relation among them binds what it shows. */
function mentioned(row: u32): u32 {
  let all: u32 = 0;
  let bound: u32 = 0;
  let free: u32 = 0;
  for (let i: u32 = 0; i < arityOf(row); i++) {
    const facts = dataOf(childOf(row, i));
    if (isRelation(facts)) {
      bound = union(bound, shownOf(facts));
      free = union(free, freeOf(facts));
    } else if (facts != 0) all = union(all, mentionedOf(facts));
  }
  return union(difference(all, bound), free);
}

function flags(row: u32): u32 {
  let all: u32 = 0;
  for (let i: u32 = 0; i < arityOf(row); i++) {
    const facts = dataOf(childOf(row, i));
    if (facts != 0) all |= flagsOf(facts);
  }
  return all;
}

/** Flags of a BOOLEAN over the children. */
function truth(row: u32): u32 {
  return flags(row) & ~Flag.Alike;
}

/** The declared facts that the children's not being NULL rests on. */
function nonNulls(row: u32): u32 {
  let all: u32 = 0;
  for (let i: u32 = 0; i < arityOf(row); i++) {
    const facts = scalarChild(row, i);
    if (facts != 0) all = union(all, nonNullsOf(facts));
  }
  return all;
}

function strictInAny(row: u32): u32 {
  let all: u32 = 0;
  for (let i: u32 = 0; i < arityOf(row); i++) {
    const facts = scalarChild(row, i);
    if (facts != 0) all = union(all, strictOf(facts));
  }
  return all;
}

function strictInAll(row: u32): u32 {
  let all: u32 = 0;
  for (let i: u32 = 0; i < arityOf(row); i++) {
    const facts = scalarChild(row, i);
    const own: u32 = facts == 0 ? 0 : strictOf(facts);
    all = i == 0 ? own : intersection(all, own);
  }
  return all;
}

function makeColumn(row: u32): u32 {
  const number = payloadWord(row, ColumnWord.Number);
  const known = payloadWord(row, ColumnWord.NotNull);
  const self = single(number);
  const nullable: u32 = known == 0 ? Flag.Nullable : 0;
  const alike: u32 = payloadWord(row, ColumnWord.Alike) != 0 ? Flag.Alike : 0;
  return scalarRecord(
    self,
    nullable | alike,
    known >= 2 ? single(known - 2) : 0,
    self,
    self,
    number + 1,
    0,
  );
}

function makeCall(row: u32): u32 {
  const traits = payloadWord(row, 0);
  let own = told(flags(row), traits);
  if ((traits & Trait.MayRaise) != 0) own |= Flag.Raises;
  if ((traits & Trait.Volatile) != 0) own |= Flag.Volatile;
  if ((traits & Trait.Nullable) != 0) own |= Flag.Nullable;
  if ((traits & Trait.NeverNull) != 0) own &= ~Flag.Nullable;
  if ((traits & Trait.NullIfAll) != 0 && hasNonNull(row)) own &= ~Flag.Nullable;
  let strict: u32 = 0;
  if ((traits & Trait.Strict) != 0) strict = strictInAny(row);
  else if ((traits & Trait.StrictInFirst) != 0 && scalarChild(row, 0) != 0)
    strict = strictOf(scalarChild(row, 0));
  const why = (own & Flag.Nullable) == 0 && (traits & Trait.NeverNull) == 0 ? nonNulls(row) : 0;
  return record(row, own, why, strict, strict);
}

/** What a function makes of arguments whose equal values may look different. */
function told(flags: u32, traits: u32): u32 {
  if ((flags & Flag.Alike) == 0) return flags;
  const tells: u32 = (traits & Trait.Respects) == 0 ? Flag.Tells : 0;
  return ((traits & Trait.Exact) != 0 ? flags & ~Flag.Alike : flags) | tells;
}

function hasNonNull(row: u32): bool {
  for (let i: u32 = 0; i < arityOf(row); i++) {
    const facts = scalarChild(row, i);
    if (facts != 0 && (flagsOf(facts) & Flag.Nullable) == 0) return true;
  }
  return false;
}

/** NULL AND FALSE is FALSE: not strict, but TRUE only where all are. */
function makeAnd(row: u32): u32 {
  let rejects: u32 = 0;
  for (let i: u32 = 0; i < arityOf(row); i++) {
    const facts = scalarChild(row, i);
    if (facts != 0) rejects = union(rejects, rejectsOf(facts));
  }
  return record(row, truth(row), nonNulls(row), strictInAll(row), rejects);
}

function makeOr(row: u32): u32 {
  let rejects: u32 = 0;
  for (let i: u32 = 0; i < arityOf(row); i++) {
    const facts = scalarChild(row, i);
    const own: u32 = facts == 0 ? 0 : rejectsOf(facts);
    rejects = i == 0 ? own : intersection(rejects, own);
  }
  return record(row, truth(row), nonNulls(row), strictInAll(row), rejects);
}

/** NOT of NULL is NULL; and x IS NOT NULL is not TRUE where x is NULL. */
function makeNot(row: u32): u32 {
  const strict = strictInAny(row);
  let rejects = strict;
  const inner = childOf(row, 0);
  if (kindOf(inner) == Kind.IsNull) rejects = union(rejects, strictInAny(inner));
  return record(row, truth(row), nonNulls(row), strict, rejects);
}

/** What its results are, its conditions are not: children are when, then, …, otherwise. */
function makeCase(row: u32): u32 {
  let result: u32 = 0;
  let why: u32 = 0;
  const last = arityOf(row) - 1;
  for (let i: u32 = 0; i <= last; i++) {
    const facts = scalarChild(row, i);
    if (facts == 0 || (i != last && (i & 1) == 0)) continue;
    result |= flagsOf(facts) & OF_RESULT;
    why = union(why, nonNullsOf(facts));
  }
  const own = (flags(row) & ~OF_RESULT) | result;
  return record(row, own, why, 0, 0);
}

function makeAggregate(row: u32): u32 {
  const traits = payloadWord(row, 0);
  let own = told(flags(row), traits) & ~Flag.Nullable;
  if ((traits & Trait.NeverNull) == 0) own |= Flag.Nullable;
  if ((traits & Trait.OrderCounts) != 0) own |= Flag.OrderCounts;
  if ((traits & Trait.Volatile) != 0) own |= Flag.Volatile;
  if ((traits & Trait.MayRaise) != 0) own |= Flag.Raises;
  // The n least values, min(x, n), are others where a value repeats.
  if ((traits & Trait.RepeatsIgnored) == 0 || arityOf(row) > 1) own |= Flag.RepeatsCount;
  return record(row, own, 0, 0, 0);
}

/** An aggregate of the distinct values ignores repeats, unless it tells which came first. */
function makeDistinctArg(row: u32): u32 {
  let own = flags(row);
  if ((own & Flag.OrderCounts) == 0) own &= ~Flag.RepeatsCount;
  return record(row, own, 0, 0, 0);
}

/** `where` and `ordered`: nullable as the call is. */
function makeModified(row: u32): u32 {
  const call = scalarChild(row, 0);
  const nullable: u32 = call == 0 ? Flag.Nullable : flagsOf(call) & Flag.Nullable;
  return record(row, (flags(row) & ~Flag.Nullable) | nullable, 0, 0, 0);
}

function makeDef(row: u32): u32 {
  const name = scalarChild(row, 0);
  const expr = scalarChild(row, 1);
  if (name == 0 || expr == 0) return record(row, flags(row), 0, 0, 0);
  return scalarRecord(
    mentionedOf(expr),
    flagsOf(expr),
    nonNullsOf(expr),
    0,
    0,
    columnOf(expr),
    columnOf(name),
  );
}

/** Whether a predicate is an equality, i.e. its two sides are children 0 and 1. */
export function isEquality(cls: u32): bool {
  return (
    kindOf(cls) == Kind.Call && (payloadWord(cls, 0) & Trait.Equality) != 0 && arityOf(cls) == 2
  );
}
