import { existsSync } from "node:fs"
import { join } from "node:path"
import { beforeAll, describe, expect, test } from "vitest"
import type { Diagnostic } from "../../src/diagnostics/diagnostic.js"
import type { NodeResult } from "../../src/engine/run-plan.js"
import { projectFolder } from "../project.js"
import { document, smelt, type Finished } from "./smelt.js"

const FILES: Readonly<Record<string, string>> = {
  "seeds/orders.csv": "id,amount\n1,10\n2,20\n",
  "models/totals.sql": "SELECT sum(o.amount) AS total FROM smelt.ref('orders') AS o",
}

interface Run {
  readonly diagnostics: readonly Diagnostic[]
  readonly results: readonly NodeResult[]
}

function run(finished: Finished): Run {
  return document(finished) as unknown as Run
}

function statuses(finished: Finished): Record<string, string> {
  return Object.fromEntries(run(finished).results.map(({ name, status }) => [name, status]))
}

describe("a test that cannot run is an error", () => {
  const CASES: readonly (readonly [string, string, string, string])[] = [
    [
      "an unknown column",
      "SELECT t.totl FROM smelt.ref('totals') AS t",
      "unknown-column",
      "tests/zz.sql:1:10",
    ],
    ["a ref without quotes", "SELECT 1 AS n FROM smelt.ref(totals)", "types-disagree", "1:30"],
    ["a missing ref", "SELECT 1 AS n FROM smelt.ref('totls') AS t", "unknown-ref", "1:30"],
    ["no SQL", "SELECT 1 AS", "syntax", "tests/zz.sql:1:12"],
  ]

  test.each(CASES)("%s", (_, sql, code, place) => {
    const folder = projectFolder({ ...FILES, "tests/zz.sql": sql })
    for (const args of [["build"], ["test", "zz"], ["retry"]]) {
      const finished = smelt(folder, ...args, "--json")
      const { diagnostics, results } = run(finished)
      expect(finished.exit).toBe(1)
      expect(results.at(-1)).toMatchObject({
        name: "zz",
        kind: "test",
        status: "error",
        diagnostic: { code, file: "tests/zz.sql" },
      })
      expect(diagnostics.map((one) => one.code)).toEqual([code])
      const [{ file = "", start } = {}] = diagnostics
      expect(`${file}:${start?.line}:${start?.column}`).toContain(place)
    }
  })

  test("one whose model has errors is skipped with it; alone it is an error", () => {
    const folder = projectFolder({
      ...FILES,
      "models/totals.sql": "SELECT o.amont FROM smelt.ref('orders') AS o",
      "tests/zz.sql": "SELECT t.total FROM smelt.ref('totals') AS t",
    })
    expect(statuses(smelt(folder, "build", "--json"))).toMatchObject({
      totals: "error",
      zz: "skipped",
    })
    const alone = smelt(folder, "test", "zz", "--json")
    expect(alone.exit).toBe(1)
    expect(run(alone).results).toMatchObject([{ diagnostic: { code: "upstream-error" } }])
  })

  test("a `where` that is no condition", () => {
    const folder = projectFolder({
      ...FILES,
      "models/totals.sql": `---
columns: { total: { tests: [{ unique: , where: "total >" }] } }
---
${FILES["models/totals.sql"]}`,
    })
    const finished = smelt(folder, "build", "--json")
    expect(finished.exit).toBe(1)
    expect(statuses(finished)).toMatchObject({ totals: "success", unique_totals_total: "error" })
  })
})

test("a test that fails in the target says where its SQL is", () => {
  const folder = projectFolder({
    ...FILES,
    "tests/zz.sql":
      "SELECT CAST('x' || CAST(t.total AS VARCHAR) AS INTEGER) AS n FROM smelt.ref('totals') AS t",
  })
  const finished = smelt(folder, "build", "--json")
  expect(finished.exit).toBe(1)
  expect(run(finished).diagnostics).toMatchObject([
    { code: "query-failed", notes: [{ message: "its SQL: target/compiled/tests/zz.sql" }] },
  ])
  expect(existsSync(join(folder, "target/compiled/tests/zz.sql"))).toBe(true)
})

test("a failed test shows five rows, and where it stands", () => {
  const folder = projectFolder({
    "seeds/orders.csv": "id,note\n1,a\n1,b\n2,\n3,\n4,\n5,\n6,\n7,\n",
    "models/m.sql": `---
columns: { id: { tests: [unique] } }
---
SELECT o.id, o.note FROM smelt.ref('orders') AS o`,
    "tests/noted.sql":
      "-- All have one.\nSELECT m.id, m.note FROM smelt.ref('m') AS m WHERE m.note IS NULL",
  })
  const finished = smelt(folder, "build", "--json")
  expect(finished.exit).toBe(1)
  const [unique, noted] = run(finished).diagnostics
  expect(unique).toMatchObject({
    code: "test-failed",
    message: "test `unique_m_id` failed: 1 row",
    file: "models/m.sql",
    start: { line: 2, column: 26 },
    notes: [
      { message: "id 1, rows 2" },
      { message: "its SQL: target/compiled/tests/unique_m_id.sql" },
    ],
  })
  expect(noted).toMatchObject({
    message: "test `noted` failed: 6 rows",
    file: "tests/noted.sql",
    start: { line: 2, column: 1 },
  })
  const notes = noted?.notes.map(({ message }) => message) ?? []
  expect(notes).toHaveLength(7)
  expect(notes.slice(0, 5).every((note) => /^id \d, note NULL$/.test(note))).toBe(true)
  expect(notes.slice(5)).toEqual(["and 1 more", "its SQL: target/compiled/tests/noted.sql"])
})

