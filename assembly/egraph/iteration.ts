// Iterations: each rule is searched for in the frozen graph, and what is found is applied at once, as no search sees
// what was added meanwhile. Most rules are functions that the host compiled to WebAssembly (src/egraph/compiled/);
// others, with unordered operators or functions of the host, are patterns that match.ts reads.
//
//   search(from, to, since, isExact)   the matches whose root stands in ROOTS (or, of any class, in the rows) from
//                                      `from` to `to`, and which have a row that joined at `since` or later;
//                                      isExact: these are the rows that are new. Gives the first root that is not
//                                      done: `to`, or an earlier one after many matches or where the run must stop
//   count(from, to, most)              the number of all matches, old and new, up to `most`
//   countFresh(from, to, since, isExact, most)
//                                      the number of those that a search would find, up to `most`
//
// A match that a guard refuses waits, and one whose right side facts chose: it is tried again in every iteration.
//
//   waiting, u32 words   ┌──────┬───────┬───────┬─────────┐
//                        │ next │ guard │ clock │ match … │   the layout of match.ts
//                        └──────┴───────┴───────┴─────────┘
//                        guard: the address of that which refused it, if it asks facts of its arguments alone, and the
//                        clock of facts at that time: until one of them changes it would refuse it again
//   TAKEN  u32           rows of the match at hand, then rows of its right side, for the log; behind them 4,096 bytes
//                        for a match that is written down for its guard
//   ASIDE  u32           matches that a search found and did not apply yet (src/egraph/compiled/aside.ts)

import { allocate, hasMemoryFor, isAllocated, used } from "../memory/arena";
import { reserve } from "../memory/regions";
import {
  guardsHold,
  isUndone,
  mayHold,
  refusedBy,
  renew,
  subsumeBy,
  unite,
  wasTentative,
} from "./apply";
import { Budget, budget, HEADROOM, isLate, Stop } from "./budget";
import { isTimed, mayPause } from "./time";
import {
  add,
  addedRow,
  isTimeShort,
  liveCount,
  mayFreeze,
  mayRepair,
  mayUnite,
  newClassRow,
  newRowIn,
  rebuild,
  rebuildInTime,
  rows,
  scratch,
  setMade,
  union,
} from "./egraph";
import { clearWitnesses } from "./explain";
import {
  count,
  EVERY_CLASS,
  forgetMatches,
  foundNow,
  hasClauses,
  looksAtRoot,
  rootOf,
  search,
} from "./match";
import { endOfRoots, firstOldRoot, firstRoot, freeze, frozenRows, startFreezing } from "./frozen";
import { catchUp, clockOfFacts, restOnAllChildren } from "./facts";
import { areFactsCut, isStuck } from "./later";
import { hasRoom, logApplication } from "./log";
import { At, isGuardOf, isOn, restsOf, ruleAt, ruleCount } from "./rules";
import { clock, GONE, headOf, HIDDEN, tick } from "./rows";
import { backoff, Backoff, ban, isBanned, isResting, mostMatches } from "./schedule";
import { slotMask, tellHome } from "./hashcons";
import {
  applications,
  countApplication,
  countBan,
  countSearch,
  countWork,
  startClock,
  stopClock,
} from "./statistics";

const WAITING_HEAD: usize = 12;
const CHUNK: u32 = 4096; // roots between two looks at the clock
const FEW_ROOTS: u32 = 64; // the same of rules that are read
/** Slots of a hash-cons that is larger than the nearer caches. */
const FAR: u32 = 1 << 17;

export const enum Flag {
  /** One row decides whether a match is new: the new roots suffice. */
  RootsOnly = 1,
  /** Every match is applied in every iteration, and reports a change, as a multi-pattern does in egg. */
  EveryTime = 2,
  /** There is no function for it: its pattern is read. */
  Interpreted = 4,
}

