import type { Span } from "../base/span.js"
import { editDistance } from "../base/suggest.js"
import { counterpartOf } from "../functions/elsewhere.js"
import { IDIOMS, isWordOperator, type Repair, type Token } from "./idioms.js"

// What was probably meant by a text that does not parse: edits at the place of the first error, each
// tried by parsing the text again. The first one that leaves no error is the fix.

/** The length of a word that is likely to be misspelled where other errors remain. */
const SURE = 4
/** How many parses one error may cost. */
const TRIES = 60

/**
 * Looks for the change at `error` after which `faults` finds none; `faults` gives the offsets of the
 * errors of the stretch `sql` of a text. Undefined where no change tried makes it whole.
 */
export function repair(
  text: string,
  sql: Span,
  error: Span,
  problem: string,
  faults: (text: string, sql: Span) => readonly number[],
): Repair | undefined {
  const tokens = tokensOf(text, sql)
  const here = tokens.findIndex(({ end }) => end > error.start)
  const index = here < 0 ? tokens.length : here
  const before = faults(text, sql).length
  let better: Repair | undefined
  for (const candidate of candidates(text, tokens, index, error, problem).slice(0, TRIES)) {
    const changed = applied(text, candidate)
    const stretch = { start: sql.start, end: sql.end + changed.length - text.length }
    const left = faults(changed, stretch)
    if (left.length === 0) return candidate
    const isFurther = left.length < before || Math.min(...left) > error.end + 1
    if ((candidate.at?.end ?? 0) - (candidate.at?.start ?? 0) < SURE || !isFurther) continue
    if (candidate.keyword !== undefined) better ??= candidate
  }
  return better
}

function applied(text: string, { edits }: Repair): string {
  return edits.reduceRight(
    (whole, { span, text: by }) => whole.slice(0, span.start) + by + whole.slice(span.end),
    text,
  )
}

function candidates(
  text: string,
  tokens: readonly Token[],
  i: number,
  error: Span,
  problem: string,
): Repair[] {
  const [second, before, token, after] = [i - 2, i - 1, i, i + 1].map((at) => tokens[at])
  return [
    ...(token && /^NULLS$/i.test(token.text) ? [nullsLast(token)] : []),
    ...[token, before, second, after].flatMap((one) => (one ? misspelled(one) : [])),
    ...(before && token ? joined(before, token, text) : []),
    ...symbols(tokens, problem),
    ...IDIOMS.flatMap((idiom) => idiom({ text, tokens, i, problem })),
    ...(token ? quotedName(text, token) : []),
    ...(token && before && after ? limitPair(before, token, after) : []),
    ...(before && token ? topRows(before, token, tokens) : []),
    ...closing(text, error, problem),
    ...(token && /^[=!,)]$/.test(token.text) ? [without(token)] : []),
    ...missing(tokens, i, problem),
    ...(before && /^(AND|OR|WHERE|,|\+|-|\*|\/|\|\||=)$/i.test(before.text)
      ? [without(before)]
      : []),
    ...(token && after ? calledElsewhere(token, after) : []),
    ...(token && !/ not supported|IN needs/.test(problem) ? reserved(token) : []),
    ...movedClause(tokens, i, text),
    ...crossJoin(tokens, i),
    ...conditioned(tokens, i),
    ...queryOf(tokens, i),
  ]
}

/** `ORDER BY a NULLS` */
function nullsLast({ end }: Token): Repair {
  return { title: "write NULLS LAST", edits: [{ span: { start: end, end }, text: " LAST" }] }
}

// ------------------------------------------------------------------------------------- misspelled

const KEYWORDS =
  `SELECT FROM WHERE GROUP BY HAVING ORDER LIMIT OFFSET JOIN LEFT RIGHT FULL INNER CROSS ON USING UNION
  ALL EXCEPT INTERSECT WITH AS CASE WHEN THEN ELSE END AND OR NOT IN IS NULL LIKE BETWEEN EXISTS DISTINCT OVER
  PARTITION QUALIFY WINDOW ROWS RANGE PRECEDING FOLLOWING UNBOUNDED CURRENT ROW INTERVAL DAY DAYS MONTH MONTHS YEAR
  YEARS HOUR HOURS MINUTE MINUTES SECOND SECONDS WEEK WEEKS QUARTER DESC ASC NULLS FIRST LAST FILTER WITHIN LATERAL
  RECURSIVE VALUES EXCLUDE REPLACE TRUE FALSE`.split(/\s+/)
