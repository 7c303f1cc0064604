import { existsSync, mkdirSync, statSync } from "node:fs"
import { createHash } from "node:crypto"
import { dirname, resolve } from "node:path"
import { setTimeout as delay } from "node:timers/promises"
import { createRequire } from "node:module"
import type * as DuckDB from "@duckdb/node-api"
import type { DuckDBConnection, DuckDBInstance as Instance, DuckDBValue } from "@duckdb/node-api"
import type { Source } from "../../catalog/project.js"
import {
  EngineError,
  type Connection,
  type Driver,
  type LiveTable,
  type OpenOptions,
  type Rows,
  type Value,
} from "../../engine/driver.js"
import type { ColumnStatistics, RelationStatistics } from "../../engine/statistics.js"
import { engineError } from "./errors.js"
import { plainValue } from "./values.js"

// Required, not imported: the package is CommonJS, and to import it Node reads all of it twice.
const { DuckDBInstance } = createRequire(import.meta.url)("@duckdb/node-api") as typeof DuckDB

/** How long a lock is waited for: a killed process holds its own for about a second. */
const LOCK_PATIENCE_MS = 2_500

/**
 * No query may reach the network by itself, and one optimizer of DuckDB up to 1.5.5 returns wrong rows.
 */
const CONFIGURATION = {
  autoinstall_known_extensions: "false",
  autoload_known_extensions: "false",
  disabled_optimizers: "common_subplan",
}

/** Opening a file twice in one process would give two databases that do not see each other. */
const instances = new Map<string, Promise<Instance>>()

export async function openDuckDB(
  settings: Readonly<Record<string, string | number | boolean>>,
  projectDirectory: string,
  options: OpenOptions,
): Promise<Driver> {
  const database = String(settings.database ?? ":memory:")
  const path = database === ":memory:" ? database : resolve(projectDirectory, database)
  try {
    const instance = await openInstance(path, options.readOnly === true)
    return new DuckDBDriver(
      instance,
      path,
      projectDirectory,
      options.threads,
      await versionOf(instance),
    )
  } catch (error) {
    throw engineError(error)
  }
}

async function openInstance(path: string, readOnly: boolean): Promise<Instance> {
  if (path === ":memory:") return DuckDBInstance.create(path, CONFIGURATION)
  const known = instances.get(path)
  if (known) return known
  if (readOnly && !existsSync(path))
    throw new EngineError(`there is no database ${path} yet`, "connection")
  const opening = openWithPatience(path, readOnly)
  instances.set(path, opening)
  opening.catch(() => instances.delete(path))
  return opening
}

async function openWithPatience(path: string, readOnly: boolean): Promise<Instance> {
  const configuration = { ...CONFIGURATION, ...(readOnly ? { access_mode: "READ_ONLY" } : {}) }
  if (!readOnly) makeFolder(dirname(path))
  const started = performance.now()
  for (;;) {
    try {
      return await DuckDBInstance.create(path, configuration)
    } catch (error) {
      const locked = engineError(error).kind === "locked"
      if (!locked || performance.now() - started > LOCK_PATIENCE_MS) throw error
      await delay(100)
    }
  }
}

/** Step by step: the recursive way of Node never ends where a file system refuses folders (/proc). */
function makeFolder(path: string): void {
  if (existsSync(path)) return
  makeFolder(dirname(path))
  mkdirSync(path)
}

async function versionOf(instance: Instance): Promise<string> {
  const connection = await instance.connect()
  const reader = await connection.runAndReadAll("SELECT version()")
  connection.closeSync()
  return `DuckDB ${String(reader.getRows()[0]?.[0])}`
}

class DuckDBDriver implements Driver {
  constructor(
    private readonly instance: Instance,
    private readonly path: string,
    private readonly projectDirectory: string,
    readonly concurrency: number,
    readonly version: string,
  ) {}

  async connect(): Promise<Connection> {
    return new DuckDBSession(await this.instance.connect())
  }

