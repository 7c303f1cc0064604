// Functions that keep the order of an argument: where it is larger, the result is not smaller, whatever
// the other arguments are. NULLs aside; NaN is the largest number. (No function turns it round: of NaN
// all are NaN.)
const OF_FIRST = `ceil floor round trunc even cbrt exp sqrt ln log2 log10 asin atan sinh tanh asinh atanh degrees radians
  year isoyear yearweek decade century millennium epoch epoch_ms epoch_us epoch_ns julian last_day
  to_timestamp make_timestamp_ms to_days to_months to_hours to_minutes to_seconds to_milliseconds to_microseconds`
const OF_SECOND = `date_trunc time_bucket`

/** By catalogue name: the number of the argument whose order the result keeps. */
export const MONOTONE: ReadonlyMap<string, number> = new Map([
  ...OF_FIRST.split(/\s+/).map((name) => [name, 0] as const),
  ...OF_SECOND.split(/\s+/).map((name) => [name, 1] as const),
])
