---
description: Traffic between cities by month.
---
SELECT
  e.flight_month,
  e.origin_city,
  e.origin_state,
  e.destination_city,
  e.destination_state,
  count(*) AS flights,
  sum(e.distance_miles) AS miles
FROM smelt.ref('flights_enriched') AS e
GROUP BY
  e.flight_month,
  e.origin_city,
  e.origin_state,
  e.destination_city,
  e.destination_state
