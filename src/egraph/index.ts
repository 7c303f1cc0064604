import { at, some } from "../base/check.js"
import {
  ANALYSES,
  isNumber,
  numberText,
  RELATIONAL,
  type AnalysisName,
  type OperatorWords,
} from "./analyses.js"
import { checkRules } from "./check-rules.js"
import { defineRules, writePattern, type Numbering } from "./define.js"
import { Explanation, readLog, UnionIndex, type Application, type Log } from "./explain.js"
import { readRules } from "./read-rules.js"
import { variablesOf, type Rule, type RuleText } from "./rules.js"
import { readTerm, type Term } from "./term.js"
import {
  acquire,
  doubles,
  FEW_ROWS,
  memoryOf,
  MOST_ROWS,
  release,
  words,
  type Exports,
  type Instance,
} from "./wasm.js"

export type { AnalysisName, OperatorWords } from "./analyses.js"
export { Explanation, UnionIndex, type Application, type Log } from "./explain.js"
export { EGraphError, type EGraphFault } from "./errors.js"
export { readRules } from "./read-rules.js"
export type { Choice as RightSideChoice, Clause, Guard, Rule, RuleText } from "./rules.js"
export { readTerm, RuleSyntaxError, showTerm, type Term } from "./term.js"

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
  /** False: rules are read as they stand, and not compiled to WebAssembly. Slower; for tests. */
  readonly compile?: boolean
}

export type Scheduler =
  | "simple"
  | "backoff"
  | { readonly kind: "simple" }
  | ({ readonly kind: "backoff" } & BackoffOptions)

/** A rule with more matches than the limit is banned for some iterations; both double each time. */
export interface BackoffOptions {
  readonly matchLimit?: number
  readonly banLength?: number
}

export interface RunOptions extends Limits {
  /** Which rules search in an iteration: all (the default), or those that do not match too often. */
  readonly scheduler?: Scheduler
  /** Ends the run once the two are equal. */
  readonly until?: readonly [ClassId, ClassId]
  /** Ends the run once every pattern matches in the root's class. */
  readonly goals?: { readonly root: ClassId; readonly patterns: readonly (string | Term)[] }
}

export type StopReason =
  | "saturated"
  | "goal"
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
  readonly rules: readonly {
    readonly name: string
    readonly matches: number
    readonly applied: number
  }[]
  /** Two classes that cannot be equal were united: a rule, or a fact that was given, is wrong. */
  readonly contradiction: boolean
}

/** A way to compute a class. */
export interface Choice {
  /** The row that computes a class; undefined where it is read, or where there is no finite term. */
  readonly choice: (cls: ClassId) => number | undefined
  readonly isRead: (cls: ClassId) => boolean
  readonly best: (cls: ClassId) => number
}

const STOPS: readonly StopReason[] = [
  "saturated",
  "iteration-limit",
  "node-limit",
  "byte-limit",
  "time-limit",
  "match-limit",
  "goal",
]
const ORDERS = { set: 1, multiset: 2 } as const
const READ = 0xffffffff
/** Of an operator's kind: it is a leaf that is written as a number. */
const NUMBER = 1 << 31
/** A double and its words. */
const DEADLINE = new Float64Array(1)
const DEADLINE_WORDS = new Uint32Array(DEADLINE.buffer)
/** egg's: Willsey et al., POPL 2021. */
const BACKOFF = { matchLimit: 1000, banLength: 5 }
const BACKOFF_SCHEDULER: Exclude<Scheduler, string> = { kind: "backoff" }

/**
 * An e-graph (Willsey et al., POPL 2021) in WebAssembly: hash-consed nodes, deferred rebuilding,
 * patterns over ordered and unordered operators, a log of every union that a rule made. Deterministic:
 * equal calls give equal graphs. Give it back with `dispose`.
 */
export class EGraph {
  private readonly ops = new Map<string, number>()
  private readonly opNames: string[] = []
  /** Keys of `ops` by number. */
  private readonly opKeys: string[] = []
  /** Operators that the rules name. */
  private definedOps = 0
  private readonly rules: readonly Rule[]
  private readonly originals: Term[] = []
  /** Words in the engine's memory: where children are written, and limits. */
  private readonly scratch: number
  private readonly budget: number

