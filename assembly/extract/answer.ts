// Answers: a node for every class that the roots use, with both costs, in the numbers of the problem.
//
//   ANSWER  u32 × classes   node, or NONE where the class is not used
//   COSTS   f64 × classes   tree cost of the class under the answer; infinity where it is not used
//   ORDER   u32 × c         classes that are used, children before parents
//   MARK    u32 × c         0: not seen, 1: its children are being seen, 2: done
//   STACK   u32 × 2c        class, next child
//   SUM     f64 × c         tree costs

import {
  clearWords,
  double,
  fillWords,
  newDoubles,
  newWords,
  setDouble,
  setWord,
  word,
} from "./arrays";
import {
  c,
  child,
  childAt,
  classCount,
  cost,
  NONE,
  problemClass,
  problemNode,
  root,
  rootCount,
} from "./problem";

let ANSWER: usize = 0;
let COSTS: usize = 0;
let ORDER: usize = 0;
let MARK: usize = 0;
let STACK: usize = 0;
let SUM: usize = 0;
let ordered: u32 = 0;
let treeTotal: f64 = 0;
let dagTotal: f64 = 0;

export function newAnswer(): void {
  ANSWER = newWords(classCount());
  COSTS = newDoubles(classCount());
  ORDER = newWords(c);
  MARK = newWords(c);
  STACK = newWords(2 * c);
  SUM = newDoubles(c);
}

export function answerChoices(): usize {
  return ANSWER;
}

export function answerCosts(): usize {
  return COSTS;
}

/** The cost of the roots where a shared part costs as often as it is used. */
export function treeCost(): f64 {
  return treeTotal;
}

/** The cost of the roots where a shared part costs once. */
export function dagCost(): f64 {
  return dagTotal;
}

/** Classes that the measured choices use, children first. */
export function usedClasses(): usize {
  return ORDER;
}

export function usedCount(): u32 {
  return ordered;
}

/** Measures choices (a node of the core for every class that they use); false if they need themselves. */
export function measure(choices: usize): bool {
  ordered = 0;
  treeTotal = 0;
  dagTotal = 0;
  clearWords(MARK, c);
  for (let i: u32 = 0; i < rootCount; i++) if (!order(word(root, i), choices)) return false;
  for (let i: u32 = 0; i < ordered; i++) {
    const cls = word(ORDER, i);
    const node = word(choices, cls);
    let sum = double(cost, node);
    dagTotal += sum;
    for (let k = word(childAt, node); k < word(childAt, node + 1); k++)
      sum += double(SUM, word(child, k));
    setDouble(SUM, cls, sum);
  }
  for (let i: u32 = 0; i < rootCount; i++) treeTotal += double(SUM, word(root, i));
  return true;
}

/** Puts a class and what it uses into ORDER. */
function order(first: u32, choices: usize): bool {
  if (word(MARK, first) == 2) return true;
  if (word(choices, first) == NONE) return false;
  let depth: u32 = enter(first, 0, choices);
  while (depth > 0) {
    const cls = word(STACK, 2 * depth - 2);
    const next = word(STACK, 2 * depth - 1);
    if (next == word(childAt, word(choices, cls) + 1)) {
      setWord(MARK, cls, 2);
      setWord(ORDER, ordered++, cls);
      depth--;
      continue;
    }
    setWord(STACK, 2 * depth - 1, next + 1);
    const below = word(child, next);
    const mark = word(MARK, below);
    if (mark == 1 || word(choices, below) == NONE) return false;
    if (mark == 0) depth = enter(below, depth, choices);
  }
  return true;
}

function enter(cls: u32, depth: u32, choices: usize): u32 {
  setWord(MARK, cls, 1);
  setWord(STACK, 2 * depth, cls);
  setWord(STACK, 2 * depth + 1, word(childAt, word(choices, cls)));
  return depth + 1;
}

/** Makes choices the answer of the problem, and measures them. */
export function answer(choices: usize): bool {
  if (!measure(choices)) return false;
  clearAnswer();
  for (let i: u32 = 0; i < ordered; i++) write(word(ORDER, i), choices, SUM);
  return true;
}

/** The same with every class that has a choice, used or not, and costs that are known. */
export function answerAll(choices: usize, costs: usize): void {
  measure(choices);
  clearAnswer();
  for (let cls: u32 = 0; cls < c; cls++) if (word(choices, cls) != NONE) write(cls, choices, costs);
}

function clearAnswer(): void {
  fillWords(ANSWER, classCount(), NONE);
  for (let i: u32 = 0; i < classCount(); i++) setDouble(COSTS, i, Infinity);
}

function write(cls: u32, choices: usize, costs: usize): void {
  const at = problemClass(cls);
  setWord(ANSWER, at, problemNode(word(choices, cls)));
  setDouble(COSTS, at, double(costs, cls));
}
