import { Fault } from "../../assembly/abi/fault.js"
import { EGraphError } from "./errors.js"
import type { Exports } from "./wasm.js"

// The engine's verbs as the library calls them: a call that the engine refuses, and a trap, are errors of the
// library's own. After a trap the instance may be in the middle of a change, so it cannot be used again.

/** Verbs that can be refused, or that do so much that they may trap. */
const VERBS = [
  ...[
    "add",
    "advance",
    "allocate",
    "analyzeDays",
    "assumeCount",
    "assumeFact",
    "assumeRange",
    "compileRule",
  ],
  ...["defineOp", "defineRule", "describeOp", "factIn", "hold", "rewind", "takeBack"],
  ...["scheduleAll", "scheduleBackoff", "scheduleSteps", "setFreshCounts"],
  ...["extract", "extractDag", "extractTrees", "extractVariants", "isReached", "keepDefinitions"],
  ...["listParts", "newProblem", "rebuild", "reset", "restart", "run", "setGoals", "settle"],
  ...["showVariant", "switchFactsOn", "switchLogging"],
  ...["subsume", "switchRule", "unite", "verify"],
] as const

type Verb = (...args: (number | undefined)[]) => number

/** What a verb gives that was refused: 0xFFFFFFFF. */
const REFUSED = -1

/** The exports with verbs that throw the library's errors; `onBreak` is called before an error ends one in the middle. */
export function guarded(
  raw: Exports,
  isTrap: (error: unknown) => error is Error,
  onBreak: () => void,
): Exports {
  const verbs = raw as unknown as Readonly<Record<string, Verb>>
  const fail = (error: unknown, name: string) => {
    onBreak()
    if (raw.isOutOfMemory.value !== 0)
      return new EGraphError("memory", `${name} needs more memory than there is`, error)
    if (!isTrap(error)) return error
    return new EGraphError("trap", `the engine trapped in ${name}: ${error.message}`, error)
  }
  const wrapped = VERBS.map((name) => [name, wrap(name, verbs[name] as Verb, raw, fail)])
  return { ...raw, ...Object.fromEntries(wrapped) } as Exports
}

function wrap(
  name: string,
  verb: Verb,
  raw: Exports,
  fail: (error: unknown, name: string) => unknown,
): Verb {
  return (a, b, c, d, e, f, g, h) => {
    let answer: number
    try {
      answer = verb(a, b, c, d, e, f, g, h)
    } catch (error) {
      throw fail(error, name)
    }
    if (answer === REFUSED) throw refusalOf(name, raw)
    return answer
  }
}

/** By the numbers of assembly/abi/fault.ts. */
const REASONS: Readonly<Record<number, string>> = {
  [Fault.NotReady]: "the engine was not reset yet",
  [Fault.Busy]: "rules are being applied",
  [Fault.NoRow]: "is no row of the graph",
  [Fault.NoOperator]: "is no operator of the graph",
  [Fault.NoRule]: "is no rule of the graph",
  [Fault.Count]: "is not among what there is",
  [Fault.Address]: "is no address of what was allocated",
  [Fault.Pattern]: "is the address of words that are no pattern",
  [Fault.Number]: "stands for nothing",
  [Fault.TooLate]: "the graph has begun already",
  [Fault.NotCompiled]: "is a rule that cannot run as it is",
  [Fault.Full]: "there is no more room",
  [Fault.Memory]: "there is no more memory",
}
/** Those that are not about a word. */
const FAULTS = { [Fault.Busy]: "running", [Fault.Full]: "full", [Fault.Memory]: "memory" } as const

function refusalOf(name: string, raw: Exports): EGraphError {
  const why = raw.refusal()
  const reason = REASONS[why] ?? "for no reason"
  const about = reason.startsWith("is ") || reason.startsWith("stands ")
  const word = about ? `${raw.refusedWord() >>> 0} ` : ""
  const fault = (FAULTS as Readonly<Record<number, EGraphError["fault"]>>)[why] ?? "bad-call"
  return new EGraphError(fault, `the engine refused ${name}: ${word}${reason}`)
}
