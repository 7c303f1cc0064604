// Exact search over the kernel: branch and bound. A part of the plan that is left is bounded (bound.ts), and what no
// cheaper plan has is taken out. What is left may fall into parts that have nothing in common, and each is searched
// by itself. Where nothing more follows, a node of a required class is tried, then taken out.
//
//   PART      u32 × classes   the classes of the part that is looked at, required ones first
//   SEEDS     u32 × …         stack: required classes of the parts that are searched
//   ENDS      u32 × …         stack: where the seeds of a part end; LEAST f64, what the part costs at least
//   FOUND     u32 × …         stack: nodes of plans of parts
//   SEEN      u32 × classes   the gathering that came to a class
//   GROUP     u32 × classes   union-find of a part; NAME u32, the number of a leader's part, and COUNT u32 its seeds
//
// Parts that only share what is decided have nothing in common, unless each could come to need the other: groups
// that lead to required or decided classes of their own cycle are one.

import { allow, did, end, isOver, mayGoOn } from "./allowance";
import { dagCost, measure, usedClasses, usedCount } from "./answer";
import { double, newDoubles, newWords, setDouble, setWord, word } from "./arrays";
import {
  beginCharges,
  classToTry,
  fixWhatMustBe,
  isLikely,
  newBound,
  nodeToTry,
  raiseBound,
  shareOf,
  takePart,
} from "./bound";
import {
  CHILD,
  CHILD_AT,
  classes,
  CORE_NODE,
  CYCLE,
  edges,
  isCyclic,
  kernelClass,
  makeKernel,
  NODE_AT,
  OWNER,
  PARENT,
  PARENT_AT,
} from "./kernel";
import {
  beginPartial,
  chosenOf,
  DECIDED,
  decide,
  decidedAt,
  FREE,
  isOut,
  mark,
  newPartial,
  paid,
  propagate,
  require,
  REQUIRED,
  requiredAt,
  stateOf,
  takeOut,
  takeOutEndless,
  undo,
} from "./partial";
import { cost, hasNegative, NONE, owner } from "./problem";
import { findUnit, isHopeless } from "./rounding";

const FIRST_STEPS: u32 = 600; // of a bound, at the root and elsewhere
const STEPS: u32 = 40;
const FEW_EDGES: u32 = 4096;
const DEEPEST: u32 = 1500;
const ROOM_OF_CLASS: u32 = 32;
const MOST_ROOM: u32 = 1 << 18;

let PART: usize = 0;
let SEEDS: usize = 0;
let ENDS: usize = 0;
let LEAST: usize = 0;
let FOUND: usize = 0;
let SEEN: usize = 0;
let GROUP: usize = 0;
let NAME: usize = 0;
let COUNT: usize = 0;
let room: u32 = 0; // of SEEDS, FOUND and ENDS each
let seeds: u32 = 0;
let ends: u32 = 0;
let found: u32 = 0;
let gathering: u32 = 0;

let isMade: bool = false;
let isTooLarge: bool = false;
let isFirst: bool = false;
/** What the part that is searched costs at least. */
let partFloor: f64 = 0;
let parted: u32 = 0;
let LIMIT: usize = 0;
let LEADS: usize = 0;
let QUEUE: usize = 0;
let ANCHOR: usize = 0;
let ANCHORED: usize = 0;

/** What no plan costs less than, as far as it is known. */
export let lowerBound: f64 = -Infinity;

export function newExact(): void {
  isMade = false;
  isTooLarge = false;
  lowerBound = -Infinity;
}

/** Whether the kernel is so small that the search is likely to end. */
export function isSmall(): bool {
  return isMade && edges <= FEW_EDGES;
}

/**
 * Looks for parts of a cheaper plan than `choices`, until there are none, or the work or the time is used up.
 * Writes those that it finds over `choices`, nodes of the core by class, and raises `lowerBound`. Whether it wrote any.
 */
