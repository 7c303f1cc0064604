// Witnesses: the declared facts that the guards of one match rest on, for its log record.
//
//   ┌────────┬───┐
//   │ fact 0 │ … │   u32 numbers of declarations, each once
//   └────────┴───┘

import { reserve } from "../memory/regions";

/** As many as a log record holds. */
const MOST: u32 = 255;

let facts: usize = 0;
let count: u32 = 0;
/** Whether there were more than that: a match that cannot say what it rests on is not applied. */
export let areTooMany: bool = false;

export function reserveWitnesses(): void {
  if (facts == 0) facts = reserve((<usize>MOST) << 2);
}

/** Forgets those of the match before. */
export function clearWitnesses(): void {
  count = 0;
  areTooMany = false;
}

/** A guard says which declared fact its answer rests on. */
export function witness(fact: u32): void {
  for (let i: u32 = 0; i < count; i++) if (load<u32>(facts + ((<usize>i) << 2)) == fact) return;
  if (count == MOST) {
    areTooMany = true;
    return;
  }
  store<u32>(facts + ((<usize>count) << 2), fact);
  count++;
}

export function witnessCount(): u32 {
  return count;
}

export function witnesses(): usize {
  return facts;
}
