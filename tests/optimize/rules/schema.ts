import type { DuckDBConnection } from "@duckdb/node-api"
import type { Relation } from "../../../src/catalog/relation.js"
import type { DeclaredFact } from "../../../src/facts/declared.js"
import { parseType } from "../../../src/types/parse-type.js"
import { unknown } from "../../../src/types/type.js"
import type { Random } from "./random.js"

// Tables that CREATE TABLE declares, and random rows that satisfy what it declares: NULLs where they are
// allowed, repeated rows where there is no key, tiny domains, empty tables.

export interface Schema {
  readonly tables: readonly Table[]
  readonly facts: readonly DeclaredFact[]
  readonly relations: readonly Relation[]
}

interface Table {
  readonly name: string
  readonly columns: readonly Column[]
  /** Sets of columns in which no two rows agree; NULL agrees with nothing. */
  readonly unique: readonly (readonly string[])[]
  readonly references: readonly Reference[]
}

interface Column {
  readonly name: string
  readonly type: string
  readonly notNull: boolean
}

interface Reference {
  readonly columns: readonly string[]
  readonly to: string
  readonly toColumns: readonly string[]
}

interface Constraint {
  readonly table: string
  readonly kind: string
  readonly columns: readonly string[]
  readonly to: string | null
  readonly toColumns: readonly string[]
}

/** What a text of CREATE TABLE statements declares, in the words of the DuckDB that has run it. */
export async function readSchema(connection: DuckDBConnection): Promise<Schema> {
  const columns = await connection.runAndReadAll(
    "SELECT table_name, column_name, data_type, is_nullable FROM duckdb_columns() WHERE NOT internal ORDER BY table_oid, column_index",
  )
  const found = await connection.runAndReadAll(
    "SELECT table_name, constraint_type, constraint_column_names, referenced_table, referenced_column_names FROM duckdb_constraints() ORDER BY table_oid, constraint_index",
  )
  const constraints = found
    .getRowsJson()
    .map(
      ([table, kind, own, to, toColumns]) =>
        ({ table, kind, columns: own, to, toColumns }) as unknown as Constraint,
    )
  const rows = columns.getRowsJson() as [string, string, string, boolean][]
  const names = [...new Set(rows.map(([table]) => table))]
  const tables = names.map((table): Table => {
    const own = constraints.filter((constraint) => constraint.table === table)
    return {
      name: table,
      columns: rows.flatMap(([of, column, type, nullable]) =>
        of === table ? [{ name: column, type, notNull: !nullable }] : [],
      ),
      unique: own.flatMap(({ kind, columns: of }) =>
        kind === "PRIMARY KEY" || kind === "UNIQUE" ? [of] : [],
      ),
      references: own.flatMap(({ kind, columns: of, to, toColumns }) =>
        kind === "FOREIGN KEY" && to !== null ? [{ columns: of, to, toColumns }] : [],
      ),
    }
  })
  return { tables, facts: factsOf(tables), relations: tables.map(relationOf) }
}

/** The same tables where no more is true of the rows than these facts say. */
export function weakened(schema: Schema, facts: readonly number[]): Schema {
  const known = schema.facts.filter(({ id }) => facts.includes(id))
  const tables = schema.tables.map((table): Table => {
    const own = known.filter(({ relation }) => relation === table.name)
    const keys = own.flatMap((fact) => (fact.kind === "key" ? [fact.columns] : []))
    const notNull = own.flatMap((fact) => (fact.kind === "not-null" ? [fact.column] : []))
    const filled = new Set([...keys.flat(), ...notNull])
    return {
      ...table,
      columns: table.columns.map((column) => ({ ...column, notNull: filled.has(column.name) })),
      unique: keys,
      references: own.flatMap((fact) => (fact.kind === "foreign-key" ? [fact] : [])),
    }
  })
  return { ...schema, tables }
}

/** A key of smelt is unique and not NULL. */
function keysOf({ columns, unique }: Table): (readonly string[])[] {
  return unique.filter((key) =>
    key.every((name) => columns.some((column) => column.name === name && column.notNull)),
  )
}

