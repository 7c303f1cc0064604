import { readFileSync, writeFileSync } from "node:fs"
import { cpus } from "node:os"
import { fileURLToPath } from "node:url"
import { ENGINES } from "./rust.mjs"

// What the other engines took on another machine, for where they cannot be built, and what was
// published of Oatlog, which no registry has: `toBeat` is egg's time by the best of Oatlog's and of
// smelt's first engine.

const MOST_IN_A_LINE = 80
const FILE = fileURLToPath(new URL("recorded.json", import.meta.url))

export function readRecord() {
  return JSON.parse(readFileSync(FILE, "utf8"))
}

/** Recorded times as this machine would have them, roughly: by what the yardstick takes here. */
export function scaledTo({ yardstickMs, rows }) {
  const factor = yardstick() / yardstickMs
  const scaled = ({ least, median, turns }) => ({
    least: least * factor,
    median: median * factor,
    turns,
  })
  const row = (engines) =>
    Object.fromEntries(Object.entries(engines).map(([engine, found]) => [engine, scaled(found)]))
  return {
    factor,
    rows: Object.fromEntries(Object.entries(rows).map(([name, engines]) => [name, row(engines)])),
  }
}

/** Puts what was measured into the record; the rest of it stays. */
export function writeRecord(record, { rows, peaks }) {
  const timesOf = (row) =>
    Object.fromEntries(
      ENGINES.filter((name) => row[name]).map((name) => [name, rounded(row[name])]),
    )
  const timed = Object.fromEntries(rows.map((row) => [row.workload, timesOf(row)]))
  const peaked = Object.fromEntries(
    peaks.map(({ workload, egg, explaining, oatlog }) => [
      workload,
      rounded({ egg, explaining, oatlog }),
    ]),
  )
  const written = {
    ...record,
    machine: `${cpus()[0].model}, Node ${process.versions.node}`,
    yardstickMs: yardstick(),
    rows: { ...record.rows, ...timed },
    peaks: { ...record.peaks, ...peaked },
  }
  writeFileSync(FILE, `${inFewLines(JSON.stringify(written, undefined, 2))}\n`)
}

/** JSON as Prettier has it, where an object that holds no other stands in one line if it is short. */
function inFewLines(json) {
  return json.replace(/\{[^{}]*\}/g, (object) => {
    const line = object.replace(/\s+/g, " ")
    return line.length <= MOST_IN_A_LINE ? line : object
  })
}

function rounded(fields) {
  const known = Object.entries(fields).filter(([, value]) => value !== undefined)
  return Object.fromEntries(known.map(([name, value]) => [name, Number(value.toPrecision(4))]))
}

const YARDSTICK_TURNS = 50

/** The least milliseconds of CPU for a fixed piece of work like that of an e-graph: numbers into a hash table. */
function yardstick() {
  const bits = 20
  const slots = new Uint32Array(1 << bits)
  let least = Infinity
  for (let turn = 0; turn < YARDSTICK_TURNS; turn++) {
    const clock = process.cpuUsage()
    slots.fill(0)
    for (let value = 1; value < 700_000; value++) {
      let slot = Math.imul(value, 0x9e3779b1) >>> (32 - bits)
      slot = (slot ^ (value * 7)) & (slots.length - 1)
      while (slots[slot] !== 0) slot = (slot + 1) & (slots.length - 1)
      slots[slot] = value
    }
    const { user, system } = process.cpuUsage(clock)
    least = Math.min(least, (user + system) / 1e3)
  }
  return least
}
