import { existsSync, readFileSync } from "node:fs"
import { DuckDBInstance, type DuckDBConnection } from "@duckdb/node-api"
import { expect, test } from "vitest"
import { parse } from "../../src/parse/index.js"
import { print } from "../../src/syntax/print.js"
import { mutated, randomBelow, tokensOf } from "./mutations.js"
import { strayingSpans } from "./spans.js"
import { SEED } from "../seed.js"

// Statements with one token edited, as a hand that types leaves them: nothing throws or hangs, spans nest, and
// DuckDB says the same of the text: whether it is right, and where its first mistake is.

const RUNS = Number(process.env["SMELT_PARSE_RUNS"] ?? 4000)
/** Of a long run alone: a machine that does other things at the same time may take a while for anything. */
const LIMIT_MS = process.env["SMELT_PARSE_RUNS"] ? 50 : Infinity
const CORPUS = "../shared/corpora/duckdb-selects.jsonl"

/** What DuckDB says of a text: nothing where it is right; undefined where it has no parse to judge it by. */
type Verdict = { readonly position: number | undefined } | "right" | undefined

async function verdict(connection: DuckDBConnection, sql: string): Promise<Verdict> {
  const reader = await connection.runAndReadAll("SELECT json_serialize_sql($1::VARCHAR)", [sql])
  const answer = JSON.parse(String(reader.getRows()[0]?.[0])) as {
    error: boolean
    error_type?: string
    error_message?: string
    position?: string
  }
  if (!answer.error) return "right"
  if (!/syntax error|unterminated/.test(answer.error_message ?? "")) return undefined
  return { position: answer.position === undefined ? undefined : Number(answer.position) }
}

test(`${RUNS} edited statements, seed ${SEED}`, async () => {
  const connection = await (await DuckDBInstance.create(":memory:")).connect()
  const whole = seeds().filter((sql) => /^[\x20-\x7e\n\t]*$/.test(sql))
  const statements: string[] = []
  for (const sql of whole) if ((await verdict(connection, sql)) === "right") statements.push(sql)
  const tokens = statements.flatMap(tokensOf)
  const below = randomBelow(SEED)
  const found = { judged: 0, falseAccepts: 0, falseRejects: 0, rejected: 0, samePlace: 0 }
  const reported = { statements: 0, errors: 0, most: 0 }
  const examples: string[] = []
  for (let run = 0; run < RUNS; run++) {
    const sql = mutated(statements[below(statements.length)] ?? "", tokens, below)
    const started = performance.now()
    const { statements: trees, errors } = parse(sql)
    const ms = performance.now() - started
    // A second time, where the first may have waited for another process.
    if (ms > LIMIT_MS) expect(timeOf(sql), sql).toBeLessThan(LIMIT_MS)
    for (const tree of trees) {
      expect(strayingSpans(tree, sql), `seed ${SEED}, run ${run}`).toEqual([])
      print(tree)
    }
    if (errors.length > 0) reported.statements++
    reported.errors += errors.length
    reported.most = Math.max(reported.most, errors.length)
    const judged = await verdict(connection, sql)
    if (judged === undefined || sql.trim() === "") continue
    found.judged++
    const [first] = errors
    if (judged === "right") {
      if (first) found.falseRejects++
      if (first) examples.push(`REJECT @${first.start} ${first.problem} :: ${sql}`)
    } else if (!first) {
      found.falseAccepts++
      examples.push(`ACCEPT @${judged.position ?? "?"} :: ${sql}`)
    } else if (judged.position !== undefined) {
      found.rejected++
      if (first.start === judged.position) found.samePlace++
      else examples.push(`PLACE ${judged.position} not ${first.start} ${first.problem} :: ${sql}`)
    }
  }
  if (process.env["SMELT_SHOW"]) console.log(examples.join("\n---\n"))
  const agreed = 1 - (found.falseAccepts + found.falseRejects) / found.judged
  const same = found.samePlace / found.rejected
  const percent = (share: number) => `${(share * 100).toFixed(2)} %`
  console.log(
    `seed ${SEED}: ${found.judged} judged, verdict as DuckDB's ${percent(agreed)} (${found.falseAccepts} false accepts, ` +
      `${found.falseRejects} false rejects), first mistake at the same place ${percent(same)} of ${found.rejected}`,
  )
  console.log(
    `${(reported.errors / reported.statements).toFixed(2)} errors of one edit, ${reported.most} at most`,
  )
  expect(reported.errors / reported.statements, "errors of one edit").toBeLessThan(1.15)
  expect(agreed).toBeGreaterThan(0.97)
  expect(same).toBeGreaterThan(0.93)
}, 600_000)

function timeOf(sql: string): number {
  const started = performance.now()
  parse(sql)
  return performance.now() - started
}

function seeds(): string[] {
  const constructs = readFileSync("tests/parse/cases/constructs.sql", "utf8").trim().split("\n")
  const own = constructs.filter((line) => !line.startsWith("--"))
  if (!existsSync(CORPUS)) return own
  const lines = readFileSync(CORPUS, "utf8").trim().split("\n")
  return [...own, ...lines.map((line) => (JSON.parse(line) as { sql: string }).sql)]
}
