// Extraction: the cheapest term of every class, exactly, where shared parts count as often as they are used
// (in a plan that inlines they are computed as often).
//
//   COST   f64 a row     the host's price of the node itself
//   READ   f64 a row     the price of reading the class as a table instead; infinity where it is none
//   BEST   f64 a class   the cheapest way found
//   CHOICE u32 a class   the row chosen; 0 = nothing yet, 0xFFFFFFFF = read

import { reserve } from "../memory/regions";
import { arityOf, childOf, find, isLive, MAX_ROWS, rows } from "./egraph";

const READ_CHOICE: u32 = 0xffffffff;

let COST: usize = 0;
let READ: usize = 0;
let BEST: usize = 0;
let CHOICE: usize = 0;

export function prepareExtraction(): void {
  if (COST != 0) return;
  COST = reserve((<usize>MAX_ROWS) << 3);
  READ = reserve((<usize>MAX_ROWS) << 3);
  BEST = reserve((<usize>MAX_ROWS) << 3);
  CHOICE = reserve((<usize>MAX_ROWS) << 2);
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

/** Relaxes until nothing gets cheaper. Prices must not be negative, so no class needs itself. */
export function extract(): void {
  const count = rows();
  for (let row: u32 = 1; row < count; row++) {
    const read = load<f64>(READ + ((<usize>row) << 3));
    store<f64>(BEST + ((<usize>row) << 3), read);
    store<u32>(CHOICE + ((<usize>row) << 2), read < Infinity ? READ_CHOICE : 0);
  }
  let cheaper = true;
  while (cheaper) {
    cheaper = false;
    for (let row: u32 = 1; row < count; row++) if (isLive(row) && relax(row)) cheaper = true;
  }
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
