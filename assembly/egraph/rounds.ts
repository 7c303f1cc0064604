// Which rows a round of the interpreted search looks at: those above what changed since the last one.
//
//   TOUCHED  u32 a row     ┌─────────────────┬────────────────┐
//   CARRIED  u32 a class   │ round        28 │ 15 - levels  4 │   the last change at or below, and how far below
//                          └─────────────────┴────────────────┘
//   NEWS     u32           classes that changed since the round began: new rows, unions, facts

import { list, reserve } from "../memory/regions";
import { lastParent, linkParents, nextParent, parentIn } from "./parents";
import { find, put, rowCount, word } from "./rows";

let TOUCHED: usize = 0;
let CARRIED: usize = 0;
let NEWS: usize = 0;
let newsCapacity: u32 = 0;
export let newsCount: u32 = 0;
export let round: u32 = 1;
export let isAllTouched: bool = true;
let isOn: bool = false;

export function reserveRounds(rows: u32): void {
  TOUCHED = reserve((<usize>rows) << 2);
  CARRIED = reserve((<usize>rows) << 2);
  NEWS = reserve((<usize>rows) << 4);
  newsCapacity = rows << 2;
}

export function clearRounds(): void {
  newsCount = 0;
  round = 1;
  isAllTouched = true;
}

/** Bytes of rows and of what changed. */
export function bytesOfRounds(): usize {
  return isOn ? (<usize>rowCount * 2 + <usize>newsCount) << 2 : 0;
}

/** Whether changes are told. Called before the first node is added. */
export function switchRounds(on: bool): void {
  isOn = on;
}

export function startRounds(row: u32): void {
  if (!isOn) return;
  put(TOUCHED, row, stamp(round + 1, 0));
  put(CARRIED, row, 0);
}

/** A class has changed in a way that a pattern could see. */
export function tell(cls: u32): void {
  if (!isOn) return;
  if (newsCount == newsCapacity) isAllTouched = true;
  else put(NEWS, newsCount++, cls);
}

/** The next round looks at all rows. */
export function touchAll(): void {
  isAllTouched = true;
}

/**
 * Begins a round: touches the rows above what changed in the last one, up to `levels`. A pattern that looks no
 * further down than the change would match all others as before. New rows are touched already.
 */
export function beginRound(levels: u32): void {
  round++;
  const count = newsCount;
  newsCount = 0;
  linkParents();
  if (isAllTouched)
    for (let row: u32 = 1; row < rowCount; row++) put(TOUCHED, row, stamp(round, 0));
  else for (let i: u32 = 0; i < count; i++) carryUp(find(word(NEWS, i)), 1, levels);
  isAllTouched = false;
}

/** Later rounds have larger stamps, and in one round smaller distances. */
function stamp(at: u32, distance: u32): u32 {
  return (at << 4) | (15 - min(distance, 15));
}

function carryUp(cls: u32, distance: u32, levels: u32): void {
  const now = stamp(round, distance);
  if (word(CARRIED, cls) >= now) return;
  put(CARRIED, cls, now);
  const last = lastParent(cls);
  if (last == 0 || distance > levels) return;
  let cell = last;
  do {
    const row = parentIn(cell);
    if (word(TOUCHED, row) < now) put(TOUCHED, row, now);
    carryUp(find(row), distance + 1, levels);
    cell = nextParent(cell);
  } while (cell != last);
}

/** The round that comes next. */
export function nextRound(): u32 {
  return round + 1;
}

/**
 * Whether something changed at a row or up to `levels` below it, for round `since` or a later one. What changed
 * further down, later, may hide that nothing did.
 */
export function isTouched(row: u32, levels: u32, since: u32): bool {
  return word(TOUCHED, row) >= stamp(since, levels);
}

export function listRounds(): void {
  if (!isOn) return;
  list(TOUCHED, (<usize>rowCount) << 2);
  list(CARRIED, (<usize>rowCount) << 2);
  list(NEWS, (<usize>newsCount) << 2);
}
