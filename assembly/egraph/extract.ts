// Extraction: the cheapest term of a class, exactly, where shared parts count as often as they are used
// (in a plan that inlines they are computed as often).
//
//   COST   f64 a row     the host's price of the node itself
//   READ   f64 a row     the price of reading the class as a table instead; infinity where it is none
//   BEST   f64 a class   the cheapest way found
//   CHOICE u32 a class   the row chosen; 0 = nothing yet, 0xFFFFFFFF = read
//   SEEN   u32 a class   the extraction that reached it last
//   TODO   u32           rows that a term of the root may be made of, those near the root first

import { reserve } from "../memory/regions";
import { arityOf, capacityOfRows, childOf, find, headOf, nextNode, UNSEARCHED } from "./rows";

const READ_CHOICE: u32 = 0xffffffff;

let COST: usize = 0;
let READ: usize = 0;
let BEST: usize = 0;
let CHOICE: usize = 0;
let SEEN: usize = 0;
let TODO: usize = 0;
let todoCount: u32 = 0;
let extraction: u32 = 0;

export function prepareExtraction(): void {
  if (COST != 0) return;
  const rows: usize = capacityOfRows();
  COST = reserve(rows << 3);
  READ = reserve(rows << 3);
  BEST = reserve(rows << 3);
  CHOICE = reserve(rows << 2);
  SEEN = reserve(rows << 2);
  TODO = reserve(rows << 2);
}

/** Where the host writes prices of rows; prices of reading follow at `readPrices`. */
export function rowPrices(): usize {
  return COST;
}

export function readPrices(): usize {
  return READ;
}

export function bestCosts(): usize {
  return BEST;
}

export function choices(): usize {
  return CHOICE;
}

/**
 * Relaxes what `root` reaches until nothing gets cheaper. Prices must not be negative, so no class needs
 * itself: gives a row whose price is, or is no number, and else 0. The root itself is computed, whatever reading it costs.
 */
export function extract(root: u32): u32 {
  const bad = reach(find(root));
  if (bad != 0) return bad;
  let cheaper = true;
  while (cheaper) {
    cheaper = false;
    for (let i = todoCount; i > 0; i--)
      if (relax(load<u32>(TODO + ((<usize>(i - 1)) << 2)))) cheaper = true;
  }
  return 0;
}

/** Gives a row whose price is none, if there is one. */
function reach(root: u32): u32 {
  extraction++;
  todoCount = 0;
  enter(root, true);
  for (let i: u32 = 0; i < todoCount; i++) {
    const row = load<u32>(TODO + ((<usize>i) << 2));
    if (!(load<f64>(COST + ((<usize>row) << 3)) >= 0)) return row;
    const arity = arityOf(row);
    for (let k: u32 = 0; k < arity; k++) enter(childOf(row, k), false);
  }
  return 0;
}

function enter(cls: u32, isRoot: bool): void {
  if (load<u32>(SEEN + ((<usize>cls) << 2)) == extraction) return;
  store<u32>(SEEN + ((<usize>cls) << 2), extraction);
  const price = isRoot ? Infinity : load<f64>(READ + ((<usize>cls) << 3));
  const read = price >= 0 ? price : Infinity;
  store<f64>(BEST + ((<usize>cls) << 3), read);
  store<u32>(CHOICE + ((<usize>cls) << 2), read < Infinity ? READ_CHOICE : 0);
  let row = cls;
  do {
    if ((headOf(row) & UNSEARCHED) == 0) put(row);
    row = nextNode(row);
  } while (row != cls);
}

function put(row: u32): void {
  store<u32>(TODO + ((<usize>todoCount) << 2), row);
  todoCount++;
}

function relax(row: u32): bool {
  let cost = load<f64>(COST + ((<usize>row) << 3));
  const arity = arityOf(row);
  for (let i: u32 = 0; i < arity; i++) cost += load<f64>(BEST + ((<usize>childOf(row, i)) << 3));
  const cls = find(row);
  if (!(cost < load<f64>(BEST + ((<usize>cls) << 3)))) return false;
  store<f64>(BEST + ((<usize>cls) << 3), cost);
  store<u32>(CHOICE + ((<usize>cls) << 2), row);
  return true;
}
