import { lookupFunction } from "../functions/index.js"
import type { AggregateCall, Rel, Scalar } from "../ir/nodes.js"
import { INTEGER } from "../types/type.js"

/** `sum(x) FILTER (WHERE p)` as `sum(CASE WHEN p THEN x END)`: of aggregates that pass over NULL. */
export function filterAsCase(rel: Rel): Rel {
  if (rel.kind !== "agg" || !rel.aggregates.some(({ call }) => call.filter)) return rel
  const aggregates = rel.aggregates.map(({ id, call }) => ({ id, call: unfiltered(call) }))
  return { ...rel, aggregates }
}

function unfiltered(call: AggregateCall): AggregateCall {
  const { filter, ...rest } = call
  const passesOverNull = lookupFunction(call.fn)?.algebra !== "order-dependent"
  if (!filter || !passesOverNull || call.args.length > 1) return call
  const [value = ONE] = call.args
  const otherwise: Scalar = { kind: "literal", value: null, type: value.type, nullable: true }
  const arms = [{ when: filter, then: value }]
  return { ...rest, args: [{ kind: "case", arms, otherwise, type: value.type, nullable: true }] }
}

const ONE: Scalar = { kind: "literal", value: "1", type: INTEGER, nullable: false }
