// A process that runs a case with checkpoints in a file, or goes on from the last one, and at its end writes
// the whole graph down: node checkpointed.mjs CASE FILE EVERY-MS END-FILE.
import { existsSync, readFileSync, writeFileSync } from "node:fs"
import { readCases } from "../../dist/src/egraph/cases.js"
import { checkpointFile, EGraph } from "../../dist/src/egraph/index.js"
import { graphFor, rulesOf } from "../../dist/src/egraph/run-cases.js"

const [name, file, everyMs, end] = process.argv.slice(2)
const { cases, rulesets } = readCases(readFileSync("tests/egraph/cases/conformance.json", "utf8"))
const given = cases.find((each) => each.name === name)

const isBegun = existsSync(file)
const graph = isBegun
  ? await EGraph.restore(readFileSync(file))
  : graphFor(given, rulesOf(rulesets.get(given.ruleset)), { rows: 2 ** 19 })
if (!isBegun) given.starts.forEach((term) => graph.add(term))
console.log(isBegun ? "goes on" : "begins")
const write = checkpointFile(file)
graph.run({ scheduler: given.scheduler, checkpoint: { everyMs: Number(everyMs), write } })
writeFileSync(end, graph.snapshot())
