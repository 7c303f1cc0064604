import { readdirSync, readFileSync } from "node:fs"
import { describe, expect, test } from "vitest"
import type { Relation } from "../../src/catalog/relation.js"
import { parseSchema } from "../../src/parse/schema.js"
import { typeOfName } from "../../src/types/type-name.js"
import { show } from "../../src/types/type.js"
import { check } from "./check.js"
import { judge, type Judge } from "./duckdb.js"
import { emitted } from "./emitted.js"

// Constructs that are written out before types are found: each query of `rewritten/` as it stands in DuckDB,
// as the user's tree and out of ir. Names, types and rows must be those of DuckDB, and what is said to be
// NOT NULL or a key must be so. A comment `-- as written` tells a query that ir has no words for.

const FOLDER = new URL("rewritten/", import.meta.url)

interface Query {
  readonly sql: string
  readonly isAsWritten: boolean
}

for (const file of readdirSync(FOLDER).sort()) {
  const statements = readFileSync(new URL(file, FOLDER), "utf8")
    .split(/;[ \t]*(?:\n|$)/)
    .map((text) => text.trim())
    .filter((text) => text !== "")
  const isSetup = (text: string) => /^(--.*\n)*\s*(CREATE|INSERT)\b/.test(text)
  const setup = statements.filter(isSetup)
  const relations = relationsOf(setup.join(";\n"))
  describe(file, () => {
    for (const statement of statements.filter((text) => !isSetup(text))) {
      const query: Query = {
        sql: statement.replace(/^(--.*\n)+/, ""),
        isAsWritten: /^-- as written/m.test(statement),
      }
      test(query.sql.replace(/\s+/g, " "), async () => {
        const duckdb = await judge()
        for (const text of setup) await duckdb.run(text)
        await expectSame(query, relations, duckdb)
      })
    }
  })
}

async function expectSame(
  { sql, isAsWritten }: Query,
  relations: readonly Relation[],
  duckdb: Judge,
): Promise<void> {
  const theirs = await duckdb.describe(sql)
  const checked = check(sql, { relations, bareTables: true, allowStar: true, isTest: true })
  expect(checked.diagnostics.map(({ code, message }) => `${code}: ${message}`)).toEqual([])
  const output = checked.types?.output ?? []
  expect(output.map(({ name, type }) => [name, show(type)])).toEqual(theirs)
  const rows = await duckdb.rows(sql)
  const texts = emitted(checked, relations)
  expect(texts.fromIr === undefined, "written as it stands").toBe(isAsWritten)
  for (const text of [texts.written, texts.fromIr])
    if (text !== undefined) {
      expect(await duckdb.describe(text), text).toEqual(theirs)
      const order = text === texts.written ? sql : ""
      expect(inOrder(await duckdb.rows(text), order), text).toEqual(inOrder(rows, order))
    }
  output.forEach(({ name, nullable }, i) => {
    if (!nullable) expect(rows.filter((row) => row[i] === null).length, `${name} is NULL`).toBe(0)
  })
  const places = new Map(output.map(({ name }, i) => [name, i]))
  for (const key of checked.types?.keys ?? []) {
    const values = rows.map((row) => shown(key.map((name) => row[places.get(name) ?? -1])))
    expect(new Set(values).size, `key (${key.join(", ")})`).toBe(rows.length)
  }
}

/** Rows as texts; sorted where the query says nothing of their order. What comes out of ir has none. */
function inOrder(rows: readonly (readonly unknown[])[], sql: string): string[] {
  const texts = rows.map(shown)
  return /ORDER BY (?!.*\))/i.test(sql) ? texts : texts.sort()
}

function shown(row: readonly unknown[]): string {
  return row.map((value) => (value === null ? "NULL" : String(value))).join(" | ")
}

function relationsOf(schema: string): Relation[] {
  return parseSchema(schema.replace(/INSERT INTO[^;]*;?/g, "")).tables.map((table) => ({
    name: table.name,
    kind: "source",
    columns: table.columns.map((column) => ({
      name: column.name,
      type: typeOfName(column.type),
      nullable: !column.notNull,
    })),
    keys: table.keys,
    broken: false,
  }))
}
