// Guards that are not about relations.

import { arityOf, dataOf, find, isLive, isNumber, nextNode, opOf } from "../egraph";
import { Analysis, analysis } from "./which";
import * as constants from "./constants";
import * as lambda from "./lambda";

/** Guards from this number on are these, in the order of src/egraph/analyses.ts. */
export const FIRST_GUARD: u32 = 1000;

const enum Guard {
  IsNotZero = 0,
  IsConst = 1,
  IsSym = 2,
  IsConstOrDistinctVar = 3,
  NotSameClass = 4,
  EqualAfterAdding = 5,
}

export const GUARD_COUNT: u32 = 6;

/** It makes terms: apply.ts sees to it. */
export const EQUAL_AFTER_ADDING: u32 = FIRST_GUARD + Guard.EqualAfterAdding;

export function testGuard(guard: u32, args: usize): bool {
  const first = load<u32>(args);
  switch (guard - FIRST_GUARD) {
    case Guard.IsNotZero:
      return !isZero(first);
    case Guard.IsConst:
      return hasConstant(first);
    case Guard.IsSym:
      return hasSymbol(first);
    case Guard.IsConstOrDistinctVar:
      return first != load<u32>(args, 4) && (numberOf(first) != 0 || hasSymbol(first));
    default:
      return first != load<u32>(args, 4);
  }
}

function isZero(cls: u32): bool {
  const data = numberOf(cls);
  return data != 0 && constants.valueOf(data) == 0;
}

/** 1 + the operator of the number that a class is known to be, 0 if of none. */
function numberOf(cls: u32): u32 {
  if (analysis == Analysis.Constants) return dataOf(cls);
  if (analysis != Analysis.Lambda) return 0;
  const constant = lambda.constantOfClass(cls);
  return constant != 0 && isNumber(constant - 1) ? constant : 0;
}

function hasConstant(cls: u32): bool {
  if (analysis == Analysis.Lambda) return lambda.constantOfClass(cls) != 0;
  return analysis != Analysis.None && dataOf(cls) != 0;
}

/** A leaf that is not a number. */
function hasSymbol(cls: u32): bool {
  let row = find(cls);
  const first = row;
  do {
    if (arityOf(row) == 0 && isLive(row) && !isNumber(opOf(row))) return true;
    row = nextNode(row);
  } while (row != first);
  return false;
}
