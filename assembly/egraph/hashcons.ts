// The hash-cons: from an operator and canonical children to the row that has them.
//
//   slot, u64   ┌─────────┬─────────┐
//               │ tag     │ row     │   open addressing, linear probing; 0 is empty. Of 2ᵇ slots a row takes b + 1 bits
//               └─────────┴─────────┘
//   key, 55 bits, of one or two ordered children, exact:
//     54…46 op      45…23 child 1      22…0 child 0
//   key of all others, a hash to be checked on the row:
//     54…46 ones    45…0 hash of operator, count and children
//
// A key is spread by a product with an odd number modulo 2⁵⁵, which can be undone. The high b bits of it are its home,
// the others and the low 8 of its home are its tag. So a key that stands less than 256 slots behind its home is known
// by its tag and its place, exactly: a probe touches one cache line and no row. Where one has to stand further away
// the table is crowded, and until it is entered anew what a tag finds is checked on the row.
// A key over children that are no longer leaders is never asked for again; it goes when the table grows. Leaves are
// found by their operator, in LEAF.
//
//   HOME, for compiled rules   ┌───────────────┬───────────────────┬─────────┬──────────────────┬───────────────┐
//                              │ slotShift u64 │ slotMask in bytes │ reach   │ shift of tags 64 │ rowMask   u64 │
//                              └───────────────┴───────────────────┴─────────┴──────────────────┴───────────────┘
//   where the table is crowded `reach` and `rowMask` are 0: they find nothing, and ask

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
const EXACT_OPS: u32 = (1 << 9) - 1;
export const MAX_OPS: u32 = 1 << 18;
const CHILD_BITS: u64 = 23;
const HASHED: u64 = (<u64>EXACT_OPS) << (2 * CHILD_BITS);
const MIX: u64 = 0x9e3779b97f4a7c15;
/** Moves a key of 55 bits to the high end, too. */
const SPREAD: u64 = 0x9e3779b97f4a7e00;
/** So far behind its home a key may stand to be known exactly. */
const REACH: u32 = 256;
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
/** REACH; 0 where the table is crowded. */
export let slotReach: u32 = REACH;

/** Slots for `rows` rows at most. */
export function reserveSlots(rows: u32): void {
  mostBits = 33 - clz<u32>(rows - 1);
  SLOTS = reserve((<usize>8) << mostBits);
  LEAF = reserve((<usize>MAX_OPS) << 2);
  ASIDE = reserve((<usize>EDGE) << 3);
  HOME = reserve(32);
}

export function clearSlots(ops: u32): void {
  memory.fill(LEAF, 0, (<usize>ops) << 2);
  resize(SMALLEST);
}

function resize(bits: u32): void {
  slotShift = <u64>(64 - bits);
  slotMask = ((<u32>1) << bits) - 1;
  slotsMost = (slotMask >> 1) + (slotMask >> 3);
  slotReach = REACH;
  tellHome();
  memory.fill(SLOTS, 0, bytesOfSlots());
  slotsUsed = 0;
}

/** Tells compiled rules of the table as it is now. A restored graph has another. */
export function tellHome(): void {
  store<u64>(HOME, slotShift);
  store<u32>(HOME, slotMask << 3, 8);
  store<u32>(HOME, slotReach, 12);
  store<u64>(HOME, 56 - slotShift, 16);
  store<u64>(HOME, slotReach == 0 ? 0 : rowMask(), 24);
}

function crowd(): void {
  slotReach = 0;
  tellHome();
}

export function bytesOfSlots(): usize {
  return (<usize>(slotMask + 1)) << 3;
}

// --------------------------------------------------------------------------------------------- keys

export function exactKey(op: u32, a: u32, b: u32): u64 {
  return (<u64>a) | ((<u64>b) << CHILD_BITS) | ((<u64>op) << (2 * CHILD_BITS));
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
  let h = (((<u64>op) << 32) ^ (<u64>(len + 1))) * MIX;
  h ^= h >> 29;
  for (let i: usize = 0; i < <usize>len; i++) {
    h = (h ^ (<u64>load<u32>(kids + (i << 2)))) * MIX;
    h ^= h >> 29;
  }
  return (h >> (64 - 2 * CHILD_BITS)) | HASHED;
}

function isExact(key: u64): bool {
  return key < HASHED;
}

/** Of a key that was spread. */
function home(spread: u64): u32 {
  return <u32>(spread >> slotShift);
}

function tagOf(spread: u64): u64 {
  return spread << (56 - slotShift);
}

/** The bits of a slot that are its row. */
function rowMask(): u64 {
  return ((<u64>slotMask) << 1) | 1;
}

function slotAt(i: u32): usize {
  return SLOTS + ((<usize>(i & slotMask)) << 3);
}

function hasChildren(row: u32, op: u32, kids: usize, len: u32): bool {
  if ((headOf(row) & (OP_MASK | DEAD)) != op || arityOf(row) != len) return false;
  return memory.compare(kidsAt(row), kids, (<usize>len) << 2) == 0;
}

