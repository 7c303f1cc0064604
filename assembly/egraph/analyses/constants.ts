// Constant folding of numbers. A class's data is 0, or 1 + the operator of the leaf that is its number.
// The payload of a number's operator is the address of its value, a f64.

import { isAllocated } from "../../memory/arena";
import { Analysis, factOf, kindOf, knownOf, payloadOf } from "../columns";
import { add, fold, isLeafOp, Order, prune } from "../egraph";
import { arityOf, childOf, nextNode, opOf } from "../rows";
import { contradict } from "./contradiction";
import { high, low } from "./interval";
import { isValue, leafOfNumber } from "./values";

export const enum Kind {
  Symbol = 0,
  Number = 1,
  Plus = 2,
  Minus = 3,
  Times = 4,
  Over = 5,
}

/** A number's payload is a f64; what is calculated has an order. */
export function isPayload(order: u32, kind: u32, payload: usize): bool {
  if (kind == Kind.Number) return (payload & 3) == 0 && isAllocated(payload, 8);
  return kind == Kind.Symbol || (kind <= <u32>Kind.Over && order == <u32>Order.Fixed);
}

/** Whether a word can be a fact. */
export function isFact(word: u32): bool {
  return word == 0 || (isLeafOp(word - 1) && kindOf(Analysis.Constants, word - 1) == Kind.Number);
}

export function make(row: u32): u32 {
  const op = opOf(row);
  const kind = kindOf(Analysis.Constants, op);
  if (kind == Kind.Symbol) return 0;
  if (kind == Kind.Number) return op + 1;
  if (arityOf(row) < 2) return 0;
  const a = knownOf(Analysis.Constants, childOf(row, 0));
  const b = knownOf(Analysis.Constants, childOf(row, 1));
  if (a == 0 || b == 0) return 0;
  const right = valueOf(b);
  if (kind == Kind.Over && right == 0) return 0;
  const value = calculate(kind, valueOf(a), right);
  return isFinite(value) ? leafOfNumber(Analysis.Constants, Kind.Number, value) : 0;
}

function calculate(kind: u32, a: f64, b: f64): f64 {
  if (kind == Kind.Plus) return a + b;
  if (kind == Kind.Minus) return a - b;
  return kind == Kind.Times ? a * b : a / b;
}

export function valueOf(data: u32): f64 {
  return load<f64>(payloadOf(Analysis.Constants, data - 1));
}

export function merge(a: u32, b: u32): u32 {
  if (a != 0 && b != 0) contradict();
  return a != 0 ? a : b;
}

/** What lies between equal bounds is a number, unless it is NULL. */
export function infer(cls: u32): u32 {
  const range = factOf(Analysis.Interval, cls);
  if (range == 0 || low(range) != high(range) || !isValue(cls)) return 0;
  return knownOf(Analysis.Constants, cls) != 0
    ? 0
    : leafOfNumber(Analysis.Constants, Kind.Number, low(range));
}

/** A class that is a number holds its leaf, and no other node of it has to be looked at again. */
export function modify(cls: u32): void {
  const data = knownOf(Analysis.Constants, cls);
  if (data == 0) return;
  fold(cls, add(data - 1, 0));
  let row = cls;
  do {
    if (arityOf(row) > 0) prune(row);
    row = nextNode(row);
  } while (row != cls);
}
