import { readFileSync } from "node:fs"
import { join } from "node:path"
import { expect, test } from "vitest"
import { checkCommand } from "../../src/cli/commands/check.js"
import { compileCommand } from "../../src/cli/commands/compile.js"
import { contractCommand } from "../../src/cli/commands/contract.js"
import { readOptions, type RawOptions } from "../../src/cli/options.js"
import { UsageError } from "../../src/cli/outcome.js"
import { projectFolder } from "../project.js"
import { smelt } from "./smelt.js"

const FILES = {
  "sources/raw.yml": `sources:
  raw.t:
    table: t
    columns:
      id: { type: BIGINT, not_null: true }
      price: { type: "DECIMAL(10,2)" }
`,
  "models/plain.sql": "-- what is sold\nSELECT id, price FROM smelt.source('raw.t')\n",
  "models/headed.sql": `---
# kept as it is
description: the same again
columns:
  price:
    description: without tax
  gone: { type: DATE }
tags: [a]
---
SELECT price, id AS "the id" FROM smelt.source('raw.t')
`,
  "models/two.sql": `--- name: first_one ---
SELECT count(*) AS n FROM smelt.ref('plain')

--- name: second_one ---
tags: [b]
---
SELECT n, n > 3 AS many FROM smelt.ref('first_one')
`,
}

const options = (projectDir: string, raw: RawOptions = {}) =>
  readOptions({ projectDir, ...raw }, [])

test("--write gives every model a contract that it keeps, and what the headers said stays", async () => {
  const folder = projectFolder({
    ...FILES,
    "models/headed.sql": FILES["models/headed.sql"].replace("  gone: { type: DATE }\n", ""),
  })
  const read = (file: string) => readFileSync(join(folder, file), "utf8")
  const { exit } = await contractCommand(options(folder, { write: true }))
  expect(exit).toBe(0)
  expect(read("models/plain.sql")).toBe(`---
contract: true
columns:
  id: { type: BIGINT, not_null: true }
  price: { type: "DECIMAL(10,2)" }
---
-- what is sold
SELECT id, price FROM smelt.source('raw.t')
`)
  expect(read("models/headed.sql")).toBe(`---
# kept as it is
description: the same again
columns:
  price:
    description: without tax
    type: DECIMAL(10,2)
  the id: { type: BIGINT, not_null: true }
tags: [ a ]
contract: true
---
SELECT price, id AS "the id" FROM smelt.source('raw.t')
`)
  expect(read("models/two.sql")).toContain(
    "--- name: second_one ---\ntags: [ b ]\ncontract: true\n",
  )
  expect((await checkCommand(options(folder))).diagnostics).toEqual([])
  const before = Object.keys(FILES).map(read)
  await contractCommand(options(folder, { write: true }))
  expect(Object.keys(FILES).map(read)).toEqual(before)
})

test("without --write the columns are shown, and a model with errors has none", async () => {
  const folder = projectFolder({
    ...FILES,
    "models/bad.sql": "SELECT prize FROM smelt.source('raw.t')",
  })
  const { fields, exit, diagnostics } = await contractCommand(
    options(folder, { select: ["plain", "bad"] }),
  )
  expect(exit).toBe(1)
  expect(fields).toMatchObject({
    models: [{ name: "plain", written: false, columns: [{ name: "id" }, { name: "price" }] }],
  })
  expect(diagnostics.map(({ code }) => code)).toEqual(["unknown-column"])
})

test("a param has the value of --param, of its own type", async () => {
  const folder = projectFolder({
    "smelt.yml": `name: p
targets: { dev: { type: duckdb, database: ":memory:" } }
params: { since: { type: DATE, default: 2024-01-01 } }
`,
    "models/m.sql": "SELECT smelt.param('since') AS since",
  })
  const sqlOf = async (param: readonly string[]) =>
    JSON.stringify((await compileCommand(options(folder, { param }))).fields)
  expect(await sqlOf([])).toContain("DATE '2024-01-01'")
  expect(await sqlOf(["since=2024-05-06"])).toContain("DATE '2024-05-06'")
  for (const [param, problem] of [
    ["since=soon", "needs a value of type DATE"],
    ["sinc=2024-01-01", "did you mean `since`?"],
    ["since", "needs name=value"],
  ] as const)
    await expect(sqlOf([param]).catch((error: unknown) => error)).resolves.toSatisfy(
      (error) => error instanceof UsageError && error.message.includes(problem),
    )
})

test("check and test take the value of a param, too", async () => {
  const folder = projectFolder({
    "smelt.yml": `name: p
targets: { dev: { type: duckdb, database: target/dev.duckdb } }
params: { most: { type: INTEGER, default: 5 } }
`,
    "models/m.sql": "SELECT 3 AS id",
    "tests/few.sql": "SELECT m.id FROM smelt.ref('m') AS m WHERE m.id > smelt.param('most')",
  })
  const exitOf = (...words: readonly string[]) => smelt(folder, ...words).exit
  expect(exitOf("build")).toBe(0)
  expect(exitOf("test", "--param", "most=2")).toBe(1)
  const refused = smelt(folder, "check", "--param", "most=x")
  expect(refused.exit).toBe(2)
  expect(refused.stderr).toContain("needs a value of type INTEGER")
})
