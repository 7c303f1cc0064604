import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { dirname, join } from "node:path"
import { DuckDBInstance, type DuckDBConnection } from "@duckdb/node-api"
import { compileCommand } from "../../src/cli/commands/compile.js"
import { readOptions } from "../../src/cli/options.js"
import { UsageError } from "../../src/cli/outcome.js"
import { adjustableCodes, isAdjustable } from "../../src/diagnostics/catalog.js"
import type { Diagnostic, Fix } from "../../src/diagnostics/diagnostic.js"
import { isSafe } from "../../src/fixing.js"
import { loadProject } from "../../src/project/index.js"
import { show, type SqlType } from "../../src/types/type.js"

// A fix that says that it keeps the meaning keeps it: with all levels off the project runs as it is, and after the fix
// every model has the same columns, types and rows, or fails as before. What its texts hold differs by data set, as a
// CAST fails on some texts only.

const TEXTS: Readonly<Record<string, readonly string[]>> = {
  numbers: ["1", "01", "17", "2", "3.7"],
  dates: ["2024-01-01", "2024-02-01", "2024-01-01 12:00:00"],
  words: ["paid", "x", "true", "DE", ""],
}

type Files = ReadonlyMap<string, string>

const databases = new Map<string, Promise<DuckDBConnection>>()

/** Fixes of a project that say that they keep the meaning, and do not: what a model was and what it is then. */
export async function changedMeanings(
  found: readonly Diagnostic[],
  files: Files,
  applied: (fix: Fix, files: Files) => Files,
): Promise<string[]> {
  const safe = found.flatMap(({ code, fixes }) =>
    isAdjustable(code) ? fixes.filter(isSafe).map((fix) => ({ code, fix })) : [],
  )
  if (safe.length === 0) return []
  const before = await meaning(files)
  const changed: string[] = []
  for (const { code, fix } of safe)
    for (const [model, now] of await meaning(applied(fix, files))) {
      const old = before.get(model) ?? "fails"
      if (old !== now && !isMeaningless(old))
        changed.push(`${code}: ${fix.title}\n${model} ${old}\nbecomes ${now}`)
    }
  return changed
}

/** Fails whatever its texts are: no engine takes it as it is. */
function isMeaningless(meaning: string): boolean {
  return meaning.split("\n\n").every((answer) => answer === "fails")
}

/** What each model is, for each data set; the project with all levels off. */
async function meaning(files: Files): Promise<Map<string, string>> {
  const config = (files.get("smelt.yml") ?? "").replace(/^levels:.*\n/m, "")
  const levels = `levels: { ${adjustableCodes()
    .map((code) => `${code}: off`)
    .join(", ")} }\n`
  const directory = written(new Map(files).set("smelt.yml", config + levels))
  const found = new Map<string, string>()
  try {
    const models = (await compiled(directory)) ?? []
    for (const texts of Object.values(TEXTS))
      for (const [model, answer] of await rows(models, await filled(directory, texts)))
        found.set(model, [...(found.has(model) ? [found.get(model)] : []), answer].join("\n\n"))
    return found
  } finally {
    rmSync(directory, { recursive: true })
  }
}

function written(files: Files): string {
  const directory = mkdtempSync(join(tmpdir(), "smelt-meaning-"))
  for (const [file, text] of files) {
    mkdirSync(dirname(join(directory, file)), { recursive: true })
    writeFileSync(join(directory, file), text)
  }
  return directory
}

interface Compiled {
  readonly name: string
  readonly sql: string
}

async function compiled(projectDir: string): Promise<readonly Compiled[] | undefined> {
  try {
    const { exit, fields } = await compileCommand(readOptions({ projectDir, optimize: false }, []))
    return exit === 0 ? (fields.models as readonly Compiled[]) : undefined
  } catch (error) {
    if (error instanceof UsageError) return undefined
    throw error
  }
}

