import { readFileSync } from "node:fs"
import { afterAll, describe, expect, test } from "vitest"
import { at } from "../../src/base/check.js"
import { readCases, type Case, type CaseRule } from "../../src/egraph/cases.js"
import {
  EGraph,
  EGraphError,
  proofFault,
  readTerm,
  showTerm,
  type Proof,
  type ProofRules,
  type Term,
} from "../../src/egraph/index.js"
import { isVariable } from "../../src/egraph/rules.js"
import { graphFor, rulesOf, runIn } from "../../src/egraph/run-cases.js"
import { addTerm } from "./naive/apply.js"
import { Graph } from "./naive/graph.js"
import { STRAIGHT } from "./naive/order.js"
import { Random } from "./naive/random.js"
import { randomCase } from "./naive/random-case.js"
import { TAMPERINGS, type Sound } from "./tampering.js"
import { SEED } from "../seed.js"

const FILES = ["tests/egraph/cases/conformance.json", "tests/egraph/cases/analyses.json"]
const files = FILES.map((file) => readCases(readFileSync(file, "utf8")))
const cases = files.flatMap((file) => file.cases)
const rulesets = new Map(files.flatMap((file) => [...file.rulesets]))
const rulesFor = ({ ruleset }: Case): readonly CaseRule[] => rulesets.get(ruleset) ?? []

const small = cases.filter(({ expect }) => (expect.nodes ?? 0) <= 3_000)
const large = cases.filter(({ expect: { nodes = 0 } }) => nodes > 3_000 && nodes <= 40_000)
const huge = cases.filter(({ expect: { nodes = 0 } }) => nodes > 40_000)
const PAIRS = 25
const PAIRS_OF_LARGE = 6
const PAIRS_OF_HUGE = 3
const RANDOM_CASES = 150
const WORKED_ON = 100
const TAMPERED = 1_000

/** What was proven, for the tampering, and to be told at the end. */
const proven: (Sound & { readonly by: ProofRules })[] = []
const told = { goals: 0, proofs: 0, steps: 0, longest: 0, tooLong: 0 }
const evidence = new Map<string, number>()

afterAll(() => {
  const kinds = [...evidence].map(([kind, count]) => `${kind} ${count}`)
  console.log(
    `seed ${SEED}: ${told.proofs} proofs (${told.goals} of goals), ${told.steps} steps, the longest ${told.longest}; ${told.tooLong} would have been too long`,
    `\nsteps and evidence, nested ones once: ${kinds.join(", ")}`,
  )
})

/** A graph after a case's run, and what its proofs may use. */
function withCase(
  given: Case,
  rules: readonly CaseRule[],
  body: (graph: EGraph, by: ProofRules) => void,
): void {
  const graph = graphFor(given, rulesOf(rules), { rows: 1 << 19 })
  try {
    runIn(graph, given)
    const by = graph.proofRules()
    checkGiven(given, by.given ?? [])
    body(graph, by)
  } finally {
    graph.dispose()
  }
}

/** What the graph says it was given follows from the case's unions. */
function checkGiven({ unions, analyses }: Case, pairs: readonly (readonly [Term, Term])[]): void {
  const closure = new Graph(analyses, STRAIGHT, 10_000, Infinity, false)
  const add = (term: Term) => addTerm(term, new Map(), closure)
  for (const [a, b] of unions) closure.union(add(a), add(b))
  const added = pairs.map(([a, b]) => [add(a), add(b)] as const)
  closure.rebuild()
  for (const [a, b] of added) expect(closure.find(a)).toBe(closure.find(b))
}

function check(proof: Proof, proves: readonly [Term, Term], by: ProofRules): void {
  const rules = { ...by, proves }
  const fault = proofFault(proof, rules)
  if (fault)
    throw new Error(`${JSON.stringify(fault)} in a proof of ${proves.map(showTerm).join(" = ")}`)
  told.proofs++
  told.steps += proof.length
  told.longest = Math.max(told.longest, proof.length)
  count(proof)
  if (proof.length === 0 || proof.length > 200) return
  // To be tampered with; written out, a term with shared parts can be of any size.
  if (proof.some(({ before, after }) => sizeOf(before) + sizeOf(after) > 500)) return
  proven.push({ proof, rules: by.rules, given: by.given ?? [], by: rules })
}

const sizes = new WeakMap<Term, number>()

