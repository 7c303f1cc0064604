import { spawnSync } from "node:child_process"
import { mkdtempSync, readFileSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { fileURLToPath } from "node:url"

// How benchmarks measure. Machines are noisy and other programs run on them: what is compared runs
// in turns within one run, a ratio is the median of the ratios of the turns.

export const ROOT = fileURLToPath(new URL("..", import.meta.url))
export const SMELT = join(ROOT, "dist/src/cli/main.js")

export function median(numbers) {
  const sorted = [...numbers].sort((a, b) => a - b)
  const middle = sorted.length >> 1
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2
}

/** What each contender's `measure` gave in each turn, by name. Who goes first changes every turn. */
export function inTurns(contenders, turns) {
  const found = Object.fromEntries(Object.keys(contenders).map((name) => [name, []]))
  for (let turn = 0; turn < turns; turn++) {
    const names = Object.keys(contenders)
    if (turn % 2 === 1) names.reverse()
    for (const name of names) found[name].push(contenders[name](turn))
  }
  return found
}

/** The median of a[i] / b[i]. */
export function ratio(a, b) {
  return median(a.map((value, i) => value / b[i]))
}

/** Milliseconds that `act` takes. */
export function timed(act) {
  const start = performance.now()
  act()
  return performance.now() - start
}

/** Certificates that a machine adds to Node's own are read at the start of every Node process, for 40 ms. */
const SAME_EVERYWHERE = { LC_ALL: "C", NODE_EXTRA_CA_CERTS: "" }

/** What `act` gives, and the milliseconds of CPU that this process took for it. */
export function cpuTimed(act) {
  const before = process.cpuUsage()
  const value = act()
  const { user, system } = process.cpuUsage(before)
  return { value, ms: (user + system) / 1e3 }
}

/**
 * Runs a program from start to exit: `wall` and `cpu` (user and system, threads and children
 * included) in seconds, its output. Throws where it does not exit with 0.
 */
export function runProgram(command, args, { cwd = ROOT, env = {} } = {}) {
  const script = `TIMEFORMAT='%R %U %S'; time "$@" 2>&3`
  const { status, stdout, stderr, output } = spawnSync(
    "bash",
    ["-c", script, "-", command, ...args],
    {
      cwd,
      env: { ...process.env, ...SAME_EVERYWHERE, ...env },
      encoding: "utf8",
      maxBuffer: 1 << 30,
      stdio: ["ignore", "pipe", "pipe", "pipe"],
    },
  )
  if (status !== 0)
    throw new Error(`${command} ${args.join(" ")}: exit ${status}\n${output[3]}${stdout}`)
  const [wall, user, system] = stderr.trim().split(/\s+/).map(Number)
  return { wall, cpu: user + system, stdout }
}

/** The most memory in use at once by a run of a node program, in MiB. */
export function peakMemory(program, args, { cwd = ROOT } = {}) {
  const file = join(temporaryFolder(), "peak")
  const hook = join(ROOT, "benches/report-peak.mjs")
  runProgram("node", ["--import", hook, program, ...args], { cwd, env: { PEAK_FILE: file } })
  return Number(readFileSync(file, "utf8")) / 1024
}

/** A folder of its own, removed when the benchmark ends. */
export function temporaryFolder() {
  const folder = mkdtempSync(join(tmpdir(), "smelt-bench-"))
  process.on("exit", () => rmSync(folder, { recursive: true, force: true }))
  return folder
}

let failed = false

/** Prints one claim and whether it holds. `benches` exit 1 where one does not. */
export function claim(text, holds) {
  console.log(`${holds ? "ok  " : "FAIL"} ${text}`)
  if (!holds) failed = true
}

process.on("exit", () => {
  if (failed) process.exitCode = 1
})

export const times = (value) => `${value.toFixed(value < 10 ? 2 : 1)}x`
