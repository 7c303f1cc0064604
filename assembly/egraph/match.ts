// Matching by patterns as words: every way in which a rule's left side stands in the graph, for rules that are not
// compiled (src/egraph/compiled/), as those with unordered operators, and for goals.
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
//   dropping the front. `hope`: it, or one behind it, may be matched by a row that is new
//     ┌─────────┬───────┬──────┬───────────┬──────┬────────────┐
//     │ pattern │ class │ next │ kind      │ hope │            │   this pattern in this class
//     │ pattern │ row   │ next │ ELEMENTS  │ hope │ n │ at … n │   elements n … of an unordered node, on children that
//     │ CLAUSES │ pair  │ next │ CLAUSE    │ hope │            │   are not at these places; clauses from one on
//     └─────────┴───────┴──────┴───────────┴──────┴────────────┘
//
//   match, u32 words     ┌──────┬──────┬──────────┬───┬───────────┬───────────┐
//   at MATCH             │ size │ rule │ rows  r  │ v │ rows …    │ values …  │  and rest lists: n, class …
//                        └──────┴──────┴──────────┴───┴───────────┴───────────┘
//   A value is a class, or for a rest variable the word of its list within the match.
//
// A search sees the frozen graph (frozen.ts), as compiled ones do, and finds what they would in their order; a goal is
// looked for in the graph as it is.

import { now } from "../host";
import { reserve } from "../memory/regions";
import { isLate } from "./budget";
import { applyMatch, mustStop, stopped } from "./iteration";
import { arityOf, childOf, find, nextNode, opOf, opOrder, Order } from "./egraph";
import {
  AGE_BITS,
  changedAt,
  CLASS,
  classOf,
  frozenRows,
  isLeader,
  joinedAt,
  offsetOf,
  RECORDS,
  ROOTS,
  seek,
} from "./frozen";
import { LEAF } from "./hashcons";
import { GONE, headOf, kidsAt, word } from "./rows";
import { At, restsOf, ruleAt } from "./rules";

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

const enum Goal {
  /** A pattern below another one. */
  Child = 0,
  /** A pattern of a clause, or at the top. */
  Top = 1,
  Elements = 2,
  Clause = 3,
}

const GOAL_BYTES: usize = 24;
const PLACES: usize = 24; // where the places of an unordered node begin

/** A side of a rule has 1,024 parts and a node of it 200 children (abi/patterns.ts): each is a goal once, with places. */
const MOST_GOAL_BYTES: usize = 1 << 21;
const MOST_VARIABLES: u32 = 64;
const MOST_CHILDREN: usize = 65536;
/** Head, rows, values, and a list of all children for each variable. */
const MOST_MATCH_BYTES: usize = 8192 + <usize>MOST_VARIABLES * MOST_CHILDREN * 4;
/** The root of a rule whose left side begins with a variable. */
export const EVERY_CLASS: u32 = 0xffffffff;
const MANY: u32 = 1 << 12; // matches after which a search looks up at the next root
const LOOK: u32 = 1 << 12; // goals between two looks at the clock

let MATCH: usize = 0;
let goals: usize = 0;
let goalTop: usize = 0;
let bound: usize = 0; // a variable: class; or row of a rest, places that are not in it, their number. 0 = free
let visited: usize = 0; // rows of the match in the making
let visitedCount: u32 = 0;
let newCount: u32 = 0; // of them that are new
let rule: u32 = 0;
let varCount: u32 = 0;
let since: u32 = 0; // rows that joined at it or later are new
let isLive: bool = false; // a goal is looked for, in the graph as it is
let isCounting: bool = false; // matches are not applied
let found: u32 = 0;
let limit: u32 = 0;
let isFull: bool = false; // no more is looked for
let steps: u32 = 0; // goals looked at for the root at hand
let passedOver: u32 = 0; // matches of the root at hand that were done before
let deadline: f64 = Infinity;

/** Matches of the root at hand that are done, where a search stopped in the middle of it, and goals looked at until then. */
export let atMatch: u32 = 0;
export let atSteps: u32 = 0;

export function reserveMatches(): void {
  MATCH = reserve(MOST_MATCH_BYTES);
  goals = reserve(MOST_GOAL_BYTES);
  bound = reserve((<usize>MOST_VARIABLES) << 4);
  visited = reserve(1 << 14);
}

/** The next search begins its first root anew. */
export function forgetMatches(): void {
  atMatch = 0;
  atSteps = 0;
}

/** A search for a goal ends then, whatever it has found: one of many children may try many ways. */
export function searchUntil(time: f64): void {
  deadline = time;
}

// -------------------------------------------------------------------------------------- left sides

export function hasClauses(left: usize): bool {
  return load<u32>(left, KIND) == Pattern.Clauses;
}