const KNOWN = new Set(KEYWORDS)

/** Two keywords that are written as one, and keywords written in full. */
const TOGETHER: ReadonlyMap<string, string> = new Map([
  ["DESCENDING", "DESC"],
  ["ASCENDING", "ASC"],
  ...["GROUP BY", "ORDER BY", "PARTITION BY", "LEFT JOIN", "RIGHT JOIN", "FULL JOIN", "INNER JOIN"]
    .concat(["CROSS JOIN", "UNION ALL", "IS NULL", "NOT NULL", "NOT IN", "SELECT DISTINCT"])
    .map((words): [string, string] => [words.replace(" ", ""), words]),
])

/** The keywords that a word nearly is, the nearest first. */
function misspelled({ text, start, end }: Token): Repair[] {
  const word = text.toUpperCase()
  if (!/^[A-Z_]+$/.test(word) || KNOWN.has(word) || isWordOperator(text)) return []
  const keyword = TOGETHER.get(word)
  if (keyword !== undefined) {
    const [at, title] = [{ start, end }, `write ${keyword}`]
    return [{ title, at, keyword, edits: [{ span: at, text: keyword }] }]
  }
  const most = Math.max(1, Math.floor(word.length / 3))
  const near = KEYWORDS.map((keyword) => ({ keyword, distance: editDistance(word, keyword) }))
    .filter(({ distance }) => distance <= most)
    .sort((a, b) => a.distance - b.distance)
  return near.map(({ keyword }) => ({
    title: `change \`${text}\` to ${keyword}`,
    at: { start, end },
    keyword,
    edits: [{ span: { start, end }, text: keyword }],
  }))
}

// ------------------------------------------------------------------------- other ways of writing it

const OPERATORS: Readonly<Record<string, string>> = {
  ":=": "=",
  "=!": "<>",
  "=<": "<=",
  "=>": ">=",
  "><": "<>",
}

/** `=!` for `<>`. */
function joined(before: Token, token: Token, text: string): Repair[] {
  const both = { start: before.start, end: token.end }
  return [both, token].flatMap(({ start, end }) => {
    const by = OPERATORS[text.slice(start, end)]
    const span = { start, end }
    return by === undefined ? [] : [{ title: `write ${by}`, at: span, edits: [{ span, text: by }] }]
  })
}

/** `&&` and `||` of other languages, wherever they stand. */
function symbols(tokens: readonly Token[], problem: string): Repair[] {
  const found = (symbol: string, word: string): Repair[] => {
    const all = tokens.filter(({ text }) => text === symbol)
    const [first] = all
    if (!first) return []
    const edits = all.map((span) => ({ span, text: word }))
    return [{ title: `change \`${symbol}\` to ${word}`, at: first, keyword: word, edits }]
  }
  const isChained = problem.includes("after another comparison")
  return [...found("&&", "AND"), ...(isChained ? found("||", "OR") : [])]
}

/** Backticks around a name; every pair of the text. */
function quotedName(text: string, { text: opening, start }: Token): Repair[] {
  if (opening !== "`") return []
  const pairs = [...text.slice(start).matchAll(/`([^`\n]*)`/g)]
  const edits = pairs.map((pair) => {
    const from = start + pair.index
    return { span: { start: from, end: from + pair[0].length }, text: `"${pair[1] ?? ""}"` }
  })
  return edits.length === 0 ? [] : [{ title: "write double quotes", edits }]
}

/** `LIMIT 5, 10` of MySQL. */
function limitPair(before: Token, token: Token, after: Token): Repair[] {
  if (token.text !== "," || !/^\d+$/.test(before.text) || !/^\d+$/.test(after.text)) return []
  const text = `${after.text} OFFSET ${before.text}`
  const span = { start: before.start, end: after.end }
  return [{ title: `write LIMIT ${text}`, at: span, edits: [{ span, text }] }]
}

/** `SELECT TOP 10 …` */
function topRows(before: Token, token: Token, tokens: readonly Token[]): Repair[] {
  const last = tokens.at(-1)
  if (!/^top$/i.test(before.text) || !/^\d+$/.test(token.text) || !last) return []
  const [end, at] = last.text === ";" ? [last.start, last.start] : [last.end, last.end]
  return [
    {
      title: `write LIMIT ${token.text} at the end`,
      at: { start: before.start, end: token.end },
      edits: [
        { span: { start: before.start, end: token.end + 1 }, text: "" },
        { span: { start: at, end }, text: ` LIMIT ${token.text}` },
      ],
    },
  ]
}

// ------------------------------------------------------------------------------ too much, too little

function without({ text, start, end }: Token): Repair {
  const span = { start, end }
  return { title: `remove \`${text}\``, at: span, edits: [{ span, text: "" }] }
}

