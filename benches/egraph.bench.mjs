// How far ahead of egg is smelt's e-graph engine, with every union written down for proofs? The same
// workloads, the same counts, milliseconds of CPU; then memory, and what the proofs cost.
// `npm run bench:egraph -- [--record] [WORKLOAD...]`; --record rewrites the recorded times.
import { parseArgs } from "node:util"
import { readRecord, scaledTo, writeRecord } from "./egraph/record.mjs"
import { raceInTurns, workloadNames } from "./egraph/racers.mjs"
import { buildEngines, ENGINES, peakOf, startRacer } from "./egraph/rust.mjs"
import { emptyPeak, smeltRacer } from "./egraph/smelt.mjs"
import { digits, showTimes, startTable, TIMES_WIDTH } from "./egraph/table.mjs"
import { claim, median, times } from "./measure.mjs"

// Floors: what holds now, with room for noise. The goals are what is aimed at.
const FLOOR = { mean: 6, small: 0.7 } // egg ÷ smelt, proofs on
const CEILING = { bytes: 100, proofTime: 1.15, proofMemory: 1.4 }
const GOAL = { mean: 5, small: 1, bytes: 135, proofTime: 1.2, proofMemory: 1.5 }

const TURNS = 7
const RACE = [
  ...["ac-9", "ac-10", "ac-11", "mathmicro-4"],
  ...["mathmicro-8", "mathmicro-9", "mathmicro-10", "mathmicro-11"],
  ...["mathmicro-backoff-20", "mathmicro-backoff-40", "mathmicro-backoff-80"],
  ...["lambda-fib-4", "lambda-function-repeat"],
]
const MEMORY = ["ac-10", "ac-11", "mathmicro-10", "mathmicro-11"]
const EXPLAINED = ["ac-10", "mathmicro-10"] // egg's explanations take too long for the others
const PEAK_RUNS = 3 // the least of so many: the collector of JavaScript is not on time

const ON = "smelt"
const OFF = "smelt without proofs"
const COLD = "smelt cold"

const { values: flags, positionals: wanted } = parseArgs({
  allowPositionals: true,
  options: { record: { type: "boolean" } },
})
const unknown = wanted.filter((name) => !workloadNames().includes(name))
if (unknown.length > 0) refuse(`there is no workload ${unknown.join(", ")}`)
if (flags.record && wanted.length > 0) refuse("a record is of the whole race")
const among = (names) => names.filter((name) => wanted.length === 0 || wanted.includes(name))
const small = workloadNames().filter(
  (name) => /^(simple|prop|math|lambda)-/.test(name) && !RACE.includes(name),
)

const { built, reason } = buildEngines()
const recorded = readRecord()
const estimated = built ? undefined : scaledTo(recorded)
if (!built) {
  console.log(`The Rust engines are left out: ${reason}. Their times are recorded ones (~), from`)
  console.log(
    `${recorded.machine}, times ${estimated.factor.toFixed(2)}: what the same yardstick takes here.`,
  )
}
console.log(`${TURNS} turns; fewer for what takes long, then said as "of 3". Counts are smelt's.`)
let differing = 0

const race = await table("least (median) ms of CPU", RACE, {
  withCold: true,
  heads: ["cold: run, process", "egg ÷ smelt", "to beat", { head: "", width: 11 }],
  cells: (row) => [coldCell(row.cold), ...verdict(row)],
})
const tests = await table("egg's own tests", small, {
  withCold: false,
  heads: ["egg ÷ smelt"],
  cells: (row) => [ratioText(row)],
})
const peaks = await memory()
if (flags.record && built) writeRecord(recorded, { rows: [...race, ...tests], peaks })
judge()

// ------------------------------------------------------------------------------------------- time

/** Races workloads, prints a line each and gives what came out. Every workload has its own processes. */
async function table(title, names, { withCold, heads, cells }) {
  if (among(names).length === 0) return []
  const contenders = [...ENGINES, "proofs on", "proofs off"]
  const timed = contenders.map((head) => ({ head, width: TIMES_WIDTH }))
  const printRow = startTable(title, [{ head: "nodes/classes", width: 14 }, ...timed, ...heads])
  const rows = []
  for (const workload of among(names)) {
    const row = await raced(workload, withCold)
    const engines = ENGINES.map((engine) => timeCell(row[engine], estimated && "~"))
    const ours = [row.on, row.off].map((found) => timeCell(found))
    printRow(workload, [row.counts, ...engines, ...ours, ...cells(row)])
    rows.push(row)
  }
  return rows
}

