import {
  array,
  BIGINT,
  decimal,
  DOUBLE,
  HUGEINT,
  list,
  sameType,
  scalar,
  VARCHAR,
  type ScalarName,
  type SqlType,
} from "./type.js"

/**
 * Which types convert to which without being asked, and the type that two of them share. Families do
 * not mix: what DuckDB converts across families is an `implicit-coercion` (see `crossFamily`).
 */
export type Family =
  | "number"
  | "text"
  | "boolean"
  | "date"
  | "time"
  | "interval"
  | "blob"
  | "bit"
  | "uuid"
  | "list"
  | "struct"
  | "map"
  | "union"
  | "bignum"
  | "variant"
  | "geometry"
  | "any"

// Bits and sign; HUGEINT and UHUGEINT hold 128.
const INTEGERS: Partial<Record<ScalarName, { bits: number; signed: boolean; digits: number }>> = {
  TINYINT: { bits: 8, signed: true, digits: 3 },
  SMALLINT: { bits: 16, signed: true, digits: 5 },
  INTEGER: { bits: 32, signed: true, digits: 10 },
  BIGINT: { bits: 64, signed: true, digits: 19 },
  HUGEINT: { bits: 128, signed: true, digits: 38 },
  UTINYINT: { bits: 8, signed: false, digits: 3 },
  USMALLINT: { bits: 16, signed: false, digits: 5 },
  UINTEGER: { bits: 32, signed: false, digits: 10 },
  UBIGINT: { bits: 64, signed: false, digits: 20 },
  UHUGEINT: { bits: 128, signed: false, digits: 38 },
}
const SIGNED: readonly ScalarName[] = ["TINYINT", "SMALLINT", "INTEGER", "BIGINT", "HUGEINT"]

const FAMILIES: Readonly<Record<ScalarName, Family>> = {
  BOOLEAN: "boolean",
  TINYINT: "number",
  SMALLINT: "number",
  INTEGER: "number",
  BIGINT: "number",
  HUGEINT: "number",
  UTINYINT: "number",
  USMALLINT: "number",
  UINTEGER: "number",
  UBIGINT: "number",
  UHUGEINT: "number",
  BIGNUM: "bignum",
  FLOAT: "number",
  DOUBLE: "number",
  VARCHAR: "text",
  JSON: "text",
  BLOB: "blob",
  BIT: "bit",
  DATE: "date",
  TIME: "time",
  TIME_NS: "time",
  TIMETZ: "time",
  TIMESTAMP: "date",
  TIMESTAMP_S: "date",
  TIMESTAMP_MS: "date",
  TIMESTAMP_NS: "date",
  TIMESTAMPTZ: "date",
  INTERVAL: "interval",
  UUID: "uuid",
  VARIANT: "variant",
  GEOMETRY: "geometry",
}

export function family(type: SqlType): Family {
  switch (type.kind) {
    case "scalar":
      return FAMILIES[type.name]
    case "decimal":
      return "number"
    case "enum":
      return "text"
    case "list":
    case "array":
      return "list"
    case "struct":
    case "map":
    case "union":
      return type.kind
    case "null":
    case "unknown":
      return "any"
  }
}

export function isInteger(type: SqlType): boolean {
  return integerOf(type) !== undefined
}

export function isNumeric(type: SqlType): boolean {
  return family(type) === "number"
}

/** FLOAT or DOUBLE. */
export function isFloat(type: SqlType): boolean {
  return type.kind === "scalar" && (type.name === "FLOAT" || type.name === "DOUBLE")
}

/** Absorbs every operation: a fault reported before, or a bare NULL. */
export function isOpen(type: SqlType): boolean {
  return type.kind === "unknown" || type.kind === "null"
}

/** DATE, TIMESTAMP or TIMESTAMPTZ on one side, and a zone on only one of them. */
export function mixesZones(a: SqlType, b: SqlType): boolean {
  const zoned = (type: SqlType) => type.kind === "scalar" && type.name === "TIMESTAMPTZ"
  return family(a) === "date" && family(b) === "date" && zoned(a) !== zoned(b)
}

/** An integer type as the decimal that holds it. */
export function asDecimal(type: SqlType): { precision: number; scale: number } | undefined {
  if (type.kind === "decimal") return type
  const integer = integerOf(type)
  return integer && { precision: integer.digits, scale: 0 }
}