  private constructor(
    private readonly instance: Instance,
    private readonly text: RuleText,
    private readonly options: EGraphOptions,
  ) {
    this.rules = saturating(text)
    this.scratch = this.wasm.scratch() >>> 2
    this.budget = this.wasm.budgetAt() >>> 2
    this.setUp()
  }

  private setUp(): void {
    const { instance, options, text } = this
    const names = [...text.functions.keys()]
    if (options.describe) this.wasm.switchFactsOn(RELATIONAL)
    else if (options.analyses?.[0]) this.wasm.switchFactsOn(ANALYSES[options.analyses[0]].number)
    this.wasm.switchLogging(options.proofs === false ? 0 : 1)
    instance.host = {
      call: (fn, args) => options.functions?.[at(names, fn)]?.(args, this),
      numberLeaf: (value) => this.op(numberText(value), 0),
      freshName: (cls) => this.op(`_ ${cls}`, 0),
    }
    defineRules(instance, text, this.rules, this.numbering, options)
    this.definedOps = this.opNames.length
    this.wasm.keepDefinitions()
  }

  static async create(options: EGraphOptions): Promise<EGraph> {
    return EGraph.createSync(options)
  }

  static createSync(options: EGraphOptions): EGraph {
    const text = typeof options.rules === "string" ? readRules(options.rules) : options.rules
    checkRules(text, saturating(text), options)
    const isLarge = (options.limits?.nodes ?? 0) > FEW_ROWS >> 1
    return new EGraph(acquire(isLarge ? MOST_ROWS : FEW_ROWS), text, options)
  }

  /** Empties the graph; the rules stay. */
  reset(): void {
    for (const key of this.opKeys.splice(this.definedOps)) this.ops.delete(key)
    this.opNames.length = this.definedOps
    this.originals.length = 0
    this.wasm.restart()
  }

  private get wasm(): Exports {
    return this.instance.exports
  }

  // -------------------------------------------------------------------------------------- terms

  add(term: string | Term): ClassId {
    const { op, children } = typeof term === "string" ? readTerm(term) : term
    return this.addNode(
      op,
      children.map((child) => this.add(child)),
    )
  }

  /** The class of an operator over classes. */
  addNode(op: string, children: readonly ClassId[]): ClassId {
    const number = this.op(op, children.length)
    const memory = memoryOf(this.instance)
    children.forEach((child, i) => (memory[this.scratch + i] = child))
    const added = this.wasm.add(number, children.length)
    if (added === 0) throw new RangeError("the e-graph is full")
    return added
  }

  private readonly numbering: Numbering = {
    op: (name, arity) => this.op(name, arity),
    block: (values) => this.block(values),
  }

  /** The number of an operator; one word with several arities is several operators, unless it is unordered. */
  private op(text: string, arity: number): number {
    const name = arity === 0 ? this.leafName(text) : text
    const order = this.text.operators.get(name)
    const key = order ? name : `${arity} ${name}`
    const known = this.ops.get(key)
    if (known !== undefined) return known
    const { kind, payload, value } = this.describe(name, arity)
    const at =
      value === undefined ? (payload.length > 0 ? this.block(payload) : 0) : this.double(value)
    const isNumeral = arity === 0 && isNumber(name) ? NUMBER : 0
    const number = this.wasm.defineOp(order ? ORDERS[order] : 0, kind | isNumeral, at)
    this.ops.set(key, number)
    this.opNames[number] = name
    this.opKeys[number] = key
    return number
  }

  private leafName(text: string): string {
    const [analysis] = this.options.analyses ?? []
    const isValue = analysis && ANALYSES[analysis].hasNumbers && isNumber(text)
    return isValue ? numberText(Number(text)) : text
  }

  private describe(name: string, arity: number): OperatorWords {
    if (this.options.describe) return this.options.describe(name)
    const [analysis] = this.options.analyses ?? []
    if (!analysis) return { kind: 0, payload: [] }
    return ANALYSES[analysis].describe(name, arity, (op, count) => this.op(op, count))
  }

  private block(values: readonly number[]): number {
    const address = this.wasm.allocate(values.length * 4)
    const memory = memoryOf(this.instance)
    values.forEach((value, i) => (memory[(address >>> 2) + i] = value))
    return address
  }

  private double(value: number): number {
    const address = this.wasm.allocate(8)
    doubles(this.wasm, address, 1)[0] = value
    return address
  }

