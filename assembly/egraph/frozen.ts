// The graph as a search sees it: what it was at the start of the iteration, class by class, whatever is added
// meanwhile. Compiled rules (src/egraph/compiled/) read it without calling anybody.
//
//   CLASS   16 bytes a class   ┌───────┬─────┬────────┬─────┐   its records in RECORDS, the clock when the last of
//                              │ start │ end │ newest │ ops │   its rows joined, and bit `op & 31` for each of their operators
//                              └───────┴─────┴────────┴─────┘
//   RECORDS 16 bytes a row     ┌─────┬──────────┬─────────┬─────────┐
//                              │ row │ op · age │ child 0 │ child 1 │   by class; within it by operator, new rows first
//                              └─────┴──────────┴─────────┴─────────┘
//                              age, the two low bits: 0 its children changed now, 1 only its class did, 3 neither
//   ROOTS   u32 a row          numbers of records, by operator, new rows first
//   OPS     16 bytes an op     ┌───────┬───────────┬─────┬───┐
//                              │ start │ end of new│ end │ – │   its rows in ROOTS
//                              └───────┴───────────┴─────┴───┘
//   CLS     u32 a row          its class; of a row that leads one, LEADS and the number of the class in CLASS
//   CLOCKS  2 u16 a row        ┌─────────┬────────┐   the clock when its children last changed, and when they or its
//                              │ changed │ joined │   class did; a row is new if the latter is now
//                              └─────────┴────────┘
// Of rows that were made since the index last counted them, and of those that are CHANGED, the clock says that it is now.
// Before it outgrows its 16 bits it is set back, and all that is compared with it numbered anew.
//
// A match is new if one of its rows is: no other has to be looked at (semi-naive evaluation, as in egglog).

import { list, reserve } from "../memory/regions";
import { ops, scratch, unionClock } from "./egraph";
import { isLateWith, PIECE } from "./time";
import { MAX_OPS } from "./hashcons";
import { At, ruleAt, ruleCount } from "./rules";
import {
  CHANGED,
  clearFlag,
  clock,
  DEAD,
  find,
  headOf,
  HIDDEN,
  kidsAt,
  OP_MASK,
  isFlagged,
  put,
  rowCount,
  setClock,
  setFlag,
  shapeOf,
  SUBSUMED,
  UNSEARCHED,
  WIDE,
  word,
} from "./rows";

/** The clock fits 16 bits. From a number on it is set back when an index begins; each such tick is one more at most. */
const MOST_CLOCK: u32 = 0xffff;
const LATE_CLOCK: u32 = 0xfff0;
/** From so many rows on the order of roots pays. */
const MANY_ROWS: u32 = 1 << 14;

export let CLASS: usize = 0;
export let RECORDS: usize = 0;
export let ROOTS: usize = 0;
export let OPS: usize = 0;
export let CLS: usize = 0;
export let CLOCKS: usize = 0;
/** Classes that the index knows. */
export let frozenClasses: u32 = 0;
/** In CLS, of a row that leads its class. */
const LEADS: u32 = 1 << 31;
/** Rows before it have their clocks, as far as they are not CHANGED. */
export let countedRows: u32 = 1;
/** Rows that the index knows; all later ones were made since. */
export let frozenRows: u32 = 1;
export let liveRows: u32 = 0;
export let frozenUnions: u32 = 0;

export const AGE_BITS: u32 = 2;
const OLD_CHILDREN: u32 = 1;
const OLD: u32 = 3;

/** Steps of `freeze`, each over many rows. */
const enum Step {
  Count = 0,
  Places = 1,
  Records = 2,
  Order = 3,
  Done = 4,
}

/** Where `freeze` stands: its step, the rows of it that are done, and what the step counts. */
export let freezeStep: u32 = Step.Done;
export let freezeAt: u32 = 0;
export let freezePlace: u32 = 0;
/** Of which graph. */
export let freezeRows: u32 = 0;
export let freezeUnions: u32 = 0;

