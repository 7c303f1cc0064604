import type { Choice, ClassId, EGraph } from "../egraph/index.js"
import { cheapestSet, type Cheapest } from "./cheapest-set.js"

// Which relations are stored: greedy by benefit, then dropping what does not pay (Roy, Seshadri, Sudarshan and
// Bhobe, SIGMOD 2000), then the cheapest choice of all, where the candidates are few (cheapest-set.ts). What is
// not stored is computed as often as it is used, so for given tables the cheapest plan is an exact tree dynamic
// program (assembly/egraph/extract.ts).

/** Something that a run computes: a model, or a hidden table. */
export interface Target {
  readonly name: string
  /** The class that is computed. */
  readonly root: ClassId
  /** What others may read once it is stored; undefined for a view. */
  readonly stored?: Stored
  /** False for a candidate, which is computed only where it is chosen. */
  readonly isGiven: boolean
  /** The classes that a plan for it may compute. */
  readonly reach: () => ReadonlySet<ClassId>
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
  /** Whether no other choice of candidates costs less, of the plans that are in the graph. */
  readonly isProven: boolean
  readonly ranOutOfTime: boolean
}

/** Plans that are asked for to show that a choice is the cheapest, beside as many as were asked for to find it. */
const MORE_QUESTIONS = 100
const MOST_CANDIDATES = 40

export class Search {
  private readonly costs = new Map<string, number>()
  /** The stored targets that each could read, and for each stored one those that could read it. */
  private readonly near = new Map<Target, readonly Target[]>()
  private readonly readers = new Map<string, Target[]>()

  constructor(
    private readonly graph: EGraph,
    private readonly targets: readonly Target[],
    private readonly deadline: number,
  ) {}

  run(): SearchResult {
    const chosen = new Set<string>()
    for (;;) {
      this.grow(chosen)
      if (!this.shrink(chosen)) break
    }
    const ranOutOfTime = this.isLate()
    return { ...this.cheapest(chosen), ranOutOfTime }
  }

  /** The cheapest choice, from one that is known. What a candidate costs and saves is asked of the dearest first. */
  private cheapest(known: ReadonlySet<string>): Cheapest {
    const open = this.targets.filter(({ isGiven }) => !isGiven)
    if (open.length > MOST_CANDIDATES || this.isLate())
      return { chosen: known, cost: this.cost(known), isProven: false }
    const own = new Map(open.map((target) => [target.name, this.costOf(target, new Set())]))
    const candidates = [...own].sort(([, a], [, b]) => b - a).map(([name]) => name)
    const most = 2 * this.costs.size + MORE_QUESTIONS
    return cheapestSet(
      {
        candidates,
        cost: (chosen, readable) => this.costWith(chosen, readable),
        isOver: () => this.costs.size > most || this.isLate(),
      },
      known,
    )
  }

  /**
   * Adds the candidate with the largest gain until none gains. A gain hardly ever grows when others are
   * chosen, so only that of the one at the top is looked at again (the monotonicity heuristic of Roy et al.).
   */
  private grow(chosen: Set<string>): void {
    const open = this.targets
      .filter(({ name, isGiven }) => !isGiven && !chosen.has(name))
      .map((target) => ({ target, gain: Infinity, at: -1 }))
    while (open.length > 0 && !this.isLate()) {
      open.sort((a, b) => b.gain - a.gain)
      const [top] = open
      if (!top || top.gain <= 0) return
      if (top.at === chosen.size) {
        chosen.add(top.target.name)
        open.shift()
      } else {
        top.gain = this.gain(top.target, chosen)
        top.at = chosen.size
      }
    }
  }

  /** Drops what no longer pays beside the others. */
  private shrink(chosen: Set<string>): boolean {
    let changed = false
    for (const target of this.targets) {
      if (!chosen.has(target.name) || this.isLate()) continue
      chosen.delete(target.name)
      if (this.gain(target, chosen) > 0) chosen.add(target.name)
      else changed = true
    }
    return changed
  }

  private isLate(): boolean {
    return performance.now() > this.deadline
  }

  /** What storing one more saves. */
  private gain(candidate: Target, chosen: ReadonlySet<string>): number {
    const more = new Set([...chosen, candidate.name])
    const saved = this.readersOf(candidate)
      .filter(({ name, isGiven }) => isGiven || chosen.has(name))
      .reduce((sum, reader) => sum + this.costOf(reader, chosen) - this.costOf(reader, more), 0)
    return saved - this.costOf(candidate, chosen)
  }

  /** What a run costs that stores these candidates. */
  cost(chosen: ReadonlySet<string>): number {
    return this.costWith(chosen, chosen)
  }

  /** The same where more may be read than is made. */
  private costWith(chosen: ReadonlySet<string>, readable: ReadonlySet<string>): number {
    return this.targets
      .filter(({ name, isGiven }) => isGiven || chosen.has(name))
      .reduce((sum, target) => sum + this.costOf(target, readable), 0)
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
    return this.nearOf(target).filter(({ name, isGiven }) => isGiven || chosen.has(name))
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

  private nearOf(target: Target): readonly Target[] {
    const known = this.near.get(target)
    if (known) return known
    const found = this.targets.filter(
      ({ name, stored }) =>
        stored !== undefined &&
        target.reach().has(this.graph.find(stored.body)) &&
        target.mayRead(name),
    )
    this.near.set(target, found)
    return found
  }

  private readersOf(candidate: Target): readonly Target[] {
    if (this.readers.size === 0)
      for (const target of this.targets)
        for (const { name } of this.nearOf(target)) {
          const known = this.readers.get(name)
          if (known) known.push(target)
          else this.readers.set(name, [target])
        }
    return this.readers.get(candidate.name) ?? []
  }
}