/** A database with the sources and seeds of the project, of these texts. */
async function filled(directory: string, texts: readonly string[]): Promise<DuckDBConnection> {
  const { sources, seeds } = loadProject(directory)
  const tables = [
    ...sources.map(({ name, table, columns }) => ({ name: table ?? name, columns })),
    ...seeds.map(({ name, columns }) => ({ name, columns })),
  ]
  const key = JSON.stringify([
    texts,
    tables.map(({ name, columns }) => [
      name,
      columns.map(({ name, type }) => [name, type && show(type)]),
    ]),
  ])
  const made = databases.get(key) ?? database(tables, texts)
  databases.set(key, made)
  return made
}

interface Table {
  readonly name: string
  readonly columns: readonly {
    readonly name: string
    readonly type?: SqlType | undefined
    readonly notNull?: boolean | undefined
  }[]
}

async function database(
  tables: readonly Table[],
  texts: readonly string[],
): Promise<DuckDBConnection> {
  const instance = await DuckDBInstance.create(":memory:")
  const connection = await instance.connect()
  await connection.run("SET TimeZone = 'UTC'; SET default_null_order = 'nulls_last'")
  for (const { name, columns } of tables) {
    const [schema, table] = name.includes(".") ? name.split(".") : ["main", name]
    const items = columns.map((column, i) => {
      const type = column.type ? show(column.type) : "VARCHAR"
      const isNullable = column.notNull !== true
      return `${valueOf(type, isNullable, i, texts)} AS "${column.name}"`
    })
    await connection.run(`CREATE SCHEMA IF NOT EXISTS "${schema}"`)
    if (items.length > 0)
      await connection.run(
        `CREATE TABLE "${schema}"."${table}" AS SELECT ${items.join(", ")} FROM range(12) AS r(n)`,
      )
  }
  return connection
}

/** The value of a column in row `n`: few different ones, NULL among them where it may be. */
function valueOf(type: string, isNullable: boolean, i: number, texts: readonly string[]): string {
  const some = `((n * ${2 * i + 3} + ${i}) % 5)`
  const value = (): string => {
    if (type === "VARCHAR")
      return `[${texts.map((text) => `'${text}'`).join(", ")}][1 + ${some} % ${texts.length}]`
    if (type === "BOOLEAN") return `${some} > 2`
    if (/^(DATE|TIMESTAMP|TIMESTAMPTZ)$/.test(type))
      return `CAST(TIMESTAMP '2024-01-01 12:00:00' + to_hours(CAST(${some} * 12 AS INTEGER)) AS ${type})`
    return `TRY_CAST(${some} + 1 AS ${type})`
  }
  return isNullable ? `CASE WHEN (n + ${i}) % 4 > 0 THEN ${value()} END` : value()
}

/** The rows in order of every model, made of what it reads; of one that fails, that it does. */
async function rows(
  models: readonly Compiled[],
  duckdb: DuckDBConnection,
): Promise<ReadonlyMap<string, string>> {
  const answers = new Map(models.map(({ name }) => [name, "fails"]))
  const made: string[] = []
  let waiting = models
  while (waiting.length > 0) {
    const refused: Compiled[] = []
    for (const model of waiting) {
      const run = duckdb.run(`CREATE TABLE "main"."${model.name}" AS ${model.sql}`)
      await run.then(() => made.push(model.name)).catch(() => refused.push(model))
    }
    if (refused.length === waiting.length) break
    waiting = refused
  }
  for (const name of made) answers.set(name, await rowsOf(name, duckdb))
  for (const name of made) await duckdb.run(`DROP TABLE "main"."${name}"`)
  return answers
}

async function rowsOf(name: string, duckdb: DuckDBConnection): Promise<string> {
  const reader = await duckdb.runAndReadAll(`FROM "main"."${name}" ORDER BY ALL`)
  const heading = reader.columnNames().map((column, i) => `${column} ${reader.columnType(i)}`)
  const lines = reader.getRowsJson().map((row) => JSON.stringify(row))
  return [heading.join(", "), ...lines].join("\n")
}
