import { ENTRIES } from "../../src/functions/index.js"
import { OPERATORS } from "../../src/functions/operators.js"
import type { Relation } from "../../src/catalog/relation.js"
import { parseType } from "../../src/types/parse-type.js"
import { family } from "../../src/types/coercion.js"
import { list, scalar, show, type SqlType } from "../../src/types/type.js"
import type { Draw } from "./queries.js"
import { callOf, samplesOf, UNTESTED, VARIABLES, type Sample } from "./samples.js"

/**
 * Random queries over all types: every function and operator of the catalogue, every construct that
 * has a type. What they read are three tables of one column a type, `Y` of nullable columns, `N` of
 * NOT NULL ones, `E` the same and without rows.
 */

/** By column: its type, values that nothing stumbles over, values that much does. */
const COLUMNS: Readonly<Record<string, readonly [type: string, tame: string, hostile: string]>> = {
  ti: ["TINYINT", "0, 1, 7", "-128, 127, 0"],
  si: ["SMALLINT", "0, 1, 12", "-32768, 32767, 0"],
  i: ["INTEGER", "0, 1, 2", "-2147483648, 2147483647, 0"],
  k: ["INTEGER", "1, 1, 2", "0, -1, 1"],
  b: ["BIGINT", "0, 3, 1", "-9223372036854775808, 9223372036854775807, 0"],
  h: [
    "HUGEINT",
    "0, 1, 5",
    "'-170141183460469231731687303715884105728', '170141183460469231731687303715884105727', 0",
  ],
  uti: ["UTINYINT", "0, 1, 3", "0, 255, 1"],
  usi: ["USMALLINT", "0, 1, 3", "0, 65535, 1"],
  ui: ["UINTEGER", "0, 1, 3", "0, 4294967295, 1"],
  ub: ["UBIGINT", "0, 1, 3", "0, 18446744073709551615, 1"],
  uh: ["UHUGEINT", "0, 1, 3", "0, '340282366920938463463374607431768211455', 1"],
  f: ["FLOAT", "0, 0.5, 1", "'nan', '-inf', 0"],
  d: ["DOUBLE", "0, 0.5, 1", "'nan', 'inf', 1e308"],
  d4: ["DECIMAL(4,1)", "0, 1.5, 2", "-999.9, 999.9, 0"],
  d9: ["DECIMAL(9,2)", "0, 1.25, 3", "-9999999.99, 9999999.99, 0"],
  d15: ["DECIMAL(15,2)", "0, 1.25, 3", "-9999999999999.99, 9999999999999.99, 0"],
  d18: ["DECIMAL(18,3)", "0, 1.25, 3", "-999999999999999.999, 999999999999999.999, 0"],
  d38: ["DECIMAL(38,10)", "0, 1.25, 3", "-9999999999999999999999999999.9999999999, 0, 1"],
  d1: ["DECIMAL(1,1)", "0, 0.5, 0.9", "-0.9, 0.9, 0"],
  d0: [
    "DECIMAL(38,0)",
    "0, 1, 12",
    "'-99999999999999999999999999999999999999', '99999999999999999999999999999999999999', 0",
  ],
  dd: [
    "DECIMAL(38,38)",
    "0, 0.5, 0.25",
    "'-0.99999999999999999999999999999999999999', '0.99999999999999999999999999999999999999', 0",
  ],
  v: ["VARCHAR", "'', 'a', 'abc'", "'héllo wörld', '%', '2024-02-29'"],
  bl: ["BLOB", "'', 'a', 'b'", "'\\x00', '', '\\xFF'"],
  dt: ["DATE", "'2024-02-29', '2024-01-01', '1999-12-31'", "'infinity', '-infinity', '0001-01-01'"],
  t: ["TIME", "'00:00:00', '12:30:00', '23:59:59'", "'00:00:00', '23:59:59.999999', '24:00:00'"],
  ts: [
    "TIMESTAMP",
    "'2024-02-29 13:00:00', '2024-01-01', '1999-12-31'",
    "'infinity', '-infinity', '1970-01-01'",
  ],
  tz: [
    "TIMESTAMPTZ",
    "'2024-02-29 13:00:00+00', '2024-01-01', '1999-12-31'",
    "'infinity', '-infinity', '1970-01-01'",
  ],
  iv: ["INTERVAL", "'1 day', '2 hours', '3 months'", "'0 days', '-3 months', '1000000 days'"],
  uu: [
    "UUID",
    "'00000000-0000-0000-0000-000000000000', '00000000-0000-0000-0000-000000000001', '00000000-0000-0000-0000-000000000002'",
    "'ffffffff-ffff-ffff-ffff-ffffffffffff', '00000000-0000-0000-0000-000000000000', '00000000-0000-0000-0000-000000000001'",
  ],
  bo: ["BOOLEAN", "true, false, true", "false, false, true"],
  js: ["JSON", "'{\"a\": 1}', '[1, 2]', '\"x\"'", "'null', '[null]', '{\"a\": null}'"],
  en: ["ENUM('x', 'y')", "'x', 'y', 'x'", "'y', 'y', 'x'"],
  li: ["INTEGER[]", "[1, 2], [3], [2, 1]", "[], [NULL], [1, NULL]"],
  lv: ["VARCHAR[]", "['a'], ['b', 'c'], ['']", "[], [NULL], ['a', NULL]"],
  lb: ["BIGINT[]", "[1], [2], [3, 1]", "[], [NULL], [9223372036854775807]"],
  zt: [
    "TIMETZ",
    "'00:00:00+00', '12:30:00+02', '23:59:59-08'",
    "'24:00:00+00', '23:59:59.999999-15:59', '00:00:00+15:59'",
  ],
  s0: [
    "TIMESTAMP_S",
    "'2024-02-29 13:00:00', '2024-01-01', '1999-12-31'",
    "'infinity', '-infinity', '1970-01-01'",
  ],
  s3: [
    "TIMESTAMP_MS",
    "'2024-02-29 13:00:00.123', '2024-01-01', '1999-12-31'",
    "'infinity', '-infinity', '1970-01-01'",
  ],
  s9: [
    "TIMESTAMP_NS",
    "'2024-02-29 13:00:00.123456789', '2024-01-01', '1999-12-31'",
    "'infinity', '1677-09-22', '1970-01-01'",
  ],
  bi: ["BIT", "'0101', '1', '0'", "'111111111', '0', '1'"],
  bn: ["BIGNUM", "0, 1, 12", "'-1234567890123456789012345678901234567890123', 0, 1"],
  ar: ["INTEGER[2]", "[1, 2], [3, 4], [0, 0]", "[NULL, 1], [NULL, NULL], [2147483647, 0]"],
  fa: ["FLOAT[2]", "[1, 2], [3, 0.5], [0, 0]", "['nan'::FLOAT, 1], [NULL, 1], ['inf'::FLOAT, 0]"],
  un: ["UNION(n INTEGER, s VARCHAR)", "1, 'a', 2", "CAST(NULL AS INTEGER), 'x', 0"],
  st: [
    "STRUCT(a INTEGER, b VARCHAR)",
    "{'a': 1, 'b': 'x'}, {'a': 2, 'b': 'y'}, {'a': 3, 'b': ''}",
    "{'a': NULL, 'b': NULL}, {'a': 1, 'b': NULL}, {'a': 0, 'b': ''}",
  ],
  ll: ["INTEGER[][]", "'[[1], [2, 3]]', '[[4]]', '[[0, 1]]'", "'[]', '[NULL]', '[[], [NULL]]'"],
  lt: [
    "DATE[]",
    "'[2024-02-29]', '[2024-01-01, 1999-12-31]', '[]'",
    "'[infinity]', '[NULL]', '[]'",
  ],
  ls: [
    "STRUCT(a INTEGER, b VARCHAR)[]",
    "'[{a: 1, b: x}]', '[{a: 2, b: y}, {a: 3, b: z}]', '[]'",
    "'[NULL]', '[{a: NULL, b: NULL}]', '[]'",
  ],
  sn: [
    "STRUCT(n STRUCT(x BIGINT), l VARCHAR[])",
    "'{n: {x: 1}, l: [a]}', '{n: {x: 2}, l: []}', '{n: {x: 0}, l: [b, c]}'",
    "'{n: NULL, l: NULL}', '{n: {x: NULL}, l: [NULL]}', '{n: {x: 0}, l: []}'",
  ],
  ml: [
    "MAP(INTEGER, VARCHAR[])",
    "'{1=[a]}', '{2=[b, c]}', '{0=[]}'",
    "'{}', '{1=NULL}', '{0=[NULL]}'",
  ],
  mp: [
    "MAP(VARCHAR, INTEGER)",
    "map {'a': 1}, map {'b': 2}, map {'a': 3}",
    "map {}, map {'a': NULL}, map {'x': 0}",
  ],
}
const TYPES: readonly SqlType[] = Object.values(COLUMNS).map(([type]) => typeNamed(type))
const TABLES = ["Y", "N", "E"] as const

