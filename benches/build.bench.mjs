// What does the optimizer save on the sample project? `smelt run --full-refresh` with it and without,
// each on a fresh copy of the seeded database and with no state of earlier runs.
import { cpSync, rmSync, symlinkSync } from "node:fs"
import { join } from "node:path"
import { DuckDBInstance } from "@duckdb/node-api"
import {
  claim,
  inTurns,
  median,
  ratio,
  ROOT,
  runProgram,
  SMELT,
  temporaryFolder,
  times,
} from "./measure.mjs"

const CPU_FLOOR = 2.5
const WALL_FLOOR = 0.95
const TURNS = 7
const DATABASE = "target/flights.duckdb"
const RUN = ["run", "--full-refresh", "--threads", "1"]
const OPTIMIZED = []
const AS_WRITTEN = ["--no-optimize"]

const folder = temporaryFolder()
const seeded = seededSample()

const written = await freshRun(AS_WRITTEN, fingerprints)
const optimized = await freshRun(OPTIMIZED, fingerprints)
const names = [...new Set([...written.keys(), ...optimized.keys()])]
const differing = names.filter((name) => written.get(name) !== optimized.get(name))
claim(
  `${names.length - differing.length} of ${names.length} tables and views have the same rows both ways` +
    differing.map((name) => `\n     differs: ${name}`).join(""),
  names.length > 0 && differing.length === 0,
)

const found = inTurns(
  {
    written: () => freshRun(AS_WRITTEN),
    optimized: () => freshRun(OPTIMIZED),
    start: () => runProgram("node", [SMELT, "--version"]),
  },
  TURNS,
)
const start = median(found.start.map(({ cpu }) => cpu))
report("CPU", ({ cpu }) => cpu - start, CPU_FLOOR)
report("wall clock", ({ wall }) => wall, WALL_FLOOR)

function report(what, measure, floor) {
  const [before, after] = [found.written.map(measure), found.optimized.map(measure)]
  const gain = ratio(before, after)
  const seconds = `${median(before).toFixed(2)} s as written, ${median(after).toFixed(2)} s optimized`
  claim(
    `as written it takes ${times(gain)} the ${what} (${seconds}, floor ${floor}x)`,
    gain >= floor,
  )
}

/** The sample project in a folder of its own, with its seeds loaded. */
function seededSample() {
  const project = join(folder, "seeded")
  for (const part of ["smelt.yml", "examples"])
    cpSync(join(ROOT, part), join(project, part), { recursive: true })
  symlinkSync(join(ROOT, "node_modules"), join(project, "node_modules"))
  runProgram("node", [SMELT, "seed"], { cwd: project })
  rmSync(join(project, ".smelt"), { recursive: true, force: true })
  return project
}

/** Runs a copy of the seeded project, and gives what `read` finds in it, else what the run used. */
function freshRun(flags, read) {
  const project = join(folder, "run")
  rmSync(project, { recursive: true, force: true })
  cpSync(seeded, project, { recursive: true, verbatimSymlinks: true })
  const used = runProgram("node", [SMELT, ...RUN, ...flags], { cwd: project })
  return read ? read(project) : used
}

/** By table or view: how many rows, and a checksum of them in any order. */
async function fingerprints(project) {
  const home = process.cwd()
  process.chdir(project) // views read files by paths relative to the project
  const instance = await DuckDBInstance.create(DATABASE, { access_mode: "READ_ONLY" })
  const connection = await instance.connect()
  const rows = async (sql) => (await connection.runAndReadAll(sql)).getRows()
  const columns = await rows(
    `SELECT table_name, string_agg(CASE WHEN data_type IN ('DOUBLE', 'FLOAT')
       THEN format('round("{}", 6)', column_name) ELSE format('"{}"', column_name) END, ', ' ORDER BY column_name)
     FROM information_schema.columns WHERE table_schema = 'main' GROUP BY table_name ORDER BY table_name`,
  )
  const found = new Map()
  for (const [name, list] of columns) {
    const [[count, sum]] = await rows(`SELECT count(*), sum(hash(${list})) FROM main."${name}"`)
    found.set(name, `${count} rows, checksum ${sum}`)
  }
  connection.closeSync()
  instance.closeSync()
  process.chdir(home)
  return found
}
