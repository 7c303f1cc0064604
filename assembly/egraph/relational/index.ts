// The relational analysis: which columns a relation shows, its keys, what determines what, what is never
// NULL, by which declared facts. Records are laid out in records.ts, transfer functions stand in
// scalars.ts and relations.ts, the guards of rules in guards.ts. What the host tells of operators: kinds.ts.

import { isAllocated } from "../../memory/arena";
import { union } from "../../memory/blocks";
import { arityOf, childOf, opOf } from "../egraph";
import { dataOf, opKind } from "./column";
import { reserveClosure } from "./closure";
import { because, holds } from "./guards";
import { ColumnWord, Kind, ScanWord } from "./kinds";
import { reserveLists } from "./lists";
import { merge } from "./merge";
import { assumedOf, restingOn } from "./records";
import { makeRelation } from "./relations";
import { makeScalar } from "./scalars";

/** Lays the regions out at first use, and forgets all facts. */
export function clearFacts(): void {
  reserveClosure();
  reserveLists();
}

export function makeFacts(row: u32): u32 {
  const kind = opKind(opOf(row));
  if (arityOf(row) < leastChildren(kind)) return 0;
  const isRelation = kind >= <u32>Kind.Scan && kind <= <u32>Kind.Out;
  const made = isRelation ? makeRelation(row, kind) : makeScalar(row, kind);
  return made == 0 ? 0 : restingOn(made, assumedBelow(row));
}

/** The declared facts that the classes of a row's children rest on: so do its own facts, whatever they are made of. */
function assumedBelow(row: u32): u32 {
  let all: u32 = 0;
  for (let i: u32 = 0; i < arityOf(row); i++) {
    const facts = dataOf(childOf(row, i));
    if (facts != 0) all = union(all, assumedOf(facts));
  }
  return all;
}

/** What is known of the class of a row, resting on what its children do by now. */
export function restingOnChildren(facts: u32, row: u32): u32 {
  return restingOn(facts, assumedBelow(row));
}

/** How many children the transfer function of a kind looks at without asking how many there are. */
function leastChildren(kind: u32): u32 {
  switch (kind) {
    case Kind.Left:
    case Kind.Full:
    case Kind.Semi:
    case Kind.Agg:
    case Kind.AggSets:
    case Kind.Limit:
    case Kind.Candidate:
      return 3;
    case Kind.Filter:
    case Kind.Compute:
    case Kind.Window:
    case Kind.Distinct:
    case Kind.DistinctOn:
    case Kind.Sort:
      return 2;
    case Kind.Join:
    case Kind.Set:
    case Kind.Case:
    case Kind.Not:
      return 1;
    default:
      return 0;
  }
}

/** Whether a payload is as kinds.ts says of its kind, or there is none. */
export function isPayload(kind: u32, payload: usize): bool {
  if (payload == 0) return true;
  switch (kind) {
    case Kind.Scan:
      return isScan(payload);
    case Kind.Column: {
      if (!areWords(payload, ColumnWord.ForeignKeys + 1)) return false;
      const keys: u64 = load<u32>(payload + ((<usize>ColumnWord.ForeignKeys) << 2));
      return areWords(payload, ColumnWord.ForeignKeys + 1 + 2 * keys);
    }
    default:
      return areWords(payload, 1);
  }
}

function areWords(at: usize, count: u64): bool {
  return (at & 3) == 0 && isAllocated(at, count << 2);
}

function isScan(payload: usize): bool {
  if (!areWords(payload, 1)) return false;
  let words = <u64>ScanWord.First + 2 * <u64>load<u32>(payload);
  if (!areWords(payload, words + 1)) return false;
  // Each key: facts, then columns.
  const lists = 2 * <u64>load<u32>(payload + ((<usize>words) << 2));
  words++;
  for (let i: u64 = 0; i < lists; i++) {
    if (!areWords(payload, words + 1)) return false;
    words += 1 + <u64>load<u32>(payload + ((<usize>words) << 2));
  }
  return areWords(payload, words);
}

export function mergeFacts(a: u32, b: u32): u32 {
  return merge(a, b);
}

export { isRecord } from "./check";
export { restingOnMatch, witnessBlock } from "./merge";

/** What is asked of a class holds by what it rests on. */
export function witnessAssumed(cls: u32): void {
  const facts = dataOf(cls);
  if (facts != 0) because(assumedOf(facts));
}

export function testGuard(guard: u32, args: usize, count: u32): bool {
  return holds(guard, args, count);
}
