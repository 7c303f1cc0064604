// What an analysis makes of the graph: facts of a class are one word, 0 for none, compared as they are. `merge`
// gives one of its arguments where nothing is new. Every analysis is a folder or file with make, merge and modify.

import { freshName } from "../host";
import { add, aLeaf } from "./egraph";
import * as booleans from "./analyses/booleans";
import * as constants from "./analyses/constants";
import { clearContradiction } from "./analyses/contradiction";
import { FIRST_GUARD, testGuard as testOther } from "./analyses/guards";
import * as lambda from "./analyses/lambda";
import { Analysis, analysis, choose } from "./analyses/which";
import { clearBlocks } from "../memory/blocks";
import * as relational from "./relational";

export { EQUAL_AFTER_ADDING } from "./analyses/guards";

/** Forgets all facts, and the analysis. */
export function clearFacts(): void {
  choose(Analysis.None);
  restartFacts();
}

/** Forgets all facts. */
export function restartFacts(): void {
  clearContradiction();
  clearBlocks();
  relational.clearFacts();
}

/** From now on facts are kept. Called before the first node is added. */
export function switchFactsOn(number: u32): void {
  choose(number);
}

export function isFactsOn(): bool {
  return analysis != Analysis.None;
}

export function isRelational(): bool {
  return analysis == Analysis.Relations;
}

/** Whether facts are blocks; else they are numbers of operators and 1. */
export function hasBlocks(): bool {
  return analysis == Analysis.Relations || analysis == Analysis.Lambda;
}

/** Whether the host's words for an operator are what its kind says. */
export function isPayload(order: u32, kind: u32, payload: usize): bool {
  switch (analysis) {
    case Analysis.Relations:
      return relational.isPayload(kind, payload);
    case Analysis.Constants:
      return constants.isPayload(order, kind, payload);
    case Analysis.Booleans:
      return booleans.isPayload(order, kind, payload);
    case Analysis.Lambda:
      return lambda.isPayload(order, kind, payload);
    default:
      return true;
  }
}

/** Whether an operator of a kind is a leaf whose value an analysis knows, and which it adds itself. */
export function isValue(kind: u32): bool {
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

/** The facts of a row by itself; none where it has fewer children than its kind speaks of. */
export function makeFacts(row: u32): u32 {
  switch (analysis) {
    case Analysis.Relations:
      return relational.makeFacts(row);
    case Analysis.Constants:
      return constants.make(row);
    case Analysis.Booleans:
      return booleans.make(row);
    case Analysis.Lambda:
      return lambda.make(row);
    default:
      return 0;
  }
}

export function mergeFacts(a: u32, b: u32): u32 {
  if (a == b) return a;
  switch (analysis) {
    case Analysis.Relations:
      return relational.mergeFacts(a, b);
    case Analysis.Constants:
      return constants.merge(a, b);
    case Analysis.Booleans:
      return booleans.merge(a, b);
    case Analysis.Lambda:
      return lambda.merge(a, b);
    default:
      return 0;
  }
}

/** An analysis acts on a class whose facts are new. */
export function modify(cls: u32): void {
  if (analysis == Analysis.Constants) constants.modify(cls);
  else if (analysis == Analysis.Booleans) booleans.modify(cls);
  else if (analysis == Analysis.Lambda) lambda.modify(cls);
}

/** Whether a guard holds for these arguments: `count` classes at `args`. */
export function testGuard(guard: u32, args: usize, count: u32): bool {
  return guard >= FIRST_GUARD ? testOther(guard, args) : relational.testGuard(guard, args, count);
}

/** Which of two right sides: the first where the name, the first class, is free in the second. */
export function decide(choice: u32, args: usize, count: u32): bool {
  return analysis == Analysis.Lambda && lambda.isFree(load<u32>(args), load<u32>(args, 4));
}

/** The leaf that is named after a class, oldest row first. */
export function freshLeaf(cls: u32): u32 {
  return add(aLeaf(freshName(cls)), 0);
}
