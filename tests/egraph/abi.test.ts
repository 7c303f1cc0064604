import { expect, test } from "vitest"
import { defineRules } from "../../src/egraph/define.js"
import { EGraph, EGraphError, readRules } from "../../src/egraph/index.js"
import {
  acquire,
  doubles,
  memoryOf,
  release,
  words,
  type Exports,
  type Instance,
} from "../../src/egraph/wasm.js"
import { Random } from "./naive/random.js"
import type { NonEmpty } from "./naive/random-terms.js"
import { SEED } from "../seed.js"

// The engine's verbs as any host could call them, apart from the library: with ids, sizes, addresses and budgets
// that nobody would give. Each call is answered, refused, or, at worst, traps, which ends the instance; whatever
// came before, the whole graph keeps its laws (assembly/egraph/verify.ts), and other graphs do not change.

const SEQUENCES = Number(process.env.SMELT_ABI_SEQUENCES ?? 12_000)
/** A call that does not end fails the test: a minute for what CI runs, as much again for as many more. */
const MOST_MS = 60_000 * Math.max(1, SEQUENCES / 12_000)
/** Sequences that once found a fault. */
const FOUND = [20_107_741, 30_011_987, 2_509_112, 1_503_567, 40_242_399]
/** Sequences behind which a word of the graph is changed. */
const FORGED = 0.05
/** Few rows, so that graphs get full. */
const ROWS = 1 << 9
const MORE_ANALYSES = 2
const MS = 5

const HOSTILE: NonEmpty<number> = [
  0,
  1,
  2,
  3,
  255,
  256,
  65_535,
  65_536,
  2 ** 18,
  2 ** 26,
  2 ** 31 - 1,
  2 ** 31,
  2 ** 32 - 16,
  2 ** 32 - 1,
  -1,
  1.5,
  NaN,
]
const DOUBLES: NonEmpty<number> = [0, 1, -1, 0.5, NaN, Infinity, -Infinity, 1e300, 5e-324]

/** One sequence: an instance that was reset, and what is known of it. */
interface Session {
  readonly random: Random
  readonly instance: Instance
  /** Addresses of words that were written: patterns of left sides, of right sides, and others. */
  readonly lefts: number[]
  readonly rights: number[]
  readonly blocks: number[]
  /** The rules are compiled ones, and operators are theirs. */
  readonly isCompiled: boolean
}

type Call = (session: Session) => unknown

/** Mostly a number below a bound, rarely any. */
function near(random: Random, bound: number): number {
  return random.chance(0.93) ? random.below(Math.max(1, bound)) : random.pick(HOSTILE)
}

const row = ({ random, instance }: Session) =>
  random.chance(0.95)
    ? random.between(1, Math.max(1, instance.exports.rows() - 1))
    : random.pick(HOSTILE)
const op = ({ random, instance }: Session) => near(random, instance.exports.opCount.value as number)
const rule = ({ random, instance }: Session) =>
  near(random, instance.exports.ruleCount.value as number)

function address(session: Session, of: readonly number[]): number {
  const { random } = session
  if (random.chance(0.05)) return random.pick(HOSTILE)
  if (random.chance(0.03)) return (session.blocks[random.below(session.blocks.length)] ?? 0) + 2
  return of[random.below(of.length)] ?? 0
}

/** Words that were allocated; the address, or undefined where that is refused. */
function write(session: Session, values: readonly number[]): number {
  const { instance, blocks } = session
  const at = instance.exports.allocate(values.length * 4) >>> 0
  values.forEach((value, i) => (memoryOf(instance)[(at >>> 2) + i] = value))
  blocks.push(at)
  return at
}

function pattern(session: Session, isRight: boolean, depth = random3(session)): number {
  const { random } = session
  const of = isRight ? session.rights : session.lefts
  if (depth === 0 || random.chance(0.2)) {
    const variable = near(random, 4)
    return keep(of, write(session, [isRight && random.chance(0.15) ? 2 : 0, variable, 0, 0]))
  }
  const count = random.below(4)
  const children = Array.from({ length: count }, () =>
    random.chance(0.9) ? pattern(session, isRight, depth - 1) : address(session, of),
  )
  const kind = random.chance(0.95) ? 1 : near(random, 6)
  const rest = random.chance(0.1) ? near(random, 5) : 0
  return keep(of, write(session, [kind, op(session), rest, count, ...children]))
}

