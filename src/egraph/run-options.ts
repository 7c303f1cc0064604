import { checkLimits } from "./misuse.js"
import { EGraphError } from "./errors.js"
import { nearest, orThese } from "../base/suggest.js"
import type {
  BackoffOptions,
  Checkpoint,
  Limits,
  RunOptions,
  Scheduler,
  SequenceOptions,
} from "./options.js"
import { memoryOf, type Exports, type Instance } from "./wasm.js"

// What a run is told: limits as words, and the scheduler.

/** A double and its words. */
const TIME = new Float64Array(1)
const TIME_WORDS = new Uint32Array(TIME.buffer)
/** Words of the limits, as assembly/egraph/budget.ts has them. */
const IS_PAUSED = 7
const PAUSE = 8
/** egg's: Willsey et al., POPL 2021. */
const BACKOFF = { matchLimit: 1000, banLength: 5 }
const ITERATIONS = 30
const KINDS = ["simple", "backoff", "fresh-backoff", "sequence"]

/** What counts for a ban: of assembly/egraph/schedule.ts. */
const ALL = 1
export const FRESH = 2
/** Of its steps. */
const RUN = 0
const REPEAT = 1
const END = 3
const MOST = 2 ** 32 - 1
const MOST_WORDS = 2 ** 14

/** Writes limits at word `at`, as assembly/egraph/budget.ts has them; \`usual\` are those that are not said. */
export function writeLimits(
  instance: Instance,
  at: number,
  limits: Limits & Pick<RunOptions, "isResumable" | "checkpoint">,
  usual: Limits = limits,
): void {
  const ms = limits.ms ?? usual.ms
  const iterations = limits.iterations ?? usual.iterations
  const deadline = ms === undefined || ms === Infinity ? Infinity : performance.now() + ms
  const memory = memoryOf(instance)
  writeTime(memory, at, deadline)
  at += 2
  memory[at++] = Math.min(limits.nodes ?? usual.nodes ?? Infinity, instance.capacity)
  memory[at++] = Math.min(limits.bytes ?? usual.bytes ?? Infinity, 2 ** 32 - 1)
  memory[at++] = Math.min(limits.matches ?? usual.matches ?? Infinity, 2 ** 31)
  memory[at++] = Math.min(iterations ?? ITERATIONS, 2 ** 31)
  memory[at++] = limits.isResumable === true ? 1 : 0
  memory[at++] = 0
  writeTime(memory, at, nextPause(limits.checkpoint))
}

/** The rest of a run that paused has the limits that it had. */
export function writeRest(instance: Instance, at: number, checkpoint: Checkpoint): void {
  const memory = memoryOf(instance)
  memory[at + IS_PAUSED] = 1
  writeTime(memory, at + PAUSE, nextPause(checkpoint))
}

function nextPause(checkpoint: Checkpoint | undefined): number {
  return checkpoint ? performance.now() + checkpoint.everyMs : 0
}

function writeTime(memory: Uint32Array, at: number, time: number): void {
  TIME[0] = time
  memory.set(TIME_WORDS, at)
}

/** What schedulers ask of the rules. */
export interface Scheduled {
  /** By their numbers. */
  readonly rulesets: readonly string[]
  readonly oneWay: ReadonlySet<string>
}

export function schedule(instance: Instance, scheduler: Scheduler, rules: Scheduled): void {
  const { exports } = instance
  if (scheduler === "simple") return exports.scheduleAll()
  const options = typeof scheduler === "string" ? { kind: scheduler } : scheduler
  switch (options.kind) {
    case "simple":
      return exports.scheduleAll()
    case "backoff":
    case "fresh-backoff":
      return backOff(exports, options)
    case "sequence":
      return writeSteps(instance, stepsOf(options, rules))
    default:
      throw new EGraphError(
        "bad-option",
        `a scheduler is one of ${KINDS.join(", ")}, found ${JSON.stringify(scheduler)}`,
      )
  }
}

function backOff(
  exports: Exports,
  { kind, matchLimit, banLength }: { kind: "backoff" | "fresh-backoff" } & BackoffOptions,
): void {
  checkLimits({ matchLimit, banLength })
  exports.scheduleBackoff(
    kind === "backoff" ? ALL : FRESH,
    Math.min(matchLimit ?? BACKOFF.matchLimit, MOST),
    Math.min(banLength ?? BACKOFF.banLength, MOST),
  )
}

// ------------------------------------------------------------------------------------------ steps

/** Words of a sequence, as assembly/egraph/schedule.ts has them. */
function stepsOf(sequence: SequenceOptions, rules: Scheduled): number[] {
  const words: number[] = []
  const head = (kind: number, times: unknown, around: number, count: number) =>
    words.push(kind, timesOf(times), 0, 0, around, count)
  const repeat = (steps: unknown, times: unknown, around: number) => {
    if (!Array.isArray(steps) || steps.length === 0)
      return refuse(`steps are a list of at least one step, found ${JSON.stringify(steps)}`)
    const at = words.length
    head(REPEAT, times, around, 0)
    for (const step of steps as unknown[]) write(step, at)
    words[at + END] = words.length
  }
  const write = (step: unknown, around: number) => {
    const { run, repeat: steps, times, ...others } = fieldsOf(step)
    const [other] = Object.keys(others)
    if (other !== undefined || (run === undefined) === (steps === undefined))
      return refuse(`a step is { run, times } or { repeat, times }, found ${JSON.stringify(step)}`)
    if (run === undefined) return repeat(steps, times, around)
    const names: readonly unknown[] = Array.isArray(run) ? run : [run]
    if (names.length === 0) return refuse("a step runs one ruleset or several, found none")
    const at = words.length
    head(RUN, times, around, names.length)
    for (const name of names) words.push(rulesetOf(name, rules))
    words[at + END] = words.length
  }
  repeat(sequence.steps, sequence.times, 0)
  return words.length <= MOST_WORDS
    ? words
    : refuse(`the sequence is too long: ${words.length} words, and ${MOST_WORDS} are possible`)
}

function fieldsOf(step: unknown): Readonly<Record<string, unknown>> {
  if (typeof step === "string") return { run: step }
  return typeof step === "object" && step !== null ? { ...step } : {}
}

function timesOf(times: unknown): number {
  if (times === undefined || times === Infinity) return MOST
  if (Number.isInteger(times) && Number(times) > 0) return Math.min(Number(times), MOST)
  return refuse(`\`times\` is a whole number from 1, found ${JSON.stringify(times)}`)
}

function rulesetOf(name: unknown, { rulesets, oneWay }: Scheduled): number {
  const number = rulesets.findIndex((ruleset) => ruleset === name)
  if (number >= 0) return number
  if (typeof name !== "string")
    return refuse(`a ruleset's name is a text, found ${JSON.stringify(name)}`)
  const why = oneWay.has(name)
    ? `; ${name} is one-way: its rules make normal forms and are not run here`
    : orThese(nearest(name, rulesets), "there are", rulesets)
  throw new EGraphError("unknown-ruleset", `there is no ruleset ${name} with rules to run${why}`)
}

function refuse(message: string): never {
  throw new EGraphError("bad-option", message)
}

function writeSteps(instance: Instance, words: readonly number[]): void {
  const at = instance.exports.scheduleAt() >>> 2
  memoryOf(instance).set(words, at)
  instance.exports.scheduleSteps()
}
