import { readFileSync } from "node:fs"
import { describe, expect, test } from "vitest"
import { some } from "../../src/base/check.js"
import { readCases } from "../../src/egraph/cases.js"
import { EGraph } from "../../src/egraph/index.js"
import { graphFor, rulesOf, runIn } from "../../src/egraph/run-cases.js"
import type { Instance } from "../../src/egraph/wasm.js"
import { Random } from "./naive/random.js"
import { joins, names, ranges, type Workload } from "./heavy.js"
import { rowsOf } from "./rows-of.js"
import { SEED } from "../seed.js"

const { cases, rulesets } = readCases(readFileSync("tests/egraph/cases/conformance.json", "utf8"))
const LIMIT = { rows: 1 << 19 }

/** Runs that take some milliseconds, of every kind of rule. */
const NAMES = ["ac-9", "mathmicro-9", "mathmicro-backoff-20", "math7-backoff-20", "lambda-fib-3"]

const FORGED = 60

/** A case in the middle of its run. */
function begun(name: string): EGraph {
  const given = caseNamed(name)
  const graph = graphFor(given, rulesOf(rulesets.get(given.ruleset) ?? []), LIMIT)
  given.starts.forEach((term) => graph.add(term))
  graph.run({ scheduler: given.scheduler, iterations: 4 })
  return graph
}

function instanceOf(graph: EGraph): Instance {
  return (graph as unknown as { readonly instance: Instance }).instance
}

function changed(bytes: Uint8Array, at: number): Uint8Array {
  return bytes.with(at, (bytes[at] ?? 0) ^ 1)
}

/** One change of some bytes. */
function tampered(bytes: Uint8Array, random: Random): Uint8Array {
  const [from, to] = [random.below(bytes.length), random.below(bytes.length)]
  const length = 1 + random.below(64)
  const kind = random.below(5)
  if (kind === 0) return bytes.with(from, (bytes[from] ?? 0) ^ (1 << random.below(8)))
  if (kind === 1) return bytes.slice(0, from)
  const [head, rest] = [bytes.subarray(0, from), bytes.subarray(from)]
  if (kind === 2) return Buffer.concat([head, rest.subarray(length)])
  if (kind === 3) return Buffer.concat([head, bytes.subarray(to, to + length), rest])
  const copy = bytes.slice()
  copy.copyWithin(from, to, to + length)
  return Buffer.compare(copy, bytes) === 0 ? changed(bytes, from) : copy
}

function caseNamed(name: string) {
  return some(
    cases.find((given) => given.name === name),
    `a case ${name}`,
  )
}

describe(`a run that is interrupted, written down and taken up again (seed ${SEED})`, () => {
  const ways = NAMES.flatMap((name) => [true, false].map((compile) => ({ name, compile })))
  test.each(ways)(
    "$name, compiled $compile: to the same rows and log",
    async ({ name, compile }) => {
      const given = caseNamed(name)
      const rules = rulesOf(rulesets.get(given.ruleset) ?? [])
      const straight = graphFor(given, rules, { ...LIMIT, compile })
      runIn(straight, given)
      const expected = rowsOf(straight)
      const random = new Random(SEED)
      let interruptions = 0
      for (let i = 0; i < (compile ? 4 : 2); i++) {
        let graph = graphFor(given, rules, { ...LIMIT, compile })
        const root = some(given.starts.map((term) => graph.add(term)).at(-1), "a start")
        const { scheduler, goals: patterns, stopOnGoals } = given
        const goals = stopOnGoals && patterns.length > 0 ? { goals: { root, patterns } } : {}
        const most = 0.2 + random.below(40) / 10
        while (
          graph.run({ scheduler, ms: most, isResumable: true, ...goals }).stop === "time-limit"
        ) {
          const bytes = graph.snapshot()
          graph.dispose()
          graph = await EGraph.restore(bytes)
          interruptions++
        }
        expect(rowsOf(graph)).toEqual(expected)
        graph.dispose()
      }
      console.log(`${name}: ${interruptions} interruptions`)
      expect(interruptions).toBeGreaterThan(0)
      straight.dispose()
    },
  )
})

test("a restored graph is the graph", async () => {
  const given = caseNamed("math-simplify-root")
  const graph = graphFor(given, rulesOf(rulesets.get(given.ruleset) ?? []), LIMIT)
  runIn(graph, given)
  const restored = await EGraph.restore(graph.snapshot())
  const [start] = given.starts
  const root = (of: EGraph) => of.add(some(start, "a start"))
  expect([restored.nodes, restored.classes]).toEqual([graph.nodes, graph.classes])
  expect(restored.extract(root(restored))).toEqual(graph.extract(root(graph)))
  graph.dispose()
  restored.dispose()
})

test("a restored graph knows which operators have no order, also where rules name none of them", async () => {
  const rules = "(operator and :set) (rewrite swap (f ?a ?b) (f ?b ?a))"
  const graph = EGraph.createSync({ rules })
  const both = graph.add("(and a b)")
  const restored = await EGraph.restore(graph.snapshot())
  expect(restored.find(restored.add("(and b a)"))).toBe(both)
  for (const each of [graph, restored]) each.dispose()
})

