import { writeFileSync } from "node:fs"
import { join } from "node:path"
import { describe, expect, test } from "vitest"
import { runProject } from "../optimize/running.js"
import { loadProject } from "../../src/project/index.js"
import { projectFolder } from "../project.js"

// Part of a project is built again. A view that does not take part is computed when it is read, so what it
// reads has to be there first, and where that fails, whoever reads the view has nothing to read.

interface Case {
  /** `kind: SQL` by name; `top` is changed before the second build. */
  readonly models: Readonly<Record<string, string>>
  readonly changed: string
  readonly selected: readonly string[]
  /** The second build, in the order in which its nodes ended. */
  readonly statuses: Readonly<Record<string, string>>
}

const of = (name: string) => `smelt.ref('${name}')`
const GOOD = "table: SELECT CAST(r.a AS INTEGER) AS a FROM (VALUES ('1'), ('2')) AS r(a)"
const BAD = GOOD.replace("'2'", "'x'")

// prettier-ignore
const CASES: Readonly<Record<string, Case>> = {
  "through a view": {
    models: { top: GOOD, middle: `view: SELECT a FROM ${of("top")}`, below: `table: SELECT a FROM ${of("middle")}` },
    changed: BAD,
    selected: ["top", "below"],
    statuses: { top: "error", below: "skipped" },
  },
  "through views and an ephemeral model": {
    models: {
      top: GOOD,
      one: `view: SELECT a FROM ${of("top")}`,
      two: `ephemeral: SELECT a FROM ${of("one")}`,
      three: `auto: SELECT a FROM ${of("two")}`,
      below: `table: SELECT a FROM ${of("three")}`,
    },
    changed: BAD,
    selected: ["top", "below"],
    statuses: { top: "error", below: "skipped" },
  },
  "a table between stands": {
    models: { top: GOOD, middle: `table: SELECT a FROM ${of("top")}`, below: `table: SELECT a FROM ${of("middle")}` },
    changed: BAD,
    selected: ["top", "below"],
    statuses: { below: "success", top: "error" },
  },
  "nothing fails": {
    models: { top: GOOD, middle: `view: SELECT a FROM ${of("top")}`, below: `table: SELECT a FROM ${of("middle")}` },
    changed: GOOD.replace("'2'", "'3'"),
    selected: ["top", "below"],
    statuses: { top: "success", below: "success" },
  },
}

describe("a build of some models", () => {
  const ways = Object.entries(CASES).flatMap(([name, one]) =>
    [true, false].map((optimize) => ({ name, optimize, ...one })),
  )
  test.each(ways)(
    "$name, optimize: $optimize",
    async ({ models, changed, selected, statuses, optimize }) => {
      const files = (all: Case["models"]) =>
        Object.fromEntries(Object.entries(all).map(([name, text]) => fileOf(name, text)))
      const folder = projectFolder(files(models))
      await runProject(folder, { optimize })
      for (const [file, text] of Object.entries(files({ top: changed })))
        writeFileSync(join(folder, file), text)
      const { results } = await runProject(folder, { optimize, selected: new Set(selected) })
      const found = results
        .filter(({ kind }) => kind === "model")
        .map(({ name, status }) => [name, status])
      expect(Object.fromEntries(found)).toEqual(statuses)
    },
  )
})

describe("a test that reads two models", () => {
  const items = `---
materialization: table
columns:
  order_id: { tests: [{ relationships: { to: orders, column: order_id } }] }
---
SELECT i.order_id FROM (VALUES (1), (2), (%)) AS i(order_id)
`
  const files = (third: string) => ({
    "models/items.sql": items.replace("%", third),
    ...Object.fromEntries([
      fileOf("sums", `table: SELECT i.order_id, count(*) AS n FROM ${of("items")} AS i GROUP BY 1`),
      fileOf("orders", `table: SELECT s.order_id FROM ${of("sums")} AS s WHERE s.order_id < 4`),
      fileOf("below", `table: SELECT o.order_id FROM ${of("orders")} AS o`),
    ]),
  })
  const built = async (third: string, optimize: boolean) => {
    const folder = projectFolder(files(third))
    const names = ["items", "sums", "orders", "below"]
    const tests = loadProject(folder).models.flatMap(({ tests }) => tests.map(({ name }) => name))
    const selected = new Set([...names, ...tests])
    const { results } = await runProject(folder, { optimize, selected })
    return Object.fromEntries(
      results.map(({ kind, name, status }) => [kind === "test" ? kind : name, status]),
    )
  }
  const all = { items: "success", sums: "success", orders: "success", below: "success" }

  // `items` refers to `orders`, which is made of it: its test waits for `orders`, not the other way round.
  test.each([true, false])("waits for both, optimize: %s", async (optimize) => {
    expect(await built("3", optimize)).toEqual({ ...all, test: "success" })
    expect(await built("5", optimize)).toEqual({ ...all, test: "fail" })
  })
})

function fileOf(name: string, text: string): [string, string] {
  const [, kind = "", sql = ""] = /^(\w+): (.*)$/s.exec(text) ?? []
  return [`models/${name}.sql`, `---\nmaterialization: ${kind}\n---\n${sql}\n`]
}