const random3 = ({ random }: Session) => random.below(4)

function keep(of: number[], at: number): number {
  of.push(at)
  return at
}

function budget({ random, instance }: Session): void {
  const { exports } = instance
  const at = exports.budgetAt()
  const limit = (usual: number) => (random.chance(0.9) ? random.below(usual) : random.pick(HOSTILE))
  const [nodes, bytes, matches] = [limit(2 * ROWS), limit(2 ** 20), limit(2_000)]
  words(exports, at + 8, 4).set([nodes, bytes, matches, limit(4)])
  doubles(exports, at, 1)[0] = random.chance(0.98) ? performance.now() + MS : -Infinity
}

function bound({ random }: Session): number {
  return random.chance(0.8) ? random.below(9) - 4 : random.pick([NaN, -Infinity, Infinity, 1e308])
}

const CALLS: readonly (readonly [weight: number, call: Call])[] = [
  [3, (s) => !s.isCompiled && s.instance.exports.defineOp(...definition(s))],
  [
    12,
    (s) => {
      const { random, instance } = s
      const { exports } = instance
      const count = random.chance(0.95) ? random.below(4) : near(random, 70)
      const held = Math.min(Math.abs(Math.trunc(count)) || 0, 70)
      words(exports, exports.scratch(), held).set(Array.from({ length: held }, () => row(s)))
      return exports.add(op(s), count)
    },
  ],
  [3, (s) => s.instance.exports.unite(row(s), row(s))],
  [1, (s) => s.instance.exports.subsume(row(s))],
  [1, (s) => s.instance.exports.rebuild()],
  [1, (s) => s.instance.exports.settle()],
  [2, (s) => s.instance.exports.find(row(s))],
  [2, (s) => s.instance.exports.childOf(row(s), near(s.random, 4))],
  [2, (s) => s.instance.exports.firstChildOf(row(s), near(s.random, 4))],
  [1, (s) => s.instance.exports.opOf(row(s))],
  [1, (s) => [s.instance.exports.arityOf(row(s)), s.instance.exports.firstArityOf(row(s))]],
  [
    1,
    (s) => [
      s.instance.exports.isLive(row(s)),
      s.instance.exports.isSubsumed(row(s)),
      s.instance.exports.makerOf(row(s)),
    ],
  ],
  [1, (s) => s.instance.exports.nextNode(row(s))],
  [2, (s) => pattern(s, false)],
  [2, (s) => pattern(s, true)],
  [
    4,
    (s) => {
      const { random, instance } = s
      const variables = random.chance(0.9) ? 4 : random.pick(HOSTILE)
      const rests = [random.below(16), random.chance(0.9) ? 0 : random.pick(HOSTILE)] as const
      const guards = random.chance(0.7) ? 0 : guard(s)
      const [left, right] = [address(s, s.lefts), address(s, s.rights)]
      return instance.exports.defineRule(
        left,
        right,
        variables,
        ...rests,
        guards,
        near(random, 3),
        near(random, 2),
      )
    },
  ],
  [
    1,
    (s) => {
      // Functions that the host compiled are trusted, with the rule and the operator that they are for: here is none.
      const none = s.random.chance(0.9) ? 0 : s.random.between(99, 2 ** 32 - 1)
      return s.instance.exports.compileRule(rule(s), none, none, op(s), near(s.random, 4))
    },
  ],
  [1, (s) => s.instance.exports.switchRule(rule(s), near(s.random, 2))],
  [
    8,
    (s) => {
      budget(s)
      return s.instance.exports.run()
    },
  ],
  [1, (s) => s.instance.exports.setGoals(goals(s))],
  [1, (s) => s.instance.exports.isReached(goal(s))],
  [1, (s) => s.instance.exports.scheduleAll()],
  [
    1,
    ({ random, instance }) =>
      instance.exports.scheduleBackoff(near(random, 3), near(random, 50), near(random, 5)),
  ],
  [
    1,
    ({ random, instance: { exports } }) => {
      const at = words(exports, exports.scheduleAt(), 16)
      const steps = [
        1,
        near(random, 3),
        0,
        14,
        0,
        0,
        0,
        near(random, 4),
        0,
        14,
        0,
        2,
        0,
        near(random, 3),
      ]
      at.set(
        random.chance(0.5)
          ? steps
          : steps.map((word) => (random.chance(0.9) ? word : near(random, 20))),
      )
      return exports.scheduleSteps()
    },
  ],
  [1, ({ instance }) => instance.exports.hold()],
  [
    1,
    (s) =>
      write(
        s,
        Array.from({ length: s.random.below(8) }, () => near(s.random, 9)),
      ),
  ],
  [1, ({ random, instance }) => random.chance(0.03) && instance.exports.allocate(near(random, 99))],
  [1, ({ random, instance }) => random.chance(0.02) && instance.exports.advance(near(random, 99))],
  [1, ({ random, instance }) => instance.exports.switchFactsOn(near(random, 9))],
  [
    2,
    (s) => {
      const { random, instance } = s
      const [, kind, payload] = definition(s)
      return instance.exports.describeOp(op(s), near(random, 9), kind, payload)
    },
  ],
  [2, (s) => s.instance.exports.assumeFact(near(s.random, 9), row(s), near(s.random, 17))],
  [2, (s) => s.instance.exports.assumeRange(row(s), bound(s), bound(s))],
  [1, (s) => s.instance.exports.factIn(near(s.random, 9), row(s))],
  [1, ({ random, instance }) => instance.exports.switchLogging(near(random, 2))],
  [1, ({ random, instance }) => random.chance(0.3) && instance.exports.keepDefinitions()],
  [1, ({ random, instance }) => random.chance(0.3) && instance.exports.restart()],
  [
    1,
    (s) =>
      s.random.chance(0.1) && s.instance.exports.reset(s.random.pick(HOSTILE), near(s.random, 4)),
  ],
  [1, (s) => prices(s)],
  [1, (s) => s.random.chance(0.3) && problem(s)],
  [1, (s) => s.random.chance(0.3) && days(s)],
  [1, ({ instance }) => [instance.exports.listParts(), instance.exports.regions()]],
]
const WEIGHED = CALLS.flatMap(([weight, call]) => Array.from({ length: weight }, () => call))

