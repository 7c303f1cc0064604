-- No airport has more late flights than flights on a day.
SELECT d.flight_date, d.origin, d.flights, d.late_flights
FROM smelt.ref('daily_airport_delays') AS d
WHERE d.late_flights > d.flights
