import { describe, expect, test } from "vitest"
import { parse } from "../../src/parse/index.js"
import { print } from "../../src/syntax/print.js"

// Texts that nobody would write: each gets a tree or an error. A quadratic reading of one would take minutes, and
// the test's time would run out.

const MANY = 20_000

const TEXTS: Readonly<Record<string, string>> = {
  "parentheses around a query": `${"(".repeat(MANY)}SELECT 1${")".repeat(MANY)}`,
  "parentheses around an expression": `SELECT ${"(".repeat(MANY)}1${")".repeat(MANY)}`,
  "parentheses around a table": `SELECT 1 FROM ${"(".repeat(MANY)}t${")".repeat(MANY)}`,
  "parentheses that do not close": `SELECT ${"(".repeat(MANY)}SELECT`,
  "parentheses that nothing opens": `SELECT 1${")".repeat(MANY)}`,
  "subqueries in subqueries": `${"SELECT * FROM (".repeat(MANY)}SELECT 1${")".repeat(MANY)}`,
  "a sum": `SELECT ${"1 + ".repeat(MANY)}1`,
  conditions: `SELECT 1 WHERE ${"a = 1 AND ".repeat(MANY)}TRUE`,
  negations: `SELECT ${"NOT ".repeat(MANY)}TRUE`,
  signs: `SELECT ${"- ".repeat(MANY)}1`,
  casts: `SELECT 1${"::INTEGER".repeat(MANY)}`,
  subscripts: `SELECT a${"[1]".repeat(MANY)}`,
  "nested subscripts": `SELECT ${"a[".repeat(MANY)}1${"]".repeat(MANY)}`,
  "nested calls": `SELECT ${"f(".repeat(MANY)}1${")".repeat(MANY)}`,
  "nested types": `SELECT a::${"STRUCT(a ".repeat(MANY)}INTEGER${")".repeat(MANY)}`,
  joins: `SELECT 1 FROM a ${"CROSS JOIN b ".repeat(MANY)}`,
  "joins without conditions": `SELECT 1 FROM a ${"JOIN b ".repeat(MANY)}`,
  branches: `SELECT 1 ${"UNION ALL SELECT 1 ".repeat(MANY)}`,
  intersections: `SELECT 1 ${"INTERSECT SELECT 1 ".repeat(MANY)}`,
  "CTEs in CTEs": `${"WITH a AS (".repeat(MANY)}SELECT 1`,
  cases: `${"SELECT CASE WHEN ".repeat(MANY)}`,
  "comments in comments": `SELECT 1 ${"/*".repeat(MANY)}`,
  commas: `SELECT ${",".repeat(MANY)}`,
  operators: `SELECT 1 ${"<->".repeat(MANY)} 2`,
  pivots: `SELECT 1 FROM t ${"PIVOT (sum(a) FOR b IN (1)) ".repeat(MANY)}`,
  "grouping sets": `SELECT 1 GROUP BY ${"GROUPING SETS (".repeat(MANY)}a`,
}

describe(`${MANY} of`, () => {
  test.each(Object.entries(TEXTS))("%s", (_, sql) => {
    const { statements, errors } = parse(sql)
    expect(statements.length + errors.length).toBeGreaterThan(0)
    if (errors.length === 0) for (const statement of statements) print(statement)
  })
})