/**
 * The type that both convert to without loss of family: what CASE, UNION, IN, COALESCE and
 * comparisons work on. Undefined where there is none.
 */
export function commonType(a: SqlType, b: SqlType): SqlType | undefined {
  if (a.kind === "unknown" || b.kind === "null") return a
  if (b.kind === "unknown" || a.kind === "null") return b
  if (sameType(a, b)) return a
  const familyOfA = family(a)
  if (familyOfA !== family(b)) return holder(a, b) ?? holder(b, a)
  switch (familyOfA) {
    case "number":
      return commonNumber(a, b)
    case "text":
      return isJson(a) || isJson(b) ? scalar("JSON") : VARCHAR
    case "date":
      return commonDate(a, b)
    case "union":
    case "time":
      return undefined
    default:
      return commonNested(a, b)
  }
}

/** `of` where it holds the values of a type of another family. */
function holder(of: SqlType, type: SqlType): SqlType | undefined {
  if (of.kind === "union")
    return of.members.some((member) => isWithin(type, member.type)) ? of : undefined
  if (of.kind !== "scalar") return undefined
  return of.name === "VARIANT" || (of.name === "BIGNUM" && isInteger(type)) ? of : undefined
}

function isWithin(type: SqlType, wider: SqlType): boolean {
  const common = commonType(type, wider)
  return common !== undefined && sameType(common, wider)
}

const BY_PRECISION: readonly ScalarName[] = [
  "DATE",
  "TIMESTAMP_S",
  "TIMESTAMP_MS",
  "TIMESTAMP",
  "TIMESTAMP_NS",
]

/** The finer of two; only DATE and TIMESTAMP stand beside a TIMESTAMPTZ, where mixing is allowed. */
function commonDate(a: SqlType, b: SqlType): SqlType | undefined {
  const names = [a, b].map((type) => (type.kind === "scalar" ? type.name : "DATE"))
  if (mixesZones(a, b))
    return names.some((name) => name.startsWith("TIMESTAMP_")) ? undefined : scalar("TIMESTAMPTZ")
  return scalar(BY_PRECISION.findLast((name) => names.includes(name)) ?? "TIMESTAMP")
}

/**
 * Whether `a = b` makes one value of each type equal to one of the other: what it converts stays apart. Not
 * so for '01' and '1' as numbers, or for large whole numbers as DOUBLE.
 */
export function comparesExactly(a: SqlType, b: SqlType): boolean {
  if (a.kind === "unknown" || b.kind === "unknown") return false
  if (isOpen(a) || isOpen(b) || sameType(a, b)) return !isVariant(a) && !isVariant(b)
  if (family(a) === "date" && family(b) === "date") return !mixesZones(a, b)
  if (isNumeric(a) && isNumeric(b)) return isFloat(a) || isFloat(b) ? fitsFloat(a, b) : true
  return family(a) === "text" && family(b) === "text" && !isJson(a) && !isJson(b)
}

/** DOUBLE holds every FLOAT and every whole number of 32 bits. */
function fitsFloat(a: SqlType, b: SqlType): boolean {
  if (!sameType(a, DOUBLE) && !sameType(b, DOUBLE)) return false
  return [a, b].every((type) => isFloat(type) || (integerOf(type)?.bits ?? 64) <= 32)
}

/** What DuckDB makes of two types of different families, where it takes them at all. */
export function crossFamily(a: SqlType, b: SqlType): SqlType | undefined {
  const common = commonType(a, b)
  if (common) return common
  if (family(a) === "text") return b
  if (family(b) === "text") return a
  const pair = `${family(a)} ${family(b)}`
  if (pair === "boolean number") return b
  if (pair === "number boolean") return a
  return undefined
}

/**
 * The cost of converting `from` to `to` unasked, by DuckDB's own preferences; 0 where they are the
 * same, undefined where only CAST does it.
 */
export function conversion(from: SqlType, to: SqlType): number | undefined {
  if (isOpen(from) || isOpen(to) || sameType(from, to)) return 0
  if (family(from) !== family(to))
    return isBignum(to) && isInteger(from) ? preference(to) : undefined
  if (from.kind === "array" && to.kind === "list")
    return elementConversion(from.element, to.element)
  if (from.kind === "list" && to.kind === "list") return conversion(from.element, to.element)
  if (isCut(from, to)) return preference(to)
  const common = commonType(from, to)
  if (!common) return undefined
  if (!sameType(common, to))
    return to.kind === "decimal" && isNumeric(from) && !isFloat(from) ? 10 : undefined
  return preference(to)
}

