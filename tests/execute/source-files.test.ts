import { join } from "node:path"
import { DuckDBInstance } from "@duckdb/node-api"
import { expect, test } from "vitest"
import type { Diagnostic } from "../../src/diagnostics/diagnostic.js"
import { document, smelt, type Finished } from "../cli/smelt.js"
import { projectFolder } from "../project.js"

// A source's files, held against what is declared of them.

const source = (columns: string, file = "data/t.parquet") =>
  `sources:\n  raw.t:\n    path: ${file}\n    columns:\n${columns}`

/** The file has id BIGINT, price DECIMAL(10,2), at TIMESTAMP and tags VARCHAR[]. */
async function folderOf(columns: string, more: Readonly<Record<string, string>> = {}) {
  const folder = projectFolder({
    "sources/raw.yml": source(columns),
    "data/t.csv": "id,price\n1,2.5\n",
    "models/good.sql": "SELECT 1 AS one",
    "models/m.sql": "SELECT t.id FROM smelt.source('raw.t') AS t",
    ...more,
  })
  const connection = await (await DuckDBInstance.create(":memory:")).connect()
  await connection.run(`COPY (
    SELECT CAST(1 AS BIGINT) AS id, 2.5::DECIMAL(10,2) AS price, TIMESTAMP '2024-01-01' AS at, ['a'] AS tags
    ) TO '${join(folder, "data", "t.parquet")}'`)
  connection.closeSync()
  return folder
}

interface Run {
  readonly diagnostics: readonly Diagnostic[]
  readonly results: readonly { name: string; status: string }[]
}

const run = (finished: Finished) => document(finished) as unknown as Run
const ID = "      id: { type: BIGINT }\n"

test("what is as declared is passed over, whatever else the file has", async () => {
  const folder = await folderOf(`${ID}      Price: { type: "DECIMAL(10, 2)" }
      at: { type: TIMESTAMP }
      tags: { type: "VARCHAR[]" }
`)
  expect(run(smelt(folder, "build", "--json"))).toMatchObject({ diagnostics: [] })
})

test("other types are a warning each, at the type, with a fix", async () => {
  const folder = await folderOf(`      id: { type: INTEGER }
      price: { type: DOUBLE }
      at: { type: DATE }
`)
  const finished = smelt(folder, "build", "--json")
  expect(finished.exit).toBe(0)
  const at = (line: number, declared: string, found: string, text = found) => ({
    code: "type-drift",
    level: "warn",
    message: expect.stringContaining(`is declared ${declared}, the file has ${found}`) as string,
    file: "sources/raw.yml",
    start: { line },
    fixes: [{ edits: [{ text }] }],
  })
  expect(run(finished).diagnostics).toMatchObject([
    at(5, "INTEGER", "BIGINT"),
    at(6, "DOUBLE", "DECIMAL(10,2)", '"DECIMAL(10,2)"'),
    at(7, "DATE", "TIMESTAMP"),
  ])
})

test("as an error it keeps from running what reads the source", async () => {
  const folder = await folderOf("      id: { type: INTEGER }\n", {
    "smelt.yml": "name: x\ntargets: { dev: { type: duckdb } }\nlevels: { type-drift: error }\n",
  })
  const finished = smelt(folder, "build", "--json")
  expect(finished.exit).toBe(1)
  expect(run(finished).results).toMatchObject([
    { name: "good", status: "success" },
    { name: "m", status: "error" },
  ])
})

test.each(["data/t.parquet", "data/t.csv"])(
  "%s: a declared column that it does not have",
  async (path) => {
    const folder = await folderOf("", {
      "sources/raw.yml": `${source(ID, path)}      prise: { type: DOUBLE, tests: [not_null] }\n`,
      "models/other.sql": "SELECT t.id + 1 AS id FROM smelt.source('raw.t') AS t",
      "tests/few.sql": "SELECT t.id FROM smelt.source('raw.t') AS t WHERE t.id < 0",
    })
    for (const command of ["build", "test"]) {
      const finished = smelt(folder, command, "--json")
      const { diagnostics, results } = run(finished)
      expect(finished.exit).toBe(1)
      expect(diagnostics).toMatchObject([
        {
          code: "unknown-column",
          message: `no column \`prise\` in ${path}; did you mean \`price\`?`,
          file: "sources/raw.yml",
          start: { line: 6, column: 7 },
        },
      ])
      const errors = results.filter(({ status }) => status === "error").map(({ name }) => name)
      const tests = ["few", "not_null_source_raw_t_prise"]
      expect(errors.sort()).toEqual(
        command === "test" ? tests : ["few", "m", ...tests.slice(1), "other"],
      )
    }
  },
)

test("a test of a source without a file", async () => {
  const folder = await folderOf("", {
    "sources/raw.yml": source("      id: { type: BIGINT, tests: [unique] }\n", "data/none.csv"),
  })
  const finished = smelt(folder, "test", "--json")
  expect(finished.exit).toBe(1)
  expect(run(finished).diagnostics).toMatchObject([
    { code: "source-file-missing", file: "sources/raw.yml", start: { line: 2, column: 3 } },
  ])
})
