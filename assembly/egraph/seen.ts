// Matches that were looked at: one that a later iteration finds again is passed over, unless the facts by
// which its guards had refused it have changed since.
//
//   slot, 16 bytes   ┌──────────────────┬───────┬────────────┐
//                    │ fingerprint  u64 │ stamp │ generation │
//                    └──────────────────┴───────┴────────────┘
//   stamp       DONE, or the clock of facts when the guards said no
//   generation  of the graph; a slot of an older one is empty
// The fingerprint is of the rule and of what its variables stand for. Two matches with one fingerprint would
// cost a rewrite, never make a wrong one.

import { list, reserve } from "../memory/regions";

const SLOT_COUNT: u32 = 1 << 20;
export const DONE: u32 = 0xffffffff;

let slots: usize = 0;
export let used: u32 = 0;
let generation: u32 = 0;

export function clearSeen(): void {
  if (slots == 0) slots = reserve((<usize>SLOT_COUNT) << 4);
  generation++;
  used = 0;
}

/** Where a match is, or belongs. */
export function slotOf(fingerprint: u64): usize {
  let i = (<u32>(fingerprint >> 24)) & (SLOT_COUNT - 1);
  while (true) {
    const slot = slots + ((<usize>i) << 4);
    if (!isSeen(slot) || load<u64>(slot) == fingerprint) return slot;
    i = (i + 1) & (SLOT_COUNT - 1);
  }
}

export function isSeen(slot: usize): bool {
  return load<u32>(slot, 12) == generation;
}

export function stampOf(slot: usize): u32 {
  return load<u32>(slot, 8);
}

/** Once the table is three quarters full no further match is remembered. */
export function remember(slot: usize, fingerprint: u64, stamp: u32): void {
  if (!isSeen(slot)) {
    if (used > SLOT_COUNT - (SLOT_COUNT >> 2)) return;
    used++;
  }
  store<u64>(slot, fingerprint);
  store<u32>(slot, stamp, 8);
  store<u32>(slot, generation, 12);
}

export const NO_WORDS: u64 = 0xcbf29ce484222325;

/** The next word of a fingerprint: FNV-1a, 64 bits. */
export function mix(fingerprint: u64, word: u32): u64 {
  return (fingerprint ^ (<u64>word)) * 0x100000001b3;
}

/** All of the table: another that is remembered may stand anywhere. */
export function listSeen(isInUse: bool): void {
  if (isInUse) list(slots, (<usize>SLOT_COUNT) << 4);
}
