// The words and operators that the grammar asks for. The spelling of a token is one of these very
// strings, or "" for any other token, so that two spellings are equal only where they are the same
// string: the comparisons that a parser is made of cost one machine word each.

type Split<Text extends string, Found = never> = Text extends `${infer First} ${infer Rest}`
  ? Split<Rest, Found | First>
  : Found | Text
type Lines<Text extends string> = Text extends `${infer First}\n${infer Rest}`
  ? Split<First> | Lines<Rest>
  : Split<Text>

/** The words of a text, each the very string that a literal of the source is. */
export function words<const Text extends string>(text: Text): Exclude<Lines<Text>, "">[] {
  // Keys of objects are interned, as literals are; what `split` gives is not.
  const interned = Object.fromEntries(
    text
      .trim()
      .split(/\s+/)
      .map((word) => [word, true]),
  )
  return Object.keys(interned) as Exclude<Lines<Text>, "">[]
}

/** What no engine takes for a name without quotes. */
const RESERVED_WORDS = words(`
  ALL ANALYSE ANALYZE AND ANY ARRAY AS ASC ASYMMETRIC BOTH CASE CAST CHECK COLLATE COLUMN CONSTRAINT
  CREATE DEFAULT DEFERRABLE DESC DESCRIBE DISTINCT DO ELSE END EXCEPT FALSE FETCH FOR FOREIGN FROM
  GROUP HAVING IN INITIALLY INTERSECT INTO LAMBDA LATERAL LEADING LIMIT NOT NULL OFFSET ON ONLY OR
  ORDER PIVOT PIVOT_LONGER PIVOT_WIDER PLACING PRIMARY QUALIFY REFERENCES RETURNING SELECT SHOW SOME
  SUMMARIZE SYMMETRIC TABLE THEN TO TRAILING TRUE UNION UNIQUE UNPIVOT USING VARIADIC WHEN WHERE
  WINDOW WITH
`)

/** Joins and operators: names of functions, but neither of columns nor of tables. */
const FUNCTION_WORDS = words(`
  ANTI ASOF BY COLLATION CROSS FULL GLOB ILIKE INNER IS ISNULL JOIN LEFT LIKE NATURAL NOTNULL
  OUTER OVERLAPS POSITIONAL RIGHT SEMI SIMILAR TABLESAMPLE
`)

const OTHER_WORDS = words(`
  AT BETWEEN BIGINT BIT BLOB BOOLEAN BYTEA CHAR CHARACTER COLUMNS CUBE CURRENT CURRENT_DATE CURRENT_TIME
  CURRENT_TIMESTAMP CURRENT_USER DATE DATETIME DEC DECIMAL DOUBLE ENUM ESCAPE EXCLUDE EXISTS EXPORT_STATE EXTRACT
  FILTER FIRST FLOAT FOLLOWING GROUPING GROUPS HUGEINT IF IGNORE INCLUDE INT INTEGER INTERVAL JSON
  KEY LAST LOCALTIME LOCALTIMESTAMP MAP MATERIALIZED NAME NATIONAL NEXT NO NULLS NUMERIC OPERATOR
  ORDINALITY OTHERS OVER OVERLAY PARTITION PERCENT POSITION PRECEDING PRECISION RANGE REAL RECURSIVE
  RENAME REPEATABLE REPLACE RESPECT ROLLUP ROW ROWS SAMPLE SESSION_USER SET SETOF SETS SMALLINT STRUCT SUBSTRING
  TABLES TIES TIME TIMESTAMP TIMESTAMPTZ TIMETZ TREAT TRIM TRY_CAST UNBOUNDED UNKNOWN UUID VALUE
  VALUES VARCHAR VARYING VERSION WITHIN WITHOUT ZONE NCHAR
`)

const UNIT_WORDS = words(`
  YEAR MONTH DAY HOUR MINUTE SECOND MILLISECOND MICROSECOND WEEK QUARTER DECADE CENTURY MILLENNIUM
`)

/** In the same order. */
const PLURALS = words(`
  YEARS MONTHS DAYS HOURS MINUTES SECONDS MILLISECONDS MICROSECONDS WEEKS QUARTERS DECADES
  CENTURIES MILLENNIA
`)