/** What the tables hold in a database: values and NULLs; extreme ones; nothing but NULLs and zeros. */
export type Kind = "tame" | "hostile" | "void"

/** The statements that make and fill the tables. */
export function setup(kind: Kind): string[] {
  const declared = (notNull: string) =>
    Object.entries(COLUMNS)
      .map(([name, [type]]) => `${name} ${type}${notNull}`)
      .join(", ")
  const valuesOf = ([type, tame, hostile]: readonly [string, string, string]) =>
    valuesIn(kind === "hostile" ? hostile : tame).map((value) => `CAST(${value} AS ${type})`)
  const columns = Object.values(COLUMNS).map(valuesOf)
  const row = (r: number) => columns.map((values) => values[r % values.length] ?? "NULL")
  const rows = [row(0), row(1), row(2)]
  const sparse = [...rows, ...rows].map((values, r) =>
    values.map((value, c) => (kind === "void" || (r * 5 + c * 3) % 4 === 0 ? "NULL" : value)),
  )
  const insert = (table: string, list: readonly (readonly string[])[]) =>
    `INSERT INTO ${table} VALUES ${list.map((values) => `(${values.join(", ")})`).join(", ")}`
  return [
    `CREATE TABLE Y (${declared("")})`,
    `CREATE TABLE N (${declared(" NOT NULL")})`,
    `CREATE TABLE E (${declared(" NOT NULL")})`,
    insert("Y", [...sparse, row(1).map(() => "NULL")]),
    insert("N", kind === "void" ? [row(0)] : rows),
  ]
}

