import type { Capabilities, Dialect, Retyped } from "../../engine/dialect.js"
import { DOUBLE, show } from "../../types/type.js"

export const dialect: Dialect = {
  name: "duckdb",
  // The printer's own list holds DuckDB's reserved words.
  reserved: new Set(),
  quote: '"',
  parameter: (index) => `$${index}`,
  // `position` takes its arguments around IN only.
  functions: new Map([["position", "instr"]]),
  typeName: show,
}

/** See docs/types.md. */
const retyped = new Map<string, Retyped>([
  ["regr_count", { when: () => true }],
  [
    "approx_quantile",
    { when: ([value]) => value?.kind === "decimal", argument: { index: 0, type: DOUBLE } },
  ],
])

export const capabilities: Capabilities = {
  qualify: true,
  distinctOn: true,
  aggregateFilter: true,
  groupingSets: true,
  semiJoin: true,
  isDistinctFrom: true,
  transactionalDdl: true,
  // The binder makes an untyped NULL of them, which is INTEGER as a column.
  typedNulls: false,
  retyped,
  fileFormats: new Set(["parquet", "csv", "json"]),
}
