import type { Project } from "../src/catalog/project.js"
import { check, plan } from "../src/compile.js"
import type { Plans } from "../src/pipeline.js"
import type { ModelPlan, Out } from "../src/ir/nodes.js"
import { loadProject } from "../src/project/index.js"
import type { Checked } from "../src/session.js"

export interface Planned extends Plans {
  readonly project: Project
  readonly checked: Checked
}

/** Loads, checks and plans the project in a folder. */
export function planned(folder: string): Planned {
  const project = loadProject(folder)
  const checked = check(project)
  return { project, checked, ...plan(checked) }
}

export function outOf(found: ModelPlan | undefined): Out {
  if (found?.kind === "planned") return found.out
  throw new Error(found ? `${found.model} is not in ir: ${found.construct}` : "no plan")
}
