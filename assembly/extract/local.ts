// Local search over plans: descent, then simulated annealing in rounds that double, each from the best plan.
// The walk depends on the seed only; budgets say where it ends, and more of them never gives a dearer plan.
//
//   BESTS  u32 × c   choices of the best plan; of what it does not use, what the search had then
//   TRIED  u32 × c   the same with what the exact search found

import { now } from "../host";
import { newWords, word } from "./arrays";
import { dagCost, measure, usedClasses, usedCount } from "./answer";
import { isSmall, lowerBound, searchExactly } from "./exact";
import { workOfKernel } from "./kernel";
import { c, child, childAt, nodeAt, NONE, owner, parent, parentAt } from "./problem";
import {
  avoid,
  begin,
  change,
  choiceOf,
  choices,
  effort,
  isChosen,
  isUsed,
  mark,
  mayChoose,
  needs,
  openClass,
  openCount,
  priceOf,
  recount,
  settle,
  takeBack,
  total,
} from "./plan";
import { isHopeless } from "./rounding";
import { treeChoices } from "./tree";

const CLOCK_EFFORT: i64 = 1 << 14;
const FIRST_ROUND: f64 = 2000; // moves, and ROUND_SHARE for every class with an alternative
const ROUND_SHARE: f64 = 20;
const HOT: f64 = 1; // temperatures, as parts of the mean price of a class
const COLD: f64 = 0.04;
const USERS: u32 = 256; // users of a class that one move changes
const LOOK: u32 = 64; // nodes that are compared for one of them
const FIRST_WORK: i64 = 1 << 21; // of the exact search, doubled each time
const ANNEALING: i64 = 3; // times the effort, between two exact searches; as much where they are likely to end
const MOST_WORK: i64 = 1 << 40;

let BESTS: usize = 0;
let TRIED: usize = 0;
let bestTotal: f64 = Infinity;
let prices: usize = 0;
let random: u64 = 0;
let moves: f64 = 0;
let mostMoves: f64 = 0;
let deadline: f64 = 0;
let nextClock: i64 = 0;
let passes: i64 = 0; // over all classes
let isOver: bool = false;
let lastGain: f64 = 0;

export function newSearch(): void {
  BESTS = newWords(c);
  TRIED = newWords(c);
}

/** Sets prices, seed and budgets, and forgets the best plan. */
export function beginSearch(prices_: usize, seed: u32, mostMoves_: f64, deadline_: f64): void {
  prices = prices_;
  random = ((<u64>seed) << 1) + 1;
  moves = 0;
  mostMoves = mostMoves_;
  deadline = deadline_;
  nextClock = effort;
  passes = 0;
  isOver = false;
  lastGain = 0;
  bestTotal = Infinity;
}

export function bestChoices(): usize {
  return BESTS;
}

export function movesDone(): f64 {
  return moves;
}

/** Takes choices that do not need themselves as a plan, and improves it until no single change helps. */
export function descendFrom(from: usize): void {
  if (!measure(from)) return;
  begin(from, treeChoices(), usedClasses(), usedCount(), prices);
  keepBest();
  descend();
}

// ------------------------------------------------------------------------------------------- budget

function spend(): bool {
  moves++;
  const sum = spent();
  if (sum >= nextClock) {
    nextClock = sum + CLOCK_EFFORT;
    if (now() >= deadline) isOver = true;
  }
  if (moves >= mostMoves) isOver = true;
  return !isOver;
}

/** Effort so far. */
function spent(): i64 {
  return effort + 8 * <i64>moves + passes * <i64>c;
}

function keepBest(): void {
  if (!(total < bestTotal - tolerance())) return;
  passes++;
  if (!(recount() < bestTotal)) return;
  bestTotal = total;
  lastGain = moves;
  memory.copy(BESTS, choices(), (<usize>c) << 2);
}

/** Differences below it are rounding. */
function tolerance(): f64 {
  return max(1e-11 * abs(total), f64.MIN_NORMAL_VALUE);
}

// ------------------------------------------------------------------------------------------ descent

