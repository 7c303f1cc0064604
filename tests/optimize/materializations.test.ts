import { rmSync } from "node:fs"
import { DuckDBInstance, type DuckDBConnection } from "@duckdb/node-api"
import { beforeAll, describe, expect, test } from "vitest"
import { check } from "../../src/compile.js"
import { loadProject } from "../../src/project/index.js"
import { projectFolder } from "../project.js"
import { problems, Tally } from "./both-ways.js"
import { compiledFor, type Compiled } from "./building.js"
import { CASES, SOURCES, statistics, TABLES, type Case } from "./materializations.js"
import { CONFIG } from "./random-project.js"

describe("what a model becomes", () => {
  let connection: DuckDBConnection

  beforeAll(async () => {
    const settings = { threads: "1", disabled_optimizers: "common_subplan" }
    connection = await (await DuckDBInstance.create(":memory:", settings)).connect()
  })

  test.each(Object.entries(CASES))("%s", async (_, found) => {
    const { become, read = {}, open = [], hidden, rows = 1000 } = found
    const compiled = compiledCase(found)
    for (const [name, kind] of Object.entries(become))
      expect(compiled.models.get(name)?.materialization, name).toBe(kind)
    const names = compiled.hidden.map(({ name }) => name)
    if (hidden) expect(names).toContainEqual(expect.stringMatching(hidden))
    for (const [name, readers] of Object.entries(read))
      for (const reader of readers) {
        const { sql = "", reads = [] } = compiled.models.get(reader) ?? {}
        expect(reads, sql).toContain(name)
        expect(sql).not.toContain("main.events")
      }
    const project = { files: filesOf(found), tables: [TABLES], statistics: statistics(rows) }
    const tally = new Tally()
    expect(await problems({ ...project, open: new Set(open) }, connection, tally)).toEqual([])
    expect(tally.compared).toBe(Object.keys(found.models).length)
  })
})

function compiledCase(found: Case): Compiled {
  const folder = projectFolder(filesOf(found))
  const checked = check(loadProject(folder))
  rmSync(folder, { recursive: true })
  const relations = statistics(found.rows ?? 1000)
  return compiledFor(checked, "optimized", {
    statistics: { origin: "measured", relations },
    without: [],
  })
}

function filesOf({ models }: Case): Record<string, string> {
  const files = Object.entries(models).map(([name, text]): [string, string] => {
    const [, kind = "", sql = ""] = /^(\w+): (.*)$/s.exec(text) ?? []
    return [`models/${name}.sql`, `---\nmaterialization: ${kind}\n---\n${sql}\n`]
  })
  return { "smelt.yml": CONFIG, "sources/raw.yml": SOURCES, ...Object.fromEntries(files) }
}
