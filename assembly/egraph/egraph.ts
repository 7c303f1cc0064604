// The e-graph: operators, adding nodes, unions and their repair (egg: Willsey et al., POPL 2021).
//
//   an operator, u32 words     ORDER  whether its children have an order
//                              ARITY  1 + the number of its children, if they have an order; 0 before its first use
//                              EARLIEST the first row of it that was added; 0 for none
//   DIRTY    2 u32             first and last cell of the parents of a class that became part of another
//   SCRATCH  u32               children of the node that is being made; WRITTEN: before they became classes
//   UNLOGGED 2 u32             a dead row and what it is equal to
//
// Everything is in the order of arrays: no result depends on addresses or hashes.

import { now } from "../host";
import { isAllocated, used } from "../memory/arena";
import { unlimitBlocks } from "../memory/blocks";
import { list, reserve } from "../memory/regions";
import { bytesOfFrozen, bytesToFreeze, startRoots } from "./frozen";
import { bytesOfColumns, listColumns, reserveFirstColumn, startOp } from "./columns";
import {
  areFactsDue,
  catchUp,
  forgetFacts,
  isFactsOn,
  joinFacts,
  listFacts,
  makeAgain,
  refreshOne,
  reserveFacts,
  restOnChildren,
  staleCount,
  startFacts,
} from "./facts";
import { cutFacts, isStuck, laterCount, unstick } from "./later";
import {
  bytesOfSlots,
  bytesToGrow,
  clearSlots,
  enterMovedRow,
  enterRow,
  isUntidy,
  keyOf,
  LEAF,
  makeRoom,
  MAX_OPS,
  mayFillSlots,
  place,
  removeRow,
  replaceRow,
  reserveSlots,
  rowWith,
  slotMask,
  slotsMost,
  slotsUsed,
  tidy,
} from "./hashcons";
import {
  bytesOfMakers,
  CONGRUENCE,
  FOLDED,
  GIVEN,
  hasRoom,
  isLogging,
  logSize,
  logUnion,
} from "./log";
import {
  bytesOfParents,
  bytesToLink,
  cellCount,
  clearParents,
  joinParents,
  lastParent,
  linkParentsTo,
  nextParent,
  parentIn,
  reserveParents,
  unlinkedRows,
} from "./parents";
import {
  hasTimeFor,
  hasTimeToTidy,
  isLateWith,
  isTimed,
  learnRepair,
  learnTidying,
  PIECE,
} from "./time";
import { hasGuards } from "./rules";
import {
  arityOf,
  bytesOfRows,
  bytesToMove,
  bytesToRing,
  CHANGED,
  clearRows,
  clock,
  DEAD,
  die,
  dropRow,
  exactRow,
  find,
  firstArityOf,
  firstChildOf,
  hasRoomFor,
  headOf,
  isDead,
  isFlagged,
  isLive,
  joinRing,
  joinRings,
  keepFirst,
  kidsAt,
  LEADER,
  newRow,
  nodeAt,
  nextNode,
  OP_MASK,
  opOf,
  PRUNED,
  put,
  reserveRows,
  rowCount,
  setArity,
  setFlag,
  shapeOf,
  startRing,
  SUBSUMED,
  WAITING,
  WIDE,
  word,
} from "./rows";

export {
  arityOf,
  childOf,
  clock,
  find,
  firstArityOf,
  firstChildOf,
  isLive,
  nextNode,
  opOf,
} from "./rows";
export { makerOf } from "./log";

/** What an operator's children are. */
export const enum Order {
  Fixed = 0,
  Set = 1,
  Multiset = 2,
}

let EARLIEST: usize = 0;
let ORDER: usize = 0;
let ARITY: usize = 0;
let DIRTY: usize = 0;
let SCRATCH: usize = 0;
let WRITTEN: usize = 0;
let UNLOGGED: usize = 0;

/** After as many looks at all rows only few are left, in chains one above the other. */
const MOST_SCANS: u32 = 16;
const SCRATCH_BYTES: usize = 1 << 20;
const MOST_UNLOGGED: u32 = 512;
/** Of the log, for one application, and of the arena for a match that waits. */
const MOST_RECORD: usize = 8192;
/** Of one row in all regions, but for its children. */
const ROW_BYTES: usize = 256;

