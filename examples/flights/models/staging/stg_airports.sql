---
description: Airports by their IATA code.
columns:
  airport: { tests: [unique, not_null] }
---
SELECT
  a.iata AS airport,
  a.name AS airport_name,
  a.city,
  a.state,
  a.country,
  a.latitude,
  a.longitude
FROM smelt.source('raw.airports') AS a