export function searchExactly(choices: usize, work: i64, deadline: f64): bool {
  allow(work, deadline);
  if (!makeOnce() || !measure(choices) || !beginPartial()) return false;
  allow(work, deadline);
  ends = 0;
  found = 0;
  if (isFirst) beginCharges();
  keep(0, 0, 0);
  let wrote = write(choices);
  seeds = 0;
  for (let cls: u32 = 0; cls < classes; cls++)
    if (stateOf(cls) == REQUIRED) setWord(SEEDS, seeds++, cls);
  gather(0, seeds, mark());
  let from = seeds;
  takePart(PART, parted);
  raiseBound(0, 0);
  const parts = split();
  shareOut(choices, parts);
  let sum = paid;
  for (let i: u32 = 0; i < parts; i++) {
    found = 0;
    partFloor = -Infinity;
    const limit = double(LIMIT, i);
    const least = explore(from, word(ENDS, i), mark(), limit, 0);
    if (least < limit && write(choices)) wrote = true;
    sum += isOver ? partFloor : min(least, limit);
    from = word(ENDS, i);
  }
  isFirst = false;
  lowerBound = max(lowerBound, sum);
  return wrote;
}

/** Makes the kernel; false if it is too large. */
function makeOnce(): bool {
  if (isTooLarge) return false;
  if (isMade) return true;
  isTooLarge = !makeKernel();
  if (isTooLarge) return false;
  findUnit();
  newPartial();
  newBound();
  room = min(ROOM_OF_CLASS * classes, MOST_ROOM) + 2 * classes + 4096;
  PART = newWords(classes);
  SEEDS = newWords(room);
  ENDS = newWords(room);
  LEAST = newDoubles(room);
  FOUND = newWords(room);
  SEEN = newWords(classes);
  GROUP = newWords(classes);
  NAME = newWords(classes);
  COUNT = newWords(classes + 1);
  LEADS = newWords(classes);
  QUEUE = newWords(classes);
  ANCHOR = newWords(classes);
  ANCHORED = newWords(classes);
  LIMIT = newDoubles(classes);
  gathering = 0;
  isMade = true;
  isFirst = true;
  return true;
}

/** What each part of the plan at hand costs: only less is looked for. What is in no part is counted with each. */
function shareOut(choices: usize, parts: u32): void {
  for (let i: u32 = 0; i < parts; i++) setDouble(LIMIT, i, 0);
  let rest = dagCost() - paid;
  for (let i: u32 = 0; i < usedCount(); i++) {
    const core = word(usedClasses(), i);
    const cls = kernelClass(core);
    if (cls == NONE || word(SEEN, cls) != gathering) continue;
    const at = word(NAME, leaderOf(cls));
    const price = double(cost, word(choices, core));
    setDouble(LIMIT, at, double(LIMIT, at) + price);
    rest -= price;
  }
  for (let i: u32 = 0; i < parts; i++) setDouble(LIMIT, i, double(LIMIT, i) + max(0, rest));
}

/** Writes what was found over choices of the core; whether there was anything. */
function write(choices: usize): bool {
  for (let i: u32 = 0; i < found; i++) {
    const node = word(CORE_NODE, word(FOUND, i));
    setWord(choices, word(owner, node), node);
  }
  return found > 0;
}

// ---------------------------------------------------------------------------------- branch and bound

/**
 * The cheapest way to compute the seeds from `from` to `to`, and what became required since a mark of the trail, if it
 * costs less than `limit`: what it adds to what is paid, and its nodes are put on FOUND. Else infinity, or where the search is over and has found none.
 */
