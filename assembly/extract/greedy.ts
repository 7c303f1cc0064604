// Greedy DAG extraction, as extraction-gym's faster-greedy-dag does it: a class knows a set of classes with
// their nodes that computes it, and what the set costs, each class once; a node offers the union of its
// children's sets and itself; a cheaper offer replaces the set and has the class's users look again, those
// of a small price first. Where the work budget lasts, the answer is that algorithm's.
//
//   LIST    u32 × c   address of a set: one word a class of it, the node
//   LENGTH  u32 × c   words in it; 0: the class has none yet
//   ROOM    u32 × c   log2 of the words that fit
//   TOTAL   f64 × c   cost of the set
//   CHOICE  u32 × c   node, or NONE
//   QUEUED  u8 × n    the node is in the heap
//   UNION   u32 × c   the offer that is being made
//   PLACE   u32 × c   where a class is in UNION, where STAMP is the present offer
//   STAMP   u32 × c
//   SORTED  u32 × e   children of a node, each once, from childAt to END
//   END     u32 × n
//   FREE    u32 × 32  lists that were given up, by log2 of their room: each begins with the next

import { allocate } from "../memory/arena";
import { now } from "../host";
import {
  clearWords,
  double,
  byte,
  fillWords,
  newBytes,
  newDoubles,
  newWords,
  roomLeft,
  setByte,
  setDouble,
  setWord,
  word,
} from "./arrays";
import { clearHeap, heapSize, pop, push } from "./heap";
import {
  c,
  child,
  childAt,
  coreNode,
  cost,
  e,
  n,
  NONE,
  owner,
  parent,
  parentAt,
  problemNode,
} from "./problem";

const LEAST_ROOM: u32 = 2;
const CLOCK_WORK: i64 = 1 << 16;
const MEMORY: f64 = 536870912; // bytes of all sets

let LIST: usize = 0;
let LENGTH: usize = 0;
let ROOM: usize = 0;
let TOTAL: usize = 0;
let CHOICE: usize = 0;
let QUEUED: usize = 0;
let UNION: usize = 0;
let PLACE: usize = 0;
let STAMP: usize = 0;
let FREE: usize = 0;
let SORTED: usize = 0;
let END: usize = 0;
let stamp: u32 = 0;
let length: u32 = 0;
let work: i64 = 0;

export function greedyChoices(): usize {
  return CHOICE;
}

/** Runs until nothing gets cheaper, or until work, memory or time is used up; whether it came to its end. */
export function runGreedy(budget: i64, deadline: f64): bool {
  allocateAll();
  for (let node: u32 = 0; node < n; node++)
    if (word(childAt, node) == word(childAt, node + 1)) enqueue(node);
  const leastRoom = max(0, roomLeft() - MEMORY);
  let nextClock = CLOCK_WORK;
  while (heapSize() > 0) {
    const node = coreNode(pop());
    setByte(QUEUED, node, 0);
    work++;
    offer(node);
    if (work > budget || roomLeft() < leastRoom) return false;
    if (work < nextClock) continue;
    nextClock = work + CLOCK_WORK;
    if (now() >= deadline) return false;
  }
  return true;
}

function allocateAll(): void {
  LIST = newWords(c);
  LENGTH = newWords(c);
  ROOM = newWords(c);
  TOTAL = newDoubles(c);
  CHOICE = newWords(c);
  QUEUED = newBytes(n);
  UNION = newWords(c);
  PLACE = newWords(c);
  STAMP = newWords(c);
  FREE = newWords(32);
  stamp = 0;
  work = 0;
  fillWords(CHOICE, c, NONE);
  clearWords(FREE, 32);
  clearHeap();
  sortChildren();
}

