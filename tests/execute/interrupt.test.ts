import { spawn } from "node:child_process"
import { writeFileSync } from "node:fs"
import { join } from "node:path"
import { DuckDBInstance } from "@duckdb/node-api"
import { expect, test } from "vitest"
import { packageFile } from "../../src/base/package-files.js"
import { smelt } from "../cli/smelt.js"
import { projectFolder } from "../project.js"

const TABLE = "---\nmaterialization: table\n---\n"
const NUMBERS = Array.from({ length: 20_000 }, (_, i) => i).join("\n")
/** Hours of work, on any machine. */
const ENDLESS = `${TABLE}SELECT count(*) AS n FROM smelt.ref('numbers') AS a CROSS JOIN smelt.ref('numbers') AS b CROSS JOIN smelt.ref('numbers') AS c WHERE (a.id * b.id + c.id) % 7 = 3`

test("Ctrl-C: what runs is rolled back, the rest is skipped, exit 130", async () => {
  const files = {
    "seeds/numbers.csv": `id\n${NUMBERS}\n`,
    "models/a_first.sql": `${TABLE}SELECT 1 AS n`,
    "models/b_endless.sql": `${TABLE}SELECT 2 AS n`,
    "models/c_last.sql": `${TABLE}SELECT b.n FROM smelt.ref('b_endless') AS b`,
  }
  const folder = projectFolder(files)
  expect(smelt(folder, "build").exit).toBe(0)

  writeFileSync(join(folder, "models/b_endless.sql"), ENDLESS)

  const child = spawn("node", [packageFile("dist/src/cli/main.js"), "run"], {
    cwd: folder,
    stdio: ["ignore", "ignore", "pipe"],
  })
  const ended = new Promise<number | null>((done) => child.once("exit", (code) => done(code)))
  let told = ""
  for await (const chunk of child.stderr) {
    told += String(chunk)
    if (!child.killed && told.includes("a_first")) child.kill("SIGINT")
  }
  expect(await ended, told).toBe(130)
  expect(told).not.toMatch(/\n\s+at /)

  const instance = await DuckDBInstance.create(join(folder, "target", "dev.duckdb"))
  const connection = await instance.connect()
  const rows = await connection.runAndReadAll("SELECT n FROM main.b_endless")
  expect(rows.getRows()).toEqual([[2]])
  instance.closeSync()
  const { runs } = JSON.parse(smelt(folder, "history", "--json").stdout) as {
    runs: { status: string; results: { name: string; status: string }[] }[]
  }
  expect(runs[0]?.status).toBe("fail")
  expect(runs[0]?.results).toMatchObject([
    { name: "a_first", status: "success" },
    { name: "b_endless", status: "error" },
    { name: "c_last", status: "skipped" },
  ])
})
