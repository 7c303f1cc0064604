import { expect, test } from "vitest"
import { check, checkQuery, compile, explain, loadProject, parse, print } from "../../src/index.js"
import { projectFolder } from "../project.js"

const schema = `CREATE TABLE orders (id BIGINT PRIMARY KEY, customer INTEGER, amount DECIMAL(12, 2) NOT NULL);
CREATE TABLE customers (id INTEGER NOT NULL, name VARCHAR, UNIQUE (id));`

test("parse never throws and print gives the tree back", () => {
  const { statements, diagnostics } = parse("SELECT a, sum(b) FROM t GROUP BY a; SELECT FROM")
  expect(statements).toHaveLength(2)
  expect(diagnostics.map(({ code }) => code)).toContain("syntax")
  const [first] = statements
  expect(first && print(first, { width: Infinity })).toBe("SELECT a, sum(b) FROM t GROUP BY a")
})

test("checkQuery types a query over CREATE TABLE", () => {
  const { columns, diagnostics } = checkQuery(
    "SELECT o.customer, sum(o.amount) AS total, max(c.name) AS name FROM orders AS o LEFT JOIN customers AS c ON c.id = o.customer GROUP BY o.customer",
    { schema },
  )
  expect(diagnostics).toEqual([])
  expect(columns).toEqual([
    { name: "customer", type: "INTEGER", nullable: true },
    { name: "total", type: "DECIMAL(38,2)", nullable: false },
    { name: "name", type: "VARCHAR", nullable: true },
  ])
})

test("checkQuery finds a misspelled column with the near name", () => {
  const { diagnostics } = checkQuery("SELECT amuont FROM orders", { schema })
  expect(diagnostics).toMatchObject([
    { code: "unknown-column", fixes: [{ edits: [{ text: "amount" }] }] },
  ])
})

test("a project is loaded, checked and compiled", async () => {
  const project = loadProject(
    projectFolder({
      "models/a.sql": "SELECT 1 AS one",
      "models/b.sql": "SELECT a.one FROM smelt.ref('a') AS a",
    }),
  )
  expect(check(project)).toMatchObject({
    models: [{ name: "a" }, { name: "b", columns: [{ name: "one", type: "INTEGER" }] }],
    diagnostics: [],
  })
  expect(await compile(project, { target: "dev" })).toMatchObject([
    { name: "a", materialization: "view" },
    { name: "b", materialization: "table", sql: "SELECT a.one\nFROM main.a AS a" },
  ])
})

test("a model is explained", async () => {
  const project = loadProject(
    projectFolder({
      "models/a.sql": "SELECT 1 AS one",
      "models/b.sql": "SELECT a.one FROM smelt.ref('a') AS a",
    }),
  )
  expect(await explain(project, "b")).toMatchObject({
    facts: [{ fact: "one is not NULL", status: "proven" }],
    userPlan: [{ name: "a" }, { name: "b", materialization: "table" }],
    chosenPlan: [{ name: "b", sql: "SELECT 1 AS one" }],
    steps: [],
    origin: "planned now",
  })
  await expect(explain(project, "c")).rejects.toThrow(RangeError)
})

test("a fact that rests on declared ones is as sure as they are, and names them", async () => {
  const project = loadProject(
    projectFolder({
      "smelt.yml": `name: facts
targets: { dev: { type: duckdb } }
seeds: { items: { key: [id] } }
`,
      "sources/raw.yml": `sources:
  raw.orders:
    table: main.orders
    key: [id]
    columns: { id: { type: BIGINT }, item: { type: BIGINT }, amount: { type: BIGINT, not_null: true } }
`,
      "seeds/items.csv": "id,label\n1,a\n2,\n",
      "models/stg.sql": `---
key: [item, day]
columns: { amount: { not_null: true } }
---
SELECT o.id, o.item, o.amount, 1 AS day
FROM smelt.source('raw.orders') AS o WHERE o.item IS NOT NULL`,
      "models/m.sql": `---
materialization: table
---
SELECT s.id, s.item, s.day, s.amount + s.item AS both, i.label
FROM smelt.ref('stg') AS s LEFT JOIN smelt.ref('items') AS i ON i.id = s.item`,
    }),
  )
  const { facts } = await explain(project, "m")
  expect(facts.filter(({ from }) => from === undefined)).toEqual([
    {
      fact: "(id) is a key",
      status: "trusted",
      restsOn: ["raw.orders(id) is a key", "items(id) is a key"],
    },
    {
      fact: "(item, day) is a key",
      status: "trusted",
      restsOn: ["items(id) is a key", "stg(item, day) is a key"],
    },
    { fact: "id is not NULL", status: "trusted", restsOn: ["raw.orders(id) is a key"] },
    { fact: "item is not NULL", status: "proven" },
    { fact: "day is not NULL", status: "proven" },
    {
      fact: "both is not NULL",
      status: "trusted",
      restsOn: ["raw.orders.amount is not NULL"],
    },
  ])
})