function elementConversion(from: SqlType, to: SqlType): number | undefined {
  const cost = conversion(from, to)
  return cost === undefined ? undefined : cost + 1
}

/** What DuckDB makes of nanoseconds where a function takes microseconds. */
function isCut(from: SqlType, to: SqlType): boolean {
  if (from.kind !== "scalar" || to.kind !== "scalar") return false
  return (
    (from.name === "TIMESTAMP_NS" && to.name === "TIMESTAMP") ||
    (from.name === "TIME_NS" && to.name === "TIME")
  )
}

function isBignum(type: SqlType): boolean {
  return family(type) === "bignum"
}

/** One comparison may find numbers, the next texts, and raise. */
export function isVariant(type: SqlType): boolean {
  return family(type) === "variant"
}

function preference(to: SqlType): number {
  if (to.kind === "decimal") return 104
  if (to.kind !== "scalar") return 100
  const order: readonly ScalarName[] = ["BIGINT", "DOUBLE", "INTEGER", "HUGEINT", "TIMESTAMP"]
  const place = order.indexOf(to.name)
  return place < 0 ? 110 : 101 + place
}

/** No type holds the values of UHUGEINT and those below zero: only CAST says which are wanted. */
function commonNumber(a: SqlType, b: SqlType): SqlType | undefined {
  if (isFloat(a) || isFloat(b))
    return sameType(a, DOUBLE) || sameType(b, DOUBLE) ? DOUBLE : scalar("FLOAT")
  const [x, y] = [integerOf(a), integerOf(b)]
  if (x && y) return commonInteger(a, x, b, y)
  const [left, right] = [asDecimal(a), asDecimal(b)]
  if (!left || !right) return DOUBLE
  const scale = Math.max(left.scale, right.scale)
  const whole = Math.max(left.precision - left.scale, right.precision - right.scale)
  if (whole + scale <= MAX_WIDTH) return decimal(whole + scale, scale)
  // Of two DECIMALs the places after the point give way, as in DuckDB; those beside a whole number stay.
  const areDecimals = a.kind === "decimal" && b.kind === "decimal"
  return decimal(MAX_WIDTH, areDecimals ? MAX_WIDTH - whole : scale)
}

type IntegerShape = NonNullable<ReturnType<typeof integerOf>>

function commonInteger(
  a: SqlType,
  x: IntegerShape,
  b: SqlType,
  y: IntegerShape,
): SqlType | undefined {
  if (x.signed === y.signed) return x.bits >= y.bits ? a : b
  const [signed, bits, unsigned] = x.signed ? [a, x.bits, y.bits] : [b, y.bits, x.bits]
  if (bits > unsigned) return signed
  if (unsigned === 128) return undefined
  return scalar(SIGNED.find((name) => (INTEGERS[name]?.bits ?? 0) > unsigned) ?? "HUGEINT")
}

function commonNested(a: SqlType, b: SqlType): SqlType | undefined {
  if (a.kind === "list" && b.kind === "list") {
    const element = commonType(a.element, b.element)
    return element && list(element)
  }
  if (a.kind === "array" || b.kind === "array") return commonArray(a, b)
  if (a.kind === "map" && b.kind === "map") {
    const key = commonType(a.key, b.key)
    const value = commonType(a.value, b.value)
    return key && value && { kind: "map", key, value }
  }
  if (a.kind !== "struct" || b.kind !== "struct" || a.fields.length !== b.fields.length)
    return undefined
  const fields = a.fields.map((field, i) => {
    const other = b.fields[i]
    const type = other && commonType(field.type, other.type)
    return type && { name: field.name, type }
  })
  return fields.every((field) => field !== undefined) ? { kind: "struct", fields } : undefined
}

/** A list beside an array becomes one, as in DuckDB, and raises where it has another number of elements. */
function commonArray(a: SqlType, b: SqlType): SqlType | undefined {
  const [x, y] = [elementsOf(a), elementsOf(b)]
  if (!x || !y || (x.size ?? y.size) !== (y.size ?? x.size)) return undefined
  const element = commonType(x.element, y.element)
  return element && array(element, x.size ?? y.size ?? 0)
}