/** Set where a run must stop: a limit or a region is reached. */
export let stopped: u32 = 0;
export let matched: u32 = 0; // by the search at hand
export let fruits: u32 = 0; // matches of it that changed something
/** What a search does with a match: src/egraph/compiled/application.ts, aside.ts. */
const enum Way {
  /** Looks whether it changes nothing, else applies it. */
  LookFirst = 0,
  AtOnce = 1,
  /** Sets it aside, where the rule allows, and asks the hash-cons for what it will need. */
  Aside = 2,
}
export let way: u32 = Way.LookFirst;
let isAlwaysAside: u32 = 0;
let mostNodes: u32 = 0;
let cutBy: u32 = Stop.None; // why a search ended within a root
let isCut: bool = false; // the root at hand is one in which it did, in a run that may go on
/** Where an iteration stands that was not ended. */
export let isOpen: bool = false;
export let isFreezing: bool = false; // no rule was searched for yet
export let isSettling: bool = false; // all were
export let isCounting: bool = false; // whether the rule at hand bans itself, up to the root at hand
export let counted: u32 = 0;
export let isRetrying: bool = false; // matches of the rule at hand that waited
export let retryAt: u32 = 0; // where the address of the next of them stands
export let isSearching: bool = false; // for the rule at hand, from the root at hand on
export let changed: bool = false;
export let atRule: u32 = 0;
export let atRoot: u32 = 0;
export let newest: u32 = 0; // what its new rows are stamped with
let TAKEN: usize = 0;
let ASIDE: usize = 0;
let freshCounts: u32 = 0; // where `countFresh` of the first rule stands in the table

export function reserveCompiled(): void {
  if (TAKEN == 0) TAKEN = reserve(1 << 13);
  if (ASIDE == 0) ASIDE = reserve(1 << 14);
}

export function aside(): usize {
  return ASIDE;
}

/** Whether all searches set matches aside that can; else those of which it pays. */
export function setAllAside(always: bool): void {
  isAlwaysAside = u32(always);
}

export function taken(): usize {
  return TAKEN;
}

/** Where the host's compiler put the functions of a rule, and where its roots are. */
export function compileRule(rule: u32, search: u32, count: u32, root: u32, flags: u32): void {
  const at = ruleAt(rule);
  store<u32>(at, search, At.Search);
  store<u32>(at, count, At.Count);
  store<u32>(at, root, At.Root);
  store<u32>(at, flags, At.Flags);
}

export function forgetFreshCounts(): void {
  freshCounts = 0;
}

export function hasFreshCounts(): bool {
  return freshCounts != 0;
}

/** Where the host's compiler put what counts fresh matches. */
export function setFreshCounts(first: u32): void {
  freshCounts = first;
}

/**
 * One iteration, or the rest of one that was stopped. `Stop.None` if it changed something, `Stop.Saturated` if no
 * rule did. Where a limit stops it, the graph is left as it is: another call goes on as if nothing had happened,
 * unless `settle` comes first.
 */
export function compiledRound(iteration: u32, budget: Budget): u32 {
  stopped = 0;
  cutBy = Stop.None;
  mostNodes = budget.nodes;
  tellHome();
  if (!catchUp()) return Stop.Bytes;
  if (!isOpen) open();
  if (isFreezing) {
    const stop = freezeOn();
    if (stop != Stop.None) return stop;
  }
  if (!isSettling) {
    startClock(frozenRows);
    const stop = turns(iteration, budget);
    stopClock();
    if (stop != Stop.None) return stop;
    isSettling = true;
  }
  clearWitnesses();
  if (!mayPause()) rebuild();
  else if (!rebuildInTime()) return isStuck ? Stop.Bytes : Stop.Time;
  isOpen = false;
  isSettling = false;
  if (areFactsCut) return Stop.Bytes;
  return changed ? Stop.None : Stop.Saturated;
}

/** All rules in their order, from where it was stopped. */
function turns(iteration: u32, budget: Budget): u32 {
  for (; atRule < ruleCount; atRule++) {
    const may = isSearching || isRetrying ? May.Search : mayNow(atRule, iteration);
    if (may == May.NotInTime) return Stop.Time;
    const stop = may == May.Search ? turn(budget) : <u32>Stop.None;
    if (stop != Stop.None) return stop;
  }
  return Stop.None;
}

function open(): void {
  isOpen = true;
  isFreezing = true;
  isSettling = false;
  isSearching = false;
  isRetrying = false;
  isCounting = false;
  changed = false;
  isCut = false;
  atRule = 0;
  forgetMatches();
  startFreezing();
}

