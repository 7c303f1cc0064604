import type { Random } from "./rules/random.js"

// A random query of the shapes that models have: wide joins, marts, DISTINCT, windows, unions. Its rows are
// determined, but where it says that they are open.

export type Kind = "int" | "big" | "huge" | "decimal" | "double" | "text" | "date" | "time" | "bool"

export interface Column {
  readonly name: string
  readonly kind: Kind
}

/** What a query may read. */
export interface Relation {
  /** How FROM names it. */
  readonly call: string
  readonly columns: readonly Column[]
  /** Columns in which no two rows agree. */
  readonly key?: readonly string[]
  /** How often it is picked beside the others. */
  readonly weight: number
  /** About as many as there can be. */
  readonly rows: number
}

export interface RandomModel {
  readonly sql: string
  readonly columns: readonly Column[]
  readonly key?: readonly string[]
  readonly isOpen: boolean
  readonly rows: number
}

/** A join that may give more than these is not made. */
const MOST_ROWS = 4000

export function dataType(kind: Kind): string {
  return TYPES[kind]
}

const TYPES: Readonly<Record<Kind, string>> = {
  int: "INTEGER",
  big: "BIGINT",
  huge: "HUGEINT",
  decimal: "DECIMAL(10,2)",
  double: "DOUBLE",
  text: "VARCHAR",
  date: "DATE",
  time: "TIMESTAMP",
  bool: "BOOLEAN",
}

/** An expression over what a FROM shows. */
interface Expr {
  readonly text: string
  readonly kind: Kind
}

/** A FROM, perhaps with its WHERE, and the columns in sight. */
interface Scope {
  readonly sql: string
  readonly columns: readonly Expr[]
  readonly rows: number
}

type Item = Expr & { readonly name: string }

export class RandomQuery {
  private aliases = 0

  constructor(
    protected readonly random: Random,
    protected readonly relations: readonly Relation[],
    /** What most models read first. */
    private readonly base: Relation | undefined,
  ) {}

  model(): RandomModel {
    if (this.base && this.chance(45)) return this.martOfBase(this.base)
    switch (this.random(16)) {
      case 0:
      case 1:
      case 2:
      case 3:
        return this.wide()
      case 4:
      case 5:
      case 6:
      case 7:
      case 8:
        return this.mart()
      case 9:
        return this.distinct()
      case 10:
        return this.windowed()
      case 11:
        return this.union()
      case 12:
        return this.best()
      case 13:
        return this.nested()
      case 14:
        return this.rollup()
      default:
        return this.chance(40) ? this.undetermined() : this.mart()
    }
  }

  // ------------------------------------------------------------------------------------- shapes

  /** Most columns of a FROM, some of them computed: what marts read. */
  private wide(): RandomModel {
    const from = this.filtered(this.from(3), 35)
    const columns = from.columns.filter(() => this.chance(75))
    const computed = Array.from({ length: this.random(3) }, () =>
      this.chance(30) ? this.looked(from.columns) : this.value(from.columns),
    )
    return this.select(
      this.named([...(columns.length > 0 ? columns : from.columns), ...computed]),
      from,
    )
  }

  /** Grouped by a few of its columns: what several of them could be put together from. */
  private martOfBase(base: Relation): RandomModel {
    const { sql, columns, rows } = this.relation(base)
    const from = this.filtered({ sql: `FROM ${sql}`, columns, rows }, 20)
    const keys = Array.from({ length: 1 + this.random(2) }, () => this.pick(columns.slice(0, 5)))
    return this.grouped(from, [...new Set(keys)])
  }

  private mart(): RandomModel {
    const from = this.filtered(this.from(2), 35)
    return this.grouped(from, this.chance(6) ? [] : this.keys(from))
  }

