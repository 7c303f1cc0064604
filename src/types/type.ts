import { KEYWORDS } from "../syntax/keywords.js"

/**
 * The types of smelt: a superset of what its engines have. Nullability is not part of a type; it
 * stands beside it (`Column.nullable`).
 */
export type SqlType =
  | { readonly kind: "scalar"; readonly name: ScalarName }
  | { readonly kind: "decimal"; readonly precision: number; readonly scale: number }
  | { readonly kind: "enum"; readonly values: readonly string[] }
  | { readonly kind: "list"; readonly element: SqlType }
  /** A list of `size` elements, always. */
  | { readonly kind: "array"; readonly element: SqlType; readonly size: number }
  | { readonly kind: "struct"; readonly fields: readonly { name: string; type: SqlType }[] }
  | { readonly kind: "map"; readonly key: SqlType; readonly value: SqlType }
  /** A value of one of its members, with the name of that member. */
  | { readonly kind: "union"; readonly members: readonly { name: string; type: SqlType }[] }
  /** The type of a bare NULL: it converts to every other. */
  | { readonly kind: "null" }
  /** Agrees with every type, so that one mistake gives one diagnostic. */
  | { readonly kind: "unknown"; readonly reason: string }

export const SCALAR_NAMES = [
  "BOOLEAN",
  "TINYINT",
  "SMALLINT",
  "INTEGER",
  "BIGINT",
  "HUGEINT",
  "BIGNUM",
  "UTINYINT",
  "USMALLINT",
  "UINTEGER",
  "UBIGINT",
  "UHUGEINT",
  "FLOAT",
  "DOUBLE",
  "VARCHAR",
  "BLOB",
  "BIT",
  "DATE",
  "TIME",
  "TIME_NS",
  "TIMETZ",
  "TIMESTAMP",
  "TIMESTAMP_S",
  "TIMESTAMP_MS",
  "TIMESTAMP_NS",
  "TIMESTAMPTZ",
  "INTERVAL",
  "UUID",
  "JSON",
  "VARIANT",
  "GEOMETRY",
] as const
export type ScalarName = (typeof SCALAR_NAMES)[number]

export const scalar = (name: ScalarName): SqlType => SCALARS[name]
export const decimal = (precision: number, scale: number): SqlType => {
  const known = DECIMALS[precision]?.[scale]
  if (known) return known
  const type: SqlType = { kind: "decimal", precision, scale }
  if (isDecimal(precision, scale)) (DECIMALS[precision] ??= [])[scale] = type
  return type
}
export const list = (element: SqlType): SqlType => ({ kind: "list", element })
export const array = (element: SqlType, size: number): SqlType => ({ kind: "array", element, size })
export const unknown = (reason: string): SqlType => ({ kind: "unknown", reason })

/** By precision and scale. */
const DECIMALS: SqlType[][] = []

function isDecimal(precision: number, scale: number): boolean {
  return precision >= 0 && precision <= 38 && scale >= 0 && scale <= precision
}

const SCALARS = Object.fromEntries(
  SCALAR_NAMES.map((name) => [name, { kind: "scalar", name } as const]),
) as Record<ScalarName, SqlType>

export const NULL_TYPE: SqlType = { kind: "null" }
export const BOOLEAN = SCALARS.BOOLEAN
export const INTEGER = SCALARS.INTEGER
export const BIGINT = SCALARS.BIGINT
export const HUGEINT = SCALARS.HUGEINT
export const DOUBLE = SCALARS.DOUBLE
export const VARCHAR = SCALARS.VARCHAR
export const DATE = SCALARS.DATE
export const TIMESTAMP = SCALARS.TIMESTAMP
export const INTERVAL = SCALARS.INTERVAL

/** A column as the world sees it: what `smelt check` prints. */
export interface Column {
  readonly name: string
  readonly type: SqlType
  readonly nullable: boolean
}

/** The reason of the unknown type in `type`, itself or a part of it. */
export function unknownIn(type: SqlType): string | undefined {
  switch (type.kind) {
    case "unknown":
      return type.reason
    case "list":
    case "array":
      return unknownIn(type.element)
    case "map":
      return unknownIn(type.key) ?? unknownIn(type.value)
    case "struct":
      return firstUnknown(type.fields)
    case "union":
      return firstUnknown(type.members)
    default:
      return undefined
  }
}

function firstUnknown(parts: readonly { readonly type: SqlType }[]): string | undefined {
  return parts.map((part) => unknownIn(part.type)).find((one) => one !== undefined)
}

const RARE = new Set<ScalarName>([
  "BIGNUM",
  "BIT",
  "GEOMETRY",
  "TIME_NS",
  "TIMESTAMP_S",
  "TIMESTAMP_MS",
  "TIMESTAMP_NS",
  "TIMETZ",
  "VARIANT",
])

/** Types that functions take of which smelt does not know all: DuckDB's own, and what is made of them. */
export function isRare(type: SqlType): boolean {
  switch (type.kind) {
    case "scalar":
      return RARE.has(type.name)
    case "list":
      return isRare(type.element)
    case "map":
      return isRare(type.key) || isRare(type.value)
    case "struct":
      return type.fields.some((field) => isRare(field.type))
    case "array":
    case "union":
      return true
    default:
      return false
  }
}

/** A type as smelt writes it, e.g. `DECIMAL(12,2)`, `BIGINT[]`, `STRUCT(a INTEGER, b VARCHAR)`. */
export function show(type: SqlType): string {
  switch (type.kind) {
    case "scalar":
      return type.name
    case "decimal":
      return `DECIMAL(${type.precision},${type.scale})`
    case "enum":
      return `ENUM(${type.values.map((value) => `'${value.replaceAll("'", "''")}'`).join(", ")})`
    case "list":
      return `${show(type.element)}[]`
    case "array":
      return `${show(type.element)}[${type.size}]`
    case "union":
      return `UNION(${type.members.map(showField).join(", ")})`
    case "struct":
      return `STRUCT(${type.fields.map(showField).join(", ")})`
    case "map":
      return `MAP(${show(type.key)}, ${show(type.value)})`
    case "null":
      return "NULL"
    case "unknown":
      return "UNKNOWN"
  }
}

/** A field of a row has no name. */
function showField({ name, type }: { readonly name: string; readonly type: SqlType }): string {
  if (name === "") return show(type)
  const isPlain = /^[A-Za-z_][A-Za-z0-9_]*$/.test(name) && !KEYWORDS.has(name.toLowerCase())
  return `${isPlain ? name : `"${name.replaceAll('"', '""')}"`} ${show(type)}`
}

/** Structural equality. */
export function sameType(a: SqlType, b: SqlType): boolean {
  return a === b || (a.kind === b.kind && show(a) === show(b))
}
