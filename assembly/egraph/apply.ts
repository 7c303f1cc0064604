// Applying a match: guards, the right side, the union, the log.
//
// A right side is a pattern as in match.ts. Its functions are the host's; what they gave is kept in CALLS, in
// their order, so that the right side can be written down once more for the log.

import { hostFunction } from "../host";
import { allocate } from "../memory/arena";
import { reserve } from "../memory/regions";
import {
  add,
  addedRow,
  bytesOfRow,
  find,
  forgetRefusal,
  isByteLimited,
  isRowRefused,
  logWrittenRows,
  mayUnite,
  rows,
  scratch,
  setMade,
  subsume,
  union,
  writtenRow,
} from "./egraph";
import { areTooMany, clearWitnesses, reserveWitnesses } from "./explain";
import { changedAt, decide, EQUAL_AFTER_ADDING, freshLeaf, restOn, testGuard } from "./facts";
import { isStuck } from "./later";
import { readBy } from "./analyses/guards";
import { hasRoom, logApplication } from "./log";
import { Pattern } from "./match";
import { At, isSubsuming, restsOf, ruleAt } from "./rules";
import { countApplication, countSubsumption } from "./statistics";

const NONE: u32 = 0xffffffff;
const OF_REST: u32 = 0x80000000; // a variable of a guard stands for all of a rest
const MOST_CLAUSES: u32 = 255; // that the log tells apart
const MAX_CALLS: u32 = 64; // of one right side
const MOST_CHILDREN: u32 = 65535;
const CHILDREN_BYTES: usize = 1 << 23;
const ARGUMENTS: usize = 1 << 18; // offset in the scratch region, behind the children of a node
const MOST_ARGUMENTS: u32 = 1 << 17;

let CALLS: usize = 0;
let MADE: usize = 0;
let CHILDREN: usize = 0; // of the nodes in the making, one inside the other
let childrenTop: usize = 0;
let callCount: u32 = 0;
let isTentative: bool = false;
let isMade: bool = false; // the right side at hand
/** Whether the match that was tried last has to be tried again, as there was no room for what it makes, or for facts. */
export let isUndone: bool = false;

export function reserveApplications(): void {
  if (CALLS != 0) return;
  CALLS = reserve((<usize>MAX_CALLS) << 2);
  MADE = reserve(8);
  CHILDREN = reserve(CHILDREN_BYTES);
  reserveWitnesses();
}

/** Where the values of a match stand, one word a variable. */
export function valuesOf(match: usize): usize {
  return match + 16 + ((<usize>load<u32>(match, 8)) << 2);
}

/** The guard that refused a match last, if it asks nothing but facts of its arguments, and none before it adds terms; else 0. */
export let refusedBy: usize = 0;

/** Whether all guards of the rule hold for a match; what they rest on are then the witnesses, until it is applied. */
export function guardsHold(match: usize): bool {
  const hold = doGuardsHold(match);
  isUndone = isHalted();
  return hold && !isUndone;
}

/** Whether analyses, or a row, did not get the bytes that they need. */
function isHalted(): bool {
  return isStuck || isRowRefused;
}

function doGuardsHold(match: usize): bool {
  clearWitnesses();
  forgetRefusal();
  refusedBy = 0;
  const guards: usize = load<u32>(ruleAt(load<u32>(match, 4)), At.Guards);
  if (guards == 0) return true;
  const values = valuesOf(match);
  const count = load<u32>(guards);
  let at = guards + 4;
  let isSteady = true;
  for (let g: u32 = 0; g < count; g++) {
    const guard = load<u32>(at);
    const argc = load<u32>(at + 4);
    if (guard == EQUAL_AFTER_ADDING) isSteady = false;
    if (!guardHolds(guard, at + 8, argc, match, values)) {
      if (isSteady && readBy(guard) != 0) refusedBy = at;
      return false;
    }
    at += 8 + ((<usize>argc) << 2);
  }
  return !areTooMany;
}

