---
description: Arrivals of every airport, a row a day.
---
SELECT
  e.flight_date,
  e.destination,
  count(*) AS arrivals,
  sum(e.delay_minutes) AS delay_minutes
FROM smelt.ref('flights_enriched') AS e
GROUP BY e.flight_date, e.destination