/** Classes in their order give each to its users, so the children of a node come sorted. */
function sortChildren(): void {
  SORTED = newWords(e);
  END = newWords(n);
  memory.copy(END, childAt, (<usize>n) << 2);
  for (let cls: u32 = 0; cls < c; cls++) {
    for (let k = word(parentAt, cls); k < word(parentAt, cls + 1); k++) {
      const user = word(parent, k);
      const end = word(END, user);
      if (end > word(childAt, user) && word(SORTED, end - 1) == cls) continue;
      setWord(SORTED, end, cls);
      setWord(END, user, end + 1);
    }
  }
}

function enqueue(node: u32): void {
  if (byte(QUEUED, node) != 0) return;
  setByte(QUEUED, node, 1);
  push(double(cost, node), problemNode(node));
}

function offer(node: u32): void {
  const cls = word(owner, node);
  const best = word(LENGTH, cls) == 0 ? Infinity : double(TOTAL, cls);
  if (isHopeless(node, best) || !unite(node)) return;
  let total: f64 = 0;
  for (let i: u32 = 0; i < length; i++) total += double(cost, word(UNION, i));
  work += length;
  if (!(total < best)) return;
  keep(cls, total);
  setWord(CHOICE, cls, node);
  for (let k = word(parentAt, cls); k < word(parentAt, cls + 1); k++) {
    const user = word(parent, k);
    if (isReady(user)) enqueue(user);
  }
}

/** A node over one class costs at least its set. */
function isHopeless(node: u32, best: f64): bool {
  const from = word(childAt, node);
  if (word(END, node) != from + 1) return false;
  return double(cost, node) + double(TOTAL, word(SORTED, from)) > best;
}

/** Makes the offer of a node in UNION: the largest set, the others over it, itself; false if it needs itself. */
function unite(node: u32): bool {
  stamp++;
  length = 0;
  const from = word(childAt, node);
  const to = word(END, node);
  let largest = NONE;
  for (let k = from; k < to; k++) {
    const cls = word(SORTED, k);
    if (largest == NONE || word(LENGTH, cls) >= word(LENGTH, largest)) largest = cls;
  }
  if (largest != NONE) insertAll(largest);
  for (let k = from; k < to; k++) if (word(SORTED, k) != largest) insertAll(word(SORTED, k));
  work += to - from;
  if (word(STAMP, word(owner, node)) == stamp) return false;
  setWord(UNION, length++, node);
  return true;
}

function insertAll(cls: u32): void {
  const list: usize = word(LIST, cls);
  const end = word(LENGTH, cls);
  for (let i: u32 = 0; i < end; i++) {
    const node = word(list, i);
    const member = word(owner, node);
    if (word(STAMP, member) == stamp) {
      setWord(UNION, word(PLACE, member), node);
    } else {
      setWord(STAMP, member, stamp);
      setWord(PLACE, member, length);
      setWord(UNION, length++, node);
    }
  }
  work += end;
}

function keep(cls: u32, total: f64): void {
  setDouble(TOTAL, cls, total);
  const room = word(ROOM, cls);
  if (word(LENGTH, cls) == 0 || length > (<u32>1) << room) {
    if (word(LENGTH, cls) > 0) giveUp(word(LIST, cls), room);
    setWord(LIST, cls, <u32>take(cls));
  }
  setWord(LENGTH, cls, length);
  memory.copy(word(LIST, cls), UNION, (<usize>length) << 2);
}

function take(cls: u32): usize {
  let room = LEAST_ROOM;
  while (length > (<u32>1) << room) room++;
  setWord(ROOM, cls, room);
  const free: usize = word(FREE, room);
  if (free == 0) return allocate((<usize>4) << room);
  setWord(FREE, room, word(free, 0));
  return free;
}

function giveUp(list: usize, room: u32): void {
  setWord(list, 0, word(FREE, room));
  setWord(FREE, room, <u32>list);
}

function isReady(node: u32): bool {
  for (let k = word(childAt, node); k < word(childAt, node + 1); k++)
    if (word(LENGTH, word(child, k)) == 0) return false;
  return true;
}
