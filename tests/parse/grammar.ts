// Random queries of DuckDB's grammar, each part of it in the odd ways it may be written: what people do not write in
// their tests, but in their models some day. Not all are valid; DuckDB says which.

type Below = (bound: number) => number

/** How deeply expressions and queries nest at most. */
const DEPTH = 4

const NAMES =
  words(`a b c t u x y z col_1 _x A Été größe 列 a$b name value key type year day month date text
  first last row rows range groups filter over percent sample values time timestamp set sets cube rollup ties
  no others next zone version recursive materialized current unbounded ordinality include exclude replace rename
  location list struct_x json at_1 window_x escape respect ignore nulls temp view index begin commit between try_cast`)
const QUOTED = ['"q"', '"two words"', '"select"', '"Ünï"', '"a""b"', '"from"', '"a.b"', '"1"']
const LABELS = words("select from where order all table end case when union null true user left in")
const TYPES = [
  ...words(
    "INTEGER bigint VARCHAR text DATE TIMESTAMP boolean double HUGEINT uuid blob json mood main.mood",
  ),
  "DECIMAL(10, 2)",
  "numeric",
  "DOUBLE PRECISION",
  "TIMESTAMP WITH TIME ZONE",
  "TIME WITHOUT TIME ZONE",
  "CHARACTER VARYING(3)",
  "CHAR(3)",
  "BIT",
  "INTEGER[]",
  "INTEGER[3]",
  "VARCHAR[][]",
  'STRUCT(a INTEGER, "b c" VARCHAR[])',
  "MAP(VARCHAR, INTEGER)",
  "UNION(n INTEGER, s VARCHAR)",
  "ENUM('x', 'y')",
  "INTERVAL",
  '"My Type"',
]
const NUMBERS = words(
  "0 1 42 1_000 1.5 .5 5. 1e5 1E+5 1e-5 1.e3 .5e2 00012 1_0.0_1 123456789012345678901234567890",
)
const STRINGS = [
  "''",
  "'x'",
  "'it''s'",
  "e'a\\nb'",
  "$$d$$",
  "$t$ $$ $t$",
  "'-- no comment'",
  "'/* */'",
  "'é'",
]
const UNITS = words(
  "YEAR MONTHS day hours MINUTE seconds MILLISECOND week quarter DECADES century millennium",
)
const OPERATORS = words("+ - * / // % ^ ** || & | << >> @> <@ && ^@ <-> ~~ !~~ ~~* ~~~ ~ !~ ~*")
const COMPARISONS = words("= == <> != < <= > >=")
const BLANKS = ["  ", "\n", "\t", " /* c */ ", " /* a /* b */ c */ ", " -- c\n", "\n-- ' \" (\n"]

function words(text: string): string[] {
  return text.trim().split(/\s+/)
}

/** A random query; the same for the same numbers that `below` gives. */
export function randomQuery(below: Below): string {
  return spaced(new Grammar(below).query(0), below)
}

/** Between some of its parts a text gets other blanks and comments; the generator writes `·` where one may stand. */
function spaced(text: string, below: Below): string {
  return text.replaceAll("·", () => (below(12) === 0 ? (BLANKS[below(BLANKS.length)] ?? " ") : " "))
}

class Grammar {
  /** Parameters with names and with numbers do not mix. */
  private parameter: string

  constructor(private readonly below: Below) {
    this.parameter = this.pick(["$1", "$name", "?"])
  }

  // ------------------------------------------------------------------------------------- choices

  private pick<T>(items: readonly T[]): T {
    const item = items[this.below(items.length)]
    if (item === undefined) throw new Error("nothing to pick from")
    return item
  }

  private one(...choices: readonly (() => string)[]): string {
    return this.pick(choices)()
  }

  /** `text` once in `times`. */
  private rarely(times: number, text: () => string): string {
    return this.below(times) === 0 ? text() : ""
  }

  private some(item: () => string, most = 3, separator = ",·"): string {
    return Array.from({ length: 1 + this.below(most) }, item).join(separator)
  }

  /** A list that may end in a comma. */
  private forgiving(item: () => string, most = 3): string {
    return this.some(item, most) + this.rarely(8, () => ",")
  }