function descend(): void {
  let gained = true;
  while (gained && !isOver) {
    gained = false;
    for (let i: u32 = 0; i < openCount() && !isOver; i++) if (improve(openClass(i))) gained = true;
    settle();
    recount();
    passes++;
  }
  keepBest();
}

function improve(cls: u32): bool {
  let gained = false;
  for (let node = word(nodeAt, cls); node < word(nodeAt, cls + 1); node++) {
    if (node == choiceOf(cls) || !mayChoose(node)) continue;
    if (!spend()) break;
    if (!change(cls, node, -tolerance())) continue;
    gained = true;
    settle();
    if (!isUsed(cls)) break;
  }
  return gained;
}

// ---------------------------------------------------------------------------------------- annealing

/**
 * Looks for what is cheaper, by exact search and annealing in turn, until a budget ends, it is shown that nothing is,
 * or a long time has brought nothing. Then the exact search alone has what is left of the time.
 */
export function proveOrAnneal(): void {
  beginAnnealing();
  let work = FIRST_WORK;
  let next = workOfKernel() <= FIRST_WORK ? spent() : spent() + workOfKernel();
  while (!isSettled()) {
    if (spent() >= next) {
      work = prove(work);
      next = spent() + (isSmall() ? work : ANNEALING * work);
    } else if (!annealOn()) break;
  }
  // Where moves are counted, as often as these rounds have it, but once at least.
  while (!isSettled() && (deadline < Infinity || work == FIRST_WORK) && work <= MOST_WORK)
    work = prove(work);
}

/** Whether it is shown that no plan is cheaper. */
export function isOptimal(): bool {
  return isHopeless(lowerBound, bestTotal);
}

function isSettled(): bool {
  return isOver || isOptimal();
}

/** Gives what the next search may do. */
function prove(work: i64): i64 {
  if (isSettled()) return work;
  memory.copy(TRIED, BESTS, (<usize>c) << 2);
  if (searchExactly(TRIED, work, deadline) && measure(TRIED) && dagCost() < bestTotal) {
    bestTotal = dagCost();
    lastGain = moves;
    memory.copy(BESTS, TRIED, (<usize>c) << 2);
  }
  if (now() >= deadline) isOver = true;
  return 2 * work;
}

let patience: f64 = 0;
let length: f64 = 0;
let round: u32 = 0;

/** Anneals until a budget ends, or until a long time has brought nothing. */
export function anneal(): void {
  beginAnnealing();
  while (!isOver && annealOn());
}

function beginAnnealing(): void {
  const alternatives = countAlternatives();
  patience = alternatives > 0 ? 20000 + 50 * alternatives * alternatives : 0;
  length = FIRST_ROUND + ROUND_SHARE * <f64>openCount();
  round = 0;
}

/** One round; false if there is no use in another. */
function annealOn(): bool {
  if (moves - lastGain >= patience || !measure(BESTS)) return false;
  begin(BESTS, treeChoices(), usedClasses(), usedCount(), prices);
  passes += 2;
  runRound(length, round++);
  descend();
  length *= 2;
  return true;
}

function countAlternatives(): f64 {
  let count: f64 = 0;
  for (let cls: u32 = 0; cls < c; cls++) {
    let choosable: f64 = 0;
    for (let node = word(nodeAt, cls); node < word(nodeAt, cls + 1); node++)
      if (mayChoose(node)) choosable++;
    count += max(0, choosable - 1);
  }
  return count;
}

function runRound(length: f64, round: u32): void {
  const mean = abs(total) / <f64>max(1, usedCount());
  const hot = mean * HOT * heatOf(round);
  const cooling = Math.log(COLD / HOT);
  const start = moves;
  const end = moves + length;
  while (!isOver && moves < end && openCount() > 0) {
    const temperature = hot * Math.exp((cooling * (moves - start)) / length);
    const limit = -temperature * Math.log(fraction());
    const kind = below(16);
    if (kind < 12) changeOne(limit);
    else if (kind < 14) shutOne(limit);
    else pullOne(limit);
    settle();
    if (total < bestTotal) keepBest();
  }
}

