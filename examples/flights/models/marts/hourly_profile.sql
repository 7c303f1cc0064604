---
description: How delays build up over the hours of a day.
columns:
  departure_hour: { tests: [unique, not_null] }
---
SELECT
  e.departure_hour,
  count(*) AS flights,
  avg(e.delay_minutes) AS average_delay,
  CAST(sum(e.is_late) AS DOUBLE) / count(*) AS late_share
FROM smelt.ref('flights_enriched') AS e
GROUP BY e.departure_hour
