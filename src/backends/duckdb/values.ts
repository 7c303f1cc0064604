import type { DuckDBValue } from "@duckdb/node-api"
import type { Value } from "../../engine/driver.js"

/** A value of DuckDB as plain data: integers beyond 2^53, decimals and times as text. */
export function plainValue(value: DuckDBValue): Value {
  if (value === null || typeof value === "string" || typeof value === "boolean") return value
  if (typeof value === "number") return Number.isFinite(value) ? value : String(value)
  if (typeof value === "bigint")
    return Number.isSafeInteger(Number(value)) ? Number(value) : value.toString()
  if ("items" in value && Array.isArray(value.items))
    return value.items.map((item) => plainValue(item as DuckDBValue))
  if (
    "entries" in value &&
    typeof value.entries === "object" &&
    value.entries !== null &&
    !Array.isArray(value.entries)
  )
    return Object.fromEntries(
      Object.entries(value.entries).map(([key, field]) => [key, plainValue(field as DuckDBValue)]),
    )
  return value.toString()
}
