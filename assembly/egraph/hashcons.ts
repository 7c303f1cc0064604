// The hash-cons: from an operator and canonical children to the row that has them.
//
//   slot, 16 bytes   ┌───────────┬─────┬───────┐
//                    │ key   u64 │ row │ class │   open addressing, linear probing; key 0 is empty
//                    └───────────┴─────┴───────┘
//   key of one or two ordered children, exact:
//     bit 63   0      62…58 op high   57…32 child 1      31…26 op low   25…0 child 0
//   key of all others, a hash to be checked on the row:
//     bit 63   1      62…0  hash of operator, count and children
//
// A probe for two children touches one cache line and no row. `class` was the row's when the slot was last
// written: what it is now is found from there. A key over children that are no longer leaders is never asked for
// again; it goes when the table grows. Leaves are found by their operator, in LEAF.
//
//   HOME, for compiled rules   u64 slotShift, u32 slotMask in bytes

import { now } from "../host";
import { list, reserve } from "../memory/regions";
import { mayGrowSlots } from "./egraph";
import {
  arityOf,
  DEAD,
  deadCount,
  find,
  headOf,
  isDead,
  kidsAt,
  OP_MASK,
  put,
  rowCount,
  shapeOf,
  WIDE,
  word,
} from "./rows";
import { isTimed, learnGrowth } from "./time";

/** Operators with a larger number have no exact keys. */
const EXACT_OPS: u32 = 1 << 11;
export const MAX_OPS: u32 = 1 << 18;
const HASHED: u64 = 1 << 63;
const SPREAD: u64 = 0x9e3779b97f4a7c15;
const SMALLEST: u32 = 8;
const EDGE: u32 = 1024; // slots that move aside when the table grows
const QUICK: u32 = 1 << 15; // smaller tables grow fourfold

export let SLOTS: usize = 0;
export let LEAF: usize = 0;
export let HOME: usize = 0;
let ASIDE: usize = 0;
let mostBits: u32 = 0;
export let slotShift: u64 = 64 - SMALLEST;
export let slotMask: u32 = 0;
export let slotsUsed: u32 = 0;
export let slotsMost: u32 = 0;

/** Slots for `rows` rows at most. */
export function reserveSlots(rows: u32): void {
  mostBits = 33 - clz<u32>(rows - 1);
  SLOTS = reserve((<usize>16) << mostBits);
  LEAF = reserve((<usize>MAX_OPS) << 2);
  ASIDE = reserve((<usize>EDGE) << 4);
  HOME = reserve(16);
}

export function clearSlots(ops: u32): void {
  memory.fill(LEAF, 0, (<usize>ops) << 2);
  resize(SMALLEST);
}

function resize(bits: u32): void {
  slotShift = <u64>(64 - bits);
  slotMask = ((<u32>1) << bits) - 1;
  slotsMost = (slotMask >> 1) + (slotMask >> 3);
  tellHome();
  memory.fill(SLOTS, 0, (<usize>(slotMask + 1)) << 4);
  slotsUsed = 0;
}

/** Tells compiled rules of the table as it is now. A restored graph has another. */
export function tellHome(): void {
  store<u64>(HOME, slotShift);
  store<u32>(HOME, slotMask << 4, 8);
}

export function bytesOfSlots(): usize {
  return (<usize>(slotMask + 1)) << 4;
}

// --------------------------------------------------------------------------------------------- keys

export function exactKey(op: u32, a: u32, b: u32): u64 {
  return (<u64>(a | (op << 26))) | ((<u64>(b | ((op >> 6) << 26))) << 32);
}

/** The key of a node, 0 for a leaf. */
export function keyOf(op: u32, isWide: bool, kids: usize, len: u32): u64 {
  if (!isWide && op < EXACT_OPS) {
    if (len == 2) return exactKey(op, load<u32>(kids), load<u32>(kids, 4));
    if (len == 1) return exactKey(op, load<u32>(kids), 0);
  }
  return !isWide && len == 0 ? 0 : hashed(op, kids, len);
}

function hashed(op: u32, kids: usize, len: u32): u64 {
  let h = (((<u64>op) << 32) ^ (<u64>(len + 1))) * SPREAD;
  h ^= h >> 29;
  for (let i: usize = 0; i < <usize>len; i++) {
    h = (h ^ (<u64>load<u32>(kids + (i << 2)))) * SPREAD;
    h ^= h >> 29;
  }
  return h | HASHED;
}

function home(key: u64): u32 {
  return <u32>((key * SPREAD) >> slotShift);
}

function slotAt(i: u32): usize {
  return SLOTS + ((<usize>(i & slotMask)) << 4);
}

