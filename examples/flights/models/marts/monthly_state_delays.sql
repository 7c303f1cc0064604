---
description: Delays by month and state of departure.
tests:
  - { unique: [flight_month, origin_state] }
---
SELECT
  e.flight_month,
  e.origin_state,
  count(*) AS flights,
  sum(e.is_late) AS late_flights,
  avg(e.delay_minutes) AS average_delay
FROM smelt.ref('flights_enriched') AS e
GROUP BY e.flight_month, e.origin_state
