// Guards of rules over class facts (their names and meaning: rules/README.md). A guard that holds by a
// declared fact says so.

import { arityOf, childOf } from "../egraph";
import { dataOf } from "./column";
import { witness } from "../explain";
import { has, isSubset, meets, nulls, sizeOf, wordAt } from "../../memory/blocks";
import { close, give, isDetermined, startClosure, whyDetermined, whyKey } from "./closure";
import { ColumnWord, GuardNumber, Kind } from "./kinds";
import { ABSENT, whyNotNull } from "./lists";
import { whyAtMostOne } from "./relations";
import {
  assumedOf,
  columnOf,
  Flag,
  flagsOf,
  freeOf,
  idOf,
  isRelation,
  isScalar,
  mentionedOf,
  nonNullsOf,
  notNullsOf,
  rejectsOf,
  shownOf,
  wholeOf,
} from "./records";
import { kindOf, payloadWord } from "./scalars";

/** Whether a guard holds of `count` classes at `args`. */
export function holds(guard: u32, args: usize, count: u32): bool {
  switch (guard) {
    case GuardNumber.Unused:
      return unused(args, count - 1, relation(arg(args, count - 1)));
    case GuardNumber.Covers:
      return covers(relation(arg(args, 0)), args, count);
    case GuardNumber.AtMostOne:
      return atMostOne(relation(arg(args, 0)), arg(args, 1));
    case GuardNumber.Keyed:
      return keyed(relation(arg(args, 0)), arg(args, 1));
    case GuardNumber.Determined:
      return determined(relation(arg(args, 0)), args, count);
    case GuardNumber.NotNull:
      return count == 1
        ? isNotNull(arg(args, 0))
        : isNotNullIn(relation(arg(args, 0)), arg(args, 1));
    case GuardNumber.RejectsNull:
      return rejectsNull(arg(args, 0), relation(arg(args, 1)));
    case GuardNumber.References:
      return references(arg(args, 0), arg(args, 1), relation(arg(args, 2)));
    case GuardNumber.Total:
      return lacks(Flag.Raises, args, count);
    case GuardNumber.Deterministic:
      return lacks(Flag.Volatile, args, count);
    case GuardNumber.ByValue:
      return lacks(Flag.Volatile | Flag.Tells, args, count);
    case GuardNumber.RepeatsIgnored:
      return lacks(Flag.RepeatsCount, args, count);
    case GuardNumber.OrderIgnored:
      return lacks(Flag.OrderCounts, args, count);
    case GuardNumber.Shows:
      return shows(arg(args, 0), relation(arg(args, 1)));
    case GuardNumber.Grouped:
      return arityOf(arg(args, 0)) > 0;
    case GuardNumber.OnPartition:
      return onPartition(arg(args, 0), arg(args, 1));
    case GuardNumber.Stored:
      return kindOf(arg(args, 0)) == <u32>Kind.Scan; // a class is led by its oldest row
    case GuardNumber.Needed:
      return !unused(args + 4, count - 1, relation(arg(args, 0)));
    default:
      return false;
  }
}

/** How many classes a guard looks at without asking how many there are; no guard has more than there are numbers. */
export function leastArguments(guard: u32): u32 {
  switch (guard) {
    case GuardNumber.References:
      return 3;
    case GuardNumber.AtMostOne:
    case GuardNumber.Keyed:
    case GuardNumber.RejectsNull:
    case GuardNumber.Shows:
    case GuardNumber.OnPartition:
      return 2;
    case GuardNumber.Total:
    case GuardNumber.Deterministic:
    case GuardNumber.ByValue:
    case GuardNumber.RepeatsIgnored:
    case GuardNumber.OrderIgnored:
      return 0;
    default:
      return 1;
  }
}

function arg(args: usize, i: u32): u32 {
  return load<u32>(args + ((<usize>i) << 2));
}

/** Facts of a relation; 0 where there are none. */
function relation(cls: u32): u32 {
  const facts = dataOf(cls);
  return isRelation(facts) ? facts : 0;
}

/** Says which facts an answer rests on; false where there is no answer. */
export function because(facts: u32): bool {
  if (facts == ABSENT) return false;
  for (let i: u32 = 0; i < sizeOf(facts); i++) witness(wordAt(facts, i));
  return true;
}

// --------------------------------------------------------------------------------------- columns

/** Column numbers of null(c) follow c's: eight in a row are of one name. */
function unused(args: usize, count: u32, facts: u32): bool {
  if (facts == 0) return false;
  for (let i: u32 = 0; i < count; i++) {
    const own = dataOf(arg(args, i));
    if (own != 0 && mentionsAny(isRelation(own) ? freeOf(own) : mentionedOf(own), shownOf(facts)))
      return false;
  }
  return true;
}

function mentionsAny(mentioned: u32, shown: u32): bool {
  for (let i: u32 = 0; i < sizeOf(mentioned); i++) {
    const column = wordAt(mentioned, i);
    for (let below = column & ~7; below <= column; below++) if (has(shown, below)) return true;
  }
  return false;
}

function covers(facts: u32, args: usize, count: u32): bool {
  if (facts == 0) return false;
  for (let i: u32 = 1; i < count; i++) {
    const own = dataOf(arg(args, i));
    if (isScalar(own) && !isSubset(mentionedOf(own), shownOf(facts))) return false;
  }
  return true;
}

