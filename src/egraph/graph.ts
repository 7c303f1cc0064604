import { at, some } from "../base/check.js"
import { ANALYSES, inOrder, numberText, RELATIONAL } from "./analyses.js"
import { checkProof, type ProofRules } from "./check-proof.js"
import { checkRules } from "./check-rules.js"
import { defineRules, type Numbering } from "./define.js"
import { toDot } from "./dot.js"
import { EGraphError } from "./errors.js"
import { Explanation, readLog, UnionIndex, type Application, type Log } from "./explain.js"
import {
  extractDag,
  extractedTerm,
  ExtractionError,
  extractTree,
  extractVariants,
  type Extraction,
  type SearchOptions,
} from "./extract.js"
import { choose, setPrices } from "./choose.js"
import {
  assume,
  factName,
  readFact,
  type Assumption,
  type Contradiction,
  type FactReader,
  type Facts,
} from "./facts.js"
import { addGym, type Imported } from "./from-gym.js"
import { problemOfGraph, refuseNegative, type Cost, type GraphProblem } from "./graph-problem.js"
import { Goals } from "./goals.js"
import { graphOf, gymFile, readGym } from "./gym.js"
import { checkCall, checkCheckpoint, checkLimits, checkName, DISPOSED } from "./misuse.js"
import { Operators, type OperatorNames } from "./operators.js"
import type {
  Checkpoint,
  Choice,
  ClassId,
  EGraphOptions,
  Extracted,
  ExtractOptions,
  Limits,
  RunOptions,
  RunReport,
  StopReason,
} from "./options.js"
import { Prover, type ProofLimits } from "./proof.js"
import { readRules } from "./read-rules.js"
import { Report } from "./report.js"
import { FRESH, schedule, writeLimits, writeRest, type Scheduled } from "./run-options.js"
import { Saves } from "./saves.js"
import { aboutOf, readSnapshot, writeSnapshot } from "./snapshot.js"
import { isVariable, rulesetsOf, type Rule, type RuleText } from "./rules.js"
import { statistics } from "./statistics.js"
import type { Proof } from "./steps.js"
import { readTerm, type Term } from "./term.js"
import {
  acquire,
  FEW_ROWS,
  memoryOf,
  MOST_ROWS,
  release,
  words,
  writeBlock,
  type Exports,
  type Instance,
} from "./wasm.js"

const STOPS: readonly StopReason[] = [
  "saturated",
  "iteration-limit",
  "node-limit",
  "byte-limit",
  "time-limit",
  "match-limit",
  "goal",
  "schedule-end",
]
/** Of assembly/egraph/budget.ts: the run is to go on. */
const PAUSE = 9
/** Of assembly/egraph/egraph.ts. */
const MOST_CHILDREN = 65_535

/**
 * An e-graph (Willsey et al., POPL 2021) in WebAssembly: hash-consed nodes, deferred rebuilding,
 * patterns over ordered and unordered operators, a log of every union that a rule made. Deterministic:
 * equal calls give equal graphs. Give it back with `dispose`.
 */
export class EGraph {
  private readonly operators: Operators
  private readonly rules: readonly Rule[]
  private readonly originals: Term[] = []
  private readonly goals: Goals
  /** What was assumed, of which rows. */
  private readonly assumed: (readonly [row: number, facts: Assumption])[] = []
  /** Whether rules are being applied: then the host's functions may add and find only. */
  private isRunning = false
  /** Words in the engine's memory: where children are written, and limits. */
  private readonly scratch: number
  private readonly budget: number
  private readonly statistics: number
  private readonly saves: Saves
  /** What schedulers ask of the rules. */
  private readonly scheduled: Scheduled
  /** The goals of the last run, if it may go on, and where they stand. */
  private sought: Sought | undefined
  /** Lets the engine count fresh matches. */
  private countFresh = () => {}

