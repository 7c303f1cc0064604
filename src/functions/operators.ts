import {
  arithmetic,
  commonType,
  conversion,
  crossFamily,
  family,
  isInteger,
  isNumeric,
  isOpen,
  type Family,
} from "../types/coercion.js"
import {
  BIGINT,
  BOOLEAN,
  DATE,
  INTERVAL,
  list,
  NULL_TYPE,
  sameType,
  scalar,
  TIMESTAMP,
  unknown,
  VARCHAR,
  type SqlType,
} from "../types/type.js"
import type { FunctionInfo, NullBehavior } from "./function.js"

type Rule = (args: readonly SqlType[]) => SqlType | undefined

const INTERVALS_MOVE: Readonly<Record<string, SqlType>> = {
  DATE: TIMESTAMP,
  TIMESTAMP,
  TIMESTAMPTZ: scalar("TIMESTAMPTZ"),
  TIMESTAMP_S: TIMESTAMP,
  TIMESTAMP_MS: TIMESTAMP,
  TIMESTAMP_NS: TIMESTAMP,
  TIME: scalar("TIME"),
  TIMETZ: scalar("TIMETZ"),
}

const NEGATED = new Set<Family>(["interval", "bignum"])

const comparison: Rule = ([a, b]) => (a && b && crossFamily(a, b) ? BOOLEAN : undefined)
const logical: Rule = (args) =>
  args.every(
    (arg) =>
      isOpen(arg) ||
      conversion(arg, BOOLEAN) !== undefined ||
      isNumeric(arg) ||
      family(arg) === "text",
  )
    ? BOOLEAN
    : undefined
const textual: Rule = (args) =>
  args.every((arg) => isOpen(arg) || family(arg) === "text") ? BOOLEAN : undefined
const json: (result: SqlType) => Rule =
  (result) =>
  ([a]) =>
    a && (isOpen(a) || family(a) === "text") ? result : undefined

/** Operators by their ir names. */
export const OPERATORS: readonly FunctionInfo[] = [
  operator("+", plus, { mayRaise: true }),
  operator("-", minus, { mayRaise: true }),
  operator("*", times, { mayRaise: true }),
  operator("/", divided),
  // Division of whole numbers by 0 is NULL.
  operator("//", numeric("//"), { nulls: "nullable", mayRaise: true }),
  operator("%", numeric("%"), { nulls: "nullable", mayRaise: true }),
  operator("^", numeric("^"), { mayRaise: true }),
  operator("&", bitwise("&"), { mayRaise: true }),
  operator("|", bitwise("|"), { mayRaise: true }),
  operator("<<", bitwise("<<"), { mayRaise: true }),
  operator(">>", bitwise(">>"), { mayRaise: true }),
  operator("||", concatenation),
  operator("&&", ([a, b]) => (a && b && areLists(a, b) ? BOOLEAN : undefined)),
  operator("overlaps", overlaps, { nulls: (ends) => ends.includes(true), mayRaise: true }),
  operator("->", json(scalar("JSON")), { nulls: "nullable", mayRaise: true }),
  operator("->>", json(VARCHAR), { nulls: "nullable", mayRaise: true }),
  operator(
    "neg",
    ([a]) => (a && (isOpen(a) || isNumeric(a) || NEGATED.has(family(a))) ? a : undefined),
    { mayRaise: true },
  ),
  operator("bit-not", ([a]) =>
    a && (isOpen(a) || isInteger(a) || family(a) === "bit") ? a : undefined,
  ),

  ...["=", "<>", "<", "<=", ">", ">="].map((name) => operator(name, comparison)),
  operator("is-distinct", comparison, { nulls: "never-null" }),
  operator("is-not-distinct", comparison, { nulls: "never-null" }),
  operator("is-null", () => BOOLEAN, { nulls: "never-null" }),
  operator("is-true", logical, { nulls: "never-null" }),
  operator("is-false", logical, { nulls: "never-null" }),
  operator("and", logical),
  operator("or", logical),
  operator("not", logical),
  operator("in", (args) =>
    args.reduce<SqlType | undefined>((a, b) => a && crossFamily(a, b), args[0])
      ? BOOLEAN
      : undefined,
  ),
  operator("like", textual),
  operator("ilike", textual),
  operator("similar", textual, { mayRaise: true }),
  operator("glob", textual),
  operator("regex", textual, { mayRaise: true }),
  operator("regex-i", textual, { mayRaise: true }),

  // Their types rest on names, which are among their arguments: whoever makes a call knows its type.
  operator("struct-pack", () => unknown("a STRUCT"), { nulls: "never-null" }),
  operator("struct-field", () => unknown("a field"), { nulls: "nullable" }),
  operator("row-of", () => unknown("a row"), { nulls: "never-null" }),
]

function operator(
  name: string,
  rule: Rule,
  traits: { nulls?: NullBehavior; mayRaise?: boolean } = {},
): FunctionInfo {
  return {
    name,
    kind: "scalar",
    signatures: [],
    nulls: "strict",
    deterministic: true,
    isStable: false,
    mayRaise: false,
    ...traits,
    alike: () => true,
    resultType: rule,
    match: (args) => {
      const type = rule(args)
      return type && { params: args, type, cost: 0 }
    },
  }
}

function numeric(op: string): Rule {
  return ([a, b]) => {
    if (!a || !b) return undefined
    if (isOpen(a) || isOpen(b)) return openNumber(op, a, b)
    return isNumeric(a) && isNumeric(b) ? arithmetic(op, a, b) : undefined
  }
}

