import { chmodSync, readFileSync, statSync, symlinkSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { describe, expect, test } from "vitest"
import { checkCommand } from "../../src/cli/commands/check.js"
import { readOptions, type RawOptions } from "../../src/cli/options.js"
import { projectFolder } from "../project.js"
import { documentOf } from "./documents.js"
import { misfits } from "./shape.js"
import { document, smelt } from "./smelt.js"

// What `check --fix` does to files; which fixes there are, and that they help, is asked in `diagnostics/`.

const COMMA = "SELECT a.x, b.y\nFROM smelt.ref('a') AS a, smelt.ref('b') AS b\nWHERE a.x = b.x\n"
const JOIN = "SELECT a.x, b.y\nFROM smelt.ref('a') AS a JOIN smelt.ref('b') AS b ON a.x = b.x\n"
const FILES = {
  "models/a.sql": "SELECT 1 AS x\n",
  "models/b.sql": "SELECT 1 AS x, 2 AS y\n",
}

function fix(folder: string, raw: RawOptions = {}, words: readonly string[] = []) {
  return checkCommand(readOptions({ projectDir: folder, fix: true, ...raw }, words))
}

function text(folder: string, file: string): string {
  return readFileSync(join(folder, file), "utf8")
}

describe("the files", () => {
  test.each([
    ["line breaks of Windows", (sql: string) => sql.replaceAll("\n", "\r\n")],
    ["a byte order mark", (sql: string) => `\uFEFF${sql}`],
    ["no line break at the end", (sql: string) => sql.trimEnd()],
    ["letters beyond 16 bits", (sql: string) => `-- 🦆 ${"ü".repeat(9)}\n${sql}`],
  ])("keep %s", async (_, spelled) => {
    const folder = projectFolder({ ...FILES, "models/m.sql": spelled(COMMA) })
    const { exit, fields } = await fix(folder)
    expect(text(folder, "models/m.sql").trimEnd()).toBe(spelled(JOIN).trimEnd())
    expect([exit, fields.files]).toEqual([0, ["models/m.sql"]])
  })

  test("keep permissions and links; what is written is no other file", async () => {
    const folder = projectFolder({ ...FILES, "shared/m.sql": COMMA })
    symlinkSync("../shared/m.sql", join(folder, "models/m.sql"))
    chmodSync(join(folder, "shared/m.sql"), 0o640)
    expect((await fix(folder)).exit).toBe(0)
    expect(text(folder, "shared/m.sql")).toBe(JOIN)
    expect(text(folder, "models/m.sql")).toBe(JOIN)
    expect(statSync(join(folder, "shared/m.sql")).mode & 0o777).toBe(0o640)
  })

  test("that are no UTF-8 stay as they are, and it is said", async () => {
    const folder = projectFolder(FILES)
    const latin = Buffer.from(`-- caf\xe9\n${COMMA}`, "latin1")
    writeFileSync(join(folder, "models/m.sql"), latin)
    const { exit, fields, diagnostics } = await fix(folder)
    expect(readFileSync(join(folder, "models/m.sql"))).toEqual(latin)
    expect(fields).toMatchObject({ fixed: [], files: [] })
    expect(exit).toBe(1)
    expect(diagnostics.map(({ code }) => code)).toEqual(["comma-join", "not-written"])
  })

  test("with inserted lines have the line breaks that they had", async () => {
    const model = "{{ config(materialized='table', tags=['x']) }}\r\nSELECT 1 AS x\r\n"
    const folder = projectFolder({ "models/m.sql": model })
    expect((await fix(folder)).exit).toBe(0)
    expect(text(folder, "models/m.sql")).toBe(
      "---\r\nmaterialization: table\r\ntags: [x]\r\n---\r\nSELECT 1 AS x\r\n",
    )
  })
})

describe("what is fixed", () => {
  test("only what keeps the meaning, but with --unsafe-fixes", async () => {
    const model = `${COMMA.trimEnd()} AND a.x <> NULL\n`
    const folder = projectFolder({ ...FILES, "models/m.sql": model })
    const safe = await fix(folder)
    expect(text(folder, "models/m.sql")).toBe(`${JOIN}WHERE a.x <> NULL\n`)
    expect(safe.diagnostics.map(({ code }) => code)).toEqual(["null-comparison"])
    expect(safe).toMatchObject({
      exit: 1,
      text: "fixed models/m.sql:2:6 comma-join: write JOIN … ON",
      remark: "--fix --unsafe-fixes 1 of these, and changes the meaning.",
    })
    const all = await fix(folder, { unsafeFixes: true })
    expect(all).toMatchObject({ exit: 0, diagnostics: [] })
    expect(text(folder, "models/m.sql")).toBe(`${JOIN}WHERE a.x IS NOT NULL\n`)
    expect(await fix(folder, { unsafeFixes: true })).toMatchObject({ fields: { fixed: [] } })
  })

  test("YAML first, and then what it hid, until nothing more helps", async () => {
    const folder = projectFolder({
      "smelt.yml": "name: test\ntargts:\n  dev: { type: duckdb }\nlevels: { comma-join: eror }\n",
      "sources/raw.yml": "sources:\n  raw.t:\n    table: t\n    colums: { x: { type: BIGNT } }\n",
      "models/m.sql":
        "---\nmaterialisation: view\n---\nSELECT t.x, u.x AS y FORM smelt.source('raw.t') AS t, smelt.source('raw.t') AS u",
    })
    const { exit, fields } = await fix(folder, { unsafeFixes: true })
    expect(exit).toBe(0)
    const fixed = fields.fixed as readonly { code: string; file: string }[]
    expect(fixed.map(({ code, file }) => `${file} ${code}`)).toEqual([
      "models/m.sql unknown-key",
      "models/m.sql syntax",
      "models/m.sql comma-join",
      "smelt.yml unknown-key",
      "smelt.yml bad-value",
      "sources/raw.yml unknown-key",
      "sources/raw.yml bad-value",
    ])
  })

  test("nothing that breaks another model", async () => {
    const folder = projectFolder({
      "models/a.sql": "SELECT count(*) FROM smelt.ref('b') AS b",
      "models/b.sql": "SELECT 1 AS x",
      "models/c.sql": "---\nallow_star: true\n---\nSELECT a.*, 1 AS count FROM smelt.ref('a') AS a",
    })
    const before = (await checkCommand(readOptions({ projectDir: folder }, []))).diagnostics
    expect(before.map(({ code, file }) => `${code} ${file}`)).toEqual([
      "unnamed-column models/a.sql",
    ])
    const { diagnostics, fields } = await fix(folder, { unsafeFixes: true })
    expect(fields.files).toEqual([])
    expect(diagnostics).toEqual(before)
  })

  test("faults side by side, each once, in whatever file and section they are", async () => {
    const section = (name: string) => `--- name: ${name} ---\n${COMMA}`
    const folder = projectFolder({
      ...FILES,
      "models/many.sql": ["p", "q", "r"].map(section).join(""),
      "models/stars.sql": "SELECT * FROM smelt.ref('b')",
    })
    const { exit, text: said } = await fix(folder)
    expect(exit).toBe(0)
    expect(text(folder, "models/many.sql")).toBe(
      ["p", "q", "r"].map((name) => `--- name: ${name} ---\n${JOIN}`).join(""),
    )
    expect(said.split("\n").slice(0, 4)).toEqual([
      "fixed models/many.sql:3:6 comma-join: write JOIN … ON",
      "fixed models/many.sql:6:6 comma-join: write JOIN … ON",
      "fixed models/many.sql:9:6 comma-join: write JOIN … ON",
      "fixed models/stars.sql:1:8 select-star: write the columns",
    ])
  })

  test("of the selected models alone", async () => {
    const folder = projectFolder({
      "smelt.yml": "name: test\ntargets: { dev: { type: duckdb } }\nlevels: { comma-join: eror }\n",
      ...FILES,
      "models/m.sql": COMMA,
      "models/n.sql": COMMA,
    })
    const { fields } = await fix(folder, { unsafeFixes: true }, ["n"])
    expect(fields.files).toEqual(["models/n.sql"])
    expect(text(folder, "models/m.sql")).toBe(COMMA)
    expect(text(folder, "smelt.yml")).toContain("eror")
  })
})

describe("the command line", () => {
  test("the document has what was fixed, by its place in the file as it is now", () => {
    const folder = projectFolder({ ...FILES, "models/m.sql": COMMA })
    const finished = smelt(folder, "check", "--fix", "--json")
    const found = document(finished)
    expect(finished.exit).toBe(0)
    expect(misfits(found, documentOf("check"))).toEqual([])
    expect(found).toMatchObject({
      ok: true,
      files: ["models/m.sql"],
      fixed: [
        {
          code: "comma-join",
          level: "error",
          file: "models/m.sql",
          start: { offset: 21, line: 2, column: 6 },
          title: "write JOIN … ON",
          kind: "equivalent",
        },
      ],
      models: [{ name: "a" }, { name: "b" }, { name: "m" }],
    })
  })

  test("check without --fix says what it would mend, and mends nothing", () => {
    const folder = projectFolder({ ...FILES, "models/m.sql": COMMA })
    const finished = smelt(folder, "check")
    expect(finished.exit).toBe(1)
    expect(finished.stderr).toMatch(/--fix mends 1 of these\.\n$/)
    expect(text(folder, "models/m.sql")).toBe(COMMA)
  })

  test("what keeps the project from being checked is fixed too, or stays exit 2", () => {
    const config = "name: test\ntargets:\n  dev: { type: duckdb }\ndescription: a: b\n"
    const folder = projectFolder({ "smelt.yml": config, ...FILES })
    const finished = smelt(folder, "check", "--fix")
    expect(finished.exit).toBe(2)
    expect(finished.stdout).toContain("fixed smelt.yml:4:14 yaml-syntax: put the text in quotes")
    expect(finished.stderr).toContain("unknown key `description`")
  })

  test("--unsafe-fixes needs --fix", () => {
    const finished = smelt(projectFolder(FILES), "check", "--unsafe-fixes")
    expect(finished.exit).toBe(2)
    expect(finished.stderr).toContain("--unsafe-fixes needs --fix")
  })
})