/** The values of a list, split at commas outside of brackets and quotes. */
function valuesIn(text: string): string[] {
  return (
    text.match(/(?:'(?:[^']|'')*'|\[[^\]]*\]|\{[^}]*\}|[^,'[{])+/g)?.map((one) => one.trim()) ?? []
  )
}

export const RELATIONS: readonly Relation[] = TABLES.map((name) => ({
  name,
  kind: "source",
  columns: Object.entries(COLUMNS).map(([column, [type]]) => ({
    name: column,
    type: typeNamed(type),
    nullable: name === "Y",
  })),
  keys: [],
  broken: false,
}))

// ------------------------------------------------------------------------------------ expressions

interface Item {
  readonly text: string
  readonly type: SqlType
}
type Scope = readonly Item[]

interface Producer {
  readonly args: readonly SqlType[]
  readonly write: (args: readonly string[]) => string
}

/** What variables of signatures are bound to, beside the types that every function is tried with. */
const MORE: readonly SqlType[] = [
  "TIME",
  "TIMETZ",
  "INTERVAL",
  "UUID",
  "BLOB",
  "ENUM('x', 'y')",
  "USMALLINT",
  "TIMESTAMP_NS",
  "DECIMAL(38,38)",
  "DECIMAL(38,0)",
  "INTEGER[]",
  "STRUCT(a INTEGER, b VARCHAR)",
].map(typeNamed)