export function reserveFrozen(rows: u32): void {
  CLASS = reserve((<usize>rows) << 4);
  RECORDS = reserve((<usize>rows) << 4);
  ROOTS = reserve((<usize>rows) << 2);
  CLS = reserve((<usize>rows) << 2);
  CLOCKS = reserve((<usize>rows) << 2);
  OPS = reserve((<usize>MAX_OPS) << 4);
}

export function clearFrozen(): void {
  frozenRows = 1;
  frozenClasses = 0;
  countedRows = 1;
  liveRows = 0;
  freezeStep = Step.Done;
  freezeAt = 0;
  freezePlace = 0;
  freezeRows = 0;
  freezeUnions = 0;
  frozenUnions = unionClock - 1;
}

export function bytesOfFrozen(): usize {
  return <usize>frozenRows * 12 + ((<usize>(frozenClasses + liveRows)) << 4);
}

/** Bytes of the index that `freeze` makes of so many classes and live rows. */
export function bytesToFreeze(classes: u32, live: u32): usize {
  return <usize>rowCount * 12 + ((<usize>(classes + live)) << 4);
}

/** Begins to look at the graph as it is now. It must be rebuilt. */
export function startFreezing(): void {
  if (clock >= LATE_CLOCK) setClockBack();
  const wasWhole = freezeStep == Step.Done; // else what it was begun for was given up
  freezeStep = Step.Count;
  freezeAt = 0;
  freezeRows = rowCount;
  freezeUnions = unionClock;
  if (!wasWhole || rowCount != frozenRows || unionClock != frozenUnions) return;
  age();
  freezeStep = Step.Done;
}

/** Goes on with it, or begins again if the graph has changed meanwhile; false where time is over first. */
export function freeze(): bool {
  if (freezeRows != rowCount || freezeUnions != unionClock) startFreezing();
  frozenUnions = unionClock;
  while (freezeStep != Step.Done) {
    const end = endOfStep();
    const to = min(freezeAt + PIECE, end);
    work(freezeAt, to);
    freezeAt = to;
    if (to == end) endStep();
    if (freezeStep != Step.Done && isLateWith(0)) return false;
  }
  return true;
}

function endOfStep(): u32 {
  return freezeStep == Step.Records || freezeStep == Step.Order ? liveRows : rowCount;
}

/** Items `from` to `to` of the step at hand; item 0 of rows is none. */
function work(from: u32, to: u32): void {
  switch (freezeStep) {
    case Step.Count:
      if (from == 0) memory.fill(OPS, 0, (<usize>ops()) << 4);
      return countRows(max(1, from), to);
    case Step.Places:
      return placeRows(max(1, from), to);
    case Step.Records:
      return fillRecords(from, to);
    default:
      return orderRoots(from, to);
  }
}

function endStep(): void {
  if (freezeStep == Step.Count) {
    frozenRows = rowCount;
    frozenClasses = freezePlace;
    placeOps();
  }
  freezePlace = 0;
  freezeAt = 0;
  freezeStep++;
  if (freezeStep == Step.Order && liveRows < MANY_ROWS) freezeStep++;
}

/** Nothing changed since the last time: no row is new. */
function age(): void {
  const count = ops();
  for (let i: u32 = 0; i < count; i++) {
    const start = load<u32>(opAt(i));
    const end = load<u32>(opAt(i), 4);
    for (let root = start; root < end; root++) {
      const record = recordAt(word(ROOTS, root));
      store<u32>(record, load<u32>(record, 4) | OLD, 4);
    }
    store<u32>(opAt(i), start, 4);
  }
}