export let dirtyCount: u32 = 0;
/** Ticks with every union, and with every row that is subsumed. */
export let unionClock: u32 = 0;
export let unions: u32 = 0; // since the graph was last congruent
export let congruentRows: u32 = 1; // rows after them were never looked at
export let liveCount: u32 = 0;
export let classCount: u32 = 0;
export let opCount: u32 = 0;
/** Where a repair stands that was stopped: the next row of a scan, 0 for none; scans that are done; climbing since. */
export let scanAt: u32 = 0;
export let scans: u32 = 0;
export let isClimbing: bool = false;
let repaired: u32 = 0;
/** Whether a rule makes the rows that are made now, not the host. */
export let isByRule: bool = false;
export let lastRow: u32 = 0;
let unloggedCount: u32 = 0;

/** Lays the regions out at first use, for `capacity` rows; forgets rows and operators. */
export function clear(capacity: u32): void {
  if (ORDER == 0) reserveAll(capacity);
  clearFrom(0);
}

/** Forgets all rows, and the operators from a number on. */
export function clearFrom(op: u32): void {
  memory.fill(EARLIEST, 0, (<usize>opCount) << 2);
  clearSlots(opCount);
  clearRows();
  clearParents();
  dirtyCount = 0;
  unionClock = 0;
  unions = 0;
  scanAt = 0;
  scans = 0;
  isClimbing = false;
  congruentRows = 1;
  lastRow = 0;
  liveCount = 0;
  classCount = 0;
  opCount = op;
  isByRule = false;
  unloggedCount = 0;
}

function reserveAll(capacity: u32): void {
  const perRow: usize = (<usize>capacity) << 2;
  const perOp: usize = (<usize>MAX_OPS) << 2;
  reserveRows(capacity);
  reserveSlots(capacity);
  reserveParents(capacity);
  DIRTY = reserve(perRow << 1);
  reserveFacts(capacity);
  EARLIEST = reserve(perOp);
  ORDER = reserve(perOp);
  ARITY = reserve(perOp);
  reserveFirstColumn(capacity);
  SCRATCH = reserve(SCRATCH_BYTES);
  WRITTEN = reserve(SCRATCH_BYTES);
  UNLOGGED = reserve((<usize>MOST_UNLOGGED) << 3);
}

// ------------------------------------------------------------------------------------ operators

/** Declares the next operator: how its children are ordered, and two words for the first analysis. */
export function defineOp(order: u32, kind: u32, payload: u32): u32 {
  const op = opCount++;
  put(EARLIEST, op, 0);
  put(LEAF, op, 0);
  put(ORDER, op, order);
  startOp(op, kind, payload);
  put(ARITY, op, 0);
  startRoots(op);
  return op;
}

/** Whether two words that were allocated are operators: what `false` and `true` are to an analysis. */
export function areLeaves(at: usize): bool {
  if ((at & 3) != 0 || !isAllocated(at, 8)) return false;
  for (let i: usize = 0; i < 8; i += 4) {
    const op = load<u32>(at + i);
    if (op >= opCount || !mayHave(op, 0)) return false;
  }
  return true;
}

/** Whether an operator may have so many children: if they have an order, as many as at its first use. */
export function mayHave(op: u32, count: u32): bool {
  if (word(ORDER, op) != Order.Fixed) return true;
  const known = word(ARITY, op);
  if (known == 0) put(ARITY, op, count + 1);
  return known == 0 || known == count + 1;
}

/** Whether an operator may stand without children, by what is known of it. */
export function isLeafOp(op: u32): bool {
  return op < opCount && (word(ORDER, op) != Order.Fixed || word(ARITY, op) == 1);
}

/** The operator of a leaf that the host names while rules are applied; a trap if there is none such. */
export function aLeaf(op: u32): u32 {
  if (op >= opCount || !mayHave(op, 0)) unreachable();
  return op;
}

export function opOrder(op: u32): u32 {
  return word(ORDER, op);
}

