import { DuckDBInstance, DuckDBTimestampValue, type DuckDBConnection } from "@duckdb/node-api"
import { capabilities, dialect } from "../../src/backends/duckdb/dialect.js"
import type { Grain } from "../../src/catalog/project.js"
import { emitQuery } from "../../src/emit/query.js"
import type { Out } from "../../src/ir/nodes.js"
import { table } from "../../src/syntax/build.js"
import { print } from "../../src/syntax/print.js"

/** A whole number from 0 below `below`. */
export type Random = (below: number) => number

/** Mulberry32: a small generator that a seed makes repeatable. */
export function randomOf(seed: number): Random {
  let state = seed
  return (below) => {
    state = (state + 0x6d2b79f5) | 0
    let t = Math.imul(state ^ (state >>> 15), 1 | state)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return ((t ^ (t >>> 14)) >>> 0) % below
  }
}

const PARTITIONS = 10
const SLICES_PER_DATABASE = 25
/** Times at the edges of a partition and inside, as intervals after its start. */
const INSIDE: Readonly<Record<Grain, readonly string[]>> = {
  hour: ["0 SECOND", "1 SECOND", "30 MINUTE", "3599 SECOND"],
  day: ["0 SECOND", "1 SECOND", "12 HOUR", "86399 SECOND"],
  month: ["0 SECOND", "1 DAY", "14 DAY", "27 DAY"],
}

const start = (grain: Grain, number: number) =>
  `TIMESTAMP '2024-01-01' + INTERVAL ${number} ${grain}`

const SCHEMA = `
  CREATE SCHEMA full_data;
  CREATE TABLE full_data.events (id BIGINT, "at" TIMESTAMP, user_id BIGINT, kind VARCHAR, amount BIGINT);
  CREATE TABLE full_data.refunds (event_id BIGINT, "at" TIMESTAMP, amount BIGINT);
  CREATE TABLE full_data.users (id BIGINT, region VARCHAR, since DATE);
  CREATE TABLE full_data.calendar (day DATE, holiday BOOLEAN);
  CREATE TABLE bounds (low TIMESTAMP, high TIMESTAMP);
  INSERT INTO bounds VALUES (NULL, NULL);
  CREATE SCHEMA slice;
  CREATE VIEW slice.events AS FROM full_data.events WHERE "at" >= (SELECT low FROM bounds) AND "at" < (SELECT high FROM bounds);
  CREATE VIEW slice.refunds AS FROM full_data.refunds WHERE "at" >= (SELECT low FROM bounds) AND "at" < (SELECT high FROM bounds);
  CREATE VIEW slice.users AS FROM full_data.users;
  CREATE VIEW slice.calendar AS FROM full_data.calendar;`

/** Random data of ten partitions, and a view of it in which clocked inputs show one window only. */
export class Slices {
  private constructor(private readonly connection: DuckDBConnection) {}

  static async open(): Promise<Slices> {
    // A prepared statement keeps what the plan took from the data's statistics, and the data changes.
    const instance = await DuckDBInstance.create(":memory:", {
      threads: "1",
      disabled_optimizers: "common_subplan,statistics_propagation,compressed_materialization",
    })
    const connection = await instance.connect()
    for (const statement of SCHEMA.split(";"))
      if (statement.trim() !== "") await connection.run(statement)
    return new Slices(connection)
  }

  /** NULLs and duplicates, times at the edges of partitions. */
  private async fill(random: Random, grain: Grain): Promise<void> {
    const orNull = (value: string) => (random(5) === 0 ? "NULL" : value)
    const pick = (list: readonly string[]) => list[random(list.length)] ?? ""
    const number = () => orNull(String(random(4) - 1))
    const time = () => `${start(grain, random(PARTITIONS))} + INTERVAL ${pick(INSIDE[grain])}`
    const rows = (count: number, row: (i: number) => string) =>
      Array.from({ length: count }, (_, i) => `(${row(i)})`).join(", ")
    const tables = {
      events: rows(
        1 + random(20),
        (i) =>
          `${i}, ${time()}, ${orNull(String(random(4)))}, ${orNull(pick(["'buy'", "'view'", "'sell'"]))}, ${number()}`,
      ),
      refunds: rows(1 + random(8), () => `${orNull(String(random(10)))}, ${time()}, ${number()}`),
      users: rows(3, (i) => `${i}, ${orNull(i % 2 === 0 ? "'north'" : "'south'")}, NULL`),
      calendar: rows(PARTITIONS, (i) => `CAST(${start(grain, i)} AS DATE), false`),
    }
    for (const [name, values] of Object.entries(tables)) {
      await this.connection.run(`DELETE FROM full_data.${name}`)
      await this.connection.run(`INSERT INTO full_data.${name} VALUES ${values}`)
    }
  }

  /**
   * Compares a run that reads a random window only with the full query in that window, `count` times
   * on fresh data each `SLICES_PER_DATABASE`; says where they differ first. The partition column of
   * `out` is named `day`.
   */
  async difference(out: Out, grain: Grain, count: number, random: Random): Promise<string> {
    const { connection } = this
    const [full, part] = [emitted(out, "full_data"), emitted(out, "slice")]
    await connection.run(`CREATE OR REPLACE TABLE whole AS ${full}`)
    const move = await connection.prepare("UPDATE bounds SET low = $1, high = $2")
    // Rows of one side count up, those of the other down: what is left over differs.
    const compare = await connection.prepare(`
      SELECT count(*) FROM (
        SELECT sum(sign) AS difference FROM (
          SELECT 1 AS sign, m.* FROM (${part}) AS m UNION ALL SELECT -1 AS sign, w.* FROM whole AS w
        ) AS both_sides
        WHERE day >= (SELECT low FROM bounds) AND day < (SELECT high FROM bounds)
        GROUP BY ${out.columns.map(({ name }) => `"${name}"`).join(", ")}
      ) AS rows WHERE difference <> 0`)
    for (let done = 0; done < count; done++) {
      if (done % SLICES_PER_DATABASE === 0) {
        await this.fill(random, grain)
        await connection.run("DELETE FROM whole")
        await connection.run(`INSERT INTO whole ${full}`)
      }
      const low = random(PARTITIONS)
      const high = low + 1 + random(3)
      move.bind([partitionStart(grain, low), partitionStart(grain, high)])
      await move.run()
      const found = await compare.runAndReadAll()
      if (Number(found.getRows()[0]?.[0]) > 0)
        return `slice ${done}: rows differ in partitions ${low} to ${high}`
    }
    return ""
  }
}

function partitionStart(grain: Grain, number: number): DuckDBTimestampValue {
  const at =
    grain === "month"
      ? Date.UTC(2024, number)
      : Date.UTC(2024, 0, 1) + number * (grain === "day" ? 86_400_000 : 3_600_000)
  return new DuckDBTimestampValue(BigInt(at) * 1000n)
}

function emitted(out: Out, schema: string): string {
  const target = {
    dialect,
    capabilities,
    table: (relation: string) => table([schema, relation.replace("raw.", "")]),
  }
  return print(emitQuery(out, target), { dialect })
}