  private constructor(
    private instance: Instance,
    private readonly text: RuleText,
    private readonly options: EGraphOptions,
  ) {
    this.rules = saturating(text)
    this.operators = new Operators(() => this.instance, text, options)
    this.goals = new Goals(text, this.operators)
    this.scratch = this.wasm.scratch() >>> 2
    this.budget = this.wasm.budgetAt() >>> 2
    this.statistics = this.wasm.statisticsAt()
    this.scheduled = { rulesets: rulesetsOf(this.rules), oneWay: text.oneWay }
    const isPlain = !options.describe && !options.analyses?.[0] && text.operators.size === 0
    this.saves = new Saves(() => this.instance, isPlain)
    this.setUp()
  }

  private setUp(): void {
    const { instance, options, text } = this
    const names = [...text.functions.keys()]
    for (const analysis of numbersOf(options)) this.wasm.switchFactsOn(analysis)
    this.wasm.switchLogging(options.proofs === false ? 0 : 1)
    instance.host = {
      call: (fn, args) => {
        const made = options.functions?.[at(names, fn)]?.(args, this)
        return made === undefined ? undefined : this.row(made)
      },
      numberLeaf: (value) => this.operators.number(numberText(value), 0),
      freshName: (cls) => this.operators.number(`_ ${cls}`, 0),
    }
    const countFresh = defineRules(instance, text, this.rules, this.numbering, options)
    let isCounting = false
    this.countFresh = () => {
      if (!isCounting) countFresh?.()
      isCounting = true
    }
    this.operators.endDefinitions()
    this.wasm.keepDefinitions()
  }

  static async create(options: EGraphOptions): Promise<EGraph> {
    return EGraph.createSync(options)
  }

  static createSync(options: EGraphOptions): EGraph {
    const text = typeof options.rules === "string" ? readRules(options.rules) : options.rules
    checkRules(text, saturating(text), options)
    checkLimits(options.limits ?? {})
    const isLarge = (options.limits?.nodes ?? 0) > FEW_ROWS >> 1
    const ordered = { ...options, ...(options.analyses && { analyses: inOrder(options.analyses) }) }
    const capacity = isLarge ? MOST_ROWS : FEW_ROWS
    return new EGraph(acquire(capacity, moreAnalyses(ordered)), text, ordered)
  }

  /**
   * The whole state as bytes, also in the middle of an iteration (`isResumable`): a graph that is restored from them,
   * here or in another process, goes on as this one would, to the same rows.
   */
  snapshot(): Uint8Array<ArrayBuffer> {
    checkCall("snapshot", this.isRunning)
    return this.snapshotNow()
  }

  private snapshotNow(): Uint8Array<ArrayBuffer> {
    const { analyses, proofs, limits, compile } = this.options
    const { operators, functions, oneWay } = this.text
    const maps = { operators: [...operators], functions: [...functions], oneWay: [...oneWay] }
    const text = { ...this.text, ...maps }
    const about: About = {
      ...{ text, capacity: this.instance.capacity },
      assumed: this.assumed,
      operators: this.operators.save(),
      ...(this.sought && this.goesOn && { sought: this.sought }),
      given: GIVEN.filter((name) => this.options[name] !== undefined),
      options: {
        ...(compile !== undefined && { compile }),
        ...(analyses && { analyses }),
        ...(proofs !== undefined && { proofs }),
        ...(limits && { limits: finite(limits) }),
      },
    }
    return writeSnapshot(this.instance, about)
  }