function sizeOf(term: Term): number {
  const known = sizes.get(term)
  if (known !== undefined) return known
  const size = term.children.reduce((sum, child) => sum + sizeOf(child), 1)
  sizes.set(term, size)
  return size
}

const counted = new Set<object>()

function count(part: unknown): void {
  if (typeof part !== "object" || part === null || counted.has(part) || "op" in part) return
  counted.add(part)
  const kind = "kind" in part ? String(part.kind) : undefined
  if (kind !== undefined) evidence.set(kind, (evidence.get(kind) ?? 0) + 1)
  Object.values(part).forEach(count)
}

/** Rows of one class, at random. */
function pairsOf(graph: EGraph, random: Random, wanted: number): [number, number][] {
  const classes = new Map<number, number[]>()
  for (let row = 1; row < graph.rows; row++) {
    const cls = graph.find(row)
    const known = classes.get(cls)
    if (known) known.push(row)
    else classes.set(cls, [row])
  }
  const several = [...classes.values()].filter((rows) => rows.length > 1)
  if (several.length === 0) return []
  const rows = several.flatMap((members) => members.map((row) => [row, members] as const))
  return Array.from({ length: wanted }, () => {
    const [row, members] = at(rows, random.below(rows.length))
    const others = members.filter((other) => other !== row)
    return [row, at(others, random.below(others.length))]
  })
}

function checkPairs(graph: EGraph, by: ProofRules, random: Random, wanted: number): number {
  const prover = graph.prover()
  const pairs = pairsOf(graph, random, wanted)
  for (const [a, b] of pairs) {
    const proof = shortOf(() => prover.explain(a, b))
    if (proof) check(proof, [graph.originalTerm(a), graph.originalTerm(b)], by)
    else told.tooLong++
  }
  return pairs.length
}

/** A proof, if it is not too long: what is shared in a term is rewritten wherever it stands. */
function shortOf(prove: () => Proof): Proof | undefined {
  try {
    return prove()
  } catch (error) {
    if (error instanceof EGraphError && error.fault === "proof-too-long") return undefined
    throw error
  }
}

/** A term of a class that a pattern matches. */
function* witnesses(
  graph: EGraph,
  pattern: Term,
  cls: number,
  bound: ReadonlyMap<string, number>,
): Generator<{ readonly term: Term; readonly bound: ReadonlyMap<string, number> }> {
  const { op, children } = pattern
  if (isVariable(op)) {
    const known = bound.get(op) ?? cls
    if (graph.equal(known, cls))
      yield { term: graph.originalTerm(known), bound: new Map([...bound, [op, known]]) }
    return
  }
  if (children.length === 0 && graph.equal(graph.add(pattern), cls)) yield { term: pattern, bound }
  for (const row of graph.members(cls)) {
    const kids = graph.childrenOf(row)
    if (children.length === 0 || graph.opOf(row) !== op || kids.length !== children.length) continue
    for (const { terms, bound: after } of witnessesOf(graph, children, kids, bound))
      yield { term: { op, children: terms }, bound: after }
  }
}

function* witnessesOf(
  graph: EGraph,
  [pattern, ...patterns]: readonly Term[],
  [kid = 0, ...kids]: readonly number[],
  bound: ReadonlyMap<string, number>,
): Generator<{ readonly terms: readonly Term[]; readonly bound: ReadonlyMap<string, number> }> {
  if (!pattern) return yield { terms: [], bound }
  for (const first of witnesses(graph, pattern, kid, bound))
    for (const others of witnessesOf(graph, patterns, kids, first.bound))
      yield { terms: [first.term, ...others.terms], bound: others.bound }
}

