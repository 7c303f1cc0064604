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
const MOST_DIGITS = 38
/** `FLOAT(24)`: up to so many bits of a number are a FLOAT, above it is a DOUBLE. */
const FLOAT_BITS = 24
const DOUBLE_BITS = 53

/** The type that a written type name stands for; unknown where smelt has none of that name. */
export function typeOfName(name: TypeName): SqlType {
  let type = elementOf(name)
  for (let i = 0; i < name.dimensions; i++) {
    const size = name.sizes?.[i]
    type = size === undefined ? list(type) : array(type, size)
  }
  return type
}

/** The part of a written type that names none. */
export interface TypeFault {
  readonly at: TypeName
  /** Of a name that there is. */
  readonly why?: string
  /** What there is, as near as can be. */
  readonly instead?: string
}

/** What keeps a written type from being one, in it or in a type within it. */
export function typeFault(name: TypeName): TypeFault | undefined {
  for (const { type } of name.fields) {
    const inner = typeFault(type)
    if (inner) return inner
  }
  const own = ownFault(name)
  return own && { at: name, ...own }
}

function ownFault(name: TypeName): Omit<TypeFault, "at"> | undefined {
  if (isNamedAlone(name)) return undefined
  if (name.name === "MAP" && name.fields.length !== 2)
    return { why: "a MAP has a type of its keys and one of its values" }
  if (name.name === "ENUM") {
    const isList = enumOf(name).kind === "enum"
    return isList ? undefined : { why: "an ENUM has its values as texts: ENUM('a', 'b')" }
  }
  if (!DECIMALS.has(name.name) && elementOf({ ...name, args: [] }).kind === "unknown") return {}
  return parametersFault(name)
}

function parametersFault({
  name,
  args,
  modifiers = [],
}: TypeName): Omit<TypeFault, "at"> | undefined {
  if (args.length === 0 && modifiers.length === 0) return undefined
  const most = DECIMALS.has(name) ? 2 : takesLength(name) ? 1 : 0
  if (most === 0) return { why: `${name} takes no parameters`, instead: name }
  if (modifiers.length > 0 || args.length > most)
    return { why: `${name} takes ${most === 1 ? "a whole number" : "two whole numbers"}` }
  return DECIMALS.has(name) ? decimalFault(name, args) : lengthFault(name, args[0] ?? 0)
}

function takesLength(name: string): boolean {
  const type = ALIASES[name] ?? name
  return type === "VARCHAR" || type === "BIT" || name === "FLOAT" || hasSeconds(name)
}

function decimalFault(name: string, [width = 18, scale = 0]: readonly number[]) {
  if (width >= 1 && width <= MOST_DIGITS && scale <= width) return undefined
  const most = Math.min(Math.max(width, scale, 1), MOST_DIGITS)
  return {
    why: `a ${name} has 1 to ${MOST_DIGITS} digits; the second number says how many of them follow the point`,
    instead: `${name}(${most},${Math.min(scale, most)})`,
  }
}

function lengthFault(name: string, length: number) {
  if (hasSeconds(name) && length > 9)
    return { why: `${name} has up to 9 digits of a second`, instead: `${name}(9)` }
  if (name === "FLOAT" && (length < 1 || length > DOUBLE_BITS))
    return { why: `FLOAT has 1 to ${DOUBLE_BITS} bits`, instead: "DOUBLE" }
  return undefined
}

function hasSeconds(name: string): boolean {
  return name === "TIMESTAMP" || name === "DATETIME"
}

/** What names alone say, as most do. */
const NAMED: ReadonlyMap<string, SqlType> = new Map([
  ...SCALAR_NAMES.map((name) => [name, scalar(name)] as const),
  ...Object.entries(ALIASES).map(([alias, name]) => [alias, scalar(name)] as const),
])

function isNamedAlone({ name, args, modifiers }: TypeName): boolean {
  return args.length === 0 && (modifiers?.length ?? 0) === 0 && NAMED.has(name)
}

function elementOf(name: TypeName): SqlType {
  const named = name.args.length === 0 ? NAMED.get(name.name) : undefined
  if (named) return named
  if (DECIMALS.has(name.name) && decimalFault(name.name, name.args))
    return unknown(`a ${name.name} of so many digits`)
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
  const scalarName = secondsOf(name) ?? bitsOf(name)
  if (scalarName) return scalar(scalarName)
  return NAMED.get(name.name) ?? unknown(`no type ${name.name}`)
}

function secondsOf({ name, args }: TypeName): ScalarName | undefined {
  const [digits] = args
  if (!hasSeconds(name) || digits === undefined) return undefined
  return TIMESTAMPS.find(([most]) => digits <= most)?.[1]
}

function bitsOf({ name, args: [bits] }: TypeName): ScalarName | undefined {
  return name === "FLOAT" && bits !== undefined && bits > FLOAT_BITS ? "DOUBLE" : undefined
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
