import { existsSync } from "node:fs"
import { resolve } from "node:path"
import { dropHidden } from "../../execute/index.js"
import { State } from "../../record/index.js"
import type { Options } from "../options.js"
import type { Outcome } from "../outcome.js"
import { backendOf, connectionFault, openProject, settingsOf, targetOf } from "./context.js"

/** Removes `.smelt/state`, half-built tables and hidden tables that no view reads; never a model's table. */
export async function clean(options: Options): Promise<Outcome> {
  const project = openProject(options)
  const target = targetOf(project, options)
  const settings = settingsOf(project, target)
  const files = new State(project.directory).clear()
  const database = resolve(project.directory, String(settings.database ?? ":memory:"))
  if (existsSync(database)) {
    const backend = await backendOf(target, project)
    try {
      const driver = await backend.open(settings, project.directory, { threads: 1 })
      const connection = await driver.connect()
      files.push(...(await dropHidden(connection, new Set())).map((table) => `smelt.${table}`))
      connection.close()
      await driver.close()
    } catch (error) {
      throw connectionFault(error, target)
    }
  }
  const text =
    files.length === 0 ? "Nothing to remove." : files.map((file) => `removed ${file}`).join("\n")
  return { fields: { files }, diagnostics: [], text, exit: 0 }
}
