import type { Lookout } from "../catalog/lookout.js"
import type { Names } from "../catalog/names.js"
import type { Sink } from "../diagnostics/sink.js"
import type { Query } from "../syntax/ast.js"
import { namesOf, newContext, type ResolveContext } from "./context.js"
import { resolveQuery } from "./query.js"
import { refuseUnsupported } from "./refused.js"
import { rewritten } from "./rewritten.js"
import type { Scope } from "./scope.js"
import { checkOutputs } from "./style.js"

export type { RelationKind, ResolveContext } from "./context.js"
export { lineage } from "./lineage.js"
export { bindParams } from "./params.js"
export { references } from "./references.js"
export { ARGUMENTS } from "./relations.js"
export type { Scope, Table } from "./scope.js"

/**
 * Finds what every name of a model stands for. Total: a fault is reported once and bound to nothing,
 * which later stages take as anything. What depends on the columns in sight (COLUMNS, PIVOT, ORDER BY
 * ALL …) is written out: `statement` of the names is the tree for the stages after this one. `lookout`: who wants to
 * know what is in sight of a node.
 */
export function resolve(
  statement: Query,
  model: ResolveContext,
  sink: Sink,
  lookout?: Lookout<Scope>,
): Names {
  const cx = newContext(model, sink, lookout)
  refuseUnsupported(statement, cx)
  resolveQuery(statement, undefined, undefined, [], cx)
  const whole = rewritten(statement, cx)
  checkOutputs(statement, whole, cx)
  return namesOf(whole, cx)
}
