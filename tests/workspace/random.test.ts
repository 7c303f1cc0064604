import { cpSync, mkdtempSync, readdirSync, readFileSync, statSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { expect, test } from "vitest"
import { packageFile } from "../../src/base/package-files.js"
import type { Diagnostic } from "../../src/diagnostics/diagnostic.js"
import { check, loadProject } from "../../src/index.js"
import { checkAlone } from "../../src/check-alone.js"
import { checkedModel, diagnosticsOf } from "../../src/check-report.js"
import type { Checked } from "../../src/session.js"
import { missingFiles } from "../../src/source-files.js"
import { Workspace } from "../../src/workspace.js"
import { randomBelow } from "../parse/mutations.js"
import { projectFolder } from "../project.js"
import { sampleProject } from "../sample.js"
import { declared } from "./declared.js"
import { RandomEdits } from "./random-edits.js"
import { SEED } from "../seed.js"

// After any edits a workspace says what a check of the same files says, and so does a check that keeps no trees. SMELT_SEED sets the seed, SMELT_EDITS
// how many edits a project goes through: a large one through fewer.

const EDITS = Number(process.env["SMELT_EDITS"] ?? 40)

const PROJECTS: readonly { readonly name: string; folder(): string; readonly share: number }[] = [
  { name: "the sample project", folder: sampleProject, share: 1 },
  { name: "files of several models", folder: () => copyOf("tests/projects/styles"), share: 0.4 },
  { name: "seeds, no sources", folder: () => copyOf("tests/projects/relaxed"), share: 1 },
  { name: "declarations", folder: () => projectFolder(declared), share: 3 },
]

for (const { name, folder: folderOf, share } of PROJECTS)
  test(`${name}: SMELT_SEED=${SEED} SMELT_EDITS=${EDITS}`, { timeout: 600_000 }, () => {
    const folder = folderOf()
    const edits = new RandomEdits(folder, textsIn(folder), randomBelow(SEED))
    const workspace = Workspace.open(folder)
    const shown = new Map(workspace.diagnostics)
    for (let edit = 0; edit < EDITS * share; edit++) {
      const changes = edits.next()
      for (const [file, diagnostics] of workspace.update(changes)) shown.set(file, diagnostics)
      const { models, diagnostics } = check(loadProject(folder))
      const what = `edit ${edit} of ${folder}: ${changes.map(({ uri }) => uri).join(", ")}`
      expect(sorted([...shown.values()].flat()), what).toEqual(sorted(diagnostics))
      const { project, checked } = workspace
      expect(
        project.models.map((model) => checkedModel(model, checked)),
        what,
      ).toEqual(models)
      // What a project's own files have errors of is not checked.
      if (project.diagnostics.some(({ level }) => level === "error")) continue
      const said = (one: Checked) =>
        sorted([...diagnosticsOf(project, one), ...missingFiles(project, one)])
      expect(said(checkAlone(project)), what).toEqual(said(checked))
    }
  })

function copyOf(path: string): string {
  const folder = mkdtempSync(join(tmpdir(), "smelt-workspace-"))
  cpSync(packageFile(path), folder, { recursive: true })
  return folder
}

/** What an editor may change of a project. */
function textsIn(folder: string): ReadonlyMap<string, string> {
  const files = readdirSync(folder, { recursive: true, encoding: "utf8" }).filter(
    (file) =>
      !file.startsWith("node_modules") &&
      /\.(sql|yml|csv)$/.test(file) &&
      statSync(join(folder, file)).isFile(),
  )
  return new Map(files.sort().map((file) => [file, readFileSync(join(folder, file), "utf8")]))
}

function sorted(diagnostics: readonly Diagnostic[]): Diagnostic[] {
  const keyed = diagnostics.map((one) => [JSON.stringify(one), one] as const)
  return keyed.sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0)).map(([, one]) => one)
}
