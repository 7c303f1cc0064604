import type { AnalysisName, OperatorWords } from "./analyses.js"
import type { SearchOptions } from "./extract.js"
import type { EGraph } from "./graph.js"
import type { Cost } from "./graph-problem.js"
import type { RuleText } from "./rules.js"
import type { Term } from "./term.js"

/** A class of equal terms; any row of it may stand for it. */
export type ClassId = number

export interface Limits {
  readonly nodes?: number
  readonly bytes?: number
  readonly ms?: number
  readonly iterations?: number
  readonly matches?: number
}

export interface EGraphOptions {
  /** A rule text, or one that was read already. */
  readonly rules: string | RuleText
  /** Pure functions that right sides call: from the classes of the arguments to a class, or undefined for "no". */
  readonly functions?: Readonly<
    Record<string, (args: readonly ClassId[], graph: EGraph) => ClassId | undefined>
  >
  readonly limits?: Limits
  /** What the engine finds out about classes: built-in analyses. */
  readonly analyses?: readonly AnalysisName[]
  /** Numbers of the guards, in assembly. */
  readonly guards?: ReadonlyMap<string, number>
  /**
   * Switches the relational analysis on: what an operator is to it, and the words that its facts begin
   * with. Asked once an operator, when it first occurs.
   */
  readonly describe?: (op: string) => OperatorWords
  /** Whether unions are written down, so that they can be explained. True if not said. */
  readonly proofs?: boolean
  /**
   * False: rules are read as they stand, and not compiled to WebAssembly. "aside": they work as they do in graphs
   * larger than the caches, whatever the size. Slower, to the same graph; for tests.
   */
  readonly compile?: boolean | "aside"
}

export interface ExtractOptions extends SearchOptions {
  /**
   * What a node costs itself: a table by operator, 1 where it has none, of numbers and of functions of what is known
   * of the classes of the node and of its children; or one function of operator and row. 1 if not said.
   */
  readonly cost?: Cost
  /**
   * "tree" (if not said): a shared part costs as often as it is used, and the term is the cheapest. "dag": it
   * costs once, and the term is what was found in `budgetMs` milliseconds or `moves` changes, or before, if it is
   * shown that none is cheaper.
   */
  readonly method?: "tree" | "dag"
}

export interface Extracted {
  /** A part that is used several times is one object. */
  readonly term: Term
  readonly cost: number
  /** Whether it is shown that no term of the class costs less; always of trees. */
  readonly optimal: boolean
}

/**
 * Which rules search in an iteration. "simple": all. "backoff": those that do not match too often, as egg counts it.
 * "fresh-backoff": the same, but matches count only where something in them is new or has changed since the rule was
 * searched last; so a rule is banned for what it would do and not for what it has done, and old matches are not looked at.
 * "sequence": rulesets in turn.
 */
export type Scheduler =
  | "simple"
  | "backoff"
  | "fresh-backoff"
  | { readonly kind: "simple" }
  | ({ readonly kind: "backoff" | "fresh-backoff" } & BackoffOptions)
  | SequenceOptions

/** A rule with more matches than the limit (1,000) is banned for some iterations (5); both double each time. */
export interface BackoffOptions {
  readonly matchLimit?: number
  readonly banLength?: number
}

/**
 * Steps, one after the other, again and again, until a pass changes nothing ("saturated") or as many `times` as it
 * says ("schedule-end").
 */
export interface SequenceOptions {
  readonly kind: "sequence"
  readonly steps: readonly ScheduleStep[]
  readonly times?: number
}

/** What a sequence is made of; a name alone runs its ruleset as `{ run: NAME }` does. */
export type ScheduleStep =
  | string
  /** Iterations of the rules of a ruleset, or several, until one changes nothing, or at most as many `times`. */
  | { readonly run: string | readonly string[]; readonly times?: number }
  /** The steps in turn, until a pass changes nothing, or at most as many `times`. */
  | { readonly repeat: readonly ScheduleStep[]; readonly times?: number }

export interface RunOptions extends Limits {
  /** Which rules search in an iteration: all if not said. */
  readonly scheduler?: Scheduler
  /**
   * Where a limit ends the run, the next one goes on as if it had not been stopped, with the scheduler as it is and
   * iterations counted on, also in another process after `snapshot`. If the limit stopped an iteration, the graph is
   * not congruent until then: for looking at it, do without.
   */
  readonly isResumable?: boolean
  /** Writes the state down while the run goes on, so that it can be taken up again where its process ended. */
  readonly checkpoint?: Checkpoint
  /** Ends the run once the two are equal. */
  readonly until?: readonly [ClassId, ClassId]
  /** Ends the run once every pattern matches in the root's class. */
  readonly goals?: { readonly root: ClassId; readonly patterns: readonly (string | Term)[] }
}

/** States of a run, to go on from in another process. Of rules that are compiled only, as snapshots are. */
export interface Checkpoint {
  /** Milliseconds from the beginning, or from the last checkpoint, to the next. */
  readonly everyMs: number
  /**
   * Is given a snapshot, in the middle of an iteration or between two; `checkpointFile` keeps the last one in a
   * file. A graph that is restored from it and run with the same options comes to the same rows, classes and log
   * as this run does; only `ms` counts from anew. What `write` throws ends the run, which the next one goes on with.
   */
  readonly write: (snapshot: Uint8Array<ArrayBuffer>) => void
}

export type StopReason =
  | "saturated"
  | "goal"
  | "schedule-end"
  | "iteration-limit"
  | "node-limit"
  | "byte-limit"
  | "time-limit"
  | "match-limit"

export interface RunReport {
  readonly stop: StopReason
  readonly iterations: number
  readonly nodes: number
  readonly classes: number
  /** In the order of the text. */
  readonly rules: readonly RuleReport[]
  /** Two classes that cannot be equal were united: a rule, or a fact that was given, is wrong. */
  readonly contradiction: boolean
}

/** What a rule did in a run. */
export interface RuleReport {
  readonly name: string
  /** Nodes that its search began at. */
  readonly searched: number
  /** Matches that were found: of compiled rules only new ones, also those that a guard then refused. */
  readonly matches: number
  /** Unions of two classes that it made. */
  readonly applied: number
  /** Iterations that the scheduler had it sit out. */
  readonly banned: number
  /** Nodes that it subsumed; only of a rule that subsumes. */
  readonly subsumed?: number
  /**
   * Milliseconds of searching, counting for the scheduler, and applying. Iterations over fewer than 1,024 rows are
   * not timed; short turns in a row share their time by what they looked at.
   */
  readonly ms: number
}

/** A way to compute a class. */
export interface Choice {
  /** The row that computes a class; undefined where it is read, or where there is no finite term. */
  readonly choice: (cls: ClassId) => number | undefined
  readonly isRead: (cls: ClassId) => boolean
  readonly best: (cls: ClassId) => number
}
