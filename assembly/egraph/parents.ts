// Who has a class as a child. Linked late: only a rebuild that looks upwards from few classes needs it, so rows
// are linked when one does (a rebuild after many unions looks at all rows instead).
//
//   PARENTS  u32 a class       last cell of its ring, 0 for none
//   CELLS    2 u32 a child     ┌─────┬───────────┐
//                              │ row │ next cell │   cell 0 is never used
//                              └─────┴───────────┘

import { list, reserve } from "../memory/regions";
import {
  arityOf,
  capacityOfRows,
  find,
  isDead,
  kidCount,
  kidsAt,
  leaderOf,
  leads,
  put,
  rowCount,
  swapWords,
  word,
} from "./rows";

/** Three of a narrow row, and four a row of wide ones: see the regions of rows.ts. */
const MOST_CHILDREN_A_ROW: usize = 7;

let PARENTS: usize = 0;
let CELLS: usize = 0;
export let cellCount: u32 = 1;
export let linked: u32 = 1; // rows before it are linked

export function reserveParents(rows: u32): void {
  PARENTS = reserve((<usize>rows) << 2);
  CELLS = reserve(<usize>rows * 8 * MOST_CHILDREN_A_ROW);
}

export function clearParents(): void {
  cellCount = 1;
  linked = 1;
}

export function bytesOfParents(): usize {
  return ((<usize>linked) << 2) + ((<usize>cellCount) << 3);
}

/** The same once all rows are linked, at most: three children in place, or those of wide rows. */
export function bytesToLink(): usize {
  return <usize>rowCount * 28 + ((<usize>kidCount) << 3);
}

export function unlinkedRows(): u32 {
  return rowCount - linked;
}

/** Links the rows before one that are not. A row's children are older, so their rings begin before it. */
export function linkParentsTo(to: u32): void {
  for (; linked < to; linked++) {
    put(PARENTS, linked, 0);
    if (isDead(linked)) continue;
    const kids = kidsAt(linked);
    const len = arityOf(linked);
    for (let i: usize = 0; i < <usize>len; i++) link(find(load<u32>(kids + (i << 2))), linked);
  }
}

function link(cls: u32, row: u32): void {
  const cell = cellCount++;
  const at = cellAt(cell);
  store<u32>(at, row);
  const last = word(PARENTS, cls);
  if (last == 0) store<u32>(at, cell, 4);
  else {
    store<u32>(at, load<u32>(cellAt(last), 4), 4);
    store<u32>(cellAt(last), cell, 4);
  }
  put(PARENTS, cls, cell);
}

function cellAt(cell: u32): usize {
  return CELLS + ((<usize>cell) << 3);
}

/** A cell of the class's ring, 0 if it has no parents or is not linked. */
export function lastParent(cls: u32): u32 {
  return cls < linked ? word(PARENTS, cls) : 0;
}

export function parentIn(cell: u32): u32 {
  return load<u32>(cellAt(cell));
}

export function nextParent(cell: u32): u32 {
  return load<u32>(cellAt(cell), 4);
}

/** Two classes are one: so are their rings. */
export function joinParents(keep: u32, lose: u32): void {
  if (lose >= linked) return;
  const a = word(PARENTS, keep);
  const b = word(PARENTS, lose);
  if (a == 0) put(PARENTS, keep, b);
  else if (b != 0) swapWords(cellAt(a) + 4, cellAt(b) + 4);
}

/** Whether counters fit the regions. */
export function areCellsInRange(): bool {
  if (linked == 0 || linked > rowCount || cellCount == 0) return false;
  return <u64>cellCount <= <u64>capacityOfRows() * MOST_CHILDREN_A_ROW;
}

/** Whether a class is among the children of a row. */
function isOver(row: u32, cls: u32): bool {
  const kids = kidsAt(row);
  const arity = arityOf(row);
  for (let i: usize = 0; i < <usize>arity; i++)
    if (leaderOf(load<u32>(kids + (i << 2))) == cls) return true;
  return false;
}

/** Whether the cells are in closed rings of leaders, each in one, by a sum over them, and of rows over them. */
export function areParents(): bool {
  let met: u32 = 1;
  let sum: u64 = 0;
  for (let cell: u32 = 1; cell < cellCount; cell++) sum += spread(cell);
  for (let cls: u32 = 1; cls < linked; cls++) {
    const last = leads(cls) ? word(PARENTS, cls) : 0;
    if (last == 0) continue;
    let cell = last;
    do {
      if (cell == 0 || cell >= cellCount || ++met > cellCount) return false;
      const row = parentIn(cell);
      if (row == 0 || row >= linked || !isOver(row, cls)) return false;
      sum -= spread(cell);
      cell = nextParent(cell);
    } while (cell != last);
  }
  return met == cellCount && sum == 0;
}

function spread(cell: u32): u64 {
  const product = <u64>cell * 0x9e3779b97f4a7c15;
  return (product ^ (product >> 29)) * 0x9e3779b97f4a7c15;
}

export function listParents(): void {
  list(PARENTS, (<usize>linked) << 2);
  list(CELLS, (<usize>cellCount) << 3);
}
