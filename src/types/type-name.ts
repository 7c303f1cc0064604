import type { TypeName } from "../syntax/ast.js"
import {
  array,
  decimal,
  list,
  scalar,
  SCALAR_NAMES,
  unknown,
  type ScalarName,
  type SqlType,
} from "./type.js"

const ALIASES: Readonly<Record<string, ScalarName>> = {
  BOOL: "BOOLEAN",
  LOGICAL: "BOOLEAN",
  INT1: "TINYINT",
  INT2: "SMALLINT",
  SHORT: "SMALLINT",
  INT: "INTEGER",
  INT4: "INTEGER",
  SIGNED: "INTEGER",
  INT8: "BIGINT",
  INT16: "SMALLINT",
  INT32: "INTEGER",
  INT64: "BIGINT",
  UINT8: "UTINYINT",
  UINT16: "USMALLINT",
  UINT32: "UINTEGER",
  UINT64: "UBIGINT",
  UINT128: "UHUGEINT",
  INTEGRAL: "INTEGER",
  LONG: "BIGINT",
  INT128: "HUGEINT",
  REAL: "FLOAT",
  FLOAT4: "FLOAT",
  "DOUBLE PRECISION": "DOUBLE",
  FLOAT8: "DOUBLE",
  TEXT: "VARCHAR",
  STRING: "VARCHAR",
  CHAR: "VARCHAR",
  CHARACTER: "VARCHAR",
  BPCHAR: "VARCHAR",
  "CHARACTER VARYING": "VARCHAR",
  BYTEA: "BLOB",
  BINARY: "BLOB",
  VARBINARY: "BLOB",
  BITSTRING: "BIT",
  "TIME WITHOUT TIME ZONE": "TIME",
  "TIME WITH TIME ZONE": "TIMETZ",
  DATETIME: "TIMESTAMP",
  TIMESTAMP_US: "TIMESTAMP",
  "TIMESTAMP WITHOUT TIME ZONE": "TIMESTAMP",
  "TIMESTAMP WITH TIME ZONE": "TIMESTAMPTZ",
  "BIT VARYING": "BIT",
  GUID: "UUID",
  NVARCHAR: "VARCHAR",
  OID: "BIGINT",
  VARINT: "BIGNUM",
}
/** `TIMESTAMP(3)`: by the digits of a second's fraction. */
const TIMESTAMPS: readonly (readonly [digits: number, name: ScalarName])[] = [
  [0, "TIMESTAMP_S"],
  [3, "TIMESTAMP_MS"],
  [6, "TIMESTAMP"],
  [9, "TIMESTAMP_NS"],
]
const DECIMALS = new Set(["DECIMAL", "NUMERIC", "DEC"])

/** The type that a written type name stands for; unknown where smelt has none of that name. */
export function typeOfName(name: TypeName): SqlType {
  let type = elementOf(name)
  for (let i = 0; i < name.dimensions; i++) {
    const size = name.sizes?.[i]
    type = size === undefined ? list(type) : array(type, size)
  }
  return type
}

function elementOf(name: TypeName): SqlType {
  if (DECIMALS.has(name.name))
    return decimal(name.args[0] ?? 18, name.args[1] ?? (name.args.length > 0 ? 0 : 3))
  if (name.name === "ENUM") return enumOf(name)
  if (name.name === "STRUCT" || name.name === "ROW")
    return { kind: "struct", fields: fieldsOf(name) }
  if (name.name === "UNION") return { kind: "union", members: fieldsOf(name) }
  if (name.name === "MAP") {
    const [key, value] = name.fields
    return {
      kind: "map",
      key: key ? typeOfName(key.type) : unknown("MAP"),
      value: value ? typeOfName(value.type) : unknown("MAP"),
    }
  }
  const scalarName =
    secondsOf(name) ?? ALIASES[name.name] ?? SCALAR_NAMES.find((one) => one === name.name)
  return scalarName ? scalar(scalarName) : unknown(`no type ${name.name}`)
}

function secondsOf({ name, args }: TypeName): ScalarName | undefined {
  const [digits] = args
  if (name !== "TIMESTAMP" || digits === undefined) return undefined
  return TIMESTAMPS.find(([most]) => digits <= most)?.[1]
}

function enumOf({ modifiers = [] }: TypeName): SqlType {
  const values = modifiers.flatMap((one) =>
    one.kind === "literal" && one.type === "string" ? [one.value] : [],
  )
  const isList = values.length > 0 && values.length === modifiers.length
  return isList ? { kind: "enum", values } : unknown("an ENUM without its values")
}

function fieldsOf(name: TypeName): { name: string; type: SqlType }[] {
  return name.fields.map((field) => ({
    name: field.name?.text ?? "",
    type: typeOfName(field.type),
  }))
}

/** The names that a type may be written by. */
export function typeNames(): readonly string[] {
  return [...SCALAR_NAMES, ...Object.keys(ALIASES), ...DECIMALS]
}
