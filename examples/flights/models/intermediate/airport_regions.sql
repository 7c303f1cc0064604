---
description: Airports of the United States with their region.
columns:
  airport: { tests: [unique] }
---
SELECT a.airport, a.airport_name, a.city, a.state, r.region, r.division
FROM smelt.ref('stg_airports') AS a
JOIN smelt.ref('regions') AS r ON r.state = a.state
