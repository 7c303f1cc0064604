import { scalar, type SqlType } from "../types/type.js"
import type { Entry } from "./function.js"

const table = { kind: "table", mayRaise: true } as const

/** The rows of json_each and json_tree, a value each. */
const JSON_ROW = {
  key: scalar("VARCHAR"),
  value: scalar("JSON"),
  type: scalar("VARCHAR"),
  atom: scalar("JSON"),
  id: scalar("UBIGINT"),
  parent: scalar("UBIGINT"),
  fullkey: scalar("VARCHAR"),
  path: scalar("VARCHAR"),
}
const jsonRows = {
  ...table,
  nulls: "nullable",
  columns: Object.keys(JSON_ROW),
  result: (): SqlType => ({
    kind: "struct",
    fields: Object.entries(JSON_ROW).map(([name, type]) => ({ name, type })),
  }),
} as const

/**
 * Functions that stand in FROM. Where `columns` is left out the columns are not known without an engine; the type
 * is that of the one column, or a STRUCT of several.
 */
// prettier-ignore
export const TABLES: readonly Entry[] = [
  ["range",           "(BIGINT, BIGINT?, BIGINT?) BIGINT | (TIMESTAMP, TIMESTAMP, INTERVAL) TIMESTAMP", { ...table, columns: ["range"], nulls: "never-null" }],
  ["generate_series", "(BIGINT, BIGINT?, BIGINT?) BIGINT | (TIMESTAMP, TIMESTAMP, INTERVAL) TIMESTAMP", { ...table, columns: ["generate_series"], nulls: "never-null" }],
  ["unnest",          "(T[]) T", { ...table, columns: ["unnest"], nulls: "nullable", mayRaise: false }],
  ["json_each",       "(JSON, VARCHAR?) STRUCT | (VARCHAR, VARCHAR?) STRUCT", jsonRows],
  ["json_tree",       "(JSON, VARCHAR?) STRUCT | (VARCHAR, VARCHAR?) STRUCT", jsonRows],
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
