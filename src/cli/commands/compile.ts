import { diagnosticsOf } from "../../check-report.js"
import type { Diagnostic } from "../../diagnostics/diagnostic.js"
import { Sink } from "../../diagnostics/sink.js"
import { compileOffline, type Offline } from "../../offline.js"
import type { ChosenModel } from "../../pipeline.js"
import { spanOf } from "../../refusal.js"
import { isHidden } from "../../stored-plan.js"
import type { Options } from "../options.js"
import type { Outcome } from "../outcome.js"
import { isError, selectedNames } from "./context.js"
import { offline } from "./offline.js"

/** The SQL of every model for a target, without a connection. */
export async function compileCommand(options: Options): Promise<Outcome> {
  const context = await offline(options)
  const { project, checked, deployment } = context
  const names = selectedNames(project, checked, options)
  const compiled = compileOffline(context)
  const chosen = [...compiled.models.values()].filter(({ name }) => names.has(name))
  const target = deployment.target.name
  const models = chosen.map(({ name, materialization, userSql, sql, fallback }) => ({
    name,
    target,
    materialization,
    sql: userSql,
    optimizedSql: sql,
    ...(fallback ? { fallback: FALLBACK } : {}),
  }))
  const hidden = compiled.hidden
    .filter(({ usedBy }) => usedBy.some((user) => names.has(user) || isHidden(user)))
    .map(({ name, sql, usedBy }) => ({ name, sql, usedBy }))
  const diagnostics = [
    ...diagnosticsOf(project, checked, names),
    ...chosen.flatMap((model) => noteOf(model, context)),
  ]
  const text = [...hidden.map(({ name, sql }) => ({ name, optimizedSql: sql })), ...models]
    .map(({ name, optimizedSql }) => `-- ${name}\n${optimizedSql};`)
    .join("\n\n")
  return {
    fields: { models, hidden },
    diagnostics,
    texts: project.texts,
    text,
    exit: diagnostics.some(isError) ? 1 : 0,
  }
}

const FALLBACK = "unsupported-in-plan"

/** Which construct keeps a model out of the optimizer. */
function noteOf({ name, fallback }: ChosenModel, { project, checked }: Offline): Diagnostic[] {
  const model = project.models.find((candidate) => candidate.name === name)
  if (!fallback || !model) return []
  const sink = new Sink(model.source, {}, project.texts)
  const span = spanOf({ model: name, node: fallback.node }, checked) ?? model.sql
  sink.report(FALLBACK, span, { construct: fallback.construct })
  return sink.diagnostics
}