/** Also learns which rows are new: the oldest row of a class leads it, so a leader comes before its class. */
function countRows(from: u32, to: u32): void {
  for (let row = from; row < to; row++) {
    const head = headOf(row);
    if ((head & DEAD) != 0) continue;
    const cls = find(row);
    const isNow = row >= countedRows || (head & CHANGED) != 0;
    if ((head & CHANGED) != 0) clearFlag(row, CHANGED);
    const changed = isNow ? clock : changedAt(row);
    let joined = changed;
    if (row < frozenRows) joined = classOf(row) == cls ? max(changed, joinedAt(row)) : clock;
    put(CLOCKS, row, changed | (joined << 16));
    let at: usize;
    if (cls == row) {
      put(CLS, row, LEADS | freezePlace);
      at = CLASS + ((<usize>freezePlace) << 4);
      freezePlace++;
      store<u64>(at, 0);
      store<u64>(at, 0, 8);
    } else {
      put(CLS, row, cls);
      at = classAt(cls);
    }
    if ((head & UNSEARCHED) != 0) {
      if ((head & SUBSUMED) != 0) setFlag(row, HIDDEN);
      continue;
    }
    store<u32>(at, load<u32>(at, 4) + 1, 4);
    if (joined > load<u32>(at, 8)) store<u32>(at, joined, 8);
    store<u32>(at, load<u32>(at, 12) | ((<u32>1) << (head & 31)), 12);
    const op = opAt(head & OP_MASK);
    if (joined == clock) store<u32>(op, load<u32>(op, 4) + 1, 4);
    else store<u32>(op, load<u32>(op, 8) + 1, 8);
  }
  countedRows = max(countedRows, to);
}

/** When the children of a row last changed, as far as the index has seen. */
export function changedAt(row: u32): u32 {
  return load<u16>(CLOCKS + ((<usize>row) << 2));
}

/** The same of its children or its class. */
export function joinedAt(row: u32): u32 {
  return load<u16>(CLOCKS + ((<usize>row) << 2), 2);
}

/**
 * Only whether a clock is before those that rules were last searched at, and whether it is now, is ever asked: so these
 * are numbered from one on, and every clock becomes the last of them that it reaches.
 */
function setClockBack(): void {
  memory.fill(scratch(), 0, (<usize>(MOST_CLOCK + 1)) << 1);
  store<u16>(numberAt(clock), 1);
  for (let rule: u32 = 0; rule < ruleCount; rule++) store<u16>(numberAt(sinceOf(rule)), 1);
  let number: u32 = 0;
  for (let at: u32 = 0; at <= MOST_CLOCK; at++) {
    number += load<u16>(numberAt(at));
    store<u16>(numberAt(at), <u16>number);
  }
  for (let row: u32 = 1; row < countedRows; row++) {
    const changed = load<u16>(numberAt(changedAt(row)));
    put(CLOCKS, row, changed | ((<u32>load<u16>(numberAt(joinedAt(row)))) << 16));
  }
  for (let i: u32 = 0; i < frozenClasses; i++) {
    const newest = CLASS + ((<usize>i) << 4) + 8;
    store<u32>(newest, load<u16>(numberAt(min(load<u32>(newest), clock))));
  }
  for (let rule: u32 = 0; rule < ruleCount; rule++)
    store<u32>(ruleAt(rule), load<u16>(numberAt(sinceOf(rule))), At.Since);
  setClock(load<u16>(numberAt(clock)));
}

function sinceOf(rule: u32): u32 {
  return min(load<u32>(ruleAt(rule), At.Since), clock);
}

/** What a clock becomes. */
function numberAt(at: u32): usize {
  return scratch() + ((<usize>at) << 1);
}

/** An operator that is new has no rows in an index that is there already. */
export function startRoots(op: u32): void {
  memory.fill(opAt(op), 0, 16);
}

/** Counts of new and other rows become places in ROOTS. The fourth word is where the next new row goes. */
function placeOps(): void {
  let place: u32 = 0;
  const count = ops();
  for (let i: u32 = 0; i < count; i++) {
    const op = opAt(i);
    const news = load<u32>(op, 4);
    const olds = load<u32>(op, 8);
    store<u32>(op, place);
    store<u32>(op, place, 12);
    store<u32>(op, place + news, 4);
    store<u32>(op, place + news, 8);
    place += news + olds;
  }
  liveRows = place;
}

