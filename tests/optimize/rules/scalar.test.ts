import { DuckDBInstance, type DuckDBConnection } from "@duckdb/node-api"
import { beforeAll, describe, expect, test } from "vitest"
import type { Rule } from "../../../src/egraph/index.js"
import type { Sides } from "../../../src/optimize/sides.js"
import { changeOf, missingMutants, type Plan } from "./case.js"
import { KEPT, SCALAR } from "./cases/scalar.js"
import { compare, compareSome, isRefuted, textsOf } from "./compare.js"
import { Databases } from "./databases.js"
import { falsified, ruleOf, RULES, unguarded } from "./fire.js"
import { inNormalForm } from "./normal.js"
import { plansOf } from "./plan.js"
import { SEED } from "./random.js"

// Every scalar rule on random rows: a query with and without it gives the same bag, and without its guard,
// or with a false right side, it does not.

const WANTED = Number(process.env.SMELT_RULE_DATABASES ?? 250)

describe(`scalar rules (seed ${SEED})`, () => {
  let connection: DuckDBConnection

  beforeAll(async () => {
    connection = await (await DuckDBInstance.create(":memory:", { threads: "1" })).connect()
  })

  interface Written extends Sides {
    readonly databases: Databases
    readonly fired: boolean
  }

  /** A query with and without a rule. */
  async function written(rule: Rule, { schema = "", query, also = [] }: Plan): Promise<Written> {
    const databases = await Databases.of(schema, connection)
    const [out] = plansOf(databases.schema, [["query", query]])
    if (!out) throw new Error("no query")
    const others = also.map(ruleOf)
    const [left, right] = [inNormalForm(out, others), inNormalForm(out, [rule, ...others])]
    return { databases, left: left.out, right: right.out, fired: left.term !== right.term }
  }

  test("every rule has a case, and every guard a mutant", () => {
    const names = RULES.scalar.map(({ name }) => name)
    expect(SCALAR.map(({ rule }) => rule).sort()).toEqual([...names].sort())
    expect(missingMutants(SCALAR, ruleOf)).toEqual([])
  })

  test.each(SCALAR)("$rule", async ({ rule, mutants: _, more = [], ...plan }) => {
    for (const [i, other] of [{}, ...more].entries()) {
      const { databases, fired, ...both } = await written(ruleOf(rule), { ...plan, ...other })
      expect(fired, { ...plan, ...other }.query).toBe(true)
      const texts = [textsOf(both, databases)]
      if (i > 0) await compareSome(texts, databases)
      else {
        const filled = await compare(texts, databases, WANTED)
        console.log(`${rule}: fired on ${filled} non-empty databases`)
      }
    }
  })

  const mutants = SCALAR.flatMap(({ rule, mutants: all, more: _, ...plan }) =>
    all.map((mutant) => ({ rule, mutant: { ...plan, ...mutant }, change: changeOf(mutant) })),
  )

  test.each(mutants)("$rule, $change", async ({ rule, mutant }) => {
    const whole = ruleOf(rule)
    if ("without" in mutant)
      expect((await written(whole, mutant)).fired, "the guard keeps the rule from this").toBe(false)
    const changed =
      "without" in mutant ? unguarded(whole, mutant.without) : falsified(whole, mutant.right)
    const { databases, fired, ...both } = await written(changed, mutant)
    expect(fired).toBe(true)
    expect(await isRefuted(textsOf(both, databases), databases, refutation(mutant.by))).toBe(true)
  })

  test.each(KEPT)("all rules together: %s", async (query) => {
    const [{ schema = "" } = {}] = SCALAR
    const databases = await Databases.of(schema, connection)
    const [out] = plansOf(databases.schema, [["query", query]])
    if (!out) throw new Error("no query")
    const both = { left: out, right: inNormalForm(out, RULES.scalar).out }
    await compareSome([textsOf(both, databases)], databases)
  })
})

function refutation(by: string | undefined): "rows" | "draws" {
  return by === "draws" ? "draws" : "rows"
}
