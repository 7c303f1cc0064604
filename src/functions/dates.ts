import { BIGINT, DOUBLE, type SqlType } from "../types/type.js"
import type { Entry } from "./function.js"

const DAYS = "(DATE) BIGINT | (TIMESTAMP) BIGINT | (TIMESTAMPTZ) BIGINT"
const POINTS = `${DAYS} | (INTERVAL) BIGINT`
const TIMES = `${POINTS} | (TIME) BIGINT`
const CLOCKS = `${TIMES} | (TIMETZ) BIGINT`
const SPANS =
  "(VARCHAR, DATE, DATE) BIGINT | (VARCHAR, TIMESTAMP, TIMESTAMP) BIGINT | (VARCHAR, TIMESTAMPTZ, TIMESTAMPTZ) BIGINT | (VARCHAR, TIME, TIME) BIGINT"

/** The time of the statement. */
const stable = { deterministic: false, isStable: true } as const
// The parts of an infinite date are NULL.
const part = { nulls: "nullable" } as const

// prettier-ignore
export const DATES: readonly Entry[] = [
  ["date_part",      "(VARCHAR, DATE) BIGINT | (VARCHAR, TIMESTAMP) BIGINT | (VARCHAR, TIMESTAMPTZ) BIGINT | (VARCHAR, INTERVAL) BIGINT | (VARCHAR, TIME) BIGINT | (VARCHAR, TIMETZ) BIGINT", { aliases: ["datepart"], nulls: "nullable", mayRaise: true }],
  ["year",           POINTS, part],
  ["month",          POINTS, part],
  ["day",            POINTS, { ...part, aliases: ["dayofmonth"] }],
  ["quarter",        POINTS, part],
  ["week",           DAYS, { ...part, aliases: ["weekofyear"] }],
  ["isoyear",        DAYS, part],
  ["yearweek",       DAYS, part],
  ["dayofweek",      DAYS, { ...part, aliases: ["weekday"] }],
  ["isodow",         DAYS, part],
  ["dayofyear",      DAYS, part],
  ["decade",         POINTS, part],
  ["century",        POINTS, part],
  ["millennium",     POINTS, part],
  ["era",            DAYS, part],
  ["hour",           CLOCKS, part],
  ["minute",         CLOCKS, part],
  ["second",         CLOCKS, part],
  ["millisecond",    CLOCKS, part],
  ["microsecond",    CLOCKS, part],
  ["epoch",          "(DATE) DOUBLE | (TIMESTAMP) DOUBLE | (TIMESTAMPTZ) DOUBLE | (INTERVAL) DOUBLE | (TIME) DOUBLE", part],
  ["epoch_ms",       "(BIGINT) TIMESTAMP | (DATE) BIGINT | (TIMESTAMP) BIGINT | (TIMESTAMPTZ) BIGINT | (INTERVAL) BIGINT | (TIME) BIGINT", { ...part, mayRaise: true }],
  ["epoch_us",       TIMES, part],
  ["epoch_ns",       TIMES, { ...part, mayRaise: true }],
  ["julian",         "(DATE) DOUBLE | (TIMESTAMP) DOUBLE | (TIMESTAMPTZ) DOUBLE", part],
  ["dayname",        "(DATE) VARCHAR | (TIMESTAMP) VARCHAR | (TIMESTAMPTZ) VARCHAR", part],
  ["monthname",      "(DATE) VARCHAR | (TIMESTAMP) VARCHAR | (TIMESTAMPTZ) VARCHAR", part],
  ["last_day",       "(DATE) DATE | (TIMESTAMP) DATE | (TIMESTAMPTZ) DATE", part],
  ["days_in_month",  DAYS, part],
  ["date_trunc",     "(VARCHAR, DATE) TIMESTAMP | (VARCHAR, TIMESTAMP) TIMESTAMP | (VARCHAR, TIMESTAMPTZ) TIMESTAMPTZ | (VARCHAR, INTERVAL) INTERVAL", { aliases: ["datetrunc"], mayRaise: true }],
  ["date_diff",      SPANS, { aliases: ["datediff"], nulls: "nullable", mayRaise: true }],
  ["date_sub",       SPANS, { aliases: ["datesub"], nulls: "nullable", mayRaise: true }],
  ["date_add",       "(DATE, INTERVAL) TIMESTAMP | (TIMESTAMP, INTERVAL) TIMESTAMP | (TIMESTAMPTZ, INTERVAL) TIMESTAMPTZ", { mayRaise: true }],
  ["age",            "(TIMESTAMP, TIMESTAMP) INTERVAL | (TIMESTAMPTZ, TIMESTAMPTZ) INTERVAL", { nulls: "nullable" }],
  ["make_date",      "(BIGINT, BIGINT, BIGINT) DATE | (INTEGER) DATE", { mayRaise: true }],
  ["make_time",      "(BIGINT, BIGINT, DOUBLE) TIME", { mayRaise: true }],
  ["make_timestamp", "(BIGINT, BIGINT, BIGINT, BIGINT, BIGINT, DOUBLE) TIMESTAMP | (BIGINT) TIMESTAMP", { mayRaise: true }],
  ["strftime",       "(DATE, VARCHAR) VARCHAR | (TIMESTAMP, VARCHAR) VARCHAR | (TIMESTAMPTZ, VARCHAR) VARCHAR | (VARCHAR, DATE) VARCHAR | (VARCHAR, TIMESTAMP) VARCHAR | (VARCHAR, TIMESTAMPTZ) VARCHAR", { nulls: "nullable", mayRaise: true }],
  ["strptime",       "(VARCHAR, VARCHAR) TIMESTAMP | (VARCHAR, VARCHAR[]) TIMESTAMP", { mayRaise: true }],
  ["try_strptime",   "(VARCHAR, VARCHAR) TIMESTAMP | (VARCHAR, VARCHAR[]) TIMESTAMP", { nulls: "nullable", mayRaise: true }],
  ["to_timestamp",   "(DOUBLE) TIMESTAMPTZ", { mayRaise: true }],
  ["timezone",       "(VARCHAR, TIMESTAMP) TIMESTAMPTZ | (VARCHAR, TIMESTAMPTZ) TIMESTAMP | (VARCHAR, TIMETZ) TIMETZ", { mayRaise: true }],
  ["time_bucket",    "(INTERVAL, DATE) DATE | (INTERVAL, TIMESTAMP) TIMESTAMP | (INTERVAL, TIMESTAMPTZ) TIMESTAMPTZ | (INTERVAL, DATE, DATE) DATE | (INTERVAL, TIMESTAMP, TIMESTAMP) TIMESTAMP | (INTERVAL, DATE, INTERVAL) DATE | (INTERVAL, TIMESTAMP, INTERVAL) TIMESTAMP | (INTERVAL, TIMESTAMPTZ, TIMESTAMPTZ) TIMESTAMPTZ | (INTERVAL, TIMESTAMPTZ, INTERVAL) TIMESTAMPTZ | (INTERVAL, TIMESTAMPTZ, VARCHAR) TIMESTAMPTZ", { nulls: "nullable", mayRaise: true }],
  ["to_years",       "(INTEGER) INTERVAL", { mayRaise: true }],
  ["to_quarters",    "(INTEGER) INTERVAL", { mayRaise: true }],
  ["to_months",      "(INTEGER) INTERVAL"],
  ["to_weeks",       "(INTEGER) INTERVAL", { mayRaise: true }],
  ["to_days",        "(INTEGER) INTERVAL"],
  ["to_decades",     "(INTEGER) INTERVAL", { mayRaise: true }],
  ["to_centuries",   "(INTEGER) INTERVAL", { mayRaise: true }],
  ["to_millennia",   "(INTEGER) INTERVAL", { mayRaise: true }],
  ["normalized_interval", "(INTERVAL) INTERVAL", { mayRaise: true }],
  ["nanosecond",     CLOCKS, { ...part, mayRaise: true }],
  ["timezone_hour",  POINTS, { ...part, mayRaise: true }],
  ["timezone_minute", POINTS, { ...part, mayRaise: true }],
  ["make_timestamp_ms", "(BIGINT) TIMESTAMP", { mayRaise: true }],
  ["make_timestamp_ns", "(BIGINT) TIMESTAMP_NS", { mayRaise: true }],
  ["make_timestamptz", "(BIGINT, BIGINT, BIGINT, BIGINT, BIGINT, DOUBLE, VARCHAR?) TIMESTAMPTZ | (BIGINT) TIMESTAMPTZ", { mayRaise: true }],
  ["to_hours",       "(BIGINT) INTERVAL", { mayRaise: true }],
  ["to_minutes",     "(BIGINT) INTERVAL", { mayRaise: true }],
  ["to_seconds",     "(DOUBLE) INTERVAL", { mayRaise: true }],
  ["to_milliseconds", "(DOUBLE) INTERVAL", { mayRaise: true }],
  ["to_microseconds", "(BIGINT) INTERVAL"],

  ["now",            "() TIMESTAMPTZ", { aliases: ["current_timestamp", "get_current_timestamp", "transaction_timestamp"], ...stable }],
  ["ago",            "(INTERVAL) TIMESTAMPTZ", { ...stable, mayRaise: true }],
  ["current_date",   "() DATE", { aliases: ["today"], ...stable }],
  ["current_time",   "() TIMETZ", { aliases: ["get_current_time"], ...stable }],
  ["current_localtime", "() TIME", { aliases: ["localtime"], ...stable }],
  ["localtimestamp", "() TIMESTAMP", { aliases: ["current_localtimestamp"], ...stable }],
]

const FRACTIONAL = new Set(["epoch", "julian"])

/** The type of EXTRACT(part …) and date_part('part', …). */
export function datePartType(part: string): SqlType {
  return FRACTIONAL.has(part.toLowerCase()) ? DOUBLE : BIGINT
}
