import { existsSync, readFileSync } from "node:fs"
import { createRequire } from "node:module"
import { setFlagsFromString } from "node:v8"
import { Script } from "node:vm"
import { packageFile } from "../base/package-files.js"
import type * as Program from "./program.js"

/** program.ts and all that it imports in one file, by scripts/bundle.mjs: finding hundreds takes longer than running them. */
export const BUNDLE = "dist/smelt.cjs"

/** What V8 compiled of the bundle when it was made. Only the same Node can read it; others compile anew. */
export const CODE_CACHE = `dist/smelt.${process.version}-${process.platform}-${process.arch}.cache`

export interface Bundle {
  readonly program: typeof Program
  readonly script: Script
}

export function loadBundle(): Bundle {
  tuneEngine() // before anything is compiled: a cache is of one set of flags
  const [filename, cache] = [packageFile(BUNDLE), packageFile(CODE_CACHE)]
  const script = new Script(readFileSync(filename, "latin1"), {
    filename,
    ...(existsSync(cache) ? { cachedData: readFileSync(cache) } : {}),
  })
  const module = { exports: {} as typeof Program }
  const run = script.runInThisContext() as (...wrapped: readonly unknown[]) => void
  run(module.exports, createRequire(filename), module, filename)
  return { program: module.exports, script }
}

/**
 * A command is a second of JavaScript, most of it run once. V8 11 (Node 20) is quick to optimize such code and to put
 * the functions it calls into it, and spends more processor time on that than it saves; later ones wait. What is
 * new in its heap is little at a time, and collected dozens of times: threads that share in that wait for one another.
 */
function tuneEngine(): void {
  if (!process.versions.v8.startsWith("11.")) return
  setFlagsFromString("--interrupt-budget=300000")
  setFlagsFromString("--max-inlined-bytecode-size-cumulative=250")
  setFlagsFromString("--no-parallel-scavenge")
}
