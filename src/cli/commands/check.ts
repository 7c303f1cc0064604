import { plural } from "../../base/plural.js"
import type { Project } from "../../catalog/project.js"
import { plan } from "../../compile.js"
import type { Diagnostic } from "../../diagnostics/diagnostic.js"
import { nullTraces } from "../../null-traces.js"
import { refusal } from "../../refusal.js"
import { missingFiles } from "../../source-files.js"
import { show } from "../../types/type.js"
import type { Checked } from "../../workspace.js"
import type { Options } from "../options.js"
import type { Outcome } from "../outcome.js"
import { byPlace, diagnosticsOf, isError, openChecked, selectedNames } from "./context.js"

/** All diagnostics, and what every model gives. Opens no engine. */
export async function checkCommand(options: Options): Promise<Outcome> {
  const { project, checked } = openChecked(options)
  const names = selectedNames(project, checked, options)
  const models = project.models
    .filter(({ name }) => names.has(name))
    .map(({ name, place, keys }) => {
      const types = checked.texts.get(name)?.types
      const columns = (types?.output ?? []).map((column) => ({
        ...column,
        type: show(column.type),
      }))
      const declared = keys.map((key) => key.columns)
      return {
        name,
        file: place.file,
        columns,
        keys: [...declared, ...(types?.keys ?? [])],
        whyNullable: nullTraces(name, checked),
      }
    })
  const diagnostics = [
    ...diagnosticsOf(project, checked, names),
    ...missingFiles(project, checked, names),
    ...refusals(project, checked, names),
  ].sort(byPlace)
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

interface Described {
  readonly name: string
  readonly file: string
  readonly columns: readonly {
    readonly name: string
    readonly type: string
    readonly nullable: boolean
  }[]
  readonly keys: readonly (readonly string[])[]
}

/** A model's columns and keys, for people. */
function described({ name, file, columns, keys }: Described): string {
  const width = Math.max(0, ...columns.map((column) => column.name.length))
  const lines = columns.map(
    (column) =>
      `  ${column.name.padEnd(width)}  ${column.type}${column.nullable ? "" : " NOT NULL"}`,
  )
  const unique = [...new Set(keys.map((key) => `  key (${key.join(", ")})`))]
  return [`${name} (${file})`, ...lines, ...unique].join("\n")
}

/** Models that are to run incrementally and may not. Only these need plans. */
function refusals(project: Project, checked: Checked, names: ReadonlySet<string>): Diagnostic[] {
  const models = project.models.filter(
    ({ name, materialization }) =>
      materialization === "incremental" &&
      names.has(name) &&
      checked.texts.get(name)?.failed === false,
  )
  if (models.length === 0) return []
  const plans = plan(checked)
  return models.flatMap((model) => refusal(model, plans, project, checked) ?? [])
}
