// What a part of a plan costs at least: Lagrangian relaxation of "a class that is used is computed". A class asks a
// charge of every class that uses it (a pair), and each class alone then decides whether it is computed, and by
// which node. Whatever the charges, no plan costs less than the sum of these decisions; subgradient steps (Held and
// Karp 1971, with Polyak's length) raise it. Charges are the same for all nodes of a class that uses another, as
// a plan has one of them.
//
// The part, written close together for the steps; of classes that are known to be computed there are no pairs:
//
//   CLASS     u32 × a      classes of the kernel, required or free
//   IS_MUST   u8 × a       required
//   FIRST     u32 × a + 1  nodes of a class
//   NODE      u32 × b      nodes of the kernel; PRICE_OF f64
//   EDGE_AT   u32 × b + 1  runs in EDGE
//   EDGE      u32 × d      pairs
//   TARGET    u32 × p      the class of the part that a pair charges for; SOURCE u32 the pair of the kernel
//   CHARGE    f64 × p      and BEST_CHARGE, of the best bound, MOVE, the step
//   ASKED     f64 × a      sum of the charges that a class asks
//   LEAST     f64 × a      its cheapest node with charges; BY u32 which, NEXT f64 the second cheapest
//   SHARE     f64 × a      what it adds to the bound
//   USERS     u32 × a      pairs that charge for it; USAGE f64, how often it was computed in the last steps

import { did, mayGoOn } from "./allowance";
import {
  byte,
  double,
  newBytes,
  newDoubles,
  newWords,
  setByte,
  setDouble,
  setWord,
  word,
} from "./arrays";
import {
  CHILD,
  CHILD_AT,
  classes,
  edges,
  NODE_AT,
  nodes,
  PAIR,
  pairs,
  PAIR_TO,
  PRICE,
} from "./kernel";
import { ordered, orderOfClasses } from "./needs";
import { FREE, isOut, REQUIRED, require, stateOf, takeOut } from "./partial";
import { hasNegative, NONE } from "./problem";
import { isHopeless } from "./rounding";

const PATIENCE: u32 = 12; // steps without a better bound, after which they are halved
const RECENT: f64 = 0.06; // of the last step in USAGE
const LEAST_DOUBT: f64 = 0;
const SWEEPS: u32 = 16;
const LEAST_LENGTH: f64 = 0.005;

/** Charges by pair of the kernel, kept from one part to the next. */
let KEPT: usize = 0;
let CLASS: usize = 0;
let INDEX: usize = 0;
let IS_MUST: usize = 0;
let FIRST: usize = 0;
let NODE: usize = 0;
let PRICE_OF: usize = 0;
let EDGE_AT: usize = 0;
let EDGE: usize = 0;
let TARGET: usize = 0;
let SOURCE: usize = 0;
let CHARGE: usize = 0;
let BEST_CHARGE: usize = 0;
let MOVE: usize = 0;
let PART_PAIR: usize = 0;
let PART_STAMP: usize = 0;
let ASKED: usize = 0;
let LEAST: usize = 0;
let NEXT: usize = 0;
let BY: usize = 0;
let SHARE: usize = 0;
let USERS: usize = 0;
let USAGE: usize = 0;
let stamp: u32 = 0;
let a: u32 = 0;
let b: u32 = 0;
let d: u32 = 0;
let p: u32 = 0;

export function newBound(): void {
  KEPT = newDoubles(pairs);
  CLASS = newWords(classes);
  INDEX = newWords(classes);
  IS_MUST = newBytes(classes);
  FIRST = newWords(classes + 1);
  NODE = newWords(nodes);
  PRICE_OF = newDoubles(nodes);
  EDGE_AT = newWords(nodes + 1);
  EDGE = newWords(edges);
  TARGET = newWords(pairs);
  SOURCE = newWords(pairs);
  CHARGE = newDoubles(pairs);
  BEST_CHARGE = newDoubles(pairs);
  MOVE = newDoubles(pairs);
  PART_PAIR = newWords(pairs);
  PART_STAMP = newWords(pairs);
  ASKED = newDoubles(classes);
  LEAST = newDoubles(classes);
  NEXT = newDoubles(classes);
  BY = newWords(classes);
  SHARE = newDoubles(classes);
  USERS = newWords(classes);
  USAGE = newDoubles(classes);
  stamp = 0;
}

/** Charges to begin with: a class asks its price, as far as sweeps from below find it, of all that use it in equal parts. */
export function beginCharges(): void {
  for (let cls: u32 = 0; cls < classes; cls++) {
    setDouble(ASKED, cls, 0);
    setDouble(LEAST, cls, 0);
  }
  for (let i: u32 = 0; i < pairs; i++)
    setDouble(ASKED, word(PAIR_TO, i), double(ASKED, word(PAIR_TO, i)) + 1);
  let rises = true;
  for (let sweep: u32 = 0; sweep < SWEEPS && rises; sweep++) {
    rises = false;
    for (let i: u32 = 0; i < ordered; i++) if (raise(word(orderOfClasses(), i))) rises = true;
  }
  for (let i: u32 = 0; i < pairs; i++) setDouble(KEPT, i, partOf(word(PAIR_TO, i)));
}

