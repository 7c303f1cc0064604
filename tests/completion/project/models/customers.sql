---
description: everybody who ordered
---
SELECT o.customer_id AS id, count(*) AS orders, max(o.amount) AS most
FROM smelt.ref('orders') AS o
GROUP BY o.customer_id
