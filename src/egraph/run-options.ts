import { checkLimits } from "./misuse.js"
import { EGraphError } from "./errors.js"
import type { Limits, Scheduler } from "./options.js"
import { memoryOf, type Exports, type Instance } from "./wasm.js"

// What a run is told: limits as words, and the scheduler.

/** A double and its words. */
const DEADLINE = new Float64Array(1)
const DEADLINE_WORDS = new Uint32Array(DEADLINE.buffer)
/** egg's: Willsey et al., POPL 2021. */
const BACKOFF = { matchLimit: 1000, banLength: 5 }
const BACKOFF_SCHEDULER: Exclude<Scheduler, string> = { kind: "backoff" }
const ITERATIONS = 30

/** Writes limits at word `at`, as assembly/egraph/budget.ts has them; \`usual\` are those that are not said. */
export function writeLimits(
  instance: Instance,
  at: number,
  limits: Limits & { readonly isResumable?: boolean },
  usual: Limits = limits,
): void {
  const ms = limits.ms ?? usual.ms
  const iterations = limits.iterations ?? usual.iterations
  const deadline = ms === undefined || ms === Infinity ? Infinity : performance.now() + ms
  DEADLINE[0] = deadline
  const memory = memoryOf(instance)
  memory[at++] = DEADLINE_WORDS[0] ?? 0
  memory[at++] = DEADLINE_WORDS[1] ?? 0
  memory[at++] = Math.min(limits.nodes ?? usual.nodes ?? Infinity, instance.capacity)
  memory[at++] = Math.min(limits.bytes ?? usual.bytes ?? Infinity, 2 ** 32 - 1)
  memory[at++] = Math.min(limits.matches ?? usual.matches ?? Infinity, 2 ** 31)
  memory[at++] = Math.min(iterations ?? ITERATIONS, 2 ** 31)
  memory[at] = limits.isResumable === true ? 1 : 0
}

/** `interpreted`: why rules are not compiled, if they are not. */
export function schedule(
  exports: Exports,
  scheduler: Scheduler,
  interpreted: string | undefined,
): void {
  if (scheduler === "simple") return exports.scheduleAll()
  const options = scheduler === "backoff" ? BACKOFF_SCHEDULER : scheduler
  if (options.kind === "simple") return exports.scheduleAll()
  if (options.kind !== "backoff")
    throw new EGraphError(
      "bad-option",
      `a scheduler is "simple" or "backoff", found ${JSON.stringify(scheduler)}`,
    )
  if (interpreted !== undefined)
    throw new EGraphError(
      "bad-option",
      `the backoff scheduler is only possible where rules are compiled, and ${interpreted}`,
    )
  const { matchLimit, banLength } = options
  checkLimits({ matchLimit, banLength })
  exports.scheduleBackoff(matchLimit ?? BACKOFF.matchLimit, banLength ?? BACKOFF.banLength)
}
