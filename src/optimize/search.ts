import type { Choice, ClassId, EGraph } from "../egraph/index.js"

// Which relations are stored: greedy by benefit, then dropping what does not pay (Roy, Seshadri, Sudarshan and
// Bhobe, SIGMOD 2000). What is not stored is computed as often as it is used, so for given tables the cheapest
// plan is an exact tree dynamic program (assembly/egraph/extract.ts).

/** Something that a run computes: a model, or a hidden table. */
export interface Target {
  readonly name: string
  /** The class that is computed. */
  readonly root: ClassId
  /** What others may read once it is stored; undefined for a view. */
  readonly stored?: Stored
  /** False for a candidate, which is computed only where it is chosen. */
  readonly isGiven: boolean
  /** Tables that it may read, by name. */
  readonly mayRead: (name: string) => boolean
}

export interface Stored {
  readonly body: ClassId
  /** Price of reading it whole, and of writing it. */
  readonly read: number
  readonly write: number
}

export interface SearchResult {
  /** Candidates that are worth being stored. */
  readonly chosen: ReadonlySet<string>
  readonly cost: number
  readonly ranOutOfTime: boolean
}

export class Search {
  private readonly costs = new Map<string, number>()
  private readonly reached = new Map<Target, ReadonlySet<ClassId>>()

  constructor(
    private readonly graph: EGraph,
    private readonly targets: readonly Target[],
    private readonly deadline: number,
  ) {}

  run(): SearchResult {
    let chosen = new Set<string>()
    let cost = this.cost(chosen)
    const candidates = this.targets.filter(({ isGiven }) => !isGiven)
    for (;;) {
      const next = this.best([
        ...candidates
          .filter(({ name }) => !chosen.has(name))
          .map(({ name }) => new Set([...chosen, name])),
        ...[...chosen].map((name) => without(chosen, name)),
      ])
      if (!next || next.cost >= cost || this.isLate()) break
      chosen = next.chosen
      cost = next.cost
    }
    return { chosen, cost, ranOutOfTime: this.isLate() }
  }

  private isLate(): boolean {
    return performance.now() > this.deadline
  }

  private best(
    sets: readonly Set<string>[],
  ): { readonly chosen: Set<string>; readonly cost: number } | undefined {
    let best: { chosen: Set<string>; cost: number } | undefined
    for (const chosen of sets) {
      if (this.isLate()) break
      const cost = this.cost(chosen)
      if (!best || cost < best.cost) best = { chosen, cost }
    }
    return best
  }

  /** What a run costs that stores these candidates. */
  cost(chosen: ReadonlySet<string>): number {
    return this.targets
      .filter(({ name, isGiven }) => isGiven || chosen.has(name))
      .reduce((sum, target) => sum + this.costOf(target, chosen), 0)
  }

  private costOf(target: Target, chosen: ReadonlySet<string>): number {
    const readable = this.readable(target, chosen)
    const question = `${target.name} < ${readable.map(({ name }) => name).join(" ")}`
    const known = this.costs.get(question)
    if (known !== undefined) return known
    const cost = this.choose(target, readable).best(target.root) + (target.stored?.write ?? 0)
    this.costs.set(question, cost)
    return cost
  }

  /** The tables that a target may read and could. */
  readable(target: Target, chosen: ReadonlySet<string>): Target[] {
    const reached = this.reach(target)
    return this.targets.filter(
      (other) =>
        other.stored !== undefined &&
        (other.isGiven || chosen.has(other.name)) &&
        reached.has(this.graph.find(other.stored.body)) &&
        target.mayRead(other.name),
    )
  }

  /** The cheapest way to compute a target. Valid until the next call. */
  choose({ root }: Target, readable: readonly Target[]): Choice {
    const reads = new Map<ClassId, number>()
    for (const { stored } of readable) {
      if (!stored) continue
      const body = this.graph.find(stored.body)
      reads.set(body, Math.min(stored.read, reads.get(body) ?? Infinity))
    }
    return this.graph.choose(root, reads)
  }

  private reach(target: Target): ReadonlySet<ClassId> {
    const known = this.reached.get(target)
    if (known) return known
    const found = new Set([this.graph.find(target.root)])
    for (const cls of found)
      for (const row of this.graph.members(cls))
        for (const child of this.graph.childrenOf(row)) found.add(child)
    this.reached.set(target, found)
    return found
  }
}

function without(names: ReadonlySet<string>, name: string): Set<string> {
  return new Set([...names].filter((other) => other !== name))
}