const SAMPLES = ENTRIES.flatMap((entry) => samplesOf(entry, [...VARIABLES, ...MORE])).filter(
  ({ info, types }) => !UNTESTED.has(info.name) && info.resultType(types) !== undefined,
)
// Rows have no name that a CAST could tell: of a NULL constant DuckDB forgets that it is one.
const CALLS = SAMPLES.filter(({ info }) => info.kind === "scalar" && info.name !== "struct_values")
const AGGREGATES = SAMPLES.filter(({ info }) => info.kind === "aggregate")
// The SQL standard's ordered-set aggregates do not stand over a window.
const OVER_WINDOWS = AGGREGATES.filter(({ name }) => !name.startsWith("percentile_"))
const WINDOWS = SAMPLES.filter(({ info }) => info.kind === "window")

const producers = byResult()

/** What gives a value of a type: calls of functions, operators and casts, by the type as text. */
function byResult(): ReadonlyMap<string, readonly Producer[]> {
  const found = new Map<string, Producer[]>()
  const add = (type: SqlType | undefined, producer: Producer) => {
    if (!type) return
    const key = show(type)
    found.set(key, [...(found.get(key) ?? []), producer])
  }
  for (const sample of CALLS) add(sample.info.resultType(sample.types), callOfSample(sample))
  for (const operator of OPERATORS) {
    const op = operator.name
    if (/^[a-z]/.test(op)) continue
    for (const a of TYPES)
      for (const b of TYPES) {
        if (!fits(op, a, b)) continue
        add(operator.resultType([a, b]), { args: [a, b], write: ([x, y]) => `(${x} ${op} ${y})` })
      }
  }
  return found
}

/** Operands that no operator coerces across families. */
function fits(op: string, a: SqlType, b: SqlType): boolean {
  if (op === "->" || op === "->>") return show(a) === "JSON" && show(b) === "VARCHAR"
  if (op === "||") return family(a) === family(b) && ["text", "list", "blob"].includes(family(a))
  if (/^[=<>]+$/.test(op) && op !== "<<" && op !== ">>") return show(a) === show(b)
  return true
}

function callOfSample(sample: Sample): Producer {
  return {
    args: sample.types,
    write: (args) => {
      let i = 0
      return callOf(sample, () => args[i++] ?? "NULL")
    },
  }
}

/** An expression of this type. */
function valueOf(draw: Draw, type: SqlType, scope: Scope, depth: number): string {
  const name = show(type)
  const columns = scope.filter((item) => show(item.type) === name)
  const known = producers.get(name) ?? []
  const down = () => valueOf(draw, type, scope, depth - 1)
  if (depth <= 0 || draw(4) === 0)
    return columns.length > 0 && draw(5) > 0 ? pick(draw, columns).text : literal(draw, type)
  switch (draw(12)) {
    case 0:
      return `CASE WHEN ${condition(draw, scope, depth - 1)} THEN ${down()} ${draw(2) === 0 ? `ELSE ${down()} ` : ""}END`
    case 1:
      return `coalesce(${down()}, ${down()})`
    case 2:
      return `nullif(${down()}, ${down()})`
    case 3:
      return `${pick(draw, ["greatest", "least"])}(${down()}, ${down()})`
    case 4:
      return `CASE ${valueOf(draw, scalar("INTEGER"), scope, depth - 1)} WHEN 1 THEN ${down()} WHEN 2 THEN ${down()} ELSE ${down()} END`
    case 5:
      return `${pick(draw, ["CAST", "TRY_CAST"])}(${down()} AS ${name})`
    case 6:
      return `(SELECT ${draw(2) === 0 ? `max(x) FROM (SELECT ${down()} AS x)` : `${down()}`})`
    default: {
      if (name === "BOOLEAN" && draw(2) === 0) return condition(draw, scope, depth)
      if (known.length === 0) return down()
      const { args, write } = pick(draw, known)
      return write(args.map((arg) => valueOf(draw, arg, scope, depth - 1)))
    }
  }
}

