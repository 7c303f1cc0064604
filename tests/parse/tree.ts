import type { DuckDBConnection } from "@duckdb/node-api"

/** A tree without spans and ids, for comparing. */
export function shape(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(shape)
  if (typeof value !== "object" || value === null) return value
  const entries = Object.entries(value).filter(
    ([key]) => key !== "span" && key !== "id" && key !== "short" && key !== "quoted",
  )
  return Object.fromEntries(entries.map(([key, field]) => [key, shape(field)]))
}

/** DuckDB's own tree of a query, without places in the text; undefined where it does not parse. */
export async function duckdbTree(
  connection: DuckDBConnection,
  sql: string,
): Promise<string | undefined> {
  const reader = await connection.runAndReadAll("SELECT json_serialize_sql($1::VARCHAR)", [sql])
  const text = String(reader.getRows()[0]?.[0])
  if (text.startsWith('{"error":true')) return undefined
  // The parameters are in the tree, too; their list has no order.
  return text.replace(/"query_location":\d+,?|"named_param_map":\[[^\]]*\],?/g, "")
}
