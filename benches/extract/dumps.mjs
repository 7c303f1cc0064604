import { readdirSync, readFileSync } from "node:fs"
import { join } from "node:path"
import { readCases } from "../../dist/src/egraph/cases.js"
import { readGym, problemOf } from "../../dist/src/egraph/index.js"
import { graphFor, rulesOf, runIn } from "../../dist/src/egraph/run-cases.js"
import { ROOT } from "../measure.mjs"

// E-graphs to extract from, in the gym's format: those of the race's workloads, or a folder's.

const WORKLOADS = join(ROOT, "benches/egraph/workloads.json")
const NAMES = [
  "math-simplify-factor",
  "math-integ-part1",
  "math-integ-part2",
  "math-diff-power-harder",
  "mathmicro-3",
  "mathmicro-4",
  "mathmicro-7",
  "mathmicro-8",
  "ac-7-reversal",
  "lambda-compose-many",
  "lambda-function-repeat",
  "lambda-fib-4",
  "math7-simple-6",
]

/** Problems by name: of every workload two, where all nodes cost 1 and where an operator has a price. */
export function* ownProblems() {
  const { cases, rulesets } = readCases(readFileSync(WORKLOADS, "utf8"))
  for (const given of cases.filter(({ name }) => NAMES.includes(name))) {
    const graph = graphFor(given, rulesOf(rulesets.get(given.ruleset)))
    runIn(graph, given)
    const roots = [...new Set(given.starts.map((term) => graph.find(graph.add(term))))]
    for (const [prices, cost] of [
      ["1", {}],
      ["by operator", priceOf],
    ]) {
      const dump = JSON.stringify(graph.toGym({ roots, cost }))
      yield { name: `${given.name}, ${prices}`, problem: problemOf(readGym(dump)) }
    }
    graph.dispose()
  }
}

/** 1 to 97, by the name. */
function priceOf(op) {
  let sum = 7
  for (const letter of op) sum = (31 * sum + letter.codePointAt(0)) % 1_000_003
  return 1 + (sum % 97)
}

/** Every dump below a folder, by its path. */
export function* dumpsOf(folder) {
  for (const path of readdirSync(folder, { recursive: true }).sort()) {
    if (!path.endsWith(".json")) continue
    yield { name: path, problem: problemOf(readGym(readFileSync(join(folder, path), "utf8"))) }
  }
}
