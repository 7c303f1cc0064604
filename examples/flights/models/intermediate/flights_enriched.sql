---
description: Every flight with where it came from and went to. Marts read a few columns of it.
---
SELECT
  f.departed_at,
  f.flight_date,
  f.departure_hour,
  date_trunc('month', f.flight_date) AS flight_month,
  f.origin,
  o.airport_name AS origin_name,
  o.city AS origin_city,
  o.state AS origin_state,
  f.destination,
  d.airport_name AS destination_name,
  d.city AS destination_city,
  d.state AS destination_state,
  f.distance_miles,
  f.delay_minutes,
  f.is_late,
  h.holiday
FROM smelt.ref('stg_flights') AS f
LEFT JOIN smelt.ref('stg_airports') AS o ON o.airport = f.origin
LEFT JOIN smelt.ref('stg_airports') AS d ON d.airport = f.destination
LEFT JOIN smelt.ref('holidays') AS h ON h.holiday_date = f.flight_date
