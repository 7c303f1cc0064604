import type { Backend } from "../../engine/driver.js"
import { unknown } from "../../types/type.js"
import { parseType } from "../../types/parse-type.js"
import { costs } from "./costs.js"
import { capabilities, dialect } from "./dialect.js"
import { openDuckDB } from "./driver.js"
import { sourceTable } from "./sources.js"

export const duckdb: Backend = {
  type: "duckdb",
  dialect,
  capabilities,
  sourceTable,
  open: openDuckDB,
  parseType: (text) => parseType(text) ?? unknown(`DuckDB's ${text}`),
  costs,
}