/** Any expression: a call, an operator, or a construct whose type rests on its parts. */
function anyOf(draw: Draw, scope: Scope, depth: number): string {
  const value = (type: SqlType) => valueOf(draw, type, scope, depth - 1)
  switch (draw(14)) {
    case 0:
      return pick(draw, scope).text
    case 1:
      return condition(draw, scope, depth)
    case 2: {
      const [a, b] = [pick(draw, NUMBERS), pick(draw, NUMBERS)]
      return pick(draw, [
        `CASE WHEN ${condition(draw, scope, 1)} THEN ${value(a)} ELSE ${value(b)} END`,
        `coalesce(${value(a)}, ${value(b)})`,
        `[${value(a)}, ${value(b)}]`,
        `greatest(${value(a)}, ${value(b)}, 1)`,
      ])
    }
    case 3:
      return `(${value(pick(draw, NUMBERS))} ${pick(draw, ["+", "-", "*", "/", "//", "%"])} ${value(pick(draw, NUMBERS))})`
    case 4:
      return `extract(${pick(draw, ["year", "month", "epoch", "hour", "dow"])} FROM ${value(pick(draw, [scalar("TIMESTAMP"), scalar("DATE"), scalar("TIMESTAMPTZ")]))})`
    case 5:
      return pick(draw, [
        `${value(list(scalar("INTEGER")))}[${value(scalar("INTEGER"))}]`,
        `${value(list(scalar("VARCHAR")))}[1:2]`,
        `{'a': ${value(pick(draw, TYPES))}, 'b': ${value(pick(draw, TYPES))}}`,
        `{'a': ${value(pick(draw, TYPES))}}.a`,
        `${value(typeNamed("STRUCT(a INTEGER, b VARCHAR)"))}.b`,
        `${value(typeNamed("MAP(VARCHAR, INTEGER)"))}['a']`,
        `list_transform(${value(list(scalar("INTEGER")))}, lambda x: x + ${value(scalar("BIGINT"))})`,
        `list_filter(${value(list(scalar("INTEGER")))}, lambda x: x > ${value(scalar("INTEGER"))})`,
        `[x + ${value(pick(draw, NUMBERS))} FOR x IN ${value(list(scalar("INTEGER")))} IF x > ${value(scalar("INTEGER"))}]`,
        `${value(typeNamed("INTEGER[][]"))}[${value(scalar("INTEGER"))}][1]`,
        `${value(typeNamed("STRUCT(a INTEGER, b VARCHAR)[]"))}[1].b`,
        `${value(typeNamed("STRUCT(n STRUCT(x BIGINT), l VARCHAR[])"))}.n.x`,
        `${value(typeNamed("STRUCT(n STRUCT(x BIGINT), l VARCHAR[])"))}.l[1]`,
        `${value(typeNamed("MAP(INTEGER, VARCHAR[])"))}[${value(scalar("INTEGER"))}]`,
        `${value(list(scalar("INTEGER")))}[1:3:2]`,
        `${value(scalar("VARCHAR"))}[${value(scalar("INTEGER"))}]`,
        `(${value(scalar("INTEGER"))} IN ${value(list(scalar("INTEGER")))})`,
        `(${value(pick(draw, TYPES))}, ${value(pick(draw, TYPES))})`,
      ])
    case 6:
      return `${value(pick(draw, [scalar("TIMESTAMP"), scalar("TIMESTAMPTZ")]))} AT TIME ZONE 'UTC'`
    case 7: {
      const wanted = pick(draw, TYPES)
      const of = pick(draw, NUMBERS)
      return draw(2) === 0
        ? `TRY_CAST(${value(scalar("VARCHAR"))} AS ${show(wanted)})`
        : `${pick(draw, ["CAST", "TRY_CAST"])}(${value(of)} AS ${show(pick(draw, NUMBERS))})`
    }
    case 8:
      return `-${value(pick(draw, SIGNED))}`
    case 9:
      return `(${value(scalar("VARCHAR"))} ${pick(draw, ["||", "LIKE", "NOT LIKE", "ILIKE", "SIMILAR TO"])} ${value(scalar("VARCHAR"))})`
    default: {
      const { args, write } = callOfSample(pick(draw, CALLS))
      return write(args.map((arg) => value(arg)))
    }
  }
}

