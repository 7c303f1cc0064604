---
description: Every airport of departure over the whole period.
columns:
  origin: { tests: [unique, not_null] }
---
SELECT
  e.origin,
  e.origin_name,
  e.origin_city,
  count(*) AS flights,
  count(DISTINCT e.destination) AS destinations,
  sum(e.is_late) AS late_flights,
  max(e.delay_minutes) AS worst_delay
FROM smelt.ref('flights_enriched') AS e
GROUP BY e.origin, e.origin_name, e.origin_city
