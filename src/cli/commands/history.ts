import { State } from "../../record/index.js"
import type { Options } from "../options.js"
import type { Outcome } from "../outcome.js"
import { table } from "../output.js"
import { openProject } from "./context.js"

/** Shown to people; programs get all runs, unless they name a limit. */
const SHOWN = 10

/** Earlier runs, the latest first. */
export async function history(options: Options): Promise<Outcome> {
  const project = openProject(options)
  const runs = new State(project.directory).runs().slice(0, options.limit)
  const rows = runs
    .slice(0, options.limit ?? SHOWN)
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
