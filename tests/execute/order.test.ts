import { writeFileSync } from "node:fs"
import { join } from "node:path"
import { describe, expect, test } from "vitest"
import { runProject } from "../optimize/running.js"
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

function fileOf(name: string, text: string): [string, string] {
  const [, kind = "", sql = ""] = /^(\w+): (.*)$/s.exec(text) ?? []
  return [`models/${name}.sql`, `---\nmaterialization: ${kind}\n---\n${sql}\n`]
}
