import {
  BOOLEAN,
  HUGEINT,
  INTEGER,
  VARCHAR,
  array,
  list,
  sameType,
  scalar,
  unknown,
  type SqlType,
} from "../types/type.js"
import type { Entry } from "./function.js"
import { deviation, middle, sumType } from "./aggregates.js"

const nullable = { nulls: "nullable" } as const
const strict = "strict"
// NULL with the list alone.
const first = ([list]: readonly boolean[]) => list ?? true

// prettier-ignore
export const LISTS: readonly Entry[] = [
  ["list_value",        "(T...) T[]", { aliases: ["list_pack"], nulls: "never-null" }],
  ["list_extract",      "(T[], BIGINT) T | (VARCHAR, BIGINT) VARCHAR", { ...nullable, aliases: ["list_element", "array_extract"], mayRaise: true }],
  ["list_slice",        "(T[], BIGINT, BIGINT, BIGINT?) T[] | (VARCHAR, BIGINT, BIGINT) VARCHAR | (BLOB, BIGINT, BIGINT) BLOB", { ...nullable, aliases: ["array_slice"], mayRaise: true }],
  ["list_contains",     "(T[], T) BOOLEAN", { nulls: strict, aliases: ["array_contains", "list_has", "array_has"] }],
  ["list_has_any",      "(T[], T[]) BOOLEAN", { nulls: strict, aliases: ["array_has_any"] }],
  ["list_has_all",      "(T[], T[]) BOOLEAN", { nulls: strict, aliases: ["array_has_all"] }],
  ["list_position",     "(T[], T) INTEGER", { ...nullable, aliases: ["list_indexof", "array_position", "array_indexof"] }],
  ["list_concat",       "(T[], T[]...) T[]", { nulls: (lists) => lists.every((one) => one), aliases: ["list_cat", "array_concat", "array_cat"] }],
  ["list_append",       "(T[], T) T[]", { nulls: "nullable", aliases: ["array_append", "array_push_back"] }],
  ["list_prepend",      "(T, T[]) T[]", { nulls: "nullable", aliases: ["array_prepend"] }],
  ["list_distinct",     "(T[]) T[]", { aliases: ["array_distinct"] }],
  ["list_unique",       "(T[]) UBIGINT", { aliases: ["array_unique"] }],
  ["list_sort",         "(T[], VARCHAR?, VARCHAR?) T[]", { aliases: ["array_sort"], mayRaise: true }],
  ["list_reverse_sort", "(T[], VARCHAR?) T[]", { aliases: ["array_reverse_sort"], mayRaise: true }],
  ["list_reverse",      "(T[]) T[]", { aliases: ["array_reverse"] }],
  ["list_intersect",    "(T[], T[]) T[]", { nulls: first, aliases: ["array_intersect"] }],
  ["list_resize",       "(T[], BIGINT, T?) T[]", { nulls: "nullable", aliases: ["array_resize"], mayRaise: true }],
  ["list_select",       "(T[], BIGINT[]) T[]", { aliases: ["array_select"], mayRaise: true }],
  ["list_where",        "(T[], BOOLEAN[]) T[]", { aliases: ["array_where"], mayRaise: true }],
  ["flatten",           "(T[][]) T[]"],
  ["list_transform",    "(T[], LAMBDA) ANY", { nulls: first, aliases: ["array_transform", "list_apply", "array_apply", "apply"], result: ([, body]) => body && list(body) }],
  ["list_filter",       "(T[], LAMBDA) T[]", { nulls: first, aliases: ["array_filter", "filter"] }],
  ["list_reduce",       "(T[], LAMBDA, T?) T", { ...nullable, aliases: ["array_reduce", "reduce"], mayRaise: true }],
  ["list_sum",          "(N[]) N | (BOOLEAN[]) HUGEINT", { ...nullable, result: ([of]) => (of?.kind === "list" ? sumType(of.element) : HUGEINT), mayRaise: true }],
  ["list_avg",          "(DOUBLE[]) DOUBLE | (TIMESTAMP[]) TIMESTAMP", nullable],
  ["list_min",          "(T[]) T", nullable],
  ["list_max",          "(T[]) T", nullable],
  ["list_count",        "(T[]) BIGINT"],
  ["list_median",       "(T[]) T", { ...nullable, result: ofElements(middle) }],
  ["list_mode",         "(T[]) T", nullable],
  ["list_product",      "(DOUBLE[]) DOUBLE", nullable],
  ["list_stddev_samp",  "(DOUBLE[]) DOUBLE", { ...nullable, mayRaise: true }],
  ["list_stddev_pop",   "(DOUBLE[]) DOUBLE", { ...nullable, mayRaise: true }],
  ["list_var_samp",     "(DOUBLE[]) DOUBLE", { ...nullable, mayRaise: true }],
  ["list_var_pop",      "(DOUBLE[]) DOUBLE", { ...nullable, mayRaise: true }],
  ["list_sem",          "(DOUBLE[]) DOUBLE", { ...nullable, mayRaise: true }],
  ["list_skewness",     "(DOUBLE[]) DOUBLE", { ...nullable, mayRaise: true }],
  ["list_kurtosis",     "(DOUBLE[]) DOUBLE", { ...nullable, mayRaise: true }],
  ["list_kurtosis_pop", "(DOUBLE[]) DOUBLE", { ...nullable, mayRaise: true }],
  ["list_mad",          "(N[]) N | (DATE[]) INTERVAL | (TIMESTAMP[]) INTERVAL | (TIMESTAMPTZ[]) INTERVAL | (TIME[]) INTERVAL", { ...nullable, result: ofElements(deviation), mayRaise: true }],
  ["list_entropy",      "(T[]) DOUBLE", nullable],
  ["list_bool_and",     "(BOOLEAN[]) BOOLEAN", nullable],
  ["list_bool_or",      "(BOOLEAN[]) BOOLEAN", nullable],
  ["list_bit_and",      "(I[]) I", nullable],
  ["list_bit_or",       "(I[]) I", nullable],
  ["list_bit_xor",      "(I[]) I", nullable],
  ["list_string_agg",   "(T[]) VARCHAR", nullable],
  ["list_histogram",    "(T[]) MAP(T, UBIGINT)", nullable],
  ["list_approx_count_distinct", "(T[]) BIGINT", nullable],
  ["list_grade_up",     "(T[], VARCHAR?, VARCHAR?) BIGINT[]", { aliases: ["array_grade_up", "grade_up"], mayRaise: true }],
  ["list_zip",          "(T[]...) STRUCT[]", { ...nullable, aliases: ["array_zip"], result: zipped }],
  ["list_distance",     "(FLOAT[], FLOAT[]) FLOAT | (DOUBLE[], DOUBLE[]) DOUBLE", { ...nullable, mayRaise: true }],
  ["list_cosine_distance", "(FLOAT[], FLOAT[]) FLOAT | (DOUBLE[], DOUBLE[]) DOUBLE", { ...nullable, mayRaise: true }],
  ["list_cosine_similarity", "(FLOAT[], FLOAT[]) FLOAT | (DOUBLE[], DOUBLE[]) DOUBLE", { ...nullable, mayRaise: true }],
  ["list_inner_product", "(FLOAT[], FLOAT[]) FLOAT | (DOUBLE[], DOUBLE[]) DOUBLE", { ...nullable, aliases: ["list_dot_product"], mayRaise: true }],
  ["array_value",       "(T, T...) T[]", { nulls: "never-null", result: (elements) => elements[0] && array(elements[0], elements.length) }],
  ["array_distance",    "(FLOAT[n], FLOAT[n]) FLOAT | (DOUBLE[n], DOUBLE[n]) DOUBLE", { mayRaise: true }],
  ["array_cosine_distance", "(FLOAT[n], FLOAT[n]) FLOAT | (DOUBLE[n], DOUBLE[n]) DOUBLE", { mayRaise: true }],
  ["array_cosine_similarity", "(FLOAT[n], FLOAT[n]) FLOAT | (DOUBLE[n], DOUBLE[n]) DOUBLE", { mayRaise: true }],
  ["array_inner_product", "(FLOAT[n], FLOAT[n]) FLOAT | (DOUBLE[n], DOUBLE[n]) DOUBLE", { aliases: ["array_dot_product"], mayRaise: true }],
  ["array_negative_inner_product", "(FLOAT[n], FLOAT[n]) FLOAT | (DOUBLE[n], DOUBLE[n]) DOUBLE", { aliases: ["array_negative_dot_product"], mayRaise: true }],
  ["array_cross_product", "(FLOAT[n], FLOAT[n]) FLOAT[n] | (DOUBLE[n], DOUBLE[n]) DOUBLE[n]", { result: ([of]) => of, mayRaise: true }],
  ["list_negative_inner_product", "(FLOAT[], FLOAT[]) FLOAT | (DOUBLE[], DOUBLE[]) DOUBLE", { ...nullable, aliases: ["list_negative_dot_product"], mayRaise: true }],
  ["array_push_front",  "(T[], T) T[]", nullable],
  ["array_pop_back",    "(T[]) T[]", nullable],
  ["array_pop_front",   "(T[]) T[]", nullable],
  ["list_first",        "(T[]) T", nullable],
  ["list_last",         "(T[]) T", nullable],
  ["list_any_value",    "(T[]) T", nullable],
  ["array_length",      "(T[], BIGINT?) BIGINT", { mayRaise: true }],
  ["array_to_string",   "(T[], VARCHAR) VARCHAR", nullable],
  ["range",             "(BIGINT, BIGINT?, BIGINT?) BIGINT[] | (TIMESTAMP, TIMESTAMP, INTERVAL) TIMESTAMP[]", { mayRaise: true }],
  ["generate_series",   "(BIGINT, BIGINT?, BIGINT?) BIGINT[] | (TIMESTAMP, TIMESTAMP, INTERVAL) TIMESTAMP[]", { mayRaise: true }],

  ["map_keys",          "(MAP(K, V)) K[]"],
  ["map_values",        "(MAP(K, V)) V[]"],
  ["map_extract",       "(MAP(K, V), K) V[]", { ...nullable, aliases: ["element_at"] }],
  ["map_extract_value", "(MAP(K, V), K) V", nullable],
  ["map_entries",       "(MAP(K, V)) STRUCT[]", { result: ([of]) => (of?.kind === "map" ? list(entryOf(of.key, of.value)) : undefined) }],
  ["map_from_entries",  "(T[]) T", { ...nullable, result: ([of]) => mapOf(of), mayRaise: true }],
  ["map_contains_value", "(MAP(K, V), V) BOOLEAN", nullable],
  ["map_contains_entry", "(MAP(K, V), K, V) BOOLEAN", nullable],
  ["map_contains",      "(MAP(K, V), K) BOOLEAN"],
  ["cardinality",       "(MAP(K, V)) UBIGINT"],
  ["map",               "(K[], V[]) MAP(K, V)", { mayRaise: true }],
  ["map_concat",        "(MAP(K, V), MAP(K, V)) MAP(K, V)", nullable],

  ["struct_keys",       "(STRUCT) VARCHAR[]"],
  ["struct_values",     "(STRUCT) ANY", { result: ([of]) => of && unnamed(of) }],
  ["struct_concat",     "(STRUCT, STRUCT...) ANY", { nulls: "never-null", result: joined, mayRaise: true }],
  ["struct_contains",   "(STRUCT, ANY) BOOLEAN", { ...nullable, aliases: ["struct_has"], result: ([of]) => (of && isRow(of) ? BOOLEAN : undefined), mayRaise: true }],
  ["struct_position",   "(STRUCT, ANY) INTEGER", { ...nullable, aliases: ["struct_indexof"], result: ([of]) => (of && isRow(of) ? INTEGER : undefined), mayRaise: true }],
  ["union_tag",         "(UNION) ENUM", { result: ([of]) => (of?.kind === "union" ? { kind: "enum", values: of.members.map(({ name }) => name) } : undefined) }],
  ["variant_typeof",    "(VARIANT) VARCHAR", nullable],
  ["variant_extract",   "(VARIANT, VARCHAR) VARIANT | (VARIANT, UINTEGER) VARIANT", { ...nullable, mayRaise: true }],

  ["json_extract",        "(JSON, VARCHAR) JSON | (VARCHAR, VARCHAR) JSON | (JSON, VARCHAR[]) JSON[] | (VARCHAR, VARCHAR[]) JSON[]", { ...nullable, aliases: ["json_extract_path"], mayRaise: true }],
  ["json_extract_string", "(JSON, VARCHAR) VARCHAR | (VARCHAR, VARCHAR) VARCHAR | (JSON, VARCHAR[]) VARCHAR[] | (VARCHAR, VARCHAR[]) VARCHAR[]", { ...nullable, aliases: ["json_extract_path_text"], mayRaise: true }],
  ["json_value",          "(JSON, VARCHAR) VARCHAR | (VARCHAR, VARCHAR) VARCHAR | (JSON, VARCHAR[]) VARCHAR[] | (VARCHAR, VARCHAR[]) VARCHAR[]", { ...nullable, mayRaise: true }],
  ["json_array_length",   "(JSON, VARCHAR?) UBIGINT | (VARCHAR, VARCHAR?) UBIGINT", { ...nullable, mayRaise: true }],
  ["json_keys",           "(JSON, VARCHAR?) VARCHAR[] | (VARCHAR, VARCHAR?) VARCHAR[]", { ...nullable, mayRaise: true }],
  ["json_type",           "(JSON, VARCHAR?) VARCHAR | (VARCHAR, VARCHAR?) VARCHAR", { ...nullable, mayRaise: true }],
  ["json_valid",          "(JSON) BOOLEAN | (VARCHAR) BOOLEAN"],
  ["json_contains",       "(JSON, JSON) BOOLEAN | (VARCHAR, VARCHAR) BOOLEAN", { ...nullable, mayRaise: true }],
  ["json_exists",         "(JSON, VARCHAR) BOOLEAN | (VARCHAR, VARCHAR) BOOLEAN", { ...nullable, mayRaise: true }],
  ["json_pretty",         "(JSON) VARCHAR | (VARCHAR) VARCHAR", { mayRaise: true }],
  ["json_structure",      "(JSON) JSON | (VARCHAR) JSON", { ...nullable, mayRaise: true }],
  ["json_merge_patch",    "(JSON, JSON) JSON | (VARCHAR, VARCHAR) JSON", { ...nullable, mayRaise: true }],
  ["json_quote",          "(ANY) JSON", nullable],
  ["json",                "(VARCHAR) JSON | (JSON) JSON", { ...nullable, mayRaise: true }],
  ["from_json",           "(JSON, VARCHAR) ANY | (VARCHAR, VARCHAR) ANY", { ...nullable, aliases: ["json_transform"], mayRaise: true, result: () => unknown("its structure is not a literal") }],
  ["from_json_strict",    "(JSON, VARCHAR) ANY | (VARCHAR, VARCHAR) ANY", { ...nullable, aliases: ["json_transform_strict"], mayRaise: true, result: () => unknown("its structure is not a literal") }],
  ["array_to_json",       "(T[]) JSON", nullable],
  ["row_to_json",         "(STRUCT) JSON", nullable],
  ["to_json",             "(ANY) JSON", nullable],
  ["json_object",         "(ANY, ANY...) JSON", { nulls: "nullable", mayRaise: true }],
  ["json_array",          "(ANY...) JSON", { nulls: "nullable" }],
]

