// The lambda calculus: free variables and constants. A class's data is an interned block:
//
//   ┌───┬───────────────┬──────────┐
//   │ 2 │ set of names  │ constant │   a block of classes of names; 0, or 1 + the operator of the constant's leaf
//   └───┴───────────────┴──────────┘
//
// Free variables are an upper bound: of equal terms each is right, so their intersection is.

import {
  check,
  difference,
  has,
  internDraft,
  intersection,
  isBlockOf,
  isSet,
  push,
  single,
  sizeOf,
  startDraft,
  union,
  wasChecked,
  wordAt,
} from "../../memory/blocks";
import { isAllocated } from "../../memory/arena";
import { Analysis, kindOf, knownOf, payloadOf } from "../columns";
import { add, areLeaves, fold, isLeafOp, Order } from "../egraph";
import { arityOf, childOf, find, opOf, rowCount } from "../rows";
import { contradict } from "./contradiction";
import { leafOfNumber } from "./values";

export const enum Kind {
  Other = 0,
  Integer = 1,
  Truth = 2, // the payload is 0 or 1
  Variable = 3,
  Let = 4,
  Binder = 5, // lam and fix
  Plus = 6,
  Equals = 7, // the payload is the address of two words: the operators of false and true
}

const AS_FACT: u32 = 1; // see `check`

/** Kinds that speak of children have an order. */
export function isPayload(order: u32, kind: u32, payload: usize): bool {
  if (kind == Kind.Integer) return (payload & 3) == 0 && isAllocated(payload, 8);
  if (kind == Kind.Equals && !areLeaves(payload)) return false;
  if (kind > <u32>Kind.Equals) return false;
  return kind <= <u32>Kind.Truth || order == <u32>Order.Fixed;
}

/** Whether a word can be a fact: names are classes that there are, a constant has a leaf. */
export function isFact(word: u32): bool {
  if (word == 0 || wasChecked(word, AS_FACT)) return true;
  if (!isBlockOf(word, 2)) return false;
  const names = wordAt(word, 0);
  const constant = wordAt(word, 1);
  if (!isSet(names) || (constant != 0 && !isConstant(constant))) return false;
  if (names != 0 && (wordAt(names, 0) == 0 || wordAt(names, sizeOf(names) - 1) >= rowCount))
    return false;
  return check(word, AS_FACT);
}

function isConstant(constant: u32): bool {
  if (!isLeafOp(constant - 1)) return false;
  const kind = kindOf(Analysis.Lambda, constant - 1);
  return kind == Kind.Integer || kind == Kind.Truth;
}

export function make(row: u32): u32 {
  const op = opOf(row);
  const kind = kindOf(Analysis.Lambda, op);
  if (arityOf(row) < leastChildren(kind)) return 0;
  const constant = constantOf(row, op, kind);
  return record(freeIn(row, kind), constant);
}

function leastChildren(kind: u32): u32 {
  if (kind == Kind.Let) return 3;
  if (kind == Kind.Variable) return 1;
  return kind >= <u32>Kind.Binder ? 2 : 0;
}

function record(free: u32, constant: u32): u32 {
  startDraft();
  push(free);
  push(constant);
  return internDraft();
}

function freeIn(row: u32, kind: u32): u32 {
  if (kind == Kind.Variable) return single(childOf(row, 0));
  if (kind == Kind.Binder) return difference(freeOf(childOf(row, 1)), single(childOf(row, 0)));
  if (kind == Kind.Let)
    return union(
      difference(freeOf(childOf(row, 2)), single(childOf(row, 0))),
      freeOf(childOf(row, 1)),
    );
  let free: u32 = 0;
  const arity = arityOf(row);
  for (let i: u32 = 0; i < arity; i++) free = union(free, freeOf(childOf(row, i)));
  return free;
}

export function freeOf(cls: u32): u32 {
  const data = knownOf(Analysis.Lambda, cls);
  return data == 0 ? 0 : wordAt(data, 0);
}

export function constantOfClass(cls: u32): u32 {
  const data = knownOf(Analysis.Lambda, cls);
  return data == 0 ? 0 : wordAt(data, 1);
}

/** Of a constant that is a number. */
export function valueOf(constant: u32): f64 {
  return load<f64>(payloadOf(Analysis.Lambda, constant - 1));
}

function constantOf(row: u32, op: u32, kind: u32): u32 {
  if (kind == Kind.Integer || kind == Kind.Truth) return op + 1;
  if (kind != Kind.Plus && kind != Kind.Equals) return 0;
  const a = constantOfClass(childOf(row, 0));
  const b = constantOfClass(childOf(row, 1));
  if (a == 0 || b == 0) return 0;
  return kind == Kind.Equals
    ? load<u32>(payloadOf(Analysis.Lambda, op) + (a == b ? 4 : 0)) + 1
    : sum(a, b);
}

/** Nothing where one is no integer, or the sum is none of 32 bits. */
function sum(a: u32, b: u32): u32 {
  if (
    kindOf(Analysis.Lambda, a - 1) != Kind.Integer ||
    kindOf(Analysis.Lambda, b - 1) != Kind.Integer
  )
    return 0;
  const value = valueOf(a) + valueOf(b);
  return value < -2147483648 || value > 2147483647
    ? 0
    : leafOfNumber(Analysis.Lambda, Kind.Integer, value);
}

export function merge(a: u32, b: u32): u32 {
  if (a == 0 || b == 0) return a | b;
  const left = wordAt(a, 1);
  const right = wordAt(b, 1);
  if (left != 0 && right != 0 && left != right) contradict();
  return record(intersection(wordAt(a, 0), wordAt(b, 0)), left != 0 ? left : right);
}

/** A class that is a constant holds its leaf. */
export function modify(cls: u32): void {
  const constant = constantOfClass(find(cls));
  if (constant != 0) fold(cls, add(constant - 1, 0));
}

/** Whether a name is free in a class. */
export function isFree(name: u32, cls: u32): bool {
  return has(freeOf(cls), find(name));
}
