// Rows: a row is a node, and its number is also that of the class and of the term it was born as.
//
//   region    a row     content
//   NODE      16 bytes  ┌──────────────────────────────┬───────┬───────┬───────┐
//                       │ op 20 · shape 3 · flags 8    │ kid 0 │ kid 1 │ kid 2 │   shape 0–3: children in place; where they
//                       └──────────────────────────────┴───────┴───────┴───────┘   are one or two, MOVED ones: its place in PAIRS
//                       │ op 20 · shape 4 · flags 8    │ at    │ count │ –     │   wide: children in KIDS; more
//                       └──────────────────────────────┴───────┴───────┴───────┘   than 3, or in no order
//   LEADER    u32       union-find parent; the oldest row of a class leads it
//   MEMBER    u32       next row of the same class, a ring; written from the time on that something asks for one
//   TRIPLES   3 u32     three children in place as they were first written, once they have changed since (MOVED)
//
//   PAIRS     2 u32 a row that is MOVED: one or two children in place as they were first written
//   KIDS      u32 a child of a wide row, as it is now (class leaders after rebuild)
//   FIRST     u32 the same as first written; before it, at `at - 1`, how many they were
//
// Without a log TRIPLES and PAIRS are not written: a row was first written as it is now.
// Row 0 is never used, so that 0 can mean none. Children are classes, written as their leaders: rows, so terms.

import { list, reserve } from "../memory/regions";
import { isLogging } from "./log";

export const OP_MASK: u32 = 0xfffff;
const SHAPE_SHIFT: u32 = 20;
export const WIDE: u32 = 4;
export const DEAD: u32 = 1 << 24; // congruent to an older row
export const PRUNED: u32 = 1 << 25; // taken out of its class by an analysis, still found by the hash-cons
const MOVED: u32 = 1 << 26; // children differ from those it was written with
export const WAITING: u32 = 1 << 27; // a class whose facts changed: what is above it must look
export const SUBSUMED: u32 = 1 << 28; // in its class and found by the hash-cons, but not to be searched or extracted
export const HIDDEN: u32 = 1 << 29; // subsumed, and not in the index that searches read
export const CHANGED: u32 = 1 << 30; // children changed since the index last looked at it
export const MADE: u32 = 1 << 31; // by a rule: a record of the log says by which
export const GONE: u32 = DEAD | PRUNED;
export const UNSEARCHED: u32 = GONE | SUBSUMED;

export let NODE: usize = 0;
export let LEADER: usize = 0;
let MEMBER: usize = 0;
let TRIPLES: usize = 0;
let PAIRS: usize = 0;
export let KIDS: usize = 0;
let FIRST: usize = 0;

let rowCapacity: u32 = 0;
let kidCapacity: u32 = 0;
export let rowCount: u32 = 1;
export let kidCount: u32 = 0;
export let deadCount: u32 = 0;
export let pairCount: u32 = 0;
/** Rows of three children that are MOVED. */
export let tripleCount: u32 = 0;
/** Rows of three children, moved or not. */
export let ternaryCount: u32 = 0;
/** Of rows that are made or change now. */
export let clock: u32 = 1;
/** Whether MEMBER is written. */
export let hasRings: bool = false;

export function reserveRows(capacity: u32): void {
  const perRow: usize = (<usize>capacity) << 2;
  rowCapacity = capacity;
  kidCapacity = capacity << 2;
  NODE = reserve(perRow << 2);
  LEADER = reserve(perRow);
  MEMBER = reserve(perRow);
  TRIPLES = reserve(perRow * 3);
  PAIRS = reserve(perRow << 1);
  KIDS = reserve((<usize>kidCapacity) << 2);
  FIRST = reserve((<usize>kidCapacity) << 2);
}

export function capacityOfRows(): u32 {
  return rowCapacity;
}

export function clearRows(): void {
  rowCount = 1;
  kidCount = 1;
  deadCount = 0;
  pairCount = 0;
  tripleCount = 0;
  ternaryCount = 0;
  clock = 1;
  hasRings = false;
}

/** Rows that change from now on are newer than all before. */
export function tick(): void {
  clock++;
}

/** The clock is another, of which `frozen.ts` writes all that is kept of it anew. */
export function setClock(to: u32): void {
  clock = to;
}

// ---------------------------------------------------------------------------------------- reading

export function word(base: usize, index: u32): u32 {
  return load<u32>(base + ((<usize>index) << 2));
}

export function put(base: usize, index: u32, value: u32): void {
  store<u32>(base + ((<usize>index) << 2), value);
}

export function nodeAt(row: u32): usize {
  return NODE + ((<usize>row) << 4);
}

export function headOf(row: u32): u32 {
  return load<u32>(nodeAt(row));
}

export function opOf(row: u32): u32 {
  return headOf(row) & OP_MASK;
}

export function shapeOf(head: u32): u32 {
  return (head >> SHAPE_SHIFT) & 7;
}

