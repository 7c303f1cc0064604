import { RandomQuery, type Column, type Kind, type RandomModel } from "./random-model.js"

// Random queries of the clauses and names that SQL has beside the shapes of models: a column by its alias, by its
// place, bare or of a USING, a name that a table and an alias share, what a key determines, subqueries in every
// clause, CTEs and derived tables that rename, DISTINCT ON, LIMIT over an order of all columns, LATERAL, BY NAME.

/** An expression with the name that its query gives it. */
interface Named {
  readonly text: string
  readonly kind: Kind
  readonly name: string
}

export class RandomClauses extends RandomQuery {
  override model(): RandomModel {
    if (this.chance(70)) return super.model()
    switch (this.random(10)) {
      case 0:
      case 1:
        return this.aliasedGroups()
      case 2:
        return this.determined()
      case 3:
        return this.lateralAliases()
      case 4:
        return this.windowsOverGroups()
      case 5:
        return this.using()
      case 6:
        return this.distinctOn()
      case 7:
        return this.limited()
      case 8:
        return this.lateral()
      default:
        return this.renamed()
    }
  }

  /** Keys by alias, by place or ALL; HAVING by alias. An alias may be the name of another column. */
  private aliasedGroups(): RandomModel {
    const from = this.filtered(this.from(1), 30)
    const [keys, calls] = [this.keys(from), this.aggregates(from.columns)]
    const isOne = !from.sql.includes("JOIN")
    const items = this.aliased([...keys, ...calls], isOne && this.chance(40) ? from.columns : [])
    const shown = items.slice(0, keys.length)
    const by = this.pick([
      "ALL",
      shown.map((_, i) => i + 1).join(", "),
      keys.map(({ text }) => text).join(", "),
      ...(this.isShared(shown, from.columns) ? [] : [shown.map(({ name }) => name).join(", ")]),
    ])
    const isClear = isOne || !this.isShared(items, from.columns)
    const having =
      isClear && this.chance(60) ? ` HAVING ${this.aboutGroups(items, keys.length)}` : ""
    return this.shown(items, `${from.sql} GROUP BY ${by}${having}`, from.rows)
  }

  /** An alias names what a key or a call is; a key and a call may also be written out. */
  private aboutGroups(items: readonly Named[], keys: number): string {
    const item = this.pick(items)
    const known = items.map(({ name, kind }) => ({ text: name, kind }))
    const written = items.slice(keys).map(({ text, kind }) => ({ text, kind }))
    switch (this.random(4)) {
      case 0:
        return this.simple(written)
      case 1:
        return `(${this.simple(written)} OR ${item.name} IS NULL)`
      default:
        return this.simple(known)
    }
  }

  /** Grouped by a key alone: each column of its relation has one value a group. */
  private determined(): RandomModel {
    const found = this.relations.filter(
      ({ key, call }) => key?.length === 1 && call.startsWith("smelt.source"),
    )
    if (found.length === 0) return this.aliasedGroups()
    const relation = this.pick(found)
    const from = this.filtered(this.relation(relation, false), 25)
    const [key] = relation.key ?? []
    const id = from.columns.find(({ text }) => text.endsWith(`.${key}`)) ?? this.pick(from.columns)
    const own = Array.from({ length: 1 + this.random(2) }, () =>
      this.chance(50) ? this.pick(from.columns) : this.value(from.columns),
    )
    const items = this.aliased([id, ...own, ...this.aggregates(from.columns)], from.columns)
    const having = this.chance(60) ? ` HAVING ${this.simple(from.columns)}` : ""
    const qualify = this.chance(30)
      ? ` QUALIFY row_number() OVER (ORDER BY ${from.columns.map(({ text }) => text).join(", ")}) < 5`
      : ""
    return this.shown(items, `FROM ${from.sql} GROUP BY ${id.text}${having}${qualify}`, from.rows)
  }

