SELECT c.id FROM smelt.ref('customers') AS c
