---
description: Delays by the day of the week, Sunday is 0.
columns:
  weekday: { tests: [unique, not_null] }
---
SELECT
  date_part('dow', e.flight_date) AS weekday,
  count(*) AS flights,
  sum(e.is_late) AS late_flights,
  avg(e.delay_minutes) AS average_delay
FROM smelt.ref('flights_enriched') AS e
GROUP BY date_part('dow', e.flight_date)
