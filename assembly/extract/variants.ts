// Several plans: distinct, and as different as their prices allow. A variant is found like the first plan, with
// a surcharge on every node for each variant that has it. Where that only gives plans that are there already,
// nodes are banned until the trees make a new plan or there is none (or the tries are used up): a plan differs
// from a variant if, and only if, it lacks one of its nodes.
//
//   PLANS   u32 × c × count   choices of a variant; NONE where it does not use the class
//   PRICES  f64 × n           price and surcharge
//   HAS     u32 × n           variants that have the node

import { now } from "../host";
import {
  byte,
  double,
  fillWords,
  newDoubles,
  newWords,
  roomLeft,
  setByte,
  setDouble,
  setWord,
  word,
} from "./arrays";
import { answer, dagCost, measure, usedClasses, usedCount } from "./answer";
import { anneal, beginSearch, below, bestChoices, descendFrom } from "./local";
import { c, cost, dominated, n, nodeAt, NONE, owner } from "./problem";
import { bannedNodes, findTrees, treeChoices } from "./tree";

const FIRST_SURCHARGE: f64 = 0.5; // of the mean price of a class
const TRIES: u32 = 4; // surcharges for one variant, each 4 times the last
const PLAN_BYTES: f64 = 536870912; // of all variants
const BAN_BYTES: f64 = 268435456; // of the lists that banning makes
const BAN_TRIES: u32 = 256; // trees made for one variant, when surcharges bring nothing new

let PLANS: usize = 0;
let PRICES: usize = 0;
let HAS: usize = 0;
let count: u32 = 0;
let bansLeft: u32 = 0;
let deadline: f64 = 0;

/** Room for variants; for fewer, where so many do not fit. Gives how many. */
export function newVariants(wanted: u32): u32 {
  const fitting = min(PLAN_BYTES, roomLeft() / 2) / <f64>(4 * max(1, c));
  const most = <u32>max(1, min(<f64>wanted, fitting));
  PLANS = newWords(c * most);
  PRICES = newDoubles(n);
  HAS = newWords(n);
  count = 0;
  return most;
}

/** Makes a variant the answer. */
export function showVariant(i: u32): void {
  if (i < count) answer(plan(i));
}

function plan(i: u32): usize {
  return PLANS + ((<usize>i * <usize>c) << 2);
}

/** The best plan of the search, then others; how many there are. */
export function findVariants(most: u32, seed: u32, moves: f64, deadline_: f64): u32 {
  deadline = deadline_;
  // A dominated node is no cheaper, but makes another plan.
  memory.fill(dominated, 0, n);
  measure(bestChoices());
  keep(bestChoices());
  while (count < most) {
    const share = 1 / <f64>(most - count);
    const start = now();
    if (start >= deadline) break;
    const end = start + (deadline - start) * share;
    if (!surcharged(seed + count, moves / <f64>most, end) && !banned()) break;
  }
  return count;
}

/** Keeps the plan that was measured last. */
function keep(choices: usize): void {
  const at = plan(count++);
  fillWords(at, c, NONE);
  for (let i: u32 = 0; i < usedCount(); i++) {
    const cls = word(usedClasses(), i);
    const node = word(choices, cls);
    setWord(at, cls, node);
    setWord(HAS, node, word(HAS, node) + 1);
  }
}

/** Whether the plan that was measured last is a variant already. */
function isKnown(choices: usize): bool {
  for (let i: u32 = 0; i < count; i++) if (isPlan(choices, plan(i))) return true;
  return false;
}

function isPlan(choices: usize, known: usize): bool {
  for (let i: u32 = 0; i < usedCount(); i++) {
    const cls = word(usedClasses(), i);
    if (word(choices, cls) != word(known, cls)) return false;
  }
  return true;
}

// --------------------------------------------------------------------------------------- surcharges

function surcharged(seed: u32, moves: f64, end: f64): bool {
  const mean = abs(dagCost()) / <f64>max(1, usedCount());
  let surcharge = (mean > 0 ? mean : 1) * FIRST_SURCHARGE;
  for (let i: u32 = 0; i < TRIES; i++) {
    setPrices(surcharge);
    findTrees(PRICES);
    const start = now();
    beginSearch(PRICES, seed, moves / <f64>TRIES, start + (end - start) / <f64>(TRIES - i));
    descendFrom(treeChoices());
    anneal();
    measure(bestChoices());
    if (!isKnown(bestChoices())) {
      keep(bestChoices());
      return true;
    }
    surcharge *= 4;
  }
  return false;
}

/** Prices from 0 up, for trees and for the search. */
function setPrices(surcharge: f64): void {
  for (let node: u32 = 0; node < n; node++)
    setDouble(PRICES, node, max(0, double(cost, node)) + surcharge * <f64>word(HAS, node));
}

// --------------------------------------------------------------------------------------------- bans

function banned(): bool {
  setPrices(0);
  bansLeft = min(BAN_TRIES, <u32>(min(BAN_BYTES, roomLeft() / 2) / <f64>(4 * max(1, c))));
  const isFound = banOn();
  memory.fill(bannedNodes(), 0, n);
  return isFound;
}

/** Makes trees under the bans; while they are a variant, bans one of its nodes more. */
function banOn(): bool {
  if (bansLeft == 0 || now() >= deadline) return false;
  bansLeft--;
  if (!findTrees(PRICES) || !measure(treeChoices())) return false;
  if (!isKnown(treeChoices())) {
    keep(treeChoices());
    return true;
  }
  const used = usedCount();
  const nodes = newWords(used);
  for (let i: u32 = 0; i < used; i++)
    setWord(nodes, i, word(treeChoices(), word(usedClasses(), i)));
  const first = below(used);
  for (let i: u32 = 0; i < used; i++) {
    const node = word(nodes, (first + i) % used);
    if (!hasOther(word(owner, node))) continue;
    setByte(bannedNodes(), node, 1);
    if (banOn()) return true;
    setByte(bannedNodes(), node, 0);
  }
  return false;
}

/** Whether the class can still be computed by two of its nodes. */
function hasOther(cls: u32): bool {
  let left: u32 = 0;
  for (let node = word(nodeAt, cls); node < word(nodeAt, cls + 1); node++)
    left += 1 - byte(bannedNodes(), node);
  return left > 1;
}
