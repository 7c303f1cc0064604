---
description: Departures and delays of every state, a row a day.
tests:
  - { unique: [flight_date, origin_state] }
---
SELECT
  e.flight_date,
  e.origin_state,
  count(*) AS flights,
  sum(e.is_late) AS late_flights,
  sum(e.delay_minutes) AS delay_minutes
FROM smelt.ref('flights_enriched') AS e
GROUP BY e.flight_date, e.origin_state
