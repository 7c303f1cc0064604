import type { Span } from "../base/span.js"

// Mistakes that are known by what stands around the place where a text does not parse. Each gives the changes that
// may have been meant; the first one with which the text parses is the fix.

/** A change of a text: replacements in order of their places, none of them overlapping. */
export interface Repair {
  readonly title: string
  /** Of what was misspelled or is too much; undefined where something is missing. */
  readonly at?: Span
  /** The keyword that was meant. */
  readonly keyword?: string
  readonly edits: readonly { readonly span: Span; readonly text: string }[]
}

export interface Token {
  readonly text: string
  readonly start: number
  readonly end: number
}

/** The token where the first error is, number `i`, and what the parser says of it. */
export interface Place {
  readonly text: string
  readonly tokens: readonly Token[]
  readonly i: number
  readonly problem: string
}

/** What may stand instead of another clause's beginning. */
const CLAUSE = /^(from|where|group|order|limit|having)$/i
const UNIT = /^(year|month|week|day|hour|minute|second)s?$/i
const LITERAL = /^('|\d)/

/** The most telling first. */
export const IDIOMS: readonly ((place: Place) => Repair[])[] = [
  safeCast,
  separated,
  nothingSelected,
  nameless,
  fromAsName,
  outerJoin,
  hint,
  bareList,
  comparison,
  commaForAnd,
  caseWithoutWhen,
  bareInterval,
  wordOperator,
  bareUsing,
  orderedBranch,
  limitRows,
  isEmpty,
  currentRow,
  withinGroup,
  fetchRows,
  bareWindow,
  bareRows,
  distinctOn,
  bareCte,
  nullFirst,
  ifThen,
  apostrophe,
  semicolon,
]

/** A change of stretches of the text, pointed at by `at`. */
function change(title: string, at: Span, ...edits: readonly (readonly [Span, string])[]): Repair[] {
  return [{ title, at, edits: edits.map(([span, text]) => ({ span, text })) }]
}

const before = ({ start }: Token): Span => ({ start, end: start })
const after = ({ end }: Token): Span => ({ start: end, end })

/** `SAFE_CAST(a AS b)` of BigQuery. */
function safeCast({ tokens, i }: Place): Repair[] {
  const found = tokens
    .slice(0, i)
    .findLast(({ text }, at) => /^safe_cast$/i.test(text) && tokens[at + 1]?.text === "(")
  return found && /^as$/i.test(tokens[i]?.text ?? "")
    ? change("write TRY_CAST", found, [found, "TRY_CAST"])
    : []
}

/** `CAST(a, INTEGER)`, `BETWEEN 1, 2`: a symbol where a keyword separates. */
function separated({ tokens, i, problem }: Place): Repair[] {
  const wanted = /^expected ([A-Z]+), found `[^\w\s]`$/.exec(problem)?.[1]
  const [previous, symbol] = [tokens[i - 1], tokens[i]]
  if (wanted === undefined || !symbol) return []
  const span = { start: previous?.end ?? symbol.start, end: symbol.end }
  return change(`write ${wanted}`, symbol, [span, ` ${wanted}`])
}

/** `SELECT FROM t` of a subquery: a model names its columns. */
function nothingSelected({ tokens, i, problem }: Place): Repair[] {
  const clause = tokens[i]
  if (!clause || !CLAUSE.test(clause.text)) return []
  const count = (mark: string) => tokens.slice(0, i).filter(({ text }) => text === mark).length
  if (count("(") <= count(")")) return []
  if (!problem.startsWith("expected a column or an expression")) return []
  return change("select `*`", clause, [before(clause), "* "])
}

/** `a AS` without a name. */
function nameless({ tokens, i }: Place): Repair[] {
  const [as, next] = [tokens[i - 1], tokens[i]]
  if (!as || !/^as$/i.test(as.text) || (next && !CLAUSE.test(next.text))) return []
  return change("remove `as`", as, [as, ""])
}

/** `count(*) AS FROM t`: FROM was taken for the name. */
function fromAsName({ tokens, i }: Place): Repair[] {
  const [as, from] = [tokens[i - 2], tokens[i - 1]]
  if (!as || !from || !/^as$/i.test(as.text) || !/^from$/i.test(from.text)) return []
  return change("remove `as`", as, [{ start: as.start, end: from.start }, ""])
}

/** `OUTER JOIN` does not say of which side. */
function outerJoin({ tokens, i }: Place): Repair[] {
  const outer = tokens[i]
  if (!outer || !/^outer$/i.test(outer.text) || !/^join$/i.test(tokens[i + 1]?.text ?? ""))
    return []
  return change("write LEFT OUTER JOIN", outer, [before(outer), "LEFT "])
}

/** `WITH (NOLOCK)` */
function hint({ tokens, i }: Place): Repair[] {
  const [previous, word, opening, , closing] = tokens.slice(Math.max(0, i - 1), i + 4)
  if (!previous || !word || !/^with$/i.test(word.text)) return []
  if (opening?.text !== "(" || closing?.text !== ")") return []
  return change("remove the hint", word, [{ start: previous.end, end: closing.end }, ""])
}

/** `IN 1, 2` */
function bareList({ tokens, i }: Place): Repair[] {
  let at = i
  while (at > 0 && /^('|\d|,)/.test(tokens[at - 1]?.text ?? "")) at--
  const isValue = (one: number) => /^('|\d|(true|false)$)/i.test(tokens[one]?.text ?? "")
  const isIn = /^in$/i.test(tokens[at - 1]?.text ?? "") && isValue(at)
  let end = at
  while (tokens[end + 1]?.text === "," && isValue(end + 2)) end += 2
  const [first, last] = [tokens[at], tokens[end]]
  if (!isIn || !first || !last) return []
  const span = { start: first.start, end: last.end }
  return change("put the values in parentheses", span, [before(first), "("], [after(last), ")"])
}

/** `x IS NOT EQUAL TO 1`, `x IS 1`, `x NOT 1` */
function comparison({ tokens, i }: Place): Repair[] {
  const isPart = (at: number) => /^(is|not|equals?|to)$/i.test(tokens[at]?.text ?? "")
  let start = i
  while (isPart(start - 1)) start--
  let end = i
  while (isPart(end)) end++
  const [first, last] = [tokens[start], tokens[end - 1]]
  const words = tokens.slice(start, end).map(({ text }) => text.toLowerCase())
  if (!first || !last || (words[0] !== "is" && words[0] !== "not")) return []
  const isEqual = words.some((word) => word.startsWith("equal"))
  if (!isEqual && !LITERAL.test(tokens[end]?.text ?? "")) return []
  const operator = words.includes("not") ? "<>" : "="
  const span = { start: first.start, end: last.end }
  return change(`write ${operator}`, span, [span, operator])
}

/** `WHERE a = 1, b = 2` */
function commaForAnd({ tokens, i }: Place): Repair[] {
  const [previous, comma] = [tokens[i - 1], tokens[i]]
  if (!previous || comma?.text !== "," || !isInCondition(tokens, i)) return []
  return change("write AND", comma, [{ start: previous.end, end: comma.end }, " AND"])
}

function isInCondition(tokens: readonly Token[], i: number): boolean {
  let depth = 0
  for (let at = i - 1; at >= 0; at--) {
    const word = tokens[at]?.text ?? ""
    if (word === ")") depth++
    else if (word === "(" && depth-- === 0) return false
    else if (depth === 0 && /^(where|having|on|qualify)$/i.test(word)) return true
    else if (depth === 0 && /^(select|from|by|case|in|between)$/i.test(word)) return false
  }
  return false
}

/** `CASE a = 1 THEN` */
function caseWithoutWhen({ tokens, i }: Place): Repair[] {
  const opening = tokens.slice(0, i).findLast(({ text }) => /^case$/i.test(text))
  if (!opening || !/^then$/i.test(tokens[i]?.text ?? "")) return []
  return change("put WHEN after CASE", opening, [after(opening), " WHEN"])
}

/** `now() - 7 DAYS` */
function bareInterval({ tokens, i }: Place): Repair[] {
  const [count, unit] = [tokens[i - 1], tokens[i]]
  if (!count || !unit || !/^\d+$/.test(count.text) || !UNIT.test(unit.text)) return []
  const span = { start: count.start, end: unit.end }
  const written = `INTERVAL ${count.text} ${unit.text.toUpperCase()}`
  return change(`write ${written}`, span, [span, written])
}

/** Operators of other engines that are words, and the functions that they are. */
const WORD_OPERATORS: ReadonlyMap<string, string> = new Map([
  ["contains", "contains"],
  ["startswith", "starts_with"],
  ["starts_with", "starts_with"],
  ["endswith", "ends_with"],
  ["regexp", "regexp_matches"],
  ["rlike", "regexp_matches"],
  ["matches", "regexp_matches"],
])

export function isWordOperator(word: string): boolean {
  return WORD_OPERATORS.has(word.toLowerCase())
}

/** `name CONTAINS 'x'` */
function wordOperator({ text, tokens, i }: Place): Repair[] {
  const at = [i, i - 1].find((one) => WORD_OPERATORS.has(tokens[one]?.text.toLowerCase() ?? ""))
  const [operator, value] = at === undefined ? [] : [tokens[at], tokens[at + 1]]
  if (at === undefined || !operator || !value || !LITERAL.test(value.text)) return []
  let start = at - 1
  while (tokens[start - 1]?.text === ".") start -= 2
  const [first, last] = [tokens[start], tokens[at - 1]]
  if (!first || !last || !/^[\p{L}_"]/u.test(first.text)) return []
  const span = { start: first.start, end: value.end }
  const fn = WORD_OPERATORS.get(operator.text.toLowerCase()) ?? ""
  const call = `${fn}(${text.slice(first.start, last.end)}, ${value.text})`
  return change(`write ${call}`, span, [span, call])
}

/** `USING id` */
function bareUsing({ tokens, i }: Place): Repair[] {
  const at = [i, i - 1].find((one) => /^using$/i.test(tokens[one]?.text ?? ""))
  const name = at === undefined ? undefined : tokens[at + 1]
  if (!name || !/^[\p{L}_"]/u.test(name.text)) return []
  return change("put the column in parentheses", name, [before(name), "("], [after(name), ")"])
}

/** `SELECT … ORDER BY a UNION SELECT …`: a branch with an order or limit of its own stands in parentheses. */
function orderedBranch({ tokens, i }: Place): Repair[] {
  const [last, operator] = [tokens[i - 1], tokens[i]]
  if (!last || !operator || !/^(union|except|intersect)$/i.test(operator.text)) return []
  const first = tokens.slice(0, i).findLast(({ text }) => /^select$/i.test(text))
  if (!first) return []
  return change(
    "put parentheses around the branch",
    operator,
    [before(first), "("],
    [after(last), ")"],
  )
}

/** `LIMIT 10 ROWS` */
function limitRows({ tokens, i }: Place): Repair[] {
  const [limit, , rows] = [tokens[i - 2], tokens[i - 1], tokens[i]]
  if (!limit || !rows || !/^limit$/i.test(limit.text) || !/^rows?$/i.test(rows.text)) return []
  return change("remove `rows`", rows, [rows, ""])
}

/** `x IS EMPTY` */
function isEmpty({ tokens, i }: Place): Repair[] {
  const [is, empty] = [tokens[i - 1], tokens[i]]
  if (!is || !empty || !/^is$/i.test(is.text) || !/^empty$/i.test(empty.text)) return []
  const span = { start: is.start, end: empty.end }
  return change("write = ''", span, [span, "= ''"])
}

/** A frame that ends at CURRENT. */
function currentRow({ tokens, i }: Place): Repair[] {
  const word = tokens[i - 1]
  if (!word || !/^current$/i.test(word.text)) return []
  return change("write CURRENT ROW", word, [after(word), " ROW"])
}

/** `WITHIN GROUP (a)` */
function withinGroup({ tokens, i }: Place): Repair[] {
  const [group, opening, first] = [tokens[i - 2], tokens[i - 1], tokens[i]]
  if (!first || opening?.text !== "(" || !/^group$/i.test(group?.text ?? "")) return []
  return change("write ORDER BY", first, [before(first), "ORDER BY "])
}

/** `FETCH 10 ROWS` */
function fetchRows({ tokens, i }: Place): Repair[] {
  const [fetch, count, rows] = [tokens[i - 1], tokens[i], tokens[i + 1]]
  if (!fetch || !count || !/^fetch$/i.test(fetch.text) || !/^\d+$/.test(count.text)) return []
  const span = {
    start: fetch.start,
    end: rows && /^rows?$/i.test(rows.text) ? rows.end : count.end,
  }
  return change(`write LIMIT ${count.text}`, span, [span, `LIMIT ${count.text}`])
}

/** `OVER PARTITION BY a` and `FILTER WHERE a`, up to where the item may end. */
function bareWindow({ tokens, i }: Place): Repair[] {
  const opening = tokens.findLastIndex(({ text }, at) => {
    const next = tokens[at + 1]?.text ?? ""
    const isOver = /^over$/i.test(text) && /^(partition|order)$/i.test(next)
    return at <= i && (isOver || (/^filter$/i.test(text) && /^where$/i.test(next)))
  })
  const [word, first, last] = [tokens[opening], tokens[opening + 1], tokens.at(-1)]
  if (!word || !first || !last) return []
  const ends = tokens.filter(
    (_, at) => at > opening + 1 && /^(from|as|,|\)|;)$/i.test(tokens[at + 1]?.text ?? ""),
  )
  return [...ends, last].flatMap((end) =>
    change(
      `put parentheses after ${word.text.toUpperCase()}`,
      { start: first.start, end: end.end },
      [before(first), "("],
      [after(end), ")"],
    ),
  )
}

/** `VALUES 1, 2` */
function bareRows({ tokens, i }: Place): Repair[] {
  if (!/^values$/i.test(tokens[i - 1]?.text ?? "")) return []
  const literals: Token[] = []
  for (let at = i; LITERAL.test(tokens[at]?.text ?? ""); at += 2) {
    literals.push(...tokens.slice(at, at + 1))
    if (tokens[at + 1]?.text !== ",") break
  }
  const [first, last] = [literals[0], literals.at(-1)]
  if (!first || !last) return []
  const parentheses = literals.flatMap((one) => [
    [before(one), "("] as const,
    [after(one), ")"] as const,
  ])
  const span = { start: first.start, end: last.end }
  return change("put each row in parentheses", span, ...parentheses)
}

/** `DISTINCT ON id` */
function distinctOn({ tokens, i }: Place): Repair[] {
  const [distinct, on, first] = [tokens[i - 2], tokens[i - 1], tokens[i]]
  if (!first || !/^on$/i.test(on?.text ?? "") || !/^distinct$/i.test(distinct?.text ?? ""))
    return []
  let at = i
  while (tokens[at + 1]?.text === ".") at += 2
  const last = tokens[at] ?? first
  const span = { start: first.start, end: last.end }
  return change("put the columns in parentheses", span, [before(first), "("], [after(last), ")"])
}

/** `WITH a AS SELECT 1 SELECT * FROM a`: up to where the next query or CTE begins. */
function bareCte({ tokens, i }: Place): Repair[] {
  const [as, first] = [tokens[i - 1], tokens[i]]
  if (!first || !/^as$/i.test(as?.text ?? "") || !/^(select|from|values)$/i.test(first.text))
    return []
  return tokens
    .slice(i + 1, -1)
    .flatMap((last, at) =>
      /^(select|from|,)$/i.test(tokens[i + at + 2]?.text ?? "")
        ? change(
            "put parentheses around the query",
            first,
            [before(first), "("],
            [after(last), ")"],
          )
        : [],
    )
}

/** `WHERE IS NULL a` */
function nullFirst({ text, tokens, i }: Place): Repair[] {
  const is = tokens[i]
  if (!is || !/^is$/i.test(is.text)) return []
  const isNot = /^not$/i.test(tokens[i + 1]?.text ?? "")
  const at = isNot ? i + 3 : i + 2
  const name = tokens[at]
  if (!name || !/^null$/i.test(tokens[at - 1]?.text ?? "") || !/^[\p{L}_"]/u.test(name.text))
    return []
  let end = at
  while (tokens[end + 1]?.text === ".") end += 2
  const last = tokens[end] ?? name
  const span = { start: is.start, end: last.end }
  const written = `${text.slice(name.start, last.end)} IS ${isNot ? "NOT " : ""}NULL`
  return change(`write ${written}`, span, [span, written])
}

/** `IF a = 1 THEN b END` */
function ifThen({ tokens, i }: Place): Repair[] {
  const opening = tokens.slice(0, i).findLast(({ text }) => /^if$/i.test(text))
  if (!opening) return []
  return change("write CASE WHEN", opening, [opening, "CASE WHEN"])
}

/** `'it's'` */
function apostrophe({ text, tokens, problem }: Place): Repair[] {
  if (problem !== "this string is not closed") return []
  const broken = tokens.find(
    ({ text: word, end }) => /^'.*\p{L}'$/u.test(word) && /^\p{L}/u.test(text.slice(end)),
  )
  if (!broken) return []
  return change("write the apostrophe twice", broken, [after(broken), "'"])
}

/** `SELECT a; FROM t` */
function semicolon({ tokens, i }: Place): Repair[] {
  const mark = tokens[i - 1]
  return mark?.text === ";" && tokens[i] ? change("remove `;`", mark, [mark, ""]) : []
}
