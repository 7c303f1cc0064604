// Facts of classes: what the analyses make of the graph, and how they hear of one another.
//
//   STALE    u32   classes that an analysis knows more of than what is above them was told, each once
//
// An analysis has `make` (of a row), `merge` (of two facts, or of a fact and a new one) and perhaps `infer` (of what the
// other analyses know of the same class) and `modify` (the graph). Which others they read says reads.ts: when a fact
// changes, the analyses are asked again that read it, here of the class itself and, at the next rebuild, of the rows
// above. All of it is monotone, so the order in which they are asked does not matter.

import { freshName } from "../host";
import { isAllocated } from "../memory/arena";
import { list, reserve } from "../memory/regions";
import { add, aLeaf, opCount } from "./egraph";
import * as booleans from "./analyses/booleans";
import * as cardinality from "./analyses/cardinality";
import * as constants from "./analyses/constants";
import {
  clearContradiction,
  isContradictory,
  isNamed,
  listContradiction,
  nameContradiction,
} from "./analyses/contradiction";
import { EQUAL_AFTER_ADDING, FIRST_GUARD, readBy, testGuard as testOther } from "./analyses/guards";
import * as interval from "./analyses/interval";
import * as lambda from "./analyses/lambda";
import * as nullability from "./analyses/nullability";
import { bit, chooseReaders, readersAbove, readsHere } from "./analyses/reads";
import * as type from "./analyses/type";
import {
  Analysis,
  analysisAt,
  analysisCount,
  changedAt as changedIn,
  clearColumns,
  factOf,
  isOn,
  knownOf,
  onlyAnalysis,
  openColumn,
  pendingOf,
  setChanged,
  setFact,
  setPending,
} from "./columns";
import { lastParent, nextParent, parentIn } from "./parents";
import { clearBlocks } from "../memory/blocks";
import * as relational from "./relational";
import {
  clearFlag,
  find,
  isDead,
  isFlagged,
  nextNode,
  put,
  rowCount,
  setFlag,
  WAITING,
  word,
} from "./rows";

export { EQUAL_AFTER_ADDING } from "./analyses/guards";

let STALE: usize = 0;
export let staleCount: u32 = 0;
export let factClock: u32 = 1;

export function reserveFacts(rows: u32): void {
  STALE = reserve((<usize>rows) << 2);
}

/** Forgets all facts, and the analyses. */
export function clearFacts(): void {
  clearColumns();
  restartFacts();
}

/** Forgets all facts. */
export function restartFacts(): void {
  staleCount = 0;
  factClock = 1;
  clearContradiction();
  clearBlocks();
  relational.clearFacts();
}

/** From now on an analysis keeps facts. Called before the first node is added, in the order of their numbers. */
export function switchFactsOn(analysis: u32): bool {
  const isOpen = openColumn(analysis);
  chooseReaders();
  return isOpen;
}

export function isFactsOn(): bool {
  return analysisCount != 0;
}

// ----------------------------------------------------------------------------------- the analyses

export function isRelational(): bool {
  return isOn(Analysis.Relations);
}

/** Whether a word can be a fact of an analysis. */
export function isFact(analysis: u32, word: u32): bool {
  switch (analysis) {
    case Analysis.Constants:
    case Analysis.Booleans:
      return word <= opCount;
    case Analysis.Nullability:
      return nullability.isFact(word);
    case Analysis.Type:
      return type.isFact(word);
    default:
      return isAllocated(word, 4) && isAllocated(word, 4 + ((<u64>load<u32>(word)) << 2));
  }
}

