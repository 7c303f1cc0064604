---
description: Flights with the names and types that the rest of the project uses.
---
SELECT
  f.date AS departed_at,
  CAST(f.date AS DATE) AS flight_date,
  date_part('hour', f.date) AS departure_hour,
  f.origin,
  f.destination,
  f.distance AS distance_miles,
  CAST(f.delay AS INTEGER) AS delay_minutes,
  CASE WHEN f.delay > 15 THEN 1 ELSE 0 END AS is_late
FROM smelt.source('raw.flights') AS f
