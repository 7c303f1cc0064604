import { writeFileSync } from "node:fs"
import { join } from "node:path"
import { DuckDBInstance } from "@duckdb/node-api"
import { describe, expect, test } from "vitest"
import { document, smelt } from "../cli/smelt.js"
import { projectFolder } from "../project.js"
import { SEED } from "../seed.js"

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
  readonly rebuilt?: string
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

const SPINE = `-- @materialize: daily
-- @partition_by: day
SELECT c.day, count(e.user_id) AS n
FROM smelt.ref('calendar') AS c LEFT JOIN smelt.source('raw.events') AS e ON CAST(e.at AS DATE) = c.day
GROUP BY c.day
`
const days = (from: number, to: number) =>
  Array.from({ length: to - from + 1 }, (_, i) => `2024-01-${String(from + i).padStart(2, "0")}`)
const calendar = (from: number, to: number) => `day\n${days(from, to).join("\n")}\n`

/** What the target holds, and what it holds after a full refresh. */
async function againstFull(folder: string): Promise<readonly [string[], string[]]> {
  const incremental = await query(folder, ALL)
  build(folder, "--full-refresh")
  return [incremental, await query(folder, ALL)]
}

test("a named end leaves the days after it for the next build", async () => {
  const folder = projectFolder({
    "sources/raw.yml": SOURCE,
    "models/daily.sql": MODEL,
    "seeds/users.csv": USERS,
    "data/.keep": "",
  })
  await writeEvents(folder, 10)
  build(folder)
  await writeEvents(folder, 20)
  expect(build(folder, "--end", "2024-01-13")?.windows).toEqual(window("2024-01-01", "2024-01-13"))
  expect(await query(folder, "SELECT max(day) FROM main.daily")).toEqual(['["2024-01-12"]'])
  // The latest event at the last build that took all was 2024-01-10 22:30.
  expect(build(folder)?.windows).toEqual(window("2024-01-08", "2024-01-21"))
  const [incremental, full] = await againstFull(folder)
  expect(incremental).toEqual(full)
})

test("days that only a dimension has come and go with it", async () => {
  const folder = projectFolder({
    "sources/raw.yml": SOURCE,
    "models/daily.sql": SPINE,
    "seeds/calendar.csv": calendar(1, 12),
    "data/.keep": "",
  })
  await writeEvents(folder, 10)
  build(folder)
  expect(await query(folder, "SELECT day FROM main.daily WHERE n = 0")).toHaveLength(2)
  for (const [from, to] of [
    [1, 25],
    [5, 20],
  ] as const) {
    writeFileSync(join(folder, "seeds/calendar.csv"), calendar(from, to))
    build(folder)
    const [incremental, full] = await againstFull(folder)
    expect(incremental).toHaveLength(to - from + 1)
    expect(incremental).toEqual(full)
  }
})

test("an input whose rows may change anywhere reaches all days, those that it lost included", async () => {
  const folder = projectFolder({
    "sources/raw.yml": SOURCE.replace("changes: append", "changes: snapshot"),
    "models/daily.sql": MODEL,
    "seeds/users.csv": USERS,
    "data/.keep": "",
  })
  await writeEvents(folder, 20)
  expect(build(folder)?.windows).toEqual(window("2024-01-01", "2024-01-21"))
  expect(build(folder)?.windows).toEqual([])
  await writeEvents(folder, 15)
  expect(build(folder)?.windows).toEqual(window("2024-01-01", "2024-01-21"))
  const [incremental, full] = await againstFull(folder)
  expect(incremental.at(-1)).toContain("2024-01-15")
  expect(incremental).toEqual(full)
})

test("random additions with late rows: always as after a full refresh", async () => {
  const folder = projectFolder({
    "sources/raw.yml": SOURCE,
    "models/daily.sql": MODEL,
    "seeds/users.csv": USERS,
    "data/.keep": "",
  })
  const connection = await (await DuckDBInstance.create(":memory:")).connect()
  await connection.run(`SELECT setseed(0.${SEED})`)
  await connection.run('CREATE TABLE events ("at" TIMESTAMP, user_id BIGINT, amount BIGINT)')
  await connection.run("INSERT INTO events VALUES (TIMESTAMP '2024-01-01', 0, 1)")
  for (let step = 0; step < 6; step++) {
    // Up to three days after the latest event, and late by less than two.
    await connection.run(`INSERT INTO events
      SELECT greatest(TIMESTAMP '2024-01-01', (SELECT max("at") FROM events) + to_minutes(CAST(random() * 7200 - 2880 AS BIGINT))),
        CAST(random() * 3 AS BIGINT), CAST(random() * 9 AS BIGINT) FROM range(20)`)
    await connection.run(`COPY events TO '${join(folder, "data", "events.parquet")}'`)
    const windows = build(folder)?.windows ?? []
    expect(windows).toHaveLength(1)
    const incremental = await query(folder, ALL)
    const model = MODEL.replace(/^--.*\n/gm, "")
      .replace("smelt.source('raw.events')", `'${join(folder, "data", "events.parquet")}'`)
      .replace("smelt.ref('users')", "main.users")
    expect(incremental, `seed ${SEED}, step ${step}`).toEqual(await query(folder, model))
  }
  connection.closeSync()
})

