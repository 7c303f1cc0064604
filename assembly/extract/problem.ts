// An extraction problem as the host writes it, and its core: what an answer can be made of.
//
//   the problem, written by the host              the core, made by `prepare`
//   COST      f64 × nodes      price of a node    cost      f64 × n
//   CLASS     u32 × nodes      its class          owner     u32 × n      its class
//   CHILD_AT  u32 × nodes + 1  runs in CHILD      childAt   u32 × n + 1  runs in `child`
//   CHILD     u32 × children   classes            child     u32 × e      classes
//   ROOT      u32 × roots      classes            nodeAt    u32 × c + 1  nodes of a class: nodeAt[k] … nodeAt[k + 1]
//                                                 parentAt  u32 × c + 1  runs in `parent`
//   NODE_OF   u32 × n  core → problem             parent    u32 × e      nodes that have the class as a child
//   CLASS_OF  u32 × c  core → problem             root      u32 × rootCount
//   CORE      u32 × nodes  problem → core         dominated u8 × n       1: another node of the class is no worse
//
// The core keeps the classes that a term of a root can contain and their nodes that can be part of a
// finite term, in their order, and a child as often as it is used. A node whose price is infinite may
// not be chosen; one that has its own class as a child never is.
//
// All of it lies in the arena and goes with it: an extraction has an instance of its own, or one whose
// e-graph is done with.

