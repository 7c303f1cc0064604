/** Draws a number from 0 below `n`. */
export type Draw = (n: number) => number

/** Tables full of NULLs, repeated values and infinite dates, with the keys and NOT NULLs that hold in them. */
export const TABLES = {
  t: {
    columns: "a INTEGER NOT NULL, b INTEGER, c VARCHAR, d DATE, m DECIMAL(9,2), x DOUBLE",
    keys: [["a"]],
    rows: `(1, NULL, 'x', DATE '2024-01-01', 1.50, 0.5), (2, 1, NULL, NULL, NULL, NULL),
           (3, 1, 'x', DATE 'infinity', 0.00, 'nan'), (4, 2, '', DATE '2024-01-02', 2.25, 1.0), (5, NULL, NULL, NULL, NULL, NULL)`,
  },
  u: {
    columns: "a INTEGER NOT NULL, k INTEGER, c VARCHAR NOT NULL, n INTEGER",
    keys: [["a"], ["k", "c"]],
    rows: "(1, 1, 'x', NULL), (3, 1, 'y', 0), (7, 2, 'x', 2), (8, 2, 'y', NULL)",
  },
  v: {
    columns: "k INTEGER, w INTEGER",
    keys: [],
    rows: "(1, NULL), (1, 2), (NULL, 3), (NULL, NULL)",
  },
  e: { columns: "a INTEGER NOT NULL, z INTEGER NOT NULL", keys: [["a"]], rows: "" },
} as const

type TableName = keyof typeof TABLES
const NAMES = Object.keys(TABLES) as TableName[]

interface Bound {
  readonly alias: string
  readonly table: TableName
}

/** A random query over `TABLES`: joins, filters, groups, windows, subqueries, set operations. */
export function randomQuery(draw: Draw, depth = 0): string {
  if (depth < 1 && draw(6) === 0) {
    const op = pick(draw, ["UNION ALL", "UNION", "INTERSECT", "EXCEPT"])
    return `SELECT ${numbers(draw)} ${op} SELECT ${numbers(draw)}`
  }
  const { text, bound } = from(draw)
  const where = draw(2) === 0 ? ` WHERE ${predicate(draw, bound, depth)}` : ""
  const shape = draw(4)
  if (shape === 0) return grouped(draw, text + where, bound, depth)
  if (shape === 1)
    return `SELECT ${pick(draw, AGGREGATES)(scalar(draw, bound, depth))} AS r0, count(*) AS r1 FROM ${text}${where}`
  const items = Array.from(
    { length: 1 + draw(3) },
    (_, i) => `${item(draw, bound, depth)} AS r${i}`,
  )
  const distinct = draw(5) === 0 ? "DISTINCT " : ""
  const qualify =
    draw(6) === 0
      ? ` QUALIFY row_number() OVER (PARTITION BY ${column(draw, bound)} ORDER BY 1) = 1`
      : ""
  return `SELECT ${distinct}${items.join(", ")} FROM ${text}${where}${qualify}`
}

/** Columns of one type, for a branch of a set operation. */
function numbers(draw: Draw): string {
  const table = pick(draw, NAMES)
  const column = pick(draw, columnsOf(table, "INTEGER"))
  const other = pick(draw, columnsOf(table, "INTEGER"))
  const where = draw(2) === 0 ? ` WHERE ${column} IS NOT NULL` : ""
  return `${column} AS r0, ${pick(draw, [other, `coalesce(${other}, 0)`])} AS r1 FROM ${table}${where}`
}

function from(draw: Draw): { text: string; bound: readonly Bound[] } {
  let bound: Bound[] = [{ alias: "p", table: pick(draw, NAMES) }]
  let text = `${bound[0]?.table} p`
  for (const alias of ["q", "s"].slice(0, draw(3))) {
    const table = pick(draw, NAMES)
    const right = { alias, table }
    const kind = pick(draw, [
      "JOIN",
      "LEFT JOIN",
      "RIGHT JOIN",
      "FULL JOIN",
      "SEMI JOIN",
      "ANTI JOIN",
    ])
    const on = [`${number(draw, bound)} = ${number(draw, [right])}`]
    if (draw(3) === 0)
      on.push(`${number(draw, [right])} ${pick(draw, ["=", ">", "<>"])} ${number(draw, bound)}`)
    if (draw(5) === 0) on.push(`${number(draw, [...bound, right])} = 1`)
    text = `${text} ${kind} ${table} ${alias} ON ${on.join(" AND ")}`
    if (kind !== "SEMI JOIN" && kind !== "ANTI JOIN") bound = [...bound, right]
  }
  return { text, bound }
}

function grouped(draw: Draw, source: string, bound: readonly Bound[], depth: number): string {
  const keys = Array.from({ length: 1 + draw(2) }, () =>
    pick(draw, [column(draw, bound), `${number(draw, bound)} % 2`]),
  )
  const shown = keys.map((key, i) => `${key} AS r${i}`)
  const aggregate = pick(draw, AGGREGATES)(scalar(draw, bound, depth))
  const group = pick(draw, [
    keys.join(", "),
    keys.join(", "),
    `ROLLUP (${keys.join(", ")})`,
    `GROUPING SETS ((${keys.join(", ")}), ())`,
  ])
  const having = draw(4) === 0 ? " HAVING count(*) > 0" : ""
  return `SELECT ${[...shown, `${aggregate} AS g`].join(", ")} FROM ${source} GROUP BY ${group}${having}`
}

