/** What a function of other engines is called here; a sentence where it is no other name of the same call. */
interface Counterpart {
  /** The same call under this name. */
  readonly name?: string
  readonly hint?: string
}

const same = (name: string): Counterpart => ({ name })
const written = (hint: string): Counterpart => ({ hint })

const COUNTERPARTS: ReadonlyMap<string, Counterpart> = new Map([
  ["nvl", same("coalesce")],
  ["isnull", same("coalesce")],
  ["ifnull", same("coalesce")],
  ["iff", same("if")],
  ["iif", same("if")],
  ["getvariable", written("smelt.param('name')")],
  ["reservoir_quantile", same("approx_quantile")],
  ["nextval", written("row_number() OVER (…), or uuid()")],
  ["!", written("NOT x, or <> between two values")],
  ["charindex", written("strpos(text, part), the text first")],
  ["locate", written("strpos(text, part), the text first")],
  ["len", same("length")],
  ["char_length", same("length")],
  ["character_length", same("length")],
  ["listagg", same("string_agg")],
  ["group_concat", same("string_agg")],
  ["collect_list", same("list")],
  ["collect_set", written("list(DISTINCT x)")],
  ["array_size", same("len")],
  ["cardinality", same("len")],
  ["size", same("len")],
  ["getdate", same("now")],
  ["sysdate", same("now")],
  ["systimestamp", same("now")],
  ["current_datetime", same("now")],
  // DuckDB's own takes no aggregates, subqueries or windows, and fails beside GROUP BY.
  ["try", written("TRY_CAST, or CASE around what may fail")],
  ["curdate", same("current_date")],
  ["to_date", written("CAST(x AS DATE), or strptime(x, format)")],
  ["str_to_date", same("strptime")],
  ["parse_date", written("CAST(strptime(x, format) AS DATE)")],
  ["parse_timestamp", written("strptime(x, format), the text first")],
  ["to_char", written("strftime(x, format)")],
  ["date_format", same("strftime")],
  ["format_date", written("strftime(x, format), the date first")],
  ["dateadd", written("x + INTERVAL 1 DAY")],
  ["add_months", written("x + INTERVAL 1 MONTH")],
  ["timestampdiff", written("date_diff('day', start, end)")],
  ["months_between", written("date_diff('month', start, end)")],
  ["trunc_date", same("date_trunc")],
  ["rand", same("random")],
  ["regexp_substr", same("regexp_extract")],
  ["rlike", same("regexp_matches")],
  ["regexp_like", same("regexp_matches")],
  ["regexp_contains", same("regexp_matches")],
  ["to_number", written("CAST(x AS DOUBLE)")],
  ["to_varchar", written("CAST(x AS VARCHAR)")],
  ["convert", written("CAST(x AS type)")],
  ["safe_cast", written("TRY_CAST(x AS type)")],
  ["decode", written("CASE x WHEN a THEN b ELSE c END")],
  ["nvl2", written("CASE WHEN x IS NOT NULL THEN a ELSE b END")],
  ["zeroifnull", written("coalesce(x, 0)")],
  ["nullifzero", written("nullif(x, 0)")],
  ["div0", written("a / nullif(b, 0)")],
  ["safe_divide", written("a / nullif(b, 0)")],
  ["countif", written("count(*) FILTER (WHERE condition)")],
  ["count_if", written("count(*) FILTER (WHERE condition)")],
  ["sumif", written("sum(x) FILTER (WHERE condition)")],
  ["percentile_approx", same("approx_quantile")],
  ["any_value_respect_nulls", same("first")],
  ["stdev", same("stddev")],
  ["json_value", same("json_extract_string")],
  ["get_json_object", same("json_extract_string")],
  ["parse_json", written("CAST(x AS JSON)")],
  ["substr_count", written("length(x) - length(replace(x, part, ''))")],
])

export function counterpartOf(name: string): Counterpart | undefined {
  return COUNTERPARTS.get(name.toLowerCase())
}
