import { readFileSync } from "node:fs"
import { packageFile } from "../base/package-files.js"
import type { Layout } from "./compiled/compile.js"
import type { ExtractionExports } from "./extract.js"
import { BROKEN } from "./misuse.js"
import { guarded } from "./traps.js"

// The one file that touches WebAssembly. The module is compiled once a process; instances are pooled
// and emptied when they are given back.

/** A counter of the engine that the host may read, and write in a restored graph. */
export type Counter = WebAssembly.Global

type Fn = (...args: number[]) => number

/** What assembly/index.ts exports; numbers are addresses, rows, classes or counts. */
export interface Exports extends ExtractionExports {
  readonly memory: WebAssembly.Memory
  readonly table: WebAssembly.Table
  readonly stopped: WebAssembly.Global
  readonly matched: WebAssembly.Global
  readonly slotShift: WebAssembly.Global
  readonly slotMask: WebAssembly.Global
  readonly slotReach: WebAssembly.Global
  readonly frozenRows: WebAssembly.Global
  readonly way: WebAssembly.Global
  readonly atMatch: WebAssembly.Global
  readonly insert: Fn
  readonly insertInto: Fn
  readonly join: Fn
  readonly addRow: Fn
  readonly applyMatch: Fn
  readonly seek: Fn
  readonly isAllowed: Fn
  readonly addExact: Fn
  readonly subsumeRow: Fn
  readonly exactRowWith: (key: bigint) => number
  readonly mustStop: Fn
  reset(capacity: number, moreAnalyses: number): void
  keepDefinitions(): void
  restart(): void
  allocate(bytes: number): number
  used(): number
  bytesUsed(): number
  regions(): number
  taken(): number
  aside(): number
  setAllAside(always: number): void
  defineOp(order: number, kind: number, payload: number): number
  describeOp(op: number, analysis: number, kind: number, payload: number): void
  scratch(): number
  add(op: number, length: number): number
  unite(a: number, b: number): number
  find(row: number): number
  rebuild(): void
  rows(): number
  liveNodes(): number
  classes(): number
  opOf(row: number): number
  arityOf(row: number): number
  childOf(row: number, i: number): number
  firstArityOf(row: number): number
  firstChildOf(row: number, i: number): number
  isLive(row: number): number
  isSubsumed(row: number): number
  subsume(row: number): number
  makerOf(row: number): number
  nextNode(row: number): number
  defineRule(
    left: number,
    right: number,
    variables: number,
    restsLow: number,
    restsHigh: number,
    guards: number,
    ruleset: number,
    subsumes: number,
  ): number
  compileRule(rule: number, search: number, count: number, root: number, flags: number): void
  switchRule(rule: number, on: number): void
  statisticsAt(): number
  switchLogging(on: number): void
  scheduleAll(): void
  scheduleBackoff(kind: number, matchLimit: number, banLength: number): void
  scheduleAt(): number
  scheduleSteps(): void
  setFreshCounts(first: number): void
  hold(): void
  readonly isHeld: WebAssembly.Global
  readonly backoff: WebAssembly.Global
  budgetAt(): number
  setGoals(at: number): void
  isReached(goal: number): number
  readonly isOpen: WebAssembly.Global
  readonly opCount: WebAssembly.Global
  readonly ruleCount: WebAssembly.Global
  listLength(): number
  listParts(): number
  listChanging(): number
  listOfRuns(): number
  takeBack(from: number): void
  rewind(to: number): void
  readonly slotsUsed: WebAssembly.Global
  readonly slotsMost: WebAssembly.Global
  readonly unions: WebAssembly.Global
  readonly staleCount: WebAssembly.Global
  readonly laterCount: WebAssembly.Global
  readonly remakeAt: WebAssembly.Global
  readonly refreshAt: WebAssembly.Global
  readonly areFactsCut: WebAssembly.Global
  mark(): number
  startOfArena(): number
  rulesAt(): number
  definitionOf(op: number): number
  startSum(): void
  addToSum(at: number, bytes: number): void
  sum(): bigint
  advance(to: number): void
  run(): number
  settle(): void
  iterationsDone(): number
  logStart(): number
  logSize(): number
  rowPrices(): number
  readPrices(): number
  bestCosts(): number
  choices(): number
  extract(root: number): void
  /** 0 where the instance has no column for it. */
  switchFactsOn(analysis: number): number
  /** What an analysis knows of the class of a row: a word of its own. */
  factIn(analysis: number, row: number): number
  assumeFact(analysis: number, row: number, fact: number): void
  assumeRange(row: number, low: number, high: number): void
  assumeCount(row: number, low: number, high: number): void
  hasContradiction(): number
  contradictionAt(): number
  analyzeDays(plan: number, planWords: number, answer: number, answerWords: number): void
  readonly isOutOfMemory: WebAssembly.Global
  limitMemory(pages: number): void
  refusal(): number
  refusedWord(): number
  areCountersInRange(): number
  verify(): number
  brokenAt(): number
}