async function raced(workload, withCold) {
  const racers = [
    ...(built ?? []).map((engine) => startRacer(engine)),
    smeltRacer(),
    smeltRacer({ proofs: false }),
    ...(withCold ? [smeltRacer({ fresh: true })] : []),
  ]
  const found = await raceInTurns(racers, workload, TURNS)
  for (const racer of racers) racer.close()
  const answers = Object.values(found).flat()
  const differs = [...new Set(answers.flatMap((answer) => differences(answer, found[ON][0])))]
  if (differs.length > 0) differing++
  const [{ nodes, classes }] = found[ON]
  const engines = estimated
    ? estimated.rows[workload]
    : Object.fromEntries(ENGINES.map((engine) => [engine, timesOf(found[engine])]))
  return {
    workload,
    counts: `${nodes}/${classes}${differs.length > 0 ? ` differs: ${differs}` : ""}`,
    ...engines,
    on: timesOf(found[ON]),
    off: timesOf(found[OFF]),
    ...(withCold && { cold: coldTimesOf(found[COLD]) }),
    toBeat: recorded.toBeat[workload],
  }
}

/** Each count is compared with what the workload expects and with smelt's. */
function differences(answer, smelt) {
  if (answer.unable) return []
  const unlike = ["nodes", "classes"].filter((field) => answer[field] !== smelt[field])
  return [...answer.differs, ...unlike].map((field) => `${field} of ${answer.engine}`)
}

function timesOf(answers) {
  if (answers[0].unable) return undefined
  const ms = answers.map(({ cpuMs }) => cpuMs)
  return { least: Math.min(...ms), median: median(ms), turns: ms.length }
}

function coldTimesOf(answers) {
  return {
    run: timesOf(answers).least,
    process: Math.min(...answers.map((answer) => answer.processMs)),
  }
}

function timeCell(found, mark = "") {
  if (!found) return "-"
  const few = found.turns < TURNS ? ` of ${found.turns}` : ""
  return `${mark}${showTimes(found)}${few}`
}

function coldCell({ run, process }) {
  return `${digits(run)}, ${digits(process)}`
}

/** The least time of an engine by smelt's with proofs on. */
function ratioOf(row, engine = "egg") {
  return row[engine] && row[engine].least / row.on.least
}

function ratioText(row) {
  const ratio = ratioOf(row)
  return ratio === undefined ? "-" : times(ratio)
}

function verdict(row) {
  const ratio = ratioOf(row)
  if (ratio === undefined || row.toBeat === undefined) return [ratioText(row), "-", ""]
  return [ratioText(row), times(row.toBeat), standing(ratio, row.toBeat)]
}

/** Of a number that should be at least `goal`: whether it is, and else how many times over it is missing. */
function standing(value, goal) {
  return value >= goal ? "reached" : `short ${times(goal / value)}`
}

// ----------------------------------------------------------------------------------------- memory

/**
 * Peaks of processes that run one workload, in MiB. What smelt's need beyond that of one which runs
 * nothing is its e-graph, and some garbage of JavaScript; `bytes` are those a row ever made, proofs on.
 */
async function memory() {
  const names = among(MEMORY)
  const ofNode = emptyPeak()
  if (names.length === 0 || ofNode === undefined) return []
  const printRow = startTable("peak MiB", [
    ...["egg", "egg explaining", "Oatlog", "no run", "proofs off", "proofs on"],
    ...["bytes/row", "on ÷ off", { head: "", width: 22 }],
  ])
  const rows = []
  for (const workload of names) {
    const row = { ...recorded.peaks[workload], ...(await peaksOf(workload)) }
    const measured = [row.egg, row.explaining].map((mebibytes) =>
      mebibytes ? `${estimated ? "~" : ""}${digits(mebibytes)}` : "-",
    )
    const others = [row.oatlog, row.none, row.off, row.on].map((mebibytes) =>
      mebibytes ? digits(mebibytes) : "-",
    )
    const goal = row.oatlog ? `Oatlog's ${standing(row.oatlog, row.off)}` : ""
    printRow(workload, [...measured, ...others, row.bytes.toFixed(0), times(row.cost), goal])
    rows.push(row)
  }
  console.log(`Node itself, with an empty program: ${digits(ofNode)}`)
  return rows
}

