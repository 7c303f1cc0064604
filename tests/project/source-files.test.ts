import { mkdirSync } from "node:fs"
import { join } from "node:path"
import { DuckDBInstance, type DuckDBConnection } from "@duckdb/node-api"
import { beforeAll, describe, expect, test } from "vitest"
import type { Source } from "../../src/catalog/project.js"
import { check, loadProject } from "../../src/index.js"
import { hasFile } from "../../src/project/index.js"
import { projectFolder } from "../project.js"

// A path or glob has a file where DuckDB finds one.

const FILES = ["a.csv", "data/b1.csv", "data/b-2.csv", "data/deep/er/c.csv", "data/d[1].csv"]
const PATHS = [
  ...["a.csv", "b.csv", "./a.csv", "data/b1.csv", "data/../a.csv", "nope/*.csv", "*.csv"],
  ...["*.parquet", "data/b?.csv", "data/b??.csv", "data/b???.csv", "data/b[0-9].csv"],
  ...["data/[!b]1.csv", "data/b[2-9].csv", "**/c.csv", "**/e.csv", "data/**/c.csv", "deep/**"],
  ...["data/*/c.csv", "data/*/*/c.csv", "data/**/er/*.csv", "**/*.csv", "da*/b*", "da*/B*"],
]

describe("globs", () => {
  const folder = projectFolder(Object.fromEntries(FILES.map((file) => [file, "x\n1\n"])))
  let connection: DuckDBConnection

  beforeAll(async () => {
    mkdirSync(join(folder, "empty"))
    connection = await (await DuckDBInstance.create(":memory:")).connect()
  })

  test.each(PATHS)("%s", async (path) => {
    const found = await connection.runAndReadAll("SELECT count(*) FROM glob($1)", [
      join(folder, path),
    ])
    expect(hasFile(source([path]), folder)).toBe(Number(found.getRows()[0]?.[0]) > 0)
  })

  test("of several one is enough; of other machines and tables nothing is known", () => {
    expect(hasFile(source(["b.csv", "a.csv"]), folder)).toBe(true)
    expect(hasFile(source(["s3://bucket/a.parquet"]), folder)).toBe(undefined)
    const table = { ...source([]), files: undefined }
    expect(hasFile(table, folder)).toBe(undefined)
  })
})

test("a model that reads a source without a file is warned of by check: the data may be elsewhere", () => {
  const project = loadProject(
    projectFolder({
      "sources/raw.yml":
        "sources: { raw.t: { path: 'data/*.parquet', columns: { a: { type: BIGINT } } } }\n",
      "models/m.sql": "SELECT t.a FROM smelt.source('raw.t') AS t",
    }),
  )
  expect(check(project).diagnostics).toMatchObject([
    {
      code: "source-file-missing",
      level: "warn",
      file: "models/m.sql",
      start: { line: 1, column: 30 },
      notes: [{ file: "sources/raw.yml" }],
    },
  ])
})

function source(paths: readonly string[]): Source {
  return {
    name: "raw.t",
    place: { file: "", span: { start: 0, end: 0 } },
    files: { paths, format: "csv" },
    columns: [],
    keys: [],
    foreignKeys: [],
    lateness: 0,
    tests: [],
    tags: [],
  }
}
