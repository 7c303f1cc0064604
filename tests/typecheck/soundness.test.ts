import fc from "fast-check"
import { beforeAll, expect, test } from "vitest"
import { show } from "../../src/types/type.js"
import { check, relation, type Checked } from "./check.js"
import { judge, type Judge } from "./duckdb.js"
import { randomQuery, TABLES } from "./queries.js"

const RUNS = Number(process.env["SMELT_RUNS"] ?? 1500)

const relations = Object.entries(TABLES).map(([name, { columns, keys }]) =>
  relation("source", name, columns, keys),
)

let duckdb: Judge
beforeAll(async () => {
  duckdb = await judge()
  for (const [name, { columns, rows }] of Object.entries(TABLES)) {
    await duckdb.run(`CREATE TABLE ${name} (${columns})`)
    if (rows !== "") await duckdb.run(`INSERT INTO ${name} VALUES ${rows}`)
  }
})

// On tables full of NULLs: a column said to be NOT NULL shows none, a key tells all rows apart, and
// types are DuckDB's.
test("what typecheck says of a query holds of its rows", async () => {
  const seen = { clean: 0, notNull: 0, keys: 0 }
  const query = fc.gen().map((gen) => randomQuery((n) => gen(fc.nat, { max: n - 1 })))
  await fc.assert(
    fc.asyncProperty(query, async (text) => {
      const checked = check(text, { relations, bareTables: true })
      if (checked.diagnostics.some((one) => one.level === "error")) return
      seen.clean++
      expect(await contradictions(text, checked, seen)).toEqual([])
    }),
    { numRuns: RUNS },
  )
  expect(seen.clean).toBeGreaterThan(RUNS / 2)
  expect(seen.notNull).toBeGreaterThan(RUNS / 5)
  expect(seen.keys).toBeGreaterThan(RUNS / 20)
})

async function contradictions(
  text: string,
  { types }: Checked,
  seen: { notNull: number; keys: number },
): Promise<string[]> {
  const theirs = await duckdb.describe(text)
  if (typeof theirs === "string") return [theirs]
  const output = types?.output ?? []
  const wrong = output.flatMap(({ name, type }, i) =>
    show(type) === theirs[i]?.[1] ? [] : [`${name}: ours ${show(type)}, DuckDB ${theirs[i]?.[1]}`],
  )
  const claims = [
    ...output
      .filter((one) => !one.nullable)
      .map(({ name }) => [`${name} is not NULL`, `count(*) FILTER (WHERE ${name} IS NULL)`]),
    ...(types?.keys ?? []).map((key) => [
      `(${key.join(", ")}) is a key`,
      `count(*) - count(DISTINCT (${key.join(", ")}))`,
    ]),
  ]
  seen.notNull += output.filter((one) => !one.nullable).length
  seen.keys += types?.keys.length ?? 0
  if (claims.length === 0) return wrong
  const counts = `SELECT ${claims.map(([, sql]) => sql).join(", ")} FROM (${text})`
  const [row] = await duckdb.rows(counts).catch(internalError)
  if (!row) return wrong
  return [
    ...wrong,
    ...claims.flatMap(([claim], i) => (Number(row?.[i]) === 0 ? [] : [`${claim}: not so`])),
  ]
}

/** A fault of DuckDB's own optimizer says nothing of ours. */
function internalError(error: unknown): (readonly unknown[])[] {
  if (String(error).includes("INTERNAL Error")) return []
  throw error
}
