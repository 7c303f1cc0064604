// Facts of a class that two became: what holds of one bag of rows, by either of its terms, holds.

import { internDraftAsSet, push, startDraft, union } from "./blocks";
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
  keysOf,
  notNullsOf,
  relationRecord,
  shownOf,
  wholeOf,
} from "./records";

let contradicted: bool = false;

/** Two relations that a rule made one show different columns: the rule is wrong. */
export function hasContradiction(): bool {
  return contradicted;
}

export function clearContradiction(): void {
  contradicted = false;
}

/** `a` where `b` says nothing new. */
export function merge(a: u32, b: u32): u32 {
  if (a == b || b == 0) return a;
  if (a == 0) return b;
  if (!isRelation(a) || !isRelation(b)) return a;
  if (shownOf(a) != shownOf(b)) contradicted = true;
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
  return relationRecord(
    shownOf(a),
    union(freeOf(a), freeOf(b)),
    flagsOf(a) | flagsOf(b),
    union(union(assumedOf(a), assumedOf(b)), justWitnessed()),
    union(wholeOf(a), wholeOf(b)),
    notNulls,
    keys,
    dependencies,
  );
}

/** The declared facts of the match that is being applied: from now on the class rests on them. */
function justWitnessed(): u32 {
  startDraft();
  for (let i: u32 = 0; i < witnessCount(); i++) push(load<u32>(witnesses() + ((<usize>i) << 2)));
  return internDraftAsSet();
}
