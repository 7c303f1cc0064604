import { join } from "node:path"
import type { DuckDBConnection } from "@duckdb/node-api"
import { DuckDBInstance } from "@duckdb/node-api"
import { describe, expect, test } from "vitest"
import { duckdb } from "../../src/backends/duckdb/index.js"
import { some } from "../../src/base/check.js"
import { packageFile } from "../../src/base/package-files.js"
import { check } from "../../src/compile.js"
import type { EmitTarget } from "../../src/emit/target.js"
import type { RelationStatistics } from "../../src/engine/statistics.js"
import { loadProject } from "../../src/project/index.js"
import { table } from "../../src/syntax/build.js"
import type { Checked } from "../../src/session.js"
import { projectFolder } from "../project.js"
import { sampleProject } from "../sample.js"
import { tpcConnection, tpcMissing } from "../tpc.js"
import { tpchFiles, type Reading } from "../tpch/project.js"
import { compiledFor, type Compiled } from "./building.js"
import { replay, type Replayed, type Tables } from "./replay.js"
import { runProject } from "./running.js"

// The steps of a plan are the engine's derivation log: both sides of each are run over the real tables.

const FLIGHTS = packageFile("node_modules/vega-datasets/data/flights-3m.parquet")
const AIRPORTS = packageFile("node_modules/vega-datasets/data/airports.csv")
/** A few of them are few enough for cross products. */
const SOME_FLIGHTS = `
  CREATE TEMP TABLE flights AS SELECT * EXCLUDE (file_row_number)
    FROM read_parquet('${FLIGHTS}', file_row_number => true) WHERE file_row_number % 50 = 0;
  CREATE TEMP TABLE few_flights AS SELECT * FROM flights ORDER BY hash(flights) LIMIT 60;
  CREATE TEMP TABLE few_airports AS SELECT * FROM read_csv('${AIRPORTS}') AS a
    WHERE EXISTS (SELECT 1 FROM few_flights AS f WHERE a.iata IN (f.origin, f.destination))`
const SETTINGS = { disabled_optimizers: "common_subplan" }

describe("every step of a plan tells the truth on data", () => {
  test("the sample project", { timeout: 600_000 }, async () => {
    const folder = sampleProject()
    await runProject(folder)
    const checked = check(loadProject(folder))
    const compiled = planned(checked, await measured(checked))
    const database = join(folder, "target", "flights.duckdb")
    const connection = await (await DuckDBInstance.create(database, SETTINGS)).connect()
    await connection.run(SOME_FLIGHTS)
    const whole: EmitTarget["table"] = (name, kind) =>
      name === "raw.flights" ? table(["flights"]) : compiled.deployment.table(name, kind)
    const few: EmitTarget["table"] = (name, kind) =>
      kind === "source" ? table([name.replace("raw.", "few_")]) : whole(name, kind)
    await tellsTheTruth("the sample, a flight in fifty", compiled, { whole, few }, connection)
  })

  test.skipIf(tpcMissing() !== undefined).each<Reading>(["sources", "staging views"])(
    "TPC-H over %s",
    { timeout: 600_000 },
    async (reading) => {
      const connection = await tpcConnection("tpch")
      await connection.run("CALL dbgen(sf = 0.01)")
      await connection.run(`SET disabled_optimizers = '${SETTINGS.disabled_optimizers}'`)
      const checked = check(loadProject(projectFolder(await tpchFiles(connection, reading))))
      const sizes = await connection.runAndReadAll(
        "SELECT table_name, estimated_size FROM duckdb_tables()",
      )
      const statistics = new Map(
        sizes.getRows().map(([name, rows]) => [`tpch.${String(name)}`, { rows: Number(rows) }]),
      )
      const compiled = planned(checked, statistics)
      const tables = { whole: compiled.deployment.table }
      await tellsTheTruth(`TPC-H over ${reading}`, compiled, tables, connection)
    },
  )
})

async function tellsTheTruth(
  what: string,
  { plan }: Compiled,
  tables: Tables,
  connection: DuckDBConnection,
): Promise<void> {
  const replayed = await replay(some(plan, "a plan"), tables, connection)
  console.log(`${what}: ${inWords(replayed)}`)
  expect(replayed.wrong).toEqual([])
  expect(replayed.steps).toBeGreaterThan(0)
}

function inWords({ steps, onFewRows, notAlone, byRule }: Replayed): string {
  const rules = [...byRule].map(([rule, count]) => `${rule} ${count}`).join(", ")
  return `${steps} steps replayed (${onFewRows} on few rows), ${notAlone} cannot stand alone; ${rules}`
}

function planned(checked: Checked, relations: ReadonlyMap<string, RelationStatistics>): Compiled {
  const statistics = { origin: "measured" as const, relations }
  return compiledFor(checked, "dev", { statistics, without: [], keepSides: true })
}

/** As a run measures them. */
async function measured({ session }: Checked): Promise<Map<string, RelationStatistics>> {
  const { sources, seeds, directory } = session.project
  const driver = await duckdb.open({ database: ":memory:" }, directory, { threads: 1 })
  const found = await driver.statistics(sources.map((source) => ({ name: source.name, source })))
  await driver.close()
  return new Map([...found, ...seeds.map(({ name, rowCount: rows }) => [name, { rows }] as const)])
}
