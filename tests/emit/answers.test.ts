import { readFileSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { beforeAll, expect, test } from "vitest"
import { show } from "../../src/types/type.js"
import { check, interfaceOf, relation } from "../typecheck/check.js"
import { judge, type Judge } from "../typecheck/duckdb.js"
import { emitted } from "../typecheck/emitted.js"

/**
 * Queries with their answers, as data: what a construct means, whatever the engine's own reading of it.
 *
 *   table t (a INTEGER NOT NULL)      a table, filled by the INSERT below it
 *   INSERT INTO t VALUES (1)
 *
 *   SELECT …
 *   ----
 *   in ir                             or: as written: what ir does not have
 *   a INTEGER NOT NULL                the columns that smelt says, whose types DuckDB says too
 *   1 | two                           the rows, out of ir and as written, in any order
 *
 * SMELT_COMPLETE=1 writes the answers.
 */
const FILE = join(import.meta.dirname, "cases", "answers.txt")
const blocks = readFileSync(FILE, "utf8").trimEnd().split("\n\n")
const tables = blocks.flatMap((block) => /^table (\w+) \((.*)\)\n([^]*)$/.exec(block) ?? [])
const relations = tableBlocks().map(({ name, columns }) => relation("source", name, columns))

let duckdb: Judge
beforeAll(async () => {
  duckdb = await judge()
  for (const { name, columns, insert } of tableBlocks()) {
    await duckdb.run(`CREATE TABLE ${name} (${columns})`)
    await duckdb.run(insert)
  }
})

function tableBlocks() {
  const found = []
  for (let i = 0; i < tables.length; i += 4)
    found.push({
      name: tables[i + 1] ?? "",
      columns: tables[i + 2] ?? "",
      insert: tables[i + 3] ?? "",
    })
  return found
}

const answered = [...blocks]
for (const [i, block] of blocks.entries()) {
  const [question = "", answer] = block.split(/\n----\n?/)
  const sql = question.replace(/^#.*\n/gm, "")
  if (answer === undefined) continue
  test(sql.replace(/\s+/g, " ").slice(0, 100), async () => {
    const found = await answerOf(sql)
    answered[i] = `${question}\n----\n${found}`
    if (process.env["SMELT_COMPLETE"]) writeFileSync(FILE, `${answered.join("\n\n")}\n`)
    else expect(found).toBe(answer)
  })
}

async function answerOf(sql: string): Promise<string> {
  const checked = check(sql, { relations, bareTables: true, isTest: true })
  const faults = checked.diagnostics.filter(({ level }) => level === "error")
  expect(faults.map(({ code, message }) => `${code}: ${message}`)).toEqual([])
  const { written, fromIr, construct } = emitted(checked, relations)
  const rows = await rowsOf(written)
  const types = (checked.types?.output ?? []).map(
    ({ name, type }) => `${name} ${inItsWords(show(type))}`,
  )
  for (const text of [written, ...(fromIr === undefined ? [] : [fromIr])]) {
    const theirs = await duckdb.describe(text)
    expect(typeof theirs === "string" ? theirs : theirs.map((one) => one.join(" "))).toEqual(types)
    expect(await rowsOf(text)).toEqual(rows)
  }
  const how = fromIr === undefined ? `as written: ${construct}` : "in ir"
  return [how, interfaceOf(checked), ...rows].join("\n")
}

async function rowsOf(sql: string): Promise<string[]> {
  const rows = await duckdb.rows(`SELECT COLUMNS(*)::VARCHAR FROM (${sql})`)
  return rows.map((row) => row.map((value) => value ?? "NULL").join(" | ")).toSorted()
}

/** As the judge shows names of fields. */
function inItsWords(type: string): string {
  return type.replace(/"(\w+)" /g, "$1 ")
}
