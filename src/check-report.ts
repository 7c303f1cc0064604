import type { Model, Project } from "./catalog/project.js"
import { plan } from "./compile.js"
import type { Diagnostic } from "./diagnostics/diagnostic.js"
import { nullTraces, type NullTrace } from "./null-traces.js"
import { refusal } from "./refusal.js"
import type { Checked } from "./session.js"
import { missingFiles, type IsMissing } from "./source-files.js"
import { show } from "./types/type.js"

// What `smelt check`, the library and an editor say of a checked project.

export interface CheckedModel {
  readonly name: string
  readonly file: string
  readonly columns: readonly {
    readonly name: string
    readonly type: string
    readonly nullable: boolean
  }[]
  readonly keys: readonly (readonly string[])[]
  /** Of every column that may be NULL. */
  readonly whyNullable: readonly NullTrace[]
}

/** A model's columns and keys, as programs see them. */
export function checkedModel({ name, place, keys }: Model, checked: Checked): CheckedModel {
  const types = checked.texts.get(name)?.types
  return {
    name,
    file: place.file,
    columns: (types?.output ?? []).map((column) => ({ ...column, type: show(column.type) })),
    keys: [...keys.map(({ columns }) => columns), ...(types?.keys ?? [])],
    whyNullable: nullTraces(name, checked),
  }
}

/** Every diagnostic of a project; of models and tests, of those with these names. In file order. */
export function allDiagnostics(
  project: Project,
  checked: Checked,
  {
    names,
    isMissing,
  }: { readonly names?: ReadonlySet<string>; readonly isMissing?: IsMissing } = {},
): Diagnostic[] {
  return [
    ...diagnosticsOf(project, checked, names),
    ...missingFiles(project, checked, names, isMissing),
    ...refusals(project, checked, names),
  ].sort(byPlace)
}

/** Those that neither the disk nor a plan is needed for. */
export function diagnosticsOf(
  project: Project,
  checked: Checked,
  names?: ReadonlySet<string>,
): Diagnostic[] {
  const { dag, faults, texts } = checked
  const found = [...project.diagnostics, ...dag.diagnostics, ...faults]
  for (const { diagnostics } of project.seeds) found.push(...diagnostics)
  for (const { text, diagnostics } of texts.values())
    if (diagnostics.length > 0 && (!names || names.has(text.name))) found.push(...diagnostics)
  return found.sort(byPlace)
}

/** What follows from another error comes after it. */
export function byPlace(a: Diagnostic, b: Diagnostic): number {
  const follows = Number(a.code === FOLLOWS) - Number(b.code === FOLLOWS)
  return follows || a.file.localeCompare(b.file) || a.start.offset - b.start.offset
}

const FOLLOWS = "upstream-error"

/** Models that are to run incrementally and may not. Only these need plans. */
function refusals(project: Project, checked: Checked, names?: ReadonlySet<string>): Diagnostic[] {
  const models = project.models.filter(
    ({ name, materialization }) =>
      materialization === "incremental" &&
      (!names || names.has(name)) &&
      checked.texts.get(name)?.failed === false,
  )
  if (models.length === 0) return []
  const plans = plan(checked, { of: above(models, checked) })
  return models.flatMap((model) => refusal(model, plans, project, checked) ?? [])
}

/** The models and all that they read, directly or not. */
function above(models: readonly Model[], { dag }: Checked): ReadonlySet<string> {
  const found = new Set(models.map(({ name }) => name))
  for (const name of found) for (const parent of dag.parents.get(name) ?? []) found.add(parent)
  return found
}
