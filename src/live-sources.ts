import { nearest, orThese } from "./base/suggest.js"
import type { DeclaredColumn, Source } from "./catalog/project.js"
import type { Deployment } from "./deployment.js"
import type { Diagnostic } from "./diagnostics/diagnostic.js"
import { Sink } from "./diagnostics/sink.js"
import type { Driver, LiveTable } from "./engine/driver.js"
import { reportDrift, reportMissing, SourceFiles } from "./source-files.js"
import { sameName } from "./base/names.js"

/**
 * What is declared of these sources, held against what stands in the target: a table or file that is missing, a column
 * that is, one of another type, one that may be NULL. Each where it is declared.
 */
export async function liveFaults(
  sources: readonly Source[],
  deployment: Deployment,
  driver: Driver,
): Promise<Diagnostic[]> {
  const files = new SourceFiles(deployment, driver)
  const found: Diagnostic[] = []
  for (const source of sources) {
    const ofFiles = source.files ? await files.faultOfSource(source) : undefined
    if (ofFiles) found.push(ofFiles)
    if (!source.files) found.push(...(await tableFaults(source, deployment, driver)))
  }
  return [...found, ...(await files.warnings())]
}

async function tableFaults(
  source: Source,
  { project, target, backend }: Deployment,
  driver: Driver,
): Promise<readonly Diagnostic[]> {
  const text = project.texts.get(source.place.file)
  if (!text) return []
  const sink = new Sink(text, project.levels, project.texts)
  const path = source.table ?? source.name
  const table = await driver.table(path.split("."))
  if (!table) reportNoTable(source, path, target.name, await driver.tables(), sink)
  for (const declared of table ? source.columns : []) {
    const column = table?.columns.find((one) => sameName(one.name, declared.name))
    if (!column) reportMissing(declared, source, table?.columns ?? [], project, sink)
    else {
      reportDrift(declared, backend.parseType(column.type), source, sink)
      if (table && !table.isView) reportNull(declared, column, source, sink)
    }
  }
  return sink.diagnostics
}

function reportNoTable(
  source: Source,
  table: string,
  target: string,
  tables: readonly string[],
  sink: Sink,
): void {
  const span = (source.tablePlace ?? source.place).span
  const near = nearest(table, tables) ?? tables.find((one) => sameName(lastOf(one), lastOf(table)))
  const hint = tables.length === 0 ? "; it has none" : orThese(near, "it has", tables)
  const isWritten = near !== undefined && source.tablePlace !== undefined
  const edits = isWritten ? [{ span, text: near }] : []
  const fix = { title: `read ${near}`, kind: "changes-meaning" as const, edits }
  const params = { source: source.name, target, table, hint }
  sink.report("source-table-missing", span, params, { fixes: isWritten ? [fix] : [] })
}

function reportNull(
  { notNull, notNullPlace, name }: DeclaredColumn,
  { nullable }: LiveTable["columns"][number],
  source: Source,
  sink: Sink,
): void {
  if (!notNull || !notNullPlace || !nullable) return
  const { span } = notNullPlace
  const edits = [{ span, text: "false" }]
  const fix = { title: "declare that it may be NULL", kind: "changes-meaning" as const, edits }
  const params = { source: source.name, column: name }
  sink.report("null-drift", span, params, { fixes: [fix] })
}

function lastOf(path: string): string {
  return path.slice(path.lastIndexOf(".") + 1)
}
