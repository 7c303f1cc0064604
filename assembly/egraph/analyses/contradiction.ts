// Whether facts that cannot both be true came together: a rule, or what was given, is wrong.
//
//   RECORD  6 u32, of the first time   ┌──────────┬──────┬─────┬────────────┬───────────┬─────────────┐
//                                      │ analysis │ fact │ row │ other fact │ other row │ log offset  │
//                                      └──────────┴──────┴─────┴────────────┴───────────┴─────────────┘
//   row          of which the analysis makes the fact, or the oldest of the class that it was known of
//   log offset   where the log ended: the last union before it is that which brought them together

import { list } from "../../memory/regions";
import { logSize } from "../log";

const RECORD: usize = memory.data(24, 4);

export let isContradictory: bool = false;
/** Whether the record says what the contradiction is. */
export let isNamed: bool = false;

/** An analysis finds that two facts cannot both be true. */
export function contradict(): void {
  isContradictory = true;
}

export function nameContradiction(
  analysis: u32,
  fact: u32,
  row: u32,
  otherFact: u32,
  otherRow: u32,
): void {
  isNamed = true;
  store<u32>(RECORD, analysis);
  store<u32>(RECORD, fact, 4);
  store<u32>(RECORD, row, 8);
  store<u32>(RECORD, otherFact, 12);
  store<u32>(RECORD, otherRow, 16);
  store<u32>(RECORD, <u32>logSize(), 20);
}

export function hasContradiction(): bool {
  return isContradictory;
}

export function contradictionAt(): usize {
  return RECORD;
}

export function clearContradiction(): void {
  isContradictory = false;
  isNamed = false;
}

export function listContradiction(): void {
  if (isNamed) list(RECORD, 24);
}