function definition(session: Session): [order: number, kind: number, payload: number] {
  const { random } = session
  const order = random.chance(0.7) ? 0 : near(random, 3)
  const kind = random.chance(0.5) ? 0 : near(random, 64)
  return [order, kind, random.chance(0.5) ? 0 : address(session, session.blocks)]
}

function guard(session: Session): number {
  const { random } = session
  const number = random.chance(0.7) ? 1000 + near(random, 19) : near(random, 19)
  const args = Array.from({ length: random.below(4) }, () =>
    number === 1005 ? address(session, session.rights) : near(random, 4),
  )
  return write(session, [1, number, args.length, ...args])
}

function goal(session: Session): number {
  const { random, lefts } = session
  const isPattern = random.chance(0.7)
  return write(session, [
    row(session),
    isPattern ? address(session, lefts) : 0,
    isPattern ? near(random, 5) : row(session),
  ])
}

function goals(session: Session): number {
  if (session.random.chance(0.2)) return address(session, session.blocks)
  return write(session, [1, row(session), 0, row(session)])
}

function prices(session: Session): unknown {
  const { random, instance } = session
  const { exports } = instance
  for (const at of [exports.rowPrices(), exports.readPrices()])
    doubles(exports, at, exports.rows()).forEach((_, i, all) => {
      all[i] = random.chance(0.97) ? random.below(9) : random.pick(DOUBLES)
    })
  return exports.extract(row(session))
}

