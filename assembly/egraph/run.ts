// A run: iterations until nothing new comes, the goals hold, or a budget ends. What an iteration is, and how they
// are counted, is egg's (Willsey et al., POPL 2021), so that numbers can be compared.
//
//   goals, u32 words   ┌───┬───────┬─────────┬───────────┬───┐
//                      │ n │ class │ pattern │ variables │ … │   all must match in their class
//                      └───┴───────┴─────────┴───────────┴───┘
//   Without a pattern (0) the third word is another class, and the two must be one.

import { Budget, budget, Stop } from "./budget";
import { areFactsCut, isStuck } from "./later";
import { beginTime, endTime, isPausing, mayPause } from "./time";
import { compiledRound, forgetRound, isOpen } from "./iteration";
import {
  find,
  isRepaired,
  limitBytes,
  mayRepair,
  mayRing,
  rebuild,
  rebuildInTime,
  rows,
} from "./egraph";
import { matchesIn, searchUntil } from "./match";
import { hasRings, makeRings } from "./rows";
import { ruleCount } from "./rules";
import { fastForward, hasSteps, nextStep } from "./schedule";
import { clearStatistics } from "./statistics";

export let iterations: u32 = 0;
export let rowsBefore: u32 = 0; // the iteration at hand
/** Whether the next run goes on with the schedule as it stands. */
export let isHeld: bool = false;
let goals: usize = 0;

export function clearRun(): void {
  iterations = 0;
  goals = 0;
  isHeld = false;
  forgetRound();
}

/** A limit ended the last run, and the next one goes on as if it had not. */
export function hold(): void {
  isHeld = true;
}

export function iterationsDone(): u32 {
  return iterations;
}

export function budgetAt(): usize {
  return changetype<usize>(budget());
}

/** What ends a run as reached; 0 for nothing. */
export function setGoals(at: usize): void {
  goals = at;
}

/** Runs within `budget`; goes on with an iteration that was stopped and not settled, or with a schedule. */
export function run(): u32 {
  const limits = budget();
  if (limits.isPaused == 0) clearStatistics(ruleCount);
  if (!isOpen && !isHeld) iterations = 0;
  isHeld = false;
  beginTime(limits.deadline, limits.isResumable != 0, limits.pause);
  limitBytes(limits.bytes);
  let stop = isOpen ? <u32>Stop.None : begin();
  if (stop == Stop.None) stop = runWithin(limits);
  const isPause = stop == Stop.Time && isPausing();
  if (isPause || limits.isResumable != 0) limitBytes(u32.MAX_VALUE);
  endTime();
  return isPause ? <u32>Stop.Pause : stop;
}

/** Repairs the graph as the host left it; why it stops first. */
function begin(): u32 {
  if (!isRepaired() && !mayRepair()) return Stop.Bytes;
  if (!mayPause()) rebuild();
  else if (!rebuildInTime()) return isStuck ? Stop.Bytes : Stop.Time;
  return areFactsCut ? Stop.Bytes : Stop.None;
}

function runWithin(limits: Budget): u32 {
  if (goals != 0 && !hasRings) {
    if (!mayRing()) return Stop.Bytes;
    makeRings();
  }
  while (isOpen || iterations < limits.iterations) {
    if (!isOpen && goals != 0 && goalsHoldNow(limits)) {
      iterations++;
      return Stop.Goal;
    }
    if (!isOpen) rowsBefore = rows();
    const iteration = isOpen ? iterations - 1 : iterations++;
    let stop = compiledRound(iteration, limits);
    if (stop == Stop.None || stop == Stop.Saturated) stop = next(iteration, stop == Stop.None);
    if (stop != Stop.None) return stop;
  }
  return Stop.Iterations;
}

/** Whether the goals hold, as far as there is time to find out. */
function goalsHoldNow(limits: Budget): bool {
  searchUntil(limits.deadline);
  const hold = goalsHold(goals);
  searchUntil(Infinity);
  return hold;
}

/** After an iteration, in which rules changed something or not: why the run ends, or `Stop.None`. */
function next(iteration: u32, changed: bool): u32 {
  const isQuiet = !changed && rows() == rowsBefore;
  if (hasSteps) return nextStep(!isQuiet);
  return changed || fastForward(iteration) || !isQuiet ? Stop.None : Stop.Saturated;
}

/** Whether every goal matches in its class. */
export function goalsHold(at: usize): bool {
  const count = load<u32>(at);
  for (let i: u32 = 0; i < count; i++) if (!isReached(at + 4 + <usize>i * 12)) return false;
  return true;
}

export function isReached(goal: usize): bool {
  if (load<u32>(goal, 4) == 0) return find(load<u32>(goal)) == find(load<u32>(goal, 8));
  return matchesIn(load<u32>(goal, 4), load<u32>(goal, 8), load<u32>(goal));
}
