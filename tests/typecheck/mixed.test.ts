import { DuckDBInstance } from "@duckdb/node-api"
import { expect, test } from "vitest"
import { check } from "../../src/compile.js"
import { loadProject } from "../../src/project/index.js"
import { projectFolder } from "../project.js"

// With `implicit-coercion: off` two types mix as the engine mixes them: what it refuses stays an error.

const TYPES = [
  "BOOLEAN",
  "INTEGER",
  "UBIGINT",
  "DECIMAL(10,2)",
  "DOUBLE",
  "VARCHAR",
  "DATE",
  "TIMESTAMP",
  "INTERVAL",
  "JSON",
  "INTEGER[]",
  "ENUM('a', 'b')",
]

const MIXES = [
  "coalesce(x, y)",
  "CASE WHEN TRUE THEN x ELSE y END",
  "if(TRUE, x, y)",
  "x = y",
  "x < y",
  "x IN (y)",
  "x IN (SELECT y)",
  "x BETWEEN y AND y",
  "x IS DISTINCT FROM y",
  "[x, y]",
  "greatest(x, y)",
  "nullif(x, y)",
  "x || y",
  "x + y",
  "x - y",
  "x * y",
  "x / y",
  "x % y",
  "coalesce(x, '1')",
  "x < '1'",
  "CASE WHEN TRUE THEN x ELSE 1 END",
  "greatest(x, 1.5)",
]

test("what is accepted with implicit-coercion: off, DuckDB takes", async () => {
  const connection = await (await DuckDBInstance.create(":memory:")).connect()
  const texts = TYPES.flatMap((x) =>
    TYPES.flatMap((y) =>
      MIXES.map(
        (mix) =>
          `SELECT ${mix} AS v FROM (SELECT CAST(NULL AS ${x}) AS x, CAST(NULL AS ${y}) AS y) AS t`,
      ),
    ),
  )
  const models = texts.map((text, i) => [`models/m${i}.sql`, text])
  const checked = check(
    loadProject(projectFolder({ "smelt.yml": CONFIG, ...Object.fromEntries(models) })),
  )
  const wrong: string[] = []
  let accepted = 0
  for (const [i, text] of texts.entries()) {
    const found = checked.texts.get(`m${i}`)?.diagnostics ?? []
    if (found.some(({ level }) => level === "error")) continue
    accepted++
    await connection.run(text).catch((error: unknown) => {
      if (/Binder Error/.test(String(error))) wrong.push(`${text}: ${String(error)}`)
    })
  }
  expect(wrong).toEqual([])
  expect(accepted).toBeGreaterThan(1000)
})

const CONFIG = `name: mixed
targets:
  dev: { type: duckdb, database: ":memory:", schema: main }
levels: { implicit-coercion: off, integer-division: off, mixed-timestamps: off, not-in-nullable: off }
`