/** What the module asks of its user, called while rules are applied. */
export interface Host {
  /** A pure function: a class, or undefined for "no". */
  call(fn: number, args: readonly number[]): number | undefined
  /** The operator of a number's leaf. */
  numberLeaf(value: number): number
  /** The operator of a leaf that is named after a class. */
  freshName(cls: number): number
}

/** An instance of the module, for a number of rows and of analyses, and the host that its user gave it. */
export interface Instance {
  /** Of a broken instance, what refuses every call. */
  exports: Exports
  readonly capacity: number
  /** Analyses that it has columns for, beside one. */
  readonly moreAnalyses: number
  host: Host | undefined
  /** All of memory as words, as long as it does not grow: see `memoryOf`. */
  memory: Uint32Array
}

const NO = 0xffffffff
const REGIONS = [
  "NODE",
  "LEADER",
  "SLOTS",
  "LEAF",
  "CLASS",
  "RECORDS",
  "ROOTS",
  "CLS",
  "CLOCKS",
  "KIDS",
  "home",
] as const
/** What compiled rules import of the engine. */
const IMPORTED = [
  ...["memory", "stopped", "matched", "frozenRows", "way", "atMatch"],
  ...[
    "insert",
    "insertInto",
    "join",
    "addRow",
    "addExact",
    "applyMatch",
    "isAllowed",
    "seek",
    "subsumeRow",
    "exactRowWith",
    "mustStop",
  ],
] as const
const PAGE = 65536
/** What the regions of assembly/ reserve: for each row, and whatever the rows. */
const BYTES_A_ROW = 324
const OTHER_PAGES = 1000
/** The same for each analysis beside one. */
const BYTES_AN_ANALYSIS = 12
const PAGES_AN_ANALYSIS = 32
/** Of rows at `taken`, before a match: assembly/egraph/iteration.ts. */
const TAKEN_BYTES = 4096

/** Rows of an instance unless more are asked for. */
export const FEW_ROWS = 1 << 20
export const MOST_ROWS = 1 << 23

let module: WebAssembly.Module | undefined
const idle: Instance[] = []

/** An empty instance; give it back with `release`. */
export function acquire(capacity = FEW_ROWS, moreAnalyses = 0): Instance {
  const known = idle.findIndex(
    (instance) => instance.capacity === capacity && instance.moreAnalyses === moreAnalyses,
  )
  const instance =
    (known < 0 ? undefined : idle.splice(known, 1)[0]) ?? instantiate(capacity, moreAnalyses)
  instance.exports.reset(capacity, moreAnalyses)
  return instance
}

/** Takes an instance back for its next user, unless an error ended it in the middle of a change. */
export function release(instance: Instance): void {
  instance.host = undefined
  if (instance.exports !== BROKEN.exports) idle.push(instance)
}

function instantiate(capacity: number, moreAnalyses: number): Instance {
  module ??= new WebAssembly.Module(readFileSync(packageFile("dist/smelt.wasm")))
  const abort = () => {
    throw new Error("the WebAssembly module aborted")
  }
  const hostFunction = (fn: number, at: number, count: number) => {
    const args = [...words(instance.exports, at, count)]
    return instance.host?.call(fn, args) ?? NO
  }
  const host = {
    hostFunction,
    now: () => performance.now(),
    numberLeaf: (value: number) => instance.host?.numberLeaf(value) ?? 0,
    freshName: (cls: number) => instance.host?.freshName(cls) ?? 0,
  }
  const { exports } = new WebAssembly.Instance(module, { env: { abort }, host })
  const instance: Instance = {
    exports: guarded(exports as unknown as Exports, isTrap, () => {
      instance.exports = BROKEN.exports
    }),
    capacity,
    moreAnalyses,
    host: undefined,
    memory: new Uint32Array(),
  }
  growAtOnce(instance)
  return instance
}