export function ops(): u32 {
  return opCount;
}

// ---------------------------------------------------------------------------------------- reading

export function rows(): u32 {
  return rowCount;
}

export function liveNodes(): u32 {
  return liveCount;
}

export function classes(): u32 {
  return classCount;
}

/**
 * Of all that grows with the graph: what a snapshot holds, and what is set aside for facts, for the cells of parents
 * and for rings, which are written late.
 */
export function bytesUsed(): usize {
  return (
    bytesOfRows() +
    bytesOfSlots() +
    bytesOfFrozen() +
    logSize() +
    bytesOfMakers() +
    used() +
    ((<usize>(dirtyCount + dirtyCount + staleCount)) << 2) +
    (isFactsOn() ? bytesOfColumns() + bytesToLink() : bytesOfParents()) +
    (isFactsOn() || hasGuards ? bytesToRing() : 0)
  );
}

let mostBytes: u32 = u32.MAX_VALUE;

/** What a run, and the repair after it, may use; the largest number for no limit. */
export function limitBytes(bytes: u32): void {
  mostBytes = bytes;
  unlimitBlocks();
}

export function isByteLimited(): bool {
  return mostBytes != u32.MAX_VALUE;
}

function mayLink(): bool {
  return haveBytes(bytesToLink() - bytesOfParents());
}

/** Beside what is kept for a repair of the graph: for the log and DIRTY, a union each, for children as they were. */
function bytesAhead(): i64 {
  const unions = (<usize>classCount) << (isLogging ? 4 : 3);
  return <i64>mostBytes - <i64>bytesUsed() - <i64>bytesToMove() - <i64>unions;
}

/** Bytes that may still be used, where there is a limit. */
export function bytesLeft(): usize {
  return <usize>max<i64>(0, bytesAhead());
}

/** Whether so much more fits. */
function haveBytes(more: usize): bool {
  return !isByteLimited() || bytesAhead() >= <i64>more;
}

/** Whether the graph can be repaired within the limit: so it is where what a run began with did not pass it. */
export function mayRepair(): bool {
  return haveBytes(0);
}

/**
 * Whether a match may be applied that makes two classes one: the record in the log, the match itself if it waits, and rows
 * that only say how its right side was written.
 */
export function mayUnite(match: usize = 0, written: usize = 0): bool {
  return hasRoom() && haveBytes(MOST_RECORD + match + written);
}

/** What a row with so many children may take in all regions. */
export function bytesOfRow(len: u32): usize {
  return ROW_BYTES + ((<usize>len) << 4);
}

/** Whether rings of classes fit, where there are none yet. */
export function mayRing(): bool {
  return isFactsOn() || hasGuards || haveBytes(bytesToRing());
}

/** Whether the index of the graph as it is now fits. */
export function mayFreeze(): bool {
  return haveBytes(max(bytesToFreeze(classCount, liveCount), bytesOfFrozen()) - bytesOfFrozen());
}

/** Whether the table may be made larger: repairs do without, where there are no bytes for it. */
export function mayGrowSlots(bytes: usize): bool {
  return haveBytes(bytes);
}

/** Whether so many rows could make the table larger, and there is no time for that. */
export function isTimeShort(rows: u32): bool {
  return slotsUsed + rows >= slotsMost && !hasTimeFor(slotMask + 1, rowsToRepair(), unions);
}

/** The first row of this operator that was added; 0 if there is none. */
export function earliestOf(op: u32): u32 {
  return word(EARLIEST, op);
}

// ---------------------------------------------------------------------------------------- adding

/** Whether a rule makes the rows that are made from now on: the next record of the log is about them. */
export function setMade(byRule: bool): void {
  isByRule = byRule;
}

/** Where the host, and the matcher, write the children of the next node. */
export function scratch(): usize {
  return SCRATCH;
}

/** Whether there was no room for a row that was wanted, since `forgetRefusal`. */
export let isRowRefused: bool = false;

export function forgetRefusal(): void {
  isRowRefused = false;
}

/** Whether there is room for a row, and for the record of the union that may make it one with another. */
function mayMakeRow(len: u32): bool {
  if (hasRoomFor(len) && hasRoom() && haveBytesForRow(len)) return true;
  isRowRefused = true;
  return false;
}