/** Whether the host's words for an operator are what its kind says. */
export function isPayload(analysis: u32, order: u32, kind: u32, payload: usize): bool {
  switch (analysis) {
    case Analysis.Relations:
      return relational.isPayload(kind, payload);
    case Analysis.Constants:
      return constants.isPayload(order, kind, payload);
    case Analysis.Booleans:
      return booleans.isPayload(order, kind, payload);
    case Analysis.Lambda:
      return lambda.isPayload(order, kind, payload);
    case Analysis.Interval:
      return interval.isPayload(order, kind, payload);
    case Analysis.Nullability:
      return nullability.isKind(order, kind);
    case Analysis.Type:
      return type.isKind(kind);
    case Analysis.Cardinality:
      return cardinality.isKind(order, kind);
    default:
      return true;
  }
}

/** Whether an operator of a kind is a leaf whose value an analysis knows, and which it adds itself. */
export function isValue(analysis: u32, kind: u32): bool {
  switch (analysis) {
    case Analysis.Constants:
      return kind == constants.Kind.Number;
    case Analysis.Booleans:
      return kind == booleans.Kind.False || kind == booleans.Kind.True;
    case Analysis.Lambda:
      return kind == lambda.Kind.Integer || kind == lambda.Kind.Truth;
    default:
      return false;
  }
}

/** What an analysis makes of a row by itself; nothing where it has fewer children than its kind speaks of. */
function make(analysis: u32, row: u32): u32 {
  switch (analysis) {
    case Analysis.Relations:
      return relational.makeFacts(row);
    case Analysis.Constants:
      return constants.make(row);
    case Analysis.Booleans:
      return booleans.make(row);
    case Analysis.Lambda:
      return lambda.make(row);
    case Analysis.Interval:
      return interval.make(row);
    case Analysis.Nullability:
      return nullability.make(row);
    case Analysis.Type:
      return type.make(row);
    case Analysis.Cardinality:
      return cardinality.make(row);
    default:
      return 0;
  }
}

function mergeOf(analysis: u32, a: u32, b: u32): u32 {
  switch (analysis) {
    case Analysis.Relations:
      return relational.mergeFacts(a, b);
    case Analysis.Constants:
      return constants.merge(a, b);
    case Analysis.Booleans:
      return booleans.merge(a, b);
    case Analysis.Lambda:
      return lambda.merge(a, b);
    case Analysis.Interval:
      return interval.merge(a, b);
    case Analysis.Nullability:
      return nullability.merge(a, b);
    case Analysis.Type:
      return type.merge(a, b);
    case Analysis.Cardinality:
      return cardinality.merge(a, b);
    default:
      return 0;
  }
}

/** What an analysis makes of what another, or it itself, knows of a class. */
function infer(analysis: u32, cls: u32, from: u32): u32 {
  switch (analysis) {
    case Analysis.Constants:
      return constants.infer(cls);
    case Analysis.Interval:
      return interval.infer(cls, from);
    case Analysis.Nullability:
      return nullability.infer(cls, from);
    case Analysis.Type:
      return type.infer(cls, from);
    default:
      return 0;
  }
}

/** An analysis acts on a class whose facts are new. */
function modify(analysis: u32, cls: u32): void {
  if (analysis == Analysis.Constants) constants.modify(cls);
  else if (analysis == Analysis.Booleans) booleans.modify(cls);
  else if (analysis == Analysis.Lambda) lambda.modify(cls);
}

/** Of facts that differ: of the class `left`, and of a class, or of a row, `right`. */
function merge(analysis: u32, a: u32, b: u32, left: u32, right: u32): u32 {
  const merged = mergeOf(analysis, a, b);
  if (isContradictory && !isNamed)
    nameContradiction(analysis, a, witnessOf(analysis, a, left), b, witnessOf(analysis, b, right));
  return merged;
}

/** A row of a class of which an analysis makes this fact; else the class. */
function witnessOf(analysis: u32, fact: u32, cls: u32): u32 {
  let row = cls;
  do {
    if (make(analysis, row) == fact) return row;
    row = nextNode(row);
  } while (row != cls);
  return cls;
}

// ----------------------------------------------------------------------------------- what is told

