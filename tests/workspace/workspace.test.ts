import { rmSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { pathToFileURL } from "node:url"
import { expect, test } from "vitest"
import { Workspace, type ByFile } from "../../src/workspace.js"
import { projectFolder } from "../project.js"

// Work is counted: which texts an edit parses and which it checks.

const CHAIN = {
  "models/a.sql": "SELECT 1 AS id, 'x' AS name",
  "models/b.sql": "SELECT a.id, a.name FROM smelt.ref('a') AS a",
  "models/c.sql": "SELECT b.id FROM smelt.ref('b') AS b",
  "models/d.sql": "SELECT c.id FROM smelt.ref('c') AS c",
  "models/other.sql": "SELECT 2 AS id",
  "tests/d_has_ids.sql": "SELECT d.id FROM smelt.ref('d') AS d WHERE d.id < 0",
}

function opened(files: Readonly<Record<string, string>> = CHAIN) {
  const folder = projectFolder(files)
  const workspace = Workspace.open(folder)
  const done = () => [[...workspace.work.parsed].sort(), [...workspace.work.checked].sort()]
  return { folder, workspace, done }
}

function codes(found: ByFile): Record<string, readonly string[]> {
  return Object.fromEntries(
    [...found].map(([file, diagnostics]) => [file, diagnostics.map(({ code }) => code)]),
  )
}

test("opening parses and checks every text once", () => {
  const names = ["a", "b", "c", "d", "d_has_ids", "other"]
  const { done } = opened()
  expect(done()).toEqual([names, names])
})

test("an edit that leaves the columns as they were reaches nothing else", () => {
  const { workspace, done } = opened()
  const found = workspace.update([{ uri: "models/a.sql", text: "SELECT 5 AS id, 'y' AS name" }])
  expect(done()).toEqual([["a"], ["a"]])
  expect(codes(found)).toEqual({ "models/a.sql": [] })
})

test("a changed type reaches models as far as it shows", () => {
  const { workspace, done } = opened()
  workspace.edit("models/a.sql", "SELECT 1 AS id, 5 AS name")
  expect(done()).toEqual([["a"], ["a", "b", "c"]])
  workspace.edit("models/a.sql", "SELECT CAST(1 AS BIGINT) AS id, 5 AS name")
  expect(done()).toEqual([["a"], ["a", "b", "c", "d", "d_has_ids"]])
  workspace.edit("models/a.sql", "SELECT CAST(NULL AS BIGINT) AS id, 5 AS name")
  expect(done()[1]).toEqual(["a", "b", "c", "d", "d_has_ids"])
})

test("the same text again is no work", () => {
  const { workspace, done } = opened()
  expect(workspace.edit("models/a.sql", CHAIN["models/a.sql"])).toEqual([])
  expect(done()).toEqual([[], []])
})

test("a model breaks, and what reads it; mended, all is well", () => {
  const { workspace, done } = opened()
  const broken = workspace.update([{ uri: "models/b.sql", text: "SELECT a.id FROM (" }])
  expect(codes(broken)).toEqual({
    "models/b.sql": ["syntax"],
    "models/c.sql": ["upstream-error"],
    "models/d.sql": ["upstream-error"],
    "tests/d_has_ids.sql": ["upstream-error"],
  })
  const mended = workspace.update([{ uri: "models/b.sql", text: CHAIN["models/b.sql"] }])
  expect(codes(mended)).toEqual({
    "models/b.sql": [],
    "models/c.sql": [],
    "models/d.sql": [],
    "tests/d_has_ids.sql": [],
  })
  expect(done()).toEqual([["b"], ["b", "c", "d", "d_has_ids"]])
})

test("a cycle appears and vanishes", () => {
  const { workspace } = opened()
  const text = "SELECT d.id, 'x' AS name FROM smelt.ref('d') AS d"
  const cyclic = workspace.update([{ uri: "models/a.sql", text }])
  expect(codes(cyclic)).toMatchObject({ "models/a.sql": ["cycle"] })
  const mended = workspace.update([{ uri: "models/a.sql", text: CHAIN["models/a.sql"] }])
  expect(codes(mended)).toMatchObject({ "models/a.sql": [] })
  expect(workspace.diagnostics.size).toBe(0)
  expect(workspace.checked.texts.get("d")?.types?.output).toMatchObject([{ name: "id" }])
})

test("a model is renamed, deleted, created", () => {
  const { folder, workspace, done } = opened()
  rmSync(join(folder, "models/c.sql"))
  writeFileSync(join(folder, "models/cc.sql"), CHAIN["models/c.sql"])
  const renamed = workspace.update([{ uri: "models/c.sql" }, { uri: "models/cc.sql" }])
  expect(codes(renamed)).toEqual({
    "models/c.sql": [],
    "models/cc.sql": [],
    "models/d.sql": ["unknown-ref"],
    "tests/d_has_ids.sql": ["upstream-error"],
  })
  const created = workspace.update([{ uri: "models/c.sql", text: CHAIN["models/c.sql"] }])
  expect(codes(created)).toMatchObject({ "models/d.sql": [], "tests/d_has_ids.sql": [] })
  expect(done()).toEqual([["c"], ["c", "d", "d_has_ids"]])
})

test("a name that is not found is looked for again when there are other names", () => {
  const files = { ...CHAIN, "models/e.sql": "SELECT o.id FROM smelt.ref('refund') AS o" }
  const { workspace, done } = opened(files)
  const created = workspace.update([{ uri: "models/refunds.sql", text: "SELECT 1 AS id" }])
  expect(done()).toEqual([["refunds"], ["e", "refunds"]])
  expect(created.get("models/e.sql")?.[0]?.message).toContain("did you mean `refunds`")
})

test("a changed source reaches what reads it, and no other file is parsed", () => {
  const source = (type: string) => `sources:
  raw.orders: { table: main.orders, columns: { id: { type: ${type} } } }
`
  const { workspace, done } = opened({
    ...CHAIN,
    "sources/raw.yml": source("BIGINT"),
    "models/o.sql": "SELECT o.id + 1 AS id FROM smelt.source('raw.orders') AS o",
  })
  const changed = workspace.update([{ uri: "sources/raw.yml", text: source('"DATE[]"') }])
  expect(done()).toEqual([[], ["o"]])
  expect(codes(changed)).toMatchObject({ "sources/raw.yml": [] })
  expect(changed.get("models/o.sql")).toHaveLength(1)
})

test("levels of smelt.yml are of every text", () => {
  const { workspace } = opened({ ...CHAIN, "models/e.sql": "SELECT * FROM smelt.ref('a')" })
  expect(codes(workspace.diagnostics)).toEqual({ "models/e.sql": ["select-star"] })
  const config = "name: test\ntargets: { dev: { type: duckdb } }\nlevels: { select-star: off }\n"
  expect(codes(workspace.update([{ uri: "smelt.yml", text: config }]))).toMatchObject({
    "smelt.yml": [],
    "models/e.sql": [],
  })
})

test("smelt.yml is deleted and comes back", () => {
  const { folder, workspace } = opened()
  const { text = "" } = workspace.project.texts.get("smelt.yml") ?? {}
  rmSync(join(folder, "smelt.yml"))
  expect(codes(workspace.update([{ uri: "smelt.yml" }]))).toEqual({
    "smelt.yml": ["config-missing"],
  })
  expect(codes(workspace.update([{ uri: "smelt.yml", text }]))).toEqual({ "smelt.yml": [] })
})

test("a seed's columns are those of its text", () => {
  const { workspace, done } = opened({
    "seeds/codes.csv": "code,name\nDE,Germany\n",
    "models/a.sql": "SELECT c.name FROM smelt.ref('codes') AS c",
  })
  const text = "code,label\nDE,Germany\n"
  expect(codes(workspace.update([{ uri: "seeds/codes.csv", text }]))).toEqual({
    "seeds/codes.csv": [],
    "models/a.sql": ["unknown-column"],
  })
  expect(done()).toEqual([[], ["a"]])
})

test("files are URIs, absolute or relative; others are none of ours", () => {
  const { folder, workspace } = opened()
  const path = join(folder, "models/a.sql")
  const wrong = "SELECT id2 FROM smelt.ref('other')"
  for (const uri of [path, pathToFileURL(path).href, "models/a.sql"]) {
    expect(workspace.edit(uri, wrong).map(({ code, file }) => `${file} ${code}`)).toContain(
      "models/a.sql unknown-column",
    )
    expect(workspace.edit(uri, CHAIN["models/a.sql"])).toEqual([])
  }
  expect(workspace.uriOf("models/a.sql")).toBe(pathToFileURL(path).href)
  expect(workspace.update([{ uri: "/elsewhere/x.sql", text: "?" }]).size).toBe(0)
  expect(() => Workspace.open("/")).toThrow(RangeError)
})
