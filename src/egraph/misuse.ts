import { orThese, nearest } from "../base/suggest.js"
import { EGraphError, type EGraphFault } from "./errors.js"
import type { Checkpoint } from "./options.js"
import type { Exports, Instance } from "./wasm.js"

// Calls that a graph refuses.

/** Stands for the instance of a graph that was given back. */
export const DISPOSED = refusing("disposed", "the graph was disposed of and cannot be used again")

/** Stands for the instance of a graph whose run did not come to its end. */
export const BROKEN = refusing(
  "broken",
  "an error ended a run in the middle of a change, so the graph cannot be used again",
)

function refusing(fault: EGraphFault, message: string): Instance {
  const refuse = (): never => {
    throw new EGraphError(fault, message)
  }
  const exports = new Proxy({}, { get: refuse }) as Exports
  return {
    exports,
    get memory(): Uint32Array {
      return refuse()
    },
    capacity: 0,
    moreAnalyses: 0,
    host: undefined,
  }
}

/** While rules are applied a function of the host may look, and add nodes; nothing else. */
export function checkCall(name: string, isRunning: boolean): void {
  if (!isRunning) return
  throw new EGraphError(
    "running",
    `${name} was called by a function of a rule; it can add and find only`,
  )
}

/** Limits are numbers from 0. */
export function checkLimits(limits: {
  readonly [name in (typeof LIMITS)[number]]?: unknown
}): void {
  for (const name of LIMITS) {
    const limit = limits[name]
    if (typeof limit === "number" && !(limit >= 0))
      throw new EGraphError("bad-option", `${name} is ${limit}; a number from 0 is needed`)
  }
}

export function checkCheckpoint(checkpoint: Checkpoint): void {
  const { everyMs, write } = checkpoint as { readonly [name in keyof Checkpoint]?: unknown }
  if (typeof everyMs !== "number" || !(everyMs >= 0))
    throw new EGraphError(
      "bad-option",
      `checkpoint.everyMs is ${String(everyMs)}; a number of milliseconds from 0 is needed`,
    )
  if (typeof write !== "function")
    throw new EGraphError(
      "bad-option",
      `checkpoint.write is ${String(write)}; a function is needed, as checkpointFile makes one`,
    )
}

const LIMITS = ["nodes", "bytes", "ms", "iterations", "matches", "matchLimit", "banLength"] as const

export function checkName(name: string, rules: readonly { readonly name: string }[]): void {
  const names = rules.map((rule) => rule.name)
  if (names.includes(name)) return
  const hint = orThese(nearest(name, names), "there are", names)
  throw new EGraphError("unknown-rule", `there is no rule ${name}${hint}`)
}