// -------------------------------------------------------------------------------------------- table

/** The row with this key and these canonical children; 0 if there is none. */
export function rowWith(key: u64, op: u32, kids: usize, len: u32): u32 {
  if (key == 0) return word(LEAF, op);
  const spread = key * SPREAD;
  const tag = tagOf(spread);
  const most = rowMask();
  const reach = isExact(key) ? slotReach : 0;
  const from = home(spread);
  let i = from;
  while (true) {
    const there = load<u64>(slotAt(i));
    if (there == 0) return 0;
    const row = there ^ tag;
    if (row <= most && (i - from < reach || hasChildren(<u32>row, op, kids, len))) return <u32>row;
    i++;
  }
}

/** The same for the children of an exact key, where the table is crowded. */
export function exactRowWith(key: u64): u32 {
  const mask: u64 = ((<u64>1) << CHILD_BITS) - 1;
  const a = <u32>(key & mask);
  const b = <u32>((key >> CHILD_BITS) & mask);
  store<u32>(ASIDE, a);
  store<u32>(ASIDE, b, 4);
  return rowWith(key, <u32>(key >> (2 * CHILD_BITS)), ASIDE, b == 0 ? 1 : 2);
}

/** A row that came last is no longer in the table. Nothing stands behind it that was moved on by it. */
export function removeRow(key: u64, op: u32, row: u32): void {
  if (key == 0) return put(LEAF, op, 0);
  const spread = key * SPREAD;
  const slot = tagOf(spread) | (<u64>row);
  let i = home(spread);
  while (load<u64>(slotAt(i)) != slot) i++;
  store<u64>(slotAt(i), 0);
  slotsUsed--;
}

/**
 * Enters a row whose children have just changed in place, unless another has them: that one, else 0. `makeRoom`
 * comes before.
 */
export function enterMovedRow(key: u64, op: u32, kids: usize, len: u32, row: u32): u32 {
  const spread = key * SPREAD;
  const tag = tagOf(spread);
  const most = rowMask();
  const reach = isExact(key) ? slotReach : 0;
  const from = home(spread);
  let isUnder = false; // its key of before, if that has the same tag
  let i = from;
  while (true) {
    const there = load<u64>(slotAt(i));
    if (there == 0) {
      if (!isUnder) fillSlot(i, from, tag, row);
      return 0;
    }
    const found = there ^ tag;
    if (<u32>found == row && found <= most) isUnder = true;
    else if (found <= most && (i - from < reach || hasChildren(<u32>found, op, kids, len)))
      return <u32>found;
    i++;
  }
}

/** Makes room for one more key. To be called while every row in NODE stands under its key, or under none. */
export function makeRoom(): void {
  if (isRoomShort()) grow();
}

/** Whether the table must be entered anew for one more key, or for the number of the row that it is of. */
function isRoomShort(): bool {
  return slotsUsed >= slotsMost || <u64>rowCount > rowMask();
}

/** The same where the key may be a leaf's. */
export function enterRow(key: u64, op: u32, row: u32): void {
  if (key == 0) put(LEAF, op, row);
  else place(key, row);
}

/** A row takes the place of a younger one that has the same children. */
export function replaceRow(key: u64, op: u32, younger: u32, row: u32): void {
  if (key == 0) return put(LEAF, op, row);
  const spread = key * SPREAD;
  const tag = tagOf(spread);
  for (let i = home(spread); ; i++) {
    const there = load<u64>(slotAt(i));
    if (there == 0) return;
    if (there == (tag | (<u64>younger))) store<u64>(slotAt(i), tag | (<u64>row));
  }
}

/** Enters a row under a key that is not in the table; `makeRoom` comes before. */
export function place(key: u64, row: u32): void {
  const spread = key * SPREAD;
  const from = home(spread);
  let i = from;
  while (load<u64>(slotAt(i)) != 0) i++;
  fillSlot(i, from, tagOf(spread), row);
}

function fillSlot(i: u32, from: u32, tag: u64, row: u32): void {
  if (i - from >= REACH) crowd();
  store<u64>(slotAt(i), tag | (<u64>row));
  slotsUsed++;
}

/** Bytes that the next row's key takes beside the row: the table may have to be made larger for it. */
export function bytesToGrow(): usize {
  if (!isRoomShort()) return 0;
  const bits = <u32>(64 - slotShift);
  if (bits >= mostBits || (isStale() && !isFull())) return 0;
  return ((<usize>8) << widerThan(bits)) - bytesOfSlots();
}

/** Tables that fit the cache grow fourfold. */
function widerThan(bits: u32): u32 {
  return min(max(bits + (slotMask < QUICK ? 2 : 1), leastBits()), mostBits);
}

/** Fewer have no room for the numbers of rows. */
function leastBits(): u32 {
  return 31 - clz<u32>(rowCount);
}

function isStale(): bool {
  const rows = rowCount - deadCount;
  return slotsUsed > rows + (rows >> 2);
}

