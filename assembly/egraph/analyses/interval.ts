// Ranges of numbers (Moore, Interval Analysis, 1966). A class's data is an interned block:
//
//   ┌───┬─────────┬──────────┬────────────────┐
//   │ 5 │ low f64 │ high f64 │ times narrowed │   closed; -inf and inf where there is no bound
//   └───┴─────────┴──────────┴────────────────┘
//
// What has one is a finite number (or NULL) within it; f64 as those of constants.ts are, so that rounding keeps the
// bounds right: it is monotone. A cycle (x = x - 1) narrows forever, so after MOST_NARROWED times only a single number
// or a contradiction counts.

import { isAllocated } from "../../memory/arena";
import { internDraft, isBlockOf, push, startDraft } from "../../memory/blocks";
import { Analysis, factOf, kindOf, knownOf, payloadOf } from "../columns";
import { Order } from "../egraph";
import { arityOf, childOf, opOf } from "../rows";
import * as constants from "./constants";
import { contradict } from "./contradiction";
import { isIntegral, isNumeric } from "./type";

export const enum Kind {
  Other = 0,
  Number = 1, // the payload is the address of its value, a f64
  Plus = 2,
  Minus = 3,
  Times = 4,
  Over = 5,
  Negate = 6,
  Absolute = 7,
  Least = 8,
  Greatest = 9,
}

const MOST_NARROWED: u32 = 64;

export function low(range: u32): f64 {
  return load<f64>(range, 4);
}

export function high(range: u32): f64 {
  return load<f64>(range, 12);
}

function timesNarrowed(range: u32): u32 {
  return load<u32>(range, 20);
}

/** 0 where a bound is beyond all finite numbers, or none. */
export function range(from: f64, to: f64, narrowed: u32 = 0): u32 {
  if (!(from < Infinity) || !(to > -Infinity)) return 0;
  startDraft();
  pushDouble(from);
  pushDouble(to);
  push(narrowed);
  return internDraft();
}

function pushDouble(value: f64): void {
  const bits = reinterpret<u64>(value + 0.0); // -0 is 0
  push(<u32>bits);
  push(<u32>(bits >> 32));
}

/** A number's payload is a f64; what is calculated has an order. */
export function isPayload(order: u32, kind: u32, payload: usize): bool {
  if (kind == Kind.Number) return (payload & 3) == 0 && isAllocated(payload, 8);
  return kind == Kind.Other || (kind <= <u32>Kind.Greatest && order == <u32>Order.Fixed);
}

/** Whether a word can be a fact. */
export function isFact(word: u32): bool {
  if (word == 0) return true;
  if (!isBlockOf(word, 5)) return false;
  return low(word) <= high(word) && low(word) < Infinity && high(word) > -Infinity;
}

function leastChildren(kind: u32): u32 {
  if (kind <= <u32>Kind.Number) return 0;
  return kind == Kind.Negate || kind == Kind.Absolute ? 1 : 2;
}

export function make(row: u32): u32 {
  const op = opOf(row);
  const kind = kindOf(Analysis.Interval, op);
  if (kind == Kind.Other || arityOf(row) < leastChildren(kind)) return 0;
  if (kind == Kind.Number) {
    const value = load<f64>(payloadOf(Analysis.Interval, op));
    return range(value, value);
  }
  const a = knownOf(Analysis.Interval, childOf(row, 0));
  if (a == 0) return 0;
  if (kind == Kind.Negate) return range(-high(a), -low(a));
  if (kind == Kind.Absolute) return absolute(a);
  const b = knownOf(Analysis.Interval, childOf(row, 1));
  return b == 0 ? 0 : calculate(kind, a, b);
}

function absolute(a: u32): u32 {
  if (low(a) >= 0) return a;
  if (high(a) <= 0) return range(-high(a), -low(a));
  return range(0, max(-low(a), high(a)));
}

function calculate(kind: u32, a: u32, b: u32): u32 {
  switch (kind) {
    case Kind.Plus:
      return range(low(a) + low(b), high(a) + high(b));
    case Kind.Minus:
      return range(low(a) - high(b), high(a) - low(b));
    case Kind.Least:
      return range(min(low(a), low(b)), min(high(a), high(b)));
    case Kind.Greatest:
      return range(max(low(a), low(b)), max(high(a), high(b)));
    case Kind.Times:
      return corners(a, b, false);
    default:
      return low(b) > 0 || high(b) < 0 ? corners(a, b, true) : 0;
  }
}

/** Products and quotients are greatest and least at the bounds. */
function corners(a: u32, b: u32, isQuotient: bool): u32 {
  const p = corner(low(a), low(b), isQuotient);
  const q = corner(low(a), high(b), isQuotient);
  const r = corner(high(a), low(b), isQuotient);
  const s = corner(high(a), high(b), isQuotient);
  return range(min(min(p, q), min(r, s)), max(max(p, q), max(r, s)));
}

/** A bound that is infinite stands for finite numbers: times 0 they are 0, and quotients by them come near to 0. */
function corner(a: f64, b: f64, isQuotient: bool): f64 {
  if (isQuotient) return abs(b) == Infinity ? 0 : a / b;
  return a == 0 || b == 0 ? 0 : a * b;
}

export function merge(a: u32, b: u32): u32 {
  if (a == 0 || b == 0) return a | b;
  const from = max(low(a), low(b));
  const to = min(high(a), high(b));
  if (from > to) {
    contradict();
    return a;
  }
  if (from == low(a) && to == high(a)) return a;
  const narrowed = max(timesNarrowed(a), timesNarrowed(b)) + 1;
  return narrowed > MOST_NARROWED && from != to ? a : range(from, to, narrowed);
}

/** A constant is its own range, a number has one, and that of a whole number ends in whole numbers. */
export function infer(cls: u32, from: u32): u32 {
  if (from == Analysis.Constants) {
    const value = constants.valueOf(knownOf(from, cls));
    return range(value, value);
  }
  const type = factOf(Analysis.Type, cls);
  if (!isNumeric(type)) return 0;
  const own = knownOf(Analysis.Interval, cls);
  if (own == 0) return range(-Infinity, Infinity);
  return isIntegral(type) ? whole(own) : 0;
}

/** Where none is in it the bounds cross: to merge it is a contradiction. */
function whole(own: u32): u32 {
  return range(ceil(low(own)), floor(high(own)));
}

/** A range that the host gives; 0 if it is none. */
export function rangeOf(from: f64, to: f64): u32 {
  return from <= to ? range(from, to) : 0;
}
