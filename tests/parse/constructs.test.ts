import { readFileSync } from "node:fs"
import { DuckDBInstance, type DuckDBConnection } from "@duckdb/node-api"
import { beforeAll, describe, expect, test } from "vitest"
import { parse } from "../../src/parse/index.js"
import { print } from "../../src/syntax/print.js"
import { strayingSpans, unlikeTheirText } from "./spans.js"
import { duckdbTree, shape } from "./tree.js"

// Every construct of the language. Words that only smelt takes for names DuckDB cannot judge.
const SMELT_ONLY = /\blimit =>/

const lines = readFileSync("tests/parse/cases/constructs.sql", "utf8").trim().split("\n")
const statements = lines.filter((line) => !line.startsWith("--"))

let connection: DuckDBConnection
beforeAll(async () => {
  connection = await (await DuckDBInstance.create(":memory:")).connect()
})

describe.each(statements)("%s", (sql) => {
  const { statements: trees, errors } = parse(sql)

  test("is one statement without errors", () => {
    expect(errors).toEqual([])
    expect(trees).toHaveLength(1)
  })

  test.each([100, 40, Infinity])("means the same, printed %d wide", async (width) => {
    const printed = trees.map((tree) => print(tree, { width })).join(";")
    expect(shape(parse(printed).statements), printed).toEqual(shape(trees))
    if (SMELT_ONLY.test(sql)) return
    expect(await duckdbTree(connection, printed), printed).toBe(await duckdbTree(connection, sql))
  })

  test("has spans that nest, of texts that say what the nodes do", () => {
    for (const tree of trees) {
      expect(strayingSpans(tree, sql)).toEqual([])
      expect(unlikeTheirText(tree, sql)).toEqual([])
    }
  })
})
