import { join } from "node:path"
import type { DuckDBConnection } from "@duckdb/node-api"
import { beforeAll, describe, expect, test } from "vitest"
import { document, smelt } from "../cli/smelt.js"
import { differing } from "../optimize/building.js"
import { runProject, type Ran } from "../optimize/running.js"
import { projectFolder } from "../project.js"
import { tpcConnection, tpcMissing, tpcQueries } from "../tpc.js"
import { tpchFiles, type Reading } from "./project.js"

// TPC-H as a smelt project with keys and foreign keys, the optimizer on and off: DuckDB's own answers.

const NUMBERS = Array.from({ length: 22 }, (_, i) => i + 1)
const name = (n: number) => `q${String(n).padStart(2, "0")}`
const READINGS: readonly Reading[] = ["sources", "staging views"]

describe.skipIf(tpcMissing() !== undefined).each(READINGS)("TPC-H over %s", (reading) => {
  let texts: string[]
  let folder: string
  let optimized: Ran
  let written: Ran
  let connection: DuckDBConnection

  beforeAll(async () => {
    texts = await tpcQueries("tpch")
    folder = projectFolder(await tpchFiles(await generated(":memory:"), reading))
    const database = join(folder, "tpch.duckdb")
    const made = await generated(database)
    made.closeSync()
    optimized = await runProject(folder)
    written = await runProject(folder, { optimize: false }, "other")
    connection = await tpcConnection("tpch", database)
  }, 120_000)

  async function generated(database: string): Promise<DuckDBConnection> {
    const made = await tpcConnection("tpch", database)
    await made.run("CALL dbgen(sf = 0.01)")
    return made
  }

  test("both plans run through, and the optimizer knows every query", () => {
    for (const { results, diagnostics } of [optimized, written]) {
      expect(results.filter(({ status }) => status !== "success")).toEqual([])
      expect(diagnostics).toEqual([])
    }
    expect(optimized.optimizer.fallback).toBeUndefined()
    expect(optimized.optimizer.applied.length).toBeGreaterThan(0)
    expect(written.optimizer).toMatchObject({ applied: [] })
    const compiled = document(smelt(folder, "compile", "--json")) as unknown as {
      models: readonly { readonly name: string; readonly fallback?: string }[]
    }
    const queries = compiled.models.filter((model) => /^q\d\d$/.test(model.name))
    expect(queries).toHaveLength(22)
    expect(queries.filter(({ fallback }) => fallback !== undefined)).toEqual([])
  })

  test.each(NUMBERS)("query %i: DuckDB's own answer from both, to the last bit", async (n) => {
    const text = texts[n - 1] ?? ""
    const types = async (query: string) =>
      (await connection.runAndReadAll(`DESCRIBE ${query}`))
        .getRows()
        .map(([, type]) => String(type))
    for (const schema of ["answers", "other"]) {
      const answer = `FROM ${schema}.${name(n)}`
      expect(await differing(connection, answer, `(${text})`), schema).toBe(0)
      expect(await types(answer)).toEqual(await types(text))
    }
  })
})
