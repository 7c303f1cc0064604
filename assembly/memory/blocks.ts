// Interned blocks of words: equal blocks have one address, so that facts are compared by address.
//
//   block   ┌───┬────────┬─────┬────────────┐
//           │ n │ word 0 │  …  │ word n - 1 │
//           └───┴────────┴─────┴────────────┘
//
// A set is a block whose words ascend. 0 is the empty block and the empty set. Blocks are written at
// `draft`, and live in the arena once they are interned. Where there is no memory for one, or a run may not use it, the
// block is 0 and `isShort` says so: what is made of it is worth nothing, and is made again later.

import { allocate, hasMemoryFor, isAllocated, mark } from "./arena";
import { list, reserve } from "./regions";

const SLOTS: u32 = 1 << 20;
const DRAFT_BYTES: usize = 1 << 22;
const MOST_WORDS: u32 = <u32>(DRAFT_BYTES >> 2);
/** Of memory, for what cannot be made again. */
const HEADROOM: usize = 1 << 20;
/** What the arena adds to a block at most, which is aligned. */
const PADDING: usize = 16;

let table: usize = 0; // addresses of blocks, probed linearly; 0 is an empty slot
let filled: usize = 0; // the slots of the table that are not empty
export let used: u32 = 0;
let drafts: usize = 0;
let draftLength: u32 = 0;
let end: u64 = u64.MAX_VALUE; // no block may end behind it
let headroom: usize = HEADROOM;
/** Up to here there is memory, and it may be used. */
let known: u64 = 0;
/** As much is looked for at once. */
const AHEAD: usize = 1 << 16;
/** Whether a block was wanted for which there was no memory. */
export let isShort: bool = false;

/** So many bytes of blocks may be made from now on, with what the arena adds to them. */
export function limitBlocks(bytes: usize): void {
  end = <u64>mark() + <u64>bytes;
  known = 0;
}

export function unlimitBlocks(): void {
  end = u64.MAX_VALUE;
  known = 0;
}

export function forgetShortage(): void {
  isShort = false;
}

/** Whether so many bytes may be allocated; else blocks are short from now on. */
export function mayAllocate(bytes: usize): bool {
  return <u64>mark() + <u64>bytes + <u64>PADDING <= known || isRoomFor(bytes);
}

function isRoomFor(bytes: usize): bool {
  const from = <u64>mark();
  if (from + <u64>bytes + <u64>PADDING > end || !hasMemoryFor(bytes + headroom)) {
    isShort = true;
    return false;
  }
  if (hasMemoryFor(AHEAD + headroom)) known = min(end, from + <u64>AHEAD);
  return true;
}

/** Lays the regions out at first use, and forgets all blocks. */
export function clearBlocks(): void {
  if (table == 0) {
    table = reserve((<usize>SLOTS) << 2);
    filled = reserve((<usize>SLOTS) << 2);
    drafts = reserve(DRAFT_BYTES);
  }
  for (let i: u32 = 0; i < used; i++)
    store<u32>(table + ((<usize>load<u32>(filled + ((<usize>i) << 2))) << 2), 0);
  used = 0;
  draftLength = 0;
  isShort = false;
  unlimitBlocks();
}

export function sizeOf(block: u32): u32 {
  return block == 0 ? 0 : load<u32>(block);
}

export function wordAt(block: u32, i: u32): u32 {
  return load<u32>(<usize>block + 4 + ((<usize>i) << 2));
}

// ----------------------------------------------------------------------------------------- drafts

export function startDraft(): void {
  draftLength = 0;
}

export function push(word: u32): void {
  if (draftLength == MOST_WORDS) unreachable();
  store<u32>(drafts + ((<usize>draftLength) << 2), word);
  draftLength++;
}

export function draftAt(i: u32): u32 {
  return load<u32>(drafts + ((<usize>i) << 2));
}

/** The draft as a block. */
export function internDraft(): u32 {
  if (draftLength == 0) return 0;
  let slot = hash() & (SLOTS - 1);
  while (true) {
    const block = load<u32>(table + ((<usize>slot) << 2));
    if (block == 0) break;
    if (equalsDraft(block)) return block;
    slot = (slot + 1) & (SLOTS - 1);
  }
  const bytes: usize = (<usize>draftLength) << 2;
  if (!mayAllocate(bytes + 4)) return 0;
  const block = allocate(bytes + 4);
  store<u32>(block, draftLength);
  memory.copy(block + 4, drafts, bytes);
  if (used > SLOTS - (SLOTS >> 2)) return <u32>block; // a full table: equal blocks may differ, facts only grow
  store<u32>(table + ((<usize>slot) << 2), <u32>block);
  store<u32>(filled + ((<usize>used) << 2), slot);
  used++;
  return <u32>block;
}

function hash(): u32 {
  let h: u32 = draftLength * 0x9e3779b1;
  for (let i: u32 = 0; i < draftLength; i++) h = rotl(h ^ draftAt(i), 5) * 0x9e3779b1;
  return h ^ (h >> 15); // fold the high bits down: the mask keeps only the low ones
}

function equalsDraft(block: u32): bool {
  if (load<u32>(block) != draftLength) return false;
  return memory.compare(<usize>block + 4, drafts, (<usize>draftLength) << 2) == 0;
}

/** The same where the memory for it is known to be there. */
export function internDraftAsSetAtOnce(): u32 {
  const limit = end;
  unlimitBlocks();
  headroom = 0;
  const set = internDraftAsSet();
  end = limit;
  known = 0;
  headroom = HEADROOM;
  return set;
}

