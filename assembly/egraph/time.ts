// What is left of a run's time. Work over many rows is done in pieces, between which the clock is looked at; where a
// run may not end in the middle, as much time is kept as the repair of the graph is known to take.

import { now } from "../host";

/** Rows between two looks at the clock. */
export const PIECE: u32 = 8192;

let deadline: f64 = Infinity;
let isOpenEnded: bool = true; // the run may end with the graph in need of repair
let pauseAt: f64 = Infinity; // the run is to pause then: with the graph as it is, for the host to look at
let isPauseDue: bool = false;

/** Milliseconds a row: of what repairs took so far; before the first, of a slow machine. */
let repairRate: f64 = 1e-4;
/** The same a union: one that is found by a repair is not among them, so many unions take longer a row than few. */
let unionRate: f64 = 2.5e-3;
/** Milliseconds a slot of the hash-cons, to enter its keys anew. */
let growthRate: f64 = 2e-5;
/** What is known fades slowly: repairs differ. */
const FADE: f64 = 0.8;
/** The next repair may take longer a row than those before, of a smaller graph. */
const SPARE: f64 = 2;
/** Repairs of fewer rows are too short to learn from, and to be feared. */
const FEW: u32 = 4096;

/** Half the time that the run was given. */
let half: f64 = Infinity;
let isBegun: bool = false;

export function beginTime(until: f64, isResumable: bool, pause: f64): void {
  deadline = until;
  pauseAt = pause == 0 ? Infinity : pause;
  isPauseDue = false;
  isOpenEnded = isResumable;
  isBegun = true;
  if (until != Infinity) half = (until - now()) / 2;
}

/** The run is over: what follows is in time, and a repair is still learned from. */
export function endTime(): void {
  isBegun = false;
  pauseAt = Infinity;
}

/** Whether a run that ended in time did so to pause. */
export function isPausing(): bool {
  return isPauseDue;
}

/** Whether a run may end in the middle of a repair. */
export function mayPause(): bool {
  return isOpenEnded || pauseAt != Infinity;
}

/** Nobody waits for what comes now. */
export function forgetTime(): void {
  deadline = Infinity;
}

export function isRunning(): bool {
  return isBegun;
}

export function isTimed(): bool {
  return min(deadline, pauseAt) != Infinity;
}

/** Whether the run must end now, with a graph of so many rows that is to be repaired after so many unions, or of none. */
export function isLateWith(rows: u32, unions: u32 = 0): bool {
  if (!isTimed()) return false;
  const time = now();
  const isOver = time + (isOpenEnded || rows < FEW ? 0 : toRepair(rows, unions)) > deadline;
  isPauseDue = !isOver && time > pauseAt;
  return isOver || isPauseDue;
}

function toRepair(rows: u32, unions: u32): f64 {
  return SPARE * max(repairRate * <f64>rows, unionRate * <f64>unions);
}

/**
 * Whether so many slots can be entered anew in time, and then so many rows repaired; what takes most of a run can come in
 * any.
 */
export function hasTimeFor(slots: u32, rows: u32 = 0, unions: u32 = 0): bool {
  if (deadline == Infinity || slots < FEW) return true;
  const needed = growthRate * <f64>slots;
  const later = isOpenEnded ? 0 : toRepair(rows, unions);
  return needed > half || now() + needed + later <= deadline;
}

export function learnRepair(start: f64, rows: u32, unions: u32): void {
  const took = now() - start;
  if (rows >= FEW) repairRate = max(repairRate * FADE, took / <f64>rows);
  if (unions >= FEW >> 1) unionRate = max(unionRate * FADE, took / <f64>unions);
}

export function learnGrowth(start: f64, slots: u32): void {
  if (slots >= FEW) growthRate = max(growthRate * FADE, (now() - start) / <f64>slots);
}