/** Whether a guard that refused a match may answer otherwise now: a fact that it asks has changed since a time. */
export function mayHold(guard: usize, match: usize, since: u32): bool {
  const asked = readBy(load<u32>(guard));
  const values = valuesOf(match);
  for (let i: u32 = 0; i < load<u32>(guard, 4); i++) {
    const variable = load<u32>(guard + ((<usize>i) << 2), 8);
    const value = load<u32>(values + ((<usize>(variable & ~OF_REST)) << 2));
    if ((variable & OF_REST) == 0) {
      if (isOther(value, asked, since)) return true;
      continue;
    }
    const list = match + ((<usize>value) << 2);
    for (let j: u32 = 1; j <= load<u32>(list); j++)
      if (isOther(load<u32>(list + ((<usize>j) << 2)), asked, since)) return true;
  }
  return false;
}

/** Whether a class is part of another now, or something else is known of it. */
function isOther(cls: u32, asked: u32, since: u32): bool {
  return find(cls) != cls || changedAt(asked, cls) > since;
}

/** Names what a match's variables stand for by what leads it now. */
export function renew(match: usize): void {
  const values = valuesOf(match);
  const lists = values + ((<usize>load<u32>(match, 12)) << 2);
  const rests = restsOf(load<u32>(match, 4));
  let variable: u32 = 0;
  for (let at = values; at < lists; at += 4)
    if (((rests >> variable++) & 1) == 0 && load<u32>(at) != 0) store<u32>(at, find(load<u32>(at)));
  const end = match + load<u32>(match);
  for (let list = lists; list < end; list += ((<usize>load<u32>(list)) << 2) + 4)
    for (let i: u32 = 1; i <= load<u32>(list); i++) {
      const at = list + ((<usize>i) << 2);
      store<u32>(at, find(load<u32>(at)));
    }
}

function guardHolds(guard: u32, words: usize, argc: u32, match: usize, values: usize): bool {
  if (guard == EQUAL_AFTER_ADDING) {
    const left = instantiate(load<u32>(words), match, values);
    const right = instantiate(load<u32>(words, 4), match, values);
    if (find(left) != find(right)) return false;
    restOn(find(left));
    return true;
  }
  const args = scratch() + ARGUMENTS;
  const given = gather(words, argc, match, values, args);
  return given != NONE && testGuard(guard, args, given);
}

/** The classes of a guard's variables, rests spread out; NONE where they are too many. */
function gather(variables: usize, count: u32, match: usize, values: usize, args: usize): u32 {
  let given: u32 = 0;
  for (let i: u32 = 0; i < count; i++) {
    const variable = load<u32>(variables + ((<usize>i) << 2));
    const value = load<u32>(values + ((<usize>(variable & ~OF_REST)) << 2));
    if ((variable & OF_REST) == 0) put(args, given++, find(value));
    else {
      const list = match + ((<usize>value) << 2);
      if (given + load<u32>(list) > MOST_ARGUMENTS) return NONE;
      given = append(list, args, given);
    }
  }
  return given;
}

/** Whether the right side that was made last is chosen by facts that may change: another may follow. */
export function wasTentative(): bool {
  return isTentative;
}

/**
 * Unites what a match's left side stands for with its right side, and subsumes it where the rule says so. True if that
 * changed something.
 */
export function unite(match: usize): bool {
  isMade = true;
  const hasUnited = uniteSides(match);
  clearWitnesses();
  const rule = load<u32>(match, 4);
  if (!isSubsuming(rule) || !isMade) return hasUnited;
  return subsumeBy(rule, load<u32>(match, 16)) || hasUnited;
}

/** A rule subsumes a row. False if it was subsumed already. */
export function subsumeBy(rule: u32, row: u32): bool {
  if (!subsume(row)) return false;
  countSubsumption(rule);
  return true;
}

