import type { Connection } from "../engine/driver.js"
import type { RelationNode, SeedNode, TablePath } from "../engine/run-plan.js"
import { OWN_SCHEMA, spelled } from "./statements.js"

/**
 * Builds a table next to the old one and puts it in its place: CREATE OR REPLACE in a transaction
 * leaves readers, and a killed process, the old table until it commits.
 */
export async function materializeTable(
  connection: Connection,
  path: TablePath,
  sql: string,
): Promise<number> {
  return connection.transaction(async () => {
    await dropOther(connection, path, "view")
    return connection.execute(`CREATE OR REPLACE TABLE ${spelled(path)} AS\n${sql}`)
  })
}

export async function materializeView(
  connection: Connection,
  { path, sql }: RelationNode,
): Promise<void> {
  await connection.transaction(async () => {
    await dropOther(connection, path, "table")
    await connection.run(`CREATE OR REPLACE VIEW ${spelled(path)} AS\n${sql}`)
  })
}

/** Loads a seed, unless the target holds these very rows already. */
export async function loadSeed(
  connection: Connection,
  seed: SeedNode,
  fullRefresh: boolean,
): Promise<number | undefined> {
  const mark = [seed.path.schema, seed.path.name, seed.fingerprint]
  if (!fullRefresh && (await isLoaded(connection, seed))) return undefined
  return connection.transaction(async () => {
    await dropOther(connection, seed.path, "view")
    const rows = await connection.execute(
      `CREATE OR REPLACE TABLE ${spelled(seed.path)} AS\n${seed.sql}`,
    )
    await connection.run(
      `DELETE FROM ${SEEDS} WHERE schema_name = $1 AND table_name = $2`,
      mark.slice(0, 2),
    )
    await connection.run(`INSERT INTO ${SEEDS} VALUES ($1, $2, $3)`, mark)
    return rows
  })
}

const SEEDS = `${OWN_SCHEMA}.smelt__seeds`

/** The schemas of a plan and the bookkeeping tables. */
export async function prepareTarget(
  connection: Connection,
  schemas: ReadonlySet<string>,
): Promise<void> {
  await connection.transaction(async () => {
    for (const schema of new Set([...schemas, OWN_SCHEMA]))
      await connection.run(`CREATE SCHEMA IF NOT EXISTS ${spelledSchema(schema)}`)
    await connection.run(
      `CREATE TABLE IF NOT EXISTS ${SEEDS} (schema_name VARCHAR, table_name VARCHAR, fingerprint VARCHAR)`,
    )
  })
}

/** Drops tables of smelt's own that no view reads. */
export async function dropHidden(
  connection: Connection,
  keep: ReadonlySet<string>,
): Promise<string[]> {
  const { rows } = await connection.query(
    `SELECT table_name FROM duckdb_tables() WHERE schema_name = $1 AND table_name LIKE 'smelt\\_\\_%' ESCAPE '\\'`,
    [OWN_SCHEMA],
  )
  const views = await connection.query("SELECT sql FROM duckdb_views() WHERE NOT internal")
  const read = views.rows.map(([sql]) => String(sql)).join("\n")
  const bookkeeping = new Set(["smelt__seeds", "smelt__incremental", "smelt__windows"])
  const dropped = rows
    .map(([table]) => String(table))
    .filter((table) => !bookkeeping.has(table) && !keep.has(table) && !read.includes(table))
  for (const table of dropped)
    await connection.run(`DROP TABLE ${spelled({ schema: OWN_SCHEMA, name: table })}`)
  return dropped
}

async function isLoaded(connection: Connection, seed: SeedNode): Promise<boolean> {
  const { rows } = await connection.query(
    `SELECT 1 FROM ${SEEDS} AS s JOIN duckdb_tables() AS t ON t.schema_name = s.schema_name AND t.table_name = s.table_name
     WHERE s.schema_name = $1 AND s.table_name = $2 AND s.fingerprint = $3`,
    [seed.path.schema, seed.path.name, seed.fingerprint],
  )
  return rows.length > 0
}

/** A model that was a view and becomes a table, or the other way round. */
async function dropOther(
  connection: Connection,
  path: TablePath,
  kind: "view" | "table",
): Promise<void> {
  const catalog = kind === "view" ? "duckdb_views()" : "duckdb_tables()"
  const { rows } = await connection.query(
    `SELECT 1 FROM ${catalog} WHERE lower(schema_name) = lower($1) AND lower(${kind}_name) = lower($2)`,
    [path.schema, path.name],
  )
  if (rows.length > 0) await connection.run(`DROP ${kind.toUpperCase()} ${spelled(path)}`)
}

function spelledSchema(schema: string): string {
  return spelled({ schema, name: "x" }).replace(/\.x$/, "")
}
