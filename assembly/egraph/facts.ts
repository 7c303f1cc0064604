// Facts of classes: what the analyses make of the graph, and how they hear of one another.
//
//   STALE    u32   classes that an analysis knows more of than what is above them was told, each once
//
// An analysis has `make` (of a row), `merge` (of two facts, or of a fact and a new one) and perhaps `infer` (of what the
// other analyses know of the same class) and `modify` (the graph). Which others they read says reads.ts: when a fact
// changes, the analyses are asked again that read it, here of the class itself and, at the next rebuild, of the rows
// above. All of it is monotone, so the order in which they are asked does not matter.

import { freshName } from "../host";
import { list, reserve } from "../memory/regions";
import { add, aLeaf, bytesLeft, isByRule, isByteLimited, setMade } from "./egraph";
import * as booleans from "./analyses/booleans";
import * as cardinality from "./analyses/cardinality";
import * as constants from "./analyses/constants";
import {
  clearContradiction,
  contradictionAt,
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
  MOST_ANALYSES,
  onlyAnalysis,
  openColumn,
  pendingOf,
  setChanged,
  setFact,
  setPending,
} from "./columns";
import { cellCount, lastParent, nextParent, parentIn } from "./parents";
import {
  clearBlocks,
  forgetShortage,
  isSet,
  isShort,
  limitBlocks,
  sizeOf,
  wordAt,
} from "../memory/blocks";
import { clearWitnesses, witness } from "./explain";
import {
  clearLater,
  isStuck,
  laterAt,
  laterCount,
  listLater,
  nextToRemake,
  postpone,
  remakeAt,
  reserveLater,
  stick,
  takeLater,
  Task,
  taskAt,
  unstick,
} from "./later";
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
  reserveLater();
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
  refreshAt = 0;
  refreshLast = 0;
  refreshWanted = 0;
  clearLater();
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
    case Analysis.Relations:
      return relational.isRecord(word);
    case Analysis.Constants:
      return constants.isFact(word);
    case Analysis.Booleans:
      return booleans.isFact(word);
    case Analysis.Lambda:
      return lambda.isFact(word);
    case Analysis.Nullability:
      return nullability.isFact(word);
    case Analysis.Type:
      return type.isFact(word);
    default:
      return interval.isFact(word);
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
  if (analysis < <u32>Analysis.Constants || analysis > <u32>Analysis.Lambda) return;
  if (knownOf(analysis, cls) == 0) return;
  if (mustWait()) return later(Task.Modify, cls, analysis);
  if (analysis == Analysis.Constants) constants.modify(cls);
  else if (analysis == Analysis.Booleans) booleans.modify(cls);
  else lambda.modify(cls);
}