  /**
   * The graph of a snapshot; what no bytes hold is given again: the functions that its rules call. Bytes that are none,
   * or not as they were written, or do not make a graph, are refused: `EGraphError`, `bad-snapshot`.
   */
  static async restore(bytes: Uint8Array, given: Given = {}): Promise<EGraph> {
    const about = aboutOf(bytes) as About
    checkGiven(about, given)
    let graph: EGraph | undefined
    try {
      graph = EGraph.ofSnapshot(about, given)
      graph.operators.restore(about.operators)
      readSnapshot(graph.instance, bytes)
      if (!graph.operators.areDefined())
        throw new EGraphError("bad-snapshot", "the snapshot does not name its operators")
      graph.sought = about.sought
      graph.assumed.push(
        ...about.assumed.map(([row, facts]) => [row, withInfinities(facts)] as const),
      )
      return graph
    } catch (error) {
      // Whatever it has in memory is nobody's: the instance is not used again.
      if (graph) graph.instance = DISPOSED
      if (error instanceof EGraphError && error.fault === "bad-snapshot") throw error
      throw new EGraphError(
        "bad-snapshot",
        `the snapshot cannot be restored: ${String(error)}`,
        error,
      )
    }
  }

  /** An empty graph of the same rules. */
  private static ofSnapshot({ text, capacity, options }: About, given: Given): EGraph {
    const rules: RuleText = {
      ...text,
      operators: new Map(text.operators),
      functions: new Map(text.functions),
      oneWay: new Set(text.oneWay),
    }
    const all = { ...given, ...options, rules }
    return new EGraph(acquire(capacity, moreAnalyses(all)), rules, all)
  }

  /**
   * Keeps the state as it is, to be put back by `pop`; nested as often as wanted. It is free until something changes:
   * nodes that are only added are taken back one by one, and before the first union, rebuild or run what they may
   * change is copied once, some 120 bytes a row.
   */
  push(): void {
    checkCall("push", this.isRunning)
    this.saves.push({ operators: this.operators.count, assumed: this.assumed.length })
  }

  /** Puts the graph back as it was at the last `push`, bit for bit: nodes, classes, log, facts, bans, switched rules. */
  pop(): void {
    checkCall("pop", this.isRunning)
    const counts = this.saves.pop()
    if (!counts)
      throw new EGraphError("nothing-pushed", "pop needs a push before it, and there is none left")
    this.sought = undefined
    this.operators.forget(counts.operators)
    this.assumed.length = counts.assumed
    this.originals.length = Math.min(this.originals.length, this.rows)
  }

  /** Empties the graph, and forgets what was pushed; the rules stay. */
  reset(): void {
    checkCall("reset", this.isRunning)
    this.saves.forget()
    this.operators.forget()
    this.originals.length = 0
    this.assumed.length = 0
    this.wasm.restart()
  }

  private get wasm(): Exports {
    return this.instance.exports
  }

  // -------------------------------------------------------------------------------------- terms

  add(term: string | Term): ClassId {
    const { op, children } = typeof term === "string" ? readTerm(term) : term
    if (children.length === 0 && isVariable(op))
      throw new EGraphError("bad-term", `a term without variables is wanted, found ${op}`)
    const rows: ClassId[] = []
    for (const child of children) rows.push(this.add(child))
    return this.addRows(op, rows)
  }

  /** The class of an operator over classes. */
  addNode(op: string, children: readonly ClassId[]): ClassId {
    for (const child of children) this.row(child)
    return this.addRows(op, children)
  }

  private addRows(op: string, children: readonly ClassId[]): ClassId {
    if (children.length > MOST_CHILDREN)
      throw new EGraphError("bad-term", `${op} has more than ${MOST_CHILDREN} children`)
    if (this.saves.depth > 0 && !this.isRunning) this.saves.beforeAdd()
    const number = this.operators.number(op, children.length)
    const memory = memoryOf(this.instance)
    for (let i = 0; i < children.length; i++) memory[this.scratch + i] = at(children, i)
    const added = this.wasm.add(number, children.length)
    if (added === 0)
      throw new EGraphError(
        "full",
        `the graph is full: it has room for ${this.instance.capacity} rows; \`limits.nodes\` of its options gives it more, up to ${MOST_ROWS}`,
      )
    return added
  }

  private readonly numbering: Numbering = {
    op: (name, arity) => this.operators.number(name, arity),
    block: (values) => writeBlock(this.instance, values),
  }