async function peaksOf(workload) {
  const explaining = { options: ["--explanations"] }
  const peak = async (settings) => (await peakOf("egg", workload, settings)).peakMb
  const none = (await smeltPeak(workload, { iterations: 0 })).peakMb
  const off = (await smeltPeak(workload, { proofs: false })).peakMb
  const { peakMb: on, rows } = await smeltPeak(workload)
  return {
    workload,
    ...(built && { egg: await peak() }),
    ...(built && EXPLAINED.includes(workload) && { explaining: await peak(explaining) }),
    ...{ none, off, on },
    bytes: ((on - none) * 2 ** 20) / rows,
    cost: (on - none) / (off - none),
  }
}

async function smeltPeak(workload, options) {
  const racer = smeltRacer({ ...options, fresh: true })
  let least
  for (let run = 0; run < PEAK_RUNS; run++) {
    const answer = await racer.run(workload)
    if (!least || answer.peakMb < least.peakMb) least = answer
  }
  return least
}

// ------------------------------------------------------------------------------------------ claims

function judge() {
  console.log()
  claim(
    `counts are as expected and equal${differing ? `, but for ${differing} rows` : ""}`,
    differing === 0,
  )
  judgeRatios()
  const cost = race.map((row) => row.on.least / row.off.least)
  atMost("proofs on by proofs off, time", geometricMean(cost), "proofTime", times)
  atMost(
    "memory but for an empty process",
    geometricMean(peaks.map((row) => row.cost)),
    "proofMemory",
    times,
  )
  const most = peaks.length > 0 ? Math.max(...peaks.map((row) => row.bytes)) : undefined
  atMost("bytes a row ever made, proofs on, at most", most, "bytes", (bytes) => bytes.toFixed(0))
}

function judgeRatios() {
  const beaten = race.filter((row) => row.toBeat !== undefined && ratioOf(row) !== undefined)
  const reached = beaten.filter((row) => ratioOf(row) >= row.toBeat)
  if (beaten.length > 0)
    console.log(`     to beat: reached on ${reached.length} of ${beaten.length} rows`)
  const means = ENGINES.map((engine) => {
    const ratios = race.map((row) => ratioOf(row, engine)).filter((ratio) => ratio !== undefined)
    return ratios.length > 0
      ? `${engine} ${times(geometricMean(ratios))} (${ratios.length} rows)`
      : `${engine} -`
  })
  if (race.length > 0) console.log(`     geometric means: ${means.join(", ")}`)
  if (race.length === RACE.length)
    atLeast("geometric mean, egg ÷ smelt", geometricMean(race.map((row) => ratioOf(row))), "mean")
  const [least] = tests.filter((row) => row.egg).sort((a, b) => ratioOf(a) - ratioOf(b))
  if (least) atLeast(`least of egg's own tests (${least.workload})`, ratioOf(least), "small")
}

/** Recorded times are of another machine, so they are no reason to fail. */
function atLeast(what, ratio, key) {
  if (ratio === undefined) return
  const text = `${what}: ${times(ratio)} (floor ${FLOOR[key]}x; goal ${GOAL[key]}x ${standing(ratio, GOAL[key])})`
  if (estimated) console.log(`     ~ ${text}`)
  else claim(text, ratio >= FLOOR[key])
}

function atMost(what, value, key, show) {
  if (value === undefined) return
  claim(
    `${what}: ${show(value)} (ceiling ${CEILING[key]}; goal ${GOAL[key]} ${standing(GOAL[key], value)})`,
    value <= CEILING[key],
  )
}

function geometricMean(ratios) {
  if (ratios.length === 0 || ratios.includes(undefined)) return undefined
  return Math.exp(ratios.reduce((sum, ratio) => sum + Math.log(ratio), 0) / ratios.length)
}

function refuse(why) {
  console.error(why)
  process.exit(2)
}
