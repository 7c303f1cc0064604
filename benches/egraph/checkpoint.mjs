// What a checkpoint costs at the end of the largest workloads, where it is largest: to make it, and to write it to a
// file with fsync. As a share of a minute, the time between two checkpoints of a long run; then to restore it.
//
//   node benches/egraph/checkpoint.mjs [turns]             the built library
//   SMELT_CLOCK=cpu   in CPU time, for machines on which other programs run; waiting for the disk is left out then
import { mkdtempSync, readFileSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { checkpointFile, EGraph } from "../../dist/src/egraph/index.js"
import { readCases } from "../../dist/src/egraph/cases.js"
import { rulesOf } from "../../dist/src/egraph/run-cases.js"

const WORKLOADS = ["ac-11", "mathmicro-backoff-80", "mathmicro-11", "full"]
const MOST = 0.01 // of a minute
const TURNS = Number(process.argv[2] ?? 3)
const file = new URL("../../tests/egraph/cases/conformance.json", import.meta.url)
const { cases, rulesets } = readCases(readFileSync(file, "utf8"))
const folder = mkdtempSync(join(tmpdir(), "smelt-checkpoint-"))

function now() {
  if (process.env.SMELT_CLOCK !== "cpu") return performance.now()
  const { user, system } = process.cpuUsage()
  return (user + system) / 1000
}

function timed(work) {
  const start = now()
  const made = work()
  return { ms: now() - start, made }
}

/** The least of some turns. */
function least(work) {
  return Math.min(...Array.from({ length: TURNS }, () => timed(work).ms))
}

const share = (ms) => `${((100 * ms) / 60_000).toFixed(2)} %`
let worst = 0
for (const name of WORKLOADS) {
  // full: mathmicro until there is no row left of the most that there can be.
  const given = cases.find((each) => each.name === (name === "full" ? "mathmicro-11" : name))
  const iterations = name === "full" ? Infinity : given.iterationLimit
  const rules = rulesOf(rulesets.get(given.ruleset))
  const graph = EGraph.createSync({ rules, limits: { nodes: 2 ** 23 } })
  for (const start of given.starts) graph.add(start)
  graph.run({ scheduler: given.scheduler, iterations })
  const snapshot = least(() => graph.snapshot())
  const bytes = graph.snapshot()
  const write = checkpointFile(join(folder, "checkpoint"))
  const written = least(() => write(bytes))
  const mebibytes = (bytes.length / 2 ** 20).toFixed(0)
  const start = now()
  ;(await EGraph.restore(bytes)).dispose()
  const restored = now() - start
  console.log(
    `${name}: ${graph.rows} rows, ${mebibytes} MiB; snapshot ${snapshot.toFixed(0)} ms, ${share(snapshot)} of a minute; file ${written.toFixed(0)} ms, both ${share(snapshot + written)}; restore ${restored.toFixed(0)} ms`,
  )
  worst = Math.max(worst, snapshot / 60_000)
  graph.dispose()
}
rmSync(folder, { recursive: true })
if (worst > MOST) {
  console.error(`a checkpoint takes more than ${MOST * 100} % of a minute`)
  process.exitCode = 1
}