const AGGREGATES: readonly ((x: string) => string)[] = [
  (x) => `sum(${x})`,
  (x) => `count(${x})`,
  (x) => `min(${x})`,
  (x) => `avg(${x})`,
  (x) => `max(${x}) FILTER (WHERE ${x} > 1)`,
  (x) => `list(${x})`,
  (x) => `stddev(${x})`,
  (x) => `arg_max(${x}, ${x})`,
  (x) => `any_value(${x})`,
  (x) => `median(${x})`,
]

function item(draw: Draw, bound: readonly Bound[], depth: number): string {
  switch (draw(7)) {
    case 0:
      return `sum(${number(draw, bound)}) OVER (PARTITION BY ${column(draw, bound)}${pick(draw, ["", ` ORDER BY ${number(draw, bound)} ROWS BETWEEN 1 PRECEDING AND CURRENT ROW`, ` ORDER BY ${number(draw, bound)} ROWS BETWEEN 2 PRECEDING AND 1 PRECEDING`])})`
    case 1:
      return `${pick(draw, ["lag", "lead", "first_value", "last_value"])}(${number(draw, bound)}) OVER (ORDER BY ${number(draw, bound)})`
    case 2:
      return `lag(${number(draw, bound)}, 1, 0) OVER (ORDER BY ${number(draw, bound)})`
    case 3:
      return column(draw, bound)
    default:
      return scalar(draw, bound, depth)
  }
}

/** An expression that is a number. */
function scalar(draw: Draw, bound: readonly Bound[], depth: number): string {
  const n = () => number(draw, bound)
  switch (draw(12)) {
    case 0:
      return `${n()} + ${n()}`
    case 1:
      return `${n()} // ${pick(draw, [n(), "2"])}`
    case 2:
      return `${n()} % ${pick(draw, [n(), "3"])}`
    case 3:
      return `coalesce(${n()}, ${pick(draw, [n(), "0"])})`
    case 4:
      return `nullif(${n()}, 1)`
    case 5:
      return `CASE WHEN ${predicate(draw, bound, 1)} THEN ${n()} ELSE ${n()} END`
    case 6:
      return `CASE WHEN ${predicate(draw, bound, 1)} THEN ${n()} END`
    case 7:
      return depth > 0
        ? n()
        : `(SELECT ${pick(draw, ["max(i.a)", "count(*)", "min(i.a) + 1"])} FROM u i WHERE i.a = ${n()})`
    case 8:
      return `greatest(${n()}, ${n()})`
    case 9:
      return `abs(-${n()})`
    default:
      return n()
  }
}

function predicate(draw: Draw, bound: readonly Bound[], depth: number): string {
  const n = () => number(draw, bound)
  switch (draw(13)) {
    case 0:
      return `${n()} IS NOT NULL`
    case 1:
      return `${n()} IS NULL`
    case 2:
      return `${n()} ${pick(draw, ["=", "<", ">=", "<>"])} ${pick(draw, [n(), "1"])}`
    case 3:
      return `(${predicate(draw, bound, 1)} AND ${predicate(draw, bound, 1)})`
    case 4:
      return `(${predicate(draw, bound, 1)} OR ${predicate(draw, bound, 1)})`
    case 5:
      return `NOT ${n()} IN (1, 2)`
    case 6:
      return `NOT (${predicate(draw, bound, 1)})`
    case 7:
      return `${n()} ${pick(draw, ["BETWEEN", "NOT BETWEEN"])} ${pick(draw, ["0", n()])} AND ${n()}`
    case 8:
      return depth > 0 ? `${n()} = 1` : `EXISTS (SELECT 1 FROM v i WHERE i.k = ${n()})`
    case 9:
      return depth > 0 ? `${n()} > 0` : `${n()} IN (SELECT k FROM v)`
    case 10:
      return `(${n()} > 1) IS ${pick(draw, ["TRUE", "NOT TRUE", "FALSE", "NOT FALSE"])}`
    case 11:
      return `${n()} IS ${pick(draw, ["", "NOT "])}DISTINCT FROM ${n()}`
    default:
      return `coalesce(${n()}, ${n()}) > 0`
  }
}

function number(draw: Draw, bound: readonly Bound[]): string {
  const { alias, table } = pick(draw, bound)
  return `${alias}.${pick(draw, columnsOf(table, "INTEGER"))}`
}

function column(draw: Draw, bound: readonly Bound[]): string {
  const { alias, table } = pick(draw, bound)
  return `${alias}.${pick(draw, columnsOf(table))}`
}

function columnsOf(table: TableName, type = ""): string[] {
  return TABLES[table].columns
    .split(/,(?![^(]*\))/)
    .map((one) => one.trim().split(" "))
    .filter(([, columnType]) => columnType?.startsWith(type))
    .map(([name]) => name ?? "")
}

function pick<T>(draw: Draw, list: readonly T[]): T {
  const one = list[draw(list.length)]
  if (one === undefined) throw new Error("an empty list has nothing to pick")
  return one
}