export function arityOf(row: u32): u32 {
  const shape = shapeOf(headOf(row));
  return shape == WIDE ? load<u32>(nodeAt(row), 8) : shape;
}

/** Where the children of a row stand, one word each. */
export function kidsAt(row: u32): usize {
  const at = nodeAt(row);
  return shapeOf(load<u32>(at)) == WIDE ? KIDS + ((<usize>load<u32>(at, 4)) << 2) : at + 4;
}

/** Child `i` as a class leader. */
export function childOf(row: u32, i: u32): u32 {
  return find(load<u32>(kidsAt(row) + ((<usize>i) << 2)));
}

export function firstArityOf(row: u32): u32 {
  const at = nodeAt(row);
  const shape = shapeOf(load<u32>(at));
  return shape == WIDE ? word(FIRST, load<u32>(at, 4) - 1) : shape;
}

/** Child `i` as it was first written: a row, itself as it was written where children have an order. */
export function firstChildOf(row: u32, i: u32): u32 {
  const at = nodeAt(row);
  const head = load<u32>(at);
  if (shapeOf(head) == WIDE) return word(FIRST, load<u32>(at, 4) + i);
  if ((head & MOVED) != 0)
    return shapeOf(head) == 3 ? word(TRIPLES, row * 3 + i) : word(PAIRS, 2 * load<u32>(at, 12) + i);
  return load<u32>(at + ((<usize>i) << 2), 4);
}

/** In its class, to be matched and counted. */
export function isLive(row: u32): bool {
  return (headOf(row) & GONE) == 0;
}

export function isDead(row: u32): bool {
  return (headOf(row) & DEAD) != 0;
}

/** The next row of the class of `row`, a ring; dead rows are in it. */
export function nextNode(row: u32): u32 {
  if (!hasRings) makeRings();
  return word(MEMBER, row);
}

/** The older rows of a class come last. From now on what is added and united keeps the rings. */
export function makeRings(): void {
  for (let row: u32 = 1; row < rowCount; row++) {
    const cls = find(row);
    if (cls == row) put(MEMBER, row, row);
    else enterRing(row, cls);
  }
  hasRings = true;
}

/** Bytes of the rings that something may ask for, and nothing has yet. */
export function bytesToRing(): usize {
  return hasRings ? 0 : (<usize>rowCount) << 2;
}

/** The leader of a class, with path halving. */
export function find(row: u32): u32 {
  const up = word(LEADER, row);
  return up == row ? row : climb(row, up);
}

/** The same, and nothing is written. */
export function leaderOf(row: u32): u32 {
  let at = row;
  while (!leads(at)) at = word(LEADER, at);
  return at;
}

/** Whether a row leads its class. */
export function leads(row: u32): bool {
  return word(LEADER, row) == row;
}

function climb(row: u32, first: u32): u32 {
  let at = row;
  let up = first;
  while (up != at) {
    const over = word(LEADER, up);
    put(LEADER, at, over);
    at = over;
    up = word(LEADER, at);
  }
  return at;
}

/** Whether counters fit the regions: a snapshot may bring any. */
export function areCountersInRange(): bool {
  if (rowCount == 0 || rowCount > rowCapacity || deadCount >= rowCount) return false;
  if (pairCount > rowCount || tripleCount > ternaryCount || ternaryCount > rowCount) return false;
  return kidCount > 0 && kidCount < kidCapacity;
}

/** Whether a row's shape is one, and its children lie in their region. */
export function isShape(row: u32): bool {
  const head = headOf(row);
  const shape = shapeOf(head);
  if (shape == 1 || shape == 2)
    return (head & MOVED) == 0 || load<u32>(nodeAt(row), 12) < pairCount;
  if (shape != WIDE) return shape < WIDE;
  const first = load<u32>(nodeAt(row), 4);
  if (first == 0 || first > kidCount) return false;
  const most = kidCount - first;
  return load<u32>(nodeAt(row), 8) <= most && word(FIRST, first - 1) <= most;
}

/** Bytes of the regions that rows and their children use. */
export function bytesOfRows(): usize {
  const moved = ((<usize>pairCount) << 3) + <usize>tripleCount * 12;
  const perRow = hasRings ? 24 : 20;
  return <usize>rowCount * perRow + moved + ((<usize>kidCount) << 3);
}

/** What they may use more once their children have changed. */
export function bytesToMove(): usize {
  if (!isLogging) return 0;
  const triples: usize = ternaryCount - tripleCount;
  return ((<usize>(rowCount - pairCount - tripleCount)) << 3) + (triples << 2);
}

// ---------------------------------------------------------------------------------------- writing

/** Whether there is room for a row with `len` children. */
export function hasRoomFor(len: u32): bool {
  return rowCount < rowCapacity && kidCount + len + 1 < kidCapacity;
}

