// Which rules may search in an iteration: those of the schedule's step, where there is one, that are not banned.
//
// Backoff (egg: Willsey et al., POPL 2021): a rule with more than matchLimit · 2^times matches is banned for
// banLength · 2^times iterations. All its matches count, or only those that are new since it was last searched for.
//
//   a step, u32 words      ┌───┬───────┬──────┬─────┬────────┬───┬───────────┐
//   at SCHEDULE + 4 i      │ 0 │ times │ done │ end │ around │ n │ ruleset … │   rules of these rulesets, an iteration
//                          ├───┼───────┼──────┼─────┼────────┼───┼───────────┘   at a time, while they change something
//                          │ 1 │ times │ done │ end │ around │ c │ steps …       one after the other, again and again;
//                          └───┴───────┴──────┴─────┴────────┴───┘               c: something changed in this pass
//   end      where the next step would begin
//   around   the step that it is in; the first one, a repetition, is in itself
// The host writes it, with `done` and `c` 0.

import { list, reserve } from "../memory/regions";
import { Stop } from "./budget";
import { At, ruleAt, ruleCount } from "./rules";

export const enum Backoff {
  None = 0,
  All = 1,
  Fresh = 2,
}

const BYTES: usize = 1 << 16;
const REPEAT: u32 = 1;
const FIRST: u32 = 6; // words before the steps, or rulesets, of a step

const enum Step {
  Kind = 0,
  Times = 1,
  Done = 2,
  End = 3,
  Around = 4,
  /** Whether a repetition changed something; how many rulesets there are. */
  Changed = 5,
  Count = 5,
}

let SCHEDULE: usize = 0;
let WRITTEN: usize = 0; // where the host writes steps: those at work are not touched
export let backoff: u32 = Backoff.None;
export let matchLimit: u32 = 0;
export let banLength: u32 = 0;
export let hasSteps: bool = false;
export let atStep: u32 = 0;

export function reserveSchedule(): void {
  if (SCHEDULE != 0) return;
  SCHEDULE = reserve(BYTES);
  WRITTEN = reserve(BYTES);
}

/** Where the host writes the steps, before it calls `scheduleSteps`. */
export function scheduleAt(): usize {
  return WRITTEN;
}

export function scheduleAll(): void {
  backoff = Backoff.None;
  matchLimit = 0;
  banLength = 0;
  atStep = 0;
  if (hasSteps) for (let rule: u32 = 0; rule < ruleCount; rule++) rest(rule, false);
  hasSteps = false;
}

/** Bans are forgotten. */
export function scheduleBackoff(kind: u32, matches: u32, length: u32): void {
  scheduleAll();
  backoff = kind;
  matchLimit = matches;
  banLength = length;
  for (let rule: u32 = 0; rule < ruleCount; rule++) store<u64>(ruleAt(rule), 0, At.Times);
}

/** What was written becomes the schedule, from its first step on. */
export function scheduleSteps(): void {
  scheduleAll();
  memory.copy(SCHEDULE, WRITTEN, (<usize>written(0, Step.End)) << 2);
  hasSteps = true;
  enter(0);
}

// ------------------------------------------------------------------------------------------ steps

/** Whether the words that were written are steps. */
export function areSteps(): bool {
  return areStepsAt(WRITTEN) && isUnbegun(0);
}

/** Whether the words at work are steps, and one of them is at hand. */
export function isSchedule(): bool {
  if (backoff > <u32>Backoff.Fresh) return false;
  if (!hasSteps) return true;
  if (!areStepsAt(SCHEDULE)) return false;
  let step: u32 = 0;
  while (step < atStep)
    step = field(step, Step.Kind) == REPEAT ? step + FIRST : field(step, Step.End);
  return step == atStep && step < field(0, Step.End) && field(step, Step.Kind) != REPEAT;
}

function areStepsAt(words: usize): bool {
  return wordOf(words, 0, Step.Kind) == REPEAT && isStep(words, 0, 0, <u32>(BYTES >> 2));
}

function isStep(words: usize, step: u32, around: u32, limit: u32): bool {
  if (step + FIRST >= limit || wordOf(words, step, Step.Around) != around) return false;
  const end = wordOf(words, step, Step.End);
  if (end <= step + FIRST || end > limit) return false;
  if (wordOf(words, step, Step.Times) == 0) return false;
  if (wordOf(words, step, Step.Kind) == 0)
    return wordOf(words, step, Step.Count) == end - step - FIRST;
  if (wordOf(words, step, Step.Kind) != REPEAT) return false;
  let inner = step + FIRST;
  while (inner < end) {
    if (!isStep(words, inner, step, end)) return false;
    inner = wordOf(words, inner, Step.End);
  }
  return true;
}

