// Clauses and operators of other engines, by the words that they are told by, and what is written here instead.

/** `words` in a row, `*` for any one; `write` stands for the first `length` of them, where nothing else changes. */
interface Foreign {
  readonly words: readonly string[]
  readonly length: number
  readonly problem: string
  readonly write?: string
}

// prettier-ignore
const FOREIGN: readonly Foreign[] = [
  foreign("LATERAL VIEW", "LATERAL VIEW is not supported: write CROSS JOIN unnest(…) AS t (column), and LEFT JOIN … ON TRUE for OUTER"),
  foreign("DISTRIBUTE BY", "DISTRIBUTE BY is not supported: how rows are spread is the engine's choice"),
  foreign("CLUSTER BY", "CLUSTER BY is not supported: write ORDER BY for an order; how rows are spread is the engine's choice"),
  foreign("SORT BY", "SORT BY is not supported: write ORDER BY", "ORDER BY"),
  foreign("NOT RLIKE", "RLIKE is not supported: write NOT regexp_matches(text, pattern)"),
  foreign("RLIKE | *", "RLIKE is not supported: write regexp_matches(text, pattern)"),
  foreign("NOT REGEXP", "REGEXP is not supported: write NOT regexp_matches(text, pattern)"),
  foreign("REGEXP | *", "REGEXP is not supported: write regexp_matches(text, pattern)"),
  foreign("DIV | *", "DIV is not supported: write //", "//"),
  foreign("MINUS | SELECT", "MINUS is not supported: write EXCEPT", "EXCEPT"),
  foreign("VERSION AS OF", "VERSION AS OF is not supported: write AT (VERSION => …)"),
  foreign("TIMESTAMP AS OF", "TIMESTAMP AS OF is not supported: write AT (TIMESTAMP => …)"),
  foreign("FOR SYSTEM_TIME AS OF", "FOR SYSTEM_TIME AS OF is not supported: write AT (TIMESTAMP => …)"),
  foreign("BEFORE | ( * =>", "BEFORE is not supported: write AT (TIMESTAMP => …)"),
  foreign("WITH TIES", "WITH TIES is not supported: write QUALIFY rank() OVER (ORDER BY …) <= …"),
  foreign("ROWS FROM | (", "ROWS FROM is not supported: write the functions as tables, joined by POSITIONAL JOIN"),
  foreign("IS JSON", "IS JSON is not supported: write json_valid(text)"),
  foreign("IS NOT JSON", "IS JSON is not supported: write NOT json_valid(text)"),
  foreign("SEARCH | * FIRST BY", "SEARCH is not supported: carry the path in a column of the recursive query, and order by it"),
  foreign("CYCLE | * SET", "CYCLE is not supported: carry the path in a column of the recursive query, and stop where it repeats"),
  foreign("LIKE ANY", "LIKE ANY is not supported: write one LIKE a pattern, joined by OR"),
  foreign("LIKE ALL", "LIKE ALL is not supported: write one LIKE a pattern, joined by AND"),
  foreign("ILIKE ANY", "ILIKE ANY is not supported: write one ILIKE a pattern, joined by OR"),
  foreign("ILIKE ALL", "ILIKE ALL is not supported: write one ILIKE a pattern, joined by AND"),
  foreign("YEAR TO MONTH", "YEAR TO MONTH is not supported: write INTERVAL '1 year 2 months'"),
  foreign("DAY TO | *", "DAY TO … is not supported: write INTERVAL '1 day 2 hours'"),
  foreign("HOUR TO | *", "HOUR TO … is not supported: write INTERVAL '1 hour 2 minutes'"),
  foreign("STRUCT | <", "types take parentheses here: STRUCT(a INTEGER, b VARCHAR)"),
  foreign("ARRAY | <", "the type of a list is written INTEGER[]"),
  foreign("MAP | <", "types take parentheses here: MAP(VARCHAR, INTEGER)"),
  foreign("WITH | ( NOLOCK", "table hints are not supported: a query locks no rows"),
  foreign("CROSS APPLY", "CROSS APPLY is not supported: write CROSS JOIN LATERAL", "CROSS JOIN LATERAL"),
  foreign("OUTER APPLY", "OUTER APPLY is not supported: write LEFT JOIN LATERAL … ON TRUE"),
  foreign("SEPARATOR", "SEPARATOR is not supported: write string_agg(text, separator)"),
  foreign("CONNECT BY", "CONNECT BY is not supported: write WITH RECURSIVE"),
  foreign("START WITH", "START WITH … CONNECT BY is not supported: write WITH RECURSIVE"),
  foreign("( + )", "(+) is not supported: write LEFT JOIN"),
  foreign("SAMPLE | ( *", "SAMPLE is not supported: write TABLESAMPLE", "TABLESAMPLE"),
  foreign(", TABLE | (", "TABLE(…) around a function is not supported: write the function alone"),
  foreign("WITH OFFSET", "WITH OFFSET is not supported: write WITH ORDINALITY, which counts from 1"),
  foreign("MATCH_RECOGNIZE | ( * (", "MATCH_RECOGNIZE is not supported: write window functions and QUALIFY"),
  foreign("SAFE_CAST | ( * AS", "SAFE_CAST is not supported: write TRY_CAST", "TRY_CAST"),
]

const BY_WORD = new Map<string, Foreign[]>()
for (const one of FOREIGN) {
  const [first = ""] = one.words
  BY_WORD.set(first, [...(BY_WORD.get(first) ?? []), one])
}

/** Words after a bar are only told by. */
function foreign(pattern: string, problem: string, write?: string): Foreign {
  const [own = "", after] = pattern.split(" | ")
  const words = own.split(" ")
  const { length } = words
  return {
    words: after === undefined ? words : [...words, ...after.split(" ")],
    length,
    problem,
    ...(write === undefined ? {} : { write }),
  }
}

/** How far before a mistake the words may begin that tell what is meant. */
const BEFORE = 3

/** What of another engine stands around a token: `wordAt` gives the words near it, in upper case. */
export function elsewhere(wordAt: (ahead: number) => string):
  | {
      readonly from: number
      readonly to: number
      readonly problem: string
      readonly write?: string
    }
  | undefined {
  for (let from = -BEFORE; from <= 0; from++)
    for (const { words, length, ...found } of BY_WORD.get(wordAt(from)) ?? []) {
      const isHere = words.every((word, i) => word === "*" || wordAt(from + i) === word)
      if (isHere && from + words.length > 0) return { from, to: from + length - 1, ...found }
    }
  return undefined
}
