import { readFileSync } from "node:fs"
import { join } from "node:path"
import { expect, test } from "vitest"
import { projectFolder } from "../project.js"
import { document, smelt } from "./smelt.js"

const PROJECT = "name: shop\ntargets: { dev: { type: duckdb } }\n"

const ORDERS = `---
description: what was bought
---

select 1 as id, -- the key
  'a' as customer
`
const ORDERS_LAID_OUT = `---
description: what was bought
---

SELECT
  1 AS id, -- the key
  'a' AS customer
`
const SECTIONS = `--- name: one ---
-- @materialize: daily
-- @partition_by: day
select date '2024-01-01' as day
--- name: two ---
description: of two
---
select o.id from smelt.ref('orders') o where o.id>0;
`
const SECTIONS_LAID_OUT = `--- name: one ---
-- @materialize: daily
-- @partition_by: day
SELECT DATE '2024-01-01' AS day

--- name: two ---
description: of two
---
SELECT o.id
FROM smelt.ref('orders') AS o
WHERE o.id > 0
`

test("fmt lays out what is not, keeps headers, and --check says so without writing", () => {
  const folder = projectFolder({
    "smelt.yml": PROJECT,
    "models/orders.sql": ORDERS,
    "models/several.sql": SECTIONS,
    "tests/none.sql": "SELECT o.id\nFROM smelt.ref('orders') AS o\nWHERE o.id < 0\n",
  })
  const read = (file: string) => readFileSync(join(folder, file), "utf8")
  const changed = ["models/orders.sql", "models/several.sql"]

  const before = document(smelt(folder, "check", "--json", "-s", "path:models"))
  const asked = smelt(folder, "fmt", "--check", "--json")
  expect(asked.exit).toBe(1)
  expect(document(asked)["files"]).toEqual(changed)
  expect(read("models/orders.sql")).toBe(ORDERS)

  const written = smelt(folder, "fmt", "--json")
  expect(written.exit).toBe(0)
  expect(document(written)["files"]).toEqual(changed)
  expect(read("models/orders.sql")).toBe(ORDERS_LAID_OUT)
  expect(read("models/several.sql")).toBe(SECTIONS_LAID_OUT)

  const again = smelt(folder, "fmt", "--check")
  expect(again.exit).toBe(0)
  expect(again.stdout).toContain("Nothing to format.")
  const after = document(smelt(folder, "check", "--json", "-s", "path:models"))
  expect(after["models"]).toEqual(before["models"])
})

test("fmt leaves a file that does not parse, and says where", () => {
  const broken = "select 1 as a from\n"
  const folder = projectFolder({
    "smelt.yml": PROJECT,
    "models/broken.sql": broken,
    "models/orders.sql": ORDERS,
  })
  const finished = smelt(folder, "fmt", "--json")
  expect(finished.exit).toBe(1)
  expect(document(finished)["files"]).toEqual(["models/orders.sql"])
  expect(document(finished)["diagnostics"]).toMatchObject([
    { code: "syntax", file: "models/broken.sql" },
  ])
  expect(readFileSync(join(folder, "models/broken.sql"), "utf8")).toBe(broken)
})