  union(a: ClassId, b: ClassId): void {
    checkCall("union", this.isRunning)
    this.saves.before("union")
    this.wasm.unite(this.row(a), this.row(b))
  }

  /**
   * Subsumes a node: a row, or the node of a term, which is added if it is not there. It stays equal to what it is equal
   * to, and `matches` and goals see it, but rules no longer match it, nor is it extracted; a node that becomes the
   * same is subsumed too (`subsume` of egglog). There is no way back but `pop`.
   */
  subsume(node: number | string | Term): void {
    checkCall("subsume", this.isRunning)
    if (typeof node === "number") return this.subsumeNode(this.opOf(node), this.childrenOf(node))
    const { op, children } = typeof node === "string" ? readTerm(node) : node
    const rows = children.map((child) => this.add(child))
    this.addRows(op, rows)
    this.subsumeNode(op, rows)
  }

  /** A node that is in the graph. One that an analysis took out of its class is not matched anyway. */
  private subsumeNode(op: string, children: readonly ClassId[]): void {
    this.saves.before("union")
    this.rebuild()
    const row = this.rowOf(op, children)
    if (row !== undefined) this.wasm.subsume(row)
  }

  /** The row of a node of a rebuilt graph, if it is in its class. */
  private rowOf(op: string, children: readonly ClassId[]): number | undefined {
    const name = children.length === 0 ? this.operators.leafName(op) : op
    const classesOf = (rows: readonly ClassId[]) => {
      const found = rows.map((row) => this.find(row))
      return this.isOrdered(name) ? found : found.sort((a, b) => a - b)
    }
    const wanted = classesOf(children)
    const distinct = this.text.operators.get(name) === "set" ? [...new Set(wanted)] : wanted
    return this.members(this.addRows(op, children)).find((row) => {
      if (this.opOf(row) !== name) return false
      const found = classesOf(this.childrenOf(row))
      return found.length === distinct.length && found.every((cls, i) => cls === distinct[i])
    })
  }

  isSubsumed(row: number): boolean {
    return this.wasm.isSubsumed(this.row(row)) !== 0
  }

  rebuild(): void {
    checkCall("rebuild", this.isRunning)
    const { unions, staleCount, laterCount, remakeAt, refreshAt } = this.wasm
    const due = [unions, staleCount, laterCount, remakeAt, refreshAt]
    if (due.every(({ value }) => value === 0)) return
    this.saves.before("union")
    this.wasm.rebuild()
  }

  find(a: ClassId): ClassId {
    return this.wasm.find(this.row(a))
  }

  equal(a: ClassId, b: ClassId): boolean {
    return this.find(a) === this.find(b)
  }

  // --------------------------------------------------------------------------------------- rows

  /** A number that is a row, or an error that says that it is none. */
  private row(id: number): number {
    const rows = this.wasm.rows()
    if (id > 0 && id < rows && Number.isInteger(id)) return id
    const known = rows > 1 ? `rows are whole numbers from 1 to ${rows - 1}` : "the graph is empty"
    throw new EGraphError("no-such-row", `${id} is no row of this graph: ${known}`)
  }

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

  /** What `limits.bytes` counts: of rows, their index, facts, the log, and what rules wrote down. */
  get bytes(): number {
    return this.wasm.bytesUsed() >>> 0
  }

  isLive(row: number): boolean {
    return this.wasm.isLive(this.row(row)) !== 0
  }

  opOf(row: number): string {
    return this.operators.name(this.wasm.opOf(this.row(row)))
  }

