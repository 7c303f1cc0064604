import type { Grain } from "../../src/catalog/project.js"

/**
 * Incremental models by day over `events` (clock: at) and `refunds` (clock: at), with `users` and
 * `calendar` without clocks. `at` is the text that the refusal must point at, exactly.
 */
export interface RefusedCase {
  readonly name: string
  readonly sql: string
  readonly at: string
  /** A part of the reason. */
  readonly says?: string
  readonly grain?: Grain
  /** Refused although no slice of random data differs: it is not proven. */
  readonly isHarmless?: boolean
}

export const SOURCES = `sources:
  raw.events:
    path: data/events.parquet
    key: [id]
    columns:
      id: { type: BIGINT, not_null: true }
      at: { type: TIMESTAMP, not_null: true }
      user_id: { type: BIGINT }
      kind: { type: VARCHAR }
      amount: { type: BIGINT }
    event_time: at
    changes: append
  raw.refunds:
    path: data/refunds.parquet
    columns:
      event_id: { type: BIGINT }
      at: { type: TIMESTAMP, not_null: true }
      amount: { type: BIGINT }
    event_time: at
    changes: append
  raw.users:
    path: data/users.parquet
    key: [id]
    columns:
      id: { type: BIGINT, not_null: true }
      region: { type: VARCHAR }
      since: { type: DATE }
  raw.calendar:
    path: data/calendar.parquet
    key: [day]
    columns:
      day: { type: DATE, not_null: true }
      holiday: { type: BOOLEAN }
`

