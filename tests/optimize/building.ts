import type { DuckDBConnection } from "@duckdb/node-api"
import { duckdb } from "../../src/backends/duckdb/index.js"
import { some } from "../../src/base/check.js"
import { optimize } from "../../src/optimize/index.js"
import { compile } from "../../src/compile.js"
import { Deployment } from "../../src/deployment.js"
import type { Backend } from "../../src/engine/driver.js"
import { OWN_SCHEMA } from "../../src/engine/run-plan.js"
import { spelled } from "../../src/execute/statements.js"
import { compilation, type Chosen, type Compilation, type Plans } from "../../src/pipeline.js"
import type { Checked } from "../../src/session.js"

// A project compiled for one of its targets and built in a database of the process, without what a run
// keeps beside it.

export interface Compiled extends Plans, Chosen {
  readonly deployment: Deployment
}

export function compiledFor(
  checked: Checked,
  targetName: string,
  optimizer?: Omit<NonNullable<Compilation["optimizer"]>, "optimize">,
  backend: Backend = duckdb,
  selected?: ReadonlySet<string>,
): Compiled {
  const { project } = checked.session
  const target = some(
    project.targets.find(({ name }) => name === targetName),
    targetName,
  )
  const deployment = new Deployment(project, checked, target, backend, selected)
  const names = selected ?? new Set(project.models.map(({ name }) => name))
  return {
    deployment,
    ...compile(checked, compilation(deployment, names, optimizer && { ...optimizer, optimize })),
  }
}

interface Node {
  readonly name: string
  readonly path: { readonly schema: string; readonly name: string }
  readonly sql: string
  readonly kind: "TABLE" | "VIEW"
  readonly reads: readonly string[]
  /** Run where the plan fails, or something that only it reads. */
  readonly asWritten?: Pick<Node, "sql" | "kind" | "reads">
}

export interface BuildOptions {
  /** What is there stays, but for what is made anew. */
  readonly again?: boolean
  /** Models whose rows are taken from the relation of that name in this schema: other draws would be others. */
  readonly drawn?: { readonly names: ReadonlySet<string>; readonly schema: string }
  /** Called before a model that failed is left out, with what reads it. */
  readonly failed?: (name: string, error: unknown) => void
}

/** Makes every hidden table and model after those that it reads; gives the names of the models that are there. */
export async function build(
  connection: DuckDBConnection,
  { models, hidden, deployment }: Compiled,
  { again = false, drawn, failed }: BuildOptions = {},
): Promise<Set<string>> {
  const { schema } = deployment.target
  for (const name of [schema, OWN_SCHEMA]) {
    if (!again) await connection.run(`DROP SCHEMA IF EXISTS ${name} CASCADE`)
    await connection.run(`CREATE SCHEMA IF NOT EXISTS ${name}`)
  }
  const nodes: Node[] = [
    ...hidden.map((table) => ({ ...table, kind: "TABLE" as const })),
    ...[...models.values()].flatMap((model) => {
      if (model.materialization === "ephemeral") return []
      const kind = kindOf(model.materialization)
      const sql = drawn?.names.has(model.name)
        ? `FROM ${spelled({ schema: drawn.schema, name: model.name })}`
        : model.sql
      const user = deployment.model(model.name)
      const written = user && deployment.asWritten(user)
      const own = written && { ...written, kind: kindOf(written.materialization) }
      return [{ ...model, kind, sql, ...(own ? { asWritten: own } : {}) }]
    }),
  ]
  const made = new Set<string>()
  const waiting = new Set(nodes)
  const known = new Set(nodes.map(({ name }) => name))
  const isReady = ({ reads }: Pick<Node, "reads">) =>
    deployment.madeBefore(reads).every((read) => made.has(read) || !known.has(read))
  for (;;) {
    const planned = [...waiting].find(isReady)
    const fallback = [...waiting].find(({ asWritten }) => asWritten && isReady(asWritten))
    const next = planned ?? (fallback && { ...fallback, ...fallback.asWritten })
    if (!next) break
    waiting.delete(planned ?? fallback ?? next)
    const create = async ({ path, kind, sql }: Omit<Node, "reads">) => {
      if (again) await drop(connection, spelled(path))
      await connection.run(`CREATE ${kind} ${spelled(path)} AS ${sql}`)
      made.add(next.name)
    }
    const retry = (error: unknown) =>
      next.asWritten ? create({ ...next, ...next.asWritten }) : Promise.reject(error)
    await create(next)
      .catch(retry)
      .catch((error: unknown) => {
        if (!failed) throw new Error(`${next.name}: ${String(error)}\n${next.sql}`)
        failed(next.name, error)
      })
  }
  return new Set([...models.keys()].filter((name) => made.has(name)))
}

function kindOf(materialization: string): Node["kind"] {
  return materialization === "view" ? "VIEW" : "TABLE"
}

async function drop(connection: DuckDBConnection, relation: string): Promise<void> {
  for (const kind of ["TABLE", "VIEW"])
    await connection.run(`DROP ${kind} IF EXISTS ${relation}`).catch(() => undefined)
}

/** How many rows are on one side only, counted as often as they are. */
export async function differing(
  connection: DuckDBConnection,
  left: string,
  right: string,
): Promise<number> {
  const reader = await connection.runAndReadAll(
    `SELECT count(*) FROM ((${left} EXCEPT ALL ${right}) UNION ALL (${right} EXCEPT ALL ${left}))`,
  )
  return Number(reader.getRows()[0]?.[0])
}
