/** A small project with everything that YAML may say of models, and models that rest on it. */
export const declared: Readonly<Record<string, string>> = {
  "smelt.yml": `name: declared
targets:
  dev: { type: duckdb, database: target/dev.duckdb, schema: main }
levels: { not-in-nullable: warn }
params:
  since: { type: DATE, default: 2024-01-01 }
models:
  staging/: { materialization: view, tags: [staging] }
  tag:daily: { materialization: incremental, grain: day }
  customers:
    key: [id]
    columns: { id: { type: BIGINT, not_null: true }, name: { type: VARCHAR } }
    foreign_keys: [{ columns: [country], references: countries, to: [code] }]
  orders_by_day: { description: by day }
seeds:
  countries: { key: [code], columns: { code: { type: VARCHAR, not_null: true } } }
`,
  "sources/raw.yml": `sources:
  raw.orders:
    table: main.raw_orders
    event_time: ordered_at
    changes: append
    key: [id]
    foreign_keys: [{ columns: [customer_id], references: customers, to: [id] }]
    columns:
      id: { type: BIGINT, not_null: true }
      customer_id: { type: BIGINT, not_null: true }
      ordered_at: { type: TIMESTAMP, not_null: true }
      amount: { type: "DECIMAL(12,2)" }
      status: { type: VARCHAR, tests: [{ accepted_values: [open, paid] }] }
  raw.people: { path: data/people.parquet, columns: { id: { type: BIGINT }, name: {}, country: { type: VARCHAR } } }
  raw.bare: { table: main.bare }
`,
  "execution/orders_by_day.yml": `model: orders_by_day
targets: [{ name: dev }]
`,
  "seeds/countries.csv": "code,name,population\nDE,Germany,84\nFR,France,68\n",
  "models/staging/stg_orders.sql": `---
key: [id]
columns:
  id: { type: BIGINT, not_null: true }
  customer_id: { tests: [{ relationships: { to: customers, column: id } }] }
  amount: { type: "DECIMAL(12,2)" }
---
SELECT o.id, o.customer_id, o.ordered_at, CAST(o.ordered_at AS DATE) AS day, o.amount, o.status
FROM smelt.source('raw.orders') AS o
WHERE o.ordered_at >= smelt.param('since')
`,
  "models/staging/people.sql": `--- name: customers ---
SELECT p.id, p.name, p.country
FROM smelt.source('raw.people') AS p
WHERE p.id IS NOT NULL

--- name: known_customers ---
contract: true
columns:
  id: { type: BIGINT, not_null: true }
  country_name: { type: VARCHAR }
---
SELECT c.id, k.name AS country_name
FROM smelt.ref('customers') AS c
LEFT JOIN smelt.ref('countries') AS k ON k.code = c.country
`,
  "models/orders_by_day.sql": `---
tags: [daily]
partition_by: day
---
SELECT o.day, count(*) AS orders, sum(o.amount) AS amount
FROM smelt.ref('stg_orders') AS o
GROUP BY o.day
`,
  "models/running.sql": `---
materialize: daily
partition_by: day
---
SELECT d.day, d.orders, sum(d.orders) OVER (ORDER BY d.day) AS so_far
FROM smelt.ref('orders_by_day') AS d
`,
  "models/paid.sql": `SELECT o.id, o.amount, k.country_name
FROM smelt.ref('stg_orders') AS o
LEFT JOIN smelt.ref('known_customers') AS k ON k.id = o.customer_id
WHERE o.status NOT IN ('open', 'lost')
`,
  "models/report.sql": `WITH best AS (
  SELECT p.country_name, max(p.amount) AS amount
  FROM smelt.ref('paid') AS p
  GROUP BY p.country_name
)
SELECT b.country_name, b.amount, d.orders
FROM best AS b
CROSS JOIN smelt.ref('orders_by_day', filter => day = DATE '2024-02-01') AS d
`,
  "models/bare.sql": "SELECT b.x AS x FROM smelt.source('raw.bare') AS b\n",
  "tests/amounts.sql": "SELECT * FROM smelt.ref('paid') AS p WHERE p.amount < 0\n",
  "tests/days.sql": "SELECT d.day FROM smelt.ref('running') AS d WHERE d.so_far < d.orders\n",
}