function haveBytesForRow(len: u32): bool {
  if (!isByteLimited()) return true;
  const bytes = bytesOfRow(len);
  return haveBytes(bytes + bytesToGrow()) || (mayFillSlots() && haveBytes(bytes));
}

function isWideNode(op: u32, len: u32): bool {
  return len >= WIDE || word(ORDER, op) != Order.Fixed;
}

/** The class of the node with `len` children at SCRATCH, made if it is new. 0 where a region is full. */
export function add(op: u32, len: u32): u32 {
  memory.copy(WRITTEN, SCRATCH, (<usize>len) << 2);
  const count = order(op, SCRATCH, len);
  const isWide = isWideNode(op, count);
  const key = keyOf(op, isWide, SCRATCH, count);
  const found = rowWith(key, op, SCRATCH, count);
  if (found != 0) {
    lastRow = found;
    restOnChildren(found);
    return find(found);
  }
  if (!mayMakeRow(len)) return 0;

  makeRoom();
  // Without an order the sorted classes: equal lists are then written alike.
  const written = word(ORDER, op) == Order.Fixed ? WRITTEN : SCRATCH;
  const row = newRow(op, SCRATCH, written, count, isWide, isByRule);
  enterRow(key, op, row);
  startClass(op, row);
  lastRow = row; // analyses may have added leaves
  return find(row);
}

/** A row of a class of its own over one or two leaders, under its exact key. */
export function newClassRow(op: u32, a: u32, b: u32, key: u64): u32 {
  const row = newExactRow(op, a, b);
  if (row == 0) return 0;
  put(LEADER, row, row);
  startRing(row);
  place(key, row);
  classCount++;
  return row;
}

/** The same as one more row of the class that `cls` leads. */
export function newRowIn(cls: u32, op: u32, a: u32, b: u32, key: u64): u32 {
  const row = newExactRow(op, a, b);
  if (row == 0) return 0;
  put(LEADER, row, cls);
  joinRing(row, cls);
  place(key, row);
  return row;
}

function newExactRow(op: u32, a: u32, b: u32): u32 {
  if (!mayMakeRow(2)) return 0;
  makeRoom();
  liveCount++;
  return exactRow(op, a, b);
}

function startClass(op: u32, row: u32): void {
  if (word(EARLIEST, op) == 0) put(EARLIEST, op, row);
  liveCount++;
  classCount++;
  if (isFactsOn()) startFacts(row);
}

/**
 * The node with `len` children at SCRATCH, which is in the graph, as it is written there: the row itself, or a
 * row that is dead from the start and only says, with the log, what was written.
 */
export function writtenRow(op: u32, len: u32): u32 {
  memory.copy(WRITTEN, SCRATCH, (<usize>len) << 2);
  const count = order(op, SCRATCH, len);
  const isWide = isWideNode(op, count);
  const found = rowWith(keyOf(op, isWide, SCRATCH, count), op, SCRATCH, count);
  const written = word(ORDER, op) == Order.Fixed ? WRITTEN : SCRATCH;
  if (found == 0 || isWritten(found, written, count)) return found;
  if (!mayMakeRow(len) || unloggedCount == MOST_UNLOGGED) return found;

  const row = newRow(op, SCRATCH, written, count, isWide, isByRule);
  die(row);
  put(UNLOGGED, 2 * unloggedCount, row);
  put(UNLOGGED, 2 * unloggedCount++ + 1, found);
  put(LEADER, row, find(found));
  joinRing(row, found);
  forgetFacts(row);
  return row;
}

/** Says in the log what the rows that are dead from the start are equal to. */
export function logWrittenRows(): void {
  for (let i: u32 = 0; i < unloggedCount; i++)
    logUnion(CONGRUENCE, word(UNLOGGED, 2 * i), word(UNLOGGED, 2 * i + 1));
  unloggedCount = 0;
}

/** Whether a row was first written over these children. */
function isWritten(row: u32, children: usize, count: u32): bool {
  if (firstArityOf(row) != count) return false;
  for (let i: u32 = 0; i < count; i++)
    if (firstChildOf(row, i) != load<u32>(children + ((<usize>i) << 2))) return false;
  return true;
}

