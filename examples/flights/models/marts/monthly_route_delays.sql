---
description: Flights and delays of every route, a row a month.
tests:
  - { unique: [flight_month, origin, destination] }
---
SELECT
  e.flight_month,
  e.origin,
  e.destination,
  count(*) AS flights,
  sum(e.is_late) AS late_flights,
  sum(e.delay_minutes) AS delay_minutes,
  min(e.distance_miles) AS distance_miles
FROM smelt.ref('flights_enriched') AS e
GROUP BY e.flight_month, e.origin, e.destination
