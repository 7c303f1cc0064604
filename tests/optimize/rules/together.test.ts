import { DuckDBInstance, type DuckDBConnection } from "@duckdb/node-api"
import { beforeAll, describe, expect, test } from "vitest"
import { verify } from "../../../src/ir/verify.js"
import { SHAPES } from "../../emit/shapes.js"
import { TABLES } from "./cases/tables.js"
import { compareOnce, textsOf } from "./compare.js"
import { Databases } from "./databases.js"
import type { Out } from "../../../src/ir/nodes.js"
import { fire, RULES, type Form } from "./fire.js"
import { plansOf } from "./plan.js"
import { randomOf, SEED } from "./random.js"
import { randomQuery, randomRooted } from "./random-query.js"

// All rules together: what one finds rests on what others made. Every application over random queries, and
// over the shapes that tests/emit has, must tell the truth on random databases.

const QUERIES = Number(process.env.SMELT_RULE_QUERIES ?? 60)
/** Of one rule's applications over one query. */
const MOST_SIDES = 2

/** Of each rule the first applications and the last, which rest on most others. */
function someOfEach<S extends { readonly rule: string }>(sides: readonly S[]): S[] {
  const names = [...new Set(sides.map(({ rule }) => rule))]
  return names.flatMap((name) => {
    const own = sides.filter(({ rule }) => rule === name)
    return own.length <= MOST_SIDES ? own : [...own.slice(0, MOST_SIDES - 1), ...own.slice(-1)]
  })
}

describe(`all rules together (seed ${SEED})`, () => {
  let connection: DuckDBConnection
  let databases: Databases

  beforeAll(async () => {
    connection = await (await DuckDBInstance.create(":memory:", { threads: "1" })).connect()
    databases = await Databases.of(TABLES, connection)
  })

  type Queries = Parameters<typeof plansOf>[1]

  /** The last query, in which the one before it, if there are three, is proposed as a root. */
  async function replay(queries: Queries, counts: Map<string, number>): Promise<void> {
    const outs = plansOf(databases.schema, queries)
    const out = outs.at(-1)
    if (!out) throw new Error("no query")
    const query = queries.map(([name, sql]) => `${name}: ${sql}`).join("\n")
    const { facts } = databases.schema
    const finer = queries.length === 3 ? outs[1] : undefined
    const setting = { out, finer, facts, rules: RULES.relational.rules, limits: { nodes: 5000 } }
    const { sides, contradiction, forms, unproven } = fire(undefined, setting)
    expect(contradiction, query).toBe(false)
    expect(unproven, query).toEqual([])
    for (const one of someOfEach(sides)) {
      verify(one.left)
      verify(one.right)
      const texts = textsOf(one, databases)
      const problem = await compareOnce(texts, databases)
      expect(problem, `${query}\n\n${one.rule}\n${texts.left}\n\n${texts.right}`).toBeUndefined()
      const weak = await Databases.of(TABLES, connection, one.witnesses)
      const unsaid = await compareOnce(textsOf(one, weak), weak, true)
      expect(unsaid, `by ${one.witnesses.join()}: ${query}\n\n${one.rule}`).toBeUndefined()
      counts.set(one.rule, (counts.get(one.rule) ?? 0) + 1)
    }
    for (const form of forms) await isExplained(out, form, query)
  }

  /** What the explanation of another form says must do: where its facts are true, the rows are the same. */
  async function isExplained(out: Out, form: Form, query: string): Promise<void> {
    verify(form.out)
    const weak = await Databases.of(TABLES, connection, form.facts)
    const texts = textsOf({ left: out, right: form.out }, weak)
    const problem = await compareOnce(texts, weak, true)
    const steps = `${form.rules.join(", ")} by ${form.facts.join()}`
    expect(problem, `${query}\n\n${texts.right}\n\n${steps}`).toBeUndefined()
  }

  test("random queries", { timeout: 600_000 }, async () => {
    const counts = new Map<string, number>()
    for (let i = 0; i < QUERIES; i++)
      await replay([["query", randomQuery(randomOf(SEED + i))]], counts)
    console.log([...counts].map(([rule, count]) => `${rule} ${count}`).join(", "))
  })

  test("random queries over roots", { timeout: 600_000 }, async () => {
    const counts = new Map<string, number>()
    for (let i = 0; i < QUERIES / 3; i++) {
      const { model, finer, query } = randomRooted(randomOf(SEED + i))
      const queries = [
        ["m", model],
        ["finer", finer],
        ["query", query],
      ] as const
      await replay(queries, counts)
    }
    console.log([...counts].map(([rule, count]) => `${rule} ${count}`).join(", "))
  })

  // What a variable of a rule stands for, or what its right side makes, may be another row of its class.
  test.each([
    "SELECT d.id, d.a FROM (SELECT DISTINCT t.id, t.a, t.b, t.s FROM t) AS d ORDER BY d.id",
    "SELECT d.id, v.d FROM (SELECT DISTINCT t.id, t.a, t.b, t.s FROM t) AS d JOIN (SELECT v.a, v.d FROM v ORDER BY v.d) AS v ON v.a = d.a",
  ])("explained: %s", async (query) => replay([["query", query]], new Map()))

  // By which declared facts two terms are one, too: a filter that does nothing by one is gone from a branch, and from above.
  test.each([
    "SELECT r.n, min(r.n) AS least, sum(r.a) AS s FROM (SELECT t.a, CASE WHEN t.a = t.b THEN t.id ELSE 1 END AS n FROM t UNION ALL SELECT u.a, u.id AS n FROM u) AS r WHERE r.a IS NOT NULL AND r.a IS NOT NULL GROUP BY r.n HAVING r.n IS NOT NULL",
    "SELECT d.a FROM (SELECT DISTINCT m.a, m.n FROM (SELECT t.b AS a, t.a AS n FROM t UNION ALL SELECT u.a, v.a AS n FROM u LEFT JOIN v ON u.a = v.d WHERE u.id IS NOT NULL) AS m) AS d GROUP BY d.a HAVING d.a > 0",
    "SELECT d.a FROM (SELECT DISTINCT m.a, m.n FROM (SELECT t.b AS a, t.a AS n FROM t UNION ALL SELECT u.a, count(*) AS n FROM u WHERE u.id IS NOT NULL GROUP BY u.a) AS m) AS d GROUP BY d.a HAVING d.a > 0",
    "SELECT d.a FROM (SELECT DISTINCT m.a, m.n FROM (SELECT t.b AS a, t.a AS n FROM t UNION ALL SELECT u.a, u.c AS n FROM u WHERE u.id IS NOT NULL) AS m) AS d GROUP BY d.a HAVING d.a > 0",
  ])("witnessed: %s", async (query) => replay([["query", query]], new Map()))

  test.each(Object.entries(SHAPES).filter(([, sql]) => !sql.includes("smelt.")))(
    "%s",
    async (_, sql) => {
      const query = sql.replace(
        /\b(FROM|JOIN) ([TUV])\b/g,
        (_all, word: string, name: string) => `${word} ${name.toLowerCase()}`,
      )
      await replay([["query", query]], new Map())
    },
  )
})
