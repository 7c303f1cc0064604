---
description: The whole network, a row a day. Runs by day, only the days that new flights reach.
materialize: daily
partition_by: flight_date
columns:
  flight_date: { tests: [unique, not_null] }
---
SELECT
  f.flight_date,
  count(*) AS flights,
  count(DISTINCT f.origin) AS airports,
  sum(f.distance_miles) AS miles,
  sum(f.is_late) AS late_flights
FROM smelt.ref('stg_flights') AS f
GROUP BY f.flight_date