/** Whether the definitions show exactly what the relation does, each column as itself. */
function shows(defs: u32, facts: u32): bool {
  if (facts == 0 || arityOf(defs) != sizeOf(shownOf(facts))) return false;
  for (let i: u32 = 0; i < arityOf(defs); i++) {
    const own = dataOf(childOf(defs, i));
    if (columnOf(own) == 0 || columnOf(own) != idOf(own)) return false;
    if (!has(shownOf(facts), columnOf(own) - 1)) return false;
  }
  return true;
}

function onPartition(predicate: u32, windows: u32): bool {
  const facts = dataOf(predicate);
  if (!isScalar(facts)) return false;
  for (let i: u32 = 0; i < arityOf(windows); i++) {
    const over = childOf(childOf(windows, i), 1);
    if (arityOf(over) < 2 || !isAmong(mentionedOf(facts), childOf(over, 1))) return false;
  }
  return true;
}

/** Whether each column is one of the list's expressions. */
function isAmong(columns: u32, list: u32): bool {
  for (let i: u32 = 0; i < sizeOf(columns); i++) {
    let found = false;
    for (let j: u32 = 0; j < arityOf(list); j++)
      if (columnOf(dataOf(childOf(list, j))) == wordAt(columns, i) + 1) found = true;
    if (!found) return false;
  }
  return true;
}

// ------------------------------------------------------------------------------------------ keys

function atMostOne(facts: u32, predicates: u32): bool {
  return facts != 0 && because(whyAtMostOne(facts, predicates));
}

function keyed(facts: u32, list: u32): bool {
  if (facts == 0) return false;
  startClosure(facts);
  for (let i: u32 = 0; i < arityOf(list); i++) giveColumn(childOf(list, i));
  close();
  return because(whyKey());
}

function giveColumn(cls: u32): void {
  const column = columnOf(dataOf(cls));
  if (column != 0) give(column - 1);
}

/**
 * (determined R k x other …): the other definitions' columns determine x in R, and x is the first of the
 * definitions of which that can be said.
 */
function determined(facts: u32, args: usize, count: u32): bool {
  if (facts == 0 || count < 4) return false;
  const x = arg(args, 2);
  const why = whyFollows(facts, x, args, count, 0);
  if (why == ABSENT) return false;
  for (let i: u32 = 3; i < count; i++) {
    const other = childOf(arg(args, i), 1);
    if (other < x && whyFollows(facts, other, args, count, i) != ABSENT) return false;
  }
  return because(why);
}

/** The facts by which `x` follows from all definitions but the one at `without` (0: but x itself). */
function whyFollows(facts: u32, x: u32, args: usize, count: u32, without: u32): u32 {
  const own = dataOf(x);
  if (!isScalar(own) || (flagsOf(own) & (Flag.Volatile | Flag.Tells)) != 0) return ABSENT;
  startClosure(facts);
  if (without != 0) giveColumn(arg(args, 2));
  for (let i: u32 = 3; i < count; i++) if (i != without) giveColumn(arg(args, i));
  close();
  const columns = mentionedOf(own);
  for (let i: u32 = 0; i < sizeOf(columns); i++) {
    const column = wordAt(columns, i);
    if (has(shownOf(facts), column) && !isDetermined(column)) return ABSENT;
  }
  return whyDetermined(columns, 0);
}

function isWhole(facts: u32): bool {
  return facts != 0 && wholeOf(facts) != 0 && because(assumedOf(facts));
}

function references(a: u32, b: u32, facts: u32): bool {
  if (facts == 0 || kindOf(a) != Kind.Column || kindOf(b) != Kind.Column) return false;
  const number = payloadWord(b, ColumnWord.Number);
  if (!has(wholeOf(facts), number) || !has(shownOf(facts), number)) return false;
  const fact = foreignKey(a, payloadWord(b, ColumnWord.Base));
  if (fact == ABSENT) return false;
  startClosure(facts);
  give(number);
  close();
  const why = whyKey();
  if (why == ABSENT) return false;
  witness(fact);
  return because(why);
}

/** The declared foreign key from the stored column of `a` to the stored column `base` - 1. */
function foreignKey(a: u32, base: u32): u32 {
  const count = payloadWord(a, ColumnWord.ForeignKeys);
  for (let i: u32 = 0; i < count; i++) {
    const at = ColumnWord.ForeignKeys + 1 + 2 * i;
    if (base != 0 && payloadWord(a, at) == base - 1) return payloadWord(a, at + 1);
  }
  return ABSENT;
}

// ------------------------------------------------------------------------------------------ NULL

function isNotNull(cls: u32): bool {
  const facts = dataOf(cls);
  return isScalar(facts) && (flagsOf(facts) & Flag.Nullable) == 0 && because(nonNullsOf(facts));
}

function isNotNullIn(facts: u32, cls: u32): bool {
  const own = dataOf(cls);
  if (facts == 0 || !isScalar(own)) return false;
  if (isNotNull(cls)) return true;
  if (columnOf(own) == 0) return false;
  const why = whyNotNull(notNullsOf(facts), columnOf(own) - 1);
  return why != ABSENT && because(why) && because(assumedOf(facts));
}

function rejectsNull(predicates: u32, facts: u32): bool {
  const own = dataOf(predicates);
  return facts != 0 && isScalar(own) && meets(rejectsOf(own), nulls(shownOf(facts)));
}

function lacks(flag: u32, args: usize, count: u32): bool {
  for (let i: u32 = 0; i < count; i++) {
    const facts = dataOf(arg(args, i));
    if (facts != 0 && (flagsOf(facts) & flag) != 0) return false;
  }
  return true;
}
