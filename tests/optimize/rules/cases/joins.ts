import type { RuleCase } from "../case.js"
import { FEW, TREE } from "./tables.js"

export const JOINS: readonly RuleCase[] = [
  {
    rule: "join-of-one",
    query: "SELECT f.x FROM f JOIN t ON f.t_id = t.id",
    also: ["join-by-foreign-key-out"],
    mutants: [{ right: "(limit lit:INTEGER:1 none ?R)" }],
  },
  {
    rule: "join-flatten",
    query:
      "SELECT v.d, q.c FROM v CROSS JOIN (SELECT u.c, f.x FROM u JOIN f ON f.u_id < u.id) AS q WHERE q.x < v.a",
    also: ["join-filter"],
    mutants: [{ right: "(join ?rs...)" }],
  },
  {
    rule: "join-filter",
    query: "SELECT v.d, q.c FROM v JOIN (SELECT u.a, u.c FROM u WHERE u.c > 0) AS q ON q.a <= v.a",
    mutants: [
      {
        without: "(deterministic ?P)",
        query: "SELECT w.z FROM w CROSS JOIN (SELECT p.x FROM p WHERE random() < 0.5) AS d",
        schema: FEW,
        by: "draws",
      },
    ],
  },
  {
    rule: "join-left",
    query:
      "SELECT v.d, q.a, q.c FROM v JOIN (SELECT t.a, u.c FROM t LEFT JOIN u ON u.a = t.a) AS q ON q.a = v.a OR q.c = v.d",
    mutants: [
      {
        without: "(deterministic ?Q)",
        query:
          "SELECT w.z FROM w CROSS JOIN (SELECT q.y FROM p LEFT JOIN q ON random() < 0.5) AS d",
        schema: FEW,
        by: "draws",
      },
    ],
  },
  ...["agg", "distinct", "out"].map((closed): RuleCase => ({
    rule: `join-by-foreign-key-${closed}`,
    query: closing(closed, "f.x, f.u_id", "f JOIN t ON f.t_id = t.id AND f.x > 0"),
    mutants: [
      {
        // t.a is no key, and t does not hold every value of v.a.
        without: "(references ?a ?b ?R)",
        query: closing(closed, "v.d, v.s", "v JOIN t ON v.a = t.a"),
      },
      ...(closed === "agg"
        ? [
            {
              without: "(unused ?K ?R)",
              query: "SELECT t.b, count(*) AS n FROM f JOIN t ON f.t_id = t.id GROUP BY t.b",
              by: "columns" as const,
            },
            {
              without: "(unused ?A ?R)",
              query: "SELECT f.x, sum(t.b) AS n FROM f JOIN t ON f.t_id = t.id GROUP BY f.x",
              by: "columns" as const,
            },
          ]
        : [
            {
              without: closed === "out" ? "(unused ?C ?R)" : "(unused ?D ?R)",
              query: closing(closed, "f.x, t.b", "f JOIN t ON f.t_id = t.id"),
              by: "columns" as const,
            },
          ]),
      {
        without: "(unused ?ps... ?R)",
        query: closing(closed, "f.x, f.u_id", "f JOIN t ON f.t_id = t.id AND t.b > 0"),
        by: "columns",
      },
      {
        without: "(unused ?a ?R)",
        schema: TREE,
        query: closing(closed, "v.a, v.d", "v JOIN r ON r.up = r.id"),
        by: "columns",
      },
    ],
  })),
]

/** A query in which a column list, DISTINCT or GROUP BY stands directly over a FROM clause. */
export function closing(closed: string, columns: string, from: string): string {
  if (closed === "out") return `SELECT ${columns} FROM ${from}`
  if (closed === "distinct") return `SELECT DISTINCT ${columns} FROM ${from}`
  const [key, value] = columns.split(", ")
  return `SELECT ${key}, count(*) AS n, count(${value}) AS m FROM ${from} GROUP BY ${key}`
}