  /** DuckDB counts a `?` in a window once for each of its uses, and one in DISTINCT ON before those of a FROM that stands first. */
  private withoutParameters(text: () => string): string {
    const { parameter } = this
    this.parameter = "2"
    const drawn = text()
    this.parameter = parameter
    return drawn
  }

  // --------------------------------------------------------------------------------------- names

  private name(): string {
    return this.below(5) === 0 ? this.pick(QUOTED) : this.pick(NAMES)
  }

  private nameOrString(): string {
    return this.below(12) === 0 ? this.pick(["'s'", "'two words'"]) : this.name()
  }

  private path(most = 3): string {
    return this.some(() => this.name(), most, ".")
  }

  private alias(): string {
    return this.one(
      () => "",
      () => `·AS ${this.name()}`,
      () => `·AS ${this.pick([...LABELS, "'s'", '"x y"'])}`,
      () => `·${this.pick(['"q"', "aka", "x1", "é"])}`,
    )
  }

  private tableAlias(): string {
    return this.one(
      () => "",
      () => "",
      () => ` AS ${this.nameOrString()}`,
      () => ` ${this.pick(["aka", '"q r"', "x1"])}`,
      () => ` AS ${this.name()}·(${this.forgiving(() => this.nameOrString())})`,
      () => ` aka(${this.some(() => this.name())})`,
    )
  }

  // ------------------------------------------------------------------------------------- queries

  query(depth: number): string {
    const ctes = this.rarely(6, () => this.ctes(depth + 1))
    const body = this.body(depth)
    const order = this.rarely(4, () => `·ORDER BY ${this.orderBy(depth)}`)
    const readOnly = this.rarely(40, () => "·FOR READ ONLY")
    const limit = this.rarely(4, () => `·${this.limit(depth)}`)
    return ctes + body + order + readOnly + limit
  }

  private ctes(depth: number): string {
    const cte = () => {
      const columns = this.rarely(4, () => `(${this.forgiving(() => this.name())})`)
      const hint = this.pick(["", "", " MATERIALIZED", " NOT MATERIALIZED"])
      return `${this.name()}${columns} AS${hint} (${this.query(depth)})`
    }
    const recursive = () => {
      const key = this.rarely(3, () => " USING KEY (a)")
      const both = `${this.select(depth)} UNION${this.pick([" ALL", ""])} ${this.select(depth)}`
      return `RECURSIVE r(a)${key} AS (${both})`
    }
    return `WITH ${this.rarely(5, () => recursive() + ",·")}${this.some(cte, 2)}·`
  }

  private body(depth: number): string {
    if (depth >= DEPTH) return this.select(depth)
    return this.one(
      () => this.select(depth),
      () => this.select(depth),
      () => this.select(depth),
      () => this.select(depth),
      () => `(${this.query(depth + 1)})`,
      () => this.setOperation(depth + 1),
      () => this.setOperation(depth + 1),
      () => `VALUES ${this.forgiving(() => `(${this.forgiving(() => this.expr(depth + 1))})`)}`,
      () => `TABLE ${this.path(2)}`,
      () => this.pivotQuery(depth + 1),
    )
  }

  private setOperation(depth: number): string {
    const op = () =>
      this.pick([
        "UNION",
        "UNION ALL",
        "UNION DISTINCT",
        "UNION BY NAME",
        "UNION ALL BY NAME",
        "EXCEPT",
        "EXCEPT ALL",
        "INTERSECT",
        "INTERSECT ALL",
      ])
    const branch = () => (this.below(3) === 0 ? `(${this.query(depth)})` : this.select(depth))
    return Array.from({ length: 1 + this.below(3) }, () => `·${op()}·${branch()}`).reduce(
      (text, next) => text + next,
      branch(),
    )
  }

