// Matching: every way in which a rule's left side stands in the graph.
//
//   pattern, u32 words   ┌──────┬──────────┬──────────┬───┬─────────┬───┐
//                        │ kind │ a        │ rest + 1 │ n │ child 0 │ … │   children are addresses
//                        └──────┴──────────┴──────────┴───┴─────────┴───┘
//     VAR   a = variable                    NODE  a = operator
//     REST  a = variable (right sides)      CALL  a = host function (right sides)
//     CLAUSES   children are pairs: a variable, and the pattern that its class holds or is made equal to
//     CHOICE    right sides; a = what decides (facts.ts), children: two patterns, then variables
//
//   a goal is what is still to be matched: a linked list that grows at its front, so that backing up is
//   dropping the front. Two kinds:
//     ┌─────────┬───────┬──────┐      ┌─────────┬─────┬─────────┬─────────┬──────┐
//     │ pattern │ class │ next │      │ pattern │ row │ element │ used 64 │ next │
//     └─────────┴───────┴──────┘      └─────────┴─────┴─────────┴─────────┴──────┘
//     this pattern in this class      elements `element` … of an unordered node, on children not in `used`
//
//   match, u32 words     ┌──────┬──────┬──────────┬───┬───────────┬───────────┐
//                        │ size │ rule │ rows  r  │ v │ rows …    │ values …  │  and rest lists: n, class …
//                        └──────┴──────┴──────────┴───┴───────────┴───────────┘
//   A value is a class, or for a rest variable the word of its list within the match.

import { now } from "../host";
import { reserve } from "../memory/regions";
import {
  arityOf,
  childOf,
  find,
  newestOf,
  nextNode,
  olderOf,
  opOf,
  opOrder,
  Order,
} from "./egraph";
import { isTouched } from "./rounds";
import { GONE, headOf, UNSEARCHED } from "./rows";

export const enum Pattern {
  Var = 0,
  Node = 1,
  Rest = 2,
  Call = 3,
  Clauses = 4,
  Choice = 5,
}

const KIND: usize = 0; // byte offsets into a pattern
const A: usize = 4;
const REST: usize = 8;
const COUNT: usize = 12;
const CHILDREN: usize = 16;

const MAX_MATCH_BYTES: usize = 1 << 26;
const MAX_GOAL_BYTES: usize = 1 << 20;
const MAX_VARS: u32 = 64;
const LOOK: u32 = 1 << 12; // goals between two looks at the clock
const MAX_ELEMENTS: u32 = 64; // children of an unordered node that can be told apart by a mask

let MATCHES: usize = 0;
let matchBytes: usize = 0;
let goals: usize = 0;
let goalTop: usize = 0;
let bound: usize = 0; // a word a variable: class, or address of a row and mask for a rest; 0 = free
let visited: usize = 0; // rows of the match in the making
let visitedCount: u32 = 0;
let rule: u32 = 0;
let varCount: u32 = 0;
let found: u32 = 0;
export let looked: u32 = 0; // roots of the last search
let limit: u32 = 0;
let full: bool = false;
let passedOver: u32 = GONE; // flags of rows that the search at hand does not see
let isAllOver: bool = false;
let isFresh: bool = true; // the root at hand was touched: its matches count
let steps: u32 = 0;
let deadline: f64 = Infinity;

export function clearMatches(): void {
  if (MATCHES == 0) {
    MATCHES = reserve(MAX_MATCH_BYTES);
    goals = reserve(MAX_GOAL_BYTES);
    bound = reserve(MAX_VARS << 4);
    visited = reserve(1 << 14);
  }
  matchBytes = 0;
  full = false;
}

/** Searches end then, whatever they have found: one of many children may try many ways before its next match. */
export function searchUntil(time: f64): void {
  deadline = time;
}

export function firstMatch(): usize {
  return MATCHES;
}

export function matchEnd(): usize {
  return MATCHES + matchBytes;
}

/** True if matches were dropped: a budget or the region is full. */
export function matchesDropped(): bool {
  return full;
}

/** Forgets the matches from one on, and that more were dropped. */
export function dropMatches(from: usize): void {
  matchBytes = from - MATCHES;
  full = false;
}

