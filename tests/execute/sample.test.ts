import { readFileSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { DuckDBInstance } from "@duckdb/node-api"
import { expect, test } from "vitest"
import { packageFile } from "../../src/base/package-files.js"
import { document, smelt } from "../cli/smelt.js"
import { sampleProject } from "../sample.js"

// The sample project's model that runs by day, and one of its marts made to, which also reads dimensions
// without a clock.

const FLIGHTS = packageFile("node_modules/vega-datasets/data/flights-3m.parquet")
const MODELS = ["network_days", "regional_days"] as const
const NEW_DAYS = 10
/** As examples/flights/sources/raw.yml declares it. */
const LATENESS_DAYS = 2

type Windows = readonly { readonly start: string; readonly end: string }[]

class Sample {
  readonly folder = sampleProject()

  constructor() {
    this.edit("examples/flights/sources/raw.yml", (text) =>
      text.replace("node_modules/vega-datasets/data/flights-3m.parquet", "flights.parquet"),
    )
    this.edit("examples/flights/models/marts/regional_days.sql", (text) =>
      text.replace("---\n", "---\nmaterialize: daily\npartition_by: flight_date\n"),
    )
  }

  edit(file: string, change: (text: string) => string): void {
    const before = readFileSync(join(this.folder, file), "utf8")
    const after = change(before)
    expect(after, file).not.toBe(before)
    writeFileSync(join(this.folder, file), after)
  }

  async writeFlights(where: string): Promise<void> {
    const file = join(this.folder, "flights.parquet")
    await query(":memory:", `COPY (SELECT * FROM '${FLIGHTS}' WHERE ${where}) TO '${file}'`)
  }

  /** Builds both models with what is above them; gives the windows that were written. */
  build(...flags: readonly string[]): Record<string, Windows> {
    const selected = MODELS.flatMap((model) => ["-s", `+${model}`])
    const finished = smelt(this.folder, "build", "--json", ...selected, ...flags)
    expect(finished.exit, finished.stdout).toBe(0)
    const { results } = document(finished) as {
      results: readonly { readonly name: string; readonly windows?: Windows }[]
    }
    return Object.fromEntries(
      results.flatMap(({ name, windows }) => (windows ? [[name, windows]] : [])),
    )
  }

  query(sql: string): Promise<string[]> {
    return query(join(this.folder, "target", "flights.duckdb"), sql)
  }
}

async function query(database: string, sql: string): Promise<string[]> {
  const instance = await DuckDBInstance.create(database)
  const connection = await instance.connect()
  const rows = (await connection.runAndReadAll(sql)).getRowsJson()
  connection.closeSync()
  instance.closeSync()
  return rows.map((row) => JSON.stringify(row)).sort()
}

const later = (date: Date, days: number) => new Date(date.getTime() + days * 86_400_000)
const sqlDate = (date: Date) => `DATE '${date.toISOString().slice(0, 10)}'`
const window = (start: Date, end: Date): Windows =>
  [[start, end].map((date) => date.toISOString().replace(".000", ""))].map(
    ([from = "", to = ""]) => ({ start: from, end: to }),
  )

test("ten days more: they and the lateness are written, older days are not; a dimension reaches all", async () => {
  const bounds = await query(
    ":memory:",
    `SELECT CAST(min("date") AS DATE), CAST(max("date") AS DATE) FROM '${FLIGHTS}'`,
  )
  const [first, last] = (JSON.parse(bounds[0] ?? "[]") as string[]).map((text) => new Date(text))
  if (!first || !last) throw new Error("no flights")
  const end = later(last, 1)
  const cut = later(end, -NEW_DAYS)
  const sample = new Sample()

  // Without the last ten days; the last flights out of ORD before them come late.
  const late = `origin = 'ORD' AND "date" >= ${sqlDate(later(cut, -1))}`
  await sample.writeFlights(`"date" < ${sqlDate(cut)} AND NOT (${late})`)
  const before = window(first, cut)
  expect(sample.build()).toEqual({ network_days: before, regional_days: before })
  expect(sample.build()).toEqual({ network_days: [], regional_days: [] })

  for (const model of MODELS)
    await sample.query(
      `UPDATE main.${model} SET flights = -1 WHERE flight_date = ${sqlDate(first)}`,
    )
  const planted = (model: string) =>
    sample.query(`SELECT DISTINCT flight_date FROM main.${model} WHERE flights < 0`)

  await sample.writeFlights("true")
  const added = window(later(cut, -1 - LATENESS_DAYS), end)
  expect(sample.build()).toEqual({ network_days: added, regional_days: added })
  for (const model of MODELS) expect(await planted(model)).toHaveLength(1)

  // A dimension without a clock reaches every day of what reads it, and nothing else.
  sample.edit("examples/flights/seeds/regions.csv", (text) => text.replace(",Midwest,", ",Middle,"))
  const all = window(first, end)
  expect(sample.build()).toEqual({ network_days: [], regional_days: all })
  expect(await planted("regional_days")).toEqual([])
  expect(await planted("network_days")).toHaveLength(1)

  const rows = (model: string) =>
    sample.query(`SELECT * FROM main.${model} WHERE flight_date > ${sqlDate(first)}`)
  const incremental = [await rows("network_days"), await rows("regional_days")]
  const oldest = await sample.query(
    `SELECT * FROM main.regional_days WHERE flight_date = ${sqlDate(first)}`,
  )
  const days = (end.getTime() - first.getTime()) / 86_400_000
  expect(incremental[0]).toHaveLength(days - 1)
  expect(sample.build("--full-refresh")).toEqual({ network_days: all, regional_days: all })
  expect([await rows("network_days"), await rows("regional_days")]).toEqual(incremental)
  expect(await planted("network_days")).toEqual([])
  expect(
    await sample.query(`SELECT * FROM main.regional_days WHERE flight_date = ${sqlDate(first)}`),
  ).toEqual(oldest)
}, 180_000)
