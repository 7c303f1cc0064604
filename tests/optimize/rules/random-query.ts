import type { Random } from "./random.js"

// Queries over the tables of cases/tables.ts, of the shapes that rules look at: joins of every kind over
// tables and subqueries, filters, groups, DISTINCT, UNION ALL, windows.

interface Column {
  /** How it is written in the query, or its name where a subquery shows it. */
  readonly text: string
  readonly type: "number" | "text"
  /** The table of which it is, or refers to, the key. */
  readonly key?: string
  readonly refersTo?: string
}

interface Shown {
  readonly sql: string
  readonly columns: readonly Column[]
}

const TABLES: Readonly<Record<string, readonly Column[]>> = {
  t: [{ ...number("id"), key: "t" }, number("a"), number("b"), { text: "s", type: "text" }],
  u: [{ ...number("id"), key: "u" }, number("a"), number("c")],
  v: [number("a"), number("d"), { text: "s", type: "text" }],
  f: [{ ...number("t_id"), refersTo: "t" }, { ...number("u_id"), refersTo: "u" }, number("x")],
}

function number(text: string): Column {
  return { text, type: "number" }
}

export function randomQuery(random: Random): string {
  return new Generator(random).select(2).sql
}

export interface Rooted {
  readonly model: string
  readonly finer: string
  readonly query: string
}

/** A model `m`, an aggregate of it that is proposed as a root, and another that may be built from that. */
export function randomRooted(random: Random): Rooted {
  return new Generator(random).rooted()
}

class Generator {
  private aliases = 0

  constructor(private readonly random: Random) {}

  select(depth: number): Shown {
    const { sql, columns } = this.from(depth)
    const where = this.chance(50) ? ` WHERE ${this.predicate(columns, depth)}` : ""
    switch (this.random(7)) {
      case 0:
      case 1:
        return this.grouped(`${sql}${where}`, columns, depth)
      case 2:
        return this.distinct(`${sql}${where}`, columns)
      case 3:
        return depth > 0 && this.chance(60)
          ? this.union(depth)
          : this.plain(`${sql}${where}`, columns)
      case 4:
        return this.windowed(`${sql}${where}`, columns)
      default:
        return this.plain(`${sql}${where}`, columns)
    }
  }

  rooted(): Rooted {
    const { sql: model, columns } = this.select(1)
    const keys = columns.slice(0, 1 + this.random(3)).map(({ text }) => `m.${text}`)
    const parts = columns
      .filter(({ type }) => type === "number")
      .flatMap(({ text }) => ["count", "sum", "min", "max"].map((fn) => `${fn}(m.${text})`))
    const shown = [...keys, "count(*)", ...parts].map((each, i) => `${each} AS p${i + 1}`)
    const own = columns.map((column) => ({ ...column, text: `m.${column.text}` }))
    const body = this.joined({ sql: "m", columns: own }, this.random(3), 1)
    const where = this.chance(50) ? ` WHERE ${this.predicate(body.columns, 1)}` : ""
    const by = this.chance(70) ? own.filter(({ text }) => keys.includes(text)) : body.columns
    return {
      model,
      finer: `SELECT ${shown.join(", ")} FROM m GROUP BY ${keys.join(", ")}`,
      query: this.grouped(`${body.sql}${where}`, by, 0).sql,
    }
  }

  // ------------------------------------------------------------------------------------- FROM

  private from(depth: number): Shown {
    return this.joined(this.relation(depth), this.random(depth > 0 ? 4 : 2), depth)
  }

  private joined(first: Shown, joins: number, depth: number): Shown {
    let { sql, columns } = first
    for (let i = 0; i < joins; i++) {
      const other = this.relation(depth - 1)
      const both = [...columns, ...other.columns]
      const kind = this.pick([
        "JOIN",
        "JOIN",
        "LEFT JOIN",
        "LEFT JOIN",
        "LEFT JOIN",
        "SEMI JOIN",
        "ANTI JOIN",
        "FULL JOIN",
      ])
      const on = [this.equality(columns, other.columns)]
      if (this.chance(25)) on.push(this.comparison(both))
      sql += ` ${kind} ${other.sql} ON ${on.join(" AND ")}`
      if (kind !== "SEMI JOIN" && kind !== "ANTI JOIN") columns = both
    }
    return { sql, columns }
  }

  private relation(depth: number): Shown {
    const alias = `r${++this.aliases}`
    const under = (columns: readonly Column[]) =>
      columns.map((column) => ({ ...column, text: `${alias}.${column.text}` }))
    if (depth > 0 && this.chance(50)) {
      const { sql, columns } = this.select(depth - 1)
      return { sql: `(${sql}) AS ${alias}`, columns: under(columns) }
    }
    const name = this.pick(Object.keys(TABLES))
    return { sql: `${name} AS ${alias}`, columns: under(TABLES[name] ?? []) }
  }

  /** Often one that a key or a foreign key is about. */
  private equality(left: readonly Column[], right: readonly Column[]): string {
    const pairs = left.flatMap(({ text, refersTo }) =>
      right.flatMap(({ key, text: other }) =>
        key && key === refersTo ? [`${text} = ${other}`] : [],
      ),
    )
    if (pairs.length > 0 && this.chance(70)) return this.pick(pairs)
    const keys = right.filter(({ key }) => key)
    const b = keys.length > 0 && this.chance(50) ? this.pick(keys).text : this.number(right)
    const a = this.chance(15) ? `${this.number(left)} + 1` : this.number(left)
    return `${a} = ${b}`
  }