function isSame(key: u64, row: u32, op: u32, kids: usize, len: u32): bool {
  return (key & HASHED) == 0 || hasChildren(row, op, kids, len);
}

function hasChildren(row: u32, op: u32, kids: usize, len: u32): bool {
  if ((headOf(row) & (OP_MASK | DEAD)) != op || arityOf(row) != len) return false;
  return memory.compare(kidsAt(row), kids, (<usize>len) << 2) == 0;
}

// -------------------------------------------------------------------------------------------- table

/** The row with this key and these canonical children; 0 if there is none. */
export function rowWith(key: u64, op: u32, kids: usize, len: u32): u32 {
  if (key == 0) return word(LEAF, op);
  let i = home(key);
  while (true) {
    const slot = slotAt(i++);
    const there = load<u64>(slot);
    if (there == 0) return 0;
    if (there == key && isSame(key, load<u32>(slot, 8), op, kids, len)) return load<u32>(slot, 8);
  }
}

/** A row that came last is no longer in the table. Nothing stands behind it that was moved on by it. */
export function removeRow(key: u64, op: u32, row: u32): void {
  if (key == 0) return put(LEAF, op, 0);
  let i = home(key);
  while (load<u64>(slotAt(i)) != key || load<u32>(slotAt(i), 8) != row) i++;
  store<u64>(slotAt(i), 0);
  slotsUsed--;
}

/**
 * Enters a row whose children have just changed in place, unless another has them: that one, else 0. `makeRoom`
 * comes before.
 */
export function enterMovedRow(key: u64, op: u32, kids: usize, len: u32, row: u32): u32 {
  const isExact = (key & HASHED) == 0;
  let isUnder = false; // its key of before, if that is the same hash
  let i = home(key);
  while (true) {
    const slot = slotAt(i++);
    const there = load<u64>(slot);
    if (there == 0) {
      if (!isUnder) fillSlot(slot, key, row, find(row));
      return 0;
    }
    if (there != key) continue;
    const found = load<u32>(slot, 8);
    if (found == row) isUnder = true;
    else if (isExact || hasChildren(found, op, kids, len)) return found;
  }
}

/** Makes room for one more key. To be called while every row in NODE stands under its key, or under none. */
export function makeRoom(): void {
  if (slotsUsed >= slotsMost) grow();
}

/** The same where the key may be a leaf's. */
export function enterRow(key: u64, op: u32, row: u32): void {
  if (key == 0) put(LEAF, op, row);
  else place(key, row, find(row));
}

/** A row takes the place of a younger one that has the same children. */
export function replaceRow(key: u64, op: u32, kids: usize, len: u32, younger: u32, row: u32): void {
  if (key == 0) return put(LEAF, op, row);
  let i = home(key);
  while (true) {
    const slot = slotAt(i++);
    const there = load<u64>(slot);
    if (there == 0) return;
    if (there == key && load<u32>(slot, 8) == younger) return store<u32>(slot, row, 8);
  }
}

/** Enters a row under a key that is not in the table; `makeRoom` comes before. */
export function place(key: u64, row: u32, cls: u32): void {
  let i = home(key);
  while (load<u64>(slotAt(i)) != 0) i++;
  fillSlot(slotAt(i), key, row, cls);
}

function fillSlot(slot: usize, key: u64, row: u32, cls: u32): void {
  store<u64>(slot, key);
  store<u32>(slot, row, 8);
  store<u32>(slot, cls, 12);
  slotsUsed++;
}

/** Bytes that the next row's key takes beside the row: the table may have to be made larger for it. */
export function bytesToGrow(): usize {
  if (slotsUsed < slotsMost) return 0;
  const bits = <u32>(64 - slotShift);
  if (bits >= mostBits || (isStale() && !isFull())) return 0;
  return ((<usize>16) << widerThan(bits)) - bytesOfSlots();
}

/** Tables that fit the cache grow fourfold. */
function widerThan(bits: u32): u32 {
  return min(bits + (slotMask < QUICK ? 2 : 1), mostBits);
}

function isStale(): bool {
  const rows = rowCount - deadCount;
  return slotsUsed > rows + (rows >> 2);
}

/** Whether rows take a quarter of the slots: entered anew they would soon fill the table. */
function isFull(): bool {
  return rowCount - deadCount > slotMask >> 2;
}

/** Widens the table in place, or enters all rows anew where many keys are out of date. */
function grow(): void {
  const start = isTimed() ? now() : 0;
  const slots = slotMask + 1;
  if (!mayGrowSlots(bytesToGrow())) fill();
  else enlarge(<u32>(64 - slotShift));
  if (isTimed()) learnGrowth(start, slots);
}

