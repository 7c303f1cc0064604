import type { Random } from "./slicing.js"

// Random models by day over the sources of cases.ts: most of what SQL can do with clocks and dimensions,
// right or wrong. Every value is the same whatever the order of rows.

type Clocked = "events" | "refunds"

interface Table {
  readonly alias: string
  /** An expression of its day; none where it has no clock. */
  readonly day: string | undefined
  readonly numbers: readonly string[]
  readonly all: readonly string[]
}

export function randomModel(random: Random): string {
  return new Model(random).query(0)
}

class Model {
  private count = 0

  constructor(private readonly random: Random) {}

  query(depth: number): string {
    const shape = this.random(8)
    if (shape === 0 && depth === 0)
      return `${this.narrow()} ${this.pick(["UNION ALL", "UNION", "EXCEPT", "INTERSECT"])} ${this.narrow()}`
    const { text, tables } = this.from(depth)
    const dated = tables.filter(({ day }) => day !== undefined)
    const day = this.dayOf(this.pick(dated.length > 0 ? dated : tables))
    const where = this.random(2) === 0 ? ` WHERE ${this.condition(tables, depth)}` : ""
    if (shape <= 3) return this.grouped(text + where, tables, day)
    const more = Array.from(
      { length: 1 + this.random(2) },
      (_, i) => `${this.item(tables, day, depth)} AS v${i}`,
    )
    const distinct = this.random(5) === 0 ? "DISTINCT " : ""
    const qualify =
      this.random(6) === 0
        ? ` QUALIFY rank() OVER (${this.partition(tables, day)} ORDER BY ${this.column(tables)}) <= 2`
        : ""
    const limit =
      this.random(12) === 0 ? ` ORDER BY ${this.column(tables)} LIMIT ${1 + this.random(3)}` : ""
    return `SELECT ${distinct}${day} AS day, ${more.join(", ")} FROM ${text}${where}${qualify}${limit}`
  }

  /** A day and a number: a branch of a set operation. */
  private narrow(): string {
    const { text, tables } = this.from(1)
    const dated = tables.filter(({ day }) => day !== undefined)
    const day = this.dayOf(this.pick(dated.length > 0 ? dated : tables))
    const where = this.random(2) === 0 ? ` WHERE ${this.condition(tables, 1)}` : ""
    return `SELECT ${day} AS day, ${this.number(tables)} AS v0 FROM ${text}${where}`
  }

  private grouped(source: string, tables: readonly Table[], day: string): string {
    const key = this.pick([day, day, day, `date_trunc('month', ${day})::DATE`])
    const other = this.random(2) === 0 ? this.column(tables) : undefined
    const keys = [key, ...(other === undefined ? [] : [other])].join(", ")
    const aggregates = [
      `count(*)`,
      `sum(${this.number(tables)})`,
      `min(${this.column(tables)})`,
      `count(DISTINCT ${this.column(tables)})`,
      `max(${this.number(tables)}) FILTER (WHERE ${this.number(tables)} > 0)`,
    ]
    const having = this.random(4) === 0 ? " HAVING count(*) > 1" : ""
    const window =
      this.random(5) === 0
        ? `, rank() OVER (${this.pick(["", `PARTITION BY ${key} `])}ORDER BY count(*)) AS place`
        : ""
    const shown = other === undefined ? "" : `, ${other} AS k`
    return `SELECT ${key} AS day${shown}, ${this.pick(aggregates)} AS v0${window} FROM ${source} GROUP BY ${keys}${having}`
  }

  // ------------------------------------------------------------------------------------------ FROM

  private from(depth: number): { text: string; tables: readonly Table[] } {
    const first = this.table(depth)
    let { text } = first
    let tables: Table[] = [first.table]
    for (let joins = this.random(3); joins > 0; joins--) {
      const { text: right, table } = this.table(depth)
      const kind = this.pick([
        "JOIN",
        "JOIN",
        "LEFT JOIN",
        "LEFT JOIN",
        "RIGHT JOIN",
        "FULL JOIN",
        "SEMI JOIN",
        "ANTI JOIN",
      ])
      text = `${text} ${kind} ${right} ON ${this.on(tables, table)}`
      if (kind !== "SEMI JOIN" && kind !== "ANTI JOIN") tables = [...tables, table]
    }
    return { text, tables }
  }

  private on(left: readonly Table[], right: Table): string {
    const parts: string[] = []
    const dated = left.filter(({ day }) => day !== undefined)
    if (right.day !== undefined && dated.length > 0 && this.random(4) > 0)
      parts.push(`${this.dayOf(this.pick(dated))} = ${this.dayOf(right)}`)
    if (parts.length === 0 || this.random(3) === 0)
      parts.push(`${this.number(left)} = ${this.number([right])}`)
    if (this.random(6) === 0) parts.push(`${this.number([right])} > 0`)
    return parts.join(this.random(12) === 0 ? " OR " : " AND ")
  }

