import type { Mutant, RuleCase } from "../case.js"
import { closing } from "./joins.js"
import { FEW, TREE } from "./tables.js"

const CLOSED = ["agg", "distinct", "out"] as const

/** What a query mustn't mention of the other side: keys and aggregates, or the shown columns. */
function unused(closed: string, from: string): Mutant[] {
  const by = "columns" as const
  if (closed !== "agg")
    return [
      {
        without: closed === "out" ? "(unused ?C ?R)" : "(unused ?D ?R)",
        query: closing(closed, "t.id, u.c", from),
        by,
      },
    ]
  return [
    {
      without: "(unused ?K ?R)",
      query: `SELECT u.c, max(t.id) AS m FROM ${from} GROUP BY u.c`,
      by,
    },
    { without: "(unused ?A ?R)", query: `SELECT t.a, max(u.c) AS m FROM ${from} GROUP BY t.a`, by },
  ]
}

export const OUTER_JOIN: readonly RuleCase[] = [
  ...(["agg", "out"] as const).map((closed): RuleCase => ({
    rule: `left-unused-${closed}`,
    query: closing(closed, "t.a, t.b", "t LEFT JOIN u ON u.id = t.a AND u.c > 0"),
    more: [
      {
        query: closing(
          closed,
          "v.a, v.d",
          "v LEFT JOIN (SELECT t.a, count(*) AS n FROM t GROUP BY t.a) AS d ON d.a = v.a",
        ),
      },
      {
        query: closing(
          closed,
          "v.a, v.d",
          "v LEFT JOIN (SELECT t.id, u.c FROM t LEFT JOIN u ON t.a = u.id) AS d ON d.id = v.a",
        ),
      },
      {
        query: closing(
          closed,
          "v.a, v.d",
          "v LEFT JOIN (SELECT t.id, u.c FROM t JOIN u ON t.id = u.id) AS d ON d.id = v.d + 1",
        ),
      },
    ],
    mutants: [
      {
        without: "(at-most-one ?R ?Q)",
        query: closing(closed, "t.a, t.b", "t LEFT JOIN u ON u.a = t.a"),
      },
      {
        without: "(at-most-one ?R ?Q)",
        query: closing(closed, "t.a, t.b", "t LEFT JOIN u ON u.id < t.a"),
      },
      {
        without: "(at-most-one ?R ?Q)",
        query: closing(closed, "t.a, t.b", "t LEFT JOIN u ON u.id = t.a OR u.c = t.a"),
      },
      {
        without: "(at-most-one ?R ?Q)",
        query: closing(
          closed,
          "v.a, v.d",
          "v LEFT JOIN (SELECT t.id, u.c FROM t LEFT JOIN u ON t.a = u.a) AS d ON d.id = v.a",
        ),
      },
      {
        // 2^53 and 2^53 + 1 are one DOUBLE.
        without: "(at-most-one ?R ?Q)",
        schema: "CREATE TABLE t (a DOUBLE, b INTEGER); CREATE TABLE w (k HUGEINT PRIMARY KEY)",
        query: closing(closed, "t.a, t.b", "t LEFT JOIN w ON w.k = t.a"),
      },
      ...unused(closed, "t LEFT JOIN u ON u.id = t.a"),
    ],
  })),
  {
    rule: "left-unused-distinct",
    query: closing("distinct", "t.a, t.b", "t LEFT JOIN u ON u.a = t.a"),
    mutants: [
      ...unused("distinct", "t LEFT JOIN u ON u.a = t.a"),
      {
        without: "(deterministic ?D)",
        schema: FEW,
        query: "SELECT DISTINCT p.x, random() < 0.5 AS k FROM p LEFT JOIN n ON TRUE",
        by: "draws",
      },
    ],
  },
  {
    rule: "left-unused-repeats",
    query:
      "SELECT t.a, max(t.b) AS m, count(DISTINCT t.s) AS n FROM t LEFT JOIN u ON u.a = t.a GROUP BY t.a",
    mutants: [
      {
        without: "(duplicate-insensitive ?A)",
        query: "SELECT t.a, sum(t.b) AS m FROM t LEFT JOIN u ON u.a = t.a GROUP BY t.a",
      },
      {
        without: "(duplicate-insensitive ?A)",
        query: "SELECT t.a, max(t.b, 2) AS m FROM t LEFT JOIN u ON u.a = t.a GROUP BY t.a",
      },
      ...unused("agg", "t LEFT JOIN u ON u.a = t.a"),
      {
        without: "(deterministic ?K)",
        schema: FEW,
        query: "SELECT random() < 0.5 AS k, max(p.x) AS m FROM p LEFT JOIN n ON TRUE GROUP BY 1",
        by: "draws",
      },
      {
        without: "(deterministic ?A)",
        schema: FEW,
        query: "SELECT bool_and(random() < 0.7) AS k FROM p LEFT JOIN n ON TRUE",
        by: "draws",
      },
    ],
  },
  ...CLOSED.flatMap((closed) => [second(closed), third(closed)]),
  ...CLOSED.map((closed): RuleCase => ({
    rule: `left-to-inner-${closed}`,
    query: closing(closed, "t.a, u.c", "t LEFT JOIN u ON u.a = t.a AND u.c >= t.b WHERE u.id > 0"),
    more: [
      {
        query: closing(
          closed,
          "t.a, u.c",
          "t LEFT JOIN u ON u.a = t.a WHERE u.c IS NOT NULL AND t.b + u.c < 3",
        ),
      },
      {
        query: closing(
          closed,
          "t.a, u.c",
          "t LEFT JOIN u ON u.a = t.a WHERE (u.c > 0 AND t.b > 0) OR NOT u.c = 1",
        ),
      },
      {
        query: closing(
          closed,
          "t.a, d.n",
          "t LEFT JOIN (SELECT u.a, v.d AS n FROM u LEFT JOIN v ON v.a = u.c) AS d ON d.a = t.a WHERE d.a IN (1, 2, NULL)",
        ),
      },
      {
        query: closing(
          closed,
          "t.a, d.k",
          "t LEFT JOIN (SELECT u.a, coalesce(u.c, 7) AS k FROM u) AS d ON d.a = t.a WHERE d.k > 0",
        ),
      },
    ],
    mutants: [
      "u.c IS NULL",
      "coalesce(u.c, 1) > 0",
      "u.c > 0 OR t.b > 0",
      "u.c IS DISTINCT FROM 0",
      "t.b > 0",
      "CASE WHEN u.c > 0 THEN TRUE ELSE t.b > 0 END",
    ].map((condition) => ({
      without: "(rejects-null ?P ?R)",
      query: closing(closed, "t.a, u.c", `t LEFT JOIN u ON u.a = t.a WHERE ${condition}`),
    })),
  })),
  ...CLOSED.map((closed): RuleCase => {
    const read = { agg: "?K ?A", distinct: "?D", out: "?C" }[closed]
    const needed = `(needed ?R ${read})`
    return {
      rule: `left-by-foreign-key-${closed}`,
      query: closing(closed, "f.x, u.c", "f LEFT JOIN u ON f.u_id = u.id"),
      more: [
        {
          query: closing(
            closed,
            "f.x, d.n",
            "f LEFT JOIN (SELECT u.id, count(*) AS n FROM u GROUP BY u.id) AS d ON f.u_id = d.id",
          ),
        },
      ],
      mutants: [
        {
          without: "(references ?a ?b ?R)",
          query: closing(closed, "f.x, u.c", "f LEFT JOIN u ON f.u_id = u.a"),
        },
        {
          without: "(references ?a ?b ?R)",
          query: closing(closed, "t.a, u.c", "t LEFT JOIN u ON t.b = u.id"),
        },
        {
          without: "(references ?a ?b ?R)",
          query: closing(
            closed,
            "f.x, d.c",
            "f LEFT JOIN (SELECT u.id, u.c FROM u WHERE u.c > 0) AS d ON f.u_id = d.id",
          ),
        },
        {
          without: "(references ?a ?b ?R)",
          query: closing(
            closed,
            "f.x, d.c",
            "f LEFT JOIN (SELECT u.id, u.c FROM u LIMIT 1) AS d ON f.u_id = d.id",
          ),
        },
        {
          without: "(not-null ?L ?a)",
          query: closing(closed, "f.x, t.a", "f LEFT JOIN t ON f.t_id = t.id"),
        },
        {
          without: needed,
          steers: "a join that nothing reads goes away, by another rule",
          query: closing(closed, "f.x, f.t_id", "f LEFT JOIN u ON f.u_id = u.id"),
        },
        {
          without: "(stored ?L)",
          steers: "in a chain of joins each could be either, as many classes as it has subsets",
          query: closing(
            closed,
            "d.x, t.a",
            "(SELECT f.t_id, f.x FROM f WHERE f.t_id > -1) AS d LEFT JOIN t ON d.t_id = t.id",
          ),
        },
        {
          without: "(covers ?L ?a)",
          schema: TREE,
          query: closing(closed, "v.a, r.x", "v LEFT JOIN r ON r.up = r.id"),
        },
      ],
    }
  }),
]

