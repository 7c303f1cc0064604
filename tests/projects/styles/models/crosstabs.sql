--- name: payments_by_method ---
-- A column for each method, by day.
PIVOT (SELECT CAST(paid_at AS DATE) AS paid_on, method, amount_cents FROM smelt.source('raw.payments') WHERE status = 'success')
ON method IN ('card', 'bank_transfer', 'coupon')
USING sum(amount_cents) AS cents, count(*) AS payments
GROUP BY paid_on

--- name: payments_long ---
-- And back to rows.
SELECT p.paid_on, p.method, p.cents
FROM smelt.ref('payments_by_method') UNPIVOT (cents FOR method IN (card_cents AS card, bank_transfer_cents AS bank_transfer, coupon_cents AS coupon)) AS p

--- name: busiest_methods ---
SELECT max(COLUMNS(['card_payments', 'bank_transfer_payments', 'coupon_payments'])) AS "most_\0"
FROM smelt.ref('payments_by_method')

--- name: priorities ---
-- The columns are the values of the type.
PIVOT (SELECT customer_id, CAST(priority AS ENUM('low', 'normal', 'high', 'urgent')) AS priority FROM smelt.source('raw.support_tickets'))
ON priority
USING count(*)
GROUP BY customer_id

--- name: answers ---
---
allow_star: true
---
SELECT * RENAME (value AS answer)
FROM (UNPIVOT (SELECT response_id, q1, q2, q3 FROM smelt.source('raw.survey_responses')) ON COLUMNS('^q') INTO NAME question VALUE value) AS u
WHERE COLUMNS(['question', 'value']) IS NOT NULL

--- name: priced_lines ---
SELECT l.order_id, l.line_number, l.title
FROM (smelt.source('raw.order_lines') AS o JOIN smelt.source('raw.products') AS p ON o.product_id = p.product_id) AS l
WHERE l.quantity BETWEEN 2 AND 3
ORDER BY ALL
LIMIT 5
