--- name: fct_order_lines ---
-- The usual join of lines, products and orders, with amounts in decimal.
SELECT
  l.order_id,
  l.line_number,
  o.customer_id,
  o.ordered_on,
  p.product_id,
  p.category,
  l.quantity,
  l.quantity * l.unit_price AS gross_amount,
  CAST(l.quantity * l.unit_price * (1 - coalesce(l.discount_rate, 0)) AS DECIMAL(14, 2)) AS net_amount
FROM smelt.source('raw.order_lines') AS l
INNER JOIN smelt.ref('stg_orders') AS o ON o.order_id = l.order_id
LEFT JOIN smelt.ref('stg_products') AS p USING (product_id)
WHERE o.is_valid

--- name: fct_orders ---
description: one row an order, with what was paid
key: [order_id]
---
WITH order_totals AS (
  SELECT order_id, sum(net_amount) AS net_amount, count(*) AS line_count
  FROM smelt.ref('fct_order_lines')
  GROUP BY order_id
),
payments AS (
  SELECT
    order_id,
    sum(amount) AS paid_amount,
    sum(CASE WHEN payment_method = 'card' THEN amount ELSE 0 END) AS card_amount,
    sum(amount) FILTER (WHERE payment_method = 'gift_card') AS gift_card_amount
  FROM smelt.ref('stg_payments')
  GROUP BY 1
)
SELECT
  orders.order_id,
  orders.customer_id,
  orders.ordered_on,
  coalesce(order_totals.net_amount, 0) AS net_amount,
  coalesce(order_totals.line_count, 0) AS line_count,
  coalesce(payments.paid_amount, 0) AS paid_amount,
  coalesce(payments.card_amount, 0) AS card_amount,
  coalesce(payments.gift_card_amount, 0) AS gift_card_amount,
  coalesce(payments.paid_amount, 0) - coalesce(order_totals.net_amount, 0) AS balance
FROM smelt.ref('stg_orders') AS orders
LEFT JOIN order_totals ON order_totals.order_id = orders.order_id
LEFT JOIN payments ON payments.order_id = orders.order_id

--- name: dim_customers ---
columns:
  customer_id: { tests: [unique, not_null] }
  lifetime_value: { type: "DECIMAL(38,2)" }
---
SELECT
  c.customer_id,
  c.customer_name,
  c.email,
  n.country_name,
  coalesce(n.region, 'unknown') AS region,
  min(o.ordered_on) AS first_order_on,
  max(o.ordered_on) AS last_order_on,
  count(o.order_id) AS order_count,
  coalesce(sum(o.net_amount), 0) AS lifetime_value,
  count(o.order_id) > 1 AS is_repeat
FROM smelt.ref('stg_customers') AS c
LEFT JOIN smelt.ref('countries') AS n ON n.country_code = c.country_code
LEFT JOIN smelt.ref('fct_orders') AS o ON o.customer_id = c.customer_id
GROUP BY c.customer_id, c.customer_name, c.email, n.country_name, n.region

--- name: customer_segments ---
SELECT
  customer_id,
  lifetime_value,
  ntile(4) OVER (ORDER BY lifetime_value DESC, customer_id) AS value_quartile,
  CASE
    WHEN order_count = 0 THEN 'prospect'
    WHEN order_count = 1 THEN 'new'
    WHEN lifetime_value > 200 THEN 'vip'
    ELSE 'regular'
  END AS segment,
  CASE region WHEN 'EMEA' THEN 1 WHEN 'AMER' THEN 2 ELSE 9 END AS region_sort
FROM smelt.ref('dim_customers')

--- name: category_month ---
SELECT
  category,
  date_trunc('month', ordered_on) AS month_start,
  sum(net_amount) AS revenue,
  count(DISTINCT order_id) AS orders,
  sum(net_amount) / count(DISTINCT order_id) AS revenue_per_order
FROM smelt.ref('fct_order_lines')
GROUP BY ALL
HAVING count(DISTINCT order_id) > 0

--- name: category_targets ---
-- Full join of actuals and targets: either may lack a month.
SELECT
  coalesce(a.category, t.category) AS category,
  coalesce(CAST(a.month_start AS DATE), t.month_start) AS month_start,
  coalesce(a.revenue, 0) AS revenue,
  t.target_amount,
  round(100 * coalesce(a.revenue, 0) / nullif(t.target_amount, 0), 1) AS percent_of_target
FROM smelt.ref('category_month') AS a
FULL OUTER JOIN smelt.ref('monthly_targets') AS t
  ON t.category = a.category AND t.month_start = CAST(a.month_start AS DATE)

--- name: product_pairs ---
-- Market basket: a self join on the order.
SELECT
  a.product_id AS product_a,
  b.product_id AS product_b,
  count(*) AS together
FROM (SELECT DISTINCT order_id, product_id FROM smelt.source('raw.order_lines')) AS a
JOIN (SELECT DISTINCT order_id, product_id FROM smelt.source('raw.order_lines')) AS b
  ON a.order_id = b.order_id AND a.product_id < b.product_id
GROUP BY a.product_id, b.product_id

--- name: top_products ---
SELECT category, title, revenue, revenue_rank
FROM (
  SELECT
    p.category,
    p.title,
    sum(l.quantity * l.unit_price) AS revenue,
    dense_rank() OVER (PARTITION BY p.category ORDER BY sum(l.quantity * l.unit_price) DESC) AS revenue_rank
  FROM smelt.source('raw.order_lines') l
  JOIN smelt.source('raw.products') p ON p.product_id = l.product_id
  GROUP BY p.category, p.title
) ranked
WHERE revenue_rank <= 2

--- name: never_ordered ---
SELECT p.product_id, p.title
FROM smelt.ref('stg_products') AS p
WHERE NOT EXISTS (
  SELECT 1 FROM smelt.source('raw.order_lines') AS l WHERE l.product_id = p.product_id AND l.quantity > 3
)

--- name: customers_without_payment ---
SELECT customer_id, customer_name
FROM smelt.ref('stg_customers')
WHERE customer_id NOT IN (
  SELECT o.customer_id
  FROM smelt.source('raw.orders') AS o
  JOIN smelt.ref('stg_payments') AS p ON p.order_id = o.order_id
)
