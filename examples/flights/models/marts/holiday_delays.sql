---
description: Delays on public holidays beside those of other days.
---
SELECT
  e.flight_date,
  e.holiday,
  count(*) AS flights,
  sum(e.is_late) AS late_flights,
  avg(e.delay_minutes) AS average_delay
FROM smelt.ref('flights_enriched') AS e
GROUP BY e.flight_date, e.holiday
