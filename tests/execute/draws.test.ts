import { join } from "node:path"
import { DuckDBInstance } from "@duckdb/node-api"
import { expect, test } from "vitest"
import { document, smelt } from "../cli/smelt.js"
import { projectFolder } from "../project.js"

const NUMBERS = `id,day\n${Array.from({ length: 2000 }, (_, i) => `${i},2024-01-0${(i % 9) + 1}`).join("\n")}\n`

/** A sample that two models read, and one by itself; `sample` stands behind the table. */
function project(sample: string, header = ""): string {
  return projectFolder({
    "seeds/numbers.csv": NUMBERS,
    "models/drawn.sql": `${header}SELECT n.id, n.day FROM smelt.ref('numbers') AS n ${sample}`,
    "models/below.sql": "SELECT d.id FROM smelt.ref('drawn') AS d WHERE d.id < 1000",
    "models/above.sql": "SELECT d.id FROM smelt.ref('drawn') AS d WHERE d.id >= 1000",
    "models/twice.sql":
      "SELECT d.id FROM smelt.ref('drawn') AS d JOIN smelt.ref('drawn') AS e ON e.id = d.id",
  })
}

async function counts(folder: string): Promise<readonly number[]> {
  const instance = await DuckDBInstance.create(join(folder, "target", "dev.duckdb"))
  const connection = await instance.connect()
  const result = await connection.runAndReadAll(
    "SELECT (SELECT count(*) FROM below) + (SELECT count(*) FROM above), (SELECT count(*) FROM twice), (SELECT count(*) FROM drawn)",
  )
  connection.closeSync()
  instance.closeSync()
  return (result.getRows()[0] ?? []).map(Number)
}

for (const flags of [[], ["--no-optimize"]])
  test(`all who read a sample read the same draw ${flags.join()}`, async () => {
    const folder = project("TABLESAMPLE reservoir(100 ROWS)")
    const built = smelt(folder, "build", "--json", ...flags)
    expect(built.exit, built.stdout).toBe(0)
    expect(await counts(folder)).toEqual([100, 100, 100])
  })

test("a sample with a seed is the same in every run, and may be a view", async () => {
  const folder = project("TABLESAMPLE bernoulli(20%) REPEATABLE (7)")
  const compiled = document(smelt(folder, "compile", "--json")) as {
    readonly models: readonly { readonly name: string; readonly materialization: string }[]
  }
  const drawn = compiled.models.find(({ name }) => name === "drawn")
  expect(drawn).toMatchObject({ materialization: "view", fallback: "unsupported-in-plan" })
  expect(smelt(folder, "build").exit).toBe(0)
  const first = await counts(folder)
  expect(smelt(folder, "build", "--full-refresh").exit).toBe(0)
  expect(await counts(folder)).toEqual(first)
  expect(first[0]).toBe(first[2])
})

test("an incremental model is no sample", () => {
  const header = "-- @materialize: daily\n-- @partition_by: day\n"
  const built = smelt(project("TABLESAMPLE 10%", header), "build", "--json")
  expect(built.exit).not.toBe(0)
  expect(built.stdout).toContain("not-incremental")
  expect(built.stdout).toContain("a sample")
})
