import type { SqlType } from "../types/type.js"

/** How an engine spells SQL, as data for the printer. */
export interface Dialect {
  readonly name: string
  /** Words that must be quoted as identifiers, lower case. */
  readonly reserved: ReadonlySet<string>
  readonly quote: '"' | "`"
  /** How a bound value is written. */
  readonly parameter: (index: number, name: string) => string
  /** Spellings of functions that differ from the catalogue name. */
  readonly functions: ReadonlyMap<string, string>
  readonly typeName: (type: SqlType) => string
}

/** What an engine can do; lowering asks these, never the engine's name. */
export interface Capabilities {
  readonly qualify: boolean
  readonly distinctOn: boolean
  readonly aggregateFilter: boolean
  readonly groupingSets: boolean
  readonly semiJoin: boolean
  readonly isDistinctFrom: boolean
  readonly transactionalDdl: boolean
  /** Reads files of these formats in FROM. */
  readonly fileFormats: ReadonlySet<"parquet" | "csv" | "json">
}
