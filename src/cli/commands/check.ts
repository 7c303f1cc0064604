import { plural } from "../../base/plural.js"
import type { Project } from "../../catalog/project.js"
import { allDiagnostics, byPlace, checkedModel, type CheckedModel } from "../../check-report.js"
import type { Diagnostic } from "../../diagnostics/diagnostic.js"
import type { Checked } from "../../session.js"
import type { Options } from "../options.js"
import type { Outcome } from "../outcome.js"
import {
  backendOf,
  connectionFault,
  isError,
  openChecked,
  selectedNames,
  settingsOf,
  targetOf,
} from "./context.js"

/** All diagnostics, and what every model gives. Opens no engine, but with `--online`. */
export async function checkCommand(options: Options): Promise<Outcome> {
  const { project, checked } = openChecked(options)
  const names = selectedNames(project, checked, options)
  const models = project.models.filter(({ name }) => names.has(name))
  const described = () => models.map((model) => checkedModel(model, checked))
  const diagnostics = options.online
    ? [
        ...allDiagnostics(project, checked, { names, isMissing: () => false }),
        ...(await againstTarget(project, checked, names, options)),
      ].sort(byPlace)
    : allDiagnostics(project, checked, { names })
  const failed = diagnostics.some(isError)
  const isAsked = options.select.length > 0 || options.exclude.length > 0
  const shown = isAsked ? described().map(asText) : []
  const text = [...shown, ...(failed ? [] : [`${plural(models.length, "model")} checked.`])]
  return {
    fields: {
      get models() {
        return described()
      },
    },
    diagnostics,
    texts: project.texts,
    text: text.join("\n\n"),
    exit: failed ? 1 : 0,
  }
}

/** What the selected sources, and those of selected models, say of the target. */
async function againstTarget(
  project: Project,
  checked: Checked,
  names: ReadonlySet<string>,
  options: Options,
): Promise<Diagnostic[]> {
  const [{ Deployment }, { liveFaults }] = await Promise.all([
    import("../../deployment.js"),
    import("../../live-sources.js"),
  ])
  const target = targetOf(project, options)
  const backend = await backendOf(target, project)
  const read = new Set(
    [...checked.session.sourcesRead()].flatMap(([model, of]) => (names.has(model) ? [...of] : [])),
  )
  const sources = project.sources.filter(({ name }) => names.has(name) || read.has(name))
  const settings = settingsOf(project, target)
  const driver = await backend
    .open(settings, project.directory, { threads: 1, readOnly: true })
    .catch((error: unknown) => {
      throw connectionFault(error, target)
    })
  try {
    return await liveFaults(sources, new Deployment(project, checked, target, backend), driver)
  } finally {
    await driver.close()
  }
}

/** A model's columns and keys, for people. */
function asText({ name, file, columns, keys }: CheckedModel): string {
  const width = Math.max(0, ...columns.map((column) => column.name.length))
  const lines = columns.map(
    (column) =>
      `  ${column.name.padEnd(width)}  ${column.type}${column.nullable ? "" : " NOT NULL"}`,
  )
  const unique = [...new Set(keys.map((key) => `  key (${key.join(", ")})`))]
  return [`${name} (${file})`, ...lines, ...unique].join("\n")
}