  union(a: ClassId, b: ClassId): void {
    this.wasm.unite(a, b)
  }

  rebuild(): void {
    this.wasm.rebuild()
  }

  find(a: ClassId): ClassId {
    return this.wasm.find(a)
  }

  equal(a: ClassId, b: ClassId): boolean {
    return this.find(a) === this.find(b)
  }

  // --------------------------------------------------------------------------------------- rows

  /** One more than the last row. */
  get rows(): number {
    return this.wasm.rows()
  }

  /** Nodes that are different, over all classes. */
  get nodes(): number {
    return this.wasm.liveNodes()
  }

  get classes(): number {
    return this.wasm.classes()
  }

  isLive(row: number): boolean {
    return this.wasm.isLive(row) !== 0
  }

  opOf(row: number): string {
    return some(this.opNames[this.wasm.opOf(row)], "an operator")
  }

  childrenOf(row: number): ClassId[] {
    const { exports } = this.instance
    const count = exports.arityOf(row)
    const children: ClassId[] = []
    for (let i = 0; i < count; i++) children.push(exports.childOf(row, i))
    return children
  }

  /** The rows of a class, the oldest first. */
  members(cls: ClassId): number[] {
    const first = this.find(cls)
    const found: number[] = []
    let row = first
    do {
      if (this.isLive(row)) found.push(row)
      row = this.wasm.nextNode(row)
    } while (row !== first)
    return found.sort((a, b) => a - b)
  }

  /** A row as it was first written, the same object at each call. Rows speak of older rows only, so this ends. */
  originalTerm(row: number): Term {
    const known = this.originals[row]
    if (known) return known
    const children = this.firstChildrenOf(row).map((child) => this.originalTerm(child))
    const term = { op: this.opOf(row), children }
    this.originals[row] = term
    return term
  }

  // ---------------------------------------------------------------------------------------- run

  /** Applies the rules until nothing new comes, a goal is reached or a limit ends it. */
  run(options: RunOptions = {}): RunReport {
    const { wasm } = this
    this.setBudget(this.options.limits ? { ...this.options.limits, ...options } : options)
    this.schedule(options.scheduler ?? "simple")
    wasm.setGoals(this.goals(options))
    const stop = wasm.run()
    return {
      stop: at(STOPS, stop),
      iterations: wasm.iterationsDone(),
      nodes: wasm.liveNodes(),
      classes: wasm.classes(),
      rules: this.rules.map(({ name }, i) => ({
        name,
        matches: wasm.ruleMatches(i),
        applied: wasm.ruleApplied(i),
      })),
      contradiction: wasm.hasContradiction() !== 0,
    }
  }

  /** Writes the limits as assembly/egraph/budget.ts has them. */
  private setBudget({ nodes, bytes, ms, iterations, matches }: Limits): void {
    const deadline = ms === undefined || ms === Infinity ? Infinity : performance.now() + ms
    DEADLINE[0] = deadline
    const memory = memoryOf(this.instance)
    let at = this.budget
    memory[at++] = DEADLINE_WORDS[0] ?? 0
    memory[at++] = DEADLINE_WORDS[1] ?? 0
    memory[at++] = Math.min(nodes ?? Infinity, this.instance.capacity)
    memory[at++] = Math.min(bytes ?? Infinity, 2 ** 32 - 1)
    memory[at++] = Math.min(matches ?? Infinity, 2 ** 31)
    memory[at] = Math.min(iterations ?? 30, 2 ** 31)
  }

  private schedule(scheduler: Scheduler): void {
    if (scheduler === "simple") return this.wasm.scheduleAll()
    const options = scheduler === "backoff" ? BACKOFF_SCHEDULER : scheduler
    if (options.kind === "simple") return this.wasm.scheduleAll()
    const { matchLimit, banLength } = options
    this.wasm.scheduleBackoff(matchLimit ?? BACKOFF.matchLimit, banLength ?? BACKOFF.banLength)
  }

  private goals({ goals, until }: RunOptions): number {
    const patterns = goals?.patterns ?? []
    const written = patterns.flatMap((pattern) => this.goal(goals?.root ?? 0, pattern))
    if (until) written.push(until[0], 0, until[1])
    return written.length > 0 ? this.block([written.length / 3, ...written]) : 0
  }

