import type { RuleCase } from "../case.js"
import { guardText, ruleOf } from "../fire.js"
import { FEW } from "./tables.js"

const BASE = `
CREATE TABLE g (k INTEGER, l INTEGER, b BOOLEAN, x INTEGER, m DECIMAL(6, 2), y DOUBLE, s VARCHAR);
CREATE TABLE u (id INTEGER PRIMARY KEY, a INTEGER, c INTEGER);
CREATE TABLE v (a INTEGER, d INTEGER);`

const AGGREGATES = `count(*) AS n1, count(g.x) AS n2, sum(g.x) AS n3, min(g.x) AS n4, max(g.s) AS n5,
  avg(g.x) AS n6, bool_or(g.b) AS n7, bool_and(g.b) AS n8, bit_or(g.x) AS n9, bit_xor(g.x) AS n10,
  count_if(g.b) AS n11, sum(g.m) AS n12, sum(g.x) FILTER (WHERE g.b) AS n13, count(g.x) FILTER (WHERE g.b) AS n14,
  avg(g.x) FILTER (WHERE g.l > 0) AS n15, count(*) FILTER (WHERE g.l > 0) AS n16, count(DISTINCT g.l) AS n17,
  sum(DISTINCT g.l) AS n18, min(g.s) FILTER (WHERE g.k > 0) AS n19, max(g.k) AS n20, sum(g.b) AS n21`

const PARTS = `count(*) AS n1, count(g.x) AS n2, sum(g.x) AS n3, min(g.x) AS n4, max(g.s) AS n5,
  bool_or(g.b) AS n7, bool_and(g.b) AS n8, bit_or(g.x) AS n9, bit_xor(g.x) AS n10, count_if(g.b) AS n11,
  sum(g.m) AS n12, sum(g.x) FILTER (WHERE g.b) AS n13, count(g.x) FILTER (WHERE g.b) AS n14, min(g.s) AS n19, sum(g.b) AS n21`

const FLOATS = "SELECT g.k, g.l, sum(g.y) AS n FROM g GROUP BY g.k, g.l"
const BY_FLOAT = "SELECT g.k, g.l, g.y, count(*) AS n FROM g GROUP BY g.k, g.l, g.y"
const FINER = `SELECT g.k, g.l, ${PARTS} FROM g GROUP BY g.k, g.l`

/** What stands over a root, and between it and the aggregate. */
interface Parts {
  readonly table: string
  readonly filter: string
  /** One table and another, to join, with their conditions. */
  readonly joined: string
  readonly on: string
  readonly second: string
  readonly secondOn: string
}

const BODIES = {
  "root-agg": ({ table }: Parts) => table,
  "root-agg-filter": ({ table, filter }: Parts) => `${table} WHERE ${filter}`,
  "root-left": ({ table, joined, on }: Parts) => `${table} LEFT JOIN ${joined} ON ${on}`,
  "root-left-filter": ({ table, joined, on, filter }: Parts) =>
    `${table} LEFT JOIN ${joined} ON ${on} WHERE ${filter}`,
  "root-filter-left": ({ table, joined, on, filter }: Parts) =>
    `(SELECT * FROM ${table} WHERE ${filter}) AS ${table} LEFT JOIN ${joined} ON ${on}`,
  "root-left-left": ({ table, joined, on, second, secondOn }: Parts) =>
    `${table} LEFT JOIN ${joined} ON ${on} LEFT JOIN ${second} ON ${secondOn}`,
  "root-join": ({ table, joined, on, filter }: Parts) =>
    `${table} JOIN ${joined} ON ${on} WHERE ${filter}`,
} as const

type RootRule = keyof typeof BODIES

const PARTS_OF_BASE: Parts = {
  table: "g",
  filter: "g.l >= 0 OR g.k = 1",
  joined: "u",
  on: "u.a = g.k AND u.c >= g.l",
  second: "v",
  secondOn: "v.a = g.l AND v.d = u.c",
}
const FEW_PARTS: Parts = {
  table: "n",
  filter: "n.k OR NOT n.k",
  joined: "p",
  on: "TRUE",
  second: "q",
  secondOn: "TRUE",
}
const DRAW = "random() < 0.5"

function drawn(rule: RootRule, key: string, parts: Partial<Parts>, count = "count(*)") {
  const body = BODIES[rule]({ ...FEW_PARTS, ...parts })
  return {
    schema: FEW,
    finer: "SELECT n.k, count(*) AS c FROM n GROUP BY n.k",
    query: `SELECT ${key}, ${count} AS m FROM ${body} GROUP BY 1`,
    by: "draws" as const,
  }
}

