// How many rows a relation has: at least, and at most. A class's data is a range as interval.ts has it, of whole
// numbers from 0 on; 0 where nothing more is known. Bounds are f64, so exact up to 2^53. What narrows forever (a
// relation that is itself twice over) ends as ranges do.

import { Analysis, factOf, kindOf, knownOf } from "../columns";
import { Order } from "../egraph";
import { arityOf, childOf, opOf } from "../rows";
import * as booleans from "./booleans";
import * as constants from "./constants";
import { high, low, merge as meet, range } from "./interval";
import { Nullness } from "./nullability";

export const enum Kind {
  Other = 0,
  Empty = 1, // ()
  Scan = 2, // (table, rows): as many as are declared
  Filter = 3, // (predicate, rows)
  Same = 4, // (…, rows): each row is one
  Cross = 5, // (a, b)
  Join = 6, // (predicate, a, b)
  LeftJoin = 7, // (predicate, a, b)
  KeyJoin = 8, // (predicate, a, b): a row of a meets one of b at most
  LeftKeyJoin = 9, // (predicate, a, b)
  Semi = 10, // (predicate, a, b): rows of a
  Limit = 11, // (count, rows)
  UnionAll = 12, // (a, b)
  Union = 13, // (a, b), each row once
  Distinct = 14, // (rows)
  Group = 15, // (keys, rows): a row a group
  Aggregate = 16, // (aggregates, rows): one row, of no rows, too
}

/** What has arguments has an order. */
export function isKind(order: u32, kind: u32): bool {
  return kind <= <u32>Kind.Empty || (kind <= <u32>Kind.Aggregate && order == <u32>Order.Fixed);
}

function leastChildren(kind: u32): u32 {
  if (kind <= <u32>Kind.Empty) return 0;
  if (kind == Kind.Distinct) return 1;
  return kind >= <u32>Kind.Join && kind <= <u32>Kind.Semi ? 3 : 2;
}

export function make(row: u32): u32 {
  const kind = kindOf(Analysis.Cardinality, opOf(row));
  if (kind == Kind.Other || arityOf(row) < leastChildren(kind)) return 0;
  switch (kind) {
    case Kind.Empty:
      return count(0, 0);
    case Kind.Scan:
      return declared(row);
    case Kind.Filter:
      return filtered(decision(childOf(row, 0)), least(row, 1), most(row, 1));
    case Kind.Same:
      return count(least(row, 1), most(row, 1));
    case Kind.Limit:
      return limited(row);
    case Kind.Distinct:
      return count(min(1, least(row, 0)), most(row, 0));
    case Kind.Group:
      return count(min(1, least(row, 1)), most(row, 1));
    case Kind.Aggregate:
      return count(1, 1);
    default:
      return arityOf(row) < 3 ? ofTwo(kind, row) : joined(kind, row);
  }
}

function ofTwo(kind: u32, row: u32): u32 {
  if (kind == Kind.Cross)
    return count(product(least(row, 0), least(row, 1)), product(most(row, 0), most(row, 1)));
  const from = least(row, 0) + least(row, 1);
  return count(kind == Kind.Union ? min(1, from) : from, most(row, 0) + most(row, 1));
}

function joined(kind: u32, row: u32): u32 {
  const from = least(row, 1);
  const to = most(row, 1);
  const pairs = product(to, most(row, 2));
  switch (kind) {
    case Kind.Join:
      return filtered(decision(childOf(row, 0)), product(from, least(row, 2)), pairs);
    case Kind.LeftJoin:
      return count(from, max(to, pairs));
    case Kind.KeyJoin:
      return count(0, min(to, pairs));
    case Kind.LeftKeyJoin:
      return count(from, to);
    default:
      return count(0, to);
  }
}

/** As many as a number says: rows of a table, or the most of a LIMIT. Nothing where it is no count. */
function numberIn(cls: u32): f64 {
  const fact = factOf(Analysis.Constants, cls);
  if (fact == 0) return NaN;
  const value = constants.valueOf(fact);
  return value >= 0 && floor(value) == value ? value : NaN;
}

function declared(row: u32): u32 {
  const rows = numberIn(childOf(row, 1));
  return isNaN(rows) ? 0 : count(rows, rows);
}

function limited(row: u32): u32 {
  const rows = numberIn(childOf(row, 0));
  if (isNaN(rows)) return count(0, most(row, 1));
  return count(min(rows, least(row, 1)), min(rows, most(row, 1)));
}

const enum Decision {
  None = 0,
  All = 1,
  Nothing = 2,
}

/** Whether a predicate is TRUE, or FALSE or NULL, whatever the row. */
function decision(predicate: u32): Decision {
  if (factOf(Analysis.Nullability, predicate) == Nullness.Null) return Decision.Nothing;
  const fact = factOf(Analysis.Booleans, predicate);
  if (fact == 0) return Decision.None;
  const isTrue = kindOf(Analysis.Booleans, fact - 1) == booleans.Kind.True;
  return isTrue ? Decision.All : Decision.Nothing;
}

function filtered(decision: Decision, from: f64, to: f64): u32 {
  if (decision == Decision.Nothing) return count(0, 0);
  return count(decision == Decision.All ? from : 0, to);
}

/** Of the rows of a child. */
function least(row: u32, i: u32): f64 {
  const known = knownOf(Analysis.Cardinality, childOf(row, i));
  return known == 0 ? 0 : low(known);
}

function most(row: u32, i: u32): f64 {
  const known = knownOf(Analysis.Cardinality, childOf(row, i));
  return known == 0 ? Infinity : high(known);
}

/** No rows at all on one side make none, however many there may be on the other. */
function product(a: f64, b: f64): f64 {
  return a == 0 || b == 0 ? 0 : a * b;
}

/** That there are some is no fact. */
function count(from: f64, to: f64): u32 {
  return from <= 0 && to == Infinity ? 0 : range(from, to);
}

export function merge(a: u32, b: u32): u32 {
  return meet(a, b);
}

/** Counts that the host gives; 0 if they are none. */
export function countOf(from: f64, to: f64): u32 {
  if (!(from >= 0) || !(from <= to) || floor(from) != from) return 0;
  return floor(to) == to ? range(from, to) : 0;
}