  private goal(root: ClassId, pattern: string | Term): number[] {
    const term = typeof pattern === "string" ? readTerm(pattern) : pattern
    const variables = variablesOf(term)
    const number = (variable: string) => variables.indexOf(variable)
    return [root, writePattern(term, number, undefined, this.numbering), variables.length]
  }

  /** Whether a pattern matches in a class. */
  matches(root: ClassId, pattern: string | Term): boolean {
    return this.wasm.isReached(this.block(this.goal(root, pattern))) !== 0
  }

  /** Switches rules off, or on again, by name. */
  switchRule(name: string, on: boolean): void {
    this.rules.forEach((rule, i) => {
      if (rule.name === name) this.wasm.switchRule(i, on ? 1 : 0)
    })
  }

  // ------------------------------------------------------------------------------------ the log

  /** Every union so far, in order, with the rule that made it. */
  log(): Log {
    const { wasm } = this
    const words_ = words(wasm, wasm.logStart(), wasm.logSize() >>> 2)
    return readLog(words_, (rule) => at(this.rules, rule).name)
  }

  /** The rules' applications by which two rows of one class are equal, each once, in their order. */
  explain(left: number, right: number, log = this.log()): Application[] {
    return new Explanation(new UnionIndex(this, log)).add(left, right).applications()
  }

  /** Children of a row as they were first written: rows, older than it. */
  firstChildrenOf(row: number): number[] {
    const { exports } = this.instance
    const count = exports.firstArityOf(row)
    const children: number[] = []
    for (let i = 0; i < count; i++) children.push(exports.firstChildOf(row, i))
    return children
  }

  /** Whether an operator's children have an order. */
  isOrdered(op: string): boolean {
    return !this.text.operators.has(op)
  }

  /** The rule application, by its place in the log, that made a row; 0 for the host. */
  makerOf(row: number): number {
    return this.wasm.makerOf(row)
  }

  // --------------------------------------------------------------------------------- extraction

  /** The cheapest term of a class by a price an operator (1 where none is given), exactly. */
  extract(
    a: ClassId,
    { cost = () => 1 }: { readonly cost?: (op: string) => number } = {},
  ): { term: Term; cost: number } {
    this.setPrices((row) => cost(this.opOf(row)))
    const { choice, best } = this.choose(a)
    const term = (cls: ClassId): Term => {
      const row = some(choice(cls), "a finite term")
      return { op: this.opOf(row), children: this.childrenOf(row).map(term) }
    }
    return { term: term(a), cost: best(a) }
  }

  /** The price of every row itself, without what is below it. Stays until rows are added. */
  setPrices(price: (row: number) => number): void {
    const { wasm } = this
    const prices = doubles(wasm, wasm.rowPrices(), wasm.rows())
    for (let row = 1; row < prices.length; row++)
      prices[row] = this.isLive(row) ? price(row) : Infinity
    doubles(wasm, wasm.readPrices(), wasm.rows()).fill(Infinity)
  }

  /**
   * The cheapest row of every class below `root`, by `setPrices`; a class may be read instead of computed
   * at the price that `reads` has for it, the root not. Valid until the next call.
   */
  choose(root: ClassId, reads: ReadonlyMap<ClassId, number> = new Map()): Choice {
    const { wasm } = this
    const prices = doubles(wasm, wasm.readPrices(), wasm.rows())
    for (const [cls, price] of reads) prices[this.find(cls)] = price
    wasm.extract(root)
    for (const cls of reads.keys()) prices[this.find(cls)] = Infinity
    const choices = words(wasm, wasm.choices(), wasm.rows())
    const costs = doubles(wasm, wasm.bestCosts(), wasm.rows())
    return {
      choice: (cls) => {
        const row = choices[this.find(cls)] ?? 0
        return row === 0 || row === READ ? undefined : row
      },
      isRead: (cls) => choices[this.find(cls)] === READ,
      best: (cls) => costs[this.find(cls)] ?? Infinity,
    }
  }

  /** Gives the instance back; the graph must not be used again. */
  dispose(): void {
    release(this.instance)
  }
}

/** Rules that an engine runs until nothing new comes. */
function saturating({ rules, oneWay }: RuleText): Rule[] {
  return rules.filter(({ ruleset }) => !oneWay.has(ruleset))
}
