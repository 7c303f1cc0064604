import { rmSync } from "node:fs"
import type { DuckDBConnection } from "@duckdb/node-api"
import { duckdb } from "../../src/backends/duckdb/index.js"
import { check } from "../../src/compile.js"
import type { DeclaredFact } from "../../src/facts/declared.js"
import { loadProject } from "../../src/project/index.js"
import { projectFolder } from "../project.js"
import { build, compiledFor, differing, type Compiled } from "./building.js"
import { BOLDLY, type RandomProject } from "./random-project.js"

// A project built with the optimizer and without: every relation has the same rows, and a model that runs as
// it was written also runs as the plan has it.

/** What plans did. */
export class Tally {
  projects = 0
  compared = 0
  withHidden = 0
  withRoots = 0
  withoutJoin = 0
  withOtherTables = 0
  withStoredViews = 0
  refused = 0
  stopped = 0

  count({ models, hidden, plan, deployment }: Compiled): void {
    const applied = plan?.applied ?? []
    const { parents } = deployment.checked.dag
    this.projects++
    if (plan?.stopped !== undefined) this.stopped++
    if (hidden.length > 0) this.withHidden++
    if (applied.some((rule) => rule.startsWith("root-"))) this.withRoots++
    if (applied.some((rule) => /^(left-unused|join-by|semi-|anti-)/.test(rule))) this.withoutJoin++
    const all = [...models.values()]
    const readsOther = all.some(({ name, reads }) =>
      reads.some((read) => models.has(read) && !parents.get(name)?.includes(read)),
    )
    if (readsOther) this.withOtherTables++
    const isStoredView = all.some(({ name, materialization }) => {
      const model = deployment.model(name)
      return model && materialization === "table" && deployment.materializationOf(model) === "view"
    })
    if (isStoredView) this.withStoredViews++
  }

  text(): string {
    return [
      `${this.projects} projects, ${this.compared} relations compared`,
      `with a hidden table ${this.withHidden}, with an aggregate from a finer one ${this.withRoots}`,
      `with a join left out ${this.withoutJoin}, reading a table that the text does not ${this.withOtherTables}`,
      `storing an auto model ${this.withStoredViews}`,
      `resting on a fact that does not hold ${this.refused}, stopped by a budget ${this.stopped}`,
    ].join("; ")
  }
}

/** What is wrong with one project, in words. */
export async function problems(
  { files, tables, statistics, open, setting = BOLDLY, rerun }: RandomProject,
  connection: DuckDBConnection,
  tally: Tally,
): Promise<string[]> {
  const folder = projectFolder(files)
  const checked = check(loadProject(folder))
  rmSync(folder, { recursive: true })
  const faults = [...checked.texts.values()].flatMap(({ diagnostics }) =>
    diagnostics
      .filter(({ level }) => level === "error")
      .map(({ file, message }) => `${file}: ${message}\n${files[file]}`),
  )
  if (faults.length > 0) return faults
  const { costs, ...others } = setting
  const optimizer = {
    statistics: { origin: "measured" as const, relations: statistics },
    ...others,
  }
  const backend = { ...duckdb, costs }
  const selected = rerun?.selected
  const optimized = compiledFor(checked, "optimized", optimizer, backend, selected)
  const written = compiledFor(checked, "written", undefined, duckdb, selected)
  tally.count(optimized)

  for (const table of tables) await connection.run(table)
  if (await restsOnBroken(optimized, connection)) {
    tally.refused++
    return []
  }
  const drawn = { names: open, schema: "optimized" }
  if (rerun) {
    await build(connection, compiledFor(checked, "optimized"), { failed: () => undefined })
    await build(connection, compiledFor(checked, "written"), { drawn, failed: () => undefined })
    await connection.run(rerun.change)
  }
  const again = rerun !== undefined
  const failed = new Map<string, unknown>()
  const found = await build(connection, optimized, {
    again,
    failed: (name, error) => failed.set(name, error),
  })
  await connection.run("DROP SCHEMA smelt CASCADE")
  const wrong: string[] = []
  const wanted = await build(connection, written, {
    again,
    drawn,
    failed: (name, error) => {
      if (isRefused(error))
        wrong.push(
          `${name}: checked, and DuckDB refuses it: ${String(error)}\n${files[`models/${name}.sql`]}`,
        )
    },
  })
  for (const name of wanted) {
    const problem = await compare(name, connection, found.has(name), failed.get(name))
    if (problem === undefined) tally.compared++
    else if (problem !== "")
      wrong.push(
        `${name}: ${problem}\n${files[`models/${name}.sql`]}\n${optimized.models.get(name)?.sql}`,
      )
  }
  return wrong
}

/** Data have nothing to do with it: the text is none that DuckDB takes. */
function isRefused(error: unknown): boolean {
  return /^(?:Error: )?(?:Binder|Parser) Error/.test(String(error))
}

/** Such a plan does not run. One that does not say so must be right whatever is declared. */
async function restsOnBroken({ plan }: Compiled, connection: DuckDBConnection): Promise<boolean> {
  for (const fact of plan?.facts ?? []) {
    const reader = await connection.runAndReadAll(`SELECT ${breaking(fact)}`)
    if (reader.getRows()[0]?.[0] === true) return true
  }
  return false
}

function breaking(fact: DeclaredFact): string {
  const table = fact.relation.replace("raw.", "main.")
  switch (fact.kind) {
    case "not-null":
      return `EXISTS (FROM ${table} WHERE ${fact.column} IS NULL)`
    case "key": {
      const [columns, row] = [fact.columns.join(", "), `row(${fact.columns.join(", ")})`]
      const nulls = fact.columns.map((column) => `${column} IS NULL`).join(" OR ")
      return `(SELECT count(*) > count(DISTINCT ${row}) FROM ${table}) OR EXISTS (SELECT ${columns} FROM ${table} WHERE ${nulls})`
    }
    case "foreign-key": {
      const to = `SELECT ${fact.toColumns.join(", ")} FROM ${fact.to.replace("raw.", "main.")}`
      const [column] = fact.columns
      return `EXISTS (FROM ${table} WHERE ${column} IS NOT NULL AND ${column} NOT IN (${to} WHERE id IS NOT NULL))`
    }
    case "range":
      return "FALSE"
  }
}

/** Empty where the model fails as it was written. */
async function compare(
  name: string,
  connection: DuckDBConnection,
  isThere: boolean,
  error: unknown,
): Promise<string | undefined> {
  try {
    await connection.run(`CREATE OR REPLACE TEMP TABLE wanted AS FROM written.${name}`)
  } catch {
    return ""
  }
  if (!isThere) return `is not there: ${String(error ?? "what it reads failed")}`
  try {
    const [left, right] = [
      await typesOf(`optimized.${name}`, connection),
      await typesOf("wanted", connection),
    ]
    if (left !== right) return `types ${left} instead of ${right}`
    const count = await differing(connection, `FROM optimized.${name}`, "FROM wanted")
    return count === 0 ? undefined : `${count} rows differ`
  } catch (problem) {
    return String(problem)
  }
}

async function typesOf(relation: string, connection: DuckDBConnection): Promise<string> {
  const reader = await connection.runAndReadAll(`DESCRIBE FROM ${relation}`)
  return reader
    .getRows()
    .map(([name, type]) => `${String(name)} ${String(type)}`)
    .join(", ")
}
