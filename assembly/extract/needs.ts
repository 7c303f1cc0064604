// What every finite term of a class has in it: NEEDS(c) is c and what its nodes have in common, of which each has what its
// children have. The greatest solution, found by sweeps from the leaves up. Empty where it would take too much work.
//
//   NEEDS     bits, classes × width words
//   COMMON    bits, width words: of the class that is looked at; OF_NODE: of one of its nodes
//   ORDER     u32 × classes   leaves first: a class after the children of one of its nodes
//   MISSING   u32 × nodes     children that are not in ORDER yet; IS_THERE u8 × classes

import { did, hasTime } from "./allowance";
import { byte, clearWords, fillWords, newBytes, newWords, setByte, setWord, word } from "./arrays";
import { CHILD, CHILD_AT, classes, NODE_AT, nodes, OWNER, PARENT, PARENT_AT } from "./kernel";

/** Of more it is not asked. */
export const MOST_CLASSES: u32 = 8192;
const MOST_WORK: i64 = 1 << 24; // words

let NEEDS: usize = 0;
let COMMON: usize = 0;
let OF_NODE: usize = 0;
let ORDER: usize = 0;
let MISSING: usize = 0;
let IS_THERE: usize = 0;
let width: u32 = 0;
/** How many classes are in the order. */
export let ordered: u32 = 0;

/** Whether NEEDS is there. */
export let areKnown: bool = false;

/** Leaves first. */
export function orderOfClasses(): usize {
  return ORDER;
}

export function newNeeds(): void {
  ORDER = newWords(classes);
  MISSING = newWords(nodes);
  IS_THERE = newBytes(classes);
  width = ((classes + 63) >> 6) << 1;
  areKnown = false;
  if (classes > MOST_CLASSES) return;
  NEEDS = newWords(classes * width);
  COMMON = newWords(width);
  OF_NODE = newWords(width);
}

/** Finds what classes need in the kernel as it is now. */
export function findNeeds(): void {
  findOrder();
  areKnown = false;
  if (classes > MOST_CLASSES) return;
  fillWords(NEEDS, classes * width, 0xffffffff);
  let left = MOST_WORK;
  let changed = true;
  while (changed) {
    changed = false;
    for (let i: u32 = 0; i < ordered; i++) {
      const cls = word(ORDER, i);
      if (lessen(cls)) changed = true;
      left -= workOf(cls);
      if (!hasTime()) return;
    }
    if (left < 0) return;
  }
  areKnown = true;
}

/** Words that looking at the nodes of a class takes. */
function workOf(cls: u32): u32 {
  const from = word(CHILD_AT, word(NODE_AT, cls));
  return width * (1 + word(CHILD_AT, word(NODE_AT, cls + 1)) - from);
}

function findOrder(): void {
  ordered = 0;
  memory.fill(IS_THERE, 0, classes);
  for (let node: u32 = 0; node < nodes; node++) {
    const arity = word(CHILD_AT, node + 1) - word(CHILD_AT, node);
    setWord(MISSING, node, arity);
    if (arity == 0) put(word(OWNER, node));
  }
  for (let i: u32 = 0; i < ordered; i++) {
    const cls = word(ORDER, i);
    for (let k = word(PARENT_AT, cls); k < word(PARENT_AT, cls + 1); k++) {
      const node = word(PARENT, k);
      const missing = word(MISSING, node) - 1;
      setWord(MISSING, node, missing);
      if (missing == 0) put(word(OWNER, node));
    }
  }
}

function put(cls: u32): void {
  if (byte(IS_THERE, cls) != 0) return;
  setByte(IS_THERE, cls, 1);
  setWord(ORDER, ordered++, cls);
}

function needsOf(cls: u32): usize {
  return NEEDS + ((<usize>cls * <usize>width) << 2);
}

function lessen(cls: u32): bool {
  fillWords(COMMON, width, 0xffffffff);
  for (let node = word(NODE_AT, cls); node < word(NODE_AT, cls + 1); node++) {
    gatherNeeds(node);
    for (let at: usize = 0; at < (<usize>width) << 2; at += 8)
      store<u64>(COMMON + at, load<u64>(COMMON + at) & load<u64>(OF_NODE + at));
  }
  setWord(COMMON, cls >> 5, word(COMMON, cls >> 5) | (1 << (cls & 31)));
  const at = needsOf(cls);
  if (memory.compare(at, COMMON, (<usize>width) << 2) == 0) return false;
  memory.copy(at, COMMON, (<usize>width) << 2);
  return true;
}

/** Gathers what a node needs, for `isGathered`. */
export function gatherNeeds(node: u32): void {
  did((width * (1 + word(CHILD_AT, node + 1) - word(CHILD_AT, node))) >> 2);
  clearWords(OF_NODE, width);
  for (let k = word(CHILD_AT, node); k < word(CHILD_AT, node + 1); k++) {
    const needs = needsOf(word(CHILD, k));
    for (let at: usize = 0; at < (<usize>width) << 2; at += 8)
      store<u64>(OF_NODE + at, load<u64>(OF_NODE + at) | load<u64>(needs + at));
  }
}

export function isGathered(cls: u32): bool {
  return has(OF_NODE, cls);
}

function has(bits: usize, cls: u32): bool {
  return ((word(bits, cls >> 5) >> (cls & 31)) & 1) != 0;
}

/** Writes the classes that a class needs, but for itself; gives how many there are. */
export function listNeeds(cls: u32, list: usize): u32 {
  const at = needsOf(cls);
  let count: u32 = 0;
  for (let i: u32 = 0; i < width; i++) {
    let bits = word(at, i);
    while (bits != 0) {
      const one = (i << 5) + ctz(bits);
      bits &= bits - 1;
      if (one != cls && one < classes) setWord(list, count++, one);
    }
  }
  return count;
}

/** Leaves of a list of classes those that no other of them needs; gives how many are left. */
export function leaveNearest(list: usize, count: u32): u32 {
  did((width * count) >> 1);
  clearWords(COMMON, width);
  for (let i: u32 = 0; i < count; i++) {
    const one = word(list, i);
    const at = needsOf(one);
    const bit: u32 = 1 << (one & 31);
    for (let k: u32 = 0; k < width; k++) {
      const own = k == one >> 5 ? bit : 0;
      setWord(COMMON, k, word(COMMON, k) | (word(at, k) & ~own));
    }
  }
  let left: u32 = 0;
  for (let i: u32 = 0; i < count; i++)
    if (!has(COMMON, word(list, i))) setWord(list, left++, word(list, i));
  return left;
}
