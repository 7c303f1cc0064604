import { readFileSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { diagnosticsOf } from "../../check-report.js"
import { plural } from "../../base/plural.js"
import type { Model } from "../../catalog/project.js"
import { loadProject } from "../../project/index.js"
import { withContract } from "../../project/write-contract.js"
import { show, type Column } from "../../types/type.js"
import type { Options } from "../options.js"
import type { Outcome } from "../outcome.js"
import { isError, openChecked, selectedNames } from "./context.js"

/** Faults that a contract written anew mends. */
const MENDED = new Set(["contract", "types-disagree", "nullable-output", "unknown-column"])

/** The columns that models give, as a contract; `--write` puts it into their headers. Opens no engine. */
export async function contractCommand(options: Options): Promise<Outcome> {
  const { project, checked } = openChecked(options)
  const selected = selectedNames(project, checked, options)
  const models = project.models.filter(({ name }) => selected.has(name))
  const columnsOf = ({ name }: Model): readonly Column[] | undefined => {
    const text = checked.texts.get(name)
    const output = text?.types?.output ?? []
    const errors = (text?.diagnostics ?? []).filter(isError)
    const isWhole = output.length > 0 && output.every(({ type }) => type.kind !== "unknown")
    return isWhole && errors.every(({ code }) => MENDED.has(code)) ? output : undefined
  }
  const known = models.filter((model) => columnsOf(model) !== undefined)
  const failed = models.filter((model) => columnsOf(model) === undefined)
  if (options.write) for (const { name } of known) write(name, columnsOf, project.directory)
  const names = new Set(failed.map(({ name }) => name))
  const fields = known.map((model) => ({
    name: model.name,
    file: model.source.file,
    written: options.write,
    columns: (columnsOf(model) ?? []).map((column) => ({ ...column, type: show(column.type) })),
  }))
  const listed = fields.map(({ name, columns }) =>
    [
      name,
      ...columns.map((one) => `  ${one.name} ${one.type}${one.nullable ? "" : " NOT NULL"}`),
    ].join("\n"),
  )
  const written = `${plural(known.length, "contract")} written.`
  return {
    fields: { models: fields },
    diagnostics: diagnosticsOf(project, checked, names).filter(isError),
    texts: project.texts,
    text: options.write ? written : listed.join("\n\n"),
    exit: failed.length > 0 ? 1 : 0,
  }
}

/** The project is read again: a file may hold several models, and the places in it move. */
function write(
  name: string,
  columnsOf: (model: Model) => readonly Column[] | undefined,
  directory: string,
): void {
  const model = loadProject(directory).models.find((one) => one.name === name)
  const columns = model && columnsOf(model)
  if (!model || !columns) return
  const path = join(directory, model.source.file)
  const text = withContract(model, columns)
  if (text !== readFileSync(path, "utf8")) writeFileSync(path, text)
}
