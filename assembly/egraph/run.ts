// A run: search all rules, apply, rebuild, until nothing new comes or a budget ends.
//
//   rule, u32 words      ┌─────┬─────┬──────┬──────────┬──────────┬──────────┬────────┬───────────┐
//   at RULES + 32 r      │ lhs │ rhs │ vars │ rests lo │ rests hi │ guards   │ on     │           │
//                        └─────┴─────┴──────┴──────────┴──────────┴──────────┴────────┴───────────┘
//   guards               ┌───┬───────┬──────┬────────────┬───┐
//   at an address        │ n │ guard │ argc │ variable … │ … │   bit 31 of a variable: a rest, all of it
//                        └───┴───────┴──────┴────────────┴───┘

import { hostFunction, now } from "../host";
import { allocate } from "../memory/arena";
import { reserve } from "../memory/regions";
import {
  add,
  addedRow,
  bytesUsed,
  changedAt,
  clockOfFacts,
  find,
  liveNodes,
  logWrittenRows,
  rebuild,
  scratch,
  setMaker,
  union,
  writtenRow,
} from "./egraph";
import { clearWitnesses, reserveWitnesses } from "./explain";
import { testGuard } from "./facts";
import { clearLog, hasRoom, logApplication, logSize } from "./log";
import { clearSeen, DONE, isSeen, mix, NO_WORDS, remember, slotOf, stampOf } from "./seen";
import {
  clearMatches,
  depthOf,
  firstMatch,
  matchEnd,
  matchesDropped,
  Pattern,
  search,
  setRests,
} from "./match";
import { beginRound, touchAll } from "./rounds";

const MAX_RULES: u32 = 4096;
const RULE_BYTES: usize = 32;
const NONE: u32 = 0xffffffff;
const MAX_CALLS: u32 = 64; // of one right side

export const enum Stop {
  Saturated = 0,
  Iterations = 1,
  Nodes = 2,
  Bytes = 3,
  Time = 4,
  Matches = 5,
}

let rules: usize = 0;
let ruleCount: u32 = 0;
let counts: usize = 0; // a rule: matches, applied
let changed: bool = false;
let iterations: u32 = 0;
let calls: usize = 0; // results of the functions in the right side at hand, in their order
let callCount: u32 = 0;
let deepest: u32 = 0; // levels that the deepest left side looks down

export function clearRules(): void {
  if (rules == 0) {
    rules = reserve(<usize>MAX_RULES * RULE_BYTES);
    counts = reserve((<usize>MAX_RULES) << 3);
    calls = reserve((<usize>MAX_CALLS) << 2);
    reserveWitnesses();
  }
  ruleCount = 0;
  deepest = 0;
  clearLog();
  clearMatches();
  clearSeen();
}

export function defineRule(
  lhs: usize,
  rhs: usize,
  vars: u32,
  restsLow: u32,
  restsHigh: u32,
  guards: usize,
): u32 {
  const at = rules + <usize>ruleCount * RULE_BYTES;
  store<u32>(at, <u32>lhs);
  store<u32>(at + 4, <u32>rhs);
  store<u32>(at + 8, vars);
  store<u32>(at + 12, restsLow);
  store<u32>(at + 16, restsHigh);
  store<u32>(at + 20, <u32>guards);
  store<u32>(at + 24, 1);
  store<u64>(counts + ((<usize>ruleCount) << 3), 0);
  deepest = max(deepest, depthOf(lhs));
  return ruleCount++;
}

export function switchRule(rule: u32, on: bool): void {
  store<u32>(rules + <usize>rule * RULE_BYTES + 24, on ? 1 : 0);
}

export function ruleMatches(rule: u32): u32 {
  return load<u32>(counts + ((<usize>rule) << 3));
}

export function ruleApplied(rule: u32): u32 {
  return load<u32>(counts + ((<usize>rule) << 3) + 4);
}

export function iterationsDone(): u32 {
  return iterations;
}

export function run(
  maxIterations: u32,
  maxNodes: u32,
  maxBytes: u32,
  maxMatches: u32,
  deadline: f64,
): u32 {
  rebuild();
  const stop = iterate(maxIterations, maxNodes, maxBytes, maxMatches, deadline);
  if (stop != Stop.Saturated && stop != Stop.Iterations) touchAll(); // matches of the last round are lost
  return stop;
}

