import { isDatePart } from "./date-parts.js"

// Calls as other engines have them, written as they are here: text of the arguments in, text of the expression out;
// undefined where the arguments are not those that are known.

type Rewrite = (...args: string[]) => string | undefined

const REWRITES: ReadonlyMap<string, Rewrite> = new Map<string, Rewrite>([
  ["nvl2", (x, a, b) => b && `CASE WHEN ${operand(x)} IS NOT NULL THEN ${a} ELSE ${b} END`],
  ["zeroifnull", (x) => `coalesce(${x}, 0)`],
  ["nullifzero", (x) => `nullif(${x}, 0)`],
  ["div0", divided],
  ["div0null", divided],
  ["safe_divide", divided],
  ["decode", decoded],
  ["sumif", (x, condition) => condition && `sum(${x}) FILTER (WHERE ${condition})`],

  ["dateadd", shifted],
  ["date_add", shifted],
  ["timestampadd", shifted],
  ["add_months", (date, n) => n && shifted("month", n, date)],
  [
    "date_sub",
    (date, span) => (/^interval\b/i.test(span ?? "") ? `${operand(date)} - ${span}` : undefined),
  ],
  ["datediff", days],
  ["date_diff", days],
  ["timestampdiff", (part, a, b) => difference(part, a, b)],
  ["timestamp_diff", (a, b, part) => difference(part, b, a)],
  ["datetime_diff", (a, b, part) => difference(part, b, a)],
  ["months_between", (a, b) => difference("month", b, a)],
  ["to_date", (x, format) => parsed(x, format, "DATE")],
  ["parse_date", (format, x) => x && format && `CAST(strptime(${x}, ${format}) AS DATE)`],
  [
    "to_char",
    (x, format) => x && format && spelledOut(format, (spelled) => `strftime(${x}, ${spelled})`),
  ],
  ["format_date", (format, x) => x && `strftime(${x}, ${format})`],
  ["parse_timestamp", (format, x) => x && `strptime(${x}, ${format})`],

  [
    "convert",
    (type, x) =>
      x && /^[a-z]\w*( *\(.*\))?$/i.test(type ?? "") ? `CAST(${x} AS ${type})` : undefined,
  ],
  ["to_number", (x, format) => (format ? undefined : `CAST(${x} AS DOUBLE)`)],
  ["to_varchar", (x, format) => (format ? undefined : `CAST(${x} AS VARCHAR)`)],
  ["parse_json", (x) => `CAST(${x} AS JSON)`],
  ["charindex", located],
  ["locate", located],
  ["substr_count", (x, part) => part && `length(${x}) - length(replace(${x}, ${part}, ''))`],
  ["substring_index", (x, mark, n) => (n === "1" ? `split_part(${x}, ${mark}, 1)` : undefined)],
  ["collect_set", (x) => `list(DISTINCT ${x})`],
  ["count_if", (condition) => `count(*) FILTER (WHERE ${condition})`],
  ["lpad", (x, width) => width && `lpad(${x}, ${width}, ' ')`],
  ["rpad", (x, width) => width && `rpad(${x}, ${width}, ' ')`],
])

/** Arguments of such calls that are words and no columns: parts of dates, types. */
const WORD_AT: ReadonlyMap<string, number> = new Map([
  ["dateadd", 0],
  ["date_add", 0],
  ["timestampadd", 0],
  ["timestampdiff", 0],
  ["timestamp_diff", 2],
  ["datetime_diff", 2],
  ["convert", 0],
])

