import { some } from "../base/check.js"

// Why rows are equal: paths through the unions of the log (Flatt et al., Small Proofs from Congruence
// Closure, FMCAD 2022; here the shortest path within a class, not the smallest proof).

/** An application of a rule that made two classes one. */
export interface Application {
  readonly rule: string
  /** The rule's number, which also tells the two directions of one apart. */
  readonly number: number
  /**
   * Rows: the node that the left side matched, the node that the right side made. Of a rule with clauses the oldest
   * row of the class that the clause is about, and what it says that is equal to.
   */
  readonly left: number
  readonly right: number
  /** Of a rule with clauses: the index of that one of its right side. */
  readonly clause?: number
  /** All rows that the left side matched, outermost first. */
  readonly matched: readonly number[]
  /** Rows of the right side, its top first. */
  readonly made: readonly number[]
  /** Numbers of declared facts that its guards rest on. */
  readonly witnesses: readonly number[]
}

/** A union: by a rule or an analysis, or because children had become equal, or on the host's word. */
export interface Union {
  readonly why: "rule" | "congruence" | "given" | "analysis"
  readonly application?: Application
  readonly left: number
  readonly right: number
  /** Its place in the log. */
  readonly index: number
  /** Its offset in the log's bytes, by which a row names the application that made it. */
  readonly offset: number
}

export interface Log {
  readonly unions: readonly Union[]
}

const CONGRUENCE = 0x1fff
const GIVEN = 0x1ffe
const FOLDED = 0x1ffd
const MORE = 1 << 13

/** Reads the bytes of assembly/egraph/log.ts. */
export function readLog(log: Uint8Array, ruleName: (rule: number) => string): Log {
  const unions: Union[] = []
  const view = new DataView(log.buffer, log.byteOffset, log.byteLength)
  let at = 4
  const byte = () => view.getUint8(at++)
  const row = () => byte() | (byte() << 8) | (byte() << 16)
  const take = (count: number, next: () => number) => Array.from({ length: count }, next)
  const witness = () => {
    at += 4
    return view.getUint32(at - 4, true)
  }
  while (at < log.length) {
    const offset = at
    const head = byte() | (byte() << 8)
    const why = REASONS[head]
    if (why) {
      unions.push({ why, left: row(), right: row(), index: unions.length, offset })
      continue
    }
    const number = head & (MORE - 1)
    const hasMore = (head & MORE) !== 0
    const [n, m] = [byte(), byte()]
    const [w, clause] = hasMore ? [byte(), byte() - 1] : [0, -1]
    const [matched, made, witnesses] = [take(n, row), take(m, row), take(w, witness)]
    const left = clause >= 0 ? row() : some(matched[0], "a row matched")
    const rows = { left, right: some(made[0], "a row made"), matched, made, witnesses }
    const application = { rule: ruleName(number), number, ...rows, ...(clause >= 0 && { clause }) }
    const { right } = rows
    unions.push({ why: "rule", application, left, right, index: unions.length, offset })
  }
  return { unions }
}

const REASONS: Readonly<Record<number, "congruence" | "given" | "analysis">> = {
  [CONGRUENCE]: "congruence",
  [GIVEN]: "given",
  [FOLDED]: "analysis",
}

/** What an explanation asks of the graph. */
export interface Rows {
  find(row: number): number
  firstChildrenOf(row: number): number[]
  opOf(row: number): string
  isOrdered(op: string): boolean
  /** Whether functions of the host make a rule's right side, or a part of it. */
  hasFunctions(rule: number): boolean
  isRelation(row: number): boolean
}

/** The unions at each row of a log, for any number of explanations. */
export class UnionIndex {
  private readonly edges = new Map<number, Union[]>()

  constructor(
    readonly graph: Rows,
    readonly log: Log,
  ) {
    for (const union of log.unions)
      for (const row of [union.left, union.right]) {
        const known = this.edges.get(row)
        if (known) known.push(union)
        else this.edges.set(row, [union])
      }
  }

  at(row: number): readonly Union[] {
    return this.edges.get(row) ?? []
  }
}

/** Gathers the unions that a set of equalities rests on. */
export class Explanation {
  private readonly used = new Set<Union>()
  private readonly done = new Set<string>()
  private readonly graph: Rows