  private pivotQuery(depth: number): string {
    const group = this.rarely(3, () => `·GROUP BY ${this.pick(["a", "a, b", "(a, b)"])}`)
    const using = this.rarely(
      2,
      () => `·USING ${this.some(() => `sum(${this.expr(DEPTH)})${this.alias()}`, 2)}`,
    )
    const value = () => this.pick(["1", "'x'", "1 AS one", "'x' y", "DATE '2024-01-01'", "NULL"])
    const column = () =>
      this.one(
        () => this.name(),
        () => `${this.name()} IN (${this.forgiving(value)})`,
        () => `${this.name()} IN (${this.select(depth)})`,
        () => "a || b",
        () => "(a, b)",
        () => "year(a)::INTEGER",
      )
    const into = this.rarely(
      2,
      () => `·INTO NAME ${this.name()} VALUE ${this.some(() => this.name(), 2)}`,
    )
    return this.one(
      () => `PIVOT ${this.simpleTable(depth)} ON ${this.forgiving(column, 2)}${using}${group}`,
      () =>
        `UNPIVOT ${this.table(depth)} ON ${this.forgiving(() => this.pick(["a", "a, b", "(a, b) AS c", "COLUMNS(*)", "*", "a::INTEGER AS b"]), 1)}${into}`,
    )
  }

  private select(depth: number): string {
    const next = depth + 1
    const from = `FROM ${this.forgiving(() => this.joined(next), 2)}`
    const on = this.withoutParameters(() => this.expr(next))
    const distinct = this.pick(["", "", "", "", "ALL ", "DISTINCT ", `DISTINCT ON (${on}) `])
    const items = `SELECT·${distinct}${this.forgiving(() => this.item(next))}`
    const head = this.one(
      () => `${items}·${from}`,
      () => `${items}·${from}`,
      () => items,
      () => `${from.replace(/,$/, "")}·${items}`,
      () => from.replace(/,$/, ""),
    )
    return [
      head,
      this.rarely(3, () => `·WHERE ${this.expr(next)}`),
      this.rarely(5, () => `·GROUP BY ${this.groups(next)}`),
      this.rarely(8, () => `·HAVING ${this.expr(next)}`),
      this.rarely(8, () => `·WINDOW ${this.some(() => this.namedWindow(next), 2)}`),
      this.rarely(8, () => `·QUALIFY ${this.expr(next)}`),
      this.rarely(12, () => `·USING SAMPLE ${this.sample()}`),
    ].join("")
  }

  private namedWindow(depth: number): string {
    return `${this.name()} AS ${this.withoutParameters(() => this.window(depth))}`
  }

  private item(depth: number): string {
    return this.one(
      () => this.expr(depth) + this.alias(),
      () => this.expr(depth) + this.alias(),
      () => this.expr(depth) + this.alias(),
      () => `${this.name()}:·${this.expr(depth)}`,
      () => this.star(depth),
    )
  }

  private star(depth: number): string {
    const exclude = this.pick(["", "", " EXCLUDE x", ' EXCLUDE (x, t.y, "Z")', " EXCLUDE ('x')"])
    const replace = this.rarely(
      4,
      () => ` REPLACE (${this.expr(depth)} AS ${this.pick(["c", '"d e"'])})`,
    )
    const rename = this.pick(["", "", "", " RENAME (a AS b)", " RENAME a AS b"])
    return this.pick(["*", "t.*", '"q".*']) + exclude + replace + rename
  }

  private orderBy(depth: number): string {
    const direction = () =>
      this.pick(["", "", " ASC", " DESC"]) + this.pick(["", "", " NULLS FIRST", " NULLS LAST"])
    if (this.below(8) === 0) return `ALL${direction()}`
    return this.some(() => this.expr(depth + 1) + direction())
  }

  private limit(depth: number): string {
    const offset = () =>
      `OFFSET ${this.one(
        () => "5",
        () => this.expr(depth + 1),
        () => "5 ROWS",
      )}`
    const limit = () =>
      `LIMIT ${this.one(
        () => "10",
        () => "ALL",
        () => "10%",
        () => "12.5 PERCENT",
        () => "(a + 1)%",
        () => this.expr(depth + 1),
        () => `(${this.select(depth + 1)})`,
      )}`
    return this.one(
      limit,
      offset,
      () => `${limit()} ${offset()}`,
      () => `${offset()} ${limit()}`,
      () => "FETCH FIRST 5 ROWS ONLY",
      () => "OFFSET 2 ROWS FETCH NEXT ROW ONLY",
    )
  }

