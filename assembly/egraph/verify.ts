// What holds of a graph at any time, and more where it is congruent: for tests, and for snapshots that come from
// elsewhere, which stay as they are, to the byte. `verify` gives the first law that is broken, 0 for none, and
// `brokenAt` a row, slot or cell.

import { areTurnsInRange, areWaiting, isOpen } from "./iteration";
import {
  areDirty,
  areGraphCountersInRange,
  classCount,
  dirtyCount,
  earliestOf,
  isShapeOf,
  liveCount,
  opCount,
  opOrder,
  unions,
} from "./egraph";
import { analysisAt, analysisCount, kindOf, knownOf, payloadOf } from "./columns";
import { areStale, isFact, isPayload, staleCount } from "./facts";
import { areFrozenInRange, areRecords } from "./frozen";
import { areSlotCountersInRange, isSlotTable, keyOf, rowWith } from "./hashcons";
import { isLaterInRange } from "./later";
import { isLogInRange, isLogWhole } from "./log";
import { areBlocks, areBlocksInRange, startChecks } from "../memory/blocks";
import { areCellsInRange, areParents } from "./parents";
import * as rows from "./rows";
import { ruleCount } from "./rules";
import { isSchedule } from "./schedule";

export const enum Law {
  None = 0,
  /** Counters fit the regions. */
  Counters = 1,
  /** A row names an operator that there is. */
  Operator = 2,
  /** A row names children that there are, and was written over older ones. */
  Children = 3,
  /** The oldest row of a class leads it. */
  Leader = 4,
  /** Each row is in the one ring of its class, if rings are kept. */
  Ring = 5,
  /** Live and dead rows and classes are counted. */
  Counts = 6,
  /** The hash-cons has as many keys as it says, all of rows. */
  Slots = 7,
  /** A congruent graph has canonical children, and the hash-cons finds each row that is not dead, and no other for it. */
  Congruence = 8,
  /** The first row of an operator is of it. */
  Earliest = 9,
  /** Records of the log follow one another to its end, and speak of rows. */
  Log = 10,
  /** Cells of parents are in closed rings. */
  Parents = 11,
  /** The index that searches read. */
  Index = 12,
  /** Facts are where facts can be. */
  Facts = 13,
  /** What operators are to analyses is what these understand. */
  Payload = 14,
  /** Lists of what is to be looked at: classes, cells, matches that wait. */
  Lists = 15,
  /** Steps of a schedule, and one of them at hand. */
  Schedule = 16,
}

let at: u32 = 0;

export function brokenAt(): u32 {
  return at;
}

export function verify(): u32 {
  at = 0;
  startChecks();
  if (!areCountersInRange()) return Law.Counters;
  if (!arePayloads()) return Law.Payload;
  for (let row: u32 = 1; row < rows.rowCount; row++) {
    at = row;
    const law = lawOfRow(row);
    if (law != Law.None) return law;
  }
  if (rows.hasRings && !areRings()) return Law.Ring;
  if (!areCounts()) return Law.Counts;
  if (!isSlotTable(opCount)) return Law.Slots;
  if (isCongruent()) {
    for (let row: u32 = 1; row < rows.rowCount; row++) {
      at = row;
      if (!rows.isDead(row) && !isFound(row)) return Law.Congruence;
    }
  }
  if (!areEarliest()) return Law.Earliest;
  if (!isLogWhole()) return Law.Log;
  if (!areParents()) return Law.Parents;
  if (!areRecords()) return Law.Index;
  if (!areLists()) return Law.Lists;
  return isSchedule() ? <u32>Law.None : <u32>Law.Schedule;
}

/** Nothing is left to be repaired. */
export function isCongruent(): bool {
  return unions == 0 && dirtyCount == 0 && staleCount == 0 && !isOpen;
}