/** Where one begins with another it stands before it. */
const OPERATORS = words(`
  ->> <=> !~~* !~~ ~~~ ~~* !~* ... <= >= <> != == || :: -> => := // << >> ** !~ ~* ~~ @> <@ && ^@
  ( ) [ ] { } , . ; : + - * / % ^ = < > & | ~ ! @ #
`)

export type Word =
  | (typeof RESERVED_WORDS)[number]
  | (typeof FUNCTION_WORDS)[number]
  | (typeof OTHER_WORDS)[number]
  | (typeof UNIT_WORDS)[number]
  | (typeof PLURALS)[number]
export type Operator = (typeof OPERATORS)[number]
export type Spelling = Word | Operator | ""

/** Words that cannot be the name of a column or a table without quotes. */
export const RESERVED: ReadonlySet<Spelling> = new Set<Spelling>([
  ...RESERVED_WORDS,
  ...FUNCTION_WORDS,
])

/** Words that name types alone, of those that are no names of columns. */
const NO_FUNCTIONS: ReadonlySet<Spelling> = new Set<Spelling>(["ANTI", "BY", "SEMI"])

/** Reserved words that may name a function: `left(s, 2)`. */
export const FUNCTION_NAMES: ReadonlySet<Spelling> = new Set<Spelling>(
  FUNCTION_WORDS.filter((word) => !NO_FUNCTIONS.has(word)),
)

/** Words that name a unit of time, with its singular. */
export const UNITS: ReadonlyMap<Spelling, string> = new Map<Spelling, string>([
  ...UNIT_WORDS.map((unit) => [unit, unit] as const),
  ...PLURALS.map((plural, i) => [plural, UNIT_WORDS[i] ?? plural] as const),
])

export const UNIT_NAMES: ReadonlySet<Spelling> = new Set(UNITS.keys())

/** All words of the grammar. */
export const WORDS: readonly Word[] = [
  ...RESERVED_WORDS,
  ...FUNCTION_WORDS,
  ...OTHER_WORDS,
  ...UNIT_WORDS,
  ...PLURALS,
]

// Words by first letter and length, operators by first character: a handful of candidates each.
const SHAPES: Word[][] = Array.from({ length: 32 * 32 }, () => [])
for (const word of WORDS) SHAPES[shapeOf(word.charCodeAt(0), word.length)]?.push(word)

const BEGINNINGS: Operator[][] = Array.from({ length: 128 }, () => [])
for (const operator of OPERATORS) BEGINNINGS[operator.charCodeAt(0)]?.push(operator)

function shapeOf(first: number, length: number): number {
  return ((first & 31) << 5) | (length & 31)
}

/** The word of the grammar that stands there, in any case, or "". */
export function wordAt(text: string, start: number, end: number): Word | "" {
  const length = end - start
  const candidates = SHAPES[shapeOf(text.charCodeAt(start), length)]
  if (candidates !== undefined)
    for (let i = 0; i < candidates.length; i++) {
      const word = candidates[i] ?? ""
      if (word !== "" && word.length === length && spells(text, start, word)) return word
    }
  return ""
}

/** The operator of the grammar that begins there, the longest one, or "". */
export function operatorAt(text: string, start: number): Operator | "" {
  const candidates = BEGINNINGS[text.charCodeAt(start)]
  if (candidates !== undefined)
    for (let i = 0; i < candidates.length; i++) {
      const operator = candidates[i] ?? ""
      if (operator.length === 1 || text.startsWith(operator, start)) return operator
    }
  return ""
}

/** This very text as an operator of the grammar, or "". */
export function operatorOf(text: string): Operator | "" {
  return BEGINNINGS[text.charCodeAt(0)]?.find((operator) => operator === text) ?? ""
}

/** A letter and its capital differ by 32; no other character of a word gives a capital without it. */
function spells(text: string, start: number, word: Word): boolean {
  for (let i = 0; i < word.length; i++)
    if ((text.charCodeAt(start + i) & ~32) !== word.charCodeAt(i)) return false
  return true
}