  async files(source: Source): Promise<readonly string[]> {
    const connection = await this.connect()
    try {
      return await filesOf(connection, source, this.projectDirectory)
    } finally {
      connection.close()
    }
  }

  async has({
    schema,
    name,
  }: {
    readonly schema: string
    readonly name: string
  }): Promise<boolean> {
    const connection = await this.connect()
    try {
      const { rows } = await connection.query(HAS, [schema, name])
      return rows.length > 0
    } finally {
      connection.close()
    }
  }

  async tables(): Promise<string[]> {
    const connection = await this.connect()
    try {
      const { rows } = await connection.query(TABLES)
      return rows.map(([path]) => String(path))
    } finally {
      connection.close()
    }
  }

  async table(path: readonly string[]): Promise<LiveTable | undefined> {
    const connection = await this.connect()
    const [name = "", schema = "main", database = ""] = [...path].reverse()
    try {
      const { rows } = await connection.query(COLUMNS, [name, schema, database])
      if (rows.length === 0) return undefined
      const columns = rows.map(([column, type, nullable]) => ({
        name: String(column),
        type: String(type),
        nullable: nullable === true,
      }))
      return { isView: rows[0]?.[3] === true, columns }
    } finally {
      connection.close()
    }
  }

  async describe(sql: string): Promise<{ name: string; type: string }[]> {
    const connection = await this.connect()
    try {
      const { rows } = await connection.query(`DESCRIBE ${sql}`)
      return rows.map(([name, type]) => ({ name: String(name), type: String(type) }))
    } finally {
      connection.close()
    }
  }

  async statistics(
    relations: readonly {
      readonly name: string
      readonly source?: Source
      readonly table?: readonly string[]
    }[],
  ): Promise<ReadonlyMap<string, RelationStatistics>> {
    const connection = await this.connect()
    const found = new Map<string, RelationStatistics>()
    try {
      for (const { name, source, table } of relations) {
        const statistics = source?.files
          ? await this.fileStatistics(connection, source)
          : await tableStatistics(connection, table ?? [])
        if (statistics) found.set(name, statistics)
      }
      return found
    } finally {
      connection.close()
    }
  }

  /** Parquet footers know the rows and every column's bounds; of text files only the size is known. */
  private async fileStatistics(
    connection: Connection,
    source: Source,
  ): Promise<RelationStatistics | undefined> {
    const files = await filesOf(connection, source, this.projectDirectory)
    if (files.length === 0) return undefined
    const bytes = files.reduce((sum, file) => sum + statSync(file).size, 0)
    if (source.files?.format !== "parquet")
      return { rows: Math.ceil(bytes / BYTES_PER_TEXT_ROW), bytes, isText: true }
    let total = 0
    const footers: ReadonlyMap<string, ColumnStatistics>[] = []
    for (const file of files) {
      const { rows } = await connection.query("SELECT num_rows FROM parquet_file_metadata($1)", [
        file,
      ])
      total += Number(rows[0]?.[0] ?? 0)
      if (footers.length < MOST_FOOTERS) footers.push(await footerOf(connection, file))
    }
    const columns = combined(footers, footers.length === files.length)
    return { rows: total, bytes, columns }
  }

  /** Of files: paths, sizes and times of change. Of a table: its rows as the catalog counts them. */
  async fingerprint(source: Source): Promise<string> {
    const hash = createHash("sha256")
    const connection = await this.connect()
    if (source.files)
      for (const file of await filesOf(connection, source, this.projectDirectory)) {
        const { size, mtimeMs } = statSync(file)
        hash.update(`${file} ${size} ${mtimeMs}\n`)
      }
    else {
      const statistics = await tableStatistics(connection, (source.table ?? source.name).split("."))
      hash.update(`${source.table} ${statistics?.rows}`)
    }
    connection.close()
    return hash.digest("hex").slice(0, 32)
  }

