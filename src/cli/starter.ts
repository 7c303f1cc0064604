/** The files of a new project: it builds at once, all tests green. */
export function starter(name: string): Readonly<Record<string, string>> {
  return {
    "smelt.yml": `name: ${name}
version: 1
targets:
  dev: { type: duckdb, database: target/${name}.duckdb, schema: main }
models:
  staging/: { materialization: view }
seeds:
  orders:
    key: [order_id]
    columns:
      order_id: { type: BIGINT, not_null: true, tests: [unique, not_null] }
      ordered_on: { type: DATE, not_null: true }
      amount: { type: "DECIMAL(10,2)", not_null: true }
`,
    "seeds/orders.csv": `order_id,customer,ordered_on,amount
1,Ada,2024-01-02,12.50
2,Bob,2024-01-02,7.00
3,Ada,2024-01-03,30.25
4,Cleo,2024-01-05,4.75
`,
    "models/staging/stg_orders.sql": `-- One row an order, with the names that marts use.
SELECT o.order_id, o.customer, o.ordered_on AS order_date, o.amount
FROM smelt.ref('orders') AS o
`,
    "models/daily_revenue.sql": `---
description: Revenue and orders a day.
materialization: table
columns:
  order_date: { tests: [unique, not_null] }
---
SELECT s.order_date, count(*) AS orders, sum(s.amount) AS revenue
FROM smelt.ref('stg_orders') AS s
GROUP BY s.order_date
`,
    "sources/raw.yml": `# Data that others write: files, or tables of the target. Every column that a model reads has a type.
sources:
  raw.visits:
    path: data/visits-*.csv
    columns:
      visited_at: { type: TIMESTAMP, not_null: true }
      page: { type: VARCHAR, not_null: true }
    event_time: visited_at
    lateness: 1 day
    changes: append
`,
    "data/visits-1.csv": `visited_at,page
2024-01-02 09:15:00,home
2024-01-02 09:16:30,cart
2024-01-03 18:40:00,home
`,
    "models/visits_by_day.sql": `---
# Only the days that new visits reach are written: add data/visits-2.csv, and build again.
description: Visits a day.
materialize: daily
partition_by: visit_date
---
SELECT CAST(v.visited_at AS DATE) AS visit_date, count(*) AS visits
FROM smelt.source('raw.visits') AS v
GROUP BY CAST(v.visited_at AS DATE)
`,
    "tests/revenue_is_positive.sql": `-- The rows of a test are failures.
SELECT d.order_date, d.revenue
FROM smelt.ref('daily_revenue') AS d
WHERE d.revenue < 0
`,
    ".gitignore": `target/
.smelt/state/
`,
  }
}
