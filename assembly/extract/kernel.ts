// The kernel: what of the core an exact search has to look at. Numbers of the kernel are its own. A child that a node
// has several times is there once. Dominated nodes are out, and by what all terms of a class need (needs.ts)
//
// - nodes that need their own class, which no plan has;
// - nodes that need all that a cheaper one of their class has for children: that one is at least as good;
// - and what every term of a class needs nearest is a child of all its nodes, which says no more and bounds better.
//
//   PRICE     f64 × nodes        price of a node
//   OWNER     u32 × nodes        its class
//   NODE_AT   u32 × classes + 1  nodes of a class
//   CHILD_AT  u32 × nodes + 1    runs in CHILD and PAIR
//   CHILD     u32 × edges        classes
//   PAIR      u32 × edges        the pair (class of the node, child): one for all nodes of the class
//   PAIR_AT   u32 × classes + 1  pairs of a class
//   PAIR_TO   u32 × pairs        the child
//   PARENT_AT u32 × classes + 1  runs in PARENT
//   PARENT    u32 × edges        nodes that have the class as a child
//   CYCLE     u32 × classes      classes that lead to each other have the same number
//   ROOTS     u32 × rootCount
//   CORE_NODE u32 × nodes        kernel → core

import { hasTime } from "./allowance";
import {
  byte,
  clearWords,
  double,
  fillWords,
  newBytes,
  newDoubles,
  newWords,
  roomLeft,
  setByte,
  setDouble,
  setWord,
  sumUp,
  word,
} from "./arrays";
import {
  areKnown,
  findNeeds,
  gatherNeeds,
  isGathered,
  leaveNearest,
  listNeeds,
  MOST_CLASSES,
  newNeeds,
} from "./needs";
import * as core from "./problem";

/** Larger ones are not tried: an exact search over them does not end. */
const MOST_EDGES: u32 = 1 << 17;
const MOST_BYTES: f64 = 268435456; // of an exact search, roughly

const MOST_NEEDS: u32 = 1 << 16;
const ROUNDS: u32 = 3; // of looking at what is needed
const MOST_PAIRS: u32 = 1 << 20; // of nodes that are compared

export let classes: u32 = 0;
export let nodes: u32 = 0;
export let edges: u32 = 0;
export let pairs: u32 = 0;
export let rootCount: u32 = 0;
export let PRICE: usize = 0;
export let OWNER: usize = 0;
export let NODE_AT: usize = 0;
export let CHILD_AT: usize = 0;
export let CHILD: usize = 0;
export let PAIR: usize = 0;
export let PAIR_AT: usize = 0;
export let PAIR_TO: usize = 0;
export let PARENT_AT: usize = 0;
export let PARENT: usize = 0;
export let CYCLE: usize = 0;
export let ROOTS: usize = 0;
export let CORE_NODE: usize = 0;
/** Whether classes lead to themselves. */
export let isCyclic: bool = false;

let KERNEL_CLASS: usize = 0;

/** Roughly what making the kernel takes. */
export function workOfKernel(): i64 {
  const links = <i64>core.e + <i64>core.c;
  return 20 * links + (core.c > MOST_CLASSES ? 0 : (links * core.c) >> 6);
}

/** The kernel of a core; false if it is too large, or the time is over. */
export function makeKernel(): bool {
  KERNEL_CLASS = newWords(core.c);
  classes = 0;
  nodes = 0;
  edges = 0;
  numberClasses();
  if (max(edges, nodes) > MOST_EDGES || roomLeft() < MOST_BYTES) return false;
  allocateAll();
  writeNodes();
  writeParents();
  newNeeds();
  for (let round: u32 = 0; round < ROUNDS; round++) {
    findNeeds();
    if (!areKnown || !dropNodes()) break;
    writeParents();
  }
  if (areKnown && hasTime()) {
    addNeeds();
    writeParents();
  }
  if (!hasTime()) return false;
  writePairs();
  findCycles();
  return true;
}

/** The number of a class of the core; NONE if no plan needs it. */
export function kernelClass(cls: u32): u32 {
  return word(KERNEL_CLASS, cls);
}

/** In the order in which the roots lead to them. */
function numberClasses(): void {
  const queue = newWords(core.c);
  fillWords(KERNEL_CLASS, core.c, core.NONE);
  ROOTS = newWords(core.rootCount);
  rootCount = core.rootCount;
  for (let i: u32 = 0; i < rootCount; i++) setWord(ROOTS, i, enter(word(core.root, i), queue));
  for (let at: u32 = 0; at < classes && edges <= MOST_EDGES; at++) {
    const cls = word(queue, at);
    const end = word(core.nodeAt, cls + 1);
    for (let node = word(core.nodeAt, cls); node < end; node++) {
      if (byte(core.dominated, node) != 0) continue;
      nodes++;
      for (let k = word(core.childAt, node); k < word(core.childAt, node + 1); k++) {
        enter(word(core.child, k), queue);
        edges++;
      }
    }
  }
  CLASSES = queue;
}

