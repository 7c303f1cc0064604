import { SourceText } from "../../src/base/span.js"
import type { Relation } from "../../src/catalog/relation.js"
import type { Types } from "../../src/catalog/types.js"
import { Sink } from "../../src/diagnostics/sink.js"
import type { ModelPlan } from "../../src/ir/nodes.js"
import { parseModel } from "../../src/parse/index.js"
import { planModel } from "../../src/plan/index.js"
import { resolve } from "../../src/resolve/index.js"
import { typecheck } from "../../src/typecheck/index.js"

/** What a rewritten benchmark coerces and orders by habit. */
const LEVELS = {
  "comma-join": "off",
  "implicit-coercion": "off",
  "integer-division": "off",
  "not-in-nullable": "off",
  "null-comparison": "off",
  "order-without-limit": "off",
  "select-star": "off",
  "union-by-position": "off",
  "unnamed-column": "off",
} as const

export interface PlannedQuery {
  readonly plan: ModelPlan
  readonly types: Types
}

/** The plan of one query over bare tables; undefined where it has errors. */
export function planQuery(text: string, relations: readonly Relation[]): PlannedQuery | undefined {
  const source = new SourceText("models/m.sql", text)
  const sink = new Sink(source, LEVELS)
  const statement = parseModel(source, { start: 0, end: text.length }, sink)
  if (!statement) return undefined
  const find = (name: string) =>
    relations.find((relation) => relation.name.toLowerCase() === name.toLowerCase())
  const context = {
    name: "m",
    allowStar: true,
    isTest: true,
    bareTables: true,
    relation: (_: Relation["kind"], name: string) => find(name),
    relationNames: () => relations.map(({ name }) => name),
  }
  const names = resolve(statement, context, sink)
  const types = typecheck(names, context, sink)
  if (sink.hasErrors) return undefined
  const plan = planModel({
    model: { name: "m" },
    names,
    types,
    relation: (_, name) => {
      const relation = find(name)
      return relation && { kind: "stored", relation }
    },
  })
  return { plan, types }
}
