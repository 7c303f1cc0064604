import fc from "fast-check"
import { describe, expect, test } from "vitest"
import { Bug } from "../../src/base/check.js"
import { verify, verifyUnderTest } from "../../src/ir/verify.js"
import { packageFile } from "../../src/base/package-files.js"
import { SHAPES } from "../emit/shapes.js"
import { planned } from "../planned.js"
import { projectFolder } from "../project.js"
import { tpcConnection, tpcMissing, tpcQueries } from "../tpc.js"
import { tpchFiles } from "../tpch/project.js"
import { COLUMNS, LITERALS } from "../typecheck/values.js"
import { parseType, relation } from "../typecheck/check.js"
import { randomQuery, TABLES } from "../typecheck/queries.js"
import { BROKEN } from "./broken.js"
import { planQuery, type PlannedQuery } from "./plan-query.js"

const RUNS = Number(process.env.SMELT_RUNS ?? 2000)

function verified(found: PlannedQuery | undefined): void {
  expect(found?.plan).toMatchObject({ kind: "planned" })
  if (found?.plan.kind === "planned") verify(found.plan.out)
}

describe("plans that hold", () => {
  const relations = [
    relation("source", "t", "id INTEGER NOT NULL, a INTEGER, b INTEGER, s VARCHAR", [["id"]]),
    relation("source", "u", "id INTEGER NOT NULL, a INTEGER, c INTEGER", [["id"]]),
    relation("source", "v", "a INTEGER, d INTEGER"),
  ]

  test.each(Object.entries(SHAPES))("%s", (_, sql) => {
    const bare = sql.replace("smelt.source('raw.t', filter => a > 0)", "t")
    verified(planQuery(bare, relations))
  })

  test("the sample project", () => {
    const { plans } = planned(packageFile("."))
    const found = [...plans.values()].flatMap((plan) => (plan.kind === "planned" ? [plan] : []))
    expect(found.length).toBeGreaterThan(10)
    for (const { out } of found) verify(out)
  })

  test("models over models", () => {
    const { plans } = planned(projectFolder(DAG))
    expect([...plans.values()]).toMatchObject(Array(plans.size).fill({ kind: "planned" }))
    expect(plans.size).toBe(5)
    for (const plan of plans.values()) if (plan.kind === "planned") verify(plan.out)
  })

  const columns = Object.entries(COLUMNS).map(([name, type]) => `${name} ${type}`)
  const types = [relation("source", "c", columns.join(", "))]

  // Found by the random values below.
  test.each(["SELECT lag(3000000000, 1, h) OVER (PARTITION BY h ORDER BY i) AS r FROM c"])(
    "%s",
    (sql) => verified(planQuery(sql, types)),
  )

  test("values of every type", () => {
    const values = fc.constantFrom(...Object.keys(COLUMNS), ...LITERALS)
    let count = 0
    fc.assert(
      fc.property(fc.constantFrom(...PAIRS), values, values, (form, a, b) => {
        const found = planQuery(form(a, b), types)
        if (!found) return
        count++
        verified(found)
      }),
      { numRuns: 2 * RUNS },
    )
    expect(count).toBeGreaterThan(RUNS / 2)
  })

  test("a body that many read is looked at once", () => {
    const doubled = (name: string) =>
      `SELECT a.k, count(*) AS n FROM smelt.ref('${name}') AS a JOIN smelt.ref('${name}') AS b ON b.k = a.k GROUP BY a.k`
    const levels = Array.from({ length: 30 }, (_, i) => [`models/m${i + 1}.sql`, doubled(`m${i}`)])
    const files = { "models/m0.sql": "SELECT 1 AS k", ...Object.fromEntries(levels) }
    const last = planned(projectFolder(files)).plans.get("m30")
    if (last?.kind !== "planned") throw new Error("not planned")
    const started = performance.now()
    verify(last.out)
    expect(performance.now() - started).toBeLessThan(1000)
  })

  test("random queries", () => {
    const tables = Object.entries(TABLES).map(([name, { columns, keys }]) =>
      relation("source", name, columns, keys),
    )
    const query = fc.gen().map((gen) => randomQuery((n) => gen(fc.nat, { max: n - 1 })))
    let count = 0
    fc.assert(
      fc.property(query, (text) => {
        const found = planQuery(text, tables)
        if (!found) return
        count++
        verified(found)
      }),
      { numRuns: RUNS },
    )
    expect(count).toBeGreaterThan(RUNS / 2)
  })
})

