// Projects that went wrong once, found by random ones: the rows of every model are the same with the
// optimizer and without.

export interface Found {
  readonly tables: string
  /** By name; a `---` header is added where one says what it is. */
  readonly models: Readonly<Record<string, string>>
  /** Models whose rows their texts leave open. */
  readonly open?: readonly string[]
}

const T = `CREATE OR REPLACE TABLE main.t (id INTEGER, a INTEGER, b INTEGER, s VARCHAR);
INSERT INTO main.t VALUES (1, 1, 0, '1'), (2, 1, NULL, 'x'), (3, NULL, 1, '1'), (4, 0, 2, NULL), (5, 2, 0, '2')`
const U = `CREATE OR REPLACE TABLE main.u (id INTEGER, t_id INTEGER, x DOUBLE);
INSERT INTO main.u VALUES (1, 1, 0.1), (2, 1, 0.2), (3, 2, 0.3), (4, NULL, 1e300), (5, 5, NULL)`
const TABLES = `${T}; ${U}`

export const SOURCES = `sources:
  raw.t:
    table: main.t
    key: [id]
    columns: { id: { type: INTEGER, not_null: true }, a: { type: INTEGER }, b: { type: INTEGER }, s: { type: VARCHAR } }
  raw.u:
    table: main.u
    key: [id]
    foreign_keys: [{ columns: [t_id], references: raw.t, to: [id] }]
    columns: { id: { type: INTEGER, not_null: true }, t_id: { type: INTEGER }, x: { type: DOUBLE } }
`

const T_ = "smelt.source('raw.t')"
const U_ = "smelt.source('raw.u')"
const ref = (name: string) => `smelt.ref('${name}')`

