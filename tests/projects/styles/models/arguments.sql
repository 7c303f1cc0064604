--- name: orders_since ---
SELECT order_id, ordered_on
FROM smelt.ref('stg_orders')
WHERE ordered_on >= smelt.param('since') AND currency IN (smelt.param('home_currency'), 'GBP')

--- name: orders_since_v2 ---
params: { most: { type: INTEGER, default: 2 } }
---
SELECT order_id, order_id * smelt.param('factor') AS scaled
FROM smelt.ref('orders_since')
ORDER BY order_id
LIMIT smelt.param('most')

--- name: versioned ---
SELECT order_id, scaled FROM smelt.ref('orders_since', version => 'v2')

--- name: march_orders ---
SELECT order_id, ordered_at FROM smelt.source('raw.orders', partitions => ['2024-03'])

--- name: chosen_days ---
contract: true
columns:
  ordered_on: { type: DATE, not_null: true }
  revenue: { type: "DECIMAL(38,2)", not_null: true }
---
SELECT ordered_on, revenue FROM smelt.ref('daily_revenue', partitions => ['2024-02-14', '2024-03'], filter => revenue > 100)

--- name: sampled ---
-- A part of the orders, each of them once, and the same ones whenever it is asked.
SELECT
  count(*) BETWEEN 1 AND 25 AS is_a_part,
  count(*) = count(DISTINCT s.order_id) AS each_once,
  bool_and(EXISTS (SELECT 1 FROM smelt.ref('stg_orders', sample => 0.9) AS m WHERE m.order_id = s.order_id)) AS is_nested
FROM smelt.source('raw.orders', sample => 0.5) AS s
