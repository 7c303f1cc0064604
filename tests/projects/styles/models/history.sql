--- name: customer_plan_history ---
-- SCD2 from a change log: one row a period, without rows that change nothing.
WITH changes AS (
  SELECT
    customer_id,
    CASE WHEN operation = 'D' THEN NULL ELSE plan END AS plan,
    operation,
    changed_at,
    change_id,
    lag(plan) OVER (PARTITION BY customer_id ORDER BY changed_at, change_id) AS previous_plan,
    row_number() OVER (PARTITION BY customer_id ORDER BY changed_at, change_id) AS n
  FROM smelt.source('raw.customer_changes')
),
effective AS (
  SELECT customer_id, plan, operation, changed_at, change_id
  FROM changes
  WHERE n = 1 OR plan IS DISTINCT FROM previous_plan
),
periods AS (
  SELECT
    customer_id,
    plan,
    operation,
    changed_at AS valid_from,
    lead(changed_at) OVER (PARTITION BY customer_id ORDER BY changed_at, change_id) AS valid_to
  FROM effective
)
SELECT customer_id, plan, valid_from, valid_to, valid_to IS NULL AS is_current
FROM periods
WHERE operation <> 'D'

--- name: current_plans ---
SELECT h.customer_id, h.plan, p.monthly_price
FROM smelt.ref('customer_plan_history') AS h
LEFT JOIN smelt.ref('plan_prices') AS p ON p.plan = h.plan
WHERE h.is_current

--- name: orders_with_plan ---
-- A temporal join: the plan in force at the order.
SELECT o.order_id, o.customer_id, o.ordered_at, coalesce(h.plan, 'none') AS plan_at_order
FROM smelt.ref('stg_orders') AS o
LEFT JOIN smelt.ref('customer_plan_history') AS h
  ON h.customer_id = o.customer_id
  AND o.ordered_at >= h.valid_from
  AND (o.ordered_at < h.valid_to OR h.valid_to IS NULL)

--- name: inventory_filled ---
-- The last snapshot carried forward over missing days.
WITH days AS (
  SELECT CAST(d.day AS DATE) AS day
  FROM generate_series(TIMESTAMP '2024-03-01', TIMESTAMP '2024-03-06', INTERVAL '1 day') AS d(day)
),
products AS (
  SELECT DISTINCT product_id FROM smelt.source('raw.inventory_snapshots')
)
SELECT
  days.day,
  products.product_id,
  s.on_hand,
  last_value(s.on_hand IGNORE NULLS) OVER (
    PARTITION BY products.product_id ORDER BY days.day
    ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW
  ) AS on_hand_filled
FROM days
CROSS JOIN products
LEFT JOIN smelt.source('raw.inventory_snapshots') AS s
  ON s.snapshot_date = days.day AND s.product_id = products.product_id

--- name: inventory_changes ---
SELECT
  snapshot_date,
  product_id,
  on_hand,
  on_hand - lag(on_hand, 1, on_hand) OVER (PARTITION BY product_id ORDER BY snapshot_date) AS change,
  max(on_hand) OVER (PARTITION BY product_id) AS highest,
  on_hand < 5 AS is_low
FROM smelt.source('raw.inventory_snapshots')

--- name: latest_inventory ---
SELECT product_id, on_hand, snapshot_date
FROM smelt.source('raw.inventory_snapshots') AS s
WHERE snapshot_date = (
  SELECT max(i.snapshot_date) FROM smelt.source('raw.inventory_snapshots') AS i WHERE i.product_id = s.product_id
)

--- name: deduplicated_customers ---
-- The newest row of each e-mail address; rows without one stay.
WITH ranked AS (
  SELECT
    customer_id,
    email,
    updated_at,
    row_number() OVER (PARTITION BY coalesce(email, CAST(customer_id AS VARCHAR)) ORDER BY updated_at DESC) AS rn
  FROM smelt.ref('stg_customers')
)
SELECT customer_id, email, updated_at FROM ranked WHERE rn = 1

--- name: late_events ---
SELECT
  event_id,
  occurred_at,
  loaded_at,
  loaded_at - occurred_at AS delay,
  loaded_at > occurred_at + INTERVAL 1 DAY AS is_late,
  CAST(loaded_at AS DATE) - CAST(occurred_at AS DATE) AS days_late
FROM smelt.ref('stg_events')
WHERE loaded_at - occurred_at > INTERVAL '1 hour'

--- name: streaks ---
-- Gaps and islands: runs of consecutive days with events.
WITH days AS (
  SELECT DISTINCT anonymous_id, CAST(occurred_at AS DATE) AS day FROM smelt.ref('stg_events')
),
islands AS (
  SELECT
    anonymous_id,
    day,
    day - CAST(row_number() OVER (PARTITION BY anonymous_id ORDER BY day) AS INTEGER) AS island
  FROM days
)
SELECT anonymous_id, min(day) AS first_day, max(day) AS last_day, count(*) AS days
FROM islands
GROUP BY anonymous_id, island

--- name: subscription_months ---
-- One row a subscription and month in which it was active.
SELECT
  s.subscription_id,
  s.customer_id,
  m.month_start,
  s.monthly_price
FROM smelt.source('raw.subscriptions') AS s
JOIN smelt.ref('months') AS m
  ON m.month_start >= date_trunc('month', s.started_on)
  AND m.month_start <= coalesce(s.ended_on, DATE '2024-06-30')

--- name: mrr_movements ---
WITH monthly AS (
  SELECT customer_id, month_start, sum(monthly_price) AS mrr
  FROM smelt.ref('subscription_months')
  GROUP BY customer_id, month_start
),
compared AS (
  SELECT
    customer_id,
    month_start,
    mrr,
    coalesce(lag(mrr) OVER (PARTITION BY customer_id ORDER BY month_start), 0) AS previous_mrr,
    lag(month_start) OVER (PARTITION BY customer_id ORDER BY month_start) AS previous_month
  FROM monthly
)
SELECT
  month_start,
  sum(CASE WHEN previous_month IS NULL THEN mrr ELSE 0 END) AS new_mrr,
  sum(greatest(mrr - previous_mrr, 0)) FILTER (WHERE previous_month IS NOT NULL) AS expansion,
  sum(least(mrr - previous_mrr, 0)) FILTER (WHERE previous_month IS NOT NULL) AS contraction,
  sum(mrr) AS total_mrr
FROM compared
GROUP BY month_start

--- name: churned ---
SELECT a.customer_id, a.ended_on
FROM smelt.source('raw.subscriptions') AS a
ANTI JOIN smelt.source('raw.subscriptions') AS b
  ON b.customer_id = a.customer_id AND b.started_on > a.started_on
WHERE a.ended_on IS NOT NULL

--- name: running_balance ---
SELECT
  entry_id,
  account,
  entry_date,
  coalesce(debit, 0) - coalesce(credit, 0) AS movement,
  sum(coalesce(debit, 0) - coalesce(credit, 0)) OVER (PARTITION BY account ORDER BY entry_date, entry_id) AS balance
FROM smelt.source('raw.account_entries')

--- name: trial_balance ---
SELECT
  coalesce(account, 'TOTAL') AS account,
  sum(debit) AS debit,
  sum(credit) AS credit,
  grouping(account) AS is_total
FROM smelt.source('raw.account_entries')
GROUP BY ROLLUP (account)
