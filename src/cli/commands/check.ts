import { show } from "../../types/type.js"
import type { Options } from "../options.js"
import type { Outcome } from "../outcome.js"
import { diagnosticsOf, isError, openChecked, selectedNames } from "./context.js"

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
      return { name, file: place.file, columns, keys: [...keys, ...(types?.keys ?? [])] }
    })
  const diagnostics = diagnosticsOf(project, checked, names)
  const failed = diagnostics.some(isError)
  const text = failed ? "" : `${models.length} models checked.`
  return { fields: { models }, diagnostics, texts: project.texts, text, exit: failed ? 1 : 0 }
}
