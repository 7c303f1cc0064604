/**
 * Incremental models by day over `events` (clock: at) and `refunds` (clock: at), with `users` and
 * `calendar` without clocks. `at` is the text that the refusal must point at, exactly.
 */
export interface RefusedCase {
  readonly name: string
  readonly sql: string
  readonly at: string
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
ORDER BY e.amount DESC
LIMIT 100`,
    at: "LIMIT 100",
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
  },
  {
    name: "a day of a dimension",
    sql: `SELECT u.since AS day, count(*) AS n
FROM smelt.source('raw.events') AS e JOIN smelt.source('raw.users') AS u ON u.id = e.user_id
WHERE u.since IS NOT NULL
GROUP BY u.since`,
    at: "GROUP BY u.since",
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
  },
  {
    name: "one row over all days",
    sql: `SELECT coalesce(max(e.at), TIMESTAMP '1970-01-01')::DATE AS day, count(*) AS n
FROM smelt.source('raw.events') AS e`,
    at: `SELECT coalesce(max(e.at), TIMESTAMP '1970-01-01')::DATE AS day, count(*) AS n
FROM smelt.source('raw.events') AS e`,
  },
]

/** Models that must be accepted: each is run slice by slice against the whole. */
export const ACCEPTED: Readonly<Record<string, string>> = {
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
}
