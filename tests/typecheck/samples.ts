import type { ENTRIES } from "../../src/functions/index.js"
import { functionOf, type FunctionInfo } from "../../src/functions/function.js"
import type { Pattern, Signature } from "../../src/functions/signature.js"
import { array, list, scalar, show, type SqlType } from "../../src/types/type.js"

/** Calls of every function of the catalogue: argument types that its signatures take. */

// Values that functions stumble over: zeros, ends of the range, infinities, empty ones.
export const VALUES: Readonly<Record<string, readonly string[]>> = {
  BOOLEAN: ["true", "false"],
  TINYINT: ["0", "1", "-128", "127"],
  SMALLINT: ["0", "1", "-32768"],
  INTEGER: ["0", "1", "-1", "7", "2147483647"],
  BIGINT: ["0", "1", "-1", "3", "9223372036854775807"],
  UTINYINT: ["0", "1", "255"],
  UINTEGER: ["0", "1", "4294967295"],
  UHUGEINT: ["0", "1", "340282366920938463463374607431768211455"],
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
  TIMETZ: ["'00:00:00+00'", "'23:59:59.999-15:59'", "'10:00:00+02'", "'08:00:00+00'"],
  TIMESTAMP_S: ["'2024-02-29 13:00:00'", "'infinity'", "'-infinity'"],
  TIMESTAMP_NS: ["'2024-02-29 13:00:00.123456789'", "'infinity'", "'1970-01-01'"],
  BIT: ["'0'", "'1'", "'0101'", "'111111111'"],
  VARIANT: ["1::VARIANT", "'a'::VARIANT", "{'a': NULL}::VARIANT"],
  "STRUCT(f INTEGER)": ["{'f': 1}", "{'f': NULL}"],
  "ENUM('x', 'y')": ["'x'", "'y'"],
  "UNION(n INTEGER)": ["1", "2"],
  "FLOAT[3]": ["[0, 1, 2]", "['nan', 0, 0]"],
  "DOUBLE[3]": ["[0, 0, 0]", "[1e308, 0.5, 'inf']"],
  GEOMETRY: ["'POINT(1 2)'", "'LINESTRING EMPTY'"],
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
export const VARIABLES: readonly SqlType[] = [
  scalar("INTEGER"),
  scalar("DOUBLE"),
  scalar("VARCHAR"),
  scalar("DATE"),
  { kind: "decimal", precision: 9, scale: 2 },
  scalar("BIGINT"),
  scalar("TIMESTAMP"),
  scalar("FLOAT"),
  scalar("TINYINT"),
  scalar("HUGEINT"),
  scalar("UTINYINT"),
  scalar("UINTEGER"),
  scalar("UBIGINT"),
  scalar("UHUGEINT"),
  scalar("TIMESTAMPTZ"),
  scalar("BOOLEAN"),
]
// Arguments that DuckDB wants as constants, or of a certain form.
export const CONSTANTS: Readonly<Record<string, Readonly<Record<number, string>>>> = {
  date_part: { 0: "'month'" },
  date_trunc: { 0: "'month'" },
  date_diff: { 0: "'day'" },
  date_sub: { 0: "'day'" },

  approx_top_k: { 1: "3" },
  string_agg: { 1: "','" },
  round: { 1: "2" },
  trunc: { 1: "2" },
  list_grade_up: { 1: "'asc'", 2: "'nulls first'" },
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
  from_json: { 1: "'\"JSON\"'" },
  from_json_strict: { 1: "'\"JSON\"'" },
  lag: { 1: "1" },
  lead: { 1: "1" },
  variant_extract: { 1: "'a'" },
  bitstring_agg: { 1: "0", 2: "100" },
  min: { 1: "3" },
  max: { 1: "3" },
  arg_max: { 2: "3" },
  arg_min: { 2: "3" },
}
export const UNTESTED = new Set([
  "grouping",
  "error",
  "list_reduce",
  "repeat",
  "factorial",
  "bitstring",
  "lpad",
  "rpad",
  "bar",
  "range",
  "generate_series",
])

// Written without parentheses.
const KEYWORDS = new Set([
  "current_date",
  "current_time",
  "current_timestamp",
  "localtime",
  "localtimestamp",
])

export interface Sample {
  readonly info: FunctionInfo
  readonly name: string
  readonly types: readonly SqlType[]
}

export function samplesOf(
  entry: (typeof ENTRIES)[number],
  variables: readonly SqlType[] = VARIABLES,
): Sample[] {
  const info = functionOf(entry)
  if (info.name === "grouping" || info.name === "error") return []
  const samples = info.signatures.flatMap((one) => argumentsOf(one, variables))
  const aliases = (entry[2]?.aliases ?? []).filter((alias) => !KEYWORDS.has(alias))
  return [
    ...(KEYWORDS.has(info.name) ? [] : samples.map((types) => ({ info, name: info.name, types }))),
    ...aliases.map((name) => ({ info, name, types: samples[0] ?? [] })),
  ]
}

/** Some lists of argument types: each variable bound to each of VARIABLES, optional ones left out and given. */
function argumentsOf(one: Signature, variables: readonly SqlType[]): SqlType[][] {
  const generic = /\b[A-Z]\b/.test(one.text)
  return (generic ? variables : [scalar("INTEGER")]).flatMap((bound) => {
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
    case "array":
      return array(sampleType(pattern.element, bound), 3)
    case "union":
      return { kind: "union", members: [{ name: "n", type: bound }] }
    case "map":
      return {
        kind: "map",
        key: sampleType(pattern.key, bound),
        value: sampleType(pattern.value, bound),
      }
    case "lambda":
      return bound
    case "struct":
      return { kind: "struct", fields: [{ name: "f", type: bound }] }
    case "enum":
      return { kind: "enum", values: ["x", "y"] }
    default:
      return scalar("INTEGER")
  }
}

export function callOf({ info, name, types }: Sample, argument: (type: SqlType) => string): string {
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
    if (/^(approx_)?quantile/.test(info.name) && i === 1)
      return type.kind === "list" ? "[0.5]" : "0.5"
    if (info.name.startsWith("json_") && type.kind === "list") return "['$.a']"
    if (info.name === "strftime" && show(type) === "VARCHAR") return "'%Y'"
    return constants[i] ?? (last && i === 1 ? lambda : value)
  })
  if (info.name === "position") return `position(${args.join(" IN ")})`
  if (name.startsWith("percentile_"))
    return `${name}(${args[1]}) WITHIN GROUP (ORDER BY ${args[0]})`
  return `${name}(${args.join(", ")})${info.kind === "window" ? overOf(info.name, args) : ""}`
}

export function describeSample({ name, types }: Sample): string {
  return `${name}(${types.map(show).join(", ")})`
}

function overOf(name: string, args: readonly string[]): string {
  return name === "fill" ? ` OVER (ORDER BY ${args[0] ?? "1"})` : " OVER ()"
}