  protected grouped(from: Scope, keys: readonly Expr[]): RandomModel {
    const items = this.named([...keys, ...this.aggregates(from.columns)])
    const having = this.chance(15) ? ` HAVING count(*) > ${this.random(3)}` : ""
    const grouped = keys.length > 0 ? ` GROUP BY ${keys.map(({ text }) => text).join(", ")}` : ""
    const key = items.slice(0, keys.length).map(({ name }) => name)
    return {
      ...this.select(items, { ...from, sql: `${from.sql}${grouped}${having}` }),
      ...(keys.length > 0 ? { key } : {}),
    }
  }

  private distinct(): RandomModel {
    const from = this.filtered(this.from(2), 35)
    const items = this.named(this.keys(from))
    return {
      ...this.select(items, from, "SELECT DISTINCT"),
      key: items.map(({ name }) => name),
    }
  }

  private windowed(): RandomModel {
    const from = this.filtered(this.from(1), 35)
    const columns = from.columns.slice(0, 5)
    const windows = Array.from({ length: 1 + this.random(2) }, () => this.window(from.columns))
    return this.select(this.named([...columns, ...windows]), from)
  }

  /** Rows of equal rank are equal in all columns, so it does not matter which of them is kept. */
  private best(): RandomModel {
    const from = this.filtered(this.from(1), 25)
    const partition = this.keys(from)
    const by = partition.map(({ text }) => text).join(", ")
    const order = from.columns.map(({ text }) => `${text}${this.chance(20) ? " DESC" : ""}`)
    const qualify = ` QUALIFY row_number() OVER (PARTITION BY ${by} ORDER BY ${order.join(", ")}) <= ${1 + this.random(2)}`
    return this.select(this.named(from.columns), { ...from, sql: `${from.sql}${qualify}` })
  }

  private union(): RandomModel {
    const all = this.pick(["UNION ALL", "UNION ALL", "UNION ALL", "UNION", "EXCEPT", "INTERSECT"])
    const scopes = [this.filtered(this.from(1), 30), this.filtered(this.from(1), 30)]
    const [left, right] = scopes
    if (!left || !right) throw new Error("two branches")
    const kinds = Array.from({ length: 1 + this.random(4) }, () => this.pick(left.columns).kind)
    const items = scopes.map(({ columns }) =>
      this.named(kinds.map((kind) => this.ofKind(kind, columns))),
    )
    const branches = scopes.map((scope, i) => this.select(items[i] ?? [], scope))
    const columns = branches[0]?.columns ?? []
    const rows = left.rows + right.rows
    return { sql: branches.map(({ sql }) => sql).join(`\n${all}\n`), columns, isOpen: false, rows }
  }

  /** A group over a group. */
  private nested(): RandomModel {
    const inner = this.mart()
    const alias = this.alias()
    const columns = inner.columns.map(({ name, kind }) => ({ text: `${alias}.${name}`, kind }))
    const isCte = this.chance(50)
    const sql = isCte ? `FROM g AS ${alias}` : `FROM (${inner.sql}) AS ${alias}`
    const cte = isCte ? `WITH g AS (${inner.sql})\n` : ""
    const from = this.filtered({ sql, columns, rows: inner.rows }, 30)
    const keys = this.keys(from)
    const items = this.named([...keys, ...this.aggregates(columns)])
    const grouped = ` GROUP BY ${keys.map(({ text }) => text).join(", ")}`
    const outer = this.select(items, { ...from, sql: `${from.sql}${grouped}` })
    return { ...outer, sql: `${cte}${outer.sql}` }
  }

  private rollup(): RandomModel {
    const from = this.filtered(this.from(1), 30)
    const keys = this.keys(from)
    const items = this.named([...keys, ...this.aggregates(from.columns)])
    const list = keys.map(({ text }) => text).join(", ")
    const sets = this.pick([`ROLLUP (${list})`, `CUBE (${list})`, `GROUPING SETS ((${list}), ())`])
    return this.select(items, { ...from, sql: `${from.sql} GROUP BY ${sets}` })
  }

