import type { TableRef } from "../syntax/ast.js"
import type { Capabilities, Dialect } from "./dialect.js"
import type { SqlType } from "../types/type.js"
import type { Source } from "../catalog/project.js"
import type { RelationStatistics } from "./statistics.js"

/** A value as it crosses into TypeScript: integers beyond 2^53, decimals and times as text. */
export type Value =
  string | number | boolean | null | readonly Value[] | { readonly [key: string]: Value }

export interface Rows {
  readonly columns: readonly { readonly name: string; readonly type: string }[]
  readonly rows: readonly (readonly Value[])[]
}

/** A fault that the engine reported. */
export class EngineError extends Error {
  override readonly name = "EngineError"
  constructor(
    message: string,
    readonly kind: "query" | "locked" | "connection" | "disk-full" | "interrupted",
    /** Offset in the statement, where the engine says one. */
    readonly position?: number,
    /** Who holds the lock, e.g. `PID 4711`. */
    readonly holder?: string,
  ) {
    super(message)
  }
}

/** One statement at a time. */
export interface Connection {
  run(sql: string, parameters?: readonly Value[]): Promise<void>
  query(sql: string, parameters?: readonly Value[]): Promise<Rows>
  /** Rows changed by an INSERT, UPDATE, DELETE or CREATE TABLE AS. */
  execute(sql: string, parameters?: readonly Value[]): Promise<number>
  /** Commits if `work` succeeds, rolls back if it throws. */
  transaction<T>(work: () => Promise<T>): Promise<T>
  interrupt(): void
  close(): void
}

/** What a catalog says of a table. A view says nothing of NULL. */
export interface LiveTable {
  readonly isView: boolean
  readonly columns: readonly {
    readonly name: string
    readonly type: string
    readonly nullable: boolean
  }[]
}

/** An open target. Connections are independent of each other. */
export interface Driver {
  readonly version: string
  /** Statements at once. */
  readonly concurrency: number
  connect(): Promise<Connection>
  /** Row counts and sizes from catalogs and file footers, without a scan. */
  statistics(
    relations: readonly {
      readonly name: string
      readonly source?: Source
      readonly table?: readonly string[]
    }[],
  ): Promise<ReadonlyMap<string, RelationStatistics>>
  /** Identifies the content of a source's files or table: changes when they do. */
  fingerprint(source: Source): Promise<string>
  /** The files that a source names; none is a fault of the caller's to report. */
  files(source: Source): Promise<readonly string[]>
  /** Whether the target has a table or view of this name, in whatever case. */
  has(path: { readonly schema: string; readonly name: string }): Promise<boolean>
  /** Paths of the tables and views, as FROM of this target takes them. */
  tables(): Promise<readonly string[]>
  /** The columns of a table or view as its catalog has them; undefined where it has none of this path, in whatever case. */
  table(path: readonly string[]): Promise<LiveTable | undefined>
  /** Columns and types of a query, without running it. */
  describe(sql: string): Promise<readonly { readonly name: string; readonly type: string }[]>
  close(): Promise<void>
}

export interface OpenOptions {
  readonly threads: number
  /** Writes nothing, and makes no database where there is none. */
  readonly readOnly?: boolean
}

/** What a backend folder gives: see src/backends/index.ts for the registry. */
export interface Backend {
  readonly type: string
  readonly dialect: Dialect
  readonly capabilities: Capabilities
  /** How FROM reads a source's files, in this engine's SQL; undefined for a format it cannot read. */
  readonly sourceTable: (source: Source, projectDirectory: string) => TableRef
  /** Opens the target; `settings` have their `${ENV}` replaced. Throws EngineError. */
  readonly open: (
    settings: Readonly<Record<string, string | number | boolean>>,
    projectDirectory: string,
    options: OpenOptions,
  ) => Promise<Driver>
  readonly parseType: (text: string) => SqlType
  /** Cost of operators in this engine, in nanoseconds of CPU a row (a cell where it says so). */
  readonly costs: CostModel
}

/** Nanoseconds of CPU. */
export interface CostModel {
  /** A row that a stored relation gives, and a column of it that is read. */
  readonly scanRow: number
  readonly scanCell: number
  /** A byte of CSV or JSON, which every scan parses again. */
  readonly parseByte: number
  readonly filterRow: number
  readonly joinBuildRow: number
  readonly joinProbeRow: number
  /** A row that is grouped, a key of it, an aggregate, one over distinct values. */
  readonly groupRow: number
  readonly groupKey: number
  readonly aggregate: number
  readonly distinctValue: number
  /** A group. */
  readonly groupEntry: number
  readonly windowRow: number
  readonly sortRow: number
  readonly writeCell: number
  /** How many cells of other types writing a HUGEINT counts as. */
  readonly wideCells: number
  /** A statement, and a table that is made. */
  readonly statement: number
}
