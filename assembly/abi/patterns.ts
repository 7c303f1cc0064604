// Whether words that the host wrote are patterns (match.ts), guards (rules.ts) and goals (run.ts). They are looked
// at once, when they are handed over, and must not change afterwards.
//
// Children are written before what they are children of, so addresses fall: no pattern contains itself.

import { isAllocated } from "../memory/arena";
import { argumentsOf, FIRST_GUARD, GUARD_COUNT } from "../egraph/analyses/guards";
import { mayHave, opOrder, Order, ops, rows } from "../egraph/egraph";
import { EQUAL_AFTER_ADDING, isRelational } from "../egraph/facts";
import { Pattern } from "../egraph/match";
import { leastArguments } from "../egraph/relational/guards";

export const MOST_VARIABLES: u32 = 64;
const MOST_OPERATORS: u32 = 200; // of one side of a rule, so that a log record holds its rows
const MOST_PARTS: u32 = 1024; // variables among them
const MOST_CHILDREN: u32 = 200;
const MOST_GUARDS: u32 = 256;
const ALL: u64 = 0xffffffffffffffff;

/** What the words at hand may be made of. */
let variables: u32 = 0;
let plain: u64 = 0; // which of them stand for a class
let rests: u64 = 0; // which for the rest of an unordered node's children
/** Rest variables that the left side binds. */
let bound: u64 = 0;
let isRightSide: bool = false;
let operators: u32 = 0; // that are there so far
let parts: u32 = 0;
let mayRest: bool = false; // of the node at hand

/** Where the first words that are wrong stand. */
export let wrong: usize = 0;

function blame(at: usize): bool {
  wrong = at;
  return false;
}

function isWords(at: usize, count: u64): bool {
  return (at & 3) == 0 && isAllocated(at, count << 2);
}

function begin(count: u32, restMask: u64, isRight: bool): void {
  variables = count;
  plain = ~restMask;
  rests = restMask;
  isRightSide = isRight;
  operators = 0;
  parts = 0;
}

/** A left side over so many variables, of which some are rests. */
export function isLeftSide(at: usize, count: u32, restMask: u64): bool {
  begin(count, restMask, false);
  bound = 0;
  if (!isWords(at, 4)) return blame(at);
  if (load<u32>(at) != Pattern.Clauses) return isPattern(at, ALL);
  return load<u32>(at, 12) > 0 ? areClauses(at) : blame(at);
}

/** A right side, over the variables of the left side that was looked at last. */
export function isRight(at: usize, count: u32, restMask: u64): bool {
  begin(count, restMask, true);
  if (!isWords(at, 4)) return blame(at);
  const kind = load<u32>(at);
  if (kind == Pattern.Clauses) return areClauses(at);
  return kind == Pattern.Choice ? isChoice(at) : isPattern(at, ALL);
}

function isVariable(variable: u32): bool {
  return variable < variables && ((plain >> variable) & 1) != 0;
}

function isRest(variable: u32): bool {
  return variable < variables && ((rests >> variable) & 1) != 0;
}

/** A term that stands below `above`. */
function isPattern(at: usize, above: u64): bool {
  if (<u64>at >= above || ++parts > MOST_PARTS || !isWords(at, 4)) return blame(at);
  const a = load<u32>(at, 4);
  switch (load<u32>(at)) {
    case Pattern.Var:
      return isVariable(a) || blame(at);
    case Pattern.Node:
      return (isNode(at, a) && haveChildren(at)) || blame(at);
    case Pattern.Call:
      mayRest = true;
      return (isRightSide && ++operators <= MOST_OPERATORS && haveChildren(at)) || blame(at);
    default:
      return blame(at);
  }
}

/** Rests are of operators whose children have no order. */
function isNode(at: usize, op: u32): bool {
  if (++operators > MOST_OPERATORS || op >= ops()) return false;
  const isOrdered = opOrder(op) == <u32>Order.Fixed;
  const rest = load<u32>(at, 8);
  if (isOrdered ? rest != 0 || !mayHave(op, load<u32>(at, 12)) : !takesRest(rest)) return false;
  mayRest = !isOrdered;
  return true;
}

/** 1 + the rest variable of a left side's node. */
function takesRest(rest: u32): bool {
  if (rest == 0) return true;
  if (isRightSide || !isRest(rest - 1)) return false;
  bound |= (<u64>1) << (rest - 1);
  return true;
}

