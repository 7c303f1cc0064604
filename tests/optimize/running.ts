import { duckdb } from "../../src/backends/duckdb/index.js"
import { some } from "../../src/base/check.js"
import { check } from "../../src/compile.js"
import type { Connection, Driver } from "../../src/engine/driver.js"
import { loadProject } from "../../src/project/index.js"
import { run, type RunReport, type RunRequest } from "../../src/run.js"

// A run of a project in the process, with every statement that DuckDB was given.

export interface Ran extends RunReport {
  /** In the order in which they began. */
  readonly statements: readonly string[]
}

export async function runProject(
  folder: string,
  options: Partial<Pick<RunRequest, "command" | "optimize" | "without" | "selected">> = {},
  targetName = "dev",
  costs = duckdb.costs,
): Promise<Ran> {
  const project = loadProject(folder)
  const checked = check(project)
  const target = some(
    project.targets.find(({ name }) => name === targetName),
    targetName,
  )
  const { models, seeds } = project
  const statements: string[] = []
  const report = await run(project, checked, {
    command: "build",
    target,
    settings: target.settings,
    backend: {
      ...duckdb,
      costs,
      open: async (...args) => recorded(await duckdb.open(...args), statements),
    },
    selected: new Set([...models, ...seeds].map(({ name }) => name)),
    threads: 2,
    fullRefresh: false,
    failFast: false,
    optimize: true,
    without: [],
    start: undefined,
    end: undefined,
    ...options,
  })
  return { ...report, statements }
}

/** The driver itself, whose connections write down what they are given. */
function recorded(driver: Driver, statements: string[]): Driver {
  const connect = driver.connect.bind(driver)
  driver.connect = async () => listening(await connect(), statements)
  return driver
}

function listening(connection: Connection, statements: string[]): Connection {
  for (const method of ["run", "query", "execute"] as const) {
    const given = connection[method].bind(connection) as (...args: unknown[]) => unknown
    Object.assign(connection, {
      [method]: (sql: string, ...rest: unknown[]) => {
        statements.push(sql)
        return given(sql, ...rest)
      },
    })
  }
  return connection
}
