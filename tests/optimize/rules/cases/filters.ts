import type { Definition, Out } from "../../../../src/ir/nodes.js"
import type { Mutant, RuleCase } from "../case.js"
import { FEW } from "./tables.js"

const NOTHING_PASSES: Mutant = { right: "(filter (and false) ?R)" }

export const FILTERS: readonly RuleCase[] = [
  {
    rule: "filter-nothing",
    query: "SELECT t.id, u.c FROM t LEFT JOIN u ON u.a = t.a WHERE t.b > 0",
    also: ["filter-left"],
    mutants: [NOTHING_PASSES],
  },
  {
    rule: "filter-merge",
    query:
      "SELECT d.id FROM (SELECT t.id, t.a FROM t WHERE t.b > 0) AS d WHERE d.a > 0 OR d.id = 2",
    more: [
      {
        query:
          "SELECT d.a FROM (SELECT v.a, v.s FROM v WHERE CAST(v.s AS INTEGER) = 1) AS d WHERE d.a < 2",
      },
    ],
    mutants: [
      {
        without: "(total ?ps...)",
        query:
          "SELECT d.a FROM (SELECT v.a, v.s FROM v WHERE EXISTS (SELECT 1 FROM u WHERE u.id = v.a)) AS d WHERE CAST(d.s AS INTEGER) = 1",
        by: "error",
      },
    ],
  },
  {
    rule: "filter-not-null",
    query: "SELECT t.id FROM t WHERE t.b IS NOT NULL AND t.a > 0",
    more: [
      {
        query:
          "SELECT d.id FROM (SELECT t.id, t.a FROM t WHERE t.a < 2) AS d WHERE d.a IS NOT NULL",
      },
      {
        query:
          "SELECT d.c FROM (SELECT u.c, count(*) AS n FROM t JOIN u ON u.c = t.a GROUP BY u.c) AS d WHERE d.c IS NOT NULL AND d.n > 0",
      },
    ],
    mutants: [
      {
        without: "(not-null ?R ?x)",
        query: "SELECT t.id FROM t WHERE t.a IS NOT NULL AND t.b > 0",
      },
      {
        without: "(not-null ?R ?x)",
        query: "SELECT t.id, u.id AS other FROM t LEFT JOIN u ON u.a = t.a WHERE u.id IS NOT NULL",
      },
      {
        without: "(not-null ?R ?x)",
        query:
          "SELECT d.a FROM (SELECT t.a FROM t WHERE t.a > 0 OR t.b > 0) AS d WHERE d.a IS NOT NULL",
      },
    ],
  },
  {
    rule: "filter-left",
    query:
      "SELECT t.id, u.c FROM t LEFT JOIN u ON u.a = t.a WHERE t.b >= 0 AND (u.c > 0 OR u.c IS NULL)",
    more: [
      {
        query:
          "SELECT v.d, u.c FROM v LEFT JOIN u ON u.a = v.a WHERE CAST(v.s AS INTEGER) = 1 OR v.a > 0",
      },
      {
        query:
          "SELECT t.id, u.c FROM t LEFT JOIN u ON u.a = t.a WHERE EXISTS (SELECT 1 FROM v WHERE v.a = t.b)",
      },
    ],
    mutants: [
      {
        without: "(deterministic ?P)",
        schema: FEW,
        query: "SELECT p.x, q.y FROM p LEFT JOIN q ON TRUE WHERE random() < 0.5",
        by: "draws",
      },
    ],
  },
  ...["semi", "anti"].map((kind): RuleCase => ({
    rule: `filter-${kind}`,
    query: `SELECT t.id FROM t ${kind.toUpperCase()} JOIN u ON u.a = t.a AND u.c <= t.b WHERE t.b > -1`,
    mutants: [
      {
        without: "(total ?P)",
        query: `SELECT v.d FROM v ${kind.toUpperCase()} JOIN u ON u.id = v.a WHERE CAST(v.s AS INTEGER) = 1`,
        by: "error",
      },
    ],
  })),
  {
    rule: "filter-agg",
    query: "SELECT t.a, count(*) AS n FROM t GROUP BY t.a HAVING t.a > 0 AND count(*) < 3",
    more: [
      {
        query:
          "SELECT d.k, d.n FROM (SELECT t.a + 1 AS k, t.b, sum(t.b) AS n FROM t GROUP BY t.a + 1, t.b) AS d WHERE d.k > 1 AND d.n >= d.b",
      },
      {
        query:
          "SELECT v.s, count(*) AS n FROM v GROUP BY v.s HAVING CAST(v.s AS INTEGER) = 1 OR v.s = 'a'",
      },
    ],
    mutants: [
      { without: "(grouped ?K)", query: "SELECT count(*) AS n FROM t HAVING 1 > 2" },
      {
        // -0.0 and 0.0 are one group.
        without: "(by-value ?P)",
        query: "SELECT z.k, count(*) AS m FROM z GROUP BY z.k HAVING CAST(z.k AS VARCHAR) = '0.0'",
      },
      {
        without: "(by-value ?P)",
        schema: FEW,
        query: "SELECT n.k, count(*) AS m FROM n GROUP BY n.k HAVING random() < 0.5",
        by: "draws",
      },
      {
        without: "(deterministic ?K)",
        schema: FEW,
        query: "SELECT d.k FROM (SELECT random() < 0.5 AS k FROM p GROUP BY 1) AS d WHERE d.k",
        by: "draws",
      },
    ],
  },
  {
    rule: "filter-distinct",
    query:
      "SELECT d.k FROM (SELECT DISTINCT t.a + t.b AS k, t.b FROM t) AS d WHERE d.k > 0 OR d.b = 1",
    more: [
      {
        query:
          "SELECT d.s FROM (SELECT DISTINCT v.s, v.a FROM v) AS d WHERE CAST(d.s AS INTEGER) = 1",
      },
    ],
    mutants: [
      {
        without: "(by-value ?P)",
        query:
          "SELECT d.k FROM (SELECT DISTINCT z.k FROM z) AS d WHERE CAST(d.k AS VARCHAR) = '0.0'",
      },
      {
        without: "(by-value ?P)",
        schema: FEW,
        query: "SELECT d.one FROM (SELECT DISTINCT r.one FROM r) AS d WHERE random() < 0.3",
        by: "draws",
      },
      {
        without: "(deterministic ?D)",
        schema: FEW,
        query: "SELECT d.k FROM (SELECT DISTINCT random() < 0.5 AS k FROM p) AS d WHERE d.k",
        by: "draws",
      },
    ],
  },
  {
    rule: "filter-compute",
    query:
      "SELECT t.id FROM t QUALIFY row_number() OVER (PARTITION BY t.id ORDER BY t.b) = 1 AND t.b > 0",
    also: ["row-number-of-key"],
    mutants: [
      {
        without: "(deterministic ?D)",
        schema: FEW,
        query: "SELECT p.x, random() < 0.5 AS k FROM p",
        shape: filteredByItsDefinition,
        also: [],
        by: "draws",
      },
    ],
  },
  {
    rule: "filter-window",
    query:
      "SELECT d.id, d.n FROM (SELECT t.id, t.a, sum(t.b) OVER (PARTITION BY t.a ORDER BY t.id) AS n FROM t) AS d WHERE d.a > 0",
    more: [
      {
        query:
          "SELECT d.id, d.n, d.m FROM (SELECT t.id, t.a, t.b, sum(t.b) OVER (PARTITION BY t.a, t.b ORDER BY t.id) AS n, count(*) OVER (PARTITION BY t.b) AS m FROM t) AS d WHERE d.b > 0 AND d.n > 1",
      },
    ],
    mutants: [
      {
        without: "(on-partition ?p ?W)",
        query:
          "SELECT d.id, d.n FROM (SELECT t.id, t.b, sum(t.b) OVER (PARTITION BY t.a ORDER BY t.id) AS n FROM t) AS d WHERE d.b > 0",
      },
      {
        without: "(on-partition ?p ?W)",
        query:
          "SELECT d.id, d.n, d.m FROM (SELECT t.id, t.a, sum(t.b) OVER (PARTITION BY t.a) AS n, count(*) OVER (PARTITION BY t.b) AS m FROM t) AS d WHERE d.a > 0",
      },
      {
        without: "(by-value ?p)",
        query:
          "SELECT d.n FROM (SELECT z.k, count(*) OVER (PARTITION BY z.k) AS n FROM z) AS d WHERE CAST(d.k AS VARCHAR) = '0.0'",
      },
      {
        without: "(by-value ?p)",
        schema: FEW,
        query:
          "SELECT d.k, d.n FROM (SELECT n.k, count(*) OVER (PARTITION BY n.k) AS n FROM n) AS d WHERE random() < 0.5",
        by: "draws",
      },
    ],
  },
]

/** Filtered by what a `compute` above the query's relation defines. */
function filteredByItsDefinition({ columns, input }: Out): Out {
  const drawn = columns.at(-1)
  if (!drawn) throw new Error("a column")
  const definition: Definition = { id: "drawn", expr: drawn.expr }
  const { type, nullable } = drawn.expr
  const column = { kind: "column", id: definition.id, type, nullable } as const
  return {
    columns: [...columns.slice(0, -1), { name: "k", expr: column }],
    input: {
      kind: "filter",
      predicates: [column],
      input: { kind: "compute", definitions: [definition], input },
    },
  }
}
