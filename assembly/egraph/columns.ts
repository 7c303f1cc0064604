// What analyses know, column by column: an analysis that is on has a word for every class, and two for every operator.
//
//   COLUMNS   4 u32 an analysis      ┌──────┬─────────┬──────┬─────────┐
//                                    │ DATA │ CHANGED │ KIND │ PAYLOAD │   addresses; 0 where the analysis is off
//                                    └──────┴─────────┴──────┴─────────┘
//   DATA      u32 a class            what the analysis knows of it, 0 for nothing
//   CHANGED   u32 a class            the clock of facts when that last changed
//   KIND      u32 an operator        what it is to the analysis; bit 31, in the first column: a leaf that is a number
//   PAYLOAD   u32 an operator        a word for the analysis
//   PENDING   u32 a class            analyses, as bits, that know more of it than what is above it was told
//
// The first analysis that is switched on has a column in every instance; the others have those of an instance that was
// made with more. They lie behind all other regions, which so have one place.

import { list, reserve } from "../memory/regions";
import { MAX_OPS } from "./hashcons";
import { put, rowCount, word } from "./rows";

export const enum Analysis {
  None = 0,
  Relations = 1,
  Constants = 2,
  Booleans = 3,
  Lambda = 4,
  Interval = 5,
  Nullability = 6,
  Type = 7,
  Cardinality = 8,
}

export const MOST_ANALYSES: u32 = 16;
const ENTRY: usize = 16;
const COLUMNS: usize = memory.data(16 * 16, 16);
/** Numbers of the analyses that are on, in their order. */
const SWITCHED_ON: usize = memory.data(4 * 16, 16);
const NUMBER: u32 = 1 << 31;

/** How many analyses are on, and the only one if it is one. */
export let analysisCount: u32 = 0;
export let onlyAnalysis: u32 = 0;

let rowCapacity: u32 = 0;
let first: usize = 0; // of a column: DATA, CHANGED, KIND, PAYLOAD one after the other
let more: usize = 0;
/** How many analyses the instance has columns for beside the first. */
export let moreColumns: u32 = 0;
let PENDING: usize = 0;

/** The column that every instance has. */
export function reserveFirstColumn(rows: u32): void {
  rowCapacity = rows;
  first = reserve(bytesOfColumn());
}

/** Columns for `count` analyses beside the first. Called after everything else is reserved. */
export function reserveMoreColumns(count: u32): void {
  moreColumns = count;
  if (count == 0) return;
  PENDING = reserve((<usize>rowCapacity) << 2);
  more = reserve(bytesOfColumn() * <usize>count);
}

function bytesOfColumn(): usize {
  return ((<usize>rowCapacity) << 3) + ((<usize>MAX_OPS) << 3);
}

/** Switches all analyses off. */
export function clearColumns(): void {
  memory.fill(COLUMNS, 0, <usize>MOST_ANALYSES * ENTRY);
  analysisCount = 0;
  onlyAnalysis = Analysis.None;
}

/** Gives an analysis the next column. False where the instance has none. */
export function openColumn(analysis: u32): bool {
  if (analysisCount > moreColumns) return false;
  const base = analysisCount == 0 ? first : more + bytesOfColumn() * <usize>(analysisCount - 1);
  const perRow: usize = (<usize>rowCapacity) << 2;
  const entry = COLUMNS + <usize>analysis * ENTRY;
  store<u32>(entry, <u32>base);
  store<u32>(entry, <u32>(base + perRow), 4);
  store<u32>(entry, <u32>(base + 2 * perRow), 8);
  store<u32>(entry, <u32>(base + 2 * perRow + ((<usize>MAX_OPS) << 2)), 12);
  put(SWITCHED_ON, analysisCount++, analysis);
  onlyAnalysis = analysisCount == 1 ? analysis : <u32>Analysis.None;
  return true;
}

export function isOn(analysis: u32): bool {
  return load<u32>(COLUMNS + <usize>analysis * ENTRY) != 0;
}