/** What the parser expected, a closing parenthesis, FROM or a comma, before the error or at the end. */
function missing(tokens: readonly Token[], i: number, problem: string): Repair[] {
  const wanted = /^expected `?([A-Z]+|[^\s\w`])`?,/.exec(problem)?.[1]
  const words = [...new Set([...(wanted === undefined ? [] : [wanted]), ")", "FROM", "END", ","])]
  const [before, token, last] = [tokens[i - 1], tokens[i], tokens.at(-1)]
  const at = before?.end ?? token?.start ?? 0
  const places = [...new Set([at, last?.end ?? at])]
  return words.flatMap((word) =>
    places.map((place) => ({
      title: `put ${/\w/.test(word) ? word : `\`${word}\``} ${place === at ? "here" : "at the end"}`,
      edits: [{ span: { start: place, end: place }, text: /\w/.test(word) ? ` ${word}` : word }],
    })),
  )
}

/** The end of a string or a name that is not closed, and of a comment. */
function closing(text: string, { start }: Span, problem: string): Repair[] {
  if (!problem.endsWith("is not closed")) return []
  const mark = problem.includes("comment") ? " */" : text.charAt(start)
  const line = /[^\r\n]*/.exec(text.slice(start))?.[0].trimEnd().length ?? 0
  const word = /^.[\p{L}\p{N}_$-]*/u.exec(text.slice(start))?.[0].length ?? 0
  return [start + word, start + line].map((at) => ({
    title: `close it with ${mark.trim()}`,
    edits: [{ span: { start: at, end: at }, text: mark }],
  }))
}

/** A function of another engine whose name is a keyword here. */
function calledElsewhere({ text, start, end }: Token, after: Token): Repair[] {
  const name = after.text === "(" ? counterpartOf(text)?.name : undefined
  const span = { start, end }
  return name === undefined
    ? []
    : [{ title: `write ${name}`, at: span, edits: [{ span, text: name }] }]
}

/** Words that begin what follows: where one of them is unexpected, something is missing before it. */
const STRUCTURE = /^(select|from|where|group|having|order|limit|join|on|in|and|or|with|union)$/i

/** A keyword that is meant for a name. */
function reserved({ text, start, end }: Token): Repair[] {
  if (!/^[a-z_]+$/i.test(text) || (STRUCTURE.test(text) && !/^order|group$/i.test(text))) return []
  const span = { start, end }
  return [{ title: `write "${text}"`, at: span, edits: [{ span, text: `"${text}"` }] }]
}

/** The clauses of a query in their order. */
const CLAUSES = ["WHERE", "GROUP", "HAVING", "WINDOW", "QUALIFY", "ORDER", "LIMIT"]

/** A clause that stands after one that it must stand before. */
function movedClause(tokens: readonly Token[], i: number, text: string): Repair[] {
  const clause = tokens[i]
  const rank = CLAUSES.indexOf(clause?.text.toUpperCase() ?? "")
  if (!clause || rank < 0) return []
  const own = lastFrom(tokens, i)
  const depths = depthsOf(tokens)
  const rankAt = (at: number) =>
    depths[at] === depths[i] ? CLAUSES.indexOf(tokens[at]?.text.toUpperCase() ?? "") : -1
  const first = tokens.findIndex((_, at) => at > own && at < i && rankAt(at) > rank)
  const to = tokens[first]
  if (first < 0 || !to) return []
  const next = tokens.findIndex(
    ({ text: word }, at) =>
      at > i && (rankAt(at) >= 0 || word === ";" || (depths[at] ?? 0) < (depths[i] ?? 0)),
  )
  const end = next < 0 ? (tokens.at(-1)?.end ?? clause.end) : (tokens[next]?.start ?? clause.end)
  const moved = text.slice(clause.start, end).trim()
  const before = tokens[i - 1]?.end ?? clause.start
  const names = [clause, to].map((one) => CLAUSE_NAMES[one.text.toUpperCase()])
  return [
    {
      title: `put ${names.join(" before ")}`,
      at: clause,
      edits: [
        { span: { start: to.start, end: to.start }, text: `${moved} ` },
        { span: { start: before, end }, text: next < 0 ? "" : " " },
      ],
    },
  ]
}

const CLAUSE_NAMES: Readonly<Record<string, string>> = {
  ...Object.fromEntries(CLAUSES.map((word) => [word, word])),
  GROUP: "GROUP BY",
  ORDER: "ORDER BY",
}

/** How deep in parentheses each token is; a closing one is as deep as what is around it. */
function depthsOf(tokens: readonly Token[]): number[] {
  let depth = 0
  return tokens.map(({ text }) => {
    if (text === ")") return --depth
    return text === "(" ? depth++ : depth
  })
}

function lastFrom(tokens: readonly Token[], i: number): number {
  const depths = depthsOf(tokens)
  for (let at = i; at >= 0; at--)
    if (depths[at] === depths[i] && /^from$/i.test(tokens[at]?.text ?? "")) return at
  return -1
}

/** A JOIN without a condition. */
function crossJoin(tokens: readonly Token[], i: number): Repair[] {
  for (let at = Math.min(i, tokens.length) - 1; at >= 0; at--) {
    const token = tokens[at]
    if (!token || !/^join$/i.test(token.text)) continue
    if (/^(left|right|full|outer|inner|semi|anti|asof|cross)$/i.test(tokens[at - 1]?.text ?? ""))
      return []
    const { start } = token
    return [{ title: "write CROSS JOIN", edits: [{ span: { start, end: start }, text: "CROSS " }] }]
  }
  return []
}

/** A CROSS JOIN with a condition. */
function conditioned(tokens: readonly Token[], i: number): Repair[] {
  if (!/^(on|using)$/i.test(tokens[i]?.text ?? "")) return []
  const at = tokens.findLastIndex(({ text }, k) => k < i && /^join$/i.test(text))
  const [before, join] = [tokens[at - 1], tokens[at]]
  if (!before || !join || !/^(cross|natural|positional)$/i.test(before.text)) return []
  const span = { start: before.start, end: join.start }
  return [{ title: `write JOIN alone`, edits: [{ span, text: "" }] }]
}

/** `CREATE TABLE x AS SELECT …`, `INSERT INTO x SELECT …`: the query alone is the model. */
function queryOf(tokens: readonly Token[], i: number): Repair[] {
  const [token] = tokens
  if (i !== 0 || !token || !/^(create|insert)$/i.test(token.text)) return []
  const query = tokens.find(({ text }) => /^(select|with|from)$/i.test(text))
  if (!query) return []
  const span = { start: token.start, end: query.start }
  return [{ title: "write the query alone", at: token, edits: [{ span, text: "" }] }]
}

/** Tokens as they are told apart here; comments and blanks are left out. */
function tokensOf(text: string, { start, end }: Span): Token[] {
  const pattern =
    /--[^\n]*|\/\*[\s\S]*?(?:\*\/|$)|'(?:[^']|'')*'?|"(?:[^"]|"")*"?|[\p{L}_][\p{L}\p{N}_$]*|\d[\w.]*|&&|:=|<=|>=|<>|!=|\|\||::|=>|\S/gu
  return [...text.slice(start, end).matchAll(pattern)].flatMap((match) => {
    const from = start + match.index
    return /^(--|\/\*)/.test(match[0])
      ? []
      : [{ text: match[0], start: from, end: from + match[0].length }]
  })
}
