// The program of smelt's racers. `FILE WORKLOAD` runs one workload of a file, cold, and prints a line
// of JSON. `FILE` alone answers every line `WORKLOAD TIMES` of standard input, on one e-graph a workload.
import { readFileSync } from "node:fs"
import { createInterface } from "node:readline"
import { parseArgs } from "node:util"
import { readCases } from "../../dist/src/egraph/cases.js"
import { graphFor, rulesOf, runIn } from "../../dist/src/egraph/run-cases.js"
import { peak } from "./peak.mjs"

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { "no-proofs": { type: "boolean" }, iterations: { type: "string" } },
})
const [file, only] = positionals
const proofs = !values["no-proofs"]
const { cases, rulesets } = readCases(readFileSync(file, "utf8"))
const prepared = new Map()

if (only === undefined) {
  for await (const line of createInterface({ input: process.stdin })) {
    const [workload, times] = line.split(" ")
    print(reused(workload, Number(times)))
  }
} else print(cold(only))

function reused(workload, times) {
  const given = caseOf(workload)
  const graph = prepared.get(workload) ?? graphOf(given, rulesFor(given))
  prepared.set(workload, graph)
  let run
  const clock = startClock()
  for (let i = 0; i < times; i++) {
    graph.reset()
    run = runIn(graph, given)
  }
  return { ...answer(given, graph, run, clock.stop(times)), times }
}

function cold(workload) {
  const given = caseOf(workload)
  const rules = rulesFor(given)
  const clock = startClock()
  const graph = graphOf(given, rules)
  const run = runIn(graph, given)
  const used = clock.stop(1)
  const { user, system } = process.cpuUsage()
  return { ...answer(given, graph, run, used), times: 1, processMs: (user + system) / 1e3 }
}

function caseOf(workload) {
  const given = cases.find(({ name }) => name === workload)
  if (!given) throw new Error(`there is no workload ${workload}`)
  return values.iterations === undefined
    ? given
    : { ...given, iterationLimit: Number(values.iterations) }
}

function rulesFor({ ruleset }) {
  return rulesOf(rulesets.get(ruleset))
}

function graphOf(given, rules) {
  return graphFor(given, rules, { proofs })
}

function answer(given, graph, run, used) {
  const peakMb = peak() // before anything is counted
  const { rows, nodes, classes } = graph
  const root = graph.add(given.starts.at(-1))
  const goals = given.goals.map((goal) => graph.matches(root, goal))
  const outcome = { ...run, nodes, classes, goals }
  const differs = Object.keys(outcome).filter((field) => {
    const expected = given.expect[field]
    return expected !== undefined && `${expected}` !== `${outcome[field]}`
  })
  // Row 0 is none.
  return {
    workload: given.name,
    engine: "smelt",
    ...used,
    ...outcome,
    rows: rows - 1,
    peakMb,
    differs,
  }
}

function startClock() {
  const wall = performance.now()
  const cpu = process.cpuUsage()
  return {
    stop(times) {
      const { user, system } = process.cpuUsage(cpu)
      return { cpuMs: (user + system) / 1e3 / times, wallMs: (performance.now() - wall) / times }
    },
  }
}

function print(found) {
  console.log(JSON.stringify(found))
}
