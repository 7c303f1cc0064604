// What analyses were not asked yet, as there were no bytes for what they would find: in the order in which they would
// have been asked, which is that in which they are, once there are more.
//
//   LATER    6 u32   ┌──────┬─────┬───┬───┬──────────┬────────┐   the row of a class; the declared facts that the match
//                    │ task │ row │ a │ b │ declared │ byRule │   at hand rests on, a block; whether a rule makes rows
//                    └──────┴─────┴───┴───┴──────────┴────────┘
//   Start    of a row, which is new and alone in its class
//   Make     of a row, whose children changed: a analyses, as bits; b those that know more of its class already
//   Join     of a row that led a class which became part of another
//   Infer    a analyses, as bits, that know more of a class, of which others were not told; b all that know more
//   Modify   a the analysis
//   Rest     of a row of a right side, on what its children rest on
//
// A repair that has to end comes to more of them than there is room for: what is left out is made up for by looking at
// all rows (`remakeAt`).

import { list, reserve } from "../memory/regions";
import { rowCount } from "./rows";

export const enum Task {
  Start = 1,
  Make = 2,
  Join = 3,
  Infer = 4,
  Modify = 5,
  Rest = 6,
}

const ENTRY: usize = 24;
const MOST: u32 = 1 << 10;
/** Behind it only what cannot be made up for. */
const USUAL: u32 = MOST - 128;

let LATER: usize = 0;
let DOING: usize = 0;
export let laterCount: u32 = 0;
/** The next row that all is asked of once more; 0 for none. */
export let remakeAt: u32 = 0;
/** Whether something waits since this run, or this repair, began: whatever would be asked waits behind it. */
export let isStuck: bool = false;
/** Whether a repair ended with something to be asked yet. */
export let areFactsCut: bool = false;

export function reserveLater(): void {
  LATER = reserve(<usize>MOST * ENTRY);
  DOING = reserve(<usize>MOST * ENTRY);
}

export function clearLater(): void {
  laterCount = 0;
  remakeAt = 0;
  isStuck = false;
  areFactsCut = false;
}

/** From here on everything waits. */
export function stick(): void {
  isStuck = true;
}

/** There may be more bytes now. */
export function unstick(): void {
  isStuck = false;
}

export function cutFacts(isCut: bool): void {
  areFactsCut = isCut;
}

export function postpone(
  task: Task,
  row: u32,
  a: u32,
  b: u32,
  declared: u32,
  isByRule: bool,
): void {
  isStuck = true;
  if (laterCount >= (declared != 0 ? MOST : USUAL)) {
    if (declared != 0) unreachable();
    remakeAt = 1;
    return;
  }
  const at = laterAt(laterCount++);
  store<u32>(at, task);
  store<u32>(at, row, 4);
  store<u32>(at, a, 8);
  store<u32>(at, b, 12);
  store<u32>(at, declared, 16);
  store<u32>(at, isByRule, 20);
}

/** Takes all that waits out, to be done, or to wait again; their number. Where they stand: `taskAt`. */
export function takeLater(): u32 {
  const count = laterCount;
  memory.copy(DOING, LATER, <usize>count * ENTRY);
  laterCount = 0;
  return count;
}

/** Where a task of those that were taken out stands. */
export function taskAt(i: u32): usize {
  return DOING + <usize>i * ENTRY;
}

/** The next row that all is asked of once more, and the one after it is next; 0 where that was the last. */
export function nextToRemake(): u32 {
  const row = remakeAt;
  remakeAt = row + 1 < rowCount ? row + 1 : 0;
  return row;
}

/** Whether there are as many tasks as can be. */
export function isLaterInRange(): bool {
  return laterCount <= MOST && (remakeAt == 0 || remakeAt < rowCount);
}

/** Where the tasks stand that wait. */
export function laterAt(i: u32): usize {
  return LATER + <usize>i * ENTRY;
}

export function listLater(): void {
  list(LATER, <usize>laterCount * ENTRY);
}