describe("tests of a source", () => {
  const SOURCE: Readonly<Record<string, string>> = {
    "sources/raw.yml": `sources:
  raw.lines:
    path: data/lines.csv
    columns:
      line_id: { type: BIGINT, tests: [unique, not_null] }
      order_id:
        type: BIGINT
        tests: [{ relationships: { to: orders, column: id }, severity: warn }]
      state: { type: VARCHAR, tests: [{ accepted_values: [open, done] }] }
    tests: [{ unique: [line_id, order_id] }]
`,
    "data/lines.csv": "line_id,order_id,state\n1,1,open\n1,2,done\n2,3,lost\n",
    "models/parts.sql": `---
columns: { line_id: { tests: [{ relationships: { to: raw.lines, column: line_id } }] } }
---
SELECT l.line_id FROM smelt.source('raw.lines') AS l WHERE l.state = 'open'`,
  }
  const TESTS = {
    relationships_parts_line_id__raw_lines_line_id: "success",
    source_tests: {
      unique_source_raw_lines_line_id: "fail",
      not_null_source_raw_lines_line_id: "success",
      relationships_source_raw_lines_order_id__orders_id: "warn",
      accepted_values_source_raw_lines_state: "fail",
      unique_source_raw_lines_line_id_order_id: "success",
    },
  }

  test("are listed, and run by build and test", () => {
    const folder = projectFolder({ ...FILES, ...SOURCE })
    const { source_tests: own, ...others } = TESTS
    const { nodes } = document(smelt(folder, "ls", "--json")) as {
      nodes: readonly { name: string; kind: string; file: string; dependsOn: string[] }[]
    }
    expect(nodes.filter(({ file, kind }) => kind === "test" && file === "sources/raw.yml")).toEqual(
      Object.keys(own).map((name) => expect.objectContaining({ name, dependsOn: ["raw.lines"] })),
    )
    const built = smelt(folder, "build", "--json")
    expect(built.exit).toBe(1)
    expect(statuses(built)).toMatchObject({ ...own, ...others, parts: "success" })
    expect(statuses(smelt(folder, "test", "--json"))).toEqual({ ...own, ...others })
    const [alone] = Object.keys(own)
    expect(Object.keys(statuses(smelt(folder, "test", alone ?? "", "--json")))).toEqual([alone])
  })
})

describe("one selection for all commands", () => {
  const SELECTED: Readonly<Record<string, string>> = {
    "smelt.yml": `name: test
targets: { dev: { type: duckdb, database: target/dev.duckdb } }
seeds: { orders: { columns: { id: { tests: [unique] } } } }
`,
    "sources/raw.yml": `sources:
  raw.lines: { path: data/lines.csv, columns: { id: { type: BIGINT, tests: [not_null] } } }
`,
    "data/lines.csv": "id\n1\n",
    "seeds/orders.csv": "id,amount\n1,10\n2,20\n",
    "models/stg.sql": `---
columns: { id: { tests: [unique, not_null] } }
---
SELECT o.id FROM smelt.ref('orders') AS o`,
    "models/lines.sql": "SELECT l.id FROM smelt.source('raw.lines') AS l",
    "models/top.sql": `---
columns: { n: { tests: [not_null] } }
---
SELECT count(*) AS n FROM smelt.ref('stg') AS s`,
    "tests/few.sql": "SELECT t.n FROM smelt.ref('top') AS t WHERE t.n > 9",
  }
  const OF_STG = ["stg", "unique_stg_id", "not_null_stg_id"]
  const OF_TOP = ["top", "not_null_top_n"]
  const OF_LINES = ["raw.lines", "not_null_source_raw_lines_id"]
  let folder: string
  beforeAll(() => {
    folder = projectFolder(SELECTED)
    expect(smelt(folder, "build").exit).toBe(0)
  })

  test.each([
    ["stg", [], OF_STG],
    ["stg+", [], [...OF_STG, ...OF_TOP, "few"]],
    ["+stg", [], ["orders", "unique_orders_id", ...OF_STG]],
    ["unique_stg_id", [], ["unique_stg_id"]],
    ["stg+", ["unique_stg_id", "few"], ["stg", "not_null_stg_id", ...OF_TOP]],
    ["raw.lines", [], OF_LINES],
    ["raw.lines+", [], [...OF_LINES, "lines"]],
    ["+lines", [], [...OF_LINES, "lines"]],
    ["path:sources", [], OF_LINES],
    ["", ["orders+", "raw.lines"], ["lines"]],
    ["", ["orders", "stg", "top"], [...OF_LINES, "lines", "few"]],
  ] as const)("%s without %s", (selector, without, names) => {
    const args = [
      ...(selector === "" ? [] : ["-s", selector]),
      ...without.flatMap((name) => ["--exclude", name]),
    ]
    const listed = document(smelt(folder, "ls", "--json", ...args)) as {
      nodes: readonly { name: string; kind: string }[]
    }
    const ran = (command: string) =>
      Object.keys(statuses(smelt(folder, command, "--json", ...args)))
    expect(listed.nodes.map(({ name }) => name).sort()).toEqual([...names].sort())
    const isTest = (name: string) => name === "few" || name.includes("_")
    expect(ran("test").sort()).toEqual(names.filter(isTest).sort())
    expect(ran("build").sort()).toEqual(names.filter((name) => name !== "raw.lines").sort())
  })
})
