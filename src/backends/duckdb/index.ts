import type { Backend } from "../../engine/driver.js"
import { unknown } from "../../types/type.js"
import { parseType } from "../../types/parse-type.js"
import { costs } from "./costs.js"
import { capabilities, dialect } from "./dialect.js"
import { sourceTable } from "./sources.js"

export const duckdb: Backend = {
  type: "duckdb",
  dialect,
  capabilities,
  sourceTable,
  open: async (settings, directory, options) => {
    const { openDuckDB } = await import("./driver.js") // compiling needs no engine
    return openDuckDB(settings, directory, options)
  },
  parseType: (text) => parseType(text) ?? unknown(`DuckDB's ${text}`),
  costs,
}
