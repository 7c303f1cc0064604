// Facts of relations: what each operator makes of its input's. A declared fact is carried on by number. What the
// children rest on is added to what is made here (index.ts).

import { arityOf, childOf } from "../egraph";
import { dataOf } from "./column";
import {
  difference,
  has,
  internDraft,
  intersection,
  internDraftAsSet,
  isSubset,
  nulls,
  push,
  single,
  sizeOf,
  startDraft,
  union,
  wordAt,
} from "../../memory/blocks";
import { close, give, isDetermined, startClosure, whyDetermined, whyKey } from "./closure";
import { Kind, ScanWord } from "./kinds";
import {
  ABSENT,
  addDependencies,
  addDependency,
  addKey,
  addKeys,
  addNotNull,
  addNotNulls,
  closeDependencies,
  closeKeys,
  closeNotNulls,
  openLists,
  whyNotNull,
} from "./lists";
import {
  columnOf,
  dependenciesOf,
  Flag,
  flagsOf,
  freeOf,
  idOf,
  isRelation,
  isScalar,
  keysOf,
  mentionedOf,
  nonNullsOf,
  notNullsOf,
  rejectsOf,
  relationRecord,
  shownOf,
  wholeOf,
} from "./records";
import { isEquality, kindOf, payloadWord } from "./scalars";

/** 0 where nothing is known yet: a child has no facts, or the operator hides its input. */
export function makeRelation(row: u32, kind: u32): u32 {
  switch (kind) {
    case Kind.Scan:
      return makeScan(row);
    case Kind.Filter:
      return makeFilter(row);
    case Kind.Join:
      return makeJoin(row);
    case Kind.Left:
      return makeLeft(row);
    case Kind.Full:
      return makeFull(row);
    case Kind.Semi:
      return makeSemi(row);
    case Kind.Compute:
    case Kind.Window:
      return makeExtended(row);
    case Kind.Agg:
    case Kind.AggSets:
      return makeAgg(row, kind == Kind.Agg);
    case Kind.Distinct:
    case Kind.DistinctOn:
      return makeDistinct(row, kind == Kind.Distinct);
    case Kind.Set:
      return makeSet(row);
    case Kind.Sort:
      return relationChild(row, 1);
    case Kind.Limit:
      return makeLimit(row);
    case Kind.Candidate:
      return relationChild(row, 2);
    default:
      return 0;
  }
}

function relationChild(row: u32, i: u32): u32 {
  const facts = dataOf(childOf(row, i));
  return isRelation(facts) ? facts : 0;
}

function listChild(row: u32, i: u32): u32 {
  const facts = dataOf(childOf(row, i));
  return isScalar(facts) ? facts : 0;
}

/** What keeps a relation, or an expression, from being the same for equal values. */
const NOT_BY_VALUE: u32 = Flag.Volatile | Flag.Tells;

function volatility(facts: u32): u32 {
  return facts == 0 ? 0 : flagsOf(facts) & NOT_BY_VALUE;
}

// ---------------------------------------------------------------------------------------- leaves

function makeScan(row: u32): u32 {
  const columns = payloadWord(row, ScanWord.Columns);
  const keysAt = ScanWord.First + 2 * columns;
  startDraft();
  for (let i: u32 = 0; i < columns; i++) push(payloadWord(row, ScanWord.First + 2 * i));
  const shown = internDraftAsSet();
  openLists();
  for (let i: u32 = 0; i < columns; i++) {
    const known = payloadWord(row, ScanWord.First + 2 * i + 1);
    if (known > 0)
      addNotNull(payloadWord(row, ScanWord.First + 2 * i), known == 1 ? 0 : single(known - 2));
  }
  let at = keysAt + 1;
  for (let k: u32 = 0; k < payloadWord(row, keysAt); k++) {
    const facts = words(row, at);
    at += 1 + sizeOf(facts);
    const key = words(row, at);
    at += 1 + sizeOf(key);
    addKey(key, facts);
    addDependency(key, shown, facts);
  }
  return relationRecord(shown, 0, 0, shown, closeNotNulls(), closeKeys(), closeDependencies());
}

