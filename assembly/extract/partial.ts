// A partial plan of the kernel: which nodes are out, which classes any plan that is still looked for computes,
// and what follows from that. Everything can be taken back.
//
//   STATE   u8 × classes    FREE, REQUIRED (a plan has to compute it), DECIDED (and it is known by which node), DEAD (no
//                           plan may)
//   CHOSEN  u32 × classes   the node of a decided class
//   LEFT    u32 × classes   nodes of it that are not out
//   IS_OUT  u8 × nodes
//   TRAIL   u32 × nodes + 3 × classes   what was done: class or node × 4 + OUT, REQUIRED, DECIDED or DEAD
//   QUEUE   u32 × …         classes to look at
//
// Of two classes that lead to each other (CYCLE), a decided one may not need what needs it: whatever would is out.

import { did } from "./allowance";
import { byte, newBytes, newWords, double, setByte, setWord, word } from "./arrays";
import {
  CHILD,
  CHILD_AT,
  classes,
  CYCLE,
  isCyclic,
  NODE_AT,
  nodes,
  OWNER,
  PARENT,
  PARENT_AT,
  PRICE,
  rootCount,
  ROOTS,
} from "./kernel";
import { areKnown, listNeeds } from "./needs";

export const FREE: u32 = 0;
export const REQUIRED: u32 = 1;
export const DECIDED: u32 = 2;
export const DEAD: u32 = 3;
const OUT: u32 = 0; // in TRAIL, where no class becomes free

let STATE: usize = 0;
let CHOSEN: usize = 0;
let LEFT: usize = 0;
let IS_OUT: usize = 0;
let TRAIL: usize = 0;
let QUEUE: usize = 0;
let ABOVE: usize = 0;
let BELOW: usize = 0;
let IS_ABOVE: usize = 0;
let IS_BELOW: usize = 0;
let NEEDED: usize = 0;
let MISSING: usize = 0;
let READY: usize = 0;
let IS_READY: usize = 0;
let trailed: u32 = 0;
let queued: u32 = 0;
let stamp: u32 = 0;

/** What the nodes of decided classes cost. */
export let paid: f64 = 0;

export function newPartial(): void {
  STATE = newBytes(classes);
  CHOSEN = newWords(classes);
  LEFT = newWords(classes);
  IS_OUT = newBytes(nodes);
  TRAIL = newWords(nodes + 3 * classes);
  QUEUE = newWords(nodes + 3 * classes);
  ABOVE = newWords(classes);
  BELOW = newWords(classes);
  IS_ABOVE = newWords(classes);
  IS_BELOW = newWords(classes);
  NEEDED = newWords(classes);
  MISSING = newWords(nodes);
  READY = newWords(classes);
  IS_READY = newBytes(classes);
  stamp = 0;
}

/** Begins with the plan that nothing is known of, but that it computes the roots; false if there is none. */
export function beginPartial(): bool {
  memory.fill(STATE, <u8>FREE, classes);
  memory.fill(IS_OUT, 0, nodes);
  trailed = 0;
  queued = 0;
  paid = 0;
  for (let cls: u32 = 0; cls < classes; cls++)
    setWord(LEFT, cls, word(NODE_AT, cls + 1) - word(NODE_AT, cls));
  for (let i: u32 = 0; i < rootCount; i++) require(word(ROOTS, i));
  return propagate() && takeOutEndless();
}

export function stateOf(cls: u32): u32 {
  return byte(STATE, cls);
}

export function chosenOf(cls: u32): u32 {
  return word(CHOSEN, cls);
}

export function isOut(node: u32): bool {
  return byte(IS_OUT, node) != 0;
}

// -------------------------------------------------------------------------------------- the trail

/** Where `undo` can come back to. */
export function mark(): u32 {
  return trailed;
}

/** Takes back what was done since a mark, where so much was paid. */
export function undo(to: u32, paidThen: f64): void {
  while (trailed > to) {
    const record = word(TRAIL, --trailed);
    const what = record & 3;
    const i = record >> 2;
    if (what == OUT) {
      setByte(IS_OUT, i, 0);
      const cls = word(OWNER, i);
      setWord(LEFT, cls, word(LEFT, cls) + 1);
    } else setByte(STATE, i, what == DECIDED ? REQUIRED : FREE);
  }
  paid = paidThen;
  queued = 0;
}