/** The `i`th of the analyses that are on. */
export function analysisAt(i: u32): u32 {
  return word(SWITCHED_ON, i);
}

// ------------------------------------------------------------------------------------ operators

/** What an operator is to the first analysis, and nothing yet to the others. */
export function startOp(op: u32, kind: u32, payload: u32): void {
  const kinds = first + ((<usize>rowCapacity) << 3);
  put(kinds, op, kind);
  put(kinds + ((<usize>MAX_OPS) << 2), op, payload);
  for (let i: u32 = 1; i < analysisCount; i++) describeOp(op, analysisAt(i), 0, 0);
}

/** What an operator is to an analysis that is on and not the first. */
export function describeOp(op: u32, analysis: u32, kind: u32, payload: u32): void {
  const entry = COLUMNS + <usize>analysis * ENTRY;
  put(load<u32>(entry, 8), op, kind);
  put(load<u32>(entry, 12), op, payload);
}

/** Whether an operator is a leaf that is written as a number. */
export function isNumber(op: u32): bool {
  return (word(first + ((<usize>rowCapacity) << 3), op) & NUMBER) != 0;
}

/** Only of an analysis that is on. */
export function kindOf(analysis: u32, op: u32): u32 {
  return word(load<u32>(COLUMNS + <usize>analysis * ENTRY, 8), op) & ~NUMBER;
}

/** Only of an analysis that is on. */
export function payloadOf(analysis: u32, op: u32): u32 {
  return word(load<u32>(COLUMNS + <usize>analysis * ENTRY, 12), op);
}

// -------------------------------------------------------------------------------------- classes

/** What an analysis knows of a class, 0 for nothing: so where it is off. */
export function factOf(analysis: u32, cls: u32): u32 {
  const data: usize = load<u32>(COLUMNS + <usize>analysis * ENTRY);
  return data == 0 ? 0 : word(data, cls);
}

/** The same of an analysis that is on. */
export function knownOf(analysis: u32, cls: u32): u32 {
  return word(load<u32>(COLUMNS + <usize>analysis * ENTRY), cls);
}

export function setFact(analysis: u32, cls: u32, fact: u32): void {
  put(load<u32>(COLUMNS + <usize>analysis * ENTRY), cls, fact);
}

/** When what an analysis that is on knows of a class last changed. */
export function changedAt(analysis: u32, cls: u32): u32 {
  return word(load<u32>(COLUMNS + <usize>analysis * ENTRY, 4), cls);
}

export function setChanged(analysis: u32, cls: u32, clock: u32): void {
  put(load<u32>(COLUMNS + <usize>analysis * ENTRY, 4), cls, clock);
}

/** Analyses, as bits, of which what is above a class was not told. Only where several are on. */
export function pendingOf(cls: u32): u32 {
  return word(PENDING, cls);
}

export function setPending(cls: u32, analyses: u32): void {
  put(PENDING, cls, analyses);
}

/** Bytes of what is known of rows. */
export function bytesOfColumns(): usize {
  return <usize>rowCount * (8 * <usize>analysisCount + (analysisCount > 1 ? 4 : 0));
}

export function listColumns(ops: u32): void {
  const perRow: usize = (<usize>rowCount) << 2;
  const perOp: usize = (<usize>ops) << 2;
  const kinds = first + ((<usize>rowCapacity) << 3);
  list(kinds, perOp);
  list(kinds + ((<usize>MAX_OPS) << 2), perOp);
  for (let i: u32 = 0; i < analysisCount; i++) {
    const entry = COLUMNS + <usize>analysisAt(i) * ENTRY;
    list(load<u32>(entry), perRow);
    list(load<u32>(entry, 4), perRow);
    if (i == 0) continue;
    list(load<u32>(entry, 8), perOp);
    list(load<u32>(entry, 12), perOp);
  }
  if (analysisCount > 1) list(PENDING, perRow);
}