/** Goes on looking at the graph as it was when the iteration began; why it stops first. */
function freezeOn(): u32 {
  if (!mayFreeze()) return Stop.Bytes;
  if (!freeze()) return Stop.Time;
  isFreezing = false;
  newest = clock;
  tick();
  return Stop.None;
}

/** Ends an iteration, however far it came: the graph is congruent, unless there are no bytes for that. */
export function settle(): void {
  // What the index has for new was searched for by nobody: in the next iteration it is older than that.
  if (isOpen && isFreezing) tick();
  isOpen = false;
  isFreezing = false;
  isSettling = false;
  clearWitnesses();
  if (mayRepair()) rebuild();
}

export function forgetRound(): void {
  isOpen = false;
  isFreezing = false;
  isSettling = false;
  isSearching = false;
  isRetrying = false;
  isCounting = false;
  changed = false;
  isCut = false;
  matched = 0;
  fruits = 0;
  counted = 0;
  newest = 0;
  atRule = 0;
  atRoot = 0;
  forgetMatches();
}

const enum May {
  Search,
  Rest,
  NotInTime,
}

/** Whether a rule is searched for, or is switched off, has no turn, is banned, or bans itself. */
function mayNow(rule: u32, iteration: u32): May {
  if (!isOn(rule) || isResting(rule)) return May.Rest;
  if (!isBanned(rule, iteration)) {
    const most = mostMatches(rule);
    if (most == u32.MAX_VALUE) return May.Search;
    if (!countUpTo(rule, most + 1)) return May.NotInTime;
    isCounting = false;
    if (counted <= most) return May.Search;
    ban(rule, iteration);
  }
  countBan(rule);
  return May.Rest;
}

/** Searches for a rule from where it was left, or from its first root, and applies; then what waited is tried again. */
function turn(budget: Budget): u32 {
  if (!isRetrying) {
    const stop = searchAll(ruleAt(atRule), budget);
    if (stop != Stop.None) return stop;
    isRetrying = true;
    retryAt = <u32>ruleAt(atRule) + At.Waiting;
  }
  if (!retryOn()) return whyStopped(budget);
  isRetrying = false;
  return Stop.None;
}

function searchAll(at: usize, budget: Budget): u32 {
  if (!isSearching) {
    atRoot = startOf(load<u32>(at, At.Root));
    matched = 0;
    fruits = 0;
    forgetMatches();
  }
  isSearching = true;
  const from = atRoot;
  const before = matched;
  const applied = applications(atRule);
  way = wayOf(at);
  const stop = searchOn(at, budget);
  clearWitnesses();
  countSearch(atRule, atRoot - from, matched - before);
  fruits += applications(atRule) - applied;
  if (stop != Stop.None && stop != Stop.Matches) return stop;
  store<u32>(at, u32(fruits << 1 > matched), At.Fruitful);
  matched = 0;
  fruits = 0;
  if (stop != Stop.None) return stop;
  isSearching = false;
  store<u32>(at, newest + 1, At.Since);
  return Stop.None;
}

/** Where most matches change something, most of what they make is new, and stands in no cache. */
function wayOf(rule: usize): Way {
  if (isAlwaysAside != 0) return Way.Aside;
  if (load<u32>(rule, At.Fruitful) == 0) return Way.LookFirst;
  return slotMask >= FAR ? Way.Aside : Way.AtOnce;
}

function isEveryTime(rule: usize): bool {
  return (load<u32>(rule, At.Flags) & Flag.EveryTime) != 0;
}

function startOf(root: u32): u32 {
  return root == EVERY_CLASS ? 1 : firstRoot(root);
}

function endOf(root: u32): u32 {
  return root == EVERY_CLASS ? frozenRows : endOfRoots(root);
}

