import type { Project } from "../../catalog/project.js"
import { Deployment } from "../../deployment.js"
import { EngineError, type Rows } from "../../engine/driver.js"
import type { Query } from "../../syntax/ast.js"
import { integer, query, select, star, subquery } from "../../syntax/build.js"
import { family } from "../../types/coercion.js"
import { show as showType, type Column } from "../../types/type.js"
import type { Options } from "../options.js"
import { placeless, type Outcome } from "../outcome.js"
import { table } from "../output.js"
import {
  backendOf,
  connectionFault,
  isError,
  namedAmong,
  openChecked,
  settingsOf,
  targetOf,
} from "./context.js"

const DEFAULT_LIMIT = 10

/**
 * The first rows of a model, computed from what stands in the target: its table may be of an older text, so
 * that the heading says so. Of a seed its table's.
 */
export async function show(options: Options, [word = ""]: readonly string[]): Promise<Outcome> {
  const { project, checked } = openChecked(options)
  const name = namedAmong([...project.models, ...project.seeds], word)
  const target = targetOf(project, options)
  const backend = await backendOf(target, project)
  const deployment = new Deployment(project, checked, target, backend)
  const found = shownBy(deployment, name)
  if (!found) {
    const diagnostics = (checked.texts.get(name)?.diagnostics ?? []).filter(isError)
    return failed(diagnostics, project)
  }
  const driver = await backend
    .open(settingsOf(project, target), project.directory, { threads: options.threads })
    .catch((error: unknown) => {
      throw connectionFault(error, target)
    })
  try {
    const connection = await driver.connect()
    const limit = options.limit ?? DEFAULT_LIMIT
    const { rows } = await connection.query(deployment.print(limited(found.query, limit + 1)))
    connection.close()
    return outcomeOf(found, rows, limit)
  } catch (error) {
    if (!(error instanceof EngineError)) throw error
    const params = { name, engine: "the target", problem: error.message }
    return failed([placeless("query-failed", params)], project)
  } finally {
    await driver.close()
  }
}

interface Shown {
  readonly heading?: string
  readonly query: Query
  readonly columns: readonly Column[]
}

/** The rows of a name and their columns; undefined for a model with errors. */
function shownBy(deployment: Deployment, name: string): Shown | undefined {
  const seed = deployment.project.seeds.find((candidate) => candidate.name === name)
  if (seed) {
    const rows = select({ items: [star()], from: [deployment.table(name, "seed")] })
    return { query: query(rows), columns: seed.columns }
  }
  const model = deployment.model(name)
  const compiled = model && deployment.asWritten(model)
  const types = deployment.checked.texts.get(name)?.types
  const heading = `${name}, computed now from its query`
  return compiled && types && { heading, query: compiled.query, columns: types.output }
}

function limited(rows: Query, count: number): Query {
  return query(select({ items: [star()], from: [subquery(rows, "model")] }), {
    limit: {
      id: 0,
      span: { start: 0, end: 0 },
      kind: "limit",
      count: integer(count),
      percent: false,
    },
  })
}

/** `found` may have one row more than is shown. */
function outcomeOf(shown: Shown, found: Rows["rows"], limit: number): Outcome {
  const rows = found.slice(0, limit)
  const columns = shown.columns.map(({ name, type, nullable }) => ({
    name,
    type: showType(type),
    nullable,
  }))
  const rowsText = table(
    columns.map(({ name }) => name),
    rows.map((row) => row.map(cell)),
    shown.columns.map(({ type }) => family(type) === "number"),
  )
  const more = found.length > limit ? { remark: "There are more rows; --limit N shows N." } : {}
  const text = shown.heading === undefined ? rowsText : `${shown.heading}\n\n${rowsText}`
  return { fields: { columns, rows }, diagnostics: [], text, exit: 0, ...more }
}

function cell(value: Rows["rows"][number][number]): string {
  if (value === null) return "NULL"
  return typeof value === "object" ? JSON.stringify(value) : String(value)
}

function failed(diagnostics: Outcome["diagnostics"], { texts }: Project): Outcome {
  return { fields: { columns: [], rows: [] }, diagnostics, texts, text: "", exit: 1 }
}