/** The type of `container[index]`. */
export function elementType(container: SqlType): SqlType | undefined {
  if (container.kind === "list" || container.kind === "array") return container.element
  if (container.kind === "map") return container.value
  if (container.kind === "unknown" || container.kind === "null") return container
  if (sameType(container, VARCHAR)) return VARCHAR
  const isOpenEnded = [scalar("JSON"), scalar("VARIANT")].some((one) => sameType(container, one))
  return isOpenEnded ? container : undefined
}

function ofElements(rule: (element: SqlType) => SqlType): (args: readonly SqlType[]) => SqlType {
  return ([of]) => (of?.kind === "list" ? rule(of.element) : VARCHAR)
}

function entryOf(key: SqlType, value: SqlType): SqlType {
  return {
    kind: "struct",
    fields: [
      { name: "key", type: key },
      { name: "value", type: value },
    ],
  }
}

function mapOf(type: SqlType | undefined): SqlType | undefined {
  if (type?.kind !== "list" || type.element.kind !== "struct") return undefined
  const [key, value] = type.element.fields
  return key && value && { kind: "map", key: key.type, value: value.type }
}

/** Lists side by side: a list of rows without names. */
function zipped(args: readonly SqlType[]): SqlType {
  const fields = args.flatMap((arg) =>
    arg.kind === "list" ? [{ name: "", type: arg.element }] : [],
  )
  return list({ kind: "struct", fields })
}

function unnamed(type: SqlType): SqlType | undefined {
  if (type.kind !== "struct") return undefined
  return { kind: "struct", fields: type.fields.map((field) => ({ ...field, name: "" })) }
}

/** Structs side by side, of which none or all name their fields. */
function joined(types: readonly SqlType[]): SqlType | undefined {
  const fields = types.flatMap((type) => (type.kind === "struct" ? type.fields : []))
  const names = new Set(fields.map(({ name }) => name.toLowerCase()))
  const isFit = names.size === fields.length || (names.size === 1 && names.has(""))
  return isFit ? { kind: "struct", fields } : undefined
}

function isRow(type: SqlType): boolean {
  return type.kind === "struct" && type.fields.every(({ name }) => name === "")
}
