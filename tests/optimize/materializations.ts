import type { RelationStatistics } from "../../src/engine/statistics.js"

// What a model becomes: `auto` is a view or a table, as pays; what is declared stays; what a text leaves
// open is drawn once.

export interface Case {
  /** By name; `kind: text`. */
  readonly models: Readonly<Record<string, string>>
  /** Of models whose materialization is looked at. */
  readonly become: Readonly<Record<string, "view" | "table">>
  /** Models that read one of these by its name, however the plan has them. */
  readonly read?: Readonly<Record<string, readonly string[]>>
  /** Models whose rows their texts leave open. */
  readonly open?: readonly string[]
  /** How a hidden table of the plan is called. */
  readonly hidden?: RegExp
  readonly rows?: number
}

export const SOURCES = `sources:
  raw.events:
    table: main.events
    key: [id]
    columns: { id: { type: INTEGER, not_null: true }, user_id: { type: INTEGER }, kind: { type: VARCHAR }, day: { type: DATE, not_null: true }, price: { type: DOUBLE } }
`

export const TABLES = `CREATE OR REPLACE TABLE main.events AS
  SELECT CAST(i AS INTEGER) AS id, CAST(i % 7 AS INTEGER) AS user_id, 'k' || i % 3 AS kind, DATE '2024-01-01' + CAST(i % 40 AS INTEGER) AS day, i * 0.1 AS price
  FROM range(400) AS r (i)`

export const statistics = (rows: number): ReadonlyMap<string, RelationStatistics> =>
  new Map([
    [
      "raw.events",
      {
        rows,
        columns: new Map([
          ["user_id", { distinct: Math.ceil(rows / 1000) }],
          ["kind", { distinct: 3 }],
          ["day", { distinct: 40 }],
        ]),
      },
    ],
  ])

const EVENTS = "smelt.source('raw.events')"
const of = (name: string) => `smelt.ref('${name}')`

// Distinct values cannot be counted from the counts of parts: consumers count them again, or read them.
const GROUPED = `SELECT e.user_id, e.kind, e.day, count(DISTINCT e.id) AS place FROM ${EVENTS} AS e GROUP BY e.user_id, e.kind, e.day`
const by = (column: string, from: string) =>
  `SELECT r.${column}, count(*) AS n, max(r.place) AS top FROM ${of(from)} AS r GROUP BY r.${column}`

const OPEN: Readonly<Record<string, string>> = {
  "a limit without an order": `SELECT e.id, e.user_id, e.kind FROM ${EVENTS} AS e LIMIT 50`,
  "a rank among equals": `SELECT e.id, e.user_id, e.kind, row_number() OVER (ORDER BY e.kind) AS n FROM ${EVENTS} AS e`,
  "any value of a group": `SELECT e.user_id, any_value(e.kind) AS kind, min(e.id) AS id FROM ${EVENTS} AS e GROUP BY e.user_id`,
  "a sum of floats": `SELECT e.user_id, e.kind, sum(e.price / 3) AS spent, min(e.id) AS id FROM ${EVENTS} AS e GROUP BY e.user_id, e.kind`,
  "a draw": `SELECT e.id, e.user_id, e.kind, random() AS draw FROM ${EVENTS} AS e`,
}

const LARGE = 10_000_000

// prettier-ignore
export const CASES: Readonly<Record<string, Case>> = {
  "auto that several heavy marts consume becomes a table": {
    models: { grouped: `auto: ${GROUPED}`, users: `table: ${by("user_id", "grouped")}`, kinds: `table: ${by("kind", "grouped")}`, days: `table: ${by("day", "grouped")}` },
    become: { grouped: "table" },
    read: { grouped: ["users", "kinds", "days"] },
    rows: LARGE,
  },
  "auto that one consumes stays a view": {
    models: { grouped: `auto: ${GROUPED}`, users: `table: ${by("user_id", "grouped")}` },
    become: { grouped: "view" },
    rows: LARGE,
  },
  "auto that nothing consumes is a table": {
    models: { grouped: `auto: ${GROUPED}` },
    become: { grouped: "table" },
  },
  "auto that only renames stays a view, whoever consumes it": {
    models: { named: `auto: SELECT e.user_id, e.kind, e.day, e.id AS place FROM ${EVENTS} AS e`, users: `table: ${by("user_id", "named")}`, kinds: `table: ${by("kind", "named")}`, days: `table: ${by("day", "named")}` },
    become: { named: "view" },
    rows: LARGE,
  },
  "a declared view stays one, and a hidden table holds what its consumers share": {
    models: { grouped: `view: ${GROUPED}`, users: `table: ${by("user_id", "grouped")}`, kinds: `table: ${by("kind", "grouped")}`, days: `table: ${by("day", "grouped")}` },
    become: { grouped: "view" },
    hidden: /^smelt__grouped_[0-9a-f]+$/,
    rows: LARGE,
  },
  "a declared table stays one, though nothing is cheaper than its text": {
    models: { named: `table: SELECT e.user_id, e.kind, e.day, e.id AS place FROM ${EVENTS} AS e`, users: `table: ${by("user_id", "named")}` },
    become: { named: "table" },
    rows: 1,
  },
  ...Object.fromEntries(
    Object.entries(OPEN).map(([what, text]): [string, Case] => [
      `${what} is drawn once where it is a table`,
      {
        models: { drawn: `table: ${text}`, users: `table: SELECT d.user_id, count(*) AS n FROM ${of("drawn")} AS d GROUP BY d.user_id`, named: `view: SELECT d.user_id, d.kind FROM ${of("drawn")} AS d`, kinds: `table: SELECT n.kind, count(*) AS n FROM ${of("named")} AS n GROUP BY n.kind`, events: `table: SELECT e.kind, count(*) AS n FROM ${EVENTS} AS e GROUP BY e.kind` },
        become: { drawn: "table", named: "view" },
        read: { drawn: ["users", "kinds"] },
        open: ["drawn"],
        rows: 1,
      },
    ]),
  ),
  "auto whose rows are left open stays a view": {
    models: { drawn: `auto: SELECT e.user_id, e.kind, e.day, row_number() OVER (PARTITION BY e.user_id ORDER BY e.kind) AS place FROM ${EVENTS} AS e`, users: `table: ${by("user_id", "drawn")}`, kinds: `table: ${by("user_id", "drawn")}`, days: `table: SELECT d.user_id, max(d.place) AS top FROM ${of("drawn")} AS d GROUP BY d.user_id` },
    become: { drawn: "view" },
    rows: LARGE,
  },
}
