import { DuckDBInstance, type DuckDBConnection } from "@duckdb/node-api"
import { beforeAll, describe, expect, test } from "vitest"
import { parse } from "../../src/parse/index.js"
import { print } from "../../src/syntax/print.js"

// One word or literal each. DuckDB is the judge: what is printed has the value of what was written.

const EXPRESSIONS = [
  "'it''s'",
  "''",
  "''''",
  "e'tab\\tand \\'quote\\' and '' and \\\\'",
  "E'line\\nline'",
  "$$a 'b' $ c$$",
  "$tag$ $$ $tag$",
  "$$$$",
  "1_000_000",
  "1e3",
  "1.5E-2",
  ".5",
  "5.",
  "1 + 2--comment\n- 3",
  "1 /* in /* a */ comment */ + 2",
  "INTERVAL 2 CENTURIES",
  "INTERVAL '3' milliseconds",
  "INTERVAL (1 + 1) day",
  "iF(TrUe, 1, 2)",
  "CaSe WHEN 1 <> 2 THEN 'a' eLSe 'b' END",
]

const NAMES = ['"select"', '"a""b"', "été", "_x1", "a$b", "Interval", "days", "\u017Felect"]

let connection: DuckDBConnection
beforeAll(async () => {
  connection = await (await DuckDBInstance.create(":memory:")).connect()
})

async function answer(sql: string): Promise<unknown> {
  const result = await connection.runAndReadAll(sql)
  return { names: result.columnNames(), rows: result.getRowsJson() }
}

function printed(sql: string): string {
  const { statements, errors } = parse(sql)
  expect(errors).toEqual([])
  return statements.map((statement) => print(statement)).join(";")
}

describe("the value of", () => {
  test.each(EXPRESSIONS)("%s", async (expression) => {
    const sql = `SELECT ${expression} AS x`
    expect(await answer(printed(sql))).toEqual(await answer(sql))
  })
})

describe("the name", () => {
  test.each(NAMES)("%s", async (name) => {
    const sql = `SELECT 1 AS ${name}`
    expect(await answer(printed(sql))).toEqual(await answer(sql))
  })
})

test.each([
  ["SELECT 'abc", "this string is not closed"],
  ["SELECT e'abc\\'", "this string is not closed"],
  ['SELECT "abc', "this quoted name is not closed"],
  ["SELECT $$abc", "this dollar-quoted string is not closed"],
  ["SELECT 1 /* abc", "this comment is not closed"],
  ["SELECT 1 \\ 2", "unexpected character `\\`"],
])("%s: %s", (sql, problem) => {
  expect(parse(sql).errors.map((error) => error.problem)).toContain(problem)
})
