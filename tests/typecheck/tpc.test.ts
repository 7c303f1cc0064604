import type { DuckDBConnection } from "@duckdb/node-api"
import { beforeAll, describe, expect, test } from "vitest"
import type { Relation } from "../../src/catalog/relation.js"
import { family } from "../../src/types/coercion.js"
import { show, type Column, type SqlType } from "../../src/types/type.js"
import { tpcConnection, tpcMissing, tpcQueries, type Benchmark } from "../tpc.js"
import { check, faults, parseType } from "./check.js"

// Columns and keys as the benchmark's specification declares them; all TPC-H columns hold a value.
const KEYS: Readonly<Record<string, readonly string[]>> = {
  region: ["r_regionkey"],
  nation: ["n_nationkey"],
  supplier: ["s_suppkey"],
  customer: ["c_custkey"],
  part: ["p_partkey"],
  partsupp: ["ps_partkey", "ps_suppkey"],
  orders: ["o_orderkey"],
  lineitem: ["l_orderkey", "l_linenumber"],
}

describe.skipIf(tpcMissing())("types agree with DuckDB", () => {
  for (const benchmark of ["tpch", "tpcds"] as const) suite(benchmark)
})

function suite(benchmark: Benchmark): void {
  let connection: DuckDBConnection
  let relations: readonly Relation[]
  let queries: readonly string[]

  beforeAll(async () => {
    connection = await tpcConnection(benchmark)
    await connection.run(`CALL ${benchmark === "tpch" ? "dbgen" : "dsdgen"}(sf = 0)`)
    relations = await tables(connection, benchmark === "tpch")
    queries = await tpcQueries(benchmark)
  })

  test(`${benchmark}: every column of every query`, async () => {
    const wrong: string[] = []
    for (const [i, query] of queries.entries()) {
      const checked = checkText(query, relations)
      const ours = (checked.types?.output ?? []).map((column) => show(column.type))
      const theirs = await describeTypes(connection, query)
      if (ours.join() !== theirs.join())
        wrong.push(`query ${i + 1}: ours ${ours.join()} DuckDB ${theirs.join()}`)
      const errors = faults(checked).filter((fault) => !TOLERATED.has(fault.split(":")[0] ?? ""))
      wrong.push(...errors.map((error) => `query ${i + 1}: ${error}`))
    }
    expect(wrong).toEqual([])
  })

  test(`${benchmark}: no NULL where none is said to be, without rows and among NULLs`, async () => {
    const wrong: string[] = []
    const unrunnable: string[] = []
    let claims = 0
    const variants = [
      { declared: relations, rows: 0 },
      { declared: relations, rows: 12 },
      { declared: relations.map(withoutNulls), rows: 0 },
      { declared: relations.map(withoutNulls), rows: 12 },
    ]
    for (const { declared, rows } of variants) {
      await fill(connection, declared, rows)
      for (const [i, query] of queries.entries()) {
        const columns = checkText(query, declared).types?.output ?? []
        claims += columns.filter(({ nullable }) => !nullable).length
        const found = await nullsIn(connection, query, columns).catch(String)
        if (typeof found === "string") unrunnable.push(found)
        else wrong.push(...found.map((column) => `query ${i + 1}, column ${column}, ${rows} rows`))
      }
    }
    expect(wrong).toEqual([])
    expect(unrunnable).toEqual([])
    expect(claims).toBeGreaterThan(2 * queries.length)
  })
}

function checkText(query: string, relations: readonly Relation[]) {
  return check(query, {
    relations,
    bareTables: true,
    isTest: true,
    levels: { "comma-join": "off" },
  })
}

function withoutNulls(relation: Relation): Relation {
  return { ...relation, columns: relation.columns.map((one) => ({ ...one, nullable: false })) }
}

/** Few values, so that joins meet, and NULL wherever the table takes one. */
async function fill(
  connection: DuckDBConnection,
  relations: readonly Relation[],
  rows: number,
): Promise<void> {
  for (const [t, { name, columns }] of relations.entries()) {
    const row = (r: number) =>
      columns.map(({ type, nullable }, c) =>
        nullable && (r * 5 + c * 3 + t) % 4 === 0
          ? "NULL"
          : `CAST(${valueOf(type, r + c)} AS ${show(type)})`,
      )
    const values = Array.from({ length: rows }, (_, r) => `(${row(r).join(", ")})`)
    await connection.run(`DELETE FROM ${name}`)
    if (values.length > 0) await connection.run(`INSERT INTO ${name} VALUES ${values.join(", ")}`)
  }
}

function valueOf(type: SqlType, n: number): string {
  switch (family(type)) {
    case "text":
      return ["''", "'a'", "'1-URGENT'", "'AIR'", "'13-100'"][n % 5] ?? "''"
    case "date":
      return ["'1998-01-01'", "'1995-03-10'", "'2000-02-01'"][n % 3] ?? "'1998-01-01'"
    case "time":
      return "'12:00:00'"
    default:
      return String(n % 3)
  }
}

/** Columns of a query that are said to be NOT NULL and show a NULL. */
async function nullsIn(
  connection: DuckDBConnection,
  query: string,
  columns: readonly Column[],
): Promise<number[]> {
  const names = columns.map((_, i) => `c${i}`).join(", ")
  const counts = columns.map(({ nullable }, i) =>
    nullable ? "0" : `count(*) FILTER (WHERE c${i} IS NULL)`,
  )
  const rows = await connection.runAndReadAll(
    `SELECT ${counts.join(", ")} FROM (${query}) AS q(${names})`,
  )
  return (rows.getRows()[0] ?? []).flatMap((count, i) => (Number(count) > 0 ? [i] : []))
}

// What `levels:` relaxes for these texts: they were written for engines that coerce.
const TOLERATED = new Set(["implicit-coercion", "order-without-limit", "union-by-position"])

async function describeTypes(connection: DuckDBConnection, query: string): Promise<string[]> {
  const result = await connection.runAndReadAll(`DESCRIBE ${query}`)
  return result
    .getRows()
    .map((row) => String(row[1]).replaceAll("TIMESTAMP WITH TIME ZONE", "TIMESTAMPTZ"))
}

async function tables(connection: DuckDBConnection, notNull: boolean): Promise<Relation[]> {
  const result = await connection.runAndReadAll(
    "SELECT table_name, column_name, data_type FROM information_schema.columns ORDER BY table_name, ordinal_position",
  )
  const rows = result.getRows()
  const names = [...new Set(rows.map((row) => String(row[0])))]
  return names.map((name) => ({
    name,
    kind: "source" as const,
    columns: rows
      .filter((row) => row[0] === name)
      .map((row) => ({
        name: String(row[1]),
        type: parseType(String(row[2])),
        nullable: !notNull,
      })),
    keys: notNull && KEYS[name] ? [KEYS[name]] : [],
    broken: false,
  }))
}
