import type { Deployment } from "./deployment.js"
import type { Diagnostic } from "./diagnostics/diagnostic.js"
import type { Plans } from "./pipeline.js"
import { refusal } from "./refusal.js"
import type { SourceFiles } from "./source-files.js"

export interface Faults {
  /** By the name of what they keep from running. */
  readonly faults: Map<string, Diagnostic>
  readonly warnings: readonly Diagnostic[]
}

/** What keeps models and tests from running: errors in their texts, sources whose files are not as declared. */
export async function faultsOf(
  deployment: Deployment,
  files: SourceFiles,
  selected: ReadonlySet<string>,
): Promise<Faults> {
  const { project, checked } = deployment
  const faults = new Map<string, Diagnostic>()
  for (const [name, { diagnostics }] of checked.texts) {
    if (!selected.has(name)) continue
    const error = diagnostics.find(({ level }) => level === "error")
    const fault = error ?? (await files.faultOfTexts(deployment.textsIn(name)))
    if (fault) faults.set(name, fault)
  }
  for (const source of project.sources)
    for (const { name } of source.tests) {
      const fault = selected.has(name) ? await files.faultOfSource(source) : undefined
      if (fault) faults.set(name, fault)
    }
  return { faults, warnings: await files.warnings() }
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