  private groups(depth: number): string {
    const list = () => `(${this.some(() => this.expr(depth))})`
    const set = (): string =>
      this.one(
        () => this.expr(depth),
        list,
        () => "()",
        () => `ROLLUP (${this.forgiving(() => this.one(() => this.expr(depth), list))})`,
        () => `CUBE ${list()}`,
      )
    return this.one(
      () => "ALL",
      () => this.forgiving(set),
      () => this.forgiving(() => this.expr(depth)),
      () => `GROUPING SETS (${this.forgiving(set)})`,
    )
  }

  // -------------------------------------------------------------------------------------- tables

  private joined(depth: number): string {
    if (depth >= DEPTH || this.below(3) > 0) return this.table(depth)
    const kind = this.pick([
      "",
      "INNER ",
      "LEFT ",
      "RIGHT OUTER ",
      "FULL ",
      "SEMI ",
      "ANTI ",
      "ASOF ",
      "ASOF LEFT ",
    ])
    const condition = () =>
      this.below(2) === 0
        ? ` ON ${this.expr(depth + 1)}`
        : ` USING (${this.forgiving(() => this.name())})`
    const free = this.pick(["CROSS ", "NATURAL ", "NATURAL LEFT ", "POSITIONAL "])
    return this.one(
      () => `${this.joined(depth + 1)}·${kind}JOIN ${this.table(depth + 1)}${condition()}`,
      () => `${this.joined(depth + 1)}·${free}JOIN ${this.table(depth + 1)}`,
      () =>
        `${this.table(depth + 1)} ${kind}JOIN ${this.table(depth + 1)} JOIN ${this.table(depth + 1)}${condition()}${condition()}`,
      () => `(${this.table(depth + 1)} ${free}JOIN ${this.table(depth + 1)})${this.tableAlias()}`,
      () =>
        `${this.joined(depth + 1)} JOIN (${this.table(depth + 1)} CROSS JOIN ${this.table(depth + 1)})${condition()}`,
    )
  }

  private table(depth: number): string {
    const sample = this.rarely(12, () => ` TABLESAMPLE ${this.sample()}`)
    const call = () =>
      `${this.pick(["f", "s.f", "range", "unnest"])}(${this.some(() => this.argument(depth + 1))})`
    const plain = () =>
      this.path() + this.tableAlias() + this.rarely(20, () => " AT (VERSION => 3)") + sample
    if (depth >= DEPTH) return plain()
    return this.one(
      plain,
      plain,
      plain,
      () => `'file.csv'${this.tableAlias()}${sample}`,
      () => `(${this.query(depth + 1)})${this.tableAlias()}${sample}`,
      () => `(${this.query(depth + 1)})${this.tableAlias()}`,
      () => `${this.name()}:·(${this.query(depth + 1)})`,
      () => `${this.name()}: ${this.path(2)}${sample}`,
      () => call() + this.rarely(3, () => " WITH ORDINALITY") + this.tableAlias(),
      () => `${call()} AS ${this.name()}(a INTEGER, "b c" VARCHAR[])`,
      () => `LATERAL (${this.select(depth + 1)})${this.tableAlias()}`,
      () => `VALUES (${this.some(() => this.expr(depth + 1))}) AS v`,
      () =>
        `${plain()} PIVOT (${this.forgiving(() => `sum(${this.expr(DEPTH)})`, 2)} FOR a IN (1, 2 AS two) b IN ('x'))${this.tableAlias()}`,
      () =>
        `${plain()} UNPIVOT ${this.pick(["", "INCLUDE NULLS "])}(v FOR n IN (a, b AS c))${this.tableAlias()}`,
      () => `(${this.pick(["DESCRIBE", "SUMMARIZE", "SHOW"])} ${this.path(2)})${this.tableAlias()}`,
    )
  }

  /** What a statement of its own may turn. */
  private simpleTable(depth: number): string {
    return this.one(
      () => this.path(2) + this.tableAlias(),
      () => `(${this.query(depth + 1)})${this.tableAlias()}`,
      () => `${this.path(2)} JOIN ${this.path(1)} USING (a)`,
    )
  }

  private sample(): string {
    return this.pick([
      "10",
      "10%",
      "5.5 PERCENT",
      "10 ROWS",
      "reservoir(10 ROWS)",
      "10% (bernoulli)",
      "10% (system, 42)",
      "reservoir(20%) REPEATABLE (7)",
    ])
  }

