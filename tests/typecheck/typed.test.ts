import { writeFileSync } from "node:fs"
import { beforeAll, expect, test } from "vitest"
import { whyNullable } from "../../src/typecheck/why-nullable.js"
import { show, type Column, type SqlType } from "../../src/types/type.js"
import { check, type Checked } from "./check.js"
import { emitted } from "./emitted.js"
import { judge, type Judge } from "./duckdb.js"
import { RELATIONS, setup, typedQuery, type Kind } from "./typed-queries.js"
import type { Draw } from "./queries.js"
import { SEED } from "../seed.js"

// Random queries over all types, functions and operators: what smelt takes has DuckDB's types, and a
// column that is said to be NOT NULL shows no NULL, whatever the tables hold.

const RUNS = Number(process.env["SMELT_TYPED_QUERIES"] ?? 1500)
// A file for the counts and all that is found.
const REPORT = process.env["SMELT_REPORT"]
const KINDS: readonly Kind[] = ["tame", "hostile", "void"]

let databases: readonly Judge[]
beforeAll(async () => {
  databases = await Promise.all(
    KINDS.map(async (kind) => {
      const database = await judge()
      for (const statement of setup(kind)) await database.run(statement)
      return database
    }),
  )
})

interface Seen {
  clean: number
  planned: number
  columns: number
  /** Columns that DuckDB would give another type, were it not told. */
  told: number
  notNull: number
  ran: number
  readonly refused: Map<string, number>
}

test(
  `${RUNS} queries from seed ${SEED} on`,
  async () => {
    const wrong: string[] = []
    const seen: Seen = {
      clean: 0,
      planned: 0,
      columns: 0,
      told: 0,
      notNull: 0,
      ran: 0,
      refused: new Map(),
    }
    for (let seed = SEED; seed < SEED + RUNS; seed++) {
      const text = typedQuery(drawFrom(seed), describe)
      const checked = checkText(text)
      const errors = checked.diagnostics.filter(({ level }) => level === "error")
      for (const { code } of errors) seen.refused.set(code, (seen.refused.get(code) ?? 0) + 1)
      const faults =
        errors.length > 0
          ? await needless(text, checked)
          : await contradictions(text, checked, seen)
      wrong.push(...faults.map((fault) => `seed ${seed}: ${fault}\n  ${text}`))
    }
    const counts = JSON.stringify({ ...seen, refused: Object.fromEntries(seen.refused) })
    if (REPORT) writeFileSync(REPORT, [counts, ...wrong].join("\n"))
    expect(wrong).toEqual([])
    expect(seen.clean).toBeGreaterThan(RUNS * 0.8)
    expect(seen.planned).toBeGreaterThan(RUNS * 0.8)
    expect(seen.notNull).toBeGreaterThan(RUNS * 0.3)
    expect(seen.ran).toBeGreaterThan(RUNS * 0.6)
  },
  30_000 + 200 * RUNS,
)

// Strictness: DuckDB takes what smelt refuses on purpose.
const ON_PURPOSE = new Set([
  "implicit-coercion",
  "integer-division",
  "not-in-nullable",
  "mixed-timestamps",
  "null-comparison",
  "union-by-position",
])

// No type holds both UHUGEINT and what is below zero: see docs/types.md.
const REFUSED = /UHUGEINT/

/** A query that smelt refuses although DuckDB takes it. */
async function needless(text: string, { diagnostics }: Checked): Promise<string[]> {
  const faults = diagnostics.filter(
    ({ level, code, message }) =>
      level === "error" && !ON_PURPOSE.has(code) && !REFUSED.test(message),
  )
  if (faults.length === 0 || diagnostics.some(({ code }) => ON_PURPOSE.has(code))) return []
  const theirs = await databases[0]?.describe(text)
  return typeof theirs === "string"
    ? []
    : faults.map(({ code, message }) => `refused: ${code}: ${message}`)
}

