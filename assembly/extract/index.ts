// Extraction over a flat problem (problem.ts): the host makes a problem, writes its arrays, calls one of the
// verbs here, and reads the answer. A verb gives 0, or what is wrong (the constants of problem.ts) and `faultAt`.
//
//   problem ─► core ─► trees ──────────────────────────────► answer     extractTrees
//                        └─► greedy ─► descent ─► annealing and exact search in turn ─► answer     extractDag
//                                                   └─► variants                              extractVariants

import { now } from "../host";
import { double, newDoubles, setDouble } from "./arrays";
import { answer, answerAll, dagCost, measure, newAnswer } from "./answer";
import { lowerBound, newExact } from "./exact";
import { greedyChoices, runGreedy } from "./greedy";
import {
  anneal,
  beginSearch,
  bestChoices,
  descendFrom,
  isOptimal,
  newSearch,
  proveOrAnneal,
} from "./local";
import { newPlan } from "./plan";
import {
  clearProblem,
  cost,
  hasNegative,
  n,
  newProblem as makeProblem,
  OK,
  prepare,
  refuseNegative,
} from "./problem";
import { findTrees, newTree, treeChoices, treeCosts } from "./tree";
import { findVariants, newVariants } from "./variants";

export { answerChoices, answerCosts, dagCost, treeCost } from "./answer";
export { movesDone } from "./local";
export {
  faultAt,
  problemChildren,
  problemChildStarts,
  problemClasses,
  problemCosts,
  problemRoots,
} from "./problem";
export { showVariant } from "./variants";

const GREEDY_WORK: i64 = 1 << 29;
const GREEDY_SHARE: f64 = 0.5; // of the time
const VARIANT_SHARE: f64 = 0.4; // of the budgets, for the first variant

let isReady: bool = false;
let treeDag: f64 = 0;
let greedyDag: f64 = 0;
let isGreedyDone: bool = false;
let isShown: bool = false;

/** Room for a problem; 0 if it does not fit. */
export function newProblem(nodes: u32, children: u32, classes: u32, roots: u32): u32 {
  isReady = false;
  found = 0;
  return makeProblem(nodes, children, classes, roots);
}

/** Forgets the problem: belongs to the reset of the arena. */
export function clearExtraction(): void {
  isReady = false;
  found = 0;
  clearProblem();
}

/** The cheapest tree of every class below the roots. */
export function extractTrees(): u32 {
  const status = ready();
  if (status != OK) return status;
  if (hasNegative) return refuseNegative();
  findTrees(cost);
  answerAll(treeChoices(), treeCosts());
  return OK;
}

/** A cheap plan where shared parts cost once. */
export function extractDag(seed: u32, moves: f64, deadline: f64, exact: bool): u32 {
  const status = ready();
  if (status != OK) return status;
  search(seed, moves, deadline, exact);
  answer(bestChoices());
  return OK;
}

/** Up to `count` plans, the first as `extractDag` finds it; `variantCount` has how many, `showVariant` makes one the answer. */
export function extractVariants(
  count: u32,
  seed: u32,
  moves: f64,
  deadline: f64,
  exact: bool,
): u32 {
  const status = ready();
  if (status != OK) return status;
  const start = now();
  search(seed, moves * VARIANT_SHARE, start + (deadline - start) * VARIANT_SHARE, exact);
  found = findVariants(newVariants(count), seed, moves, deadline);
  return OK;
}

let found: u32 = 0;

export function variantCount(): u32 {
  return found;
}

/** What the plan of the cheapest trees costs with shared parts once. */
export function treeStart(): f64 {
  return treeDag;
}

/** What the greedy plan costs; infinity where there is none. */
export function greedyStart(): f64 {
  return greedyDag;
}

/** Whether greedy extraction came to its end within its share of the time. */
export function greedyEnded(): bool {
  return isGreedyDone;
}

/** Whether the plan is shown to be the cheapest. */
export function isProven(): bool {
  return isShown;
}

/** What no plan costs less than, as far as it was shown. */
export function leastCost(): f64 {
  return lowerBound;
}

function ready(): u32 {
  const status = prepare();
  if (status != OK || isReady) return status;
  newTree();
  newAnswer();
  newPlan();
  newSearch();
  newExact();
  isReady = true;
  return OK;
}

/** From the trees and from the greedy plan down, then annealing, with or without exact search. */
function search(seed: u32, moves: f64, deadline: f64, exact: bool): void {
  findTrees(hasNegative ? pricesAboveZero() : cost);
  const begun = now();
  measure(treeChoices());
  treeDag = dagCost();
  const start = now();
  // Writing the answer takes about as long as measuring it twice.
  beginSearch(cost, seed, moves, deadline - 2 * (start - begun));
  isGreedyDone = runGreedy(GREEDY_WORK, start + (deadline - start) * GREEDY_SHARE);
  const hasGreedy = measure(greedyChoices());
  greedyDag = hasGreedy ? dagCost() : Infinity;
  if (hasGreedy) descendFrom(greedyChoices());
  descendFrom(treeChoices());
  if (exact) proveOrAnneal();
  else anneal();
  isShown = exact && isOptimal();
}

/** Trees need prices from 0 up; a plan to start from does not need them exact. */
function pricesAboveZero(): usize {
  const prices = newDoubles(n);
  for (let node: u32 = 0; node < n; node++) setDouble(prices, node, max(0, double(cost, node)));
  return prices;
}
