import { some } from "../../base/check.js"
import type { AnalysisName } from "../analyses.js"
import type { Edge, UnionForest } from "./forest.js"
import type { Rows } from "./rows.js"
import {
  both,
  DERIVED,
  infer,
  INFERS,
  isSame,
  make,
  READS,
  type Derived,
  type Fact,
  type KnownChild,
  type Range,
} from "./transfer.js"

// What was known of every class before each union of the log, and by what: the analyses once more, on rows.

/** How a fact came to be known: by older ones. */
export interface FactEvent {
  readonly analysis: Derived
  readonly fact: Fact
  readonly by:
    | { readonly kind: "assumed"; readonly row: number }
    | {
        readonly kind: "made"
        readonly row: number
        readonly of: readonly (readonly FactEvent[])[]
      }
    | { readonly kind: "inferred"; readonly from: readonly FactEvent[] }
    | { readonly kind: "both"; readonly events: readonly [FactEvent, FactEvent] }
}

/** Facts that exclude each other, of a class at a time. */
export interface Clash {
  readonly events: readonly [FactEvent, FactEvent]
  /** Rows of the class that they were known of. */
  readonly rows: readonly [number, number]
  /** By unions before this one. */
  readonly before: number
}

export type Assumed = readonly (readonly [row: number, analysis: Derived, fact: Fact])[]

/** The engine narrows a range less often. */
const MOST_NARROWED = 200

export class FactHistory {
  /** Of a root: each fact with the union after which it was known. */
  private readonly known = new Map<number, Map<Derived, (readonly [time: number, FactEvent])[]>>()
  private readonly parents = new Map<number, number[]>()
  private readonly open: [root: number, analysis: Derived][] = []
  private readonly on: readonly Derived[]
  private readonly hasNulls: boolean
  private time = -1
  clash: Clash | undefined

  constructor(
    private readonly rows: Rows,
    private readonly forest: UnionForest,
    edges: readonly Edge[],
    analyses: readonly AnalysisName[],
    assumed: Assumed,
    count: number,
  ) {
    this.on = DERIVED.filter((name) => analyses.includes(name))
    this.hasNulls = this.on.includes("nullability")
    for (let row = 1; row < count; row++) {
      for (const child of new Set(rows.children(row))) this.parentsOf(child).push(row)
      for (const analysis of this.on) this.makeOf(analysis, row)
    }
    for (const [row, analysis, fact] of assumed)
      this.absorb(row, { analysis, fact, by: { kind: "assumed", row } })
    this.settle()
    for (const edge of edges) this.join(edge)
  }

  /** What was known of a row's class before a union. */
  at(row: number, analysis: Derived, before: number): FactEvent | undefined {
    const events = this.known.get(this.forest.rootOf(row, before))?.get(analysis) ?? []
    for (let i = events.length - 1; i >= 0; i--) {
      const [time, event] = some(events[i], "an event")
      if (time < before) return event
    }
    return undefined
  }

  private rootOf(row: number): number {
    return this.forest.rootOf(row, this.time + 1)
  }

  private parentsOf(root: number): number[] {
    const known = this.parents.get(root) ?? []
    this.parents.set(root, known)
    return known
  }

  private now(root: number, analysis: Derived): FactEvent | undefined {
    return this.known.get(root)?.get(analysis)?.at(-1)?.[1]
  }

  private join({ left, right, index }: Edge): void {
    const [a, b] = [this.forest.rootOf(left, index), this.forest.rootOf(right, index)]
    this.time = index
    const root = this.rootOf(left)
    const other = root === a ? b : a
    if (other === root) return
    this.parents.set(root, [...this.parentsOf(root), ...this.parentsOf(other)])
    const rows = root === a ? ([left, right] as const) : ([right, left] as const)
    for (const analysis of this.on) {
      const event = this.now(other, analysis)
      if (event) this.absorb(root, event, rows)
      // What is above the other one has this class below it now.
      if (this.now(root, analysis)) this.open.push([root, analysis])
    }
    this.settle()
  }

  private settle(): void {
    for (let next = this.open.pop(); next; next = this.open.pop()) {
      const [root, read] = next
      for (const row of this.parentsOf(root))
        for (const analysis of this.on)
          if (READS[analysis].includes(read)) this.makeOf(analysis, row)
    }
  }

  private makeOf(analysis: Derived, row: number): void {
    const children = this.rows.children(row).map((child) => this.rootOf(child))
    const used = children.map(() => new Set<FactEvent>())
    const known = children.map((root, i): KnownChild => (name) => {
      const event = this.now(root, name as Derived)
      if (event) used[i]?.add(event)
      return event?.fact
    })
    const fact = make(analysis, this.rows.op(row), known, this.hasNulls)
    if (fact === undefined) return
    const of = used.map((events) => [...events])
    this.absorb(row, { analysis, fact, by: { kind: "made", row, of } })
  }

  private absorb(
    row: number,
    event: FactEvent,
    rows: readonly [number, number] = [row, row],
  ): void {
    const root = this.rootOf(row)
    const { analysis, fact } = event
    const known = this.now(root, analysis)
    if (!known) return this.learn(root, event)
    if (isSame(known.fact, fact)) return
    const met = both(analysis, known.fact, fact)
    if (met === undefined) {
      this.clash ??= { events: [known, event], rows, before: this.time + 1 }
      return
    }
    if (isSame(met, known.fact)) return
    if (isSame(met, fact)) this.learn(root, event)
    else this.learn(root, { analysis, fact: met, by: { kind: "both", events: [known, event] } })
  }

  private learn(root: number, event: FactEvent): void {
    const all = this.known.get(root) ?? new Map<Derived, (readonly [number, FactEvent])[]>()
    const { analysis } = event
    const events = all.get(analysis) ?? []
    if (events.length > MOST_NARROWED) return
    events.push([this.time, event])
    all.set(analysis, events)
    this.known.set(root, all)
    this.open.push([root, analysis])
    for (const reader of this.on)
      if (INFERS[reader].includes(analysis)) this.inferOf(reader, analysis, root)
  }

  private inferOf(analysis: Derived, from: Derived, root: number): void {
    const used = new Set<FactEvent>()
    const known: KnownChild = (name) => {
      const event = this.now(root, name as Derived)
      if (event) used.add(event)
      return event?.fact
    }
    const fact = infer(analysis, from, known, this.hasNulls)
    if (fact === undefined) return
    const [low, high] = analysis === "interval" ? (fact as Range) : [0, 0]
    if (low > high) {
      // No whole number is in the range.
      const events = (["interval", "type"] as const).map((name) =>
        some(this.now(root, name), "a fact"),
      )
      const [range, type] = events
      if (range && type)
        this.clash ??= { events: [range, type], rows: [root, root], before: this.time + 1 }
      return
    }
    this.absorb(root, { analysis, fact, by: { kind: "inferred", from: [...used] } })
  }
}
