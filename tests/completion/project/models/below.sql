SELECT e.id FROM smelt.ref('edited') AS e
