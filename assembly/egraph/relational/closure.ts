// What a set of columns determines in a relation, and the declared facts that this rests on.
//
//   a column c, words at MARKS + 8 c   ┌───────┬────────┐
//                                      │ epoch │ reason │   reason: 0 given, d + 1 by dependency d
//                                      └───────┴────────┘
// Marks of an older epoch do not count.

import { reserve } from "../../memory/regions";
import { internDraftAsSet, push, sizeOf, startDraft, wordAt } from "../../memory/blocks";
import { assumedOf, dependenciesOf, keysOf } from "./records";
import { ABSENT } from "./lists";

const MAX_COLUMNS: u32 = 1 << 19;

let marks: usize = 0;
let stack: usize = 0;
let epoch: u32 = 0;
let relation: u32 = 0;

export function reserveClosure(): void {
  if (marks != 0) return;
  marks = reserve((<usize>MAX_COLUMNS) << 3);
  stack = reserve((<usize>MAX_COLUMNS) << 2);
}

/** Begins with nothing given. */
export function startClosure(facts: u32): void {
  epoch++;
  relation = facts;
}

export function give(column: u32): void {
  mark(column, 0);
}

function mark(column: u32, reason: u32): void {
  if (column >= MAX_COLUMNS) return;
  store<u32>(marks + ((<usize>column) << 3), epoch);
  store<u32>(marks + ((<usize>column) << 3), reason, 4);
}

function isMarked(column: u32): bool {
  return column < MAX_COLUMNS && load<u32>(marks + ((<usize>column) << 3)) == epoch;
}

function allMarked(columns: u32): bool {
  for (let i: u32 = 0; i < sizeOf(columns); i++) if (!isMarked(wordAt(columns, i))) return false;
  return true;
}

/** Marks all that the marked columns determine. */
export function close(): void {
  const dependencies = dependenciesOf(relation);
  const size = sizeOf(dependencies) / 3;
  let changed = true;
  while (changed) {
    changed = false;
    for (let d: u32 = 0; d < size; d++) {
      if (!allMarked(wordAt(dependencies, 3 * d))) continue;
      if (markAll(wordAt(dependencies, 3 * d + 1), d + 1)) changed = true;
    }
  }
}

function markAll(columns: u32, reason: u32): bool {
  let changed = false;
  for (let i: u32 = 0; i < sizeOf(columns); i++) {
    const column = wordAt(columns, i);
    if (isMarked(column)) continue;
    mark(column, reason);
    changed = true;
  }
  return changed;
}

export function isDetermined(column: u32): bool {
  return isMarked(column);
}

/** The facts by which the marked columns hold a key; ABSENT if they hold none. */
export function whyKey(): u32 {
  const keys = keysOf(relation);
  for (let i: u32 = 0; i < sizeOf(keys); i += 2)
    if (allMarked(wordAt(keys, i))) return whyDetermined(wordAt(keys, i), wordAt(keys, i + 1));
  return ABSENT;
}

/** The facts by which these columns are marked, together with `facts` and what the class itself rests on. */
export function whyDetermined(columns: u32, facts: u32): u32 {
  const dependencies = dependenciesOf(relation);
  startDraft();
  pushAll(facts);
  pushAll(assumedOf(relation));
  let top: u32 = 0;
  for (let i: u32 = 0; i < sizeOf(columns); i++) top = open(wordAt(columns, i), top);
  while (top > 0) {
    const column = load<u32>(stack + ((<usize>--top) << 2));
    const reason = load<u32>(marks + ((<usize>column) << 3), 4);
    if (reason == 0) continue;
    mark(column, 0); // once is enough
    const d = 3 * (reason - 1);
    pushAll(wordAt(dependencies, d + 2));
    const from = wordAt(dependencies, d);
    for (let i: u32 = 0; i < sizeOf(from); i++) top = open(wordAt(from, i), top);
  }
  return internDraftAsSet();
}

/** A column that is not marked is one of an enclosing query: the same in all rows. */
function open(column: u32, top: u32): u32 {
  if (!isMarked(column) || top >= MAX_COLUMNS) return top;
  store<u32>(stack + ((<usize>top) << 2), column);
  return top + 1;
}

function pushAll(set: u32): void {
  for (let i: u32 = 0; i < sizeOf(set); i++) push(wordAt(set, i));
}