function factsOf(tables: readonly Table[]): DeclaredFact[] {
  const facts = tables.flatMap((table) => {
    const { name: relation, columns, references } = table
    return [
      ...columns.flatMap(({ name, notNull }) =>
        notNull ? [{ kind: "not-null" as const, relation, column: name }] : [],
      ),
      ...keysOf(table).map((key) => ({ kind: "key" as const, relation, columns: key })),
      ...references.map((to) => ({ kind: "foreign-key" as const, relation, ...to })),
    ]
  })
  return facts.map((fact, id) => ({ ...fact, id, status: "trusted" }))
}

function relationOf(table: Table): Relation {
  return {
    name: table.name,
    kind: "source",
    columns: table.columns.map(({ name, type, notNull }) => ({
      name,
      type: parseType(type) ?? unknown(type),
      nullable: !notNull,
    })),
    keys: keysOf(table),
    broken: false,
  }
}

// ---------------------------------------------------------------------------------- random rows

/** A row by its columns, as SQL writes the values. */
type Row = Readonly<Record<string, string>>

/** The rows of each table of one database, as SQL writes them. */
export type Database = ReadonlyMap<string, readonly Row[]>

const VALUES: Readonly<Record<string, readonly string[]>> = {
  BOOLEAN: ["TRUE", "FALSE"],
  VARCHAR: ["''", "'a'", "'b'", "'1'"],
  DATE: ["DATE '2024-01-01'", "DATE '2024-01-02'", "DATE '2024-02-01'"],
  TIMESTAMP: [
    "TIMESTAMP '2024-01-01 00:00:00'",
    "TIMESTAMP '2024-01-01 12:00:00'",
    "TIMESTAMP '2024-02-01 00:00:00'",
  ],
  HUGEINT: ["1", "9007199254740992", "9007199254740993"],
  DOUBLE: ["-1.0", "0.0", "'-0.0'", "1.0", "2.5", "9007199254740992.0"],
  UTINYINT: ["1"],
  NUMBER: ["-1", "0", "1", "2"],
}
const MOST_ROWS = 6

export function randomDatabase({ tables }: Schema, random: Random): Database {
  const database = new Map<string, readonly Row[]>()
  for (const table of tables) {
    const count = random(5) === 0 ? 0 : random(MOST_ROWS + 1)
    const rows: Row[] = []
    database.set(table.name, rows)
    for (let i = 0; i < count; i++) {
      const row = randomRow(table, database, random)
      if (row && isUnique(row, rows, table)) rows.push(row)
    }
  }
  return database
}

/** Undefined where a column that may not be NULL has nothing to refer to. */
function randomRow(table: Table, database: Database, random: Random): Row | undefined {
  const row: Record<string, string> = {}
  for (const { name, type, notNull } of table.columns) {
    const values = VALUES[type] ?? VALUES.NUMBER ?? []
    row[name] = !notNull && random(4) === 0 ? "NULL" : (values[random(values.length)] ?? "NULL")
  }
  for (const { columns, to, toColumns } of table.references) {
    if (columns.some((name) => row[name] === "NULL")) continue
    // A row may refer to itself, or to one before it.
    const own = to === table.name ? [row] : []
    const targets = [...(database.get(to) ?? []), ...own].filter((target) =>
      toColumns.every((name) => target[name] !== "NULL"),
    )
    const target = targets[random(Math.max(targets.length, 1))]
    for (const [i, name] of columns.entries()) {
      const isNullable = !table.columns.some((column) => column.name === name && column.notNull)
      if (!target && !isNullable) return undefined
      row[name] = target?.[toColumns[i] ?? ""] ?? "NULL"
    }
  }
  return row
}

function isUnique(row: Row, rows: readonly Row[], { unique }: Table): boolean {
  return unique.every((key) =>
    rows.every((other) => key.some((name) => row[name] === "NULL" || row[name] !== other[name])),
  )
}

/** The rows of a table as VALUES, with `first` before the columns. */
export function valuesOf(
  { columns }: Table,
  rows: readonly Row[],
  first: readonly string[] = [],
): string[] {
  return rows.map(
    (row) => `(${[...first, ...columns.map(({ name }) => row[name] ?? "NULL")].join(", ")})`,
  )
}
