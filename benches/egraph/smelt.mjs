import { spawnSync } from "node:child_process"
import { fileURLToPath } from "node:url"
import { startProgram, WORKLOADS } from "./racers.mjs"

// smelt's engine as a racer.
//
// Reused, one process runs everything: a run is `reset` of the same e-graph, adding the start terms
// and running the rules. Fresh, every run has a process of its own and is cold: it includes compiling
// the engine and the rules. Its answers have also `processMs`, the CPU of the whole process from its
// start until it answers.

const PROGRAM = fileURLToPath(new URL("smelt-program.mjs", import.meta.url))
const EMPTY_PROGRAM = fileURLToPath(new URL("peak.mjs", import.meta.url))

/** `iterations` ends runs early: with 0, what is left is what a process needs without any e-graph. */
export function smeltRacer({
  proofs = true,
  fresh = false,
  iterations,
  workloads = WORKLOADS,
} = {}) {
  const name = `smelt${fresh ? " cold" : ""}${proofs ? "" : " without proofs"}`
  const options = [
    ...(proofs ? [] : ["--no-proofs"]),
    ...(iterations === undefined ? [] : ["--iterations", `${iterations}`]),
  ]
  const args = [PROGRAM, workloads, ...options]
  if (!fresh) return startProgram(name, process.execPath, args)
  return {
    name,
    isCold: true,
    run: async (workload, times = 1) =>
      meanOf(Array.from({ length: times }, () => answerOf([...args, workload]))),
    close: () => {},
  }
}

/** The peak of Node with an empty program, in MiB. */
export function emptyPeak() {
  return answerOf([EMPTY_PROGRAM]).peakMb
}

function answerOf(args) {
  const { status, stdout } = spawnSync(process.execPath, args, {
    encoding: "utf8",
    stdio: ["ignore", "pipe", "inherit"],
  })
  if (status !== 0) throw new Error(`${args.join(" ")}: exit ${status}`)
  return JSON.parse(stdout)
}

function meanOf(answers) {
  const mean = (field) => answers.reduce((sum, answer) => sum + answer[field], 0) / answers.length
  const [last] = answers.slice(-1)
  const means = { cpuMs: mean("cpuMs"), wallMs: mean("wallMs"), processMs: mean("processMs") }
  return { ...last, ...means, times: answers.length }
}
