SELECT o.id, o.customer_id, o.amount, o.ordered_at
FROM smelt.source('raw.orders') AS o
