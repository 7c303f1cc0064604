import { commonType } from "../types/coercion.js"
import { scalar, type SqlType } from "../types/type.js"
import type { Entry } from "./function.js"

/** The user, the database, the engine. */
const stable = { deterministic: false, isStable: true } as const
const allNullable = (nullable: readonly boolean[]) => nullable.every((one) => one)

// prettier-ignore
export const CONDITIONAL: readonly Entry[] = [
  ["coalesce",  "(T...) T", { nulls: allNullable }],
  ["ifnull",    "(T, T) T", { nulls: allNullable }],
  ["nullif",    "(T, U) T", { nulls: "nullable", result: ([a, b]) => (a && b && commonType(a, b) ? a : undefined) }],
  ["if",        "(BOOLEAN, T, T) T", { nulls: ([, then, otherwise]) => (then ?? true) || (otherwise ?? true) }],
  // Arguments that are NULL are passed over.
  ["greatest",  "(T, T...) T", { nulls: allNullable }],
  ["least",     "(T, T...) T", { nulls: allNullable }],
  ["typeof",    "(ANY) VARCHAR", { nulls: "never-null" }],
  ["error",     "(VARCHAR) ANY", { nulls: "nullable", mayRaise: true, result: () => ({ kind: "null" }) }],
  ["uuid",      "() UUID", { aliases: ["gen_random_uuid", "uuidv4"], deterministic: false }],
  ["uuidv7",    "() UUID", { deterministic: false }],
  ["uuid_extract_version", "(UUID) UINTEGER"],
  ["uuid_extract_timestamp", "(UUID) TIMESTAMPTZ", { nulls: "nullable", mayRaise: true }],
  ["pg_typeof", "(ANY) VARCHAR", { nulls: "nullable" }],
  ["current_query", "() VARCHAR", { deterministic: false }],
  ["txid_current", "() UBIGINT", { deterministic: false }],
  ["enum_first", "(ENUM) VARCHAR", { nulls: "nullable" }],
  ["enum_last", "(ENUM) VARCHAR", { nulls: "nullable" }],
  ["enum_range", "(ENUM) VARCHAR[]", { nulls: "nullable" }],
  ["enum_code", "(ENUM) UTINYINT", { result: ([of]) => of && enumCode(of) }],
  ["enum_range_boundary", "(ENUM, ENUM) VARCHAR[]", { nulls: "nullable", mayRaise: true }],
  ["current_role", "() VARCHAR", { nulls: "nullable", ...stable }],
  ["current_connection_id", "() UBIGINT", { deterministic: false }],
  ["current_query_id", "() UBIGINT", { deterministic: false }],
  ["current_transaction_id", "() UBIGINT", { deterministic: false }],
  ["version",   "() VARCHAR", { ...stable }],
  ["current_schema", "() VARCHAR", { ...stable }],
  ["current_database", "() VARCHAR", { aliases: ["current_catalog"], ...stable }],
  ["current_user", "() VARCHAR", { aliases: ["user", "session_user"], ...stable }],
]

/** The place of a value among those of its type, in as few bytes as hold the last. */
function enumCode(type: SqlType): SqlType | undefined {
  if (type.kind !== "enum") return undefined
  const { length } = type.values
  return scalar(length <= 0xff ? "UTINYINT" : length <= 0xffff ? "USMALLINT" : "UINTEGER")
}
