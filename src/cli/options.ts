import { usage } from "./outcome.js"

/** What the options of a command line say. */
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
  /** Of `fmt`: only say what would change. */
  readonly check: boolean
  /** `check`: apply the fixes that keep the meaning. */
  readonly fix: boolean
  /** Those that do not, too. */
  readonly unsafeFixes: boolean
  /** `check`: with what stands in the target. */
  readonly online: boolean
  /** `contract`: into the files. */
  readonly write: boolean
  /** Values of params by name, as texts. */
  readonly params: ReadonlyMap<string, string>
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
  readonly check?: boolean
  readonly fix?: boolean
  readonly unsafeFixes?: boolean
  readonly online?: boolean
  readonly write?: boolean
  readonly param?: readonly string[]
}

export interface Flag {
  readonly flags: string
  readonly text: string
  /** May be given several times. */
  readonly isList?: true
  /** Only says how a run goes: a command without one accepts it, and does the same. */
  readonly isOfRuns?: true
}

export type FlagName = keyof typeof FLAGS

/** Every option, in the order in which help lists them. */
export const FLAGS = {
  projectDir: {
    flags: "--project-dir <dir>",
    text: "folder of smelt.yml (default: this one or the nearest above)",
  },
  target: {
    flags: "--target <name>",
    text: "target of smelt.yml (default: dev, else the only one)",
  },
  json: { flags: "--json", text: "one JSON document on standard output" },
  sarif: { flags: "--sarif", text: "diagnostics as SARIF on standard output" },
  select: {
    flags: "-s, --select <selector>",
    text: "name, +name, name+, @name, tag:x, path:x",
    isList: true,
  },
  exclude: { flags: "--exclude <selector>", text: "leave these out", isList: true },
  optimize: { flags: "--no-optimize", text: "run the models as written", isOfRuns: true },
  without: {
    flags: "--without <rules>",
    text: "switch rules off by name, separated by commas",
    isList: true,
    isOfRuns: true,
  },
  fullRefresh: { flags: "--full-refresh", text: "rebuild seeds and incremental models in full" },
  failFast: { flags: "--fail-fast", text: "stop at the first failure", isOfRuns: true },
  threads: { flags: "--threads <n>", text: "statements at once (default: 1)", isOfRuns: true },
  start: { flags: "--start <time>", text: "start of the window of incremental models" },
  end: { flags: "--end <time>", text: "its end, exclusive" },
  param: {
    flags: "--param <name=value>",
    text: "the value of a param in this run",
    isList: true,
  },
  write: { flags: "--write", text: "write the contracts into the models' headers" },
  limit: { flags: "--limit <n>", text: "rows or runs to show (default: 10)" },
  fix: { flags: "--fix", text: "apply the fixes that keep the meaning, and check again" },
  unsafeFixes: {
    flags: "--unsafe-fixes",
    text: "with --fix: also those that change the meaning, the first one of several",
  },
  online: {
    flags: "--online",
    text: "hold declared sources against the target's tables and files",
  },
  check: { flags: "--check", text: "write nothing, and fail where a file would change" },
} as const satisfies Record<string, Flag>

/** Flags of every command that reads a project. */
const OF_PROJECT = ["projectDir", "target", "json", "sarif"] as const

/** The flags of each kind of command. */
export const FLAGS_OF = {
  init: ["projectDir", "json", "sarif"],
  project: OF_PROJECT,
  listed: [...OF_PROJECT, "limit"],
  shown: [...OF_PROJECT, "select", "param", "limit"],
  selected: [...OF_PROJECT, "select", "exclude", "param"],
  checked: [...OF_PROJECT, "select", "exclude", "param", "online", "fix", "unsafeFixes"],
  formatted: [...OF_PROJECT, "select", "exclude", "check"],
  contract: [...OF_PROJECT, "select", "exclude", "param", "write"],
  planned: [...OF_PROJECT, "select", "exclude", "param", "optimize", "without"],
  explained: [...OF_PROJECT, "select", "param", "optimize", "without"],
  tested: [...OF_PROJECT, "select", "exclude", "param", "failFast", "threads"],
  seeded: [...OF_PROJECT, "select", "exclude", "fullRefresh", "failFast", "threads"],
  run: (Object.keys(FLAGS) as FlagName[]).filter(
    (name) => !["limit", "check", "online", "write", "fix", "unsafeFixes"].includes(name),
  ),
} as const satisfies Record<string, readonly FlagName[]>

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
    check: raw.check ?? false,
    fix: raw.fix ?? false,
    unsafeFixes: raw.unsafeFixes ?? false,
    online: raw.online ?? false,
    write: raw.write ?? false,
    params: new Map((raw.param ?? []).map(assignment)),
    limit: raw.limit === undefined ? undefined : wholeNumber("--limit", raw.limit, 0),
  }
}

/** `since=2024-01-31` */
function assignment(text: string): readonly [string, string] {
  const at = text.indexOf("=")
  if (at > 0) return [text.slice(0, at).trim(), text.slice(at + 1).trim()]
  throw usage("bad-flag", { problem: `--param needs name=value, found \`${text}\`` })
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
