// What several analyses ask of a class, by whichever of them are on.

import { numberLeaf } from "../../host";
import { mayAllocate } from "../../memory/blocks";
import { Analysis, analysisCount, factOf, isOn, kindOf } from "../columns";
import { aLeaf } from "../egraph";
import * as constants from "./constants";
import * as interval from "./interval";
import { Nullness } from "./nullability";

/** Of what a new operator is to an analysis. */
const PAYLOAD_BYTES: usize = 32;

/**
 * 1 + the operator of a number's leaf, which the host may have to make; 0 where that is no number to the analysis, and
 * where it may not be made: then blocks are short.
 */
export function leafOfNumber(analysis: u32, numbers: u32, value: f64): u32 {
  if (!mayAllocate(PAYLOAD_BYTES * analysisCount)) return 0;
  const op = aLeaf(numberLeaf(value));
  return kindOf(analysis, op) == numbers ? op + 1 : 0;
}

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
