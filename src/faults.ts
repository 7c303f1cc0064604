import type { Deployment } from "./deployment.js"
import type { Diagnostic } from "./diagnostics/diagnostic.js"
import type { Driver } from "./engine/driver.js"
import type { Plans } from "./pipeline.js"
import { refusal } from "./refusal.js"

/** What keeps models from running, by name: errors in their texts, sources without files. */
export async function faultsOf(
  deployment: Deployment,
  driver: Driver,
  selected: ReadonlySet<string>,
): Promise<Map<string, Diagnostic>> {
  const found = new Map<string, Diagnostic>()
  for (const model of deployment.project.models) {
    if (!selected.has(model.name)) continue
    const { diagnostics = [] } = deployment.checked.texts.get(model.name) ?? {}
    const error = diagnostics.find(({ level }) => level === "error")
    const fault = error ?? (await deployment.missingSource(model, driver))
    if (fault) found.set(model.name, fault)
  }
  return found
}

/** Incremental models that the analysis refuses, by name, each with the construct at fault. */
export function refusalsOf(
  { project, checked }: Deployment,
  plans: Plans,
  selected: ReadonlySet<string>,
): Map<string, Diagnostic> {
  const found = new Map<string, Diagnostic>()
  for (const model of project.models) {
    if (!selected.has(model.name) || model.materialization !== "incremental") continue
    const refused = checked.texts.get(model.name)?.failed
      ? undefined
      : refusal(model, plans, project, checked)
    if (refused) found.set(model.name, refused)
  }
  return found
}

/** The models that nothing keeps from running: neither a fault of their own nor one of what they read. */
export function runnable(
  { checked }: Deployment,
  selected: ReadonlySet<string>,
  faults: ReadonlyMap<string, Diagnostic>,
): ReadonlySet<string> {
  const stopped = new Set(faults.keys())
  for (const name of stopped)
    for (const child of checked.dag.children.get(name) ?? []) stopped.add(child)
  return new Set([...selected].filter((name) => !stopped.has(name)))
}