describe("the checker accepts what the engine proves", () => {
  test.each(small.map((given) => [given.name, given] as const))("%s", (name, given) => {
    withCase(given, rulesFor(given), (graph, by) => {
      const start = at(given.starts, given.starts.length - 1)
      const root = graph.add(start)
      for (const [i, goal] of given.goals.entries()) {
        if (given.expect.goals?.[i] !== true) continue
        const [witness] = witnesses(graph, goal, root, new Map())
        const term = witness?.term ?? goal
        expect([name, witness !== undefined]).toEqual([name, true])
        check(graph.explain(start, term), [start, term], by)
        told.goals++
      }
      const { tooLong } = told
      checkPairs(graph, by, new Random(SEED + name.length), PAIRS)
      expect(told.tooLong).toBe(tooLong)
    })
  })

  test.each(large.map((given) => [given.name, given] as const))("%s", (name, given) => {
    withCase(given, rulesFor(given), (graph, by) => {
      const pairs = checkPairs(graph, by, new Random(SEED + name.length), PAIRS_OF_LARGE)
      expect(pairs).toBe(PAIRS_OF_LARGE)
    })
  })

  test.each(huge.map((given) => [given.name, given] as const))("%s", (name, given) => {
    withCase(given, rulesFor(given), (graph, by) => {
      const pairs = checkPairs(graph, by, new Random(SEED + name.length), PAIRS_OF_HUGE)
      expect(pairs).toBe(PAIRS_OF_HUGE)
    })
  })

  test(`${RANDOM_CASES} random cases`, () => {
    let pairs = 0
    for (let seed = 0; seed < RANDOM_CASES; seed++) {
      const { given, rules, text } = randomCase(SEED * RANDOM_CASES + seed)
      try {
        withCase(given, rules, (graph, by) => {
          pairs += checkPairs(graph, by, new Random(seed), 10)
        })
      } catch (error) {
        console.log(`seed ${SEED * RANDOM_CASES + seed}: ${text}`)
        throw error
      }
    }
    expect(pairs).toBeGreaterThan(RANDOM_CASES)
  }, 240_000)

  test(`${WORKED_ON} graphs that the host unites, adds to and runs within limits, right or wrong`, () => {
    let pairs = 0
    for (let seed = 0; seed < WORKED_ON; seed++) {
      const random = new Random(SEED * WORKED_ON + seed)
      const given = at(small, random.below(small.length))
      const graph = graphFor(given, rulesOf(rulesFor(given)), { rows: 1 << 19 })
      try {
        for (const term of given.starts) graph.add(term)
        for (let i = 0; i < 8; i++) workOn(graph, given, random)
        pairs += checkPairs(graph, graph.proofRules(), random, 10)
      } catch (error) {
        console.log(`seed ${SEED * WORKED_ON + seed}: ${given.name}`)
        throw error
      } finally {
        graph.dispose()
      }
    }
    expect(pairs).toBeGreaterThan(WORKED_ON)
  })
})

/** One thing that a host may do; what it unites need not be equal. */
function workOn(graph: EGraph, { scheduler }: Case, random: Random): void {
  const row = () => 1 + random.below(graph.rows - 1)
  switch (random.below(6)) {
    case 0:
      return graph.union(row(), row())
    case 1:
      return graph.rebuild()
    case 2: {
      const like = row()
      graph.addNode(graph.opOf(like), graph.childrenOf(like).map(row))
      return
    }
    default: {
      const limits = { iterations: 1 + random.below(3), nodes: 50 + random.below(1_500) }
      const matches = random.chance(0.2) ? random.below(100) : 100_000
      graph.run({ ...limits, matches, scheduler })
    }
  }
}

test(`the checker refuses ${TAMPERED} proofs that were tampered with`, () => {
  expect(proven.length).toBeGreaterThan(1_000)
  const random = new Random(SEED)
  const kinds = Object.entries(TAMPERINGS)
  const refused = new Map(kinds.map(([kind]) => [kind, 0]))
  for (let done = 0; done < TAMPERED;) {
    const [kind, tamper] = at(kinds, done % kinds.length)
    const sound = at(proven, random.below(proven.length))
    const tampered = tamper(sound, random)
    if (!tampered) continue
    const fault = proofFault(tampered, sound.by)
    if (!fault) throw new Error(`seed ${SEED}, ${kind}: accepted ${JSON.stringify(tampered)}`)
    refused.set(kind, (refused.get(kind) ?? 0) + 1)
    done++
  }
  console.log(`refused: ${[...refused].map(([kind, n]) => `${kind} ${n}`).join(", ")}`)
  expect([...refused.values()].reduce((sum, n) => sum + n)).toBe(TAMPERED)
})

