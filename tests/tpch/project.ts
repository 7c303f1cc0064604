import type { DuckDBConnection } from "@duckdb/node-api"
import { parse } from "../../src/parse/index.js"
import { call, tableAlias, tableCall, text, withAlias } from "../../src/syntax/build.js"
import type { TableName } from "../../src/syntax/ast.js"
import { print } from "../../src/syntax/print.js"
import { transform } from "../../src/syntax/walk.js"
import { tpcQueries } from "../tpc.js"

const KEYS: Readonly<Record<string, string>> = {
  region: "r_regionkey",
  nation: "n_nationkey",
  supplier: "s_suppkey",
  customer: "c_custkey",
  part: "p_partkey",
  partsupp: "ps_partkey, ps_suppkey",
  orders: "o_orderkey",
  lineitem: "l_orderkey, l_linenumber",
}

const FOREIGN_KEYS: Readonly<Record<string, readonly (readonly [string, string, string])[]>> = {
  nation: [["n_regionkey", "region", "r_regionkey"]],
  supplier: [["s_nationkey", "nation", "n_nationkey"]],
  customer: [["c_nationkey", "nation", "n_nationkey"]],
  partsupp: [
    ["ps_partkey", "part", "p_partkey"],
    ["ps_suppkey", "supplier", "s_suppkey"],
  ],
  orders: [["o_custkey", "customer", "c_custkey"]],
  lineitem: [
    ["l_orderkey", "orders", "o_orderkey"],
    ["l_partkey, l_suppkey", "partsupp", "ps_partkey, ps_suppkey"],
  ],
}

/** A staging view over every source, which the queries read. */
export type Reading = "sources" | "staging views"

/** The files of a smelt project of TPC-H: 22 models over declared sources, which are tables of the target. */
export async function tpchFiles(
  connection: DuckDBConnection,
  reading: Reading = "sources",
): Promise<Record<string, string>> {
  const files: Record<string, string> = {
    "smelt.yml": CONFIG,
    "sources/tpch.yml": await sources(connection),
  }
  for (const [i, query] of (await tpcQueries("tpch")).entries())
    files[`models/q${String(i + 1).padStart(2, "0")}.sql`] = modelText(query, reading)
  if (reading === "staging views")
    for (const name of Object.keys(KEYS))
      files[`models/staging/stg_${name}.sql`] = await stagingText(connection, name)
  return files
}

async function stagingText(connection: DuckDBConnection, name: string): Promise<string> {
  const rows = await connection.runAndReadAll(`DESCRIBE ${name}`)
  const columns = rows.getRows().map(([column]) => `r.${String(column)}`)
  return `---
materialization: view
---
SELECT ${columns.join(", ")} FROM smelt.source('tpch.${name}') AS r
`
}

const CONFIG = `name: tpch
targets:
  dev: { type: duckdb, database: tpch.duckdb, schema: answers }
  other: { type: duckdb, database: tpch.duckdb, schema: other }
levels: { comma-join: off, implicit-coercion: off, order-without-limit: off, unnamed-column: off, not-in-nullable: off, integer-division: off }
`

async function sources(connection: DuckDBConnection): Promise<string> {
  const lines = ["sources:"]
  for (const [table, key] of Object.entries(KEYS)) {
    const rows = await connection.runAndReadAll(`DESCRIBE ${table}`)
    lines.push(`  tpch.${table}:`, `    table: main.${table}`, `    key: [${key}]`, "    columns:")
    for (const [name, type] of rows.getRows())
      lines.push(`      ${String(name)}: { type: "${String(type)}", not_null: true }`)
    const keys = FOREIGN_KEYS[table] ?? []
    if (keys.length > 0) lines.push("    foreign_keys:")
    for (const [columns, to, toColumns] of keys)
      lines.push(`      - { columns: [${columns}], references: tpch.${to}, to: [${toColumns}] }`)
  }
  return `${lines.join("\n")}\n`
}

/** A TPC-H text with its tables as sources, or as views over them. */
function modelText(query: string, reading: Reading): string {
  const [statement] = parse(query).statements
  if (!statement) throw new Error(query)
  return print(
    transform(statement, (node) => {
      if (node.kind !== "table-name") return undefined
      const table = node as TableName
      const name = table.path.at(-1)?.text ?? ""
      if (!(name in KEYS)) return undefined
      const read =
        reading === "sources"
          ? call("smelt.source", text(`tpch.${name}`))
          : call("smelt.ref", text(`stg_${name}`))
      return withAlias(tableCall(read), table.alias ?? tableAlias(name))
    }),
  ).replace(/"(smelt\.\w+)"/g, "$1")
}
