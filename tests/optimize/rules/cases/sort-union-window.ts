import type { RuleCase } from "../case.js"
import { FEW } from "./tables.js"

const SORTED = "(SELECT v.a, v.d FROM v ORDER BY v.d) AS d"
const ONE_ROW = (right: string) => ({ right: `(limit lit:INTEGER:1 none ${right})` })

export const SORT: readonly RuleCase[] = [
  {
    rule: "sort-agg",
    query: `SELECT d.a, sum(d.d) AS n FROM ${SORTED} GROUP BY d.a`,
    mutants: [
      {
        without: "(order-insensitive ?A)",
        query: "SELECT list(d.id) AS n FROM (SELECT t.id FROM t ORDER BY t.b DESC, t.id) AS d",
      },
    ],
  },
  {
    rule: "sort-distinct",
    query: `SELECT DISTINCT d.a FROM ${SORTED}`,
    mutants: [ONE_ROW("(distinct ?D ?R)")],
  },
  {
    rule: "sort-join",
    query: `SELECT d.a, t.id FROM ${SORTED} JOIN t ON t.a = d.d`,
    mutants: [ONE_ROW("(join ?R ?rs...)")],
  },
  {
    rule: "sort-left",
    query: `SELECT d.a, t.id FROM ${SORTED} LEFT JOIN t ON t.a = d.d`,
    mutants: [{ right: "(semi ?Q ?L ?R)" }],
  },
  {
    rule: "sort-left-other",
    query: `SELECT t.id, d.a FROM t LEFT JOIN ${SORTED} ON t.a = d.d`,
    mutants: [{ right: "(semi ?Q ?L ?R)" }],
  },
  {
    rule: "sort-semi",
    query: `SELECT t.id FROM t SEMI JOIN ${SORTED} ON t.a = d.d`,
    mutants: [{ right: "(anti ?Q ?L ?R)" }],
  },
  {
    rule: "sort-anti",
    query: `SELECT t.id FROM t ANTI JOIN ${SORTED} ON t.a = d.d`,
    mutants: [{ right: "(semi ?Q ?L ?R)" }],
  },
  {
    rule: "sort-sort",
    query: `SELECT d.a, d.d FROM ${SORTED} ORDER BY d.a, d.d LIMIT 2`,
    mutants: [ONE_ROW("?R")],
  },
  {
    rule: "sort-branch",
    query: `SELECT d.a FROM ${SORTED} UNION ALL SELECT t.id FROM t`,
    mutants: [{ right: "(branch ?E (limit lit:INTEGER:1 none ?R))" }],
  },
  {
    rule: "sort-out",
    query: "SELECT v.a, v.d FROM v ORDER BY v.d",
    mutants: [{ right: "(out ?C (limit lit:INTEGER:1 none ?R))" }],
  },
]

export const UNION: readonly RuleCase[] = [
  {
    rule: "filter-union",
    query:
      "SELECT d.k, d.l FROM (SELECT t.a AS k, t.b AS l FROM t UNION ALL SELECT u.c + 1, 1 FROM u) AS d WHERE d.k > d.l",
    more: [
      {
        // The branch's own value is of another type than the union's.
        query:
          "SELECT d.k FROM (SELECT t.a AS k FROM t UNION ALL SELECT CAST(t.b AS DOUBLE) FROM t) AS d WHERE CAST(d.k AS VARCHAR) = '1.0'",
      },
      {
        query:
          "SELECT d.s FROM (SELECT v.s FROM v WHERE v.s = '1' UNION ALL SELECT t.s FROM t) AS d WHERE CAST(d.s AS INTEGER) = 1 OR d.s IS NULL",
      },
    ],
    mutants: [
      {
        without: "(deterministic ?B)",
        schema: FEW,
        query:
          "SELECT d.k FROM (SELECT p.x, random() < 0.5 AS k FROM p UNION ALL SELECT q.y, FALSE FROM q) AS d WHERE d.k",
        by: "draws",
      },
    ],
  },
]

const numbered = (call: string, partition: string) =>
  `SELECT t.id, ${call} OVER (PARTITION BY ${partition} ORDER BY t.s, t.id) AS n, max(t.b) OVER (PARTITION BY t.a) AS m FROM t`

export const WINDOW: readonly RuleCase[] = [
  {
    rule: "window-nothing",
    query: "SELECT t.id, row_number() OVER (PARTITION BY t.id ORDER BY t.a) AS n FROM t",
    also: ["row-number-of-key"],
    mutants: [{ right: "(filter (and false) ?R)" }],
  },
  ...["row_number", "rank"].map((fn): RuleCase => ({
    rule: fn === "rank" ? "rank-of-key" : "row-number-of-key",
    query: numbered(`${fn}()`, "t.b, t.id"),
    more: [
      {
        query: `SELECT d.a, d.n, ${fn}() OVER (PARTITION BY d.a) AS k FROM (SELECT t.a, count(*) AS n FROM t GROUP BY t.a) AS d`,
      },
    ],
    mutants: [
      { without: "(keyed ?R ?P)", query: numbered(`${fn}()`, "t.a") },
      {
        without: "(keyed ?R ?P)",
        query: `SELECT t.id, u.id AS k, ${fn}() OVER (PARTITION BY t.id ORDER BY u.id) AS n FROM t LEFT JOIN u ON u.a = t.a`,
      },
    ],
  })),
  {
    rule: "window-merge",
    query:
      "SELECT d.id, d.n, sum(d.b) OVER (PARTITION BY d.a ORDER BY d.id) AS m FROM (SELECT t.id, t.a, t.b, count(*) OVER (PARTITION BY t.b) AS n FROM t) AS d",
    mutants: [
      {
        without: "(covers ?R ?us...)",
        query:
          "SELECT d.id, d.n, sum(d.n) OVER (PARTITION BY d.a) AS m FROM (SELECT t.id, t.a, count(*) OVER (PARTITION BY t.b) AS n FROM t) AS d",
        by: "columns",
      },
    ],
  },
]