/** Rounds that search around the best plan, near it, and far from it, in turn. */
function heatOf(round: u32): f64 {
  const turn = round % 3;
  return turn == 0 ? 1 : turn == 1 ? 0.2 : 3;
}

function changeOne(limit: f64): void {
  const cls = openClass(below(openCount()));
  const node = otherNode(cls);
  if (node != NONE && spend()) change(cls, node, limit);
}

/** A node of the class that is not chosen, or NONE if a few draws give none. */
function otherNode(cls: u32): u32 {
  const from = word(nodeAt, cls);
  const count = word(nodeAt, cls + 1) - from;
  for (let draw: u32 = 0; draw < 3; draw++) {
    const node = from + below(count);
    if (node != choiceOf(cls) && mayChoose(node)) return node;
  }
  spend();
  return NONE;
}

/** Takes a class out of the plan: whatever uses it is computed otherwise. */
function shutOne(limit: f64): void {
  const node = choiceOf(openClass(below(openCount())));
  const arity = word(childAt, node + 1) - word(childAt, node);
  if (!spend() || arity == 0) return;
  const shut = word(child, word(childAt, node) + below(arity));
  const before = total;
  const from = mark();
  avoid(shut);
  const done = replaceUsers(shut);
  avoid(NONE);
  if (!done || isUsed(shut) || total - before > limit) takeBack(from, before);
}

function replaceUsers(shut: u32): bool {
  let changed: u32 = 0;
  for (let k = word(parentAt, shut); k < word(parentAt, shut + 1); k++) {
    const user = word(parent, k);
    if (!isChosen(user)) continue;
    const node = cheapestOther(user, shut);
    if (node == NONE || changed++ == USERS || !spend()) return false;
    if (!change(word(owner, user), node, Infinity)) return false;
  }
  return true;
}

/** Another node of the user's class that does not need the class that is shut. */
function cheapestOther(user: u32, shut: u32): u32 {
  const cls = word(owner, user);
  const end = min(word(nodeAt, cls + 1), word(nodeAt, cls) + LOOK);
  let cheapest = NONE;
  let least = Infinity;
  for (let node = word(nodeAt, cls); node < end; node++) {
    if (node == user || !mayChoose(node) || needs(node, shut)) continue;
    const price = priceOf(node, least);
    if (!(price < least)) continue;
    cheapest = node;
    least = price;
  }
  return cheapest;
}

/** Takes another node into the plan, and has others use its children where that costs nothing. */
function pullOne(limit: f64): void {
  const cls = openClass(below(openCount()));
  const node = otherNode(cls);
  if (node == NONE || !spend()) return;
  const before = total;
  const from = mark();
  if (!change(cls, node, Infinity)) return;
  for (let k = word(childAt, node); k < word(childAt, node + 1) && !isOver; k++)
    gatherUsers(word(child, k));
  if (total - before > limit) takeBack(from, before);
}

function gatherUsers(pulled: u32): void {
  const from = word(parentAt, pulled);
  const count = word(parentAt, pulled + 1) - from;
  const start = below(count);
  for (let i: u32 = 0; i < min(count, USERS); i++) {
    const user = word(parent, from + ((start + i) % count));
    if (!isUsed(word(owner, user)) || isChosen(user) || !mayChoose(user)) continue;
    if (!spend()) return;
    change(word(owner, user), user, tolerance());
  }
}

// ------------------------------------------------------------------------------------------- chance

/** The next word of splitmix64 (Steele, Lea, Flood 2014). */
function nextRandom(): u64 {
  random += 0x9e3779b97f4a7c15;
  let z = random;
  z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
  z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
  return z ^ (z >> 31);
}

/** A whole number below `count`. */
export function below(count: u32): u32 {
  return <u32>(((nextRandom() >> 32) * <u64>count) >> 32);
}

/** Above 0, at most 1. */
function fraction(): f64 {
  return (<f64>(nextRandom() >> 11) + 1) / 9007199254740992;
}