/** Writes a new row over the children at `kids`; `written` are the same as they were given. It leads itself. */
export function newRow(
  op: u32,
  kids: usize,
  written: usize,
  len: u32,
  isWide: bool,
  isMade: bool,
): u32 {
  const row = rowCount++;
  const at = nodeAt(row);
  const by: u32 = isMade ? MADE : 0;
  if (!isWide) {
    store<u32>(at, op | by | (len << SHAPE_SHIFT));
    store<u32>(at, 0, 4);
    store<u64>(at, 0, 8);
    for (let i: usize = 0; i < <usize>len; i++)
      store<u32>(at + (i << 2), load<u32>(kids + (i << 2)), 4);
    if (len == 3) ternaryCount++;
  } else {
    store<u32>(at, op | by | (WIDE << SHAPE_SHIFT));
    store<u32>(at, kidCount + 1, 4);
    store<u32>(at, len, 8);
    put(FIRST, kidCount, len);
    memory.copy(KIDS + ((<usize>(kidCount + 1)) << 2), kids, (<usize>len) << 2);
    memory.copy(FIRST + ((<usize>(kidCount + 1)) << 2), written, (<usize>len) << 2);
    kidCount += len + 1;
  }
  if (!isWide && memory.compare(kids, written, (<usize>len) << 2) != 0) keepBorn(row, written, len);
  put(LEADER, row, row);
  if (hasRings) put(MEMBER, row, row);
  return row;
}

/** A row over one child, or two if `b` is one, that a rule makes. What it leads and is a member of is not written. */
export function exactRow(op: u32, a: u32, b: u32): u32 {
  const row = rowCount++;
  const at = nodeAt(row);
  store<u32>(at, op | MADE | ((b == 0 ? 1 : 2) << SHAPE_SHIFT));
  store<u32>(at, a, 4);
  store<u64>(at, b, 8);
  return row;
}

function keepBorn(row: u32, written: usize, len: u32): void {
  if (!isLogging) return;
  setFlag(row, MOVED);
  if (len == 3) {
    memory.copy(TRIPLES + ((<usize>(row * 3)) << 2), written, 12);
    tripleCount++;
    return;
  }
  store<u32>(nodeAt(row), pairCount, 12);
  put(PAIRS, 2 * pairCount, load<u32>(written));
  put(PAIRS, 2 * pairCount++ + 1, len == 2 ? load<u32>(written, 4) : 0);
}

/** Before the children of a row change: keeps those that it was written with. */
export function keepFirst(row: u32): void {
  const head = headOf(row);
  const shape = shapeOf(head);
  if (shape == WIDE || (head & MOVED) != 0) return;
  keepBorn(row, nodeAt(row) + 4, shape);
}

/** A set has fewer children after two of them became one. Sets are wide. */
export function setArity(row: u32, len: u32): void {
  if (shapeOf(headOf(row)) == WIDE) store<u32>(nodeAt(row), len, 8);
}

export function setFlag(row: u32, flag: u32): void {
  store<u32>(nodeAt(row), headOf(row) | flag);
}

export function clearFlag(row: u32, flag: u32): void {
  store<u32>(nodeAt(row), headOf(row) & ~flag);
}

export function isFlagged(row: u32, flag: u32): bool {
  return (headOf(row) & flag) != 0;
}

export function die(row: u32): void {
  setFlag(row, DEAD);
  deadCount++;
}

/** A row that leads its class is alone in its ring. */
export function startRing(row: u32): void {
  if (hasRings) put(MEMBER, row, row);
}

/** A row that is in no other ring comes into that of a class. */
export function joinRing(row: u32, cls: u32): void {
  if (hasRings) enterRing(row, cls);
}

/** Two classes are one: so are their rings. */
export function joinRings(a: u32, b: u32): void {
  if (hasRings) swapWords(MEMBER + ((<usize>a) << 2), MEMBER + ((<usize>b) << 2));
}

function enterRing(row: u32, cls: u32): void {
  put(MEMBER, row, word(MEMBER, cls));
  put(MEMBER, cls, row);
}

export function swapWords(a: usize, b: usize): void {
  const value = load<u32>(a);
  store<u32>(a, load<u32>(b));
  store<u32>(b, value);
}

/** What of the regions is in use, for a snapshot. */
export function listRows(): void {
  const perRow: usize = (<usize>rowCount) << 2;
  listChangingRows();
  list(FIRST, (<usize>kidCount) << 2);
}

/** The same without what is written once a row. */
export function listChangingRows(): void {
  const perRow: usize = (<usize>rowCount) << 2;
  list(NODE, perRow << 2);
  list(LEADER, perRow);
  if (hasRings) list(MEMBER, perRow);
  list(PAIRS, (<usize>pairCount) << 3);
  if (tripleCount != 0) list(TRIPLES, perRow * 3);
  list(KIDS, (<usize>kidCount) << 2);
}

/** The last row is no longer there, nor what was kept of it. */
export function dropRow(): void {
  const head = headOf(--rowCount);
  const isTernary = shapeOf(head) == 3;
  if (isTernary) ternaryCount--;
  if ((head & MOVED) == 0) return;
  if (isTernary) tripleCount--;
  else pairCount--;
}