/** The row that the last call of `add` made or found. */
export function addedRow(): u32 {
  return lastRow;
}

/** Canonical children, sorted where order does not count, without repeats in a set; gives their number. */
function order(op: u32, kids: usize, len: u32): u32 {
  for (let i: u32 = 0; i < len; i++) {
    const at = kids + ((<usize>i) << 2);
    store<u32>(at, find(load<u32>(at)));
  }
  const kind = word(ORDER, op);
  if (kind == Order.Fixed) return len;
  sort(kids, len);
  return kind == Order.Set ? unique(kids, len) : len;
}

/** Insertion sort: children are few and mostly sorted already. */
function sort(kids: usize, len: u32): void {
  for (let i: u32 = 1; i < len; i++) {
    const value = load<u32>(kids + ((<usize>i) << 2));
    let j = i;
    while (j > 0 && load<u32>(kids + ((<usize>(j - 1)) << 2)) > value) {
      store<u32>(kids + ((<usize>j) << 2), load<u32>(kids + ((<usize>(j - 1)) << 2)));
      j--;
    }
    store<u32>(kids + ((<usize>j) << 2), value);
  }
}

function unique(kids: usize, len: u32): u32 {
  let kept: u32 = 0;
  for (let i: u32 = 0; i < len; i++) {
    const value = load<u32>(kids + ((<usize>i) << 2));
    if (kept > 0 && load<u32>(kids + ((<usize>(kept - 1)) << 2)) == value) continue;
    store<u32>(kids + ((<usize>kept) << 2), value);
    kept++;
  }
  return kept;
}

/** Takes a row out of its class; the hash-cons still finds it. */
export function prune(row: u32): void {
  if (!isLive(row)) return;
  setFlag(row, PRUNED);
  liveCount--;
}

/**
 * Searches, from the next iteration on, and extraction pass a row over that is not dead. It stays in its class, and what
 * becomes one with it is subsumed too (egglog's `subsume`). False if it was subsumed already.
 */
export function subsume(row: u32): bool {
  if (isFlagged(row, SUBSUMED)) return false;
  setFlag(row, SUBSUMED);
  unionClock++;
  return true;
}

export function isSubsumed(row: u32): bool {
  return isFlagged(row, SUBSUMED);
}

/** Takes back the rows from one on, which were added to a graph without facts, and nothing has happened since. */
export function takeBack(from: u32): void {
  while (rowCount > from) {
    const row = rowCount - 1;
    const op = opOf(row);
    const isWide = shapeOf(headOf(row)) == WIDE;
    removeRow(keyOf(op, isWide, kidsAt(row), arityOf(row)), op, row);
    if (word(EARLIEST, op) == row) put(EARLIEST, op, 0);
    dropRow();
  }
}

// -------------------------------------------------------------------------- unions and their repair

/** Makes two classes one; the older stays the leader. False if they were one already. */
export function union(a: u32, b: u32): bool {
  const left = find(a);
  const right = find(b);
  if (left == right) return false;
  const keep = min(left, right);
  const lose = max(left, right);
  put(LEADER, lose, keep);
  joinRings(keep, lose);
  leaveParents(lose);
  joinParents(keep, lose);
  classCount--;
  unions++;
  unionClock++;
  if (isFactsOn()) joinFacts(keep, lose);
  return true;
}

/** The rows over a class that is part of another now must be looked at. */
function leaveParents(lose: u32): void {
  const last = lastParent(lose);
  if (last == 0) return;
  put(DIRTY, 2 * dirtyCount, nextParent(last));
  put(DIRTY, 2 * dirtyCount + 1, last);
  dirtyCount++;
}

/** A union on the host's word. */
export function unite(a: u32, b: u32): bool {
  if (find(a) == find(b)) return false;
  logUnion(GIVEN, a, b);
  return union(a, b);
}

