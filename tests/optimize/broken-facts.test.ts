import { readFileSync, utimesSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { DuckDBInstance } from "@duckdb/node-api"
import { describe, expect, test } from "vitest"
import { document, smelt } from "../cli/smelt.js"
import { projectFolder } from "../project.js"
import { BROKEN } from "./broken-facts.js"
import { runProject } from "./running.js"

// A plan that rests on a declared fact runs only where the data hold it.

interface Built {
  readonly ok: boolean
  readonly diagnostics: readonly {
    readonly code: string
    readonly level: string
    readonly message: string
    readonly file: string
    readonly start: { readonly line: number }
    readonly notes: readonly { readonly message: string }[]
  }[]
  readonly optimizer: { readonly applied: readonly string[]; readonly fallback?: string }
}

function build(folder: string, ...options: readonly string[]): Built {
  const finished = smelt(folder, "build", "--json", ...options)
  expect(finished.exit, finished.stdout).toBe(0)
  return document(finished) as unknown as Built
}

const rows = (folder: string) => query(join(folder, "target", "dev.duckdb"), "FROM main.delays")

async function query(database: string, sql: string): Promise<string[]> {
  const instance = await DuckDBInstance.create(database)
  const connection = await instance.connect()
  const reader = await connection.runAndReadAll(sql)
  const found = reader.getRowsJson().map((row) => JSON.stringify(row))
  connection.closeSync()
  instance.closeSync()
  return found.sort()
}

describe.each(Object.entries(BROKEN))("%s", (_, broken) => {
  const [folder, other] = [projectFolder(broken.files), projectFolder(broken.files)]
  const [file, text] = broken.mended

  test("the user's plan, the right rows, a warning with the place and the rows", async () => {
    const { diagnostics, optimizer } = build(folder)
    build(other, "--no-optimize")
    expect(await rows(folder)).toEqual(await rows(other))
    expect(optimizer).toMatchObject({ fallback: "fact-broken", applied: [] })
    const source = broken.files["sources/raw.yml"] ?? ""
    const line = source.split("\n").findIndex((each) => each.startsWith(broken.declared)) + 1
    expect(diagnostics).toMatchObject([
      { code: "fact-broken", level: "warn", file: "sources/raw.yml", start: { line } },
    ])
    const [{ message = "", notes = [] } = {}] = diagnostics
    const { fact, says, shown } = broken
    expect(says.map((said) => `${fact}, but ${said}`)).toContainEqual(
      /: (.*); the plan as written runs/.exec(message)?.[1],
    )
    for (const row of shown) expect(notes[0]?.message).toContain(row)
  })

  test("broken still, it is asked again", () => {
    expect(build(folder).optimizer.fallback).toBe("fact-broken")
  })

  test("once the data are mended the optimized plan runs", async () => {
    for (const each of [folder, other]) writeFileSync(join(each, file), text)
    const { diagnostics, optimizer } = build(folder)
    build(other, "--no-optimize")
    expect(diagnostics).toEqual([])
    expect(optimizer.fallback).toBeUndefined()
    expect(optimizer.applied).toContain(broken.rule)
    expect(await rows(folder)).toEqual(await rows(other))
  })

  test("the plan that rests on it would have been wrong", async () => {
    const compiled = readFileSync(join(folder, "target", "compiled", "delays.sql"), "utf8")
    writeFileSync(join(other, file), broken.files[file] ?? "")
    build(other, "--no-optimize")
    const wrong = await query(":memory:", compiled.replaceAll(folder, other))
    expect(wrong).not.toEqual(await rows(other))
  })

  test("the answer is kept, and asked again when a file changes", async () => {
    const answers = () => readFileSync(join(folder, ".smelt", "state", "probes.json"), "utf8")
    expect(answers()).toContain(`${broken.fact} @ `)
    // What is asked of the files beside making tables of them.
    const asked = async () => {
      const { statements, optimizer } = await runProject(folder)
      expect(optimizer.applied).toContain(broken.rule)
      return statements.filter((sql) => sql.startsWith("SELECT") && sql.includes("read_csv("))
    }
    expect(await asked()).toEqual([])
    const later = new Date(Date.now() + 60_000)
    utimesSync(join(folder, file), later, later)
    expect((await asked()).length).toBeGreaterThan(0)
    expect(await asked()).toEqual([])
  })
})