  async close(): Promise<void> {
    instances.delete(this.path)
    this.instance.closeSync()
  }
}

const HAS = `
  SELECT 1 FROM duckdb_tables() WHERE lower(schema_name) = lower($1) AND lower(table_name) = lower($2)
  UNION ALL
  SELECT 1 FROM duckdb_views() WHERE lower(schema_name) = lower($1) AND lower(view_name) = lower($2)`

const TABLES = `
  SELECT CASE WHEN database_name = current_database() THEN '' ELSE database_name || '.' END
    || CASE WHEN schema_name = 'main' AND database_name = current_database() THEN '' ELSE schema_name || '.' END || table_name
  FROM (
    SELECT database_name, schema_name, table_name FROM duckdb_tables() WHERE NOT internal
    UNION ALL
    SELECT database_name, schema_name, view_name FROM duckdb_views() WHERE NOT internal
  )
  ORDER BY ALL`

const COLUMNS = `
  SELECT column_name, data_type, is_nullable, EXISTS (
      SELECT 1 FROM duckdb_views() AS v WHERE v.database_oid = c.database_oid AND v.view_oid = c.table_oid)
  FROM duckdb_columns() AS c
  WHERE lower(table_name) = lower($1) AND lower(schema_name) = lower($2)
    AND CASE WHEN $3 = '' THEN database_name = current_database() ELSE lower(database_name) = lower($3) END
  ORDER BY column_index`

const BYTES_PER_TEXT_ROW = 60

/** Of more files than these only the rows are counted. */
const MOST_FOOTERS = 100

/**
 * A column of text that is dictionary-encoded takes as many bits a value as its dictionary needs: n distinct
 * values log2(n). Of sorted columns runs take less, so of others nothing is concluded. Bounds of integers hold
 * of every row where each row group has them.
 */
const PARQUET_COLUMNS = `
  SELECT path_in_schema, sum(stats_null_count), sum(num_values), min(stats_min_value), max(stats_max_value),
    max(CASE WHEN type = 'BYTE_ARRAY' AND encodings LIKE '%DICTIONARY%' THEN total_uncompressed_size * 8.0 / num_values END),
    CAST(min(TRY_CAST(stats_min_value AS HUGEINT)) AS VARCHAR), CAST(max(TRY_CAST(stats_max_value AS HUGEINT)) AS VARCHAR),
    bool_and(type IN ('INT32', 'INT64') AND TRY_CAST(stats_min_value AS HUGEINT) IS NOT NULL AND TRY_CAST(stats_max_value AS HUGEINT) IS NOT NULL)
  FROM parquet_metadata($1) GROUP BY path_in_schema`

async function footerOf(
  connection: Connection,
  file: string,
): Promise<ReadonlyMap<string, ColumnStatistics>> {
  const { rows } = await connection.query(PARQUET_COLUMNS, [file])
  return new Map(
    rows.map(([name, nulls, values, min, max, bits, low, high, bounded]) => {
      const bounds = bounded === true ? { min: String(low), max: String(high) } : { min, max }
      const column: ColumnStatistics = {
        nullFraction: Number(nulls ?? 0) / Math.max(1, Number(values)),
        ...(bits === null || bits === undefined ? {} : { distinct: 2 ** Number(bits) }),
        ...(typeof bounds.min === "string" ? { min: bounds.min } : {}),
        ...(typeof bounds.max === "string" ? { max: bounds.max } : {}),
        ...(bounded === true ? { isBounded: true } : {}),
      }
      return [String(name), column] as const
    }),
  )
}

