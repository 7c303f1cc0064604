import { Deployment } from "../../deployment.js"
import type { Options } from "../options.js"
import type { Outcome } from "../outcome.js"
import {
  backendOf,
  diagnosticsOf,
  isError,
  openChecked,
  selectedNames,
  targetOf,
} from "./context.js"

/** The SQL of every model for a target, without a connection. */
export async function compileCommand(options: Options): Promise<Outcome> {
  const { project, checked } = openChecked(options)
  const names = selectedNames(project, checked, options)
  const target = targetOf(project, options)
  const deployment = new Deployment(project, checked, target, await backendOf(target))
  const models = project.models
    .filter(({ name }) => names.has(name))
    .flatMap((model) => {
      const compiled = deployment.asWritten(model)
      if (!compiled) return []
      const { name, materialization, sql } = compiled
      return [{ name, target: target.name, materialization, sql, optimizedSql: sql }]
    })
  const diagnostics = diagnosticsOf(project, checked, names)
  const text = models.map(({ name, optimizedSql }) => `-- ${name}\n${optimizedSql};`).join("\n\n")
  return {
    fields: { models, hidden: [] },
    diagnostics,
    texts: project.texts,
    text,
    exit: diagnostics.some(isError) ? 1 : 0,
  }
}
