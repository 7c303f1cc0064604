import { beforeAll, expect, test } from "vitest"
import { ENTRIES, lookupFunction } from "../../src/functions/index.js"
import { functionOf, type FunctionInfo } from "../../src/functions/function.js"
import type { Pattern, Signature } from "../../src/functions/signature.js"
import { parseType } from "../../src/types/parse-type.js"
import { list, scalar, show, type SqlType } from "../../src/types/type.js"
import { judge, type Judge } from "./duckdb.js"

// Values that functions stumble over: zeros, ends of the range, infinities, empty ones.
const VALUES: Readonly<Record<string, readonly string[]>> = {
  BOOLEAN: ["true", "false"],
  TINYINT: ["0", "1", "-128", "127"],
  SMALLINT: ["0", "1", "-32768"],
  INTEGER: ["0", "1", "-1", "7", "2147483647"],
  BIGINT: ["0", "1", "-1", "3", "9223372036854775807"],
  HUGEINT: ["0", "1", "-170141183460469231731687303715884105728"],
  UBIGINT: ["0", "18446744073709551615"],
  FLOAT: ["0", "0.5", "'nan'"],
  DOUBLE: ["0", "0.5", "-2.5", "'inf'", "'-inf'", "'nan'", "1e308"],
  "DECIMAL(9,2)": ["0", "1.55", "-9999999.99"],
  VARCHAR: ["''", "'a'", "'day'", "'héllo wörld'", "'2024-02-29'", "'%Y'", "'[1, 2]'"],
  BLOB: ["''", "'\\x00'"],
  DATE: ["'2024-02-29'", "'infinity'", "'-infinity'", "'0001-01-01'"],
  TIME: ["'00:00:00'", "'23:59:59.999'"],
  TIMESTAMP: ["'2024-02-29 13:00:00'", "'infinity'", "'-infinity'"],
  TIMESTAMPTZ: ["'2024-02-29 13:00:00+00'", "'infinity'"],
  INTERVAL: ["'1 day'", "'0 days'", "'-3 months'"],
  UUID: ["'00000000-0000-0000-0000-000000000000'"],
  JSON: ["'{}'", "'[1, null]'", "'null'", "'{\"a\": null}'"],
  "INTEGER[]": ["[]", "[1, NULL]", "[NULL]", "[3, 1]"],
  "VARCHAR[]": ["[]", "['a', NULL]"],
  "BIGINT[]": ["[]", "[1]"],
  "BOOLEAN[]": ["[]", "[true]"],
  "DOUBLE[]": ["[0.5]"],
  "INTEGER[][]": ["[]", "[[1], NULL]"],
  "MAP(VARCHAR, INTEGER)": ["map {}", "map {'a': NULL}"],
}
const VARIABLES: readonly SqlType[] = [
  scalar("INTEGER"),
  scalar("DOUBLE"),
  scalar("VARCHAR"),
  scalar("DATE"),
  { kind: "decimal", precision: 9, scale: 2 },
  scalar("BIGINT"),
  scalar("TIMESTAMP"),
  scalar("FLOAT"),
]
// Arguments that DuckDB wants as constants, or of a certain form.
const CONSTANTS: Readonly<Record<string, Readonly<Record<number, string>>>> = {
  date_part: { 0: "'month'" },
  date_trunc: { 0: "'month'" },
  date_diff: { 0: "'day'" },
  date_sub: { 0: "'day'" },

  approx_quantile: { 1: "0.5" },
  approx_top_k: { 1: "3" },
  string_agg: { 1: "','" },
  round: { 1: "2" },
  trunc: { 1: "2" },
  list_sort: { 1: "'asc'", 2: "'nulls first'" },
  list_reverse_sort: { 1: "'nulls last'" },
  array_to_string: { 1: "','" },
  regexp_extract: { 2: "0", 3: "'i'" },
  regexp_matches: { 2: "'i'" },
  regexp_full_match: { 2: "'i'" },
  regexp_replace: { 3: "'g'" },
  string_split_regex: { 2: "'i'" },
  array_length: { 1: "1" },
  strptime: { 1: "'%Y'" },
  try_strptime: { 1: "'%Y'" },
  format: { 0: "'{}'" },
  printf: { 0: "'%s'" },
  json_object: { 0: "'a'" },
  lag: { 1: "1" },
  lead: { 1: "1" },
  min: { 1: "3" },
  max: { 1: "3" },
  arg_max: { 2: "3" },
  arg_min: { 2: "3" },
}
const UNTESTED = new Set([
  "grouping",
  "error",
  "list_reduce",
  "repeat",
  "factorial",
  "lpad",
  "rpad",
  "bar",
  "range",
  "generate_series",
])

