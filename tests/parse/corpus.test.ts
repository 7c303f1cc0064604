import { existsSync, readFileSync } from "node:fs"
import { DuckDBInstance } from "@duckdb/node-api"
import { expect, test } from "vitest"
import { parse } from "../../src/parse/index.js"
import { print } from "../../src/syntax/print.js"
import { strayingSpans } from "./spans.js"
import { duckdbTree, shape } from "./tree.js"

const CORPUS = "../shared/corpora/duckdb-selects.jsonl"

// Statements of DuckDB's own tests: how many we parse, and print so that DuckDB sees the same tree.
test.skipIf(!existsSync(CORPUS))(
  `DuckDB's SELECTs (skipped where there is no corpus)`,
  async () => {
    const connection = await (await DuckDBInstance.create(":memory:")).connect()
    const statements = readFileSync(CORPUS, "utf8")
      .trim()
      .split("\n")
      .map((line) => (JSON.parse(line) as { sql: string }).sql)
    const failing: string[] = []
    let accepted = 0
    for (const sql of statements) {
      const { statements: trees, errors } = parse(sql)
      const [tree] = trees
      if (errors.length > 0 || !tree) {
        failing.push(`${errors[0]?.problem ?? "?"} @${errors[0]?.start ?? 0} :: ${sql}`)
        continue
      }
      accepted++
      const printed = print(tree)
      const reread = shape(parse(printed).statements)
      if (JSON.stringify(reread) !== JSON.stringify(shape(trees)))
        failing.push(`OURS ${printed} :: ${sql}`)
      else if ((await duckdbTree(connection, printed)) !== (await duckdbTree(connection, sql)))
        failing.push(`TREE ${printed} :: ${sql}`)
      expect(strayingSpans(tree, sql)).toEqual([])
    }
    if (process.env["SMELT_SHOW"]) console.log(failing.join("\n---\n"))
    const same = statements.length - failing.length
    console.log(`${statements.length} statements: ${accepted} accepted, ${same} with the same tree`)
    expect(same / statements.length).toBeGreaterThan(0.995)
  },
  300_000,
)
