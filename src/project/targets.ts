import type { Project, Target } from "../catalog/project.js"
import type { Diagnostic } from "../diagnostics/diagnostic.js"
import { Sink } from "../diagnostics/sink.js"

type Settings = Target["settings"]

/** The settings of a target that is used, with `${ENV}` replaced; an unset one is reported at the target. */
export function interpolate(
  project: Project,
  target: Target,
  env: Readonly<Record<string, string | undefined>>,
): { settings: Settings; diagnostics: readonly Diagnostic[] } {
  const source = project.texts.get(target.place.file)
  const missing: string[] = []
  const settings = Object.fromEntries(
    Object.entries(target.settings).map(([key, value]) => [
      key,
      typeof value === "string" ? filled(value, env, missing) : value,
    ]),
  )
  if (!source || missing.length === 0) return { settings, diagnostics: [] }
  const sink = new Sink(source)
  for (const name of missing)
    sink.report("env-unset", target.place.span, { name, target: target.name })
  return { settings, diagnostics: sink.diagnostics }
}

function filled(
  text: string,
  env: Readonly<Record<string, string | undefined>>,
  missing: string[],
): string {
  return text.replace(/\$\{(\w+)\}/g, (whole, name: string) => {
    const value = env[name]
    if (value === undefined) missing.push(name)
    return value ?? whole
  })
}
