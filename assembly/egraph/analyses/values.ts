// What several analyses ask of a class, by whichever of them are on.

import { Analysis, factOf, isOn } from "../columns";
import * as constants from "./constants";
import * as interval from "./interval";
import { Nullness } from "./nullability";

/** Whether what a class is known to come to is its value: where NULL is thought of, it must not be NULL. */
export function isValue(cls: u32): bool {
  return !isOn(Analysis.Nullability) || factOf(Analysis.Nullability, cls) == Nullness.NotNull;
}

/** Whether a class is known to be a number other than 0. */
export function excludesZero(cls: u32): bool {
  const constant = factOf(Analysis.Constants, cls);
  if (constant != 0 && constants.valueOf(constant) != 0) return true;
  const range = factOf(Analysis.Interval, cls);
  return range != 0 && (interval.low(range) > 0 || interval.high(range) < 0);
}