function iterate(
  maxIterations: u32,
  maxNodes: u32,
  maxBytes: u32,
  maxMatches: u32,
  deadline: f64,
): u32 {
  for (iterations = 0; iterations < maxIterations;) {
    iterations++;
    clearMatches();
    beginRound(deepest);
    let matched: u32 = 0;
    for (let rule: u32 = 0; rule < ruleCount; rule++) {
      const at = rules + <usize>rule * RULE_BYTES;
      if (load<u32>(at + 24) == 0) continue;
      setRests(restsOf(rule));
      const found = search(rule, load<u32>(at), load<u32>(at + 8), maxMatches - matched);
      matched += found;
      store<u32>(counts + ((<usize>rule) << 3), ruleMatches(rule) + found);
      if (now() > deadline) return Stop.Time;
    }
    changed = false;
    const stop = applyAll(maxNodes, maxBytes, deadline);
    clearWitnesses(); // a union that congruence makes rests on those below it
    rebuild();
    if (stop != Stop.Saturated) return stop;
    if (matchesDropped()) return Stop.Matches;
    if (!changed) return Stop.Saturated;
  }
  return Stop.Iterations;
}

function applyAll(maxNodes: u32, maxBytes: u32, deadline: f64): u32 {
  let steps: u32 = 0;
  const end = matchEnd();
  for (let match = firstMatch(); match < end; match += <usize>load<u32>(match)) {
    apply(match);
    if (liveNodes() > maxNodes) return Stop.Nodes;
    if (bytesUsed() > maxBytes) return Stop.Bytes;
    if ((++steps & 63) == 0 && now() > deadline) return Stop.Time;
  }
  return Stop.Saturated;
}

function apply(match: usize): void {
  const rule = load<u32>(match + 4);
  const at = rules + <usize>rule * RULE_BYTES;
  const rowCount = load<u32>(match + 8);
  const values = match + 16 + ((<usize>rowCount) << 2);
  const fingerprint = fingerprintOf(match, load<u32>(at + 20) != 0);
  const slot = slotOf(fingerprint);
  if (isSeen(slot) && (stampOf(slot) == DONE || stampOf(slot) >= newest)) return;
  clearWitnesses();
  if (!guardsHold(load<u32>(at + 20), match, values)) {
    remember(slot, fingerprint, clockOfFacts());
    return;
  }
  if (!hasRoom()) return;
  remember(slot, fingerprint, DONE);
  setMaker(<u32>logSize());
  callCount = 0;
  const right = instantiate(load<u32>(at + 4), match, values);
  setMaker(0);
  const left = load<u32>(match + 16);
  if (right == 0 || right == NONE || find(left) == find(right)) return;
  callCount = 0;
  const written = writeDown(load<u32>(at + 4), match, values);
  logApplication(rule, left, written, match + 16, rowCount);
  logWrittenRows();
  union(left, right);
  clearWitnesses();
  changed = true;
  store<u32>(counts + ((<usize>rule) << 3) + 4, ruleApplied(rule) + 1);
}

/** When the facts of a class that the match at hand is about last changed. */
let newest: u32 = 0;

/** Of the rule and its variables' classes, in rests too. */
function fingerprintOf(match: usize, isGuarded: bool): u64 {
  const values = match + 16 + ((<usize>load<u32>(match + 8)) << 2);
  const lists = values + ((<usize>load<u32>(match + 12)) << 2);
  const rests = restsOf(load<u32>(match + 4));
  newest = 0;
  let fingerprint = mix(NO_WORDS, load<u32>(match + 4));
  let variable: u32 = 0;
  for (let value = values; value < lists; value += 4) {
    if (((rests >> variable++) & 1) == 0) fingerprint = mix(fingerprint, classIn(value, isGuarded));
  }
  // What follows are the lists of rests: lengths and classes.
  const end = match + load<u32>(match);
  for (let list = lists; list < end;) {
    const length = load<u32>(list);
    fingerprint = mix(fingerprint, length);
    for (let i: u32 = 1; i <= length; i++)
      fingerprint = mix(fingerprint, classIn(list + ((<usize>i) << 2), isGuarded));
    list += ((<usize>length) << 2) + 4;
  }
  return fingerprint;
}

function restsOf(rule: u32): u64 {
  const at = rules + <usize>rule * RULE_BYTES;
  return ((<u64>load<u32>(at + 16)) << 32) | (<u64>load<u32>(at + 12));
}

function classIn(at: usize, isGuarded: bool): u32 {
  const cls = find(load<u32>(at));
  if (isGuarded) newest = max(newest, changedAt(cls));
  return cls;
}