  /** The text leaves open which rows, or which value. */
  private undetermined(): RandomModel {
    const from = this.filtered(this.from(1), 20)
    const columns = from.columns.slice(0, 5)
    switch (this.random(4)) {
      case 0: {
        const limited = { ...from, sql: `${from.sql} LIMIT ${1 + this.random(8)}` }
        return { ...this.select(this.named(columns), limited), isOpen: true }
      }
      case 1: {
        const draw: Expr = { text: "CAST(floor(random() * 5) AS INTEGER)", kind: "int" }
        return { ...this.select(this.named([...columns, draw]), from), isOpen: true }
      }
      case 2: {
        const order = this.pick(columns).text
        const number: Expr = { text: `row_number() OVER (ORDER BY ${order})`, kind: "big" }
        return { ...this.select(this.named([...columns, number]), from), isOpen: true }
      }
      default: {
        const key = this.pick(columns)
        const some = { text: `any_value(${this.pick(columns).text})`, kind: key.kind }
        const sum: Expr = {
          text: `sum(CAST(${this.number(columns)} AS DOUBLE) / 3)`,
          kind: "double",
        }
        const items = this.named([key, { ...some, text: `first(${key.text})` }, sum])
        const grouped = { ...from, sql: `${from.sql} GROUP BY ${key.text}` }
        return { ...this.select(items, grouped), isOpen: true }
      }
    }
  }

  protected select(items: readonly Item[], { sql, rows }: Scope, word = "SELECT"): RandomModel {
    const list = items.map(({ text, name }) => `${text} AS ${name}`).join(", ")
    const columns = items.map(({ name, kind }) => ({ name, kind }))
    return { sql: `${word} ${list}\n${sql}`, columns, isOpen: false, rows }
  }

  /** The column's own name where it is free. */
  protected named(items: readonly Expr[]): Item[] {
    const taken = new Set<string>()
    return items.map((item) => {
      const own = /^\w+\.(\w+)$/.exec(item.text)?.[1] ?? "x"
      let name = own
      for (let n = 2; taken.has(name); n++) name = `${own}_${n}`
      taken.add(name)
      return { ...item, name }
    })
  }

  // --------------------------------------------------------------------------------------- FROM

  protected from(most: number): Scope {
    const first = this.relation(this.base && this.chance(70) ? this.base : this.chosen())
    let { sql, columns, rows } = { ...first, sql: `FROM ${first.sql}` }
    const joins = this.random(most + 1)
    for (let i = 0; i < joins; i++) {
      const to = this.chosen(true)
      const other = this.relation(to)
      const on = this.condition(columns, other, to)
      if (!on) continue
      const kind = this.pick(JOINS)
      const isHalf = kind === "SEMI JOIN" || kind === "ANTI JOIN"
      const matched = on.isByKey ? rows : rows * Math.max(1, other.rows / 3)
      const most = isHalf ? rows : kind === "FULL JOIN" ? matched + other.rows : matched
      if (most > MOST_ROWS) continue
      rows = most
      sql += `\n${kind} ${other.sql} ON ${on.text}`
      if (!isHalf) columns = [...columns, ...other.columns]
    }
    return { sql, columns, rows }
  }

  protected relation({ call, columns, rows }: Relation, mayFilter = true): Scope {
    const alias = this.alias()
    const shown = columns.map(({ name, kind }) => ({ text: `${alias}.${name}`, kind }))
    if (!mayFilter || !this.chance(10)) return { sql: `${call} AS ${alias}`, columns: shown, rows }
    const bare = columns.map(({ name, kind }) => ({ text: name, kind }))
    const filter = `filter => ${this.simple(bare)}`
    return { sql: `${call.slice(0, -1)}, ${filter}) AS ${alias}`, columns: shown, rows }
  }

  protected chosen(keyed = false): Relation {
    const wanted = this.relations.filter(({ key }) => !keyed || key?.length === 1)
    const list = wanted.length > 0 && (!keyed || this.chance(75)) ? wanted : this.relations
    let at = this.random(list.reduce((sum, { weight }) => sum + weight, 0))
    const found = list.find(({ weight }) => (at -= weight) < 0)
    if (!found) throw new Error("nothing to read")
    return found
  }

