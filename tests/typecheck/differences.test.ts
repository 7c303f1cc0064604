import { readFileSync } from "node:fs"
import { beforeAll, expect, test } from "vitest"
import { duckdb } from "../../src/backends/duckdb/index.js"
import { show } from "../../src/types/type.js"
import { check, relation } from "./check.js"
import { judge, type Judge } from "./duckdb.js"
import { emitted } from "./emitted.js"

// The table of docs/types.md: each line is true of smelt, of DuckDB, and of what smelt makes DuckDB run.

const TABLE = [{ ...relation("source", "t", "x DECIMAL(9,2)") }]
const ROWS = readFileSync("docs/types.md", "utf8")
  .split("\n")
  .filter((line) => line.startsWith("| `"))
  .map((line) => {
    const cells = line.replaceAll("\\|", "\0").split("|").slice(1, -1)
    const [expression = "", ours = "", theirs = ""] = cells.map((cell) =>
      cell.replaceAll("\0", "|").replaceAll("`", "").trim(),
    )
    return { expression, ours, theirs }
  })

let database: Judge
beforeAll(async () => {
  database = await judge()
  await database.run("CREATE TABLE t (x DECIMAL(9,2))")
  await database.run("INSERT INTO t VALUES (1.55), (1.56), (1.57)")
})

test.each(ROWS)("$expression", async ({ expression, ours, theirs }) => {
  const text = `SELECT ${expression} AS r FROM t`
  const checked = check(text, { relations: TABLE, bareTables: true })
  expect(await database.describe(text)).toEqual([["r", theirs]])
  const refused = checked.diagnostics.some(({ level }) => level === "error")
  expect(refused).toBe(ours === "refused")
  if (refused) return
  expect(checked.types?.output.map(({ type }) => show(type))).toEqual([ours])
  const { written, fromIr } = emitted(checked, TABLE)
  expect(await database.describe(written)).toEqual([["r", ours]])
  expect(await database.describe(fromIr ?? "no plan")).toEqual([["r", ours]])
})

test("a DECIMAL's quantile is not rounded", async () => {
  const checked = check("SELECT approx_quantile(x, 0.5) AS r FROM t", {
    relations: TABLE,
    bareTables: true,
  })
  expect(await database.rows(emitted(checked, TABLE).written)).toEqual([[expect.closeTo(1.56, 2)]])
})

test("every function that is cast for DuckDB is in the table", () => {
  const told = [...duckdb.capabilities.retyped.keys()]
  expect(told.filter((name) => !ROWS.some(({ expression }) => expression.includes(name)))).toEqual(
    [],
  )
  expect(ROWS.length).toBeGreaterThanOrEqual(told.length)
})