function explore(from: u32, to: u32, since: u32, limit: f64, depth: u32): f64 {
  const level = mark();
  const before = paid;
  const seedsAt = seeds;
  const endsAt = ends;
  const foundAt = found;
  let steps = depth == 0 && isFirst ? FIRST_STEPS : STEPS;
  let least = limit;
  while (takeOutEndless()) {
    seeds = seedsAt;
    ends = endsAt;
    const base = paid - before;
    const below = boundOf(from, to, since, least - base, steps);
    steps = STEPS;
    if (depth == 0) partFloor = max(partFloor, min(base + below, least));
    if (!canGoOn(depth) || isHopeless(base + below, least)) break;
    if (parted == 0) {
      least = base;
      keep(level, foundAt, found);
      break;
    }
    const fixed = mark();
    fixWhatMustBe(least - base);
    if (!propagate()) break;
    if (mark() != fixed) continue;
    const foundThen = found;
    if (split() > 1) {
      const cost = base + exploreParts(seedsAt, endsAt, least - base, depth);
      if (cost < least) {
        least = cost;
        keep(level, foundAt, foundThen);
      }
      break;
    }
    const then = mark();
    const paidThen = paid;
    const seedsEnd = seeds;
    const cls = hasNegative ? NONE : classToTry();
    const isUse = isLikely;
    const node = nodeToTry();
    if (cls == NONE ? decide(node) : assume(cls, isUse)) {
      if (propagate()) {
        const added = paid - before;
        const cost = added + explore(seedsAt, seedsEnd, then, least - added, depth + 1);
        if (cost < least) {
          least = cost;
          keep(level, foundAt, foundThen);
        }
      }
    }
    undo(then, paidThen);
    if (cls == NONE) takeOut(node);
    else assume(cls, !isUse);
    if (isOver || !propagate()) break;
  }
  seeds = seedsAt;
  ends = endsAt;
  undo(level, before);
  return least < limit ? least : Infinity;
}

/** That the plan that is looked for uses a class, or does not. A plan that need not have used it is found in the other case too, and is cheaper there. */
function assume(cls: u32, isUsed: bool): bool {
  if (isUsed) require(cls);
  else for (let node = word(NODE_AT, cls); node < word(NODE_AT, cls + 1); node++) takeOut(node);
  return true;
}

/** Makes the part of the seeds the one that is looked at; what it adds at least. */
function boundOf(from: u32, to: u32, since: u32, limit: f64, steps: u32): f64 {
  gather(from, to, since);
  takePart(PART, parted);
  return raiseBound(isOver ? 0 : steps, limit);
}

/** All parts, or infinity where one costs too much beside what the others cost at least. */
function exploreParts(seedsAt: u32, endsAt: u32, limit: f64, depth: u32): f64 {
  const foundAt = found;
  const last = ends;
  let left: f64 = 0;
  for (let i = endsAt; i < last; i++) left += double(LEAST, i);
  let sum: f64 = 0;
  let from = seedsAt;
  for (let i = endsAt; i < last; i++) {
    left -= double(LEAST, i);
    const cost = explore(from, word(ENDS, i), mark(), limit - sum - left, depth + 1);
    if (cost == Infinity) {
      found = foundAt;
      return Infinity;
    }
    sum += cost;
    from = word(ENDS, i);
  }
  return sum;
}

/** Puts what was decided since `level` to what lies on FOUND from `at`, and all of it where the plan of the level lies. */
function keep(level: u32, to: u32, at: u32): void {
  const last = mark();
  if (found + (last - level) > room) {
    end();
    found = to;
    return;
  }
  for (let i = level; i < last; i++) {
    const cls = decidedAt(i);
    if (cls != 0) setWord(FOUND, found++, chosenOf(cls - 1));
  }
  const count = found - at;
  memory.copy(FOUND + ((<usize>to) << 2), FOUND + ((<usize>at) << 2), (<usize>count) << 2);
  found = to + count;
}

/** Whether there is work, time and room for more. */
function canGoOn(depth: u32): bool {
  if (depth > DEEPEST || seeds + classes > room || ends + classes > room) end();
  return mayGoOn();
}

// ------------------------------------------------------------------------------------------- parts

/** Writes the required classes of the seeds and of what was done since then, and what they can come to need, into PART. */
function gather(from: u32, to: u32, since: u32): void {
  gathering++;
  parted = 0;
  for (let i = from; i < to; i++) if (stateOf(word(SEEDS, i)) == REQUIRED) enter(word(SEEDS, i));
  for (let i = since; i < mark(); i++) {
    const cls = requiredAt(i);
    if (cls != 0 && stateOf(cls - 1) == REQUIRED) enter(cls - 1);
  }
  for (let i: u32 = 0; i < parted; i++) {
    const cls = word(PART, i);
    for (let node = word(NODE_AT, cls); node < word(NODE_AT, cls + 1); node++) {
      did(1);
      if (isOut(node)) continue;
      for (let k = word(CHILD_AT, node); k < word(CHILD_AT, node + 1); k++) {
        did(1);
        if (stateOf(word(CHILD, k)) == FREE) enter(word(CHILD, k));
      }
    }
  }
}

