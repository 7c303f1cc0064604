--- name: calendar ---
SELECT
  CAST(t.d AS DATE) AS day,
  extract(year FROM t.d) AS year,
  extract('month' FROM t.d) AS month,
  date_part('week', t.d) AS iso_week,
  dayofweek(t.d) AS weekday,
  strftime(t.d, '%Y-%m') AS year_month,
  last_day(CAST(t.d AS DATE)) AS month_end,
  h.holiday_name,
  dayofweek(t.d) IN (0, 6) OR h.holiday_date IS NOT NULL AS is_day_off
FROM range(TIMESTAMP '2024-01-01', TIMESTAMP '2024-05-01', INTERVAL 1 DAY) AS t(d)
LEFT JOIN smelt.ref('holidays') AS h ON h.holiday_date = CAST(t.d AS DATE)

--- name: months ---
WITH RECURSIVE m(month_start) AS (
  SELECT DATE '2024-01-01' AS month_start
  UNION ALL
  SELECT CAST(month_start + INTERVAL '1 month' AS DATE) AS month_start
  FROM m
  WHERE month_start < DATE '2024-06-01'
)
SELECT month_start FROM m

--- name: fiscal_quarters ---
SELECT
  month_start,
  CAST(month_start + INTERVAL 3 MONTH AS DATE) AS shifted,
  'FY' || CAST(year(month_start + INTERVAL 3 MONTH) AS VARCHAR) || '-Q' || CAST(quarter(month_start + INTERVAL 3 MONTH) AS VARCHAR) AS fiscal_quarter
FROM smelt.ref('months')

--- name: business_days ---
SELECT year_month, count(*) AS days, count(*) FILTER (WHERE NOT is_day_off) AS business_days
FROM smelt.ref('calendar')
GROUP BY year_month

--- name: daily_orders ---
-- A dense series: days without orders count 0.
SELECT
  c.day,
  count(o.order_id) AS orders,
  avg(count(o.order_id)) OVER (ORDER BY c.day ROWS BETWEEN 6 PRECEDING AND CURRENT ROW) AS seven_day_average
FROM smelt.ref('calendar') AS c
LEFT JOIN smelt.ref('stg_orders') AS o ON o.ordered_on = c.day
GROUP BY c.day

--- name: month_over_month ---
WITH monthly AS (
  SELECT order_month, count(*) AS orders FROM smelt.ref('stg_orders') GROUP BY order_month
)
SELECT
  cur.order_month,
  cur.orders,
  prev.orders AS previous_orders,
  cur.orders - coalesce(prev.orders, 0) AS change,
  CASE WHEN prev.orders > 0 THEN (cur.orders - prev.orders) / CAST(prev.orders AS DOUBLE) END AS growth
FROM monthly AS cur
LEFT JOIN monthly AS prev ON prev.order_month = cur.order_month - INTERVAL '1 month'

--- name: orders_in_euro ---
-- The latest known rate on or before the day of the order.
WITH rates AS (
  SELECT currency, rate_date, rate_to_eur,
    lead(rate_date, 1, DATE '9999-12-31') OVER (PARTITION BY currency ORDER BY rate_date) AS next_date
  FROM smelt.ref('exchange_rates')
)
SELECT
  o.order_id,
  o.currency,
  f.net_amount,
  CASE WHEN o.currency = 'EUR' THEN 1 ELSE r.rate_to_eur END AS rate,
  round(f.net_amount * CASE WHEN o.currency = 'EUR' THEN 1 ELSE r.rate_to_eur END, 2) AS net_amount_eur
FROM smelt.ref('stg_orders') AS o
JOIN smelt.ref('fct_orders') AS f ON f.order_id = o.order_id
LEFT JOIN rates AS r
  ON r.currency = o.currency AND o.ordered_on >= r.rate_date AND o.ordered_on < r.next_date

--- name: weekday_heatmap ---
SELECT
  dayname(ordered_at) AS weekday,
  hour(ordered_at) // 6 AS quarter_of_day,
  count(*) AS orders
FROM smelt.source('raw.orders')
GROUP BY 1, 2

--- name: local_payments ---
SELECT
  payment_id,
  paid_at,
  paid_at AT TIME ZONE 'America/New_York' AS new_york,
  CAST(paid_at AT TIME ZONE 'UTC' AS DATE) AS utc_day,
  date_trunc('hour', paid_at AT TIME ZONE 'UTC') AS utc_hour,
  epoch(paid_at) AS unix_seconds
FROM smelt.source('raw.payments')
