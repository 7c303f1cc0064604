import { DuckDBInstance } from "@duckdb/node-api"
import { expect, test } from "vitest"
import { SourceText } from "../../src/base/span.js"
import { format } from "../../src/formatting.js"
import { parse } from "../../src/parse/index.js"
import { print } from "../../src/syntax/print.js"
import { commentsOf } from "./comments.js"
import { randomQuery } from "./grammar.js"
import { randomBelow } from "./mutations.js"
import { strayingSpans, unlikeTheirText } from "./spans.js"
import { duckdbTree, shape } from "./tree.js"
import { SEED } from "../seed.js"

const RUNS = Number(process.env["SMELT_GRAMMAR_RUNS"] ?? 1500)

/** `a || NOT NULL` is `(a ||) IS NOT NULL` to DuckDB, which has no such function; we ask for parentheses. */
const POSTFIX = /"function_name":"(?!!__)[^"]+__postfix"/

// What DuckDB takes for a query we take, too, and print, at any width and with its comments, so that DuckDB sees the
// same tree in it.
test(`${RUNS} queries of DuckDB's grammar, seed ${SEED}`, async () => {
  const connection = await (await DuckDBInstance.create(":memory:")).connect()
  const below = randomBelow(SEED)
  let valid = 0
  for (let run = 0; run < RUNS; run++) {
    const sql = randomQuery(below)
    const meant = await duckdbTree(connection, sql)
    if (meant === undefined || POSTFIX.test(meant)) continue
    valid++
    const { statements, errors } = parse(sql)
    const at = `seed ${SEED}, run ${run}:\n${sql}`
    expect(errors, at).toEqual([])
    expect(statements.length, at).toBe(1)
    for (const tree of statements) {
      expect(strayingSpans(tree, sql), at).toEqual([])
      expect(unlikeTheirText(tree, sql), at).toEqual([])
      for (const width of [100, Infinity]) {
        const printed = print(tree, { width })
        expect(shape(parse(printed).statements), `${at}\n--\n${printed}`).toEqual(shape(statements))
        const isSame = (await duckdbTree(connection, printed)) === meant
        expect(isSame, `DuckDB's tree, ${at}\n--\n${printed}`).toBe(true)
      }
    }
    const text = formatted(sql)
    expect(formatted(text), at).toBe(text)
    expect(commentsOf(text).sort(), at).toEqual(commentsOf(sql).sort())
  }
  expect(valid / RUNS).toBeGreaterThan(0.25)
}, 600_000)

function formatted(sql: string): string {
  const found = format(new SourceText("m.sql", sql), [{ start: 0, end: sql.length }])
  if ("diagnostics" in found) throw new Error(found.diagnostics[0]?.message)
  return found.text
}
