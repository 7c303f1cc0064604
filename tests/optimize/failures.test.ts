import { readFileSync } from "node:fs"
import { join } from "node:path"
import { DuckDBInstance } from "@duckdb/node-api"
import { describe, expect, test } from "vitest"
import { projectFolder } from "../project.js"
import { FAILURES, READINGS, SOURCES } from "./failures.js"
import { BOLDLY } from "./random-project.js"
import { runProject } from "./running.js"

describe("a plan that fails where the text does not", () => {
  test.each(Object.entries(FAILURES))(
    "%s",
    async (_, { models, fails, reads, errors = [], rows }) => {
      const files = Object.entries(models).map(([name, text]): [string, string] => {
        const [, kind = "", sql = ""] = /^(\w+): (.*)$/s.exec(text) ?? []
        return [`models/${name}.sql`, `---\nmaterialization: ${kind}\n---\n${sql}\n`]
      })
      const folder = projectFolder({
        "sources/raw.yml": SOURCES,
        "data/readings.csv": READINGS,
        ...Object.fromEntries(files),
      })
      const { results, statements, optimizer } = await runProject(folder, {}, "dev", BOLDLY.costs)
      expect(optimizer.fallback).toBeUndefined()
      expect(statements.filter((sql) => sql.includes(fails))).not.toEqual([])
      for (const [name, text] of Object.entries(reads))
        expect(readFileSync(join(folder, "target", "compiled", `${name}.sql`), "utf8")).toContain(
          text,
        )
      const failed = results.filter(({ status }) => status === "error" || status === "skipped")
      expect(failed.map(({ name }) => name)).toEqual(errors)
      const hidden = results.filter(({ kind }) => kind === "hidden")
      if (fails.includes("smelt__"))
        expect(hidden).toMatchObject([{ status: "warn", diagnostic: { level: "warn" } }])
      const found = await contents(join(folder, "target", "dev.duckdb"), Object.keys(rows))
      expect(found).toEqual(rows)
    },
  )
})

async function contents(database: string, names: readonly string[]) {
  const instance = await DuckDBInstance.create(database)
  const connection = await instance.connect()
  const found: Record<string, string[]> = {}
  for (const name of names) {
    const reader = await connection.runAndReadAll(`FROM main.${name}`)
    found[name] = reader
      .getRowsJson()
      .map((row) => JSON.stringify(row))
      .sort()
  }
  return found
}