/** An unused join under one that is used. */
function second(closed: string): RuleCase {
  const from = "t LEFT JOIN u ON u.id = t.a LEFT JOIN v ON v.a = t.b AND v.d >= t.id"
  return {
    rule: `left-unused-second-${closed}`,
    query: closing(closed, "t.a, v.d", from),
    mutants: [
      ...unusedBelow(closed, from),
      {
        without: "(unused ?P ?R)",
        query: closing(closed, "t.a, v.d", "t LEFT JOIN u ON u.id = t.a LEFT JOIN v ON v.a = u.c"),
        by: "columns",
      },
      ...draws(closed, "p LEFT JOIN n ON TRUE LEFT JOIN q ON random() < 0.5", "(deterministic ?P)"),
    ],
  }
}

/** An unused join under two that are used. */
function third(closed: string): RuleCase {
  const chain = "t LEFT JOIN u ON u.id = t.a"
  const from = `${chain} LEFT JOIN v ON v.a = t.b LEFT JOIN f ON f.x = v.d AND f.u_id >= t.id`
  return {
    rule: `left-unused-third-${closed}`,
    query: closing(closed, "t.a, f.x", from),
    mutants: [
      ...unusedBelow(closed, from),
      {
        without: "(unused ?P ?R)",
        query: closing(
          closed,
          "t.a, f.x",
          `${chain} LEFT JOIN v ON v.a = u.c LEFT JOIN f ON f.x = v.d`,
        ),
        by: "columns",
      },
      {
        without: "(unused ?O ?R)",
        query: closing(
          closed,
          "t.a, f.x",
          `${chain} LEFT JOIN v ON v.a = t.b LEFT JOIN f ON f.x = u.c`,
        ),
        by: "columns",
      },
      ...draws(
        closed,
        "p LEFT JOIN n ON TRUE LEFT JOIN q ON random() < 0.5 LEFT JOIN w ON w.z = q.y",
        "(deterministic ?P)",
      ),
      ...draws(
        closed,
        "p LEFT JOIN n ON TRUE LEFT JOIN w ON w.z = p.x LEFT JOIN q ON random() < 0.5",
        "(deterministic ?O)",
      ),
    ],
  }
}

function unusedBelow(closed: string, from: string): Mutant[] {
  const repeats = from.replace("u.id = t.a", "u.a = t.a")
  const values = from.includes("f.x") ? "f.x" : "v.d"
  return [
    ...unused(closed, from),
    ...(closed === "distinct"
      ? [
          {
            without: "(deterministic ?D)",
            schema: FEW,
            query: `SELECT DISTINCT p.x, random() < 0.5 AS k FROM p LEFT JOIN n ON TRUE LEFT JOIN q ON q.y = p.x ${from.includes("f.x") ? "LEFT JOIN w ON w.z = p.x" : ""}`,
            by: "draws" as const,
          },
        ]
      : [{ without: "(at-most-one ?R ?Q)", query: closing(closed, `t.a, ${values}`, repeats) }]),
  ]
}

/** Under DISTINCT the unused join may repeat rows, and a draw is made for each. */
function draws(closed: string, from: string, without: string): Mutant[] {
  if (closed !== "distinct") return []
  return [{ without, schema: FEW, query: `SELECT DISTINCT p.x, q.y FROM ${from}`, by: "draws" }]
}
