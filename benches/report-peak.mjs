// Preloaded by `peakMemory`: writes the largest resident set of the process, in KiB, when it ends.
import { writeFileSync } from "node:fs"

process.on("exit", () => {
  writeFileSync(process.env.PEAK_FILE, String(process.resourceUsage().maxRSS))
})