// Written without parentheses.
const KEYWORDS = new Set(["current_timestamp", "localtimestamp", "current_date"])

let duckdb: Judge
beforeAll(async () => {
  duckdb = await judge()
})

interface Sample {
  readonly info: FunctionInfo
  readonly name: string
  readonly types: readonly SqlType[]
}

test("every function, alias included, gives the type that DuckDB gives", async () => {
  const wrong: string[] = []
  let calls = 0
  for (const sample of ENTRIES.flatMap(samplesOf)) {
    const ours = sample.info.resultType(sample.types)
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
    } else if (theirs[0]?.[1] !== (ours && shown(ours)))
      wrong.push(
        `${describeSample(sample)}: ours ${ours ? show(ours) : "refuses"}, DuckDB ${theirs[0]?.[1]}`,
      )
  }
  expect(wrong).toEqual([])
  expect(calls).toBeGreaterThan(400)
})

test("a function is NULL and raises only where its entry says so", async () => {
  const wrong: string[] = []
  const scalars = ENTRIES.flatMap(samplesOf).filter(
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
  const strict = ENTRIES.flatMap(samplesOf).filter(
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
        // An interval over almost nothing is the one quotient that raises; numbers give infinity.
        const mayRaise = info.mayRaise || (op === "/" && a === "INTERVAL")
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
  const never = ENTRIES.flatMap(samplesOf).filter(
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
  const strict = ENTRIES.flatMap(samplesOf).filter(
    ({ info, types }) =>
      info.kind === "aggregate" &&
      info.nulls !== "nullable" &&
      types.length > 0 &&
      info.name !== "grouping",
  )
  for (const sample of strict) {
    const call = callOf(sample, (type) => (VALUES[show(type)]?.[1] ? `v::${show(type)}` : "v"))
    const of = sample.types[0]
    if (!of || sample.types.length > 1) continue
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

function samplesOf(entry: (typeof ENTRIES)[number]): Sample[] {
  const info = functionOf(entry)
  if (info.name === "grouping" || info.name === "error") return []
  const samples = info.signatures.flatMap(argumentsOf)
  const aliases = (entry[2]?.aliases ?? []).filter((alias) => !KEYWORDS.has(alias))
  return [
    ...(KEYWORDS.has(info.name) ? [] : samples.map((types) => ({ info, name: info.name, types }))),
    ...aliases.map((name) => ({ info, name, types: samples[0] ?? [] })),
  ]
}

/** Some lists of argument types: each variable bound to each of VARIABLES, optional ones left out and given. */
function argumentsOf(one: Signature): SqlType[][] {
  const generic = /\b[A-Z]\b/.test(one.text)
  return (generic ? VARIABLES : [scalar("INTEGER")]).flatMap((bound) => {
    const all = one.params.map((param) => sampleType(param.pattern, bound))
    return one.required < all.length ? [all.slice(0, one.required), all] : [all]
  })
}

function sampleType(pattern: Pattern, bound: SqlType): SqlType {
  switch (pattern.kind) {
    case "type":
      return pattern.type
    case "variable":
      return pattern.name === "J" ? scalar("INTEGER") : bound
    case "list":
      return list(sampleType(pattern.element, bound))
    case "map":
      return {
        kind: "map",
        key: sampleType(pattern.key, bound),
        value: sampleType(pattern.value, bound),
      }
    case "lambda":
      return bound
    default:
      return scalar("INTEGER")
  }
}

function callOf({ info, name, types }: Sample, argument: (type: SqlType) => string): string {
  const constants = CONSTANTS[info.name] ?? {}
  const last = info.signatures[0]?.params[1]?.pattern.kind === "lambda"
  const lambda =
    info.name === "list_reduce"
      ? "lambda y, z: z"
      : info.name === "list_filter"
        ? "lambda z: true"
        : "lambda z: z"
  const args = types.map((type, i) => {
    const value = argument(type)
    if (info.name.startsWith("quantile_") && i === 1) return type.kind === "list" ? "[0.5]" : "0.5"
    if (info.name === "strftime" && show(type) === "VARCHAR") return "'%Y'"
    return constants[i] ?? (last && i === 1 ? lambda : value)
  })
  if (info.name === "position") return `position(${args.join(" IN ")})`
  if (name.startsWith("percentile_"))
    return `${name}(${args[1]}) WITHIN GROUP (ORDER BY ${args[0]})`
  return `${name}(${args.join(", ")})${info.kind === "window" ? " OVER ()" : ""}`
}

function describeSample({ name, types }: Sample): string {
  return `${name}(${types.map(show).join(", ")})`
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