function aggregated(rule: RootRule): RuleCase {
  const has = (guard: string) => ruleOf(rule).guards.map(guardText).includes(guard)
  const body = BODIES[rule](PARTS_OF_BASE)
  const grouped = (key: string, aggregates: string) =>
    `SELECT ${key}, ${aggregates} FROM ${body} GROUP BY ${key.replace(/ AS \w+$/, "")}`
  const plain = grouped("g.k", "count(*) AS n")
  const raising =
    "SELECT g.k, g.l, count(*) AS n, max(CAST(g.s AS INTEGER)) AS i FROM g GROUP BY g.k, g.l"
  return {
    rule,
    schema: BASE,
    finer: FINER,
    query: grouped("g.k", AGGREGATES),
    more: [
      { query: `SELECT ${AGGREGATES} FROM ${body}` },
      { query: grouped("g.k + g.l AS z", AGGREGATES) },
      ...(body.includes("JOIN")
        ? [
            {
              query: grouped("u.c", `max(u.id) AS i, count(DISTINCT u.a) AS j, ${AGGREGATES}`),
            },
          ]
        : []),
      // What the root computes may raise only where the aggregate here computes it of every row too.
      ...(has("(total ?B)")
        ? []
        : [
            { query: grouped("g.k", "max(CAST(g.s AS INTEGER)) AS i"), finer: raising },
            { query: plain, finer: raising, fires: false },
          ]),
      // Only those of the root's own rows: not of what the aggregate is of repeated ones, nor of floats.
      { query: grouped("g.k", "min(g.l, 2) AS m"), fires: false },
      { query: grouped("g.k", "sum(g.y) AS m"), finer: FLOATS, fires: false },
      { query: grouped("g.k", "list(g.l) AS m"), fires: false },
      { query: grouped("g.b", "count(*) AS m"), fires: false },
      // A key of the root is one of the equal values of its group.
      {
        query: grouped("CAST(g.y AS VARCHAR) AS z", "count(*) AS m"),
        finer: BY_FLOAT,
        fires: false,
      },
      {
        query: grouped("g.y", "count(DISTINCT CAST(g.y AS VARCHAR)) AS m"),
        finer: BY_FLOAT,
        fires: false,
      },
      { query: grouped("g.k", "sum(g.x) FILTER (WHERE g.s = 'a') AS m"), fires: false },
    ],
    mutants: [
      {
        without: "(total ?L)",
        query: plain,
        finer: "SELECT g.k, g.l, CAST(g.s AS INTEGER) AS i, count(*) AS n FROM g GROUP BY ALL",
        by: "error",
      },
      ...(has("(total ?B)")
        ? [
            {
              without: "(total ?B)",
              query: grouped("g.k", "max(CAST(g.s AS INTEGER)) AS i"),
              finer: raising,
              by: "error" as const,
            },
          ]
        : []),
      { without: "(deterministic ?K)", ...drawn(rule, `${DRAW} AS k`, {}) },
      {
        without: "(deterministic ?A)",
        ...drawn(rule, "n.k", {}, `count(*) FILTER (WHERE ${DRAW})`),
      },
      ...(has("(deterministic ?P)")
        ? [{ without: "(deterministic ?P)", ...drawnBelow(rule) }]
        : []),
      ...(has("(deterministic ?Q)")
        ? [
            {
              without: "(deterministic ?Q)",
              ...(rule === "root-left-left"
                ? drawn(rule, "q.y", { secondOn: DRAW })
                : drawn(rule, "p.x", { on: DRAW })),
            },
          ]
        : []),
      {
        without: "(grouped ?L)",
        schema: FEW,
        finer: "SELECT count(*) AS c FROM n",
        query: `SELECT 1 AS one, count(*) AS m FROM ${BODIES[rule]({ ...FEW_PARTS, filter: "1 < 2" })} GROUP BY 1`,
      },
    ],
  }
}

/** P is the lower condition of two joins, or the filter. */
function drawnBelow(rule: RootRule) {
  return rule === "root-left-left"
    ? drawn(rule, "p.x", { on: DRAW })
    : drawn(rule, "n.k", { filter: DRAW })
}

function distinct(rule: "root-distinct" | "root-distinct-filter"): RuleCase {
  const body = (filter: string) => (rule === "root-distinct" ? "" : `WHERE ${filter}`)
  const query = `SELECT DISTINCT g.k, g.k + g.l AS z FROM g ${body("g.l >= 0 OR g.k = 1")}`
  const drawn = (key: string, filter: string) => ({
    schema: FEW,
    finer: "SELECT r.one, count(*) AS c FROM r GROUP BY r.one",
    query: `SELECT DISTINCT ${key} FROM r ${body(filter)}`,
    by: "draws" as const,
  })
  return {
    rule,
    schema: BASE,
    finer: FINER,
    query,
    more: [{ query: `SELECT DISTINCT g.k, g.b FROM g ${body("g.k > 0")}`, fires: false }],
    mutants: [
      {
        without: "(total ?L)",
        query,
        finer: "SELECT g.k, g.l, CAST(g.s AS INTEGER) AS i FROM g GROUP BY ALL",
        by: "error",
      },
      {
        without: "(total ?B)",
        query,
        finer: "SELECT g.k, g.l, max(CAST(g.s AS INTEGER)) AS i FROM g GROUP BY g.k, g.l",
        by: "error",
      },
      { without: "(deterministic ?D)", ...drawn(`${DRAW} AS k`, "r.one = 1") },
      ...(rule === "root-distinct"
        ? []
        : [{ without: "(deterministic ?P)", ...drawn("r.one", "random() < 0.3") }]),
      {
        without: "(grouped ?L)",
        schema: FEW,
        finer: "SELECT count(*) AS c FROM n",
        query: `SELECT DISTINCT 1 AS one FROM n ${body("1 < 2")}`,
      },
    ],
  }
}

export const SHARING: readonly RuleCase[] = [
  ...(Object.keys(BODIES) as RootRule[]).map(aggregated),
  distinct("root-distinct"),
  distinct("root-distinct-filter"),
]