/** The counts of classes become places in RECORDS; afterwards `end` of an operator is behind its rows. */
function placeRows(from: u32, to: u32): void {
  let place = freezePlace;
  for (let row = from; row < to; row++) {
    const head = headOf(row);
    if ((head & DEAD) != 0) continue;
    if ((word(CLS, row) & LEADS) != 0) {
      const at = classAt(row);
      const count = load<u32>(at, 4);
      store<u32>(at, place);
      store<u32>(at, place, 4);
      place += count;
    }
    if ((head & UNSEARCHED) != 0) continue;
    enterRoot(opAt(head & OP_MASK), row, joinedAt(row) == clock);
  }
  freezePlace = place;
}

function enterRoot(op: usize, root: u32, isNew: bool): void {
  const next: usize = isNew ? 12 : 8;
  const place = load<u32>(op + next);
  put(ROOTS, place, root);
  store<u32>(op + next, place + 1);
}

/** What is in ROOTS become records: they are rows until then. */
function fillRecords(from: u32, to: u32): void {
  for (let i = from; i < to; i++) {
    const row = word(ROOTS, i);
    const head = headOf(row);
    const at = classAt(classOf(row));
    const place = load<u32>(at, 4);
    store<u32>(at, place + 1, 4);
    const record = recordAt(place);
    const kids = kidsAt(row);
    put(ROOTS, i, place);
    store<u32>(record, row);
    store<u32>(record, ((head & OP_MASK) << AGE_BITS) | ageOf(row), 4);
    if (shapeOf(head) != WIDE) store<u64>(record, load<u64>(kids), 8);
  }
}

function ageOf(row: u32): u32 {
  if (joinedAt(row) != clock) return OLD;
  return changedAt(row) == clock ? 0 : OLD_CHILDREN;
}

/**
 * Roots of one class after the other, the youngest class first. What is made of the roots of one class is looked for
 * among nearby nodes, mostly those of the class; and fewer nodes are made that turn out to be others.
 */
function orderRoots(from: u32, to: u32): void {
  if (from == 0) emptyRoots();
  const last = liveRows - to;
  for (let i = liveRows - from; i > last;) {
    const opAndAge = load<u32>(recordAt(--i), 4);
    enterRoot(opAt(opAndAge >> AGE_BITS), i, (opAndAge & OLD) != OLD);
  }
}

function emptyRoots(): void {
  const count = ops();
  for (let i: u32 = 0; i < count; i++) {
    const op = opAt(i);
    store<u32>(op, load<u32>(op), 12);
    store<u32>(op, load<u32>(op, 4), 8);
  }
}

/**
 * The byte offset in RECORDS of the first of a class's records with an operator, or where it would stand; `cls` is that of
 * the class in CLASS.
 */
export function seek(cls: u32, op: u32): u32 {
  const at = CLASS + <usize>cls;
  let low = load<u32>(at);
  let high = load<u32>(at, 4);
  while (low < high) {
    const middle = (low + high) >> 1;
    if (load<u32>(recordAt(middle), 4) >> AGE_BITS < op) low = middle + 1;
    else high = middle;
  }
  return low << 4;
}

/** Whether a row led a class when the graph was frozen. */
export function isLeader(row: u32): bool {
  return (word(CLS, row) & LEADS) != 0 && (headOf(row) & DEAD) == 0;
}

/** The row that led the class of a row when the graph was frozen. */
export function classOf(row: u32): u32 {
  const cls = word(CLS, row);
  return (cls & LEADS) != 0 ? row : cls;
}

/** The byte offset in CLASS of what the index says of the class that a row leads. */
export function offsetOf(leader: u32): u32 {
  return word(CLS, leader) << 4;
}

function classAt(leader: u32): usize {
  return CLASS + <usize>offsetOf(leader);
}

