import { commonType, family, isFloat, isInteger } from "../types/coercion.js"
import {
  BIGINT,
  decimal,
  DOUBLE,
  HUGEINT,
  INTERVAL,
  list,
  scalar,
  TIMESTAMP,
  type SqlType,
} from "../types/type.js"
import type { Entry } from "./function.js"

const aggregate = { kind: "aggregate" } as const
const holistic = { kind: "aggregate", algebra: "holistic" } as const
const ordered = { kind: "aggregate", algebra: "order-dependent", deterministic: false } as const
// Fewer than two values, or values without spread, have none.
const statistic = {
  kind: "aggregate",
  algebra: "holistic",
  nulls: "nullable",
  mayRaise: true,
} as const
const NUMBERS = "(DOUBLE) DOUBLE"
const PAIRS = "(DOUBLE, DOUBLE) DOUBLE"

// prettier-ignore
export const AGGREGATES: readonly Entry[] = [
  ["count",        "() BIGINT | (ANY) BIGINT", { ...aggregate, algebra: "count", nulls: "never-null", aliases: ["count_star"] }],
  ["count_if",     "(BOOLEAN) HUGEINT", { ...aggregate, algebra: "sum", aliases: ["countif"] }],
  ["sum",          "(N) N | (BOOLEAN) HUGEINT", { ...aggregate, algebra: "sum", result: ([type]) => type && sumType(type), mayRaise: true }],
  ["avg",          "(DOUBLE) DOUBLE | (TIMESTAMP) TIMESTAMP | (TIMESTAMPTZ) TIMESTAMPTZ | (INTERVAL) INTERVAL | (TIME) TIME | (TIMETZ) TIMETZ", { ...aggregate, algebra: "avg", aliases: ["mean"] }],
  ["min",          "(T) T | (T, BIGINT) T[]", { ...aggregate, algebra: "min", duplicateInsensitive: true }],
  ["max",          "(T) T | (T, BIGINT) T[]", { ...aggregate, algebra: "max", duplicateInsensitive: true }],
  ["bool_and",     "(BOOLEAN) BOOLEAN", { ...aggregate, algebra: "bool", duplicateInsensitive: true }],
  ["bool_or",      "(BOOLEAN) BOOLEAN", { ...aggregate, algebra: "bool", duplicateInsensitive: true }],
  ["bit_and",      "(I) I | (BIT) BIT", { ...aggregate, algebra: "bit", duplicateInsensitive: true }],
  ["bit_or",       "(I) I | (BIT) BIT", { ...aggregate, algebra: "bit", duplicateInsensitive: true }],
  ["bit_xor",      "(I) I | (BIT) BIT", { ...aggregate, algebra: "bit" }],
  ["bitstring_agg", "(I) BIT | (I, I, I) BIT", { ...aggregate, algebra: "holistic", duplicateInsensitive: true, mayRaise: true, result: bits }],
  ["arg_max",      "(T, ANY) T | (T, ANY, BIGINT) T[]", { ...ordered, nulls: "nullable", aliases: ["argmax", "max_by"], duplicateInsensitive: true }],
  ["arg_min",      "(T, ANY) T | (T, ANY, BIGINT) T[]", { ...ordered, nulls: "nullable", aliases: ["argmin", "min_by"], duplicateInsensitive: true }],
  ["any_value",    "(T) T", { ...ordered, duplicateInsensitive: true }],
  ["first",        "(T) T", { ...ordered, aliases: ["arbitrary"] }],
  ["last",         "(T) T", ordered],
  ["list",         "(T) T[]", { ...ordered, aliases: ["array_agg"] }],
  ["string_agg",   "(ANY, VARCHAR?) VARCHAR", { ...ordered, aliases: ["group_concat", "listagg"] }],
  ["histogram",    "(K) MAP(K, UBIGINT) | (K, K[]) MAP(K, UBIGINT)", { ...holistic, mayRaise: true, result: counted }],
  ["histogram_exact", "(K, K[]) MAP(K, UBIGINT)", { ...holistic, mayRaise: true, result: counted }],
  ["mode",         "(T) T", { ...holistic, deterministic: false }],
  ["median",       "(T) T", { ...holistic, result: ([type]) => type && middle(type) }],
  ["quantile_cont", "(N, DOUBLE) N | (N, DOUBLE[]) N[] | (DATE, DOUBLE) TIMESTAMP | (DATE, DOUBLE[]) TIMESTAMP[] | (TIMESTAMP, DOUBLE[]) TIMESTAMP[] | (TIMESTAMPTZ, DOUBLE[]) TIMESTAMPTZ[] | (TIME, DOUBLE[]) TIME[] | (TIMESTAMP, DOUBLE) TIMESTAMP | (TIMESTAMPTZ, DOUBLE) TIMESTAMPTZ | (TIME, DOUBLE) TIME", { ...holistic, aliases: ["percentile_cont"], result: quantile, mayRaise: true }],
  ["quantile_disc", "(T, DOUBLE) T | (T, DOUBLE[]) T[]", { ...holistic, aliases: ["quantile", "percentile_disc"], mayRaise: true }],
  ["mad",          "(N) N | (DATE) INTERVAL | (TIMESTAMP) INTERVAL | (TIMESTAMPTZ) INTERVAL | (TIME) INTERVAL", { ...holistic, result: ([type]) => type && deviation(type), mayRaise: true }],
  ["approx_count_distinct", "(ANY) BIGINT", { ...aggregate, algebra: "holistic", nulls: "never-null", duplicateInsensitive: true }],
  ["approx_quantile", "(N, FLOAT) N | (N, FLOAT[]) N[] | (TIMESTAMP, FLOAT) TIMESTAMP | (TIMESTAMP, FLOAT[]) TIMESTAMP[] | (TIMESTAMPTZ, FLOAT) TIMESTAMPTZ | (TIMESTAMPTZ, FLOAT[]) TIMESTAMPTZ[] | (DATE, FLOAT) DATE | (DATE, FLOAT[]) DATE[] | (TIME, FLOAT) TIME | (TIME, FLOAT[]) TIME[]", { ...holistic, nulls: "nullable", deterministic: false, mayRaise: true, result: approximate }],
  ["approx_top_k", "(T, BIGINT) T[]", { ...holistic, deterministic: false, mayRaise: true }],
  ["stddev_samp",  NUMBERS, { ...statistic, aliases: ["stddev"] }],
  ["stddev_pop",   NUMBERS, { ...statistic, nulls: "strict" }],
  ["var_samp",     NUMBERS, { ...statistic, aliases: ["variance"] }],
  ["var_pop",      NUMBERS, { ...statistic, nulls: "strict" }],
  ["sem",          NUMBERS, statistic],
  ["skewness",     NUMBERS, statistic],
  ["kurtosis",     NUMBERS, statistic],
  ["kurtosis_pop", NUMBERS, statistic],
  ["corr",         PAIRS, statistic],
  ["covar_pop",    PAIRS, statistic],
  ["covar_samp",   PAIRS, statistic],
  ["regr_slope",   PAIRS, statistic],
  ["regr_intercept", PAIRS, statistic],
  ["regr_r2",      PAIRS, statistic],
  ["regr_avgx",    PAIRS, statistic],
  ["regr_avgy",    PAIRS, statistic],
  ["regr_count",   "(DOUBLE, DOUBLE) BIGINT", { ...holistic, nulls: "never-null" }],
  ["regr_sxx",     PAIRS, statistic],
  ["regr_syy",     PAIRS, statistic],
  ["regr_sxy",     PAIRS, statistic],
  ["arg_max_null", "(T, ANY) T", { ...ordered, nulls: "nullable", duplicateInsensitive: true }],
  ["arg_min_null", "(T, ANY) T", { ...ordered, nulls: "nullable", duplicateInsensitive: true }],
  ["arg_max_nulls_last", "(T, ANY) T", { ...ordered, nulls: "nullable", duplicateInsensitive: true }],
  ["arg_min_nulls_last", "(T, ANY) T", { ...ordered, nulls: "nullable", duplicateInsensitive: true }],
  ["json_group_structure", "(JSON) JSON", { ...holistic, nulls: "nullable", mayRaise: true }],
  ["json_group_array", "(ANY) JSON", { ...ordered, nulls: "nullable" }],
  ["json_group_object", "(ANY, ANY) JSON", { ...ordered, nulls: "nullable", mayRaise: true }],
  ["product",      NUMBERS, holistic],
  ["geomean",      NUMBERS, { ...statistic, aliases: ["geometric_mean"] }],
  ["weighted_avg", PAIRS, { ...statistic, aliases: ["wavg"] }],
  ["kahan_sum",    NUMBERS, { ...holistic, aliases: ["fsum", "sumkahan"] }],
  ["favg",         NUMBERS, holistic],
  ["entropy",      "(ANY) DOUBLE", { ...holistic, nulls: "never-null" }],
  ["grouping",     "(ANY, ANY...) BIGINT", { ...aggregate, nulls: "never-null", aliases: ["grouping_id"] }],
]