  /** Most often by the other's key; undefined where no columns fit. */
  protected condition(
    columns: readonly Expr[],
    other: Scope,
    { key, columns: named }: Relation,
  ): { readonly text: string; readonly isByKey: boolean } | undefined {
    const [only] = key ?? []
    const at = named.findIndex(({ name }) => name === only)
    const byKey = at >= 0 && key?.length === 1 ? other.columns[at] : undefined
    const right = byKey && this.chance(85) ? byKey : this.pick(other.columns)
    const fitting = columns.filter(({ kind }) => kind === right.kind)
    if (fitting.length === 0) return undefined
    const references = fitting.filter(({ text }) => text.endsWith("_id"))
    const left =
      references.length > 0 && this.chance(70) ? this.pick(references) : this.pick(fitting)
    const more = this.chance(12) ? ` AND ${this.simple([...columns, ...other.columns])}` : ""
    return { text: `${left.text} = ${right.text}${more}`, isByKey: right === byKey }
  }

  protected filtered(scope: Scope, percent: number): Scope {
    if (!this.chance(percent)) return scope
    return { ...scope, sql: `${scope.sql}\nWHERE ${this.predicate(scope.columns)}` }
  }

  protected keys({ columns }: Scope): Expr[] {
    const count = 1 + this.random(3)
    const found = Array.from({ length: count }, () =>
      this.chance(25) ? this.value(columns) : this.pick(columns),
    ).filter(({ text }) => !/^\d+$/.test(text))
    const unique = [...new Map(found.map((key) => [key.text, key])).values()]
    return unique.length > 0 ? unique : [this.pick(columns)]
  }

  // -------------------------------------------------------------------------------- expressions

  protected aggregates(columns: readonly Expr[]): Expr[] {
    return Array.from({ length: 1 + this.random(4) }, () => this.aggregate(columns))
  }

  private aggregate(columns: readonly Expr[]): Expr {
    const call = this.call(columns)
    if (!this.chance(20)) return call
    return { ...call, text: `${call.text} FILTER (WHERE ${this.predicate(columns)})` }
  }

  private call(columns: readonly Expr[]): Expr {
    const arg = this.chance(25) ? this.value(columns) : this.pick(columns)
    const exact = this.exact(columns)
    switch (this.random(9)) {
      case 0:
      case 1:
        return { text: "count(*)", kind: "big" }
      case 2:
        return { text: `count(${arg.text})`, kind: "big" }
      case 3:
        return { text: `count(DISTINCT ${arg.text})`, kind: "big" }
      case 4:
        return { text: `${this.pick(["min", "max"])}(${arg.text})`, kind: arg.kind }
      case 5:
        return exact.kind === "huge"
          ? { text: `max(${exact.text})`, kind: "huge" }
          : { text: `avg(${exact.text})`, kind: "double" }
      case 6: {
        const flag = this.simple(columns)
        return { text: `${this.pick(["bool_or", "bool_and"])}(${flag})`, kind: "bool" }
      }
      default: {
        const distinct = this.chance(10) ? "DISTINCT " : ""
        const kind = exact.kind === "decimal" ? "decimal" : "huge"
        return { text: `sum(${distinct}${exact.text})`, kind }
      }
    }
  }

