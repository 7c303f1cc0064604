import { DuckDBInstance, type DuckDBConnection } from "@duckdb/node-api"
import fc from "fast-check"
import { beforeAll, describe, expect, test } from "vitest"
import { capabilities, dialect } from "../../src/backends/duckdb/dialect.js"
import { emitQuery } from "../../src/emit/query.js"
import { emitUserQuery } from "../../src/emit/user-query.js"
import { lower } from "../../src/lower/index.js"
import { table } from "../../src/syntax/build.js"
import { print } from "../../src/syntax/print.js"
import { outOf, planned } from "../planned.js"
import { projectFolder } from "../project.js"
import { SHAPES } from "./shapes.js"

// Whatever goes through ir must give the rows of the query as written, on tables full of NULLs and duplicates.

const CONFIG = `name: test
targets: { dev: { type: duckdb } }
levels: { not-in-nullable: off, order-without-limit: off, union-by-position: off, implicit-coercion: off, null-comparison: off }
`
const SOURCES = `sources:
  raw.t: { table: main.t, key: [id], columns: { id: { type: INTEGER, not_null: true }, a: { type: INTEGER }, b: { type: INTEGER }, s: { type: VARCHAR } } }
  raw.u: { table: main.u, key: [id], columns: { id: { type: INTEGER, not_null: true }, a: { type: INTEGER }, c: { type: INTEGER } } }
  raw.v: { table: main.v, columns: { a: { type: INTEGER }, d: { type: INTEGER } } }
`
const RUNS = 25

const target = {
  dialect,
  capabilities,
  table: (relation: string) => table(["main", relation.replace("raw.", "")]),
}

/** An engine without QUALIFY, FILTER and IS DISTINCT FROM. */
const poorer = {
  ...target,
  capabilities: { ...capabilities, qualify: false, aggregateFilter: false, isDistinctFrom: false },
}

function texts(sql: string): { written: string; emitted: string; lowered: string } {
  const model = sql.replace(
    /\b(FROM|JOIN) ([TUV])\b/g,
    (_, word: string, name: string) => `${word} smelt.source('raw.${name.toLowerCase()}')`,
  )
  const { checked, plans } = planned(
    projectFolder({ "smelt.yml": CONFIG, "sources/raw.yml": SOURCES, "models/m.sql": model }),
  )
  const text = checked.texts.get("m")
  expect(text?.diagnostics.filter(({ level }) => level === "error")).toEqual([])
  if (!text?.names || !text.types) throw new Error("not checked")
  const written = print(emitUserQuery(text.names, text.types, target), { dialect })
  const out = outOf(plans.get("m"))
  return {
    written,
    emitted: print(emitQuery(out, target), { dialect }),
    lowered: print(emitQuery(lower(out, poorer.capabilities), poorer), { dialect }),
  }
}

const small = fc.option(fc.integer({ min: -1, max: 3 }), { freq: 4 })
const word = fc.option(fc.constantFrom("a", "ab", "b", "1"), { freq: 4 })
const tables = fc.record({
  t: fc.array(fc.tuple(small, small, word), { maxLength: 7 }),
  u: fc.array(fc.tuple(small, small), { maxLength: 5 }),
  v: fc.array(fc.tuple(small, small), { maxLength: 4 }),
})

const value = (cell: number | string | null) =>
  cell === null ? "NULL" : typeof cell === "string" ? `'${cell}'` : String(cell)
const insert = (name: string, rows: readonly (readonly (number | string | null)[])[]) =>
  rows.length === 0
    ? ""
    : `INSERT INTO ${name} VALUES ${rows.map((row) => `(${row.map(value).join(", ")})`).join(", ")};`

describe("shapes of queries through ir", () => {
  let connection: DuckDBConnection

  beforeAll(async () => {
    connection = await (
      await DuckDBInstance.create(":memory:", { disabled_optimizers: "common_subplan" })
    ).connect()
    await connection.run(
      "CREATE TABLE t (id INTEGER, a INTEGER, b INTEGER, s VARCHAR); CREATE TABLE u (id INTEGER, a INTEGER, c INTEGER); CREATE TABLE v (a INTEGER, d INTEGER);",
    )
  })

  const rows = async (sql: string) => {
    const reader = await connection.runAndReadAll(sql)
    return {
      types: reader.columnTypes().map(String),
      names: reader.columnNames(),
      rows: reader
        .getRowsJson()
        .map((row) => JSON.stringify(row))
        .sort(),
    }
  }

  test.each(Object.entries(SHAPES))("%s", async (_, sql) => {
    const { written, emitted, lowered } = texts(sql)
    expect(lowered).not.toMatch(/\bQUALIFY\b|\bFILTER \(|\bDISTINCT FROM\b/)
    await fc.assert(
      fc.asyncProperty(tables, async ({ t, u, v }) => {
        const numbered = (list: readonly (readonly (number | string | null)[])[]) =>
          list.map((row, i) => [i + 1, ...row])
        await connection.run(
          `DELETE FROM t; DELETE FROM u; DELETE FROM v; ${insert("t", numbered(t))} ${insert("u", numbered(u))} ${insert("v", v)}`,
        )
        const wanted = await rows(written)
        expect(await rows(emitted), `${written}\n--\n${emitted}`).toEqual(wanted)
        if (lowered !== emitted)
          expect(await rows(lowered), `${written}\n--\n${lowered}`).toEqual(wanted)
      }),
      { numRuns: RUNS },
    )
  })
})
