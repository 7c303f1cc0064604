-- Stars, COLUMNS, ORDER BY ALL and columns by their number.

CREATE TABLE t (a INTEGER NOT NULL, b INTEGER, c VARCHAR, ab DOUBLE, PRIMARY KEY (a));
INSERT INTO t VALUES (1, 9, 'x', 1.5), (3, NULL, 'y', 2.5), (4, 2, NULL, -1);
CREATE TABLE u (a INTEGER NOT NULL, d DATE, "odd Name" VARCHAR);
INSERT INTO u VALUES (1, DATE '2020-01-01', 'p'), (1, NULL, 'q'), (5, NULL, NULL);

SELECT * RENAME (a AS z) FROM t;
SELECT * RENAME (t.a AS z, b AS "y y") FROM t;
SELECT t.* EXCLUDE (c) RENAME (b AS y) FROM t JOIN u ON t.a = u.a;
SELECT * EXCLUDE (u.a) FROM t JOIN u ON t.a = u.a;
SELECT * EXCLUDE (t.a, c) REPLACE (b + 1 AS b) RENAME (ab AS q) FROM t LEFT JOIN u ON t.a = u.a;
SELECT * EXCLUDE ('a', "B") FROM t;

SELECT COLUMNS('a') FROM t;
SELECT COLUMNS('^b') + 1 FROM t;
SELECT COLUMNS('(?i)^A') FROM t;
SELECT COLUMNS('a|b') AS '\0_x' FROM t;
SELECT COLUMNS('(a)(b?)') AS 'n_\1_\2' FROM t;
SELECT COLUMNS('^(.)$') AS 'x_\1' FROM t;
SELECT COLUMNS(*) AS 'p_\0' FROM t;
SELECT min(COLUMNS(*)) FROM t;
SELECT COLUMNS(*) + COLUMNS(*) FROM (SELECT a, b FROM t) AS s;
SELECT COLUMNS(* EXCLUDE (c)) * 2 FROM t;
SELECT COLUMNS(* REPLACE (a + 100 AS a)) FROM t;
SELECT COLUMNS(t.*) FROM t JOIN u ON t.a = u.a;
SELECT max(COLUMNS(u.*)) FROM t JOIN u ON t.a = u.a;
SELECT COLUMNS(['c', 'A']) FROM t;
SELECT COLUMNS(['odd Name', 'd']) FROM u;
SELECT COLUMNS(lambda n: n LIKE 'a%') FROM t;
SELECT COLUMNS(n -> n <> 'c' AND length(n) < 2) FROM t;
SELECT COLUMNS(lambda n: n IN ('a', 'b') OR starts_with(n, 'ab')) FROM t;
SELECT COLUMNS(lambda n: regexp_matches(n, '^.b$')) FROM t;
SELECT COLUMNS(lambda n: NOT (n GLOB 'a*') AND n IS NOT NULL) FROM t;
SELECT COLUMNS([n FOR n IN (*) IF n LIKE 'a%']) FROM t;
SELECT * LIKE 'a%' FROM t;
SELECT * NOT LIKE 'a%' FROM t;
SELECT * ILIKE 'A_' FROM t;
SELECT * SIMILAR TO 'a.*' FROM t;
SELECT t.* GLOB '[ab]' FROM t;

SELECT coalesce(*COLUMNS(['b', 'a'])) AS v FROM t;
SELECT greatest(*COLUMNS('^[ab]$'), 2) AS v FROM t;
SELECT a IN (*COLUMNS(['b', 'ab'])) AS v FROM t;
SELECT sum(COLUMNS(['a', 'b'])) OVER (PARTITION BY c) FROM t;
SELECT count(DISTINCT COLUMNS(*)) FROM t;
SELECT count(COLUMNS(*)) FILTER (WHERE COLUMNS(*) IS NOT NULL) FROM t;
SELECT CASE WHEN COLUMNS(['a', 'b']) IS NULL THEN 0 ELSE COLUMNS(['a', 'b']) END FROM t;
SELECT CAST(COLUMNS(*) AS VARCHAR) FROM t;
SELECT c, sum(COLUMNS(['a', 'b'])) FROM t GROUP BY ALL;
SELECT c, max(COLUMNS(* EXCLUDE (c))) FROM t GROUP BY c;
SELECT COLUMNS(['a']) AS x, x + 1 AS y FROM t;
SELECT COLUMNS(*) FROM t JOIN u USING (a);
SELECT max(COLUMNS(*)) FROM t JOIN u USING (a);
SELECT max(COLUMNS(*)) FROM (SELECT 1 AS a, 2 AS b);
SELECT a FROM t WHERE COLUMNS(['a', 'b']) > 1;
SELECT a FROM t WHERE COLUMNS(*) IS NOT NULL;
SELECT a FROM t WHERE EXISTS (SELECT COLUMNS(['d']) FROM u WHERE u.a = t.a);
WITH w AS (SELECT COLUMNS('a') FROM t) SELECT max(COLUMNS(*)) FROM w;
SELECT s.v FROM (SELECT min(COLUMNS(['a'])) AS v FROM t) AS s;
SELECT COLUMNS('^a$') FROM t UNION ALL SELECT COLUMNS(['a', 'a']) FROM u;

