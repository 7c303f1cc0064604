import type { DuckDBConnection } from "@duckdb/node-api"
import { beforeAll, describe, expect, test } from "vitest"
import type { Relation } from "../../src/catalog/relation.js"
import { show } from "../../src/types/type.js"
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
      const checked = check(query, {
        relations,
        bareTables: true,
        isTest: true,
        levels: { "comma-join": "off" },
      })
      const ours = (checked.types?.output ?? []).map((column) => show(column.type))
      const theirs = await describeTypes(connection, query)
      if (ours.join() !== theirs.join())
        wrong.push(`query ${i + 1}: ours ${ours.join()} DuckDB ${theirs.join()}`)
      const errors = faults(checked).filter((fault) => !TOLERATED.has(fault.split(":")[0] ?? ""))
      wrong.push(...errors.map((error) => `query ${i + 1}: ${error}`))
    }
    expect(wrong).toEqual([])
  })
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
