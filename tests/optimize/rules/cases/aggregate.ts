import type { RuleCase } from "../case.js"
import { FEW } from "./tables.js"

/** A draw below that stands twice above: both are the same there. */
const DRAWN_TWICE =
  "SELECT d.k, bool_or(d.k) AS m FROM (SELECT DISTINCT p.x, random() < 0.5 AS k FROM p) AS d GROUP BY d.k"

export const AGGREGATE: readonly RuleCase[] = [
  {
    rule: "key-implied",
    query: "SELECT t.id, t.a, t.s, count(*) AS n FROM t GROUP BY t.id, t.a, t.s",
    more: [
      {
        query:
          "SELECT f.u_id, u.c, sum(f.x) AS n FROM f JOIN u ON f.u_id = u.id GROUP BY f.u_id, u.c",
      },
      {
        query: "SELECT v.a, u.c, count(*) AS n FROM v LEFT JOIN u ON v.a = u.id GROUP BY v.a, u.c",
      },
      { query: "SELECT t.a, u.a AS b, count(*) AS n FROM t JOIN u ON t.a = u.a GROUP BY t.a, u.a" },
      { query: "SELECT t.a, t.b, count(*) AS n FROM t WHERE t.b = 1 GROUP BY t.a, t.b" },
      {
        query:
          "SELECT d.k, d.l, count(*) AS n FROM (SELECT t.a AS k, t.b AS l, min(t.s) AS m FROM t GROUP BY t.a, t.b) AS d JOIN v ON v.a = d.k GROUP BY d.k, d.l, d.m",
      },
    ],
    mutants: [
      {
        without: "(determined ?R ?k ?x ?ks...)",
        query: "SELECT t.a, t.s, count(*) AS n FROM t GROUP BY t.a, t.s",
      },
      {
        without: "(determined ?R ?k ?x ?ks...)",
        query:
          "SELECT z.k, CAST(z.k AS VARCHAR) AS s, count(*) AS n FROM z GROUP BY z.k, CAST(z.k AS VARCHAR)",
      },
    ],
  },
  {
    rule: "count-not-null",
    query: "SELECT t.a, count(t.b) AS n FROM t GROUP BY t.a",
    more: [
      { query: "SELECT count(d.a) AS n FROM (SELECT t.a FROM t WHERE t.a > 0) AS d" },
      { query: "SELECT t.b, count(coalesce(t.a, 0)) AS n FROM t GROUP BY t.b" },
    ],
    mutants: [
      {
        without: "(not-null ?R ?x)",
        query: "SELECT t.b, count(t.a) AS n FROM t GROUP BY t.b",
      },
      {
        without: "(not-null ?R ?x)",
        query: "SELECT t.b, count(u.id) AS n FROM t LEFT JOIN u ON u.a = t.a GROUP BY t.b",
      },
    ],
  },
  {
    rule: "count-if-not-null",
    query: "SELECT t.a, count(t.b) FILTER (WHERE t.b > 0) AS n FROM t GROUP BY t.a",
    mutants: [
      {
        without: "(not-null ?R ?x)",
        query: "SELECT t.b, count(t.a) FILTER (WHERE t.b > 0) AS n FROM t GROUP BY t.b",
      },
    ],
  },
  {
    rule: "agg-distinct",
    query:
      "SELECT d.d, max(d.k) AS m, count(DISTINCT d.k) AS n, bool_or(d.k > 0) AS o FROM (SELECT DISTINCT v.d, v.a + 1 AS k FROM v) AS d GROUP BY d.d",
    more: [
      { query: "SELECT min(d.s) AS m FROM (SELECT DISTINCT v.s, v.a FROM v) AS d" },
      { query: "SELECT d.a % 2 AS k FROM (SELECT DISTINCT v.s, v.a FROM v) AS d GROUP BY d.a % 2" },
    ],
    mutants: [
      {
        without: "(duplicate-insensitive ?A)",
        query: "SELECT sum(d.a) AS m FROM (SELECT DISTINCT v.a, v.d FROM v) AS d",
      },
      {
        without: "(duplicate-insensitive ?A)",
        query: "SELECT min(d.a, 2) AS m FROM (SELECT DISTINCT v.a FROM v) AS d",
      },
      {
        without: "(duplicate-insensitive ?A)",
        query: "SELECT list(d.a) AS m FROM (SELECT DISTINCT v.a FROM v) AS d",
      },
      { without: "(deterministic ?D)", schema: FEW, query: DRAWN_TWICE, by: "draws" },
      {
        without: "(by-value ?K)",
        query:
          "SELECT CAST(d.k AS VARCHAR) AS k, max(d.k) AS m FROM (SELECT DISTINCT z.k FROM z) AS d GROUP BY CAST(d.k AS VARCHAR)",
      },
      {
        without: "(by-value ?A)",
        query:
          "SELECT count(DISTINCT CAST(d.k AS VARCHAR)) AS m FROM (SELECT DISTINCT z.k FROM z) AS d",
      },
      {
        without: "(by-value ?K)",
        schema: FEW,
        query:
          "SELECT random() < 0.5 AS k, max(d.one) AS m FROM (SELECT DISTINCT r.one FROM r) AS d GROUP BY 1",
        by: "draws",
      },
      {
        without: "(by-value ?A)",
        schema: FEW,
        query:
          "SELECT count(DISTINCT random() < 0.5) AS k, max(d.one) AS m FROM (SELECT DISTINCT r.one FROM r) AS d",
        by: "draws",
      },
    ],
  },
  {
    rule: "agg-distinct-keyed",
    query:
      "SELECT d.a, sum(d.id) AS n, count(*) AS m FROM (SELECT DISTINCT t.id, t.a, t.b FROM t) AS d GROUP BY d.a",
    more: [
      {
        query:
          "SELECT d.a, count(*) AS m FROM (SELECT DISTINCT t.id, u.id AS other, t.a FROM t LEFT JOIN u ON u.a = t.a) AS d GROUP BY d.a",
      },
      {
        query:
          "SELECT count(*) AS m FROM (SELECT DISTINCT f.u_id, f.t_id, u.id FROM f JOIN u ON f.u_id = u.id JOIN t ON t.id = f.t_id SEMI JOIN v ON v.a = u.id) AS d",
        fires: false,
      },
    ],
    mutants: [
      {
        without: "(keyed ?R ?D)",
        query: "SELECT d.a, count(*) AS m FROM (SELECT DISTINCT v.a, v.d FROM v) AS d GROUP BY d.a",
      },
      {
        without: "(keyed ?R ?D)",
        query:
          "SELECT d.a, count(*) AS m FROM (SELECT DISTINCT t.id, t.a FROM t LEFT JOIN u ON u.a = t.a) AS d GROUP BY d.a",
      },
      { without: "(deterministic ?D)", schema: FEW, query: DRAWN_TWICE, by: "draws" },
    ],
  },
]
