// Facts of a class that two became: what holds of one bag of rows, by either of its terms, holds.

import { contradict } from "../analyses/contradiction";
import { internDraftAsSet, push, startDraft, union } from "../../memory/blocks";
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
  columnOf,
  dependenciesOf,
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
  scalarRecord,
  shownOf,
  strictOf,
  wholeOf,
} from "./records";

/** `a` where `b` says nothing new. */
export function merge(a: u32, b: u32): u32 {
  if (a == b || b == 0) return a;
  if (a == 0) return b;
  if (isScalar(a) && isScalar(b)) return assuming(a, union(assumedOf(a), assumedOf(b)));
  if (!isRelation(a) || !isRelation(b)) return a;
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

/** Facts of a scalar whose class rests on more: what is equal in it is so by declared facts. */
function assuming(a: u32, assumed: u32): u32 {
  if (assumed == assumedOf(a)) return a;
  return scalarRecord(
    mentionedOf(a),
    flagsOf(a),
    nonNullsOf(a),
    strictOf(a),
    rejectsOf(a),
    columnOf(a),
    idOf(a),
    assumed,
  );
}

/** The declared facts of the match that is being applied: from now on the class rests on them. */
function justWitnessed(): u32 {
  startDraft();
  for (let i: u32 = 0; i < witnessCount(); i++) push(load<u32>(witnesses() + ((<usize>i) << 2)));
  return internDraftAsSet();
}