  /** A column by the alias that stands before it, also in WHERE. */
  private lateralAliases(): RandomModel {
    const from = this.from(1)
    const own = [this.value(from.columns), this.value(from.columns)]
    const first = this.aliased(own, [], "p")
    if (this.isShared(first, from.columns)) return this.limited()
    const known = first.map(({ name, kind }) => ({ text: name, kind }))
    const second = this.aliased([this.value(known), this.value(known)], [], "q")
    const where = this.chance(60) ? `\nWHERE ${this.predicate([...known, ...from.columns])}` : ""
    return this.shown([...first, ...second], `${from.sql}${where}`, from.rows)
  }

  /** Windows are computed over the groups, and QUALIFY reads them by their names. */
  private windowsOverGroups(): RandomModel {
    const from = this.filtered(this.from(1), 30)
    const keys = this.keys(from)
    const calls = this.aggregates(from.columns)
    const by = [...calls, ...keys].map(({ text }) => text).join(", ")
    const windows = [
      { text: `row_number() OVER (ORDER BY ${by})`, kind: "big" as const },
      { text: `rank() OVER w`, kind: "big" as const },
      { text: `count(*) OVER (PARTITION BY ${this.pick(calls).text})`, kind: "big" as const },
    ]
    const items = this.aliased([...keys, ...calls, ...windows], [], "w")
    const last = items.slice(-3).map(({ name, kind }) => ({ text: name, kind }))
    const qualify =
      !this.isShared(items, from.columns) && this.chance(80) ? ` QUALIFY ${this.simple(last)}` : ""
    const window = ` WINDOW w AS (PARTITION BY ${this.pick(keys).text} ORDER BY ${this.pick(calls).text})`
    const grouped = ` GROUP BY ${keys.map(({ text }) => text).join(", ")}`
    return this.shown(items, `${from.sql}${grouped}${window}${qualify}`, from.rows)
  }

  /** A column of both sides, shown once. */
  private using(): RandomModel {
    const [left, right] = [this.chosen(), this.chosen(true)]
    const common = left.columns.filter(({ name, kind }) =>
      right.columns.some((other) => other.name === name && other.kind === kind),
    )
    const [a, b] = [this.relation(left, false), this.relation(right, false)]
    if (common.length === 0 || a.rows * b.rows > 400) return this.aliasedGroups()
    const names = [...new Set([this.pick(common), this.pick(common)])]
    const join = this.pick(["JOIN", "LEFT JOIN", "RIGHT JOIN", "FULL JOIN"])
    const isOne = (text: string) => names.some(({ name }) => text.endsWith(`.${name}`))
    const merged = names.map(({ name, kind }) => ({ text: name, kind }))
    const others = [...a.columns, ...b.columns].filter(({ text }) => !isOne(text))
    const all = [...merged, ...others]
    const list = names.map(({ name }) => name).join(", ")
    const scope = {
      sql: `FROM ${a.sql} ${join} ${b.sql} USING (${list})`,
      columns: all,
      rows: a.rows * b.rows,
    }
    const from = this.filtered(scope, 40)
    if (this.chance(40)) return this.grouped(from, merged)
    return this.shown(this.named([...merged, ...others.slice(0, 4)]), from.sql, from.rows)
  }

  /** Of each key the first row in an order of all columns. */
  private distinctOn(): RandomModel {
    const from = this.filtered(this.from(1), 30)
    const keys = this.keys(from).map(({ text }) => text)
    const order = [...keys, ...from.columns.map(({ text }) => text)].map(
      (text) => `${text}${this.chance(30) ? " DESC" : ""}${this.chance(20) ? " NULLS FIRST" : ""}`,
    )
    const on = `SELECT DISTINCT ON (${keys.join(", ")})`
    const items = this.named(from.columns.slice(0, 6))
    return this.shown(items, `${from.sql}\nORDER BY ${order.join(", ")}`, from.rows, on)
  }

  /** The first rows of an order that leaves equal rows alone open, which are equal in what is shown. */
  private limited(): RandomModel {
    const from = this.filtered(this.from(1), 30)
    const items = this.aliased(
      [...from.columns.slice(0, 3), this.value(from.columns)],
      this.chance(30) ? from.columns : [],
    )
    const isBare = !this.isShared(items, from.columns)
    const order = items.map(({ text, name }, i) =>
      this.pick([String(i + 1), text, ...(isBare ? [name] : [])]),
    )
    const offset = this.chance(40) ? ` OFFSET ${this.random(4)}` : ""
    const limit = `ORDER BY ${order.join(", ")} LIMIT ${1 + this.random(9)}${offset}`
    return this.shown(items, `${from.sql}\n${limit}`, from.rows)
  }

