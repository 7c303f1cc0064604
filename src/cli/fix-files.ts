import { join } from "node:path"
import { allDiagnostics } from "../check-report.js"
import { check } from "../compile.js"
import type { Diagnostic } from "../diagnostics/diagnostic.js"
import { fixProject, type Find, type Fixable, type FixedFault } from "../fixing.js"
import { findProject, loadProject, replaceText } from "../project/index.js"
import { openChecked, selectedNames } from "./commands/context.js"
import { inTarget } from "./in-target.js"
import type { Options } from "./options.js"
import { placeless, UsageError } from "./outcome.js"

export interface Written {
  readonly fixed: readonly FixedFault[]
  /** Names of the files that were written. */
  readonly files: readonly string[]
  readonly notWritten: readonly Diagnostic[]
}

/** Applies the fixes that the options ask for to the files of the project, and with `--online` those that its target asks for. */
export async function fixFiles(options: Options): Promise<Written> {
  const directory = findProject(options.projectDir ?? process.cwd())
  if (directory === undefined) return { fixed: [], files: [], notWritten: [] }
  const offline = await written(directory, options, async (project, checked, names) =>
    allDiagnostics(project, checked, names ? { names } : {}),
  )
  if (!options.online || !isWhole(options)) return offline
  const { project } = openChecked(options)
  const online = await inTarget(options, project, (ask) =>
    written(directory, options, async (project, checked, names) => [
      ...allDiagnostics(project, checked, { ...(names ? { names } : {}), isMissing: () => false }),
      ...(await ask(project, checked, names)),
    ]),
  )
  return {
    fixed: [...offline.fixed, ...online.fixed],
    files: [...new Set([...offline.files, ...online.files])],
    notWritten: [...offline.notWritten, ...online.notWritten],
  }
}

/** Whether the project can be opened: what keeps it from it is said by the check that follows. */
function isWhole(options: Options): boolean {
  try {
    openChecked(options)
    return true
  } catch (error) {
    if (error instanceof UsageError) return false
    throw error
  }
}

async function written(directory: string, options: Options, find: Find): Promise<Written> {
  const { fixed, files } = await fixProject(directory, find, fixable(directory, options))
  const notWritten: Diagnostic[] = []
  const names: string[] = []
  for (const { file, before, after } of files) {
    const problem = replaceText(join(directory, file), before, after)
    if (problem === undefined) names.push(file)
    else notWritten.push(placeless("not-written", { file, problem }))
  }
  const isWritten = new Set(names)
  return { fixed: fixed.filter(({ file }) => isWritten.has(file)), files: names, notWritten }
}

function fixable(directory: string, options: Options): Fixable {
  const unsafe = options.unsafeFixes
  if (options.select.length === 0 && options.exclude.length === 0) return { unsafe }
  const project = loadProject(directory)
  const names = selectedNames(project, check(project), options)
  const { models, sources, testFiles } = project
  const files = [
    ...models.map(({ name, source }) => ({ name, file: source.file })),
    ...sources.map(({ name, place }) => ({ name, file: place.file })),
    ...testFiles.map(({ name, source }) => ({ name, file: source.file })),
  ].flatMap(({ name, file }) => (names.has(name) ? [file] : []))
  return { unsafe, only: { names, files: new Set(files) } }
}
