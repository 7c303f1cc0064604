// Are plans with shared parts never dearer than greedy ones, and found in the time given? How many are
// shown to be the cheapest, and how long does that take against HiGHS in WebAssembly, an integer programming solver?
//
//     node benches/extract.bench.mjs [FOLDER [MS]]
//
// FOLDER has dumps in the format of extraction-gym; without it the e-graphs of the race's workloads are taken.
import { extractDag } from "../dist/src/egraph/index.js"
import { dumpsOf, ownProblems } from "./extract/dumps.mjs"
import { integerProgram } from "./extract/integer-program.mjs"
import { claim, cpuTimed, median, times } from "./measure.mjs"

const [folder, given = "500"] = process.argv.slice(2)
const MS = Number(given)
const MOST_BINARIES = 2500 // of what HiGHS is given, and its seconds
const SECONDS = 10
const LATEST = 1.5 // times the budget, on a busy machine
const LEAST_RATIO = 5 // HiGHS over smelt, on what both prove

const problems = [...(folder === undefined ? ownProblems() : dumpsOf(folder))]
const answers = problems.map(({ name, problem }) => {
  const start = performance.now()
  const { value: plan, ms: cpu } = cpuTimed(() => extractDag(problem, { budgetMs: MS }))
  return { name, problem, plan, cpu, wall: performance.now() - start }
})
for (const { name, problem, plan, wall } of answers) {
  const end = plan.optimal ? "optimal" : `at least ${round(plan.lowerBound)}`
  const [greedy, trees] = [round(plan.greedyStart), round(plan.treeStart)]
  print(
    `${name} (${problem.costs.length} nodes): ${round(plan.dagCost)}, ${end}; greedy ${greedy}, trees ${trees}; ${Math.round(wall)} ms`,
  )
}
const count = (test) => answers.filter(test).length
const noDearer = count(({ plan }) => plan.dagCost <= Math.min(plan.greedyStart, plan.treeStart))
claim(
  `${noDearer} of ${answers.length} plans cost no more than greedy ones or trees`,
  noDearer === answers.length,
)
const late = median(answers.map(({ wall }) => Math.max(0, wall - MS)))
claim(
  `half of the ${answers.length} end within ${late.toFixed(1)} ms of their ${MS} ms or before`,
  late < MS * (LATEST - 1),
)
print(`${count(({ plan }) => plan.optimal)} of ${answers.length} are shown to be the cheapest`)
print(
  `the plans cost ${mean(answers.map(({ plan }) => plan.dagCost / plan.greedyStart)).toFixed(3)} of greedy ones (geometric mean)`,
)
if (folder === undefined) await raceHighs()

/** On what is small enough for it. */
async function raceHighs() {
  const { default: load } = await import("./node_modules/highs/build/highs.mjs").catch(() => ({}))
  if (!load) return print("HiGHS is not installed: `npm ci --prefix benches`")
  const ratios = []
  const unproven = { smelt: 0, highs: 0 }
  let same = 0
  for (const { name, problem, plan, cpu } of answers) {
    const { text, size } = integerProgram(problem)
    if (size > MOST_BINARIES) continue
    const highs = await load()
    const options = { time_limit: SECONDS, output_flag: false, mip_rel_gap: 0 }
    const { value: found, ms } = cpuTimed(() => attempt(() => highs.solve(text, options)))
    const isProven = found?.Status === "Optimal"
    if (!isProven) unproven.highs++
    if (!plan.optimal) unproven.smelt++
    if (!isProven || !plan.optimal) continue
    if (Math.abs(found.ObjectiveValue - plan.dagCost) < 1e-6 * plan.dagCost) same++
    else print(`${name}: HiGHS says ${found.ObjectiveValue}, smelt ${plan.dagCost}`)
    ratios.push(ms / Math.max(cpu, 0.1))
  }
  claim(`${same} of ${ratios.length} optima that both prove are the same`, same === ratios.length)
  const faster = median(ratios)
  claim(
    `HiGHS takes ${times(faster)} the CPU of smelt on these (floor ${LEAST_RATIO}x); in ${SECONDS} s it left ${unproven.highs} unproven, smelt in ${MS} ms ${unproven.smelt}`,
    faster >= LEAST_RATIO,
  )
}

function attempt(act) {
  try {
    return act()
  } catch {
    return undefined
  }
}

function mean(ratios) {
  const finite = ratios.filter((each) => Number.isFinite(each) && each > 0)
  return Math.exp(finite.reduce((sum, each) => sum + Math.log(each), 0) / finite.length)
}

function round(number) {
  return Number.isFinite(number) ? Math.round(number * 1000) / 1000 : number
}

function print(line) {
  console.log(`     ${line}`)
}
