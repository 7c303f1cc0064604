import { SourceText } from "../../../src/base/span.js"
import type { Relation, RelationKind } from "../../../src/catalog/relation.js"
import { Sink, type LevelSetting } from "../../../src/diagnostics/sink.js"
import type { Out, Rel, Scalar } from "../../../src/ir/nodes.js"
import { mapOperands, mapRel } from "../../../src/ir/walk.js"
import { parseModel } from "../../../src/parse/index.js"
import { planModel } from "../../../src/plan/index.js"
import { resolve } from "../../../src/resolve/index.js"
import { typecheck } from "../../../src/typecheck/index.js"
import type { Schema } from "./schema.js"

const OFF = [
  "not-in-nullable",
  "order-without-limit",
  "union-by-position",
  "implicit-coercion",
  "null-comparison",
  "unnamed-column",
  "comma-join",
  "integer-division",
]
const LEVELS = Object.fromEntries(OFF.map((code): [string, LevelSetting] => [code, "off"]))

/**
 * Queries over a schema, each over those before it by name, as plans. `random()` may stand in them: plan
 * refuses what gives another value each time, so that it is put in afterwards, for `pi()`.
 */
export function plansOf(
  schema: Schema,
  queries: readonly (readonly [name: string, sql: string])[],
): Out[] {
  const relations = new Map(schema.relations.map((one) => [one.name, one]))
  const outs = new Map<string, Out>()
  for (const [name, sql] of queries) {
    const { out, relation } = planOne(name, sql.replaceAll("random()", "pi()"), relations, outs)
    outs.set(name, drawing(out))
    relations.set(name, relation)
  }
  return [...outs.values()]
}

function planOne(
  name: string,
  sql: string,
  relations: ReadonlyMap<string, Relation>,
  outs: ReadonlyMap<string, Out>,
): { out: Out; relation: Relation } {
  const sink = new Sink(new SourceText(name, sql), LEVELS)
  const statement = parseModel(sink.source, { start: 0, end: sql.length }, sink)
  const relation = (_: RelationKind, wanted: string) => relations.get(wanted)
  const context = {
    name,
    allowStar: true,
    isTest: true,
    bareTables: true,
    relation,
    relationNames: () => [...relations.keys()],
  }
  const names = statement && resolve(statement, context, sink)
  const types = statement && names && typecheck(names, context, sink)
  if (!statement || !names || !types || sink.hasErrors)
    throw new Error(`${sql}\n${sink.diagnostics.map(({ message }) => message).join("\n")}`)
  const plan = planModel({
    model: { name },
    names,
    types,
    relation: (_, wanted) => {
      const out = outs.get(wanted)
      if (out) return { kind: "inlined", out }
      const found = relations.get(wanted)
      return found && { kind: "stored", relation: found }
    },
  })
  if (plan.kind !== "planned") throw new Error(`${sql}\n${plan.construct} is not in ir`)
  return {
    out: plan.out,
    relation: { name, kind: "source", columns: types.output, keys: types.keys, broken: false },
  }
}

function drawing({ columns, input }: Out): Out {
  return {
    columns: columns.map(({ name, expr }) => ({ name, expr: draw(expr) })),
    input: drawingRel(input),
  }
}

const drawn = new WeakMap<Rel, Rel>()

/** One object for one relation, so that what queries share stays shared. */
function drawingRel(rel: Rel): Rel {
  const known = drawn.get(rel)
  if (known) return known
  const mapped = mapRel(rel, { scalar: draw, rel: drawingRel, id: (id) => id })
  drawn.set(rel, mapped)
  return mapped
}

function draw(expr: Scalar): Scalar {
  if (expr.kind === "call" && expr.fn === "pi") return { ...expr, fn: "random" }
  return mapOperands(expr, draw)
}
