import { spawnSync } from "node:child_process"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import { startProgram, WORKLOADS } from "./racers.mjs"

// The engines written in Rust as racers.
//
// The clock starts when rules and terms are parsed and compiled, and stops before anything is
// counted or a last e-graph is freed. egg's runs include making an e-graph and adding the start
// terms, egglog's do not.

const WORKSPACE = fileURLToPath(new URL("rust", import.meta.url))
const TARGET = join(WORKSPACE, "target")

const PROGRAMS = { egg: "egg-race", "egg-mimalloc": "egg-race-mimalloc", egglog: "egglog-race" }
export const ENGINES = Object.keys(PROGRAMS)

/** Builds the engines for this very processor. Gives the reason where that cannot be done. */
export function buildEngines() {
  if (spawnSync("cargo", ["--version"]).error) return { built: undefined, reason: "no cargo here" }
  const folders = ["--manifest-path", join(WORKSPACE, "Cargo.toml"), "--target-dir", TARGET]
  const { status } = spawnSync("cargo", ["build", "--release", "--locked", ...folders], {
    env: { ...process.env, RUSTFLAGS: "-C target-cpu=native" },
    stdio: "inherit",
  })
  return status === 0 ? { built: ENGINES } : { built: undefined, reason: "cargo build failed" }
}

/**
 * Starts a built engine. egg knows the options `--explanations`, with which it records why classes
 * are equal, and `--lean-analyses`, with which its analyses leave out the terms that egg's own tests
 * make text of and parse again for every folded node.
 */
export function startRacer(engine, { options = [], workloads = WORKLOADS } = {}) {
  const program = join(TARGET, "release", PROGRAMS[engine])
  return startProgram([engine, ...options].join(" "), program, [workloads, ...options])
}

/** One run in a process of its own; its `peakMb` is what this workload needs. */
export async function peakOf(engine, workload, settings) {
  const racer = startRacer(engine, settings)
  const answer = await racer.run(workload)
  racer.close()
  return answer
}
