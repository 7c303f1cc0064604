// Regions of fixed size, reserved once an instance and never moved. Linear memory costs nothing until it
// is touched, so they are laid out at their largest:
//
//   ┌─────────────┬────────┬────────┬─────┬────────┬──────────────┐
//   │ static data │ region │ region │  …  │ region │ arena (bump) │
//   └─────────────┴────────┴────────┴─────┴────────┴──────────────┘
//
// A region is cleared by its owner, as far as it was used.

import { allocate, seal } from "./arena";

const MOST_LISTED: u32 = 128;

/** Reserves `bytes` below the arena; only before the arena's first use. */
export function reserve(bytes: usize): usize {
  const region = allocate(bytes);
  seal();
  return region;
}

// What a snapshot holds, pairs of u32 words: where a part of memory begins, and its bytes.
const listed = memory.data(8 * 128, 4);
let listedCount: u32 = 0;

export function startList(): void {
  listedCount = 0;
}

/** This part of memory is in use. */
export function list(base: usize, bytes: usize): void {
  if (bytes == 0 || listedCount == MOST_LISTED) return;
  store<u32>(listed + ((<usize>listedCount) << 3), <u32>base);
  store<u32>(listed + ((<usize>listedCount) << 3), <u32>bytes, 4);
  listedCount++;
}

export function listAt(): usize {
  return listed;
}

export function listLength(): u32 {
  return listedCount;
}
