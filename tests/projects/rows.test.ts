import { cpSync, mkdtempSync, readFileSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { DuckDBInstance, type DuckDBConnection } from "@duckdb/node-api"
import { describe, expect, test } from "vitest"
import { packageFile } from "../../src/base/package-files.js"
import { check, loadProject } from "../../src/index.js"
import { smelt } from "../cli/smelt.js"

// Projects as people write them, in several styles: nothing of them is at fault, all of them builds, and
// the rows are those of `rows.txt`, with the optimizer and without. SMELT_COMPLETE=1 writes that file.

const PROJECTS = ["styles", "relaxed"]

describe.each(PROJECTS)("%s", (name) => {
  const folder = packageFile(`tests/projects/${name}`)

  test("nothing is at fault", () => {
    const found = check(loadProject(folder)).diagnostics
    expect(found.map((one) => `${one.file}:${one.start.line} ${one.code} ${one.message}`)).toEqual(
      [],
    )
  })

  test("the rows, with the optimizer and without", async () => {
    const file = join(folder, "rows.txt")
    const optimized = await built(folder)
    if (process.env["SMELT_COMPLETE"]) writeFileSync(file, optimized)
    expect(optimized).toBe(readFileSync(file, "utf8"))
    expect(await built(folder, "--no-optimize")).toBe(optimized)
  })
})

/** Builds a copy of the project; gives the rows of every model, by name. */
async function built(folder: string, ...flags: readonly string[]): Promise<string> {
  const copy = mkdtempSync(join(tmpdir(), "smelt-rows-"))
  cpSync(folder, copy, { recursive: true })
  const finished = smelt(copy, "build", ...flags)
  expect(finished.exit, finished.stderr).toBe(0)
  const instance = await DuckDBInstance.create(join(copy, "target", "dev.duckdb"))
  const connection = await instance.connect()
  await connection.run("SET TimeZone = 'UTC'")
  const models = loadProject(folder).models.map((model) => model.name)
  const texts: string[] = []
  for (const model of models) texts.push(await rowsOf(model, connection))
  connection.closeSync()
  instance.closeSync()
  return `${texts.join("\n\n")}\n`
}

async function rowsOf(model: string, connection: DuckDBConnection): Promise<string> {
  const described = (await connection.runAndReadAll(`DESCRIBE FROM "${model}"`)).getRows()
  const columns = described.map(([name, type]) => ({ name: String(name), type: String(type) }))
  const shown = columns.map(({ name, type }) => `${asText(`"${name}"`, type)} AS "${name}"`)
  const reader = await connection.runAndReadAll(
    `SELECT ${shown.join(", ")} FROM "${model}" ORDER BY ALL`,
  )
  const rows = reader.getRows().map((row) => row.map((value) => String(value ?? "∅")).join(" | "))
  const heading = columns.map(({ name, type }) => `${name} ${type}`).join(" | ")
  return [`== ${model}`, heading, ...rows].join("\n")
}

/** Sums of doubles differ in their last digits by the order of the rows. */
function asText(column: string, type: string): string {
  return type === "DOUBLE" ? `printf('%.9g', ${column})` : `CAST(${column} AS VARCHAR)`
}
