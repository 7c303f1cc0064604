import { spawn, spawnSync } from "node:child_process"
import { readFileSync } from "node:fs"
import { join } from "node:path"
import { createInterface } from "node:readline"
import { fileURLToPath } from "node:url"

// The engines written in Rust as racers. A racer is `{ name, run, close }`: `await run(workload,
// times)` runs a workload of the file so many times, each on a new e-graph, and gives the mean:
// { workload, engine, times, cpuMs, wallMs, iterations, stop, nodes, classes, peakMb, differs }, or
// { unable } with the reason.
//
// The clock starts when rules and terms are parsed and compiled, and stops before anything is
// counted or a last e-graph is freed. egg's runs include making an e-graph and adding the start
// terms, egglog's do not. `peakMb` is of the process until then: see `peakOf`.

export const WORKLOADS = fileURLToPath(new URL("workloads.json", import.meta.url))
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
  const child = spawn(program, [workloads, ...options], { stdio: ["pipe", "pipe", "inherit"] })
  child.stdin.on("error", () => {}) // that it ended is told by its output
  child.on("error", (error) => console.error(error.message))
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]()
  const name = [engine, ...options].join(" ")
  return {
    name,
    async run(workload, times = 1) {
      child.stdin.write(`${workload} ${times}\n`)
      const { value, done } = await lines.next()
      if (done) throw new Error(`${name} ended while it ran ${workload}`)
      return JSON.parse(value)
    },
    close: () => child.stdin.end(),
  }
}

/** One run in a process of its own; its `peakMb` is what this workload needs. */
export async function peakOf(engine, workload, settings) {
  const racer = startRacer(engine, settings)
  const answer = await racer.run(workload)
  racer.close()
  return answer
}

/** The names of all workloads of a file, in its order. */
export function workloadNames(file = WORKLOADS) {
  return JSON.parse(readFileSync(file, "utf8")).cases.map(({ name }) => name)
}

const BATCH_MS = 5 // so much CPU makes one measurement: a tiny workload is repeated within it
const BUDGET_MS = 15_000 // so much CPU for the turns of the slowest racer, or one turn
const LONG_MS = 2000 // a run of this length needs no warm-up

/**
 * The answers of each racer to one workload, by name. The racers run in turns after a warm-up, and
 * who goes first changes every turn. Long workloads have fewer turns, and a racer that is unable
 * has its one answer.
 */
export async function raceInTurns(racers, workload, turns) {
  const found = {}
  const able = []
  for (const racer of racers) {
    const first = await racer.run(workload)
    found[racer.name] = [first]
    if (!first.unable) able.push({ racer, first, times: await batchSize(racer, workload, first) })
  }
  const longest = Math.max(...able.map(({ first }) => first.cpuMs))
  const warmUp = longest < LONG_MS
  if (warmUp) for (const { racer } of able) found[racer.name] = []
  const affordable = Math.min(turns, Math.floor(BUDGET_MS / longest))
  for (let turn = warmUp ? 0 : 1; turn < affordable; turn++) {
    for (const { racer, times } of turn % 2 === 1 ? [...able].reverse() : able)
      found[racer.name].push(await racer.run(workload, times))
  }
  return found
}

async function batchSize(racer, workload, first) {
  if (first.cpuMs > BATCH_MS) return 1
  const { cpuMs } = await racer.run(workload) // warm
  return Math.ceil(BATCH_MS / Math.max(cpuMs, 0.001))
}