function raise(cls: u32): bool {
  let least = Infinity;
  for (let node = word(NODE_AT, cls); node < word(NODE_AT, cls + 1); node++) {
    if (isOut(node)) continue;
    let cost = double(PRICE, node);
    for (let k = word(CHILD_AT, node); k < word(CHILD_AT, node + 1); k++)
      cost += partOf(word(CHILD, k));
    least = min(least, cost);
  }
  did(word(CHILD_AT, word(NODE_AT, cls + 1)) - word(CHILD_AT, word(NODE_AT, cls)));
  if (least == Infinity || !(least > double(LEAST, cls))) return false;
  setDouble(LEAST, cls, least);
  return true;
}

/** What each that uses a free class is asked for it. */
function partOf(cls: u32): f64 {
  return stateOf(cls) == FREE ? double(LEAST, cls) / double(ASKED, cls) : 0;
}

/** Takes the classes at `list`, required and free, for the part. */
export function takePart(list: usize, count: u32): void {
  stamp++;
  a = count;
  b = 0;
  d = 0;
  p = 0;
  for (let i: u32 = 0; i < a; i++) {
    const cls = word(list, i);
    setWord(CLASS, i, cls);
    setWord(INDEX, cls, i);
    setByte(IS_MUST, i, stateOf(cls) == REQUIRED ? 1 : 0);
    setWord(USERS, i, 0);
    setDouble(USAGE, i, 0);
  }
  for (let i: u32 = 0; i < a; i++) {
    setWord(FIRST, i, b);
    const cls = word(CLASS, i);
    for (let node = word(NODE_AT, cls); node < word(NODE_AT, cls + 1); node++)
      if (!isOut(node)) takeNode(node);
  }
  setWord(FIRST, a, b);
  setWord(EDGE_AT, b, d);
  did(b + d);
}

function takeNode(node: u32): void {
  setWord(NODE, b, node);
  setDouble(PRICE_OF, b, double(PRICE, node));
  setWord(EDGE_AT, b++, d);
  for (let k = word(CHILD_AT, node); k < word(CHILD_AT, node + 1); k++) {
    const below = word(CHILD, k);
    if (stateOf(below) != FREE) continue;
    const pair = word(PAIR, k);
    if (word(PART_STAMP, pair) != stamp) {
      setWord(PART_STAMP, pair, stamp);
      setWord(PART_PAIR, pair, p);
      setWord(TARGET, p, word(INDEX, below));
      setWord(SOURCE, p, pair);
      setWord(USERS, word(INDEX, below), word(USERS, word(INDEX, below)) + 1);
      setDouble(CHARGE, p++, double(KEPT, pair));
    }
    setWord(EDGE, d++, word(PART_PAIR, pair));
  }
}

/** Raises the bound of the part in so many steps, or until nothing below `limit` is possible or steps are short. */
export function raiseBound(steps: u32, limit: f64): f64 {
  let best = evaluate();
  copy(CHARGE, BEST_CHARGE, p);
  let length: f64 = 1;
  let since: u32 = 0;
  for (let i: u32 = 0; i < steps && p > 0 && mayGoOn() && !isHopeless(best, limit); i++) {
    if (!step(length * (limit - lastBound))) break;
    const bound = evaluate();
    followUsage();
    if (bound > best) {
      if (bound > best + 0.0005 * (limit - best)) since = 0;
      best = bound;
      copy(CHARGE, BEST_CHARGE, p);
    } else if (++since > PATIENCE) {
      since = 0;
      length *= 0.5;
      copy(BEST_CHARGE, CHARGE, p);
      evaluate();
      if (length < LEAST_LENGTH) break;
    }
  }
  copy(BEST_CHARGE, CHARGE, p);
  evaluate();
  for (let i: u32 = 0; i < p; i++) setDouble(KEPT, word(SOURCE, i), double(CHARGE, i));
  return lastBound;
}

let lastBound: f64 = 0;

/** The bound by the present charges. */
function evaluate(): f64 {
  did(d + b + 2 * p);
  for (let i: u32 = 0; i < a; i++) setDouble(ASKED, i, 0);
  for (let i: u32 = 0; i < p; i++) {
    const at = ASKED + ((<usize>word(TARGET, i)) << 3);
    store<f64>(at, load<f64>(at) + double(CHARGE, i));
  }
  let sum: f64 = 0;
  for (let i: u32 = 0; i < a; i++) {
    compare(i);
    const share = double(LEAST, i) - double(ASKED, i);
    const counted = byte(IS_MUST, i) != 0 ? double(LEAST, i) : min(0, share);
    setDouble(SHARE, i, counted);
    sum += counted;
  }
  lastBound = sum;
  return sum;
}

