/**
 * Words that a name must be quoted to be: the union of what DuckDB and PostgreSQL reserve, and ESCAPE, before which
 * DuckDB takes an operator for one of the left side alone.
 */
export const KEYWORDS: ReadonlySet<string> = new Set(
  (
    "all analyse analyze and any array as asc asymmetric both case cast check collate column constraint create " +
    "default deferrable desc describe distinct do else end except false fetch for foreign from grant group having in " +
    "initially intersect into lambda lateral leading limit not null offset on only or order pivot pivot_longer " +
    "pivot_wider placing primary qualify references returning select session_user show some summarize symmetric table " +
    "then to trailing true union unique unpivot user using variadic when where window with " +
    "anti asof at authorization binary by collation columns concurrently cross current_date current_time " +
    "current_timestamp freeze full generated glob ilike inner is isnull join left like map natural notnull outer " +
    "overlaps positional right semi similar struct tablesample try_cast unpack verbose " +
    "between bigint bit boolean char character coalesce dec decimal exists extract float grouping grouping_id inout " +
    "int integer interval national nchar none nullif numeric out overlay position precision real row setof smallint " +
    "substring time timestamp treat trim values varchar escape"
  ).split(" "),
)

/** Of these, the words that the grammar itself calls by: `coalesce(a, b)`, `left(a, 2)`. */
const CALLED: ReadonlySet<string> = new Set(
  (
    "asof coalesce collation columns cross current_date current_time current_timestamp " +
    "extract full generated glob grouping grouping_id ilike inner is isnull join left like map natural notnull nullif " +
    "outer overlaps overlay position positional right row session_user similar some struct substring tablesample trim " +
    "try_cast unpack user authorization binary concurrently freeze verbose escape grant"
  ).split(" "),
)

/** Words that a function must be quoted to be called: `"timestamp"(a)`. */
export const NO_FUNCTIONS: ReadonlySet<string> = new Set([
  ...[...KEYWORDS].filter((word) => !CALLED.has(word)),
  ..."operator xmlattributes xmlconcat xmlelement xmlexists xmlforest xmlnamespaces xmlparse xmlpi".split(
    " ",
  ),
  ..."xmlroot xmlserialize xmltable".split(" "),
])
