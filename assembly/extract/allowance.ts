// What an exact search may still do: work, counted in edges and nodes that it looks at, and time.

import { now } from "../host";

const CLOCK_WORK: i64 = 1 << 16;

let most: i64 = 0;
let nextClock: i64 = 0;
let deadline: f64 = 0;

/** What was done so far. */
export let work: i64 = 0;
/** Whether the work or the time is used up. */
export let isOver: bool = false;

export function allow(more: i64, deadline_: f64): void {
  most = work + more;
  nextClock = work;
  deadline = deadline_;
  isOver = false;
}

export function did(edges: u32): void {
  work += edges;
}

/** Ends the search, for want of something else. */
export function end(): void {
  isOver = true;
}

/** Whether there is still work and time. */
export function mayGoOn(): bool {
  if (work >= most) isOver = true;
  return hasTime();
}

/** Whether there is still time; the clock is asked now and then. */
export function hasTime(): bool {
  if (work < nextClock) return !isOver;
  nextClock = work + CLOCK_WORK;
  if (now() >= deadline) isOver = true;
  return !isOver;
}
