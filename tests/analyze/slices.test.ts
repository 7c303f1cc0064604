import { DuckDBInstance, type DuckDBConnection } from "@duckdb/node-api"
import { beforeAll, describe, expect, test } from "vitest"
import { capabilities, dialect } from "../../src/backends/duckdb/dialect.js"
import { emitQuery } from "../../src/emit/query.js"
import { table } from "../../src/syntax/build.js"
import { print } from "../../src/syntax/print.js"
import { outOf, planned } from "../planned.js"
import { projectFolder } from "../project.js"
import { ACCEPTED, SOURCES } from "./cases.js"

// A run over a window reads only that window of every input with a clock. For each shape that the
// analysis accepts, such a run must give exactly the rows that the full query has in the window.

const SLICES = Number(process.env.SMELT_SLICES ?? 2000)
const SLICES_PER_DATABASE = 50
const SEED = Number(process.env.SMELT_SEED ?? Math.floor(Math.random() * 2 ** 31))

const HEADER = "---\nmaterialize: daily\npartition_by: day\n---\n"
const CONFIG =
  "name: test\ntargets: { dev: { type: duckdb } }\nlevels: { order-without-limit: off }\n"

/** Mulberry32: a small generator that a seed makes repeatable. */
function randomOf(seed: number): (below: number) => number {
  let state = seed
  return (below) => {
    state = (state + 0x6d2b79f5) | 0
    let t = Math.imul(state ^ (state >>> 15), 1 | state)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return ((t ^ (t >>> 14)) >>> 0) % below
  }
}

type Random = (below: number) => number

/** Ten days, NULLs and duplicates, times at the edges of days. */
function time(random: Random): string {
  const seconds = [0, 1, 43200, 86399][random(4)] ?? 0
  return `TIMESTAMP '2024-01-01' + INTERVAL ${random(10)} DAY + INTERVAL ${seconds} SECOND`
}

const orNull = (random: Random, value: string) => (random(5) === 0 ? "NULL" : value)
const kind = (random: Random) => orNull(random, ["'buy'", "'view'", "'sell'"][random(3)] ?? "'buy'")

function rows(count: number, row: (i: number) => string): string {
  return Array.from({ length: count }, (_, i) => `(${row(i)})`).join(", ")
}

async function fill(connection: DuckDBConnection, random: Random): Promise<void> {
  const clear = ["events", "refunds", "users", "calendar"].map(
    (name) => `DELETE FROM full_data.${name}`,
  )
  const number = () => orNull(random, String(random(4) - 1))
  const statements = [
    ...clear,
    `INSERT INTO full_data.events VALUES ${rows(1 + random(20), (i) => `${i}, ${time(random)}, ${orNull(random, String(random(4)))}, ${kind(random)}, ${number()}`)}`,
    `INSERT INTO full_data.refunds VALUES ${rows(1 + random(8), () => `${orNull(random, String(random(10)))}, ${time(random)}, ${number()}`)}`,
    `INSERT INTO full_data.users VALUES ${rows(3, (i) => `${i}, ${orNull(random, i % 2 === 0 ? "'north'" : "'south'")}, NULL`)}`,
    `INSERT INTO full_data.calendar VALUES ${rows(10, (i) => `DATE '2024-01-01' + INTERVAL ${i} DAY, false`)}`,
  ]
  for (const statement of statements) await connection.run(statement)
}

const SCHEMA = `
  CREATE SCHEMA full_data;
  CREATE TABLE full_data.events (id BIGINT, "at" TIMESTAMP, user_id BIGINT, kind VARCHAR, amount BIGINT);
  CREATE TABLE full_data.refunds (event_id BIGINT, "at" TIMESTAMP, amount BIGINT);
  CREATE TABLE full_data.users (id BIGINT, region VARCHAR, since DATE);
  CREATE TABLE full_data.calendar (day DATE, holiday BOOLEAN);
  CREATE TABLE bounds (low TIMESTAMP, high TIMESTAMP);
  CREATE SCHEMA slice;
  CREATE VIEW slice.events AS FROM full_data.events, bounds SELECT events.* WHERE "at" >= low AND "at" < high;
  CREATE VIEW slice.refunds AS FROM full_data.refunds, bounds SELECT refunds.* WHERE "at" >= low AND "at" < high;
  CREATE VIEW slice.users AS FROM full_data.users;
  CREATE VIEW slice.calendar AS FROM full_data.calendar;`

function emitted(sql: string, schema: string): string {
  const folder = projectFolder({
    "smelt.yml": CONFIG,
    "sources/raw.yml": SOURCES,
    "models/m.sql": HEADER + sql,
  })
  const { plans, proofs } = planned(folder)
  expect(proofs.get("m")).toMatchObject({ kind: "incremental" })
  const target = {
    dialect,
    capabilities,
    table: (relation: string) => table([schema, relation.replace("raw.", "")]),
  }
  return print(emitQuery(outOf(plans.get("m")), target))
}

describe(`slices of accepted models (seed ${SEED})`, () => {
  let connection: DuckDBConnection

  beforeAll(async () => {
    connection = await (await DuckDBInstance.create(":memory:", { threads: "1" })).connect()
    for (const statement of SCHEMA.split(";"))
      if (statement.trim() !== "") await connection.run(statement)
  })

  test.each(Object.entries(ACCEPTED))(
    `%s: ${SLICES} slices`,
    async (_, sql) => {
      const random = randomOf(SEED)
      const [whole, part] = [emitted(sql, "full_data"), emitted(sql, "slice")]
      const inside = "WHERE day >= (SELECT low FROM bounds) AND day < (SELECT high FROM bounds)"
      const side = (query: string) => `SELECT * FROM (${query}) AS m ${inside}`
      const differences = await connection.prepare(
        `SELECT count(*) FROM ((${side(whole)} EXCEPT ALL ${side(part)}) UNION ALL (${side(part)} EXCEPT ALL ${side(whole)}))`,
      )
      for (let done = 0; done < SLICES; done++) {
        if (done % SLICES_PER_DATABASE === 0) await fill(connection, random)
        const low = random(10)
        const high = low + 1 + random(3)
        await connection.run("DELETE FROM bounds")
        await connection.run(
          `INSERT INTO bounds VALUES (TIMESTAMP '2024-01-01' + INTERVAL ${low} DAY, TIMESTAMP '2024-01-01' + INTERVAL ${high} DAY)`,
        )
        const found = await differences.runAndReadAll()
        expect(found.getRows(), `seed ${SEED}, slice ${done}: days ${low} to ${high}`).toEqual([
          [0n],
        ])
      }
    },
    300_000,
  )
})
