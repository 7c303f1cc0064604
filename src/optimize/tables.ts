import type { ClassId } from "../egraph/index.js"
import type { ColumnId, OutColumn } from "../ir/nodes.js"
import type { HiddenCandidate } from "./hidden.js"
import type { Entry, Workbench } from "./optimizer.js"
import { isRepeatable } from "./pinned.js"
import type { Table } from "./rebase.js"
import type { Stored, Target } from "./search.js"

// What a run may store: the tables of the user's plan, models that may be either, hidden tables.

/** A target with its place in the run and, where it is stored, what its columns hold. */
interface Placed extends Omit<Target, "mayRead" | "reach"> {
  readonly rank: number
  readonly table?: Table
  readonly entry?: Entry
  readonly readsHidden: boolean
}

export class Tables {
  readonly targets: readonly Target[]
  private readonly placed: ReadonlyMap<string, Placed>
  private readonly reached = new Map<ClassId, ReadonlySet<ClassId>>()

  constructor(
    private readonly bench: Workbench,
    entries: readonly Entry[],
    hidden: readonly HiddenCandidate[],
  ) {
    const models = inOrder(entries, (entry) => bench.estimates.rows(entry.body))
    const placed = models.flatMap((entry, rank) => this.modelTarget(entry, rank) ?? [])
    const shown = hidden.map((candidate) => this.hiddenTarget(candidate, placed))
    const all = [...shown, ...placed].sort((a, b) => a.rank - b.rank)
    const ancestors = ancestry(entries)
    this.placed = new Map(all.map((target) => [target.name, target]))
    this.targets = all.map((target) => ({
      ...target,
      reach: () => this.reach(target.root),
      mayRead: (name) => mayRead(target, this.placed.get(name), ancestors),
    }))
  }

  /** What the columns of a stored target hold. */
  table(name: string): Table | undefined {
    return this.placed.get(name)?.table
  }

  entry(name: string): Entry | undefined {
    return this.placed.get(name)?.entry
  }

  private modelTarget(entry: Entry, rank: number): Placed | undefined {
    const { model, out, body, columns } = entry
    const base = { name: model.name, root: out, rank, entry }
    if (model.materialization === "incremental")
      return { ...base, isGiven: true, readsHidden: false }
    const isTable = model.materialization === "table"
    if (!isTable && !(model.isFree && isRepeatable(model.out.input))) return undefined
    const table = { name: model.name, columns, shown: this.shown(body) }
    return {
      ...base,
      isGiven: isTable,
      readsHidden: true,
      table,
      stored: this.stored(body, columns),
    }
  }

  /** A hidden table is made right before the first that reads it. */
  private hiddenTarget(
    { name, body, columns }: HiddenCandidate,
    models: readonly Placed[],
  ): Placed {
    const { graph, estimates } = this.bench
    const reached = models.filter(
      ({ root, isGiven }) => isGiven && this.reach(root).has(graph.find(body)),
    )
    const first = Math.min(models.length, ...reached.map(({ rank }) => rank))
    const size = estimates.rows(body)
    return {
      name,
      root: body,
      rank: first - 1 / (2 + 1e9 / size),
      isGiven: false,
      readsHidden: true,
      table: { name, columns, shown: this.shown(body) },
      stored: this.stored(body, columns),
    }
  }

  /** The classes that a plan for `root` may compute. Valid until rules run again. */
  reach(root: ClassId): ReadonlySet<ClassId> {
    const known = this.reached.get(root)
    if (known) return known
    const { graph } = this.bench
    const found = new Set([graph.find(root)])
    for (const cls of found)
      for (const row of graph.members(cls))
        for (const child of graph.childrenOf(row)) found.add(child)
    this.reached.set(root, found)
    return found
  }

  private stored(body: ClassId, columns: readonly OutColumn[]): Stored {
    const rows = this.bench.estimates.rows(body)
    return {
      body,
      read: this.bench.prices.read(rows),
      write: this.bench.prices.write(rows, columns),
    }
  }

  private shown(body: ClassId): ReadonlySet<ColumnId> {
    return this.bench.shown(body, this.bench.graph)
  }
}

function mayRead(
  target: Placed,
  other: Placed | undefined,
  ancestors: ReadonlyMap<string, ReadonlySet<string>>,
): boolean {
  if (!other || other.rank >= target.rank) return false
  return target.readsHidden || ancestors.get(target.name)?.has(other.name) === true
}

/** Models after what they read; of those that are free to go, the largest first, as others may be made from it. */
function inOrder(entries: readonly Entry[], rows: (entry: Entry) => number): Entry[] {
  const names = new Set(entries.map(({ model }) => model.name))
  const waiting = new Map(
    entries.map((entry) => [
      entry,
      new Set(entry.model.parents.filter((parent) => names.has(parent))),
    ]),
  )
  const sorted = [...entries].sort((a, b) => rows(b) - rows(a))
  const done: Entry[] = []
  while (done.length < entries.length) {
    const next = sorted.find((entry) => waiting.get(entry)?.size === 0)
    if (!next) return [...entries]
    waiting.delete(next)
    done.push(next)
    for (const parents of waiting.values()) parents.delete(next.model.name)
  }
  return done
}

function ancestry(entries: readonly Entry[]): ReadonlyMap<string, ReadonlySet<string>> {
  const found = new Map<string, Set<string>>()
  for (const { model } of entries)
    found.set(
      model.name,
      new Set(model.parents.flatMap((parent) => [parent, ...(found.get(parent) ?? [])])),
    )
  return found
}