function problem(session: Session): unknown {
  const { random, instance } = session
  const { exports } = instance
  const sizes = [1, 1, 1, 1].map(() => near(random, 6)) as [number, number, number, number]
  if (exports.newProblem(...sizes) === 0) return
  const [nodes, children, classes, roots] = sizes.map((size) => size >>> 0) as typeof sizes
  if (nodes > 99 || children > 99 || roots > 99) return
  const fill = (at: number, count: number, bound: number) =>
    words(exports, at, count).forEach((_, i, all) => (all[i] = near(random, bound)))
  doubles(exports, exports.problemCosts(), nodes).forEach((_, i, all) => {
    all[i] = random.chance(0.95) ? random.below(9) : random.pick(DOUBLES)
  })
  fill(exports.problemClasses(), nodes, classes)
  words(exports, exports.problemChildStarts(), nodes + 1).forEach((_, i, all) => {
    all[i] = i === nodes ? children : Math.min(children, i)
  })
  fill(exports.problemChildren(), children, classes)
  fill(exports.problemRoots(), roots, classes)
  const moves = random.chance(0.9) ? random.below(50) : random.pick(DOUBLES)
  const deadline = random.chance(0.5) ? performance.now() + 0.2 : -Infinity
  if (random.chance(0.3)) exports.extractTrees()
  if (random.chance(0.3)) exports.extractDag(near(random, 9), moves, deadline, near(random, 1))
  if (random.chance(0.3))
    exports.extractVariants(near(random, 4), 1, moves, deadline, near(random, 1))
  exports.showVariant(near(random, 3))
}

function days(session: Session): unknown {
  const { random, instance } = session
  const nodes = random.below(4)
  const [exprs, columns] = [random.between(1, 3), random.below(40)]
  const size = 5 + 10 * nodes + 3 * exprs + 8
  const plan = write(session, [
    ...[near(random, nodes + 1), exprs, columns, random.below(6), random.below(exprs)],
    ...Array.from({ length: size - 5 }, () => near(random, 3)),
  ])
  const words_ = 2 + nodes * 3
  const answer = write(session, new Array<number>(words_).fill(0))
  return instance.exports.analyzeDays(plan, size, answer, near(random, 2) === 1 ? 99 : words_)
}

// ----------------------------------------------------------------------------------------- sessions

const RULES = readRules(
  "(rewrite comm (+ ?a ?b) (+ ?b ?a)) (rewrite assoc (+ ?a (+ ?b ?c)) (+ (+ ?a ?b) ?c))",
)

/** Rules that are compiled, with the operators that they name. */
function defineCompiled(instance: Instance): void {
  const { exports } = instance
  const numbers = new Map<string, number>()
  const numbering = {
    op: (name: string) => {
      const number = numbers.get(name) ?? exports.defineOp(0, 0, 0)
      numbers.set(name, number)
      return number
    },
    block: (values: readonly number[]) => {
      const at = exports.allocate(values.length * 4)
      values.forEach((value, i) => (memoryOf(instance)[(at >>> 2) + i] = value))
      return at
    },
  }
  defineRules(instance, RULES, RULES.rules, numbering, {})
  for (let i = 0; i < 9; i++) exports.defineOp(0, 0, 0)
}

function begin(random: Random, instance: Instance): Session {
  const { exports } = instance
  const isCompiled = random.chance(0.3)
  const session = { random, instance, lefts: [], rights: [], blocks: [], isCompiled }
  instance.host = {
    call: (_, args) => {
      if (random.chance(0.01)) attempt(() => exports.run())
      if (random.chance(0.01)) return random.pick(HOSTILE)
      return random.chance(0.7) ? args[0] : undefined
    },
    numberLeaf: () => (random.chance(0.99) ? 0 : random.pick(HOSTILE)),
    freshName: () => (random.chance(0.99) ? 0 : random.pick(HOSTILE)),
  }
  exports.switchLogging(random.chance(0.8) ? 1 : 0)
  if (isCompiled) {
    defineCompiled(instance)
    exports.keepDefinitions()
    return session
  }
  if (random.chance(0.5))
    for (let i = random.between(1, 1 + MORE_ANALYSES); i > 0; i--)
      attempt(() => exports.switchFactsOn(random.between(1, 8)))
  for (let i = random.between(1, 5); i > 0; i--)
    attempt(() => exports.defineOp(random.chance(0.6) ? 0 : random.below(3), 0, 0))
  for (let i = 0; i < 3; i++) attempt(() => exports.add(0, 0))
  return session
}