/** What stands at the top of a left side: of its first clause. */
function topOf(left: usize): usize {
  return hasClauses(left) ? load<u32>(left, CHILDREN + 4) : <u32>left;
}

/** The operator at the top of a left side, or EVERY_CLASS. */
export function rootOf(left: usize): u32 {
  const top = topOf(left);
  return load<u32>(top, KIND) == Pattern.Node ? load<u32>(top, A) : EVERY_CLASS;
}

/** Whether a match has one row, that of its root. */
export function looksAtRoot(left: usize): bool {
  return load<u32>(left, KIND) == Pattern.Node && !isDeep(left);
}

// ------------------------------------------------------------------------------------ what is asked

/**
 * Applies the matches of a rule whose root stands in ROOTS (or, of any class, in the rows) from one to another, and
 * which have a row that joined at `newSince` or later. Gives the first root that is not done: `to`, or an earlier one
 * after many matches or where the run must stop; the next search goes on with it.
 */
export function search(ruleId: u32, from: u32, to: u32, newSince: u32): u32 {
  begin(ruleId, newSince, false);
  found = 0;
  limit = u32.MAX_VALUE;
  for (let at = from; at < to; at++) {
    if (stopped != 0 || found >= MANY) return at;
    passedOver = atMatch;
    atMatch = 0;
    matchRoot(at);
    if (isFull) {
      atSteps = steps;
      return at;
    }
    forgetMatches();
  }
  return to;
}

/** Matches of the last search, those that had been found before not counted. */
export function foundNow(): u32 {
  return found;
}

/** The number of matches of a rule at such roots, up to `most`. */
export function count(ruleId: u32, from: u32, to: u32, newSince: u32, most: u32): u32 {
  begin(ruleId, newSince, true);
  found = 0;
  limit = most;
  for (let at = from; at < to && found < most && stopped == 0; at++) matchRoot(at);
  return found;
}

/** Whether a pattern matches in a class, what is subsumed included. */
export function matchesIn(pattern: usize, vars: u32, cls: u32): bool {
  isLive = true;
  isCounting = true;
  passedOver = 0;
  since = 0;
  varCount = vars;
  found = 0;
  limit = 1;
  startRoot();
  solve(pushClass(pattern, find(cls), 0, Goal.Top));
  return found > 0;
}

function begin(ruleId: u32, newSince: u32, counts: bool): void {
  rule = ruleId;
  varCount = load<u32>(ruleAt(ruleId), At.Variables);
  since = newSince;
  isLive = false;
  isCounting = counts;
  passedOver = 0;
}

function startRoot(): void {
  isFull = false;
  goalTop = 0;
  visitedCount = 0;
  newCount = 0;
  steps = 0;
  memory.fill(bound, 0, (<usize>varCount) << 4);
}

/** All matches at a root: a place in ROOTS, or a row that leads a class. */
function matchRoot(at: u32): void {
  startRoot();
  const left: usize = load<u32>(ruleAt(rule), At.Left);
  const isOfClauses = hasClauses(left);
  const top = topOf(left);
  const next = isOfClauses ? pushClause(left, 2) : 0;
  if (load<u32>(top, KIND) == Pattern.Node) {
    const row = load<u32>(RECORDS + ((<usize>word(ROOTS, at)) << 4));
    if (isOfClauses) bind(load<u32>(left, CHILDREN), classOf(row));
    visit(row, isOfClauses ? joinedAt(row) : changedAt(row));
    matchChildren(top, row, next);
  } else if (isLeader(at)) {
    if (isOfClauses) bind(load<u32>(left, CHILDREN), at);
    visit(at, changedAt(at));
    solveVar(load<u32>(top, A), at, next);
  }
}

function visit(row: u32, joined: u32): void {
  put(visited, visitedCount++, row);
  if (joined >= since) newCount++;
}

function leave(row: u32, joined: u32): void {
  visitedCount--;
  if (joined >= since) newCount--;
}

// ---------------------------------------------------------------------------------------- goals

function push(kind: Goal, pattern: usize, at: u32, next: usize, hope: bool, places: usize): usize {
  const goal = goals + goalTop;
  goalTop += (GOAL_BYTES + (places << 2) + 7) & ~7;
  store<u32>(goal, <u32>pattern);
  store<u32>(goal, at, 4);
  store<u32>(goal, <u32>next, 8);
  store<u32>(goal, kind, 12);
  store<u32>(goal, u32(hope || (next != 0 && load<u32>(next, 16) != 0)), 16);
  store<u32>(goal, <u32>places, 20);
  return goal;
}

function pushClass(pattern: usize, cls: u32, next: usize, kind: Goal): usize {
  const isNode = load<u32>(pattern, KIND) == Pattern.Node;
  const hope = isNode && (isLive || newestIn(cls) >= since || isDeep(pattern));
  return push(kind, pattern, cls, next, hope, 0);
}