/** Facts of a class that has one row. */
export function startFacts(row: u32): void {
  if (onlyAnalysis != Analysis.None) {
    setFact(onlyAnalysis, row, make(onlyAnalysis, row));
    setChanged(onlyAnalysis, row, factClock);
    return modify(onlyAnalysis, row);
  }
  setPending(row, 0);
  for (let i: u32 = 0; i < analysisCount; i++) {
    const analysis = analysisAt(i);
    setFact(analysis, row, make(analysis, row));
    setChanged(analysis, row, factClock);
  }
  inferAll(row, ~(<u32>0));
  for (let i: u32 = 0; i < analysisCount; i++) modify(analysisAt(i), find(row));
}

/** Nothing is known of a row that is dead from the start. */
export function forgetFacts(row: u32): void {
  for (let i: u32 = 0; i < analysisCount; i++) setFact(analysisAt(i), row, 0);
}

/** Two classes are one. Rows over `lose` learn what is new to them when they are repaired. */
export function joinFacts(keep: u32, lose: u32): void {
  let isNew: u32 = 0;
  let wasNew: u32 = 0;
  for (let i: u32 = 0; i < analysisCount; i++) {
    const analysis = analysisAt(i);
    const a = knownOf(analysis, keep);
    const b = knownOf(analysis, lose);
    const both = a == b ? a : merge(analysis, a, b, keep, lose);
    const merged = analysis == Analysis.Relations ? relational.restingOnMatch(both) : both;
    if (merged != b) wasNew |= bit(analysis);
    if (merged == a) continue;
    isNew |= bit(analysis);
    learn(analysis, keep, merged);
  }
  if ((isNew | wasNew) == 0) return;
  if (onlyAnalysis != Analysis.None) return modify(onlyAnalysis, keep);
  inferAll(keep, isNew);
  for (let i: u32 = 0; i < analysisCount; i++) {
    const analysis = analysisAt(i);
    if (((isNew | wasNew) & bit(analysis)) != 0) modify(analysis, find(keep));
  }
}

/** Rows of a right side, its top first and then each before what it stands in: see `restOnChildren`. */
export function restOnAllChildren(made: usize, count: u32): void {
  if (staleCount == 0 || !isRelational()) return;
  for (let i: usize = 1; i < <usize>count; i++) restOnChildren(load<u32>(made + (i << 2)));
  restOnChildren(load<u32>(made));
}

/**
 * A row that a right side is made of is over its children as they are now, which may have become equal to others since
 * its class was told: so its class rests on what they do.
 */
export function restOnChildren(row: u32): void {
  if (staleCount == 0 || !isRelational()) return;
  const cls = find(row);
  const known = knownOf(Analysis.Relations, cls);
  const resting = relational.restingOnChildren(known, row);
  if (resting != known) learn(Analysis.Relations, cls, resting);
}

/** A row has other children than before. */
export function makeAgain(row: u32): void {
  for (let i: u32 = 0; i < analysisCount; i++) {
    const analysis = analysisAt(i);
    absorb(analysis, find(row), make(analysis, row), row);
  }
}

/** Facts of what stands above a class whose own changed. */
export function refreshOne(): void {
  const stale = word(STALE, --staleCount);
  clearFlag(stale, WAITING);
  const wanted = onlyAnalysis != Analysis.None ? bit(onlyAnalysis) : readersAbove(pendingOf(stale));
  if (onlyAnalysis == Analysis.None) setPending(stale, 0);
  const last = lastParent(find(stale));
  if (last == 0 || wanted == 0) return;
  let cell = last;
  do {
    const row = parentIn(cell);
    if (!isDead(row)) remake(row, wanted);
    cell = nextParent(cell);
  } while (cell != last);
}

function remake(row: u32, analyses: u32): void {
  for (let i: u32 = 0; i < analysisCount; i++) {
    const analysis = analysisAt(i);
    if ((analyses & bit(analysis)) != 0) absorb(analysis, find(row), make(analysis, row), row);
  }
}