describe(`what is no snapshot is refused (seed ${SEED})`, () => {
  const graph = EGraph.createSync({ rules: "(rewrite swap (f ?a ?b) (f ?b ?a))" })
  graph.add("(f a b)")
  const bytes = graph.snapshot()
  const cases: [string, Uint8Array, RegExp][] = [
    ["nothing", new Uint8Array(), /do not begin with smeltEG7/],
    ["a text", new TextEncoder().encode("something else altogether"), /do not begin with smeltEG7/],
    ["half of one", bytes.slice(0, bytes.length >> 1), /cut off/],
    ["one and more", Buffer.concat([bytes, Buffer.from("more")]), /more of them than/],
    ["another header", changed(bytes, 40), /header is not what was written/],
    ["other parts", changed(bytes, bytes.length - 9), /not those that were written/],
  ]
  test.each(cases)("%s", async (_, given, message) => {
    await expect(EGraph.restore(given)).rejects.toThrow(message)
    await expect(EGraph.restore(given)).rejects.toMatchObject({ fault: "bad-snapshot" })
  })

  test("any byte that is another, any bytes that are missing, moved or too many", async () => {
    const random = new Random(SEED)
    const given = begun("ac-7").snapshot()
    for (let i = 0; i < 200; i++)
      await expect(EGraph.restore(tampered(given, random))).rejects.toMatchObject({
        fault: "bad-snapshot",
      })
    expect(await EGraph.restore(given)).toBeInstanceOf(EGraph)
  })

  /** A graph behind a run, and what `restore` has to be given. */
  const graphs: readonly (readonly [string, () => Pick<Workload, "graph" | "given">])[] = [
    ...["ac-7", "math-simplify-root", "mathmicro-backoff-20", "lambda-fib-3"].map(
      (name) => [name, () => ({ graph: begun(name) })] as const,
    ),
    ...[ranges, names, joins].flatMap((workload) => [
      [workload.name, () => behind(workload())] as const,
      [`${workload.name} in the middle of a run`, () => within(workload())] as const,
    ]),
  ]

  function behind(workload: Workload): Workload {
    workload.fill()
    workload.graph.run({ ...workload.settings, iterations: 2 })
    return workload
  }

  /** Stopped by a limit of bytes, most of the way. */
  function within(workload: Workload): Workload {
    const { graph, fill, settings } = behind(workload)
    const { bytes } = graph
    graph.reset()
    fill()
    graph.run({ ...settings, bytes: 0.95 * bytes, isResumable: true })
    return workload
  }

  /** Of assembly/egraph/verify.ts: as long as unions are to be repaired nothing says which keys are out of date. */
  const CONGRUENCE = 8

  // A graph whose memory was changed before it was written down: all its sums are right.
  test.each(graphs)(
    "%s with a word that is another is refused, or it is a graph",
    async (name, begin) => {
      const random = new Random(SEED)
      const { graph: given, given: options } = begin()
      const { exports } = instanceOf(given)
      const at = exports.listParts() >>> 2
      const list = new Uint32Array(exports.memory.buffer, 4 * at, 2 * exports.listLength()).slice()
      let refused = 0
      for (let i = 0; i < FORGED; i++) {
        const part = random.below(list.length >> 1)
        const place = (list[2 * part] ?? 0) + 4 * random.below((list[2 * part + 1] ?? 0) >>> 2)
        const memory = new Uint32Array(exports.memory.buffer)
        const before = memory[place >>> 2] ?? 0
        memory[place >>> 2] = random.pick([before ^ 1, before + 1, random.below(1000), 0xfffffff0])
        const forged = given.snapshot()
        memory[place >>> 2] = before
        const restored = await EGraph.restore(forged, options).catch((error: unknown) => error)
        if (!(restored instanceof EGraph)) {
          expect(restored).toMatchObject({ fault: "bad-snapshot" })
          refused++
          continue
        }
        restored.run({ iterations: 1000, nodes: 2 * given.nodes + 100, ms: 200 })
        const law = instanceOf(restored).exports.verify()
        if (law !== CONGRUENCE || !name.endsWith("run"))
          expect(law, `word ${place} of part ${part}`).toBe(0)
        restored.dispose()
      }
      console.log(`${name}: ${refused} of ${FORGED} refused`)
      expect(refused).toBeGreaterThan(0)
      given.dispose()
    },
  )

  test("a graph that was given functions is restored with them only", async () => {
    const rules = "(function next 1) (rewrite step (count ?n) (next ?n))"
    const next = ([cls = 0]: readonly number[], graph: EGraph) => graph.addNode("s", [cls])
    const first = await EGraph.create({ rules, functions: { next } })
    const root = first.add("(count z)")
    const bytes = first.snapshot()
    await expect(EGraph.restore(bytes)).rejects.toThrow(
      "the graph of the snapshot was given functions: `restore` has to be given the same",
    )
    const restored = await EGraph.restore(bytes, { functions: { next } })
    restored.run()
    expect(restored.equal(root, restored.add("(s z)"))).toBe(true)
    for (const graph of [first, restored]) graph.dispose()
  })
})
