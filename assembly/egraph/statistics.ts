// What each rule did in the run at hand, and how long it took.
//
//   a rule, 48 bytes       ┌──────────────┬─────────────┬────────┬──────────┬─────────────┬────────────┬──────────────┐
//   at STATISTICS + 48 r   │ searched u64 │ matches u64 │ ms f64 │ work u64 │ applied u32 │ banned u32 │ subsumed u32 │ –
//                          └──────────────┴─────────────┴────────┴──────────┴─────────────┴────────────┴──────────────┘
//   searched   roots that a search looked at
//   work       done since the clock was last looked at: what it shows is shared out by it
//   banned     iterations that the rule sat out
//
// The clock is looked at after as much work as takes many times longer than a look, and not at all in iterations
// over few rows, which take microseconds.

import { now } from "../host";
import { reserve } from "../memory/regions";

const MAX_RULES: usize = 4096;
const BYTES: usize = 48;
const SEARCHED: usize = 0;
const MATCHES: usize = 8;
const MS: usize = 16;
const WORK: usize = 24;
const APPLIED: usize = 32;
const BANNED: usize = 36;
const SUBSUMED: usize = 40;

/** Rows from which on an iteration is timed. */
const TIMED: u32 = 1024;
/** Work between two looks at the clock. */
const MANY: u64 = 4096;
/** A match that is applied is as much work as so many roots. */
const PER_MATCH: u64 = 8;

let STATISTICS: usize = 0;
let isTiming: bool = false;
let lastLook: f64 = 0;
let pending: u64 = 0; // work since then, of the rules
let first: u32 = 0; // from this one
let last: u32 = 0; // to this one

export function reserveStatistics(): void {
  if (STATISTICS == 0) STATISTICS = reserve(MAX_RULES * BYTES);
}

export function statisticsAt(): usize {
  return STATISTICS;
}

export function clearStatistics(rules: u32): void {
  memory.fill(STATISTICS, 0, <usize>rules * BYTES);
}

function at(rule: u32): usize {
  return STATISTICS + <usize>rule * BYTES;
}

function raise(address: usize, count: u64): void {
  store<u64>(address, load<u64>(address) + count);
}

/** Rules are at work from now on, over so many rows. */
export function startClock(rows: u32): void {
  isTiming = rows >= TIMED;
  pending = 0;
  first = u32.MAX_VALUE;
  if (isTiming) lastLook = now();
}

/** They are no longer. */
export function stopClock(): void {
  if (isTiming && pending > 0) look();
  isTiming = false;
}

/** A rule was searched for, and its matches dealt with. */
export function countSearch(rule: u32, roots: u32, matches: u32): void {
  if (roots == 0) return;
  raise(at(rule) + SEARCHED, roots);
  raise(at(rule) + MATCHES, matches);
  countWork(rule, roots, matches);
}

/** Of a rule; those of an iteration come in their order. */
export function countWork(rule: u32, roots: u32, matches: u32): void {
  if (!isTiming) return;
  const work = <u64>roots + PER_MATCH * <u64>matches;
  raise(at(rule) + WORK, work);
  pending += work;
  first = min(first, rule);
  last = rule;
  if (pending >= MANY) look();
}

function look(): void {
  const time = now();
  const each = (time - lastLook) / <f64>pending;
  for (let rule = first; rule <= last; rule++) {
    const address = at(rule);
    store<f64>(address + MS, load<f64>(address + MS) + each * <f64>load<u64>(address + WORK));
    store<u64>(address + WORK, 0);
  }
  lastLook = time;
  pending = 0;
  first = u32.MAX_VALUE;
}

export function countApplication(rule: u32): void {
  const address = at(rule) + APPLIED;
  store<u32>(address, load<u32>(address) + 1);
}

/** Matches of a rule that changed something, in the run at hand. */
export function applications(rule: u32): u32 {
  return load<u32>(at(rule) + APPLIED);
}

export function countBan(rule: u32): void {
  const address = at(rule) + BANNED;
  store<u32>(address, load<u32>(address) + 1);
}

export function countSubsumption(rule: u32): void {
  const address = at(rule) + SUBSUMED;
  store<u32>(address, load<u32>(address) + 1);
}
