import { at, some } from "../base/check.js"
import { Explanation, readLog, UnionIndex, type Application, type Log } from "./explain.js"
import { isRest, isVariable, readRules, variablesOf, type Rule, type RuleText } from "./rules.js"
import { readTerm, type Term } from "./term.js"
import { acquire, doubles, release, words, type Exports, type Instance } from "./wasm.js"

export { Explanation, UnionIndex, type Application, type Log } from "./explain.js"
export { readRules, type Guard, type Rule, type RuleText } from "./rules.js"
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
  /** Numbers of the guards, in assembly. */
  readonly guards?: ReadonlyMap<string, number>
  /**
   * Switches the relational analysis on: what an operator is to it, and the words that its facts begin
   * with. Asked once an operator, when it first occurs.
   */
  readonly describe?: (op: string) => OperatorWords
}

export interface OperatorWords {
  readonly kind: number
  readonly payload: readonly number[]
}

export type StopReason =
  "saturated" | "iteration-limit" | "node-limit" | "byte-limit" | "time-limit" | "match-limit"

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
]
const ORDERS = { set: 1, multiset: 2 } as const
const VAR = 0
const NODE = 1
const REST = 2
const CALL = 3
const READ = 0xffffffff

/**
 * An e-graph (Willsey et al., POPL 2021) in WebAssembly: hash-consed nodes, deferred rebuilding,
 * patterns over ordered and unordered operators, a log of every union that a rule made. Deterministic:
 * equal calls give equal graphs. Give it back with `dispose`.
 */
export class EGraph {
  private readonly ops = new Map<string, number>()
  private readonly opNames: string[] = []
  private readonly rules: readonly Rule[]
  private readonly originals: Term[] = []

  private constructor(
    private readonly instance: Instance,
    private readonly text: RuleText,
    private readonly options: EGraphOptions,
  ) {
    this.rules = text.rules.filter(({ ruleset }) => !text.oneWay.has(ruleset))
    const names = [...text.functions.keys()]
    if (options.describe) this.wasm.switchFactsOn()
    instance.host = (fn, args) => this.options.functions?.[at(names, fn)]?.(args, this)
    for (const rule of this.rules) this.defineRule(rule, names)
  }

  static async create(options: EGraphOptions): Promise<EGraph> {
    return EGraph.createSync(options)
  }

  static createSync(options: EGraphOptions): EGraph {
    const text = typeof options.rules === "string" ? readRules(options.rules) : options.rules
    return new EGraph(acquire(), text, options)
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
    const number = this.op(op)
    words(this.wasm, this.wasm.scratch(), children.length).set(children)
    const added = this.wasm.add(number, children.length)
    if (added === 0) throw new RangeError("the e-graph is full")
    return added
  }

  private op(name: string): number {
    const known = this.ops.get(name)
    if (known !== undefined) return known
    const order = this.text.operators.get(name)
    const { kind, payload } = this.options.describe?.(name) ?? { kind: 0, payload: [] }
    const at = payload.length > 0 ? this.block(payload) : 0
    const number = this.wasm.defineOp(order ? ORDERS[order] : 0, kind, at)
    this.ops.set(name, number)
    this.opNames[number] = name
    return number
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

  /** Applies the rules until nothing new comes or a limit ends it. */
  run(limits: Limits = {}): RunReport {
    const {
      nodes = 1 << 20,
      bytes = 2 ** 31,
      ms = Infinity,
      iterations = 30,
      matches = 2 ** 31,
    } = { ...this.options.limits, ...limits }
    const deadline = ms === Infinity ? Infinity : performance.now() + ms
    const stop = this.wasm.run(iterations, nodes, bytes, matches, deadline)
    return {
      stop: at(STOPS, stop),
      iterations: this.wasm.iterationsDone(),
      nodes: this.wasm.liveNodes(),
      classes: this.wasm.classes(),
      rules: this.rules.map(({ name }, i) => ({
        name,
        matches: this.wasm.ruleMatches(i),
        applied: this.wasm.ruleApplied(i),
      })),
      contradiction: this.wasm.hasContradiction() !== 0,
    }
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

  /** Empties the graph; the rules stay. */
  dispose(): void {
    release(this.instance)
  }

  // ------------------------------------------------------------------------------ rule compiler

  private defineRule(rule: Rule, functions: readonly string[]): void {
    const variables = variablesOf(rule.left)
    const number = (variable: string) => variables.indexOf(variable)
    const rests = variables.reduce(
      (mask, variable, i) => (isRest(variable) ? mask | (1n << BigInt(i)) : mask),
      0n,
    )
    const left = this.pattern(rule.left, number, undefined)
    const right = this.pattern(rule.right, number, functions)
    this.wasm.defineRule(
      left,
      right,
      variables.length,
      Number(rests & 0xffffffffn),
      Number(rests >> 32n),
      this.guards(rule, number),
    )
  }

  /** Writes a pattern down, a right side where `functions` are given; see the layout in assembly/egraph/match.ts. */
  private pattern(
    { op, children }: Term,
    number: (variable: string) => number,
    functions: readonly string[] | undefined,
  ): number {
    if (children.length === 0 && isVariable(op))
      return this.block([isRest(op) ? REST : VAR, number(op), 0, 0])
    const call = functions?.indexOf(op) ?? -1
    const last = children.at(-1)
    const rest = !functions && last && isRest(last.op) ? last : undefined
    const elements = (rest ? children.slice(0, -1) : children).map((child) =>
      this.pattern(child, number, functions),
    )
    const head = call >= 0 ? [CALL, call] : [NODE, this.op(op)]
    return this.block([...head, rest ? number(rest.op) + 1 : 0, elements.length, ...elements])
  }

  private guards(rule: Rule, number: (variable: string) => number): number {
    if (rule.guards.length === 0) return 0
    const written = rule.guards.flatMap(({ name, args }) => [
      some(this.options.guards?.get(name), `a guard ${name}`),
      args.length,
      ...args.map((arg) => (isRest(arg) ? (number(arg) | 0x80000000) >>> 0 : number(arg))),
    ])
    return this.block([rule.guards.length, ...written])
  }

  private block(values: readonly number[]): number {
    const address = this.wasm.allocate(values.length * 4)
    words(this.wasm, address, values.length).set(values)
    return address
  }
}
