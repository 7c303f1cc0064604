// Facts of a class that two became: what holds of one bag of rows, by either of its terms, holds.

import { contradict } from "../analyses/contradiction";
import {
  internDraftAsSet,
  internDraftAsSetAtOnce,
  push,
  startDraft,
  union,
} from "../../memory/blocks";
import { witnessCount, witnesses } from "../explain";
import {
  addDependencies,
  addKeys,
  addNotNulls,
  closeDependencies,
  closeKeys,
  closeNotNulls,
  openLists,
} from "./lists";
import {
  assumedOf,
  dependenciesOf,
  flagsOf,
  freeOf,
  isRelation,
  isUnknown,
  keysOf,
  notNullsOf,
  relationRecord,
  restingOn,
  shownOf,
  wholeOf,
} from "./records";

/** `a` where `b` says nothing new. */
export function merge(a: u32, b: u32): u32 {
  if (a == b || b == 0) return a;
  if (a == 0) return b;
  const assumed = union(assumedOf(a), assumedOf(b));
  // Scalars of one class say the same, but for what they rest on.
  if (!isRelation(a) || !isRelation(b)) return restingOn(isUnknown(a) ? b : a, assumed);
  if (shownOf(a) != shownOf(b)) contradict();
  openLists();
  addKeys(keysOf(a));
  addKeys(keysOf(b));
  addDependencies(dependenciesOf(a));
  addDependencies(dependenciesOf(b));
  addNotNulls(notNullsOf(a));
  addNotNulls(notNullsOf(b));
  const keys = closeKeys();
  const dependencies = closeDependencies();
  const notNulls = closeNotNulls();
  const both = relationRecord(
    shownOf(a),
    union(freeOf(a), freeOf(b)),
    flagsOf(a) | flagsOf(b),
    union(wholeOf(a), wholeOf(b)),
    notNulls,
    keys,
    dependencies,
  );
  return restingOn(both, assumed);
}

/** Facts of a class that two became by the match that is being applied: from now on it rests on what the match does. */
export function restingOnMatch(facts: u32): u32 {
  if (witnessCount() == 0) return facts;
  draftWitnesses();
  return restingOn(facts, internDraftAsSet());
}

/** The declared facts that the match rests on, as a set: there is memory for it. */
export function witnessBlock(): u32 {
  if (witnessCount() == 0) return 0;
  draftWitnesses();
  return internDraftAsSetAtOnce();
}

function draftWitnesses(): void {
  startDraft();
  for (let i: u32 = 0; i < witnessCount(); i++) push(load<u32>(witnesses() + ((<usize>i) << 2)));
}