/** The class that was decided at a place of the trail, and 1; 0 if it was something else. */
export function decidedAt(i: u32): u32 {
  const record = word(TRAIL, i);
  return (record & 3) == DECIDED ? (record >> 2) + 1 : 0;
}

/** The class that became required at a place of the trail, and 1; 0 if it was something else. */
export function requiredAt(i: u32): u32 {
  const record = word(TRAIL, i);
  return (record & 3) == REQUIRED ? (record >> 2) + 1 : 0;
}

function record(what: u32, i: u32): void {
  setWord(TRAIL, trailed++, (i << 2) | what);
}

// ----------------------------------------------------------------------------------- what is known

/** Every plan that is looked for computes the class. What follows comes with `propagate`. */
export function require(cls: u32): void {
  if (byte(STATE, cls) != FREE) return;
  setByte(STATE, cls, REQUIRED);
  record(REQUIRED, cls);
  setWord(QUEUE, queued++, cls);
}

/** No plan that is looked for has the node. What follows comes with `propagate`. */
export function takeOut(node: u32): void {
  if (byte(IS_OUT, node) != 0) return;
  setByte(IS_OUT, node, 1);
  record(OUT, node);
  const cls = word(OWNER, node);
  const left = word(LEFT, cls) - 1;
  setWord(LEFT, cls, left);
  const state = byte(STATE, cls);
  if (state == DECIDED ? word(CHOSEN, cls) == node : left < 2 && state != DEAD)
    setWord(QUEUE, queued++, cls);
}

/** Every plan that is looked for has the node of a required class; false if none can. */
export function decide(node: u32): bool {
  const cls = word(OWNER, node);
  setByte(STATE, cls, DECIDED);
  setWord(CHOSEN, cls, node);
  record(DECIDED, cls);
  paid += double(PRICE, node);
  for (let k = word(CHILD_AT, node); k < word(CHILD_AT, node + 1); k++) {
    const below = word(CHILD, k);
    if (byte(STATE, below) == DEAD) return false;
    require(below);
  }
  return !isCyclic || keepApart(cls, node);
}

/** Whatever follows; false if there is no plan. */
export function propagate(): bool {
  for (let at: u32 = 0; at < queued; at++) {
    const cls = word(QUEUE, at);
    const state = byte(STATE, cls);
    const left = word(LEFT, cls);
    did(4);
    if (state == DEAD) continue;
    if (left == 0) {
      if (state != FREE) return giveUp();
      die(cls);
    } else if (left == 1 && state == REQUIRED && !decide(onlyNode(cls))) return giveUp();
    else if (state == DECIDED && isOut(word(CHOSEN, cls))) return giveUp();
    else if (state == REQUIRED && areKnown && !requireNeeds(cls)) return giveUp();
  }
  queued = 0;
  return true;
}

/** What every term of the class has in it is required too; false if it cannot be. */
function requireNeeds(cls: u32): bool {
  const count = listNeeds(cls, NEEDED);
  did(count);
  for (let i: u32 = 0; i < count; i++) {
    const needed = word(NEEDED, i);
    if (byte(STATE, needed) == DEAD) return false;
    require(needed);
  }
  return true;
}

function giveUp(): bool {
  queued = 0;
  return false;
}

function onlyNode(cls: u32): u32 {
  let node = word(NODE_AT, cls);
  while (isOut(node)) node++;
  return node;
}

function die(cls: u32): void {
  setByte(STATE, cls, DEAD);
  record(DEAD, cls);
  for (let k = word(PARENT_AT, cls); k < word(PARENT_AT, cls + 1); k++) takeOut(word(PARENT, k));
}

// ------------------------------------------------------------------------------------------- cycles

