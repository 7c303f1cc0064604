import { nearest } from "../../base/suggest.js"
import type { Project } from "../../catalog/project.js"
import { compile } from "../../compile.js"
import { Deployment } from "../../deployment.js"
import type { Statistics } from "../../engine/statistics.js"
import { loadRules } from "../../optimize/index.js"
import { compilation, type Chosen, type Plans } from "../../pipeline.js"
import { State } from "../../record/index.js"
import type { Checked } from "../../workspace.js"
import type { Options } from "../options.js"
import { usage } from "../outcome.js"
import { backendOf, openChecked, targetOf } from "./context.js"

/** A project compiled for a target without a connection. */
export interface Offline {
  readonly project: Project
  readonly checked: Checked
  readonly deployment: Deployment
  readonly state: State
  /** Plans all models without errors anew, by the statistics that the last run recorded. */
  compiled(): Plans & Chosen
}

export async function offline(options: Options): Promise<Offline> {
  checkRules(options.without)
  const { project, checked } = openChecked(options)
  const target = targetOf(project, options)
  const deployment = new Deployment(project, checked, target, await backendOf(target))
  const state = new State(project.directory)
  const names = new Set(
    [...checked.texts.values()].flatMap(({ text, failed }) => (failed ? [] : [text.name])),
  )
  const { without } = options
  const optimizer = options.optimize ? { statistics: recorded(project, state), without } : undefined
  return {
    project,
    checked,
    deployment,
    state,
    compiled: () => compile(checked, compilation(deployment, names, optimizer)),
  }
}

function recorded({ seeds }: Project, state: State): Statistics {
  const known = state.statistics()
  const counted = seeds.map(({ name, rowCount }) => [name, { rows: rowCount }] as const)
  return {
    origin: known.size > 0 ? "recorded" : "defaults",
    relations: new Map([...known, ...counted]),
  }
}

/** Throws UsageError for a rule that no rule file has. */
export function checkRules(names: readonly string[]): void {
  if (names.length === 0) return
  const known = loadRules().names
  for (const name of names) {
    if (known.includes(name)) continue
    const near = nearest(name, known)
    throw usage("unknown-rule", {
      name,
      hint: near === undefined ? "" : `; did you mean \`${near}\`?`,
    })
  }
}
