import type { RuleCase } from "../case.js"
import { FEW } from "./tables.js"

export const DISTINCT: readonly RuleCase[] = [
  {
    rule: "distinct-distinct",
    query: "SELECT DISTINCT d.k % 2 AS k FROM (SELECT DISTINCT t.a + 1 AS k, t.b FROM t) AS d",
    mutants: [
      {
        without: "(by-value ?D)",
        query: "SELECT DISTINCT CAST(d.k AS VARCHAR) AS k FROM (SELECT DISTINCT z.k FROM z) AS d",
      },
      {
        without: "(by-value ?D)",
        schema: FEW,
        query: "SELECT DISTINCT random() < 0.5 AS k FROM (SELECT DISTINCT r.one FROM r) AS d",
        by: "draws",
      },
      {
        without: "(deterministic ?E)",
        schema: FEW,
        query:
          "SELECT DISTINCT d.k AS a, NOT d.k AS b FROM (SELECT DISTINCT p.x, random() < 0.5 AS k FROM p) AS d",
        by: "draws",
      },
    ],
  },
  {
    rule: "distinct-keyed",
    query: "SELECT DISTINCT t.id, t.a, t.b, t.s FROM t",
    more: [
      {
        query: "SELECT DISTINCT d.a, d.n FROM (SELECT t.a, count(*) AS n FROM t GROUP BY t.a) AS d",
      },
      {
        query:
          "SELECT DISTINCT t.id, t.a, t.b, t.s, u.id AS uid, u.a AS ua, u.c FROM t LEFT JOIN u ON u.a = t.a",
      },
      {
        query: "SELECT DISTINCT v.a, u.id, u.a AS ua, u.c, v.d, v.s FROM v JOIN u ON u.id = v.a",
        fires: false,
      },
    ],
    mutants: [
      { without: "(keyed ?R ?D)", query: "SELECT DISTINCT v.a, v.d, v.s FROM v" },
      {
        without: "(keyed ?R ?D)",
        schema: "CREATE TABLE x (k INTEGER UNIQUE, l INTEGER)",
        query: "SELECT DISTINCT x.k, x.l FROM x",
      },
      { without: "(shows ?D ?R)", query: "SELECT DISTINCT t.id, t.a FROM t", by: "columns" },
    ],
  },
  {
    rule: "distinct-keyed-out",
    query: "SELECT d.k, d.id FROM (SELECT DISTINCT t.id, t.a + 1 AS k FROM t) AS d",
    more: [
      {
        query:
          "SELECT DISTINCT f.u_id, u.id, f.x FROM (SELECT DISTINCT f.u_id, f.x FROM f) AS f JOIN u ON u.id = f.u_id",
      },
      { query: "SELECT DISTINCT t.id, t.a FROM t SEMI JOIN v ON v.a = t.a" },
      {
        query:
          "SELECT DISTINCT t.id, v.a, v.d FROM t LEFT JOIN (SELECT DISTINCT v.a, v.d FROM v) AS v ON v.a = t.a",
      },
      { query: "SELECT DISTINCT t.a FROM t WHERE t.id = 1" },
    ],
    mutants: [
      { without: "(keyed ?R ?D)", query: "SELECT DISTINCT t.a, t.b FROM t" },
      { without: "(keyed ?R ?D)", query: "SELECT DISTINCT t.id, u.c FROM t JOIN u ON u.a = t.a" },
      {
        without: "(keyed ?R ?D)",
        query: "SELECT DISTINCT t.id, u.c FROM t FULL JOIN u ON u.id = t.a",
      },
      {
        without: "(deterministic ?D)",
        schema: FEW,
        query:
          "SELECT d.k AS a, d.k AS b FROM (SELECT DISTINCT p.x, random() < 0.5 AS k FROM p) AS d",
        by: "draws",
      },
    ],
  },
  ...["semi", "anti"].map((kind): RuleCase => ({
    rule: `${kind}-distinct`,
    query: `SELECT t.id FROM t ${kind.toUpperCase()} JOIN (SELECT DISTINCT v.a + 1 AS k, v.d FROM v) AS d ON d.k = t.a AND d.d <= t.b`,
    mutants: [
      {
        without: "(deterministic ?D)",
        schema: FEW,
        query: `SELECT p.x FROM p ${kind.toUpperCase()} JOIN (SELECT DISTINCT q.y, random() < 0.5 AS k FROM q) AS d ON d.k <> d.k`,
        by: "draws",
      },
      {
        without: "(by-value ?Q)",
        query: `SELECT t.id FROM t ${kind.toUpperCase()} JOIN (SELECT DISTINCT z.k FROM z) AS d ON CAST(d.k AS VARCHAR) = '0.0'`,
      },
      {
        without: "(by-value ?Q)",
        schema: FEW,
        query: `SELECT p.x FROM p ${kind.toUpperCase()} JOIN (SELECT DISTINCT r.one FROM r) AS d ON random() < 0.3`,
        by: "draws",
      },
    ],
  })),
]
