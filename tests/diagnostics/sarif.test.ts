import { readFileSync, readdirSync } from "node:fs"
import { createRequire } from "node:module"
import Ajv from "ajv"
import { expect, test } from "vitest"
import { toSarif } from "../../src/diagnostics/sarif.js"
import { faults, projectsOf } from "./suite.js"

// What `--sarif` prints of every project of the cases, held against the schema of SARIF 2.1.0.

const require = createRequire(import.meta.url)
const schemaFile = require.resolve("@microsoft/jest-sarif/lib/schemas/sarif-2.1.0-rtm.5.json")
const ajv = new Ajv({ schemaId: "auto", allErrors: true })
ajv.addMetaSchema(require("ajv/lib/refs/json-schema-draft-04.json") as object)
const isSarif = ajv.compile(JSON.parse(readFileSync(schemaFile, "utf8")) as object)

const folder = "tests/diagnostics/cases"
const files = readdirSync(folder).sort()

test.each(files)("%s: the diagnostics of every case are SARIF", async (file) => {
  const wrong: string[] = []
  let count = 0
  for (const [name, project] of projectsOf(`${folder}/${file}`)) {
    const diagnostics = await faults(project)
    const log: unknown = JSON.parse(JSON.stringify(toSarif(diagnostics, "1.0.0")))
    if (!isSarif(log)) wrong.push(`${name}: ${ajv.errorsText(isSarif.errors)}`)
    count += diagnostics.length
  }
  expect(wrong).toEqual([])
  expect(count).toBeGreaterThan(0)
})

test("no diagnostic at all is SARIF too, and the schema is strict", () => {
  const log = toSarif([], "1.0.0") as { runs: object[] }
  expect(isSarif(log)).toBe(true)
  expect(isSarif({ ...log, runs: [{ results: [{ level: "fatal" }] }] })).toBe(false)
})