/** Whether the next search also writes down, without counting them, the matches at rows that were not touched. */
export function searchAllOver(allOver: bool): void {
  isAllOver = allOver;
}

/**
 * Finds the matches of a rule with left side `lhs` and `vars` variables at rows that were touched since a round; at
 * most `most` of them.
 */
export function search(ruleId: u32, lhs: usize, vars: u32, since: u32, most: u32): u32 {
  rule = ruleId;
  varCount = vars;
  found = 0;
  looked = 0;
  limit = most;
  passedOver = UNSEARCHED;
  memory.fill(bound, 0, (<usize>vars) << 4);
  const depth = depthOf(lhs);
  for (let row = newestOf(load<u32>(lhs, A)); row != 0 && !full; row = olderOf(row)) {
    if ((headOf(row) & passedOver) != 0) continue;
    isFresh = isTouched(row, depth, since);
    if (!isFresh && !isAllOver) continue;
    looked++;
    goalTop = 0;
    visitedCount = 0;
    matchRow(lhs, row, 0);
  }
  return found;
}

/** Whether a pattern matches in a class, what is subsumed included. */
export function matchesIn(pattern: usize, vars: u32, cls: u32): bool {
  clearMatches();
  found = 0;
  isFresh = true;
  passedOver = GONE;
  limit = 1;
  varCount = vars;
  goalTop = 0;
  visitedCount = 0;
  memory.fill(bound, 0, (<usize>vars) << 4);
  solve(pushClass(pattern, find(cls), 0));
  return found > 0;
}

/** How many levels below its root a pattern looks, variables included. */
export function depthOf(pattern: usize): u32 {
  let depth: u32 = 0;
  const count = load<u32>(pattern, KIND) == Pattern.Node ? load<u32>(pattern, COUNT) : 0;
  if (count == 0) return load<u32>(pattern, KIND) == Pattern.Node ? 1 : 0;
  for (let i: u32 = 0; i < count; i++)
    depth = max(depth, depthOf(load<u32>(pattern + CHILDREN + ((<usize>i) << 2))));
  return depth + 1;
}

// ---------------------------------------------------------------------------------------- goals

function pushClass(pattern: usize, cls: u32, next: usize): usize {
  const goal = goals + goalTop;
  goalTop += 16;
  store<u32>(goal, <u32>pattern);
  store<u32>(goal + 4, cls);
  store<u32>(goal + 8, <u32>next);
  store<u32>(goal + 12, 0);
  return goal;
}

function pushElements(pattern: usize, row: u32, element: u32, used: u64, next: usize): usize {
  const goal = goals + goalTop;
  goalTop += 32;
  store<u32>(goal, <u32>pattern);
  store<u32>(goal + 4, row);
  store<u32>(goal + 8, <u32>next);
  store<u32>(goal + 12, element + 1);
  store<u64>(goal + 16, used);
  return goal;
}

/** Matches the goals from `goal` on, in every way; each full way is recorded. */
function solve(goal: usize): void {
  if (full) return;
  if (goal == 0) return record();
  if (goalTop + 4096 > MAX_GOAL_BYTES) return;
  if ((++steps & (LOOK - 1)) == 0 && deadline != Infinity && now() > deadline) full = true;
  const top = goalTop;
  const pattern: usize = load<u32>(goal);
  const next: usize = load<u32>(goal + 8);
  const element = load<u32>(goal + 12);
  if (element != 0)
    solveElements(pattern, load<u32>(goal + 4), element - 1, load<u64>(goal + 16), next);
  else if (load<u32>(pattern, KIND) == Pattern.Var)
    solveVar(load<u32>(pattern, A), load<u32>(goal + 4), next);
  else solveNode(pattern, load<u32>(goal + 4), next);
  goalTop = top;
}

function solveVar(variable: u32, cls: u32, next: usize): void {
  const slot = bound + ((<usize>variable) << 4);
  const known = load<u32>(slot);
  if (known != 0) {
    if (find(known) == cls) solve(next);
    return;
  }
  store<u32>(slot, cls);
  solve(next);
  store<u32>(slot, 0);
}

