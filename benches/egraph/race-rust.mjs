// What the engines written in Rust take for the workloads: milliseconds of CPU, the least and the
// median of the turns. `node benches/egraph/race-rust.mjs [WORKLOAD...]`
import { median } from "../measure.mjs"
import { raceInTurns, workloadNames } from "./racers.mjs"
import { buildEngines, ENGINES, peakOf, startRacer } from "./rust.mjs"
import { digits, showTimes, startTable, TIMES_WIDTH } from "./table.mjs"

const TURNS = 7
const LARGE = ["ac-10", "ac-11", "mathmicro-10", "mathmicro-11"]
const EXPLAINED = ["ac-10", "mathmicro-10"]
const FOLDING = /^(math-|math7-|prop-|lambda-)/

const PLAIN = ENGINES.map((engine) => ({ engine, options: [] }))
const LEAN = eggWith("--lean-analyses")
const EXPLAINING = eggWith("--explanations")

const { built, reason } = buildEngines()
if (!built) {
  console.log(`the Rust engines are left out: ${reason}`)
  process.exit()
}

const wanted = process.argv.slice(2)
const names = workloadNames().filter((name) => wanted.length === 0 || wanted.includes(name))
const among = (list) => names.filter((name) => list.includes(name))
let differing = 0

await table("least (median) ms of CPU", PLAIN, names)
await table(
  "folding without terms",
  LEAN,
  names.filter((name) => FOLDING.test(name)),
)
await table("with explanations", EXPLAINING, among(EXPLAINED))
await peaks("peak MiB", PLAIN, among(LARGE))
await peaks("peak MiB, with explanations", EXPLAINING, among(EXPLAINED))
console.log(differing === 0 ? "\nall counts are as expected" : `\n${differing} cells differ`)
process.exitCode = differing === 0 ? 0 : 1

function eggWith(option) {
  return ["egg", "egg-mimalloc"].map((engine) => ({ engine, options: [option] }))
}

/** Every workload has processes of its own: what one left in an allocator is not the next one's. */
async function table(title, contenders, workloads) {
  if (workloads.length === 0) return
  const columns = contenders.map((contender) => ({ head: nameOf(contender), width: TIMES_WIDTH }))
  const printRow = startTable(title, [{ head: "nodes/classes", width: 14 }, ...columns])
  for (const workload of workloads) {
    const racers = contenders.map(({ engine, options }) => startRacer(engine, { options }))
    const found = await raceInTurns(racers, workload, TURNS)
    for (const racer of racers) racer.close()
    const [{ nodes, classes }] = found[racers[0].name]
    printRow(workload, [`${nodes}/${classes}`, ...racers.map(({ name }) => cell(found[name]))])
  }
}

async function peaks(title, contenders, workloads) {
  if (workloads.length === 0) return
  const printRow = startTable(title, contenders.map(nameOf))
  for (const workload of workloads) {
    const cells = []
    for (const { engine, options } of contenders)
      cells.push(digits((await peakOf(engine, workload, { options })).peakMb))
    printRow(workload, cells)
  }
}

function cell(answers) {
  if (answers[0].unable) return "-"
  const differs = answers.flatMap((answer) => answer.differs)
  if (differs.length > 0) differing++
  const times = answers.map(({ cpuMs }) => cpuMs)
  const text = showTimes({ least: Math.min(...times), median: median(times) })
  return differs.length > 0 ? `${text} differs: ${[...new Set(differs)]}` : text
}

function nameOf({ engine, options }) {
  return [engine, ...options].join(" ")
}
