// Rounds of rules whose patterns are read as they stand: all that have unordered operators, rests or functions of
// the host. All are searched, then all matches are applied, then the graph is rebuilt.

import { guardsHold, unite, valuesOf } from "./apply";
import { Budget, isLate, isOver, Stop } from "./budget";
import { find, rebuild, rows } from "./egraph";
import { changedAt, clockOfFacts, readByGuards, Steadiness, steadinessOf } from "./facts";
import {
  clearMatches,
  depthOf,
  dropMatches,
  firstMatch,
  looked,
  matchEnd,
  matchesDropped,
  search,
  searchAllOver,
  searchUntil,
  setRests,
} from "./match";
import { dropAt, dropFound, keepRefused, matchAt, nextLink, refusedOf } from "./refused";
import { beginRound, newsCount, nextRound, touchAll } from "./rounds";
import { At, isOn, restsOf, ruleAt, ruleCount } from "./rules";
import { ban, isBanned, isResting, mostMatches } from "./schedule";
import { countBan, countSearch, countWork, splitTime, startClock, stopClock } from "./statistics";
import { DONE, isSeen, mix, NO_WORDS, remember, slotOf, stampOf } from "./seen";

let changed: bool = false;

/** One round. `Stop.None` if another may follow. */
export function interpretRound(iteration: u32, budget: Budget): u32 {
  clearMatches();
  beginRound(deepest());
  startClock(rows());
  let stop = searchAll(iteration, budget);
  if (stop == Stop.None) {
    splitTime();
    changed = false;
    stop = applyAll(budget);
    stopClock();
    rebuild();
  } else stopClock();
  if (stop != Stop.None) return lost(stop);
  if (matchesDropped()) return lost(Stop.Matches);
  return changed ? Stop.None : Stop.Saturated;
}

function searchAll(iteration: u32, budget: Budget): u32 {
  let matched: u32 = 0;
  for (let rule: u32 = 0; rule < ruleCount; rule++) {
    if (!isOn(rule) || isResting(rule)) continue;
    if (isBanned(rule, iteration)) countBan(rule);
    else matched += searchFor(rule, iteration, budget.matches - matched, budget.deadline);
    if (isLate()) return Stop.Time;
  }
  return Stop.None;
}

/** Writes down up to `most` matches of a rule, or none where the scheduler bans it for their number. */
function searchFor(rule: u32, iteration: u32, most: u32, deadline: f64): u32 {
  const at = ruleAt(rule);
  const allowed = mostMatches(rule);
  const before = matchEnd();
  const since = load<u32>(at, At.Since);
  setRests(restsOf(rule));
  const enough = allowed < most ? allowed + 1 : most;
  const left: usize = load<u32>(at, At.Left);
  dropFound(rule, depthOf(left), since);
  searchUntil(deadline);
  searchAllOver(steadinessOf(load<u32>(at, At.Guards)) == Steadiness.Terms);
  const found = search(rule, left, load<u32>(at, At.Variables), since, enough);
  searchUntil(Infinity);
  if (found > allowed) {
    dropMatches(before);
    ban(rule, iteration);
    countBan(rule);
    countWork(rule, looked, found >> 3);
    return 0;
  }
  store<u32>(at, nextRound(), At.Since);
  countSearch(rule, looked, found);
  return found;
}

/** Matches of this round are lost: the next looks at everything. */
function lost(stop: u32): u32 {
  touchAll();
  return stop;
}

/** Levels that the deepest left side looks down. */
function deepest(): u32 {
  let levels: u32 = 0;
  for (let rule: u32 = 0; rule < ruleCount; rule++)
    levels = max(levels, depthOf(load<u32>(ruleAt(rule), At.Left)));
  return levels;
}

/** Rule by rule: first the matches that a guard had refused before, then those that were found. */
function applyAll(budget: Budget): u32 {
  let match = firstMatch();
  for (let rule: u32 = 0; rule < ruleCount; rule++) {
    if (load<u32>(ruleAt(rule), At.Since) != nextRound()) continue; // it was not searched for
    splitTime();
    let stop = retry(rule, budget);
    const end = endOfMatches(rule, match);
    for (; match < end && stop == Stop.None; match += <usize>load<u32>(match)) {
      if (!attempt(match)) keep(match);
      stop = applied(rule, budget);
    }
    if (stop != Stop.None) return stop;
  }
  return Stop.None;
}

/** The end of the matches of a rule, which are in the order of rules. */
function endOfMatches(rule: u32, first: usize): usize {
  let match = first;
  while (match < matchEnd() && load<u32>(match, 4) == rule) match += <usize>load<u32>(match);
  return match;
}

let steps: u32 = 0;

/** After an application: why the round must stop. */
function applied(rule: u32, budget: Budget): u32 {
  countWork(rule, 0, 1);
  return isOver(budget, (++steps & 63) == 0);
}

/** Nothing can have changed for them where nothing has in this round. */
function retry(rule: u32, budget: Budget): u32 {
  let stop: u32 = Stop.None;
  let link = refusedOf(rule);
  while (newsCount != 0 && load<u32>(link) != 0 && stop == Stop.None) {
    if (attempt(matchAt(link))) dropAt(link, rule);
    else link = nextLink(link);
    stop = applied(rule, budget);
  }
  return stop;
}

/** A match that was refused; those of guards that ask any part of the graph are found again in every round. */
function keep(match: usize): void {
  const guards: usize = load<u32>(ruleAt(load<u32>(match, 4)), At.Guards);
  if (steadinessOf(guards) != Steadiness.Terms) keepRefused(match);
}

/** Whether a match is done with, now or before; else a guard refuses it. */
function attempt(match: usize): bool {
  const guards: usize = load<u32>(ruleAt(load<u32>(match, 4)), At.Guards);
  const asked = readByGuards(guards);
  const fingerprint = fingerprintOf(match, asked);
  const slot = slotOf(fingerprint);
  if (isSeen(slot) && stampOf(slot) == DONE) return true;
  if (isSeen(slot) && stampOf(slot) >= newest) return false;
  if (!guardsHold(match)) {
    if (steadinessOf(guards) == Steadiness.Facts) remember(slot, fingerprint, clockOfFacts());
    return false;
  }
  remember(slot, fingerprint, DONE);
  if (unite(match)) changed = true;
  return true;
}

/** When a fact last changed that the guards ask, of a class that the match at hand is about. */
let newest: u32 = 0;

/** Of the rule and its variables' classes, in rests too. */
function fingerprintOf(match: usize, asked: u32): u64 {
  const values = valuesOf(match);
  const lists = values + ((<usize>load<u32>(match, 12)) << 2);
  const rests = restsOf(load<u32>(match, 4));
  newest = 0;
  let fingerprint = mix(NO_WORDS, load<u32>(match, 4));
  let variable: u32 = 0;
  for (let value = values; value < lists; value += 4) {
    if (((rests >> variable++) & 1) == 0) fingerprint = mix(fingerprint, classIn(value, asked));
  }
  // What follows are the lists of rests: lengths and classes.
  const end = match + load<u32>(match);
  for (let list = lists; list < end;) {
    const length = load<u32>(list);
    fingerprint = mix(fingerprint, length);
    for (let i: u32 = 1; i <= length; i++)
      fingerprint = mix(fingerprint, classIn(list + ((<usize>i) << 2), asked));
    list += ((<usize>length) << 2) + 4;
  }
  return fingerprint;
}

function classIn(at: usize, asked: u32): u32 {
  const cls = find(load<u32>(at));
  if (asked != 0) newest = max(newest, changedAt(asked, cls));
  return cls;
}
