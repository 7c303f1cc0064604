// Snapshots: what the host copies out of an instance, and into another that has the same rules; and what it copies
// to put the same instance back.
//
//   parts    u32 pairs (address, bytes), at listAt(): regions as far as they are used, then the arena
//   scalars  the mutable globals that are exported here, by name

import { mark, startOfArena } from "./memory/arena";
import { listBlocks } from "./memory/blocks";
import { list, listAt, startList } from "./memory/regions";
import { listGraph, opCount } from "./egraph/egraph";
import { listFrozen } from "./egraph/frozen";
import { listSlots } from "./egraph/hashcons";
import { listLog } from "./egraph/log";
import { listParents } from "./egraph/parents";
import { listChangingRows, listRows } from "./egraph/rows";
import { listRules, ruleAt } from "./egraph/rules";
import { listSchedule } from "./egraph/schedule";

export { advance, rewind, takeBack } from "./abi/graph";
export { mark, startOfArena } from "./memory/arena";
export { used as blocksUsed } from "./memory/blocks";
export { listLength } from "./memory/regions";
export { isContradictory, isNamed } from "./egraph/analyses/contradiction";
export {
  atRoot,
  atRule,
  changed,
  counted,
  fruits,
  isCounting,
  isFreezing,
  isOpen,
  isRetrying,
  isSearching,
  isSettling,
  newest,
  retryAt,
} from "./egraph/iteration";
export {
  classCount,
  congruentRows,
  dirtyCount,
  isClimbing,
  lastRow,
  liveCount,
  opCount,
  scanAt,
  scans,
  unionClock,
  unions,
} from "./egraph/egraph";
export { factClock, refreshAt, refreshLast, refreshWanted, staleCount } from "./egraph/facts";
export { areFactsCut, laterCount, remakeAt } from "./egraph/later";
export {
  countedRows,
  freezeAt,
  freezePlace,
  freezeRows,
  freezeStep,
  freezeUnions,
  frozenClasses,
  frozenRows,
  frozenUnions,
  liveRows,
} from "./egraph/frozen";
export { slotMask, slotReach, slotShift, slotsMost, slotsUsed } from "./egraph/hashcons";
export { logBytes } from "./egraph/log";
export { atMatch, atSteps } from "./egraph/match";
export { cellCount, linked } from "./egraph/parents";
export {
  clock,
  deadCount,
  hasRings,
  kidCount,
  pairCount,
  rowCount,
  ternaryCount,
  tripleCount,
} from "./egraph/rows";
export { ruleCount } from "./egraph/rules";
export { isHeld, iterations, rowsBefore } from "./egraph/run";
export { atStep, backoff, banLength, hasSteps, matchLimit } from "./egraph/schedule";

/** Where the table of rules stands. */
export function rulesAt(): usize {
  return ruleAt(0);
}

// A checksum of memory: four sums side by side, as a product takes longer than a load.
const FACTOR: u64 = 0x9e3779b97f4a7c15;
let sum0: u64 = 0;
let sum1: u64 = 0;
let sum2: u64 = 0;
let sum3: u64 = 0;

export function startSum(): void {
  sum0 = 1;
  sum1 = 2;
  sum2 = 3;
  sum3 = 4;
}

/** Adds bytes of memory. Every step can be undone, so that a byte that is another always changes a sum. */
export function addToSum(at: usize, bytes: usize): void {
  let a = sum0;
  let b = sum1;
  let c = sum2;
  let d = sum3;
  const end = at + bytes;
  for (; at + 32 <= end; at += 32) {
    a = mixed(a, load<u64>(at));
    b = mixed(b, load<u64>(at, 8));
    c = mixed(c, load<u64>(at, 16));
    d = mixed(d, load<u64>(at, 24));
  }
  for (; at < end; at++) a = mixed(a, load<u8>(at));
  sum0 = a;
  sum1 = b;
  sum2 = c;
  sum3 = d;
}

export function sum(): u64 {
  return mixed(mixed(mixed(sum0, sum1), sum2), sum3);
}

function mixed(sum: u64, word: u64): u64 {
  return rotl(sum ^ word, 29) * FACTOR;
}

/** Lists what is in use; gives where the list stands. */
export function listParts(): usize {
  startList();
  listRows();
  listSlots(opCount);
  listParents();
  listGraph();
  listFrozen();
  listLog();
  listRules();
  listSchedule();
  listBlocks();
  list(startOfArena(), mark() - startOfArena());
  return listAt();
}

/** Lists what a union, or adding where facts are kept, may change; what is only written once is as it was. */
export function listChanging(): usize {
  startList();
  listChangingRows();
  listSlots(opCount);
  listParents();
  listGraph();
  listBlocks();
  list(startOfArena(), mark() - startOfArena());
  return listAt();
}

/** Lists what a run may change beside it. */
export function listOfRuns(): usize {
  startList();
  listFrozen();
  listRules();
  listSchedule();
  return listAt();
}
