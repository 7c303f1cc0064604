-- What the language has, a statement a line: DuckDB is to see the same tree in what is printed.
-- literals
SELECT 1, 1_000, 1.5, .5, 5., 1e3, 1.5E-2, -1, - 1, -(-1), +1
SELECT 'it''s', '', e'tab\tand \x41\103', $$a 'b' $ c$$, $tag$ $$ $tag$, N'abc'
SELECT NULL, TRUE, false, x'AB', b'0110'
SELECT DATE '2024-01-31', TIMESTAMP '2024-01-31 10:00:00', TIMESTAMP WITH TIME ZONE '2024-01-31 10:00:00+00', mood 'happy', DECIMAL(4, 1) '1.5', CHARACTER VARYING 'a', double precision '1.5'
SELECT INTERVAL '1' day, INTERVAL 3 MONTHS, INTERVAL (a + 1) HOUR, INTERVAL '1 day 2 hours'
SELECT INTERVAL '1 day'::VARCHAR, INTERVAL 1 DAY::VARCHAR, (INTERVAL '1 day')[1], (DATE '2024-01-31')[1], (x'AB')[1], ('abc')[1]
SELECT main.mood 'happy', s.t.mood 'happy', mood(1) 'happy', s.mood('a', 2) 'happy', "My Type" 'a', CHAR VARYING(3) 'a', NATIONAL CHAR(3) 'a', NCHAR 'a', BIT VARYING(3) '1', TIMESTAMP(3) WITH TIME ZONE '2024-01-31 10:00:00+00'
SELECT e'it\'s', e'\\', 1_0.0_1, 1__0, 1_, 1._5
SELECT [1, 2,], [], ARRAY[1, 2], {'a': 1, b: 'x'}, MAP {'k': 1, 'l': 2}, MAP {}, (1, 2), ROW(1), ROW()
SELECT $1, $2
SELECT ?, ?
SELECT $first, $second
-- names
SELECT "a""b", "select", t."x y".z, été, a$b, day, name, value, year FROM t
SELECT a AS left, b AS "from", c AS 'text', d e FROM t AS x, u y, v AS z (p, q)
SELECT a,　b​FROM t WHERE⁠c﻿= ' '
SELECT total: a + b FROM x: t, y: (SELECT 1), z: f(1)
-- operators and how they bind
SELECT a + b * c - d / e % f // g, (a + b) * c, a - (b - c), a ^ b ^ c, -a ^ b, a || b || c
SELECT a OR b AND NOT c = d, NOT (a AND b), (a OR b) AND c, NOT a IS NULL, a = b IS TRUE
SELECT a = 1 AND b <> 2 OR c != 3, a == b, a < b, a <= b, a > b, a >= b
SELECT a == b || c, a == b = c, a == b == c, a = b == c, a == b != c, a == ANY (SELECT 1), a = ANY (b) = c
SELECT a ** b, a ** b ^ c, -a ** b, a OPERATOR(**) b
SELECT a IS NULL, a IS NOT NULL, a ISNULL, a NOTNULL, a NOT NULL, a IS TRUE, a IS NOT FALSE, a IS UNKNOWN, a IS NOT UNKNOWN
SELECT a IS DISTINCT FROM b, a IS NOT DISTINCT FROM b = c, (a IS DISTINCT FROM b) IS NULL, a IS NULL IS NULL
SELECT a BETWEEN 1 AND 2 AND b, a NOT BETWEEN b + 1 AND c * 2, a BETWEEN b = c AND d, (a BETWEEN b AND c) = d
SELECT a BETWEEN b IS DISTINCT FROM c AND d, a BETWEEN b < c AND d AND e, POSITION(a = b IN c), a BETWEEN (b AT TIME ZONE c) AND d, a BETWEEN d + (b COLLATE c) AND e
SELECT a IN (1, 2,), a NOT IN (1), a IN (SELECT 1), a NOT IN (VALUES (1)), (a, b) IN ((1, 2)), a IN b, a NOT IN [1, 2], a IN (1) IN (TRUE)
SELECT a IN ((SELECT 1),), a IN ((SELECT 1)), a IN ARRAY(SELECT 1), a NOT IN ARRAY(SELECT 1), a IN b::BOOLEAN, a IN b.c[1] AND d
SELECT a LIKE 'x%', a NOT LIKE b || 'y', a ILIKE b ESCAPE '!', a SIMILAR TO 'z', a GLOB '*', a ~ 'r', a !~ 'r', a ~* 'r', a !~* 'r'
SELECT a ~~ b, a !~~ b, a ~~* b, a !~~* b, a ~~~ b, (a ~~ b) || c
SELECT ~a + b, (~a) + b, ~a | b & c << d >> e, @ a, @(a + b), 10!, (10!) + 1
SELECT a -> 'x' -> 'y', a ->> '$.x', (a -> 'x') = 'y', (a ->> 'x') || 'y', a -> 0
SELECT a @> b, a <@ b, a && b, a ^@ b, a <-> b, a <=> b, a OPERATOR(+) b
SELECT a OPERATOR(=) ANY (SELECT 1), OPERATOR(-) a, a OPERATOR(!), (a !) + 1, (a !) @> b, a <-> #1, - #1, (-a) !, a ~~~ b LIKE c
SELECT a OPERATOR(pg_catalog.~) '^x' COLLATE pg_catalog."default", a * b OPERATOR(s.+) c - d, (a OPERATOR(s.-) b) - c, a OPERATOR(s.!), OPERATOR(s.-) a, OPERATOR(!!) a + b, OPERATOR(&&) a, a OPERATOR(~~) b
SELECT OPERATOR(-) 1, OPERATOR(-) a - b, OPERATOR(+) a || b, -#1, a + OPERATOR(-) b, (OPERATOR(-) a)::INTEGER
SELECT a AT TIME ZONE 'UTC' AT TIME ZONE b, a + b AT TIME ZONE 'UTC', (a || b) COLLATE nocase, -a COLLATE de.fr, a || b COLLATE c
SELECT a::INTEGER::VARCHAR, -a::INTEGER, (-a)::INTEGER, (a + b)::DATE, (a::INTEGER[])[1], (a::VARCHAR).b
SELECT CAST(a AS DECIMAL(12, 2)), TRY_CAST(a AS DATE), a::STRUCT(x INTEGER, y VARCHAR[]), a::MAP(VARCHAR, INTEGER), a::INTEGER[3][], a::INTEGER ARRAY, a::UNION(n INTEGER, s VARCHAR)
SELECT a::json, a::JSON, a::NCHAR(3), a::"date", a::"My Type"(1), a::SETOF INTEGER
SELECT a::ENUM('x', 'y'), a::main.mood, a::"My Type", a::TIMESTAMP(3), a::TIME WITH TIME ZONE, a::BIT VARYING(3), a::NATIONAL CHARACTER(3), a::INTERVAL YEAR
SELECT a[1], a[1:2], a[:2], a[1:], a[:], a[1:9:2], a[:-:2], a[1][2].b, (a).b.c, (f(a)).b, f(a).b[1], (a + b)[1]
SELECT a[:-:], a[1:2:], (TRUE)[1], (EXISTS (SELECT 1))[1], (CURRENT_DATE).a, (COLUMNS(*))[1], (COLUMNS(*)).a
SELECT x = ANY (SELECT 1), x <> ALL (SELECT 1), x < SOME (SELECT 1), x = ANY([1, 2]), x > ALL(l)
SELECT EXISTS (SELECT 1), NOT EXISTS (FROM t), (SELECT 1) + 1, ((SELECT 1) + 1), ((SELECT 1)), (((SELECT 1), 2))
SELECT CASE WHEN a THEN b END, CASE a WHEN 1 THEN b WHEN 2 THEN c ELSE d END, CASE WHEN a THEN CASE WHEN b THEN c END END + 1
-- calls
SELECT f(), f(a, b), s.f(a), count(*), count(DISTINCT a), sum(ALL a), f(a := 1, b => 2), "F"(a), left(a, 2), coalesce(a, b), nullif(a, b)
SELECT list(a ORDER BY b DESC NULLS FIRST, c), string_agg(DISTINCT a, ',' ORDER BY a), max(a) FILTER (WHERE b), max(a) FILTER (b > 1), percentile_cont(0.5) WITHIN GROUP (ORDER BY a)
SELECT list_transform(l, x -> x + 1), list_transform(l, lambda x, i: x + i), list_filter(l, (x, i) -> x > i AND x < 9), list_filter(l, x -> x = 1)
SELECT f(l, x -> 'a' || x), f(l, x -> ('a')), f(l, x -> (x'AB')), f(l, x -> (y -> y)), f(l, x -> (x ->> 'a')), f(j -> 'a'), f(j -> 'a', j), f((x, i) -> 'a' || i)
SELECT [x + 1 FOR x IN l], [x FOR x IN l IF x > 0], [x + i FOR x, i IN l]
SELECT [x FOR x IN (a || b) IF x], COLUMNS([x FOR x IN (*) IF x LIKE 'a'])
SELECT EXTRACT(year FROM a), EXTRACT('epoch' FROM a + b), SUBSTRING(a FROM 2 FOR 3), SUBSTRING(a FOR 3), SUBSTRING(a FROM 2), SUBSTRING(a, 2, 3), POSITION('x' IN a), OVERLAY(a PLACING b FROM 1 FOR 2)
SELECT TRIM(a), TRIM(BOTH 'x' FROM a), TRIM(LEADING FROM a), TRIM(TRAILING 'x' FROM a), TRIM('x' FROM a), TRIM(a, 'x')
SELECT trim(FROM a), trim(a,), trim(BOTH a), trim(LEADING a, b), trim(a FROM b, c), trim(BOTH FROM a, b), coalesce(a, b,), GROUPING(a,), current_date(), current_date
SELECT first_value(f(a) IGNORE NULLS) OVER (), f(* EXCLUDE (a."b"."C", d.'e'))
SELECT CURRENT_DATE, CURRENT_TIMESTAMP, current_time, LOCALTIME, LOCALTIMESTAMP, now(), ARRAY(SELECT a FROM t ORDER BY a)
SELECT a.lower(), (a).lower(), [1].list_sum(), f(a).g(b).h(), max(a) EXPORT_STATE, GROUPING(a, b), (a, b) OVERLAPS (c, d)
SELECT (a).trim('x'), f(a).trim(), (a).coalesce(b), (a).timestamp(), (a).select(1), (a).position(b), "timestamp"(a), "trim"(a), "select"(a), full(a), overlaps(a, b), is(a), substring()
SELECT list_transform(l, lambda 'x': 1), [x FOR 'x' IN l], f(national -> 'a'), between, try_cast, between.a, interval AND day, interval LIKE day, INTERVAL (1.5) DAY
-- windows
SELECT row_number() OVER (), sum(a) OVER w, sum(a) OVER (w ROWS 1 PRECEDING), sum(a) OVER (PARTITION BY b, c + 1 ORDER BY d DESC) FROM t WINDOW w AS (PARTITION BY b), v AS (w ORDER BY a)
SELECT sum(a) OVER (ORDER BY b ROWS UNBOUNDED PRECEDING), sum(a) OVER (ORDER BY b RANGE BETWEEN INTERVAL 1 DAY PRECEDING AND CURRENT ROW), sum(a) OVER (ORDER BY b GROUPS BETWEEN 1 FOLLOWING AND UNBOUNDED FOLLOWING EXCLUDE TIES)
SELECT sum(a) OVER (ORDER BY b ROWS BETWEEN a OR b PRECEDING AND c IS NULL FOLLOWING), sum(a) OVER (ROWS a AND b PRECEDING), sum(a) OVER (ROWS BETWEEN a = ALL (SELECT 1) PRECEDING AND a IN (1) FOLLOWING)
SELECT sum(a) OVER (ROWS BETWEEN 1 PRECEDING AND 1 FOLLOWING EXCLUDE CURRENT ROW), sum(a) OVER (ORDER BY b RANGE UNBOUNDED PRECEDING EXCLUDE GROUP), sum(a) OVER (ORDER BY b ROWS CURRENT ROW EXCLUDE NO OTHERS)
SELECT first_value(a IGNORE NULLS) OVER (ORDER BY b), lag(a RESPECT NULLS) OVER (), sum(DISTINCT a) FILTER (WHERE b) OVER (PARTITION BY c)
SELECT a FROM t QUALIFY row_number() OVER (PARTITION BY b ORDER BY c) = 1
-- stars
SELECT *, t.*, * EXCLUDE a, * EXCLUDE (a, t.b, "C"), * REPLACE (a + 1 AS a), * REPLACE a AS b, * RENAME (a AS b), t.* EXCLUDE (a) REPLACE (b AS c) RENAME (d AS e) FROM t
-- not of DuckDB: a qualified star, an empty struct, an operator
SELECT s.t.* FROM s.t
SELECT {}, a # b
SELECT COLUMNS(*), COLUMNS('a.*'), COLUMNS(* EXCLUDE (a)), COLUMNS(c -> c LIKE 'x%'), t.COLUMNS('a'), max(COLUMNS(*)) + 1, * LIKE 'a%', * NOT ILIKE 'b%', f(*COLUMNS('a')), #1, #2 + 1 FROM t
-- clauses
SELECT DISTINCT a, b FROM t WHERE a > 1 GROUP BY a, b HAVING count(*) > 1 ORDER BY a DESC, b ASC NULLS FIRST LIMIT 10 OFFSET 5
SELECT DISTINCT ON (a, b) c, FROM t, ORDER BY ALL DESC LIMIT 10%
SELECT ALL a FROM t GROUP BY ALL LIMIT ALL
SELECT a FROM t GROUP BY *
SELECT a FROM t GROUP BY * + 42
SELECT (a !) FROM t ORDER BY (a !) NULLS FIRST, a || "escape", a !~~ (b !~ c) GLOB d
SELECT a FROM t LIMIT a + 1 OFFSET 2 ROWS
SELECT a FROM t OFFSET 1 ROW FETCH FIRST 5 ROWS ONLY
SELECT 1 FETCH FIRST 5 ROWS ONLY
SELECT 1 FETCH FIRST (a + 1) ROWS ONLY OFFSET 2
SELECT 1 USING SAMPLE 5
SELECT a, USING SAMPLE 5
SELECT a FROM t FOR READ ONLY
SELECT a FROM t ORDER BY a FOR READ ONLY LIMIT 5 OFFSET 6
((SELECT a, FOR READ ONLY))
SELECT a FROM t ORDER BY (*)
SELECT a FROM t ORDER BY * DESC NULLS LAST
SELECT a FROM t FETCH NEXT ROW ONLY
SELECT a FROM t LIMIT 5 PERCENT OFFSET 1
SELECT a FROM t LIMIT (30 - 10) %
SELECT a, b FROM t GROUP BY GROUPING SETS ((a, b), a, (a), (), ROLLUP (a, b)), CUBE (a, (b, c)), (), (a, b), a + 1,
FROM t
FROM t WHERE a > 1
FROM t SELECT a WHERE b GROUP BY a
TABLE t
VALUES (1, 'a'), (2, 'b'),
-- from
SELECT * FROM a, b CROSS JOIN c NATURAL JOIN d INNER JOIN e ON x JOIN f USING (y, z,) LEFT OUTER JOIN g ON TRUE RIGHT JOIN h ON x FULL OUTER JOIN i USING (y)
SELECT * FROM a SEMI JOIN b ON x ANTI JOIN c USING (y) NATURAL LEFT JOIN d ASOF JOIN e ON x ASOF LEFT JOIN f USING (y) POSITIONAL JOIN g NATURAL SEMI JOIN h
SELECT * FROM a JOIN b JOIN c ON x ON y LEFT JOIN (d JOIN e ON z) ON w
SELECT * FROM a JOIN b CROSS JOIN c ON x LEFT JOIN d NATURAL JOIN e POSITIONAL JOIN f USING (y)
SELECT * FROM a JOIN b PIVOT (sum(x) FOR y IN (1)) AS p ON z CROSS JOIN c PIVOT (sum(x) FOR y IN 'mood')
SELECT * FROM (VALUES (1), (2) AS v NATURAL JOIN t), VALUES (1), (2), AS w
SELECT * FROM (a JOIN b ON x) AS j, (a CROSS JOIN b) k
SELECT * FROM t AS x (a, b), (SELECT 1) y (c), (VALUES (1, 2)) AS z (d, e), VALUES (1) v, LATERAL (SELECT x.a), LATERAL f(x.a), (TABLE u), (FROM w)
SELECT * FROM f(1) AS t (a, b), g() WITH ORDINALITY AS h (a, n), i() AS (a INTEGER, b VARCHAR), j() k (a INTEGER), s.f(1), unnest([1, 2]) u (x)
SELECT * FROM t set, f(1) over, f(2) filter (a), f(3) export_state, f(4) between, full(1)
SELECT * FROM 'data.parquet', "file.csv" AS f, c.s.t, ONLY u
SELECT * FROM t TABLESAMPLE 10%, u AS x TABLESAMPLE 5 PERCENT (bernoulli, 7), v TABLESAMPLE reservoir(10 ROWS) REPEATABLE (7), w TABLESAMPLE (10 ROWS)
SELECT a FROM t AT (VERSION => 3), u x AT (TIMESTAMP => TIMESTAMP '2024-01-01 00:00:00') USING SAMPLE reservoir(50 ROWS)
SELECT * FROM t PIVOT (sum(a) AS total, max(b) FOR c IN (1, 2 AS two) d IN ('x') GROUP BY e, f) AS p (g, h)
SELECT * FROM a JOIN b USING (k) PIVOT (sum(x) FOR (y, z) IN ((1, 2), (3, 4) AS other))
SELECT * FROM t PIVOT (sum(a), FOR c IN (1))
SELECT * FROM t UNPIVOT (v FOR n IN (a, b AS c)) AS u, w UNPIVOT INCLUDE NULLS ((v, w) FOR n IN ((a, b), (c, d)))
SELECT * FROM (DESCRIBE t), (SHOW TABLES), (SHOW ALL TABLES), (SUMMARIZE SELECT 1), (DESCRIBE SELECT 1)
SELECT * FROM (SHOW ALL), (SHOW TABLES FROM s), (SHOW TABLES FROM c.s)
-- queries
SELECT 1 UNION SELECT 2 UNION ALL SELECT 3 INTERSECT SELECT 4 EXCEPT SELECT 5 ORDER BY 1 LIMIT 1
SELECT 1 UNION (SELECT 2 UNION ALL SELECT 3) UNION ALL BY NAME SELECT 4 UNION BY NAME SELECT 5 UNION DISTINCT SELECT 6 EXCEPT ALL SELECT 7 INTERSECT ALL SELECT 8
(SELECT 1 ORDER BY 1 LIMIT 1) UNION ALL (SELECT 2 LIMIT 2) ORDER BY 1
((SELECT 1)) UNION ((SELECT 2) INTERSECT SELECT 3)
(WITH a AS (SELECT 1) SELECT * FROM a)
((SELECT 1 LIMIT 1))
SELECT * EXCEPT (WITH a AS (SELECT 1) SELECT * FROM a)
WITH 'a b' AS (SELECT 1), recursive (x) AS (SELECT 1) SELECT * FROM recursive
WITH a AS (SELECT 1), b (x, y) AS MATERIALIZED (SELECT 1, 2), c AS NOT MATERIALIZED (VALUES (1)) SELECT * FROM a, b, c
WITH RECURSIVE r (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM r WHERE n < 9) SELECT n FROM r
WITH RECURSIVE r (n) USING KEY (n) AS (SELECT 1 UNION SELECT n + 1 FROM r WHERE n < 9) SELECT n FROM r
SELECT (WITH a AS (SELECT 1) SELECT * FROM a), (VALUES (1)), (FROM t), (TABLE u)
PIVOT t ON a USING sum(b)
PIVOT t ON a IN (1, 2), b + 1 USING sum(c) AS s, max(d) GROUP BY e ORDER BY e LIMIT 1
WITH c AS (FROM t) PIVOT c ON a IN (SELECT x FROM y) USING count(*)
PIVOT_WIDER t ON a GROUP BY b
UNPIVOT t ON a, b INTO NAME n VALUE v
UNPIVOT t ON (a, b), INTO NAME 'n' VALUES (v, w)
PIVOT t ON a IN (1), USING sum(b), GROUP BY (c, d)
PIVOT t ON b IS DISTINCT FROM a = c IN (true), a = b IN (false)
PIVOT_LONGER t ON COLUMNS(* EXCLUDE (a)) INTO NAME n VALUES v, w
SELECT /* a /* nested */ comment */ 1 -- and a line
SELECT smelt.metric('m', at => a, for => b, limit => 3) FROM smelt.ref('m', filter => x > 1)