  // ---------------------------------------------------------------------------------- shapes

  private plain(from: string, columns: readonly Column[]): Shown {
    return this.shown("SELECT", this.items(columns), from)
  }

  private distinct(from: string, columns: readonly Column[]): Shown {
    return this.shown("SELECT DISTINCT", this.items(columns), from)
  }

  private grouped(from: string, columns: readonly Column[], depth: number): Shown {
    const keys = this.chance(10) ? [] : this.items(columns)
    const aggregates = Array.from({ length: this.random(3) + (keys.length === 0 ? 1 : 0) }, () =>
      number(this.aggregate(columns, depth)),
    )
    const groupBy = keys.length === 0 ? "" : ` GROUP BY ${keys.map(({ text }) => text).join(", ")}`
    const having = keys.length > 0 && this.chance(25) ? ` HAVING ${this.simple(keys)}` : ""
    return this.shown("SELECT", [...keys, ...aggregates], `${from}${groupBy}${having}`)
  }

  private windowed(from: string, columns: readonly Column[]): Shown {
    const partition = this.numbers(columns)
    const call = this.pick([
      `sum(${this.number(columns)})`,
      `max(${this.number(columns)})`,
      "count(*)",
      "rank()",
    ])
    const order = call === "rank()" || this.chance(30) ? ` ORDER BY ${this.number(columns)}` : ""
    const window = number(`${call} OVER (PARTITION BY ${partition.join(", ")}${order})`)
    return this.shown("SELECT", [...this.items(columns), window], from)
  }

  private union(depth: number): Shown {
    const branch = () => {
      const { sql, columns } = this.from(depth - 1)
      const where = this.chance(40) ? ` WHERE ${this.simple(columns)}` : ""
      return `SELECT ${this.number(columns)} AS n1, ${this.value(columns)} AS n2 FROM ${sql}${where}`
    }
    return {
      sql: `${branch()} UNION ALL ${branch()}`,
      columns: [number("n1"), number("n2")],
    }
  }

  private shown(select: string, items: readonly Column[], from: string): Shown {
    const list = items.map(({ text }, i) => `${text} AS n${i + 1}`).join(", ")
    return {
      sql: `${select} ${list} FROM ${from}`,
      columns: items.map((column, i) => ({ ...column, text: `n${i + 1}` })),
    }
  }

  // ----------------------------------------------------------------------------- expressions

  private items(columns: readonly Column[]): Column[] {
    const few = Array.from({ length: 1 + this.random(3) }, () => this.pick(columns))
    const chosen = this.chance(20) ? columns.filter(() => this.chance(50)) : [...new Set(few)]
    const plain = chosen.length > 0 ? chosen : [this.pick(columns)]
    return this.chance(30) ? [...plain, number(this.value(columns))] : plain
  }

  private aggregate(columns: readonly Column[], depth: number): string {
    const arg = this.value(columns)
    const call = this.pick([
      "count(*)",
      `count(${arg})`,
      `sum(${arg})`,
      `min(${arg})`,
      `max(${arg})`,
      `count(DISTINCT ${arg})`,
    ])
    return this.chance(20) ? `${call} FILTER (WHERE ${this.predicate(columns, depth)})` : call
  }

  private value(columns: readonly Column[]): string {
    const a = this.number(columns)
    return this.pick([
      a,
      a,
      a,
      `${a} + 1`,
      `${a} + ${this.number(columns)}`,
      `coalesce(${a}, 0)`,
      `CASE WHEN ${this.comparison(columns)} THEN ${a} ELSE 1 END`,
    ])
  }

  private predicate(columns: readonly Column[], depth: number): string {
    if (depth > 0 && this.chance(10)) {
      const { sql, columns: inner } = this.relation(0)
      return `EXISTS (SELECT 1 FROM ${sql} WHERE ${this.equality(columns, inner)})`
    }
    switch (this.random(5)) {
      case 0:
        return `${this.simple(columns)} AND ${this.simple(columns)}`
      case 1:
        return `(${this.simple(columns)} OR ${this.simple(columns)})`
      case 2:
        return `NOT (${this.simple(columns)})`
      default:
        return this.simple(columns)
    }
  }

  private simple(columns: readonly Column[]): string {
    const a = this.pick(columns)
    const text = a.type === "text"
    return this.pick([
      `${a.text} IS NOT NULL`,
      `${a.text} IS NULL`,
      text ? `${a.text} = 'a'` : `${a.text} = ${this.random(3)}`,
      text ? `${a.text} <> 'b'` : `${a.text} > ${this.random(3) - 1}`,
      text ? `${a.text} IN ('a', '1')` : `${a.text} IN (0, 1, NULL)`,
      this.comparison(columns),
    ])
  }

  private comparison(columns: readonly Column[]): string {
    return `${this.number(columns)} ${this.pick(["=", "<>", "<", ">="])} ${this.number(columns)}`
  }

  private number(columns: readonly Column[]): string {
    const numbers = columns.filter(({ type }) => type === "number")
    return numbers.length === 0 ? "1" : this.pick(numbers).text
  }

  private numbers(columns: readonly Column[]): string[] {
    return [...new Set([this.number(columns), ...(this.chance(40) ? [this.number(columns)] : [])])]
  }

  private pick<T>(list: readonly T[]): T {
    const found = list[this.random(list.length)]
    if (found === undefined) throw new Error("nothing to pick from")
    return found
  }

  private chance(percent: number): boolean {
    return this.random(100) < percent
  }
}