/** A union that an analysis makes; none in a graph that has no room for the leaf. */
export function fold(cls: u32, leaf: u32): void {
  if (leaf == 0 || find(cls) == find(leaf)) return;
  logUnion(FOLDED, cls, leaf);
  union(cls, leaf);
}

/** Restores congruence and brings the facts to their fixpoint: these as far as there are bytes, `areFactsCut` says. */
export function rebuild(): void {
  const start = isTimed() ? now() : 0;
  const united = unions;
  repair(false);
  if (isTimed()) learnRepair(start, rowCount, united);
  tidyInTime();
}

/** The same, but it stops where time is over, or bytes are: then false, and the next call goes on. */
export function rebuildInTime(): bool {
  if (!repair(true)) return false;
  tidyInTime();
  return true;
}

function tidyInTime(): void {
  if (!isUntidy() || !hasTimeToTidy(rowCount)) return;
  const start = isTimed() ? now() : 0;
  tidy();
  if (isTimed()) learnTidying(start, rowCount);
}

/** Whether a repair stops here, before so many more rows: time is over, or is too short for what they may need. */
function isRepairOver(rows: u32): bool {
  return isLateWith(0) || isTimeShort(rows);
}

/** Whether a run would have to repair the graph before it ends. */
export function rowsToRepair(): u32 {
  return isRepaired() ? 0 : rowCount;
}

/** Whether nothing is left to be repaired, or to be asked of analyses. */
export function isRepaired(): bool {
  return unions == 0 && laterCount == 0 && !areFactsDue();
}

function repair(mayStop: bool): bool {
  if (laterCount > 0 && !catchUp() && mayStop) return false;
  while (!isClimbing && (scanAt != 0 || (unions > 0 && !isFactsOn() && isWorthAScan(scans)))) {
    if (!repairAll(mayStop)) return false;
    scans++;
  }
  if (!isRepaired()) {
    isClimbing = true;
    if (!prepareToClimb(mayStop) || !climb(mayStop)) return false;
  }
  unions = 0;
  scans = 0;
  isClimbing = false;
  cutFacts(isStuck);
  unstick();
  return true;
}

/** Whether to look at all rows rather than at those above each class: when many changed, or few rows are linked. */
function isWorthAScan(scans: u32): bool {
  if (unions > rowCount >> 6 || (scans < MOST_SCANS && unlinkedRows() > rowCount >> 3)) return true;
  return mostBytes != u32.MAX_VALUE && !mayLink();
}

function repairAll(mayStop: bool): bool {
  if (scanAt == 0) {
    unions = 0;
    dirtyCount = 0;
    scanAt = 1;
  }
  while (scanAt < rowCount) {
    const to = min(scanAt + PIECE, rowCount);
    for (let row = scanAt; row < to; row++) repairRow(row);
    scanAt = to;
    if (mayStop && isRepairOver(PIECE)) return false;
  }
  congruentRows = rowCount;
  scanAt = 0;
  return true;
}

/**
 * Links the rows that are not, and looks at them, too: a union since they were last looked at did not find them
 * above its classes.
 */
function prepareToClimb(mayStop: bool): bool {
  congruentRows = min(congruentRows, rowCount - unlinkedRows());
  while (unlinkedRows() > 0) {
    linkParentsTo(rowCount - max(PIECE, unlinkedRows()) + PIECE);
    if (mayStop && isLateWith(0)) return false;
  }
  while (congruentRows < rowCount) {
    const to = min(congruentRows + PIECE, rowCount);
    while (congruentRows < to) {
      repairRow(congruentRows++);
      if (isStuck && mayStop) return false;
    }
    if (mayStop && isRepairOver(PIECE)) return false;
  }
  return true;
}

/** Repairs what is above classes that changed, until nothing changes; what there are no bytes for is left where it may not stop. */
function climb(mayStop: bool): bool {
  while (dirtyCount > 0 || (areFactsDue() && !isStuck)) {
    while (dirtyCount > 0) if (!repairAbove(--dirtyCount, mayStop)) return false;
    while (dirtyCount == 0 && areFactsDue() && !isStuck) {
      refreshOne();
      if (mayStop && (++repaired & 63) == 0 && isLateWith(0)) return false;
    }
    if (isStuck && mayStop) return false;
  }
  return true;
}

