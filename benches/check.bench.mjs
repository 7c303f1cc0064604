// How long does a cold `smelt check` of a project of a thousand models take, and does ten times the
// project take ten times as long?
import { rmSync } from "node:fs"
import { join } from "node:path"
import { writeProject } from "./generated-project.mjs"
import {
  claim,
  inTurns,
  median,
  peakMemory,
  ratio,
  runProgram,
  SMELT,
  temporaryFolder,
  times,
} from "./measure.mjs"

const CEILING_SECONDS = 2 // for 1,000 models
const CEILING_GROWTH = 12 // of 10,000 models against 1,000
const TURNS = 7

const folder = temporaryFolder()
const thousand = generated(1_000)
const tenThousand = generated(10_000)

const found = inTurns(
  {
    text: () => check(thousand),
    json: () => check(thousand, "--json"),
    large: () => check(tenThousand),
  },
  TURNS,
)
report("1,000 models", found.text)
report("1,000 models with --json", found.json)
const growth = ratio(walls(found.large), walls(found.text))
claim(
  `10,000 models take ${times(growth)} as long as 1,000 (${seconds(found.large)}, ceiling ${CEILING_GROWTH}x)`,
  growth <= CEILING_GROWTH,
)
const peaks = [thousand, tenThousand].map((project) =>
  Math.round(peakMemory(SMELT, ["check"], { cwd: project })),
)
console.log(`     peak memory: ${peaks[0]} MiB for 1,000 models, ${peaks[1]} MiB for 10,000`)

function generated(size) {
  const project = join(folder, `${size}`)
  writeProject(project, size)
  checkAnswer(project, size)
  return project
}

function check(project, ...flags) {
  rmSync(join(project, ".smelt"), { recursive: true, force: true })
  return runProgram("node", [SMELT, "check", ...flags], { cwd: project })
}

/** Every model is there, without a fault, with the columns and the key that its query gives. */
function checkAnswer(project, size) {
  const { ok, diagnostics, models } = JSON.parse(check(project, "--json").stdout)
  const wanted =
    "customer_id BIGINT, order_date DATE, status VARCHAR, orders BIGINT, amount DECIMAL(18,2)"
  const right = models.filter(
    ({ columns, keys }) =>
      columns.map(({ name, type }) => `${name} ${type}`).join(", ") === wanted &&
      keys.some((key) => key.join() === "customer_id,order_date,status"),
  )
  claim(
    `${right.length} of ${size} models have their types and their key, ${diagnostics.length} diagnostics`,
    ok && diagnostics.length === 0 && right.length === size,
  )
}

function report(what, runs) {
  claim(
    `${what}: ${seconds(runs)} (ceiling ${CEILING_SECONDS} s)`,
    median(walls(runs)) < CEILING_SECONDS,
  )
}

function seconds(runs) {
  const cpu = median(runs.map((run) => run.cpu))
  return `${median(walls(runs)).toFixed(2)} s, ${cpu.toFixed(2)} s of CPU`
}

function walls(runs) {
  return runs.map((run) => run.wall)
}