function uniteSides(match: usize): bool {
  isTentative = false;
  const rhs: usize = load<u32>(ruleAt(load<u32>(match, 4)), At.Right);
  if (load<u32>(rhs) != Pattern.Clauses) return uniteWith(rhs, load<u32>(match, 16), match, 0);
  const count = load<u32>(rhs, 12);
  for (let i: u32 = 0; i < count; i += 2) {
    const pair = rhs + 16 + ((<usize>i) << 2);
    const value = valuesOf(match) + ((<usize>load<u32>(pair)) << 2);
    const term: usize = load<u32>(pair, 4);
    if (load<u32>(value) != 0) uniteWith(term, load<u32>(value), match, (i >> 1) + 1);
    else {
      store<u32>(value, instantiate(term, match, valuesOf(match)));
      if (isHalted()) isUndone = true;
      if (load<u32>(value) == 0 || load<u32>(value) == NONE || isUndone) isMade = false;
    }
  }
  return true;
}

/** Of the right side, or of one of its clauses, numbered from 1. */
function uniteWith(rhs: usize, left: u32, match: usize, clause: u32): bool {
  if (!hasRoom() || isHalted()) isUndone = true;
  if (isUndone) isMade = false;
  if (!isMade) return false;
  const rule = load<u32>(match, 4);
  const values = valuesOf(match);
  setMade(true);
  callCount = 0;
  const right = instantiate(rhs, match, values);
  setMade(false);
  isUndone = isHalted();
  isMade = right != 0 && right != NONE && !isUndone;
  if (!isMade || find(left) == find(right)) return false;
  if (!mayUnite(load<u32>(match), isByteLimited() ? bytesToWrite(rhs, match, values) : 0)) {
    isUndone = true;
    isMade = false;
    return false;
  }
  callCount = 0;
  store<u32>(MADE, writeDown(rhs, match, values));
  logApplication(
    rule,
    match + 16,
    load<u32>(match, 8),
    MADE,
    1,
    min(clause, MOST_CLAUSES),
    find(left),
  );
  logWrittenRows();
  union(left, right);
  countApplication(rule);
  return true;
}

/** What rows may take that say how a right side was written. */
function bytesToWrite(pattern: usize, match: usize, values: usize): usize {
  const kind = load<u32>(pattern);
  if (kind == Pattern.Var || kind == Pattern.Rest) return 0;
  if (kind == Pattern.Choice)
    return max(
      bytesToWrite(load<u32>(pattern, 16), match, values),
      bytesToWrite(load<u32>(pattern, 20), match, values),
    );
  let bytes = bytesOfRow(childrenOf(pattern, match, values));
  const count = load<u32>(pattern, 12);
  for (let i: u32 = 0; i < count; i++)
    bytes += bytesToWrite(load<u32>(pattern + ((<usize>i) << 2), 16), match, values);
  return bytes;
}

/** The class of a right side under a match; 0 or NONE where it cannot be made. */
function instantiate(pattern: usize, match: usize, values: usize): u32 {
  const kind = load<u32>(pattern);
  const a = load<u32>(pattern, 4);
  if (kind == Pattern.Var) return find(load<u32>(values + ((<usize>a) << 2)));
  if (kind == Pattern.Choice) return instantiate(chosen(pattern, match, values), match, values);
  const count = load<u32>(pattern, 12);
  const most = childrenOf(pattern, match, values);
  if (!areChildrenPossible(most)) return NONE;
  const kids = takeChildren(most);
  let given: u32 = 0;
  for (let i: u32 = 0; i < count; i++) {
    const child: usize = load<u32>(pattern + ((<usize>i) << 2), 16);
    if (load<u32>(child) == Pattern.Rest) {
      given = append(restAt(load<u32>(child, 4), match, values), kids, given);
      continue;
    }
    const cls = instantiate(child, match, values);
    if (cls == 0 || cls == NONE) {
      giveChildren(kids);
      return NONE;
    }
    // The row itself, so that the log can be read back; its class follows from it.
    put(kids, given++, load<u32>(child) == Pattern.Var ? cls : addedRowOf(cls));
  }
  if (kind == Pattern.Node) memory.copy(scratch(), kids, (<usize>given) << 2);
  const cls = kind == Pattern.Call ? call(a, kids, given) : add(a, given);
  giveChildren(kids);
  return cls;
}

