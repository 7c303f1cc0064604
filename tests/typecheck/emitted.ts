import { duckdb } from "../../src/backends/duckdb/index.js"
import type { Relation } from "../../src/catalog/relation.js"
import { emitQuery } from "../../src/emit/query.js"
import type { EmitTarget } from "../../src/emit/target.js"
import { emitUserQuery } from "../../src/emit/user-query.js"
import { planModel } from "../../src/plan/index.js"
import { table } from "../../src/syntax/build.js"
import { print } from "../../src/syntax/print.js"
import type { Checked } from "./check.js"

const target: EmitTarget = {
  dialect: duckdb.dialect,
  capabilities: duckdb.capabilities,
  table: (name) => table([name]),
}

/** A query as it runs: its user's own tree, and as it comes back out of ir, if ir has all of it. */
export function emitted(
  { names, types }: Checked,
  relations: readonly Relation[],
): {
  readonly written: string
  readonly fromIr: string | undefined
  /** What ir does not have. */
  readonly construct: string | undefined
} {
  if (!names || !types) throw new Error("the query was not checked")
  const printed = (tree: ReturnType<typeof emitQuery>) => print(tree, { dialect: duckdb.dialect })
  const plan = planModel({
    model: { name: "m" },
    names,
    types,
    relation: (_, name) => {
      const relation = relations.find((one) => one.name.toLowerCase() === name.toLowerCase())
      return relation && { kind: "stored", relation }
    },
  })
  return {
    written: printed(emitUserQuery(names, types, target)),
    construct: plan.kind === "planned" ? undefined : plan.construct,
    fromIr: plan.kind === "planned" ? printed(emitQuery(plan.out, target)) : undefined,
  }
}
