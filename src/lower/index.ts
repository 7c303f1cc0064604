import type { Capabilities } from "../engine/dialect.js"
import type { Out, Rel, Scalar } from "../ir/nodes.js"
import { mapOperands, mapRel } from "../ir/walk.js"
import { filterAsCase } from "./aggregate-filter.js"
import { distinctFromAsCase } from "./is-distinct.js"

/** Rewrites what the target cannot say into what it can; a plan that it can say as it is stays the same object. */
export function lower(out: Out, can: Capabilities): Out {
  if (can.aggregateFilter && can.isDistinctFrom) return out
  const known = new Map<Rel, Rel>()
  const scalar = (expr: Scalar): Scalar => {
    const below = mapOperands(expr, scalar)
    const inner = below.kind === "query" ? { ...below, rel: rel(below.rel) } : below
    return can.isDistinctFrom ? inner : distinctFromAsCase(inner)
  }
  const rel = (old: Rel): Rel => {
    const done = known.get(old)
    if (done) return done
    const mapped = mapRel(old, { scalar, rel, id: (id) => id })
    const lowered = can.aggregateFilter ? mapped : filterAsCase(mapped)
    known.set(old, lowered)
    return lowered
  }
  return {
    columns: out.columns.map(({ name, expr }) => ({ name, expr: scalar(expr) })),
    input: rel(out.input),
  }
}
