import { readFileSync } from "node:fs"
import { packageFile } from "../base/package-files.js"

// The one file that touches WebAssembly. The module is compiled once a process; instances are pooled
// and emptied when they are given back.

/** What assembly/index.ts exports; numbers are addresses, rows, classes or counts. */
export interface Exports {
  readonly memory: WebAssembly.Memory
  reset(): void
  allocate(bytes: number): number
  used(): number
  defineOp(order: number, kind: number, payload: number): number
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
  makerOf(row: number): number
  nextNode(row: number): number
  defineRule(
    left: number,
    right: number,
    variables: number,
    restsLow: number,
    restsHigh: number,
    guards: number,
  ): number
  switchRule(rule: number, on: number): void
  ruleMatches(rule: number): number
  ruleApplied(rule: number): number
  run(iterations: number, nodes: number, bytes: number, matches: number, deadline: number): number
  iterationsDone(): number
  logStart(): number
  logSize(): number
  rowPrices(): number
  readPrices(): number
  bestCosts(): number
  choices(): number
  extract(root: number): void
  switchFactsOn(): void
  hasContradiction(): number
  analyzeDays(plan: number, answer: number): void
}

/** A pure function of the host, called while rules are applied: a class, or undefined for "no". */
export type HostFunction = (fn: number, args: readonly number[]) => number | undefined

/** An instance of the module and the host function that its user gave it. */
export interface Instance {
  readonly exports: Exports
  host: HostFunction | undefined
}

const NO = 0xffffffff

let module: WebAssembly.Module | undefined
const idle: Instance[] = []

/** An empty instance; give it back with `release`. */
export function acquire(): Instance {
  const instance = idle.pop() ?? instantiate()
  instance.exports.reset()
  return instance
}

export function release(instance: Instance): void {
  instance.host = undefined
  idle.push(instance)
}

function instantiate(): Instance {
  module ??= new WebAssembly.Module(readFileSync(packageFile("dist/smelt.wasm")))
  const abort = () => {
    throw new Error("the WebAssembly module aborted")
  }
  const hostFunction = (fn: number, at: number, count: number) => {
    const args = [...words(instance.exports, at, count)]
    return instance.host?.(fn, args) ?? NO
  }
  const host = { hostFunction, now: () => performance.now() }
  const { exports } = new WebAssembly.Instance(module, { env: { abort }, host })
  const instance: Instance = { exports: exports as unknown as Exports, host: undefined }
  return instance
}

/** A view of `count` words; valid until memory grows. */
export function words({ memory }: Exports, at: number, count: number): Uint32Array {
  return new Uint32Array(memory.buffer, at, count)
}

/** A view of `count` doubles; valid until memory grows. */
export function doubles({ memory }: Exports, at: number, count: number): Float64Array {
  return new Float64Array(memory.buffer, at, count)
}

/** Runs the analysis of assembly/safety over a plan in its words; gives its answer of `answerWords` words. */
export function runSafetyAnalysis(plan: Uint32Array, answerWords: number): Uint32Array {
  const instance = acquire()
  try {
    const { exports } = instance
    const planAt = exports.allocate(plan.byteLength)
    const answerAt = exports.allocate(answerWords * 4)
    words(exports, planAt, plan.length).set(plan)
    exports.analyzeDays(planAt, answerAt)
    return words(exports, answerAt, answerWords).slice()
  } finally {
    release(instance)
  }
}