function* seeds(): Generator<number> {
  yield* FOUND
  for (let seed = SEED; seed < SEED + SEQUENCES; seed++) yield seed
}

function expectWhole(exports: Exports): void {
  const law = exports.verify()
  if (law !== 0) throw new Error(`law ${law} is broken at ${exports.brokenAt()}`)
}

/**
 * Changes a word of what a snapshot holds, as one from elsewhere may; whether the engine still finds it a graph, which
 * the next calls are then to answer, or to refuse, or to trap in: not to run on, nor to touch what is others'.
 */
function isForged({ random, instance }: Session): boolean {
  const { exports } = instance
  const parts = words(exports, exports.listParts(), 2 * exports.listLength())
  const part = 2 * random.below(parts.length >> 1)
  const [address = 0, bytes = 0] = parts.subarray(part, part + 2)
  if (bytes < 4) return false
  const word = (address >>> 2) + random.below(bytes >>> 2)
  const memory = memoryOf(instance)
  const before = memory[word] ?? 0
  memory[word] = random.pick([before ^ 1, before + 1, random.below(64), random.pick(HOSTILE)])
  return exports.areCountersInRange() !== 0 && exports.verify() === 0
}

/** Runs what may be refused, or may trap; gives whether it did neither. */
function attempt(call: () => unknown): boolean {
  try {
    call()
    return true
  } catch (error) {
    if (error instanceof EGraphError) return false
    throw error
  }
}

test(
  `any sequence of calls keeps every graph whole (SMELT_SEED=${SEED} SMELT_ABI_SEQUENCES=${SEQUENCES})`,
  () => {
    Error.stackTraceLimit = 0 // refusals are many, and stacks are dear
    const canary = EGraph.createSync({ rules: RULES })
    canary.add("(+ 1 (+ 2 (+ 3 (+ 4 5))))")
    canary.run()
    const before = canary.snapshot()
    let answered = 0
    let refused = 0
    let broken = 0
    let forged = 0
    for (const seed of seeds()) {
      const random = new Random(seed)
      const instance = acquire(ROWS, MORE_ANALYSES)
      const session = begin(random, instance)
      const { exports } = instance
      let last = -1
      try {
        for (let i = random.between(5, 40); i > 0 && instance.exports === exports; i--) {
          last = random.below(WEIGHED.length)
          if (attempt(() => WEIGHED[last]?.(session))) answered++
          else refused++
        }
        if (instance.exports === exports) expectWhole(exports)
        else broken++
        if (instance.exports === exports && random.chance(FORGED)) {
          // Whatever it has in memory then is nobody's: it is not used again.
          if (isForged(session)) forged++
          for (let i = 0; i < 8 && exports.verify() === 0 && instance.exports === exports; i++)
            attempt(() => WEIGHED[random.below(WEIGHED.length)]?.(session))
          continue
        }
      } catch (error) {
        throw new Error(`seed ${seed}, after call ${last}`, { cause: error })
      }
      release(instance)
      if (seed % 1000 === 0) expect(Buffer.compare(canary.snapshot(), before)).toBe(0)
    }
    console.log(
      `${answered} calls answered, ${refused} refused, ${broken} instances broken, ${forged} forged`,
    )
    expect(Buffer.compare(canary.snapshot(), before)).toBe(0)
    expect(answered).toBeGreaterThan(SEQUENCES)
    expect(refused).toBeGreaterThan(SEQUENCES / 10)
    canary.reset()
    canary.add("(+ 1 (+ 2 (+ 3 4)))")
    expect(canary.run()).toMatchObject({ stop: "saturated", nodes: 54, classes: 15 })
    canary.dispose()
  },
  MOST_MS,
)
