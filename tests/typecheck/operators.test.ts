import { beforeAll, expect, test } from "vitest"
import { show } from "../../src/types/type.js"
import { check, relation } from "./check.js"
import { judge, type Judge } from "./duckdb.js"
import { COLUMNS, LITERALS } from "./values.js"

const OPERATORS = ["+", "-", "*", "/", "//", "%", "||", "&", "=", "<"]
const FORMS = [
  ...OPERATORS.map((op) => (a: string, b: string) => `${a} ${op} ${b}`),
  (a: string, b: string) => `CASE WHEN bo THEN ${a} ELSE ${b} END`,
  (a: string, b: string) => `coalesce(${a}, ${b})`,
  (a: string, b: string) => `greatest(${a}, ${b})`,
  (a: string, b: string) => `[${a}, ${b}]`,
  (a: string, b: string) => `${a} IN (${b})`,
]

let duckdb: Judge
beforeAll(async () => {
  duckdb = await judge()
  const columns = Object.entries(COLUMNS).map(([name, type]) => `${name} ${type}`)
  await duckdb.run(`CREATE TABLE x (${columns.join(", ")})`)
})

test("two operands of any types: what smelt takes without a word has DuckDB's type", async () => {
  const columns = Object.entries(COLUMNS).map(([name, type]) => `${name} ${type}`)
  const relations = [relation("source", "x", columns.join(", "))]
  const levels = { "integer-division": "off" } as const
  const wrong: string[] = []
  let agreed = 0
  const operands = [...Object.keys(COLUMNS), ...LITERALS]
  for (const form of FORMS)
    for (const a of operands) {
      const clean = operands.flatMap((b) => {
        const text = form(a, b)
        const { types, diagnostics } = check(`SELECT ${text} AS r FROM x`, {
          relations,
          bareTables: true,
          levels,
        })
        const type = types?.output[0]?.type
        return diagnostics.length === 0 && type ? [{ text, ours: show(type) }] : []
      })
      const theirs = await describeAll(clean.map((one) => one.text))
      clean.forEach(({ text, ours }, i) => {
        if (theirs[i] === ours) agreed++
        else wrong.push(`${text}: ours ${ours}, DuckDB ${theirs[i]}`)
      })
    }
  expect(wrong).toEqual([])
  expect(agreed).toBeGreaterThan(4000)
})

/** The type of each expression; of one that DuckDB refuses its error. */
async function describeAll(expressions: readonly string[]): Promise<readonly string[]> {
  if (expressions.length === 0) return []
  const together = await duckdb.describe(`SELECT ${expressions.join(", ")} FROM x`)
  if (typeof together !== "string") return together.map(([, type]) => type)
  if (expressions.length === 1) return [together]
  const each = await Promise.all(expressions.map((one) => describeAll([one])))
  return each.flat()
}
