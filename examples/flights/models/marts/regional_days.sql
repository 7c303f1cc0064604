---
description: Delays by day and region of departure.
---
SELECT
  e.flight_date,
  r.region,
  count(*) AS flights,
  sum(e.is_late) AS late_flights,
  sum(e.delay_minutes) AS delay_minutes
FROM smelt.ref('flights_enriched') AS e
JOIN smelt.ref('airport_regions') AS r ON r.airport = e.origin
GROUP BY e.flight_date, r.region
