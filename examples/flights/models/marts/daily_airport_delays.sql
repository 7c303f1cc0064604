---
description: Departures and delays of every airport, a row a day.
key: [flight_date, origin]
columns:
  flight_date: { tests: [not_null] }
  origin: { tests: [not_null, { relationships: { to: stg_airports, column: airport } }] }
tests:
  - { unique: [flight_date, origin] }
---
SELECT
  e.flight_date,
  e.origin,
  count(*) AS flights,
  sum(e.is_late) AS late_flights,
  sum(e.delay_minutes) AS delay_minutes,
  max(e.delay_minutes) AS worst_delay
FROM smelt.ref('flights_enriched') AS e
GROUP BY e.flight_date, e.origin
