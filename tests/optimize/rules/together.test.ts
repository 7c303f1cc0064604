import { DuckDBInstance, type DuckDBConnection } from "@duckdb/node-api"
import { beforeAll, describe, expect, test } from "vitest"
import { SHAPES } from "../../emit/shapes.js"
import { TABLES } from "./cases/tables.js"
import { compareOnce, textsOf } from "./compare.js"
import { Databases } from "./databases.js"
import { fire, RULES } from "./fire.js"
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
    const { sides, contradiction } = fire(undefined, setting)
    expect(contradiction, query).toBe(false)
    for (const one of someOfEach(sides)) {
      const texts = textsOf(one, databases)
      const problem = await compareOnce(texts, databases)
      expect(problem, `${query}\n\n${one.rule}\n${texts.left}\n\n${texts.right}`).toBeUndefined()
      const weak = await Databases.of(TABLES, connection, one.witnesses)
      const unsaid = await compareOnce(textsOf(one, weak), weak, true)
      expect(unsaid, `by ${one.witnesses.join()}: ${query}\n\n${one.rule}`).toBeUndefined()
      counts.set(one.rule, (counts.get(one.rule) ?? 0) + 1)
    }
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