function elementsOf(
  type: SqlType,
): { readonly element: SqlType; readonly size?: number } | undefined {
  return type.kind === "list" || type.kind === "array" ? type : undefined
}

// --------------------------------------------------------------------------------- arithmetic

const MAX_WIDTH = 38
/** A DECIMAL of at most 18 digits is kept in 64 bits, and DuckDB keeps sums and products of such there. */
const MAX_WIDTH_64 = 18

/** The type of `a op b` for numbers, op being `+ - * / // % & | << >> ^`. */
export function arithmetic(op: string, a: SqlType, b: SqlType): SqlType | undefined {
  if (op === "^") return DOUBLE
  if (op === "/") return bothFloat(a, b) ? commonNumber(a, b) : DOUBLE
  const integers = isInteger(a) && isInteger(b)
  if (integers) return integerArithmetic(a, b)
  if ("& | << >>".split(" ").includes(op)) return undefined
  if (isFloat(a) || isFloat(b)) return commonNumber(a, b)
  if (op === "//") return DOUBLE
  if (op === "%") return remainder(a, b)
  return decimalArithmetic(op, a, b)
}

/** As the common type, but DOUBLE where no DECIMAL holds both without loss. */
function remainder(a: SqlType, b: SqlType): SqlType | undefined {
  const [x, y] = [asDecimal(a), asDecimal(b)]
  if (!x || !y) return DOUBLE
  const whole = Math.max(x.precision - x.scale, y.precision - y.scale)
  return whole + Math.max(x.scale, y.scale) > MAX_WIDTH ? DOUBLE : commonNumber(a, b)
}

function bothFloat(a: SqlType, b: SqlType): boolean {
  const common = commonNumber(a, b)
  return common !== undefined && isFloat(common)
}

/** DuckDB looks for the cheapest signature: one operand as it is, else BIGINT, else HUGEINT. */
function integerArithmetic(a: SqlType, b: SqlType): SqlType | undefined {
  const common = commonNumber(a, b)
  if (!common || !isInteger(common) || sameType(common, a) || sameType(common, b)) return common
  return sameType(common, HUGEINT) ? HUGEINT : BIGINT
}

function decimalArithmetic(op: string, a: SqlType, b: SqlType): SqlType | undefined {
  const [x, y] = [asDecimal(a), asDecimal(b)]
  if (!x || !y) return undefined
  const widest = Math.max(x.precision, y.precision)
  const scale = op === "*" ? x.scale + y.scale : Math.max(x.scale, y.scale)
  const whole = Math.max(x.precision - x.scale, y.precision - y.scale)
  const wanted = op === "*" ? x.precision + y.precision : whole + scale + 1
  const capped = wanted > MAX_WIDTH_64 && widest <= MAX_WIDTH_64 && scale < MAX_WIDTH_64
  if (scale > MAX_WIDTH) return undefined
  return decimal(capped ? MAX_WIDTH_64 : Math.min(MAX_WIDTH, wanted), scale)
}

// ----------------------------------------------------------------------------------- literals

const OF_WHOLE_NUMBERS: readonly ScalarName[] = ["INTEGER", "BIGINT", "HUGEINT", "UHUGEINT"]

/** The type of a whole number as written, its sign included. */
export function integerType(value: bigint): SqlType {
  return OF_WHOLE_NUMBERS.map(scalar).find((type) => holds(type, value)) ?? DOUBLE
}

/** The type of a number with a point: its digits as written, a leading 0 included. */
export function decimalLiteral(text: string): SqlType {
  const [whole = "", fraction = ""] = text.split(".")
  const precision = whole.length + fraction.length
  return precision > MAX_WIDTH ? DOUBLE : decimal(precision, fraction.length)
}

/** Whether a whole number is a value of an integer type: then a literal takes that type. */
export function holds(type: SqlType, value: bigint): boolean {
  const shape = integerOf(type)
  if (!shape) return false
  const bits = BigInt(shape.signed ? shape.bits - 1 : shape.bits)
  return value < 1n << bits && value >= (shape.signed ? -(1n << bits) : 0n)
}

function integerOf(type: SqlType) {
  return type.kind === "scalar" ? INTEGERS[type.name] : undefined
}

export function isJson(type: SqlType): boolean {
  return type.kind === "scalar" && type.name === "JSON"
}
