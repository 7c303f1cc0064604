import { closeSync, fsyncSync, openSync, renameSync, writeFileSync } from "node:fs"
import { dirname } from "node:path"
import type { Checkpoint } from "./options.js"

/**
 * Keeps the last checkpoint in a file, for `RunOptions.checkpoint.write`. Wherever its process ends, the file is a
 * whole checkpoint or is not there: what is being written is `${file}.part`, which then takes its place. One run
 * at a time may write a file. Errors are those of node:fs.
 */
export function checkpointFile(file: string): Checkpoint["write"] {
  const part = `${file}.part`
  return (snapshot) => {
    const to = openSync(part, "w")
    try {
      writeFileSync(to, snapshot)
      fsyncSync(to)
    } finally {
      closeSync(to)
    }
    renameSync(part, file)
    keepEntries(dirname(file))
  }
}

/** A new name outlasts a loss of power once its directory is written; Windows has no such call. */
function keepEntries(directory: string): void {
  if (process.platform === "win32") return
  const at = openSync(directory, "r")
  try {
    fsyncSync(at)
  } finally {
    closeSync(at)
  }
}