// What DuckDB cannot run, wants as a constant, or finds while it computes constants: no matter of types.
const ENGINE_LIMITS =
  /Not implemented Error|INTERNAL Error|Macro Function|macros must be|FILL |Invalid Input Error|Conversion Error|Out of Range Error|is not an aggregate function|subqueries in lambda|must be a constant|must be constant|can only be a constant|Cannot perform non-inner join/

async function contradictions(text: string, checked: Checked, seen: Seen): Promise<string[]> {
  const [first] = databases
  const theirs = await first?.describe(text)
  if (!first || theirs === undefined) throw new Error("no database")
  if (typeof theirs === "string" && ENGINE_LIMITS.test(theirs)) return []
  const output = checked.types?.output ?? []
  seen.clean++
  seen.columns += output.length
  const { written, fromIr } = emitted(checked, RELATIONS)
  const wrong = await otherTypes("", written, output, first)
  if (fromIr !== undefined) {
    seen.planned++
    wrong.push(...(await otherTypes("out of ir, ", fromIr, output, first)))
  }
  output.forEach(({ type }, i) => {
    if (typeof theirs === "string" || show(type) !== theirs[i]?.[1]) seen.told++
  })
  wrong.push(...untraced(checked))
  return [...wrong, ...(await nullsShown(written, output, seen))]
}

/** Columns that may be NULL without a word why. */
function untraced({ names, types }: Checked): string[] {
  if (!names || !types) return []
  const found = { names, ...types }
  return types.output.flatMap(({ name, nullable }, i) =>
    nullable && whyNullable(i, found).length === 0 ? [`${name} is nullable, why?`] : [],
  )
}

/** DuckDB shows the sort key of a TIMETZ that a subquery gives as a key of groups: an error of its own. */
function isSortKey(ours: SqlType, theirs: string | undefined): boolean {
  return show(ours) === "TIMETZ" && theirs === "UBIGINT"
}

/** The types of a text's columns where they are not what typecheck said. */
async function otherTypes(
  what: string,
  sql: string,
  output: readonly Column[],
  database: Judge,
): Promise<string[]> {
  const theirs = await database.describe(sql)
  if (typeof theirs === "string")
    return ENGINE_LIMITS.test(theirs) ? [] : [`${what}DuckDB refuses ${theirs}: ${sql}`]
  return output.flatMap(({ name, type }, i) =>
    show(type) === theirs[i]?.[1] || isSortKey(type, theirs[i]?.[1])
      ? []
      : [`${what}${name}: ours ${show(type)}, DuckDB ${theirs[i]?.[1]}: ${sql}`],
  )
}

/** Columns said to be NOT NULL that show a NULL. */
async function nullsShown(text: string, output: readonly Column[], seen: Seen): Promise<string[]> {
  const claims = output.filter(({ nullable }) => !nullable)
  seen.notNull += claims.length
  if (claims.length === 0) return []
  const counts = `SELECT ${claims.map(({ name }) => `count(*) FILTER (WHERE ${name} IS NULL)`).join(", ")} FROM (${text})`
  const wrong: string[] = []
  for (const [i, database] of databases.entries()) {
    const [row] = await database.rows(counts).catch(() => [])
    if (!row) continue
    seen.ran++
    claims.forEach(({ name }, column) => {
      if (Number(row[column]) > 0) wrong.push(`${name} is NULL on ${KINDS[i]} rows`)
    })
  }
  return wrong
}

function checkText(text: string): Checked {
  return check(text, { relations: RELATIONS, bareTables: true, isTest: true })
}

function describe(text: string) {
  const { types, diagnostics } = checkText(text)
  return diagnostics.some(({ level }) => level === "error") ? undefined : types?.output
}

/** Numbers that follow from a seed alone. */
function drawFrom(seed: number): Draw {
  let state = Math.imul(seed, 0x9e3779b1) >>> 0
  return (n) => {
    state = (state + 0x6d2b79f5) >>> 0
    let x = Math.imul(state ^ (state >>> 15), state | 1)
    x ^= x + Math.imul(x ^ (x >>> 7), x | 61)
    return ((x ^ (x >>> 14)) >>> 0) % n
  }
}