import {
  byte,
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
import { newHeap } from "./heap";

export const NONE: u32 = 0xffffffff;

// What `prepare` and the searches answer; src/egraph/extract.ts has the words.
export const OK: u32 = 0;
export const NO_PROBLEM: u32 = 1;
export const BAD_CLASS: u32 = 2;
export const BAD_RUN: u32 = 3;
export const BAD_CHILD: u32 = 4;
export const BAD_COST: u32 = 5;
export const BAD_ROOT: u32 = 6;
export const NEGATIVE: u32 = 7;
export const NO_TERM: u32 = 8;

const DOMINANCE_WORK: i32 = 1 << 24;

let nodes: u32 = 0;
let children: u32 = 0;
let classes: u32 = 0;
let roots: u32 = 0;
let state: u32 = NO_PROBLEM;
let isPrepared: bool = false;
let fault: u32 = 0;

let COST: usize = 0;
let CLASS: usize = 0;
let CHILD_AT: usize = 0;
let CHILD: usize = 0;
let ROOT: usize = 0;
let NODE_OF: usize = 0;
let CLASS_OF: usize = 0;
let CORE: usize = 0;

export let n: u32 = 0;
export let c: u32 = 0;
export let e: u32 = 0;
export let rootCount: u32 = 0;
export let cost: usize = 0;
export let owner: usize = 0;
export let childAt: usize = 0;
export let child: usize = 0;
export let nodeAt: usize = 0;
export let parentAt: usize = 0;
export let parent: usize = 0;
export let root: usize = 0;
export let dominated: usize = 0;
/** Whether a node of the core has a price below 0. */
export let hasNegative: bool = false;
let negativeNode: u32 = 0;

/** Room for a problem; 0 if it and its searches do not fit into memory. The host then writes its arrays. */
export function newProblem(nodes_: u32, children_: u32, classes_: u32, roots_: u32): u32 {
  state = NO_PROBLEM;
  isPrepared = false;
  // Everything that the searches take, apart from greedy.ts, which asks for what is left.
  const bytes: f64 =
    128 * <f64>nodes_ + 32 * <f64>children_ + 512 * <f64>classes_ + 8 * <f64>roots_;
  if (bytes > roomLeft()) return 0;
  nodes = nodes_;
  children = children_;
  classes = classes_;
  roots = roots_;
  COST = newDoubles(nodes);
  CLASS = newWords(nodes);
  CHILD_AT = newWords(nodes + 1);
  CHILD = newWords(children);
  ROOT = newWords(roots);
  state = OK;
  return 1;
}

/** Forgets the problem; belongs to the reset of the arena. */
export function clearProblem(): void {
  state = NO_PROBLEM;
  isPrepared = false;
}

export function problemCosts(): usize {
  return COST;
}

export function problemClasses(): usize {
  return CLASS;
}

export function problemChildStarts(): usize {
  return CHILD_AT;
}

export function problemChildren(): usize {
  return CHILD;
}

export function problemRoots(): usize {
  return ROOT;
}

/** The node, or root, or class that the last answer complains of. */
export function faultAt(): u32 {
  return fault;
}

export function classCount(): u32 {
  return classes;
}

export function problemNode(node: u32): u32 {
  return word(NODE_OF, node);
}

export function problemClass(cls: u32): u32 {
  return word(CLASS_OF, cls);
}

export function coreNode(node: u32): u32 {
  return word(CORE, node);
}

/** A complaint that names the first node with a price below 0. */
export function refuseNegative(): u32 {
  fault = negativeNode;
  return NEGATIVE;
}

/** Checks what the host wrote and makes the core, once. */
export function prepare(): u32 {
  if (isPrepared || state != OK) return state;
  isPrepared = true;
  state = check();
  if (state == OK) state = makeCore();
  return state;
}

function check(): u32 {
  if (word(CHILD_AT, 0) != 0 || word(CHILD_AT, nodes) != children) return complain(BAD_RUN, 0);
  for (let i: u32 = 0; i < nodes; i++) {
    if (word(CLASS, i) >= classes) return complain(BAD_CLASS, i);
    if (word(CHILD_AT, i) > word(CHILD_AT, i + 1)) return complain(BAD_RUN, i);
    const price = double(COST, i);
    if (price != price || price == -Infinity) return complain(BAD_COST, i);
  }
  for (let i: u32 = 0; i < nodes; i++)
    for (let k = word(CHILD_AT, i); k < word(CHILD_AT, i + 1); k++)
      if (word(CHILD, k) >= classes) return complain(BAD_CHILD, i);
  for (let i: u32 = 0; i < roots; i++) if (word(ROOT, i) >= classes) return complain(BAD_ROOT, i);
  return OK;
}

function complain(what: u32, at: u32): u32 {
  fault = at;
  return what;
}

// ------------------------------------------------------------------------------------------ the core

function makeCore(): u32 {
  const usable = newBytes(nodes);
  const derivable = newBytes(classes);
  derive(usable, derivable);
  for (let i: u32 = 0; i < roots; i++)
    if (byte(derivable, word(ROOT, i)) == 0) return complain(NO_TERM, word(ROOT, i));
  const starts = newWords(classes + 1);
  const members = newWords(nodes);
  group(usable, starts, members);
  number(starts, members, reach(starts, members));
  writeNodes(starts, members);
  writeParents();
  writeRoots();
  findNegative();
  dominated = newBytes(n);
  if (!hasNegative) findDominated();
  newHeap(max(n, c));
  return OK;
}

/** Marks the nodes of finite terms and their classes: a node follows when the last of its children has. */
function derive(usable: usize, derivable: usize): void {
  const usersAt = newWords(classes + 1);
  const users = newWords(children);
  const missing = newWords(nodes);
  const queue = newWords(classes);
  for (let k: u32 = 0; k < children; k++) increase(usersAt, word(CHILD, k) + 1);
  sumUp(usersAt, classes);
  const next = newWords(classes);
  memory.copy(next, usersAt, (<usize>classes) << 2);
  for (let i: u32 = 0; i < nodes; i++)
    for (let k = word(CHILD_AT, i); k < word(CHILD_AT, i + 1); k++)
      setWord(users, increase(next, word(CHILD, k)), i);
  let queued: u32 = 0;
  for (let i: u32 = 0; i < nodes; i++) {
    const arity = word(CHILD_AT, i + 1) - word(CHILD_AT, i);
    setWord(missing, i, arity);
    if (arity == 0) queued = settle(i, usable, derivable, queue, queued);
  }
  for (let at: u32 = 0; at < queued; at++) {
    const cls = word(queue, at);
    for (let k = word(usersAt, cls); k < word(usersAt, cls + 1); k++) {
      const user = word(users, k);
      const left = word(missing, user) - 1;
      setWord(missing, user, left);
      if (left == 0) queued = settle(user, usable, derivable, queue, queued);
    }
  }
}

function settle(node: u32, usable: usize, derivable: usize, queue: usize, queued: u32): u32 {
  if (double(COST, node) == Infinity) return queued;
  const cls = word(CLASS, node);
  for (let k = word(CHILD_AT, node); k < word(CHILD_AT, node + 1); k++)
    if (word(CHILD, k) == cls) return queued;
  setByte(usable, node, 1);
  if (byte(derivable, cls) != 0) return queued;
  setByte(derivable, cls, 1);
  setWord(queue, queued, cls);
  return queued + 1;
}

/** Adds 1 to a counter; what it was. */
function increase(at: usize, i: u32): u32 {
  const was = word(at, i);
  setWord(at, i, was + 1);
  return was;
}

/** Usable nodes by class. */
function group(usable: usize, starts: usize, members: usize): void {
  for (let i: u32 = 0; i < nodes; i++)
    if (byte(usable, i) != 0) increase(starts, word(CLASS, i) + 1);
  sumUp(starts, classes);
  const next = newWords(classes);
  memory.copy(next, starts, (<usize>classes) << 2);
  for (let i: u32 = 0; i < nodes; i++)
    if (byte(usable, i) != 0) setWord(members, increase(next, word(CLASS, i)), i);
}

/** Marks the classes that terms of the roots can contain. */
function reach(starts: usize, members: usize): usize {
  const reached = newBytes(classes);
  const queue = newWords(classes);
  let queued: u32 = 0;
  for (let i: u32 = 0; i < roots; i++) queued = enter(word(ROOT, i), reached, queue, queued);
  for (let at: u32 = 0; at < queued; at++) {
    const cls = word(queue, at);
    for (let m = word(starts, cls); m < word(starts, cls + 1); m++) {
      const node = word(members, m);
      for (let k = word(CHILD_AT, node); k < word(CHILD_AT, node + 1); k++)
        queued = enter(word(CHILD, k), reached, queue, queued);
    }
  }
  return reached;
}

function enter(cls: u32, reached: usize, queue: usize, queued: u32): u32 {
  if (byte(reached, cls) != 0) return queued;
  setByte(reached, cls, 1);
  setWord(queue, queued, cls);
  return queued + 1;
}

let coreOfClass: usize = 0;

/** Numbers of the core's classes, in the order that they have in the problem. */
function number(starts: usize, members: usize, reached: usize): void {
  coreOfClass = newWords(classes);
  CLASS_OF = newWords(classes);
  n = 0;
  c = 0;
  e = 0;
  for (let cls: u32 = 0; cls < classes; cls++) {
    if (byte(reached, cls) == 0) continue;
    setWord(coreOfClass, cls, c);
    setWord(CLASS_OF, c, cls);
    c++;
    n += word(starts, cls + 1) - word(starts, cls);
    for (let m = word(starts, cls); m < word(starts, cls + 1); m++) {
      const node = word(members, m);
      e += word(CHILD_AT, node + 1) - word(CHILD_AT, node);
    }
  }
}

function writeNodes(starts: usize, members: usize): void {
  cost = newDoubles(n);
  owner = newWords(n);
  childAt = newWords(n + 1);
  child = newWords(e);
  nodeAt = newWords(c + 1);
  NODE_OF = newWords(n);
  CORE = newWords(nodes);
  fillWords(CORE, nodes, NONE);
  let node: u32 = 0;
  let at: u32 = 0;
  for (let k: u32 = 0; k < c; k++) {
    const cls = word(CLASS_OF, k);
    for (let m = word(starts, cls); m < word(starts, cls + 1); m++) {
      const original = word(members, m);
      setWord(NODE_OF, node, original);
      setWord(CORE, original, node);
      setDouble(cost, node, double(COST, original));
      setWord(owner, node, k);
      for (let j = word(CHILD_AT, original); j < word(CHILD_AT, original + 1); j++)
        setWord(child, at++, word(coreOfClass, word(CHILD, j)));
      node++;
      setWord(childAt, node, at);
    }
    setWord(nodeAt, k + 1, node);
  }
}

function writeParents(): void {
  parentAt = newWords(c + 1);
  parent = newWords(e);
  for (let k: u32 = 0; k < e; k++) increase(parentAt, word(child, k) + 1);
  sumUp(parentAt, c);
  const next = newWords(c);
  memory.copy(next, parentAt, (<usize>c) << 2);
  for (let node: u32 = 0; node < n; node++)
    for (let k = word(childAt, node); k < word(childAt, node + 1); k++)
      setWord(parent, increase(next, word(child, k)), node);
}

/** The roots, each once. */
function writeRoots(): void {
  root = newWords(roots);
  rootCount = 0;
  const seen = newBytes(c);
  for (let i: u32 = 0; i < roots; i++) {
    const cls = word(coreOfClass, word(ROOT, i));
    if (byte(seen, cls) != 0) continue;
    setByte(seen, cls, 1);
    setWord(root, rootCount++, cls);
  }
}

function findNegative(): void {
  hasNegative = false;
  for (let node: u32 = 0; node < n; node++) {
    if (double(cost, node) >= 0) continue;
    if (!hasNegative || word(NODE_OF, node) < negativeNode) negativeNode = word(NODE_OF, node);
    hasNegative = true;
  }
}

// ---------------------------------------------------------------------------------- dominated nodes

/**
 * Marks a node if another of its class costs no more and needs no more: its children, as often as it has
 * them, are among those of the marked one. Of two equal nodes the first stays. Looks at pairs until its
 * work is used up; what is not found is only slower.
 */
function findDominated(): void {
  const signs = newDoubles(n);
  const counts = newWords(c);
  for (let node: u32 = 0; node < n; node++) store<u64>(signs + ((<usize>node) << 3), signOf(node));
  let work = DOMINANCE_WORK;
  for (let cls: u32 = 0; cls < c; cls++) {
    const end = word(nodeAt, cls + 1);
    for (let node = word(nodeAt, cls); node < end && work > 0; node++) {
      count(counts, node, 1);
      for (let other = word(nodeAt, cls); other < end; other++) {
        work--;
        if (other == node || byte(dominated, other) != 0) continue;
        if (!isBefore(other, node, signs) || !isWithin(counts, other)) continue;
        setByte(dominated, node, 1);
        break;
      }
      count(counts, node, -1);
    }
  }
}

/** One bit a child, so that most pairs are told apart by a word. */
function signOf(node: u32): u64 {
  let sign: u64 = 0;
  for (let k = word(childAt, node); k < word(childAt, node + 1); k++)
    sign |= rotl<u64>(1, (word(child, k) * 0x9e3779b1) >> 26);
  return sign;
}

function count(counts: usize, node: u32, by: i32): void {
  for (let k = word(childAt, node); k < word(childAt, node + 1); k++) {
    const cls = word(child, k);
    setWord(counts, cls, word(counts, cls) + by);
  }
}

function isBefore(other: u32, node: u32, signs: usize): bool {
  const sign = load<u64>(signs + ((<usize>other) << 3));
  if ((sign & ~load<u64>(signs + ((<usize>node) << 3))) != 0) return false;
  const otherArity = word(childAt, other + 1) - word(childAt, other);
  const arity = word(childAt, node + 1) - word(childAt, node);
  if (otherArity > arity) return false;
  const otherCost = double(cost, other);
  const nodeCost = double(cost, node);
  return otherCost < nodeCost || (otherCost == nodeCost && (otherArity < arity || other < node));
}

/** Whether the counted children contain those of `other`. */
function isWithin(counts: usize, other: u32): bool {
  const end = word(childAt, other + 1);
  let within = true;
  let k = word(childAt, other);
  while (k < end && within) {
    const cls = word(child, k++);
    const left = word(counts, cls);
    within = left > 0;
    setWord(counts, cls, left - 1);
  }
  while (k > word(childAt, other)) {
    const cls = word(child, --k);
    setWord(counts, cls, word(counts, cls) + 1);
  }
  return within;
}
