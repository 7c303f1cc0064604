// The verbs of extraction (extract/index.ts) as a host calls them. The problem itself is looked at by its own rules.

import * as extraction from "../extract";
import { capacityOfRows } from "../egraph/rows";
import { Fault } from "./fault";
import { isBusy, refuse } from "./refusal";

const MOST_VARIANTS: u32 = 10_000;

/** Room for a problem; 0 if it does not fit. */
export function newProblem(nodes: u32, children: u32, classes: u32, roots: u32): u32 {
  if (capacityOfRows() == 0) return refuse(Fault.NotReady, 0);
  if (isBusy()) return refuse(Fault.Busy, 0);
  return extraction.newProblem(nodes, children, classes, roots);
}

export function extractTrees(): u32 {
  return isBusy() ? refuse(Fault.Busy, 0) : extraction.extractTrees();
}

export function extractDag(seed: u32, moves: f64, deadline: f64, exact: bool): u32 {
  if (isBusy()) return refuse(Fault.Busy, 0);
  if (!areBudgets(moves, deadline)) return refuse(Fault.Number, 0);
  return extraction.extractDag(seed, moves, deadline, exact);
}

export function extractVariants(
  count: u32,
  seed: u32,
  moves: f64,
  deadline: f64,
  exact: bool,
): u32 {
  if (isBusy()) return refuse(Fault.Busy, 0);
  if (count == 0 || count > MOST_VARIANTS) return refuse(Fault.Count, count);
  if (!areBudgets(moves, deadline)) return refuse(Fault.Number, 0);
  return extraction.extractVariants(count, seed, moves, deadline, exact);
}

function areBudgets(moves: f64, deadline: f64): bool {
  return moves >= 0 && deadline == deadline;
}

export function showVariant(i: u32): u32 {
  if (i >= extraction.variantCount()) return refuse(Fault.Count, i);
  extraction.showVariant(i);
  return 0;
}
