-- Joins by their alias, ASOF and POSITIONAL joins, numbered rows of functions, samples.

CREATE TABLE p (k INTEGER NOT NULL, t INTEGER, v VARCHAR NOT NULL);
INSERT INTO p VALUES (1, 10, 'a'), (1, 20, 'b'), (2, 10, 'c'), (3, NULL, 'd');
CREATE TABLE q (k INTEGER NOT NULL, t INTEGER NOT NULL, w VARCHAR NOT NULL, PRIMARY KEY (k, t));
INSERT INTO q VALUES (1, 5, 'x'), (1, 15, 'y'), (2, 11, 'z'), (4, 1, 'u');
CREATE TABLE r (id INTEGER NOT NULL, l INTEGER[], PRIMARY KEY (id));
INSERT INTO r VALUES (1, [10, NULL, 30]), (2, []), (3, NULL);

SELECT x.k, x.w FROM (p JOIN q ON p.k = q.k) AS x;
SELECT * FROM (p JOIN q ON p.k = q.k) AS x;
SELECT x.k_1, x.t_1 FROM (p LEFT JOIN q ON p.k = q.k) AS x;
SELECT x.* FROM (p FULL JOIN q ON p.k = q.k) AS x;
SELECT x.w, count(*) AS n FROM (p JOIN q ON p.k = q.k) AS x JOIN r ON r.id = x.k GROUP BY x.w;

-- as written
SELECT * FROM p ASOF JOIN q USING (k, t);
-- as written
SELECT p.k, p.v, q.w, q.t FROM p ASOF JOIN q ON p.k = q.k AND p.t >= q.t;
-- as written
SELECT p.k, p.v, q.w, q.t FROM p ASOF LEFT JOIN q ON p.k = q.k AND p.t >= q.t;
-- as written
SELECT p.k, p.v, q.w, q.t FROM p ASOF RIGHT JOIN q ON p.k = q.k AND p.t >= q.t;
-- as written
SELECT p.k, p.v, q.w, q.t FROM p ASOF FULL JOIN q ON p.k = q.k AND p.t >= q.t;
-- as written
SELECT p.k, p.v FROM p ASOF SEMI JOIN q ON p.k = q.k AND p.t >= q.t;
-- as written
SELECT * FROM p ASOF ANTI JOIN q ON p.k = q.k AND p.t >= q.t;
-- as written
SELECT * FROM p ASOF RIGHT JOIN q USING (k, t);
-- as written
SELECT * FROM p ASOF FULL JOIN q USING (k, t);
-- as written
SELECT * FROM p ASOF LEFT JOIN q USING (k, t);
-- as written
SELECT k, t, w FROM q ASOF JOIN (SELECT k, t, v FROM p) AS o USING (k, t);
-- as written
SELECT q.w, o.v FROM q ASOF LEFT JOIN p AS o ON o.k = q.k AND q.t > o.t;
-- as written
SELECT p.v, q.w FROM p POSITIONAL JOIN q;
-- as written
SELECT p.v, o.w FROM p POSITIONAL JOIN (SELECT w FROM q WHERE k = 1) AS o;

-- as written
SELECT * FROM unnest([10, 20]) WITH ORDINALITY AS f(x, o);
-- as written
SELECT * FROM unnest([10, NULL]) WITH ORDINALITY;
-- as written
SELECT f.x, f.ordinality FROM range(3) WITH ORDINALITY AS f(x);
-- as written
SELECT a, b FROM generate_series(1, 3) WITH ORDINALITY AS f(a, b) WHERE b > 1;
-- as written
SELECT r.id, u.n, u.i FROM r CROSS JOIN unnest(r.l) WITH ORDINALITY AS u(n, i);

-- as written
SELECT count(*) AS n FROM p TABLESAMPLE 2 ROWS;
-- as written
SELECT count(*) AS n FROM p AS o TABLESAMPLE reservoir(3 ROWS) REPEATABLE (7);
-- as written
SELECT k, v FROM p TABLESAMPLE bernoulli(50%) REPEATABLE (7);
-- as written
SELECT k, v FROM p TABLESAMPLE 100%;
-- as written
SELECT p.k, q.w FROM p JOIN q TABLESAMPLE bernoulli(60 PERCENT) REPEATABLE (1) ON p.k = q.k;
-- as written
SELECT count(*) AS n FROM (SELECT k FROM p WHERE k < 9 USING SAMPLE 3 ROWS) AS o;
-- as written
SELECT k, count(*) AS n FROM p GROUP BY k USING SAMPLE 60% (bernoulli, 42);
-- as written
FROM (SELECT k, t FROM q TABLESAMPLE 100 ROWS) AS o UNPIVOT (v FOR n IN (k, t));
-- as written
FROM q TABLESAMPLE reservoir(9 ROWS) PIVOT (count(*) FOR k IN (1, 2) GROUP BY w);