/** What a call of another engine is here, between `preceding` and `following`, which may bind more tightly. */
export function rewritten(
  name: string,
  args: readonly string[],
  { preceding, following }: { readonly preceding: string; readonly following: string },
): string | undefined {
  const text = REWRITES.get(name.toLowerCase())?.(...args)
  if (text === undefined || text === "" || text.includes("undefined")) return undefined
  const isTight = /[-*/%^|]\s*$/.test(preceding) || /^\s*(::|\[|\.|\*|\/|%|\^)/.test(following)
  return isTight ? operand(text) : text
}

/** In parentheses unless it is a name, a literal or a call. */
function operand(text = ""): string {
  return /^[\w."]+$|^'[^']*'$|^\w+\([^()]*\)$/.test(text) ? text : `(${text})`
}

/** Whether that argument of such a call is a word. */
export function isWordArgument(name: string, index: number): boolean {
  return WORD_AT.get(name.toLowerCase()) === index
}

function divided(a?: string, b?: string): string | undefined {
  return b && `${operand(a)} / nullif(${b}, 0)`
}

function located(part?: string, text?: string): string | undefined {
  return text && `strpos(${text}, ${part})`
}

/** `decode(x, a, b, …, otherwise)` */
function decoded(x?: string, ...pairs: string[]): string | undefined {
  if (pairs.length < 2) return undefined
  const arms: string[] = []
  for (let i = 0; i + 1 < pairs.length; i += 2) arms.push(`WHEN ${pairs[i]} THEN ${pairs[i + 1]}`)
  const otherwise = pairs.length % 2 === 1 ? ` ELSE ${pairs.at(-1)}` : ""
  return `CASE ${x} ${arms.join(" ")}${otherwise} END`
}

const UNITS = /^(year|quarter|month|week|day|hour|minute|second)s?$/i

/** `dateadd(day, 3, date)` */
function shifted(part?: string, n?: string, date?: string): string | undefined {
  const unit = /^'?(\w+)'?$/.exec(part ?? "")?.[1] ?? ""
  if (!date || !n || !UNITS.test(unit)) return undefined
  const back = /^-\s*(\d+)$/.exec(n)?.[1]
  const count = back ?? (/^\d+$/.test(n) ? n : `(${n})`)
  return `${operand(date)} ${back === undefined ? "+" : "-"} INTERVAL ${count} ${unit.toUpperCase()}`
}

/** `datediff(a, b)` of MySQL: the days from b to a. */
function days(a?: string, b?: string, more?: string): string | undefined {
  return b && !more ? `date_diff('day', ${b}, ${a})` : undefined
}

function difference(part?: string, from?: string, to?: string): string | undefined {
  const unit = /^'?(\w+)'?$/.exec(part ?? "")?.[1] ?? ""
  return from && to && isDatePart(unit)
    ? `date_diff('${unit.toLowerCase()}', ${from}, ${to})`
    : undefined
}

function parsed(
  x: string | undefined,
  format: string | undefined,
  type: string,
): string | undefined {
  if (format === undefined) return x && `CAST(${x} AS ${type})`
  return spelledOut(format, (spelled) => `CAST(strptime(${x}, ${spelled}) AS ${type})`)
}

/** Patterns of Oracle, PostgreSQL and Snowflake, the longer first, and what strftime calls them. */
const PATTERNS: readonly (readonly [RegExp, string])[] = [
  [/^HH24/i, "%H"],
  [/^HH12/i, "%I"],
  [/^YYYY/i, "%Y"],
  [/^MONTH/i, "%B"],
  [/^MON/i, "%b"],
  [/^DAY/i, "%A"],
  [/^DDD/i, "%j"],
  [/^DY/i, "%a"],
  [/^YY/i, "%y"],
  [/^MM/i, "%m"],
  [/^MI/i, "%M"],
  [/^DD/i, "%d"],
  [/^HH/i, "%I"],
  [/^SS/i, "%S"],
  [/^[AP]M/i, "%p"],
]

/** A literal such as 'YYYY-MM-DD' as strftime's; undefined where a part of it is not known. */
function spelledOut(format: string, then: (spelled: string) => string): string | undefined {
  let rest = /^'(.*)'$/.exec(format)?.[1]
  if (rest === undefined) return undefined
  let spelled = ""
  while (rest !== "") {
    const now: string = rest
    const [pattern, by] = PATTERNS.find(([one]) => one.test(now)) ?? [/^[^A-Za-z%]/, undefined]
    const found = pattern.exec(now)?.[0]
    if (found === undefined) return undefined
    spelled += by ?? found
    rest = now.slice(found.length)
  }
  return then(`'${spelled}'`)
}
