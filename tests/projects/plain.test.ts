import { readdirSync, readFileSync } from "node:fs"
import { basename, join } from "node:path"
import { DuckDBInstance, type DuckDBConnection } from "@duckdb/node-api"
import { describe, expect, test } from "vitest"
import { parse } from "yaml"
import { packageFile } from "../../src/base/package-files.js"
import { loadProject } from "../../src/index.js"

// The same models in DuckDB alone: their texts with the names of tables where they call smelt, over the same files
// as DuckDB reads them. Nothing of smelt but the cut of a file into models is used, and the rows are those of `rows.txt`.

/** Models that ask for what DuckDB has no word for. */
const LEFT_OUT: ReadonlyMap<string, string> = new Map([
  ["sampled", "which rows a sample has is smelt's own choice"],
  ["priorities", "the values of a type are columns, where DuckDB takes those that there are"],
])

/** What arguments of `smelt.ref` mean, written out. */
const WRITTEN_OUT: ReadonlyMap<string, string> = new Map([
  ["versioned", `SELECT order_id, scaled FROM orders_since_v2`],
  [
    "march_orders",
    `SELECT order_id, ordered_at FROM "raw.orders" WHERE ordered_at >= '2024-03-01' AND ordered_at < '2024-04-01'`,
  ],
  [
    "chosen_days",
    `SELECT ordered_on, revenue FROM daily_revenue
    WHERE (ordered_on = '2024-02-14' OR ordered_on BETWEEN '2024-03-01' AND '2024-03-31') AND revenue > 100`,
  ],
])

const PARAMS: ReadonlyMap<string, string> = new Map([
  ["since", "DATE '2024-04-01'"],
  ["home_currency", "'EUR'"],
  ["factor", "CAST(1.5 AS DECIMAL(6,2))"],
  ["most", "2"],
])

describe.each(["styles", "relaxed"])("%s", (name) => {
  const folder = packageFile(`tests/projects/${name}`)
  const models = loadProject(folder).models.map((model) => ({
    name: model.name,
    sql:
      WRITTEN_OUT.get(model.name) ?? plain(model.source.text.slice(model.sql.start, model.sql.end)),
  }))

  test("DuckDB gives the same rows", async () => {
    const instance = await DuckDBInstance.create(":memory:")
    const duckdb = await instance.connect()
    await duckdb.run("SET TimeZone = 'UTC'")
    await duckdb.run("SET default_null_order = 'nulls_last'")
    await load(folder, duckdb)
    const asked = models.filter((model) => !LEFT_OUT.has(model.name))
    await build(asked, duckdb)
    const expected = answers(folder)
    const differing: string[] = []
    for (const model of asked) {
      const { heading, rows } = expected.get(model.name) ?? { heading: [], rows: [] }
      const found = await rowsOf(model.name, heading, duckdb)
      if (found.join("\n") !== rows.join("\n"))
        differing.push([model.name, ...found, "but smelt:", ...rows].join("\n"))
    }
    expect(differing).toEqual([])
    expect(asked.length).toBe(expected.size - models.filter((one) => LEFT_OUT.has(one.name)).length)
    duckdb.closeSync()
    instance.closeSync()
  })
})

/** A model's text with plain names of tables and values of params. */
function plain(sql: string): string {
  return sql
    .replace(/smelt\.(?:ref|source)\(\s*'([^']+)'\s*\)/g, (_, name: string) => `"${name}"`)
    .replace(/smelt\.param\('(\w+)'\)/g, (call, name: string) => PARAMS.get(name) ?? call)
}

interface DeclaredSource {
  readonly path?: string
  readonly columns: Readonly<Record<string, { readonly type: string }>>
}

async function load(folder: string, duckdb: DuckDBConnection): Promise<void> {
  const config = parse(readFileSync(join(folder, "smelt.yml"), "utf8")) as {
    seeds?: Record<string, DeclaredSource>
  }
  for (const file of filesIn(join(folder, "seeds"), ".csv")) {
    const seed = basename(file, ".csv")
    await loadFile(seed, file, config.seeds?.[seed]?.columns ?? {}, duckdb)
  }
  for (const file of filesIn(join(folder, "sources"), ".yml")) {
    const { sources } = parse(readFileSync(file, "utf8")) as {
      sources: Record<string, DeclaredSource>
    }
    for (const [source, { path = "", columns }] of Object.entries(sources))
      await loadFile(source, join(folder, path), columns, duckdb)
  }
}

async function loadFile(
  table: string,
  file: string,
  columns: DeclaredSource["columns"],
  duckdb: DuckDBConnection,
): Promise<void> {
  const types = Object.entries(columns).map(([column, { type }]) => `'${column}': '${type}'`)
  const given = types.length === 0 ? "" : `, types = {${types.join(", ")}}`
  await duckdb.run(`CREATE TABLE "${table}" AS FROM read_csv('${file}', header = true${given})`)
}

/** Makes each model as soon as what it reads is there. */
async function build(
  models: readonly { readonly name: string; readonly sql: string }[],
  duckdb: DuckDBConnection,
): Promise<void> {
  let waiting = models
  while (waiting.length > 0) {
    const refused = new Map<(typeof waiting)[number], string>()
    for (const model of waiting) {
      const made = duckdb.run(`CREATE TABLE "${model.name}" AS ${model.sql}`)
      await made.catch((error: unknown) => refused.set(model, `${model.name}: ${String(error)}`))
    }
    if (refused.size === waiting.length) throw new Error([...refused.values()].join("\n\n"))
    waiting = [...refused.keys()]
  }
}

interface Answer {
  readonly heading: readonly { readonly name: string; readonly type: string }[]
  readonly rows: readonly string[]
}

function answers(folder: string): Map<string, Answer> {
  const blocks = readFileSync(join(folder, "rows.txt"), "utf8")
    .trimEnd()
    .split(/\n*^== /m)
  return new Map(
    blocks.slice(1).map((block) => {
      const [name = "", heading = "", ...rows] = block.split("\n")
      const columns = heading.split(" | ").map((column) => {
        const cut = column.indexOf(" ")
        return { name: column.slice(0, cut), type: column.slice(cut + 1) }
      })
      return [name, { heading: columns, rows }]
    }),
  )
}

/** As `rows.txt` writes them; a type that smelt fixes is made of the engine's own. */
async function rowsOf(
  model: string,
  heading: Answer["heading"],
  duckdb: DuckDBConnection,
): Promise<string[]> {
  const texts = heading.map(({ name, type }) =>
    type === "DOUBLE"
      ? `printf('%.9g', CAST("${name}" AS DOUBLE))`
      : `CAST(CAST("${name}" AS ${type}) AS VARCHAR)`,
  )
  const shown = texts.map((text, i) => `${text} AS "${heading[i]?.name}"`).join(", ")
  const reader = await duckdb.runAndReadAll(`SELECT ${shown} FROM "${model}" ORDER BY ALL`)
  return reader.getRows().map((row) => row.map((value) => String(value ?? "∅")).join(" | "))
}

function filesIn(folder: string, ending: string): string[] {
  try {
    const files = readdirSync(folder).filter((file) => file.endsWith(ending))
    return files.map((file) => join(folder, file))
  } catch {
    return []
  }
}
