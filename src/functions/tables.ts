import type { Entry } from "./function.js"

const table = { kind: "table", mayRaise: true } as const

/** Functions that stand in FROM. Where `columns` is left out the columns are not known without an engine. */
// prettier-ignore
export const TABLES: readonly Entry[] = [
  ["range",           "(BIGINT, BIGINT?, BIGINT?) BIGINT | (TIMESTAMP, TIMESTAMP, INTERVAL) TIMESTAMP", { ...table, columns: ["range"], nulls: "never-null" }],
  ["generate_series", "(BIGINT, BIGINT?, BIGINT?) BIGINT | (TIMESTAMP, TIMESTAMP, INTERVAL) TIMESTAMP", { ...table, columns: ["generate_series"], nulls: "never-null" }],
  ["unnest",          "(T[]) T", { ...table, columns: ["unnest"], nulls: "nullable", mayRaise: false }],
]

/** Functions that read files: a source declares what they would guess. */
export const READERS: readonly string[] = [
  "read_parquet",
  "parquet_scan",
  "read_csv",
  "read_csv_auto",
  "read_json",
  "read_json_auto",
  "read_ndjson",
  "read_text",
  "read_blob",
  "glob",
]
