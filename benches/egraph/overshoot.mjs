// How far runs go past their deadline, and past their bytes. Deadlines are drawn at random from the time that the
// whole run takes, so they fall into searches, rebuilds and the making of the index alike.
//
//   node benches/egraph/overshoot.mjs [runs a workload]     the built library, SMELT_SEED
//   SMELT_CLOCK=cpu   deadlines and what is past them in CPU time: for machines on which other programs run
import { readFileSync } from "node:fs"
import { EGraph } from "../../dist/src/egraph/index.js"
import { readCases } from "../../dist/src/egraph/cases.js"
import { rulesOf } from "../../dist/src/egraph/run-cases.js"

const WORKLOADS = ["ac-11", "ac-12", "mathmicro-10", "mathmicro-11"]
const RUNS = Number(process.argv[2] ?? 20)
const file = new URL("../../tests/egraph/cases/conformance.json", import.meta.url)
const { cases, rulesets } = readCases(readFileSync(file, "utf8"))
if (process.env.SMELT_CLOCK === "cpu")
  performance.now = () => {
    const { user, system } = process.cpuUsage()
    return (user + system) / 1000
  }
let state = Number(process.env.SMELT_SEED ?? 1)

/** From 0 up to 1 (mulberry32). */
function random() {
  state = (state + 0x6d2b79f5) >>> 0
  let mixed = Math.imul(state ^ (state >>> 15), state | 1)
  mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
  return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
}

function caseNamed(name) {
  const found = cases.find((given) => given.name === name)
  if (found) return found
  // ac-12: as ac-11, with one more term.
  const ac = cases.find((given) => given.name === "ac-11")
  const sum = (i) => (i === 12 ? "12" : `(+ ${i} ${sum(i + 1)})`)
  return { ...ac, starts: [sum(1)] }
}

/** Runs to the end, or to limits; gives the report and how long it took. */
function run(graph, given, limits) {
  graph.reset()
  for (const start of given.starts) graph.add(start)
  const began = performance.now()
  const options = { iterations: given.iterationLimit ?? Infinity, scheduler: given.scheduler }
  const report = graph.run({ ...options, ...limits })
  return { report, ms: performance.now() - began }
}

function quantiles(values) {
  const sorted = [...values].sort((a, b) => a - b)
  const at = (share) => sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))]
  return [0.5, 0.9, 1].map((share) => at(share).toFixed(2)).join(" / ")
}

for (const name of WORKLOADS) {
  const given = caseNamed(name)
  const rules = rulesOf(rulesets.get(given.ruleset) ?? [])
  const graph = EGraph.createSync({ rules, limits: { nodes: 2 ** 23 } })
  const whole = Math.min(...[1, 2].map(() => run(graph, given, {}).ms))
  const [rows, bytes] = [graph.rows, graph.bytes]
  for (const isResumable of [true, false]) {
    const times = []
    const unused = []
    for (let i = 0; i < RUNS; i++) {
      const limit = whole * (0.05 + 0.9 * random())
      const { report, ms } = run(graph, given, { ms: limit, isResumable })
      if (report.stop !== "time-limit") continue
      times.push(Math.max(0, ms - limit))
      unused.push(Math.max(0, limit - ms))
    }
    const kind = isResumable ? "left open" : "congruent"
    console.log(
      `${name} (${rows} rows, ${whole.toFixed(0)} ms) ${kind}: ms past the deadline ${quantiles(times)}, before it ${quantiles(unused)} (median, 90 %, most of ${times.length})`,
    )
  }
  const over = []
  const left = []
  for (let i = 0; i < RUNS; i++) {
    const limit = Math.round(bytes * (0.05 + 0.9 * random()))
    const { report } = run(graph, given, { bytes: limit })
    if (report.stop !== "byte-limit") continue
    over.push(Math.max(0, graph.bytes - limit))
    left.push((100 * Math.max(0, limit - graph.bytes)) / limit)
  }
  console.log(
    `${name}: bytes past the limit ${quantiles(over)}, % of it left ${quantiles(left)} (of ${over.length})`,
  )
  graph.dispose()
}
