import { usage } from "./outcome.js"

/** The options that commands share; every command accepts all of them. */
export interface Options {
  readonly projectDir: string | undefined
  readonly target: string | undefined
  readonly json: boolean
  readonly sarif: boolean
  readonly optimize: boolean
  /** Rules switched off by name. */
  readonly without: readonly string[]
  readonly select: readonly string[]
  readonly exclude: readonly string[]
  readonly threads: number
  readonly fullRefresh: boolean
  readonly failFast: boolean
  /** ISO times of a window, half-open. */
  readonly start: string | undefined
  readonly end: string | undefined
  readonly limit: number | undefined
}

export interface RawOptions {
  readonly projectDir?: string
  readonly target?: string
  readonly json?: boolean
  readonly sarif?: boolean
  readonly optimize?: boolean
  readonly without?: readonly string[]
  readonly select?: readonly string[]
  readonly exclude?: readonly string[]
  readonly threads?: string
  readonly fullRefresh?: boolean
  readonly failFast?: boolean
  readonly start?: string
  readonly end?: string
  readonly limit?: string
}

/** One engine runs its own threads inside a statement, so few statements at once are best. */
const DEFAULT_THREADS = 1

/** Checks the flags' values. Throws UsageError. */
export function readOptions(raw: RawOptions, selectors: readonly string[]): Options {
  const window = { start: time("--start", raw.start), end: time("--end", raw.end) }
  if (window.start !== undefined && window.end !== undefined && window.start >= window.end)
    throw usage("bad-flag", { problem: "--start needs a time before --end" })
  return {
    ...window,
    projectDir: raw.projectDir,
    target: raw.target,
    json: raw.json ?? false,
    sarif: raw.sarif ?? false,
    optimize: raw.optimize ?? true,
    without: (raw.without ?? []).flatMap((names) => names.split(",")).filter((name) => name !== ""),
    select: [...selectors, ...(raw.select ?? [])],
    exclude: raw.exclude ?? [],
    threads: wholeNumber("--threads", raw.threads, DEFAULT_THREADS),
    fullRefresh: raw.fullRefresh ?? false,
    failFast: raw.failFast ?? false,
    limit: raw.limit === undefined ? undefined : wholeNumber("--limit", raw.limit, 0),
  }
}

function wholeNumber(flag: string, text: string | undefined, otherwise: number): number {
  if (text === undefined) return otherwise
  const value = Number(text)
  if (Number.isInteger(value) && value > 0) return value
  throw usage("bad-flag", { problem: `${flag} needs a whole number above 0, found \`${text}\`` })
}

function time(flag: string, text: string | undefined): string | undefined {
  if (text === undefined) return undefined
  const zoned = /T.*(Z|[+-]\d\d:?\d\d)$/.test(text)
    ? text
    : `${text.replace(" ", "T")}${text.length > 10 ? "Z" : ""}`
  const milliseconds = Date.parse(zoned)
  if (/^\d{4}-\d\d-\d\d/.test(text) && !Number.isNaN(milliseconds))
    return new Date(milliseconds).toISOString()
  throw usage("bad-flag", {
    problem: `${flag} needs a date or time such as 2024-01-31 or 2024-01-31T06:00:00, found \`${text}\``,
  })
}
