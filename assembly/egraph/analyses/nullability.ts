// Whether a class is NULL, in SQL's sense. A class's data is 0 where that is not known, else one of Nullness.

import { Analysis, kindOf, knownOf } from "../columns";
import { Order } from "../egraph";
import { arityOf, childOf, opOf } from "../rows";
import { contradict } from "./contradiction";
import { excludesZero } from "./values";

export const enum Kind {
  Other = 0,
  Value = 1, // never NULL
  Null = 2,
  Strict = 3, // NULL where an argument is
  Over = 4, // strict, and perhaps NULL where the divisor is 0
  Coalesce = 5, // NULL where all arguments are
  If = 6,
  Logic = 7, // NULL AND FALSE is FALSE
}

export const enum Nullness {
  NotNull = 1,
  Null = 2,
}

/** A condition and its branches have an order, and so has a quotient. */
export function isKind(order: u32, kind: u32): bool {
  if (kind == Kind.Over || kind == Kind.If) return order == <u32>Order.Fixed;
  return kind <= <u32>Kind.Logic;
}

export function isFact(word: u32): bool {
  return word <= <u32>Nullness.Null;
}

export function make(row: u32): u32 {
  const kind = kindOf(Analysis.Nullability, opOf(row));
  if (arityOf(row) < leastChildren(kind)) return 0;
  switch (kind) {
    case Kind.Value:
      return Nullness.NotNull;
    case Kind.Null:
      return Nullness.Null;
    case Kind.Strict:
      return decided(row, Nullness.Null);
    case Kind.Over: {
      const both = decided(row, Nullness.Null);
      return both == Nullness.NotNull && !excludesZero(childOf(row, 1)) ? 0 : both;
    }
    case Kind.Coalesce:
      return decided(row, Nullness.NotNull);
    case Kind.Logic:
      return decided(row, Nullness.Null) == Nullness.NotNull ? <u32>Nullness.NotNull : 0;
    case Kind.If:
      return branches(knownOf(Analysis.Nullability, childOf(row, 1)), row);
    default:
      return 0;
  }
}

function leastChildren(kind: u32): u32 {
  if (kind == Kind.If) return 3;
  if (kind == Kind.Over) return 2;
  return kind >= <u32>Kind.Strict ? 1 : 0;
}

/** What one argument decides alone, and else all together. */
function decided(row: u32, by: u32): u32 {
  const arity = arityOf(row);
  let all: u32 = 3 - by;
  for (let i: u32 = 0; i < arity; i++) {
    const known = knownOf(Analysis.Nullability, childOf(row, i));
    if (known == by) return by;
    if (known == 0) all = 0;
  }
  return all;
}

function branches(first: u32, row: u32): u32 {
  return first == knownOf(Analysis.Nullability, childOf(row, 2)) ? first : 0;
}

export function merge(a: u32, b: u32): u32 {
  if (a != 0 && b != 0) contradict();
  return a != 0 ? a : b;
}

/** A constant is not NULL. */
export function infer(cls: u32, from: u32): u32 {
  return Nullness.NotNull;
}
