import type { Backend } from "../engine/driver.js"

/** Every engine that smelt runs on, by the `type` of a target; loaded when it is used. */
export const backends: ReadonlyMap<string, () => Promise<Backend>> = new Map([
  ["duckdb", async () => (await import("./duckdb/index.js")).duckdb],
])

/** Types that the language knows and this version cannot run. */
export const LATER_BACKENDS: ReadonlySet<string> = new Set(["postgres", "spark", "datafusion"])