function condition(draw: Draw, scope: Scope, depth: number): string {
  const type = pick(draw, COMPARED)
  const value = () => valueOf(draw, type, scope, depth - 1)
  switch (draw(12)) {
    case 0:
      return `(${value()} IS ${pick(draw, ["NULL", "NOT NULL"])})`
    case 1:
      return `(${value()} ${pick(draw, ["BETWEEN", "NOT BETWEEN"])} ${value()} AND ${value()})`
    case 2:
      return `(${value()} ${pick(draw, ["IN", "NOT IN"])} (${value()}, ${value()}))`
    case 3:
      return depth <= 0
        ? "true"
        : `(${condition(draw, scope, depth - 1)} ${pick(draw, ["AND", "OR"])} ${condition(draw, scope, depth - 1)})`
    case 4:
      return depth <= 0 ? "false" : `(NOT ${condition(draw, scope, depth - 1)})`
    case 5:
      return `(${value()} IS ${pick(draw, ["", "NOT "])}DISTINCT FROM ${value()})`
    case 6:
      return depth <= 0
        ? "true"
        : `(${condition(draw, scope, depth - 1)} IS ${pick(draw, ["", "NOT "])}${pick(draw, ["TRUE", "FALSE"])})`
    case 7:
      return `${pick(draw, ["", "NOT "])}EXISTS (SELECT 1 FROM ${pick(draw, TABLES)} AS z WHERE z.k = ${valueOf(draw, scalar("INTEGER"), scope, 0)})`
    case 8:
      return `(${valueOf(draw, scalar("INTEGER"), scope, depth - 1)} ${pick(draw, ["IN", "NOT IN"])} (SELECT z.${pick(draw, ["i", "k"])} FROM ${pick(draw, TABLES)} AS z WHERE z.k IS NOT NULL AND z.i IS NOT NULL))`
    case 9:
      return `(${valueOf(draw, scalar("INTEGER"), scope, 0)} ${pick(draw, ["=", "<", ">="])} ${pick(draw, ["ANY", "ALL"])} (SELECT z.k FROM ${pick(draw, TABLES)} AS z))`
    default:
      return `(${value()} ${pick(draw, ["=", "<>", "<", "<=", ">", ">="])} ${value()})`
  }
}

function literal(draw: Draw, type: SqlType): string {
  const name = show(type)
  if (draw(8) === 0) return `CAST(NULL AS ${name})`
  const column = Object.values(COLUMNS).find(([one]) => one === name)
  if (!column) return type.kind === "list" ? `CAST([] AS ${name})` : `CAST(NULL AS ${name})`
  if (draw(3) === 0 && name === "INTEGER") return pick(draw, ["0", "1", "2", "100"])
  if (draw(3) === 0 && name === "VARCHAR") return pick(draw, ["'a'", "''", "'%a%'"])
  return `CAST(${pick(draw, valuesIn(column[1]))} AS ${name})`
}

const NUMBERS = TYPES.filter((type) => family(type) === "number")
const SIGNED = NUMBERS.filter((type) => !show(type).startsWith("U"))
const COMPARED = TYPES.filter((type) => show(type) !== "JSON" && type.kind !== "map")

// ---------------------------------------------------------------------------------------- queries

/** Learns the columns of a query, so that one around it can read them. */
export type Describe = (sql: string) => readonly { name: string; type: SqlType }[] | undefined

