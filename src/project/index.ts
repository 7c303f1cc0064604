import { existsSync } from "node:fs"
import { dirname, join, resolve } from "node:path"
import type { Project } from "../catalog/project.js"
import { ProjectFolder } from "./folder.js"
import { CONFIG } from "./loader.js"

export { carryOver, DBT_PROJECT, type CarriedProject, type LiveTables } from "./dbt/index.js"
export { ProjectFiles } from "./files.js"
export { ProjectFolder } from "./folder.js"
export { isValue } from "./params.js"
export { hasFile } from "./source-files.js"
export { replaceText } from "./write-file.js"
export { interpolate } from "./targets.js"

/** The folder of smelt.yml: `from` or the nearest above it. */
export function findProject(from: string): string | undefined {
  let folder = resolve(from)
  while (!existsSync(join(folder, CONFIG))) {
    const parent = dirname(folder)
    if (parent === folder) return undefined
    folder = parent
  }
  return folder
}

/** Reads every file of a project. A user's fault is in `diagnostics`, of the project or of the model. */
export function loadProject(directory: string): Project {
  return new ProjectFolder(directory).load()
}