/** Goes on counting the matches of a rule, up to `most`; false where time is over first. */
function countUpTo(rule: u32, most: u32): bool {
  const at = ruleAt(rule);
  const root = load<u32>(at, At.Root);
  if (!isCounting) {
    isCounting = true;
    atRoot = startOf(root);
    counted = 0;
  }
  const isFresh = backoff == Backoff.Fresh;
  const end = isFresh ? endOfSearch(at, load<u32>(at, At.Since) == newest) : endOf(root);
  const piece: u32 = !isTimed() ? u32.MAX_VALUE : isInterpreted(at) ? FEW_ROOTS : CHUNK;
  while (atRoot < end && counted < most) {
    const to = atRoot + min(piece, end - atRoot);
    const found = matchesIn(rule, atRoot, to, most - counted);
    if (stopped != 0) return false;
    countWork(rule, to - atRoot, found >> 3);
    counted += found;
    atRoot = to;
    if (atRoot < end && isLate()) return false;
  }
  return true;
}

/** Of the roots from one to another, up to `most`. */
function matchesIn(rule: u32, from: u32, to: u32, most: u32): u32 {
  const at = ruleAt(rule);
  const isFresh = backoff == Backoff.Fresh;
  const since = load<u32>(at, At.Since);
  if (isInterpreted(at)) return count(rule, from, to, isFresh ? since : 0, most);
  if (!isFresh) return call_indirect<u32>(load<u32>(at, At.Count), from, to, most);
  return call_indirect<u32>(freshCounts + rule, from, to, since, <u32>(since == newest), most);
}

function searchOn(at: usize, budget: Budget): u32 {
  const since: u32 = isEveryTime(at) ? 0 : load<u32>(at, At.Since);
  const isExact = since == newest;
  const end = endOfSearch(at, isExact);
  while (atRoot < end) {
    const to = min(atRoot + CHUNK, end);
    atRoot = searchRoots(at, to, since, isExact);
    if (stopped != 0) return whyStopped(budget);
    isCut = false;
    if (matched > budget.matches) return Stop.Matches;
    if (isLate() || isTimeShort(4 * CHUNK)) return Stop.Time;
  }
  return Stop.None;
}

function searchRoots(at: usize, to: u32, since: u32, isExact: bool): u32 {
  if (!isInterpreted(at))
    return call_indirect<u32>(load<u32>(at, At.Search), atRoot, to, since, <u32>isExact);
  const next = search(atRule, atRoot, to, since);
  matched += foundNow();
  return next;
}

function isInterpreted(rule: usize): bool {
  return (load<u32>(rule, At.Flags) & Flag.Interpreted) != 0;
}

/** A rule without a function: its root and flags are those of its pattern. */
export function interpretRule(rule: u32): void {
  const left: usize = load<u32>(ruleAt(rule), At.Left);
  const flags =
    Flag.Interpreted |
    (hasClauses(left) ? Flag.EveryTime : 0) |
    (looksAtRoot(left) ? Flag.RootsOnly : 0);
  compileRule(rule, 0, 0, rootOf(left), flags);
}

/** Behind the last root where a match that is new may begin. */
function endOfSearch(at: usize, isExact: bool): u32 {
  const root = load<u32>(at, At.Root);
  const isNewOnly = isExact && (load<u32>(at, At.Flags) & Flag.RootsOnly) != 0;
  return isNewOnly ? firstOldRoot(root) : endOf(root);
}

function whyStopped(budget: Budget): u32 {
  if (cutBy != Stop.None) return cutBy;
  return liveCount >= budget.nodes ? Stop.Nodes : Stop.Bytes;
}

// -------------------------------------------------------------------- what compiled rules call

/** A new row of a new class for a node that the hash-cons does not have. 0 where the run must stop. */
export function insert(rule: u32, op: u32, a: u32, b: u32, key: u64): u32 {
  if (liveCount >= mostNodes) return stop();
  const row = newClassRow(op, a, b, key);
  return row == 0 ? stop() : row;
}

/** The same as a node of the class `cls`: what a rule makes equal to it. */
export function insertInto(
  rule: u32,
  n: u32,
  m: u32,
  op: u32,
  a: u32,
  b: u32,
  key: u64,
  cls: u32,
): u32 {
  if (liveCount >= mostNodes) return stop();
  const row = newRowIn(cls, op, a, b, key);
  if (row == 0) return stop();
  store<u32>(TAKEN + ((<usize>n) << 2), row);
  logApplication(rule, TAKEN, n, TAKEN + ((<usize>n) << 2), m);
  countApplication(rule);
  changed = true;
  return row;
}

