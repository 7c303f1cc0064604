import { plural } from "../../base/plural.js"
import { allDiagnostics, checkedModel, type CheckedModel } from "../../check-report.js"
import type { Options } from "../options.js"
import type { Outcome } from "../outcome.js"
import { isError, openChecked, selectedNames } from "./context.js"

/** All diagnostics, and what every model gives. Opens no engine. */
export async function checkCommand(options: Options): Promise<Outcome> {
  const { project, checked } = openChecked(options)
  const names = selectedNames(project, checked, options)
  const models = project.models
    .filter(({ name }) => names.has(name))
    .map((model) => checkedModel(model, checked))
  const diagnostics = allDiagnostics(project, checked, { names })
  const failed = diagnostics.some(isError)
  const isAsked = options.select.length > 0 || options.exclude.length > 0
  const shown = isAsked ? models.map(described) : []
  const text = [...shown, ...(failed ? [] : [`${plural(models.length, "model")} checked.`])]
  return {
    fields: { models },
    diagnostics,
    texts: project.texts,
    text: text.join("\n\n"),
    exit: failed ? 1 : 0,
  }
}

/** A model's columns and keys, for people. */
function described({ name, file, columns, keys }: CheckedModel): string {
  const width = Math.max(0, ...columns.map((column) => column.name.length))
  const lines = columns.map(
    (column) =>
      `  ${column.name.padEnd(width)}  ${column.type}${column.nullable ? "" : " NOT NULL"}`,
  )
  const unique = [...new Set(keys.map((key) => `  key (${key.join(", ")})`))]
  return [`${name} (${file})`, ...lines, ...unique].join("\n")
}
