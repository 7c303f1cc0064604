import type { Project } from "../catalog/project.js"
import type { Diagnostic } from "../diagnostics/diagnostic.js"
import type { Checked } from "../session.js"
import { backendOf, connectionFault, settingsOf, targetOf } from "./commands/context.js"
import type { Options } from "./options.js"

/** What the target says of the selected sources of a project, and of those of selected models. */
export type AskTarget = (
  project: Project,
  checked: Checked,
  names: ReadonlySet<string> | undefined,
) => Promise<readonly Diagnostic[]>

/** Opens the target of a command line, reading only, for as long as `work` takes. */
export async function inTarget<T>(
  options: Options,
  opened: Project,
  work: (ask: AskTarget) => Promise<T>,
): Promise<T> {
  const [{ Deployment }, { liveFaults }] = await Promise.all([
    import("../deployment.js"),
    import("../live-sources.js"),
  ])
  const target = targetOf(opened, options)
  const backend = await backendOf(target, opened)
  const driver = await backend
    .open(settingsOf(opened, target), opened.directory, { threads: 1, readOnly: true })
    .catch((error: unknown) => {
      throw connectionFault(error, target)
    })
  try {
    return await work(async (project, checked, names) => {
      const isMeant = (name: string) => names?.has(name) !== false
      const read = new Set(
        [...checked.session.sourcesRead()].flatMap(([model, of]) =>
          isMeant(model) ? [...of] : [],
        ),
      )
      const sources = project.sources.filter(({ name }) => isMeant(name) || read.has(name))
      return liveFaults(sources, new Deployment(project, checked, target, backend), driver)
    })
  } finally {
    await driver.close()
  }
}