export const REFUSED: readonly RefusedCase[] = [
  {
    name: "the time of the run in a filter",
    sql: `SELECT e.at::DATE AS day, e.id
FROM smelt.source('raw.events') AS e
WHERE e.at < current_date`,
    at: "current_date",
    says: "smelt.param",
    isHarmless: true,
  },
  {
    name: "the time of the run in a column",
    sql: `SELECT e.at::DATE AS day, e.id, now() AS loaded_at
FROM smelt.source('raw.events') AS e`,
    at: "now()",
    isHarmless: true,
  },
  {
    name: "the time of the run in a subquery",
    sql: `SELECT e.at::DATE AS day, e.id
FROM smelt.source('raw.events') AS e
WHERE e.user_id IN (SELECT u.id FROM smelt.source('raw.users') AS u WHERE u.since < today() - 7)`,
    at: "today()",
    isHarmless: true,
  },
  {
    name: "lag over days",
    sql: `SELECT e.at::DATE AS day, e.id, lag(e.amount) OVER (PARTITION BY e.user_id ORDER BY e.at) AS previous
FROM smelt.source('raw.events') AS e`,
    at: "lag(e.amount) OVER (PARTITION BY e.user_id ORDER BY e.at)",
  },
  {
    name: "trailing window of seven days",
    sql: `WITH daily AS (
  SELECT e.at::DATE AS day, sum(e.amount) AS total FROM smelt.source('raw.events') AS e GROUP BY e.at::DATE
)
SELECT d.day, sum(d.total) OVER (ORDER BY d.day ROWS BETWEEN 6 PRECEDING AND CURRENT ROW) AS week
FROM daily AS d`,
    at: "sum(d.total) OVER (ORDER BY d.day ROWS BETWEEN 6 PRECEDING AND CURRENT ROW)",
  },
  {
    name: "running total",
    sql: `SELECT e.at::DATE AS day, e.id, sum(e.amount) OVER (ORDER BY e.at) AS running
FROM smelt.source('raw.events') AS e`,
    at: "sum(e.amount) OVER (ORDER BY e.at)",
  },
  {
    name: "row number per user",
    sql: `SELECT e.at::DATE AS day, e.id, row_number() OVER (PARTITION BY e.user_id ORDER BY e.at) AS nth
FROM smelt.source('raw.events') AS e`,
    at: "row_number() OVER (PARTITION BY e.user_id ORDER BY e.at)",
  },
  {
    name: "group without the day",
    sql: `SELECT max(e.at)::DATE AS day, e.user_id, count(*) AS n
FROM smelt.source('raw.events') AS e GROUP BY e.user_id`,
    at: "GROUP BY e.user_id",
  },
  {
    name: "first event of a user as the day",
    sql: `WITH firsts AS (
  SELECT e.user_id, min(e.at) AS first_at FROM smelt.source('raw.events') AS e GROUP BY e.user_id
)
SELECT f.first_at::DATE AS day, count(*) AS users FROM firsts AS f WHERE f.first_at IS NOT NULL GROUP BY f.first_at::DATE`,
    at: "GROUP BY e.user_id",
  },
  {
    name: "group by month under a day",
    sql: `SELECT date_trunc('month', e.at)::DATE AS day, count(*) AS n
FROM smelt.source('raw.events') AS e GROUP BY date_trunc('month', e.at)::DATE`,
    at: "GROUP BY date_trunc('month', e.at)::DATE",
  },
  {
    name: "group by week under a day",
    sql: `SELECT date_trunc('week', e.at) AS day, count(*) AS n
FROM smelt.source('raw.events') AS e GROUP BY date_trunc('week', e.at)`,
    at: "GROUP BY date_trunc('week', e.at)",
  },
  {
    name: "LIMIT",
    sql: `SELECT e.at::DATE AS day, e.id, e.amount
FROM smelt.source('raw.events') AS e
ORDER BY e.amount DESC, e.id
LIMIT 5`,
    at: "LIMIT 5",
  },
  {
    name: "DISTINCT over days",
    sql: `WITH actives AS (
  SELECT DISTINCT e.user_id, e.kind FROM smelt.source('raw.events') AS e
)
SELECT e.at::DATE AS day, e.id, a.kind
FROM smelt.source('raw.events') AS e JOIN actives AS a ON a.user_id = e.user_id`,
    at: "SELECT DISTINCT e.user_id, e.kind FROM smelt.source('raw.events') AS e",
  },
  {
    name: "scalar subquery over all days",
    sql: `SELECT e.at::DATE AS day, e.id, e.amount
FROM smelt.source('raw.events') AS e
WHERE e.amount > (SELECT avg(x.amount) FROM smelt.source('raw.events') AS x)`,
    at: "(SELECT avg(x.amount) FROM smelt.source('raw.events') AS x)",
  },
  {
    name: "EXISTS over another clock",
    sql: `SELECT e.at::DATE AS day, e.id
FROM smelt.source('raw.events') AS e
WHERE EXISTS (SELECT 1 AS one FROM smelt.source('raw.refunds') AS r WHERE r.event_id = e.id)`,
    at: "EXISTS (SELECT 1 AS one FROM smelt.source('raw.refunds') AS r WHERE r.event_id = e.id)",
  },
  {
    name: "join of two clocks by another key",
    sql: `SELECT e.at::DATE AS day, e.id, r.amount
FROM smelt.source('raw.events') AS e JOIN smelt.source('raw.refunds') AS r ON r.event_id = e.id`,
    at: "smelt.source('raw.events') AS e JOIN smelt.source('raw.refunds') AS r ON r.event_id = e.id",
  },
  {
    name: "left join of two clocks by another key",
    sql: `SELECT e.at::DATE AS day, e.id, r.amount
FROM smelt.source('raw.events') AS e LEFT JOIN smelt.source('raw.refunds') AS r ON r.event_id = e.id`,
    at: "smelt.source('raw.events') AS e LEFT JOIN smelt.source('raw.refunds') AS r ON r.event_id = e.id",
  },
  {
    name: "full join with a clock",
    sql: `SELECT coalesce(e.at::DATE, c.day) AS day, e.id
FROM smelt.source('raw.events') AS e FULL JOIN smelt.source('raw.calendar') AS c ON c.day = e.at::DATE
WHERE coalesce(e.at::DATE, c.day) IS NOT NULL`,
    at: "smelt.source('raw.events') AS e FULL JOIN smelt.source('raw.calendar') AS c ON c.day = e.at::DATE",
    isHarmless: true,
  },
  {
    name: "a day of a dimension",
    sql: `SELECT u.since AS day, count(*) AS n
FROM smelt.source('raw.events') AS e JOIN smelt.source('raw.users') AS u ON u.id = e.user_id
WHERE u.since IS NOT NULL
GROUP BY u.since`,
    at: "GROUP BY u.since",
    isHarmless: true,
  },
  {
    name: "a shifted day",
    sql: `SELECT CAST(e.at + INTERVAL 1 DAY AS DATE) AS day, count(*) AS n
FROM smelt.source('raw.events') AS e GROUP BY CAST(e.at + INTERVAL 1 DAY AS DATE)`,
    at: "GROUP BY CAST(e.at + INTERVAL 1 DAY AS DATE)",
  },
  {
    name: "a window ranked over all days",
    sql: `SELECT e.at::DATE AS day, e.id
FROM smelt.source('raw.events') AS e
QUALIFY rank() OVER (ORDER BY e.amount DESC) <= 10`,
    at: "rank() OVER (ORDER BY e.amount DESC)",
  },
  {
    name: "grouping sets with a total over days",
    sql: `SELECT coalesce(e.at::DATE, DATE '1970-01-01') AS day, e.kind, count(*) AS n
FROM smelt.source('raw.events') AS e GROUP BY ROLLUP (e.at::DATE, e.kind)`,
    at: "GROUP BY ROLLUP (e.at::DATE, e.kind)",
    isHarmless: true,
  },
  {
    name: "one row over all days",
    sql: `SELECT coalesce(max(e.at), TIMESTAMP '1970-01-01')::DATE AS day, count(*) AS n
FROM smelt.source('raw.events') AS e`,
    at: `SELECT coalesce(max(e.at), TIMESTAMP '1970-01-01')::DATE AS day, count(*) AS n
FROM smelt.source('raw.events') AS e`,
  },
  {
    name: "scalar subquery among the columns",
    sql: `SELECT e.at::DATE AS day, e.id, e.amount - (SELECT max(x.amount) FROM smelt.source('raw.events') AS x) AS behind
FROM smelt.source('raw.events') AS e`,
    at: "(SELECT max(x.amount) FROM smelt.source('raw.events') AS x)",
    says: "a subquery reads an input with an event time",
  },
  {
    name: "EXISTS in a CASE among the columns",
    sql: `SELECT e.at::DATE AS day, CASE WHEN EXISTS (SELECT 1 AS one FROM smelt.source('raw.refunds') AS r) THEN 1 END AS refunded
FROM smelt.source('raw.events') AS e`,
    at: "EXISTS (SELECT 1 AS one FROM smelt.source('raw.refunds') AS r)",
  },
  {
    name: "subquery in a column of a subquery over a dimension",
    sql: `SELECT e.at::DATE AS day, (SELECT max(u.id) + (SELECT count(*) FROM smelt.source('raw.refunds') AS r) FROM smelt.source('raw.users') AS u) AS top
FROM smelt.source('raw.events') AS e`,
    at: "(SELECT max(u.id) + (SELECT count(*) FROM smelt.source('raw.refunds') AS r) FROM smelt.source('raw.users') AS u)",
  },
  {
    name: "subquery inside a subquery over a dimension",
    sql: `SELECT e.at::DATE AS day, e.id FROM smelt.source('raw.events') AS e
WHERE EXISTS (SELECT 1 AS one FROM smelt.source('raw.users') AS u WHERE u.id = (SELECT max(r.event_id) FROM smelt.source('raw.refunds') AS r))`,
    at: "EXISTS (SELECT 1 AS one FROM smelt.source('raw.users') AS u WHERE u.id = (SELECT max(r.event_id) FROM smelt.source('raw.refunds') AS r))",
  },
  {
    name: "subquery in the argument of a window function",
    sql: `SELECT e.at::DATE AS day, sum((SELECT max(x.amount) FROM smelt.source('raw.events') AS x)) OVER (PARTITION BY e.at::DATE) AS s
FROM smelt.source('raw.events') AS e`,
    at: "(SELECT max(x.amount) FROM smelt.source('raw.events') AS x)",
  },
  {
    name: "subquery in PARTITION BY",
    sql: `SELECT e.at::DATE AS day, count(*) OVER (PARTITION BY e.at::DATE, (SELECT max(x.amount) FROM smelt.source('raw.events') AS x)) AS n
FROM smelt.source('raw.events') AS e`,
    at: "(SELECT max(x.amount) FROM smelt.source('raw.events') AS x)",
    isHarmless: true,
  },
  {
    name: "subquery in the order of a window",
    sql: `SELECT e.at::DATE AS day, rank() OVER (PARTITION BY e.at::DATE ORDER BY (SELECT count(*) FROM smelt.source('raw.events') AS x WHERE x.id < e.id)) AS place
FROM smelt.source('raw.events') AS e`,
    at: "(SELECT count(*) FROM smelt.source('raw.events') AS x WHERE x.id < e.id)",
    isHarmless: true,
  },
  {
    name: "subquery in the frame of a window",
    sql: `SELECT e.at::DATE AS day, sum(e.amount) OVER (PARTITION BY e.at::DATE ORDER BY e.id ROWS BETWEEN (SELECT count(*) FROM smelt.source('raw.refunds') AS r) PRECEDING AND CURRENT ROW) AS s
FROM smelt.source('raw.events') AS e`,
    at: "(SELECT count(*) FROM smelt.source('raw.refunds') AS r)",
  },
  {
    name: "subquery in the order of an aggregate",
    sql: `SELECT e.at::DATE AS day, list(e.id ORDER BY (SELECT count(*) FROM smelt.source('raw.events') AS x WHERE x.amount < e.amount)) AS ids
FROM smelt.source('raw.events') AS e GROUP BY e.at::DATE`,
    at: "(SELECT count(*) FROM smelt.source('raw.events') AS x WHERE x.amount < e.amount)",
  },
  {
    name: "subquery in HAVING",
    sql: `SELECT e.at::DATE AS day, count(*) AS n FROM smelt.source('raw.events') AS e
GROUP BY e.at::DATE HAVING count(*) > (SELECT count(*) FROM smelt.source('raw.refunds') AS r)`,
    at: "(SELECT count(*) FROM smelt.source('raw.refunds') AS r)",
  },
  {
    name: "subquery in DISTINCT ON",
    sql: `SELECT DISTINCT ON (e.at::DATE, (SELECT count(*) FROM smelt.source('raw.events') AS x WHERE x.amount < e.amount)) e.at::DATE AS day, e.id
FROM smelt.source('raw.events') AS e ORDER BY e.id`,
    at: "(SELECT count(*) FROM smelt.source('raw.events') AS x WHERE x.amount < e.amount)",
  },
  {
    name: "subquery in a branch of a UNION",
    sql: `SELECT e.at::DATE AS day, (SELECT max(x.amount) FROM smelt.source('raw.events') AS x) AS amount FROM smelt.source('raw.events') AS e
UNION ALL BY NAME
SELECT r.at::DATE AS day, r.amount FROM smelt.source('raw.refunds') AS r`,
    at: "(SELECT max(x.amount) FROM smelt.source('raw.events') AS x)",
  },
  {
    name: "subquery in ON",
    sql: `SELECT e.at::DATE AS day, u.region FROM smelt.source('raw.events') AS e
LEFT JOIN smelt.source('raw.users') AS u ON u.id = (SELECT max(r.event_id) FROM smelt.source('raw.refunds') AS r)`,
    at: "(SELECT max(r.event_id) FROM smelt.source('raw.refunds') AS r)",
  },
  {
    name: "NOT IN over another clock",
    sql: `SELECT e.at::DATE AS day, e.id FROM smelt.source('raw.events') AS e
WHERE e.id NOT IN (SELECT r.event_id FROM smelt.source('raw.refunds') AS r)`,
    at: "e.id NOT IN (SELECT r.event_id FROM smelt.source('raw.refunds') AS r)",
  },
  {
    name: "anti join with another clock by another key",
    sql: `SELECT e.at::DATE AS day, e.id
FROM smelt.source('raw.events') AS e ANTI JOIN smelt.source('raw.refunds') AS r ON r.event_id = e.id`,
    at: "smelt.source('raw.events') AS e ANTI JOIN smelt.source('raw.refunds') AS r ON r.event_id = e.id",
  },
  {
    name: "join of two clocks on days that may differ",
    sql: `SELECT e.at::DATE AS day, e.id, r.amount
FROM smelt.source('raw.events') AS e JOIN smelt.source('raw.refunds') AS r ON r.at::DATE = e.at::DATE OR r.event_id = e.id`,
    at: "smelt.source('raw.events') AS e JOIN smelt.source('raw.refunds') AS r ON r.at::DATE = e.at::DATE OR r.event_id = e.id",
  },
  {
    name: "a dimension kept beside a clock",
    sql: `SELECT coalesce(r.at::DATE, DATE '2024-01-01') AS day, u.id
FROM smelt.source('raw.users') AS u LEFT JOIN smelt.source('raw.refunds') AS r ON r.event_id = u.id`,
    at: "smelt.source('raw.users') AS u LEFT JOIN smelt.source('raw.refunds') AS r ON r.event_id = u.id",
  },
  {
    name: "a calendar of shifted days",
    sql: `SELECT c.day, count(r.amount) AS n
FROM smelt.source('raw.calendar') AS c LEFT JOIN smelt.source('raw.refunds') AS r ON r.at::DATE = c.day - 1
GROUP BY c.day`,
    at: "smelt.source('raw.calendar') AS c LEFT JOIN smelt.source('raw.refunds') AS r ON r.at::DATE = c.day - 1",
  },
  {
    name: "the month's sum beside each day",
    sql: `WITH months AS (
  SELECT date_trunc('month', x.at) AS month, sum(x.amount) AS total FROM smelt.source('raw.events') AS x GROUP BY date_trunc('month', x.at)
)
SELECT e.at::DATE AS day, m.total FROM smelt.source('raw.events') AS e JOIN months AS m ON m.month = date_trunc('month', e.at)`,
    at: "GROUP BY date_trunc('month', x.at)",
  },
  {
    name: "the best days",
    sql: `SELECT e.at::DATE AS day, count(*) AS n FROM smelt.source('raw.events') AS e
GROUP BY e.at::DATE ORDER BY n DESC LIMIT 3`,
    at: "LIMIT 3",
  },
  {
    name: "a day by the week's model",
    sql: `SELECT CAST(date_trunc('week', e.at) AS DATE) AS day, count(*) AS n FROM smelt.source('raw.events') AS e
GROUP BY CAST(date_trunc('week', e.at) AS DATE)`,
    at: "GROUP BY CAST(date_trunc('week', e.at) AS DATE)",
    grain: "month",
  },
  {
    name: "the day of an hourly model",
    sql: `SELECT CAST(e.at AS DATE) AS day, count(*) AS n FROM smelt.source('raw.events') AS e
GROUP BY CAST(e.at AS DATE)`,
    at: "GROUP BY CAST(e.at AS DATE)",
    grain: "hour",
  },
]

