// How close two costs may be. Where all prices are multiples of one number, `unit`, a plan that is cheaper is so by at
// least that much; else differences of one part in 10¹⁰ are taken for rounding.

import { double } from "./arrays";
import { cost, n } from "./problem";

const MOST: f64 = 268435456; // units in a price

let unit: f64 = 0;

/** Finds the number that all prices are multiples of. */
export function findUnit(): void {
  let common: f64 = 0;
  for (let node: u32 = 0; node < n; node++) {
    const price = abs(double(cost, node));
    if (price != floor(price) || price > MOST) {
      unit = 0;
      return;
    }
    common = divisor(common, price);
  }
  unit = common;
}

/** Greatest common divisor. */
function divisor(x: f64, y: f64): f64 {
  let a = x;
  let b = y;
  while (b != 0) {
    const rest = a % b;
    a = b;
    b = rest;
  }
  return a;
}

/** Whether what costs at least `bound` cannot be cheaper than `limit`, but for rounding. */
export function isHopeless(bound: f64, limit: f64): bool {
  if (unit > 0 && abs(limit) < MOST * unit) return !(bound < limit - 0.999 * unit);
  return !(bound < limit - 1e-10 * abs(limit));
}
