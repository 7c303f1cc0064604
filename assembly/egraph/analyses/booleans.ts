// Folding of truth values. A class's data is 0, or 1 + the operator of the leaf `true` or `false`.

import {
  add,
  areLeaves,
  arityOf,
  childOf,
  dataOf,
  fold,
  opKind,
  opOf,
  opPayload,
  Order,
} from "../egraph";
import { contradict } from "./contradiction";

export const enum Kind {
  Other = 0,
  False = 1,
  True = 2,
  Not = 3,
  And = 4,
  Or = 5,
  Implies = 6,
}

/** What is calculated has an order. */
export function isPayload(order: u32, kind: u32, payload: usize): bool {
  if (kind <= <u32>Kind.True) return true;
  return kind <= <u32>Kind.Implies && order == <u32>Order.Fixed && areLeaves(payload);
}

/** The payload of every operator but `Other` is the address of two words: the operators of false and true. */
export function make(row: u32): u32 {
  const op = opOf(row);
  const kind = opKind(op);
  if (kind == Kind.Other) return 0;
  if (kind == Kind.False || kind == Kind.True) return op + 1;
  if (arityOf(row) < (kind == Kind.Not ? <u32>1 : <u32>2)) return 0;
  const first = dataOf(childOf(row, 0));
  if (first == 0) return 0;
  const isTrue = first - 1 == leaf(op, true);
  if (kind == Kind.Not) return leaf(op, !isTrue) + 1;
  if (kind == Kind.And && !isTrue) return leaf(op, false) + 1;
  if (kind == Kind.Or && isTrue) return leaf(op, true) + 1;
  if (kind == Kind.Implies && !isTrue) return leaf(op, true) + 1;
  // The first operand leaves it to the second.
  return dataOf(childOf(row, 1));
}

function leaf(op: u32, value: bool): u32 {
  return load<u32>(opPayload(op) + (value ? 4 : 0));
}

export function merge(a: u32, b: u32): u32 {
  if (a != 0 && b != 0) contradict();
  return a != 0 ? a : b;
}

/** A class of known value holds its leaf. */
export function modify(cls: u32): void {
  const data = dataOf(cls);
  if (data != 0) fold(cls, add(data - 1, 0));
}