/** Two classes are one because of the rule. */
export function join(rule: u32, n: u32, m: u32, left: u32, right: u32): u32 {
  if (stopped != 0 || !mayUnite()) return stop();
  const made = TAKEN + ((<usize>n) << 2);
  logApplication(rule, TAKEN, n, made, m);
  restOnAllChildren(made, m);
  union(left, right);
  countApplication(rule);
  changed = true;
  if (isStuck) stopped = 1; // this match is done, and the last one
  return 1;
}

/**
 * Whether a search ends within a root, in which it found so many matches: they are too many, or time is over in a run that
 * nothing goes on with, as what goes on begins again with that root, and applied twice a match may make another row. After a
 * limit of matches it gets through the root, so that short runs come on.
 */
export function mustStop(found: u32): u32 {
  if (isCounting) return mustStopCounting();
  if (isCut) return 0;
  if (matched + found > budget().matches) cutBy = Stop.Matches;
  else if (!mayPause() && isLate()) cutBy = Stop.Time;
  else return 0;
  isCut = mayPause();
  stopped = 1;
  return 1;
}

/** The same of a count, which begins again with the root. */
function mustStopCounting(): u32 {
  if (mayPause() || !isLate()) return 0;
  stopped = 1;
  return 1;
}

/** The match at hand is applied, and its first row is subsumed. */
export function subsumeRow(rule: u32, row: u32): void {
  if (subsumeBy(rule, row)) changed = true;
}

/** The row of a node whose children stand at `scratch`, found or made; 0 where the run must stop. */
export function addRow(op: u32, len: u32): u32 {
  if (!mayGrow()) return 0;
  setMade(true);
  const cls = add(op, len);
  setMade(false);
  return cls == 0 || isStuck ? stop() : addedRow();
}

/** The same for one child, or two if `b` is one. */
export function addExact(op: u32, a: u32, b: u32): u32 {
  store<u32>(scratch(), a);
  store<u32>(scratch(), b, 4);
  return addRow(op, b == 0 ? 1 : 2);
}

/** Whether no guard refuses a match that was written down; else it waits. False, too, where the run must stop first. */
export function isAllowed(match: usize): bool {
  if (!mayApply(match)) return false;
  if (guardsHold(match)) return true;
  if (isUndone) stopped = 1;
  else wait(match);
  return false;
}

/**
 * Applies a match that was written down. It waits if facts may change what became of it. 0 where the run must stop first:
 * it is to be applied again.
 */
export function applyMatch(match: usize): u32 {
  if (!mayApply(match)) return 0;
  const isDone = attempt(match);
  if (isUndone) return 0;
  if (!isDone && !isEveryTime(ruleAt(load<u32>(match, 4)))) wait(match);
  return 1;
}

/**
 * True if a match is done with: no guard refuses it, and no fact chose its right side. Where it is undone the run must
 * stop; it must also if facts wait that come of it.
 */
function attempt(match: usize): bool {
  if (!guardsHold(match)) {
    if (isUndone) stopped = 1;
    return false;
  }
  if (unite(match)) changed = true;
  if (isUndone || isStuck) stopped = 1;
  return !wasTentative();
}

function mayGrow(): bool {
  if (stopped == 0 && liveCount < mostNodes && hasRoom()) return true;
  stopped = 1;
  return false;
}

/** The same for a match that was written down: guards, facts and waiting matches live in the arena. */
function mayApply(match: usize): bool {
  if (!mayGrow()) return false;
  const bytes = <usize>load<u32>(match) + WAITING_HEAD + 16;
  if (hasMemoryFor(HEADROOM + bytes) && mayUnite(bytes)) return true;
  stopped = 1;
  return false;
}

function stop(): u32 {
  stopped = 1;
  return 0;
}

// ------------------------------------------------------------------------------- waiting matches

function wait(match: usize): void {
  const size = <usize>load<u32>(match);
  const copy = allocate(size + WAITING_HEAD);
  memory.copy(copy + WAITING_HEAD, match, size);
  const at = ruleAt(load<u32>(match, 4));
  store<u32>(copy, load<u32>(at, At.Waiting));
  store<u32>(at, <u32>copy, At.Waiting);
  sleep(copy);
}