/** Of facts that differ: of the class `left`, and of a class, or of a row, `right`. */
function merge(analysis: u32, a: u32, b: u32, left: u32, right: u32): u32 {
  const wasContradictory = isContradictory;
  const merged = mergeOf(analysis, a, b);
  if (!isContradictory || isNamed) return merged;
  const first = witnessOf(analysis, a, left);
  const second = witnessOf(analysis, b, right);
  if (!isShort) nameContradiction(analysis, a, first, b, second);
  else if (!wasContradictory) clearContradiction(); // it is found again
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

// ---------------------------------------------------------------------------- what there are bytes for

/** Of a run's bytes, for what cannot be stopped: a leaf, the record of a union, declared facts; and the rest of a match. */
const FACT_ROOM: usize = 4096;
const ALL: u32 = ~(<u32>0);

/** Whether analyses cannot be asked now, as something waits or there are no bytes for what they might find. */
function mustWait(): bool {
  return isStuck || (isByteLimited() && isOutOfBytes());
}

/** Else blocks are limited to what there is. */
function isOutOfBytes(): bool {
  const left = bytesLeft();
  if (left < FACT_ROOM) stick();
  else limitBlocks(left - FACT_ROOM);
  return isStuck;
}

/** Whether what was made just now is worth nothing, as there were no bytes for it. From then on everything waits. */
function isCutShort(): bool {
  if (!isShort) return false;
  forgetShortage();
  stick();
  return true;
}

function later(task: Task, row: u32, a: u32 = 0, b: u32 = 0): void {
  postpone(task, row, a, b, isRelational() ? relational.witnessBlock() : 0, isByRule);
}

/** Asks what was to be asked later, as far as there are bytes. False where some of it waits still. */
export function catchUp(): bool {
  unstick();
  const count = takeLater();
  for (let i: u32 = 0; i < count; i++) {
    const at = taskAt(i);
    takeWitnesses(load<u32>(at, 16));
    setMade(load<u32>(at, 20) != 0);
    perform(load<u32>(at), load<u32>(at, 4), load<u32>(at, 8), load<u32>(at, 12));
  }
  if (count == 0) return true;
  clearWitnesses();
  setMade(false);
  return !isStuck;
}

function takeWitnesses(block: u32): void {
  clearWitnesses();
  for (let i: u32 = 0; i < sizeOf(block); i++) witness(wordAt(block, i));
}

function perform(task: u32, row: u32, a: u32, b: u32): void {
  switch (task) {
    case Task.Start:
      if (find(row) == row && nextNode(row) == row) return startFacts(row);
      return makeFor(row, ALL, ALL);
    case Task.Make:
      return makeFor(row, a, b);
    case Task.Join:
      return joinFacts(find(row), row);
    case Task.Infer:
      return follow(find(row), a, b);
    case Task.Modify:
      return modify(a, find(row));
    default:
      return restOnChildren(row);
  }
}

/** Whether something is left to be told, or is to be asked once more. */
export function areFactsDue(): bool {
  return (staleCount | refreshAt | remakeAt) != 0;
}

// ----------------------------------------------------------------------------------- what is told

/** Facts of a class that has one row. */
export function startFacts(row: u32): void {
  if (mustWait()) return startLater(row);
  if (onlyAnalysis != Analysis.None) {
    const fact = make(onlyAnalysis, row);
    if (isCutShort()) return startLater(row);
    setFact(onlyAnalysis, row, fact);
    setChanged(onlyAnalysis, row, factClock);
    return modify(onlyAnalysis, row);
  }
  setPending(row, 0);
  for (let i: u32 = 0; i < analysisCount; i++) {
    const analysis = analysisAt(i);
    const fact = make(analysis, row);
    if (isCutShort()) return startLater(row);
    setFact(analysis, row, fact);
    setChanged(analysis, row, factClock);
  }
  follow(row, ALL, ALL);
}

/** Nothing is known of the row yet. */
function startLater(row: u32): void {
  for (let i: u32 = 0; i < analysisCount; i++) {
    setFact(analysisAt(i), row, 0);
    setChanged(analysisAt(i), row, factClock);
  }
  if (onlyAnalysis == Analysis.None) setPending(row, 0);
  later(Task.Start, row);
}

/** Nothing is known of a row that is dead from the start. */
export function forgetFacts(row: u32): void {
  for (let i: u32 = 0; i < analysisCount; i++) setFact(analysisAt(i), row, 0);
}

/** What classes that became one are known to be, by the numbers of analyses. */
const BOTH: usize = memory.data(4 * 16, 16);

/** Two classes are one. Rows over `lose` learn what is new to them when they are repaired. */
export function joinFacts(keep: u32, lose: u32): void {
  join(keep, lose, ALL);
}

/** Analyses of `acting` act on the class if they knew less of one of the two. */
function join(keep: u32, lose: u32, acting: u32): void {
  if (mustWait()) return later(Task.Join, lose);
  if (onlyAnalysis != Analysis.None) return joinOnly(keep, lose);
  for (let i: u32 = 0; i < analysisCount; i++) {
    const analysis = analysisAt(i);
    const a = knownOf(analysis, keep);
    const b = knownOf(analysis, lose);
    const both = a == b ? a : merge(analysis, a, b, keep, lose);
    put(BOTH, analysis, analysis == Analysis.Relations ? relational.restingOnMatch(both) : both);
    if (isCutShort()) return later(Task.Join, lose);
  }
  let isNew: u32 = 0;
  let wasNew: u32 = 0;
  for (let i: u32 = 0; i < analysisCount; i++) {
    const analysis = analysisAt(i);
    const both = word(BOTH, analysis);
    if (both != knownOf(analysis, lose)) wasNew |= bit(analysis);
    if (both == knownOf(analysis, keep)) continue;
    isNew |= bit(analysis);
    learn(analysis, keep, both);
  }
  const isChanged = isNew | (wasNew & acting);
  if (isChanged != 0) follow(keep, isNew, isChanged);
}

/** The same of the only analysis. */
function joinOnly(keep: u32, lose: u32): void {
  const analysis = onlyAnalysis;
  const a = knownOf(analysis, keep);
  const b = knownOf(analysis, lose);
  let both = a == b ? a : merge(analysis, a, b, keep, lose);
  if (analysis == Analysis.Relations) both = relational.restingOnMatch(both);
  if (isCutShort()) return later(Task.Join, lose);
  if (both == a && both == b) return;
  if (both != a) learn(analysis, keep, both);
  modify(analysis, keep);
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
  if (mustWait()) return later(Task.Rest, row);
  const cls = find(row);
  const known = knownOf(Analysis.Relations, cls);
  const resting = relational.restingOnChildren(known, row);
  if (isCutShort()) return later(Task.Rest, row);
  if (resting != known) learn(Analysis.Relations, cls, resting);
}

/** A row has other children than before. */
export function makeAgain(row: u32): void {
  makeFor(row, ALL, 0);
}

/** What some analyses make of a row; others know more of its class already. */
function makeFor(row: u32, wanted: u32, known: u32): void {
  if (mustWait()) return later(Task.Make, row, wanted, known);
  const cls = find(row);
  if (onlyAnalysis != Analysis.None) return makeOnly(row, cls);
  let isNew = known;
  let left = wanted;
  for (let i: u32 = 0; i < analysisCount; i++) {
    const analysis = analysisAt(i);
    if ((wanted & bit(analysis)) == 0) continue;
    const fact = make(analysis, row);
    const hasLearned = absorb(analysis, cls, fact, row);
    if (isCutShort()) return later(Task.Make, row, left, isNew);
    left &= ~bit(analysis);
    if (hasLearned) isNew |= bit(analysis);
  }
  if (isNew != 0) follow(cls, isNew, isNew);
}

/** The same of the only analysis. */
function makeOnly(row: u32, cls: u32): void {
  const hasLearned = absorb(onlyAnalysis, cls, make(onlyAnalysis, row), row);
  if (isCutShort()) return later(Task.Make, row, ALL);
  if (hasLearned) modify(onlyAnalysis, cls);
}

/** The class at hand, of which what stands above is being told: the next cell of its parents, 0 for none, and where that ends; what to ask. */
export let refreshAt: u32 = 0;
export let refreshLast: u32 = 0;
export let refreshWanted: u32 = 0;

/** Facts of what stands above a class whose own changed, or of a row of which all is asked once more. */
export function refreshOne(): void {
  if (remakeAt != 0) return remakeOne(nextToRemake());
  if (refreshAt == 0 && !startRefresh()) return;
  const last = refreshLast;
  const wanted = refreshWanted;
  let cell = refreshAt;
  refreshAt = 0;
  while (true) {
    const row = parentIn(cell);
    if (!isDead(row)) makeFor(row, wanted, 0);
    cell = nextParent(cell);
    if (cell == last) return;
    if (!isStuck) continue;
    refreshAt = cell;
    return;
  }
}

/** Takes the next class; false where nothing stands above it that has to know. */
function startRefresh(): bool {
  const stale = word(STALE, --staleCount);
  clearFlag(stale, WAITING);
  const wanted = onlyAnalysis != Analysis.None ? bit(onlyAnalysis) : readersAbove(pendingOf(stale));
  if (onlyAnalysis == Analysis.None) setPending(stale, 0);
  const last = lastParent(find(stale));
  if (last == 0 || wanted == 0) return false;
  refreshAt = last;
  refreshLast = last;
  refreshWanted = wanted;
  return true;
}

function remakeOne(row: u32): void {
  const cls = find(row);
  if (cls != row) join(cls, row, 0); // its leader acts below
  if (!isDead(row)) makeFor(row, ALL, 0);
  if (cls == row) follow(cls, ALL, ALL);
}

/** The host's word for a fact of a class; false where there is no memory for it. */
export function assumeFact(analysis: u32, row: u32, fact: u32): bool {
  const cls = find(row);
  const hasLearned = absorb(analysis, cls, fact, row);
  if (isCutShort()) return false;
  if (hasLearned) follow(cls, bit(analysis), bit(analysis));
  return true;
}

/** Whether an analysis knows more of a class, by a row of it. Not where blocks are short. */
function absorb(analysis: u32, cls: u32, fact: u32, row: u32): bool {
  const known = knownOf(analysis, cls);
  if (fact == known || isShort) return false;
  const merged = merge(analysis, known, fact, cls, row);
  if (merged == known || isShort) return false;
  learn(analysis, cls, merged);
  return true;
}

/**
 * What follows of what some analyses know of a class now, for others and for the graph; `changed` are those that act on it
 * then.
 */
function follow(cls: u32, known: u32, changed: u32): void {
  let isNew = known;
  let acting = changed;
  if (onlyAnalysis == Analysis.None)
    while (isNew != 0) {
      if (mustWait()) return later(Task.Infer, cls, isNew, acting);
      const from = isNew;
      isNew = 0;
      for (let i: u32 = 0; i < analysisCount; i++) {
        if (hasInferred(analysisAt(i), cls, from)) isNew |= bit(analysisAt(i));
        if (isCutShort()) return later(Task.Infer, cls, from | isNew, acting | isNew);
      }
      acting |= isNew;
    }
  for (let i: u32 = 0; i < analysisCount; i++) {
    const analysis = analysisAt(i);
    if ((acting & bit(analysis)) != 0) modify(analysis, find(cls));
  }
}

/** Whether an analysis learns something of what others, which it reads, know of the same class. */
function hasInferred(analysis: u32, cls: u32, from: u32): bool {
  const read = readsHere(analysis) & from;
  if (read == 0) return false;
  let isNew = false;
  for (let i: u32 = 0; i < analysisCount; i++) {
    const other = analysisAt(i);
    if ((read & bit(other)) == 0 || knownOf(other, cls) == 0) continue;
    const fact = infer(analysis, cls, other);
    if (fact != 0 && absorb(analysis, cls, fact, cls)) isNew = true;
  }
  return isNew;
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

/** Whether a guard holds for these arguments: `count` classes at `args`. It has no answer where it is stuck. */
export function testGuard(guard: u32, args: usize, count: u32): bool {
  if (guard >= FIRST_GUARD) {
    if (!testOther(guard, args)) return false;
    for (let i: usize = 0; i < <usize>count; i++) restOn(load<u32>(args + (i << 2)));
    return true;
  }
  if (!isOn(Analysis.Relations) || mustWait()) return false;
  const holds = relational.testGuard(guard, args, count);
  return !isCutShort() && holds;
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

/** Whether what is to be told, or to be asked, is of rows that there are, and the contradiction of facts. */
export function areStale(): bool {
  for (let i: u32 = 0; i < staleCount; i++) if (!isRow(word(STALE, i))) return false;
  for (let i: u32 = 0; i < laterCount; i++) if (!isTask(laterAt(i))) return false;
  return isRefreshing() && (!isNamed || isContradiction());
}

function isRow(row: u32): bool {
  return row != 0 && row < rowCount;
}

function isTask(at: usize): bool {
  const task = load<u32>(at);
  const a = load<u32>(at, 8);
  if (task < <u32>Task.Start || task > <u32>Task.Rest || !isRow(load<u32>(at, 4))) return false;
  if (task == Task.Modify && (a >= MOST_ANALYSES || !isOn(a))) return false;
  if (task == Task.Rest && !isRelational()) return false;
  return isSet(load<u32>(at, 16)) && load<u32>(at, 20) <= 1;
}

/** Whether the cells of the class at hand lie on one ring, of those that are closed. */
function isRefreshing(): bool {
  if (refreshAt == 0) return true;
  if (refreshAt >= cellCount || refreshLast >= cellCount) return false;
  let cell = refreshAt;
  for (let i: u32 = 0; i < cellCount; i++) {
    if (cell == refreshLast) return true;
    cell = nextParent(cell);
    if (cell == 0 || cell >= cellCount) return false;
  }
  return false;
}

function isContradiction(): bool {
  const at = contradictionAt();
  const analysis = load<u32>(at);
  if (analysis >= MOST_ANALYSES || !isOn(analysis)) return false;
  if (!isFact(analysis, load<u32>(at, 4)) || !isFact(analysis, load<u32>(at, 12))) return false;
  return isRow(load<u32>(at, 8)) && isRow(load<u32>(at, 16));
}

export function listFacts(): void {
  list(STALE, (<usize>staleCount) << 2);
  listLater();
  listContradiction();
}
