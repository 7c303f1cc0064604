import { beforeAll, expect, test } from "vitest"
import { byConstant, ENTRIES, lookupFunction } from "../../src/functions/index.js"
import { parseType } from "../../src/types/parse-type.js"
import { functionOf } from "../../src/functions/function.js"
import { MONOTONE } from "../../src/functions/monotone.js"
import { show, type SqlType } from "../../src/types/type.js"
import { duckdb as backend } from "../../src/backends/duckdb/index.js"
import { judge, type Judge } from "./duckdb.js"
import {
  callOf,
  CONSTANTS,
  describeSample,
  samplesOf,
  UNTESTED,
  VALUES,
  type Sample,
} from "./samples.js"

let duckdb: Judge
beforeAll(async () => {
  duckdb = await judge()
})

test("every function, alias included, gives the type that DuckDB gives", async () => {
  const wrong: string[] = []
  let calls = 0
  for (const sample of ENTRIES.flatMap((entry) => samplesOf(entry))) {
    const ours = typeOfSample(sample)
    const columns = sample.types.map((type, i) => `c${i} ${show(type)}`).join(", ") || "c INTEGER"
    await duckdb.run(`CREATE OR REPLACE TEMP TABLE t (${columns})`)
    let column = 0
    const theirs = await duckdb.describe(`SELECT ${callOf(sample, () => `c${column++}`)} FROM t`)
    calls++
    if (typeof theirs === "string") {
      if (ours)
        wrong.push(
          `${describeSample(sample)}: ours ${show(ours)}, DuckDB refuses: ${theirs.slice(0, 120)}`,
        )
    } else if ((theirs[0]?.[1] === (ours && shown(ours))) === isRetyped(sample))
      wrong.push(
        `${describeSample(sample)}: ours ${ours ? show(ours) : "refuses"}, DuckDB ${theirs[0]?.[1]}`,
      )
  }
  expect(wrong).toEqual([])
  expect(calls).toBeGreaterThan(400)
})

/** The type by the types of the arguments, and by the value of one where it says all. */
function typeOfSample({ info, types }: Sample): SqlType | undefined {
  const type = info.resultType(types)
  if (type?.kind !== "unknown") return type
  const constants = types.map((_, i) => CONSTANTS[info.name]?.[i]?.replace(/^'|'$/g, ""))
  return byConstant(info.name, type, constants)
}

/** Of these smelt's type is another, see docs/types.md. */
function isRetyped({ info, types }: Sample): boolean {
  return backend.capabilities.retyped.get(info.name)?.when(types) === true
}

test("a function is NULL and raises only where its entry says so", async () => {
  const wrong: string[] = []
  const scalars = ENTRIES.flatMap((entry) => samplesOf(entry)).filter(
    ({ info, name, types }) =>
      info.resultType(types) &&
      info.kind === "scalar" &&
      !UNTESTED.has(info.name) &&
      name === info.name,
  )
  for (const sample of scalars) wrong.push(...(await adversaries(sample)))
  expect(wrong).toEqual([])
})

// Filters rely on it: WHERE f(x) > 0 leaves no row where x is NULL.
test("a strict function of NULL is NULL", async () => {
  const wrong: string[] = []
  const strict = ENTRIES.flatMap((entry) => samplesOf(entry)).filter(
    ({ info, name, types }) =>
      info.kind === "scalar" &&
      info.nulls === "strict" &&
      name === info.name &&
      info.resultType(types) &&
      !UNTESTED.has(name),
  )
  for (const sample of strict)
    for (const missing of sample.types.keys()) {
      if (CONSTANTS[sample.info.name]?.[missing] !== undefined) continue
      if (sample.info.signatures[0]?.params[missing]?.pattern.kind === "lambda") continue
      let i = 0
      const call = callOf(sample, (type) =>
        i++ === missing
          ? `NULL::${show(type)}`
          : `${VALUES[show(type)]?.[1] ?? VALUES[show(type)]?.[0] ?? "NULL"}::${show(type)}`,
      )
      const rows = await duckdb.rows(`SELECT (${call}) IS NULL`).catch(() => [[true]])
      if (rows[0]?.[0] !== true) wrong.push(call)
    }
  expect(wrong).toEqual([])
})