/** The clauses of a left side from one on; 0 where there are no more. */
function pushClause(clauses: usize, pair: u32): usize {
  return pair < load<u32>(clauses, COUNT) ? push(Goal.Clause, clauses, pair, 0, true, 0) : 0;
}

/** When a row last joined a class, as far as searches see them. */
function newestIn(cls: u32): u32 {
  return load<u32>(CLASS + <usize>offsetOf(cls), 8);
}

/** Whether a pattern looks into the classes of its node's children. */
function isDeep(pattern: usize): bool {
  const children = load<u32>(pattern, COUNT);
  for (let i: u32 = 0; i < children; i++)
    if (load<u32>(child(pattern, i), KIND) == Pattern.Node) return true;
  return false;
}

function child(pattern: usize, i: u32): usize {
  return load<u32>(pattern + ((<usize>i) << 2), CHILDREN);
}

/** Matches the goals from `goal` on, in every way. */
function solve(goal: usize): void {
  if (newCount == 0 && !isLive && (goal == 0 || load<u32>(goal, 16) == 0)) return;
  if (goal == 0) return take();
  if ((++steps & (LOOK - 1)) == 0 && isTimeUp()) isFull = true;
  if (isFull) return;
  const top = goalTop;
  const pattern: usize = load<u32>(goal);
  const at = load<u32>(goal, 4);
  const next: usize = load<u32>(goal, 8);
  const kind = load<u32>(goal, 12);
  if (kind == Goal.Elements) solveElements(goal, pattern, at, next);
  else if (kind == Goal.Clause) solveClause(pattern, at);
  else if (load<u32>(pattern, KIND) == Pattern.Var) solveVar(load<u32>(pattern, A), at, next);
  else if (kind == Goal.Child && isLeaf(pattern)) solveLeaf(load<u32>(pattern, A), at, next);
  else if (isLive) solveLive(pattern, at, next);
  else solveNode(pattern, at, next);
  goalTop = top;
}

/** A search that goes on with a root comes further each time before it looks at the clock. */
function isTimeUp(): bool {
  if (isLive) return deadline != Infinity && now() > deadline;
  if (isCounting) return mustStop(0) != 0;
  return steps > atSteps && isLate();
}

function bind(variable: u32, cls: u32): void {
  store<u32>(bound + ((<usize>variable) << 4), cls);
}

function solveVar(variable: u32, cls: u32, next: usize): void {
  const known = load<u32>(bound + ((<usize>variable) << 4));
  if (known != 0) {
    if ((isLive ? find(known) : known) == cls) solve(next);
    return;
  }
  bind(variable, cls);
  solve(next);
  bind(variable, 0);
}

function solveClause(clauses: usize, pair: u32): void {
  const at = clauses + ((<usize>pair) << 2);
  const cls = load<u32>(bound + ((<usize>load<u32>(at, CHILDREN)) << 4));
  if (cls != 0)
    solve(pushClass(load<u32>(at, CHILDREN + 4), cls, pushClause(clauses, pair + 2), Goal.Top));
}

/** A leaf without children below a node; it is not among the rows of a match. */
function isLeaf(pattern: usize): bool {
  return load<u32>(pattern, COUNT) == 0 && opOrder(load<u32>(pattern, A)) == <u32>Order.Fixed;
}

function solveLeaf(op: u32, cls: u32, next: usize): void {
  const row = word(LEAF, op);
  if (row == 0 || (isLive ? find(row) : knownClassOf(row)) != cls) return;
  const isNew = !isLive && joinedAt(row) >= since;
  if (isNew) newCount++;
  solve(next);
  if (isNew) newCount--;
}

/** The class of a row when the graph was frozen; 0 for a row that was made since. */
function knownClassOf(row: u32): u32 {
  return row < frozenRows ? classOf(row) : 0;
}

function solveLive(pattern: usize, cls: u32, next: usize): void {
  const op = load<u32>(pattern, A);
  let row = cls;
  do {
    if (opOf(row) == op && (headOf(row) & GONE) == 0) matchChildren(pattern, row, next);
    row = nextNode(row);
  } while (row != cls && !isFull);
}

function solveNode(pattern: usize, cls: u32, next: usize): void {
  const op = load<u32>(pattern, A);
  const at = offsetOf(cls);
  const end = RECORDS + ((<usize>load<u32>(CLASS + <usize>at, 4)) << 4);
  for (let record = RECORDS + seek(at, op); record < end && !isFull; record += 16) {
    if (load<u32>(record, 4) >> AGE_BITS != op) return;
    const row = load<u32>(record);
    const joined = joinedAt(row);
    visit(row, joined);
    matchChildren(pattern, row, next);
    leave(row, joined);
  }
}

