import { at, some } from "../base/check.js"
import { isRest, isVariable, readRules, variablesOf, type Rule, type RuleText } from "./rules.js"
import { readTerm, type Term } from "./term.js"
import { acquire, doubles, release, words, type Exports, type Instance } from "./wasm.js"

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
}

/** An application of a rule that made two classes one. */
export interface Application {
  readonly rule: string
  /** Rows: the node that the left side matched, the node that the right side made. */
  readonly left: number
  readonly right: number
  /** All rows that the left side matched, outermost first. */
  readonly matched: readonly number[]
  /** Numbers of declared facts that its guards rest on. */
  readonly witnesses: readonly number[]
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

  private constructor(
    private readonly instance: Instance,
    private readonly text: RuleText,
    private readonly options: EGraphOptions,
  ) {
    this.rules = text.rules.filter(({ ruleset }) => !text.oneWay.has(ruleset))
    const names = [...text.functions.keys()]
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

  /** Declares an operator with what the analysis wants to know of it. */
  op(name: string, kind = 0, payload = 0): number {
    const known = this.ops.get(name)
    if (known !== undefined) return known
    const order = this.text.operators.get(name)
    const number = this.wasm.defineOp(order ? ORDERS[order] : 0, kind, payload)
    this.ops.set(name, number)
    this.opNames[number] = name
    return number
  }

  union(a: ClassId, b: ClassId): void {
    this.wasm.union(a, b)
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
    return Array.from({ length: this.wasm.arityOf(row) }, (_, i) => this.wasm.childOf(row, i))
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

  /** A row as it was first written. Rows speak of older rows only, so this ends. */
  originalTerm(row: number): Term {
    const children = Array.from({ length: this.wasm.firstArityOf(row) }, (_, i) =>
      this.originalTerm(this.wasm.firstChildOf(row, i)),
    )
    return { op: this.opOf(row), children }
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
    }
  }

  /** Switches rules off, or on again, by name. */
  switchRule(name: string, on: boolean): void {
    this.rules.forEach((rule, i) => {
      if (rule.name === name) this.wasm.switchRule(i, on ? 1 : 0)
    })
  }

  // ------------------------------------------------------------------------------------ the log

  /** Every application that changed something, in order. */
  applications(): Application[] {
    return [...this.records().values()]
  }

  private records(): Map<number, Application> {
    const log = words(this.wasm, this.wasm.logStart(), this.wasm.logSize() >>> 2)
    const records = new Map<number, Application>()
    for (let i = 1; i < log.length; i += (log[i] ?? 0) >>> 2) {
      const count = log[i + 4] ?? 0
      const after = i + 5 + count
      const witnesses = log[after] ?? 0
      records.set(i * 4, {
        rule: at(this.rules, log[i + 1] ?? 0).name,
        left: log[i + 2] ?? 0,
        right: log[i + 3] ?? 0,
        matched: [...log.slice(i + 5, after)],
        witnesses: [...log.slice(after + 1, after + 1 + witnesses)],
      })
    }
    return records
  }

  /** The applications that these rows rest on: those that made them, and what those matched, in order. */
  derivation(from: readonly number[]): Application[] {
    const records = this.records()
    const needed = new Set<number>()
    const seen = new Set<number>()
    const open = [...from]
    for (let row = open.pop(); row !== undefined; row = open.pop()) {
      if (seen.has(row)) continue
      seen.add(row)
      const maker = this.wasm.makerOf(row)
      const made = records.get(maker)
      if (made && !needed.has(maker)) {
        needed.add(maker)
        open.push(...made.matched)
      }
      for (let i = 0; i < this.wasm.firstArityOf(row); i++)
        open.push(this.wasm.firstChildOf(row, i))
    }
    return [...needed].sort((a, b) => a - b).flatMap((record) => records.get(record) ?? [])
  }

  // --------------------------------------------------------------------------------- extraction

  /** The cheapest term of a class by a price an operator (1 where none is given), exactly. */
  extract(
    a: ClassId,
    { cost = () => 1 }: { readonly cost?: (op: string) => number } = {},
  ): { term: Term; cost: number } {
    const { choice, best } = this.choose(
      (row) => cost(this.opOf(row)),
      () => Infinity,
    )
    const term = (cls: ClassId): Term => {
      const row = some(choice(cls), "a finite term")
      return { op: this.opOf(row), children: this.childrenOf(row).map(term) }
    }
    return { term: term(a), cost: best(a) }
  }

  /**
   * The cheapest row of every class, by a price a row; a class may be read instead of computed at the
   * price `read` gives for it. `choice` is undefined where it is read, or where there is no finite term.
   */
  choose(price: (row: number) => number, read: (cls: ClassId) => number) {
    const { wasm } = this
    const count = wasm.rows()
    const prices = new Float64Array(count)
    const reads = new Float64Array(count).fill(Infinity)
    for (let row = 1; row < count; row++) {
      if (this.isLive(row)) prices[row] = price(row)
      if (this.find(row) === row) reads[row] = read(row)
    }
    doubles(wasm, wasm.rowPrices(), count).set(prices)
    doubles(wasm, wasm.readPrices(), count).set(reads)
    wasm.extract()
    const choices = words(wasm, wasm.choices(), count).slice()
    const costs = doubles(wasm, wasm.bestCosts(), count).slice()
    return {
      choice: (cls: ClassId): number | undefined => {
        const row = choices[this.find(cls)] ?? 0
        return row === 0 || row === READ ? undefined : row
      },
      isRead: (cls: ClassId): boolean => choices[this.find(cls)] === READ,
      best: (cls: ClassId): number => costs[this.find(cls)] ?? Infinity,
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
