import { spawn } from "node:child_process"
import { readFileSync } from "node:fs"
import { createInterface } from "node:readline"
import { fileURLToPath } from "node:url"

// What all engines of a race share. A racer is `{ name, run, close }`: `await run(workload, times)`
// runs a workload of the file so many times, each on a new or an emptied e-graph, and gives the mean:
// { workload, engine, times, cpuMs, wallMs, iterations, stop, nodes, classes, peakMb, differs }, or
// { unable } with the reason. `differs` names the counts that are not what the workload expects,
// `peakMb` is of the process until then. A racer that says `isCold` is not run to warm it up.

export const WORKLOADS = fileURLToPath(new URL("workloads.json", import.meta.url))

/** The names of all workloads of a file, in its order. */
export function workloadNames(file = WORKLOADS) {
  return JSON.parse(readFileSync(file, "utf8")).cases.map(({ name }) => name)
}

/** A racer that is a program: it answers every line `WORKLOAD TIMES` with a line of JSON. */
export function startProgram(name, command, args) {
  const child = spawn(command, args, { stdio: ["pipe", "pipe", "inherit"] })
  child.stdin.on("error", () => {}) // that it ended is told by its output
  child.on("error", (error) => console.error(error.message))
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]()
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

const BATCH_MS = 10 // so much CPU makes one measurement: a tiny workload is repeated within it
const WARM_MS = 200 // so much CPU before the first turn
const BUDGET_MS = 15_000 // so much CPU for the turns of one racer, or one turn
const LONG_MS = 2000 // a run of this length needs no warm-up

/**
 * The answers of each racer to one workload, by name. The racers run in turns after a warm-up, and
 * who goes first changes every turn. A racer whose runs are long has fewer turns, spread among those
 * of the others, and one that is unable has its one answer.
 */
export async function raceInTurns(racers, workload, turns) {
  const found = {}
  const able = []
  for (const racer of racers) {
    const first = await racer.run(workload)
    const isKept = first.unable !== undefined || first.cpuMs >= LONG_MS
    found[racer.name] = isKept ? [first] : []
    if (first.unable === undefined) able.push(await entryOf(racer, workload, first, turns))
  }
  for (let turn = 0; turn < turns; turn++) {
    for (const { racer, times, own } of turn % 2 === 1 ? [...able].reverse() : able) {
      const isItsTurn = Math.floor(((turn + 1) * own) / turns) > Math.floor((turn * own) / turns)
      if (isItsTurn) found[racer.name].push(await racer.run(workload, times))
    }
  }
  return found
}

/** A racer warmed up, how many runs make one of its turns, and how many turns it has of its own. */
async function entryOf(racer, workload, first, turns) {
  const isLong = first.cpuMs >= LONG_MS
  const affordable = Math.max(1, Math.floor(BUDGET_MS / first.cpuMs))
  const own = Math.min(turns, affordable) - (isLong ? 1 : 0)
  let times = 1
  let { cpuMs } = first
  for (let spent = racer.isCold ? WARM_MS : cpuMs; spent < WARM_MS; spent += cpuMs * times) {
    times = Math.ceil(BATCH_MS / Math.max(cpuMs, 0.001))
    cpuMs = (await racer.run(workload, times)).cpuMs
  }
  if (!racer.isCold) times = Math.ceil(BATCH_MS / Math.max(cpuMs, 0.001))
  return { racer, times, own }
}
