import { readFileSync } from "node:fs"
import { packageFile } from "../base/package-files.js"

// The one file that touches WebAssembly. The module is compiled once a process; instances are pooled
// and reset when they are given back.

/** What assembly/index.ts exports. */
export interface Exports {
  readonly memory: WebAssembly.Memory
  allocate(bytes: number): number
  reset(): void
  used(): number
  analyzeDays(plan: number, answer: number): void
}

let module: WebAssembly.Module | undefined
const idle: Exports[] = []

/** An instance with empty memory; give it back with `release`. */
export function acquire(): Exports {
  return idle.pop() ?? instantiate()
}

export function release(instance: Exports): void {
  instance.reset()
  idle.push(instance)
}

function instantiate(): Exports {
  module ??= new WebAssembly.Module(readFileSync(packageFile("dist/smelt.wasm")))
  const abort = () => {
    throw new Error("the WebAssembly module aborted")
  }
  return new WebAssembly.Instance(module, { env: { abort } }).exports as unknown as Exports
}

/** Runs the analysis of assembly/safety over a plan in its words; gives its answer of `answerWords` words. */
export function runSafetyAnalysis(plan: Uint32Array, answerWords: number): Uint32Array {
  const instance = acquire()
  try {
    const planAt = instance.allocate(plan.byteLength)
    const answerAt = instance.allocate(answerWords * 4)
    new Uint32Array(instance.memory.buffer, planAt, plan.length).set(plan)
    instance.analyzeDays(planAt, answerAt)
    return new Uint32Array(instance.memory.buffer, answerAt, answerWords).slice()
  } finally {
    release(instance)
  }
}