/** Whether no step was begun, of steps that were written. */
function isUnbegun(step: u32): bool {
  if (written(step, Step.Done) != 0) return false;
  if (written(step, Step.Kind) != REPEAT) return true;
  if (written(step, Step.Changed) != 0) return false;
  let inner = step + FIRST;
  while (inner < written(step, Step.End)) {
    if (!isUnbegun(inner)) return false;
    inner = written(inner, Step.End);
  }
  return true;
}

function wordOf(words: usize, step: u32, which: u32): u32 {
  return load<u32>(words + ((<usize>(step + which)) << 2));
}

function written(step: u32, which: u32): u32 {
  return wordOf(WRITTEN, step, which);
}

function field(step: u32, which: u32): u32 {
  return wordOf(SCHEDULE, step, which);
}

function set(step: u32, which: u32, value: u32): void {
  store<u32>(SCHEDULE + ((<usize>(step + which)) << 2), value);
}

/** Whether the step at hand leaves a rule out. */
export function isResting(rule: u32): bool {
  return load<u32>(ruleAt(rule), At.Resting) != 0;
}

function rest(rule: u32, resting: bool): void {
  store<u32>(ruleAt(rule), <u32>resting, At.Resting);
}

/** The rules at the beginning of a step are at work. */
function enter(step: u32): void {
  let inner = step;
  while (field(inner, Step.Kind) == REPEAT) inner += FIRST;
  atStep = inner;
  for (let rule: u32 = 0; rule < ruleCount; rule++) rest(rule, !isOfStep(rule));
}

function isOfStep(rule: u32): bool {
  const ruleset = load<u32>(ruleAt(rule), At.Ruleset);
  const count = field(atStep, Step.Count);
  for (let i: u32 = 0; i < count; i++) if (field(atStep, FIRST + i) == ruleset) return true;
  return false;
}

/** After an iteration, which changed something or not: `Stop.None` if another is to follow, else why none is. */
export function nextStep(changed: bool): u32 {
  if (changed) tellAround();
  const done = field(atStep, Step.Done) + 1;
  set(atStep, Step.Done, done);
  if (changed && done < field(atStep, Step.Times)) return Stop.None;
  set(atStep, Step.Done, 0);
  return leave(atStep);
}

function tellAround(): void {
  let step = atStep;
  do {
    step = field(step, Step.Around);
    set(step, Step.Changed, 1);
  } while (step != 0);
}

/** What comes after a step that is done: the next beside it, or another pass of what it is in. */
function leave(step: u32): u32 {
  let inner = step;
  while (true) {
    const around = field(inner, Step.Around);
    if (field(inner, Step.End) < field(around, Step.End)) {
      enter(field(inner, Step.End));
      return Stop.None;
    }
    const changed = field(around, Step.Changed) != 0;
    const done = field(around, Step.Done) + 1;
    const isAgain = changed && done < field(around, Step.Times);
    set(around, Step.Changed, 0);
    set(around, Step.Done, isAgain ? done : 0);
    if (isAgain) {
      enter(around);
      return Stop.None;
    }
    if (around == 0) return changed ? Stop.Schedule : Stop.Saturated;
    inner = around;
  }
}

// ------------------------------------------------------------------------------------------- bans

export function isBanned(rule: u32, iteration: u32): bool {
  return backoff != Backoff.None && iteration < load<u32>(ruleAt(rule), At.BannedUntil);
}

/** How many matches a rule may have; the largest number if any. */
export function mostMatches(rule: u32): u32 {
  if (backoff == Backoff.None) return u32.MAX_VALUE;
  const most = (<u64>matchLimit) << (<u64>min<u32>(load<u32>(ruleAt(rule), At.Times), 31));
  return <u32>min<u64>(most, u32.MAX_VALUE - 1);
}

export function ban(rule: u32, iteration: u32): void {
  const at = ruleAt(rule);
  const times = load<u32>(at, At.Times);
  const length = (<u64>banLength) << (<u64>min<u32>(times, 31));
  store<u32>(at, <u32>min<u64>(<u64>iteration + length, u32.MAX_VALUE), At.BannedUntil);
  store<u32>(at, times + 1, At.Times);
}

/** Moves all bans that outlast an iteration forward until one ends. False if there are none. */
export function fastForward(iteration: u32): bool {
  if (backoff == Backoff.None) return false;
  let soonest = u32.MAX_VALUE;
  for (let rule: u32 = 0; rule < ruleCount; rule++) {
    const until = load<u32>(ruleAt(rule), At.BannedUntil);
    if (until > iteration) soonest = min(soonest, until);
  }
  if (soonest == u32.MAX_VALUE) return false;
  for (let rule: u32 = 0; rule < ruleCount; rule++) {
    const at = ruleAt(rule);
    const until = load<u32>(at, At.BannedUntil);
    if (until > iteration) store<u32>(at, until - (soonest - iteration), At.BannedUntil);
  }
  return true;
}

export function listSchedule(): void {
  if (hasSteps) list(SCHEDULE, (<usize>field(0, Step.End)) << 2);
}