  private window(columns: readonly Expr[]): Expr {
    const partition = this.keys({ sql: "", columns, rows: 0 })
      .map(({ text }) => text)
      .join(", ")
    const all = columns.map(({ text }) => text).join(", ")
    const by = this.pick(columns)
    const exact = this.exact(columns)
    const kind = exact.kind === "decimal" ? "decimal" : "huge"
    const over = (order = "") => `OVER (PARTITION BY ${partition}${order})`
    switch (this.random(6)) {
      case 0:
        return { text: `sum(${exact.text}) ${over()}`, kind }
      case 1:
        return { text: `count(*) ${over(` ORDER BY ${by.text}`)}`, kind: "big" }
      case 2:
        return { text: `rank() ${over(` ORDER BY ${by.text} DESC`)}`, kind: "big" }
      case 3:
        return { text: `row_number() ${over(` ORDER BY ${all}`)}`, kind: "big" }
      case 4:
        return { text: `lag(${by.text}) ${over(` ORDER BY ${all}`)}`, kind: by.kind }
      default:
        return {
          text: `max(${by.text}) ${over(` ORDER BY ${all} ROWS BETWEEN 1 PRECEDING AND CURRENT ROW`)}`,
          kind: by.kind,
        }
    }
  }

  /** A number whose sums do not depend on their order. */
  private exact(columns: readonly Expr[]): Expr {
    const numbers = columns.filter(({ kind }) => EXACT.has(kind))
    return numbers.length === 0 ? { text: "1", kind: "int" } : this.pick(numbers)
  }

  private number(columns: readonly Expr[]): string {
    return this.exact(columns).text
  }

  private ofKind(kind: Kind, columns: readonly Expr[]): Expr {
    const fitting = columns.filter((column) => column.kind === kind)
    if (fitting.length > 0) return this.pick(fitting)
    return { text: `CAST(NULL AS ${TYPES[kind]})`, kind }
  }

  /** A computed value. Some of them may fail. */
  protected value(columns: readonly Expr[]): Expr {
    const column = this.pick(columns)
    const { text, kind } = column
    if (this.chance(20)) {
      const other = this.ofKind(kind, columns)
      return { text: `CASE WHEN ${this.simple(columns)} THEN ${text} ELSE ${other.text} END`, kind }
    }
    if (this.chance(15)) return { text: this.taken(text, this.ofKind(kind, columns).text), kind }
    switch (kind) {
      case "int":
      case "big":
        return {
          kind,
          text: this.pick([
            `coalesce(${text}, 0)`,
            `${text} % 3`,
            `nullif(${text}, 1)`,
            kind === "int" ? `CAST(${text} // 1000 AS INTEGER)` : `${text} // 1000`,
            kind === "int" ? `CAST(CAST(${text} AS SMALLINT) AS INTEGER)` : `${text} - 1`,
          ]),
        }
      case "text":
        return this.pick([
          { text: `${text} || '!'`, kind },
          { text: `upper(${text})`, kind },
          { text: `coalesce(${text}, 'none')`, kind },
          { text: `length(${text})`, kind: "big" as const },
          { text: `${text}[1:2]`, kind },
          { text: `${text} SIMILAR TO '[a-m].*'`, kind: "bool" as const },
          { text: `${text} LIKE 'a!_%' ESCAPE '!'`, kind: "bool" as const },
          { text: `CAST(${text} AS INTEGER)`, kind: "int" as const },
          { text: `TRY_CAST(${text} AS INTEGER)`, kind: "int" as const },
        ])
      case "date":
      case "time":
        return this.pick([
          { text: `date_trunc('month', ${text})`, kind: "time" as const },
          { text: `date_part('dow', ${text})`, kind: "big" as const },
          { text: `CAST(${text} AS DATE)`, kind: "date" as const },
          { text: `month(${text})`, kind: "big" as const },
        ])
      case "bool":
        return { text: `CASE WHEN ${text} THEN 1 ELSE 0 END`, kind: "int" }
      case "double":
        return { text: `coalesce(${text}, 0.5)`, kind }
      default:
        return { text: `nullif(${text}, 0)`, kind }
    }
  }