const ranking = { kind: "window", nulls: "never-null", deterministic: false } as const
const neighbor = { kind: "window", nulls: "nullable", deterministic: false } as const

// prettier-ignore
export const WINDOWS: readonly Entry[] = [
  ["row_number",   "() BIGINT", ranking],
  ["rank",         "() BIGINT", { ...ranking, deterministic: true }],
  ["dense_rank",   "() BIGINT", { ...ranking, aliases: ["rank_dense"], deterministic: true }],
  ["percent_rank", "() DOUBLE", { ...ranking, deterministic: true }],
  ["cume_dist",    "() DOUBLE", { ...ranking, deterministic: true }],
  ["ntile",        "(BIGINT) BIGINT", { ...ranking, nulls: "strict", mayRaise: true }],
  ["lag",          "(T, BIGINT?, U?) T", { ...neighbor, result: shifted }],
  ["lead",         "(T, BIGINT?, U?) T", { ...neighbor, result: shifted }],
  ["first_value",  "(T) T", neighbor],
  ["last_value",   "(T) T", neighbor],
  ["nth_value",    "(T, BIGINT) T", neighbor],
  ["fill",         "(N) N | (DATE) DATE | (TIMESTAMP) TIMESTAMP | (TIMESTAMP_S) TIMESTAMP_S | (TIMESTAMP_MS) TIMESTAMP_MS | (TIMESTAMP_NS) TIMESTAMP_NS | (TIMESTAMPTZ) TIMESTAMPTZ", { ...neighbor, mayRaise: true }],
]