/** Whether counters fit the regions: only then can what a snapshot brought be looked at. */
export function areCountersInRange(): bool {
  return (
    rows.areCountersInRange() &&
    areGraphCountersInRange() &&
    areSlotCountersInRange() &&
    areCellsInRange() &&
    areBlocksInRange() &&
    areFrozenInRange() &&
    isLaterInRange() &&
    isLogInRange() &&
    areTurnsInRange()
  );
}

function arePayloads(): bool {
  for (let i: u32 = 0; i < analysisCount; i++) {
    const analysis = analysisAt(i);
    for (let op: u32 = 0; op < opCount; op++) {
      at = op;
      if (!isPayload(analysis, opOrder(op), kindOf(analysis, op), payloadOf(analysis, op)))
        return false;
    }
  }
  return true;
}

function areLists(): bool {
  for (let rule: u32 = 0; rule < ruleCount; rule++) {
    at = rule;
    if (!areWaiting(rule)) return false;
  }
  return areStale() && areDirty() && areBlocks();
}

function lawOfRow(row: u32): Law {
  if (rows.opOf(row) >= opCount) return Law.Operator;
  if (!areChildren(row)) return Law.Children;
  const up = rows.word(rows.LEADER, row);
  if (up == 0 || up > row) return Law.Leader;
  if (!areFacts(row)) return Law.Facts;
  return Law.None;
}

function areChildren(row: u32): bool {
  if (!rows.isShape(row)) return false;
  const kids = rows.kidsAt(row);
  const arity = rows.arityOf(row);
  if (!isShapeOf(rows.opOf(row), arity, rows.shapeOf(rows.headOf(row)) == rows.WIDE)) return false;
  for (let i: usize = 0; i < <usize>arity; i++) {
    const child = load<u32>(kids + (i << 2));
    if (child == 0 || child >= rows.rowCount) return false;
  }
  const first = rows.firstArityOf(row);
  for (let i: u32 = 0; i < first; i++) {
    const child = rows.firstChildOf(row, i);
    if (child == 0 || child >= row) return false;
  }
  return true;
}

/** Facts of a row that leads its class. */
function areFacts(row: u32): bool {
  if (!rows.leads(row) || rows.isDead(row)) return true;
  for (let i: u32 = 0; i < analysisCount; i++) {
    const fact = knownOf(analysisAt(i), row);
    if (fact != 0 && !isFact(analysisAt(i), fact)) return false;
  }
  return true;
}

/** From each leader once around: members of its class only, and all rows are met. */
function areRings(): bool {
  let met: u32 = 1;
  for (let cls: u32 = 1; cls < rows.rowCount; cls++) {
    if (rows.word(rows.LEADER, cls) != cls) continue;
    at = cls;
    let row = cls;
    do {
      if (row == 0 || row >= rows.rowCount || rows.leaderOf(row) != cls) return false;
      if (++met > rows.rowCount) return false;
      row = rows.nextNode(row);
    } while (row != cls);
  }
  return met == rows.rowCount;
}

function areCounts(): bool {
  let live: u32 = 0;
  let dead: u32 = 0;
  let classes: u32 = 0;
  for (let row: u32 = 1; row < rows.rowCount; row++) {
    if (rows.isLive(row)) live++;
    if (rows.isDead(row)) dead++;
    if (rows.leads(row)) classes++;
  }
  return live == liveCount && dead == rows.deadCount && classes == classCount;
}

function isFound(row: u32): bool {
  const kids = rows.kidsAt(row);
  const arity = rows.arityOf(row);
  for (let i: usize = 0; i < <usize>arity; i++) {
    const child = load<u32>(kids + (i << 2));
    if (!rows.leads(child)) return false;
  }
  const op = rows.opOf(row);
  const isWide = rows.shapeOf(rows.headOf(row)) == rows.WIDE;
  return rowWith(keyOf(op, isWide, kids, arity), op, kids, arity) == row;
}

function areEarliest(): bool {
  for (let op: u32 = 0; op < opCount; op++) {
    const row = earliestOf(op);
    at = op;
    if (row != 0 && (row >= rows.rowCount || rows.opOf(row) != op)) return false;
  }
  return true;
}
