import { writeFileSync } from "node:fs"
import { join } from "node:path"
import { expect, test } from "vitest"
import type { Diagnostic } from "../../src/diagnostics/diagnostic.js"
import { projectFolder } from "../project.js"
import { document, smelt, type Finished } from "./smelt.js"

const FILES: Readonly<Record<string, string>> = {
  "smelt.yml": `name: test
targets: { dev: { type: duckdb, database: target/dev.duckdb } }
seeds:
  orders:
    key: [order_id]
    columns:
      order_id: { type: BIGINT }
      amount: { type: "DECIMAL(10,2)", not_null: true }
`,
  "seeds/orders.csv": "order_id,customer,amount\n1,Ada,1\n04,Bob,2\n4,Cleo,\n",
  "models/totals.sql": "SELECT sum(o.amount) AS total FROM smelt.ref('orders') AS o",
}

const warnings = (finished: Finished) =>
  (document(finished) as { diagnostics: readonly Diagnostic[] }).diagnostics

test.each([{ args: ["seed"] }, { args: ["build"] }, { args: ["build", "--no-optimize"] }])(
  "$args: what is declared of a seed and its file breaks is a warning",
  ({ args }) => {
    const folder = projectFolder(FILES)
    for (const time of ["loaded", "there already"]) {
      const finished = smelt(folder, ...args, "--json")
      expect(finished.exit, time).toBe(0)
      expect(warnings(finished)).toMatchObject([
        {
          code: "fact-broken",
          message:
            "declared fact does not hold: orders(order_id) is a key, but order_id 4 stands in 2 rows",
          file: "smelt.yml",
          start: { line: 5, column: 10 },
        },
        {
          code: "fact-broken",
          message:
            "declared fact does not hold: orders.amount is not NULL, but 1 row is, such as order_id 4, customer Cleo",
          file: "smelt.yml",
          start: { line: 8, column: 7 },
        },
      ])
    }
    writeFileSync(join(folder, "seeds/orders.csv"), "order_id,customer,amount\n1,Ada,1\n")
    expect(warnings(smelt(folder, ...args, "--json"))).toEqual([])
  },
)

test("a value that is not of the declared type is told by the load", () => {
  const folder = projectFolder({
    ...FILES,
    "seeds/orders.csv": "order_id,customer,amount\none,Ada,1\n",
  })
  const finished = smelt(folder, "build", "--json")
  expect(finished.exit).toBe(1)
  expect(warnings(finished)).toMatchObject([{ code: "query-failed" }])
})

test.each([
  ["id,name\n1,a\n2\n", 3, "line 3 has 1 value, the first line names 2 columns (id, name)"],
  ['id,name\r\n\r\n1,"a\nb"\r\n2,b,c\r\n', 5, "line 5 has 3 values, the first line names"],
  ["", 1, "the file is empty"],
])(
  "a file that is no table (%#) is told at its line; what reads it is skipped",
  (csv, line, says) => {
    const folder = projectFolder({
      "seeds/broken.csv": csv,
      "seeds/fine.csv": "n\n1\n",
      "models/a.sql": "SELECT b.id FROM smelt.ref('broken') AS b",
      "models/b.sql": "SELECT f.n FROM smelt.ref('fine') AS f",
    })
    const fault = [
      { code: "seed-unreadable", file: "seeds/broken.csv", start: { line, column: 1 } },
    ]
    for (const command of ["check", "build"]) {
      const finished = smelt(folder, command, "--json")
      expect(finished.exit).toBe(1)
      const found = warnings(finished).filter(({ code }) => code === "seed-unreadable")
      expect(found).toMatchObject(fault)
      expect(found[0]?.message).toContain(says)
    }
    const { results } = document(smelt(folder, "build", "--json")) as {
      results: readonly { name: string; kind: string; status: string }[]
    }
    const statuses = results.map(({ kind, name, status }) => `${kind} ${name} ${status}`)
    expect(statuses).toContain("seed broken error")
    expect(statuses).toContain("model b success")
    if (csv !== "") expect(statuses).toContain("model a skipped")
  },
)
