// The words that DuckDB takes as a part of a date, each name with its other spellings.
const SPELLINGS = `
  year years y yr yrs · month months mon mons · day days d dayofmonth · hour hours h hr hrs
  · minute minutes m min mins · second seconds s sec secs · week weeks w weekofyear · quarter quarters
  · millisecond milliseconds ms msec msecs msecond mseconds
  · microsecond microseconds us usec usecs usecond useconds
  · decade decades dec decs · century centuries cent c · millennium millennia mil mils millenniums millenium
  · dow dayofweek weekday · doy dayofyear · isodow · isoyear · yearweek · epoch · julian
  · era · timezone · timezone_hour · timezone_minute
`

const PARTS = SPELLINGS.split("·").map((line) => line.trim().split(/\s+/))
const KNOWN = new Set(PARTS.flat())

/** What is suggested for a part that is none. */
export const DATE_PARTS: readonly string[] = PARTS.flatMap(([name = ""]) => name)

/** Functions whose first argument is a part of a date. */
const TAKING_PART = new Set(
  "date_part datepart date_trunc datetrunc date_diff datediff date_sub datesub".split(" "),
)

export function takesDatePart(name: string): boolean {
  return TAKING_PART.has(name.toLowerCase())
}

/** Abbreviations that SQL Server and Snowflake have. */
const ELSEWHERE: ReadonlyMap<string, string> = new Map([
  ["yy", "year"],
  ["yyyy", "year"],
  ["qq", "quarter"],
  ["q", "quarter"],
  ["mm", "month"],
  ["dd", "day"],
  ["dy", "doy"],
  ["dw", "dow"],
  ["wk", "week"],
  ["ww", "week"],
  ["hh", "hour"],
  ["mi", "minute"],
  ["n", "minute"],
  ["ss", "second"],
  ["mcs", "microsecond"],
])

/** What a part of a date that other engines have is called here. */
export function partElsewhere(word: string): string | undefined {
  return ELSEWHERE.get(word.trim().toLowerCase())
}

export function isDatePart(word: string): boolean {
  return KNOWN.has(word.trim().toLowerCase())
}
