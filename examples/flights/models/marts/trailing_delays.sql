---
description: Departures and delays of every airport over the last 7 and 28 days.
tests:
  - { unique: [flight_date, origin] }
---
SELECT
  d.flight_date,
  d.origin,
  sum(d.flights) OVER last_7 AS flights_7_days,
  sum(d.late_flights) OVER last_7 AS late_flights_7_days,
  sum(d.flights) OVER last_28 AS flights_28_days,
  sum(d.late_flights) OVER last_28 AS late_flights_28_days
FROM smelt.ref('daily_airport_delays') AS d
WINDOW
  last_7 AS (
    PARTITION BY d.origin
    ORDER BY d.flight_date
    RANGE BETWEEN INTERVAL 6 DAY PRECEDING AND CURRENT ROW
  ),
  last_28 AS (
    PARTITION BY d.origin
    ORDER BY d.flight_date
    RANGE BETWEEN INTERVAL 27 DAY PRECEDING AND CURRENT ROW
  )
