// The relational analysis: which columns a relation shows, its keys, what determines what, what is never
// NULL, by which declared facts. Records are laid out in records.ts, transfer functions stand in
// scalars.ts and relations.ts, the guards of rules in guards.ts. What the host tells of operators: kinds.ts.

import { opKind, opOf } from "../egraph";
import { reserveClosure } from "./closure";
import { holds } from "./guards";
import { Kind } from "./kinds";
import { reserveLists } from "./lists";
import { merge } from "./merge";
import { makeRelation } from "./relations";
import { makeScalar } from "./scalars";

/** Lays the regions out at first use, and forgets all facts. */
export function clearFacts(): void {
  reserveClosure();
  reserveLists();
}

export function makeFacts(row: u32): u32 {
  const kind = opKind(opOf(row));
  const isRelation = kind >= <u32>Kind.Scan && kind <= <u32>Kind.Out;
  return isRelation ? makeRelation(row, kind) : makeScalar(row, kind);
}

export function mergeFacts(a: u32, b: u32): u32 {
  return merge(a, b);
}

export function testGuard(guard: u32, args: usize, count: u32): bool {
  return holds(guard, args, count);
}