let CLASSES: usize = 0;

function enter(cls: u32, queue: usize): u32 {
  const known = word(KERNEL_CLASS, cls);
  if (known != core.NONE) return known;
  setWord(KERNEL_CLASS, cls, classes);
  setWord(queue, classes, cls);
  return classes++;
}

function allocateAll(): void {
  PRICE = newDoubles(nodes);
  OWNER = newWords(nodes);
  CORE_NODE = newWords(nodes);
  NODE_AT = newWords(classes + 1);
  CHILD_AT = newWords(nodes + 1);
  CHILD = newWords(edges);
  PAIR = newWords(edges);
  PAIR_AT = newWords(classes + 1);
  PAIR_TO = newWords(edges);
  PARENT_AT = newWords(classes + 1);
  PARENT = newWords(edges);
  CYCLE = newWords(classes);
}

function writeNodes(): void {
  const seen = newWords(classes);
  let node: u32 = 0;
  edges = 0;
  for (let cls: u32 = 0; cls < classes; cls++) {
    const from = word(CLASSES, cls);
    for (let i = word(core.nodeAt, from); i < word(core.nodeAt, from + 1); i++) {
      if (byte(core.dominated, i) != 0) continue;
      setDouble(PRICE, node, double(core.cost, i));
      setWord(OWNER, node, cls);
      setWord(CORE_NODE, node, i);
      node++;
      for (let k = word(core.childAt, i); k < word(core.childAt, i + 1); k++) {
        const below = word(KERNEL_CLASS, word(core.child, k));
        if (word(seen, below) == node) continue;
        setWord(seen, below, node);
        setWord(CHILD, edges++, below);
      }
      setWord(CHILD_AT, node, edges);
    }
    setWord(NODE_AT, cls + 1, node);
  }
}

// ------------------------------------------------------------------------------- what is needed

/** Drops nodes that no plan, or no cheapest one, has to have; whether there were any. */
function dropNodes(): bool {
  const isDropped = newBytes(nodes);
  let dropped: u32 = 0;
  let left: i32 = MOST_PAIRS;
  for (let cls: u32 = 0; cls < classes; cls++)
    for (let node = word(NODE_AT, cls); node < word(NODE_AT, cls + 1); node++) {
      gatherNeeds(node);
      left -= word(NODE_AT, cls + 1) - word(NODE_AT, cls);
      if (!hasTime()) return false;
      if (!isGathered(cls) && (core.hasNegative || left < 0 || !isBeaten(node, isDropped)))
        continue;
      setByte(isDropped, node, 1);
      dropped++;
    }
  if (dropped > 0) compact(isDropped);
  return dropped > 0;
}

/** Whether another node of the class costs no more and has only children that the gathered one needs. */
function isBeaten(node: u32, isDropped: usize): bool {
  const cls = word(OWNER, node);
  for (let other = word(NODE_AT, cls); other < word(NODE_AT, cls + 1); other++) {
    if (other == node || byte(isDropped, other) != 0) continue;
    if (double(PRICE, other) > double(PRICE, node)) continue;
    let k = word(CHILD_AT, other);
    while (k < word(CHILD_AT, other + 1) && isGathered(word(CHILD, k))) k++;
    if (k == word(CHILD_AT, other + 1)) return true;
  }
  return false;
}

/** Writes the nodes that are left closer together. */
function compact(isDropped: usize): void {
  let node: u32 = 0;
  let from: u32 = 0;
  edges = 0;
  for (let cls: u32 = 0; cls < classes; cls++) {
    const end = word(NODE_AT, cls + 1);
    for (; from < end; from++) {
      if (byte(isDropped, from) != 0) continue;
      const to = word(CHILD_AT, from + 1);
      for (let k = word(CHILD_AT, from); k < to; k++) setWord(CHILD, edges++, word(CHILD, k));
      setDouble(PRICE, node, double(PRICE, from));
      setWord(OWNER, node, cls);
      setWord(CORE_NODE, node, word(CORE_NODE, from));
      setWord(CHILD_AT, ++node, edges);
    }
    setWord(NODE_AT, cls + 1, node);
  }
  nodes = node;
}

/** Makes what a class needs nearest children of all its nodes. */
function addNeeds(): void {
  const nearest = newWords(classes);
  const nearestAt = newWords(classes + 1);
  let lists = newWords(MOST_NEEDS);
  let listed: u32 = 0;
  let more = edges;
  for (let cls: u32 = 0; cls < classes; cls++) {
    const count = hasTime() ? leaveNearest(nearest, listNeeds(cls, nearest)) : 0;
    const ways = word(NODE_AT, cls + 1) - word(NODE_AT, cls);
    if (listed + count <= MOST_NEEDS && more + count * ways <= MOST_EDGES) {
      for (let i: u32 = 0; i < count; i++) setWord(lists, listed++, word(nearest, i));
      more += count * ways;
    }
    setWord(nearestAt, cls + 1, listed);
  }
  const longer = newWords(more);
  const seen = newWords(classes);
  let to: u32 = 0;
  let from: u32 = 0;
  for (let node: u32 = 0; node < nodes; node++) {
    for (; from < word(CHILD_AT, node + 1); from++) {
      setWord(seen, word(CHILD, from), node + 1);
      setWord(longer, to++, word(CHILD, from));
    }
    const cls = word(OWNER, node);
    for (let i = word(nearestAt, cls); i < word(nearestAt, cls + 1); i++)
      if (word(seen, word(lists, i)) != node + 1) setWord(longer, to++, word(lists, i));
    setWord(CHILD_AT, node + 1, to);
  }
  edges = to;
  CHILD = longer;
  PAIR = newWords(edges);
  PAIR_TO = newWords(edges);
  PARENT = newWords(edges);
}

