import { isDeepStrictEqual } from "node:util"
import { describe, expect, test } from "vitest"
import { EGraph } from "../../src/egraph/index.js"
import { graphFor, rulesOf } from "../../src/egraph/run-cases.js"
import type { Instance } from "../../src/egraph/wasm.js"
import { joins, names, ranges, type Workload } from "./heavy.js"
import { Random } from "./naive/random.js"
import { randomCase } from "./naive/random-case.js"
import { rowsOf } from "./rows-of.js"
import { SEED } from "../seed.js"

// Limits of bytes on graphs whose analyses hold much: wherever one falls, also into a repair, no more is used, and with
// more the run goes on to the same graph as without a limit.

/** Random cases a test, and limits that are tried of each graph. */
const CASES = Number(process.env.SMELT_RANDOM_CASES ?? 8)
const LIMITS = Number(process.env.SMELT_BYTE_LIMITS ?? 3)

function drawn(seed: number, topic: "values" | "lambda" | "constant-fold"): Workload {
  const { given, rules } = randomCase(seed, topic)
  const isOdd = seed % 2 === 1
  const graph = graphFor(given, rulesOf(rules), { rows: 1 << 19, compile: !isOdd })
  const fill = () => {
    for (const term of given.starts) graph.add(term)
    for (const [a, b] of given.unions) graph.union(graph.add(a), graph.add(b))
    for (const [term, facts] of given.assume) graph.assume(graph.add(term), facts)
  }
  return { graph, fill, settings: { scheduler: given.scheduler } }
}

const WORKLOADS = [
  ["ranges", ranges],
  ["names", names],
  ["joins", joins],
] as const

/** Every row, and what is known of it, and the log. */
function stateOf(graph: EGraph): unknown {
  return [rowsOf(graph), factsOf(graph, graph.rows)]
}

/** Of the classes of rows before one. */
function factsOf(graph: EGraph, rows: number): unknown {
  const all = Array.from({ length: rows - 1 }, (_, i) => i + 1)
  return all.map((row) => (graph.find(row) === row ? graph.facts(row) : graph.find(row)))
}

/** Fills the graph, and runs it within limits drawn at random between what it begins with and what it comes to. */
async function tried({ graph: first, given, fill, settings }: Workload, random: Random) {
  let graph = first
  fill()
  const least = graph.bytes
  graph.run(settings)
  const expected = stateOf(graph)
  const most = graph.bytes
  let stops = 0
  for (let i = 0; i < LIMITS; i++) {
    let bytes = random.between(least, 2 * most - least)
    first.reset()
    fill()
    graph = first
    const { stop } = graph.run({ ...settings, bytes })
    expect(graph.bytes).toBeLessThanOrEqual(Math.max(bytes, least))
    if (stop !== "byte-limit") expect(isDeepStrictEqual(stateOf(graph), expected)).toBe(true)
    first.reset()
    fill()
    while (graph.run({ ...settings, bytes, isResumable: true }).stop === "byte-limit") {
      stops++
      expect(graph.bytes).toBeLessThanOrEqual(Math.max(bytes, least))
      bytes = Math.ceil(bytes + random.below(2 + most / 8))
      if (random.chance(0.7)) continue
      const restored = await EGraph.restore(graph.snapshot(), given)
      if (graph !== first) graph.dispose()
      graph = restored
    }
    expect(isDeepStrictEqual(stateOf(graph), expected), `behind ${stops} stops`).toBe(true)
    if (graph !== first) graph.dispose()
  }
  first.dispose()
  return stops
}

describe(`a limit of bytes is never passed, and more of them lead on (SMELT_SEED=${SEED})`, () => {
  test.each(WORKLOADS)("%s", { timeout: 120_000 }, async (_, workload) => {
    const stops = await tried(workload(), new Random(SEED))
    console.log(`${stops} stops`)
    expect(stops).toBeGreaterThan(0)
  })

  test.each(["values", "lambda", "constant-fold"] as const)(
    "random graphs over %s",
    { timeout: 600_000 },
    async (topic) => {
      let stops = 0
      for (let seed = SEED; seed < SEED + CASES; seed++) {
        try {
          stops += await tried(drawn(seed, topic), new Random(seed))
        } catch (error) {
          throw new Error(`SMELT_SEED=${seed} SMELT_RANDOM_CASES=1`, { cause: error })
        }
      }
      console.log(`${topic}: ${stops} stops`)
      expect(stops).toBeGreaterThan(CASES)
    },
  )
})

const PAGE = 65_536
/** What the engine keeps of memory: assembly/memory/blocks.ts. */
const HEADROOM = 1 << 20
const MOST_PAGES = 65_535

describe(`the end of memory is a limit, too (SMELT_SEED=${SEED})`, () => {
  const exportsOf = (graph: EGraph) =>
    (graph as unknown as { readonly instance: Instance }).instance.exports

  /** Leaves so many bytes of memory beside what the engine keeps. */
  function leave(graph: EGraph, bytes: number): void {
    const exports = exportsOf(graph)
    exports.limitMemory(exports.memory.buffer.byteLength / PAGE)
    exports.allocate(exports.memory.buffer.byteLength - (exports.mark() >>> 0) - HEADROOM - bytes)
  }

  test.each(WORKLOADS)("a run over %s stops, and goes on where there is more", (_, workload) => {
    const random = new Random(SEED)
    const { graph, fill, settings } = workload()
    fill()
    graph.run(settings)
    const expected = stateOf(graph)
    let stops = 0
    for (let i = 0; i < 2 * LIMITS; i++) {
      graph.reset()
      fill()
      leave(graph, random.below(1 << random.between(9, 18)))
      const { stop } = graph.run({ ...settings, isResumable: true })
      expect(exportsOf(graph).verify()).toBe(0)
      exportsOf(graph).limitMemory(MOST_PAGES)
      if (stop === "byte-limit") stops++
      graph.run({ ...settings, isResumable: true })
      expect(isDeepStrictEqual(stateOf(graph), expected)).toBe(true)
    }
    expect(stops).toBeGreaterThan(0)
    graph.dispose()
  })

  test.each(WORKLOADS)(
    "a rebuild of %s ends, and is completed where there is more",
    (_, workload) => {
      const { graph, fill } = workload()
      fill()
      const { rows } = graph
      const change = () => {
        for (let row = 2; row + 1 < rows; row += 3) graph.union(row, row + 1)
      }
      change()
      graph.rebuild()
      const expected = factsOf(graph, rows)
      for (const left of [0, 100, 1_000, 10_000]) {
        graph.reset()
        fill()
        leave(graph, left)
        change()
        graph.rebuild()
        expect(exportsOf(graph).verify()).toBe(0)
        exportsOf(graph).limitMemory(MOST_PAGES)
        graph.rebuild()
        expect(factsOf(graph, rows)).toEqual(expected)
      }
      graph.dispose()
    },
  )
})
