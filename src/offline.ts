import type { Project, Target } from "./catalog/project.js"
import { compile } from "./compile.js"
import { Deployment } from "./deployment.js"
import type { Backend } from "./engine/driver.js"
import type { Statistics } from "./engine/statistics.js"
import { optimize } from "./optimize/index.js"
import { compilation, type Chosen, type Compilation, type Plans } from "./pipeline.js"
import { State } from "./record/index.js"
import type { Checked } from "./session.js"

/** A project in one of its targets, without a connection. */
export interface Offline {
  readonly project: Project
  readonly checked: Checked
  readonly deployment: Deployment
  readonly state: State
  /** With the statistics that the last run recorded; undefined where every model is as written. */
  readonly optimizer: Compilation["optimizer"] | undefined
}

export function withoutConnection(
  project: Project,
  checked: Checked,
  target: Target,
  backend: Backend,
  { optimize: isOn, without }: { readonly optimize: boolean; readonly without: readonly string[] },
): Offline {
  const deployment = new Deployment(project, checked, target, backend)
  const state = new State(project.directory)
  const optimizer = isOn ? { optimize, statistics: recorded(project, state), without } : undefined
  return { project, checked, deployment, state, optimizer }
}

/** Plans all models without errors anew. */
export function compileOffline({ checked, deployment, optimizer }: Offline): Plans & Chosen {
  const names = [...checked.texts.values()].flatMap(({ text, failed }) =>
    failed ? [] : [text.name],
  )
  return compile(checked, compilation(deployment, new Set(names), optimizer))
}

function recorded({ seeds }: Project, state: State): Statistics {
  const known = state.statistics()
  const counted = seeds.map(({ name, rowCount }) => [name, { rows: rowCount }] as const)
  return {
    origin: known.size > 0 ? "recorded" : "defaults",
    relations: new Map([...known, ...counted]),
  }
}