/** A model that must be accepted, by day where it does not say otherwise. */
export interface AcceptedCase {
  readonly sql: string
  readonly grain: Grain
}

const BY_DAY: Readonly<Record<string, string>> = {
  filter: `SELECT e.at::DATE AS day, e.id, e.amount
FROM smelt.source('raw.events') AS e WHERE e.kind = 'buy' AND e.amount > 0`,
  projection: `SELECT date_trunc('day', e.at) AS day, e.id, e.amount + 1 AS more, upper(e.kind) AS kind
FROM smelt.source('raw.events') AS e`,
  "group by day": `SELECT e.at::DATE AS day, e.kind, count(*) AS n, sum(e.amount) AS total, count(DISTINCT e.user_id) AS users
FROM smelt.source('raw.events') AS e GROUP BY e.at::DATE, e.kind`,
  "group by hour, shown by day": `SELECT date_trunc('hour', e.at) AS hour, e.at::DATE AS day, max(e.amount) AS top
FROM smelt.source('raw.events') AS e GROUP BY date_trunc('hour', e.at), e.at::DATE`,
  "join with a dimension": `SELECT e.at::DATE AS day, u.region, sum(e.amount) AS total
FROM smelt.source('raw.events') AS e JOIN smelt.source('raw.users') AS u ON u.id = e.user_id
GROUP BY e.at::DATE, u.region`,
  "left join with a dimension": `SELECT e.at::DATE AS day, e.id, u.region
FROM smelt.source('raw.events') AS e LEFT JOIN smelt.source('raw.users') AS u ON u.id = e.user_id`,
  "partition by the day": `SELECT e.at::DATE AS day, e.id, rank() OVER (PARTITION BY e.at::DATE, e.kind ORDER BY e.amount DESC, e.id) AS place
FROM smelt.source('raw.events') AS e`,
  "distinct with the day": `SELECT DISTINCT e.at::DATE AS day, e.user_id FROM smelt.source('raw.events') AS e`,
  "two clocks by day": `SELECT d.day, d.total, r.refunded
FROM (SELECT e.at::DATE AS day, sum(e.amount) AS total FROM smelt.source('raw.events') AS e GROUP BY e.at::DATE) AS d
LEFT JOIN (SELECT f.at::DATE AS day, sum(f.amount) AS refunded FROM smelt.source('raw.refunds') AS f GROUP BY f.at::DATE) AS r
  ON r.day = d.day`,
  "inner join of two clocks by day": `SELECT d.day, d.total, r.refunded
FROM (SELECT e.at::DATE AS day, sum(e.amount) AS total FROM smelt.source('raw.events') AS e GROUP BY e.at::DATE) AS d
JOIN (SELECT f.at::DATE AS day, sum(f.amount) AS refunded FROM smelt.source('raw.refunds') AS f GROUP BY f.at::DATE) AS r
  ON r.day = d.day`,
  "a calendar as the spine": `SELECT c.day, count(e.id) AS n
FROM smelt.source('raw.calendar') AS c LEFT JOIN smelt.source('raw.events') AS e ON e.at::DATE = c.day
GROUP BY c.day`,
  "union of two clocks": `SELECT e.at::DATE AS day, e.amount FROM smelt.source('raw.events') AS e
UNION ALL BY NAME
SELECT r.at::DATE AS day, r.amount FROM smelt.source('raw.refunds') AS r`,
  "exists in a dimension": `SELECT e.at::DATE AS day, e.id FROM smelt.source('raw.events') AS e
WHERE EXISTS (SELECT 1 AS one FROM smelt.source('raw.users') AS u WHERE u.id = e.user_id AND u.region = 'north')`,
  "group of groups": `SELECT d.day, count(*) AS kinds, max(d.n) AS most
FROM (SELECT e.at::DATE AS day, e.kind, count(*) AS n FROM smelt.source('raw.events') AS e GROUP BY e.at::DATE, e.kind) AS d
GROUP BY d.day`,
  "having and qualify": `SELECT e.at::DATE AS day, e.user_id, count(*) AS n FROM smelt.source('raw.events') AS e
GROUP BY e.at::DATE, e.user_id HAVING count(*) > 1
QUALIFY rank() OVER (PARTITION BY e.at::DATE ORDER BY count(*) DESC) = 1`,
  "one clock with itself by day": `SELECT a.at::DATE AS day, a.id, b.id AS other
FROM smelt.source('raw.events') AS a JOIN smelt.source('raw.events') AS b ON b.at::DATE = a.at::DATE AND b.user_id = a.user_id`,
  "days with a refund": `SELECT e.at::DATE AS day, e.id
FROM smelt.source('raw.events') AS e SEMI JOIN smelt.source('raw.refunds') AS r ON r.at::DATE = e.at::DATE`,
  "days without a refund": `SELECT e.at::DATE AS day, e.id
FROM smelt.source('raw.events') AS e ANTI JOIN smelt.source('raw.refunds') AS r ON r.at::DATE = e.at::DATE AND r.amount > 0`,
  "days of one clock but not of another": `SELECT e.at::DATE AS day FROM smelt.source('raw.events') AS e
EXCEPT SELECT r.at::DATE AS day FROM smelt.source('raw.refunds') AS r`,
  "days of two clocks": `SELECT e.at::DATE AS day, e.amount FROM smelt.source('raw.events') AS e
INTERSECT ALL SELECT r.at::DATE AS day, r.amount FROM smelt.source('raw.refunds') AS r`,
  "the calendar's days without a refund": `SELECT c.day, r.amount
FROM smelt.source('raw.calendar') AS c LEFT JOIN smelt.source('raw.refunds') AS r ON r.at::DATE = c.day WHERE r.amount IS NULL`,
  "the first event of a day": `SELECT DISTINCT ON (e.at::DATE, e.kind) e.at::DATE AS day, e.kind, e.id
FROM smelt.source('raw.events') AS e ORDER BY e.at::DATE, e.kind, e.id`,
  "union with a dimension": `SELECT e.at::DATE AS day, e.id FROM smelt.source('raw.events') AS e
UNION ALL SELECT DATE '2024-01-03' AS day, u.id FROM smelt.source('raw.users') AS u`,
  "a dimension's best": `SELECT e.at::DATE AS day, u.id, u.place
FROM smelt.source('raw.events') AS e
JOIN (SELECT x.id, rank() OVER (ORDER BY x.region, x.id) AS place FROM smelt.source('raw.users') AS x ORDER BY x.id LIMIT 2) AS u ON u.id = e.user_id`,
  "a dimension's value in a subquery": `SELECT e.at::DATE AS day, e.id, (SELECT max(u.region) FROM smelt.source('raw.users') AS u WHERE u.id = e.user_id) AS region
FROM smelt.source('raw.events') AS e`,
  "the instant as the day": `SELECT e.at AS day, e.id FROM smelt.source('raw.events', filter => amount >= 0) AS e`,
  "a running sum within the day": `SELECT e.at::DATE AS day, e.id,
  sum(e.amount) OVER (PARTITION BY e.at::DATE ORDER BY e.id ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW) AS running,
  lag(e.amount) OVER (PARTITION BY e.at::DATE ORDER BY e.id) AS before
FROM smelt.source('raw.events') AS e`,
}

