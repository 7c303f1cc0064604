import { mkdirSync } from "node:fs"
import { join } from "node:path"
import { DuckDBInstance, type DuckDBConnection } from "@duckdb/node-api"
import { expect, test } from "vitest"
import { smelt } from "../cli/smelt.js"
import { projectFolder } from "../project.js"

// Columns of types that are DuckDB's own, from tables and files, reach the models that show them unchanged.

const COLUMNS: Readonly<Record<string, readonly [type: string, value: string]>> = {
  zoned: ["TIME WITH TIME ZONE", "'10:00:00+02'"],
  seconds: ["TIMESTAMP_S", "'2024-02-29 13:00:00'"],
  millis: ["TIMESTAMP_MS", "'2024-02-29 13:00:00.123'"],
  nanos: ["TIMESTAMP_NS", "'2024-02-29 13:00:00.123456789'"],
  clock: ["TIME_NS", "'13:00:00.123456789'"],
  bits: ["BIT", "'0101'"],
  large: ["BIGNUM", "'123456789012345678901234567890123456789012345'"],
  triple: ["INTEGER[3]", "[1, NULL, 3]"],
  grid: ["FLOAT[2][2]", "[[1, 2], [3, 4]]"],
  either: ["UNION(n INTEGER, s VARCHAR)", "'a'"],
  parts: ['STRUCT("at" TIMESTAMP_NS, ids INTEGER[2])[]', "[{'at': '2024-01-01', 'ids': [1, 2]}]"],
}
const names = Object.keys(COLUMNS)
const inFiles = names.filter((name) => !["either", "large", "clock", "zoned"].includes(name))

const declared = (list: readonly string[], typeOf: (name: string) => string) =>
  list.map((name) => `      ${name}: { type: '${typeOf(name)}' }`).join("\n")

/** In a Parquet file an array is a list, and bits are bytes. */
const fileTypes: Readonly<Record<string, string>> = {
  bits: "BLOB",
  seconds: "TIMESTAMP_MS",
  triple: "INTEGER[]",
  grid: "FLOAT[][]",
  parts: 'STRUCT("at" TIMESTAMP_NS, ids INTEGER[])[]',
}

const FILES = {
  "sources/raw.yml": `sources:
  raw.stored:
    table: main.stored
    columns:
      id: { type: INTEGER, not_null: true }
${declared(names, (name) => COLUMNS[name]?.[0] ?? "")}
  raw.parquet:
    path: data/rows.parquet
    columns:
      id: { type: INTEGER }
${declared(inFiles, (name) => fileTypes[name] ?? COLUMNS[name]?.[0] ?? "")}
  raw.text:
    path: data/rows.csv
    columns:
      id: { type: INTEGER }
      nanos: { type: TIMESTAMP_NS }
      bits: { type: BIT }
      zoned: { type: TIMETZ }
`,
  "models/as_view.sql": `SELECT id, ${names.join(", ")} FROM smelt.source('raw.stored') WHERE id > 0`,
  "models/as_table.sql": `---
materialization: table
---
SELECT id, ${names.join(", ")} FROM smelt.ref('as_view')`,
  "models/grouped.sql": `---
materialization: table
---
SELECT seconds, triple, either, bits, max(nanos) AS nanos, min(zoned) AS zoned, count(*) AS n
FROM smelt.ref('as_view') GROUP BY seconds, triple, either, bits`,
  "models/of_parquet.sql": `---
materialization: table
---
SELECT p.id, ${inFiles.map((name) => `p.${name}`).join(", ")} FROM smelt.source('raw.parquet') AS p`,
  "models/of_text.sql": `---
materialization: table
---
SELECT id, nanos, bits, zoned FROM smelt.source('raw.text')`,
}

test.each([[], ["--no-optimize"]])("engine types pass through %j", async (...flags) => {
  const folder = projectFolder(FILES)
  const file = join(folder, "target", "dev.duckdb")
  await withDatabase(file, (connection) => fill(connection, folder))
  const checked = smelt(folder, "check")
  expect(checked.exit, checked.stderr).toBe(0)
  const built = smelt(folder, "build", ...flags)
  expect(built.exit, built.stderr + built.stdout).toBe(0)
  await withDatabase(file, async (connection) => {
    const rows = async (sql: string) => (await connection.runAndReadAll(sql)).getRowsJson()
    const types = async (table: string) =>
      (await rows(`DESCRIBE ${table}`)).map((row) => row.slice(0, 2).join(" "))
    const texts = (table: string) => rows(`SELECT COLUMNS(*)::VARCHAR FROM ${table} ORDER BY id`)
    expect(await types("as_table")).toEqual(await types("stored"))
    expect(await texts("as_table")).toEqual(await texts("stored"))
    const parquet = `(FROM '${join(folder, "data", "rows.parquet")}')`
    expect(await types("of_parquet")).toEqual(await types(parquet))
    expect(await texts("of_parquet")).toEqual(await texts(parquet))
    expect(await rows("SELECT COLUMNS(*)::VARCHAR FROM of_text")).toEqual([
      ["1", "2024-02-29 13:00:00.123456789", "0101", "10:00:00+02"],
    ])
    expect(await rows("SELECT n::VARCHAR, nanos::VARCHAR FROM grouped ORDER BY n")).toEqual([
      ["1", null],
      ["2", "2024-02-29 13:00:00.123456789"],
    ])
  })
})

async function fill(connection: DuckDBConnection, folder: string): Promise<void> {
  const columns = Object.entries(COLUMNS).map(([name, [type]]) => `${name} ${type}`)
  const values = Object.values(COLUMNS).map(([, value]) => value)
  await connection.run(`CREATE TABLE stored (id INTEGER NOT NULL, ${columns.join(", ")})`)
  for (const id of [1, 2])
    await connection.run(`INSERT INTO stored VALUES (${[id, ...values].join(", ")})`)
  await connection.run("INSERT INTO stored (id) VALUES (3)")
  mkdirSync(join(folder, "data"), { recursive: true })
  const data = (name: string) => join(folder, "data", name)
  await connection.run(
    `COPY (SELECT id, ${inFiles.join(", ")} FROM stored) TO '${data("rows.parquet")}'`,
  )
  await connection.run(
    `COPY (SELECT id, nanos, bits, zoned FROM stored WHERE id = 1) TO '${data("rows.csv")}'`,
  )
}

async function withDatabase(
  file: string,
  use: (connection: DuckDBConnection) => Promise<void>,
): Promise<void> {
  mkdirSync(join(file, ".."), { recursive: true })
  const instance = await DuckDBInstance.create(file)
  const connection = await instance.connect()
  await use(connection)
  connection.disconnectSync()
  instance.closeSync()
}