function kidOf(row: u32, i: u32): u32 {
  return isLive ? childOf(row, i) : load<u32>(kidsAt(row) + ((<usize>i) << 2));
}

function matchChildren(pattern: usize, row: u32, next: usize): void {
  const patterns = load<u32>(pattern, COUNT);
  const arity = arityOf(row);
  const hasRest = load<u32>(pattern, REST) != 0;
  if (hasRest ? arity < patterns : arity != patterns) return;
  const top = goalTop;
  if (opOrder(opOf(row)) != <u32>Order.Fixed) solve(pushElements(pattern, row, next, 0));
  else {
    let goal = next;
    for (let i = patterns; i > 0; i--)
      goal = pushClass(child(pattern, i - 1), kidOf(row, i - 1), goal, Goal.Child);
    solve(goal);
  }
  goalTop = top;
}

function pushElements(pattern: usize, row: u32, next: usize, places: u32): usize {
  return push(Goal.Elements, pattern, row, next, isDeep(pattern), places);
}

/** Chooses a child for the next element of an unordered node; what is left is the rest. */
function solveElements(goal: usize, pattern: usize, row: u32, next: usize): void {
  const element = load<u32>(goal, 20);
  const places = goal + PLACES;
  if (element == load<u32>(pattern, COUNT))
    return solveRest(load<u32>(pattern, REST), row, places, element, next);
  const arity = arityOf(row);
  for (let i: u32 = 0; i < arity && !isFull; i++) {
    if (isAmong(places, element, i) || isTwin(row, places, element, i)) continue;
    const top = goalTop;
    const others = pushElements(pattern, row, next, element + 1);
    memory.copy(others + PLACES, places, (<usize>element) << 2);
    put(others + PLACES, element, i);
    solve(pushClass(child(pattern, element), kidOf(row, i), others, Goal.Child));
    goalTop = top;
  }
}

/** Of children that are the same, which stand side by side, the first that is left is taken: each match once. */
function isTwin(row: u32, places: usize, count: u32, i: u32): bool {
  return i > 0 && kidOf(row, i) == kidOf(row, i - 1) && !isAmong(places, count, i - 1);
}

function isAmong(places: usize, count: u32, place: u32): bool {
  for (let i: u32 = 0; i < count; i++) if (word(places, i) == place) return true;
  return false;
}

function solveRest(rest: u32, row: u32, places: usize, count: u32, next: usize): void {
  if (rest == 0) return solve(next);
  const slot = bound + ((<usize>(rest - 1)) << 4);
  store<u32>(slot, row);
  store<u32>(slot, <u32>places, 4);
  store<u32>(slot, count, 8);
  solve(next);
  store<u32>(slot, 0);
}

// -------------------------------------------------------------------------------------- matches

/** A match is there: it is counted, or applied. */
function take(): void {
  if (passedOver > 0) {
    passedOver--;
    atMatch++;
    return;
  }
  found++;
  if (isCounting) {
    if (found >= limit) isFull = true;
    return;
  }
  writeDown();
  if (applyMatch(MATCH) == 0) found--;
  else atMatch++;
  if (stopped != 0) isFull = true;
}

function writeDown(): void {
  store<u32>(MATCH, rule, 4);
  store<u32>(MATCH, visitedCount, 8);
  store<u32>(MATCH, varCount, 12);
  const rests = restsOf(rule);
  const rows = MATCH + 16;
  memory.copy(rows, visited, (<usize>visitedCount) << 2);
  const values = rows + ((<usize>visitedCount) << 2);
  let end = values + ((<usize>varCount) << 2);
  for (let v: u32 = 0; v < varCount; v++) {
    const slot = bound + ((<usize>v) << 4);
    if (((rests >> v) & 1) == 0) put(values, v, load<u32>(slot));
    else {
      put(values, v, <u32>((end - MATCH) >> 2));
      end = writeRest(slot, end);
    }
  }
  store<u32>(MATCH, <u32>(end - MATCH));
}

function writeRest(slot: usize, at: usize): usize {
  const row = load<u32>(slot);
  const places: usize = load<u32>(slot, 4);
  const without = load<u32>(slot, 8);
  let given: u32 = 0;
  const arity: u32 = row == 0 ? 0 : arityOf(row); // nothing, where the left side does not name it
  for (let i: u32 = 0; i < arity; i++) {
    if (isAmong(places, without, i)) continue;
    given++;
    put(at, given, kidOf(row, i));
  }
  store<u32>(at, given);
  return at + 4 + ((<usize>given) << 2);
}

function put(base: usize, index: u32, value: u32): void {
  store<u32>(base + ((<usize>index) << 2), value);
}
