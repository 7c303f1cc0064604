import { arithmetic, family, isFloat, isInteger } from "../types/coercion.js"
import { BIGINT, decimal, DOUBLE, HUGEINT, INTERVAL, type SqlType } from "../types/type.js"
import type { Entry } from "./function.js"

const domain = { mayRaise: true } as const

// prettier-ignore
export const MATH: readonly Entry[] = [
  ["abs",       "(N) N", domain],
  ["sign",      "(N) TINYINT"],
  ["ceil",      "(N) N", { aliases: ["ceiling"], result: whole }],
  ["floor",     "(N) N", { result: whole }],
  ["round",     "(N) N | (N, INTEGER) N", { result: rounded, mayRaise: true }],
  ["trunc",     "(N) N | (N, INTEGER) N", { result: truncated }],
  ["round_even", "(DOUBLE, INTEGER) DOUBLE", { aliases: ["roundbankers"], mayRaise: true }],
  ["even",      "(DOUBLE) DOUBLE"],
  ["mod",       "(N, M) N", { nulls: "nullable", result: ([a, b]) => a && b && arithmetic("%", a, b), mayRaise: true }],
  ["fmod",      "(DOUBLE, DOUBLE) DOUBLE", { nulls: "nullable" }],
  ["fdiv",      "(DOUBLE, DOUBLE) DOUBLE", { nulls: "nullable" }],
  ["sqrt",      "(DOUBLE) DOUBLE", domain],
  ["cbrt",      "(DOUBLE) DOUBLE"],
  ["power",     "(DOUBLE, DOUBLE) DOUBLE", { aliases: ["pow"], ...domain }],
  ["exp",       "(DOUBLE) DOUBLE"],
  ["ln",        "(DOUBLE) DOUBLE", domain],
  ["log",       "(DOUBLE) DOUBLE | (DOUBLE, DOUBLE) DOUBLE", domain],
  ["log2",      "(DOUBLE) DOUBLE", domain],
  ["log10",     "(DOUBLE) DOUBLE", domain],
  ["sin",       "(DOUBLE) DOUBLE", domain],
  ["cos",       "(DOUBLE) DOUBLE", domain],
  ["tan",       "(DOUBLE) DOUBLE", domain],
  ["cot",       "(DOUBLE) DOUBLE", domain],
  ["asin",      "(DOUBLE) DOUBLE", domain],
  ["acos",      "(DOUBLE) DOUBLE", domain],
  ["atan",      "(DOUBLE) DOUBLE"],
  ["atan2",     "(DOUBLE, DOUBLE) DOUBLE"],
  ["sinh",      "(DOUBLE) DOUBLE"],
  ["cosh",      "(DOUBLE) DOUBLE"],
  ["tanh",      "(DOUBLE) DOUBLE"],
  ["asinh",     "(DOUBLE) DOUBLE"],
  ["acosh",     "(DOUBLE) DOUBLE"],
  ["atanh",     "(DOUBLE) DOUBLE", domain],
  ["degrees",   "(DOUBLE) DOUBLE"],
  ["radians",   "(DOUBLE) DOUBLE"],
  ["pi",        "() DOUBLE"],
  ["gamma",     "(DOUBLE) DOUBLE", domain],
  ["lgamma",    "(DOUBLE) DOUBLE", domain],
  ["factorial", "(INTEGER) HUGEINT", domain],
  ["greatest_common_divisor", "(BIGINT, BIGINT) BIGINT | (HUGEINT, HUGEINT) HUGEINT", { aliases: ["gcd"], ...domain }],
  ["least_common_multiple", "(BIGINT, BIGINT) BIGINT | (HUGEINT, HUGEINT) HUGEINT", { aliases: ["lcm"], ...domain }],
  ["bit_count", "(TINYINT) TINYINT | (SMALLINT) TINYINT | (INTEGER) TINYINT | (BIGINT) TINYINT | (HUGEINT) TINYINT | (BIT) BIGINT", domain],
  ["xor",       "(I, J) I | (BIT, BIT) BIT", { result: ([a, b]) => a && b && (isInteger(a) ? arithmetic("&", a, b) : a), mayRaise: true }],
  ["isnan",     "(FLOAT) BOOLEAN | (DOUBLE) BOOLEAN"],
  ["isinf",     "(FLOAT) BOOLEAN | (DOUBLE) BOOLEAN | (DATE) BOOLEAN | (TIMESTAMP) BOOLEAN"],
  ["isfinite",  "(FLOAT) BOOLEAN | (DOUBLE) BOOLEAN | (DATE) BOOLEAN | (TIMESTAMP) BOOLEAN"],
  ["nextafter", "(DOUBLE, DOUBLE) DOUBLE"],
  ["signbit",   "(DOUBLE) BOOLEAN"],
  ["add",       "(N, M) N", { result: ([a, b]) => a && b && arithmetic("+", a, b), mayRaise: true }],
  ["subtract",  "(N, M) N | (DATE, DATE) BIGINT | (TIMESTAMP, TIMESTAMP) INTERVAL", { nulls: "nullable", result: difference, mayRaise: true }],
  ["multiply",  "(N, M) N", { result: ([a, b]) => a && b && arithmetic("*", a, b), mayRaise: true }],
  ["divide",    "(N, M) N", { nulls: "nullable", result: ([a, b]) => a && b && arithmetic("//", a, b), mayRaise: true }],
  ["to_base",   "(BIGINT, INTEGER, INTEGER?) VARCHAR", domain],
  ["md5_number", "(VARCHAR) UHUGEINT | (BLOB) UHUGEINT"],
  ["md5_number_lower", "(VARCHAR) UBIGINT"],
  ["md5_number_upper", "(VARCHAR) UBIGINT"],
  ["random",    "() DOUBLE", { deterministic: false }],
]

function whole([type]: readonly SqlType[]): SqlType | undefined {
  if (type?.kind === "decimal") return decimal(type.precision, 0)
  return type && isInteger(type) ? DOUBLE : type
}

function rounded([type, places]: readonly SqlType[]): SqlType | undefined {
  if (!type) return undefined
  if (type.kind === "decimal") return places ? type : decimal(type.precision, 0)
  return isFloat(type) || signed(type) ? type : signedOf(type)
}

/** The signed type that DuckDB takes for an unsigned one. */
function signedOf(type: SqlType): SqlType {
  if (type.kind !== "scalar") return type
  if (type.name === "UHUGEINT") return DOUBLE
  return type.name === "UBIGINT" ? HUGEINT : BIGINT
}

function truncated([type, places]: readonly SqlType[]): SqlType | undefined {
  return type?.kind === "decimal" && !places ? decimal(type.precision, 0) : type
}

function signed(type: SqlType): boolean {
  return type.kind === "scalar" && !type.name.startsWith("U")
}

/** `round` and `trunc` of a DECIMAL to a constant number of places keep that many. */
export function roundedTo(type: SqlType, places: number): SqlType {
  if (type.kind !== "decimal") return type
  return decimal(type.precision, Math.max(0, Math.min(type.scale, places)))
}

function difference([a, b]: readonly SqlType[]): SqlType | undefined {
  if (!a || !b) return undefined
  if (family(a) !== "date") return arithmetic("-", a, b)
  return a.kind === "scalar" && a.name === "DATE" ? BIGINT : INTERVAL
}