function areChildrenPossible(count: u32): bool {
  return count <= MOST_CHILDREN && childrenTop + ((<usize>count) << 2) <= CHILDREN_BYTES;
}

/** Room for so many children, of a node in whose making others are made. */
function takeChildren(count: u32): usize {
  const kids = CHILDREN + childrenTop;
  childrenTop += (<usize>count) << 2;
  return kids;
}

function giveChildren(kids: usize): void {
  childrenTop = kids - CHILDREN;
}

/** Which of two right sides a match takes; the first one's fresh variable, the last of the words, is then bound. */
function chosen(choice: usize, match: usize, values: usize): usize {
  const words = choice + 24;
  const argc = load<u32>(choice, 12) - 3;
  const args = scratch() + ARGUMENTS;
  const given = gather(words, argc, match, values, args);
  if (!decide(load<u32>(choice, 4), args, given)) return load<u32>(choice, 20);
  isTentative = true;
  const fresh = load<u32>(words + ((<usize>argc) << 2));
  put(values, fresh, freshLeaf(find(load<u32>(match, 16))));
  return load<u32>(choice, 16);
}

/** The class that a function of the host gives; its row is kept for `writeDown`. */
function call(fn: u32, args: usize, count: u32): u32 {
  const cls = hostFunction(fn, args, count);
  if (cls != NONE && cls >= rows()) unreachable();
  if (cls != 0 && cls != NONE && callCount < MAX_CALLS) put(CALLS, callCount++, addedRowOf(cls));
  return cls;
}

/** The row of a class that was added last; the class where the host gave one without adding to it. */
function addedRowOf(cls: u32): u32 {
  return find(addedRow()) == find(cls) ? addedRow() : cls;
}

/** The row of a right side that was made, over what its variables stood for: classes, by their oldest rows. */
function writeDown(pattern: usize, match: usize, values: usize): u32 {
  const kind = load<u32>(pattern);
  const a = load<u32>(pattern, 4);
  if (kind == Pattern.Var) return find(load<u32>(values + ((<usize>a) << 2)));
  if (kind == Pattern.Choice) return writeDown(chosen(pattern, match, values), match, values);
  const count = load<u32>(pattern, 12);
  const kids = takeChildren(childrenOf(pattern, match, values));
  let given: u32 = 0;
  for (let i: u32 = 0; i < count; i++) {
    const child: usize = load<u32>(pattern + ((<usize>i) << 2), 16);
    if (load<u32>(child) == Pattern.Rest)
      given = append(restAt(load<u32>(child, 4), match, values), kids, given);
    else put(kids, given++, writeDown(child, match, values));
  }
  if (kind == Pattern.Node) memory.copy(scratch(), kids, (<usize>given) << 2);
  giveChildren(kids);
  if (kind == Pattern.Node) return writtenRow(a, given);
  return load<u32>(CALLS + ((<usize>min(callCount++, MAX_CALLS - 1)) << 2));
}

/** Puts the classes of a list, its length first, behind the `given` words at `to`; gives their number. */
function append(list: usize, to: usize, given: u32): u32 {
  const length = load<u32>(list);
  for (let i: u32 = 1; i <= length; i++)
    put(to, given++, find(load<u32>(list + ((<usize>i) << 2))));
  return given;
}

/** How many children a right side's node has, rests spread out. */
function childrenOf(pattern: usize, match: usize, values: usize): u32 {
  const count = load<u32>(pattern, 12);
  let all = count;
  for (let i: u32 = 0; i < count; i++) {
    const child: usize = load<u32>(pattern + ((<usize>i) << 2), 16);
    if (load<u32>(child) == Pattern.Rest)
      all += load<u32>(restAt(load<u32>(child, 4), match, values)) - 1;
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
