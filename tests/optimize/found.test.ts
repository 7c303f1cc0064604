import { DuckDBInstance, type DuckDBConnection } from "@duckdb/node-api"
import { beforeAll, describe, expect, test } from "vitest"
import { problems, Tally } from "./both-ways.js"
import { FOUND, SOURCES, type Found } from "./found.js"
import { CONFIG } from "./random-project.js"

describe("what random projects found", () => {
  let connection: DuckDBConnection

  beforeAll(async () => {
    const settings = { threads: "1", disabled_optimizers: "common_subplan" }
    connection = await (await DuckDBInstance.create(":memory:", settings)).connect()
  })

  test.each(Object.entries(FOUND))("%s", async (_, found) => {
    for (const rows of [1, 1_000_000]) {
      const tally = new Tally()
      expect(await problems(projectOf(found, rows), connection, tally)).toEqual([])
      expect(tally.compared).toBeGreaterThan(0)
    }
  })
})

function projectOf({ tables, models, open = [] }: Found, rows: number) {
  const files = Object.entries(models).map(([name, text]): [string, string] => {
    const [, kind = "", sql = ""] = /^(\w+): (.*)$/s.exec(text) ?? []
    return [`models/${name}.sql`, `---\nmaterialization: ${kind}\n---\n${sql}\n`]
  })
  return {
    files: { "smelt.yml": CONFIG, "sources/raw.yml": SOURCES, ...Object.fromEntries(files) },
    tables: [tables],
    statistics: new Map(["raw.t", "raw.u"].map((name) => [name, { rows }])),
    open: new Set(open),
  }
}
