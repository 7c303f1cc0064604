import { join } from "node:path"
import { DuckDBInstance, type DuckDBConnection } from "@duckdb/node-api"
import { beforeAll, describe, expect, test } from "vitest"
import { duckdb } from "../../src/backends/duckdb/index.js"
import { some } from "../../src/base/check.js"
import { emitQuery } from "../../src/emit/query.js"
import type { EmitTarget } from "../../src/emit/target.js"
import { emitUserQuery } from "../../src/emit/user-query.js"
import { table } from "../../src/syntax/build.js"
import { print } from "../../src/syntax/print.js"
import { show, type Column } from "../../src/types/type.js"
import { smelt } from "../cli/smelt.js"
import { planned, type Planned } from "../planned.js"
import { projectFolder } from "../project.js"
import { sampleProject } from "../sample.js"
import { tpcConnection, tpcMissing } from "../tpc.js"
import { tpchFiles } from "../tpch/project.js"

// DuckDB is the judge: what it calls the columns of the SQL that smelt emits, and their types, is what
// typecheck said of the model.

interface Judged {
  readonly folder: string
  readonly connection: DuckDBConnection
  readonly schema: string
}

/** A model's SQL as written, which reads other models as they stand, and as it comes back out of ir. */
interface Texts {
  readonly columns: readonly Column[]
  readonly written: string
  readonly fromIr: string | undefined
}

class Project {
  private constructor(
    private readonly judged: Judged,
    private readonly found: Planned,
  ) {}

  /** Makes a view of every model, in dependency order, so that one can read the others. */
  static async open(judged: Judged): Promise<Project> {
    const project = new Project(judged, planned(judged.folder))
    for (const name of project.found.checked.dag.order)
      if (project.found.plans.has(name))
        await judged.connection.run(
          `CREATE OR REPLACE VIEW ${judged.schema}.${name} AS ${project.texts(name).written}`,
        )
    return project
  }

  texts(name: string): Texts {
    const { checked, plans } = this.found
    const { names, types } = some(checked.texts.get(name), name)
    if (!names || !types) throw new Error(`${name} was not checked`)
    const plan = plans.get(name)
    const printed = (tree: ReturnType<typeof emitQuery>) => print(tree, { dialect: duckdb.dialect })
    return {
      columns: types.output,
      written: printed(emitUserQuery(names, types, this.target)),
      fromIr: plan?.kind === "planned" ? printed(emitQuery(plan.out, this.target)) : undefined,
    }
  }

  async describe(sql: string): Promise<readonly (readonly [name: string, type: string])[]> {
    const rows = await this.judged.connection.runAndReadAll(`DESCRIBE ${sql}`)
    return rows.getRows().map(([name, type]) => [String(name), String(type)])
  }

  private get target(): EmitTarget {
    const { sources, directory } = this.found.project
    return {
      dialect: duckdb.dialect,
      capabilities: duckdb.capabilities,
      table: (name, kind) => {
        const source = kind === "source" && sources.find((one) => one.name === name)
        return source ? duckdb.sourceTable(source, directory) : table([this.judged.schema, name])
      },
    }
  }
}

function named(columns: readonly Column[]): readonly (readonly [name: string, type: string])[] {
  return columns.map(({ name, type }) => [name, show(type)])
}

function suite(names: readonly string[], open: () => Promise<Judged>): void {
  let project: Project
  beforeAll(async () => {
    project = await Project.open(await open())
  })

  test.each(names)("%s", async (name) => {
    const { columns, written, fromIr } = project.texts(name)
    expect(columns.length).toBeGreaterThan(0)
    expect(await project.describe(written), written).toEqual(named(columns))
    expect(fromIr, `${name} is not in ir`).toBeDefined()
    expect(await project.describe(fromIr ?? ""), fromIr).toEqual(named(columns))
  })
}

describe("columns of the sample project", () => {
  const folder = sampleProject()
  const names = [...planned(folder).plans.keys()]
  suite(names, async () => {
    const seeded = smelt(folder, "seed")
    expect(seeded.exit, seeded.stderr).toBe(0)
    const instance = await DuckDBInstance.create(join(folder, "target", "flights.duckdb"))
    return { folder, connection: await instance.connect(), schema: "main" }
  })

  test("are those of twelve models and more", () => {
    expect(names.length).toBeGreaterThanOrEqual(12)
  })
})

describe.skipIf(tpcMissing() !== undefined)("columns of TPC-H's queries", () => {
  const names = Array.from({ length: 22 }, (_, i) => `q${String(i + 1).padStart(2, "0")}`)
  suite(names, async () => {
    const connection = await tpcConnection("tpch")
    await connection.run("CALL dbgen(sf = 0); CREATE SCHEMA answers;")
    return { folder: projectFolder(await tpchFiles(connection)), connection, schema: "answers" }
  })
})
