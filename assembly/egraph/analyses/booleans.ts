// Folding of truth values. A class's data is 0, or 1 + the operator of the leaf `true` or `false`.

import { add, areLeaves, fold, isLeafOp, Order } from "../egraph";
import { Analysis, factOf, kindOf, knownOf, payloadOf } from "../columns";
import { arityOf, childOf, opOf } from "../rows";
import { contradict } from "./contradiction";
import { high, low } from "./interval";
import { isValue } from "./values";

export const enum Kind {
  Other = 0,
  False = 1,
  True = 2,
  Not = 3,
  And = 4,
  Or = 5,
  Implies = 6,
  // Comparisons are decided by the ranges of what they compare.
  Less = 7,
  AtMost = 8,
  Greater = 9,
  AtLeast = 10,
  Equal = 11,
  Different = 12,
}

const enum Answer {
  No = 0,
  Yes = 1,
  Open = 2,
}

/** What is calculated has an order. */
export function isPayload(order: u32, kind: u32, payload: usize): bool {
  if (kind <= <u32>Kind.True) return true;
  return kind <= <u32>Kind.Different && order == <u32>Order.Fixed && areLeaves(payload);
}

/** Whether a word can be a fact. */
export function isFact(word: u32): bool {
  if (word == 0) return true;
  if (!isLeafOp(word - 1)) return false;
  const kind = kindOf(Analysis.Booleans, word - 1);
  return kind == Kind.False || kind == Kind.True;
}

/** The payload of every operator but `Other` is the address of two words: the operators of false and true. */
export function make(row: u32): u32 {
  const op = opOf(row);
  const kind = kindOf(Analysis.Booleans, op);
  if (kind == Kind.Other) return 0;
  if (kind == Kind.False || kind == Kind.True) return op + 1;
  if (arityOf(row) < (kind == Kind.Not ? <u32>1 : <u32>2)) return 0;
  if (kind >= <u32>Kind.Less) return comparison(row, op, kind);
  const first = knownOf(Analysis.Booleans, childOf(row, 0));
  if (first == 0) return 0;
  const isTrue = first - 1 == leaf(op, true);
  if (kind == Kind.Not) return leaf(op, !isTrue) + 1;
  if (kind == Kind.And && !isTrue) return leaf(op, false) + 1;
  if (kind == Kind.Or && isTrue) return leaf(op, true) + 1;
  if (kind == Kind.Implies && !isTrue) return leaf(op, true) + 1;
  // The first operand leaves it to the second.
  return knownOf(Analysis.Booleans, childOf(row, 1));
}

function comparison(row: u32, op: u32, kind: u32): u32 {
  const left = childOf(row, 0);
  const right = childOf(row, 1);
  const a = factOf(Analysis.Interval, left);
  const b = factOf(Analysis.Interval, right);
  if (a == 0 || b == 0 || !isValue(left) || !isValue(right)) return 0;
  const answer = compared(kind, a, b);
  return answer == Answer.Open ? 0 : leaf(op, answer == Answer.Yes) + 1;
}

function compared(kind: u32, a: u32, b: u32): u32 {
  switch (kind) {
    case Kind.Less:
      return isLess(a, b);
    case Kind.AtMost:
      return opposite(isLess(b, a));
    case Kind.Greater:
      return isLess(b, a);
    case Kind.AtLeast:
      return opposite(isLess(a, b));
    case Kind.Equal:
      return isEqual(a, b);
    default:
      return opposite(isEqual(a, b));
  }
}

function isLess(a: u32, b: u32): u32 {
  if (high(a) < low(b)) return Answer.Yes;
  return low(a) >= high(b) ? Answer.No : Answer.Open;
}

function isEqual(a: u32, b: u32): u32 {
  if (high(a) < low(b) || high(b) < low(a)) return Answer.No;
  return low(a) == high(a) && low(b) == high(b) ? Answer.Yes : Answer.Open;
}

function opposite(answer: u32): u32 {
  return answer == Answer.Open ? answer : 1 - answer;
}

function leaf(op: u32, value: bool): u32 {
  return load<u32>(payloadOf(Analysis.Booleans, op) + (value ? 4 : 0));
}

export function merge(a: u32, b: u32): u32 {
  if (a != 0 && b != 0) contradict();
  return a != 0 ? a : b;
}

/** A class of known value holds its leaf. */
export function modify(cls: u32): void {
  const data = knownOf(Analysis.Booleans, cls);
  if (data != 0) fold(cls, add(data - 1, 0));
}
