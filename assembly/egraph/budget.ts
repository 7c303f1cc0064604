// What ends a run.

import { rowsToRepair, unions } from "./egraph";
import { isLateWith } from "./time";

export const enum Stop {
  Saturated = 0,
  Iterations = 1,
  Nodes = 2,
  Bytes = 3,
  Time = 4,
  Matches = 5,
  Goal = 6,
  /** All steps of a schedule were run, and something changed in the last pass. */
  Schedule = 7,
  None = 8,
  /** The host wants to look at the run as it stands: the next call goes on with it. */
  Pause = 9,
}

/** Of memory, for what one application makes: below it a run stops, before it could trap. */
export const HEADROOM: usize = 1 << 20;

/** Limits of one run; the host writes them where `budget` says. */
@unmanaged
export class Budget {
  deadline: f64; // milliseconds of the host's clock
  nodes: u32;
  bytes: u32;
  matches: u32;
  iterations: u32;
  isResumable: u32; // 1: it may end with an iteration open, which the next run goes on with
  isPaused: u32; // 1: this is the rest of a run that paused
  pause: f64; // when it is to pause, by the same clock; 0: not at all
}

const room = memory.data(40, 8);

export function budget(): Budget {
  return changetype<Budget>(room);
}

/** Whether a run must stop now, to be done in time. */
export function isLate(): bool {
  return isLateWith(rowsToRepair(), unions);
}
