import type { AnalysisName } from "../../../src/egraph/cases.js"
import { allOf, textOf, type Analysis, type Constant } from "./analyses.js"
import {
  areFactsOn,
  bothOf,
  compared,
  inferred,
  inferredNumber,
  isSame,
  madeOf,
  type Known,
  type NaiveFacts,
  type On,
} from "./facts.js"
import type { Order } from "./order.js"

/** A node with the classes of its children and its own class, as they were when it was entered. */
export interface Node {
  readonly op: string
  readonly children: readonly number[]
  readonly home: number
  /** The class that it was made as; of several that became one, the oldest. */
  readonly born: number
  /** The oldest classes of its children's and of its own, when they were looked at last. */
  readonly leaders: readonly number[]
  readonly leader: number
  /** Rebuilds before it was made, or its children last belonged to other leaders, or it became equal to another. */
  readonly changed: number
  /** The same of its own class. */
  readonly joined: number
  /** Rules do not match it, and it is in no smallest term. */
  readonly subsumed: boolean
}

/** The engine narrows more often: what settles within this does not depend on where it stops. */
const MOST_NARROWED = 24

/** More nodes than the caller wants to see, or more looks at them. */
export class TooLarge extends Error {
  override readonly name = "TooLarge"
}

/** Two different constants of one class: the rules are not sound. */
export class TwoConstants extends Error {
  override readonly name = "TwoConstants"
}

/**
 * An e-graph in the plainest form: every node that was ever made, by its text. Between rebuilds
 * the texts may be stale, so that congruent nodes stand apart; a rebuild writes all of them anew
 * until nothing changes.
 */
export class Graph {
  /** For each class the one that it was united into; a root points to itself. */
  readonly #parents: number[] = []
  /** Of a root: the class among those united that was made first. */
  readonly #oldest = new Map<number, number>()
  readonly #constants = new Map<number, Constant>()
  /** Of a root: classes of names, perhaps stale; only ever fewer. */
  readonly #free = new Map<number, ReadonlySet<number>>()
  #memo = new Map<string, Node>()
  readonly #leaves: Node[] = []
  readonly #facts = new Map<number, NaiveFacts>()
  /** How often the facts of a root changed: a cycle may narrow a range forever. */
  readonly #narrowed = new Map<number, number>()
  readonly #analysis: Analysis
  readonly #on: On
  readonly #hasFacts: boolean
  /** Nodes made so far, also those that are no longer there. */
  made = 0
  looks = 0
  /** Unions and new facts so far. */
  #changes = 0
  #rebuilds = 0

  constructor(
    analyses: readonly AnalysisName[],
    private readonly order: Order,
    private readonly nodeLimit: number,
    private readonly lookLimit: number,
    /** Whether it is kept when nodes changed. */
    private readonly hasAges: boolean,
  ) {
    this.#analysis = allOf(analyses)
    this.#on = new Set(analyses)
    this.#hasFacts = areFactsOn(this.#on)
  }