function guardsHold(guards: usize, match: usize, values: usize): bool {
  if (guards == 0) return true;
  const count = load<u32>(guards);
  let at = guards + 4;
  for (let g: u32 = 0; g < count; g++) {
    const guard = load<u32>(at);
    const argc = load<u32>(at + 4);
    at += 8;
    const args = scratch() + (1 << 18);
    let given: u32 = 0;
    for (let i: u32 = 0; i < argc; i++) {
      const variable = load<u32>(at + ((<usize>i) << 2));
      const value = load<u32>(values + ((<usize>(variable & 0x7fffffff)) << 2));
      if ((variable & 0x80000000) == 0) {
        put(args, given++, find(value));
        continue;
      }
      const list = match + ((<usize>value) << 2);
      const length = load<u32>(list);
      for (let j: u32 = 1; j <= length; j++)
        put(args, given++, find(load<u32>(list + ((<usize>j) << 2))));
    }
    at += (<usize>argc) << 2;
    if (!testGuard(guard, args, given)) return false;
  }
  return true;
}

/** The class of a right side under a match; 0 or NONE where it cannot be made. */
function instantiate(pattern: usize, match: usize, values: usize): u32 {
  const kind = load<u32>(pattern);
  const a = load<u32>(pattern + 4);
  if (kind == Pattern.Var) return find(load<u32>(values + ((<usize>a) << 2)));
  const count = load<u32>(pattern + 12);
  // Children are built in a block of their own: making one may make others.
  const kids = allocate((<usize>childrenOf(pattern, match, values)) << 2);
  let given: u32 = 0;
  for (let i: u32 = 0; i < count; i++) {
    const child: usize = load<u32>(pattern + 16 + ((<usize>i) << 2));
    if (load<u32>(child) == Pattern.Rest) {
      given = spread(child, match, values, kids, given);
      continue;
    }
    const cls = instantiate(child, match, values);
    if (cls == 0 || cls == NONE) return NONE;
    // The row itself, so that the log can be read back; its class follows from it.
    put(kids, given++, load<u32>(child) == Pattern.Var ? cls : addedRowOf(cls));
  }
  if (kind == Pattern.Call) return call(a, kids, given);
  memory.copy(scratch(), kids, (<usize>given) << 2);
  return add(a, given);
}

/** The class that a function of the host gives; its row is kept for `writeDown`. */
function call(fn: u32, args: usize, count: u32): u32 {
  const cls = hostFunction(fn, args, count);
  if (cls != 0 && cls != NONE && callCount < MAX_CALLS) put(calls, callCount++, addedRowOf(cls));
  return cls;
}

/** The row of a class that was added last; the class where the host gave one without adding to it. */
function addedRowOf(cls: u32): u32 {
  return find(addedRow()) == find(cls) ? addedRow() : cls;
}

/** The row of a right side that was made, over what its variables stood for: classes, by their oldest rows. */
function writeDown(pattern: usize, match: usize, values: usize): u32 {
  const kind = load<u32>(pattern);
  const a = load<u32>(pattern + 4);
  if (kind == Pattern.Var) return find(load<u32>(values + ((<usize>a) << 2)));
  const count = load<u32>(pattern + 12);
  const kids = allocate((<usize>childrenOf(pattern, match, values)) << 2);
  let given: u32 = 0;
  for (let i: u32 = 0; i < count; i++) {
    const child: usize = load<u32>(pattern + 16 + ((<usize>i) << 2));
    if (load<u32>(child) == Pattern.Rest) given = spread(child, match, values, kids, given);
    else put(kids, given++, writeDown(child, match, values));
  }
  if (kind == Pattern.Call)
    return load<u32>(calls + ((<usize>min(callCount++, MAX_CALLS - 1)) << 2));
  memory.copy(scratch(), kids, (<usize>given) << 2);
  return writtenRow(a, given);
}

/** Puts the classes of a rest variable behind the `given` children at `kids`; gives their number. */
function spread(rest: usize, match: usize, values: usize, kids: usize, given: u32): u32 {
  const list = restAt(load<u32>(rest + 4), match, values);
  const length = load<u32>(list);
  for (let j: u32 = 1; j <= length; j++)
    put(kids, given++, find(load<u32>(list + ((<usize>j) << 2))));
  return given;
}

/** How many children a right side's node has, rests spread out. */
function childrenOf(pattern: usize, match: usize, values: usize): u32 {
  const count = load<u32>(pattern + 12);
  let all = count;
  for (let i: u32 = 0; i < count; i++) {
    const child: usize = load<u32>(pattern + 16 + ((<usize>i) << 2));
    if (load<u32>(child) == Pattern.Rest)
      all += load<u32>(restAt(load<u32>(child + 4), match, values)) - 1;
  }
  return all;
}

/** The list of a rest variable: its length, then classes. */
function restAt(variable: u32, match: usize, values: usize): usize {
  return match + ((<usize>load<u32>(values + ((<usize>variable) << 2))) << 2);
}

function put(base: usize, index: u32, value: u32): void {
  store<u32>(base + ((<usize>index) << 2), value);
}
