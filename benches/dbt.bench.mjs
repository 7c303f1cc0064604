// Does smelt find the type of every column of a project in less processor time than dbt Core v2, which is written in
// Rust, takes to parse it? The same models in both, whole processes, in turns.
import { spawnSync } from "node:child_process"
import { existsSync, readFileSync, rmSync } from "node:fs"
import { join } from "node:path"
import { writeDbtProject, writeProject } from "./generated-project.mjs"
import {
  claim,
  inTurns,
  median,
  peakMemory,
  ratio,
  ROOT,
  runProgram,
  SMELT,
  temporaryFolder,
  times,
} from "./measure.mjs"

const PACKAGE = "dbt-core==2.0.0a4"
const TURNS = { 1000: 9, 10000: 3 }
const FLOOR = { 1000: 0.85, 10000: 1.3 } // dbt's CPU by ours: what holds now, with room for noise
const GOAL = 1
const LARGE = { seconds: 6, mebibytes: 600 } // goals for 10,000 models

const dbt = installed()
if (dbt) for (const size of Object.keys(TURNS)) race(Number(size))
else console.log(`     left out: ${PACKAGE} cannot be installed here (python3 with pip, once)`)

/** dbt's program, from its wheel; undefined where there is none. */
function installed() {
  const folder = join(ROOT, ".cache/dbt")
  const program = join(folder, "bin/dbt")
  if (!existsSync(program))
    spawnSync(
      "python3",
      [
        "-m",
        "pip",
        "install",
        "--quiet",
        "--no-deps",
        "--only-binary=:all:",
        "--target",
        folder,
        PACKAGE,
      ],
      { stdio: "ignore" },
    )
  const { status } = spawnSync(program, ["--version"], { stdio: "ignore" })
  return status === 0 ? program : undefined
}

function race(size) {
  const folder = temporaryFolder()
  const [ours, theirs] = [join(folder, "smelt"), join(folder, "dbt")]
  writeProject(ours, size)
  writeDbtProject(theirs, size)
  const found = inTurns({ smelt: () => check(ours), dbt: () => parse(theirs) }, TURNS[size])
  claim(
    `${size} models: dbt parsed ${parsed(theirs)}, smelt typed ${typed(ours)}`,
    parsed(theirs) === size && typed(ours) === size,
  )
  const cpu = (runs) => runs.map((run) => run.cpu)
  const faster = ratio(cpu(found.dbt), cpu(found.smelt))
  const reached = (holds, short) => (holds ? "reached" : `short by ${short}`)
  claim(
    `${size} models: dbt takes ${times(faster)} the CPU of smelt (floor ${FLOOR[size]}x, goal ${GOAL}x ${reached(faster >= GOAL, times(GOAL / faster))}): ${seconds(found.dbt)} to parse, ${seconds(found.smelt)} to check`,
    faster >= FLOOR[size],
  )
  if (size < 10_000) return
  const taken = median(cpu(found.smelt))
  const peak = Math.round(peakMemory(SMELT, ["check"], { cwd: ours }))
  console.log(
    `     ${size} models: ${taken.toFixed(2)} s of CPU (goal ${LARGE.seconds} s ${reached(taken < LARGE.seconds, times(taken / LARGE.seconds))}), ${peak} MiB (goal ${LARGE.mebibytes} ${reached(peak < LARGE.mebibytes, times(peak / LARGE.mebibytes))})`,
  )
}

function check(project) {
  rmSync(join(project, ".smelt"), { recursive: true, force: true })
  return runProgram("node", [SMELT, "check"], { cwd: project })
}

/** Without what it kept of an earlier one. */
function parse(project) {
  rmSync(join(project, "target"), { recursive: true, force: true })
  const env = { DO_NOT_TRACK: "1" }
  return runProgram(dbt, ["parse", "--profiles-dir", "."], { cwd: project, env })
}

function parsed(project) {
  const { nodes } = JSON.parse(readFileSync(join(project, "target/manifest.json"), "utf8"))
  return Object.keys(nodes).length
}

function typed(project) {
  const { models } = JSON.parse(
    runProgram("node", [SMELT, "check", "--json"], { cwd: project }).stdout,
  )
  return models.filter(({ columns }) => columns.every(({ type }) => type !== "UNKNOWN")).length
}

function seconds(runs) {
  const of = (pick) => median(runs.map(pick)).toFixed(2)
  return `${of((run) => run.cpu)} s (${of((run) => run.wall)} by the clock)`
}