SELECT a, b FROM t ORDER BY ALL;
SELECT b, a FROM t ORDER BY ALL DESC NULLS FIRST;
SELECT a, b FROM t UNION ALL SELECT a, a AS b FROM u ORDER BY ALL DESC;
SELECT c, count(*) AS n FROM t GROUP BY ALL ORDER BY ALL;
SELECT a, b FROM t ORDER BY ALL LIMIT 2;
SELECT b, a FROM t ORDER BY COLUMNS(['b', 'a']) DESC;
SELECT b, a FROM t ORDER BY #2 DESC;
SELECT #1, #2 + 1 AS n FROM t;
SELECT #3, count(*) AS n FROM t GROUP BY #3;
SELECT DISTINCT ON (COLUMNS(['c'])) c FROM t ORDER BY c;

-- How names are matched and made.
CREATE TABLE v (id INTEGER NOT NULL, "Jan" INTEGER, "2000" INTEGER, "a b" INTEGER, number1 INTEGER, PRIMARY KEY (id));
INSERT INTO v VALUES (1, 2, 3, 4, 5), (2, NULL, 1, NULL, 7);
SELECT COLUMNS(x -> x[-1] IN ('n', 'd')) FROM v;
SELECT COLUMNS(['jan']) + 1 AS 'v\\_\0' FROM v;
SELECT COLUMNS([x FOR x IN *]) FROM v;
SELECT COLUMNS(list_concat(['id'], ['Jan'])) FROM v;
SELECT COLUMNS(list_filter(['id', 'Jan'], x -> x LIKE 'J%')) FROM v;
SELECT COLUMNS(x -> strlen(x) = 3) FROM v;
SELECT COLUMNS(x -> regexp_matches(x, '^j', 'i')) FROM v;
SELECT COLUMNS(x -> NOT contains(x, 'a')) FROM v;
SELECT COLUMNS(x -> substr(x, 1, 1) = 'J' OR x ILIKE '%B') FROM v;
SELECT * SIMILAR TO 'number(\d+)' AS 'c\1' FROM v;
SELECT * EXCLUDE (id) SIMILAR TO '.*n.*' FROM v;
SELECT concat(*COLUMNS(['id', 'Jan'])) AS c FROM v;
SELECT id FROM v WHERE 5 IN (*COLUMNS(*));
SELECT id FROM v WHERE COLUMNS(['id']) > 0 AND COLUMNS('^J') > 1;
SELECT * RENAME (i1.id AS x, i1."Jan" AS y) FROM v AS i1 JOIN (SELECT id FROM v) AS i2 USING (id);
SELECT * EXCLUDE (id) RENAME ("2000" AS id) FROM v;
SELECT COLUMNS(* REPLACE (id * 2 AS id)) FROM v NATURAL JOIN (SELECT id, 9 AS n FROM v) AS w;
SELECT COLUMNS(*)::VARCHAR FROM v FULL JOIN (SELECT 1 AS id, 3 AS k) AS w USING (id);
FROM v UNION FROM v ORDER BY COLUMNS('^[J2]') DESC;

-- The star of a struct.
CREATE TABLE h (id INTEGER NOT NULL, o STRUCT(i INTEGER, j VARCHAR), PRIMARY KEY (id));
INSERT INTO h VALUES (1, {'i': 1, 'j': 'x'}), (2, NULL);
SELECT id, o.* FROM h;
SELECT o.* EXCLUDE (j) FROM h;
SELECT o.* REPLACE (o.i + 3 AS i) FROM h;
SELECT o.* RENAME (i AS r) FROM h;
SELECT s.* FROM (SELECT {'a': id, 'b': 2} AS s FROM h) AS t;
WITH w AS (SELECT o AS p FROM h) SELECT p.* FROM w;
