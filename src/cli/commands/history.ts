import { State } from "../../record/index.js"
import type { Options } from "../options.js"
import type { Outcome } from "../outcome.js"
import { table } from "../output.js"
import { openProject } from "./context.js"

/** Earlier runs, the latest first. */
export async function history(options: Options): Promise<Outcome> {
  const project = openProject(options)
  const runs = new State(project.directory).runs()
  const rows = runs
    .slice(0, options.limit)
    .map(({ id, command, started, status, results }) => [
      id,
      command,
      started,
      status,
      String(results.length),
    ])
  const text =
    runs.length === 0
      ? "No runs yet."
      : table(["id", "command", "started", "status", "nodes"], rows)
  return { fields: { runs }, diagnostics: [], text, exit: 0 }
}