// prettier-ignore
export const FOUND: Readonly<Record<string, Found>> = {
  "HAVING by the name of an output column that a key determines": {
    tables: TABLES,
    models: {
      one: `table: SELECT t.id, t.a FROM ${T_} AS t GROUP BY t.id HAVING a > 0`,
      other: `table: SELECT t.id, -t.a AS m, count(*) AS n FROM ${T_} AS t GROUP BY t.id HAVING m < 0 ORDER BY m LIMIT 2`,
      renamed: `table: SELECT t.id, t.a AS b FROM ${T_} AS t GROUP BY t.id`,
      key: `table: SELECT t.a + 1 AS k, count(*) AS n FROM ${T_} AS t GROUP BY k HAVING k > 1`,
    },
  },
  "two branches of a union show one column, one of them from a table": {
    tables: TABLES,
    models: {
      stored: `table: SELECT t.id, t.a FROM ${T_} AS t WHERE t.a > 0`,
      joined: `view: SELECT t.a, u.x FROM ${T_} AS t LEFT JOIN ${U_} AS u ON u.t_id = t.id`,
      both: `table: SELECT j.a AS k FROM ${ref("joined")} AS j UNION ALL SELECT s.a AS k FROM ${ref("stored")} AS s`,
    },
  },
  "two tables of one body, whose rows are left open": {
    tables: TABLES,
    models: {
      ranked: `table: SELECT t.id, t.a, t.b, row_number() OVER (PARTITION BY t.a ORDER BY t.s) AS n FROM ${T_} AS t`,
      narrow: `table: SELECT r.a FROM ${ref("ranked")} AS r`,
      twice: `table: SELECT x.b, y.n FROM ${ref("ranked")} AS x LEFT JOIN ${ref("ranked")} AS y ON y.id = x.b`,
      counted: `table: SELECT n.a, count(*) AS c FROM ${ref("narrow")} AS n GROUP BY n.a`,
    },
    open: ["ranked"],
  },
  "a subquery over a model that hides columns of the query around it": {
    tables: TABLES,
    models: {
      pairs: `view: SELECT t.a, t.b, z.a AS a2, z.b AS b2 FROM ${T_} AS t LEFT JOIN ${T_} AS z ON z.id = t.b`,
      values: `view: SELECT coalesce(p.a, 0) AS v FROM ${ref("pairs")} AS p GROUP BY coalesce(p.a, 0)`,
      kept: `table: SELECT p.b, sum(p.b2) AS s FROM ${ref("pairs")} AS p WHERE EXISTS (SELECT 1 AS one FROM ${ref("values")} AS v WHERE v.v = p.a2) GROUP BY p.b`,
    },
  },
  "a subquery in a model that stands twice in one block": {
    tables: TABLES,
    models: {
      flagged: `view: SELECT t.id, t.a, t.b FROM ${T_} AS t WHERE NOT EXISTS (SELECT 1 AS one FROM ${T_} AS z WHERE z.a = t.b)`,
      pairs: `table: SELECT x.id, y.id AS other FROM ${ref("flagged")} AS x JOIN ${ref("flagged")} AS y ON y.a = x.a`,
      nested: `table: SELECT x.id FROM ${ref("flagged")} AS x WHERE EXISTS (SELECT 1 AS one FROM ${ref("flagged")} AS y WHERE y.a = x.b + 1)`,
    },
  },
  "a filter with a subquery goes below the DISTINCT that made its column": {
    tables: TABLES,
    models: {
      next: `view: SELECT DISTINCT t.a + 1 AS n FROM ${T_} AS t`,
      met: `table: SELECT d.n FROM ${ref("next")} AS d WHERE EXISTS (SELECT 1 AS one FROM ${T_} AS z WHERE z.a = d.n)`,
    },
  },
  "a computed column beside another row of what it is made of": {
    tables: TABLES,
    models: {
      groups: `view: SELECT coalesce(t.a, 0) AS k, count(*) AS n FROM ${T_} AS t GROUP BY coalesce(t.a, 0)`,
      mixed: `table: SELECT g.k, coalesce(t.a, 0) AS other, count(*) AS c FROM ${ref("groups")} AS g JOIN ${T_} AS t ON t.b = g.n GROUP BY g.k, coalesce(t.a, 0)`,
      turned: `table: SELECT DISTINCT g.k, coalesce(t.a, 0) AS other FROM ${T_} AS t LEFT JOIN ${ref("groups")} AS g ON t.b = g.n`,
      distinct: `table: SELECT DISTINCT g.k, coalesce(t.a, 0) AS other FROM ${ref("groups")} AS g JOIN ${T_} AS t ON t.b = g.n`,
    },
  },
  "grouping sets of expressions that turn out equal": {
    tables: TABLES,
    models: {
      rolled: `table: SELECT t.a, CASE WHEN t.b > 0 THEN t.id ELSE t.id END AS x, t.id, count(*) AS n FROM ${T_} AS t GROUP BY ROLLUP (t.a, CASE WHEN t.b > 0 THEN t.id ELSE t.id END, t.id)`,
      sums: `view: SELECT t.a, sum(t.b) AS x, sum(t.b) AS y FROM ${T_} AS t GROUP BY t.a`,
      again: `table: SELECT s.x, s.y, count(*) AS n FROM ${ref("sums")} AS s GROUP BY ROLLUP (s.x, s.y)`,
    },
  },
  "an expression over a key that grouping sets leave out, beside that expression as a key": {
    tables: TABLES,
    models: {
      rolled: `view: SELECT t.id, t.id % 2 AS odd, count(*) AS n FROM ${T_} AS t GROUP BY GROUPING SETS ((t.id), (t.id % 2), (t.id, t.id % 2))`,
      shown: `table: SELECT r.id % 2 AS k, r.odd, r.n FROM ${ref("rolled")} AS r`,
    },
  },
  "a subquery in a window, and in the condition of a left join": {
    tables: TABLES,
    models: {
      looked: `view: SELECT t.id, t.a, t.b, (SELECT max(u.x) FROM ${U_} AS u WHERE u.t_id = t.id) AS top, EXISTS (SELECT 1 AS one FROM ${U_} AS u WHERE u.t_id = t.id) AS has FROM ${T_} AS t`,
      ranked: `table: SELECT l.id, rank() OVER (PARTITION BY l.has ORDER BY l.top) AS r FROM ${ref("looked")} AS l`,
      padded: `table: SELECT t.id, l.top FROM ${T_} AS t LEFT JOIN ${ref("looked")} AS l ON l.id = t.b AND l.has AND l.top > 0.15`,
      grouped: `view: SELECT coalesce(t.a, 0) AS k, count(*) AS n FROM ${T_} AS t GROUP BY coalesce(t.a, 0)`,
      counted: `view: SELECT g.k, g.n, (SELECT count(*) FROM ${U_} AS u WHERE u.t_id = g.k) AS c FROM ${ref("grouped")} AS g`,
      ordered: `table: SELECT c.k, rank() OVER (ORDER BY c.c, c.n) AS r FROM ${ref("counted")} AS c`,
    },
  },
  "a table of a model with a subquery over another such table": {
    tables: TABLES,
    models: {
      numbered: `table: SELECT t.id, t.a, t.b, row_number() OVER (ORDER BY t.s) AS n FROM ${T_} AS t`,
      grouped: `table: SELECT n.a, max(n.n) AS top FROM ${ref("numbered")} AS n GROUP BY n.a`,
      looked: `table: SELECT n.id, n.b, (SELECT max(g.top) FROM ${ref("grouped")} AS g WHERE g.a = n.a) AS top, row_number() OVER (ORDER BY n.a) AS m FROM ${ref("numbered")} AS n`,
      last: `table: SELECT l.id FROM ${ref("looked")} AS l JOIN ${ref("grouped")} AS g ON g.a = l.b QUALIFY rank() OVER (PARTITION BY l.b ORDER BY l.top) = 1`,
    },
    open: ["numbered", "looked"],
  },
  "what DISTINCT hides is shown by the other side too": {
    tables: TABLES,
    models: {
      groups: `view: SELECT coalesce(t.a, 0) AS k, t.b, count(*) AS n FROM ${T_} AS t GROUP BY coalesce(t.a, 0), t.b`,
      totals: `view: SELECT g.k, sum(g.n) AS s FROM ${ref("groups")} AS g GROUP BY g.k`,
      sizes: `view: SELECT DISTINCT q.s FROM ${ref("totals")} AS q`,
      left_out: `table: SELECT g.k, g.b FROM ${ref("groups")} AS g ANTI JOIN ${ref("sizes")} AS z ON z.s = g.k`,
      kept: `table: SELECT g.k, g.b FROM ${ref("groups")} AS g SEMI JOIN ${ref("sizes")} AS z ON z.s = g.k`,
    },
  },
  "a table fails that a model reads in its plan only": {
    tables: TABLES,
    models: {
      windowed: `view: SELECT t.id, t.a, count(*) OVER (PARTITION BY CAST(t.s AS INTEGER), t.a) AS n FROM ${T_} AS t`,
      failing: `table: SELECT w.id, w.a, w.n FROM ${ref("windowed")} AS w`,
      counted: `table: SELECT count(*) AS c FROM ${ref("windowed")} AS w WHERE w.a IS NULL GROUP BY w.id`,
    },
  },
}
