// How long does a cold `smelt check` of a project of a thousand models take, and does ten times the
// project take ten times as long?
import { rmSync } from "node:fs"
import { join } from "node:path"
import { writeProject } from "./generated-project.mjs"
import { claim, inTurns, median, peakMemory, ratio, runProgram, SMELT, times } from "./measure.mjs"
import { withFolder } from "./measure.mjs"

const CEILING_SECONDS = 2 // for 1,000 models
const CEILING_RATIO = 12 // 10,000 models against 1,000
const SIZES = [1_000, 10_000]
const TURNS = 7

withFolder((folder) => {
  const projects = SIZES.map((size) => join(folder, `${size}`))
  for (const [i, project] of projects.entries()) writeProject(project, SIZES[i])
  for (const [i, project] of projects.entries()) checkAnswer(project, SIZES[i])

  const [small, large] = projects
  const { thousand, tenThousand, json } = inTurns(
    {
      thousand: () => check(small),
      json: () => check(small, "--json"),
      tenThousand: () => check(large),
    },
    TURNS,
  )
  const seconds = median(thousand.map(({ wall }) => wall))
  const ofCpu = median(thousand.map(({ cpu }) => cpu))
  claim(
    `1,000 models: ${seconds.toFixed(2)} s (${ofCpu.toFixed(2)} s of CPU, ceiling ${CEILING_SECONDS} s)`,
    seconds < CEILING_SECONDS,
  )
  const jsonSeconds = median(json.map(({ wall }) => wall))
  claim(
    `1,000 models with --json: ${jsonSeconds.toFixed(2)} s (ceiling ${CEILING_SECONDS} s)`,
    jsonSeconds < CEILING_SECONDS,
  )
  const wall = (runs) => runs.map((run) => run.wall)
  const growth = ratio(wall(tenThousand), wall(thousand))
  const tenSeconds = median(wall(tenThousand))
  claim(
    `10,000 models: ${times(growth)} of 1,000 (${tenSeconds.toFixed(2)} s, ceiling ${CEILING_RATIO}x)`,
    growth <= CEILING_RATIO,
  )
  for (const [i, project] of projects.entries())
    console.log(
      `     peak memory of ${SIZES[i]} models: ${Math.round(peakMemory(SMELT, ["check"], { cwd: project }))} MiB`,
    )
})

function check(project, ...flags) {
  rmSync(join(project, ".smelt"), { recursive: true, force: true })
  return runProgram("node", [SMELT, "check", ...flags], { cwd: project })
}

/** Every model is there, without a fault, with the columns and the key that its query gives. */
function checkAnswer(project, size) {
  const { ok, diagnostics, models } = JSON.parse(check(project, "--json").stdout)
  const wanted =
    "customer_id BIGINT, order_date DATE, status VARCHAR, orders BIGINT, amount DECIMAL(18,2)"
  const typed = models.filter(
    ({ columns, keys }) =>
      columns.map(({ name, type }) => `${name} ${type}`).join(", ") === wanted &&
      keys.some((key) => key.join() === "customer_id,order_date,status"),
  )
  claim(
    `${typed.length} of ${size} models have their types and their key, ${diagnostics.length} diagnostics`,
    ok && diagnostics.length === 0 && typed.length === size,
  )
}
