import { nearest } from "../../base/suggest.js"
import { withoutConnection, type Offline } from "../../offline.js"
import { loadRules } from "../../optimize/index.js"
import type { Options } from "../options.js"
import { usage } from "../outcome.js"
import { backendOf, openChecked, targetOf } from "./context.js"

/** The project of a command line in its target, without a connection. */
export async function offline(options: Options): Promise<Offline> {
  checkRules(options.without)
  const { project, checked } = openChecked(options)
  const target = targetOf(project, options)
  return withoutConnection(project, checked, target, await backendOf(target, project), options)
}

/** Throws UsageError for a rule that no rule file has. */
export function checkRules(names: readonly string[]): void {
  if (names.length === 0) return
  const known = loadRules().names
  for (const name of names) {
    if (known.includes(name)) continue
    const near = nearest(name, known)
    const hint = near === undefined ? "" : `; did you mean \`${near}\`?`
    throw usage("unknown-rule", { name, hint })
  }
}
