import { existsSync, readFileSync } from "node:fs"
import { describe, expect, test } from "vitest"
import { SourceText } from "../../src/base/span.js"
import { format } from "../../src/formatting.js"
import { parse } from "../../src/parse/index.js"
import { tpcMissing, tpcQueries } from "../tpc.js"
import { commented, commentsOf } from "./comments.js"
import { randomBelow } from "./mutations.js"
import { shape } from "./tree.js"
import { SEED } from "../seed.js"

const RUNS = Number(process.env["SMELT_FORMAT_RUNS"] ?? 1500)
const CORPUS = "../shared/corpora/duckdb-selects.jsonl"

function formatted(sql: string): string {
  const found = format(new SourceText("m.sql", sql), [{ start: 0, end: sql.length }])
  if ("diagnostics" in found) throw new Error(found.diagnostics[0]?.message)
  return found.text
}

describe("a layout", () => {
  const cases = readFileSync("tests/parse/cases/format.txt", "utf8").split(/^====\n/m)
  test.each(cases)("%s", (one) => {
    const [written = "", wanted = ""] = one.split(/^----\n/m)
    expect(formatted(written)).toBe(wanted)
    expect(formatted(wanted)).toBe(wanted)
  })
})

test(`${RUNS} statements with comments anywhere, seed ${SEED}: nothing is lost, and the layout of a layout is itself`, async () => {
  const below = randomBelow(SEED)
  const statements = await seeds()
  for (let run = 0; run < RUNS; run++) {
    const sql = commented(statements[below(statements.length)] ?? "", below)
    const { statements: trees, errors } = parse(sql)
    if (errors.length > 0) continue
    const text = formatted(sql)
    const at = `seed ${SEED}, run ${run}:\n${sql}\n--\n${text}`
    expect(shape(parse(text).statements), at).toEqual(shape(trees))
    expect(commentsOf(text).sort(), at).toEqual(commentsOf(sql).sort())
    expect(formatted(text), at).toBe(text)
  }
})

async function seeds(): Promise<string[]> {
  const own = readFileSync("tests/parse/cases/constructs.sql", "utf8")
    .trim()
    .split("\n")
    .filter((line) => !line.startsWith("--"))
  const tpc = tpcMissing() === undefined ? await tpcQueries("tpcds") : []
  if (!existsSync(CORPUS)) return [...own, ...tpc]
  const lines = readFileSync(CORPUS, "utf8").trim().split("\n")
  return [...own, ...tpc, ...lines.map((line) => (JSON.parse(line) as { sql: string }).sql)]
}
