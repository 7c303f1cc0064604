---
description: Departures and delays of every airport, a row a month.
tests:
  - { unique: [flight_month, origin] }
---
SELECT
  e.flight_month,
  e.origin,
  e.origin_name,
  count(*) AS flights,
  sum(e.is_late) AS late_flights,
  avg(e.delay_minutes) AS average_delay,
  max(e.delay_minutes) AS worst_delay
FROM smelt.ref('flights_enriched') AS e
GROUP BY e.flight_month, e.origin, e.origin_name
