import { lookupFunction } from "../functions/index.js"
import type { AggregateCall, Out, Rel, Scalar } from "../ir/nodes.js"
import { inputs, operands, scalarsOf } from "../ir/walk.js"
import { isFloat } from "../types/coercion.js"

/** Whether a model computed again gives the same rows. */
export function isRepeatableOut({ columns, input }: Out): boolean {
  return isRepeatable(input) && columns.every(({ expr }) => isSteady(expr))
}

const known = new WeakMap<Rel, boolean>()

/**
 * Whether computing a relation again gives the same bag. Draws do not; nor does what depends on the order
 * of rows that the query leaves open: limits, first rows, ranks among equals, sums of floats. A table of
 * such a relation is read by whoever reads the model, never computed again.
 */
export function isRepeatable(rel: Rel): boolean {
  const found = known.get(rel)
  if (found !== undefined) return found
  const repeatable =
    !leavesOrderOpen(rel) && scalarsOf(rel).every(isSteady) && inputs(rel).every(isRepeatable)
  known.set(rel, repeatable)
  return repeatable
}

function leavesOrderOpen(rel: Rel): boolean {
  switch (rel.kind) {
    case "limit":
      return true
    case "window":
      return rel.definitions.some(({ call }) => dependsOnTies(call))
    case "distinct":
      return rel.on !== undefined
    case "agg":
      return rel.aggregates.some(({ call }) => dependsOnOrder(call))
    default:
      return false
  }
}

function dependsOnOrder(call: AggregateCall): boolean {
  const fn = lookupFunction(call.fn)
  if (!fn || fn.algebra === "order-dependent") return true
  const adds = fn.algebra === "sum" || fn.algebra === "avg" || fn.algebra === "holistic"
  return adds && call.args.some(({ type }) => isFloat(type))
}

/** Ranks that equal rows share do not depend on their order, nor do aggregates whose frames do not cut between them. */
const SHARED_RANKS = new Set(["rank", "dense_rank", "percent_rank", "cume_dist"])

function dependsOnTies(
  call: AggregateCall & { readonly frame?: { readonly unit: string } },
): boolean {
  if (SHARED_RANKS.has(call.fn)) return false
  const isAggregate = lookupFunction(call.fn)?.kind === "aggregate"
  const cutsTies = call.frame?.unit === "ROWS"
  return !isAggregate || cutsTies || dependsOnOrder(call)
}

function isSteady(expr: Scalar): boolean {
  if (expr.kind === "call" && lookupFunction(expr.fn)?.deterministic === false) return false
  if (expr.kind === "query" && !isRepeatable(expr.rel)) return false
  return operands(expr).every(isSteady)
}