/** NULL takes the other side's type, but stays NULL beside a DECIMAL; two NULLs are BIGINT. As in DuckDB. */
function openNumber(op: string, a: SqlType, b: SqlType): SqlType | undefined {
  if (a.kind === "unknown") return a
  if (b.kind === "unknown") return b
  const other = a.kind === "null" ? b : a
  if (other.kind === "null") return op === "/" || op === "^" ? scalar("DOUBLE") : BIGINT
  if (other.kind === "decimal" && "+-*%".includes(op)) return NULL_TYPE
  return isNumeric(other) ? arithmetic(op, other, other) : undefined
}

function plus([a, b]: readonly SqlType[]): SqlType | undefined {
  if (!a) return undefined
  if (!b) return isOpen(a) || isNumeric(a) ? a : undefined
  return numeric("+")([a, b]) ?? bignum(a, b) ?? moved(a, b) ?? moved(b, a)
}

function minus([a, b]: readonly SqlType[]): SqlType | undefined {
  if (!a || !b) return a
  if (family(b) === "time") return undefined
  return numeric("-")([a, b]) ?? bignum(a, b) ?? difference(a, b) ?? moved(a, b)
}

/** A point in time moved by a number of days or an interval. */
function moved(point: SqlType, by: SqlType): SqlType | undefined {
  if (family(by) === "interval") {
    if (point.kind === "unknown") return point
    if (family(point) === "interval") return INTERVAL
    return point.kind === "scalar" ? INTERVALS_MOVE[point.name] : undefined
  }
  if (isDate(point)) {
    if (by.kind === "null" || conversion(by, scalar("INTEGER")) !== undefined) return DATE
    if (family(by) === "time") return zonedBy(by)
  }
  if (by.kind === "unknown") return by
  return by.kind === "null" && family(point) === "date" && point.kind === "scalar"
    ? INTERVALS_MOVE[point.name]
    : undefined
}

function zonedBy(time: SqlType): SqlType | undefined {
  const { name } = time.kind === "scalar" ? time : { name: "" }
  return name === "TIME" ? TIMESTAMP : name === "TIMETZ" ? scalar("TIMESTAMPTZ") : undefined
}

/** Whole numbers of any size. */
function bignum(a: SqlType, b: SqlType): SqlType | undefined {
  const found = [a, b].find((type) => family(type) === "bignum")
  const others = [a, b].every((type) => isInteger(type) || isOpen(type) || type === found)
  return found && (others || sameType(a, b)) ? found : undefined
}

/** Of whole numbers, or of bits; bits are shifted by a whole number. */
function bitwise(op: string): Rule {
  const ofNumbers = numeric(op)
  return ([a, b]) => {
    if (!a || !b || family(a) !== "bit") return ofNumbers(a && b ? [a, b] : [])
    const isShift = op === "<<" || op === ">>"
    const isFit = isOpen(b) || (isShift ? isNarrow(b) : family(b) === "bit")
    return isFit ? a : undefined
  }
}

function isNarrow(type: SqlType): boolean {
  return conversion(type, scalar("INTEGER")) !== undefined
}

function difference(a: SqlType, b: SqlType): SqlType | undefined {
  if (family(a) !== "date" || family(b) !== "date") return undefined
  return isDate(a) && isDate(b) ? BIGINT : INTERVAL
}

function times([a, b]: readonly SqlType[]): SqlType | undefined {
  if (!a || !b) return undefined
  const scaled = (x: SqlType, y: SqlType) =>
    family(x) === "interval" && (isNumeric(y) || isOpen(y)) ? INTERVAL : undefined
  return numeric("*")([a, b]) ?? scaled(a, b) ?? scaled(b, a)
}

function divided([a, b]: readonly SqlType[]): SqlType | undefined {
  if (!a || !b) return undefined
  if (family(a) === "interval" && (isNumeric(b) || isOpen(b))) return INTERVAL
  return numeric("/")([a, b])
}

/** Lists with lists, bytes with bytes, else anything with text. */
function concatenation([a, b]: readonly SqlType[]): SqlType | undefined {
  if (!a || !b) return undefined
  if (isOpen(a)) return a
  if (isOpen(b)) return b
  if (family(a) === "list" || family(b) === "list") return listType(commonType(a, b))
  if (family(a) === "blob" && family(b) === "blob") return a
  return VARCHAR
}

function listType(type: SqlType | undefined): SqlType | undefined {
  return type?.kind === "array" ? list(type.element) : type
}

function areLists(a: SqlType, b: SqlType): boolean {
  return [a, b].every((type) => family(type) === "list" || isOpen(type)) && !!commonType(a, b)
}

/** `(a, b) OVERLAPS (c, d)`: two spans, each by its ends or by one end and its length. */
function overlaps([a, b, c, d]: readonly SqlType[]): SqlType | undefined {
  if (!a || !b || !c || !d) return undefined
  const end = (from: SqlType, to: SqlType) => (family(to) === "interval" ? moved(from, to) : to)
  const ends = [a, end(a, b), c, end(c, d)]
  const common = ends.reduce((one, other) => one && other && commonType(one, other))
  return common && BOOLEAN
}

function isDate(type: SqlType): boolean {
  return type.kind === "scalar" && type.name === "DATE"
}
