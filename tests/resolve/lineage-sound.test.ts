import { cpSync, mkdtempSync, readFileSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { DuckDBInstance, type DuckDBConnection } from "@duckdb/node-api"
import { expect, test } from "vitest"
import { packageFile } from "../../src/base/package-files.js"
import { check } from "../../src/compile.js"
import { lineageOf } from "../../src/lineage.js"
import { loadProject } from "../../src/project/index.js"
import { compiledFor } from "../optimize/building.js"
import { SEED } from "../seed.js"

// A column of a source is changed; every output column of every model that then differs must have it in its
// lineage. SMELT_LINEAGE_COLUMNS sets how many columns of sources are tried, SMELT_SEED which.

const COLUMNS = Number(process.env["SMELT_LINEAGE_COLUMNS"] ?? 4)

test(`what a changed source column changes has it in its lineage (SMELT_SEED=${SEED})`, async () => {
  const folder = mkdtempSync(join(tmpdir(), "smelt-lineage-"))
  cpSync(packageFile("tests/projects/styles"), folder, { recursive: true })
  const project = loadProject(folder)
  const checked = check(project)
  const models = project.models.filter(({ materialization }) => materialization !== "incremental")
  const sources = project.sources.flatMap(({ name, columns, files }) =>
    columns.map((column) => ({ source: name, column: column.name, file: files?.paths[0] ?? "" })),
  )
  const instance = await DuckDBInstance.create()
  const connection = await instance.connect()
  process.chdir(folder)
  try {
    await makeViews(connection, folder, checked)
    const before = await allColumns(connection, models)
    let changes = 0
    for (let i = 0; i < COLUMNS; i++) {
      const at = (SEED + i * 7919) % sources.length
      const { source, column, file } = sources[at] ?? { source: "", column: "", file: "" }
      const original = readFileSync(join(folder, file), "utf8")
      writeFileSync(join(folder, file), rotated(original, column))
      const after = await allColumns(connection, models)
      writeFileSync(join(folder, file), original)
      for (const [key, rows] of after) {
        if (before.get(key) === rows) continue
        changes++
        const [model = "", output = ""] = key.split(" ")
        const edges = lineageOf(model, [output], checked)
        const reaches = edges.some(({ from }) => from.node === source && from.column === column)
        expect(reaches, `${source}.${column} changes ${model}.${output}`).toBe(true)
      }
    }
    expect(changes).toBeGreaterThan(0)
  } finally {
    process.chdir(packageFile("."))
    connection.closeSync()
  }
}, 600_000)

/** Every model as a view, seeds as tables. */
async function makeViews(
  connection: DuckDBConnection,
  folder: string,
  checked: ReturnType<typeof check>,
): Promise<void> {
  const { models, deployment } = compiledFor(checked, "dev")
  for (const seedFile of deployment.project.seeds) {
    const columns = seedFile.columns.map(({ name, type }) => `'${name}': '${typeText(type)}'`)
    await connection.run(
      `CREATE TABLE main."${seedFile.name}" AS FROM read_csv('${join(folder, seedFile.file)}', header = true, columns = {${columns.join(", ")}})`,
    )
  }
  for (const name of checked.dag.order) {
    const model = models.get(name)
    if (model) await connection.run(`CREATE VIEW main."${name}" AS ${model.userSql}`)
  }
}

function typeText(type: { readonly kind: string }): string {
  const { name, precision, scale } = type as { name?: string; precision?: number; scale?: number }
  return type.kind === "decimal" ? `DECIMAL(${precision},${scale})` : (name ?? "VARCHAR")
}

/** The values of every column, in order, as one text. */
async function allColumns(
  connection: DuckDBConnection,
  models: readonly { readonly name: string }[],
): Promise<Map<string, string>> {
  const found = new Map<string, string>()
  for (const { name } of models) {
    const reader = await connection.runAndReadAll(`FROM main."${name}"`)
    const rows = reader.getRowsJson()
    reader.columnNames().forEach((column, i) =>
      found.set(
        `${name} ${column}`,
        rows
          .map((row) => JSON.stringify(row[i]))
          .sort()
          .join(),
      ),
    )
  }
  return found
}

/** Each value of the column in the next row. None of the files has a comma or a quote in such a value but JSON. */
function rotated(text: string, column: string): string {
  const [head = [], ...rows] = text
    .trimEnd()
    .split("\n")
    .map((line) => fields(line))
  const at = head.indexOf(column)
  const values = rows.map((row) => row[at] ?? "")
  const moved = rows.map((row, i) =>
    row.map((value, k) => (k === at ? (values[(i + 1) % values.length] ?? "") : value)),
  )
  return `${[head, ...moved].map((row) => row.join(",")).join("\n")}\n`
}

/** Split at the commas outside of quotes. */
function fields(line: string): string[] {
  return line.split(/,(?=(?:[^"]*"[^"]*")*[^"]*$)/)
}
