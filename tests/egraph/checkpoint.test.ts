import { spawn } from "node:child_process"
import { mkdtempSync, readFileSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { afterAll, describe, expect, test } from "vitest"
import { some } from "../../src/base/check.js"
import { readCases, type Case } from "../../src/egraph/cases.js"
import { checkpointFile, EGraph, type RunOptions } from "../../src/egraph/index.js"
import { graphFor, rulesOf } from "../../src/egraph/run-cases.js"
import { Random } from "./naive/random.js"
import { rowsOf } from "./rows-of.js"
import { SEED } from "../seed.js"

// Runs that write themselves down and are taken up again come to the state of one that was left alone, to the byte:
// rows, classes, the hash-cons, facts, waiting matches, bans, log.

const { cases, rulesets } = readCases(readFileSync("tests/egraph/cases/conformance.json", "utf8"))
const LIMIT = { rows: 1 << 19 }
const KILLED = "mathmicro-10"
const KILLS = 10
/** Checkpoints of a run that are gone on from. */
const KEPT = 4

const folder = mkdtempSync(join(tmpdir(), "smelt-checkpoint-"))
afterAll(() => rmSync(folder, { recursive: true }))

function begin(given: Case): EGraph {
  const graph = graphFor(given, rulesOf(rulesets.get(given.ruleset) ?? []), LIMIT)
  given.starts.forEach((term) => graph.add(term))
  return graph
}

function optionsOf(graph: EGraph, given: Case): RunOptions {
  const { scheduler, goals: patterns, stopOnGoals } = given
  const root = graph.add(some(given.starts.at(-1), "a start"))
  return { scheduler, ...(stopOnGoals && patterns.length > 0 && { goals: { root, patterns } }) }
}

/** The state at the end; the graph is given back. */
function finalState(graph: EGraph, options: RunOptions): Buffer {
  graph.run(options)
  const bytes = Buffer.from(graph.snapshot())
  graph.dispose()
  return bytes
}

function caseNamed(name: string): Case {
  return some(
    cases.find((given) => given.name === name),
    `a case ${name}`,
  )
}

describe(`a run with checkpoints, and runs from them (SMELT_SEED=${SEED})`, () => {
  test.each(["ac-9", "mathmicro-9", "mathmicro-backoff-20", "math7-backoff-20", "lambda-fib-3"])(
    "%s",
    (name) => compare(caseNamed(name), 1, {}),
  )
  test.each(["math-simplify-root", "math-integ-part2"])("%s, which reaches its goal", (name) =>
    compare(caseNamed(name), 0.05, {}),
  )
  test.each(["nodes", "bytes", "matches"] as const)("ended by a limit of %s", async (limit) => {
    const most = { nodes: 3000, bytes: 400_000, matches: 2000 }[limit]
    await compare(caseNamed("mathmicro-9"), 0.05, { [limit]: most })
  })
})

async function compare(given: Case, everyMs: number, limits: RunOptions): Promise<void> {
  const straight = begin(given)
  const wanted = finalState(straight, { ...optionsOf(straight, given), ...limits })
  const random = new Random(SEED)
  const kept: Buffer[] = []
  let count = 0
  // As likely each: Vitter, Random Sampling with a Reservoir, 1985.
  const write = (bytes: Uint8Array) => {
    const place = random.below(++count)
    if (place < KEPT) kept[kept.length < KEPT ? kept.length : place] = Buffer.from(bytes)
  }
  const graph = begin(given)
  const options = { ...optionsOf(graph, given), ...limits }
  const final = finalState(graph, { ...options, checkpoint: { everyMs, write } })
  expect(final.equals(wanted)).toBe(true)
  console.log(`${given.name}: ${count} checkpoints`)
  expect(count).toBeGreaterThan(0)
  for (const bytes of kept) {
    const restored = await EGraph.restore(bytes)
    expect(finalState(restored, options).equals(wanted)).toBe(true)
  }
}

test(`a process that is killed at random moments and started again until it ends (SMELT_SEED=${SEED})`, async () => {
  const [wanted, end] = [join(folder, "wanted"), join(folder, "end")]
  await run(Infinity, ["-", "Infinity", wanted])
  const random = new Random(SEED)
  const starts: string[] = []
  let isDone = false
  while (!isDone) {
    // Longer and longer, as a busy machine may not come to a checkpoint before.
    const ms = starts.length < KILLS ? random.below(40 * (starts.length + 1)) : Infinity
    const { code, said } = await run(ms, [join(folder, "last"), "5", end])
    starts.push(said)
    isDone = code === 0
  }
  console.log(`${starts.length} processes: ${starts.join(", ")}`)
  expect(starts.length).toBeGreaterThan(1)
  expect(readFileSync(end).equals(readFileSync(wanted))).toBe(true)
})

/** A process, killed so many milliseconds after it began its run; its exit code, null if it was killed. */
async function run(
  ms: number,
  files: readonly string[],
): Promise<{ code: number | null; said: string }> {
  const args = ["tests/egraph/checkpointed.mjs", KILLED, ...files]
  const child = spawn("node", args, { stdio: ["ignore", "pipe", "inherit"] })
  let said = ""
  child.stdout.on("data", (data: Buffer) => {
    said += String(data).trim()
    if (ms < Infinity) setTimeout(() => child.kill("SIGKILL"), ms)
  })
  const code = await new Promise<number | null>((done) => child.on("exit", done))
  if (code !== null && code !== 0) throw new Error(`the process ended with ${code}`)
  return { code, said }
}

describe("what goes wrong", () => {
  const rules =
    "(rewrite swap (+ ?a ?b) (+ ?b ?a)) (rewrite turn (+ (+ ?a ?b) ?c) (+ ?a (+ ?b ?c)))"
  const START = "(+ a (+ b (+ c (+ d (+ e (+ f (+ g h)))))))"

  test("an error of `write` ends the run, and the next one goes on", () => {
    const [graph, other] = [0, 1].map(() => EGraph.createSync({ rules })) as [EGraph, EGraph]
    for (const each of [graph, other]) each.add(START)
    const write = () => {
      throw new Error("no space left")
    }
    expect(() => graph.run({ checkpoint: { everyMs: 0, write } })).toThrow("no space left")
    other.run()
    expect(graph.run().stop).toBe("saturated")
    expect(rowsOf(graph)).toEqual(rowsOf(other))
    graph.dispose()
    other.dispose()
  })

  test("a file that cannot be written is not left half written", () => {
    expect(() => checkpointFile(join(folder, "nowhere", "file"))(new Uint8Array(1))).toThrow(
      /ENOENT/,
    )
  })

  const wrong: [unknown, RegExp][] = [
    [{ everyMs: -1, write: () => {} }, /everyMs is -1; a number of milliseconds from 0/],
    [{ write: () => {} }, /everyMs is undefined/],
    [{ everyMs: 10 }, /write is undefined; a function is needed/],
  ]
  test.each(wrong)("%j", (checkpoint, message) => {
    const graph = EGraph.createSync({ rules })
    expect(() => graph.run({ checkpoint } as RunOptions)).toThrow(message)
    graph.dispose()
  })
})
