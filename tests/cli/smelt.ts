import { spawnSync } from "node:child_process"
import { packageFile } from "../../src/base/package-files.js"

export interface Finished {
  readonly exit: number | null
  readonly stdout: string
  readonly stderr: string
}

/** Runs the built command line in `folder`, as a user would. */
export function smelt(folder: string, ...args: readonly string[]): Finished {
  const { status, stdout, stderr } = spawnSync(
    "node",
    [packageFile("dist/src/cli/main.js"), ...args],
    {
      cwd: folder,
      encoding: "utf8",
      timeout: 60_000,
      env: { ...process.env, NO_COLOR: "1" },
    },
  )
  return { exit: status, stdout, stderr }
}

/** The one JSON document on standard output. */
export function document(finished: Finished): Record<string, unknown> {
  return JSON.parse(finished.stdout) as Record<string, unknown>
}
