import { expect, test } from "vitest"
import type { Names } from "../../src/catalog/names.js"
import { parse } from "../../src/parse/index.js"
import { references } from "../../src/resolve/index.js"
import { print } from "../../src/syntax/print.js"
import { walk } from "../../src/syntax/walk.js"
import { check, relation } from "../typecheck/check.js"

const relations = [
  relation("source", "raw.t", "a INTEGER NOT NULL, b INTEGER, s VARCHAR", [["a"]]),
  relation("source", "raw.u", "a INTEGER NOT NULL, c VARCHAR", [["a"]]),
  relation("model", "m1", "a INTEGER NOT NULL"),
]

function namesOf(text: string): Names {
  const { names, diagnostics } = check(text, {
    relations,
    allowStar: true,
    levels: { "comma-join": "off", "unnamed-column": "off" },
  })
  expect(diagnostics).toEqual([])
  if (!names) throw new Error("no query")
  return names
}

/** What every column reference stands for, in the order of the text: `t.a`, `t.a^1` one select further out. */
function targetsOf(text: string): string[] {
  const names = namesOf(text)
  const found: string[] = []
  walk(names.statement, (node) => {
    const target = names.columns.get(node.id)
    if (node.kind !== "column-ref" || !target) return
    const depth = "depth" in target && target.depth > 0 ? `^${target.depth}` : ""
    if (target.kind === "binding") {
      const binding = names.bindings.get(target.table)
      const columns = binding && binding.kind !== "broken" ? binding.columns : []
      found.push(`${binding?.alias}.${columns[target.column]}${depth}`)
    } else if (target.kind === "using") found.push(`using ${target.index}${depth}`)
    else if (target.kind === "alias") found.push(`output ${target.output}${depth}`)
    else found.push(target.kind)
  })
  return found
}

test("a subquery reaches outward by selects, and is correlated then", () => {
  const text =
    "SELECT (SELECT max(u.c) FROM smelt.source('raw.u') AS u WHERE u.a = t.a AND EXISTS (SELECT 1 FROM smelt.source('raw.t') AS i WHERE i.s = u.c AND i.b = t.b)) AS x FROM smelt.source('raw.t') AS t"
  expect(targetsOf(text)).toEqual(["u.c", "u.a", "t.a^1", "i.s", "u.c^1", "i.b", "t.b^2"])
  expect(namesOf(text).correlated.size).toBe(2)
})

test("a subquery that reaches nothing outside is not correlated", () => {
  expect(
    namesOf("SELECT a FROM smelt.source('raw.t') WHERE a IN (SELECT a FROM smelt.source('raw.u'))")
      .correlated.size,
  ).toBe(0)
})

test("USING merges columns; a qualified one stays what it is", () => {
  const text =
    "SELECT a, t.a AS x, u.a AS y, b FROM smelt.source('raw.t') AS t LEFT JOIN smelt.source('raw.u') AS u USING (a)"
  expect(targetsOf(text)).toEqual(["using 0", "t.a", "u.a", "t.b"])
})

test("stars are written out, merged columns once", () => {
  const names = namesOf(
    "SELECT * FROM smelt.source('raw.t') AS t NATURAL JOIN smelt.source('raw.u') AS u",
  )
  const [outputs] = [...names.outputs.values()]
  expect(
    outputs?.map((output) => `${output.name} ${output.kind === "star" ? output.target.kind : ""}`),
  ).toEqual(["a using", "b binding", "s binding", "c binding"])
})

test("names of the select list: columns of FROM come first, but not in ORDER BY", () => {
  expect(
    targetsOf(
      "SELECT -a AS a, b AS z FROM smelt.source('raw.t') WHERE a > 0 AND z > 1 ORDER BY a, a + 1 LIMIT 1",
    ),
  ).toEqual(["t.a", "t.b", "t.a", "output 1", "output 0", "t.a"])
})

test("GROUP BY ALL lists the output columns that are its keys", () => {
  const names = namesOf(
    "SELECT s, sum(b) AS total, a + 1 AS next FROM smelt.source('raw.t') GROUP BY ALL",
  )
  expect([...names.groupAll.values()]).toEqual([[0, 2]])
})

test("dependencies are listed once, in order; references finds the same without a project", () => {
  const text =
    "WITH x AS (SELECT a FROM smelt.ref('m1')) SELECT x.a FROM x JOIN smelt.source('raw.u') AS u ON u.a = x.a WHERE EXISTS (SELECT 1 FROM smelt.ref('m1') AS again)"
  const wanted = ["model m1", "source raw.u"]
  expect(namesOf(text).dependencies.map((one) => `${one.kind} ${one.name}`)).toEqual(wanted)
  const [statement] = parse(text).statements
  expect(statement && references(statement).map((one) => `${one.kind} ${one.name}`)).toEqual(wanted)
})

test("names do not depend on how a query is laid out", () => {
  const text =
    "SELECT t.a, sum(b) AS total FROM smelt.source('raw.t') AS t JOIN smelt.source('raw.u') AS u ON t.a = u.a GROUP BY t.a"
  const [statement] = parse(text).statements
  expect(statement && targetsOf(print(statement))).toEqual(targetsOf(text))
})
