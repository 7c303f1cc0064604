// What is left of a run's time. Work over many rows is done in pieces, between which the clock is looked at; where a
// run may not end in the middle, as much time is kept as the repair of the graph is known to take.
//
//   rates, f64 a size of graphs   ┌───────────────┬─────────────────┬─────────────┬───┐   milliseconds so far: of a repair,
//   (bits of its rows)            │ repair, a row │ repair, a union │ tidy, a row │ – │   and to enter a row anew when the
//                                 └───────────────┴─────────────────┴─────────────┴───┘   hash-cons is tidied
//   Larger graphs outgrow a cache, and their repairs cascade further.

import { now } from "../host";

/** Rows between two looks at the clock. */
export const PIECE: u32 = 8192;

let deadline: f64 = Infinity;
let isOpenEnded: bool = true; // the run may end with the graph in need of repair
let pauseAt: f64 = Infinity; // the run is to pause then: with the graph as it is, for the host to look at
let isPauseDue: bool = false;

/** Bytes of what is known of graphs of one size. */
const RATES: usize = 32;
const UNION: usize = 8; // byte offsets into them
const TIDY: usize = 16;
const rates = memory.data(32 * 32, 8);
/** Before the first, of a slow machine. */
const ROW_RATE: f64 = 1e-4;
const UNION_RATE: f64 = 2.5e-3;
/** Milliseconds a slot of the hash-cons, to enter its keys anew. */
let growthRate: f64 = 2e-5;
/** What is known fades slowly: repairs differ. */
const FADE: f64 = 0.8;
/** The next repair may take longer than those before. */
const SPARE: f64 = 2;
/** Of a graph of a size that is not known yet. */
const FAR_SPARE: f64 = 5;
/** Repairs of fewer rows are too short to learn from, and to be feared. */
const FEW: u32 = 4096;

/** Half the time that the run was given. */
let half: f64 = Infinity;

export function beginTime(until: f64, isResumable: bool, pause: f64): void {
  deadline = until;
  pauseAt = pause == 0 ? Infinity : pause;
  isPauseDue = false;
  isOpenEnded = isResumable;
  if (until != Infinity) half = (until - now()) / 2;
}

/** The run is over: what follows is in time, and a repair is still learned from. */
export function endTime(): void {
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

/** Graphs of one size have the same number of bits in the number of their rows. */
function ratesOf(bits: u32): usize {
  return rates + <usize>bits * RATES;
}

function bitsOf(rows: u32): u32 {
  return 31 - clz<u32>(rows | 1);
}

/** From what graphs of this size took, or of the next smaller one that is known. */
function toRepair(rows: u32, unions: u32): f64 {
  const bits = knownFor(rows, 0);
  const rowRate = bits == 0 ? ROW_RATE : load<f64>(ratesOf(bits));
  const unionRate = bits == 0 ? UNION_RATE : load<f64>(ratesOf(bits), UNION);
  return spareFor(rows, bits) * max(rowRate * <f64>rows, unionRate * <f64>unions);
}

/** The size of such a graph, or the next smaller one, of which a rate is known; 0 if none is. */
function knownFor(rows: u32, rate: usize): u32 {
  let bits = bitsOf(rows);
  while (bits > 0 && load<f64>(ratesOf(bits) + rate) == 0) bits--;
  return bits;
}

function spareFor(rows: u32, known: u32): f64 {
  return known == bitsOf(rows) || known == 0 ? SPARE : FAR_SPARE;
}

/** Whether so many rows can be entered anew in time. Nothing is lost without. */
export function hasTimeToTidy(rows: u32): bool {
  if (deadline == Infinity || rows < FEW) return true;
  const bits = knownFor(rows, TIDY);
  const rate = bits == 0 ? ROW_RATE : load<f64>(ratesOf(bits) + TIDY);
  return now() + spareFor(rows, bits) * rate * <f64>rows <= deadline;
}

export function learnTidying(start: f64, rows: u32): void {
  if (rows < FEW) return;
  const at = ratesOf(bitsOf(rows)) + TIDY;
  store<f64>(at, max(load<f64>(at) * FADE, (now() - start) / <f64>rows));
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
  if (rows < FEW) return;
  const took = now() - start;
  const at = ratesOf(bitsOf(rows));
  store<f64>(at, max(load<f64>(at) * FADE, took / <f64>rows));
  if (unions >= FEW >> 1)
    store<f64>(at, max(load<f64>(at, UNION) * FADE, took / <f64>unions), UNION);
}

export function learnGrowth(start: f64, slots: u32): void {
  if (slots >= FEW) growthRate = max(growthRate * FADE, (now() - start) / <f64>slots);
}