/** The set that stands in a payload: its size, then its words. */
function words(row: u32, at: u32): u32 {
  startDraft();
  const size = payloadWord(row, at);
  for (let i: u32 = 0; i < size; i++) push(payloadWord(row, at + 1 + i));
  return internDraftAsSet();
}

// --------------------------------------------------------------------------------- one input's rows

function makeFilter(row: u32): u32 {
  const input = relationChild(row, 1);
  const predicates = listChild(row, 0);
  if (input == 0 || predicates == 0) return 0;
  const shown = shownOf(input);
  const cls = childOf(row, 0);
  openLists();
  addKeys(keysOf(input));
  addDependencies(dependenciesOf(input));
  addEqualities(cls, shown);
  addNotNulls(notNullsOf(input));
  const rejects = intersection(rejectsOf(predicates), shown);
  for (let i: u32 = 0; i < sizeOf(rejects); i++) addNotNull(wordAt(rejects, i), 0);
  return relationRecord(
    shown,
    union(freeOf(input), difference(mentionedOf(predicates), shown)),
    flagsOf(input) | volatility(predicates),
    arityOf(cls) == 0 ? wholeOf(input) : 0,
    closeNotNulls(),
    closeKeys(),
    closeDependencies(),
  );
}

/** Columns that the equalities of a conjunction determine: each by the other side's. */
function addEqualities(predicates: u32, shown: u32): void {
  for (let i: u32 = 0; i < arityOf(predicates); i++) {
    const predicate = childOf(predicates, i);
    if (!isEquality(predicate)) continue;
    const a = dataOf(childOf(predicate, 0));
    const b = dataOf(childOf(predicate, 1));
    addEquality(a, b, shown);
    addEquality(b, a, shown);
  }
}

function addEquality(column: u32, by: u32, shown: u32): void {
  if (columnOf(column) == 0 || (flagsOf(by) & NOT_BY_VALUE) != 0) return;
  const number = columnOf(column) - 1;
  if (has(shown, number)) addDependency(intersection(mentionedOf(by), shown), single(number), 0);
}

function makeSemi(row: u32): u32 {
  const predicates = listChild(row, 0);
  const left = relationChild(row, 1);
  const right = relationChild(row, 2);
  if (predicates == 0 || left == 0 || right == 0) return 0;
  const bound = union(shownOf(left), shownOf(right));
  return relationRecord(
    shownOf(left),
    union(union(freeOf(left), freeOf(right)), difference(mentionedOf(predicates), bound)),
    flagsOf(left) | flagsOf(right) | volatility(predicates),
    0,
    notNullsOf(left),
    keysOf(left),
    dependenciesOf(left),
  );
}

function makeLimit(row: u32): u32 {
  const input = relationChild(row, 2);
  if (input == 0) return 0;
  return relationRecord(
    shownOf(input),
    freeOf(input),
    flagsOf(input),
    0,
    notNullsOf(input),
    keysOf(input),
    dependenciesOf(input),
  );
}

/** The input's columns and the defined ones: compute and window. */
function makeExtended(row: u32): u32 {
  const defs = childOf(row, 0);
  const list = listChild(row, 0);
  const input = relationChild(row, 1);
  if (list == 0 || input == 0) return 0;
  const own = definedIds(defs);
  openLists();
  addKeys(keysOf(input));
  addDependencies(dependenciesOf(input));
  addNotNulls(notNullsOf(input));
  addDefinitions(defs, shownOf(input), 0);
  return relationRecord(
    union(shownOf(input), own),
    union(freeOf(input), difference(mentionedOf(list), shownOf(input))),
    flagsOf(input) | volatility(list),
    wholeOf(input),
    closeNotNulls(),
    closeKeys(),
    closeDependencies(),
  );
}

function definedIds(defs: u32): u32 {
  startDraft();
  for (let i: u32 = 0; i < arityOf(defs); i++) {
    const id = idOf(dataOf(childOf(defs, i)));
    if (id != 0) push(id - 1);
  }
  return internDraftAsSet();
}