function enter(cls: u32): void {
  if (word(SEEN, cls) == gathering) return;
  setWord(SEEN, cls, gathering);
  setWord(GROUP, cls, cls);
  setWord(PART, parted++, cls);
}

/** Divides what was gathered; puts the seeds of the parts on SEEDS and their ends on ENDS. Gives how many there are. */
function split(): u32 {
  if (isCyclic) findLeading();
  for (let i: u32 = 0; i < parted; i++) group(word(PART, i));
  const parts = nameGroups();
  const first = ends;
  let at = seeds;
  for (let i: u32 = 0; i < parts; i++) {
    const count = word(COUNT, i);
    setWord(COUNT, i, at);
    at += count;
    setWord(ENDS, ends, at);
    setDouble(LEAST, ends++, 0);
  }
  seeds = at;
  for (let i: u32 = 0; i < parted; i++) {
    const cls = word(PART, i);
    const name = word(NAME, leaderOf(cls));
    setDouble(LEAST, first + name, double(LEAST, first + name) + shareOf(i));
    if (stateOf(cls) != REQUIRED) continue;
    setWord(SEEDS, word(COUNT, name), cls);
    setWord(COUNT, name, word(COUNT, name) + 1);
  }
  return parts;
}

/** Numbers the groups; COUNT has how many required classes each has. */
function nameGroups(): u32 {
  let parts: u32 = 0;
  for (let i: u32 = 0; i < parted; i++) setWord(NAME, word(PART, i), NONE);
  for (let i: u32 = 0; i < parted; i++) {
    const cls = word(PART, i);
    const leader = leaderOf(cls);
    if (word(NAME, leader) == NONE) {
      setWord(COUNT, parts, 0);
      setWord(NAME, leader, parts++);
    }
    const name = word(NAME, leader);
    if (stateOf(cls) == REQUIRED) setWord(COUNT, name, word(COUNT, name) + 1);
  }
  return parts;
}

function group(cls: u32): void {
  for (let node = word(NODE_AT, cls); node < word(NODE_AT, cls + 1); node++) {
    if (isOut(node)) continue;
    for (let k = word(CHILD_AT, node); k < word(CHILD_AT, node + 1); k++) {
      const below = word(CHILD, k);
      did(1);
      if (stateOf(below) == FREE) unite(cls, below);
      else if (isCyclic && word(CYCLE, below) == word(CYCLE, cls) && mayLeadBack(below))
        unite(cls, anchorOf(word(CYCLE, cls), cls));
    }
  }
}

function mayLeadBack(cls: u32): bool {
  return stateOf(cls) == REQUIRED || word(LEADS, cls) == gathering;
}

/** The first class of a cycle's that may lead back to it. */
function anchorOf(cycle: u32, cls: u32): u32 {
  if (word(ANCHORED, cycle) != gathering) {
    setWord(ANCHORED, cycle, gathering);
    setWord(ANCHOR, cycle, cls);
  }
  return word(ANCHOR, cycle);
}

/** Marks the decided classes that need a class which is not decided, of the part or not. */
function findLeading(): void {
  let count: u32 = 0;
  for (let cls: u32 = 0; cls < classes; cls++)
    if (stateOf(cls) == REQUIRED) setWord(QUEUE, count++, cls);
  did(classes);
  for (let i: u32 = 0; i < count; i++) {
    const below = word(QUEUE, i);
    for (let k = word(PARENT_AT, below); k < word(PARENT_AT, below + 1); k++) {
      const node = word(PARENT, k);
      const cls = word(OWNER, node);
      did(1);
      if (stateOf(cls) != DECIDED || chosenOf(cls) != node || word(LEADS, cls) == gathering)
        continue;
      setWord(LEADS, cls, gathering);
      setWord(QUEUE, count++, cls);
    }
  }
}

function leaderOf(cls: u32): u32 {
  let one = cls;
  while (word(GROUP, one) != one) {
    const above = word(GROUP, word(GROUP, one));
    setWord(GROUP, one, above);
    one = above;
  }
  return one;
}

function unite(x: u32, y: u32): void {
  const a = leaderOf(x);
  const b = leaderOf(y);
  if (a != b) setWord(GROUP, max(a, b), min(a, b));
}
