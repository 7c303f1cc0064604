import { backends } from "./backends/index.js"
import { allDiagnostics, checkedModel, type CheckedModel } from "./check-report.js"
import { check as checkProject } from "./compile.js"
import type { Project } from "./catalog/project.js"
import type { Diagnostic } from "./diagnostics/diagnostic.js"
import { SourceText } from "./base/span.js"
import { explainModel, type Explanation } from "./explaining.js"
import { Sink } from "./diagnostics/sink.js"
import { parse as parseText, reportErrors } from "./parse/index.js"
import { compileOffline, withoutConnection, type Offline } from "./offline.js"
import type { Statement } from "./syntax/ast.js"

// What other people's programs may rely on.

export { checkQuery, type CheckedColumn } from "./check-query.js"
export { print, type PrintOptions } from "./syntax/print.js"
export { loadProject } from "./project/index.js"
export type { CheckedModel } from "./check-report.js"
export type { NullTrace } from "./null-traces.js"
export { Workspace, type ByFile, type Change } from "./workspace.js"
export type { CompletionItem, CompletionKind, Completions } from "./completion/index.js"
export type { Explanation } from "./explaining.js"
export type { Project } from "./catalog/project.js"
export type { Diagnostic, Edit, Fix, Note } from "./diagnostics/diagnostic.js"
export type * from "./syntax/ast.js"

/** Every statement of a text, whatever its faults. Never throws; every node has a span. */
export function parse(text: string): {
  statements: Statement[]
  diagnostics: readonly Diagnostic[]
} {
  const { statements, errors } = parseText(text)
  const sink = new Sink(new SourceText("", text))
  reportErrors(errors, sink)
  return { statements, diagnostics: sink.diagnostics }
}

/** What `smelt check` prints: every model's columns and keys, and all diagnostics. Opens no engine. */
export function check(project: Project): {
  models: CheckedModel[]
  diagnostics: readonly Diagnostic[]
} {
  const checked = checkProject(project)
  const models = project.models.map((model) => checkedModel(model, checked))
  return { models, diagnostics: allDiagnostics(project, checked) }
}

export interface CompiledSql {
  readonly name: string
  readonly materialization: string
  /** As its user wrote it, and as the optimizer's plan has it. */
  readonly sql: string
  readonly optimizedSql: string
}

/** The SQL of every model without errors, for a target. Throws RangeError where this version has no such target. */
export async function compile(
  project: Project,
  { target }: { readonly target: string },
): Promise<CompiledSql[]> {
  const { models } = compileOffline(await offline(project, target))
  return [...models.values()].map(({ name, materialization, userSql, sql }) => ({
    name,
    materialization,
    sql: userSql,
    optimizedSql: sql,
  }))
}

/** The document of `smelt explain MODEL`, for the target `dev` or the only one. Throws RangeError for an unknown model. */
export async function explain(project: Project, model: string): Promise<Explanation> {
  if (!project.models.some(({ name }) => name === model)) throw new RangeError(`no model ${model}`)
  const [first] = project.targets
  const target = project.targets.find(({ name }) => name === "dev") ?? first
  return explainModel(model, await offline(project, target?.name ?? "dev"))
}

async function offline(project: Project, name: string): Promise<Offline> {
  const target = project.targets.find((candidate) => candidate.name === name)
  const load = target && backends.get(target.type)
  if (!load) throw new RangeError(`no target ${name} that this version can run`)
  const options = { optimize: true, without: [] }
  return withoutConnection(project, checkProject(project), target, await load(), options)
}