/**
 * What definitions say of their columns: not NULL where the expression is not (a plain column: also where
 * `notNulls` says so), determined by what the expression mentions. A window's value also depends on other rows.
 */
function addDefinitions(defs: u32, given: u32, notNulls: u32): void {
  for (let i: u32 = 0; i < arityOf(defs); i++) {
    const facts = dataOf(childOf(defs, i));
    if (idOf(facts) == 0) continue;
    const id = idOf(facts) - 1;
    const flags = flagsOf(facts);
    if ((flags & Flag.Nullable) == 0) addNotNull(id, nonNullsOf(facts));
    else if (columnOf(facts) != 0 && notNulls != 0) {
      const why = whyNotNull(notNulls, columnOf(facts) - 1);
      if (why != ABSENT) addNotNull(id, why);
    }
    const isValue = (flags & (NOT_BY_VALUE | Flag.RepeatsCount | Flag.OrderCounts)) == 0;
    if (isValue && isPlainValue(childOf(defs, i)) && isSubset(mentionedOf(facts), given))
      addDependency(mentionedOf(facts), single(id), 0);
  }
}

/** Whether a definition's expression is a value of its row alone: no aggregate, no window function. */
function isPlainValue(def: u32): bool {
  const kind = kindOfExpr(def);
  return kind >= <u32>Kind.Column && kind < <u32>Kind.Aggregate && kind != <u32>Kind.Query;
}

// ------------------------------------------------------------------------------------------ joins

function makeJoin(row: u32): u32 {
  if (arityOf(row) == 0) return 0;
  let shown: u32 = 0;
  let free: u32 = 0;
  let flags: u32 = 0;
  for (let i: u32 = 0; i < arityOf(row); i++) {
    const input = relationChild(row, i);
    if (input == 0) return 0;
    shown = union(shown, shownOf(input));
    free = union(free, freeOf(input));
    flags |= flagsOf(input);
  }
  const keys = joinKeys(row);
  openLists();
  for (let i: u32 = 0; i < arityOf(row); i++) {
    addDependencies(dependenciesOf(relationChild(row, i)));
    addNotNulls(notNullsOf(relationChild(row, i)));
  }
  addKeys(keys);
  const only = arityOf(row) == 1 ? relationChild(row, 0) : 0;
  return relationRecord(
    shown,
    difference(free, shown),
    flags,
    only == 0 ? 0 : wholeOf(only),
    closeNotNulls(),
    closeKeys(),
    closeDependencies(),
  );
}

/** A key of each input together is one of the product. */
function joinKeys(row: u32): u32 {
  let keys = keysOf(relationChild(row, 0));
  for (let i: u32 = 1; i < arityOf(row); i++)
    keys = productKeys(keys, keysOf(relationChild(row, i)));
  return keys;
}

function productKeys(a: u32, b: u32): u32 {
  openLists();
  for (let i: u32 = 0; i < sizeOf(a); i += 2)
    for (let j: u32 = 0; j < sizeOf(b); j += 2)
      addKey(union(wordAt(a, i), wordAt(b, j)), union(wordAt(a, i + 1), wordAt(b, j + 1)));
  return closeKeys();
}

function makeLeft(row: u32): u32 {
  const predicates = childOf(row, 0);
  const list = listChild(row, 0);
  const left = relationChild(row, 1);
  const right = relationChild(row, 2);
  if (list == 0 || left == 0 || right == 0) return 0;
  const padded = nulls(shownOf(right));
  const bound = union(shownOf(left), shownOf(right));
  const once = whyAtMostOne(right, predicates);
  const keys = productKeys(keysOf(left), paddedKeys(right));
  const seen = paddedDependencies(right);
  openLists();
  addKeys(keys);
  addDependencies(dependenciesOf(left));
  addDependencies(seen);
  if (once != ABSENT) {
    addKeysWith(keysOf(left), once);
    if ((flagsOf(list) & NOT_BY_VALUE) == 0)
      addDependency(intersection(mentionedOf(list), shownOf(left)), padded, once);
  }
  addNotNulls(notNullsOf(left));
  return relationRecord(
    union(shownOf(left), padded),
    difference(
      union(union(freeOf(left), freeOf(right)), difference(mentionedOf(list), bound)),
      bound,
    ),
    flagsOf(left) | flagsOf(right) | volatility(list),
    wholeOf(left),
    closeNotNulls(),
    closeKeys(),
    closeDependencies(),
  );
}

