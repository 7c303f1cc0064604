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

const RESERVED_WORDS = words(`
  ALL AND ANTI ANY AS ASOF BETWEEN BY CASE CAST CROSS DISTINCT ELSE END EXCEPT EXISTS FALSE FROM
  FULL GROUP HAVING ILIKE IN INNER INTERSECT INTO IS JOIN LATERAL LEFT LIKE LIMIT NATURAL NOT NULL
  OFFSET ON OR ORDER OUTER POSITIONAL QUALIFY RIGHT SELECT SEMI THEN TRUE UNION USING WHEN WHERE
  WINDOW WITH
`)

const OTHER_WORDS = words(`
  ARRAY ASC AT BIGINT BIT BLOB BOOLEAN BOTH BYTEA CHARACTER CHECK COLLATE CONSTRAINT CREATE CUBE
  CURRENT CURRENT_DATE CURRENT_TIME CURRENT_TIMESTAMP DATE DATETIME DECIMAL DESC DOUBLE ESCAPE
  EXCLUDE EXTRACT FETCH FILTER FIRST FLOAT FOLLOWING FOR FOREIGN GLOB GROUPING GROUPS HUGEINT IF
  IGNORE INTEGER INTERVAL ISNULL JSON KEY LAMBDA LAST LEADING LOCALTIME LOCALTIMESTAMP MAP
  MATERIALIZED NAME NEXT NO NOTNULL NULLS ONLY OTHERS OVER PARTITION PERCENT PIVOT POSITION
  PRECEDING PRECISION PRIMARY RANGE RECURSIVE REFERENCES REPLACE RESPECT ROLLUP ROW ROWS SET SETS
  SIMILAR SOME SUBSTRING TABLE TABLESAMPLE TIES TIME TIMESTAMP TIMESTAMPTZ TIMETZ TO TRAILING TRIM
  TRY_CAST UNBOUNDED UNIQUE UNKNOWN UNPIVOT UUID VALUES VARCHAR VARYING WITHIN WITHOUT ZONE
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
  ->> <=> !~~ ~~* !~* ... <= >= <> != == || :: -> => := // << >> ** !~ ~* ~~ @> <@ && ^@
  ( ) [ ] { } , . ; : + - * / % ^ = < > & | ~ ! @ #
`)

export type Word =
  | (typeof RESERVED_WORDS)[number]
  | (typeof OTHER_WORDS)[number]
  | (typeof UNIT_WORDS)[number]
  | (typeof PLURALS)[number]
export type Operator = (typeof OPERATORS)[number]
export type Spelling = Word | Operator | ""

/** Words that cannot be a name without quotes, since a clause or an operator begins with them. */
export const RESERVED: ReadonlySet<Spelling> = new Set<Spelling>(RESERVED_WORDS)

/** Words that name a unit of time, with its singular. */
export const UNITS: ReadonlyMap<Spelling, string> = new Map<Spelling, string>([
  ...UNIT_WORDS.map((unit) => [unit, unit] as const),
  ...PLURALS.map((plural, i) => [plural, UNIT_WORDS[i] ?? plural] as const),
])

// Words by first letter and length, operators by first character: a handful of candidates each.
const SHAPES: Word[][] = Array.from({ length: 32 * 32 }, () => [])
for (const word of [...RESERVED_WORDS, ...OTHER_WORDS, ...UNIT_WORDS, ...PLURALS])
  SHAPES[shapeOf(word.charCodeAt(0), word.length)]?.push(word)

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
    for (const word of candidates)
      if (word.length === length && spells(text, start, word)) return word
  return ""
}

/** The longest operator that begins there, or "". */
export function operatorAt(text: string, start: number): Operator | "" {
  const candidates = BEGINNINGS[text.charCodeAt(start)]
  if (candidates !== undefined)
    for (const operator of candidates)
      if (operator.length === 1 || text.startsWith(operator, start)) return operator
  return ""
}

/** A letter and its capital differ by 32; no other character of a word gives a capital without it. */
function spells(text: string, start: number, word: Word): boolean {
  for (let i = 0; i < word.length; i++)
    if ((text.charCodeAt(start + i) & ~32) !== word.charCodeAt(i)) return false
  return true
}