  find(id: number): number {
    let root = id
    while (this.#parents[root] !== root) root = this.#parents[root] ?? root
    this.#parents[id] = root
    return root
  }

  /** Tells of so many nodes, or choices among them, that were looked at. */
  look(count: number): void {
    this.looks += count
    if (this.looks > this.lookLimit) throw new TooLarge(`more than ${this.lookLimit} looks`)
  }

  opOf(op: string, arity: number): string {
    return arity === 0 ? this.#analysis.leaf(op) : op
  }

  add(word: string, given: readonly number[]): number {
    const op = this.opOf(word, given.length)
    const children = given.map((child) => this.find(child))
    const known = this.#memo.get(keyOf(op, children))
    return this.find(known ? known.home : this.#make(op, children))
  }

  #make(op: string, children: readonly number[]): number {
    const id = this.#parents.length
    this.#parents.push(id)
    this.#oldest.set(id, id)
    const leaders = children.map((child) => this.oldest(child))
    const places = { home: id, born: id, leader: id }
    const node = {
      op,
      children,
      leaders,
      ...places,
      changed: this.#rebuilds,
      joined: 0,
      subsumed: false,
    }
    this.#memo.set(keyOf(op, children), node)
    if (children.length === 0) this.#leaves.push(node)
    this.made++
    if (this.#memo.size > this.nodeLimit) throw new TooLarge(`more than ${this.nodeLimit} nodes`)
    this.#free.set(id, this.#freeOf(node))
    this.#learn(id, this.#constantOf(node))
    this.#learnFacts(node)
    return id
  }

  /** Whether two different classes were joined. */
  union(one: number, other: number): boolean {
    const [a, b] = [this.find(one), this.find(other)]
    if (a === b) return false
    const [root, child] = this.order.keepsFirst(a, b) ? [a, b] : [b, a]
    this.#changes++
    this.#parents[child] = root
    this.#oldest.set(root, Math.min(this.oldest(a), this.oldest(b)))
    this.#restrict(root, this.#free.get(child) ?? new Set())
    this.#learn(root, this.#constants.get(child))
    this.assume(root, this.#facts.get(child) ?? {})
    return true
  }

  /** Whether the node, as it was when the graph was rebuilt last, was not subsumed yet. */
  subsume({ op, children }: Node): boolean {
    const key = keyOf(op, children)
    const node = this.#memo.get(key)
    if (!node || node.subsumed) return false
    this.#memo.set(key, { ...node, subsumed: true })
    return true
  }

  constant(id: number): Constant | undefined {
    return this.#constants.get(this.find(id))
  }

  known(id: number): Known {
    return { ...this.#facts.get(this.find(id)), constant: this.constant(id) }
  }

  /** Facts of a class, together with what follows from them for it. */
  assume(id: number, facts: NaiveFacts): void {
    if (!this.#hasFacts) return
    const root = this.find(id)
    const known = this.#facts.get(root) ?? {}
    const both = bothOf(known, facts)
    if (!isSame(known, both)) {
      this.#changes++
      this.#facts.set(root, both)
      const times = (this.#narrowed.get(root) ?? 0) + 1
      this.#narrowed.set(root, times)
      if (times > MOST_NARROWED) throw new TooLarge(`facts changed ${times} times`)
    }
    const all = inferred(this.known(root), this.#on)
    if (!isSame(both, bothOf(both, all))) this.assume(root, all)
    this.#learn(root, inferredNumber(this.#facts.get(this.find(root)) ?? {}, this.#on))
  }

  /** The names that are free in a class, as roots. */
  free(id: number): ReadonlySet<number> {
    const names = this.#free.get(this.find(id)) ?? []
    return new Set([...names].map((name) => this.find(name)))
  }

  /** The class that was made first of those that are united here. */
  oldest(id: number): number {
    return this.#oldest.get(id) ?? id
  }

  /** The leaves of a class, also between rebuilds. */
  leavesOf(id: number): string[] {
    const root = this.find(id)
    this.look(this.#leaves.length)
    return this.#leaves.filter((leaf) => this.find(leaf.home) === root).map(({ op }) => op)
  }

  /** The nodes of every class; what a constant removed from its class is not among them. */
  classes(): Map<number, Node[]> {
    const classes = new Map<number, Node[]>()
    for (const node of this.#memo.values()) {
      if (this.#isPruned(node)) continue
      const root = this.find(node.home)
      const nodes = classes.get(root)
      if (nodes) nodes.push(node)
      else classes.set(root, [node])
    }
    return classes
  }

  #isPruned({ children, home }: Node): boolean {
    return this.#analysis.prunes && children.length > 0 && typeof this.constant(home) === "number"
  }

  /** Congruence and facts to their fixpoint. */
  rebuild(): void {
    let before: number
    do {
      before = this.#changes
      this.#canonicalize()
      if (this.#on.size > 0) for (const node of [...this.#memo.values()]) this.#recompute(node)
    } while (this.#changes !== before)
    if (this.hasAges) for (const [key, node] of this.#memo) this.#memo.set(key, this.#aged(node))
    this.#rebuilds++
  }

  /** A node with what it is now, and when that changed. */
  #aged(node: Node): Node {
    const leaders = node.children.map((child) => this.oldest(this.find(child)))
    const leader = this.oldest(this.find(node.home))
    const isSame = leaders.every((each, i) => each === node.leaders[i])
    const changed = isSame ? node.changed : this.#rebuilds
    const joined = leader === node.leader ? node.joined : this.#rebuilds
    if (isSame && leader === node.leader) return node
    return { ...node, leaders, leader, changed, joined }
  }

  /** The node of a rebuilt graph with these children. */
  nodeOf(word: string, children: readonly number[]): Node | undefined {
    return this.#memo.get(keyOf(this.opOf(word, children.length), children))
  }

  /** The node that was made first of those of a class. */
  oldestNode(id: number): Node | undefined {
    const born = this.oldest(this.find(id))
    this.look(this.#memo.size)
    return [...this.#memo.values()].find((node) => node.born === born)
  }

  #canonicalize(): void {
    this.look(this.#memo.size)
    const fresh = new Map<string, Node>()
    for (const [before, old] of this.#memo) {
      const { op, children, home } = old
      const isStale = this.find(home) !== home || children.some((c) => this.find(c) !== c)
      const node = isStale ? this.#leading(old) : old
      const key = isStale ? keyOf(op, node.children) : before
      const twin = fresh.get(key)
      if (twin) {
        this.union(twin.home, home)
        fresh.set(key, this.#survivor(twin, node))
      } else fresh.set(key, node)
    }
    this.#memo = fresh
  }

  /** A node over the roots of its classes. */
  #leading(node: Node): Node {
    const { children, home } = node
    return { ...node, children: children.map((c) => this.find(c)), home: this.find(home) }
  }

  /** Of two nodes that are one now, the older. */
  #survivor(one: Node, other: Node): Node {
    const older = one.born < other.born ? one : other
    const subsumed = one.subsumed || other.subsumed
    return { ...older, home: one.home, changed: this.#rebuilds, subsumed }
  }

  #recompute(node: Node): void {
    this.#restrict(this.find(node.home), this.#freeOf(node))
    this.#learn(this.find(node.home), this.#constantOf(node))
    this.#learnFacts(node)
  }

  #constantOf({ op, children }: Node): Constant | undefined {
    const constants = children.map((child) => this.constant(child))
    const folded = this.#analysis.constant(op, constants)
    if (folded !== undefined || !this.#on.has("boolean-fold")) return folded
    return compared(
      op,
      children.map((child) => this.known(child)),
      this.#on,
    )
  }

  #learnFacts({ op, children, home }: Node): void {
    if (!this.#hasFacts) return
    const known = children.map((child) => this.known(child))
    this.assume(this.find(home), madeOf(op, known, this.#on))
  }

  #learn(root: number, constant: Constant | undefined): void {
    const known = this.#constants.get(root)
    if (constant === undefined || constant === known) return
    if (known !== undefined)
      throw new TwoConstants(`${textOf(known)} and ${textOf(constant)} in one class`)
    this.#changes++
    this.#constants.set(root, constant)
    this.union(root, this.add(textOf(constant), []))
    this.assume(root, {})
  }

  /** Leaves only those free names that `names` has too. */
  #restrict(root: number, names: ReadonlySet<number>): void {
    if (!this.#analysis.hasFreeVariables) return
    const before = this.free(root)
    const allowed = new Set([...names].map((name) => this.find(name)))
    const after = new Set([...before].filter((name) => allowed.has(name)))
    if (after.size === before.size) return
    this.#changes++
    this.#free.set(root, after)
  }

  #freeOf({ op, children }: Node): ReadonlySet<number> {
    if (!this.#analysis.hasFreeVariables) return new Set()
    const [name, ...parts] = children
    const sets = parts.map((part) => this.free(part))
    const [first, second] = sets
    if (name === undefined) return new Set()
    const bound = this.find(name)
    switch (`${op} ${children.length}`) {
      case "var 1":
        return new Set([bound])
      case "let 3":
        return new Set([...without(second, bound), ...(first ?? [])])
      case "lam 2":
      case "fix 2":
        return without(first, bound)
      default:
        return new Set(children.flatMap((child) => [...this.free(child)]))
    }
  }
}

function keyOf(op: string, children: readonly number[]): string {
  return [op, ...children].join(" ")
}

function without(names: ReadonlySet<number> | undefined, name: number): ReadonlySet<number> {
  return new Set([...(names ?? [])].filter((free) => free !== name))
}