  /** A value taken out of what it is put into. */
  private taken(text: string, other: string): string {
    return this.pick([
      `[${text}, ${other}][1]`,
      `[${other}, ${text}][2:][1]`,
      `{'a': ${text}, 'b': ${other}}.a`,
      `{'a': {'b': ${text}}}['a'].b`,
      `list_value(${text}, ${other})[-2]`,
      `map {'k': ${text}}['k']`,
      `list_transform([${text}], lambda v: coalesce(v, ${other}))[1]`,
      `[v FOR v IN [${other}, ${text}] IF v IS NOT DISTINCT FROM ${text}][1]`,
      `list_reduce([${other}, ${text}], lambda v, w: coalesce(w, v))`,
      `list_transform([${text}], lambda v: [coalesce(v, w) FOR w IN [${other}]])[1][1]`,
    ])
  }

  protected predicate(columns: readonly Expr[]): string {
    switch (this.random(7)) {
      case 0:
        return `${this.simple(columns)} AND ${this.simple(columns)}`
      case 1:
        return `(${this.simple(columns)} OR ${this.simple(columns)})`
      case 2:
        return `NOT (${this.simple(columns)})`
      case 3:
        return this.subquery(columns)
      default:
        return this.simple(columns)
    }
  }

  private subquery(columns: readonly Expr[]): string {
    const to = this.chosen(true)
    const other = this.relation(to)
    const on = this.condition(columns, other, to)
    if (!on) return this.simple(columns)
    const not = this.chance(30) ? "NOT " : ""
    return `${not}EXISTS (SELECT 1 AS one FROM ${other.sql} WHERE ${on.text})`
  }

  /** A value of a subquery. */
  private looked(columns: readonly Expr[]): Expr {
    if (this.chance(50)) return { text: `(${this.subquery(columns)})`, kind: "bool" }
    const to = this.chosen(true)
    const other = this.relation(to)
    const on = this.condition(columns, other, to)
    const shown = this.pick(other.columns)
    const where = on ? ` WHERE ${on.text}` : ""
    return { text: `(SELECT max(${shown.text}) FROM ${other.sql}${where})`, kind: shown.kind }
  }

  protected simple(columns: readonly Expr[]): string {
    const column = this.pick(columns)
    const { text, kind } = column
    const value = this.pick(CONSTANTS[kind])
    const other = this.ofKind(kind, columns)
    return this.pick([
      `${text} IS NULL`,
      `${text} IS NOT NULL`,
      `${text} IS NOT NULL`,
      `${text} ${this.pick(["=", "<>", "<", ">="])} ${value}`,
      `${text} ${this.pick(["=", "<>", "<", ">="])} ${value}`,
      `${text} IN (${value}, ${this.pick(CONSTANTS[kind])})`,
      `${text} ${this.pick(["=", "<>", "<=", "IS DISTINCT FROM"])} ${other.text}`,
    ])
  }

  private alias(): string {
    return `r${++this.aliases}`
  }

  protected pick<T>(list: readonly T[]): T {
    const found = list[this.random(list.length)]
    if (found === undefined) throw new Error("nothing to pick from")
    return found
  }

  protected chance(percent: number): boolean {
    return this.random(100) < percent
  }
}

const JOINS = [
  "LEFT JOIN",
  "LEFT JOIN",
  "LEFT JOIN",
  "LEFT JOIN",
  "JOIN",
  "JOIN",
  "JOIN",
  "FULL JOIN",
  "SEMI JOIN",
  "ANTI JOIN",
] as const

const EXACT: ReadonlySet<Kind> = new Set(["int", "big", "huge", "decimal"])

const CONSTANTS: Readonly<Record<Kind, readonly string[]>> = {
  int: ["0", "1", "2", "100"],
  big: ["0", "1", "5", "40000"],
  huge: ["0", "1", "5", "40000"],
  decimal: ["0", "1.5", "100"],
  double: ["0", "1.5"],
  text: ["'a'", "''", "'1'", "'22'"],
  date: ["DATE '2024-01-01'", "DATE '2024-02-29'"],
  time: ["TIMESTAMP '2024-01-01 12:00:00'", "TIMESTAMP '2024-02-01 00:00:00'"],
  bool: ["TRUE", "FALSE"],
}
