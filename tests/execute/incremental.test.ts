import { writeFileSync } from "node:fs"
import { join } from "node:path"
import { DuckDBInstance } from "@duckdb/node-api"
import { expect, test } from "vitest"
import { document, smelt } from "../cli/smelt.js"
import { projectFolder } from "../project.js"

const SOURCE = `sources:
  raw.events:
    path: data/events.parquet
    columns:
      at: { type: TIMESTAMP, not_null: true }
      user_id: { type: BIGINT, not_null: true }
      amount: { type: BIGINT }
    event_time: at
    lateness: 2 days
    changes: append
`
const MODEL = `-- @materialize: daily
-- @partition_by: day
SELECT CAST(e.at AS DATE) AS day, u.region, count(*) AS n, sum(e.amount) AS total
FROM smelt.source('raw.events') AS e LEFT JOIN smelt.ref('users') AS u ON u.id = e.user_id
GROUP BY CAST(e.at AS DATE), u.region
`
const USERS = "id,region\n0,north\n1,south\n"

/** Events of 30 days from 2024-01-01, every ninety minutes, up to `days`. */
async function writeEvents(folder: string, days: number): Promise<void> {
  const connection = await (await DuckDBInstance.create(":memory:")).connect()
  await connection.run(`COPY (
    SELECT TIMESTAMP '2024-01-01' + to_minutes(CAST(i * 90 AS BIGINT)) AS "at", i % 3 AS user_id, i % 7 AS amount
    FROM range(${days * 16}) AS r(i)) TO '${join(folder, "data", "events.parquet")}'`)
  connection.closeSync()
}

interface Result {
  readonly name: string
  readonly windows?: readonly { readonly start: string; readonly end: string }[]
}

function build(folder: string, ...flags: readonly string[]): Result | undefined {
  const finished = smelt(folder, "build", "--json", ...flags)
  expect(finished.exit, finished.stdout).toBe(0)
  const { results } = document(finished) as { results: readonly Result[] }
  return results.find(({ name }) => name === "daily")
}

async function query(folder: string, sql: string): Promise<string[]> {
  const instance = await DuckDBInstance.create(join(folder, "target", "dev.duckdb"))
  const connection = await instance.connect()
  const rows = (await connection.runAndReadAll(sql)).getRowsJson().map((row) => JSON.stringify(row))
  connection.closeSync()
  instance.closeSync()
  return rows.sort()
}

const ALL = "SELECT * FROM main.daily"
const window = (start: string, end: string) => [
  { start: `${start}T00:00:00Z`, end: `${end}T00:00:00Z` },
]

test("only the days that new rows reach are written, with the lateness; an undated input reaches all", async () => {
  const folder = projectFolder({
    "sources/raw.yml": SOURCE,
    "models/daily.sql": MODEL,
    "seeds/users.csv": USERS,
    "data/.keep": "",
  })
  await writeEvents(folder, 20)
  expect(build(folder)?.windows).toEqual(window("2024-01-01", "2024-01-21"))
  expect(build(folder)?.windows).toEqual([])

  await query(folder, "INSERT INTO main.daily VALUES (DATE '2024-01-05', 'planted', 1, 1)")
  await writeEvents(folder, 30)
  // The latest event was 2024-01-20 22:30; two days before it is the 18th.
  expect(build(folder)?.windows).toEqual(window("2024-01-18", "2024-01-31"))
  expect(await query(folder, "SELECT day FROM main.daily WHERE region = 'planted'")).toHaveLength(1)

  writeFileSync(join(folder, "seeds/users.csv"), `${USERS}2,west\n`)
  expect(build(folder)?.windows).toEqual(window("2024-01-01", "2024-01-31"))
  expect(await query(folder, "SELECT day FROM main.daily WHERE region = 'planted'")).toEqual([])

  const incremental = await query(folder, ALL)
  expect(build(folder, "--full-refresh")?.windows).toEqual(window("2024-01-01", "2024-01-31"))
  expect(await query(folder, ALL)).toEqual(incremental)
})

test("a window can be named, and a changed definition builds all", async () => {
  const folder = projectFolder({
    "sources/raw.yml": SOURCE,
    "models/daily.sql": MODEL,
    "seeds/users.csv": USERS,
    "data/.keep": "",
  })
  await writeEvents(folder, 20)
  build(folder)
  await query(folder, "UPDATE main.daily SET n = -1")
  expect(build(folder, "--start", "2024-01-03", "--end", "2024-01-05")?.windows).toEqual(
    window("2024-01-03", "2024-01-05"),
  )
  expect(await query(folder, "SELECT DISTINCT day FROM main.daily WHERE n > 0")).toEqual([
    '["2024-01-03"]',
    '["2024-01-04"]',
  ])

  writeFileSync(join(folder, "models/daily.sql"), MODEL.replace("sum(e.amount)", "max(e.amount)"))
  expect(build(folder)?.windows).toEqual(window("2024-01-01", "2024-01-21"))
  expect(await query(folder, "SELECT day FROM main.daily WHERE n < 0")).toEqual([])
})