test("an operator is NULL and raises only where its entry says so", async () => {
  const wrong: string[] = []
  const types = Object.keys(VALUES).filter((type) => !type.endsWith("]") && !type.startsWith("MAP"))
  for (const op of ["+", "-", "*", "/", "//", "%", "^", "&", "|", "<<", ">>", "||", "=", "<"]) {
    const info = lookupFunction(op)
    for (const a of types)
      for (const b of types) {
        const crosses = (op === "=" || op === "<") && a !== b
        if (!info?.resultType([typeOf(a), typeOf(b)]) || crosses) continue
        const difference = op === "-" && /DATE|TIMESTAMP/.test(a) && /DATE|TIMESTAMP/.test(b)
        // An interval over almost nothing is the one quotient that raises; numbers give infinity. Variants
        // of other types do not compare: ir has no expression of one.
        const mayRaise =
          info.mayRaise || (op === "/" && a === "INTERVAL") || a === "VARIANT" || b === "VARIANT"
        const never = info.nulls !== "nullable" && !difference && !(op === "/" && a === "INTERVAL")
        wrong.push(
          ...(await contradictions(`${a} ${op} ${b}`, `c0 ${op} c1`, [a, b], never, mayRaise)),
        )
      }
  }
  expect(wrong).toEqual([])
})

test("an aggregate that is never NULL is not so of no rows, of NULLs, of an empty frame", async () => {
  const wrong: string[] = []
  const never = ENTRIES.flatMap((entry) => samplesOf(entry)).filter(
    ({ info, name, types }) =>
      info.kind === "aggregate" &&
      info.nulls === "never-null" &&
      name === info.name &&
      types.length > 0,
  )
  for (const sample of never) {
    const columns = sample.types.map((type, i) => `NULL::${show(type)} AS c${i}`).join(", ")
    let i = 0
    const call = callOf(sample, () => `c${i++}`)
    for (const from of [`(SELECT ${columns})`, `(SELECT ${columns} WHERE false)`]) {
      const rows = await duckdb.rows(`SELECT ${call} FROM ${from}`)
      const framed = await duckdb.rows(
        `SELECT ${call} OVER (ROWS BETWEEN 3 PRECEDING AND 2 PRECEDING) FROM ${from}`,
      )
      if ([...rows, ...framed].some((row) => row[0] === null)) wrong.push(describeSample(sample))
    }
  }
  expect(wrong).toEqual([])
})

test("a strict aggregate of a group without NULL is not NULL", async () => {
  const wrong: string[] = []
  const strict = ENTRIES.flatMap((entry) => samplesOf(entry)).filter(
    ({ info, types }) =>
      info.kind === "aggregate" &&
      info.nulls !== "nullable" &&
      types.length > 0 &&
      info.name !== "grouping",
  )
  for (const sample of strict) {
    const call = callOf(sample, (type) => (VALUES[show(type)]?.[1] ? `v::${show(type)}` : "v"))
    const of = sample.types[0]
    const constants = CONSTANTS[sample.info.name] ?? {}
    const isQuantile = sample.info.name.includes("quantile")
    const isAlone =
      isQuantile || sample.types.slice(1).every((_, i) => constants[i + 1] !== undefined)
    if (!of || !isAlone) continue
    for (const value of VALUES[show(of)] ?? []) {
      const rows = await duckdb
        .rows(`SELECT (${call}) IS NULL FROM (SELECT ${value}::${show(of)} AS v)`)
        .catch(() => [])
      if (rows[0]?.[0] === true) wrong.push(`${describeSample(sample)} of ${value} is NULL`)
    }
  }
  expect(wrong).toEqual([])
})

