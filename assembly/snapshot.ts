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
import { listRounds } from "./egraph/rounds";
import { listChangingRows, listRows } from "./egraph/rows";
import { listRules } from "./egraph/rules";
import { listSchedule } from "./egraph/schedule";
import { listSeen } from "./egraph/seen";

export { advance, rewind, takeBack } from "./abi/graph";
export { mark } from "./memory/arena";
export { used as blocksUsed } from "./memory/blocks";
export { listLength } from "./memory/regions";
export { isContradictory, isNamed } from "./egraph/analyses/contradiction";
export {
  atRoot,
  atRule,
  changed,
  counted,
  isCounting,
  isFreezing,
  isOpen,
  isSearching,
  isSettling,
  newest,
} from "./egraph/compiled";
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
export { factClock, staleCount } from "./egraph/facts";
export {
  freezeAt,
  freezePlace,
  freezeRows,
  freezeStep,
  freezeUnions,
  frozenRows,
  frozenUnions,
  liveRows,
} from "./egraph/frozen";
export { slotMask, slotShift, slotsMost, slotsUsed } from "./egraph/hashcons";
export { logBytes } from "./egraph/log";
export { cellCount, linked } from "./egraph/parents";
export { isAllTouched, newsCount, round } from "./egraph/rounds";
export { clock, deadCount, kidCount, rowCount } from "./egraph/rows";
export { ruleCount } from "./egraph/rules";
export { isHeld, iterations, rowsBefore } from "./egraph/run";
export { atStep, backoff, banLength, hasSteps, matchLimit } from "./egraph/schedule";
export { used as seenUsed } from "./egraph/seen";

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
  listRounds();
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
  listRounds();
  listBlocks();
  list(startOfArena(), mark() - startOfArena());
  return listAt();
}

/** Lists what a run may change beside it. */
export function listOfRuns(isSeen: bool): usize {
  startList();
  listFrozen();
  listRules();
  listSchedule();
  listSeen(isSeen);
  return listAt();
}