function recordAt(i: u32): usize {
  return RECORDS + ((<usize>i) << 4);
}

function opAt(op: u32): usize {
  return OPS + ((<usize>op) << 4);
}

export function firstRoot(op: u32): u32 {
  return load<u32>(opAt(op));
}

export function firstOldRoot(op: u32): u32 {
  return load<u32>(opAt(op), 4);
}

export function endOfRoots(op: u32): u32 {
  return load<u32>(opAt(op), 8);
}

/** Whether counters fit the regions. */
export function areFrozenInRange(): bool {
  if (freezeStep > <u32>Step.Done || freezeRows > rowCount || freezeAt > rowCount) return false;
  if (clock > MOST_CLOCK || frozenRows > countedRows || countedRows > rowCount) return false;
  if (frozenClasses > frozenRows) return false;
  return liveRows <= rowCount && freezePlace <= rowCount;
}

/** Whether the index speaks of rows that there are, and leads a search to them only. */
export function areRecords(): bool {
  if (freezeStep != Step.Done) return true;
  if (frozenRows == 0 || liveRows >= frozenRows) return false;
  for (let row: u32 = 1; row < frozenRows; row++) {
    if ((headOf(row) & DEAD) == 0 && !isClass(row)) return false;
  }
  for (let i: u32 = 0; i < liveRows; i++) {
    if (word(ROOTS, i) >= liveRows || !isRecord(recordAt(i))) return false;
  }
  for (let i: u32 = 0; i < frozenClasses; i++) {
    const at = CLASS + ((<usize>i) << 4);
    if (load<u32>(at) > load<u32>(at, 4) || load<u32>(at, 4) > liveRows) return false;
  }
  return frozenRows == 1 || areRoots();
}

/** Whether CLS says of a row what it can. */
function isClass(row: u32): bool {
  const cls = word(CLS, row);
  if ((cls & LEADS) != 0) return isPlace(cls);
  return cls != 0 && cls < row && isPlace(word(CLS, cls));
}

function isPlace(cls: u32): bool {
  return (cls & LEADS) != 0 && (cls & ~LEADS) < frozenClasses;
}

/** Whether a record is of a row that may be found, and over classes that there are. */
function isRecord(record: usize): bool {
  const row = load<u32>(record);
  if (row == 0 || row >= frozenRows || isFlagged(row, HIDDEN)) return false;
  const head = headOf(row);
  if (load<u32>(record, 4) >> AGE_BITS != (head & OP_MASK)) return false;
  const shape = shapeOf(head);
  const count: u32 = shape == WIDE ? 0 : min<u32>(shape, 2);
  for (let i: u32 = 0; i < count; i++) {
    const child = load<u32>(record + ((<usize>i) << 2), 8);
    if (child == 0 || child >= frozenRows || !isClass(child)) return false;
  }
  return true;
}

/** Whether the roots of operators stand one behind the other, each with its own; one that is newer has none. */
function areRoots(): bool {
  let place: u32 = 0;
  const count = ops();
  for (let op: u32 = 0; op < count; op++) {
    const start = firstRoot(op);
    const end = endOfRoots(op);
    if (start > firstOldRoot(op) || firstOldRoot(op) > end || end > liveRows) return false;
    if (start == end) continue;
    if (start != place) return false;
    for (; place < end; place++) {
      if (load<u32>(recordAt(word(ROOTS, place)), 4) >> AGE_BITS != op) return false;
    }
  }
  return place == liveRows;
}

export function listFrozen(): void {
  const isWhole = freezeStep == Step.Done;
  const known: usize = isWhole ? frozenRows : rowCount;
  const live: usize = isWhole ? liveRows : rowCount;
  list(CLASS, (isWhole ? <usize>frozenClasses : known) << 4);
  list(RECORDS, live << 4);
  list(ROOTS, live << 2);
  list(CLS, known << 2);
  list(CLOCKS, known << 2);
  list(OPS, (<usize>ops()) << 4);
}