function haveChildren(at: usize): bool {
  const isRestPossible = mayRest;
  const count = load<u32>(at, 12);
  if (count > MOST_CHILDREN || !isWords(at, 4 + count)) return false;
  for (let i: u32 = 0; i < count; i++) {
    const child: usize = load<u32>(at + ((<usize>i) << 2), 16);
    if (isWords(child, 4) && load<u32>(child) == Pattern.Rest) {
      if (!isRestPossible || ++parts > MOST_PARTS || !isBoundRest(load<u32>(child, 4)))
        return blame(child);
    } else if (!isPattern(child, at)) return false;
  }
  return true;
}

function isBoundRest(variable: u32): bool {
  return isRightSide && isRest(variable) && ((bound >> variable) & 1) != 0;
}

/** Pairs of a variable and a term. */
function areClauses(at: usize): bool {
  const count = load<u32>(at, 12);
  if (count > MOST_CHILDREN || (count & 1) != 0 || !isWords(at, 4 + count)) return blame(at);
  for (let i: u32 = 0; i < count; i += 2) {
    const pair = at + ((<usize>i) << 2);
    if (!isVariable(load<u32>(pair, 16)) || !isPattern(load<u32>(pair, 20), at)) return blame(pair);
  }
  return true;
}

/** Two terms, and three variables or more: the last is bound here. */
function isChoice(at: usize): bool {
  const count = load<u32>(at, 12);
  if (count < 5 || count > MOST_CHILDREN || !isWords(at, 4 + count)) return blame(at);
  for (let i: u32 = 2; i < count; i++)
    if (!isVariable(load<u32>(at + ((<usize>i) << 2), 16))) return blame(at);
  return isPattern(load<u32>(at, 16), at) && isPattern(load<u32>(at, 20), at);
}

/** Guards over the variables of the left side that was looked at last. */
export function areGuards(at: usize, count: u32, restMask: u64): bool {
  if (!isWords(at, 1) || load<u32>(at) > MOST_GUARDS) return blame(at);
  let guard = at + 4;
  for (let i = load<u32>(at); i > 0; i--) {
    if (!isWords(guard, 2)) return blame(guard);
    const argc = load<u32>(guard, 4);
    if (argc > MOST_CHILDREN || !isWords(guard, 2 + argc)) return blame(guard);
    begin(count, restMask, true);
    if (!isGuard(load<u32>(guard), guard + 8, argc)) return blame(guard);
    guard += 8 + ((<usize>argc) << 2);
  }
  return true;
}

function isGuard(guard: u32, words: usize, argc: u32): bool {
  if (guard == EQUAL_AFTER_ADDING)
    return argc == 2 && isPattern(load<u32>(words), ALL) && isPattern(load<u32>(words, 4), ALL);
  if (guard >= FIRST_GUARD + GUARD_COUNT) return false;
  const least: u32 = guard >= FIRST_GUARD ? argumentsOf(guard) : leastArguments(guard);
  if (guard < FIRST_GUARD && !isRelational()) return false;
  let given: u32 = 0;
  for (let i: u32 = 0; i < argc; i++) {
    const word = load<u32>(words + ((<usize>i) << 2));
    const variable = word & 0x7fffffff;
    if (word == variable ? !isVariable(variable) : !isBoundRest(variable)) return false;
    if (word == variable) given++;
  }
  return given >= least;
}

/** Goals that were written down, all of rows that there are. */
export function areGoals(at: usize): bool {
  if (!isWords(at, 1)) return blame(at);
  const count = load<u32>(at);
  if (!isWords(at, 1 + 3 * <u64>count)) return blame(at);
  for (let i: u32 = 0; i < count; i++) if (!isGoal(at + 4 + <usize>i * 12)) return false;
  return true;
}

export function isGoal(at: usize): bool {
  if (!isWords(at, 3)) return blame(at);
  const pattern: usize = load<u32>(at, 4);
  const last = load<u32>(at, 8);
  if (!isRow(load<u32>(at))) return blame(at);
  if (pattern == 0) return isRow(last) || blame(at);
  if (last > MOST_VARIABLES) return blame(at);
  begin(last, ALL, false);
  plain = ALL; // which are which shows where they stand
  return isPattern(pattern, ALL);
}

function isRow(id: u32): bool {
  return id > 0 && id < rows();
}