test("a build that fails leaves the days for the next one", async () => {
  const folder = projectFolder({
    "sources/raw.yml": SOURCE,
    "models/daily.sql": MODEL.replace(
      "sum(e.amount)",
      "sum(CAST(CAST(e.amount AS VARCHAR) || coalesce(u.region, '') AS BIGINT))",
    ),
    "smelt.yml": `name: test
targets: { dev: { type: duckdb, database: target/dev.duckdb } }
seeds: { users: { columns: { id: { type: BIGINT }, region: { type: VARCHAR } } } }
`,
    "seeds/users.csv": "id,region\n0,1\n1,2\n",
    "data/.keep": "",
  })
  await writeEvents(folder, 5)
  build(folder)
  const before = await query(folder, ALL)
  writeFileSync(join(folder, "seeds/users.csv"), "id,region\n0,north\n1,2\n")
  expect(smelt(folder, "build", "--json").exit).toBe(1)
  expect(await query(folder, ALL)).toEqual(before)
  writeFileSync(join(folder, "seeds/users.csv"), "id,region\n0,3\n1,2\n")
  expect(build(folder)?.windows).toEqual(window("2024-01-01", "2024-01-06"))
  const [incremental, full] = await againstFull(folder)
  expect(incremental).toEqual(full)
})

test("an edit of a view that it reads builds all of it, and says so; nothing changes without one", async () => {
  const staged = (factor: number) =>
    `SELECT e.at, e.amount * ${factor} AS amount FROM smelt.source('raw.events') AS e\n`
  const folder = projectFolder({
    "sources/raw.yml": SOURCE,
    "models/staged.sql": staged(1),
    "models/daily.sql": `-- @materialize: daily
-- @partition_by: day
SELECT CAST(s.at AS DATE) AS day, sum(s.amount) AS total FROM smelt.ref('staged') AS s GROUP BY CAST(s.at AS DATE)
`,
    "data/.keep": "",
  })
  await writeEvents(folder, 20)
  build(folder)
  expect(build(folder)?.windows).toEqual([])
  writeFileSync(join(folder, "models", "staged.sql"), staged(10))
  const again = build(folder)
  expect(again?.windows).toEqual(window("2024-01-01", "2024-01-21"))
  expect(again?.rebuilt).toBe("its definition changed")
  const edited = await query(folder, ALL)
  build(folder, "--full-refresh")
  expect(edited).toEqual(await query(folder, ALL))
})

describe("built without the views that it reads", () => {
  /** Every second view takes part, so that each kind stands below the other. */
  const staged = (factor: number) => ({
    "models/raw_events.sql": `---
materialization: view
---
SELECT e.at, e.amount * ${factor} AS amount FROM smelt.source('raw.events') AS e`,
    "models/dated.sql": `---
materialization: view
tags: [mart]
---
SELECT CAST(r.at AS DATE) AS day, r.amount FROM smelt.ref('raw_events') AS r`,
    "models/known.sql": `---
materialization: ephemeral
---
SELECT d.day, d.amount FROM smelt.ref('dated') AS d WHERE d.amount IS NOT NULL`,
  })
  const FILES = {
    ...staged(1),
    "sources/raw.yml": SOURCE,
    "data/.keep": "",
    "models/daily.sql": `---
materialize: daily
partition_by: day
tags: [mart]
columns: { day: { tests: [unique] } }
---
SELECT k.day, sum(k.amount) AS total FROM smelt.ref('known') AS k GROUP BY k.day`,
    "models/by_month.sql":
      "---\ntags: [mart]\n---\nSELECT month(d.day) AS m, count(*) AS n FROM smelt.ref('dated') AS d GROUP BY month(d.day)",
  }

  test.each([
    ["alone", ["daily"]],
    ["by tag", ["tag:mart"]],
    ["as written", ["daily", "--no-optimize"]],
    ["with one of the views, as written", ["tag:mart", "--no-optimize"]],
  ])("%s: new days, and what the texts of the views say", async (_, args) => {
    const folder = projectFolder(FILES)
    await writeEvents(folder, 20)
    build(folder)
    expect(build(folder, ...args)?.windows).toEqual([])
    await writeEvents(folder, 25)
    expect(build(folder, ...args)?.windows).toEqual(window("2024-01-18", "2024-01-26"))

    // The view in the target is not made anew: only its text says what it is.
    for (const [file, text] of Object.entries(staged(10))) writeFileSync(join(folder, file), text)
    expect(build(folder, ...args)?.rebuilt).toBe("its definition changed")
    const edited = await query(folder, ALL)
    expect(build(folder)?.windows).toEqual([])
    expect(build(folder, ...args, "--full-refresh")?.windows).toEqual(
      window("2024-01-01", "2024-01-26"),
    )
    expect(build(folder, "--full-refresh")?.windows).toEqual(window("2024-01-01", "2024-01-26"))
    expect(await query(folder, ALL)).toEqual(edited)
  })

  test("in a target that has none of them", async () => {
    const folder = projectFolder(FILES)
    await writeEvents(folder, 5)
    expect(build(folder, "daily")?.windows).toEqual(window("2024-01-01", "2024-01-06"))
  })

  test("retried", async () => {
    const folder = projectFolder({
      ...FILES,
      "models/daily.sql": FILES["models/daily.sql"].replace(
        "sum(k.amount)",
        "sum(CAST('x' || k.amount AS INTEGER))",
      ),
    })
    await writeEvents(folder, 5)
    expect(smelt(folder, "build").exit).toBe(1)
    writeFileSync(join(folder, "models/daily.sql"), FILES["models/daily.sql"])
    expect(smelt(folder, "retry").exit).toBe(0)
    expect(await query(folder, ALL)).toHaveLength(5)
  })
})