/** Models that must be accepted: each is run slice by slice against the whole. */
export const ACCEPTED: Readonly<Record<string, AcceptedCase>> = {
  ...Object.fromEntries(
    Object.entries(BY_DAY).map(([name, sql]) => [name, { sql, grain: "day" as const }]),
  ),
  "lambdas and comprehensions": {
    grain: "day",
    sql: `SELECT e.at::DATE AS day, e.id, list_transform([e.amount, e.id], lambda x: x + e.user_id) AS sums,
  [x FOR x, i IN [e.amount, e.id] IF x > e.user_id AND i = 1] AS large
FROM smelt.source('raw.events') AS e WHERE len(list_filter([e.amount, e.id], lambda x: x % 2 = 0)) > 0`,
  },
  "by month": {
    grain: "month",
    sql: `SELECT date_trunc('month', e.at) AS day, e.kind, count(*) AS n, sum(e.amount) AS total
FROM smelt.source('raw.events') AS e GROUP BY date_trunc('month', e.at), e.kind`,
  },
  "days of a month, ranked": {
    grain: "month",
    sql: `SELECT d.day, d.n, rank() OVER (PARTITION BY date_trunc('month', d.day) ORDER BY d.n DESC) AS place
FROM (SELECT e.at::DATE AS day, count(*) AS n FROM smelt.source('raw.events') AS e GROUP BY e.at::DATE) AS d`,
  },
  "by hour": {
    grain: "hour",
    sql: `SELECT date_trunc('hour', e.at) AS day, u.region, count(*) AS n
FROM smelt.source('raw.events') AS e LEFT JOIN smelt.source('raw.users') AS u ON u.id = e.user_id
GROUP BY date_trunc('hour', e.at), u.region`,
  },
  "minutes of an hour": {
    grain: "hour",
    sql: `SELECT date_trunc('minute', e.at) AS day, max(e.amount) AS top, sum(count(*)) OVER (PARTITION BY date_trunc('hour', date_trunc('minute', e.at))) AS n
FROM smelt.source('raw.events') AS e GROUP BY date_trunc('minute', e.at)`,
  },
}
