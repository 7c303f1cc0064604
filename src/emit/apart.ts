import { scalarText } from "../ir/ids.js"
import type { ColumnId, Definition, OuterJoin, Scalar, WindowRel } from "../ir/nodes.js"
import { mapOperands, mapRel, mentioned, provided } from "../ir/walk.js"
import type { Expr } from "../syntax/ast.js"
import { walk } from "../syntax/walk.js"

// Subqueries as columns of the rows below: engines take none in the definition of a window, nor in the
// condition of an outer join.

/** The windows, and what must be a column for them. */
export function windowsApart(rel: WindowRel): {
  readonly windows: WindowRel["definitions"]
  readonly queries: readonly Definition[]
} {
  const queries = new Map<ColumnId, Definition>()
  const mapped = mapRel(rel, {
    scalar: (expr) => apart(expr, (query) => defined(query, queries)),
    rel: (input) => input,
    id: (id) => id,
  })
  return {
    windows: mapped.kind === "window" ? mapped.definitions : [],
    queries: [...queries.values()],
  }
}

/** The condition, and what must be a column of either side for it; a subquery that speaks of both stays. */
export function conditionApart({ on, left, right }: OuterJoin): {
  readonly on: readonly Scalar[]
  readonly left: readonly Definition[]
  readonly right: readonly Definition[]
} {
  const [ofLeft, ofRight] = [new Map<ColumnId, Definition>(), new Map<ColumnId, Definition>()]
  const [shownLeft, shownRight] = [provided(left), provided(right)]
  const written = on.map((predicate) =>
    apart(predicate, (query) => {
      const ids = [...mentioned(query)]
      if (!ids.some((id) => shownLeft.has(id))) return defined(query, ofRight)
      return ids.some((id) => shownRight.has(id)) ? query : defined(query, ofLeft)
    }),
  )
  return { on: written, left: [...ofLeft.values()], right: [...ofRight.values()] }
}

/** Whether an expression as it is written holds a subquery. */
export function holdsQuery(expr: Expr | undefined): boolean {
  let found = false
  if (expr)
    walk(expr, ({ kind }) => {
      found ||= kind === "query"
      return !found
    })
  return found
}

function apart(expr: Scalar, replace: (query: Scalar) => Scalar): Scalar {
  if (expr.kind === "query") return replace(expr)
  return mapOperands(expr, (operand) => apart(operand, replace))
}

function defined(query: Scalar, definitions: Map<ColumnId, Definition>): Scalar {
  const id = `[${scalarText(query)}]`
  definitions.set(id, { id, expr: query })
  return { kind: "column", id, type: query.type, nullable: query.nullable }
}