/** One meaning everywhere: whole numbers sum to HUGEINT, DECIMAL(p,s) to DECIMAL(38,s). */
export function sumType(type: SqlType): SqlType {
  if (type.kind === "decimal") return decimal(38, type.scale)
  if (type.kind === "unknown") return type
  if (isFloat(type) || (type.kind === "scalar" && type.name === "UHUGEINT")) return DOUBLE
  return HUGEINT
}

/** UHUGEINTs have no ends that are given. */
function bits([type, least]: readonly SqlType[]): SqlType | undefined {
  const isWidest = type?.kind === "scalar" && type.name === "UHUGEINT"
  return isWidest && least ? undefined : scalar("BIT")
}

/** Between two values: whole numbers give DOUBLE, dates TIMESTAMP. */
export function middle(type: SqlType): SqlType {
  if (type.kind === "null") return DOUBLE
  if (isInteger(type)) return DOUBLE
  return type.kind === "scalar" && type.name === "DATE" ? TIMESTAMP : type
}

function quantile([type, at]: readonly SqlType[]): SqlType | undefined {
  if (!type) return undefined
  return at?.kind === "list" ? list(middle(type)) : middle(type)
}

export function deviation(type: SqlType): SqlType {
  return family(type) === "date" || family(type) === "time" ? INTERVAL : middle(type)
}

/** Bins of DECIMALs are of DOUBLEs. */
function counted([type, bins]: readonly SqlType[]): SqlType | undefined {
  const key = bins && type?.kind === "decimal" ? DOUBLE : type
  return key && { kind: "map", key, value: scalar("UBIGINT") }
}

function approximate([type, at]: readonly SqlType[]): SqlType | undefined {
  if (!type) return undefined
  if (at?.kind !== "list") return estimated(type)
  return list(type.kind === "scalar" && KEPT_IN_LISTS.has(type.name) ? type : estimated(type))
}

const KEPT_IN_LISTS = new Set(["FLOAT", "TINYINT", "SMALLINT"])

const SMALL = new Set(["TINYINT", "SMALLINT", "UTINYINT", "USMALLINT", "UINTEGER"])

function estimated(type: SqlType): SqlType {
  if (type.kind === "null") return BIGINT
  if (isFloat(type) || type.kind === "decimal") return DOUBLE
  if (type.kind !== "scalar") return type
  if (type.name === "UHUGEINT") return DOUBLE
  if (type.name === "UBIGINT") return HUGEINT
  return SMALL.has(type.name) ? BIGINT : type
}

/** The default becomes the type of the values. */
function shifted([value, , otherwise]: readonly SqlType[]): SqlType | undefined {
  return value && (!otherwise || commonType(value, otherwise)) ? value : undefined
}