  constructor(private readonly index: UnionIndex) {
    this.graph = index.graph
  }

  /** Adds why two rows of one class are equal. */
  add(left: number, right: number): this {
    this.explain(left, right, this.index.log.unions.length)
    return this
  }

  applications(): Application[] {
    return this.unions().flatMap(({ application }) => application ?? [])
  }

  private unions(): Union[] {
    return [...this.used].sort((a, b) => a.index - b.index)
  }

  /** By unions older than `before` alone, so that no explanation rests on itself. False where they do not do. */
  private explain(left: number, right: number, before: number): boolean {
    if (left === right) return true
    const question = `${left} ${right} ${before}`
    if (this.done.has(question)) return true
    const path = this.path(left, right, before)
    if (!path) return false
    this.done.add(question)
    for (const union of path) this.use(union)
    return true
  }

  private use(union: Union): void {
    if (this.used.has(union)) return
    this.used.add(union)
    if (union.why === "congruence") this.children(union)
    if (union.application) this.match(union.application, union.index)
  }

  private children({ left, right, index }: Union): void {
    const [a, b] = [this.graph.firstChildrenOf(left), this.graph.firstChildrenOf(right)]
    if (this.graph.isOrdered(this.graph.opOf(left)))
      a.forEach((child, i) => this.explain(child, some(b[i], "a child"), index))
    else for (const child of a) this.partner(child, b, index)
  }

  /** Explains why a row is equal to one of the others, and gives it. */
  private partner(child: number, others: readonly number[], before: number): number | undefined {
    const partner =
      others.find((other) => other === child) ??
      others.find((other) => this.path(child, other, before) !== undefined)
    if (partner !== undefined) this.explain(child, partner, before)
    return partner
  }

  /** The oldest row of the class that a row was in. */
  private oldest(row: number, before: number): number {
    const reached = new Set([row])
    for (const at of reached)
      for (const { left, right, index } of this.index.at(at))
        if (index < before) reached.add(left === at ? right : left)
    return [...reached].reduce((oldest, each) => Math.min(oldest, each))
  }

  /**
   * The rows that a left side matched below its first were found in the classes of its children. What its
   * variables stand for was taken over by its classes' oldest rows: by functions also what stands below, down to the
   * relations, which they leave as they are.
   */
  private match({ matched, number }: Application, before: number): void {
    const isRebuilt = this.graph.hasFunctions(number)
    const partners = new Set<number>()
    matched.forEach((row, i) => {
      const above = matched.slice(0, i).flatMap((each) => this.graph.firstChildrenOf(each))
      const partner = i > 0 ? this.partner(row, above, before) : undefined
      if (partner !== undefined) partners.add(partner)
    })
    for (const child of matched.flatMap((row) => this.graph.firstChildrenOf(row)))
      if (!partners.has(child)) this.takenOver(child, before, isRebuilt)
  }

  private takenOver(row: number, before: number, isRebuilt: boolean): void {
    const oldest = this.oldest(row, before)
    this.explain(row, oldest, before)
    if (!isRebuilt || this.graph.isRelation(oldest)) return
    for (const child of this.graph.firstChildrenOf(oldest)) this.takenOver(child, before, true)
  }

  /** The shortest way from one row to another. */
  private path(left: number, right: number, before: number): Union[] | undefined {
    if (this.graph.find(left) !== this.graph.find(right)) return undefined
    if (left === right) return []
    const from = new Map<number, Union | undefined>([[left, undefined]])
    const open = [left]
    for (let at = open.shift(); at !== undefined; at = open.shift())
      for (const union of this.index.at(at)) {
        const next = union.left === at ? union.right : union.left
        if (union.index >= before || from.has(next)) continue
        from.set(next, union)
        if (next === right) return back(from, left, right)
        open.push(next)
      }
    return undefined
  }
}

function back(from: ReadonlyMap<number, Union | undefined>, left: number, right: number): Union[] {
  const path: Union[] = []
  let at = right
  while (at !== left) {
    const union = some(from.get(at), "a union on the way")
    path.push(union)
    at = union.left === at ? union.right : union.left
  }
  return path
}