  private table(depth: number): { text: string; table: Table } {
    const alias = `t${this.count++}`
    const choice = this.random(depth === 0 ? 9 : 8)
    if (choice === 8) {
      const inner = this.query(depth + 1)
      const day = `${alias}.day`
      return {
        text: `(${inner}) AS ${alias}`,
        table: { alias, day, numbers: [`length(CAST(${alias}.v0 AS VARCHAR))`], all: [day] },
      }
    }
    if (choice < 5) return this.clocked(choice < 3 ? "events" : "refunds", alias)
    if (choice === 5)
      return {
        text: `smelt.source('raw.calendar') AS ${alias}`,
        table: {
          alias,
          day: `${alias}.day`,
          numbers: [`day(${alias}.day)`],
          all: [`${alias}.day`],
        },
      }
    return {
      text: `smelt.source('raw.users') AS ${alias}`,
      table: {
        alias,
        day: undefined,
        numbers: [`${alias}.id`],
        all: [`${alias}.id`, `${alias}.region`],
      },
    }
  }

  private clocked(name: Clocked, alias: string): { text: string; table: Table } {
    const own = name === "events" ? ["id", "user_id", "amount"] : ["event_id", "amount"]
    const numbers = own.map((column) => `${alias}.${column}`)
    const filter = this.random(6) === 0 ? ", filter => amount > 0" : ""
    return {
      text: `smelt.source('raw.${name}'${filter}) AS ${alias}`,
      table: {
        alias,
        day: `${alias}.at::DATE`,
        numbers,
        all: [...numbers, `${alias}.at`, ...(name === "events" ? [`${alias}.kind`] : [])],
      },
    }
  }

  // ------------------------------------------------------------------------------------ expressions

  /** Mostly a table's own day; sometimes another, or none at all. */
  private dayOf({ day }: Table): string {
    if (day === undefined) return "DATE '2024-01-03'"
    switch (this.random(14)) {
      case 0:
        return `CAST(${day} + INTERVAL 1 DAY AS DATE)`
      case 1:
        return `CAST(date_trunc('week', ${day}) AS DATE)`
      case 2:
        return `CAST(date_trunc('day', ${day}) AS DATE)`
      default:
        return day
    }
  }

  private item(tables: readonly Table[], day: string, depth: number): string {
    switch (this.random(7)) {
      case 0:
        return `sum(${this.number(tables)}) OVER (${this.partition(tables, day)} ORDER BY ${this.column(tables)})`
      case 1:
        return `rank() OVER (${this.partition(tables, day)} ORDER BY ${this.column(tables)})`
      case 2:
        return `count(*) OVER (${this.partition(tables, day)})`
      case 3:
        return depth > 0 ? this.number(tables) : this.subquery(tables)
      case 4:
        return `coalesce(${this.number(tables)}, 0) + 1`
      default:
        return this.column(tables)
    }
  }

  private partition(tables: readonly Table[], day: string): string {
    const parts = [
      ...(this.random(4) > 0 ? [day] : []),
      ...(this.random(2) === 0 ? [this.column(tables)] : []),
    ]
    return parts.length === 0 ? "" : `PARTITION BY ${parts.join(", ")}`
  }

  private subquery(tables: readonly Table[]): string {
    const { text, table } = this.table(1)
    const value = this.pick([`count(*)`, `max(${this.number([table])})`])
    const where =
      this.random(2) === 0 ? ` WHERE ${this.number([table])} = ${this.number(tables)}` : ""
    return `(SELECT ${value} FROM ${text}${where})`
  }

  private condition(tables: readonly Table[], depth: number): string {
    switch (this.random(depth > 0 ? 4 : 7)) {
      case 0:
        return `${this.number(tables)} > 0`
      case 1:
        return `${this.column(tables)} IS NOT NULL`
      case 2:
        return `${this.number(tables)} IS DISTINCT FROM ${this.number(tables)}`
      case 3:
        return `(${this.number(tables)} = 1 OR ${this.number(tables)} < 2)`
      case 4:
        return `${this.number(tables)} > ${this.subquery(tables)}`
      case 5: {
        const { text, table } = this.table(1)
        const not = this.random(2) === 0 ? "NOT " : ""
        return `${not}EXISTS (SELECT 1 AS one FROM ${text} WHERE ${this.on(tables, table)})`
      }
      default: {
        const { text, table } = this.table(1)
        return `${this.number(tables)} IN (SELECT ${this.number([table])} FROM ${text})`
      }
    }
  }

  private number(tables: readonly Table[]): string {
    return this.pick(this.pick(tables).numbers)
  }

  private column(tables: readonly Table[]): string {
    return this.pick(this.pick(tables).all)
  }

  private pick<T>(list: readonly T[]): T {
    const one = list[this.random(list.length)]
    if (one === undefined) throw new Error("an empty list has nothing to pick")
    return one
  }
}
