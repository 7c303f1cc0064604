import { DuckDBInstance, type DuckDBConnection } from "@duckdb/node-api"
import { beforeAll, describe, expect, test } from "vitest"
import type { Rule } from "../../../src/egraph/index.js"
import { verify } from "../../../src/ir/verify.js"
import { GUARDS } from "../../../src/optimize/terms.js"
import { changeOf, missingMutants, type Plan } from "./case.js"
import { AGGREGATE } from "./cases/aggregate.js"
import { DISTINCT } from "./cases/distinct.js"
import { FILTERS } from "./cases/filters.js"
import { JOINS } from "./cases/joins.js"
import { OUTER_JOIN } from "./cases/outer-join.js"
import { SHARING } from "./cases/sharing.js"
import { SORT, UNION, WINDOW } from "./cases/sort-union-window.js"
import { TABLES } from "./cases/tables.js"
import { compare, compareOnce, compareSome, isRefuted, textsOf, type Texts } from "./compare.js"
import { Databases } from "./databases.js"
import { falsified, fire, ruleOf, RULES, unguarded, type Fired, type Said } from "./fire.js"
import { plansOf } from "./plan.js"
import { SEED } from "./random.js"

// Every relational rule on random databases that satisfy what is declared: both sides of each of its
// applications, as the engine's log has them, give the same bag. And each of its guards is needed: without
// it, both sides differ on some database.

const WANTED = Number(process.env.SMELT_RULE_DATABASES ?? 250)
const MOST_SIDES = 3

const CASES = [
  ...AGGREGATE,
  ...DISTINCT,
  ...FILTERS,
  ...JOINS,
  ...OUTER_JOIN,
  ...SHARING,
  ...SORT,
  ...UNION,
  ...WINDOW,
]

describe(`relational rules (seed ${SEED})`, () => {
  let connection: DuckDBConnection

  beforeAll(async () => {
    const instance = await DuckDBInstance.create(":memory:", { threads: "1" })
    connection = await instance.connect()
  })

  async function fired(rule: Rule, plan: Plan): Promise<{ databases: Databases; fired: Fired }> {
    const { schema = TABLES, query, finer, shape, also = [] } = plan
    const databases = await Databases.of(schema, connection)
    const queries = [
      ...(finer === undefined ? [] : [["finer", finer] as const]),
      ["query", query] as const,
    ]
    const outs = plansOf(databases.schema, queries)
    const out = outs.at(-1)
    if (!out) throw new Error("no query")
    const root = finer === undefined ? undefined : outs.at(-2)
    const rules = [rule, ...also.map(ruleOf)]
    const setting = {
      out: shape ? shape(out) : out,
      facts: databases.schema.facts,
      rules,
      finer: root,
    }
    return { databases, fired: fire(rule.name, setting) }
  }

  test("every rule has a case, and every guard a mutant", () => {
    const names = RULES.relational.rules.map(({ name }) => name)
    // Who reads a reason in `explain` does not see the rule: no variable of it.
    const isReason = ({ reason }: Rule) => reason !== "" && !/\?[a-z]/i.test(reason)
    expect(RULES.relational.rules.filter((rule) => !isReason(rule))).toEqual([])
    expect(CASES.map(({ rule }) => rule).sort()).toEqual([...names].sort())
    expect(missingMutants(CASES, ruleOf)).toEqual([])
    const used = RULES.relational.rules.flatMap(({ guards }) =>
      guards.map(({ name: guard }) => guard),
    )
    expect([...GUARDS.keys()].filter((guard) => !used.includes(guard))).toEqual([])
  })

  test.each(CASES)("$rule", async ({ rule, mutants: _, more = [], ...plan }) => {
    const { texts, databases } = await said(ruleOf(rule), plan)
    const filled = await compare(texts, databases, WANTED)
    console.log(`${rule}: fired on ${filled} non-empty databases`)
    for (const { fires = true, ...other } of more)
      if (fires) {
        const also = await said(ruleOf(rule), { ...plan, ...other })
        await compareSome(also.texts, also.databases)
      } else {
        const { fired: found } = await fired(ruleOf(rule), { ...plan, ...other })
        expect(found.applied, other.query).toBe(0)
      }
  })

  /** Where only the facts that an application names as its witnesses are true, it tells the truth. */
  async function restsOnItsWitnesses(one: Said | undefined, { schema = TABLES }: Plan) {
    if (!one) return
    const databases = await Databases.of(schema, connection, one.witnesses)
    expect(await compareOnce(textsOf(one, databases), databases, true), one.rule).toBeUndefined()
  }

  /** Both sides of what a rule says of a plan. */
  async function said(rule: Rule, plan: Plan): Promise<{ texts: Texts[]; databases: Databases }> {
    const { databases, fired: found } = await fired(rule, plan)
    expect(found.contradiction, plan.query).toBe(false)
    expect(found.unproven, plan.query).toEqual([])
    expect(found.sides.length, plan.query).toBeGreaterThan(0)
    await restsOnItsWitnesses(found.sides[0], plan)
    const some = found.sides.slice(0, MOST_SIDES)
    for (const { left, right } of some) [left, right].forEach(verify)
    return { texts: some.map((one) => textsOf(one, databases)), databases }
  }

  const mutants = CASES.flatMap(({ rule, mutants: all, more: _, ...plan }) =>
    all.map((mutant) => ({ rule, mutant: { ...plan, ...mutant }, change: changeOf(mutant) })),
  )

  test.each(mutants)("$rule, $change", async ({ rule, mutant }) => {
    const whole = ruleOf(rule)
    if ("without" in mutant) {
      const { fired: held } = await fired(whole, mutant)
      expect(held.applied, "the guard keeps the rule from this plan").toBe(0)
    }
    const changed =
      "without" in mutant ? unguarded(whole, mutant.without) : falsified(whole, mutant.right)
    if ("steers" in mutant) {
      const { texts, databases } = await said(changed, mutant)
      return compareSome(texts, databases)
    }
    const { databases, fired: found } = await fired(changed, mutant)
    expect(found.applied).toBeGreaterThan(0)
    const by = mutant.by ?? "rows"
    if (by === "columns") {
      expect(found.contradiction || found.sides.length < found.applied).toBe(true)
      return
    }
    let refuted = false
    for (const one of found.sides)
      refuted ||= await isRefuted(textsOf(one, databases), databases, by)
    expect(refuted).toBe(true)
  })
})
