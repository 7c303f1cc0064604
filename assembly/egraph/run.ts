// A run: iterations until nothing new comes, the goals hold, or a budget ends. What an iteration is, and how they
// are counted, is egg's (Willsey et al., POPL 2021), so that numbers can be compared.
//
//   goals, u32 words   ┌───┬───────┬─────────┬───────────┬───┐
//                      │ n │ class │ pattern │ variables │ … │   all must match in their class
//                      └───┴───────┴─────────┴───────────┴───┘
//   Without a pattern (0) the third word is another class, and the two must be one.

import { Budget, budget, Stop } from "./budget";
import { compiledRound } from "./compiled";
import { find, rebuild, rows } from "./egraph";
import { interpretRound } from "./interpreted";
import { matchesIn } from "./match";
import { fastForward } from "./schedule";

let iterations: u32 = 0;
let isCompiled: bool = false;
let goals: usize = 0;

export function clearRun(): void {
  isCompiled = false;
  restartRun();
}

export function restartRun(): void {
  iterations = 0;
  goals = 0;
}

/** All rules are compiled: iterations are semi-naive. */
export function switchCompiledOn(): void {
  isCompiled = true;
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

/** Runs within `budget`. */
export function run(): u32 {
  const limits = budget();
  rebuild();
  for (iterations = 0; iterations < limits.iterations;) {
    const iteration = iterations++;
    if (goals != 0 && goalsHold(goals)) return Stop.Goal;
    const before = rows();
    const stop = isCompiled ? compiledRound(iteration, limits) : interpretRound(limits);
    if (stop == Stop.None) continue;
    if (stop != Stop.Saturated) return stop;
    if (fastForward(iteration) || (isCompiled && rows() != before)) continue;
    return Stop.Saturated;
  }
  return Stop.Iterations;
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