/** A stack that is too deep is a RangeError. */
function isTrap(error: unknown): error is Error {
  return error instanceof WebAssembly.RuntimeError || error instanceof RangeError
}

/** Memory for the regions in one step: each step costs a garbage collection. A number that is wrong costs time only. */
function growAtOnce({ exports, capacity, moreAnalyses }: Instance): void {
  const perRow = BYTES_A_ROW + BYTES_AN_ANALYSIS * moreAnalyses
  const pages =
    OTHER_PAGES + PAGES_AN_ANALYSIS * moreAnalyses + Math.ceil((capacity * perRow) / PAGE)
  exports.memory.grow(pages - exports.memory.buffer.byteLength / PAGE)
}

/** Where the regions lie that compiled rules read; the same for all instances of one capacity. */
export function layoutOf(exports: Exports): Layout {
  const at = words(exports, exports.regions(), REGIONS.length)
  const regions = Object.fromEntries(REGIONS.map((name, i) => [name, at[i] ?? 0]))
  const taken = exports.taken()
  const [scratch, aside] = [exports.scratch(), exports.aside()]
  const rest = { scratch, taken, aside, match: taken + TAKEN_BYTES }
  return { ...regions, ...rest } as Record<(typeof REGIONS)[number], number> & typeof rest
}

/** A module with the functions of a rule set. */
export type CompiledRules = WebAssembly.Module

/** Puts functions of a module of rules into an instance's table, from a place on, of which some stay empty; 0 is none. */
export function install(
  { exports }: Instance,
  rules: CompiledRules,
  names: readonly (string | undefined)[],
  first: number,
): void {
  const env = Object.fromEntries(
    IMPORTED.map((name) => [name, exports[name as keyof Exports] as WebAssembly.ImportValue]),
  )
  const compiled = new WebAssembly.Instance(rules, { env }).exports
  const missing = first + names.length - exports.table.length
  if (missing > 0) exports.table.grow(missing)
  names.forEach((name, i) => {
    if (name !== undefined) exports.table.set(first + i, compiled[name])
  })
}

export function compileModule(bytes: Uint8Array<ArrayBuffer>): CompiledRules {
  return new WebAssembly.Module(bytes)
}

/** All of memory as words; valid until memory grows. Word `i` is at address `4 i`. */
export function memoryOf(instance: Instance): Uint32Array {
  // A view of memory that grew has no words any more.
  if (instance.memory.length === 0)
    instance.memory = new Uint32Array(instance.exports.memory.buffer)
  return instance.memory
}

/** Words at an address of their own, for as long as what was defined before stays. */
export function writeBlock(instance: Instance, values: readonly number[]): number {
  const address = instance.exports.allocate(values.length * 4)
  const memory = memoryOf(instance)
  values.forEach((value, i) => (memory[(address >>> 2) + i] = value))
  return address
}

export function writeDouble({ exports }: Instance, value: number): number {
  const address = exports.allocate(8)
  doubles(exports, address, 1)[0] = value
  return address
}

/** A view of `count` words; valid until memory grows. */
export function words({ memory }: Exports, at: number, count: number): Uint32Array {
  return new Uint32Array(memory.buffer, at >>> 0, count)
}

/** A view of `count` doubles; valid until memory grows. */
export function doubles({ memory }: Exports, at: number, count: number): Float64Array {
  return new Float64Array(memory.buffer, at >>> 0, count)
}

/** Runs the analysis of assembly/safety over a plan in its words; gives its answer of `answerWords` words. */
export function runSafetyAnalysis(plan: Uint32Array, answerWords: number): Uint32Array {
  const instance = acquire()
  try {
    const { exports } = instance
    const planAt = exports.allocate(plan.byteLength)
    const answerAt = exports.allocate(answerWords * 4)
    words(exports, planAt, plan.length).set(plan)
    exports.analyzeDays(planAt, plan.length, answerAt, answerWords)
    return words(exports, answerAt, answerWords).slice()
  } finally {
    release(instance)
  }
}
