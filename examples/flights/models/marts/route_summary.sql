---
description: Every route over the whole period.
tests:
  - { unique: [origin, destination] }
---
SELECT
  e.origin,
  e.destination,
  count(*) AS flights,
  min(e.distance_miles) AS distance_miles,
  avg(e.delay_minutes) AS average_delay,
  min(e.flight_date) AS first_flight,
  max(e.flight_date) AS last_flight
FROM smelt.ref('flights_enriched') AS e
GROUP BY e.origin, e.destination
