---
description: The five busiest routes out of every airport.
---
SELECT
  r.origin,
  r.destination,
  r.flights,
  r.average_delay,
  row_number() OVER (PARTITION BY r.origin ORDER BY r.flights DESC, r.destination) AS place
FROM smelt.ref('route_summary') AS r
QUALIFY row_number() OVER (PARTITION BY r.origin ORDER BY r.flights DESC, r.destination) <= 5