describe("proofs of a graph", () => {
  const RULES = `
    (rewrite comm (+ ?a ?b) (+ ?b ?a))
    (rewrite zero (+ ?a 0) ?a)
    (birewrite double (+ ?a ?a) (* 2 ?a))`

  function proofIn(rules: string, terms: readonly string[], from: string, to: string) {
    const graph = EGraph.createSync({ rules })
    for (const term of terms) graph.add(term)
    graph.run()
    const proof = graph.explain(from, to)
    const proves = [readTerm(from), readTerm(to)] as const
    const fault = proofFault(proof, { ...graph.proofRules(), proves })
    graph.dispose()
    return { proof, fault }
  }

  test("are chains of whole terms, with rule, place and substitution", () => {
    const { proof, fault } = proofIn(RULES, ["(f (+ 0 x))"], "(f (+ 0 x))", "(f x)")
    expect(fault).toBeUndefined()
    expect(proof.map(({ after }) => showTerm(after))).toEqual(["(f (+ x 0))", "(f x)"])
    expect(proof[0]).toMatchObject({ kind: "rule", rule: "comm", path: [0], direction: "forward" })
    expect(proof[1]).toMatchObject({ rule: "zero", substitution: { "?a": { op: "x" } } })
  })

  test("are data, and are checked without a graph", () => {
    const { proof } = proofIn(RULES, ["(* 2 (+ y 0))"], "(* 2 (+ y 0))", "(+ y y)")
    const graph = EGraph.createSync({ rules: RULES })
    const read = JSON.parse(JSON.stringify(proof)) as Proof
    expect(read.length).toBeGreaterThan(1)
    expect(graph.checkProof(read)).toBe(true)
    expect(graph.checkProof(read.slice(1))).toBe(true)
    expect(graph.checkProof(read.toReversed())).toBe(false)
    expect(graph.checkProof(JSON.parse('[{"kind":"rule"}]') as Proof)).toBe(false)
    expect(graph.checkProof(JSON.parse('{"steps":[]}') as Proof)).toBe(false)
    graph.dispose()
  })

  test("go through operators without an order, rest variables and functions", () => {
    const rules = `
      (operator and :set) (operator sum :multiset) (function twice 1)
      (rewrite and-true (and true ?ps...) (and ?ps...))
      (rewrite and-same (and ?p (same ?p) ?ps...) (and ?p ?ps...))
      (rewrite unwrap (box ?p) ?p)
      (rewrite collect (sum ?x ?x ?xs...) (sum (* 2 ?x) ?xs...))
      (rewrite call (both ?x) (pair (twice ?x) ?x))`
    const graph = EGraph.createSync({
      rules,
      functions: { twice: ([x = 0], g) => g.addNode("made", [x, x]) },
    })
    const claims = [
      ["(and true (box p) q)", "(and p q)"],
      ["(and (box p) p r)", "(and p r)"],
      ["(and p (same (box p)) true)", "(and p)"],
      ["(sum x (box x) x z)", "(sum x z (* 2 x))"],
      ["(sum (box (and true s)) (and s))", "(sum (* 2 (and s)))"],
      ["(both (box b))", "(pair (made b b) b)"],
    ] as const
    for (const [from] of claims) graph.add(from)
    graph.run()
    for (const [from, to] of claims) {
      const proof = graph.explain(from, to)
      const proves = [readTerm(from), readTerm(to)] as const
      expect([from, proofFault(proof, { ...graph.proofRules(), proves })]).toEqual([
        from,
        undefined,
      ])
      expect(proof.length).toBeGreaterThan(0)
    }
    graph.dispose()
  })

  test("have limits, and faults of their kind", () => {
    const graph = EGraph.createSync({ rules: RULES })
    graph.add("(+ (+ 0 x) (+ 0 y))")
    graph.run()
    const [from, to] = ["(+ (+ 0 x) (+ 0 y))", "(+ y x)"]
    const faultOf = (run: () => unknown) => {
      try {
        return run()
      } catch (error) {
        return error instanceof EGraphError ? error.fault : error
      }
    }
    expect(graph.explain(from, to).length).toBeGreaterThan(2)
    expect(faultOf(() => graph.explain(from, to, { maxSteps: 2 }))).toBe("proof-too-long")
    expect(faultOf(() => graph.explain("x", "y"))).toBe("not-equal")
    expect(faultOf(() => graph.explain("x", "(g x)"))).toBe("no-such-term")
    expect(faultOf(() => graph.explain(1, 1_000))).toBe("no-such-row")
    graph.dispose()
    const silent = EGraph.createSync({ rules: RULES, proofs: false })
    const [x, y] = [silent.add("x"), silent.add("y")]
    silent.union(x, y)
    expect(faultOf(() => silent.explain(x, y))).toBe("proofs-off")
    silent.dispose()
  })
})