function compare(cls: u32): void {
  let least = Infinity;
  let next = Infinity;
  let by: u32 = 0;
  const end = word(FIRST, cls + 1);
  for (let node = word(FIRST, cls); node < end; node++) {
    const cost = costOf(node);
    if (cost < least) {
      next = least;
      least = cost;
      by = node;
    } else if (cost < next) next = cost;
  }
  setDouble(LEAST, cls, least);
  setDouble(NEXT, cls, next);
  setWord(BY, cls, by);
}

function costOf(node: u32): f64 {
  let cost = double(PRICE_OF, node);
  const end = word(EDGE_AT, node + 1);
  for (let k = word(EDGE_AT, node); k < end; k++) cost += double(CHARGE, word(EDGE, k));
  return cost;
}

function followUsage(): void {
  for (let i: u32 = 0; i < a; i++)
    setDouble(USAGE, i, (1 - RECENT) * double(USAGE, i) + (isComputed(i) ? RECENT : 0));
}

function isComputed(cls: u32): bool {
  return byte(IS_MUST, cls) != 0 || double(LEAST, cls) < double(ASKED, cls);
}

/** Charges rise where a class is used and not computed, and fall where it is computed and not used; false if neither is. */
function step(length: f64): bool {
  for (let i: u32 = 0; i < p; i++) setDouble(MOVE, i, isComputed(word(TARGET, i)) ? -1 : 0);
  for (let cls: u32 = 0; cls < a; cls++) {
    if (!isComputed(cls)) continue;
    const node = word(BY, cls);
    for (let k = word(EDGE_AT, node); k < word(EDGE_AT, node + 1); k++) {
      const pair = word(EDGE, k);
      setDouble(MOVE, pair, double(MOVE, pair) + 1);
    }
  }
  let norm: f64 = 0;
  for (let i: u32 = 0; i < p; i++) {
    const move = double(MOVE, i);
    // A charge of 0 cannot fall.
    if (move < 0 && double(CHARGE, i) == 0) setDouble(MOVE, i, 0);
    else norm += move * move;
  }
  if (norm == 0) return false;
  const by = length / norm;
  for (let i: u32 = 0; i < p; i++)
    setDouble(CHARGE, i, max(0, double(CHARGE, i) + by * double(MOVE, i)));
  return true;
}

function copy(from: usize, to: usize, count: u32): void {
  memory.copy(to, from, (<usize>count) << 3);
}

// ------------------------------------------------------------------------------ what the bound says

/** What the class adds to the bound; it is the i-th of the part. */
export function shareOf(i: u32): f64 {
  return double(SHARE, i);
}

/**
 * Takes out the nodes that no plan below `limit` has, and requires the classes that all of them have. What follows
 * comes with `propagate`. With prices below 0 none are required: the bound has such classes computed where nothing needs them.
 */
export function fixWhatMustBe(limit: f64): void {
  const bound = lastBound;
  for (let i: u32 = 0; i < a; i++) {
    const least = double(LEAST, i);
    const isMust = byte(IS_MUST, i) != 0;
    const asked = double(ASKED, i);
    const other = bound + (isMust ? 0 : max(0, least - asked)) - least;
    for (let node = word(FIRST, i); node < word(FIRST, i + 1); node++)
      if (isHopeless(other + costOf(node), limit)) takeOut(word(NODE, node));
    if (!isMust && !hasNegative && isHopeless(bound + asked - least, limit))
      require(word(CLASS, i));
  }
  did(d);
}

/**
 * The class to branch on: free, used from several, and in the steps now computed and now not. NONE if there is none;
 * `isLikely` says which to try first.
 */
export function classToTry(): u32 {
  let most: f64 = LEAST_DOUBT;
  let found = NONE;
  for (let i: u32 = 0; i < a; i++) {
    if (byte(IS_MUST, i) != 0 || word(USERS, i) < 2) continue;
    const usage = double(USAGE, i);
    const doubt = min(usage, 1 - usage) * double(LEAST, i) * (word(USERS, i) - 1);
    if (!(doubt > most)) continue;
    most = doubt;
    found = word(CLASS, i);
    isLikely = usage > 0.5;
  }
  return found;
}

/** Whether the class of `classToTry` is rather computed. */
export let isLikely: bool = false;

/** The node to try first: of the required class whose second choice costs most more than the first. */
export function nodeToTry(): u32 {
  let most: f64 = -1;
  let node: u32 = 0;
  for (let i: u32 = 0; i < a; i++) {
    if (byte(IS_MUST, i) == 0) continue;
    const more = double(NEXT, i) - double(LEAST, i);
    if (!(more > most)) continue;
    most = more;
    node = word(NODE, word(BY, i));
  }
  return node;
}
