// Which rules may search: all, or those that the backoff scheduler does not ban (egg: Willsey et al., POPL 2021).
// A rule with more than matchLimit · 2^times matches is banned for banLength · 2^times iterations.

import { At, ruleAt, ruleCount } from "./rules";

export let isBackoff: bool = false; // else every rule, always
export let matchLimit: u32 = 0;
export let banLength: u32 = 0;

export function scheduleAll(): void {
  isBackoff = false;
}

/** Bans are forgotten. */
export function scheduleBackoff(matches: u32, length: u32): void {
  isBackoff = true;
  matchLimit = matches;
  banLength = length;
  for (let rule: u32 = 0; rule < ruleCount; rule++) store<u64>(ruleAt(rule), 0, At.Times);
}

export function isBanned(rule: u32, iteration: u32): bool {
  return isBackoff && iteration < load<u32>(ruleAt(rule), At.BannedUntil);
}

/** How many matches a rule may have; the largest number if any. */
export function mostMatches(rule: u32): u32 {
  if (!isBackoff) return u32.MAX_VALUE;
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
  if (!isBackoff) return false;
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
