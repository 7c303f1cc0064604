import { emitQuery } from "../../../src/emit/query.js"
import type { EmitTarget } from "../../../src/emit/target.js"
import type { Out, OutColumn, Rel, Scan } from "../../../src/ir/nodes.js"
import { inputs, mapRel, provided } from "../../../src/ir/walk.js"
import type { Cte, Query } from "../../../src/syntax/ast.js"
import { name } from "../../../src/syntax/build.js"
import { unknown } from "../../../src/types/type.js"

// A plan as a chain of materialized CTEs, one an operator: the engine can neither move an expression over
// rows that the plan keeps from it, nor evaluate one twice. What the plan itself says of errors and draws.

const NODE = { id: 0, span: { start: 0, end: 0 } } as const
const UNTYPED = unknown("a step")

export function stagedQuery({ columns, input }: Out, target: EmitTarget): Query {
  const stages = new Stages(target)
  const last = emitQuery({ columns, input: stages.scan(input) }, target)
  return { ...last, ctes: stages.ctes }
}

class Stages {
  readonly ctes: Cte[] = []
  private readonly known = new Map<Rel, Rel>()

  constructor(private readonly target: EmitTarget) {}

  /** What reads the rows of `rel`: itself where it is stored. */
  scan(rel: Rel): Rel {
    if (inputs(rel).length === 0) return rel
    const known = this.known.get(rel)
    if (known) return known
    const scan = this.stage(rel)
    this.known.set(rel, scan)
    return scan
  }

  private stage(rel: Rel): Scan {
    const step = this.below(rel)
    const ids = [...provided(rel)]
    const columns = ids.map((id, i): OutColumn & Scan["columns"][number] => {
      const typed = { type: UNTYPED, nullable: true }
      return { id, name: `c${i + 1}`, ...typed, expr: { kind: "column", id, ...typed } }
    })
    const query = emitQuery(
      { columns: columns.length > 0 ? columns : ONE, input: step },
      this.target,
    )
    const relation = `step_${this.ctes.length + 1}`
    this.ctes.push({
      ...NODE,
      kind: "cte",
      name: name(relation),
      columns: [],
      materialized: true,
      query,
    })
    return { kind: "scan", relation, relationKind: "model", tag: "", columns }
  }

  /** The operator over its staged inputs; an order belongs to the operator that takes the rows in it. */
  private below(rel: Rel): Rel {
    const takesOrder = rel.kind === "limit" || rel.kind === "agg"
    return mapRel(rel, {
      scalar: (expr) => expr,
      rel: (input) => (takesOrder && input.kind === "sort" ? this.below(input) : this.scan(input)),
      id: (id) => id,
    })
  }
}

const ONE: readonly OutColumn[] = [
  {
    name: "one",
    expr: {
      kind: "literal",
      value: "1",
      type: { kind: "scalar", name: "INTEGER" },
      nullable: false,
    },
  },
]
