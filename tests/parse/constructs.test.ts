import { readFileSync } from "node:fs"
import { DuckDBInstance, type DuckDBConnection } from "@duckdb/node-api"
import { beforeAll, describe, expect, test } from "vitest"
import { parse } from "../../src/parse/index.js"
import { print } from "../../src/syntax/print.js"
import { strayingSpans, unlikeTheirText } from "./spans.js"
import { duckdbTree, shape } from "./tree.js"

// Every construct of the language. DuckDB gives no tree of words that only smelt takes for names, of what it has not
// itself, and of a PIVOT whose columns are to be asked for.
const WITHOUT_TREE =
  /\blimit =>|s\.t\.\*|\{\}, a #|^(WITH c AS \(FROM t\) )?PIVOT.* ON a\b(?! IN \(1\))/

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
    const meant = await duckdbTree(connection, sql)
    expect(meant === undefined).toBe(WITHOUT_TREE.test(sql))
    expect(await duckdbTree(connection, printed), printed).toBe(meant)
  })

  test("has spans that nest, of texts that say what the nodes do", () => {
    for (const tree of trees) {
      expect(strayingSpans(tree, sql)).toEqual([])
      expect(unlikeTheirText(tree, sql)).toEqual([])
    }
  })
})
