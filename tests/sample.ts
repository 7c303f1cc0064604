import { cpSync, mkdtempSync, symlinkSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { packageFile } from "../src/base/package-files.js"

/** A copy of the sample project in a folder of its own; the flights themselves are linked to. */
export function sampleProject(): string {
  const folder = mkdtempSync(join(tmpdir(), "smelt-sample-"))
  for (const part of ["smelt.yml", "examples"])
    cpSync(packageFile(part), join(folder, part), { recursive: true })
  symlinkSync(packageFile("node_modules"), join(folder, "node_modules"))
  return folder
}