  // --------------------------------------------------------------------------------- expressions

  private expr(depth: number): string {
    if (depth >= DEPTH + 2) return this.leaf()
    const e = () => this.expr(depth + 1)
    /** What binds tightly: most operators do not chain with each other. */
    const o = () => (this.below(6) === 0 ? e() : this.operand(depth + 1))
    const not = () => this.pick(["", "NOT "])
    return this.one(
      () => this.operand(depth),
      () => this.operand(depth),
      () => this.operand(depth),
      () => `${o()}·${this.pick(OPERATORS)}·${o()}`,
      () => `${o()}·${this.pick(OPERATORS)}·${o()} ${this.pick(OPERATORS)} ${o()}`,
      () => `${o()}·${this.pick(COMPARISONS)}·${o()}`,
      () => `${o()}·${this.pick(OPERATORS)}·${o()}·${this.pick(COMPARISONS)}·${o()}`,
      () => `${e()}·${this.pick(["AND", "OR"])}·${e()}`,
      () => `${e()} AND ${e()} OR ${e()}`,
      () => `NOT·${e()}`,
      () => `${this.pick(["-", "+", "~", "- ", "@ ", "! "])}${o()}`,
      () =>
        `${o()} ${this.pick(["IS NULL", "IS NOT NULL", "ISNULL", "NOTNULL", "IS TRUE", "IS NOT FALSE", "IS UNKNOWN", "NOT NULL"])}`,
      () => `${o()} IS ${not()}DISTINCT FROM ${o()}`,
      () => `${o()} ${not()}BETWEEN ${o()} AND ${o()}`,
      () => `${o()} ${not()}IN·(${this.forgiving(e)})`,
      () => `${o()} ${not()}IN (${this.query(depth + 1)})`,
      () => `${o()} IN ${this.pick(["list", "t.l", "[1, 2]", "f(x)", "ARRAY[1]", "MAP {1: 2}"])}`,
      () =>
        `${o()} ${this.pick(["LIKE", "NOT LIKE", "ILIKE", "NOT ILIKE", "SIMILAR TO", "NOT SIMILAR TO", "GLOB"])}·${o()}`,
      () => `${o()} ${not()}${this.pick(["LIKE", "ILIKE"])} ${o()} ESCAPE '!'`,
      () =>
        `${o()} ${this.pick(COMPARISONS)} ${this.pick(["ANY", "ALL", "SOME"])} (${this.one(() => this.query(depth + 1), e)})`,
      () => `${o()} COLLATE ${this.pick(["nocase", "de.fr", '"C"'])}`,
      () => `${o()} AT TIME ZONE ${this.one(() => "'UTC'", o)}`,
      () => `${o()} OPERATOR(${this.pick(["+", "||", "&&", "~~", "s.+", "pg_catalog.~"])}) ${o()}`,
      () => `OPERATOR(${this.pick(["-", "!!", "s.@"])})·${o()}`,
      () => `${o()}::${this.pick(TYPES)} ${this.pick(OPERATORS)} ${o()}::${this.pick(TYPES)}`,
    )
  }

  private operand(depth: number): string {
    if (depth >= DEPTH + 2) return this.leaf()
    const e = () => this.expr(depth + 1)
    return this.one(
      () => this.leaf(),
      () => this.leaf(),
      () => this.leaf(),
      () => this.leaf(),
      () => `(${e()})`,
      () => `(${e()})`,
      () => `${this.leaf()}::${this.pick(TYPES)}`,
      () => `${this.pick(["CAST", "TRY_CAST"])}(${e()} AS ${this.pick(TYPES)})`,
      () => `(${e()})${this.postfix(depth + 1)}`,
      () => `${this.path(2)}${this.postfix(depth + 1)}`,
      () => `${this.call(depth + 1)}${this.rarely(2, () => this.postfix(depth + 1))}`,
      () => this.call(depth + 1),
      () => this.call(depth + 1),
      () => this.special(depth + 1),
      () => this.special(depth + 1),
      () => this.collection(depth + 1),
      () => this.collection(depth + 1),
      () =>
        `CASE·${this.rarely(3, e)} ${this.some(() => `WHEN ${e()} THEN ${e()}`, 2, "·")}${this.rarely(2, () => ` ELSE ${e()}`)}·END`,
      () => `(${this.query(depth + 1)})`,
      () =>
        `(${this.operand(depth + 1)}·->${this.pick(["·", ">·"])}${this.pick(["'k'", "'$.x'", "0"])})`,
      () => `EXISTS·(${this.query(depth + 1)})`,
      () => `(${this.some(e, 2)},·${e()})`,
    )
  }

