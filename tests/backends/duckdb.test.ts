import { spawn } from "node:child_process"
import { join } from "node:path"
import { expect, test } from "vitest"
import { duckdb } from "../../src/backends/duckdb/index.js"
import { EngineError } from "../../src/engine/driver.js"
import { packageFile } from "../../src/base/package-files.js"
import { projectFolder } from "../project.js"
import { print } from "../../src/syntax/print.js"
import { query, select, star } from "../../src/syntax/build.js"
import { BIGINT, VARCHAR } from "../../src/types/type.js"

const flights = {
  name: "raw.flights",
  place: { file: "", span: { start: 0, end: 0 } },
  files: {
    paths: [packageFile("node_modules/vega-datasets/data/flights-3m.parquet")],
    format: "parquet" as const,
  },
  columns: [],
  keys: [],
  foreignKeys: [],
  lateness: 0,
  tests: [],
  tags: [],
}

test("statistics come from the footer, without a scan", async () => {
  const driver = await duckdb.open({ database: ":memory:" }, ".", { threads: 1 })
  const found = (await driver.statistics([{ name: "raw.flights", source: flights }])).get(
    "raw.flights",
  )
  expect(found?.rows).toBe(3_000_000)
  expect(found?.columns?.get("date")?.min).toMatch(/^2001-01-01/)
  await driver.close()
})

test("a CSV source has the declared types, whatever its values look like", async () => {
  const folder = projectFolder({ "data/a.csv": "id,code,more\n1,007,x\n2,,y\n" })
  const place = { file: "", span: { start: 0, end: 0 } }
  const source = {
    ...flights,
    files: { paths: ["data/a.csv"], format: "csv" as const },
    columns: [
      { name: "id", type: BIGINT, notNull: true, place },
      { name: "code", type: VARCHAR, notNull: false, place },
    ],
  }
  const driver = await duckdb.open({ database: ":memory:" }, folder, { threads: 1 })
  const connection = await driver.connect()
  const sql = print(query(select({ items: [star()], from: [duckdb.sourceTable(source, folder)] })))
  expect((await connection.query(sql)).rows).toEqual([
    [1, "007", "x"],
    [2, null, "y"],
  ])
  await driver.close()
})

test("a locked database says who holds it", async () => {
  const folder = projectFolder({})
  const database = join(folder, "x.duckdb")
  const holder = spawn(
    "node",
    [
      "-e",
      `import("@duckdb/node-api").then(async ({ DuckDBInstance }) => { await DuckDBInstance.create(${JSON.stringify(database)}); console.log("open"); setInterval(() => {}, 1000) })`,
    ],
    { cwd: packageFile("."), stdio: ["ignore", "pipe", "inherit"] },
  )
  await new Promise((done) => holder.stdout.once("data", done))
  try {
    const opened = duckdb.open({ database }, folder, { threads: 1 })
    await expect(opened).rejects.toMatchObject({ kind: "locked", holder: `PID ${holder.pid}` })
  } finally {
    holder.kill("SIGKILL")
  }
})

test("a failing statement in a transaction rolls back and says what failed", async () => {
  const driver = await duckdb.open({ database: ":memory:" }, ".", { threads: 1 })
  const connection = await driver.connect()
  const work = connection.transaction(async () => {
    await connection.run("CREATE TABLE t AS SELECT 1 AS a")
    await connection.run("SELECT nope FROM t")
  })
  await expect(work).rejects.toBeInstanceOf(EngineError)
  expect((await connection.query("SELECT count(*) FROM duckdb_tables()")).rows).toEqual([[0]])
  await driver.close()
})
