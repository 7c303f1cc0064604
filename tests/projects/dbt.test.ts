import { cpSync, mkdtempSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { DuckDBInstance } from "@duckdb/node-api"
import { beforeAll, describe, expect, test } from "vitest"
import { packageFile } from "../../src/base/package-files.js"
import { build } from "../../src/cli/commands/build.js"
import { checkCommand } from "../../src/cli/commands/check.js"
import { init } from "../../src/cli/commands/init.js"
import { readOptions } from "../../src/cli/options.js"
import type { Outcome } from "../../src/cli/outcome.js"
import type { NodeResult } from "../../src/engine/run-plan.js"

// A dbt project beside which `smelt init` writes smelt's: what could not be carried over, what was written, and the rows of
// the models, which are those of `plain.sql`, written by hand over the same tables. SMELT_COMPLETE=1 writes `carried.txt`.

const DATA = packageFile("tests/projects/dbt")
const MART = new Set(["orders", "customers"])

async function inDatabase<T>(folder: string, work: (ask: Ask) => Promise<T>): Promise<T> {
  const instance = await DuckDBInstance.create(join(folder, "coffee.duckdb"))
  const connection = await instance.connect()
  try {
    return await work(async (sql) => (await connection.runAndReadAll(sql)).getRowsJson())
  } finally {
    connection.closeSync()
    instance.closeSync()
  }
}

type Ask = (sql: string) => Promise<readonly unknown[]>

/** A copy of the project, with the tables that its sources are. */
async function copied(): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), "smelt-dbt-"))
  cpSync(join(DATA, "project"), folder, { recursive: true })
  await inDatabase(folder, (ask) => ask(readFileSync(join(DATA, "landing.sql"), "utf8")))
  return folder
}

function filesOf(folder: string, ...under: readonly string[]): Map<string, string> {
  const files = readdirSync(join(folder, ...under), { recursive: true, encoding: "utf8" })
    .map((file) => join(...under, file))
    .filter((file) => statSync(join(folder, file)).isFile() && !file.endsWith(".duckdb"))
  return new Map(files.sort().map((file) => [file, readFileSync(join(folder, file), "utf8")]))
}

function optionsOf(projectDir: string) {
  return readOptions({ projectDir, json: true }, [])
}

/** What cannot be carried over, and all that was written, as one text. */
function told(folder: string, { diagnostics, fields }: Outcome): string {
  const found = diagnostics.map(
    ({ code, file, start, message }) => `${file}:${start.line}:${start.column} ${code} ${message}`,
  )
  const files = (fields.files as readonly string[]).map(
    (file) => `== ${file}\n${readFileSync(join(folder, file), "utf8")}`,
  )
  return `${found.sort().join("\n")}\n\n${files.join("\n")}`
}

describe("a dbt project", () => {
  let folder = ""
  let outcome: Outcome

  beforeAll(async () => {
    delete process.env.DBT_PROFILES_DIR
    folder = await copied()
    outcome = await init(optionsOf(folder), [])
  })

  test("is carried over, and what is not is told with its place", () => {
    const text = told(folder, outcome)
    const file = join(DATA, "carried.txt")
    if (process.env.SMELT_COMPLETE !== undefined) writeFileSync(file, text)
    expect(text).toBe(readFileSync(file, "utf8"))
    expect(outcome.exit).toBe(0)
  })

  test("stays as it is, beside smelt's files", () => {
    const own = filesOf(join(DATA, "project"))
    const now = filesOf(folder)
    expect([...own].filter(([file, text]) => now.get(file) !== text)).toEqual([])
    const added = [...now.keys()].filter((file) => !own.has(file))
    expect(added.every((file) => file === "smelt.yml" || file.startsWith("smelt"))).toBe(true)
  })

  test("is checked: only what was told stands in the way", async () => {
    const { diagnostics } = await checkCommand(optionsOf(folder))
    expect(new Set(diagnostics.map(({ code, file }) => `${code} ${file}`))).toEqual(
      new Set(["jinja smelt/models/marts/by_status.sql"]),
    )
  })

  test("is built to the rows of the same queries by hand, all tests passed", async () => {
    const { fields } = await build("build", optionsOf(folder))
    const results = fields.results as readonly NodeResult[]
    const failed = results.filter(({ status }) => status !== "success")
    expect(failed.map(({ name }) => name)).toEqual(["by_status"])
    expect(results.filter(({ kind }) => kind === "test")).toHaveLength(18)
    const queries = readFileSync(join(DATA, "plain.sql"), "utf8").split(/^-- /m).slice(1)
    await inDatabase(folder, async (ask) => {
      for (const text of queries) {
        const [name = ""] = text.split("\n")
        const query = text.slice(name.length).trim().replace(/;$/, "")
        const schema = MART.has(name) ? "shop_marts" : "shop"
        const [expected, found] = [
          await ask(`FROM (${query}) ORDER BY ALL`),
          await ask(`FROM ${schema}.${name} ORDER BY ALL`),
        ]
        expect(rounded(found), name).toEqual(rounded(expected))
      }
      const kinds = await ask(
        "SELECT table_name, table_type FROM information_schema.tables WHERE table_schema LIKE 'shop%' ORDER BY ALL",
      )
      expect(kinds).toEqual([
        ["currencies", "BASE TABLE"],
        ["customers", "BASE TABLE"],
        ["orders", "BASE TABLE"],
        ["stg_amounts", "VIEW"],
        ["stg_customers", "VIEW"],
        ["stg_orders", "BASE TABLE"],
        ["stg_payments", "VIEW"],
      ])
    })
  })

  test("init a second time changes nothing", async () => {
    await expect(init(optionsOf(folder), [])).rejects.toThrow("has a smelt.yml already")
  })
})

/** Sums of DOUBLE come in any order. */
function rounded(rows: readonly unknown[]): unknown {
  return JSON.parse(
    JSON.stringify(rows, (_, value: unknown) =>
      typeof value === "number" ? Number(value.toPrecision(12)) : value,
    ),
  )
}