  private leaf(): string {
    return this.one(
      () => this.path(),
      () => this.name(),
      () => this.pick(NUMBERS),
      () => this.pick(STRINGS),
      () =>
        this.pick([
          "NULL",
          "TRUE",
          "false",
          this.parameter,
          "#1",
          "x'AB'",
          "b'01'",
          "current_date",
          "CURRENT_TIMESTAMP",
          "current_date()",
        ]),
      () => this.interval(),
      () =>
        `${this.pick(["DATE", "timestamp", "mood", "DECIMAL(4, 1)", "DOUBLE PRECISION", "TIMESTAMP WITH TIME ZONE", "main.mood"])} '2024-01-01'`,
    )
  }

  private interval(): string {
    return this.one(
      () => `INTERVAL '1' ${this.pick(UNITS)}`,
      () => `INTERVAL 3 ${this.pick(UNITS)}`,
      () => "INTERVAL '1 day 2 hours'",
      () => `INTERVAL (${this.name()} + 1) ${this.pick(UNITS)}`,
      () => `INTERVAL (1.5) ${this.pick(UNITS)}`,
    )
  }

  private postfix(depth: number): string {
    const e = () => this.expr(depth + 1)
    return this.one(
      () => `[${e()}]`,
      () => `[${this.pick(["", "1", "-2"])}:${this.pick(["", "2", "-1"])}]`,
      () => `[${this.pick(["", "1"])}:${this.pick(["-", "9"])}:2]`,
      () => `.${this.name()}`,
      () =>
        `.${this.pick(["lower", "f", '"G"', "trim", "timestamp", "coalesce", "left"])}(${this.rarely(2, () => this.some(() => this.argument(depth)))})`,
      () => `${this.postfix(depth)}${this.postfix(depth)}`,
    )
  }

  private argument(depth: number): string {
    return this.one(
      () => this.expr(depth),
      () => this.expr(depth),
      () => this.expr(depth),
      () => `${this.pick(["x", '"x y"'])} ->·${this.arrowBody(depth)}`,
      () => `(x, i) -> ${this.arrowBody(depth)}`,
      () => `lambda ${this.pick(["x", "x, i", '"x y"', "'x'"])}:·${this.expr(depth)}`,
    )
  }

  /** What cannot be read as the right side of JSON's arrow alone. */
  private arrowBody(depth: number): string {
    const e = () => this.expr(depth)
    return this.one(
      () => `(${e()})`,
      () => `x ${this.pick(OPERATORS)} ${this.operand(depth)}`,
      () => `x.a·${this.pick(COMPARISONS)}·${this.operand(depth)}`,
      () => `x IS NULL ${this.pick(["AND", "OR"])} ${e()}`,
      () => `[x,·${e()}]`,
      () => `NOT ${e()}`,
    )
  }

  private named(depth: number): string {
    return `${this.pick(["a", "b", '"C"'])}·${this.pick([":=", "=>"])}·${this.expr(depth)}`
  }

  private call(depth: number): string {
    const name = () =>
      this.pick([
        "f",
        "count",
        "sum",
        "s.f",
        "list_transform",
        '"F"',
        "left",
        "replace",
        "full",
        "overlaps",
        '"timestamp"',
        "year",
        "first",
      ])
    const e = () => this.expr(depth)
    const args = () =>
      this.some(() => this.argument(depth)) + this.rarely(6, () => `,·${this.named(depth)}`)
    return this.one(
      () => `${name()}()`,
      () => `${name()}·(${args()})`,
      () => `${name()}(${args()})`,
      () => "count(*)",
      () => `coalesce(${this.forgiving(e)})`,
      () => `nullif(${e()}, ${e()})`,
      () =>
        `${name()}(${this.pick(["DISTINCT ", "ALL "])}${e()}${this.rarely(3, () => ` ORDER BY ${this.orderBy(depth)}`)})`,
      () => `${name()}(${e()} ORDER BY ${this.orderBy(depth)})`,
      () => `${name()}(${args()})·FILTER (${this.pick(["WHERE ", ""])}${e()})`,
      () => `percentile_cont(${e()})·WITHIN GROUP (ORDER BY ${this.expr(depth)})`,
      () => `${name()}(${args()})·OVER ${this.window(depth)}`,
      () =>
        `first_value(${e()} ${this.pick(["IGNORE", "RESPECT"])} NULLS) OVER ${this.window(depth)}`,
      () => `sum(DISTINCT ${e()}) FILTER (WHERE ${e()}) OVER ()`,
    )
  }

