// Guards that are not about relations.

import { Analysis, factOf, isNumber, isOn } from "../columns";
import { arityOf, find, isLive, nextNode, opOf } from "../rows";
import * as constants from "./constants";
import { high, low } from "./interval";
import * as lambda from "./lambda";
import { Nullness } from "./nullability";
import { Type } from "./type";
import { excludesZero } from "./values";

/** Guards from this number on are these, in the order of src/egraph/guards.ts. */
export const FIRST_GUARD: u32 = 1000;

const enum Guard {
  IsNotZero = 0,
  IsConst = 1,
  IsSym = 2,
  IsConstOrDistinctVar = 3,
  NotSameClass = 4,
  EqualAfterAdding = 5,
  ExcludesZero = 6,
  IsPositive = 7,
  IsNonNegative = 8,
  IsNegative = 9,
  IsNonPositive = 10,
  IsLess = 11,
  IsAtMost = 12,
  IsNotNull = 13,
  IsNull = 14,
  IsInteger = 15,
  IsNumber = 16,
  IsBoolean = 17,
  IsText = 18,
  HasNoRows = 19,
  HasRows = 20,
  HasOneRowAtMost = 21,
}

export const GUARD_COUNT: u32 = 22;

/** How many classes a guard asks of. */
export function argumentsOf(guard: u32): u32 {
  switch (guard - FIRST_GUARD) {
    case Guard.IsConstOrDistinctVar:
    case Guard.NotSameClass:
    case Guard.EqualAfterAdding:
    case Guard.IsLess:
    case Guard.IsAtMost:
      return 2;
    default:
      return 1;
  }
}

/** It makes terms: apply.ts sees to it. */
export const EQUAL_AFTER_ADDING: u32 = FIRST_GUARD + Guard.EqualAfterAdding;

const FOLDED: u32 = (1 << Analysis.Constants) | (1 << Analysis.Booleans) | (1 << Analysis.Lambda);
const RANGE: u32 = 1 << Analysis.Interval;

/** Analyses, as bits, that a guard asks of its arguments, and of nothing else; 0 where it asks the graph too. */
export function readBy(guard: u32): u32 {
  if (guard < FIRST_GUARD) return 1 << Analysis.Relations;
  switch (guard - FIRST_GUARD) {
    case Guard.IsNotZero:
    case Guard.IsConst:
      return FOLDED;
    case Guard.IsSym:
    case Guard.IsConstOrDistinctVar:
    case Guard.NotSameClass:
    case Guard.EqualAfterAdding:
      return 0;
    case Guard.ExcludesZero:
      return RANGE | (1 << Analysis.Constants);
    case Guard.IsNotNull:
    case Guard.IsNull:
      return 1 << Analysis.Nullability;
    case Guard.IsInteger:
    case Guard.IsNumber:
    case Guard.IsBoolean:
    case Guard.IsText:
      return 1 << Analysis.Type;
    case Guard.HasNoRows:
    case Guard.HasRows:
    case Guard.HasOneRowAtMost:
      return 1 << Analysis.Cardinality;
    default:
      return RANGE;
  }
}

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
      return first != load<u32>(args, 4) && (isNumberKnown(first) || hasSymbol(first));
    case Guard.NotSameClass:
      return first != load<u32>(args, 4);
    case Guard.ExcludesZero:
      return excludesZero(first);
    case Guard.IsNotNull:
      return factOf(Analysis.Nullability, first) == Nullness.NotNull;
    case Guard.IsNull:
      return factOf(Analysis.Nullability, first) == Nullness.Null;
    case Guard.IsInteger:
      return isOfType(first, Type.Integer);
    case Guard.IsNumber:
      return isOfType(first, Type.Number);
    case Guard.IsBoolean:
      return isOfType(first, Type.Truth);
    case Guard.IsText:
      return isOfType(first, Type.Text);
    case Guard.HasNoRows:
    case Guard.HasRows:
    case Guard.HasOneRowAtMost:
      return testRows(guard - FIRST_GUARD, factOf(Analysis.Cardinality, first));
    default:
      return testRange(guard - FIRST_GUARD, factOf(Analysis.Interval, first), args);
  }
}

function isZero(cls: u32): bool {
  const constant = factOf(Analysis.Constants, cls);
  if (constant != 0) return constants.valueOf(constant) == 0;
  if (!isOn(Analysis.Lambda)) return false;
  const other = lambda.constantOfClass(cls);
  return other != 0 && isNumber(other - 1) && lambda.valueOf(other) == 0;
}

function isNumberKnown(cls: u32): bool {
  if (factOf(Analysis.Constants, cls) != 0) return true;
  if (!isOn(Analysis.Lambda)) return false;
  const constant = lambda.constantOfClass(cls);
  return constant != 0 && isNumber(constant - 1);
}

function hasConstant(cls: u32): bool {
  if (factOf(Analysis.Constants, cls) != 0 || factOf(Analysis.Booleans, cls) != 0) return true;
  return isOn(Analysis.Lambda) && lambda.constantOfClass(cls) != 0;
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

function isOfType(cls: u32, types: u32): bool {
  const type = factOf(Analysis.Type, cls);
  return type != 0 && (type & ~types) == 0;
}

function testRows(guard: u32, rows: u32): bool {
  if (rows == 0) return false;
  if (guard == Guard.HasRows) return low(rows) >= 1;
  return high(rows) <= (guard == Guard.HasNoRows ? 0 : 1);
}

function testRange(guard: u32, range: u32, args: usize): bool {
  if (range == 0) return false;
  switch (guard) {
    case Guard.IsPositive:
      return low(range) > 0;
    case Guard.IsNonNegative:
      return low(range) >= 0;
    case Guard.IsNegative:
      return high(range) < 0;
    case Guard.IsNonPositive:
      return high(range) <= 0;
  }
  const other = factOf(Analysis.Interval, load<u32>(args, 4));
  if (other == 0) return false;
  return guard == Guard.IsLess ? high(range) < low(other) : high(range) <= low(other);
}
