import { backends } from "../../backends/index.js"
import type { Project, Target } from "../../catalog/project.js"
import { interpolate } from "../../project/index.js"
import type { Options } from "../options.js"
import type { Outcome } from "../outcome.js"
import { table } from "../output.js"
import { openProject, targetOf } from "./context.js"

interface Tried {
  readonly name: string
  readonly type: string
  readonly ok: boolean
  readonly version: string
  readonly reason?: string
}

/** Tries every target, or the one named: does it open, and in which version? */
export async function debug(options: Options): Promise<Outcome> {
  const project = openProject(options)
  const wanted = options.target === undefined ? project.targets : [targetOf(project, options)]
  const targets = await Promise.all(wanted.map((target) => tryTarget(project, target)))
  const rows = targets.map(({ name, type, ok, version, reason }) => [
    name,
    type,
    ok ? "ok" : "failed",
    version,
    reason ?? "",
  ])
  return {
    fields: { targets },
    diagnostics: [],
    text: table(["target", "type", "state", "version", "reason"], rows),
    exit: targets.every(({ ok }) => ok) ? 0 : 1,
  }
}

async function tryTarget(project: Project, target: Target): Promise<Tried> {
  const tried = { name: target.name, type: target.type }
  const { settings, diagnostics } = interpolate(project, target, process.env)
  const [unset] = diagnostics
  const load = backends.get(target.type)
  if (unset) return { ...tried, ok: false, version: "", reason: unset.message }
  if (!load)
    return {
      ...tried,
      ok: false,
      version: "",
      reason: `type ${target.type} is not supported by this version`,
    }
  try {
    const driver = await (await load()).open(settings, project.directory, { threads: 1 })
    const { version } = driver
    await driver.close()
    return { ...tried, ok: true, version }
  } catch (error) {
    return {
      ...tried,
      ok: false,
      version: "",
      reason: error instanceof Error ? error.message : String(error),
    }
  }
}