  childrenOf(row: number): ClassId[] {
    const { exports } = this.instance
    const count = exports.arityOf(this.row(row))
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
      if (this.wasm.isLive(row) !== 0) found.push(row)
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

  // -------------------------------------------------------------------------------------- facts

  /**
   * Says that facts hold of a class: the host's word, as `union` is. Of analyses that are on; what follows is known
   * after the next `rebuild` or `run`.
   */
  assume(a: ClassId, facts: Assumption): void {
    checkCall("assume", this.isRunning)
    const row = this.row(a)
    this.saves.before("union")
    assume(row, facts, this.analyses, this.wasm)
    this.assumed.push([row, facts])
  }

  /** What the analyses that are on know of a class; without a field where they know nothing. */
  facts(a: ClassId): Facts {
    const row = this.row(a)
    const known = numbersOf(this.options).flatMap((number) => {
      const word = this.wasm.factIn(number, row)
      const name = factName(number)
      return word === 0 ? [] : [[name, readFact(name, word, this.factReader)] as const]
    })
    return Object.fromEntries(known)
  }

  /** The first two facts that contradicted each other, if `RunReport.contradiction` says that there are some. */
  contradiction(): Contradiction | undefined {
    const { wasm } = this
    if (wasm.hasContradiction() === 0) return undefined
    const [number = 0, ...sides] = words(wasm, wasm.contradictionAt(), 6)
    const [fact = 0, row = 0, otherFact = 0, otherRow = 0, end = 0] = sides
    const analysis = factName(number)
    const side = (word: number, of: number) => ({
      fact: readFact(analysis, word, this.factReader),
      row: of,
      term: this.originalTerm(of),
    })
    const unions = this.log().unions.filter(({ offset }) => offset < end).length
    return { analysis, facts: [side(fact, row), side(otherFact, otherRow)], unions }
  }

  private get analyses() {
    return this.options.analyses ?? []
  }

  private get factReader(): FactReader {
    return {
      exports: this.wasm,
      opName: (op) => this.operators.name(op),
      find: (row) => this.wasm.find(row),
    }
  }

  // ---------------------------------------------------------------------------------------- run

  /** Applies the rules until nothing new comes, a goal is reached or a limit ends it. */
  run(options: RunOptions = {}): RunReport {
    const { wasm } = this
    checkCall("run", this.isRunning)
    checkLimits(options)
    if (options.checkpoint) checkCheckpoint(options.checkpoint)
    this.saves.before("run")
    writeLimits(this.instance, this.budget, options, this.options.limits)
    if (!this.goesOn) schedule(this.instance, options.scheduler ?? "simple", this.scheduled)
    if (wasm.backoff.value === FRESH) this.countFresh()
    wasm.setGoals(this.goalsOf(options))
    const stop = at(STOPS, this.applyRules(options.checkpoint))
    if (!options.isResumable) wasm.settle()
    else if (stop.endsWith("-limit")) wasm.hold()
    return new Report(
      stop,
      wasm.iterationsDone(),
      wasm.liveNodes(),
      wasm.classes(),
      wasm.hasContradiction() !== 0,
      statistics(this.instance, this.statistics, this.rules),
    )
  }

  /** A function of the host that throws leaves a graph that cannot be used any more: src/egraph/traps.ts. */
  private applyRules(checkpoint: Checkpoint | undefined): number {
    const { wasm } = this
    this.isRunning = true
    try {
      let stop = wasm.run()
      while (stop === PAUSE && checkpoint) {
        wasm.hold()
        checkpoint.write(this.snapshotNow())
        writeRest(this.instance, this.budget, checkpoint)
        stop = wasm.run()
      }
      return stop
    } finally {
      this.isRunning = false
    }
  }

  /** Whether a limit ended the last run and the next one goes on with it. */
  private get goesOn(): boolean {
    const { isOpen, isHeld } = this.wasm
    return Boolean(isOpen.value || isHeld.value)
  }

  /** Where the goals of a run stand: where they stood, if it goes on with the last one and its goals are the same. */
  private goalsOf(options: RunOptions): number {
    const { goals, until, isResumable, checkpoint } = options
    const known = this.goesOn ? this.sought : undefined
    this.sought = undefined
    if (!(goals || until) || !(known || isResumable || checkpoint)) return this.writeGoals(options)
    const asked = JSON.stringify([goals?.root, goals?.patterns, until])
    this.sought = asked === known?.asked ? known : { asked, at: this.writeGoals(options) }
    return this.sought.at
  }

  private writeGoals({ goals, until }: RunOptions): number {
    if (!goals && !until) return 0
    const equal = until && ([this.row(until[0]), this.row(until[1])] as const)
    const root = goals && goals.patterns.length > 0 ? this.row(goals.root) : 0
    return this.goals.write(this.instance, root, goals?.patterns ?? [], equal)
  }

  /** Whether a pattern matches in a class. */
  matches(root: ClassId, pattern: string | Term): boolean {
    const goal = this.goals.write(this.instance, this.row(root), [pattern])
    return this.wasm.isReached(goal + 4) !== 0 // behind how many there are
  }

  /** Switches rules off, or on again, by name. */
  switchRule(name: string, on: boolean): void {
    checkName(name, this.rules)
    this.saves.before("run")
    this.rules.forEach((rule, i) => {
      if (rule.name === name) this.wasm.switchRule(i, on ? 1 : 0)
    })
  }

  // ------------------------------------------------------------------------------------ the log

  /** Every union so far, in order, with the rule that made it. */
  log(): Log {
    const { wasm } = this
    const log = new Uint8Array(wasm.memory.buffer, wasm.logStart() >>> 0, wasm.logSize())
    return readLog(log, (rule) => at(this.rules, rule).name)
  }

  /** The rules' applications by which two rows of one class are equal, each once, in their order. */
  applications(left: number, right: number, log = this.log()): Application[] {
    return new Explanation(new UnionIndex(this, log)).add(left, right).applications()
  }

  /** Proves what the graph knows now; for many proofs. */
  prover(): Prover {
    if (this.options.proofs === false)
      throw new EGraphError("proofs-off", "the graph was made without proofs, so nothing is proven")
    return new Prover({
      rows: this.rows,
      operators: this.text.operators,
      functions: this.text.functions,
      analyses: this.analyses,
      assumed: this.assumed,
      opOf: (row) => this.opOf(row),
      firstChildrenOf: (row) => this.firstChildrenOf(row),
      leafName: (text) => this.operators.leafName(text),
      log: () => this.log(),
      rule: (number) => at(this.rules, number),
    })
  }

  /**
   * Why two terms are equal, step by step; of a class, the term that its number was first written as. For many
   * proofs take a `prover`.
   */
  explain(
    left: ClassId | string | Term,
    right: ClassId | string | Term,
    limits: ProofLimits = {},
  ): Proof {
    const [a, b] = [left, right].map((term) => {
      if (typeof term === "number") return this.row(term)
      return typeof term === "string" ? readTerm(term) : term
    })
    return this.prover().explain(some(a, "a term"), some(b, "a term"), limits)
  }

  /** Whether a proof holds by this graph's rules, and by what it was given. */
  checkProof(steps: Proof): boolean {
    return checkProof(steps, this.proofRules())
  }

  /** What proofs of this graph may use. */
  proofRules(): ProofRules {
    const { operators, functions } = this.text
    const given = this.log()
      .unions.filter(({ why }) => why === "given")
      .map(({ left, right }) => [this.originalTerm(left), this.originalTerm(right)] as const)
    const assumed = this.assumed.map(([row, facts]) => [this.originalTerm(row), facts] as const)
    return { rules: this.rules, operators, functions, given, assumed, analyses: this.analyses }
  }

  /** Children of a row as they were first written: rows, older than it. */
  firstChildrenOf(row: number): number[] {
    const { exports } = this.instance
    const count = exports.firstArityOf(this.row(row))
    const children: number[] = []
    for (let i = 0; i < count; i++) children.push(exports.firstChildOf(row, i))
    return children
  }

  /** Whether an operator's children have an order. */
  isOrdered(op: string): boolean {
    return !this.text.operators.has(op)
  }

  hasFunctions(rule: number): boolean {
    const { functions } = this.text
    const has = ({ op, children }: Term): boolean => functions.has(op) || children.some(has)
    return has(at(this.rules, rule).right)
  }

  /** Whether `describe` says that a row is a relation. */
  isRelation(row: number): boolean {
    return this.facts(row).relations?.kind === "relation"
  }

  /** The rule application, by its place in the log, that made a row; 0 for the host. */
  makerOf(row: number): number {
    return this.wasm.makerOf(this.row(row))
  }

  // --------------------------------------------------------------------------------- extraction

  /** A cheap term of a class; what is cheap, and how exactly: `ExtractOptions`. */
  extract(a: ClassId, { cost = {}, method = "tree", ...search }: ExtractOptions = {}): Extracted {
    const start = performance.now()
    const below = this.problem([a], cost)
    if (method === "tree") refuseNegative(below, this)
    const found = forClass(a, () =>
      method === "tree"
        ? extractTree(below.problem)
        : extractDag(below.problem, timeLeft(search, start)),
    )
    return this.extracted(below, found, method)
  }

  /**
   * Up to `count` terms of a class that differ, cheap where a shared part costs once: the first as `extract` finds
   * it, the others by rising cost.
   */
  variants(
    a: ClassId,
    count: number,
    { cost = {}, ...search }: Omit<ExtractOptions, "method"> = {},
  ): Extracted[] {
    const start = performance.now()
    const below = this.problem([a], cost)
    const found = forClass(a, () => extractVariants(below.problem, count, timeLeft(search, start)))
    return found.map((each) => this.extracted(below, each, "dag"))
  }

  private extracted(
    { problem, rows }: GraphProblem,
    found: Extraction,
    method: "tree" | "dag",
  ): Extracted {
    return {
      term: extractedTerm(problem, found, at([...problem.roots], 0), (node) =>
        this.opOf(at(rows, node)),
      ),
      cost: method === "tree" ? found.treeCost : found.dagCost,
      optimal: found.optimal,
    }
  }

  private problem(
    roots: readonly ClassId[],
    cost: Cost,
    extent?: "below-roots" | "whole",
  ): GraphProblem {
    // What a run had no bytes for stays so: without it the graph is congruent, and what is known is true.
    const { areFactsCut, unions } = this.wasm
    if (!areFactsCut.value || unions.value !== 0) this.rebuild()
    return problemOfGraph(this, roots, cost, extent)
  }

  /** The graph as JSON of the extraction gym. Ids of classes are the numbers of their rows. */
  toGym({
    roots = [],
    cost = {},
  }: { readonly roots?: readonly ClassId[]; readonly cost?: Cost } = {}): object {
    const { problem, rows, classes } = this.problem(roots, cost, "whole")
    const op = (node: number) => this.opOf(at(rows, node))
    const { nodes, ...rest } = graphOf(problem, op, (cls) => String(at(classes, cls)))
    const all = nodes.map((node, i) => ({ ...node, subsumed: this.isSubsumed(at(rows, i)) }))
    return gymFile({ ...rest, nodes: all })
  }

  /** A graph of a dump, and what became of its classes. To extract from a dump by its own costs: `problemOf`. */
  static fromGym(
    dump: string | object,
    options: Partial<EGraphOptions> = {},
  ): Imported & { readonly graph: EGraph } {
    const gym = readGym(dump)
    const graph = EGraph.createSync({ rules: "", ...options })
    const imported = addGym(graph, gym)
    for (const { op, children, subsumed } of imported.added)
      if (subsumed) graph.subsumeNode(op, children)
    return { graph, classes: imported.classes, dropped: imported.dropped }
  }

  /** The graph as text of Graphviz: all of it, or what is below some classes. Subsumed nodes are dashed. */
  toDot({ roots }: { readonly roots?: readonly ClassId[] } = {}): string {
    const { problem, rows } = this.problem(roots ?? [], {}, roots ? "below-roots" : "whole")
    return toDot(problem, {
      label: (node) => this.opOf(at(rows, node)),
      isSubsumed: (node) => this.isSubsumed(at(rows, node)),
    })
  }

  /** The price of every row itself, without what is below it. Stays until rows are added. */
  setPrices(price: (row: number) => number): void {
    setPrices(this.wasm, this, price)
  }

  /**
   * The cheapest row of every class below `root`, by `setPrices`; a class may be read instead of computed
   * at the price that `reads` has for it, the root not. Valid until the next call.
   */
  choose(root: ClassId, reads: ReadonlyMap<ClassId, number> = new Map()): Choice {
    return choose(this.wasm, this, this.row(root), reads)
  }

  /** Gives the instance back; the graph cannot be used again. */
  dispose(): void {
    checkCall("dispose", this.isRunning)
    this.saves.forget()
    if (this.instance !== DISPOSED) release(this.instance)
    this.instance = DISPOSED
  }
}

/** The numbers of the analyses of a graph. */
function numbersOf({ analyses = [], describe }: Omit<EGraphOptions, "rules">): number[] {
  return [...(describe ? [RELATIONAL] : []), ...analyses.map((name) => ANALYSES[name].number)]
}

function moreAnalyses(options: Omit<EGraphOptions, "rules">): number {
  return Math.max(0, numbersOf(options).length - 1)
}

/** Limits as JSON knows them. */
function finite(limits: Limits): Limits {
  const bounded = Object.entries(limits).map(([name, most]: [string, number]) => [
    name,
    Math.min(most, Number.MAX_SAFE_INTEGER),
  ])
  return Object.fromEntries(bounded) as Limits
}

/** Goals, and their address. */
interface Sought {
  readonly asked: string
  readonly at: number
}

/** What a graph is given that no bytes hold. */
const GIVEN = ["functions", "guards", "describe"] as const
type Given = Pick<EGraphOptions, (typeof GIVEN)[number]>

function checkGiven({ given: wanted }: About, given: Given): void {
  const missing = GIVEN.filter((name) => wanted.includes(name) && given[name] === undefined)
  if (missing.length > 0)
    throw new EGraphError(
      "bad-option",
      `the graph of the snapshot was given ${missing.join(", ")}: \`restore\` has to be given the same`,
    )
}

/** What a snapshot says of its graph. */
interface About {
  readonly text: Pick<RuleText, "rules"> & {
    readonly operators: readonly (readonly [string, "set" | "multiset"])[]
    readonly functions: readonly (readonly [string, number])[]
    readonly oneWay: readonly string[]
  }
  readonly capacity: number
  readonly given: readonly string[]
  readonly options: Omit<EGraphOptions, "rules">
  readonly assumed: readonly (readonly [number, Assumption])[]
  readonly operators: OperatorNames
  readonly sought?: Sought
}

/** JSON has null where there is no bound. */
function withInfinities({ interval, cardinality, ...facts }: Assumption): Assumption {
  const bounds = ([low, high]: readonly [number | null, number | null]) =>
    [low ?? -Infinity, high ?? Infinity] as const
  return {
    ...facts,
    ...(interval && { interval: bounds(interval) }),
    ...(cardinality && { cardinality: bounds(cardinality) }),
  }
}

/** Rules that an engine runs until nothing new comes. */
function saturating({ rules, oneWay }: RuleText): Rule[] {
  return rules.filter(({ ruleset }) => !oneWay.has(ruleset))
}

/** A search whose time began at `start`. */
function timeLeft(search: SearchOptions, start: number): SearchOptions {
  if (search.budgetMs === undefined || !(search.budgetMs >= 0)) return search
  return { ...search, budgetMs: Math.max(0, search.budgetMs - (performance.now() - start)) }
}

/** Runs an extraction for a class, so that its fault names it. */
function forClass<T>(cls: ClassId, run: () => T): T {
  try {
    return run()
  } catch (error) {
    if (!(error instanceof ExtractionError) || error.fault !== "no-term") throw error
    throw new ExtractionError("no-term", `class ${cls} has no term of finite cost`)
  }
}
