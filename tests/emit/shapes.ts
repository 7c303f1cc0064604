/** Queries over t (id key, a, b, s), u (id key, a, c) and v (a, d), by what is special in them. */
export const SHAPES: Readonly<Record<string, string>> = {
  projection: "SELECT t.id, t.a + 1 AS more, -t.b AS less, t.s || 'x' AS text FROM T AS t",
  "literals of every kind":
    "SELECT t.id, 1 AS i, 1.50 AS d, 1e3 AS f, 'it''s' AS s, TRUE AS b, NULL AS n, DATE '2024-02-29' AS day, INTERVAL 3 DAY AS i2 FROM T AS t",
  "filter with three-valued logic":
    "SELECT t.id FROM T AS t WHERE NOT (t.a > 1 OR t.b = 2) AND t.s IS NOT NULL",
  between: "SELECT t.id FROM T AS t WHERE t.a NOT BETWEEN 0 AND 1 AND t.b BETWEEN -1 AND 2",
  "functions with a syntax of their own":
    "SELECT t.id, position('b' IN t.s) AS p, substring(t.s FROM 1 FOR 1) AS f, substring(t.s FOR 1) AS g, trim(LEADING 'a' FROM t.s) AS l, trim(t.s, 'b') AS m, extract(year FROM DATE '2024-01-01') AS y FROM T AS t",
  "operators that bind in their own way":
    "SELECT t.id, (t.a = 1) = (t.b = 1) AS x, NOT t.a IS NULL AS y, -t.a ^ 2 AS z, t.a NOT NULL AS n, t.a IS DISTINCT FROM t.b AS d, (~t.a) + 1 AS e FROM T AS t",
  "FETCH FIRST": "SELECT t.id FROM T AS t ORDER BY t.id OFFSET 1 ROW FETCH NEXT 2 ROWS ONLY",
  "a query from FROM and prefix aliases": "FROM T AS t SELECT k: t.id, one: t.a + 1",
  "joins in joins":
    "SELECT t.id, v.d FROM T AS t JOIN U AS u JOIN V AS v ON v.a = u.a ON u.a = t.a",
  "in a list": "SELECT t.id FROM T AS t WHERE t.a IN (1, 2, NULL) OR t.b NOT IN (0, 1)",
  "case and coalesce":
    "SELECT t.id, CASE WHEN t.a > 0 THEN 'p' WHEN t.a IS NULL THEN 'n' END AS c, CASE t.b WHEN 1 THEN 10 ELSE 0 END AS d, coalesce(t.a, t.b, -9) AS e, nullif(t.a, 1) AS f FROM T AS t",
  "is distinct": "SELECT t.id FROM T AS t WHERE t.a IS DISTINCT FROM t.b AND (t.a > 0) IS NOT TRUE",
  like: "SELECT t.id FROM T AS t WHERE t.s LIKE 'a%' OR t.s NOT LIKE '%b'",
  casts:
    "SELECT CAST(t.a AS VARCHAR) AS x, TRY_CAST(t.s AS INTEGER) AS y, t.b::DOUBLE AS z FROM T AS t",
  "inner join": "SELECT t.id, u.c FROM T AS t JOIN U AS u ON u.a = t.a WHERE u.c > 0",
  "three tables":
    "SELECT t.id, u.id AS uid, v.d FROM T AS t JOIN U AS u ON u.a = t.a JOIN V AS v ON v.a = u.a AND v.d > t.b",
  "cross join": "SELECT t.id, v.d FROM T AS t CROSS JOIN V AS v WHERE t.a = v.a OR v.d IS NULL",
  "join using": "SELECT a, t.id, u.c FROM T AS t JOIN U AS u USING (a)",
  "left join":
    "SELECT t.id, u.c, coalesce(u.c, 0) AS c0 FROM T AS t LEFT JOIN U AS u ON u.a = t.a AND u.c > 0",
  "left join using": "SELECT a, u.c FROM T AS t LEFT JOIN U AS u USING (a)",
  "right join": "SELECT t.id, u.id AS uid FROM T AS t RIGHT JOIN U AS u ON u.a = t.a",
  "full join": "SELECT t.id, u.id AS uid FROM T AS t FULL JOIN U AS u ON u.id = t.id",
  "full join using": "SELECT id, t.a, u.c FROM T AS t FULL JOIN U AS u USING (id)",
  "left join of computed columns":
    "SELECT t.id, q.k, q.z FROM T AS t LEFT JOIN (SELECT u.a, coalesce(u.c, 0) AS z, 7 AS k FROM U AS u) AS q ON q.a = t.a",
  "left join of a filter":
    "SELECT t.id, q.c FROM T AS t LEFT JOIN (SELECT u.a, u.c FROM U AS u WHERE u.c > 0) AS q ON q.a = t.a",
  "filter over a left join":
    "SELECT t.id FROM T AS t LEFT JOIN U AS u ON u.a = t.a WHERE u.id IS NULL",
  "left joins in a chain":
    "SELECT t.id, u.c, v.d FROM T AS t LEFT JOIN U AS u ON u.a = t.a LEFT JOIN V AS v ON v.a = u.a",
  "join of a left join":
    "SELECT t.id, q.d FROM T AS t JOIN (SELECT u.a, v.d FROM U AS u LEFT JOIN V AS v ON v.a = u.a) AS q ON q.a = t.a",
  "self join": "SELECT x.id, y.id AS other FROM T AS x JOIN T AS y ON x.a = y.a AND x.id < y.id",
  "self join of a group":
    "WITH g AS (SELECT t.a, count(*) AS n FROM T AS t GROUP BY t.a) SELECT x.a, x.n, y.n AS m FROM g AS x JOIN g AS y ON x.n = y.n",
  "one table padded twice":
    "SELECT q.id, q.c, u.c AS d FROM (SELECT t.id, t.a, u.c FROM T AS t LEFT JOIN U AS u ON u.a = t.a) AS q LEFT JOIN U AS u ON u.id = q.id",
  "the same constant on both sides of a full join":
    "SELECT x.id, x.k, y.id AS yid, y.k AS yk FROM (SELECT t.id, 7 AS k FROM T AS t) AS x FULL JOIN (SELECT u.id, 7 AS k FROM U AS u) AS y ON y.id = x.id AND y.k = x.k",
  "the same constant padded twice":
    "SELECT t.id, x.k, y.k AS yk FROM T AS t LEFT JOIN (SELECT u.a, 7 AS k FROM U AS u) AS x ON x.a = t.a LEFT JOIN (SELECT v.a, 7 AS k FROM V AS v) AS y ON y.a = t.b",
  "full joins in a chain USING":
    "SELECT id, t.a, u.c, x.b FROM T AS t FULL JOIN U AS u USING (id) FULL JOIN T AS x USING (id)",
  "full join USING of expressions":
    "SELECT k, x.id, y.c FROM (SELECT t.id, coalesce(t.a, 0) AS k FROM T AS t) AS x FULL JOIN (SELECT u.c, u.a + 1 AS k FROM U AS u) AS y USING (k)",
  "a merged column under a right join":
    "SELECT id, t.b, v.d FROM T AS t FULL JOIN U AS u USING (id) RIGHT JOIN V AS v ON v.d = u.c",
  "a column of the query around, padded":
    "SELECT t.id FROM T AS t WHERE EXISTS (SELECT 1 AS one FROM U AS u LEFT JOIN (SELECT t.b AS k, v.d FROM V AS v) AS q ON q.d = u.a WHERE q.k = u.c)",
  "numbers as truth values":
    "SELECT t.id, CASE WHEN t.b THEN 'y' ELSE 'n' END AS y, NOT t.a AS z FROM T AS t WHERE t.a OR t.b",
  "semi join": "SELECT t.id FROM T AS t SEMI JOIN U AS u ON u.a = t.a AND u.c > t.b",
  "anti join": "SELECT t.id FROM T AS t ANTI JOIN U AS u ON u.a = t.a",
  "group by":
    "SELECT t.a, count(*) AS n, sum(t.b) AS s, min(t.s) AS m, count(t.b) AS c, avg(t.b) AS v FROM T AS t GROUP BY t.a",
  "group by an expression": "SELECT t.a % 2 AS odd, max(t.b) AS m FROM T AS t GROUP BY t.a % 2",
  "group by a position and an alias":
    "SELECT coalesce(t.a, 0) AS k, count(*) AS n FROM T AS t GROUP BY 1",
  "group by all": "SELECT t.a, t.s, sum(t.b) AS s2 FROM T AS t GROUP BY ALL",
  "a subquery that speaks of a window function":
    "SELECT q.id FROM (SELECT t.id, rank() OVER (PARTITION BY t.a ORDER BY t.b) AS n FROM T AS t) AS q WHERE EXISTS (SELECT 1 FROM U AS u WHERE u.id = q.n)",
  "a subquery that speaks of an aggregate":
    "SELECT q.a, (SELECT max(u.c) FROM U AS u WHERE u.id = q.n) AS c FROM (SELECT t.a, count(*) AS n FROM T AS t GROUP BY t.a) AS q WHERE q.n IN (SELECT u.a FROM U AS u WHERE u.id >= q.n)",
  "a window of which nothing is read, filtered":
    "SELECT q.id FROM (SELECT t.id, t.a, max(t.b) OVER (PARTITION BY t.a) AS m FROM T AS t WHERE t.b IS NOT NULL) AS q WHERE q.a > 0",
  "one row of which nothing is read":
    "SELECT 1 AS one FROM (SELECT count(*) AS n FROM T AS t WHERE t.id > 3) AS q",
  "a list of ordered rows":
    "SELECT q.s, list(q.id) AS ids FROM (SELECT t.id, t.s FROM T AS t ORDER BY t.b DESC, t.id) AS q GROUP BY q.s",
  "one row over all":
    "SELECT count(*) AS n, sum(t.b) AS s, max(t.a) AS m FROM T AS t WHERE t.id > 3",
  having:
    "SELECT t.a, count(*) AS n FROM T AS t GROUP BY t.a HAVING count(*) > 1 AND max(t.b) IS NOT NULL",
  "aggregates with DISTINCT and FILTER":
    "SELECT t.a, count(DISTINCT t.b) AS d, count(*) FILTER (WHERE t.b > 0) AS p, sum(t.b) FILTER (WHERE t.s = 'a') AS s FROM T AS t GROUP BY t.a",
  "arithmetic over aggregates":
    "SELECT t.a, sum(t.b) + count(*) * 2 AS x, CAST(sum(t.b) AS DOUBLE) / count(*) AS y FROM T AS t GROUP BY t.a",
  "group over a join":
    "SELECT u.c, count(t.id) AS n FROM U AS u LEFT JOIN T AS t ON t.a = u.a GROUP BY u.c",
  "group over a group":
    "SELECT q.n, count(*) AS groups FROM (SELECT t.a, count(*) AS n FROM T AS t GROUP BY t.a) AS q GROUP BY q.n",
  rollup: "SELECT t.a, t.s, count(*) AS n FROM T AS t GROUP BY ROLLUP (t.a, t.s)",
  cube: "SELECT t.a, t.s, sum(t.b) AS n FROM T AS t GROUP BY CUBE (t.a, t.s)",
  "a key that a rollup leaves out is NULL":
    "SELECT q.k, q.n FROM (SELECT coalesce(t.a, 0) AS k, count(*) AS n FROM T AS t GROUP BY ROLLUP (coalesce(t.a, 0))) AS q WHERE q.k IS NULL",
  "a rollup padded":
    "SELECT t.id, q.k, q.n FROM T AS t LEFT JOIN (SELECT u.a AS k, count(*) AS n FROM U AS u GROUP BY ROLLUP (u.a)) AS q ON q.k IS NOT DISTINCT FROM t.a",
  "an expression that the keys determine":
    "SELECT q.id, q.x, count(*) AS n FROM (SELECT t.id, coalesce(t.a, 0) AS x FROM T AS t) AS q JOIN U AS u ON u.a = q.x GROUP BY q.id",
  "an expression of the query around, after grouping":
    "SELECT q.id, (SELECT count(*) + q.x FROM U AS u WHERE u.a = q.x) AS n FROM (SELECT t.id, coalesce(t.a, 0) AS x FROM T AS t) AS q",
  "grouping sets":
    "SELECT t.a, t.s, count(*) AS n FROM T AS t GROUP BY GROUPING SETS ((t.a), (t.s), ())",
  window:
    "SELECT t.id, row_number() OVER (PARTITION BY t.a ORDER BY t.id) AS n, sum(t.b) OVER (PARTITION BY t.s) AS s FROM T AS t",
  "window with a frame":
    "SELECT t.id, sum(t.b) OVER (ORDER BY t.id ROWS BETWEEN 1 PRECEDING AND 1 FOLLOWING) AS s, lag(t.a, 1, -1) OVER (ORDER BY t.id) AS p FROM T AS t",
  "a frame as wide as a column says":
    "SELECT x.id, x.s, y.s AS ys FROM (SELECT t.id, sum(t.b) OVER (ORDER BY t.id ROWS BETWEEN t.id % 3 PRECEDING AND CURRENT ROW) AS s FROM T AS t) AS x JOIN (SELECT t.id, sum(t.b) OVER (ORDER BY t.id ROWS BETWEEN t.id % 3 PRECEDING AND CURRENT ROW) AS s FROM T AS t) AS y ON y.id = x.id",
  "window over a group":
    "SELECT t.a, count(*) AS n, rank() OVER (ORDER BY count(*) DESC) AS r FROM T AS t GROUP BY t.a",
  "named window":
    "SELECT t.id, max(t.b) OVER w AS m FROM T AS t WINDOW w AS (PARTITION BY t.a ORDER BY t.id)",
  qualify:
    "SELECT t.id, t.a FROM T AS t QUALIFY row_number() OVER (PARTITION BY t.a ORDER BY t.id DESC) = 1",
  "qualify by an alias":
    "SELECT t.id, row_number() OVER (PARTITION BY t.a ORDER BY t.id) AS n FROM T AS t QUALIFY n <= 2",
  "a filter beside a window that only orders":
    "SELECT q.id FROM (SELECT t.id, t.a, rank() OVER (ORDER BY t.b) AS r FROM T AS t) AS q WHERE q.a > 0 ORDER BY q.r, q.id LIMIT 2",
  "a filter beside a window that only groups":
    "SELECT q.r, count(*) AS n FROM (SELECT t.a, rank() OVER (ORDER BY t.b) AS r FROM T AS t) AS q WHERE q.a > 0 GROUP BY q.r",
  "a filter beside a window that only joins":
    "SELECT q.id, u.c FROM (SELECT t.id, t.a, rank() OVER (ORDER BY t.b) AS r FROM T AS t) AS q JOIN U AS u ON u.id = q.r WHERE q.a > 0",
  "filter over a window":
    "SELECT q.id FROM (SELECT t.id, rank() OVER (ORDER BY t.a DESC) AS r FROM T AS t) AS q WHERE q.r <= 2",
  distinct: "SELECT DISTINCT t.a, t.s FROM T AS t",
  "distinct of expressions below a group":
    "SELECT q.x, count(*) AS n FROM (SELECT DISTINCT t.a % 2 AS x, t.s FROM T AS t) AS q GROUP BY q.x",
  "distinct on": "SELECT DISTINCT ON (t.a) t.a, t.id FROM T AS t ORDER BY t.a, t.id DESC",
  "limit with an order": "SELECT t.id, t.a FROM T AS t ORDER BY t.a DESC, t.id LIMIT 3",
  "offset and NULLS FIRST":
    "SELECT t.id FROM T AS t ORDER BY t.a NULLS FIRST, t.id LIMIT 2 OFFSET 1",
  "limit below a filter":
    "SELECT q.id FROM (SELECT t.id, t.a FROM T AS t ORDER BY t.id LIMIT 4) AS q WHERE q.a IS NOT NULL",
  "union all": "SELECT t.id, t.a FROM T AS t UNION ALL SELECT u.id, u.a FROM U AS u",
  union: "SELECT t.a FROM T AS t UNION SELECT u.a FROM U AS u UNION SELECT v.a FROM V AS v",
  "intersect and except":
    "(SELECT t.a FROM T AS t INTERSECT SELECT u.a FROM U AS u) EXCEPT SELECT v.a FROM V AS v",
  "except all": "SELECT t.a FROM T AS t EXCEPT ALL SELECT u.a FROM U AS u",
  "filter over a union":
    "SELECT q.a FROM (SELECT t.a FROM T AS t UNION ALL SELECT u.a FROM U AS u) AS q WHERE q.a > 0",
  "in a subquery": "SELECT t.id FROM T AS t WHERE t.a IN (SELECT u.a FROM U AS u WHERE u.c > 0)",
  "not in a subquery": "SELECT t.id FROM T AS t WHERE t.a NOT IN (SELECT u.a FROM U AS u)",
  exists:
    "SELECT t.id FROM T AS t WHERE EXISTS (SELECT 1 AS one FROM U AS u WHERE u.a = t.a AND u.c >= t.b)",
  "not exists on the same table":
    "SELECT t.id FROM T AS t WHERE NOT EXISTS (SELECT 1 AS one FROM T AS x WHERE x.a = t.a AND x.id < t.id)",
  "scalar subquery":
    "SELECT t.id, (SELECT max(u.c) FROM U AS u WHERE u.a = t.a) AS top FROM T AS t",
  "comparison with all":
    "SELECT t.id FROM T AS t WHERE t.a >= ALL (SELECT u.a FROM U AS u WHERE u.a IS NOT NULL)",
  "cte used twice":
    "WITH p AS (SELECT t.id, t.a FROM T AS t WHERE t.a > 0) SELECT p.id, (SELECT count(*) FROM p AS q WHERE q.a = p.a) AS n FROM p",
  "nested queries":
    "SELECT q.a, q.n FROM (SELECT r.a, count(*) AS n FROM (SELECT t.a FROM T AS t WHERE t.b > 0) AS r GROUP BY r.a) AS q WHERE q.n > 1",
  "a filter on a ref":
    "SELECT f.id FROM smelt.source('raw.t', filter => a > 0) AS f WHERE f.b IS NOT NULL",
  "date parts":
    "SELECT extract(year FROM DATE '2024-02-29' + INTERVAL (t.id) DAY) AS y, date_trunc('month', DATE '2024-02-29') AS m FROM T AS t",
}