/** The host's word for a fact of a class. */
export function assumeFact(analysis: u32, row: u32, fact: u32): void {
  absorb(analysis, find(row), fact, row);
}

/** An analysis may know more of a class, by a row of it. */
function absorb(analysis: u32, cls: u32, fact: u32, row: u32): void {
  const known = knownOf(analysis, cls);
  if (fact == known) return;
  const merged = merge(analysis, known, fact, cls, row);
  if (merged == known) return;
  learn(analysis, cls, merged);
  if (onlyAnalysis == Analysis.None) inferAll(cls, bit(analysis));
  modify(analysis, find(cls));
}

/** Asks all analyses what they make of what some know of a class now. */
function inferAll(row: u32, known: u32): void {
  for (let i: u32 = 0; i < analysisCount; i++) {
    const analysis = analysisAt(i);
    const read = readsHere(analysis) & known;
    if (read == 0) continue;
    for (let j: u32 = 0; j < analysisCount; j++)
      if ((read & bit(analysisAt(j))) != 0) inferFrom(analysis, find(row), analysisAt(j));
  }
}

function inferFrom(analysis: u32, cls: u32, from: u32): void {
  if (knownOf(from, cls) == 0) return;
  const fact = infer(analysis, cls, from);
  if (fact != 0) absorb(analysis, cls, fact, cls);
}

/** A class's facts change: what stands above it must look again. */
function learn(analysis: u32, cls: u32, fact: u32): void {
  setFact(analysis, cls, fact);
  setChanged(analysis, cls, ++factClock);
  if (onlyAnalysis == Analysis.None) setPending(cls, pendingOf(cls) | bit(analysis));
  if (isFlagged(cls, WAITING)) return;
  setFlag(cls, WAITING);
  put(STALE, staleCount++, cls);
}

/** Ticks whenever the facts of a class change. */
export function clockOfFacts(): u32 {
  return factClock;
}

/** When what some analyses know of a class last changed. */
export function changedAt(analyses: u32, cls: u32): u32 {
  let newest: u32 = 0;
  for (let i: u32 = 0; i < analysisCount; i++) {
    const analysis = analysisAt(i);
    if ((analyses & bit(analysis)) != 0) newest = max(newest, changedIn(analysis, cls));
  }
  return newest;
}

// ---------------------------------------------------------------------------------- who asks them

/** What an analysis knows of the class of a row; 0 for nothing. */
export function factIn(analysis: u32, row: u32): u32 {
  return factOf(analysis, find(row));
}

/** Whether a guard holds for these arguments: `count` classes at `args`. */
export function testGuard(guard: u32, args: usize, count: u32): bool {
  if (guard >= FIRST_GUARD) {
    if (!testOther(guard, args)) return false;
    for (let i: usize = 0; i < <usize>count; i++) restOn(load<u32>(args + (i << 2)));
    return true;
  }
  return isOn(Analysis.Relations) && relational.testGuard(guard, args, count);
}

/** What is asked of a class holds by the declared facts, too, by which its terms are equal. */
export function restOn(cls: u32): void {
  if (isOn(Analysis.Relations)) relational.witnessAssumed(cls);
}

/** Which of two right sides: the first where the name, the first class, is free in the second. */
export function decide(choice: u32, args: usize, count: u32): bool {
  return isOn(Analysis.Lambda) && lambda.isFree(load<u32>(args), load<u32>(args, 4));
}

/** The leaf that is named after a class, oldest row first. */
export function freshLeaf(cls: u32): u32 {
  return add(aLeaf(freshName(cls)), 0);
}

/** Whether the classes that are to be told above are classes. */
export function areStale(): bool {
  for (let i: u32 = 0; i < staleCount; i++) {
    const cls = word(STALE, i);
    if (cls == 0 || cls >= rowCount) return false;
  }
  return true;
}

export function listFacts(): void {
  list(STALE, (<usize>staleCount) << 2);
  listContradiction();
}
