// The cheapest tree of every class, exactly, where a shared part costs as often as it is used (Knuth 1977,
// "A generalization of Dijkstra's algorithm"): the cheapest node whose children are all settled settles
// its class. Prices must not be negative. Among equal costs the node that the host wrote first wins.
//
//   BEST     f64 × c   cost of the cheapest tree; infinity where there is none
//   CHOICE   u32 × c   its node, or NONE
//   MISSING  u32 × n   children that are not settled yet
//   BANNED   u8 × n    1: may not be chosen (variants.ts)

import {
  byte,
  double,
  fillWords,
  newBytes,
  newDoubles,
  newWords,
  setDouble,
  setWord,
  word,
} from "./arrays";
import { clearHeap, heapSize, pop, push, topKey } from "./heap";
import {
  c,
  child,
  childAt,
  coreNode,
  n,
  NONE,
  owner,
  parent,
  parentAt,
  problemNode,
  root,
  rootCount,
} from "./problem";

let BEST: usize = 0;
let CHOICE: usize = 0;
let MISSING: usize = 0;
let BANNED: usize = 0;

export function newTree(): void {
  BEST = newDoubles(c);
  CHOICE = newWords(c);
  MISSING = newWords(n);
  BANNED = newBytes(n);
}

export function treeCosts(): usize {
  return BEST;
}

export function treeChoices(): usize {
  return CHOICE;
}

export function bannedNodes(): usize {
  return BANNED;
}

/** The cheapest trees by the prices at `prices`; whether every root has one. */
export function findTrees(prices: usize): bool {
  clearHeap();
  fillWords(CHOICE, c, NONE);
  for (let cls: u32 = 0; cls < c; cls++) setDouble(BEST, cls, Infinity);
  for (let node: u32 = 0; node < n; node++) {
    const arity = word(childAt, node + 1) - word(childAt, node);
    setWord(MISSING, node, arity);
    if (arity == 0 && byte(BANNED, node) == 0) push(double(prices, node), problemNode(node));
  }
  while (heapSize() > 0) {
    const price = topKey();
    const node = coreNode(pop());
    if (word(CHOICE, word(owner, node)) == NONE) settle(node, price, prices);
  }
  for (let i: u32 = 0; i < rootCount; i++) if (word(CHOICE, word(root, i)) == NONE) return false;
  return true;
}

function settle(node: u32, price: f64, prices: usize): void {
  const cls = word(owner, node);
  setWord(CHOICE, cls, node);
  setDouble(BEST, cls, price);
  for (let k = word(parentAt, cls); k < word(parentAt, cls + 1); k++) {
    const user = word(parent, k);
    const missing = word(MISSING, user) - 1;
    setWord(MISSING, user, missing);
    if (missing > 0 || byte(BANNED, user) != 0) continue;
    if (word(CHOICE, word(owner, user)) == NONE) push(costOf(user, prices), problemNode(user));
  }
}

function costOf(node: u32, prices: usize): f64 {
  let sum = double(prices, node);
  for (let k = word(childAt, node); k < word(childAt, node + 1); k++)
    sum += double(BEST, word(child, k));
  return sum;
}