function addKeysWith(keys: u32, facts: u32): void {
  for (let i: u32 = 0; i < sizeOf(keys); i += 2)
    addKey(wordAt(keys, i), union(wordAt(keys, i + 1), facts));
}

/** A padded row stands alone for its row of the left side, so keys of the right one stay keys beside the left's. */
function paddedKeys(right: u32): u32 {
  const keys = keysOf(right);
  openLists();
  for (let i: u32 = 0; i < sizeOf(keys); i += 2)
    addKey(nulls(wordAt(keys, i)), wordAt(keys, i + 1));
  return closeKeys();
}

/**
 * A dependency of the right side holds with padded rows too if one of its determining columns is never
 * NULL there: a padded row agrees with no other row but padded ones.
 */
function paddedDependencies(right: u32): u32 {
  const all = dependenciesOf(right);
  openLists();
  for (let i: u32 = 0; i < sizeOf(all); i += 3) {
    const why = whySomeNotNull(right, wordAt(all, i));
    if (why != ABSENT)
      addDependency(
        nulls(wordAt(all, i)),
        nulls(wordAt(all, i + 1)),
        union(wordAt(all, i + 2), why),
      );
  }
  return closeDependencies();
}

function whySomeNotNull(facts: u32, columns: u32): u32 {
  for (let i: u32 = 0; i < sizeOf(columns); i++) {
    const why = whyNotNull(notNullsOf(facts), wordAt(columns, i));
    if (why != ABSENT) return why;
  }
  return ABSENT;
}

/**
 * The facts by which, for any values outside, at most one row of `right` satisfies the conjunction: its
 * equalities fix a key. ABSENT if they do not.
 */
export function whyAtMostOne(right: u32, predicates: u32): u32 {
  const shown = shownOf(right);
  startClosure(right);
  for (let i: u32 = 0; i < arityOf(predicates); i++) {
    const predicate = childOf(predicates, i);
    if (!isEquality(predicate)) continue;
    const a = dataOf(childOf(predicate, 0));
    const b = dataOf(childOf(predicate, 1));
    giveFixed(a, b, shown);
    giveFixed(b, a, shown);
  }
  close();
  return whyKey();
}

/** A column of `shown` is fixed by an expression over other columns than those. */
function giveFixed(column: u32, by: u32, shown: u32): void {
  if (columnOf(column) == 0 || !has(shown, columnOf(column) - 1)) return;
  if ((flagsOf(by) & Flag.Volatile) != 0) return;
  if (intersection(mentionedOf(by), shown) == 0) give(columnOf(column) - 1);
}

function makeFull(row: u32): u32 {
  const list = listChild(row, 0);
  const left = relationChild(row, 1);
  const right = relationChild(row, 2);
  if (list == 0 || left == 0 || right == 0) return 0;
  const bound = union(shownOf(left), shownOf(right));
  return relationRecord(
    nulls(bound),
    union(union(freeOf(left), freeOf(right)), difference(mentionedOf(list), bound)),
    flagsOf(left) | flagsOf(right) | volatility(list),
    0,
    0,
    0,
    0,
  );
}

// -------------------------------------------------------------------- operators that close demand