/** Rows that had a class as a child which became part of another. */
function repairAbove(dirty: u32, mayStop: bool): bool {
  const last = word(DIRTY, 2 * dirty + 1);
  let cell = word(DIRTY, 2 * dirty);
  while (true) {
    repairRow(parentIn(cell));
    const halts = isStuck && mayStop;
    if (cell == last) return !halts;
    cell = nextParent(cell);
    if (!halts && ((++repaired & 1023) != 0 || !mayStop || !isRepairOver(1024))) continue;
    put(DIRTY, 2 * dirtyCount, cell);
    put(DIRTY, 2 * dirtyCount++ + 1, last);
    return false;
  }
}

/** Brings the children of a row up to date; a row that became equal to another dies for it. */
function repairRow(row: u32): void {
  const at = nodeAt(row);
  const head = load<u32>(at);
  if ((head & DEAD) != 0) return;
  const shape = shapeOf(head);
  if (shape > 2) return repairWideRow(row, head);
  if (shape == 0) return;
  if (leads(load<u32>(at, 4)) && (shape == 1 || leads(load<u32>(at, 8)))) return;
  moveRow(row, head, at + 4, shape);
}

function leads(row: u32): bool {
  return word(LEADER, row) == row;
}

function repairWideRow(row: u32, head: u32): void {
  const kids = kidsAt(row);
  const len = arityOf(row);
  for (let i: usize = 0; i < <usize>len; i++)
    if (!leads(load<u32>(kids + (i << 2)))) return moveRow(row, head, kids, len);
}

function moveRow(row: u32, head: u32, kids: usize, len: u32): void {
  const op = head & OP_MASK;
  makeRoom();
  keepFirst(row);
  const count = order(op, kids, len);
  if (count != len) setArity(row, count);
  setFlag(row, CHANGED);
  const key = keyOf(op, shapeOf(head) == WIDE, kids, count);
  const other = enterMovedRow(key, op, kids, count, row);
  if (other != 0) becomeOne(row, other, key, op, kids, count);
  else if (isFactsOn()) makeAgain(row);
}

/** Two rows have the same children: the younger dies. */
function becomeOne(row: u32, other: u32, key: u64, op: u32, kids: usize, len: u32): void {
  const younger = max(row, other);
  const isYoungerLive = isLive(younger);
  if (younger == other) replaceRow(key, op, other, row);
  if (isYoungerLive) liveCount--;
  die(younger);
  if (isFlagged(younger, SUBSUMED)) setFlag(min(row, other), SUBSUMED);
  setFlag(min(row, other), CHANGED);
  if (find(row) != find(other)) logUnion(CONGRUENCE, row, other);
  union(row, other);
}

/** The order of an operator's children, and one more than their number where it is known. */
export function definitionOf(op: u32): u32 {
  return word(ORDER, op) | (word(ARITY, op) << 2);
}

/** Whether a row's shape is that of its operator and of so many children. */
export function isShapeOf(op: u32, count: u32, isWide: bool): bool {
  const order = word(ORDER, op);
  if (order > <u32>Order.Multiset || isWide != isWideNode(op, count)) return false;
  return order != Order.Fixed || word(ARITY, op) == count + 1;
}

/** Whether counters fit the regions. */
export function areGraphCountersInRange(): bool {
  if (congruentRows == 0 || congruentRows > rowCount || scanAt > rowCount) return false;
  return opCount <= MAX_OPS && dirtyCount <= rowCount && staleCount <= rowCount;
}

/** Whether what is to be looked at begins and ends at cells that there are. */
export function areDirty(): bool {
  for (let i: u32 = 0; i < 2 * dirtyCount; i++) {
    const cell = word(DIRTY, i);
    if (cell == 0 || cell >= cellCount) return false;
  }
  return true;
}

export function listGraph(): void {
  const perOp: usize = (<usize>opCount) << 2;
  list(DIRTY, (<usize>dirtyCount) << 3);
  list(EARLIEST, perOp);
  list(ORDER, perOp);
  list(ARITY, perOp);
  listFacts();
  listColumns(opCount);
}
