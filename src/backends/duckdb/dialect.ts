import type { Capabilities, Dialect } from "../../engine/dialect.js"
import { show } from "../../types/type.js"

export const dialect: Dialect = {
  name: "duckdb",
  // The printer's own list holds DuckDB's reserved words.
  reserved: new Set(),
  quote: '"',
  parameter: (index) => `$${index}`,
  functions: new Map(),
  typeName: show,
}

export const capabilities: Capabilities = {
  qualify: true,
  distinctOn: true,
  aggregateFilter: true,
  groupingSets: true,
  semiJoin: true,
  isDistinctFrom: true,
  transactionalDdl: true,
  fileFormats: new Set(["parquet", "csv", "json"]),
}
