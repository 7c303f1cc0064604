// Lists of facts in the making: keys, dependencies, columns that are not NULL. Each is kept as few as it
// can be said with, in one order, so that equal knowledge is one block.
//
//   entry, words   ┌───┬───┬───────┐
//                  │ a │ b │ facts │   key: columns, 0 · dependency: from, to · not null: column, 0
//                  └───┴───┴───────┘
// Three lists are open at once: `openLists` empties them, the `close…` functions give them as blocks.

import { reserve } from "../../memory/regions";
import { internDraft, isSubset, push, sizeOf, startDraft, wordAt } from "../../memory/blocks";

export const MAX_KEYS: u32 = 8;
export const MAX_DEPENDENCIES: u32 = 64;
export const MAX_ENTRIES: usize = 1 << 14;
const ENTRY: usize = 12;

export const KEYS: u32 = 0;
export const DEPENDENCIES: u32 = 1;
export const NOT_NULLS: u32 = 2;

let entries: usize = 0;
let counts: usize = 0;

export function reserveLists(): void {
  if (entries != 0) return;
  entries = reserve(3 * MAX_ENTRIES * ENTRY);
  counts = reserve(16);
}

export function openLists(): void {
  for (let list: u32 = 0; list < 3; list++) setCount(list, 0);
}

function count(list: u32): u32 {
  return load<u32>(counts + ((<usize>list) << 2));
}

function setCount(list: u32, value: u32): void {
  store<u32>(counts + ((<usize>list) << 2), value);
}

function entry(list: u32, i: u32): usize {
  return entries + (<usize>list * MAX_ENTRIES + <usize>i) * ENTRY;
}

/** The same with no more facts says more: what an entry says, another may say already. */
function implies(list: u32, at: usize, a: u32, b: u32, facts: u32): bool {
  const oldA = load<u32>(at);
  const oldB = load<u32>(at, 4);
  if (!isSubset(load<u32>(at, 8), facts)) return false;
  if (list == NOT_NULLS) return oldA == a;
  return isSubset(oldA, a) && isSubset(b, oldB);
}

function add(list: u32, a: u32, b: u32, facts: u32): void {
  const size = count(list);
  for (let i: u32 = 0; i < size; i++) if (implies(list, entry(list, i), a, b, facts)) return;
  let kept: u32 = 0;
  for (let i: u32 = 0; i < size; i++) {
    const at = entry(list, i);
    if (isImplied(list, at, a, b, facts)) continue;
    memory.copy(entry(list, kept++), at, ENTRY);
  }
  if (<usize>kept >= MAX_ENTRIES) return;
  let place = kept;
  while (place > 0 && comesAfter(list, entry(list, place - 1), a, b, facts)) {
    memory.copy(entry(list, place), entry(list, place - 1), ENTRY);
    place--;
  }
  const at = entry(list, place);
  store<u32>(at, a);
  store<u32>(at, b, 4);
  store<u32>(at, facts, 8);
  setCount(list, kept + 1);
}

function isImplied(list: u32, at: usize, a: u32, b: u32, facts: u32): bool {
  if (!isSubset(facts, load<u32>(at, 8))) return false;
  if (list == NOT_NULLS) return load<u32>(at) == a;
  return isSubset(a, load<u32>(at)) && isSubset(load<u32>(at, 4), b);
}

/** One order of all entries: small sets first, then by address, which is by age; columns by number. */
function comesAfter(list: u32, at: usize, a: u32, b: u32, facts: u32): bool {
  const oldA = load<u32>(at);
  if (list == NOT_NULLS) return oldA > a;
  const bySize = rank(oldA, load<u32>(at, 8)) - rank(a, facts);
  if (bySize != 0) return bySize > 0;
  if (oldA != a) return oldA > a;
  if (load<u32>(at, 4) != b) return load<u32>(at, 4) > b;
  return load<u32>(at, 8) > facts;
}

function rank(a: u32, facts: u32): i32 {
  return <i32>((sizeOf(a) << 8) + sizeOf(facts));
}

export function addKey(columns: u32, facts: u32): void {
  add(KEYS, columns, 0, facts);
}

export function addDependency(from: u32, to: u32, facts: u32): void {
  if (!isSubset(to, from)) add(DEPENDENCIES, from, to, facts);
}

export function addNotNull(column: u32, facts: u32): void {
  add(NOT_NULLS, column, 0, facts);
}

/** Puts a finished list into an empty one as it is; false if it is not empty. */
function refill(list: u32, block: u32, words: u32): bool {
  if (count(list) > 0) return false;
  const size = sizeOf(block) / words;
  for (let i: u32 = 0; i < size; i++) {
    const at = entry(list, i);
    store<u32>(at, wordAt(block, i * words));
    store<u32>(at, words == 3 ? wordAt(block, i * words + 1) : 0, 4);
    store<u32>(at, wordAt(block, i * words + words - 1), 8);
  }
  setCount(list, size);
  return true;
}

export function addKeys(keys: u32): void {
  if (refill(KEYS, keys, 2)) return;
  for (let i: u32 = 0; i < sizeOf(keys); i += 2) addKey(wordAt(keys, i), wordAt(keys, i + 1));
}

export function addDependencies(all: u32): void {
  if (refill(DEPENDENCIES, all, 3)) return;
  for (let i: u32 = 0; i < sizeOf(all); i += 3)
    addDependency(wordAt(all, i), wordAt(all, i + 1), wordAt(all, i + 2));
}

export function addNotNulls(all: u32): void {
  if (refill(NOT_NULLS, all, 2)) return;
  for (let i: u32 = 0; i < sizeOf(all); i += 2) addNotNull(wordAt(all, i), wordAt(all, i + 1));
}

export function closeKeys(): u32 {
  startDraft();
  const size = min(count(KEYS), MAX_KEYS);
  for (let i: u32 = 0; i < size; i++) {
    push(load<u32>(entry(KEYS, i)));
    push(load<u32>(entry(KEYS, i), 8));
  }
  return internDraft();
}

export function closeDependencies(): u32 {
  startDraft();
  const size = min(count(DEPENDENCIES), MAX_DEPENDENCIES);
  for (let i: u32 = 0; i < size; i++) {
    push(load<u32>(entry(DEPENDENCIES, i)));
    push(load<u32>(entry(DEPENDENCIES, i), 4));
    push(load<u32>(entry(DEPENDENCIES, i), 8));
  }
  return internDraft();
}

export function closeNotNulls(): u32 {
  startDraft();
  for (let i: u32 = 0; i < count(NOT_NULLS); i++) {
    push(load<u32>(entry(NOT_NULLS, i)));
    push(load<u32>(entry(NOT_NULLS, i), 8));
  }
  return internDraft();
}

/** The facts that a column's not being NULL rests on; ABSENT where it may be NULL. */
export const ABSENT: u32 = 0xffffffff;

export function whyNotNull(notNulls: u32, column: u32): u32 {
  for (let i: u32 = 0; i < sizeOf(notNulls); i += 2)
    if (wordAt(notNulls, i) == column) return wordAt(notNulls, i + 1);
  return ABSENT;
}
