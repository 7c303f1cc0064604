import { DuckDBInstance, type DuckDBConnection } from "@duckdb/node-api"
import type { TableRef } from "../../../src/syntax/ast.js"
import { binary, column, item, query, select, subquery, table } from "../../../src/syntax/build.js"
import { SEED, randomOf, type Random } from "./random.js"
import { randomDatabase, readSchema, valuesOf, weakened, type Schema } from "./schema.js"

// Many small databases at once: the tables hold the rows of all, and views show those of one.

// One optimizer of DuckDB gives wrong rows up to 1.5.5.
const OFF = "common_subplan"
const STAGED_OFF = `${OFF},cte_filter_pusher,unused_columns,expression_rewriter`
/** Databases of a batch. */
export const AT_ONCE = 400
const CHECKED = 3

/** What a query gave: its rows, sorted, or why it failed. */
export interface Answer {
  readonly rows: readonly string[]
  readonly error?: string
}

export class Databases {
  private readonly random: Random
  private filled = 0

  private constructor(
    readonly schema: Schema,
    private readonly name: string,
    private readonly connection: DuckDBConnection,
    /** The same tables with their constraints. */
    private readonly declared: DuckDBConnection | undefined,
  ) {
    this.random = randomOf(SEED)
  }

  private static made = 0
  private static off = ""
  private static readonly known = new Map<string, Promise<Databases>>()

  /** Those of a schema, made at first use; perhaps only with these of the facts that it declares. */
  static of(
    text: string,
    connection: DuckDBConnection,
    facts?: readonly number[],
  ): Promise<Databases> {
    const key = `${text} ${facts ? [...facts].sort((a, b) => a - b).join() : "all"}`
    const known = Databases.known.get(key)
    if (known) return known
    const databases = Databases.make(text, facts, `s${++Databases.made}`, connection)
    Databases.known.set(key, databases)
    return databases
  }

  private static async make(
    text: string,
    facts: readonly number[] | undefined,
    name: string,
    connection: DuckDBConnection,
  ): Promise<Databases> {
    const declared = await (await DuckDBInstance.create(":memory:")).connect()
    await declared.run(text)
    const whole = await readSchema(declared)
    const schema = facts ? weakened(whole, facts) : whole
    await connection.run(`CREATE SCHEMA ${name}`)
    for (const { name: table, columns } of schema.tables) {
      const list = columns.map((column) => `"${column.name}" ${column.type}`).join(", ")
      const shown = columns.map((column) => `"${column.name}"`).join(", ")
      await connection.run(`CREATE TABLE ${name}."${table} of all" (database INTEGER, ${list})`)
      await connection.run(
        `CREATE VIEW ${name}."${table}" AS SELECT ${shown} FROM ${name}."${table} of all" WHERE database = getvariable('database')`,
      )
    }
    return new Databases(schema, name, connection, facts ? undefined : declared)
  }

  /** Makes database `i` the one that queries see. */
  async show(i: number): Promise<void> {
    while (i >= this.filled) await this.fill()
    await this.connection.run(`USE ${this.name}; SET VARIABLE database = ${i}`)
  }

  private async fill(): Promise<void> {
    const first = this.filled
    const databases = Array.from({ length: AT_ONCE }, () =>
      randomDatabase(this.schema, this.random),
    )
    for (const table of this.schema.tables) {
      const rows = databases.flatMap((database, i) =>
        valuesOf(table, database.get(table.name) ?? [], [String(first + i)]),
      )
      if (rows.length > 0)
        await this.connection.run(
          `INSERT INTO ${this.name}."${table.name} of all" VALUES ${rows.join(", ")}`,
        )
    }
    this.filled += AT_ONCE
    if (first === 0) await this.checkDeclared(databases.slice(0, CHECKED))
  }

  /** DuckDB itself says that the rows satisfy what is declared; it takes no row that refers to itself. */
  private async checkDeclared(databases: readonly ReturnType<typeof randomDatabase>[]) {
    const { declared } = this
    if (!declared) return
    const tables = this.schema.tables.filter(({ name, references }) =>
      references.every(({ to }) => to !== name),
    )
    for (const database of databases) {
      for (const table of tables)
        for (const row of valuesOf(table, database.get(table.name) ?? []))
          await declared.run(`INSERT INTO "${table.name}" VALUES ${row}`)
      for (const { name } of [...tables].reverse()) await declared.run(`TRUNCATE "${name}"`)
    }
  }

  /** `staged`: operator by operator, nothing left out that nobody reads. */
  async answer(sql: string, staged = false): Promise<Answer> {
    await this.setOptimizers(staged)
    try {
      const reader = await this.connection.runAndReadAll(sql)
      return {
        rows: reader
          .getRowsJson()
          .map((row) => JSON.stringify(row))
          .sort(),
      }
    } catch (error) {
      return { rows: [], error: String(error) }
    }
  }

  /** A table as a query over many databases reads it: the rows of that which is shown. */
  tableOfAll(name: string): TableRef {
    const columns = this.schema.tables.find((table) => table.name === name)?.columns ?? []
    const one = select({
      items: columns.map((each) => item(column(each.name))),
      from: [table([this.name, `${name} of all`])],
      where: binary(column("database"), "=", column("shown", "i")),
    })
    return subquery(query(one))
  }

  /** What a query over `tableOfAll` gives of each database of a batch that has a row; undefined where it fails. */
  async answers(
    sql: string,
    first: number,
  ): Promise<ReadonlyMap<number, readonly string[]> | undefined> {
    await this.show(first)
    const each = `SELECT shown.i, (SELECT list(answer) FROM (${sql}) AS answer) FROM range(${first}, ${first + AT_ONCE}) AS shown (i)`
    try {
      await this.setOptimizers(false)
      const reader = await this.connection.runAndReadAll(each)
      return new Map(
        reader.getRowsJson().flatMap(([i, rows]): (readonly [number, string[]])[] => {
          if (!Array.isArray(rows)) return []
          return [[Number(i), rows.map((row) => JSON.stringify(row)).sort()]]
        }),
      )
    } catch {
      return undefined
    }
  }

  private async setOptimizers(staged: boolean): Promise<void> {
    const off = staged ? STAGED_OFF : OFF
    if (off === Databases.off) return
    Databases.off = off
    await this.connection.run(`SET disabled_optimizers = '${off}'`)
  }

  /** The rows of every table of the database that is shown, for a message. */
  async describe(): Promise<string> {
    const texts = []
    for (const { name } of this.schema.tables)
      texts.push(`${name}: ${(await this.answer(`SELECT * FROM "${name}"`)).rows.join(" ")}`)
    return texts.join("\n")
  }

  async typesOf(sql: string): Promise<string[]> {
    await this.show(0)
    const reader = await this.connection.runAndReadAll(`DESCRIBE ${sql}`)
    return reader.getRows().map(([, type]) => String(type))
  }
}