/** What DuckDB says over every combination of the values; TRY makes NULL of what raises. */
async function adversaries(sample: Sample): Promise<string[]> {
  const { info, types } = sample
  let column = 0
  const call = callOf(sample, () => `c${column++}`)
  const never =
    typeof info.nulls === "function"
      ? !info.nulls(types.map(() => false))
      : info.nulls !== "nullable"
  return contradictions(describeSample(sample), call, types.map(show), never, info.mayRaise)
}

async function contradictions(
  what: string,
  call: string,
  types: readonly string[],
  neverNull: boolean,
  mayRaise: boolean,
): Promise<string[]> {
  const tables = types.map((type, i) => `(VALUES ${castValues(type)}) AS v${i}(c${i})`)
  const from = tables.length > 0 ? ` FROM ${tables.join(", ")}` : ""
  const isNull = `(${call}) IS NULL`
  try {
    const [row] = await duckdb.rows(
      `SELECT bool_or(${mayRaise ? `TRY(${isNull})` : isNull})${from}`,
    )
    return neverNull && row?.[0] === true ? [`${what} is NULL`] : []
  } catch (error) {
    return mayRaise ? [] : [`${what} raises ${String(error).slice(0, 100)}`]
  }
}

function castValues(type: string): string {
  const empty = type.endsWith("[]") ? "[]" : "map {}"
  return (VALUES[type] ?? [empty]).map((value) => `(CAST(${value} AS ${type}))`).join(", ")
}

function typeOf(text: string): SqlType {
  const type = parseType(text)
  if (!type) throw new Error(`no type ${text}`)
  return type
}

/** DESCRIBE shows a bare NULL as INTEGER. */
function shown(type: SqlType): string {
  return show(type).replaceAll("NULL", "INTEGER")
}

test("names and aliases are found in any case, and none twice", () => {
  const names = ENTRIES.flatMap(([name, , traits]) => [name, ...(traits?.aliases ?? [])])
  expect(names.filter((name, i) => names.indexOf(name) !== i)).toEqual([])
  expect(lookupFunction("SuBsTr")?.name).toBe("substring")
  expect(ENTRIES.length).toBeGreaterThan(150)
})

test("a monotone function keeps the order of its argument", async () => {
  const wrong: string[] = []
  let tried = 0
  for (const sample of ENTRIES.flatMap((entry) => samplesOf(entry))) {
    const { info, types, name } = sample
    const { monotone } = info
    const of = monotone === undefined ? undefined : types[monotone]
    if (!of || name !== info.name || !info.resultType(types)) continue
    const applied = (column: string) => {
      let i = 0
      return callOf(sample, (type) =>
        i++ === monotone ? column : `CAST(${sane(type)} AS ${show(type)})`,
      )
    }
    const holds = `TRY(${applied("a.x")}) <= TRY(${applied("b.x")})`
    const values = `(SELECT x FROM (VALUES ${castValues(show(of))}) AS v(x))`
    const [row] = await duckdb.rows(
      `SELECT bool_and(${holds}), count(*) FROM ${values} AS a, ${values} AS b WHERE a.x <= b.x`,
    )
    tried++
    if (row?.[0] === false) wrong.push(describeSample(sample))
  }
  expect(wrong).toEqual([])
  expect(tried).toBeGreaterThan(50)
})

/** A value that no function refuses. */
function sane(type: SqlType): string {
  const values = VALUES[show(type)] ?? []
  if (show(type) === "VARCHAR") return "'UTC'"
  return (show(type) === "INTERVAL" ? values[0] : values[1]) ?? values[0] ?? "NULL"
}

test("every aggregate has an algebra, and a name of MONOTONE is in the catalogue", () => {
  const aggregates = ENTRIES.map(functionOf).filter(({ kind }) => kind === "aggregate")
  expect(aggregates.filter(({ algebra }) => !algebra).map(({ name }) => name)).toEqual(["grouping"])
  expect([...MONOTONE.keys()].filter((name) => lookupFunction(name)?.name !== name)).toEqual([])
})
