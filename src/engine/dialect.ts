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

/** A function of which the engine gives another type than smelt: what is cast, the call or an argument. */
export interface Retyped {
  readonly when: (args: readonly SqlType[]) => boolean
  /** Cast an argument to a type that follows from those of all; without it the result is cast to smelt's. */
  readonly argument?: {
    readonly index: number
    readonly type: (args: readonly SqlType[]) => SqlType
  }
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
  /** A function of a constant NULL keeps its type: `'a' || CAST(NULL AS VARCHAR)` is text. */
  readonly typedNulls: boolean
  /** By catalogue name. */
  readonly retyped: ReadonlyMap<string, Retyped>
  /** Reads files of these formats in FROM. */
  readonly fileFormats: ReadonlySet<"parquet" | "csv" | "json">
}