/** The draft as a set: sorted, each word once. Mostly sorted already, so by insertion. */
export function internDraftAsSet(): u32 {
  for (let i: u32 = 1; i < draftLength; i++) {
    const word = draftAt(i);
    let j = i;
    while (j > 0 && draftAt(j - 1) > word) {
      store<u32>(drafts + ((<usize>j) << 2), draftAt(j - 1));
      j--;
    }
    store<u32>(drafts + ((<usize>j) << 2), word);
  }
  let kept: u32 = 0;
  for (let i: u32 = 0; i < draftLength; i++) {
    const word = draftAt(i);
    if (kept > 0 && draftAt(kept - 1) == word) continue;
    store<u32>(drafts + ((<usize>kept) << 2), word);
    kept++;
  }
  draftLength = kept;
  return internDraft();
}

// ------------------------------------------------------------------------------------------- sets

export function single(word: u32): u32 {
  startDraft();
  push(word);
  return internDraft();
}

export function has(set: u32, word: u32): bool {
  let low: u32 = 0;
  let high = sizeOf(set);
  while (low < high) {
    const middle = (low + high) >> 1;
    if (wordAt(set, middle) < word) low = middle + 1;
    else high = middle;
  }
  return low < sizeOf(set) && wordAt(set, low) == word;
}

export function isSubset(a: u32, b: u32): bool {
  if (a == b) return true;
  for (let i: u32 = 0; i < sizeOf(a); i++) if (!has(b, wordAt(a, i))) return false;
  return true;
}

export function meets(a: u32, b: u32): bool {
  for (let i: u32 = 0; i < sizeOf(a); i++) if (has(b, wordAt(a, i))) return true;
  return false;
}

/** Words of `a` and of `b`. */
export function union(a: u32, b: u32): u32 {
  if (a == b || b == 0) return a;
  if (a == 0) return b;
  startDraft();
  let i: u32 = 0;
  let j: u32 = 0;
  while (i < sizeOf(a) || j < sizeOf(b)) {
    const left: u32 = i < sizeOf(a) ? wordAt(a, i) : 0xffffffff;
    const right: u32 = j < sizeOf(b) ? wordAt(b, j) : 0xffffffff;
    push(min(left, right));
    if (left <= right) i++;
    if (right <= left) j++;
  }
  return internDraft();
}

export function intersection(a: u32, b: u32): u32 {
  if (a == b) return a;
  startDraft();
  for (let i: u32 = 0; i < sizeOf(a); i++) if (has(b, wordAt(a, i))) push(wordAt(a, i));
  return internDraft();
}

export function difference(a: u32, b: u32): u32 {
  if (b == 0) return a;
  startDraft();
  for (let i: u32 = 0; i < sizeOf(a); i++) if (!has(b, wordAt(a, i))) push(wordAt(a, i));
  return internDraft();
}

/** Column numbers of null(c), for each c of the set. */
export function nulls(set: u32): u32 {
  startDraft();
  for (let i: u32 = 0; i < sizeOf(set); i++) push(wordAt(set, i) + 1);
  return internDraft();
}

/** Whether there can be so many blocks. */
export function areBlocksInRange(): bool {
  return used <= SLOTS - (SLOTS >> 2) + 1;
}

/** Whether the table has as many blocks as it says, all of them allocated. */
export function areBlocks(): bool {
  for (let i: u32 = 0; i < used; i++) {
    const slot = load<u32>(filled + ((<usize>i) << 2));
    if (slot >= SLOTS || !isBlock(load<u32>(table + ((<usize>slot) << 2)))) return false;
  }
  return true;
}

/** Whether a block stands at an address. */
export function isBlock(block: u32): bool {
  if ((block & 3) != 0 || !isAllocated(block, 4)) return false;
  return load<u32>(block) != 0 && isAllocated(block, 4 + ((<u64>load<u32>(block)) << 2));
}

// What was looked at since `startChecks`, so that facts that many classes share are looked at once: a block and as what.
const CHECKED: usize = memory.data(8 * 4096, 8);
const CHECKED_SLOTS: u32 = 4096;
const AS_SET: u32 = 0;

export function startChecks(): void {
  memory.fill(CHECKED, 0, (<usize>CHECKED_SLOTS) << 3);
}

/** Whether a block was found to be what a number stands for. */
export function wasChecked(block: u32, as: u32): bool {
  return load<u64>(checkedAt(block)) == ((<u64>block) | ((<u64>(as + 1)) << 32));
}

/** It was; gives true. */
export function check(block: u32, as: u32): bool {
  store<u64>(checkedAt(block), (<u64>block) | ((<u64>(as + 1)) << 32));
  return true;
}

function checkedAt(block: u32): usize {
  return CHECKED + ((<usize>((block >> 4) & (CHECKED_SLOTS - 1))) << 3);
}

/** Whether a set stands at an address: a block of words that ascend, or 0. */
export function isSet(set: u32): bool {
  if (set == 0 || wasChecked(set, AS_SET)) return true;
  if (!isBlock(set)) return false;
  for (let i: u32 = 1; i < sizeOf(set); i++) if (wordAt(set, i - 1) >= wordAt(set, i)) return false;
  return check(set, AS_SET);
}

/** Whether a block of so many words stands at an address. */
export function isBlockOf(block: u32, words: u32): bool {
  return isBlock(block) && sizeOf(block) == words;
}

export function listBlocks(): void {
  if (used == 0) return;
  list(table, (<usize>SLOTS) << 2);
  list(filled, (<usize>used) << 2);
}
