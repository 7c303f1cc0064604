// Types of values. A class's data is a set of Type bits: the value, unless NULL, is of one of them. 0: of any.

import { Analysis, kindOf, knownOf } from "../columns";
import { arityOf, childOf, opOf } from "../rows";
import * as constants from "./constants";
import { contradict } from "./contradiction";

export const enum Kind {
  Other = 0,
  Integer = 1,
  Fraction = 2,
  Truth = 3, // whatever the arguments are
  Text = 4,
  Arithmetic = 5, // of whole numbers whole
  Over = 6,
  Alike = 7, // of the types of its arguments: a least number, coalesce
  If = 8, // of those but the first
  Signed = 9, // of the type of its argument, a number
}

export const enum Type {
  Integer = 1,
  Fraction = 2, // a number that is not whole
  Number = 3,
  Truth = 4,
  Text = 8,
}

export function isKind(kind: u32): bool {
  return kind <= <u32>Kind.Signed;
}

export function isFact(word: u32): bool {
  return word <= <u32>(Type.Number | Type.Truth | Type.Text);
}

export function make(row: u32): u32 {
  const kind = kindOf(Analysis.Type, opOf(row));
  switch (kind) {
    case Kind.Integer:
      return Type.Integer;
    case Kind.Fraction:
      return Type.Fraction;
    case Kind.Truth:
      return Type.Truth;
    case Kind.Text:
      return Type.Text;
    case Kind.Arithmetic:
      return arithmetic(joined(row, 0));
    case Kind.Over:
      return isNumeric(joined(row, 0)) ? <u32>Type.Number : 0;
    case Kind.Alike:
      return joined(row, 0);
    case Kind.If:
      return joined(row, 1);
    case Kind.Signed:
      return isNumeric(joined(row, 0)) ? joined(row, 0) : 0;
    default:
      return 0;
  }
}

/** The types that arguments have; 0 where one may be of any. */
function joined(row: u32, from: u32): u32 {
  const arity = arityOf(row);
  let all: u32 = 0;
  for (let i = from; i < arity; i++) {
    const type = knownOf(Analysis.Type, childOf(row, i));
    if (type == 0) return 0;
    all |= type;
  }
  return all;
}

function arithmetic(type: u32): u32 {
  if (!isNumeric(type)) return 0;
  return isIntegral(type) ? type : <u32>Type.Number;
}

export function isNumeric(type: u32): bool {
  return type != 0 && (type & ~Type.Number) == 0;
}

export function isIntegral(type: u32): bool {
  return type == Type.Integer;
}

export function merge(a: u32, b: u32): u32 {
  if (a == 0 || b == 0) return a | b;
  if ((a & b) != 0) return a & b;
  contradict();
  return a;
}

/** A constant has a type, and what has a range is a number. */
export function infer(cls: u32, from: u32): u32 {
  if (from == Analysis.Booleans) return Type.Truth;
  if (from == Analysis.Interval) return Type.Number;
  const value = constants.valueOf(knownOf(from, cls));
  return trunc(value) == value ? Type.Integer : Type.Fraction;
}