/** Whether rows take a quarter of the slots, and would soon fill the table if they were entered anew, or have too large numbers. */
function isFull(): bool {
  return rowCount - deadCount > slotMask >> 2 || <u64>rowCount > rowMask();
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

/** How many keys it may have where it cannot grow. */
function fullest(): u32 {
  return slotMask - (slotMask >> 3);
}

/** Whether one more row fits into a table that cannot grow. */
export function mayFillSlots(): bool {
  return rowCount - deadCount < fullest() && <u64>rowCount <= rowMask();
}

/**
 * The table must stay as large as it is: it may be fuller, once without keys that are out of date, and in a repair,
 * which moves rows to new keys, as full as can be.
 */
function fill(): void {
  const rows = rowCount - deadCount;
  const slots = slotMask + 1;
  if (<u64>rowCount > rowMask() || rows + 2 > slots) return enlarge(<u32>(64 - slotShift));
  if (slotsUsed > rows) {
    resize(<u32>(64 - slotShift));
    enterAll();
  }
  slotsMost = max(fullest(), slotsUsed + ((slots - slotsUsed) >> 1));
}

/** Whether most keys are out of date. */
export function isUntidy(): bool {
  const rows = rowCount - deadCount;
  return slotsUsed >= rows + (rows >> 2) + (1 << SMALLEST);
}

/** Enters all rows anew, in as few slots as they need. */
export function tidy(): void {
  const rows = rowCount - deadCount;
  const bits: u32 = max(
    SMALLEST,
    min(mostBits, max(leastBits(), 33 - clz<u32>(rows + (rows >> 2)))),
  );
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
    if (key != 0) place(key, row);
  }
}

/**
 * Homes are the high bits of a hash, so each more bit moves a slot to about twice its place: from the last to the
 * first, both ways in order. The first ones, which would meet themselves, wait aside. False, with the table spoilt,
 * where a slot stands too far from its home for that.
 */
function widened(wider: u32): bool {
  if (slotReach == 0) return false;
  const count = slotMask + 1;
  const shift = slotShift;
  const most = rowMask();
  const end = SLOTS + ((<usize>count) << 3);
  memory.fill(end, 0, SLOTS + ((<usize>8) << wider) - end);
  memory.copy(ASIDE, SLOTS, (<usize>EDGE) << 3);
  memory.fill(SLOTS, 0, (<usize>EDGE) << 3);
  slotShift = <u64>(64 - wider);
  slotMask = ((<u32>1) << wider) - 1;
  slotsMost = (slotMask >> 1) + (slotMask >> 3);
  tellHome();
  for (let i = count - 1; i >= EDGE; i--) {
    const slot = SLOTS + ((<usize>i) << 3);
    const there = load<u64>(slot);
    if (there == 0) continue;
    const spread = spreadAt(i, there & ~most, shift);
    store<u64>(slot, 0);
    if (home(spread) <= i) return false;
    settle(spread, there & most);
  }
  for (let i: u32 = 0; i < EDGE; i++) {
    const there = load<u64>(ASIDE + ((<usize>i) << 3));
    if (there != 0) settle(spreadAt(i, there & ~most, shift), there & most);
  }
  return true;
}

/** The spread key of a tag that stands at a slot of a table with homes of `64 - shift` bits. */
function spreadAt(i: u32, tag: u64, shift: u64): u64 {
  const low = tag >> (56 - shift);
  const from = i - ((i - <u32>(low >> shift)) & (REACH - 1));
  return ((<u64>from) << shift) | (low & (((<u64>1) << shift) - 1));
}

function settle(spread: u64, row: u64): void {
  const from = home(spread);
  let i = from;
  while (load<u64>(slotAt(i)) != 0) i++;
  if (i - from >= REACH) crowd();
  store<u64>(slotAt(i), tagOf(spread) | row);
}

/** Whether the table is one by its size. */
export function areSlotCountersInRange(): bool {
  if (slotShift < 64 - mostBits || slotShift > 64 - SMALLEST) return false;
  if (slotReach != 0 && slotReach != REACH) return false;
  return (<u64>1) << (64 - slotShift) == <u64>slotMask + 1;
}

/** Whether it is one: as many keys as it says, fewer than slots, all of rows. */
export function isSlotTable(ops: u32): bool {
  const count = slotMask + 1;
  if (slotsMost < (slotMask >> 1) + (slotMask >> 3) || slotsMost > slotMask) return false;
  if (slotsUsed > slotsMost) return false;
  let filled: u32 = 0;
  for (let i: u32 = 0; i < count; i++) {
    const there = load<u64>(slotAt(i));
    if (there == 0) continue;
    filled++;
    const row = <u32>(there & rowMask());
    if (row == 0 || row >= rowCount) return false;
  }
  if (filled != slotsUsed) return false;
  for (let op: u32 = 0; op < ops; op++) {
    const leaf = word(LEAF, op);
    if (leaf >= rowCount || (leaf != 0 && (headOf(leaf) & OP_MASK) != op)) return false;
  }
  return true;
}

export function listSlots(ops: u32): void {
  list(SLOTS, bytesOfSlots());
  list(LEAF, (<usize>ops) << 2);
}