/** Queries about two values, of any type each. */
const PAIRS: readonly ((a: string, b: string) => string)[] = [
  ..."+ - * / // % || & = < AND LIKE ^"
    .split(" ")
    .map((op) => (a: string, b: string) => `SELECT ${a} ${op} ${b} AS r FROM c`),
  (a, b) => `SELECT CASE WHEN ${a} THEN ${a} ELSE ${b} END AS r FROM c`,
  (a, b) => `SELECT CASE ${a} WHEN ${b} THEN 1 END AS r, NOT ${a} AS s, ${b} IS TRUE AS t FROM c`,
  (a, b) => `SELECT coalesce(${a}, ${b}) AS r, nullif(${a}, ${b}) AS s FROM c`,
  (a, b) => `SELECT ${a} IN (${b}) AS r, ${a} BETWEEN ${b} AND ${a} AS s FROM c`,
  (a, b) => `SELECT ${a} AS r FROM c UNION ALL SELECT ${b} AS r FROM c`,
  (a, b) => `SELECT ${a} AS r FROM c EXCEPT SELECT ${b} AS r FROM c`,
  (a, b) => `SELECT arg_max(${a}, ${b}) AS r, count(*) FILTER (WHERE ${a}) AS s FROM c`,
  (a, b) => `SELECT max(${a}) AS r, sum(${b}) AS s, avg(${b}) AS t FROM c GROUP BY ${b}`,
  (a, b) => `SELECT lag(${a}, 1, ${b}) OVER (PARTITION BY ${b} ORDER BY i) AS r FROM c`,
  (a, b) => `SELECT c.i, x.r FROM c LEFT JOIN (SELECT ${a} AS r FROM c) AS x ON x.r = ${b}`,
  (a, b) =>
    `SELECT r, x.r AS s FROM (SELECT ${a} AS r FROM c) AS x FULL JOIN (SELECT ${b} AS r FROM c) AS y USING (r)`,
  (a, b) => `SELECT i FROM c WHERE ${a} GROUP BY i HAVING max(${b})`,
  (a, b) => `SELECT ${a} IN (SELECT ${b} FROM c) AS r, ${a} > ALL (SELECT ${b} FROM c) AS s FROM c`,
  (a, b) => `SELECT (SELECT max(${a}) FROM c AS x WHERE x.i = ${b}) AS r FROM c`,
  (a, b) => `SELECT round(${a}, 2) AS r, date_part('epoch', ${b}) AS s, -${b} AS t FROM c`,
  (a, b) => `SELECT i FROM c ORDER BY ${a} LIMIT ${b}`,
]

const DAG: Readonly<Record<string, string>> = {
  "seeds/orders.csv": "id,customer,amount,placed\n1,1,10,2024-01-01\n2,1,20,2024-01-02\n",
  "models/stg.sql":
    "SELECT o.id, o.customer, o.amount * 2 AS twice, coalesce(o.placed, DATE '2024-01-01') AS day FROM smelt.ref('orders') AS o",
  "models/customers.sql":
    "SELECT s.customer, count(*) AS orders, (SELECT max(t.twice) FROM smelt.ref('stg') AS t WHERE t.customer = s.customer) AS top FROM smelt.ref('stg') AS s GROUP BY s.customer",
  "models/pairs.sql":
    "SELECT a.customer, b.top, b.orders FROM smelt.ref('customers') AS a JOIN smelt.ref('customers') AS b ON b.orders = a.orders LEFT JOIN smelt.ref('customers') AS c ON c.customer = a.customer",
  "models/padded.sql":
    "SELECT s.id, p.top, p.orders FROM smelt.ref('stg') AS s LEFT JOIN smelt.ref('pairs') AS p ON p.customer = s.customer WHERE EXISTS (SELECT 1 AS one FROM smelt.ref('pairs') AS q WHERE q.customer = s.customer AND q.top > s.twice)",
  "models/days.sql":
    "SELECT s.day, p.orders, count(*) AS n FROM smelt.ref('stg') AS s FULL JOIN smelt.ref('padded') AS p ON p.id = s.id GROUP BY ROLLUP (s.day, p.orders)",
}

describe.skipIf(tpcMissing() !== undefined)("the benchmarks", () => {
  test("TPC-H: 22 models over declared sources", async () => {
    const connection = await tpcConnection("tpch")
    await connection.run("CALL dbgen(sf = 0)")
    const { plans } = planned(projectFolder(await tpchFiles(connection)))
    expect(plans.size).toBe(22)
    for (const plan of plans.values()) {
      expect(plan).toMatchObject({ kind: "planned" })
      if (plan.kind === "planned") verify(plan.out)
    }
  })

  test("TPC-DS: 99 queries", async () => {
    const connection = await tpcConnection("tpcds")
    await connection.run("CALL dsdgen(sf = 0)")
    const columns = await connection.runAndReadAll(
      "SELECT table_name, column_name, data_type FROM information_schema.columns ORDER BY table_name, ordinal_position",
    )
    const rows = columns.getRows().map((row) => row.map(String))
    const relations = [...new Set(rows.map(([table = ""]) => table))].map((table) => ({
      ...relation("source", table, ""),
      columns: rows
        .filter(([name]) => name === table)
        .map(([, name = "", type = ""]) => ({ name, type: parseType(type), nullable: true })),
    }))
    const queries = await tpcQueries("tpcds")
    expect(queries).toHaveLength(99)
    for (const query of queries) verified(planQuery(query, relations))
  })
})

describe("broken plans", () => {
  test.each(BROKEN)("$name", ({ out, says }) => {
    expect(() => verify(out)).toThrow(Bug)
    expect(() => verify(out)).toThrow(says)
  })

  test("under test the stages look at what they hand over", () => {
    const [broken] = BROKEN
    expect(() => broken && verifyUnderTest(broken.out)).toThrow(broken?.says)
  })
})