export function typedQuery(draw: Draw, describe: Describe, depth = 1): string {
  if (depth > 0 && draw(7) === 0) return setOperation(draw)
  const { text, scope, from } = source(draw, describe, depth)
  const where = draw(3) === 0 ? ` WHERE ${condition(draw, scope, 2)}` : ""
  switch (draw(5)) {
    case 0:
      return `${text}${grouped(draw, from + where, scope)}`
    case 1: {
      const items = several(draw, 3, () => aggregate(draw, scope))
      return `${text}SELECT ${named(items)} FROM ${from}${where}`
    }
    case 2: {
      const items = several(draw, 3, () => window(draw, scope))
      const qualify =
        draw(5) === 0 ? ` QUALIFY row_number() OVER (ORDER BY ${pick(draw, scope).text}) = 1` : ""
      return `${text}SELECT ${named(items)} FROM ${from}${where}${qualify}`
    }
    default: {
      const items = several(draw, 4, () => anyOf(draw, scope, 1 + draw(3)))
      const distinct = draw(8) === 0 ? "DISTINCT " : ""
      const limit = draw(8) === 0 ? ` LIMIT ${1 + draw(3)}` : ""
      return `${text}SELECT ${distinct}${named(items)} FROM ${from}${where}${limit}`
    }
  }
}

interface Source {
  /** A WITH clause, or nothing. */
  readonly text: string
  readonly from: string
  readonly scope: Scope
}

function source(draw: Draw, describe: Describe, depth: number): Source {
  const { text, ...first } = single(draw, describe, depth, "p")
  let { from, scope } = first
  for (const alias of ["q", "r"].slice(0, draw(3))) {
    const right = single(draw, describe, 0, alias)
    const kind = pick(draw, [
      "JOIN",
      "LEFT JOIN",
      "RIGHT JOIN",
      "FULL JOIN",
      "SEMI JOIN",
      "ANTI JOIN",
      "LEFT JOIN",
      "CROSS JOIN",
    ])
    const both = [...scope, ...right.scope]
    const key = () => valueOf(draw, scalar("INTEGER"), scope, 1)
    const other = () => valueOf(draw, scalar("INTEGER"), right.scope, 1)
    const on =
      kind === "CROSS JOIN"
        ? ""
        : ` ON ${key()} = ${other()}${draw(3) === 0 && kind !== "FULL JOIN" && !/SEMI|ANTI/.test(kind) ? ` AND ${condition(draw, both, 1)}` : ""}`
    from = `${from} ${kind} ${right.from}${on}`
    if (!/SEMI|ANTI/.test(kind)) scope = both
  }
  return { text, from, scope }
}

function single(draw: Draw, describe: Describe, depth: number, alias: string): Source {
  const table = pick(draw, TABLES)
  const columns = Object.entries(COLUMNS).map(([name, [type]]) => ({
    text: `${alias}.${name}`,
    type: typeNamed(type),
  }))
  const whole = { text: "", from: `${table} AS ${alias}`, scope: columns }
  if (depth <= 0 || draw(3) > 0) return whole
  const inner = typedQuery(draw, describe, depth - 1)
  const found = describe(inner)
  if (!found || found.length === 0 || inner.startsWith("WITH")) return whole
  const scope = found.map(({ name, type }) => ({ text: `${alias}.${name}`, type }))
  return draw(2) === 0
    ? { text: `WITH c AS (${inner}) `, from: `c AS ${alias}`, scope }
    : { text: "", from: `(${inner}) AS ${alias}`, scope }
}

function grouped(draw: Draw, from: string, scope: Scope): string {
  const keys = several(draw, 2, () =>
    draw(2) === 0 ? key(draw, scope) : valueOf(draw, pick(draw, COMPARED), scope, 1),
  )
  const list = keys.join(", ")
  const by = pick(draw, [
    list,
    list,
    "ALL",
    `ROLLUP (${list})`,
    `CUBE (${list})`,
    `GROUPING SETS ((${list}), ())`,
  ])
  const items = [...keys, ...several(draw, 2, () => aggregate(draw, scope))]
  const having = draw(4) === 0 ? " HAVING count(*) > 0" : ""
  return `SELECT ${named(items)} FROM ${from} GROUP BY ${by}${having}`
}

/** A column that rows can be grouped and ordered by. */
function key(draw: Draw, scope: Scope): string {
  const keys = scope.filter(isKey)
  return keys.length > 0 ? pick(draw, keys).text : "1 + 1"
}

