import type { DuckDBConnection } from "@duckdb/node-api"
import { beforeAll, describe, expect, test } from "vitest"
import { capabilities, dialect } from "../../src/backends/duckdb/dialect.js"
import { emitQuery } from "../../src/emit/query.js"
import { table } from "../../src/syntax/build.js"
import { print } from "../../src/syntax/print.js"
import { show } from "../../src/types/type.js"
import { planned, type Planned } from "../planned.js"
import { projectFolder } from "../project.js"
import { tpcConnection, tpcMissing, tpcQueries } from "../tpc.js"
import { tpchFiles } from "./project.js"

const missing = tpcMissing()
const NUMBERS = Array.from({ length: 22 }, (_, i) => i + 1)

describe.skipIf(missing !== undefined)("TPC-H through ir", () => {
  let connection: DuckDBConnection
  let project: Planned
  let texts: string[]

  beforeAll(async () => {
    connection = await tpcConnection("tpch")
    await connection.run("CALL dbgen(sf = 0.01)")
    texts = await tpcQueries("tpch")
    project = planned(projectFolder(await tpchFiles(connection)))
  })

  const emitted = (name: string): string => {
    const plan = project.plans.get(name)
    if (plan?.kind !== "planned") return ""
    const target = {
      dialect,
      capabilities,
      table: (relation: string) => table(["main", relation.replace("tpch.", "")]),
    }
    return print(emitQuery(plan.out, target), { dialect })
  }

  test.each(NUMBERS)("query %i: no error, types and rows are DuckDB's own", async (n) => {
    const name = `q${String(n).padStart(2, "0")}`
    const text = texts[n - 1] ?? ""
    const checked = project.checked.texts.get(name)
    expect(checked?.diagnostics.filter(({ level }) => level === "error")).toEqual([])
    expect(project.plans.get(name)).toMatchObject({ kind: "planned" })
    const sql = emitted(name)
    const types = await connection.runAndReadAll(`DESCRIBE ${sql}`)
    expect(
      types.getRows().map(([, type]) => String(type)),
      sql,
    ).toEqual(checked?.types?.output.map(({ type }) => show(type)))
    const [wanted, found] = [
      await connection.runAndReadAll(text),
      await connection.runAndReadAll(sql),
    ]
    expect(rows(found), sql).toEqual(rows(wanted))
  })
})

function rows(reader: { getRowsJson(): unknown[][] }): string[] {
  return reader
    .getRowsJson()
    .map((row) => JSON.stringify(row))
    .sort()
}