function enlarge(bits: u32): void {
  const wider = widerThan(bits);
  if (!isStale() && bits < mostBits && slotMask >= 4 * EDGE && widened(wider)) return;
  resize(isFull() ? wider : bits);
  enterAll();
}

/** The table must stay as large as it is: it may be fuller, once without keys that are out of date. */
function fill(): void {
  const rows = rowCount - deadCount;
  const most = slotMask - (slotMask >> 3);
  if (slotsUsed > rows) {
    resize(<u32>(64 - slotShift));
    enterAll();
  }
  if (slotsUsed < most) slotsMost = most;
  else enlarge(<u32>(64 - slotShift));
}

/** Whether most keys are out of date. */
export function isUntidy(): bool {
  const rows = rowCount - deadCount;
  return slotsUsed >= rows + (rows >> 2) + (1 << SMALLEST);
}

/** Enters all rows anew, in as few slots as they need. */
export function tidy(): void {
  const rows = rowCount - deadCount;
  const bits: u32 = max(SMALLEST, min(mostBits, 33 - clz<u32>(rows + (rows >> 2))));
  if (bits > <u32>(64 - slotShift) && !mayGrowSlots(bytesOfSlots())) return;
  resize(bits);
  enterAll();
}

function enterAll(): void {
  for (let row: u32 = 1; row < rowCount; row++) {
    const head = headOf(row);
    if (isDead(row)) continue;
    const kids = kidsAt(row);
    const key = keyOf(head & OP_MASK, shapeOf(head) == WIDE, kids, arityOf(row));
    if (key != 0) place(key, row, find(row));
  }
}

/**
 * Homes are the high bits of a hash, so each more bit moves a slot to about twice its place: from the last to the
 * first, both ways in order. The first ones, which would meet themselves, wait aside. False, with the table spoilt,
 * where a slot stands too far from its home for that.
 */
function widened(wider: u32): bool {
  const count = slotMask + 1;
  const end = SLOTS + ((<usize>count) << 4);
  memory.fill(end, 0, SLOTS + ((<usize>16) << wider) - end);
  memory.copy(ASIDE, SLOTS, (<usize>EDGE) << 4);
  memory.fill(SLOTS, 0, (<usize>EDGE) << 4);
  slotShift = <u64>(64 - wider);
  slotMask = ((<u32>1) << wider) - 1;
  slotsMost = (slotMask >> 1) + (slotMask >> 3);
  tellHome();
  for (let i = count - 1; i >= EDGE; i--) {
    const slot = SLOTS + ((<usize>i) << 4);
    const key = load<u64>(slot);
    if (key == 0) continue;
    const rest = load<u64>(slot, 8);
    store<u64>(slot, 0);
    if (home(key) <= i) return false;
    settle(key, rest);
  }
  for (let i: u32 = 0; i < EDGE; i++) {
    const slot = ASIDE + ((<usize>i) << 4);
    if (load<u64>(slot) != 0) settle(load<u64>(slot), load<u64>(slot, 8));
  }
  return true;
}

function settle(key: u64, rest: u64): void {
  let i = home(key);
  while (load<u64>(slotAt(i)) != 0) i++;
  store<u64>(slotAt(i), key);
  store<u64>(slotAt(i), rest, 8);
}

/** Whether the table is one by its size. */
export function areSlotCountersInRange(): bool {
  if (slotShift < 64 - mostBits || slotShift > 64 - SMALLEST) return false;
  return (<u64>1) << (64 - slotShift) == <u64>slotMask + 1;
}

/** Whether it is one: as many keys as it says, fewer than slots, all of rows. */
export function isSlotTable(ops: u32): bool {
  const count = slotMask + 1;
  const isUsual = slotsMost == (slotMask >> 1) + (slotMask >> 3);
  if (!isUsual && slotsMost != slotMask - (slotMask >> 3)) return false;
  if (slotsUsed > slotsMost) return false;
  let filled: u32 = 0;
  for (let i: u32 = 0; i < count; i++) {
    const slot = slotAt(i);
    if (load<u64>(slot) == 0) continue;
    filled++;
    const row = load<u32>(slot, 8);
    const cls = load<u32>(slot, 12);
    if (row == 0 || row >= rowCount || cls == 0 || cls >= rowCount) return false;
  }
  if (filled != slotsUsed) return false;
  for (let op: u32 = 0; op < ops; op++) {
    const leaf = word(LEAF, op);
    if (leaf >= rowCount || (leaf != 0 && (headOf(leaf) & OP_MASK) != op)) return false;
  }
  return true;
}

export function listSlots(ops: u32): void {
  list(SLOTS, (<usize>(slotMask + 1)) << 4);
  list(LEAF, (<usize>ops) << 2);
}
