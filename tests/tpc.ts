import { existsSync } from "node:fs"
import { DuckDBInstance, type DuckDBConnection } from "@duckdb/node-api"
import { packageFile } from "../src/base/package-files.js"

export type Benchmark = "tpch" | "tpcds"

/** Why TPC tests cannot run here, if they cannot. With SMELT_REQUIRE_TPC=1 that is an error. */
export function tpcMissing(): string | undefined {
  if (existsSync(extension("tpch")) && existsSync(extension("tpcds"))) return undefined
  const reason = "no TPC data: `node scripts/fetch-tpc.mjs` needs Python 3 with pip"
  if (process.env.SMELT_REQUIRE_TPC === "1") throw new Error(reason)
  return reason
}

/** The texts of all queries, in order. */
export async function tpcQueries(benchmark: Benchmark): Promise<string[]> {
  const connection = await tpcConnection(benchmark)
  const rows = await connection.runAndReadAll(
    `SELECT query FROM ${benchmark}_queries() ORDER BY query_nr`,
  )
  return rows.getRows().map(([query]) => String(query).trim().replace(/;\s*$/, ""))
}

/** A database in memory, or in `file`, with the extension loaded. */
export async function tpcConnection(
  benchmark: Benchmark,
  file = ":memory:",
): Promise<DuckDBConnection> {
  const instance = await DuckDBInstance.create(file)
  const connection = await instance.connect()
  await connection.run(`LOAD '${extension(benchmark)}'`)
  return connection
}

function extension(benchmark: Benchmark): string {
  return packageFile(
    `.cache/duckdb-extensions/duckdb_extension_${benchmark}/extensions/v1.5.5/${benchmark}.duckdb_extension`,
  )
}