function solveNode(pattern: usize, cls: u32, next: usize): void {
  const op = load<u32>(pattern, A);
  let row = cls;
  do {
    if (opOf(row) == op && (headOf(row) & passedOver) == 0) matchRow(pattern, row, next);
    row = nextNode(row);
  } while (row != cls && !full);
}

function matchRow(pattern: usize, row: u32, next: usize): void {
  const count = load<u32>(pattern, COUNT);
  const arity = arityOf(row);
  const hasRest = load<u32>(pattern, REST) != 0;
  if (hasRest ? arity < count : arity != count) return;
  const top = goalTop;
  put(visited, visitedCount++, row);
  if (opOrder(opOf(row)) == Order.Fixed && !hasRest) {
    let goal = next;
    for (let i = count; i > 0; i--)
      goal = pushClass(
        load<u32>(pattern + CHILDREN + ((<usize>(i - 1)) << 2)),
        childOf(row, i - 1),
        goal,
      );
    solve(goal);
  } else if (arity <= MAX_ELEMENTS) {
    solve(pushElements(pattern, row, 0, 0, next));
  }
  visitedCount--;
  goalTop = top;
}

/** Chooses a child for the next element of an unordered node; what is left is the rest. */
function solveElements(pattern: usize, row: u32, element: u32, used: u64, next: usize): void {
  const count = load<u32>(pattern, COUNT);
  if (element == count) {
    const rest = load<u32>(pattern, REST);
    if (rest == 0) return solve(next);
    const slot = bound + ((<usize>(rest - 1)) << 4);
    store<u32>(slot, row);
    store<u64>(slot + 8, used);
    solve(next);
    store<u32>(slot, 0);
    return;
  }
  const child: usize = load<u32>(pattern + CHILDREN + ((<usize>element) << 2));
  const arity = arityOf(row);
  for (let i: u32 = 0; i < arity && !full; i++) {
    const bit = (<u64>1) << i;
    if ((used & bit) != 0) continue;
    const top = goalTop;
    const rest = pushElements(pattern, row, element + 1, used | bit, next);
    solve(pushClass(child, childOf(row, i), rest));
    goalTop = top;
  }
}

// -------------------------------------------------------------------------------------- matches

/** Writes the bound variables down; which are rests is known by their mask's pattern. */
function record(): void {
  if ((isFresh && found >= limit) || matchBytes + 65536 > MAX_MATCH_BYTES) {
    full = true;
    return;
  }
  if (isFresh) found++;
  const at = MATCHES + matchBytes;
  store<u32>(at + 4, rule);
  store<u32>(at + 8, visitedCount);
  store<u32>(at + 12, varCount);
  const rowsAt = at + 16;
  memory.copy(rowsAt, visited, (<usize>visitedCount) << 2);
  const values = rowsAt + ((<usize>visitedCount) << 2);
  let end = values + ((<usize>varCount) << 2);
  for (let v: u32 = 0; v < varCount; v++) {
    const slot = bound + ((<usize>v) << 4);
    if (!isRest(v)) {
      store<u32>(values + ((<usize>v) << 2), load<u32>(slot));
      continue;
    }
    store<u32>(values + ((<usize>v) << 2), <u32>((end - at) >> 2));
    end = writeRest(load<u32>(slot), load<u64>(slot + 8), end);
  }
  store<u32>(at, <u32>(end - at));
  matchBytes += end - at;
}

function writeRest(row: u32, used: u64, at: usize): usize {
  let count: u32 = 0;
  const arity = arityOf(row);
  for (let i: u32 = 0; i < arity; i++) {
    if (((used >> i) & 1) != 0) continue;
    count++;
    store<u32>(at + ((<usize>count) << 2), childOf(row, i));
  }
  store<u32>(at, count);
  return at + 4 + ((<usize>count) << 2);
}

let restMask: u64 = 0;

/** Which variables of the rule that is searched are rests, as bits. */
export function setRests(mask: u64): void {
  restMask = mask;
}

function isRest(variable: u32): bool {
  return ((restMask >> variable) & 1) != 0;
}

function put(base: usize, index: u32, value: u32): void {
  store<u32>(base + ((<usize>index) << 2), value);
}