function makeAgg(row: u32, isGrouped: bool): u32 {
  const keys = childOf(row, 0);
  const aggregates = childOf(row, 1);
  const input = relationChild(row, 2);
  const keyList = listChild(row, 0);
  const list = listChild(row, 1);
  if (input == 0 || keyList == 0 || list == 0) return 0;
  const ids = definedIds(keys);
  const shown = union(ids, definedIds(aggregates));
  const mentioned = union(mentionedOf(keyList), mentionedOf(list));
  const plain = plainIds(keys);
  const kept = isGrouped ? keptDependencies(input, plain) : 0;
  openLists();
  if (isGrouped) {
    addKey(ids, 0);
    addDependencies(kept);
    addDefinitions(keys, plain, notNullsOf(input));
    addDependency(ids, shown, 0);
  }
  addDefinitions(aggregates, 0, 0);
  return relationRecord(
    shown,
    union(freeOf(input), difference(mentioned, shownOf(input))),
    flagsOf(input) | volatility(keyList) | volatility(list),
    isGrouped ? intersection(wholeOf(input), plain) : 0,
    closeNotNulls(),
    closeKeys(),
    closeDependencies(),
  );
}

function makeDistinct(row: u32, isPlain: bool): u32 {
  const columns = childOf(row, 0);
  const list = listChild(row, 0);
  const input = relationChild(row, isPlain ? 1 : arityOf(row) - 1);
  if (input == 0 || list == 0) return 0;
  const ids = definedIds(columns);
  const plain = plainIds(columns);
  const kept = keptDependencies(input, plain);
  openLists();
  if (isPlain) addKey(ids, 0);
  addKeptKeys(keysOf(input), plain);
  addDependencies(kept);
  addDefinitions(columns, plain, notNullsOf(input));
  return relationRecord(
    ids,
    union(freeOf(input), difference(mentionedOf(list), shownOf(input))),
    flagsOf(input) | volatility(list),
    isPlain ? intersection(wholeOf(input), plain) : 0,
    closeNotNulls(),
    closeKeys(),
    closeDependencies(),
  );
}

/** Ids of definitions that show a column of the input under its own id. */
function plainIds(defs: u32): u32 {
  startDraft();
  for (let i: u32 = 0; i < arityOf(defs); i++) {
    const facts = dataOf(childOf(defs, i));
    if (idOf(facts) != 0 && idOf(facts) == columnOf(facts)) push(idOf(facts) - 1);
  }
  return internDraftAsSet();
}

function addKeptKeys(keys: u32, plain: u32): void {
  for (let i: u32 = 0; i < sizeOf(keys); i += 2)
    if (isSubset(wordAt(keys, i), plain)) addKey(wordAt(keys, i), wordAt(keys, i + 1));
}

/** What the columns that stay determine among themselves, also by way of columns that go. */
function keptDependencies(input: u32, plain: u32): u32 {
  const all = dependenciesOf(input);
  openLists();
  for (let i: u32 = 0; i < sizeOf(all); i += 3) {
    const from = wordAt(all, i);
    if (!isSubset(from, plain)) continue;
    startClosure(input);
    for (let j: u32 = 0; j < sizeOf(from); j++) give(wordAt(from, j));
    close();
    const to = determinedAmong(plain);
    if (to != 0) addDependency(from, to, whyDetermined(to, 0));
  }
  return closeDependencies();
}

function determinedAmong(columns: u32): u32 {
  startDraft();
  for (let i: u32 = 0; i < sizeOf(columns); i++)
    if (isDetermined(wordAt(columns, i))) push(wordAt(columns, i));
  return internDraft();
}

/** Children: ids, then a list of branches, or the branches themselves. */
function makeSet(row: u32): u32 {
  const ids = listChild(row, 0);
  if (ids == 0) return 0;
  let free: u32 = 0;
  let flags: u32 = 0;
  for (let i: u32 = 1; i < arityOf(row); i++) {
    const branches = listChild(row, i);
    if (branches == 0) return 0;
    free = union(free, mentionedOf(branches));
    flags |= volatility(branches);
  }
  return relationRecord(mentionedOf(ids), free, flags, 0, 0, 0, 0);
}

function kindOfExpr(def: u32): u32 {
  return arityOf(def) > 1 ? kindOf(childOf(def, 1)) : 0;
}
