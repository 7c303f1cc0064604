-- The marts count the same flights, whichever way they cut them.
SELECT a.flights, r.flights AS route_flights
FROM (
  SELECT sum(d.flights) AS flights
  FROM smelt.ref('daily_airport_delays') AS d
) AS a
CROSS JOIN (
  SELECT sum(s.flights) AS flights
  FROM smelt.ref('route_summary') AS s
) AS r
WHERE a.flights <> r.flights
