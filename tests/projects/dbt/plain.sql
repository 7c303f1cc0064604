-- stg_customers
SELECT id AS customer_id, upper(name) AS customer_name FROM landing.customers;
-- stg_orders
SELECT id AS order_id, customer_id, CAST(ordered_at AS DATE) AS ordered_on, status
FROM landing.till_orders WHERE ordered_at >= TIMESTAMP '2024-01-02';
-- stg_payments
SELECT id AS payment_id, order_id, currency, amount_cents / 100.0 AS amount FROM landing.payments WHERE amount_cents >= 150;
-- stg_amounts
SELECT md5(p.id::VARCHAR || '-' || p.order_id::VARCHAR) AS amount_key, p.amount_cents / 100.0 AS amount, p.amount_cents AS cents,
  round(p.amount_cents / 100, 2)::DECIMAL(16, 2) AS rounded, (p.amount_cents / 100.0 * 0.5)::DECIMAL(16, 3) AS half,
  date_trunc('month', o.ordered_at) AS month, date_diff('day', o.ordered_at, TIMESTAMP '2024-02-01') AS days,
  o.ordered_at + INTERVAL 7 DAY AS due_at, NULL::INTEGER AS no_number
FROM landing.payments AS p JOIN landing.till_orders AS o ON p.order_id = o.id;
-- orders
SELECT o.id AS order_id, o.customer_id, CAST(o.ordered_at AS DATE) AS ordered_on, o.status,
  coalesce(p.amount, 0) AS amount, coalesce(p.amount, 0) * 1.19 AS gross
FROM landing.till_orders AS o LEFT JOIN (
  SELECT order_id, sum(amount_cents / 100.0 * CASE currency WHEN 'USD' THEN 0.92 ELSE 1 END) AS amount
  FROM landing.payments WHERE amount_cents >= 150 GROUP BY order_id
) AS p ON p.order_id = o.id
WHERE o.ordered_at >= TIMESTAMP '2024-01-02';
-- customers
SELECT c.id AS customer_id, upper(c.name) AS customer_name, count(o.id) AS orders,
  min(CAST(o.ordered_at AS DATE)) AS first_order, sum(coalesce(p.amount, CASE WHEN o.id IS NOT NULL THEN 0 END)) AS amount
FROM landing.customers AS c
LEFT JOIN landing.till_orders AS o ON o.customer_id = c.id AND o.ordered_at >= TIMESTAMP '2024-01-02'
LEFT JOIN (
  SELECT order_id, sum(amount_cents / 100.0 * CASE currency WHEN 'USD' THEN 0.92 ELSE 1 END) AS amount
  FROM landing.payments WHERE amount_cents >= 150 GROUP BY order_id
) AS p ON p.order_id = o.id
GROUP BY ALL;