function isKey({ type }: Item): boolean {
  return COMPARED.some((one) => show(one) === show(type))
}

function aggregate(draw: Draw, scope: Scope): string {
  const sample = pick(draw, AGGREGATES)
  const args = sample.types.map((type) => valueOf(draw, type, scope, draw(2)))
  const call = callOfSample(sample).write(args)
  const filter = draw(5) === 0 ? ` FILTER (WHERE ${condition(draw, scope, 1)})` : ""
  const over = pick(draw, ["", "", "", ` + 1`])
  return `${modified(draw, sample, call, scope)}${filter}${over === "" || family(sample.info.resultType(sample.types) ?? scalar("DATE")) !== "number" ? "" : over}`
}

/** An aggregate of distinct values, or of values in an order. */
function modified(draw: Draw, sample: Sample, call: string, scope: Scope): string {
  if (sample.types.length === 0 || !call.startsWith(`${sample.name}(`)) return call
  if (sample.name.startsWith("percentile_")) return call
  switch (draw(6)) {
    case 0:
      return sample.types.length === 1 ? call.replace("(", "(DISTINCT ") : call
    case 1:
      return `${call.slice(0, -1)} ORDER BY ${key(draw, scope)})`
    default:
      return call
  }
}

function window(draw: Draw, scope: Scope): string {
  const partition = draw(2) === 0 ? `PARTITION BY ${key(draw, scope)} ` : ""
  const order = draw(3) > 0 ? `ORDER BY ${key(draw, scope)}` : ""
  const frame =
    order === ""
      ? ""
      : pick(draw, [
          "",
          "",
          " ROWS BETWEEN 2 PRECEDING AND 1 PRECEDING",
          " ROWS BETWEEN 1 PRECEDING AND 1 FOLLOWING",
          " ROWS BETWEEN CURRENT ROW AND UNBOUNDED FOLLOWING",
          " ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW EXCLUDE CURRENT ROW",
        ])
  const sample = pick(draw, draw(2) === 0 ? WINDOWS : OVER_WINDOWS)
  const args = sample.types.map((type) => valueOf(draw, type, scope, draw(2)))
  const call = callOfSample(sample)
    .write(args)
    .replace(/ OVER \((ORDER BY .*)?\)$/, "")
  return `${call} OVER (${partition}${order}${frame})`
}

function setOperation(draw: Draw): string {
  const width = 1 + draw(3)
  const families = several(draw, width, () =>
    pick(draw, [
      NUMBERS,
      NUMBERS,
      [scalar("VARCHAR")],
      [scalar("DATE"), scalar("TIMESTAMP")],
      TYPES.filter(({ kind }) => kind === "list").slice(0, 1),
    ]),
  )
  const branch = () => {
    const columns = Object.entries(COLUMNS).map(([name, [type]]) => ({
      text: name,
      type: typeNamed(type),
    }))
    const items = families.map((types) => valueOf(draw, pick(draw, types), columns, 1))
    const where = draw(3) === 0 ? ` WHERE ${condition(draw, columns, 1)}` : ""
    return `SELECT ${named(items)} FROM ${pick(draw, TABLES)}${where}`
  }
  const op = pick(draw, ["UNION ALL", "UNION", "INTERSECT", "EXCEPT", "UNION ALL BY NAME"])
  return `${branch()} ${op} ${branch()}`
}

function named(items: readonly string[]): string {
  return items.map((item, i) => `${item} AS r${i}`).join(", ")
}

function several<T>(draw: Draw, most: number, one: () => T): T[] {
  return Array.from({ length: 1 + draw(most) }, one)
}

function typeNamed(text: string): SqlType {
  const type = parseType(text)
  if (!type) throw new Error(`no type ${text}`)
  return type
}

function pick<T>(draw: Draw, from: readonly T[]): T {
  const one = from[draw(from.length)]
  if (one === undefined) throw new Error("an empty list has nothing to pick")
  return one
}