/** What the new node needs may not need what needs its class; false if it does. */
function keepApart(cls: u32, node: u32): bool {
  stamp++;
  const below = gatherBelow(cls, node);
  if (below == 0) return true;
  if (word(IS_BELOW, cls) == stamp) return false;
  gatherAbove(cls);
  for (let i: u32 = 0; i < below; i++) {
    const one = word(BELOW, i);
    if (byte(STATE, one) == DECIDED) continue;
    for (let other = word(NODE_AT, one); other < word(NODE_AT, one + 1); other++)
      if (!isOut(other) && leadsUp(other)) takeOut(other);
  }
  return true;
}

/** Classes of the cycle that are needed by the node, over decided ones. */
function gatherBelow(cls: u32, node: u32): u32 {
  const cycle = word(CYCLE, cls);
  let count = enterBelow(node, cycle, 0);
  for (let i: u32 = 0; i < count; i++) {
    const below = word(BELOW, i);
    if (byte(STATE, below) == DECIDED) count = enterBelow(word(CHOSEN, below), cycle, count);
  }
  return count;
}

function enterBelow(node: u32, cycle: u32, from: u32): u32 {
  let count = from;
  for (let k = word(CHILD_AT, node); k < word(CHILD_AT, node + 1); k++) {
    const below = word(CHILD, k);
    did(1);
    if (word(CYCLE, below) != cycle || word(IS_BELOW, below) == stamp) continue;
    setWord(IS_BELOW, below, stamp);
    setWord(BELOW, count++, below);
  }
  return count;
}

/** The class and those that need it over decided ones. */
function gatherAbove(cls: u32): void {
  const cycle = word(CYCLE, cls);
  let count: u32 = 1;
  setWord(ABOVE, 0, cls);
  setWord(IS_ABOVE, cls, stamp);
  for (let i: u32 = 0; i < count; i++) {
    const above = word(ABOVE, i);
    for (let k = word(PARENT_AT, above); k < word(PARENT_AT, above + 1); k++) {
      const node = word(PARENT, k);
      const user = word(OWNER, node);
      did(1);
      if (byte(STATE, user) != DECIDED || word(CHOSEN, user) != node) continue;
      if (word(CYCLE, user) != cycle || word(IS_ABOVE, user) == stamp) continue;
      setWord(IS_ABOVE, user, stamp);
      setWord(ABOVE, count++, user);
    }
  }
}

function leadsUp(node: u32): bool {
  for (let k = word(CHILD_AT, node); k < word(CHILD_AT, node + 1); k++)
    if (word(IS_ABOVE, word(CHILD, k)) == stamp) return true;
  return false;
}

/** Takes out the nodes that only terms without an end have; false if there is no plan. */
export function takeOutEndless(): bool {
  if (!isCyclic) return true;
  while (true) {
    const before = trailed;
    findReady();
    for (let node: u32 = 0; node < nodes; node++)
      if (mayBe(node) && word(MISSING, node) > 0) takeOut(node);
    if (!propagate()) return false;
    if (trailed == before) return true;
  }
}

function mayBe(node: u32): bool {
  const cls = word(OWNER, node);
  const state = byte(STATE, cls);
  return !isOut(node) && state != DEAD && (state != DECIDED || word(CHOSEN, cls) == node);
}

function findReady(): void {
  memory.fill(IS_READY, 0, classes);
  let ready: u32 = 0;
  for (let node: u32 = 0; node < nodes; node++) {
    const arity = word(CHILD_AT, node + 1) - word(CHILD_AT, node);
    setWord(MISSING, node, arity);
    if (arity == 0) ready = settle(node, ready);
  }
  did(nodes);
  for (let i: u32 = 0; i < ready; i++) {
    const cls = word(READY, i);
    for (let k = word(PARENT_AT, cls); k < word(PARENT_AT, cls + 1); k++) {
      const node = word(PARENT, k);
      const missing = word(MISSING, node) - 1;
      setWord(MISSING, node, missing);
      did(1);
      if (missing == 0) ready = settle(node, ready);
    }
  }
}

function settle(node: u32, ready: u32): u32 {
  const cls = word(OWNER, node);
  if (!mayBe(node) || byte(IS_READY, cls) != 0) return ready;
  setByte(IS_READY, cls, 1);
  setWord(READY, ready, cls);
  return ready + 1;
}
