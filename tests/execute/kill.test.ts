import { spawn } from "node:child_process"
import { existsSync, rmSync } from "node:fs"
import { join } from "node:path"
import { setTimeout as delay } from "node:timers/promises"
import { DuckDBInstance } from "@duckdb/node-api"
import { expect, test } from "vitest"
import { packageFile } from "../../src/base/package-files.js"
import { smelt } from "../cli/smelt.js"
import { projectFolder } from "../project.js"
import { SEED } from "../seed.js"

// A build killed at any moment and run again gives the tables of an undisturbed build.

const TRIES = Number(process.env.SMELT_KILLS ?? 20)

const MODELS: Readonly<Record<string, string>> = {
  stg: "SELECT n.id, n.id % 97 AS grp, n.id * 7 % 1000 AS amount, CAST(TIMESTAMP '2024-01-01' + to_minutes(n.id) AS DATE) AS day FROM smelt.ref('numbers') AS n",
  wide: "SELECT a.id, a.grp, a.amount, a.day, b.amount AS other FROM smelt.ref('stg') AS a JOIN smelt.ref('stg') AS b ON b.id = a.id + 1",
  by_grp:
    "---\nmaterialization: table\n---\nSELECT w.grp, count(*) AS n, sum(w.amount) AS total FROM smelt.ref('wide') AS w GROUP BY w.grp",
  by_day:
    "---\nmaterialization: table\n---\nSELECT w.day, count(*) AS n, max(w.other) AS top FROM smelt.ref('wide') AS w GROUP BY w.day",
  ranked:
    "---\nmaterialization: table\n---\nSELECT w.id, rank() OVER (PARTITION BY w.grp ORDER BY w.amount, w.id) AS place FROM smelt.ref('wide') AS w",
  joined:
    "---\nmaterialization: table\n---\nSELECT r.id, r.place, g.total FROM smelt.ref('ranked') AS r JOIN smelt.ref('stg') AS s ON s.id = r.id JOIN smelt.ref('by_grp') AS g ON g.grp = s.grp",
  daily:
    "---\nmaterialize: daily\npartition_by: day\n---\nSELECT CAST(e.at AS DATE) AS day, count(*) AS n FROM smelt.source('raw.events') AS e GROUP BY CAST(e.at AS DATE)",
}
const SOURCE = `sources:
  raw.events: { path: data/events.parquet, columns: { at: { type: TIMESTAMP, not_null: true } }, event_time: at, changes: append }
`

async function newProject(): Promise<string> {
  const numbers = Array.from({ length: 20_000 }, (_, i) => i).join("\n")
  const models = Object.fromEntries(
    Object.entries(MODELS).map(([name, sql]) => [`models/${name}.sql`, sql]),
  )
  const folder = projectFolder({
    ...models,
    "sources/raw.yml": SOURCE,
    "seeds/numbers.csv": `id\n${numbers}\n`,
    "data/.keep": "",
  })
  const connection = await (await DuckDBInstance.create(":memory:")).connect()
  await connection.run(
    `COPY (SELECT TIMESTAMP '2024-01-01' + to_minutes(i) AS "at" FROM range(50000) AS r(i)) TO '${join(folder, "data", "events.parquet")}'`,
  )
  connection.closeSync()
  return folder
}

/** A fingerprint of every table that a user can see, whatever the order of its rows. */
async function contents(folder: string): Promise<Record<string, string>> {
  const instance = await DuckDBInstance.create(join(folder, "target", "dev.duckdb"))
  const connection = await instance.connect()
  const found: Record<string, string> = {}
  const tables = await connection.runAndReadAll(
    "SELECT table_name FROM information_schema.tables WHERE table_schema = 'main' ORDER BY 1",
  )
  for (const [name] of tables.getRows()) {
    const row = await connection.runAndReadAll(
      `SELECT count(*), sum(hash(t)::HUGEINT) FROM main.${String(name)} AS t`,
    )
    found[String(name)] = JSON.stringify(row.getRowsJson())
  }
  connection.closeSync()
  instance.closeSync()
  return found
}

async function buildAndKill(folder: string, after: number): Promise<void> {
  const child = spawn("node", [packageFile("dist/src/cli/main.js"), "build"], {
    cwd: folder,
    stdio: "ignore",
  })
  const ended = new Promise((done) => child.once("exit", done))
  await Promise.race([delay(after), ended])
  child.kill("SIGKILL")
  await ended
}

test(`killed at ${TRIES} random points (seed ${SEED})`, async () => {
  const folder = await newProject()
  const started = performance.now()
  expect(smelt(folder, "build").exit).toBe(0)
  const whole = performance.now() - started
  const wanted = await contents(folder)
  expect(Object.keys(wanted)).toHaveLength(Object.keys(MODELS).length + 1)
  let state = SEED
  for (let i = 0; i < TRIES; i++) {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0
    for (const gone of ["target", ".smelt"])
      if (existsSync(join(folder, gone))) rmSync(join(folder, gone), { recursive: true })
    await buildAndKill(folder, (state / 2 ** 32) * whole)
    const rerun = smelt(folder, "build")
    expect(rerun.exit, `try ${i}: ${rerun.stderr}`).toBe(0)
    expect(await contents(folder), `try ${i}`).toEqual(wanted)
  }
}, 180_000)