// --------------------------------------------------------------------------- the other way round

function writePairs(): void {
  const pairOf = newWords(classes);
  const pairOwner = newWords(classes);
  pairs = 0;
  for (let cls: u32 = 0; cls < classes; cls++) {
    const to = word(CHILD_AT, word(NODE_AT, cls + 1));
    for (let k = word(CHILD_AT, word(NODE_AT, cls)); k < to; k++) {
      const below = word(CHILD, k);
      if (word(pairOwner, below) != cls + 1) {
        setWord(pairOwner, below, cls + 1);
        setWord(pairOf, below, pairs);
        setWord(PAIR_TO, pairs++, below);
      }
      setWord(PAIR, k, word(pairOf, below));
    }
    setWord(PAIR_AT, cls + 1, pairs);
  }
}

function writeParents(): void {
  clearWords(PARENT_AT, classes + 1);
  for (let k: u32 = 0; k < edges; k++) {
    const below = word(CHILD, k) + 1;
    setWord(PARENT_AT, below, word(PARENT_AT, below) + 1);
  }
  sumUp(PARENT_AT, classes);
  const next = newWords(classes);
  memory.copy(next, PARENT_AT, (<usize>classes) << 2);
  for (let node: u32 = 0; node < nodes; node++)
    for (let k = word(CHILD_AT, node); k < word(CHILD_AT, node + 1); k++) {
      const at = word(next, word(CHILD, k));
      setWord(PARENT, at, node);
      setWord(next, word(CHILD, k), at + 1);
    }
}

// ------------------------------------------------------------------------------------------- cycles

//   ENTERED u32 × classes  1 and when the walk came to a class; 0: not yet
//   LOWEST  u32 × classes  the first of those that it leads back to
//   WALK    u32 × 2c       the path: class, next pair
//   OPEN    u32 × classes  classes whose cycle is not closed yet, and IS_OPEN u8

let ENTERED: usize = 0;
let LOWEST: usize = 0;
let WALK: usize = 0;
let OPEN: usize = 0;
let IS_OPEN: usize = 0;
let entered: u32 = 0;
let opened: u32 = 0;

/** Strongly connected components (Tarjan 1972). */
function findCycles(): void {
  ENTERED = newWords(classes);
  LOWEST = newWords(classes);
  WALK = newWords(2 * classes);
  OPEN = newWords(classes);
  IS_OPEN = newBytes(classes);
  clearWords(ENTERED, classes);
  entered = 0;
  opened = 0;
  isCyclic = false;
  for (let cls: u32 = 0; cls < classes; cls++) if (word(ENTERED, cls) == 0) walkFrom(cls);
}

function walkFrom(first: u32): void {
  let depth = step(first, 0);
  while (depth > 0) {
    const cls = word(WALK, 2 * depth - 2);
    const next = word(WALK, 2 * depth - 1);
    if (next == word(PAIR_AT, cls + 1)) {
      depth--;
      if (word(LOWEST, cls) == word(ENTERED, cls)) close(cls);
      if (depth > 0) lower(word(WALK, 2 * depth - 2), word(LOWEST, cls));
      continue;
    }
    setWord(WALK, 2 * depth - 1, next + 1);
    const below = word(PAIR_TO, next);
    if (word(ENTERED, below) == 0) depth = step(below, depth);
    else if (byte(IS_OPEN, below) != 0) lower(cls, word(ENTERED, below));
  }
}

function step(cls: u32, depth: u32): u32 {
  setWord(ENTERED, cls, ++entered);
  setWord(LOWEST, cls, entered);
  setWord(OPEN, opened++, cls);
  setByte(IS_OPEN, cls, 1);
  setWord(WALK, 2 * depth, cls);
  setWord(WALK, 2 * depth + 1, word(PAIR_AT, cls));
  return depth + 1;
}

function lower(cls: u32, to: u32): void {
  setWord(LOWEST, cls, min(word(LOWEST, cls), to));
}

function close(cls: u32): void {
  if (word(OPEN, opened - 1) != cls) isCyclic = true;
  let last: u32;
  do {
    last = word(OPEN, --opened);
    setByte(IS_OPEN, last, 0);
    setWord(CYCLE, last, cls);
  } while (last != cls);
}