  /** A subquery in FROM that reads the tables before it. */
  private lateral(): RandomModel {
    const from = this.from(0)
    const to = this.chosen(true)
    const other = this.relation(to, false)
    const on = this.condition(from.columns, other, to)
    if (!on) return this.lateralAliases()
    const call = this.aggregates(other.columns)[0] ?? { text: "count(*)", kind: "big" as const }
    const plain = this.value([...other.columns, ...from.columns])
    // DuckDB has no table around a lateral subquery in sight of a lambda there.
    const isLambda = /lambda| FOR /.test(plain.text)
    const [text, kind] =
      isLambda || this.chance(60) ? [call.text, call.kind] : [plain.text, plain.kind]
    const inner = `SELECT ${text} AS v FROM ${other.sql} WHERE ${on.text}`
    const join = this.pick([
      `CROSS JOIN LATERAL (${inner}) AS l`,
      `LEFT JOIN LATERAL (${inner}) AS l ON TRUE`,
    ])
    const items = this.named([...from.columns.slice(0, 4), { text: "l.v", kind }])
    return this.shown(items, `${from.sql}\n${join}`, from.rows * 3)
  }

  /** A CTE read twice, or a derived table, whose columns have other names. */
  private renamed(): RandomModel {
    const inner = this.chance(50) ? this.aliasedGroups() : this.limited()
    const columns: Column[] = inner.columns.map(({ kind }, i) => ({ name: `n${i + 1}`, kind }))
    const names = columns.map(({ name }) => name).join(", ")
    const of = (alias: string) =>
      columns.map(({ name, kind }) => ({ text: `${alias}.${name}`, kind }))
    if (this.chance(50)) {
      const sql = `FROM (${inner.sql}) AS d(${names})`
      const from = this.filtered({ sql, columns: of("d"), rows: inner.rows }, 50)
      return this.grouped(from, this.keys(from))
    }
    const cte = `WITH d(${names}) AS ${this.pick(["", "MATERIALIZED ", "NOT MATERIALIZED "])}(${inner.sql})`
    const branch = (alias: string) => {
      const from = this.filtered({ sql: `FROM d AS ${alias}`, columns: of(alias), rows: 1 }, 60)
      return `SELECT * ${from.sql}`
    }
    const all = this.pick([
      "UNION ALL",
      "UNION ALL BY NAME",
      "UNION BY NAME",
      "EXCEPT",
      "INTERSECT ALL",
    ])
    return {
      sql: `${cte}\n${branch("a")}\n${all}\n${branch("b")}`,
      columns,
      isOpen: false,
      rows: inner.rows * 2,
    }
  }

  // --------------------------------------------------------------------------------------- names

  private shown(items: readonly Named[], sql: string, rows: number, word = "SELECT"): RandomModel {
    return this.select(items, { sql, columns: [], rows }, word)
  }

  /** New names, or those that other columns of the FROM have. */
  private aliased(
    items: readonly { readonly text: string; readonly kind: Kind }[],
    taken: readonly { readonly text: string }[],
    letter = "x",
  ): Named[] {
    const names = [...new Set(taken.map(({ text }) => text.split(".").at(-1) ?? text))]
    const used = new Set<string>()
    return items.map((item, i) => {
      const wanted = (this.chance(40) ? names[i] : undefined) ?? `${letter}${i + 1}`
      const name = used.has(wanted) ? `${wanted}_${i + 1}` : wanted
      used.add(name)
      return { ...item, name }
    })
  }

  private isShared(
    items: readonly { readonly name: string }[],
    columns: readonly { readonly text: string }[],
  ): boolean {
    return items.some(({ name }) => columns.some(({ text }) => text.endsWith(`.${name}`)))
  }
}