/** A match waits for a change of what its guard asked. */
function sleep(waiting: usize): void {
  store<u32>(waiting, <u32>refusedBy, 4);
  store<u32>(waiting, clockOfFacts(), 8);
  if (refusedBy != 0) renew(waiting + WAITING_HEAD);
}

function isAwake(waiting: usize): bool {
  const guard: usize = load<u32>(waiting, 4);
  return guard == 0 || mayHold(guard, waiting + WAITING_HEAD, load<u32>(waiting, 8));
}

/** Tries the matches again that a guard of the rule had refused before; false where the run must stop. */
function retryOn(): bool {
  while (load<u32>(retryAt) != 0) {
    const waiting: usize = load<u32>(retryAt);
    const match = waiting + WAITING_HEAD;
    if (!mayApply(match)) return false;
    if (!isAwake(waiting)) retryAt = <u32>waiting;
    else if (isGone(match)) store<u32>(retryAt, load<u32>(waiting));
    else {
      const isDone = attempt(match);
      if (isUndone) return false;
      if (isDone) store<u32>(retryAt, load<u32>(waiting));
      else {
        sleep(waiting);
        retryAt = <u32>waiting;
      }
      if (stopped != 0) return false;
    }
  }
  return true;
}

/** Whether counters are of rules and rows that there are. */
export function areTurnsInRange(): bool {
  if (isRetrying && (!isOpen || atRule >= ruleCount)) return false;
  return atRule <= ruleCount && atRoot <= rows() && (isOpen || !isFreezing);
}

/** Whether the waiting matches of a rule are its own, over rows that there are, and end. */
export function areWaiting(rule: u32): bool {
  let most = used() / (WAITING_HEAD + 16);
  const first = ruleAt(rule) + At.Waiting;
  let isPlace = !isRetrying || rule != atRule || retryAt == <u32>first;
  let waiting: usize = load<u32>(first);
  for (; waiting != 0; waiting = load<u32>(waiting)) {
    if (most-- == 0 || !isWaiting(waiting, rule)) return false;
    if (retryAt == <u32>waiting) isPlace = true;
  }
  return isPlace;
}

function isWaiting(waiting: usize, rule: u32): bool {
  if ((waiting & 3) != 0 || !isAllocated(waiting, WAITING_HEAD + 16)) return false;
  const guard = load<u32>(waiting, 4);
  if (guard != 0 && !isGuardOf(rule, guard)) return false;
  const match = waiting + WAITING_HEAD;
  const size = load<u32>(match);
  const words = <u64>load<u32>(match, 8) + <u64>load<u32>(match, 12);
  if (load<u32>(match, 4) != rule) return false;
  if (load<u32>(match, 12) != load<u32>(ruleAt(rule), At.Variables)) return false;
  if (!isAllocated(match, size) || <u64>size < 16 + (words << 2)) return false;
  const rowsOf = load<u32>(match, 8);
  for (let i: u32 = 0; i < <u32>words; i++) {
    const word = load<u32>(match + 16 + ((<usize>i) << 2));
    const isOfRest = i >= rowsOf && ((restsOf(rule) >> (i - rowsOf)) & 1) != 0;
    if (isOfRest ? !isRestIn(match, word) : word >= rows() || (word == 0 && i < rowsOf))
      return false;
  }
  return true;
}

/** A list of classes within a match: its length, then rows that there are. */
function isRestIn(match: usize, at: u32): bool {
  const end = load<u32>(match) >> 2;
  if (at >= end || load<u32>(match + ((<usize>at) << 2)) >= end - at) return false;
  for (let i = load<u32>(match + ((<usize>at) << 2)); i > 0; i--) {
    const row = load<u32>(match + ((<usize>(at + i)) << 2));
    if (row == 0 || row >= rows()) return false;
  }
  return true;
}

/**
 * Whether a row of a match is out of its class or subsumed since an earlier iteration, or died for one whose own matches
 * were found anew.
 */
function isGone(match: usize): bool {
  const count = load<u32>(match, 8);
  for (let i: usize = 0; i < <usize>count; i++)
    if ((headOf(load<u32>(match + 16 + (i << 2))) & (GONE | HIDDEN)) != 0) return true;
  return false;
}