/** Columns of several files together; bounds hold of all rows only where every file was asked. */
function combined(
  footers: readonly ReadonlyMap<string, ColumnStatistics>[],
  areAll: boolean,
): ReadonlyMap<string, ColumnStatistics> {
  const [first = new Map<string, ColumnStatistics>(), ...others] = footers
  return new Map(
    [...first].map(([name, column]): [string, ColumnStatistics] => {
      const all = [column, ...others.map((footer) => footer.get(name))]
      const isBounded = areAll && all.every((one) => one?.isBounded)
      if (!isBounded) return [name, { ...column, isBounded: false }]
      const lows = all.map((one) => BigInt(one?.min ?? 0))
      const highs = all.map((one) => BigInt(one?.max ?? 0))
      const min = String(lows.reduce((a, b) => (a < b ? a : b)))
      const max = String(highs.reduce((a, b) => (a > b ? a : b)))
      return [name, { ...column, min, max, isBounded }]
    }),
  )
}

async function tableStatistics(
  connection: Connection,
  path: readonly string[],
): Promise<RelationStatistics | undefined> {
  const [table, schema] = [path.at(-1) ?? "", path.at(-2) ?? "main"]
  const { rows } = await connection.query(
    "SELECT estimated_size FROM duckdb_tables() WHERE lower(table_name) = lower($1) AND lower(schema_name) = lower($2)",
    [table, schema],
  )
  const [row] = rows
  return row ? { rows: Number(row[0]) } : undefined
}

/** The files that the paths and globs of a source name, in order. */
async function filesOf(
  connection: Connection,
  source: Source,
  projectDirectory: string,
): Promise<string[]> {
  const found: string[] = []
  for (const path of source.files?.paths ?? []) {
    const { rows } = await connection.query("SELECT file FROM glob($1) ORDER BY file", [
      resolve(projectDirectory, path),
    ])
    found.push(...rows.map(([file]) => String(file)))
  }
  return found
}

/** How often a statement that had not begun when it was interrupted is interrupted again. */
const AGAIN_MS = 50

class DuckDBSession implements Connection {
  private isInterrupted = false
  private inFlight = 0

  constructor(private readonly connection: DuckDBConnection) {}

  async run(sql: string, parameters: readonly Value[] = []): Promise<void> {
    await this.guarded(() => this.connection.run(sql, bound(parameters)))
  }

  async query(sql: string, parameters: readonly Value[] = []): Promise<Rows> {
    return this.guarded(async () => {
      const reader = await this.connection.runAndReadAll(sql, bound(parameters))
      const columns = reader
        .columnNames()
        .map((name, i) => ({ name, type: String(reader.columnType(i)) }))
      return { columns, rows: reader.getRows().map((row) => row.map(plainValue)) }
    })
  }

  async execute(sql: string, parameters: readonly Value[] = []): Promise<number> {
    return this.guarded(async () => {
      const result = await this.connection.run(sql, bound(parameters))
      const rows = await result.getRows()
      return result.rowsChanged > 0 ? result.rowsChanged : Number(rows[0]?.[0] ?? 0)
    })
  }

  async transaction<T>(work: () => Promise<T>): Promise<T> {
    await this.run("BEGIN TRANSACTION")
    try {
      const result = await work()
      await this.run("COMMIT")
      return result
    } catch (error) {
      await this.connection.run("ROLLBACK").catch(() => undefined)
      throw engineError(error)
    }
  }

  /** For good: later statements are refused, but for the ROLLBACK of what was interrupted. */
  interrupt(): void {
    this.isInterrupted = true
    if (this.inFlight === 0) return
    this.connection.interrupt()
    setTimeout(() => this.interrupt(), AGAIN_MS)
  }

  private async guarded<T>(work: () => Promise<T>): Promise<T> {
    if (this.isInterrupted) throw new EngineError("interrupted", "interrupted")
    this.inFlight++
    try {
      return await work()
    } catch (error) {
      throw engineError(error)
    } finally {
      this.inFlight--
    }
  }

  close(): void {
    this.connection.closeSync()
  }
}

function bound(parameters: readonly Value[]): DuckDBValue[] | undefined {
  return parameters.length === 0
    ? undefined
    : parameters.map((value) =>
        typeof value === "object" && value !== null ? JSON.stringify(value) : value,
      )
}
