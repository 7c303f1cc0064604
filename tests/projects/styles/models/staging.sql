--- name: stg_customers ---
SELECT
  c.customer_id,
  trim(c.full_name) AS customer_name,
  split_part(trim(c.full_name), ' ', 1) AS first_name,
  lower(nullif(trim(c.email), '')) AS email,
  coalesce(c.country_code, 'ZZ') AS country_code,
  CAST(c.created_at AS DATE) AS created_on,
  c.created_at,
  c.updated_at
FROM smelt.source('raw.customers') AS c

--- name: stg_products ---
SELECT
  product_id,
  sku,
  title,
  category,
  list_price,
  attributes->>'color' AS color,
  CAST(attributes->>'weight' AS DOUBLE) AS weight_kg,
  CASE WHEN list_price >= 25 THEN 'premium' WHEN list_price >= 10 THEN 'standard' ELSE 'budget' END AS price_band
FROM smelt.source('raw.products')

--- name: stg_orders ---
allow_star: true
---
WITH source AS (
  SELECT order_id, customer_id, status, currency, ordered_at, shipped_at, coupon_code
  FROM smelt.source('raw.orders')
),

renamed AS (
  SELECT
    order_id,
    customer_id,
    status AS order_status,
    upper(currency) AS currency,
    ordered_at,
    ordered_at::DATE AS ordered_on,
    date_trunc('month', ordered_at)::DATE AS order_month,
    shipped_at,
    coupon_code IS NOT NULL AS has_coupon,
    status IN ('completed', 'shipped') AS is_valid
  FROM source
)

SELECT * EXCLUDE (shipped_at), date_diff('day', ordered_at, shipped_at) AS days_to_ship
FROM renamed

--- name: stg_payments ---
SELECT
  payment_id,
  order_id,
  method AS payment_method,
  CAST(amount_cents / 100.0 AS DECIMAL(12, 2)) AS amount,
  paid_at AT TIME ZONE 'Europe/Berlin' AS paid_at_local,
  paid_at
FROM smelt.source('raw.payments')
WHERE status = 'success'

--- name: stg_events ---
SELECT
  event_id,
  user_id,
  anonymous_id,
  event_name,
  page_path,
  CAST(properties->>'product_id' AS BIGINT) AS product_id,
  coalesce(properties->>'ref', 'direct') AS referrer,
  occurred_at,
  loaded_at
FROM smelt.source('raw.events')
QUALIFY row_number() OVER (PARTITION BY event_id ORDER BY loaded_at, occurred_at) = 1