  private window(depth: number): string {
    const bound = () =>
      this.pick([
        "UNBOUNDED PRECEDING",
        "CURRENT ROW",
        "1 PRECEDING",
        "INTERVAL 1 DAY PRECEDING",
        "a + 1 PRECEDING",
      ])
    const end = () =>
      this.pick(["UNBOUNDED FOLLOWING", "CURRENT ROW", "1 FOLLOWING", "(SELECT 1) FOLLOWING"])
    const exclude = () =>
      this.pick([
        "",
        "",
        " EXCLUDE CURRENT ROW",
        " EXCLUDE GROUP",
        " EXCLUDE TIES",
        " EXCLUDE NO OTHERS",
      ])
    const frame = () =>
      this.pick(["ROWS", "RANGE", "GROUPS"]) +
      this.one(
        () => ` BETWEEN ${bound()} AND ${end()}`,
        () => ` ${bound()}`,
      ) +
      exclude()
    const parts = [
      this.rarely(2, () => `PARTITION BY ${this.some(() => this.expr(depth), 2)}`),
      this.rarely(2, () => `ORDER BY ${this.orderBy(depth)}`),
      this.rarely(3, frame),
    ]
    return `(${parts.filter((part) => part !== "").join("·")})`
  }

  private special(depth: number): string {
    const e = () => this.expr(depth)
    const side = () => this.pick(["BOTH ", "LEADING ", "TRAILING "])
    return this.one(
      () => `EXTRACT(${this.pick(["year", "'epoch'", "dow", "MILLISECONDS", '"q"'])} FROM ${e()})`,
      () => `SUBSTRING(${e()} FROM ${e()} FOR ${e()})`,
      () => `substring(${e()} ${this.pick(["FROM", "FOR"])} ${e()})`,
      () => `position('x' IN ${this.operand(depth)})`,
      () => `OVERLAY(${e()} PLACING ${e()} FROM ${e()}${this.rarely(2, () => ` FOR ${e()}`)})`,
      () => `TRIM(${side()}${this.rarely(2, e)} FROM ${this.some(e, 2)})`,
      () => `trim(${this.forgiving(e, 2)})`,
      () => `trim(${e()} FROM ${e()})`,
      () => `ARRAY(${this.query(depth)})`,
      () =>
        `COLUMNS(${this.pick(["*", "'a.*'", "t.*", "* EXCLUDE (a)", "x -> x LIKE 'a%'", "lambda x: x = 'a'"])})`,
      () => `f(*COLUMNS(${this.pick(["*", "'a'"])}))`,
      () => `((a, b) OVERLAPS (${e()}, ${e()}))`,
      () => `GROUPING(${this.forgiving(() => this.name(), 2)})`,
      () => `(${this.operand(depth)} !)`,
      () => `(${this.operand(depth)} ** ${this.operand(depth)})`,
    )
  }

  private collection(depth: number): string {
    const e = () => this.expr(depth)
    return this.one(
      () => `[${this.forgiving(e)}]`,
      () => "[]",
      () => `ARRAY[${this.forgiving(e)}]`,
      () => `{${this.forgiving(() => `${this.nameOrString()}:·${e()}`)}}`,
      () => `MAP {${this.forgiving(() => `${this.leaf()}:·${e()}`)}}`,
      () => "MAP {}",
      () => `ROW(${this.forgiving(e)})`,
      () => `[${e()} FOR x IN ${this.leaf()}${this.rarely(2, () => ` IF ${e()}`)}]`,
      () => `[x + i FOR x, i IN ${this.name()}]`,
    )
  }
}
