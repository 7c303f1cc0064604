// As a program: prints the peak of Node that does nothing else.
import { readFileSync } from "node:fs"
import { fileURLToPath } from "node:url"

/**
 * The largest resident set of this process so far, in MiB, where the system tells. Not from
 * `resourceUsage`: there it starts with what the parent had when it forked.
 */
export function peak() {
  try {
    const [, kibibytes] = /^VmHWM:\s*(\d+)/m.exec(readFileSync("/proc/self/status", "utf8"))
    return Number(kibibytes) / 1024
  } catch {
    return undefined
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url))
  console.log(JSON.stringify({ peakMb: peak() }))
